//! The defect of models with unbounded outputs, from their variance (claim B4).

use super::error::{BoundError, not_negative, product};

/// `‖δ_g(x)‖² ≤ tr Var_q Φ(θ, ρ_X(g)x) · χ²(g_#q ‖ q)` (claim B4).
///
/// `variance` is the trace of the predictive covariance at the *moved* input, `chi_squared` from
/// [`chi_squared`](crate::family::chi_squared()). It holds for outputs of any size, and is tight to first order
/// along the direction in which the posterior moves. Infinite where `χ²` is, unless the variance is zero: then the
/// prediction is the same under every posterior that `q` dominates. Zero where `χ²` is: nothing moves.
///
/// # Errors
/// [`BoundError`] for a negative number or NaN.
///
/// # Examples
/// ```
/// use equibayes::defect::variance_bound;
/// use equibayes::family::{DiagonalGaussian, chi_squared};
///
/// // Φ(θ, x) = θ, and θ moves from mean 0 to mean ½: the squared defect is ¼.
/// let q = DiagonalGaussian::with_variance(&[0.0], &[1.0])?;
/// let moved = DiagonalGaussian::with_variance(&[0.5], &[1.0])?;
/// let bound = variance_bound(1.0, chi_squared(&moved, &q)?)?;
/// assert!(0.25 < bound && bound < 0.285);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn variance_bound(variance: f64, chi_squared: f64) -> Result<f64, BoundError> {
    let variance = not_negative("variance", variance)?;
    let chi_squared = not_negative("χ²", chi_squared)?;
    Ok(product(variance, chi_squared))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_varies_is_nothing_that_moves() {
        assert_eq!(variance_bound(0.0, f64::INFINITY), Ok(0.0));
        assert_eq!(variance_bound(f64::INFINITY, 0.0), Ok(0.0));
        assert_eq!(variance_bound(1e-300, f64::INFINITY), Ok(f64::INFINITY));
        assert_eq!(
            variance_bound(1.0, f64::NAN).unwrap_err().to_string(),
            "χ² is NaN: expected a number that is not negative"
        );
    }
}
