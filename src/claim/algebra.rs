//! Chapter A: groups, representations, Reynolds operators.

use super::scene::{Scene, Which};
use super::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::law::Residual;
use crate::representation::{Representation, Reynolds};
use crate::scalar::Scalar;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![Box::new(Entry {
        about: About {
            id: "A3",
            title: "P by orbits is P by averaging",
            role: Role::Theorem,
            of: None,
            evidence: Evidence::Float,
            statement: "for a signed permutation representation, averaging over signed orbits is avg_g ρ(g)",
            hypotheses: &["finite group", "signed permutation representation"],
            tolerance: "",
            covers: &[Feature::KilledOrbit],
            cost: 1,
        },
        instances: |wanted| strategy::scenes_with(12, wanted),
        check: orbits_are_averages::<f64>,
        exact: Some(orbits_are_averages::<crate::scalar::Rational>),
    })]
}

fn orbits_are_averages<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let x: Vec<T> = scene.vector(Which::Q, rep.dim());
    let fast = Reynolds::by_orbits(&rep).project(&x);
    let slow = Reynolds::by_averaging(&rep).project(&x);
    let worst = fast
        .iter()
        .zip(&slow)
        .map(|(a, b)| (a.clone() - b.clone()).magnitude().nearest_f64())
        .fold(0.0, f64::max);
    Outcome::new("orbits", Residual::new(worst, 1e3 * T::UNIT_ROUNDOFF))
}
