//! B1 in directed rounding: everything but logarithms, exponentials and roots is rational here.

use super::b1_total_variation::{squared_diameter, squared_variation};
use super::world::{World, square};
use crate::claim::Outcome;
use crate::claim::enclosed::{at_most, settle};
use crate::claim::equivariance::network::Network;
use crate::defect::mean_squared_defect_bound;
use crate::enclosure::Enclosure;
use crate::law::Residual;
use crate::scalar::{Rational, Scalar};
use num_traits::{Float, Zero};

/// `Σ p ln(p/p')`: the logarithms of rational numbers, so that it is zero to the last bit where the two are equal.
pub(super) fn divergence(p: &[Rational], other: &[Rational]) -> Enclosure {
    p.iter().zip(other).fold(Enclosure::zero(), |sum, (p, other)| {
        sum + Enclosure::of(p) * Enclosure::ln_of(&(p / other))
    })
}

/// `avg_g ‖δ_g(x)‖²`.
pub(super) fn mean_squared_defect(world: &World<Rational>, x: usize) -> Rational {
    let sum = world.moves.iter().fold(Rational::zero(), |sum, g| sum + square(&world.defect(g, x)));
    sum / Rational::count(world.moves.len())
}

/// All inequalities of B1, the squared ones without rounding.
pub(super) fn check(network: &Network) -> Outcome {
    let Some(world) = World::<Rational>::of(network, true) else { return Outcome::vacuous() };
    settle(|| {
        let half = Enclosure::ratio(1, 2);
        let mut outcome = Outcome::vacuous();
        let mut divergences = Vec::with_capacity(world.moves.len());
        for g in &world.moves {
            let variation = squared_variation(&world, g);
            for x in 0..world.inputs {
                let rhs = squared_diameter(&world, g.x.image(x).0) * &variation;
                let holds = square(&world.defect(g, x)) <= rhs;
                outcome = outcome.and("‖δ_g(x)‖² ≤ D² TV²", Residual::exact(holds));
            }
            let variation = Enclosure::of(&variation);
            let kl = divergence(&world.q, &world.pushed(g));
            outcome = outcome
                .and("TV² ≤ KL/2", at_most(&variation, &(half * kl)))
                .and("TV² ≤ 1 − e^{−KL}", at_most(&variation, &-Float::exp_m1(-kl)));
            divergences.push(kl);
        }
        let diameter = (0..world.inputs)
            .map(|x| squared_diameter(&world, x))
            .fold(Rational::zero(), |a, b| if b > a { b } else { a });
        let bound = mean_squared_defect_bound(Enclosure::of(&diameter), divergences);
        Ok((0..world.inputs).fold(outcome, |outcome, x| {
            let mean = Enclosure::of(&mean_squared_defect(&world, x));
            outcome.and("avg_g ‖δ_g‖² ≤ the library's bound", at_most(&mean, &bound))
        }))
    })
}
