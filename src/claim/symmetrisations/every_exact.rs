//! S1, S2 and S4 for every registered family, in rational arithmetic.
//!
//! By F2 every divergence is `KL(q_η‖q_ζ) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩`, and on an orbit
//! `A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩ − b(g⁻¹)`. In the identities of S1, S2 and S4 the values of `A` cancel, and what is
//! left is linear in `η` and in `μ`: a rational identity, which holds for any `η` and any `μ`, whether or not
//! they belong to one member.

use super::every::Drop;
use crate::claim::Outcome;
use crate::claim::families::affine::{equal, linear, pair, same};
use crate::claim::registry::families::{FamilyEntry, Linear};
use crate::claim::scene::Scene;
use crate::family::FamilyError;
use crate::scalar::{Rational, Scalar};
use nalgebra::DVector;
use num_traits::Zero;

/// `−⟨ζ − η, μ⟩`: what is left of `KL(q_η‖q_ζ)` without `A(ζ) − A(η)`.
fn rest(eta: &DVector<Rational>, zeta: &DVector<Rational>, mu: &DVector<Rational>) -> Rational {
    pair(&(eta - zeta), mu)
}

/// `Pμ + avg_g c(g)`.
fn average_mean(it: &Linear, mu: &DVector<Rational>) -> DVector<Rational> {
    it.project(mu) + it.mean_shift()
}

/// `ζ` is the other member, its mean made invariant if so. Of the Pythagorean identity
/// `⟨η̃ − η, μ(ζ) − μ(η̃)⟩ = 0` is left.
pub(super) fn geometric<E: FamilyEntry>(
    scene: &Scene,
    invariant: bool,
) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let [eta, zeta] = &it.eta;
        let lower = it.average_natural(eta);
        let average = it.average(|g| it.move_natural(g, eta));
        let of_lower = average_mean(it, &it.mu[0]);
        let of_zeta = if invariant { average_mean(it, &it.mu[1]) } else { it.mu[1].clone() };
        let left = rest(zeta, eta, &of_zeta);
        let right = rest(zeta, &lower, &of_zeta) + rest(&lower, eta, &of_lower);
        let stays = it.elements().fold(Outcome::vacuous(), |outcome, g| {
            outcome.and("g·η̃ = η̃", equal(&it.move_natural(g, &lower), &lower))
        });
        Ok(stays
            .and("P*η + avg_g a(g) = avg_g g·η", equal(&lower, &average))
            .and("averaged again", equal(&it.average_natural(&lower), &lower))
            .and("KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) without A", same(&left, &right))
            .partial())
    })
}

/// Of the Pythagorean identity `⟨η̂ − ζ, μ − μ̂⟩ = 0` is left, for invariant `η̂` and `ζ`.
pub(super) fn arithmetic<E: FamilyEntry>(
    scene: &Scene,
    drop: Drop,
) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let (eta, mu) = (&it.eta[0], &it.mu[0]);
        let upper = match drop {
            Drop::Shift => it.project(mu),
            _ => average_mean(it, mu),
        };
        let mixture = it.average(|g| it.tau(g) * mu + it.shift(g));
        // Of η̂ nothing is used but that it is invariant.
        let of_upper = it.average_natural(&(eta + &it.eta[1]));
        let zeta = match drop {
            Drop::Zeta => it.eta[1].clone(),
            _ => it.average_natural(&it.eta[1]),
        };
        let left = rest(eta, &zeta, mu);
        let right = rest(eta, &of_upper, mu) + rest(&of_upper, &zeta, &upper);
        let stays = it.elements().fold(Outcome::vacuous(), |outcome, g| {
            outcome.and("g·μ̂ = μ̂", equal(&(it.tau(g) * &upper + it.shift(g)), &upper))
        });
        Ok(stays
            .and("μ̂ = avg_g μ(g·η)", equal(&upper, &mixture))
            .and("KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) without A", same(&left, &right))
            .partial())
    })
}

pub(super) fn splits<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    linear::<E>(scene, |it| {
        let (eta, mu) = (&it.eta[0], &it.mu[0]);
        let (lower, upper) = (it.average_natural(eta), average_mean(it, mu));
        // Of η̂ and of μ(η̃) nothing is used but that they are invariant.
        let of_upper = it.average_natural(&it.eta[1]);
        let of_lower = average_mean(it, &it.mu[1]);
        // KL(q‖g_#q) = −⟨η, c(g⁻¹)⟩ − b(g⁻¹) − ⟨g·η − η, μ⟩.
        let sum = it.elements().fold(Rational::zero(), |sum, g| {
            let inverse = it.inverse(g);
            let back = pair(eta, it.shift(inverse)) + &it.tilt(inverse).constant;
            sum + rest(eta, &it.move_natural(g, eta), mu) - back
        });
        let divergence = sum / Rational::count(it.order());
        let shift = match drop {
            Drop::Shift => Rational::zero(),
            _ => pair(&(eta - it.mean_tilt()), &it.mean_shift()),
        };
        let closed = pair(&(eta - &lower), mu) - shift;
        let parts = rest(&lower, eta, &of_lower)
            + rest(eta, &of_upper, mu)
            + rest(&of_upper, &lower, &upper);
        Ok(Outcome::new(
            "avg_g KL(q‖g_#q) = ⟨η − η̃, μ⟩ − ⟨η − avg a, avg c⟩",
            same(&divergence, &closed),
        )
        .and("avg_g KL(q‖g_#q) = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)", same(&divergence, &parts))
        .partial())
    })
}
