//! What the examples on handwritten digits share: the images, the network, its training and its scores.

use equibayes::checkpoint::{Convention, Posterior as File, Precision, TensorPair};
use equibayes::data::digits;
use equibayes::group::Cyclic;
use equibayes::inference::optimiser::Sgd;
use equibayes::inference::{
    Augmentation, Augmenter, CrossEntropy, Dataset, Elbo, GaussianPrior, Posterior, Schedule,
    Settings, Streams, Trainer, Use, Weights,
};
use equibayes::model::Differentiable;
use equibayes::model::conv::{ConvJoint, ConvNet, ConvSpec, ConvTensor};
use equibayes::representation::{ActsOn, Channels, Layout};
use rand_distr::{Distribution, StandardNormal};
use std::error::Error;
use std::ops::Range;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) const SIDE: usize = 8;
pub(crate) const CLASSES: usize = 10;
pub(crate) const BATCH: usize = 64;
/// Draws of the predictive.
const DRAWS: usize = 8;
/// The scale that every weight starts with, as `ρ = −3` does.
pub(crate) const SCALE: f64 = 0.0486;

/// A third of the images is for testing, a fifth of the rest for validation.
pub(crate) struct Split {
    pub(crate) train: Dataset,
    pub(crate) validation: Dataset,
    pub(crate) test: Dataset,
}

pub(crate) fn split(seed: u64) -> Result<Split> {
    let images = digits();
    let one_hot = images
        .labels()
        .flat_map(|label| (0..CLASSES).map(move |c| f64::from(u8::from(c == label))));
    let all = Dataset::new(SIDE * SIDE, images.to_inputs(), CLASSES, one_hot.collect())?;
    let (rest, test) = all.split(597, seed)?;
    let (train, validation) = rest.split(240, seed + 1)?;
    Ok(Split { train, validation, test })
}

pub(crate) fn network(channels: &[usize]) -> Result<ConvNet> {
    Ok(ConvNet::new(ConvSpec::new(1, SIDE, channels, CLASSES))?)
}

/// Quarter turns of images and kernels, with channels in blocks of four as an expansion numbers them.
pub(crate) fn turns(net: &ConvNet, channels: Channels) -> Result<ConvJoint<Cyclic>> {
    Ok(net.joint(&Cyclic::new(4)?, channels, Layout::Blocked)?)
}

pub(crate) fn normal(seed: u64, index: u64, count: usize) -> Vec<f64> {
    let mut rng = Streams::new(seed).stream(Use::Prediction, index, 1);
    (0..count).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// Means that keep the size of activations: variance 2 over the number of inputs; biases 0.
pub(crate) fn kaiming(net: &ConvNet, seed: u64) -> Vec<f64> {
    let mut mean = normal(seed, 0, net.dim());
    for tensor in net.tensors() {
        let inputs: usize = tensor.shape[1..].iter().product();
        let size = if tensor.shape.len() > 1 { (2.0 / inputs as f64).sqrt() } else { 0.0 };
        mean[tensor.range.clone()].iter_mut().for_each(|m| *m *= size);
    }
    mean
}

pub(crate) fn elbo<Q: Posterior>(
    net: &ConvNet,
    posterior: Q,
    examples: usize,
) -> Result<Elbo<ConvNet, CrossEntropy, Q>> {
    // The rotations of an image count as data, as in the paper.
    let weights = Weights { likelihood: 1.0, divergence: 1.0 / (4 * examples) as f64 };
    let prior = GaussianPrior::isotropic(net.dim(), 1.0)?;
    Ok(Elbo { model: net.clone(), loss: CrossEntropy, posterior, prior, weights })
}

fn settings(seed: u64, steps: u64) -> Settings {
    let schedule = Schedule::Cosine { steps };
    Settings { batch: BATCH, rate: 0.05, schedule, seed, chunk: 256, ..Settings::default() }
}

/// The share of images whose class the mean probabilities over draws name.
pub(crate) fn accuracy<Q: Posterior>(net: &ConvNet, q: &Q, w: &[f64], data: &Dataset) -> f64 {
    let mut probabilities = vec![0.0; data.len() * CLASSES];
    net.for_each_draw(
        data.inputs(),
        DRAWS,
        |t, theta| q.draw(w, &normal(99, t as u64, q.noise_dim()), theta),
        |_, logits| {
            for (sum, row) in
                probabilities.chunks_exact_mut(CLASSES).zip(logits.chunks_exact(CLASSES))
            {
                let top = row.iter().fold(f64::NEG_INFINITY, |top, &x| top.max(x));
                let total: f64 = row.iter().map(|x| (x - top).exp()).sum();
                sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += (x - top).exp() / total);
            }
        },
        &mut net.workspace(data.len()),
    );
    let best = |row: &[f64]| (0..CLASSES).max_by(|&a, &b| row[a].total_cmp(&row[b]));
    let rows = probabilities.chunks_exact(CLASSES).zip(data.targets().chunks_exact(CLASSES));
    rows.filter(|(p, y)| best(p) == best(y)).count() as f64 / data.len() as f64
}

