//! The χ²-divergence within an exponential family.

use super::{FamilyError, LogPartition, Member};
use crate::scalar::Real;
use num_traits::Float;

/// `χ²(p‖q) = ∫ p²/q − 1 = exp(A(2η' − η) − 2A(η') + A(η)) − 1` for the members `p = q_{η'}` and `q = q_η`; infinite
/// where `2η' − η` is outside the natural parameter space (claim B4).
///
/// The exponent is `KL(p ‖ r) + KL(p ‖ q)` with `r = q_{2η' − η}`, by claim F2: so near-equal members keep the
/// accuracy of the family's divergence, which the second difference of `A` would lose.
///
/// # Errors
/// [`FamilyError`] if the members are of different families, or `2η' − η` overflows.
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, chi_squared};
///
/// let q = DiagonalGaussian::with_variance(&[0.0], &[1.0])?;
/// let moved = DiagonalGaussian::with_variance(&[0.5], &[1.0])?;
/// let found: f64 = chi_squared(&moved, &q)?; // e^{m²/σ²} − 1
/// assert!((found - 0.25_f64.exp_m1()).abs() < 1e-15);
///
/// // The tails of p² / q do not decay from twice the variance on.
/// let wide = DiagonalGaussian::with_variance(&[0.0], &[2.0])?;
/// assert_eq!(chi_squared(&wide, &q)?, f64::INFINITY);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub fn chi_squared<F: LogPartition<T>, T: Real>(
    p: &Member<F, T>,
    q: &Member<F, T>,
) -> Result<T, FamilyError> {
    let family = p.family();
    let (own, other) = (p.natural().coordinates(), q.natural().coordinates());
    if family != q.family() {
        let (got, expected) = (q.family().dim(), family.dim());
        return Err(FamilyError::WrongLength { what: "members of another family", got, expected });
    }
    let beyond = own * T::count(2) - other;
    match Member::from_natural(family.clone(), beyond) {
        Ok(beyond) => Ok(Float::exp_m1(family.kl(p, &beyond) + family.kl(p, q))),
        Err(error @ (FamilyError::WrongLength { .. } | FamilyError::NotFinite { .. })) => {
            Err(error)
        }
        Err(_) => Ok(<T as Float>::infinity()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::{Categorical, DiagonalGaussian, FullGaussian, Poisson};
    use nalgebra::{dmatrix, dvector};

    /// `Σ p²/q − 1`, term by term.
    #[test]
    fn as_the_sum_over_a_finite_space() {
        let p = [0.2, 0.5, 0.3];
        let q = [0.6, 0.1, 0.3];
        let member = |p: &[f64; 3]| Categorical::with_probabilities(p).unwrap();
        let expected: f64 = p.iter().zip(&q).map(|(p, q)| p * p / q).sum::<f64>() - 1.0;
        let found: f64 = chi_squared(&member(&p), &member(&q)).unwrap();
        assert!((found - expected).abs() <= 1e-14 * expected, "{found} {expected}");
    }

    /// `χ²` of Poisson laws is `exp((λ' − λ)²/λ) − 1`.
    #[test]
    fn as_the_closed_form_of_poisson_laws() {
        let rate = |rate: f64| Poisson::with_mean(&[rate]).unwrap();
        let found: f64 = chi_squared(&rate(3.0), &rate(2.0)).unwrap();
        let expected = 0.5_f64.exp_m1();
        assert!((found - expected).abs() <= 1e-14 * expected, "{found} {expected}");
    }

    /// For equal covariances it is `exp(mᵀΣ⁻¹m) − 1`; and a covariance that is twice as wide has none.
    #[test]
    fn correlated_gaussians() {
        let covariance = dmatrix![2.0, 1.0; 1.0, 2.0];
        let at = |m: [f64; 2], scale: f64| {
            FullGaussian::with_covariance(&dvector![m[0], m[1]], &(&covariance * scale)).unwrap()
        };
        let found: f64 = chi_squared(&at([0.5, 0.0], 1.0), &at([0.0, 0.0], 1.0)).unwrap();
        let expected = (0.25_f64 * 2.0 / 3.0).exp_m1();
        assert!((found - expected).abs() <= 1e-14 * expected, "{found} {expected}");
        let wide: f64 = chi_squared(&at([0.0; 2], 2.5), &at([0.0; 2], 1.0)).unwrap();
        assert_eq!(wide, f64::INFINITY);
    }

    /// Means a billionth apart: the square of a billionth, to fifteen digits.
    #[test]
    fn near_equal_members_keep_their_digits() {
        let at = |mean: f64| DiagonalGaussian::with_variance(&[mean], &[1.0]).unwrap();
        let step = 2.0_f64.powi(-30);
        let found: f64 = chi_squared(&at(1.0 + step), &at(1.0)).unwrap();
        assert!((found / (step * step) - 1.0).abs() < 1e-9, "{found}");
    }

    #[test]
    fn members_of_another_family_are_refused() {
        let at = |n: usize| DiagonalGaussian::with_variance(&vec![0.0; n], &vec![1.0; n]).unwrap();
        let error = chi_squared(&at(2), &at(3)).unwrap_err();
        assert_eq!(error.to_string(), "members of another family has length 3: expected 2");
    }
}
