//! B8: what is certain of its bound: Jensen's inequality for the defect, and Pinsker's for two binary laws.

use super::world::{World, small_worlds, square, worlds};
use super::{KINDS, TOLERANCE, at_most, bounded, control};
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::scene::{Scene, Which};
use crate::claim::{
    About, Claim, Entry, Evidence, Feature, Mutation, Outcome, Role, Seeking, strategy,
};
use crate::scalar::{Rational, Scalar};
use num_traits::Float;

/// The two claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let jensen = About {
        id: "B8.jensen",
        title: "the defect is at most the mean defect of a draw: finitely many parameters",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "avg_g ‖δ_g(x)‖² ≤ E_q r(θ, x) for every model, r = avg_g ‖Φ(θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)‖²; and r ≤ D² under (J)",
        hypotheses: &["finite group", "outputs of diameter D and (J) for r ≤ D²"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 4,
    };
    let binary = About {
        id: "B8.binary",
        title: "Pinsker's inequality for two binary laws",
        statement: "(a − b)² ≤ kl(a‖b)/2, kl(a‖b) = a ln(a/b) + (1 − a) ln((1 − a)/(1 − b))",
        hypotheses: &["0 < a, b < 1"],
        covers: &[],
        cost: 1,
        ..jensen
    };
    vec![
        Box::new(
            Entry {
                about: jensen,
                instances: worlds,
                check: |network| mean_of_draws::<Tracked>(network, (1, 1)),
                exact: Some(|network| mean_of_draws::<Rational>(network, (1, 1))),
            }
            .sought(Seeking {
                neighbour: Network::nearby,
                mutations: &[Mutation {
                    name: "0.9 E_q r",
                    check: |network| mean_of_draws::<Tracked>(network, (9, 10)),
                }],
                steps: 64,
            }),
        ),
        Box::new(Entry {
            about: control(
                jensen,
                "B8.jensen-diameter",
                "differences within the diameter without joint equivariance",
                "r(θ, x) ≤ D² for every model Φ(θ, x) + s(x), D the diameter over θ",
                &["(J)"],
            ),
            instances: small_worlds,
            check: |network| diameter::<Tracked>(network, false),
            exact: Some(|network| diameter::<Rational>(network, false)),
        }),
        Box::new(
            Entry {
                about: binary,
                instances: |_| strategy::scenes(3),
                check: |scene| pinsker(scene, (1, 1)),
                exact: None,
            }
            .sought(Seeking {
                neighbour: Scene::nearby,
                mutations: &[Mutation { name: "0.9 kl/2", check: |scene| pinsker(scene, (9, 10)) }],
                steps: 256,
            }),
        ),
        Box::new(Entry {
            about: About {
                covers: &[Feature::NonAbelian],
                ..control(
                    binary,
                    "B8.binary-reversed",
                    "Pinsker's inequality the other way round",
                    "kl(a‖b) ≤ 2(a − b)²",
                    &["which side is which"],
                )
            },
            instances: |wanted| strategy::scenes_with(3, wanted),
            check: reversed,
            exact: None,
        }),
    ]
}

/// Jensen for the model as it was drawn, and for the equivariant one, of which also the diameter is known.
fn mean_of_draws<T: Judge>(network: &Network, (numerator, denominator): (i64, i64)) -> Outcome {
    let mut outcome = Outcome::vacuous();
    for jointly in [false, true] {
        let Some(world) = World::<T>::of(network, jointly) else { return outcome };
        for x in 0..world.inputs {
            let order = T::count(world.moves.len());
            let sum =
                world.moves.iter().fold(T::zero(), |sum, g| sum + square(&world.defect(g, x)));
            let mean = (0..world.parameters).fold(T::zero(), |mean, theta| {
                mean + world.q[theta].clone() * of_draw(&world, theta, x)
            });
            let rhs = mean * T::ratio(numerator, denominator);
            outcome = bounded(outcome, "avg_g ‖δ_g(x)‖² ≤ E_q r", &(sum / order), &rhs);
        }
    }
    if numerator == denominator {
        outcome = outcome.and_of("jointly equivariant", diameter::<T>(network, true));
    }
    outcome
}

/// `r(θ, x)`.
fn of_draw<T: Judge>(world: &World<T>, theta: usize, x: usize) -> T {
    let sum =
        world.moves.iter().fold(T::zero(), |sum, g| sum + square(&world.difference(g, theta, x)));
    sum / T::count(world.moves.len())
}

fn diameter<T: Judge>(network: &Network, jointly: bool) -> Outcome {
    let Some(world) = World::<T>::of(network, jointly) else { return Outcome::vacuous() };
    let world = if jointly { world } else { world.shifted() };
    let mut largest = T::zero();
    for x in 0..world.inputs {
        for a in 0..world.parameters {
            for b in 0..a {
                let step = super::world::minus(world.model(a, x), world.model(b, x));
                let distance = square(&step);
                if distance > largest {
                    largest = distance;
                }
            }
        }
    }
    let mut outcome = Outcome::vacuous();
    for x in 0..world.inputs {
        for theta in 0..world.parameters {
            outcome = at_most(outcome, "r ≤ D²", &of_draw(&world, theta, x), &largest);
        }
    }
    outcome
}

/// Two binary laws: of the scene's posterior numbers, and of its others.
fn laws(scene: &Scene) -> [[Tracked; 2]; 2] {
    [Which::Q, Which::P].map(|which| {
        let weights: Vec<Tracked> = scene.positive(which, 2);
        let sum = weights[0] + weights[1];
        [weights[0] / sum, weights[1] / sum]
    })
}

/// `(a − b)²` and `kl(a‖b)`.
fn sides(scene: &Scene) -> [Tracked; 2] {
    let [p, q] = laws(scene);
    let kl = (0..2).fold(Tracked::exact(0.0), |sum, i| sum + p[i] * Float::ln(p[i] / q[i]));
    let step = p[0] - q[0];
    [step * step, kl]
}

fn pinsker(scene: &Scene, (numerator, denominator): (i64, i64)) -> Outcome {
    let [square, kl] = sides(scene);
    let half = kl / Tracked::count(2) * Tracked::ratio(numerator, denominator);
    bounded(Outcome::vacuous(), "(a − b)² ≤ kl/2", &square, &half)
}

fn reversed(scene: &Scene) -> Outcome {
    let [square, kl] = sides(scene);
    bounded(Outcome::vacuous(), "kl ≤ 2(a − b)²", &kl, &(square + square))
}
