//! S7 for every registered family: losses affine in the statistic, as conjugate likelihoods are, and losses
//! convex in its mean.

use crate::action::ClosedUnder;
use crate::claim::families::affine::{linear, pair, same};
use crate::claim::families::every::{closed_control, closed_theorem, moving, scenes, stored};
use crate::claim::registry::families::{FamilyEntry, Linear, every, refuted_by_every};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Outcome, Role};
use crate::family::{FamilyError, LogPartition};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::{Rational, Scalar, dot};
use crate::symmetrize::{arithmetic, geometric};
use nalgebra::DVector;
use num_traits::{One, Zero};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let claim = About {
        role: Role::Bound,
        hypotheses: &[
            "finite group",
            "every registered exponential family, under actions that it is closed under",
            "invariant prior in the family",
            "expected loss invariant, and convex in μ: affine in T (conjugate models), the squared error of \
             E⟨b, T⟩, and E Σθ² for Poisson and exponential laws",
        ],
        ..closed_theorem(
            "S7.families",
            "arithmetic averaging never increases the objective: every family",
            "J^G(q̂) + KL(q‖q̂) ≤ J^G(q), with equality for a loss affine in T",
        )
    };
    vec![
        Box::new(Entry {
            about: claim,
            instances: scenes,
            check: every!(|scene| descends::<E>(scene, Drop::Nothing), E),
            exact: Some(every!(|scene| exactly::<E>(scene, Drop::Nothing), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "S7.families-moving-loss",
                "S7.families",
                "an expected loss that is not invariant: every family",
                "J(q) − J(q̂) = KL(q‖q̂) for every loss affine in T",
                &["the expected loss is not invariant"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| descends::<E>(scene, Drop::Loss), E),
            exact: Some(refuted_by_every!(|scene| exactly::<E>(scene, Drop::Loss), E)),
        }),
        Box::new(Entry {
            about: closed_control(
                "S7.families-moving-prior",
                "S7.families",
                "a prior that is not invariant: every family",
                "J(q) − J(q̂) = KL(q‖q̂) for every prior in the family",
                &["the prior is not invariant"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| descends::<E>(scene, Drop::Prior), E),
            exact: None,
        }),
    ]
}

/// What a control leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drop {
    Nothing,
    Loss,
    Prior,
}

/// The number of examples.
const DATA: usize = 5;

fn descends<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let family = q.family();
    let (upper, other) = (arithmetic(&q, &rep)?, stored::<E>(scene, Which::P)?);
    let prior = if drop == Drop::Prior { other } else { geometric(&other, &rep)? };
    let tau = family.statistic_action(&rep);
    let (before, after) = (q.mean_parameter().as_slice(), upper.mean_parameter().as_slice());
    let raw: Vec<Tracked> = scene.vector(Which::P, before.len());
    let average = Reynolds::of(&tau).project_dual(&raw);
    let a = if drop == Drop::Loss { &raw } else { average.as_slice() };
    let data = Tracked::count(DATA);
    let (at_q, at_upper) = (family.kl(&q, &prior), family.kl(&upper, &prior));
    let gap = family.kl(&q, &upper);
    let fall = |loss: &dyn Fn(&[Tracked]) -> Tracked| {
        data * (loss(before) - loss(after)) + at_q - at_upper
    };
    let affine = fall(&|mu| dot(a, mu));
    let outcome = Outcome::new("affine loss: J(q) − J(q̂) = KL(q‖q̂)", close(&affine, &gap));
    if drop != Drop::Nothing {
        return Ok(outcome);
    }
    let square = fall(&|mu| {
        let (mut sum, mut order) = (Tracked::zero(), 0);
        for g in rep.group().elements() {
            let mut moved = tau.apply(&g, mu);
            if let Some(shift) = family.statistic_shift(&rep, &g) {
                moved += shift;
            }
            let error = dot(&raw, moved.as_slice()) - Tracked::one();
            sum += error * error;
            order += 1;
        }
        sum / Tracked::count(order)
    });
    let bounded = |outcome: Outcome, part, fall: Tracked| {
        outcome.bounded(part, gap.value(), fall.value(), (gap - fall).bound())
    };
    let outcome = bounded(outcome, "squared error: KL(q‖q̂) ≤ J(q) − J(q̂)", square);
    // The coordinates of μ are those of E θ here.
    if E::squares(before).is_none() {
        return Ok(outcome);
    }
    let squares = fall(&|mu| E::squares(mu).unwrap_or_else(Tracked::zero));
    Ok(bounded(outcome, "E Σθ²: KL(q‖q̂) ≤ J(q) − J(q̂)", squares))
}

/// Without the divergences, which are the subject of S2: invariant affine losses do not change, and convex
/// ones fall.
fn exactly<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it: &Linear| {
        let mu = &it.mu[0];
        let upper = it.project(mu) + it.mean_shift();
        let raw = DVector::from_vec(scene.vector::<Rational>(Which::P, mu.len()));
        let a = if drop == Drop::Loss { raw.clone() } else { it.project_dual(&raw) };
        let square = |mu: &DVector<Rational>| {
            it.elements().fold(Rational::zero(), |sum, g| {
                let error = pair(&raw, &(it.tau(g) * mu + it.shift(g))) - Rational::one();
                sum + &error * &error
            })
        };
        Ok(Outcome::new("affine loss: ⟨a, μ⟩ = ⟨a, μ̂⟩", same(&pair(&a, mu), &pair(&a, &upper)))
            .and("squared error: ℓ(μ̂) ≤ ℓ(μ)", Residual::exact(square(&upper) <= square(mu)))
            .partial())
    })
}
