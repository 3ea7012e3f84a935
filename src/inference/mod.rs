//! Variational inference: objectives, conjugate updates, optimisers, training, exactly equivariant predictions.
//!
//! | what | where |
//! |---|---|
//! | losses and what they are invariant under | [`Loss`], [`InvariantUnder`] |
//! | data, and the moved copies that a step sees | [`Dataset`], [`Augmentation`] |
//! | posteriors by coordinates that can be optimised | [`Posterior`]: [`MeanField`], [`FullCovariance`], [`SymmetricRoot`] |
//! | noise, independent or closed under a group | [`Noise`] |
//! | the objective and its gradient | [`Elbo`] |
//! | closed forms for affine models with squared error | [`QuadraticRisk`], [`ExactElbo`], [`conjugate_update`] |
//! | optimisers, with state that can be symmetrised | [`optimiser`] |
//! | training: plain, augmented, resumable | [`Trainer`] |
//! | invariant posteriors trained on raw data (claim E8) | [`Tied`] |
//! | exactly equivariant predictions from finitely many draws (claim E9) | [`OrbitSampling`] |
//!
//! Everything random comes from [`Streams`]: by seed, purpose and index, so that results do not depend on the number of
//! threads or on where a run was stopped and resumed.

mod augmentation;
mod conjugate;
mod data;
mod elbo;
mod error;
mod exact_elbo;
mod full_covariance;
mod loss;
mod moves;
mod noise;
pub mod optimiser;
mod orbit_sampling;
mod posterior;
mod prior;
mod risk;
mod scale;
mod schedule;
mod streams;
mod symmetric_root;
mod symmetry;
#[cfg(test)]
mod tests;
mod tied;
mod train;

pub use augmentation::{Augmentation, Augmenter};
pub use conjugate::{
    conjugate_update, mean_field_update, mean_gradient_diagonal, mean_gradient_full,
    natural_gradient_step,
};
pub use data::Dataset;
pub use elbo::{Batch, Elbo, Memory, Terms, Weights};
pub use error::InferenceError;
pub use exact_elbo::ExactElbo;
pub use full_covariance::FullCovariance;
pub use loss::{CrossEntropy, InvariantUnder, Loss, SquaredError};
pub use moves::Moves;
pub use noise::Noise;
pub use orbit_sampling::OrbitSampling;
pub use posterior::{MeanField, Posterior};
pub use prior::GaussianPrior;
pub use risk::{AffineInParameters, QuadraticRisk};
pub use scale::ScaleLink;
pub use schedule::{Schedule, clip};
pub use streams::{Streams, Use};
pub use symmetric_root::SymmetricRoot;
pub use symmetry::CoordinateSymmetry;
#[cfg(feature = "catalogue")]
pub(crate) use symmetry::on_moments;
pub use tied::{Tied, TiedDraws};
pub use train::{Progress, Settings, Snapshot, Trainer};
