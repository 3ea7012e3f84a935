//! Multilayer perceptrons.

use super::{
    Activation, AffineLayer, Differentiable, Joint, LayerAction, Model, ModelError, Nonlinearity,
    check_predict, check_pull_back, examples,
};
use crate::group::FinitelyGenerated;
use crate::representation::{Representation, SignedPermutation};
use crate::scalar::{Real, Scalar};

/// A multilayer perceptron of any depth: affine layers `z_l = W_l a_{l−1} + b_l`, with an activation
/// `a_l = f_l(z_l)` after every layer but the last.
///
/// The parameters are, layer by layer, `W_l` row by row (one row for each output), and then `b_l`.
///
/// # Examples
/// With ReLU in exact rationals, `Φ(θ, x) = |x|`:
/// ```
/// use equibayes::model::{Mlp, Model, PiecewiseLinear};
/// use equibayes::scalar::{Rational, Scalar};
///
/// let net = Mlp::new(&[1, 2, 1], PiecewiseLinear::Relu)?.without_bias();
/// let theta = [1, -1, 1, 1].map(|w| Rational::ratio(w, 1));
/// let x = [Rational::ratio(-1, 3)];
/// assert_eq!(net.prediction(&theta, &x)[0], Rational::ratio(1, 3));
/// # Ok::<(), equibayes::model::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp<A> {
    layers: Vec<AffineLayer>,
    activations: Vec<A>,
}

/// Fails unless the activation commutes with the generators, and so with all elements.
fn commutes<A, R>(space: usize, activation: &A, rep: &R) -> Result<(), ModelError>
where
    A: Nonlinearity,
    R: Representation<Group: FinitelyGenerated>,
{
    if activation.is_identity() {
        return Ok(());
    }
    let admitted = |map: SignedPermutation| activation.is_odd() || map.is_unsigned();
    let refused = rep
        .group()
        .generators()
        .into_iter()
        .find(|g| !rep.signed_permutation(g).is_some_and(admitted));
    match refused {
        None => Ok(()),
        Some(g) => Err(ModelError::DoesNotCommute {
            space,
            activation: format!("{activation:?}"),
            element: format!("{g:?}"),
            expected: if activation.is_odd() {
                "a signed permutation of the coordinates"
            } else {
                "a permutation of the coordinates"
            },
        }),
    }
}

/// Where layers of these widths, with or without biases, are in `θ`.
fn lay_out(widths: &[usize], bias: bool) -> Result<Vec<AffineLayer>, ModelError> {
    let mut first = 0;
    widths
        .windows(2)
        .enumerate()
        .map(|(number, pair)| {
            let layer = AffineLayer::new(number, pair[0], pair[1], first, bias)?;
            first = layer.end();
            Ok(layer)
        })
        .collect()
}

impl<A: Nonlinearity> Mlp<A> {
    /// A network with these widths, of the inputs first and of the outputs last, with biases, and the same
    /// activation after every hidden layer.
    ///
    /// # Errors
    /// [`ModelError`] if there are fewer than two widths, one is 0, or the parameters cannot be counted.
    pub fn new(widths: &[usize], activation: A) -> Result<Self, ModelError> {
        Self::with_activations(widths, vec![activation; widths.len().saturating_sub(2)])
    }

    /// A network with these widths, with biases, and with an activation for each hidden layer.
    ///
    /// # Errors
    /// As [`new`](Mlp::new), and if there are not as many activations as hidden layers.
    pub fn with_activations(widths: &[usize], activations: Vec<A>) -> Result<Self, ModelError> {
        if widths.len() < 2 {
            return Err(ModelError::TooFewWidths { got: widths.len() });
        }
        let hidden = widths.len() - 2;
        if activations.len() != hidden {
            return Err(ModelError::ActivationCount { got: activations.len(), hidden });
        }
        Ok(Self { layers: lay_out(widths, true)?, activations })
    }

