//! How far a push-forward is from the family, where it leaves it (claim F4).

use super::fits;
use crate::family::{DiagonalGaussian, FamilyError, Member};
use crate::linalg::Ldl;
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Real;
use nalgebra::DMatrix;
use num_traits::Float;

/// `min_ζ KL(ρ(g)_# q ‖ q_ζ)` over diagonal Gaussians, for a diagonal Gaussian `q` and any invertible
/// action.
///
/// The minimum is attained by moment matching; with `C = ρ(g) diag(σ²) ρ(g)ᵀ` it is
/// `½ [ln det diag C − ln det C]`, which Hadamard's inequality makes non-negative, and zero exactly
/// where `C` is diagonal (claim F4). In nats.
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family, or `ρ(g)` is singular.
///
/// # Examples
/// ```
/// use equibayes::action::closedness_gap;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::Dense;
/// use nalgebra::dmatrix;
///
/// let eighth_turn = Dense::from_fn(Cyclic::new(8)?, 2, |&k| {
///     let (sin, cos) = (k as f64 * std::f64::consts::TAU / 8.0).sin_cos();
///     dmatrix![cos, -sin; sin, cos]
/// });
/// let q = DiagonalGaussian::with_variance(&[0.0, 0.0], &[1.0, 3.0])?;
/// // Turned by 45°, both variances are 2, and det C is still 3.
/// let gap: f64 = closedness_gap(&q, &eighth_turn, &1)?;
/// assert!((gap - 0.5 * (4.0_f64 / 3.0).ln()).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn closedness_gap<R, T>(
    q: &Member<DiagonalGaussian, T>,
    rep: &R,
    g: &ElementOf<R>,
) -> Result<T, FamilyError>
where
    R: ActsOn<T>,
    T: Real,
{
    fits(q.family(), rep)?;
    let matrix = rep.matrix(g);
    let moved = &matrix * DMatrix::from_diagonal(&q.variance()) * matrix.transpose();
    let factor = Ldl::new(&moved).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
        what: "moved covariance",
        row,
        value: pivot.nearest_f64(),
    })?;
    // C_ii/d_i is 1 + (variance that the earlier coordinates explain)/(variance that is left): each
    // term is non-negative, small gaps keep their relative accuracy, and a diagonal C has exactly 0.
    let logs = factor
        .explained()
        .into_iter()
        .zip(factor.pivots())
        .fold(T::zero(), |sum, (explained, &pivot)| sum + Float::ln_1p(explained / pivot));
    Ok(T::ratio(1, 2) * logs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Cyclic;
    use crate::representation::Dense;
    use nalgebra::dmatrix;

    fn by(matrix: DMatrix<f64>) -> Dense<Cyclic, f64> {
        let group = Cyclic::new(1).unwrap();
        Dense::from_fn(group, matrix.nrows(), move |_| matrix.clone())
    }

    #[test]
    fn small_angles_have_small_gaps_to_full_accuracy() {
        // For variances v, w and the angle φ the gap is ½ ln(1 + (v − w)² sin²(2φ)/(4vw)).
        let q = DiagonalGaussian::with_variance(&[0.0, 0.0], &[1.0, 3.0]).unwrap();
        for angle in [1e-1_f64, 1e-4, 1e-8, 1e-12] {
            let (sin, cos) = angle.sin_cos();
            let gap = closedness_gap(&q, &by(dmatrix![cos, -sin; sin, cos]), &0).unwrap();
            let exact = 0.5 * ((2.0 * angle).sin().powi(2) / 3.0).ln_1p();
            assert!((gap / exact - 1.0).abs() < 1e-14, "{angle}: {gap:e}, expected {exact:e}");
        }
    }

    #[test]
    fn diagonal_covariances_have_no_gap_at_all() {
        let q = DiagonalGaussian::with_variance(&[1.0, 0.0], &[0.1, 0.7]).unwrap();
        assert_eq!(closedness_gap(&q, &by(dmatrix![0.0, -3.0; 0.1, 0.0]), &0).unwrap(), 0.0);
    }

    #[test]
    fn singular_and_misshapen_actions_are_refused() {
        let q = DiagonalGaussian::with_variance(&[0.0, 0.0], &[1.0, 3.0]).unwrap();
        for (matrix, expected) in [
            (dmatrix![1.0, 1.0; 1.0, 1.0], "moved covariance has pivot"),
            (dmatrix![1.0, 0.0; f64::NAN, 1.0], "moved covariance has pivot"),
            (dmatrix![1.0], "representation of dimension 1"),
        ] {
            let error = closedness_gap(&q, &by(matrix), &0).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
