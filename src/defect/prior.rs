//! What a prior that is not invariant leaves of asymmetry in the minimiser (claim B5).

use super::error::{BoundError, not_negative, positive, product};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FamilyError, Member};
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::{Scalar, dot};

/// `KL(q*‖g_#q*) + KL(g_#q*‖q*) ≤ ⟨η_p − g·η_p, μ* − g·μ*⟩` at an interior minimiser `q*` of `E(μ) + KL(q‖p)`, for an
/// expected loss `E` that is invariant and convex in `μ`, and a prior in the family (claim B5b): the right side.
///
/// By the first-order conditions at `q*` and at its image, `∇E(μ*) + η* − η_p = 0` and `∇E(g·μ*) + g·η* − g·η_p = 0`.
/// Their difference against `μ* − g·μ*` leaves a term of `∇E` that is monotone. Equality for an `E` affine in `μ`,
/// where `η* − g·η* = η_p − g·η_p` (claim B5a).
///
/// # Errors
/// [`FamilyError`] if the family refuses to be moved.
///
/// # Examples
/// ```
/// use equibayes::defect::symmetric_divergence_bound;
/// use equibayes::family::{DiagonalGaussian, LogPartition};
/// use equibayes::group::Cyclic;
/// use equibayes::action::push_forward;
/// use equibayes::representation::PermutationRep;
///
/// // No data: the posterior is the prior, and equality holds.
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let prior = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 1.0])?;
/// let bound: f64 = symmetric_divergence_bound(&prior, &prior, &swap, &1)?;
/// let moved = push_forward(&prior, &swap, &1)?;
/// let family = prior.family();
/// assert_eq!(family.kl(&prior, &moved) + family.kl(&moved, &prior), bound);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn symmetric_divergence_bound<F, R, T>(
    posterior: &Member<F, T>,
    prior: &Member<F, T>,
    rep: &R,
    g: &ElementOf<R>,
) -> Result<T, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let moved_prior = push_forward(prior, rep, g)?;
    let moved = push_forward(posterior, rep, g)?;
    let eta = prior.natural().coordinates() - moved_prior.natural().coordinates();
    let mu = posterior.mean_parameter().coordinates() - moved.mean_parameter().coordinates();
    Ok(dot(eta.as_slice(), mu.as_slice()))
}

/// By how much rounding may leave [`symmetric_divergence_bound`] below zero: each of the `n` products has two differences
/// of numbers that are themselves off by a few units in the last place, and the sum adds `n` roundings.
pub(super) fn pairing_rounding<F, R, T>(
    posterior: &Member<F, T>,
    prior: &Member<F, T>,
    rep: &R,
    g: &ElementOf<R>,
) -> Result<f64, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let moved_prior = push_forward(prior, rep, g)?;
    let moved = push_forward(posterior, rep, g)?;
    let sizes = |a: &[T], b: &[T]| -> Vec<f64> {
        a.iter().zip(b).map(|(a, b)| a.nearest_f64().abs() + b.nearest_f64().abs()).collect()
    };
    let eta = sizes(
        prior.natural().coordinates().as_slice(),
        moved_prior.natural().coordinates().as_slice(),
    );
    let (own, other) = (posterior.mean_parameter(), moved.mean_parameter());
    let mu = sizes(own.coordinates().as_slice(), other.coordinates().as_slice());
    let size: f64 = eta.iter().zip(&mu).map(|(eta, mu)| eta * mu).sum();
    // 16 units for what the parameters themselves are off by, in either factor.
    Ok((eta.len() as f64 + 32.0) * T::UNIT_ROUNDOFF * size)
}

/// `‖w* − g·w*‖ ≤ ‖m_p − g·m_p‖ / (σ_p² λ)` for the location and scale `w = (m, σ)` of the minimiser, a Gaussian prior
/// `N(m_p, σ_p² I)`, and an objective `J` that is `λ`-strongly convex in `w` (claim B5c).
///
/// `prior_shift` is `‖m_p − g·m_p‖`. Where the loss `L^G` is `κ`-strongly convex in `θ`, `λ ≥ σ_p^{-2} + Nκ`, so the
/// asymmetry falls like `1/N`; see [`strong_convexity`].
///
/// # Errors
/// [`BoundError`] for a negative shift, or a variance or constant that is not positive.
///
/// # Examples
/// ```
/// use equibayes::defect::{location_scale_bound, strong_convexity};
///
/// let few = location_scale_bound(2.0, 1.0, strong_convexity(1.0, 9, 1.0)?)?;
/// let many = location_scale_bound(2.0, 1.0, strong_convexity(1.0, 99, 1.0)?)?;
/// assert_eq!((few, many), (0.2, 0.02));
/// # Ok::<(), equibayes::defect::BoundError>(())
/// ```
pub fn location_scale_bound(
    prior_shift: f64,
    prior_variance: f64,
    strong_convexity: f64,
) -> Result<f64, BoundError> {
    let shift = not_negative("shift of the prior", prior_shift)?;
    let variance = positive("variance of the prior", prior_variance)?;
    Ok(shift / (variance * positive("strong convexity", strong_convexity)?))
}

/// `λ = σ_p^{-2} + Nκ`: how strongly convex the objective `N E_q L^G + KL(q‖p)` is in location and scale, for a
/// loss that is `κ`-strongly convex in `θ` (claim B5c).
///
/// # Errors
/// [`BoundError`] for a variance that is not positive or a negative `κ`.
pub fn strong_convexity(
    prior_variance: f64,
    examples: usize,
    convexity: f64,
) -> Result<f64, BoundError> {
    let variance = positive("variance of the prior", prior_variance)?;
    let convexity = not_negative("convexity of the loss", convexity)?;
    Ok(1.0 / variance + product(examples as f64, convexity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_the_hypotheses_are_refused() {
        let message = |result: Result<f64, BoundError>| result.unwrap_err().to_string();
        assert_eq!(
            message(location_scale_bound(1.0, 0.0, 1.0)),
            "variance of the prior is 0: expected a finite number above 0"
        );
        assert_eq!(
            message(location_scale_bound(1.0, 1.0, f64::NAN)),
            "strong convexity is NaN: expected a finite number above 0"
        );
        assert_eq!(
            message(strong_convexity(1.0, 3, -1.0)),
            "convexity of the loss is -1: expected a number that is not negative"
        );
    }
}
