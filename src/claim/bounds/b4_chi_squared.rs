//! B4: the defect by variance and χ².

use super::b2_categorical::{classes, posterior};
use super::world::{World, minus, small_worlds, square, worlds};
use super::{KINDS, TOLERANCE, bounded, control};
use crate::action::push_forward;
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Mutation, Outcome, Role, Seeking};
use crate::defect::{DefectBoundError, chi_squared_defect_bound};
use crate::family::chi_squared;
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::Representation;
use crate::scalar::{Rational, Scalar};

/// What stands in the place of `tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q‖q)`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Divergence {
    ChiSquared,
    NineTenths,
    /// `χ²(q‖g_#q)`.
    Turned,
    /// `tr Var_q Φ(θ, x)`.
    WrongSide,
}

/// Tight instances, and what they are to refute.
const SEEKING: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: &[
        Mutation {
            name: "0.9 χ²",
            check: |network| bound::<Tracked>(network, true, Divergence::NineTenths),
        },
        Mutation {
            name: "χ²(q‖g_#q)",
            check: |network| bound::<Tracked>(network, true, Divergence::Turned),
        },
        Mutation {
            name: "the variance at x in place of ρ_X(g)x",
            check: |network| bound::<Tracked>(network, true, Divergence::WrongSide),
        },
    ],
    steps: 256,
};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B4.finite",
        title: "the defect is bounded by variance and χ²: finitely many parameters",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖δ_g(x)‖² ≤ tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q‖q), and χ² = exp(A(2η' − η) − 2A(η') + A(η)) − 1",
        hypotheses: &["(J)", "finite group", "g_#q is dominated by q"],
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
                    World::<Tracked>::of(network, true).map_or_else(Outcome::vacuous, |world| {
                        let outcome = variance(&world, Divergence::ChiSquared);
                        settled(closed_form(network, &world, outcome))
                    })
                },
                exact: Some(|network| {
                    bound::<Rational>(network, true, Divergence::ChiSquared).partial()
                }),
            }
            .sought(SEEKING),
        ),
        Box::new(Entry {
            about: control(
                about,
                "B4.finite-not-jointly",
                "a model that is not jointly equivariant",
                "‖δ_g(x)‖² ≤ tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q‖q)",
                &["(J)"],
            ),
            instances: small_worlds,
            check: |network| bound::<Tracked>(network, false, Divergence::ChiSquared),
            exact: Some(|network| bound::<Rational>(network, false, Divergence::ChiSquared)),
        }),
        Box::new(Entry {
            about: control(
                about,
                "B4.finite-nine-tenths",
                "nine tenths of χ²",
                "‖δ_g(x)‖² ≤ 0.9 tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q‖q)",
                &["the factor is 1"],
            ),
            instances: small_worlds,
            check: |network| bound::<Tracked>(network, true, Divergence::NineTenths),
            exact: Some(|network| bound::<Rational>(network, true, Divergence::NineTenths)),
        }),
    ]
}

fn bound<T: Judge>(network: &Network, jointly: bool, divergence: Divergence) -> Outcome {
    World::<T>::of(network, jointly)
        .map_or_else(Outcome::vacuous, |world| variance(&world, divergence))
}

/// `Σ p²/q − 1 = Σ (p − q)²/q`.
fn sum_of_squares<T: Judge>(p: &[T], q: &[T]) -> T {
    p.iter().zip(q).fold(T::zero(), |sum, (p, q)| {
        let step = p.clone() - q.clone();
        sum + step.clone() * step / q.clone()
    })
}

fn variance<T: Judge>(world: &World<T>, divergence: Divergence) -> Outcome {
    let mut outcome = Outcome::vacuous();
    for g in &world.moves {
        let pushed = world.pushed(g);
        let factor = match divergence {
            Divergence::NineTenths => sum_of_squares(&pushed, &world.q) * T::ratio(9, 10),
            Divergence::Turned => sum_of_squares(&world.q, &pushed),
            Divergence::ChiSquared | Divergence::WrongSide => sum_of_squares(&pushed, &world.q),
        };
        for x in 0..world.inputs {
            let there = g.x.image(x).0;
            let at = if divergence == Divergence::WrongSide { x } else { there };
            let mean = world.mean(&world.q, at);
            let variance = (0..world.parameters).fold(T::zero(), |sum, theta| {
                let step = minus(world.model(theta, at), &mean);
                sum + world.q[theta].clone() * square(&step)
            });
            outcome = bounded(
                outcome,
                "‖δ_g(x)‖² ≤ tr Var · χ²",
                &square(&world.defect(g, x)),
                &(variance * factor.clone()),
            );
        }
    }
    outcome
}

/// The family's χ² against the sum, and the library's bound for the whole group and a variance of 1. One parameter is no
/// family.
fn closed_form(
    network: &Network,
    world: &World<Tracked>,
    mut outcome: Outcome,
) -> Result<Outcome, DefectBoundError> {
    let Some(q) = posterior(&world.q)? else { return Ok(outcome) };
    let rep = classes(network);
    let (mut sum, mut rounding) = (Tracked::exact(0.0), 0.0);
    for (g, element) in world.moves.iter().zip(rep.group().elements()) {
        let found = chi_squared(&push_forward(&q, &rep, &element)?, &q)?;
        let expected = sum_of_squares(&world.pushed(g), &world.q);
        outcome = outcome.and("χ² of the family", close(&found, &expected));
        sum += expected;
        rounding += found.bound();
    }
    let mean = sum / Tracked::count(world.moves.len());
    let found = chi_squared_defect_bound(&q, &rep, |_| 1.0)?;
    // Positive terms, each as wrong as the family's.
    let own = (world.moves.len() + 16) as f64 * f64::UNIT_ROUNDOFF * found;
    let tolerance = mean.bound() + rounding / world.moves.len() as f64 + own;
    let residual = Residual::new((found - mean.value()).abs(), tolerance);
    Ok(outcome.and("the library's bound", residual))
}

fn settled(result: Result<Outcome, DefectBoundError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a parameter was refused", Residual::failed()))
}
