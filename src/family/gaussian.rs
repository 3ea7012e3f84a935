//! What all Gaussian families share: a mean and a covariance.

use super::{Coordinates, DiagonalGaussian, FullGaussian, IsotropicGaussian, Member};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// A family of Gaussians.
///
/// # Examples
/// ```
/// use equibayes::family::{DiagonalGaussian, GaussianFamily};
/// use nalgebra::dmatrix;
///
/// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[3.0, 4.0])?;
/// let (mean, covariance) = q.family().moments(&q);
/// assert_eq!(mean.as_slice(), [1.0, 2.0]);
/// assert_eq!(covariance, dmatrix![3.0, 0.0; 0.0, 4.0]);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait GaussianFamily<T: Scalar = f64>: Coordinates<T> {
    /// The mean `m` and the covariance `Σ` of a member.
    fn moments(&self, q: &Member<Self, T>) -> (DVector<T>, DMatrix<T>);
}

impl<T: Scalar> GaussianFamily<T> for DiagonalGaussian {
    fn moments(&self, q: &Member<Self, T>) -> (DVector<T>, DMatrix<T>) {
        (q.mean(), DMatrix::from_diagonal(&q.variance()))
    }
}

impl<T: Scalar> GaussianFamily<T> for IsotropicGaussian {
    fn moments(&self, q: &Member<Self, T>) -> (DVector<T>, DMatrix<T>) {
        let mean = q.mean();
        let variances = DVector::from_element(mean.len(), q.variance());
        (mean, DMatrix::from_diagonal(&variances))
    }
}

impl<T: Scalar> GaussianFamily<T> for FullGaussian {
    fn moments(&self, q: &Member<Self, T>) -> (DVector<T>, DMatrix<T>) {
        (q.mean(), q.covariance())
    }
}
