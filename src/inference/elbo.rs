//! The objective of variational inference, with its gradient, from finitely many draws.

use super::loss::Loss;
use super::posterior::Posterior;
use super::prior::GaussianPrior;
use crate::model::{Differentiable, Model};
use crate::scalar::Real;
use rayon::prelude::*;

/// What the mean loss and the divergence count for: the objective is
/// `likelihood · mean loss + divergence · KL`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights<T = f64> {
    /// Of the mean loss over examples and draws.
    pub likelihood: T,
    /// Of `KL(q ‖ p)`.
    pub divergence: T,
}

impl<T: Real> Weights<T> {
    /// `N` and 1: the negative ELBO of `N` examples, where the loss is a negative log-likelihood.
    pub fn total(examples: usize) -> Self {
        Self { likelihood: T::count(examples), divergence: T::one() }
    }

    /// 1 and `1/N`: the same divided by `N`, as deep-learning code has it.
    pub fn per_example(examples: usize) -> Self {
        Self { likelihood: T::one(), divergence: T::one() / T::count(examples.max(1)) }
    }
}

/// The value of the objective, and its parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms<T = f64> {
    /// The mean loss over examples and draws.
    pub loss: T,
    /// `KL(q ‖ p)`, in nats.
    pub divergence: T,
    /// The weighted sum of both.
    pub value: T,
}

/// The objective `J(w) = likelihood · E_q L + divergence · KL(q_w ‖ p)` (the negative ELBO), with the expectation over
/// given noise. With the orbits of the examples in the batch it is `J^G`.
///
/// # Examples
/// See [`Trainer`](super::Trainer), which minimises it.
#[derive(Clone, Debug)]
pub struct Elbo<M, L, Q, T = f64> {
    /// The model `Φ`.
    pub model: M,
    /// The loss `ℓ`.
    pub loss: L,
    /// How coordinates make draws.
    pub posterior: Q,
    /// The prior `p`.
    pub prior: GaussianPrior<T>,
    /// What the two terms count for.
    pub weights: Weights<T>,
}

/// A batch, row-major.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    /// The inputs, one after the other.
    pub inputs: &'a [T],
    /// The targets, one after the other.
    pub targets: &'a [T],
}

/// Memory for the evaluations of an objective, kept from step to step: a lane for each draw that is evaluated at the
/// same time. There are as many as threads, or draws where those are fewer.
#[derive(Debug)]
pub struct Memory<T, W> {
    lanes: Vec<Lane<T, W>>,
    chunk: usize,
    /// Of the divergence.
    scratch: Vec<T>,
}

/// What one draw needs.
#[derive(Debug)]
struct Lane<T, W> {
    theta: Vec<T>,
    slope: Vec<T>,
    outputs: Vec<T>,
    cotangents: Vec<T>,
    workspace: W,
    /// The sum of the losses of the examples.
    loss: T,
}

