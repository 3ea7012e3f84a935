//! Hidden units under Gaussians with any covariance.

use crate::model::AffineLayer;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};

/// A Gaussian with the moments of one hidden unit's pre-activation `z`.
pub(super) struct Unit<T> {
    pub(super) mean: T,
    pub(super) variance: T,
    /// `z = Σ factor · θ_i`.
    pub(super) factors: Vec<(usize, T)>,
    /// `Cov(θ, z)`.
    pub(super) along: DVector<T>,
}

/// A Gaussian of the parameters.
pub(super) struct Posterior<'a, T> {
    pub(super) mean: &'a DVector<T>,
    pub(super) covariance: &'a DMatrix<T>,
}

impl<T: Special> Posterior<'_, T> {
    /// Unit `j` of a layer that reads `x`.
    pub(super) fn unit(&self, layer: &AffineLayer, j: usize, x: &[T]) -> Unit<T> {
        let bias = layer.bias().map(|bias| (bias.start + j, T::one()));
        let factors: Vec<(usize, T)> = layer.row(j).zip(x.iter().copied()).chain(bias).collect();
        let sum = |of: &dyn Fn(usize) -> T| {
            factors.iter().fold(T::zero(), |sum, &(i, factor)| sum + of(i) * factor)
        };
        let mean = sum(&|i| self.mean[i]);
        let along = DVector::from_fn(self.mean.len(), |row, _| sum(&|i| self.covariance[(row, i)]));
        let variance = sum(&|i| along[i]);
        Unit { mean, variance, factors, along }
    }
}
