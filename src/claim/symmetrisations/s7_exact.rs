//! S7 for Gaussians in rational arithmetic, with the logarithms of divergences carried along.

use super::exact::{self, Gaussian, HalfLog};
use super::setting::Setting;
use crate::action::ClosedUnder;
use crate::claim::Outcome;
use crate::claim::scene::{Scene, Which};
use crate::family::FamilyError;
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::{Rational, Scalar, dot};
use crate::symmetrize::{arithmetic, geometric};
use num_traits::{One, Zero};

/// Large matrices of large fractions take too long: at most three dimensions.
pub(super) fn small(scene: &Scene) -> Scene {
    Scene { max_dim: scene.max_dim.min(3), ..scene.clone() }
}

/// With losses that are invariant, or with one that is not.
pub(super) fn check<S>(scene: &Scene, invariant: bool) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let (upper, prior) = (arithmetic(&q, &rep)?, geometric(&S::member(scene, Which::P)?, &rep)?);
    let tau = q.family().statistic_action(&rep);
    let (before, after) = (q.mean_parameter().as_slice(), upper.mean_parameter().as_slice());
    let raw: Vec<Rational> = scene.vector(Which::P, before.len());
    let average = Reynolds::of(&tau).project_dual(&raw);
    let data = Rational::count(5);
    let divergences = exact::kl(&q, &prior) - exact::kl(&upper, &prior);
    let gap = exact::kl(&q, &upper);
    let fall = |loss: &dyn Fn(&[Rational]) -> Rational| {
        HalfLog::rational(&data * (loss(before) - loss(after))) + divergences.clone()
    };
    if !invariant {
        // What fits the mean parameter of q alone; see the check in floating point.
        let own = fall(&|mu| {
            let error = dot(&raw, mu) - dot(&raw, before);
            &error * &error
        });
        let ordered = own - gap;
        let ordered = ordered.as_rational().is_some_and(|excess| *excess >= Rational::zero());
        return Ok(Outcome::new("convex loss: KL(q‖q̂) ≤ J(q) − J(q̂)", Residual::exact(ordered)));
    }
    let linear = fall(&|mu| dot(average.as_slice(), mu));
    let square = fall(&|mu| {
        let sum = rep.group().elements().fold(Rational::zero(), |sum, g| {
            let error = dot(&raw, tau.apply(&g, mu).as_slice()) - Rational::one();
            sum + &error * &error
        });
        sum / Rational::count(rep.group().small_order().unwrap_or(1))
    });
    // The logarithms of both sides are the same, so the order is that of rationals.
    let excess = square - gap.clone();
    let ordered = excess.as_rational().is_some_and(|excess| *excess >= Rational::zero());
    Ok(Outcome::new("affine loss: J(q) − J(q̂) = KL(q‖q̂)", Residual::exact(linear == gap))
        .and("convex loss: KL(q‖q̂) ≤ J(q) − J(q̂)", Residual::exact(ordered)))
}
