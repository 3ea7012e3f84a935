//! Wasserstein-2 distances in closed form.

use super::{
    Coordinates, DiagonalGaussian, Family, FamilyError, FullGaussian, IsotropicGaussian, Member,
};
use crate::linalg::{Spectrum, frobenius, units};
use crate::scalar::Real;
use nalgebra::DMatrix;
use num_traits::Float;

/// A family whose Wasserstein-2 distance has a closed form.
///
/// `W_2(q, p) = min √E‖θ − θ'‖²` over all pairs `(θ, θ')` with `θ ∼ q` and `θ' ∼ p`; in the units of `θ`.
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, Wasserstein};
///
/// let q = DiagonalGaussian::with_std_dev(&[0.0, 0.0], &[1.0, 5.0])?;
/// let p = DiagonalGaussian::with_std_dev(&[3.0, 0.0], &[1.0, 1.0])?;
/// // The mean moves by 3, a standard deviation by 4.
/// let distance: f64 = q.family().wasserstein(&q, &p)?;
/// assert!((distance - 5.0).abs() < 1e-15 * 5.0);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait Wasserstein<T: Real = f64>: Coordinates<T> {
    /// `W_2(q, p)`.
    ///
    /// # Errors
    /// [`FamilyError`] if the members have different dimensions, or conditioning leaves no digit.
    fn wasserstein(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> Result<T, FamilyError>;
}

fn same_dim<F: Family + Coordinates<T>, T: Real>(
    q: &Member<F, T>,
    p: &Member<F, T>,
) -> Result<(), FamilyError> {
    let (expected, got) = (q.family().dim(), p.family().dim());
    if expected == got {
        Ok(())
    } else {
        Err(FamilyError::WrongLength { what: "mean of the second member", got, expected })
    }
}