    /// The same network without biases.
    #[must_use]
    pub fn without_bias(mut self) -> Self {
        let mut first = 0;
        for layer in &mut self.layers {
            *layer = layer.without_bias(first);
            first = layer.end();
        }
        self
    }

    /// Where the parameters of every layer are in `θ`.
    pub fn layers(&self) -> &[AffineLayer] {
        &self.layers
    }

    /// The activations of the hidden layers, the first one's first.
    pub fn activations(&self) -> &[A] {
        &self.activations
    }

    /// The dimensions of the layer spaces, of the inputs first and of the outputs last.
    pub fn widths(&self) -> impl Iterator<Item = usize> + '_ {
        let inputs = self.layers.iter().take(1).map(AffineLayer::inputs);
        inputs.chain(self.layers.iter().map(AffineLayer::outputs))
    }

    /// `ρ_Θ`, `ρ_X` and `ρ_Y`, from a representation on every layer space: of the inputs first, of the outputs
    /// last. The network is jointly equivariant under them (claim E1), because every nonlinearity commutes
    /// with the representation of its layer.
    ///
    /// # Errors
    /// [`ModelError`] unless there is one representation for each space, of its dimension, all of the same
    /// group; and where an activation does not commute: other than the identity, which commutes with everything,
    /// an activation wants generators that act as permutations of the coordinates, or, if it is odd, as
    /// signed ones.
    ///
    /// # Examples
    /// ReLU does not commute with signs, `tanh` does:
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::model::{Mlp, ModelError, Pointwise};
    /// use equibayes::representation::{SignedPermutation, SignedPermutationRep};
    ///
    /// let sign = SignedPermutationRep::from_fn(Cyclic::new(2)?, 1, |&g| {
    ///     SignedPermutation::from_fn(1, |i| (i, g == 1))
    /// });
    /// let spaces = [sign.clone(), sign.clone(), sign];
    /// assert!(Mlp::new(&[1, 1, 1], Pointwise::Tanh)?.joint(&spaces).is_ok());
    /// let refused = Mlp::new(&[1, 1, 1], Pointwise::Relu)?.joint(&spaces);
    /// assert!(matches!(refused, Err(ModelError::DoesNotCommute { space: 1, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn joint<R>(&self, spaces: &[R]) -> Result<Joint<LayerAction<R>, R, R>, ModelError>
    where
        R: Representation<Group: FinitelyGenerated>,
    {
        let parameters = LayerAction::new(&self.layers, spaces)?;
        for (number, (activation, rep)) in self.activations.iter().zip(&spaces[1..]).enumerate() {
            commutes(number + 1, activation, rep)?;
        }
        let (inputs, outputs) = (spaces[0].clone(), spaces[spaces.len() - 1].clone());
        Ok(Joint::new(parameters, inputs, outputs)?)
    }

    /// The last layer.
    fn readout(&self) -> &AffineLayer {
        // The constructors see to it that there is a layer.
        &self.layers[self.layers.len() - 1]
    }

    /// The largest dimension of a hidden layer; 0 without hidden layers.
    fn hidden_width(&self) -> usize {
        let hidden = &self.layers[..self.layers.len() - 1];
        hidden.iter().map(AffineLayer::outputs).max().unwrap_or(0)
    }

    /// The hidden layers, with their activations.
    fn hidden(&self) -> impl DoubleEndedIterator<Item = (&AffineLayer, &A)> + ExactSizeIterator {
        self.layers.iter().zip(&self.activations)
    }
}

impl<A: Activation<T>, T: Scalar> Model<T> for Mlp<A> {
    fn parameters(&self) -> usize {
        self.readout().end()
    }

    fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    fn outputs(&self) -> usize {
        self.readout().outputs()
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        check_predict(self, theta, x, out);
        let width = self.hidden_width();
        let mut before = vec![T::zero(); width];
        let mut after = vec![T::zero(); width];
        let mut at = x;
        for (layer, activation) in self.hidden() {
            let z = &mut before[..layer.outputs()];
            layer.apply(theta, at, z);
            for value in z.iter_mut() {
                *value = activation.value(value);
            }
            std::mem::swap(&mut before, &mut after);
            at = &after[..layer.outputs()];
        }
        self.readout().apply(theta, at, out);
    }
}

