//! Linear models.

use super::{
    AffineLayer, Differentiable, Joint, LayerAction, Model, ModelError, check_predict,
    check_pull_back, examples,
};
use crate::representation::Representation;
use crate::scalar::{Real, Scalar};

/// `Φ(θ, x) = Wx`, or `Wx + b`: the parameters are `W`, row by row (one row for each output), and after it
/// `b`.
///
/// # Examples
/// ```
/// use equibayes::model::{Linear, Model};
///
/// let linear = Linear::with_bias(2, 1)?;
/// let theta = [3.0, 4.0, 0.5]; // W = (3 4), b = 0.5
/// assert_eq!(linear.prediction(&theta, &[1.0, 2.0]).as_slice(), [11.5]);
/// # Ok::<(), equibayes::model::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linear {
    layer: AffineLayer,
}

impl Linear {
    /// `Φ(θ, x) = Wx`.
    ///
    /// # Errors
    /// [`ModelError`] if a space has no coordinates, or the parameters cannot be counted.
    pub fn new(inputs: usize, outputs: usize) -> Result<Self, ModelError> {
        Ok(Self { layer: AffineLayer::new(0, inputs, outputs, 0, false)? })
    }

    /// `Φ(θ, x) = Wx + b`.
    ///
    /// # Errors
    /// [`ModelError`] if a space has no coordinates, or the parameters cannot be counted.
    pub fn with_bias(inputs: usize, outputs: usize) -> Result<Self, ModelError> {
        Ok(Self { layer: AffineLayer::new(0, inputs, outputs, 0, true)? })
    }

    /// `ρ_Θ`, `ρ_X` and `ρ_Y`, from any representations of the inputs and of the outputs: a linear model is jointly
    /// equivariant under all (claim E1).
    ///
    /// # Errors
    /// [`ModelError`] unless the representations are of the same group and of the spaces' dimensions.
    pub fn joint<R: Representation>(
        &self,
        inputs: &R,
        outputs: &R,
    ) -> Result<Joint<LayerAction<R>, R, R>, ModelError> {
        let parameters = LayerAction::new(&[self.layer], &[inputs.clone(), outputs.clone()])?;
        Ok(Joint::new(parameters, inputs.clone(), outputs.clone())?)
    }

    /// Where `W` and `b` are in `θ`.
    pub fn layer(&self) -> &AffineLayer {
        &self.layer
    }
}

impl<T: Scalar> Model<T> for Linear {
    fn parameters(&self) -> usize {
        self.layer.end()
    }

    fn inputs(&self) -> usize {
        self.layer.inputs()
    }

    fn outputs(&self) -> usize {
        self.layer.outputs()
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        check_predict(self, theta, x, out);
        self.layer.apply(theta, x, out);
    }
}

/// Gradients need the inputs alone: the workspace remembers how many examples the forward pass had.
#[derive(Clone, Debug)]
pub struct LinearWorkspace {
    capacity: usize,
    examples: usize,
}

impl<T: Real> Differentiable<T> for Linear {
    type Workspace = LinearWorkspace;

    fn workspace(&self, batch: usize) -> LinearWorkspace {
        LinearWorkspace { capacity: batch, examples: 0 }
    }

    fn forward(
        &self,
        theta: &[T],
        inputs: &[T],
        outputs: &mut [T],
        workspace: &mut LinearWorkspace,
    ) {
        workspace.examples = examples(self, theta, inputs, outputs, workspace.capacity);
        let width = (self.layer.inputs(), self.layer.outputs());
        for (x, out) in inputs.chunks_exact(width.0).zip(outputs.chunks_exact_mut(width.1)) {
            self.layer.apply(theta, x, out);
        }
    }

    fn backward(
        &self,
        theta: &[T],
        inputs: &[T],
        cotangents: &[T],
        gradient: &mut [T],
        workspace: &mut LinearWorkspace,
    ) {
        check_pull_back(self, theta, inputs, cotangents, gradient, workspace.examples);
        let width = (self.layer.inputs(), self.layer.outputs());
        for (x, v) in inputs.chunks_exact(width.0).zip(cotangents.chunks_exact(width.1)) {
            self.layer.pull_back_parameters(x, v, gradient);
        }
    }
}
