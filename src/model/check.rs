//! Lengths of slices, checked before they are used.

use super::{Differentiable, Model};
use crate::scalar::{Real, Scalar};

/// Panics, naming the lengths, unless the slices are those of one prediction.
#[track_caller]
pub(super) fn check_predict<M, T>(model: &M, theta: &[T], x: &[T], out: &[T])
where
    M: Model<T> + ?Sized,
    T: Scalar,
{
    let expected = (model.parameters(), model.inputs(), model.outputs());
    let got = (theta.len(), x.len(), out.len());
    assert!(
        got == expected,
        "a model of (parameters, inputs, outputs) = {expected:?} got slices of length {got:?}"
    );
}

/// How many examples there are in a batch for the forward pass. Panics, naming the lengths, unless there are as
/// many inputs as outputs and no more than `capacity`.
#[track_caller]
pub(super) fn examples<M, T>(
    model: &M,
    theta: &[T],
    inputs: &[T],
    outputs: &[T],
    capacity: usize,
) -> usize
where
    M: Differentiable<T> + ?Sized,
    T: Real,
{
    let count = inputs.len() / model.inputs();
    let expected = (model.parameters(), count * model.inputs(), count * model.outputs());
    let got = (theta.len(), inputs.len(), outputs.len());
    assert!(
        got == expected,
        "a batch of {count} wants (parameters, inputs, outputs) = {expected:?}, got {got:?}"
    );
    assert!(count <= capacity, "a workspace for {capacity} examples got {count}");
    count
}

/// Panics, naming the lengths, unless the slices belong to a forward pass of `examples`.
#[track_caller]
pub(super) fn check_pull_back<M, T>(
    model: &M,
    theta: &[T],
    inputs: &[T],
    cotangents: &[T],
    gradient: &[T],
    examples: usize,
) where
    M: Differentiable<T> + ?Sized,
    T: Real,
{
    let parameters = model.parameters();
    let batch = (examples * model.inputs(), examples * model.outputs());
    let expected = (parameters, batch.0, batch.1, parameters);
    let got = (theta.len(), inputs.len(), cotangents.len(), gradient.len());
    assert!(
        got == expected,
        "after {examples} examples, (parameters, inputs, cotangents, gradient) = {expected:?}, got {got:?}"
    );
}
