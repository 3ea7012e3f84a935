//! Chapter S, the part on orbit expansion (S8 to S10), in exact arithmetic wherever nothing is trained.
//!
//! Proofs are in `proofs-notes/s-symmetrisations.md`.

mod conv;
mod network;
mod ring;
mod s10_posterior;
mod s10_training;
mod s8_blocks;
mod s8_kernel;
mod s8_rings;
mod s9_average;

use super::{About, Claim, Evidence, Outcome, Role};
use crate::law::Residual;

/// The entries of this part.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = s8_kernel::claims();
    claims.extend(s8_blocks::claims());
    claims.extend(s8_rings::claims());
    claims.extend(s9_average::claims());
    claims.extend(s10_posterior::claims());
    claims.extend(s10_training::claims());
    claims
}

/// A theorem in rational arithmetic; fields are overridden where it differs.
const THEOREM: About = About {
    id: "",
    title: "",
    role: Role::Theorem,
    of: None,
    evidence: Evidence::Exact,
    statement: "",
    hypotheses: &[],
    tolerance: "0: rational arithmetic",
    covers: &[],
    cost: 4,
};

/// A control.
const CONTROL: About = About { role: Role::Control, ..THEOREM };

/// What was found on a perceptron and on a convolutional network.
fn both(perceptron: Outcome, convolutional: Outcome) -> Outcome {
    const NAMES: [&str; 2] = ["perceptron", "convolutional network"];
    let found = [perceptron, convolutional].into_iter().enumerate();
    found.fold(Outcome::vacuous(), |all, (kind, found)| {
        all.and_kind(|kind| NAMES[kind], kind, Some(found))
    })
}

/// What was found, or that nothing could be.
fn settled<E>(outcome: Result<Outcome, E>) -> Outcome {
    outcome.unwrap_or_else(|_| Outcome::new("set-up", Residual::failed()))
}
