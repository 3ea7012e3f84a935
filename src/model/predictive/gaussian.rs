//! What a Gaussian posterior is here: its first two moments.

use crate::family::{DiagonalGaussian, FullGaussian, IsotropicGaussian, Member};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// The covariance of a Gaussian.
#[derive(Clone, Debug, PartialEq)]
pub enum Covariance<T> {
    /// Independent coordinates, by their variances.
    Diagonal(DVector<T>),
    /// A whole matrix.
    Full(DMatrix<T>),
}

/// The first two moments of a Gaussian.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::model::predictive::GaussianMoments;
///
/// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[0.25, 4.0])?;
/// assert_eq!(GaussianMoments::from(&q).mean().as_slice(), [1.0, 2.0]);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianMoments<T> {
    mean: DVector<T>,
    covariance: Covariance<T>,
}

impl<T: Scalar> GaussianMoments<T> {
    /// Independent coordinates with these means and variances.
    ///
    /// # Panics
    /// If there are not as many variances as means.
    pub fn diagonal(mean: DVector<T>, variances: DVector<T>) -> Self {
        assert_eq!(mean.len(), variances.len(), "means and variances");
        Self { mean, covariance: Covariance::Diagonal(variances) }
    }

    /// Any mean and covariance.
    ///
    /// # Panics
    /// If the covariance is not a square matrix of the size of the mean.
    pub fn full(mean: DVector<T>, covariance: DMatrix<T>) -> Self {
        assert_eq!(covariance.shape(), (mean.len(), mean.len()), "shape of the covariance");
        Self { mean, covariance: Covariance::Full(covariance) }
    }

    /// `E θ`.
    pub fn mean(&self) -> &DVector<T> {
        &self.mean
    }

    /// `Cov θ`.
    pub fn covariance(&self) -> &Covariance<T> {
        &self.covariance
    }

    /// The number of coordinates.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }
}

impl<T: Scalar> From<&Member<DiagonalGaussian, T>> for GaussianMoments<T> {
    fn from(q: &Member<DiagonalGaussian, T>) -> Self {
        Self { mean: q.mean(), covariance: Covariance::Diagonal(q.variance()) }
    }
}

impl<T: Scalar> From<&Member<IsotropicGaussian, T>> for GaussianMoments<T> {
    fn from(q: &Member<IsotropicGaussian, T>) -> Self {
        let mean = q.mean();
        let variances = DVector::from_element(mean.len(), q.variance());
        Self { mean, covariance: Covariance::Diagonal(variances) }
    }
}

impl<T: Scalar> From<&Member<FullGaussian, T>> for GaussianMoments<T> {
    fn from(q: &Member<FullGaussian, T>) -> Self {
        Self { mean: q.mean(), covariance: Covariance::Full(q.covariance()) }
    }
}
