//! S7 for every registered family: losses affine in the statistic, as conjugate likelihoods are, and losses
//! convex in its mean.

use super::s7_objective::{Drop, check};
use crate::claim::families::affine::{linear, pair, same};
use crate::claim::families::every::{closed_control, closed_theorem, moving, scenes, stored};
use crate::claim::registry::families::{FamilyEntry, Linear, every, refuted_by_every};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Outcome, Role};
use crate::family::FamilyError;
use crate::law::Residual;
use crate::scalar::Rational;
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
                "J(q̂) ≤ J(q) for every expected loss convex in μ",
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
                "J(q̂) ≤ J(q) for every prior in the family",
                &["the prior is not invariant"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| descends::<E>(scene, Drop::Prior), E),
            exact: None,
        }),
    ]
}

fn descends<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    let (q, other) = (stored::<E>(scene, Which::Q)?, stored::<E>(scene, Which::P)?);
    // The coordinates of μ are those of E θ where it has squares.
    check(scene, [&q, &other], &E::rep::<Tracked>(scene), drop, E::squares)
}

/// Without the divergences, which are the subject of S2: invariant affine losses do not change, and convex
/// ones fall.
fn exactly<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it: &Linear| {
        let mu = &it.mu[0];
        let upper = it.project(mu) + it.mean_shift();
        let raw = DVector::from_vec(scene.vector::<Rational>(Which::P, mu.len()));
        if drop == Drop::Loss {
            // What fits μ alone.
            let square = |there: &DVector<Rational>| {
                let error = pair(&raw, &(there - mu));
                &error * &error
            };
            let falls = Residual::exact(square(&upper) <= square(mu));
            return Ok(Outcome::new("squared error: ℓ(μ̂) ≤ ℓ(μ)", falls).partial());
        }
        let a = it.project_dual(&raw);
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
