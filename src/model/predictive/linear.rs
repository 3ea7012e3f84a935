//! Linear models under any Gaussian.

use super::{Covariance, GaussianMoments, PredictiveError, PredictiveMoments};
use crate::model::Linear;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// The predictive moments of a linear model at `x`, under any Gaussian: with `Φ(θ, x) = A(x)θ` they are
/// `A(x)m` and `A(x) Σ A(x)ᵀ`. The predictive law is the Gaussian with these moments.
///
/// # Errors
/// [`PredictiveError`] if the posterior or the input has the wrong dimension.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::model::{Linear, predictive};
///
/// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[0.25, 4.0])?;
/// let f = predictive::linear(&Linear::new(2, 1)?, &(&q).into(), &[2.0, 1.0])?;
/// assert_eq!((f.mean[0], f.covariance[(0, 0)]), (4.0, 5.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn linear<T: Scalar>(
    model: &Linear,
    posterior: &GaussianMoments<T>,
    x: &[T],
) -> Result<PredictiveMoments<T>, PredictiveError> {
    super::check(model, posterior, x)?;
    let layer = model.layer();
    let (width, outputs) = (layer.inputs(), layer.outputs());
    // Output `o` is the sum of these coordinates with these factors.
    let functional = |o: usize| {
        let weights = layer.weights().skip(o * width).zip(x.iter().cloned());
        let bias = layer.bias().map(|bias| (bias.start + o, T::one()));
        weights.chain(bias)
    };
    let sum = |terms: &mut dyn Iterator<Item = T>| terms.fold(T::zero(), |sum, term| sum + term);
    let mean = posterior.mean();
    let mean = DVector::from_fn(outputs, |o, _| {
        sum(&mut functional(o).map(|(i, factor)| mean[i].clone() * factor))
    });
    let covariance = DMatrix::from_fn(outputs, outputs, |o, p| match posterior.covariance() {
        Covariance::Diagonal(_) if o != p => T::zero(),
        Covariance::Diagonal(variance) => {
            sum(&mut functional(o).map(|(i, a)| variance[i].clone() * a.clone() * a))
        }
        Covariance::Full(matrix) => sum(&mut functional(o)
            .map(|(i, a)| a * sum(&mut functional(p).map(|(j, b)| matrix[(i, j)].clone() * b)))),
    });
    Ok(PredictiveMoments { mean, covariance })
}
