//! The convolutional network of the paper: `[convolution → ReLU → max-pool 2] × n`, then a head.
//!
//! [`ConvNet`] is a [`Model`] for any scalar by its definition, in exact rationals too, and
//! [`Differentiable`] in `f32` and `f64` by layers written for speed: convolution, ReLU and pool of a
//! window at once, in registers, and gradients that skip what the pool has not passed on. In other real
//! scalars [`ConvByDefinition`] has the gradient.

mod aligned;
mod backward;
mod definition;
mod draws;
mod forward;
mod joint;
mod lanes;
mod lists;
mod masked;
mod piece;
mod readout;
mod reference;
mod spec;
mod winograd;
mod workspace;

#[cfg(test)]
mod tests;

pub use definition::{ConvByDefinition, ConvDefinitionWorkspace};
pub use joint::ConvJoint;
pub use lanes::Lanes;
pub use spec::{ConvError, ConvHead, ConvSpec, ConvTensor, OddSides};
pub use workspace::ConvWorkspace;

use super::{Differentiable, Model};
use crate::scalar::Scalar;
use spec::{Frame, Layer, Readout};

/// A convolutional network.
///
/// Parameters are the tensors of a PyTorch file, one after the other, each in row-major order; see
/// [`tensors`](Self::tensors). An image is in the order channel, row, column; outputs are logits.
///
/// # Examples
/// ```
/// use equibayes::model::conv::{ConvNet, ConvSpec};
/// use equibayes::model::{Differentiable, Model};
///
/// let net = ConvNet::new(ConvSpec::new(1, 8, &[2, 3], 10))?;
/// let last = net.tensors().last().unwrap();
/// assert_eq!((last.name.as_str(), last.range.end), ("classifier.bias", net.dim()));
///
/// let theta: Vec<f64> = (0..net.dim()).map(|i| (i as f64).sin()).collect();
/// let images: Vec<f64> = (0..2 * 64).map(|i| (i as f64).cos()).collect();
/// let mut workspace = net.workspace(2);
/// let mut logits = vec![0.0; 2 * 10];
/// net.forward(&theta, &images, &mut logits, &mut workspace);
/// let expected = net.prediction(&theta, &images[..64]);
/// assert!((logits[3] - expected[3]).abs() < 1e-14);
///
/// // The gradient of the first image's logit 3.
/// let mut cotangents = vec![0.0; 2 * 10];
/// cotangents[3] = 1.0;
/// let mut gradient = vec![0.0; net.dim()];
/// net.backward(&theta, &images, &cotangents, &mut gradient, &mut workspace);
/// assert_eq!(gradient[last.range.start + 3], 1.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvNet {
    spec: ConvSpec,
    layers: Vec<Layer>,
    head: Readout,
    tensors: Vec<ConvTensor>,
}

impl ConvNet {
    /// The network of this shape.
    ///
    /// # Errors
    /// [`ConvError`] for counts of zero, images too small for the layers, odd sides before a pool unless
    /// they are allowed, and sizes beyond what can be addressed.
    pub fn new(spec: ConvSpec) -> Result<Self, ConvError> {
        let (layers, head, tensors) = spec::lay_out(&spec)?;
        Ok(Self { spec, layers, head, tensors })
    }

    /// The shape.
    pub fn spec(&self) -> &ConvSpec {
        &self.spec
    }

    /// The tensors that `θ` consists of, in order.
    pub fn tensors(&self) -> &[ConvTensor] {
        &self.tensors
    }

    /// The dimension of `Θ`.
    pub fn dim(&self) -> usize {
        self.head.bias.end
    }

    /// The side of the last feature map, in pixels.
    pub fn feature_side(&self) -> usize {
        self.last_frame().side
    }

    /// What comes out of the last pool.
    fn last_frame(&self) -> Frame {
        let side = self.layers.last().map_or(0, Layer::pooled);
        Frame { side, channels: self.head.channels, padding: 0 }
    }

    fn image(&self) -> usize {
        self.spec.image_channels * self.spec.image_side * self.spec.image_side
    }
}

/// By definition: every product of every convolution, in the order in which it is written. Batches in
/// `f32` and `f64` are faster by [`Differentiable::forward`].
impl<T: Scalar> Model<T> for ConvNet {
    fn parameters(&self) -> usize {
        self.dim()
    }

    fn inputs(&self) -> usize {
        self.image()
    }

    fn outputs(&self) -> usize {
        self.head.classes
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        assert_eq!(theta.len(), self.dim(), "parameters of the network");
        assert_eq!(x.len(), self.image(), "channels and pixels of the image");
        assert_eq!(out.len(), self.head.classes, "classes");
        reference::predict(self, theta, x, out);
    }
}

impl<T: Lanes> Differentiable<T> for ConvNet {
    type Workspace = ConvWorkspace<T>;

    fn workspace(&self, batch: usize) -> ConvWorkspace<T> {
        ConvWorkspace::new(self, batch)
    }

    fn forward(
        &self,
        theta: &[T],
        inputs: &[T],
        outputs: &mut [T],
        workspace: &mut ConvWorkspace<T>,
    ) {
        workspace.load(self, inputs);
        workspace.forward(self, theta, outputs, true);
    }

    fn backward(
        &self,
        theta: &[T],
        inputs: &[T],
        cotangents: &[T],
        gradient: &mut [T],
        workspace: &mut ConvWorkspace<T>,
    ) {
        workspace.backward(self, theta, inputs, cotangents, gradient);
    }
}
