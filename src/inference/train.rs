//! Training: epochs of mini-batches, resumable to the bit.

use super::augmentation::Augmenter;
use super::data::{Dataset, shuffle};
use super::elbo::{Batch, Elbo, Memory, Terms};
use super::error::{InferenceError, check_length, check_numbers};
use super::loss::Loss;
use super::noise::Noise;
use super::optimiser::{Optimiser, Rates, State};
use super::posterior::Posterior;
use super::schedule::{Schedule, clip};
use super::streams::{Streams, Use};
use super::symmetry::CoordinateSymmetry;
use crate::model::Differentiable;
use crate::scalar::Real;
use rand_distr::{Distribution, StandardNormal};
use std::ops::ControlFlow;

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings<T = f64> {
    /// Examples in a batch, before augmentation; those left over at the end of an epoch are dropped.
    pub batch: usize,
    /// Independent draws of the noise in a step.
    pub draws: usize,
    /// The learning rate.
    pub rate: T,
    /// How many times larger it is for the coordinates of scales.
    pub scale_rate: T,
    /// How it changes with the step.
    pub schedule: Schedule,
    /// The norm that gradients are clipped to.
    pub clip: Option<T>,
    /// Examples that the model sees at once, which bounds the memory.
    pub chunk: usize,
    /// Of the noise, of random augmentation and of the order of examples.
    pub seed: u64,
}

impl<T: Real> Default for Settings<T> {
    /// Batches of 128, one draw, rate 0.01 (ten times larger for scales), clipping at norm 1.
    fn default() -> Self {
        Self {
            batch: 128,
            draws: 1,
            rate: T::ratio(1, 100),
            scale_rate: T::ratio(10, 1),
            schedule: Schedule::Constant,
            clip: Some(T::one()),
            chunk: 128,
            seed: 1,
        }
    }
}

/// Where training stands, to be saved and restored. With the same trainer it continues to the same bits. With the
/// feature `checkpoint` it can be written to a file and read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot<T = f64> {
    /// How many steps were taken.
    pub step: u64,
    /// The coordinates of the posterior.
    pub coordinates: Vec<T>,
    /// What the optimiser remembers.
    pub state: State<T>,
}

/// What a hook is told at the end of an epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress<T = f64> {
    /// How many epochs are done, in all.
    pub epoch: u64,
    /// How many steps.
    pub step: u64,
    /// The means of the objective and its parts over the steps of the epoch.
    pub terms: Terms<T>,
}

/// Minimises an objective over the coordinates of a posterior.
///
/// # Examples
/// A line through two points, with a mean-field posterior:
/// ```
/// use equibayes::inference::optimiser::Adam;
/// use equibayes::inference::{
///     Dataset, Elbo, GaussianPrior, MeanField, Settings, SquaredError, Trainer, Weights,
/// };
/// use equibayes::model::{Differentiable, Model};
/// use std::ops::ControlFlow;
///
/// struct Line;
/// impl Model for Line {
///     fn parameters(&self) -> usize { 1 }
///     fn inputs(&self) -> usize { 1 }
///     fn outputs(&self) -> usize { 1 }
///     fn predict(&self, theta: &[f64], x: &[f64], out: &mut [f64]) {
///         out[0] = theta[0] * x[0];
///     }
/// }
/// impl Differentiable for Line {
///     type Workspace = ();
///     fn workspace(&self, _: usize) {}
///     fn forward(&self, theta: &[f64], inputs: &[f64], outputs: &mut [f64], _: &mut ()) {
///         for (y, x) in outputs.iter_mut().zip(inputs) {
///             *y = theta[0] * x;
///         }
///     }
///     fn backward(&self, _: &[f64], inputs: &[f64], v: &[f64], gradient: &mut [f64], _: &mut ()) {
///         gradient[0] += inputs.iter().zip(v).map(|(x, v)| x * v).sum::<f64>();
///     }
/// }
///
/// let q = MeanField::new(1);
/// let elbo = Elbo {
///     model: Line,
///     loss: SquaredError,
///     posterior: q,
///     prior: GaussianPrior::isotropic(1, 100.0)?,
///     weights: Weights::total(2),
/// };
/// let data = Dataset::new(1, vec![1.0, 2.0], 1, vec![3.0, 6.0])?;
/// let settings = Settings { batch: 2, draws: 8, rate: 0.05, scale_rate: 1.0, ..Settings::default() };
/// let start = q.coordinates_of(&[0.0], &[0.1])?;
/// let mut trainer = Trainer::new(elbo, data, Adam::new(), start, settings)?;
/// trainer.run(300, |_| ControlFlow::Continue(()))?;
/// assert!((trainer.coordinates()[0] - 3.0).abs() < 0.1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Trainer<M, L, Q, O, T = f64>
where
    M: Differentiable<T>,
    T: Real,
{
    elbo: Elbo<M, L, Q, T>,
    data: Dataset<T>,
    augmenter: Augmenter<T>,
    noise: Noise,
    projection: Option<CoordinateSymmetry>,
    optimiser: O,
    settings: Settings<T>,
    coordinates: Vec<T>,
    step: u64,
    factors: Vec<T>,
    buffers: Buffers<T, M::Workspace>,
}

