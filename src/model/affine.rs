//! One affine layer `x ↦ Wx + b`, on slices.

use super::ModelError;
use crate::scalar::Scalar;
use std::ops::Range;

/// Where the parameters of an affine layer `R^inputs → R^outputs` are in `θ`: the matrix `W`, row by row, and
/// after it the bias `b`, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AffineLayer {
    inputs: usize,
    outputs: usize,
    first: usize,
    bias: bool,
}

impl AffineLayer {
    /// A layer whose parameters start at `first`. `layer` is its number, for errors.
    pub(super) fn new(
        layer: usize,
        inputs: usize,
        outputs: usize,
        first: usize,
        bias: bool,
    ) -> Result<Self, ModelError> {
        for (space, width) in [(layer, inputs), (layer + 1, outputs)] {
            if width == 0 {
                return Err(ModelError::NoCoordinates { space });
            }
        }
        let end = inputs
            .checked_add(usize::from(bias))
            .and_then(|row| row.checked_mul(outputs))
            .and_then(|all| all.checked_add(first));
        match end {
            Some(_) => Ok(Self { inputs, outputs, first, bias }),
            None => Err(ModelError::TooManyParameters { layer, inputs, outputs }),
        }
    }

    /// The same layer without a bias, with its parameters from `first` on: no later than they were.
    pub(super) fn without_bias(&self, first: usize) -> Self {
        Self { first, bias: false, ..*self }
    }

    /// How many numbers the layer takes.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many numbers the layer gives.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Where `W` is in `θ`, row by row: one row for each output.
    pub fn weights(&self) -> Range<usize> {
        self.first..self.first + self.inputs * self.outputs
    }

    /// Where the weights of output `j` are in `θ`.
    pub fn row(&self, j: usize) -> Range<usize> {
        let start = self.first + j * self.inputs;
        start..start + self.inputs
    }

    /// Where `b` is in `θ`; `None` without a bias.
    pub fn bias(&self) -> Option<Range<usize>> {
        let start = self.weights().end;
        self.bias.then(|| start..start + self.outputs)
    }

    /// One past the layer's last parameter in `θ`.
    pub(super) fn end(&self) -> usize {
        self.weights().end + if self.bias { self.outputs } else { 0 }
    }

    /// Writes `Wx + b` to `out`.
    pub(super) fn apply<T: Scalar>(&self, theta: &[T], x: &[T], out: &mut [T]) {
        let rows = theta[self.weights()].chunks_exact(self.inputs);
        for (value, row) in out.iter_mut().zip(rows) {
            *value = dot(row, x);
        }
        if let Some(bias) = self.bias() {
            for (value, b) in out.iter_mut().zip(&theta[bias]) {
                *value += b.clone();
            }
        }
    }

    /// Adds the gradient of `⟨v, Wx + b⟩` by `W` and `b` to `gradient`.
    pub(super) fn pull_back_parameters<T: Scalar>(&self, x: &[T], v: &[T], gradient: &mut [T]) {
        let rows = gradient[self.weights()].chunks_exact_mut(self.inputs);
        for (row, v) in rows.zip(v) {
            add_multiple(v, x, row);
        }
        if let Some(bias) = self.bias() {
            for (slope, v) in gradient[bias].iter_mut().zip(v) {
                *slope += v.clone();
            }
        }
    }

    /// Writes `Wᵀv`, the gradient of `⟨v, Wx + b⟩` by `x`, to `out`.
    pub(super) fn pull_back_inputs<T: Scalar>(&self, theta: &[T], v: &[T], out: &mut [T]) {
        out.fill(T::zero());
        let rows = theta[self.weights()].chunks_exact(self.inputs);
        for (row, v) in rows.zip(v) {
            add_multiple(v, row, out);
        }
    }
}

/// How many partial sums a dot product has: independent of one another, they fill the lanes of a processor.
const LANES: usize = 8;

/// `Σ a_i b_i`, in [`LANES`] partial sums.
fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    if a.len() < LANES {
        return crate::scalar::dot(a, b);
    }
    let (mut blocks_of_a, mut blocks_of_b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let mut sums: [T; LANES] = std::array::from_fn(|_| T::zero());
    for (a, b) in blocks_of_a.by_ref().zip(blocks_of_b.by_ref()) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a.clone() * b.clone();
        }
    }
    let rest = crate::scalar::dot(blocks_of_a.remainder(), blocks_of_b.remainder());
    sums.into_iter().fold(rest, |total, sum| total + sum)
}

/// `out += factor · x`.
fn add_multiple<T: Scalar>(factor: &T, x: &[T], out: &mut [T]) {
    for (value, x) in out.iter_mut().zip(x) {
        *value += factor.clone() * x.clone();
    }
}
