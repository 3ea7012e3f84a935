//! Predictive moments in closed form: `E Φ(θ, x)` and `Cov Φ(θ, x)` under a Gaussian posterior.
//!
//! | model | posterior | moments |
//! |---|---|---|
//! | [`Linear`](super::Linear) | any Gaussian | [`linear`], in every scalar |
//! | [`Mlp`](super::Mlp) without hidden layers, or with the identity only and one hidden layer | mean-field Gaussian | [`one_hidden_layer`] |
//! | [`Mlp`](super::Mlp) with one hidden layer of ReLU, erf or sine | mean-field Gaussian | [`one_hidden_layer`] |
//! | [`Mlp`](super::Mlp) with one hidden layer of sines | any Gaussian | [`one_hidden_layer`] |
//! | [`Mlp`](super::Mlp) with one hidden layer of ReLU, erf or sine | any Gaussian | the mean: [`mean`] |
//!
//! So claims about predictions are checked without Monte Carlo. The posterior is given by its
//! [`GaussianMoments`], which every Gaussian family converts to.

mod activation;
mod correlated;
mod gaussian;
mod linear;
mod mean;
mod one_hidden_layer;
mod sine;
#[cfg(test)]
mod tests;

pub use activation::{ActivationMoments, GaussianExpectations};
pub use gaussian::{Covariance, GaussianMoments};
pub use linear::linear;
pub use mean::mean;
pub use one_hidden_layer::one_hidden_layer;

use super::Model;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use thiserror::Error;

/// The first two moments of the predictive law at one input.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictiveMoments<T> {
    /// `E Φ(θ, x)`.
    pub mean: DVector<T>,
    /// `Cov Φ(θ, x)`.
    pub covariance: DMatrix<T>,
}

/// Predictive moments that have no closed form here.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum PredictiveError {
    /// The posterior is not of the model's parameters.
    #[error("posterior of {got} parameters: expected {expected}, those of the model")]
    Parameters {
        /// The dimension of the posterior.
        got: usize,
        /// The number of the model's parameters.
        expected: usize,
    },
    /// The input has the wrong length.
    #[error("input of length {got}: expected {expected}")]
    Input {
        /// Its length.
        got: usize,
        /// The number of the model's inputs.
        expected: usize,
    },
    /// The network is too deep.
    #[error("network with {got} hidden layers: expected one, or none in the mean field")]
    HiddenLayers {
        /// How many it has.
        got: usize,
    },
    /// The activation's expectations are not known.
    #[error("activation {activation}: expected the identity, ReLU, erf or sine")]
    Activation {
        /// The activation.
        activation: String,
    },
    /// The parameters are correlated.
    #[error(
        "posterior with a full covariance: expected a mean-field Gaussian, or a hidden layer of sines"
    )]
    Correlated,
}

/// Fails unless the posterior is of the model's parameters and the input is one of its inputs.
fn check<T: Scalar, M: Model<T>>(
    model: &M,
    posterior: &GaussianMoments<T>,
    x: &[T],
) -> Result<(), PredictiveError> {
    let (got, expected) = (posterior.dim(), model.parameters());
    if got != expected {
        return Err(PredictiveError::Parameters { got, expected });
    }
    let (got, expected) = (x.len(), model.inputs());
    if got != expected {
        return Err(PredictiveError::Input { got, expected });
    }
    Ok(())
}