/// Memory that is kept from step to step.
#[derive(Debug)]
struct Buffers<T, W> {
    inputs: Vec<T>,
    targets: Vec<T>,
    noise: Vec<T>,
    gradient: Vec<T>,
    /// For projections of the gradient.
    scratch: Vec<T>,
    memory: Memory<T, W>,
    /// The order of the examples, in this epoch.
    order: Vec<usize>,
    epoch: Option<u64>,
}

impl<M, L, Q, O, T> Trainer<M, L, Q, O, T>
where
    M: Differentiable<T>,
    L: Loss<T>,
    Q: Posterior<T>,
    O: Optimiser<T>,
    T: Real,
    StandardNormal: Distribution<T>,
{
    /// A trainer at these coordinates, without augmentation and with fresh noise.
    ///
    /// # Errors
    /// [`InferenceError`] if dimensions of model, posterior, prior, data and coordinates do not fit, a coordinate is
    /// not a number, or a batch is empty or larger than the data.
    pub fn new(
        elbo: Elbo<M, L, Q, T>,
        data: Dataset<T>,
        optimiser: O,
        coordinates: Vec<T>,
        settings: Settings<T>,
    ) -> Result<Self, InferenceError> {
        let model = &elbo.model;
        check_length("an input of the data", data.input_size(), model.inputs())?;
        check_length("a target of the data", data.target_size(), model.outputs())?;
        check_length("parameters of the posterior", elbo.posterior.dim(), model.parameters())?;
        check_length("parameters of the prior", elbo.prior.dim(), model.parameters())?;
        check_length("coordinates", coordinates.len(), elbo.posterior.coordinates())?;
        check_numbers("coordinates", &coordinates)?;
        let count = |what, got, expected| InferenceError::Count { what, got, expected };
        if settings.batch == 0 || settings.batch > data.len() {
            return Err(count(
                "batch",
                settings.batch,
                "at least 1, at most the number of examples",
            ));
        }
        if settings.draws == 0 {
            return Err(count("draws", 0, "at least 1"));
        }
        if elbo.posterior.noise_dim() == 0 {
            return Err(count(
                "noise of the posterior",
                0,
                "at least one number: a draw that varies",
            ));
        }
        let outside = |what, value: T, expected| {
            Err(InferenceError::Outside { what, value: value.nearest_f64(), expected })
        };
        for (what, rate) in [("rate", settings.rate), ("scale_rate", settings.scale_rate)] {
            if !(rate >= T::zero() && rate.is_number()) {
                return outside(what, rate, "a finite number that is not negative");
            }
        }
        if let Some(clip) = settings.clip.filter(|&clip| !(clip > T::zero() && clip.is_number())) {
            return outside("clip", clip, "a finite number above 0");
        }
        let mut factors = vec![T::one(); coordinates.len()];
        factors[elbo.posterior.scales()].fill(settings.scale_rate);
        let buffers = Buffers {
            inputs: Vec::new(),
            targets: Vec::new(),
            noise: Vec::new(),
            gradient: vec![T::zero(); coordinates.len()],
            scratch: Vec::new(),
            memory: elbo.memory(settings.chunk),
            order: Vec::new(),
            epoch: None,
        };
        Ok(Self {
            elbo,
            data,
            augmenter: Augmenter::none(),
            noise: Noise::fresh(),
            projection: None,
            optimiser,
            settings,
            coordinates,
            step: 0,
            factors,
            buffers,
        })
    }

    /// With augmented batches.
    pub fn augmented(self, augmenter: Augmenter<T>) -> Self {
        Self { augmenter, ..self }
    }

    /// With other noise.
    pub fn noise(self, noise: Noise) -> Self {
        Self { noise, ..self }
    }

    /// With the gradient projected on the invariant ones before every step. From an invariant start a mean field then
    /// stays invariant bit by bit under each of our optimisers, Adam on killed coordinates included.
    ///
    /// # Errors
    /// [`InferenceError::WrongLength`] if the symmetry is of other coordinates.
    pub fn projected(self, symmetry: CoordinateSymmetry) -> Result<Self, InferenceError> {
        check_length("symmetry", symmetry.coordinates(), self.coordinates.len())?;
        Ok(Self { projection: Some(symmetry), ..self })
    }

    /// The objective.
    pub fn objective(&self) -> &Elbo<M, L, Q, T> {
        &self.elbo
    }

    /// The coordinates of the posterior.
    pub fn coordinates(&self) -> &[T] {
        &self.coordinates
    }

    /// The optimiser.
    pub fn optimiser(&self) -> &O {
        &self.optimiser
    }

    /// How many steps were taken.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// How many steps an epoch has.
    pub fn steps_per_epoch(&self) -> u64 {
        (self.data.len() / self.settings.batch) as u64
    }

    /// Replaces the coordinates by others, symmetrised ones say, and clears the optimiser's state, which is of the
    /// old ones.
    ///
    /// # Errors
    /// [`InferenceError`] if there are not as many, or one is not a number.
    pub fn set_coordinates(&mut self, coordinates: Vec<T>) -> Result<(), InferenceError> {
        check_length("coordinates", coordinates.len(), self.coordinates.len())?;
        check_numbers("coordinates", &coordinates)?;
        self.coordinates = coordinates;
        self.optimiser.state_mut().clear();
        Ok(())
    }

    /// Projects the coordinates, and the optimiser's state with them.
    ///
    /// # Errors
    /// [`InferenceError::WrongLength`] if the symmetry is of other coordinates.
    pub fn symmetrize(&mut self, symmetry: &CoordinateSymmetry) -> Result<(), InferenceError> {
        check_length("symmetry", symmetry.coordinates(), self.coordinates.len())?;
        symmetry.project(&mut self.coordinates);
        self.optimiser.state_mut().symmetrize(symmetry);
        Ok(())
    }

    /// Where training stands.
    pub fn snapshot(&self) -> Snapshot<T> {
        let (coordinates, state) = (self.coordinates.clone(), self.optimiser.state().clone());
        Snapshot { step: self.step, coordinates, state }
    }

    /// Goes on from a snapshot.
    ///
    /// # Errors
    /// [`InferenceError`] if it is of other coordinates, or has entries that are not numbers.
    pub fn restore(&mut self, snapshot: Snapshot<T>) -> Result<(), InferenceError> {
        let len = self.coordinates.len();
        check_length("coordinates of the snapshot", snapshot.coordinates.len(), len)?;
        check_numbers("coordinates of the snapshot", &snapshot.coordinates)?;
        for moment in [&snapshot.state.first, &snapshot.state.second] {
            if !moment.is_empty() {
                check_length("a moment of the snapshot", moment.len(), len)?;
                check_numbers("a moment of the snapshot", moment)?;
            }
        }
        self.step = snapshot.step;
        self.coordinates = snapshot.coordinates;
        *self.optimiser.state_mut() = snapshot.state;
        Ok(())
    }

    /// Trains for so many epochs; the hook may stop it after each.
    ///
    /// # Errors
    /// [`InferenceError::Diverged`] if the objective is not a number.
    pub fn run(
        &mut self,
        epochs: u64,
        mut hook: impl FnMut(&Progress<T>) -> ControlFlow<()>,
    ) -> Result<(), InferenceError> {
        let steps = self.steps_per_epoch();
        for _ in 0..epochs {
            let mut sum = Terms { loss: T::zero(), divergence: T::zero(), value: T::zero() };
            for _ in 0..steps {
                let terms = self.step()?;
                sum.loss += terms.loss;
                sum.divergence += terms.divergence;
                sum.value += terms.value;
            }
            let share = T::one() / T::count(steps as usize);
            let terms = Terms {
                loss: sum.loss * share,
                divergence: sum.divergence * share,
                value: sum.value * share,
            };
            let progress = Progress { epoch: self.step / steps, step: self.step, terms };
            if hook(&progress).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// One step: the next batch of the epoch. Returns the objective before it.
    ///
    /// # Errors
    /// [`InferenceError::Diverged`] if the objective or one of its slopes is not a finite number; the coordinates are
    /// then as before.
    pub fn step(&mut self) -> Result<Terms<T>, InferenceError> {
        let streams = Streams::new(self.settings.seed);
        self.fill_batch(streams);
        let Buffers { inputs, targets, noise, gradient, scratch, memory, .. } = &mut self.buffers;
        let (dim, draws) = (self.elbo.posterior.noise_dim(), self.settings.draws);
        self.noise.fill(streams, self.step, dim, draws, noise);
        let batch = Batch { inputs, targets };
        let terms = self.elbo.gradient(&self.coordinates, batch, noise, gradient, memory);
        let slopes = gradient.iter().copied();
        if let Some(value) = std::iter::once(terms.value).chain(slopes).find(|x| !x.is_number()) {
            let value = value.nearest_f64();
            return Err(InferenceError::Diverged { step: self.step, value });
        }
        let multiplicity = self.elbo.posterior.multiplicity();
        if let Some(counts) = multiplicity {
            gradient.iter_mut().zip(counts).for_each(|(slope, &count)| *slope /= count);
        }
        if let Some(symmetry) = &self.projection {
            symmetry.project_with(gradient, scratch);
        }
        if let Some(limit) = self.settings.clip {
            clip(gradient, multiplicity, limit);
        }
        let schedule = self.settings.schedule.factor(self.step);
        let schedule = <T as crate::scalar::Scalar>::from_f64(schedule).unwrap_or_else(T::zero);
        let rates = Rates { base: self.settings.rate * schedule, factors: &self.factors };
        self.optimiser.step(rates, &mut self.coordinates, gradient);
        self.step += 1;
        Ok(terms)
    }

    /// The mean loss on other data, validation data say, over so many draws that are the same every time. The memory that
    /// it needs is kept.
    ///
    /// # Errors
    /// [`InferenceError`] if the data has other dimensions than the model, or no draw is asked for.
    pub fn evaluate(
        &mut self,
        data: &Dataset<T>,
        draws: usize,
    ) -> Result<Terms<T>, InferenceError> {
        let model = &self.elbo.model;
        check_length("an input of the data", data.input_size(), model.inputs())?;
        check_length("a target of the data", data.target_size(), model.outputs())?;
        if draws == 0 {
            return Err(InferenceError::Count { what: "draws", got: 0, expected: "at least 1" });
        }
        let Buffers { noise, memory, .. } = &mut self.buffers;
        noise.clear();
        let dim = self.elbo.posterior.noise_dim();
        for draw in 0..draws {
            let streams = Streams::new(self.settings.seed);
            let mut rng = streams.stream(Use::Prediction, draw as u64, 0);
            noise.extend((0..dim).map(|_| -> T { StandardNormal.sample(&mut rng) }));
        }
        let batch = Batch { inputs: data.inputs(), targets: data.targets() };
        Ok(self.elbo.value_with(&self.coordinates, batch, noise, memory))
    }

    /// Puts the batch of this step into the buffers.
    fn fill_batch(&mut self, streams: Streams) {
        let steps = self.steps_per_epoch();
        let (epoch, place) = (self.step / steps, (self.step % steps) as usize);
        let len = self.data.len();
        let Buffers { inputs, targets, order, epoch: of, .. } = &mut self.buffers;
        if *of != Some(epoch) {
            shuffle(len, &mut streams.stream(Use::Order, epoch, 0), order);
            *of = Some(epoch);
        }
        let chosen = &order[place * self.settings.batch..][..self.settings.batch];
        self.augmenter.fill(&self.data, chosen, streams, self.step, inputs, targets);
    }
}
