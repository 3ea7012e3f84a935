//! B1: the defect by total variation.

use super::world::{Move, World, minus, small_worlds, square, worlds};
use super::{KINDS, TOLERANCE, bounded, control};
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::{About, Claim, Entry, Evidence, Mutation, Outcome, Role, Seeking};
use crate::defect::mean_squared_defect_bound;
use crate::scalar::{Rational, Scalar};
use num_traits::Float;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B1.finite",
        title: "the defect is bounded by total variation: finitely many parameters",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖δ_g(x)‖² ≤ D² TV(q, g_#q)², TV² ≤ KL(q‖g_#q)/2, TV² ≤ 1 − e^{−KL}, and avg_g ‖δ_g(x)‖² ≤ D² avg_g min(KL/2, 1 − e^{−KL})",
        hypotheses: &["(J)", "finite group", "outputs of diameter D"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 4,
    };
    vec![
        Box::new(
            Entry {
                about,
                instances: worlds,
                check: |network| {
                    let all = |w: World<_>| divergences(&w, total_variation(&w, (1, 1)), (1, 1));
                    World::<Tracked>::of(network, true).map_or_else(Outcome::vacuous, all)
                },
                exact: Some(|network| variation::<Rational>(network, true, (1, 1)).partial()),
            }
            .sought(SEEKING),
        ),
        Box::new(Entry {
            about: control(
                about,
                "B1.finite-not-jointly",
                "a model that is not jointly equivariant",
                "‖δ_g(x)‖² ≤ D² TV(q, g_#q)²",
                &["(J)"],
            ),
            instances: small_worlds,
            check: |network| variation::<Tracked>(network, false, (1, 1)),
            exact: Some(|network| variation::<Rational>(network, false, (1, 1))),
        }),
        Box::new(Entry {
            about: control(
                about,
                "B1.finite-nine-tenths",
                "nine tenths of the diameter",
                "‖δ_g(x)‖² ≤ (0.9 D)² TV(q, g_#q)²",
                &["D is the diameter"],
            ),
            instances: small_worlds,
            check: |network| variation::<Tracked>(network, true, (81, 100)),
            exact: Some(|network| variation::<Rational>(network, true, (81, 100))),
        }),
    ]
}

/// Tight instances, and what they are to refute.
const SEEKING: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: &[
        Mutation { name: "0.9 D²", check: |network| variation::<Tracked>(network, true, (9, 10)) },
        Mutation { name: "D in place of D²", check: |network| compared(network, first_power) },
        Mutation {
            name: "0.9 KL/2",
            check: |network| compared(network, |world| pinsker(world, (9, 10))),
        },
        Mutation {
            name: "0.9 (1 − e^{−KL})",
            check: |network| compared(network, |world| bretagnolle_huber(world, (9, 10))),
        },
        Mutation {
            name: "0.9 D² avg_g min(KL/2, 1 − e^{−KL})",
            check: |network| {
                compared(network, |world| divergences(world, Outcome::vacuous(), (9, 10)))
            },
        },
    ],
    steps: 256,
};

fn compared(network: &Network, check: fn(&World<Tracked>) -> Outcome) -> Outcome {
    World::of(network, true).map_or_else(Outcome::vacuous, |world| check(&world))
}

/// With the square of the diameter lost.
fn first_power(world: &World<Tracked>) -> Outcome {
    let mut outcome = Outcome::vacuous();
    for g in &world.moves {
        let variation = squared_variation(world, g);
        for x in 0..world.inputs {
            let diameter = Float::sqrt(squared_diameter(world, g.x.image(x).0));
            let defect = square(&world.defect(g, x));
            outcome = bounded(outcome, "‖δ_g(x)‖² ≤ D TV²", &defect, &(diameter * variation));
        }
    }
    outcome
}

fn variation<T: Judge>(network: &Network, jointly: bool, factor: (i64, i64)) -> Outcome {
    World::<T>::of(network, jointly)
        .map_or_else(Outcome::vacuous, |world| total_variation(&world, factor))
}

