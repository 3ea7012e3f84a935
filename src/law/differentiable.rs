//! The laws of models with gradients.

use super::draw::{fraction, gap};
use super::model::{granted, point, prediction_error};
use super::{Finding, Law, Laws, Residual};
use crate::model::{Differentiable, Model};
use crate::scalar::{Real, Scalar, dot};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What a [`Differentiable`] model satisfies, in `f64`: the forward pass predicts, one example at a time or many,
/// and the backward pass adds the gradient, with a workspace that may have been used before.
///
/// Predictions are held to be accurate as in [`model`](super::model()). Gradients are compared with the two
/// one-sided difference quotients of step `h = √u`: the distance of the two bounds the truncation, at kinks
/// as well, and the predictions' error is divided by `h`.
///
/// # Examples
/// ```
/// use equibayes::law;
/// use equibayes::model::{Mlp, Pointwise};
///
/// law::differentiable(&Mlp::new(&[3, 4, 2], Pointwise::Relu)?).assert();
/// # Ok::<(), equibayes::model::ModelError>(())
/// ```
pub fn differentiable<M: Differentiable<f64>>(model: &M) -> Laws<'_> {
    differentiable_over::<f64, M>(model)
}

/// [`differentiable`] in any floating-point scalar.
pub fn differentiable_over<T: Real, M: Differentiable<T>>(model: &M) -> Laws<'_> {
    let laws = vec![
        Law::new(
            "forward",
            "forward(x_1, …, x_n) = (Φ(θ, x_1), …, Φ(θ, x_n))",
            move |rng| forward(&Batch::draw(model, rng)),
        )
        .at_most(16),
        Law::new("backward", "backward adds Σ_i (∂Φ(θ, x_i)/∂θ)ᵀ v_i", move |rng| {
            backward(&Batch::draw(model, rng))
        })
        .at_most(16),
        Law::new("workspace", "what a workspace was used for before does not matter", move |rng| {
            workspace(&Batch::draw(model, rng), rng)
        }),
    ];
    Laws::new("differentiable model", laws)
}

/// Parameters, and up to three examples with cotangents.
struct Batch<'a, T, M> {
    model: &'a M,
    theta: Vec<T>,
    inputs: Vec<Vec<T>>,
    cotangents: Vec<Vec<T>>,
}

impl<'a, T: Real, M: Differentiable<T>> Batch<'a, T, M> {
    fn draw(model: &'a M, rng: &mut ChaCha8Rng) -> Self {
        let (theta, first) = point::<T, M>(model, rng);
        let count = rng.random_range(1..=3);
        let more = (1..count).map(|_| point::<T, M>(model, rng).1).collect::<Vec<_>>();
        let cotangents = (0..count)
            .map(|_| (0..model.outputs()).map(|_| fraction::<T>(rng) / T::count(8)).collect())
            .collect();
        Self { model, theta, inputs: [vec![first], more].concat(), cotangents }
    }

    /// Outputs, and the gradient added to `start`.
    fn run(&self, start: &[T], workspace: &mut M::Workspace) -> (Vec<T>, Vec<T>) {
        let inputs = self.inputs.concat();
        let mut outputs = vec![T::zero(); self.inputs.len() * self.model.outputs()];
        self.model.forward(&self.theta, &inputs, &mut outputs, workspace);
        let mut gradient = start.to_vec();
        let cotangents = self.cotangents.concat();
        self.model.backward(&self.theta, &inputs, &cotangents, &mut gradient, workspace);
        (outputs, gradient)
    }

    /// `Σ_i ⟨v_i, Φ(θ, x_i)⟩`.
    fn paired(&self, theta: &[T]) -> T {
        let terms = self.inputs.iter().zip(&self.cotangents);
        terms
            .fold(T::zero(), |sum, (x, v)| sum + dot(self.model.prediction(theta, x).as_slice(), v))
    }

    fn witness(&self) -> String {
        let Self { theta, inputs, cotangents, .. } = self;
        format!("θ = {theta:?}, x = {inputs:?}, v = {cotangents:?}")
    }
}

