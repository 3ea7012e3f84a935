//! Gaussian priors.

use super::error::{InferenceError, check_length, check_numbers};
use crate::linalg::Ldl;
use crate::scalar::Real;
use nalgebra::DMatrix;
use num_traits::Float;

/// A Gaussian prior `N(m, Λ⁻¹)` on the parameters, with a diagonal or any precision `Λ`.
///
/// It is invariant under a representation if `ρ(g)m = m` and `ρ(g)ᵀΛρ(g) = Λ`, as `N(0, s²I)` is under orthogonal
/// ones; nothing here asks for that.
///
/// # Examples
/// ```
/// use equibayes::inference::GaussianPrior;
///
/// let prior = GaussianPrior::diagonal(&[0.0, 1.0], &[1.0, 4.0])?;
/// assert_eq!(prior.dim(), 2);
/// assert!(GaussianPrior::diagonal(&[0.0], &[-1.0]).is_err());
/// # Ok::<(), equibayes::inference::InferenceError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianPrior<T = f64> {
    mean: Vec<T>,
    precision: Precision<T>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Precision<T> {
    Diagonal(Vec<T>),
    /// With `ln det Λ`.
    Full(DMatrix<T>, T),
}

impl<T: Real> GaussianPrior<T> {
    /// `N(0, variance · I)` in `dim` dimensions.
    ///
    /// # Errors
    /// [`InferenceError`] unless the variance is a positive number.
    pub fn isotropic(dim: usize, variance: T) -> Result<Self, InferenceError> {
        Self::diagonal(&vec![T::zero(); dim], &vec![variance; dim])
    }

    /// Independent coordinates with these means and variances.
    ///
    /// # Errors
    /// [`InferenceError`] if the lengths differ, an entry is not a number, or a variance is not positive.
    pub fn diagonal(mean: &[T], variance: &[T]) -> Result<Self, InferenceError> {
        check_length("prior variance", variance.len(), mean.len())?;
        check_numbers("prior mean", mean)?;
        check_numbers("prior variance", variance)?;
        let precision: Vec<T> = variance.iter().map(|&v| T::one() / v).collect();
        if let Some(index) = variance.iter().position(|v| !(*v > T::zero())) {
            let value = variance[index].nearest_f64();
            return Err(InferenceError::Outside {
                what: "prior variance",
                value,
                expected: "a positive number",
            });
        }
        check_numbers("prior precision", &precision)?;
        Ok(Self { mean: mean.to_vec(), precision: Precision::Diagonal(precision) })
    }

    /// Any precision matrix (of which the lower triangle is read).
    ///
    /// # Errors
    /// [`InferenceError`] if the sizes differ, an entry is not a number, or the matrix is not positive definite.
    pub fn with_precision(mean: &[T], precision: &DMatrix<T>) -> Result<Self, InferenceError> {
        check_length("prior precision rows", precision.nrows(), mean.len())?;
        check_length("prior precision columns", precision.ncols(), mean.len())?;
        check_numbers("prior mean", mean)?;
        check_numbers("prior precision", precision.as_slice())?;
        let symmetric = DMatrix::from_fn(mean.len(), mean.len(), |i, j| {
            if i >= j { precision[(i, j)] } else { precision[(j, i)] }
        });
        let factor = Ldl::new(&symmetric).map_err(|(row, value)| {
            let value = value.nearest_f64();
            InferenceError::NotPositiveDefinite { what: "prior precision", row, value }
        })?;
        let log_det = factor.pivots().iter().fold(T::zero(), |sum, &d| sum + Float::ln(d));
        Ok(Self { mean: mean.to_vec(), precision: Precision::Full(symmetric, log_det) })
    }

    /// The dimension of the parameters.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// The mean.
    pub fn mean(&self) -> &[T] {
        &self.mean
    }

    pub(super) fn precision(&self) -> &Precision<T> {
        &self.precision
    }

    /// `Λ_ii`.
    pub fn precision_of(&self, i: usize) -> T {
        match &self.precision {
            Precision::Diagonal(precision) => precision[i],
            Precision::Full(matrix, _) => matrix[(i, i)],
        }
    }

    /// `(Λ(x − m))_i`.
    pub(super) fn pull(&self, x: &[T], i: usize) -> T {
        self.pull_by(|j| x[j], i)
    }

    /// The same for coordinates that a function gives.
    pub(super) fn pull_by(&self, x: impl Fn(usize) -> T, i: usize) -> T {
        match &self.precision {
            Precision::Diagonal(precision) => precision[i] * (x(i) - self.mean[i]),
            Precision::Full(matrix, _) => (0..self.dim())
                .fold(T::zero(), |sum, j| sum + matrix[(i, j)] * (x(j) - self.mean[j])),
        }
    }

    /// `(x − m)ᵀΛ(x − m)`.
    pub(super) fn square(&self, x: &[T]) -> T {
        self.square_by(|i| x[i])
    }

    /// The same for coordinates that a function gives.
    pub(super) fn square_by(&self, x: impl Fn(usize) -> T) -> T {
        let term = |i: usize| (x(i) - self.mean[i]) * self.pull_by(&x, i);
        (0..self.dim()).fold(T::zero(), |sum, i| sum + term(i))
    }

    /// `ln det Λ`.
    pub(super) fn log_det(&self) -> T {
        match &self.precision {
            Precision::Diagonal(precision) => {
                precision.iter().fold(T::zero(), |sum, &p| sum + Float::ln(p))
            }
            Precision::Full(_, log_det) => *log_det,
        }
    }
}