/// The squared diameter of `{Φ(θ, x)}` over `θ`.
fn squared_diameter<T: Judge>(world: &World<T>, x: usize) -> T {
    let mut largest = T::zero();
    for a in 0..world.parameters {
        for b in 0..a {
            let distance = square(&minus(world.model(a, x), world.model(b, x)));
            if distance > largest {
                largest = distance;
            }
        }
    }
    largest
}

/// `TV(q, g_#q)²`.
fn squared_variation<T: Judge>(world: &World<T>, g: &Move) -> T {
    let steps = minus(&world.q, &world.pushed(g));
    let sum = steps.iter().fold(T::zero(), |sum, step| sum + step.magnitude());
    let half = sum / T::count(2);
    half.clone() * half
}

fn total_variation<T: Judge>(world: &World<T>, (numerator, denominator): (i64, i64)) -> Outcome {
    let mut outcome = Outcome::vacuous();
    for g in &world.moves {
        let variation = squared_variation(world, g) * T::ratio(numerator, denominator);
        for x in 0..world.inputs {
            let rhs = squared_diameter(world, g.x.image(x).0) * variation.clone();
            outcome = bounded(outcome, "‖δ_g(x)‖² ≤ D² TV²", &square(&world.defect(g, x)), &rhs);
        }
    }
    outcome
}

/// `KL(q ‖ g_#q)`.
fn divergence(world: &World<Tracked>, g: &Move) -> Tracked {
    let pushed = world.pushed(g);
    let terms = world.q.iter().zip(&pushed);
    terms.fold(Tracked::exact(0.0), |sum, (&p, &q)| sum + p * Float::ln(p / q))
}

fn pinsker(world: &World<Tracked>, (numerator, denominator): (i64, i64)) -> Outcome {
    world.moves.iter().fold(Outcome::vacuous(), |outcome, g| {
        let half = divergence(world, g) / Tracked::count(2);
        let rhs = half * Tracked::ratio(numerator, denominator);
        bounded(outcome, "TV² ≤ KL/2", &squared_variation(world, g), &rhs)
    })
}

fn bretagnolle_huber(world: &World<Tracked>, (numerator, denominator): (i64, i64)) -> Outcome {
    world.moves.iter().fold(Outcome::vacuous(), |outcome, g| {
        let rhs = -Float::exp_m1(-divergence(world, g)) * Tracked::ratio(numerator, denominator);
        bounded(outcome, "TV² ≤ 1 − e^{−KL}", &squared_variation(world, g), &rhs)
    })
}

/// The two inequalities between total variation and divergence, and a multiple of the library's bound on the mean.
fn divergences(
    world: &World<Tracked>,
    outcome: Outcome,
    (numerator, denominator): (i64, i64),
) -> Outcome {
    let mut outcome = outcome
        .and_of("divergence", pinsker(world, (1, 1)))
        .and_of("divergence", bretagnolle_huber(world, (1, 1)));
    let divergences: Vec<Tracked> = world.moves.iter().map(|g| divergence(world, g)).collect();
    let diameter = (0..world.inputs)
        .map(|x| squared_diameter(world, x))
        .fold(Tracked::exact(0.0), |a, b| if b > a { b } else { a });
    for x in 0..world.inputs {
        let sum = world
            .moves
            .iter()
            .fold(Tracked::exact(0.0), |sum, g| sum + square(&world.defect(g, x)));
        let mean = sum / Tracked::count(world.moves.len());
        // Both branches of the minimum have slopes of at most 1 in KL, so the bound is as wrong as the divergences
        // are, times D².
        let each = divergences.iter().map(|kl| kl.value());
        let factor = numerator as f64 / denominator as f64;
        let rhs = factor * mean_squared_defect_bound(diameter.value(), each);
        let worst = divergences.iter().fold(0.0_f64, |worst, kl| worst.max(kl.bound()));
        let sums = (world.moves.len() + 8) as f64 * f64::UNIT_ROUNDOFF * rhs;
        let tolerance = mean.bound() + sums + diameter.value() * worst + diameter.bound();
        outcome =
            outcome.bounded("avg_g ‖δ_g‖² ≤ the library's bound", mean.value(), rhs, tolerance);
    }
    outcome
}