fn sizes<T: Scalar>(x: &[T]) -> Vec<f64> {
    x.iter().map(|x| x.nearest_f64().abs()).collect()
}

/// How far the predictions at one input may be off.
fn error_at<T: Real, M: Model<T>>(model: &M, theta: &[T], x: &[T]) -> Vec<f64> {
    prediction_error(model, (theta, x), (&sizes(theta), &sizes(x)))
}

fn forward<T: Real, M: Differentiable<T>>(batch: &Batch<'_, T, M>) -> Finding {
    let model = batch.model;
    let start = vec![T::zero(); model.parameters()];
    let (outputs, _) = batch.run(&start, &mut model.workspace(batch.inputs.len()));
    let mut worst = Residual::exact(true);
    for (x, out) in batch.inputs.iter().zip(outputs.chunks(model.outputs())) {
        let predicted = model.prediction(&batch.theta, x);
        let error = error_at(model, &batch.theta, x);
        for ((a, b), error) in out.iter().zip(predicted.iter()).zip(error) {
            worst = worst.worse(Residual::new(gap(a, b), 2.0 * error));
        }
    }
    Finding::within(worst.error(), worst.tolerance(), batch.witness())
}

fn backward<T: Real, M: Differentiable<T>>(batch: &Batch<'_, T, M>) -> Finding {
    let (model, theta) = (batch.model, &batch.theta);
    let start: Vec<T> = theta.iter().rev().map(|&x| x + T::one()).collect();
    let (_, gradient) = batch.run(&start, &mut model.workspace(batch.inputs.len()));
    let h = T::UNIT_ROUNDOFF.sqrt();
    let Some(step) = T::from_f64(h) else { return Finding::failure("no step") };
    let here = batch.paired(theta);
    // The predictions' own error, and that of pairing them.
    let pairs = batch.inputs.iter().zip(&batch.cotangents);
    let evaluated: f64 = pairs
        .map(|(x, v)| {
            let error = error_at(model, theta, x);
            let out = model.prediction(theta, x);
            let unit = granted::<T, M>(model) * T::UNIT_ROUNDOFF;
            let term = |k: usize| {
                v[k].nearest_f64().abs() * (error[k] + unit * out[k].nearest_f64().abs())
            };
            (0..v.len()).map(term).sum::<f64>()
        })
        .sum();
    let mut moved = theta.clone();
    let mut worst = (Residual::exact(true), 0);
    for i in 0..theta.len() {
        moved[i] = theta[i] + step;
        let ahead = (batch.paired(&moved) - here).nearest_f64() / h;
        moved[i] = theta[i] - step;
        let behind = (here - batch.paired(&moved)).nearest_f64() / h;
        moved[i] = theta[i];
        let slope = (gradient[i] - start[i]).nearest_f64();
        // θ ± h rounds, by u|θ|, and so does what is added to the start, after every example.
        let rounded = theta[i].nearest_f64().abs() * (ahead.abs() + behind.abs()) / h
            + (batch.inputs.len() as f64 + 1.0)
                * (start[i].nearest_f64().abs() + ahead.abs() + behind.abs());
        let tolerance =
            (ahead - behind).abs() + 4.0 * evaluated / h + 2.0 * T::UNIT_ROUNDOFF * rounded;
        let residual = Residual::new((slope - 0.5 * (ahead + behind)).abs(), tolerance);
        if residual.ratio() > worst.0.ratio() {
            worst = (residual, i);
        }
    }
    let witness = format!("parameter {}, {}", worst.1, batch.witness());
    Finding::within(worst.0.error(), worst.0.tolerance(), witness)
}

fn workspace<T: Real, M: Differentiable<T>>(
    batch: &Batch<'_, T, M>,
    rng: &mut ChaCha8Rng,
) -> Finding {
    let start = vec![T::zero(); batch.model.parameters()];
    let mut used = batch.model.workspace(3);
    Batch::draw(batch.model, rng).run(&start, &mut used);
    let again = batch.run(&start, &mut used);
    let fresh = batch.run(&start, &mut batch.model.workspace(3));
    Finding::exact(again == fresh, batch.witness())
}
