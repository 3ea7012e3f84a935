//! B2: the defect by the orbit divergence, which is linear in the parameters of the posterior.

use super::b1_total_variation::squared_diameter;
use super::world::{World, small_worlds, square, worlds};
use super::{KINDS, TOLERANCE, bounded, control};
use crate::claim::enclosed::with_enclosed;
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Outcome, Role};
use crate::family::{Categorical, FamilyError, Member};
use crate::group::AnyGroup;
use crate::law::Residual;
use crate::representation::{SignedPermutationRep, Unsigned};
use crate::scalar::{Real, Scalar};
use crate::symmetrize::linear_form;
use num_traits::{Float, Zero};

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B2.categorical",
        title: "the defect is bounded by the orbit divergence: categorical posteriors",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "avg_g KL(q‖g_#q) = ⟨η − η̃, μ − μ̂⟩ =: K, and avg_g ‖δ_g(x)‖² ≤ D² min(K/2, 1 − e^{−K})",
        hypotheses: &["(J)", "finite group", "outputs of diameter D", "closed exponential family"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 4,
    };
    vec![
        Box::new(with_enclosed!(
            Entry {
                about,
                instances: worlds,
                check: |network| settled(check(network, (1, 1))),
                exact: None,
            },
            super::b2_categorical_enclosed::check,
        )),
        Box::new(with_enclosed!(
            Entry {
                about: control(
                    about,
                    "B2.categorical-nine-tenths",
                    "nine tenths of the squared diameter",
                    "avg_g ‖δ_g(x)‖² ≤ 0.9 D² min(K/2, 1 − e^{−K})",
                    &["D is the diameter"],
                ),
                instances: small_worlds,
                check: |network| settled(check(network, (9, 10))),
                exact: None,
            },
            super::b2_categorical_enclosed::nine_tenths,
        )),
    ]
}

fn settled(result: Result<Outcome, FamilyError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a parameter was refused", Residual::failed()))
}

/// How the group permutes the parameters of the instance.
pub(super) fn classes(network: &Network) -> Unsigned<SignedPermutationRep<AnyGroup>> {
    Unsigned::new(network.signed()[0].clone())
}

/// The posterior as a member of the categorical family; `None` for a single parameter, of which there is none.
pub(super) fn posterior<T: Real>(
    weights: &[T],
) -> Result<Option<Member<Categorical, T>>, FamilyError> {
    if weights.len() < 2 {
        return Ok(None);
    }
    Categorical::with_probabilities(weights).map(Some)
}

fn check(network: &Network, (numerator, denominator): (i64, i64)) -> Result<Outcome, FamilyError> {
    let Some(world) = World::<Tracked>::of(network, true) else { return Ok(Outcome::vacuous()) };
    let closed = match posterior(&world.q)? {
        Some(q) => linear_form(&q, &classes(network))?,
        None => Tracked::zero(),
    };
    let order = Tracked::count(world.moves.len());
    let sum = world.moves.iter().fold(Tracked::zero(), |sum, g| {
        let pushed = world.pushed(g);
        world.q.iter().zip(&pushed).fold(sum, |sum, (&p, &q)| sum + p * Float::ln(p / q))
    });
    let factor = Tracked::ratio(numerator, denominator);
    let share = Float::min(closed / Tracked::count(2), -Float::exp_m1(-closed));
    let mut outcome = Outcome::new("avg_g KL(q‖g_#q) = K", close(&closed, &(sum / order)));
    for x in 0..world.inputs {
        let sum =
            world.moves.iter().fold(Tracked::zero(), |sum, g| sum + square(&world.defect(g, x)));
        let rhs = factor * squared_diameter(&world, x) * share;
        let part = "avg_g ‖δ_g(x)‖² ≤ D² min(K/2, 1 − e^{−K})";
        outcome = bounded(outcome, part, &(sum / order), &rhs);
    }
    Ok(outcome)
}
