//! The network with a gradient in any real scalar.

use super::{ConvNet, reference};
use crate::model::{Differentiable, Model, check_pull_back, examples};
use crate::scalar::{Real, Scalar};

/// A [`ConvNet`] whose batches and gradients go by the definition, in any real scalar: numbers that carry an error
/// bound or a derivative, say. In `f32` and `f64` the network itself is faster.
///
/// A window of a pool passes its gradient on to the first of its maxima in scan order, as the network does, and so
/// gradients are equivariant only where there is one largest number above 0 in every window, or none.
///
/// # Examples
/// ```
/// use equibayes::model::Differentiable;
/// use equibayes::model::conv::{ConvByDefinition, ConvNet, ConvSpec};
///
/// let net = ConvNet::new(ConvSpec::new(1, 4, &[2], 3))?;
/// let plain = ConvByDefinition::new(net.clone());
/// let theta: Vec<f64> = (0..net.dim()).map(|i| (i as f64).sin()).collect();
/// let image: Vec<f64> = (0..16).map(|i| (i as f64).cos()).collect();
/// fn gradient<M: Differentiable>(model: &M, theta: &[f64], image: &[f64]) -> Vec<f64> {
///     let (mut out, mut slope) = (vec![0.0; 3], vec![0.0; theta.len()]);
///     let mut workspace = model.workspace(1);
///     model.forward(theta, image, &mut out, &mut workspace);
///     model.backward(theta, image, &[1.0, 0.0, 0.0], &mut slope, &mut workspace);
///     slope
/// }
/// let (fast, slow) = (gradient(&net, &theta, &image), gradient(&plain, &theta, &image));
/// assert!(fast.iter().zip(&slow).all(|(a, b)| (a - b).abs() < 1e-14));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvByDefinition(ConvNet);

impl ConvByDefinition {
    /// The network, by its definition.
    pub fn new(net: ConvNet) -> Self {
        Self(net)
    }

    /// The network.
    pub fn network(&self) -> &ConvNet {
        &self.0
    }
}

impl<T: Scalar> Model<T> for ConvByDefinition {
    fn parameters(&self) -> usize {
        Model::<T>::parameters(&self.0)
    }

    fn inputs(&self) -> usize {
        Model::<T>::inputs(&self.0)
    }

    fn outputs(&self) -> usize {
        Model::<T>::outputs(&self.0)
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        self.0.predict(theta, x, out);
    }
}

/// Memory for one batch: none, since the backward pass predicts again. It holds how many examples a batch may have,
/// and how many the last one had.
#[derive(Clone, Copy, Debug)]
pub struct ConvDefinitionWorkspace {
    capacity: usize,
    examples: usize,
}

impl<T: Real> Differentiable<T> for ConvByDefinition {
    type Workspace = ConvDefinitionWorkspace;

    fn workspace(&self, batch: usize) -> ConvDefinitionWorkspace {
        ConvDefinitionWorkspace { capacity: batch, examples: 0 }
    }

    fn forward(
        &self,
        theta: &[T],
        inputs: &[T],
        outputs: &mut [T],
        workspace: &mut ConvDefinitionWorkspace,
    ) {
        workspace.examples = examples(self, theta, inputs, outputs, workspace.capacity);
        let images = inputs.chunks_exact(self.0.image());
        for (image, out) in images.zip(outputs.chunks_exact_mut(self.0.head.classes)) {
            reference::predict(&self.0, theta, image, out);
        }
    }

    fn backward(
        &self,
        theta: &[T],
        inputs: &[T],
        cotangents: &[T],
        gradient: &mut [T],
        workspace: &mut ConvDefinitionWorkspace,
    ) {
        check_pull_back(self, theta, inputs, cotangents, gradient, workspace.examples);
        let images = inputs.chunks_exact(self.0.image());
        for (image, v) in images.zip(cotangents.chunks_exact(self.0.head.classes)) {
            reference::pull_back(&self.0, theta, image, v, gradient);
        }
    }
}
