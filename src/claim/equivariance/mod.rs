//! Chapter E: exact equivariance.
//!
//! Proofs, with where each claim fails without its hypotheses: `proofs-notes/e-equivariance.md`.

mod e1_admissible;
mod e1_linear;
mod e1_networks;
mod e2_augmented_loss;
mod e6_predictive;
mod network;

use super::Claim;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = Vec::new();
    claims.extend(e1_linear::claims());
    claims.extend(e1_networks::claims());
    claims.extend(e1_admissible::claims());
    claims.extend(e2_augmented_loss::claims());
    claims.extend(e6_predictive::claims());
    claims
}
