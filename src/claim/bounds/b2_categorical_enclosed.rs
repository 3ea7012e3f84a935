//! B2 in directed rounding: both sides of the bound from rational numbers, and the library's categorical family
//! on enclosures of the same posterior.

use super::b1_enclosed::{divergence, mean_squared_defect};
use super::b1_total_variation::squared_diameter;
use super::b2_categorical::{classes, posterior};
use super::world::World;
use crate::action::push_forward;
use crate::claim::Outcome;
use crate::claim::enclosed::{at_most, equal, settle};
use crate::claim::equivariance::network::Network;
use crate::enclosure::Enclosure;
use crate::family::{FamilyError, LogPartition};
use crate::group::Finite;
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::orbit_divergence;
use num_traits::{Float, Zero};

/// The bound and the family.
pub(super) fn check(network: &Network) -> Outcome {
    let Some(world) = World::<Rational>::of(network, true) else { return Outcome::vacuous() };
    settle(|| {
        let divergences = divergences(&world);
        let average = average(&divergences);
        let outcome = bound(&world, average, (1, 1), Outcome::vacuous());
        family(network, &world, &divergences, average, outcome)
    })
}

/// The control.
pub(super) fn nine_tenths(network: &Network) -> Outcome {
    let Some(world) = World::<Rational>::of(network, true) else { return Outcome::vacuous() };
    settle(|| Ok(bound(&world, average(&divergences(&world)), (9, 10), Outcome::vacuous())))
}

/// `KL(q‖g_#q)` for each element of the group.
fn divergences(world: &World<Rational>) -> Vec<Enclosure> {
    world.moves.iter().map(|g| divergence(&world.q, &world.pushed(g))).collect()
}

fn average(divergences: &[Enclosure]) -> Enclosure {
    let sum = divergences.iter().fold(Enclosure::zero(), |sum, &kl| sum + kl);
    sum / Enclosure::count(divergences.len())
}

fn bound(
    world: &World<Rational>,
    average: Enclosure,
    (numerator, denominator): (i64, i64),
    outcome: Outcome,
) -> Outcome {
    let share = Float::min(average * Enclosure::ratio(1, 2), -Float::exp_m1(-average));
    (0..world.inputs).fold(outcome, |outcome, x| {
        let diameter = squared_diameter(world, x) * Rational::ratio(numerator, denominator);
        let rhs = Enclosure::of(&diameter) * share;
        let lhs = Enclosure::of(&mean_squared_defect(world, x));
        outcome.and("avg_g ‖δ_g(x)‖² ≤ D² min(K/2, 1 − e^{−K})", at_most(&lhs, &rhs))
    })
}

/// The library's divergences, log-partition and orbit divergence of the categorical family.
fn family(
    network: &Network,
    world: &World<Rational>,
    divergences: &[Enclosure],
    average: Enclosure,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let weights: Vec<Enclosure> = world.q.iter().map(Enclosure::of).collect();
    let (Some(q), Some(last)) = (posterior(&weights)?, world.q.last()) else { return Ok(outcome) };
    let (family, rep) = (q.family(), classes(network));
    let log_partition = equal(&family.log_partition(&q), &-Enclosure::ln_of(last));
    let mut outcome = outcome.and("A = −ln q_k", log_partition);
    for (g, kl) in network.group().elements().zip(divergences) {
        let moved = push_forward(&q, &rep, &g)?;
        outcome = outcome.and("KL(q‖g_#q) = Σ q ln(q/g_#q)", equal(&family.kl(&q, &moved), kl));
    }
    let split = orbit_divergence(&q, &rep)?;
    let sum = split.geometric_gap + split.arithmetic_gap + split.remainder;
    Ok(outcome
        .and("avg_g KL(q‖g_#q) = K", equal(&average, &split.total))
        .and("avg_g KL(q‖g_#q) in three parts", equal(&average, &sum)))
}
