//! How far a push-forward is from the family, where it leaves it (claim F4).

use super::fits;
use crate::family::{DiagonalGaussian, FamilyError, IsotropicGaussian, Member, excess_of_ratio};
use crate::linalg::Ldl;
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::{Real, dot};
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

/// `min_ζ KL(ρ(g)_# q ‖ q_ζ)` over isotropic Gaussians, for an isotropic Gaussian `q` on `R^n` and any invertible
/// action.
///
/// The minimum is attained by moment matching. With `S = n MMᵀ/‖M‖²`, `M = ρ(g)` and the Frobenius norm, it is
/// `−½ ln det S`, the same for every member; zero exactly where `M` is a multiple of an orthogonal matrix
/// (claim F4). In nats.
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family, or `ρ(g)` is singular.
///
/// # Examples
/// ```
/// use equibayes::action::isotropic_closedness_gap;
/// use equibayes::family::IsotropicGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::Dense;
/// use nalgebra::dmatrix;
///
/// // An involution that is not orthogonal: MMᵀ has determinant 1 and trace 4 + 1/4.
/// let swap = Dense::from_fn(Cyclic::new(2)?, 2, |&k| match k {
///     0 => dmatrix![1.0, 0.0; 0.0, 1.0],
///     _ => dmatrix![0.0, 2.0; 0.5, 0.0],
/// });
/// let q = IsotropicGaussian::with_variance(&[1.0, 0.0], 3.0)?;
/// let gap: f64 = isotropic_closedness_gap(&q, &swap, &1)?;
/// assert!((gap - (4.25_f64 / 2.0).ln()).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn isotropic_closedness_gap<R, T>(
    q: &Member<IsotropicGaussian, T>,
    rep: &R,
    g: &ElementOf<R>,
) -> Result<T, FamilyError>
where
    R: ActsOn<T>,
    T: Real,
{
    fits(q.family(), rep)?;
    let matrix = rep.matrix(g);
    let square = dot(matrix.as_slice(), matrix.as_slice());
    // Before dividing by it: a norm of zero is singular, one that overflows or underflows not usable.
    let scale = T::count(matrix.nrows()) / square;
    if !(square > T::zero() && scale > T::zero() && square.is_number() && scale.is_number()) {
        let (what, row, value) = ("moved covariance", 0, square.nearest_f64());
        return Err(FamilyError::NotPositiveDefinite { what, row, value });
    }
    let relative = (&matrix * matrix.transpose()).map(|entry| entry * scale);
    let factor = Ldl::new(&relative).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
        what: "moved covariance",
        row,
        value: pivot.nearest_f64(),
    })?;
    // The trace of S is n: Σ (d_i + explained_i − 1) = 0. Added to −ln det S, it leaves a sum of non-negative
    // terms, and small gaps, of second order in S − 1, do not drown in what is of first order.
    let sum = factor
        .explained()
        .into_iter()
        .zip(factor.pivots())
        .fold(T::zero(), |sum, (explained, &pivot)| {
            sum + excess_of_ratio(pivot, T::one()) + explained
        });
    Ok(T::ratio(1, 2) * sum)
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

    #[test]
    fn isotropic_gaps_of_small_stretches() {
        let q = IsotropicGaussian::with_variance(&[1.0, 0.0], 0.3).unwrap();
        for stretch in [0.5_f64, 1e-3, 1e-6] {
            let (sin, cos) = 0.7_f64.sin_cos();
            let turn = dmatrix![cos, -sin; sin, cos];
            let matrix = &turn * dmatrix![1.0 + stretch, 0.0; 0.0, 1.0] * 3.0;
            let gap: f64 = isotropic_closedness_gap(&q, &by(matrix), &0).unwrap();
            // det S = 4r²/(1 + r²)² for the ratio r = 1 + s of the singular values, and
            // (1 + r²)²/4r² = 1 + (r² − 1)²/4r².
            let r = 1.0 + stretch;
            let exact = 0.5 * ((r * r - 1.0).powi(2) / (4.0 * r * r)).ln_1p();
            // S − 1, of size s, is known to a few units: the gap is of second order in it.
            let tolerance = 32.0 * f64::EPSILON / stretch;
            assert!((gap / exact - 1.0).abs() < tolerance, "{stretch}: {gap:e}, {exact:e}");
        }
        for singular in [dmatrix![0.0, 0.0; 0.0, 0.0], dmatrix![1.0, 1.0; 1.0, 1.0]] {
            assert!(isotropic_closedness_gap(&q, &by(singular), &0).is_err());
        }
        assert!(isotropic_closedness_gap(&q, &by(dmatrix![f64::NAN, 1.0; 0.0, 1.0]), &0).is_err());
    }
}
