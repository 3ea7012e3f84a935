//! Chapter E: exact equivariance.
//!
//! Proofs, with where each claim fails without its hypotheses: `proofs-notes/e-equivariance.md`, and
//! `proofs-notes/e-training.md` for what follows for training.

mod e1_admissible;
mod e1_conv;
mod e1_linear;
mod e1_networks;
mod e2_augmented_loss;
mod e3_objective;
mod e3_subset;
mod e4_gradients;
mod e4_pool_tie;
mod e4_root;
mod e5_adaptive;
mod e5_linear;
mod e5_minimisers;
mod e5_network;
mod e5_network_adaptive;
mod e5_network_run;
mod e5_run;
mod e5_symmetrised;
mod e6_predictive;
mod e7_random;
mod e8_tied;
mod e9_orbit_sampling;
pub(super) mod network;
mod picture;
pub(super) mod regression;
mod trained_network;
mod walk;

use super::Claim;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = Vec::new();
    claims.extend(e1_linear::claims());
    claims.extend(e1_networks::claims());
    claims.extend(e1_conv::claims());
    claims.extend(e1_admissible::claims());
    claims.extend(e2_augmented_loss::claims());
    claims.extend(e3_objective::claims());
    claims.extend(e3_subset::claims());
    claims.extend(e4_gradients::claims());
    claims.extend(e4_root::claims());
    claims.extend(e4_pool_tie::claims());
    claims.extend(e5_minimisers::claims());
    claims.extend(e5_linear::claims());
    claims.extend(e5_adaptive::claims());
    claims.extend(e5_symmetrised::claims());
    claims.extend(e5_network::claims());
    claims.extend(e5_network_adaptive::claims());
    claims.extend(e6_predictive::claims());
    claims.extend(e7_random::claims());
    claims.extend(e8_tied::claims());
    claims.extend(e9_orbit_sampling::claims());
    claims
}
