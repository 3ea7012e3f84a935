//! S4 in directed rounding: the library's own code on enclosures, against the exact orbit divergence.

use super::setting::{Setting, orbit};
use crate::claim::Outcome;
use crate::claim::enclosed::{equal, settle};
use crate::claim::scene::{Scene, Which};
use crate::enclosure::Enclosure;
use crate::family::LogPartition;
use crate::law::Residual;
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::{linear_form, orbit_divergence};
use num_traits::{Signed, Zero};

/// The scene's numbers are dyadic, so the posterior is a point; its orbit divergence is rational.
pub(super) fn check<S>(scene: &Scene) -> Outcome
where
    S: Setting<Enclosure> + Setting<Rational>,
    <S as Setting<Enclosure>>::Family: LogPartition<Enclosure>,
{
    settle(|| {
        let exact = {
            let rep = <S as Setting<Rational>>::rep(scene);
            linear_form(&<S as Setting<Rational>>::member(scene, Which::Q)?, &rep)?
        };
        let rep = <S as Setting<Enclosure>>::rep(scene);
        let q = <S as Setting<Enclosure>>::member(scene, Which::Q)?;
        let split = orbit_divergence(&q, &rep)?;
        let moved = orbit::<S, Enclosure>(&q, &rep)?;
        let sum = moved.iter().fold(Enclosure::zero(), |sum, g| sum + q.family().kl(&q, g));
        let enumerated = sum / Enclosure::count(moved.len());
        let parts = split.geometric_gap + split.arithmetic_gap + split.remainder;
        let known = Enclosure::of(&exact);
        Ok(Outcome::new("⟨η − P*η, μ⟩", equal(&split.total, &known))
            .and("avg_g KL(q‖g_#q) = ⟨η − P*η, μ⟩", equal(&enumerated, &known))
            .and("in three parts", equal(&parts, &known))
            .and("not negative", Residual::exact(!exact.is_negative())))
    })
}

/// The control: the last divergence turned around.
pub(super) fn turned<S>(scene: &Scene) -> Outcome
where
    S: Setting<Enclosure>,
    S::Family: LogPartition<Enclosure>,
{
    settle(|| {
        let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
        let split = orbit_divergence(&q, &rep)?;
        let lower = crate::symmetrize::geometric(&q, &rep)?;
        let upper = crate::symmetrize::arithmetic(&q, &rep)?;
        let wrong = split.geometric_gap + split.arithmetic_gap + q.family().kl(&lower, &upper);
        Ok(Outcome::new("in three parts", equal(&split.total, &wrong)))
    })
}