impl<M, L, Q, T> Elbo<M, L, Q, T>
where
    M: Differentiable<T>,
    L: Loss<T>,
    Q: Posterior<T>,
    T: Real,
{
    /// Memory for batches in chunks of at most `chunk` examples (at least one).
    ///
    /// # Panics
    /// If the model, the posterior and the prior are of parameters of different dimension.
    pub fn memory(&self, chunk: usize) -> Memory<T, M::Workspace> {
        let dim = self.model.parameters();
        assert_eq!(self.posterior.dim(), dim, "a posterior of other parameters than the model's");
        assert_eq!(self.prior.dim(), dim, "a prior on other parameters than the model's");
        let chunk = chunk.max(1);
        Memory { lanes: vec![self.lane(chunk)], chunk, scratch: Vec::new() }
    }

    fn lane(&self, chunk: usize) -> Lane<T, M::Workspace> {
        let (dim, outputs) = (self.model.parameters(), chunk * self.model.outputs());
        Lane {
            theta: vec![T::zero(); dim],
            slope: vec![T::zero(); dim],
            outputs: vec![T::zero(); outputs],
            cotangents: vec![T::zero(); outputs],
            workspace: self.model.workspace(chunk),
            loss: T::zero(),
        }
    }

    /// The objective on a batch with this noise (whole draws, one after the other); writes its gradient by the
    /// coordinates to `gradient`.
    ///
    /// Draws are evaluated in parallel, and added in their order: the same bits at any number of threads.
    ///
    /// # Panics
    /// If a slice has the wrong length, or there is no example or no draw.
    pub fn gradient(
        &self,
        w: &[T],
        batch: Batch<'_, T>,
        noise: &[T],
        gradient: &mut [T],
        memory: &mut Memory<T, M::Workspace>,
    ) -> Terms<T> {
        let (examples, draws) = self.counts(batch, noise);
        assert_eq!(gradient.len(), self.posterior.coordinates(), "gradient of other coordinates");
        gradient.fill(T::zero());
        let share = T::one() / T::count(examples * draws);
        let weight = self.weights.likelihood * share;
        let mut loss = T::zero();
        self.each_draw(
            noise,
            memory,
            |draw, chunk, lane| self.draw_gradient(w, batch, draw, weight, chunk, lane),
            |draw, lane| {
                loss += lane.loss;
                self.posterior.pull_back(w, draw, &lane.slope, gradient);
            },
        );
        let (weight, scratch) = (self.weights.divergence, &mut memory.scratch);
        self.posterior.pull_back_divergence_with(w, &self.prior, weight, gradient, scratch);
        self.terms(w, loss * share, scratch)
    }

    /// As [`value`](Elbo::value), in chunks through the model's forward pass: of networks much faster. Draws as in
    /// [`gradient`](Elbo::gradient).
    ///
    /// # Panics
    /// If a slice has the wrong length, or there is no example or no draw.
    pub fn value_with(
        &self,
        w: &[T],
        batch: Batch<'_, T>,
        noise: &[T],
        memory: &mut Memory<T, M::Workspace>,
    ) -> Terms<T> {
        let (examples, draws) = self.counts(batch, noise);
        let mut loss = T::zero();
        self.each_draw(
            noise,
            memory,
            |draw, chunk, lane| self.draw_value(w, batch, draw, chunk, lane),
            |_, lane| loss += lane.loss,
        );
        self.terms(w, loss * (T::one() / T::count(examples * draws)), &mut memory.scratch)
    }

    /// Evaluates every draw in a lane, several at a time, and then takes in what the lanes hold, in the order of the
    /// draws.
    fn each_draw(
        &self,
        noise: &[T],
        memory: &mut Memory<T, M::Workspace>,
        evaluate: impl Fn(&[T], usize, &mut Lane<T, M::Workspace>) + Sync,
        mut take: impl FnMut(&[T], &Lane<T, M::Workspace>),
    ) {
        let dim = self.posterior.noise_dim();
        let together = (noise.len() / dim).min(rayon::current_num_threads()).max(1);
        let Memory { lanes, chunk, .. } = memory;
        while lanes.len() < together {
            lanes.push(self.lane(*chunk));
        }
        for wave in noise.chunks(together * dim) {
            if let [lane] = &mut lanes[..wave.len() / dim] {
                evaluate(wave, *chunk, lane);
            } else {
                lanes
                    .par_iter_mut()
                    .zip(wave.par_chunks_exact(dim))
                    .for_each(|(lane, draw)| evaluate(draw, *chunk, lane));
            }
            for (draw, lane) in wave.chunks_exact(dim).zip(lanes.iter()) {
                take(draw, lane);
            }
        }
    }

    /// The loss of one draw, and its gradient by the parameters times `weight`.
    fn draw_gradient(
        &self,
        w: &[T],
        batch: Batch<'_, T>,
        draw: &[T],
        weight: T,
        chunk: usize,
        lane: &mut Lane<T, M::Workspace>,
    ) {
        let (inputs, outputs) = (self.model.inputs(), self.model.outputs());
        self.posterior.draw(w, draw, &mut lane.theta);
        lane.slope.fill(T::zero());
        lane.loss = T::zero();
        let xs = batch.inputs.chunks(chunk * inputs);
        let ys = batch.targets.chunks(chunk * outputs);
        for (x, y) in xs.zip(ys) {
            let predicted = &mut lane.outputs[..y.len()];
            let slopes = &mut lane.cotangents[..y.len()];
            self.model.forward(&lane.theta, x, predicted, &mut lane.workspace);
            let rows = predicted.chunks_exact(outputs).zip(y.chunks_exact(outputs));
            for ((a, b), slope) in rows.zip(slopes.chunks_exact_mut(outputs)) {
                lane.loss += self.loss.gradient(a, b, slope);
            }
            slopes.iter_mut().for_each(|slope| *slope *= weight);
            self.model.backward(&lane.theta, x, slopes, &mut lane.slope, &mut lane.workspace);
        }
    }

    /// The loss of one draw.
    fn draw_value(
        &self,
        w: &[T],
        batch: Batch<'_, T>,
        draw: &[T],
        chunk: usize,
        lane: &mut Lane<T, M::Workspace>,
    ) {
        let (inputs, outputs) = (self.model.inputs(), self.model.outputs());
        self.posterior.draw(w, draw, &mut lane.theta);
        lane.loss = T::zero();
        let xs = batch.inputs.chunks(chunk * inputs);
        for (x, y) in xs.zip(batch.targets.chunks(chunk * outputs)) {
            let predicted = &mut lane.outputs[..y.len()];
            self.model.forward(&lane.theta, x, predicted, &mut lane.workspace);
            for (a, b) in predicted.chunks_exact(outputs).zip(y.chunks_exact(outputs)) {
                lane.loss += self.loss.value(a, b);
            }
        }
    }
}

