//! Models `Φ : Θ × X → Y`, and groups that act on all three spaces.
//!
//! A [`Model`] is a function of parameters and an input, for whatever scalar it can be computed in: a
//! network with ReLU in exact rationals too. A [`Differentiable`] model also gives gradients, on batches and
//! without allocating, which is what training needs. The three representations of a group live in a
//! [`Joint`]; the model is *jointly equivariant* under them if
//!
//! `Φ(ρ_Θ(g)θ, ρ_X(g)x) = ρ_Y(g) Φ(θ, x)`     (J)
//!
//! for every `g`, `θ`, `x`. Then whatever is invariant in `Θ`, a posterior say, predicts equivariantly.
//!
//! [`Linear`] and [`Mlp`] make their [`Joint`] from a representation on each layer space, which moves the
//! parameters by a [`LayerAction`]. An architecture that is restricted to a [`Support`] or an
//! [`AffineSubspace`] says whether a group keeps it; [`predictive`] has predictive moments in closed form.
//! Run a model of your own through [`law::model`](crate::law::model()) and
//! [`law::differentiable`](crate::law::differentiable).

mod activation;
mod admissible;
mod affine;
mod check;
pub mod conv;
mod error;
mod joint;
mod layer_action;
mod linear;
mod mlp;
pub mod predictive;
#[cfg(test)]
mod tests;

pub use activation::{Activation, Nonlinearity, PiecewiseLinear, Pointwise};
pub use admissible::{AffineSubspace, Inadmissible, Support};
pub use affine::AffineLayer;
pub use error::ModelError;
pub use joint::Joint;
pub use layer_action::LayerAction;
pub use linear::{Linear, LinearWorkspace};
pub use mlp::{Mlp, MlpWorkspace};

use check::{check_predict, check_pull_back, examples};

use crate::scalar::{Real, Scalar};
use nalgebra::DVector;

/// A function of parameters and an input: `Φ : Θ × X → Y`, each a space of coordinates.
///
/// # Examples
/// A model of your own, `Φ(θ, x) = θ₀ x₀ + θ₁ x₁`:
/// ```
/// use equibayes::model::Model;
/// use equibayes::scalar::Scalar;
///
/// struct Plane;
///
/// impl<T: Scalar> Model<T> for Plane {
///     fn parameters(&self) -> usize {
///         2
///     }
///
///     fn inputs(&self) -> usize {
///         2
///     }
///
///     fn outputs(&self) -> usize {
///         1
///     }
///
///     fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
///         out[0] = equibayes::scalar::dot(theta, x);
///     }
/// }
///
/// assert_eq!(Plane.prediction(&[1.0, 2.0], &[3.0, 4.0]).as_slice(), [11.0]);
/// ```
pub trait Model<T: Scalar = f64> {
    /// The dimension of `Θ`.
    fn parameters(&self) -> usize;

    /// The dimension of `X`.
    fn inputs(&self) -> usize;

    /// The dimension of `Y`.
    fn outputs(&self) -> usize;

    /// Writes `Φ(θ, x)` to `out`.
    ///
    /// # Panics
    /// If a slice is not as long as its space has dimensions.
    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]);

    /// `Φ(θ, x)` as a new vector.
    ///
    /// # Panics
    /// If a slice is not as long as its space has dimensions.
    fn prediction(&self, theta: &[T], x: &[T]) -> DVector<T> {
        let mut out = DVector::from_element(self.outputs(), T::zero());
        self.predict(theta, x, out.as_mut_slice());
        out
    }
}

/// A model with gradients by the parameters, on batches of inputs.
///
/// Batches are row-major: `inputs` holds `batch × inputs()` numbers, one example after the other. All
/// memory that a step needs is in the [`Workspace`](Differentiable::Workspace), so that a step that
/// comes again allocates nothing. A model is shared by threads, each with a workspace of its own.
pub trait Differentiable<T: Real = f64>: Model<T> + Sync {
    /// Memory for one batch: activations kept from the forward pass, and scratch.
    type Workspace: Send;

    /// Memory for batches of up to `batch` examples.
    fn workspace(&self, batch: usize) -> Self::Workspace;

    /// Writes the predictions of a batch to `outputs`, and keeps in the workspace what
    /// [`backward`](Differentiable::backward) needs.
    ///
    /// # Panics
    /// If `inputs` or `outputs` are not of whole examples, of as many in both, and of no more than the
    /// workspace is for; if `theta` is not as long as `Θ` has dimensions.
    fn forward(
        &self,
        theta: &[T],
        inputs: &[T],
        outputs: &mut [T],
        workspace: &mut Self::Workspace,
    );

    /// Adds `Σ_i (∂Φ(θ, x_i)/∂θ)ᵀ v_i` to `gradient`, for the batch and the parameters of the last
    /// [`forward`](Differentiable::forward) with this workspace; `cotangents` holds the `v_i`, one
    /// after the other.
    ///
    /// # Panics
    /// If the slices are not those of the last forward pass, or of other lengths.
    fn backward(
        &self,
        theta: &[T],
        inputs: &[T],
        cotangents: &[T],
        gradient: &mut [T],
        workspace: &mut Self::Workspace,
    );
}
