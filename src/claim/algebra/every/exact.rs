//! A4: on fractions the identities hold with `==` for every registered representation.

use super::dual::dual_side;
use super::homomorphism::homomorphism;
use super::reynolds::projector;
use super::{
    COST, EVERY_CONTROL, EVERY_THEOREM, Subject, all, equal, every, moves, moving, scenes,
};
use crate::claim::algebra::{NO_ROUNDING, entry};
use crate::claim::registry::representations::Posed;
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Evidence, Feature, Outcome};
use crate::scalar::Rational;

pub(in crate::claim::algebra) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A4.every",
                title: "On fractions, equality is equality, in every representation",
                evidence: Evidence::Exact,
                statement: "the identities of A1.every, A2.every and A2.every-dual, each with == in rational arithmetic",
                tolerance: NO_ROUNDING,
                cost: 2 * COST,
                ..EVERY_THEOREM
            },
            scenes,
            |scene| every::<Rational>(scene, all, identities),
            None,
        ),
        entry(
            About {
                id: "A4.every-floats",
                title: "The same identities with == in floating point, in every representation",
                of: Some("A4.every"),
                statement: "the identities of A4.every hold with == in f64",
                hypotheses: &["dropped: rational arithmetic"],
                tolerance: "0, as == has it: any difference is one",
                covers: &[Feature::NonOrthogonal],
                ..EVERY_CONTROL
            },
            moving,
            // The values of tracked numbers are those of f64.
            |scene| every::<Tracked>(scene, moves, identities),
            None,
        ),
    ]
}

fn identities<T: Posed>(subject: &Subject<T>) -> Outcome {
    [homomorphism(subject, equal), projector(subject, equal), dual_side(subject, equal)]
        .into_iter()
        .fold(Outcome::vacuous(), |all, part| all.and(part.part(), part.residual()))
}
