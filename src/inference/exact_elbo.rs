//! The objective of a mean field on an affine model with squared error, without noise.

use super::elbo::{Terms, Weights};
use super::posterior::{MeanField, Posterior};
use super::prior::GaussianPrior;
use super::risk::QuadraticRisk;
use crate::scalar::Real;

/// `J(w) = likelihood · E_{q_w} L + divergence · KL(q_w ‖ p)` with the expectation in closed form.
///
/// # Examples
/// ```
/// use equibayes::inference::{ExactElbo, GaussianPrior, MeanField, QuadraticRisk, ScaleLink, Weights};
/// use nalgebra::{dmatrix, dvector};
///
/// let q = MeanField::with_link(1, ScaleLink::Exp);
/// let objective = ExactElbo {
///     risk: QuadraticRisk::new(dmatrix![1.0], dvector![3.0], 4.5),
///     posterior: q,
///     prior: GaussianPrior::isotropic(1, 1.0)?,
///     weights: Weights::total(1),
/// };
/// // The exact posterior is N(3/2, 1/2).
/// let mut gradient = [0.0; 2];
/// objective.gradient(&q.coordinates_of(&[1.5], &[0.5_f64.sqrt()])?, &mut gradient);
/// assert!(gradient.iter().all(|slope: &f64| slope.abs() < 1e-15));
/// # Ok::<(), equibayes::inference::InferenceError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExactElbo<T: Real = f64> {
    /// The mean loss `L`.
    pub risk: QuadraticRisk<T>,
    /// How coordinates make means and scales.
    pub posterior: MeanField,
    /// The prior.
    pub prior: GaussianPrior<T>,
    /// What the two terms count for.
    pub weights: Weights<T>,
}

impl<T: Real> ExactElbo<T> {
    /// The objective; writes its gradient by the coordinates to `gradient`.
    ///
    /// # Panics
    /// If a slice has the wrong length.
    pub fn gradient(&self, w: &[T], gradient: &mut [T]) -> Terms<T> {
        let (mean, scale) = self.posterior.moments(w);
        let link = self.posterior.link();
        let dim = mean.len();
        assert_eq!(gradient.len(), w.len(), "gradient of other coordinates");
        let weight = self.weights.likelihood;
        let slope = self.risk.gradient(&mean);
        for i in 0..dim {
            gradient[i] = weight * slope[i];
            let pull = weight * self.risk.hessian()[(i, i)] * scale[i];
            gradient[dim + i] = pull * link.slope(w[dim + i]);
        }
        self.posterior.pull_back_divergence(w, &self.prior, self.weights.divergence, gradient);
        let variance: Vec<T> = scale.iter().map(|&s| s * s).collect();
        let loss = self.risk.expected_diagonal(&mean, &variance);
        let divergence = self.posterior.divergence(w, &self.prior);
        let value = weight * loss + self.weights.divergence * divergence;
        Terms { loss, divergence, value }
    }
}
