//! B9: the defect is twice the squared distance from the group average.

use super::world::{World, coordinate_before, minus, normalised, small_worlds, square, worlds};
use super::{KINDS, TOLERANCE, control};
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::scene::Which;
use crate::claim::{About, Claim, Entry, Evidence, Outcome, Role};
use crate::scalar::Rational;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B9.finite",
        title: "the defect is twice the squared distance from the group average",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "Δ(F) = 2 E‖F − QF‖², QF(x) = avg_g ρ_Y(g)^{-1}F(ρ_X(g)x), for every F and every invariant law of finitely many inputs",
        hypotheses: &["finite group", "invariant law of inputs", "ρ_Y orthogonal"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 2,
    };
    vec![
        Box::new(Entry {
            about,
            instances: worlds,
            check: |network| distance::<Tracked>(network, true, 2),
            exact: Some(|network| distance::<Rational>(network, true, 2)),
        }),
        Box::new(Entry {
            about: control(
                about,
                "B9.finite-moving-law",
                "a law of inputs that is not invariant",
                "Δ(F) = 2 E‖F − QF‖² for every law of inputs",
                &["invariant law of inputs"],
            ),
            instances: small_worlds,
            check: |network| distance::<Tracked>(network, false, 2),
            exact: Some(|network| distance::<Rational>(network, false, 2)),
        }),
        Box::new(Entry {
            about: control(
                about,
                "B9.finite-once",
                "once the distance in place of twice",
                "Δ(F) = E‖F − QF‖²",
                &["the factor is 2"],
            ),
            instances: small_worlds,
            check: |network| distance::<Tracked>(network, true, 1),
            exact: Some(|network| distance::<Rational>(network, true, 1)),
        }),
    ]
}

/// With `F = Φ(θ, ·)` for the first `θ`, as it was drawn.
fn distance<T: Judge>(network: &Network, invariant: bool, factor: usize) -> Outcome {
    let Some(world) = World::<T>::of(network, false) else { return Outcome::vacuous() };
    let order = T::count(world.moves.len());
    let drawn = normalised(network.scene.positive::<T>(Which::P, world.inputs));
    let law: Vec<T> = if invariant {
        let total = |x: usize| {
            world.moves.iter().fold(T::zero(), |sum, g| sum + drawn[g.x.image(x).0].clone())
        };
        (0..world.inputs).map(|x| total(x) / order.clone()).collect()
    } else {
        drawn
    };
    let (mut defect, mut distance) = (T::zero(), T::zero());
    for (x, weight) in law.iter().enumerate() {
        let mut average = vec![T::zero(); world.outputs];
        let mut squares = T::zero();
        for g in &world.moves {
            squares += square(&world.difference(g, 0, x));
            let there = world.model(0, g.x.image(x).0);
            for (i, sum) in average.iter_mut().enumerate() {
                *sum += coordinate_before(&g.y, there, i) / order.clone();
            }
        }
        defect += weight.clone() * squares / order.clone();
        distance += weight.clone() * square(&minus(world.model(0, x), &average));
    }
    Outcome::new("Δ(F) = 2 E‖F − QF‖²", close(&defect, &(distance * T::count(factor))))
}
