//! Networks with one hidden layer, under mean-field Gaussians.

use super::sine::sine;
use super::{
    ActivationMoments, Covariance, GaussianExpectations, GaussianMoments, PredictiveError,
    PredictiveMoments,
};
use crate::model::{Activation, AffineLayer, Mlp};
use crate::special::Special;
use nalgebra::{DMatrix, DVector};

/// The predictive moments of a network with at most one hidden layer at `x`, under a mean-field Gaussian; a hidden
/// layer of sines under any Gaussian.
///
/// The pre-activations `z_j = Σ_i W_ji x_i + b_j` are, in the mean field, independent Gaussians, and independent of the readout
/// `V, c`, so that with `a_j = f(z_j)`, `m` for means and `v` for variances
///
/// - `E Φ_k = Σ_j m(V_kj) E a_j + m(c_k)`,
/// - `Cov(Φ_k, Φ_l) = Σ_j m(V_kj) m(V_lj) Var a_j + δ_kl [Σ_j v(V_kj) E a_j² + v(c_k)]`.
///
/// The moments of `a_j` are those of [`GaussianExpectations`].
///
/// # Errors
/// [`PredictiveError`] if the posterior or the input has the wrong dimension, the parameters are
/// correlated and the activation is not the sine, the network is deeper, or its activation has no closed form.
///
/// # Examples
/// Erf networks under the prior `N(0, 1)` have Williams' arcsine kernel:
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::model::{Mlp, Pointwise, predictive};
///
/// let net = Mlp::new(&[1, 1, 1], Pointwise::Erf)?.without_bias();
/// let prior = DiagonalGaussian::with_variance(&[0.0, 0.0], &[1.0, 1.0])?;
/// let f = predictive::one_hidden_layer(&net, &(&prior).into(), &[1.0])?;
/// let kernel = 2.0 / std::f64::consts::PI * (2.0_f64 / 3.0).asin();
/// assert!((f.covariance[(0, 0)] - kernel).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn one_hidden_layer<T, A>(
    network: &Mlp<A>,
    posterior: &GaussianMoments<T>,
    x: &[T],
) -> Result<PredictiveMoments<T>, PredictiveError>
where
    T: Special,
    A: Activation<T> + GaussianExpectations<T>,
{
    super::check(network, posterior, x)?;
    let (hidden, readout) = match network.layers() {
        [readout] => (None, readout),
        [hidden, readout] => (Some(hidden), readout),
        layers => return Err(PredictiveError::HiddenLayers { got: layers.len() - 1 }),
    };
    let variances = match (posterior.covariance(), hidden) {
        (Covariance::Diagonal(variances), _) => variances,
        (Covariance::Full(covariance), Some(hidden)) if network.activations()[0].is_sine() => {
            return Ok(sine((hidden, readout), posterior.mean(), covariance, x));
        }
        (Covariance::Full(_), _) => return Err(PredictiveError::Correlated),
    };
    let parameters =
        Parameters { means: posterior.mean().as_slice(), variances: variances.as_slice() };
    let known = |x: &T| ActivationMoments { mean: *x, square: *x * *x, variance: T::zero() };
    let units: Vec<ActivationMoments<T>> = match hidden {
        None => x.iter().map(known).collect(),
        Some(layer) => (0..layer.outputs())
            .map(|j| {
                let (mean, variance) = parameters.pre_activation(layer, j, x);
                let activation = &network.activations()[0];
                activation.moments(mean, variance).ok_or_else(|| PredictiveError::Activation {
                    activation: format!("{activation:?}"),
                })
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(parameters.read_out(readout, &units))
}

/// Independent parameters.
struct Parameters<'a, T> {
    means: &'a [T],
    variances: &'a [T],
}

impl<T: Special> Parameters<'_, T> {
    /// Mean and variance of `Σ_i W_ji x_i + b_j`.
    fn pre_activation(&self, layer: &AffineLayer, j: usize, x: &[T]) -> (T, T) {
        let mut moments = layer.row(j).zip(x).fold((T::zero(), T::zero()), |(m, v), (i, &x)| {
            (m + self.means[i] * x, v + self.variances[i] * x * x)
        });
        if let Some(bias) = layer.bias() {
            moments.0 += self.means[bias.start + j];
            moments.1 += self.variances[bias.start + j];
        }
        moments
    }

    /// The moments of the outputs, given those of what the last layer reads.
    fn read_out(
        &self,
        layer: &AffineLayer,
        units: &[ActivationMoments<T>],
    ) -> PredictiveMoments<T> {
        let sum =
            |terms: &mut dyn Iterator<Item = T>| terms.fold(T::zero(), |sum, term| sum + term);
        let outputs = layer.outputs();
        let bias = |of: &[T], k: usize| layer.bias().map_or(T::zero(), |bias| of[bias.start + k]);
        let mean = DVector::from_fn(outputs, |k, _| {
            let weighted = layer.row(k).zip(units).map(|(i, unit)| self.means[i] * unit.mean);
            sum(&mut weighted.into_iter()) + bias(self.means, k)
        });
        let covariance = DMatrix::from_fn(outputs, outputs, |k, l| {
            let pairs = layer.row(k).zip(layer.row(l)).zip(units);
            let of_units =
                sum(&mut pairs.map(|((i, j), unit)| self.means[i] * self.means[j] * unit.variance));
            if k != l {
                return of_units;
            }
            let of_weights =
                sum(&mut layer.row(k).zip(units).map(|(i, unit)| self.variances[i] * unit.square));
            of_units + of_weights + bias(self.variances, k)
        });
        PredictiveMoments { mean, covariance }
    }
}