impl<M, L, Q, T> Elbo<M, L, Q, T>
where
    M: Model<T>,
    L: Loss<T>,
    Q: Posterior<T>,
    T: Real,
{
    /// The objective without its gradient, for any model: one prediction after the other.
    ///
    /// # Panics
    /// If a slice has the wrong length, or there is no example or no draw.
    pub fn value(&self, w: &[T], batch: Batch<'_, T>, noise: &[T]) -> Terms<T> {
        let (inputs, outputs) = (self.model.inputs(), self.model.outputs());
        let (examples, draws) = self.counts(batch, noise);
        let mut theta = vec![T::zero(); self.model.parameters()];
        let mut predicted = vec![T::zero(); outputs];
        let mut loss = T::zero();
        for draw in noise.chunks_exact(self.posterior.noise_dim()) {
            self.posterior.draw(w, draw, &mut theta);
            let pairs = batch.inputs.chunks_exact(inputs).zip(batch.targets.chunks_exact(outputs));
            for (x, y) in pairs {
                self.model.predict(&theta, x, &mut predicted);
                loss += self.loss.value(&predicted, y);
            }
        }
        self.terms(w, loss * (T::one() / T::count(examples * draws)), &mut Vec::new())
    }

    /// The numbers of examples and draws.
    fn counts(&self, batch: Batch<'_, T>, noise: &[T]) -> (usize, usize) {
        let whole = |what: &str, list: &[T], size: usize| {
            assert!(
                size > 0 && !list.is_empty() && list.len().is_multiple_of(size),
                "{what}: {} numbers, expected some of {size} each",
                list.len()
            );
            list.len() / size
        };
        let examples = whole("inputs", batch.inputs, self.model.inputs());
        let targets = whole("targets", batch.targets, self.model.outputs());
        assert_eq!(examples, targets, "inputs and targets of different numbers of examples");
        (examples, whole("noise", noise, self.posterior.noise_dim()))
    }

    fn terms(&self, w: &[T], loss: T, scratch: &mut Vec<T>) -> Terms<T> {
        let divergence = self.posterior.divergence_with(w, &self.prior, scratch);
        let value = self.weights.likelihood * loss + self.weights.divergence * divergence;
        Terms { loss, divergence, value }
    }
}
