//! B2: the defect by the orbit divergence, which is linear in the parameters of the posterior.

use super::b1_total_variation::squared_diameter;
use super::world::{World, small_worlds, square, worlds};
use super::{KINDS, TOLERANCE, bounded, control};
use crate::action::push_forward;
use crate::claim::enclosed::with_enclosed;
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Mutation, Outcome, Role, Seeking};
use crate::defect::{
    DefectBoundError, orbit_divergence_defect_bound, total_variation_defect_bound,
};
use crate::family::{Categorical, FamilyError, LogPartition, Member};
use crate::group::{AnyGroup, Finite};
use crate::law::Residual;
use crate::representation::{Representation, SignedPermutationRep, Unsigned};
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
                check: |network| settled(check(network, Variant::Bound)),
                exact: None,
            }
            .sought(SEEKING),
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
                check: |network| measured(check(network, Variant::NineTenths)),
                exact: None,
            },
            super::b2_categorical_enclosed::nine_tenths,
        )),
    ]
}

fn settled(result: Result<Outcome, DefectBoundError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a parameter was refused", Residual::failed()))
}

/// What cannot be posed shows nothing that can be measured.
fn measured(result: Result<Outcome, DefectBoundError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::vacuous())
}

/// What a control or a mutation changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Bound,
    NineTenths,
    /// `D` in place of `D²`.
    FirstPower,
    /// `0.9 K` in place of `K`.
    Divergence,
}

impl Variant {
    /// The right side, given `D²` and `K`.
    fn bound(self, squared_diameter: Tracked, divergence: Tracked) -> Tracked {
        let nine_tenths = Tracked::ratio(9, 10);
        let factor = match self {
            Self::Bound | Self::Divergence => squared_diameter,
            Self::NineTenths => nine_tenths * squared_diameter,
            Self::FirstPower => Float::sqrt(squared_diameter),
        };
        let divergence =
            if self == Self::Divergence { nine_tenths * divergence } else { divergence };
        factor * Float::min(divergence / Tracked::count(2), -Float::exp_m1(-divergence))
    }
}

const SEEKING: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: &[
        Mutation {
            name: "0.9 D²", check: |network| measured(check(network, Variant::NineTenths))
        },
        Mutation {
            name: "D in place of D²",
            check: |network| measured(check(network, Variant::FirstPower)),
        },
        Mutation { name: "0.9 K", check: |network| measured(check(network, Variant::Divergence)) },
    ],
    steps: 128,
};

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

fn check(network: &Network, variant: Variant) -> Result<Outcome, DefectBoundError> {
    let Some(world) = World::<Tracked>::of(network, true) else { return Ok(Outcome::vacuous()) };
    let q = posterior(&world.q)?;
    let closed = match &q {
        Some(q) => linear_form(q, &classes(network))?,
        None => Tracked::zero(),
    };
    let order = Tracked::count(world.moves.len());
    let sum = world.moves.iter().fold(Tracked::zero(), |sum, g| {
        let pushed = world.pushed(g);
        world.q.iter().zip(&pushed).fold(sum, |sum, (&p, &q)| sum + p * Float::ln(p / q))
    });
    let mut outcome = Outcome::new("avg_g KL(q‖g_#q) = K", close(&closed, &(sum / order)));
    for x in 0..world.inputs {
        let sum =
            world.moves.iter().fold(Tracked::zero(), |sum, g| sum + square(&world.defect(g, x)));
        let rhs = variant.bound(squared_diameter(&world, x), closed);
        let part = "avg_g ‖δ_g(x)‖² ≤ D² min(K/2, 1 − e^{−K})";
        outcome = bounded(outcome, part, &(sum / order), &rhs);
    }
    match q {
        Some(q) if variant == Variant::Bound => library(&world, &q, network, outcome),
        _ => Ok(outcome),
    }
}

/// The library's B1 and B2 for the whole group and `D = 1`, against their formulas from sums over the points.
fn library(
    world: &World<Tracked>,
    q: &Member<Categorical, Tracked>,
    network: &Network,
    outcome: Outcome,
) -> Result<Outcome, DefectBoundError> {
    let rep = classes(network);
    let order = Tracked::count(world.moves.len());
    let (mut whole, mut least, mut rounding) = (Tracked::zero(), Tracked::zero(), 0.0);
    for (g, element) in world.moves.iter().zip(rep.group().elements()) {
        let pushed = world.pushed(g);
        let kl = world.q.iter().zip(&pushed);
        let kl = kl.fold(Tracked::zero(), |sum, (&p, &q)| sum + p * Float::ln(p / q));
        whole += kl / Tracked::count(2);
        least += Variant::Bound.bound(Tracked::count(1), kl);
        // What the library's own divergence may be off by, which it does not hand out.
        rounding += q.family().kl(q, &push_forward(q, &rep, &element)?).bound();
    }
    // Slopes in each divergence are at most 1; then a few roundings of each of positive terms.
    let of = |found: f64, sum: Tracked| {
        let mean = sum / order;
        let own = (world.moves.len() + 16) as f64 * f64::UNIT_ROUNDOFF * found.abs();
        let given = rounding / order.value() + own;
        Residual::new((found - mean.value()).abs(), mean.bound() + given)
    };
    let b1 = of(total_variation_defect_bound(q, &rep, 1.0)?, least);
    let b2 = of(orbit_divergence_defect_bound(q, &rep, 1.0)?, whole);
    Ok(outcome.and("the library's bound by total variation", b1).and("by divergence", b2))
}
