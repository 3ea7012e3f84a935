//! Predictive means of networks with one hidden layer, under any Gaussian.

use super::correlated::{Posterior, Unit};
use super::{Covariance, GaussianExpectations, GaussianMoments, PredictiveError};
use crate::model::{Activation, Mlp};
use crate::special::Special;
use nalgebra::{DMatrix, DVector};

/// The predictive mean of a network with one hidden layer at `x`, under any Gaussian.
///
/// By Stein's lemma, `E V f(z) = E V E f(z) + Cov(V, z) E f′(z)` for jointly Gaussian `V` and `z`, so that only the
/// unit's own law is needed, however the parameters are correlated.
///
/// # Errors
/// [`PredictiveError`] if the posterior or the input has the wrong dimension, the network has not one
/// hidden layer, or its activation has no closed form.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::model::{Mlp, Pointwise, predictive};
/// use nalgebra::{dmatrix, dvector};
///
/// // E V max(W, 0) with E V = E W = 0: the covariance times E 1(W > 0).
/// let net = Mlp::new(&[1, 1, 1], Pointwise::Relu)?.without_bias();
/// let q = FullGaussian::with_covariance(&dvector![0.0, 0.0], &dmatrix![1.0, 0.5; 0.5, 1.0])?;
/// let mean = predictive::mean(&net, &(&q).into(), &[1.0])?;
/// assert!((mean[0] - 0.25_f64).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mean<T, A>(
    network: &Mlp<A>,
    posterior: &GaussianMoments<T>,
    x: &[T],
) -> Result<DVector<T>, PredictiveError>
where
    T: Special,
    A: Activation<T> + GaussianExpectations<T>,
{
    super::check(network, posterior, x)?;
    let [hidden, readout] = network.layers() else {
        return Err(PredictiveError::HiddenLayers { got: network.layers().len() - 1 });
    };
    let diagonal: DMatrix<T>;
    let covariance = match posterior.covariance() {
        Covariance::Full(matrix) => matrix,
        Covariance::Diagonal(variances) => {
            diagonal = DMatrix::from_diagonal(variances);
            &diagonal
        }
    };
    let posterior = Posterior { mean: posterior.mean(), covariance };
    let activation = &network.activations()[0];
    let units = (0..hidden.outputs())
        .map(|j| {
            let unit = posterior.unit(hidden, j, x);
            let value = activation.moments(unit.mean, unit.variance).map(|moments| moments.mean);
            let slope = activation.expected_slope(unit.mean, unit.variance);
            value.zip(slope).map(|(value, slope)| (unit, value, slope))
        })
        .collect::<Option<Vec<(Unit<T>, T, T)>>>()
        .ok_or_else(|| PredictiveError::Activation { activation: format!("{activation:?}") })?;
    Ok(DVector::from_fn(readout.outputs(), |k, _| {
        let bias = readout.bias().map_or(T::zero(), |bias| posterior.mean[bias.start + k]);
        readout.row(k).zip(&units).fold(bias, |sum, (i, (unit, value, slope))| {
            sum + posterior.mean[i] * *value + unit.along[i] * *slope
        })
    }))
}