/// Memory for one batch: before and after the activation of every hidden layer, and two buffers for what is
/// pulled back through one example.
#[derive(Clone, Debug)]
pub struct MlpWorkspace<T> {
    capacity: usize,
    examples: usize,
    before: Vec<Vec<T>>,
    after: Vec<Vec<T>>,
    cotangent: Vec<T>,
    scratch: Vec<T>,
}

impl<A: Activation<T>, T: Real> Differentiable<T> for Mlp<A> {
    type Workspace = MlpWorkspace<T>;

    fn workspace(&self, batch: usize) -> MlpWorkspace<T> {
        let room =
            || self.hidden().map(|(layer, _)| vec![T::zero(); batch * layer.outputs()]).collect();
        let width = self.hidden_width();
        MlpWorkspace {
            capacity: batch,
            examples: 0,
            before: room(),
            after: room(),
            cotangent: vec![T::zero(); width],
            scratch: vec![T::zero(); width],
        }
    }

    fn forward(
        &self,
        theta: &[T],
        inputs: &[T],
        outputs: &mut [T],
        workspace: &mut MlpWorkspace<T>,
    ) {
        let count = examples(self, theta, inputs, outputs, workspace.capacity);
        workspace.examples = count;
        for (l, (layer, activation)) in self.hidden().enumerate() {
            let (earlier, here) = workspace.after.split_at_mut(l);
            let from = earlier.last().map_or(inputs, Vec::as_slice);
            let width = layer.outputs();
            let examples = from.chunks_exact(layer.inputs()).take(count);
            let before = workspace.before[l].chunks_exact_mut(width);
            let after = here[0].chunks_exact_mut(width);
            for ((x, z), a) in examples.zip(before).zip(after) {
                layer.apply(theta, x, z);
                for (a, z) in a.iter_mut().zip(z.iter()) {
                    *a = activation.value(z);
                }
            }
        }
        let readout = self.readout();
        let from = workspace.after.last().map_or(inputs, Vec::as_slice);
        let rows = outputs.chunks_exact_mut(readout.outputs());
        for (a, out) in from.chunks_exact(readout.inputs()).zip(rows) {
            readout.apply(theta, a, out);
        }
    }

    fn backward(
        &self,
        theta: &[T],
        inputs: &[T],
        cotangents: &[T],
        gradient: &mut [T],
        workspace: &mut MlpWorkspace<T>,
    ) {
        check_pull_back(self, theta, inputs, cotangents, gradient, workspace.examples);
        let MlpWorkspace { before, after, cotangent, scratch, .. } = workspace;
        let readout = self.readout();
        for (i, v) in cotangents.chunks_exact(readout.outputs()).enumerate() {
            // What layer `l` was given for this example.
            let given = |l: usize| {
                let width = self.layers[l].inputs();
                let all = if l == 0 { inputs } else { after[l - 1].as_slice() };
                &all[i * width..(i + 1) * width]
            };
            let last = self.layers.len() - 1;
            readout.pull_back_parameters(given(last), v, gradient);
            if last > 0 {
                readout.pull_back_inputs(theta, v, &mut cotangent[..readout.inputs()]);
            }
            for (l, (layer, activation)) in self.hidden().enumerate().rev() {
                let width = layer.outputs();
                let z = &before[l][i * width..(i + 1) * width];
                let a = &after[l][i * width..(i + 1) * width];
                let v = &mut cotangent[..width];
                for ((v, z), a) in v.iter_mut().zip(z).zip(a) {
                    *v *= activation.slope(z, a);
                }
                layer.pull_back_parameters(given(l), v, gradient);
                if l > 0 {
                    layer.pull_back_inputs(theta, v, &mut scratch[..layer.inputs()]);
                    std::mem::swap(cotangent, scratch);
                }
            }
        }
    }
}