impl<T: Real> Wasserstein<T> for DiagonalGaussian {
    /// `√(|m − n|² + |σ − ς|²)`, with `σ − ς = (σ² − ς²)/(σ + ς)`.
    fn wasserstein(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> Result<T, FamilyError> {
        same_dim(q, p)?;
        let ((m, v), (n, w)) = ((q.mean(), q.variance()), (p.mean(), p.variance()));
        let square = (0..m.len()).fold(T::zero(), |sum, i| {
            let step = m[i] - n[i];
            let scale = (v[i] - w[i]) / (Float::sqrt(v[i]) + Float::sqrt(w[i]));
            sum + step * step + scale * scale
        });
        Ok(Float::sqrt(square))
    }
}

impl<T: Real> Wasserstein<T> for IsotropicGaussian {
    /// `√(‖m − k‖² + n(σ − ς)²)`, with `σ − ς = (σ² − ς²)/(σ + ς)`.
    fn wasserstein(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> Result<T, FamilyError> {
        same_dim(q, p)?;
        let (step, v, w) = (q.mean() - p.mean(), q.variance(), p.variance());
        let scale = (v - w) / (Float::sqrt(v) + Float::sqrt(w));
        let start = T::count(step.len()) * scale * scale;
        Ok(Float::sqrt(step.iter().fold(start, |sum, &x| sum + x * x)))
    }
}

impl<T: Real> Wasserstein<T> for FullGaussian {
    /// `√(|m − n|² + tr[A + B − 2 (A^½ B A^½)^½])`, as a sum of squares: near-equal members keep the accuracy that
    /// the difference of the traces would lose.
    fn wasserstein(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> Result<T, FamilyError> {
        same_dim(q, p)?;
        let step = q.mean() - p.mean();
        let bures = Bures::new(&q.covariance(), &p.covariance())?;
        let square = step.iter().fold(bures.distance * bures.distance, |sum, &x| sum + x * x);
        Ok(Float::sqrt(square))
    }
}

/// The Wasserstein-2 distance of two centred Gaussians, with a bound on its error.
pub(crate) struct Bures<T> {
    pub(crate) distance: T,
    /// On the distance, if the covariances are what they are stored as.
    #[cfg_attr(not(any(test, feature = "catalogue")), expect(dead_code))]
    pub(crate) error: T,
}

impl<T: Real> Bures<T> {
    /// `‖(T − 1)A^½‖_F` with the optimal map `T` from `N(0, A)` to `N(0, B)`.
    ///
    /// With `R = (A^½BA^½)^½`, `(T − 1)A^½ = A^{-½}(R − A)`; and `X = R − A` solves `AX + XR = R² − A² = A^½(B − A)A^½`.
    /// In eigenvectors `U` of `A` and `W` of `R`, with eigenvalues `a` and `r`, the entries of `UᵀA^{-½}XW` are
    /// `(Uᵀ(B − A)A^½W)_ij/(a_i + r_j)`: nothing cancels but the difference of the two covariances.
    ///
    /// If the numerators `C` are off by `δC` and the denominators by `δ`, the result is off by
    /// `(‖δC‖ + ‖result‖ δ)/(a_min + r_min)`; `δ` is what the two decompositions are off by.
    ///
    /// # References
    /// I. Olkin and F. Pukelsheim, "The distance between two random vectors with given dispersion
    /// matrices", 1982.
    pub(crate) fn new(a: &DMatrix<T>, b: &DMatrix<T>) -> Result<Self, FamilyError> {
        let n = a.nrows();
        let lost = |what| FamilyError::NotPositiveDefinite { what, row: 0, value: f64::NAN };
        let of_a = Spectrum::new(a).ok_or_else(|| lost("first covariance"))?;
        let root = of_a.root();
        let product = symmetric(&(&root * b * &root));
        let of_product = Spectrum::new(&product).ok_or_else(|| lost("product of covariances"))?;
        let r: Vec<T> = of_product.values().iter().map(|&value| Float::sqrt(value)).collect();
        let difference = b - a;
        let numerators = of_a.vectors().transpose() * &difference * &root * of_product.vectors();
        let square = (0..n).fold(T::zero(), |sum, i| {
            (0..n).fold(sum, |sum, j| {
                let entry = numerators[(i, j)] / (of_a.values()[i] + r[j]);
                sum + entry * entry
            })
        });
        let distance = Float::sqrt(square);
        let (size, root_size) = (frobenius(&difference), frobenius(&root));
        let root_error = of_a.root_error(T::zero());
        let two = T::one() + T::one();
        // Three products of n terms, the rounded difference, the root and eigenvectors that are not quite
        // orthogonal (in `root_error`, relative to the root).
        let numerator_error = size * (root_size * units::<T>(3 * n * (n + 2)) + two * root_error);
        let product_error =
            frobenius(b) * root_size * (two * root_error + root_size * units::<T>(n * (2 * n + 4)));
        let denominator_error = of_a.backward() + of_product.root_error(product_error);
        let room = of_a.smallest() + r.iter().fold(T::infinity(), |low, &x| Float::min(low, x));
        let error = (numerator_error + distance * denominator_error) / room
            + distance * units::<T>(n * n + 4);
        // An infinite bound says nothing either.
        if !error.is_finite() {
            return Err(lost("first covariance"));
        }
        Ok(Self { distance, error })
    }
}

/// `(A + Aᵀ)/2`.
pub(crate) fn symmetric<T: Real>(matrix: &DMatrix<T>) -> DMatrix<T> {
    let half = T::ratio(1, 2);
    DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| {
        half * (matrix[(i, j)] + matrix[(j, i)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DVector, dmatrix, dvector};

    fn of(covariance: DMatrix<f64>) -> Member<FullGaussian> {
        FullGaussian::with_covariance(&DVector::zeros(covariance.nrows()), &covariance).unwrap()
    }

    #[test]
    fn covariances_that_commute_are_as_far_apart_as_their_roots() {
        let turn = dmatrix![0.6, -0.8; 0.8, 0.6];
        let with = |x: f64, y: f64| {
            symmetric(&(&turn * DMatrix::from_diagonal(&dvector![x * x, y * y]) * turn.transpose()))
        };
        let bures = Bures::new(&with(1.0, 5.0), &with(4.0, 1.0)).unwrap();
        assert!((bures.distance - 5.0).abs() < bures.error + 1e-14, "{}", bures.distance);
        assert!(bures.error < 1e-11);
    }

    #[test]
    fn a_known_case_that_does_not_commute() {
        // A = [[1, 3], [3, 10]], B = diag(1, 16): det AB = 16, tr (AB)^½ = √(161 + 2·4) = 13.
        let (a, b) = (dmatrix![1.0, 3.0; 3.0, 10.0], dmatrix![1.0, 0.0; 0.0, 16.0]);
        for (q, p) in [(&a, &b), (&b, &a)] {
            let bures = Bures::new(q, p).unwrap();
            let exact = (11.0_f64 + 17.0 - 26.0).sqrt();
            assert!((bures.distance - exact).abs() <= bures.error, "{}", bures.distance);
            assert!(bures.error < 1e-8);
        }
        let q = FullGaussian::with_covariance(&dvector![7.0, 1.0], &a).unwrap();
        let distance = q.family().wasserstein(&q, &of(b)).unwrap();
        assert!((distance * distance - 52.0).abs() < 1e-10);
    }

    #[test]
    fn near_equal_covariances_keep_their_digits() {
        for step in [1e-3_f64, 1e-8, 1e-13] {
            let b = dmatrix![1.0 + step, 0.0; 0.0, 4.0];
            let actual = b[(0, 0)] - 1.0;
            let bures = Bures::new(&dmatrix![1.0, 0.0; 0.0, 4.0], &b).unwrap();
            let exact = actual / (1.0 + (1.0 + actual).sqrt());
            assert!((bures.distance / exact - 1.0).abs() < 1e-13, "{step}: {}", bures.distance);
        }
        let a = dmatrix![2.0, 1.0; 1.0, 2.0];
        assert_eq!(Bures::new(&a, &a).unwrap().distance, 0.0);
    }

    #[test]
    fn diagonal_and_full_agree_and_dimensions_must() {
        let q = DiagonalGaussian::with_std_dev(&[1.0, 2.0], &[0.5, 3.0]).unwrap();
        let p = DiagonalGaussian::with_std_dev(&[-1.0, 2.5], &[2.0, 0.25]).unwrap();
        let full = |q: &Member<DiagonalGaussian>| {
            FullGaussian::with_covariance(&q.mean(), &DMatrix::from_diagonal(&q.variance()))
                .unwrap()
        };
        let diagonal: f64 = q.family().wasserstein(&q, &p).unwrap();
        let (q, p) = (full(&q), full(&p));
        assert!((q.family().wasserstein(&q, &p).unwrap() - diagonal).abs() < 1e-13);
        let error = q.family().wasserstein(&q, &of(dmatrix![1.0])).unwrap_err().to_string();
        assert_eq!(error, "mean of the second member has length 1: expected 2");
    }
}