/// `max |Φ(θ, gx) − Φ(θ, x)|` over quarter turns, images and classes.
pub(crate) fn equivariance_error(net: &ConvNet, theta: &[f64], data: &Dataset) -> Result<f64> {
    let joint = turns(net, Channels::Trivial)?;
    let logits = |inputs: &[f64]| {
        let mut out = vec![0.0; data.len() * CLASSES];
        net.forward(theta, inputs, &mut out, &mut net.workspace(data.len()));
        out
    };
    let still = logits(data.inputs());
    let mut worst = 0.0_f64;
    for g in 1..4 {
        let moved: Vec<f64> = data
            .inputs()
            .chunks_exact(SIDE * SIDE)
            .flat_map(|x| joint.inputs().apply(&g, x).as_slice().to_vec())
            .collect();
        for (a, b) in logits(&moved).iter().zip(&still) {
            worst = worst.max((a - b).abs());
        }
    }
    Ok(worst)
}

/// Steps with the accuracies on validation and test images.
pub(crate) type Curve = Vec<(u64, f64, f64)>;

/// How a posterior is trained: by these steps, on images as they are or randomly turned.
pub(crate) struct Course<'a> {
    /// Numbered through all of a run.
    pub(crate) steps: Range<u64>,
    pub(crate) augmented: bool,
    pub(crate) seed: u64,
    /// The steps after which accuracies are taken.
    pub(crate) checkpoints: &'a [u64],
}

/// Trains from these coordinates to the end of a course.
pub(crate) fn trained<Q: Posterior + Clone>(
    net: &ConvNet,
    posterior: Q,
    start: Vec<f64>,
    data: &Split,
    course: &Course<'_>,
) -> Result<(Vec<f64>, Curve)> {
    let elbo = elbo(net, posterior.clone(), data.train.len())?;
    let sgd = Sgd::new().momentum(0.9).nesterov();
    let steps = course.steps.end - course.steps.start;
    let settings = settings(course.seed, steps);
    let mut trainer = Trainer::new(elbo, data.train.clone(), sgd, start, settings)?;
    if course.augmented {
        let joint = turns(net, Channels::Trivial)?;
        trainer = trainer.augmented(Augmenter::new(&joint, Augmentation::Random(1))?);
    }
    let mut curve = Vec::new();
    for step in course.steps.start + 1..=course.steps.end {
        trainer.step()?;
        if course.checkpoints.contains(&step) {
            let of = |data| accuracy(net, &posterior, trainer.coordinates(), data);
            curve.push((step, of(&data.validation), of(&data.test)));
        }
    }
    Ok((trainer.coordinates().to_vec(), curve))
}

/// The test accuracy at the checkpoint with the best validation accuracy, the later of equals.
pub(crate) fn chosen(curve: &Curve) -> f64 {
    let best = curve.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    best.map_or(0.0, |point| point.2)
}

/// The mean over seeds and its standard error.
pub(crate) fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    (mean, (spread / ((count.max(2.0) - 1.0) * count)).sqrt())
}

/// The means and scales of a network as a posterior's file holds them.
pub(crate) fn file(net: &ConvNet, mean: &[f64], scale: &[f64]) -> Result<File> {
    let pair = |tensor: &ConvTensor| {
        let range = tensor.range.clone();
        TensorPair::new(
            &tensor.name,
            tensor.shape.clone(),
            mean[range.clone()].to_vec(),
            scale[range].to_vec(),
            Precision::F64,
        )
    };
    let pairs = net.tensors().iter().map(pair).collect::<std::result::Result<_, _>>()?;
    Ok(File::new(Convention::AugmentBnns, pairs)?)
}
