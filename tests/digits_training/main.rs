//! Training of the convolutional network on handwritten digits: tied posteriors (E8), and expansions that keep the function (S9).
#![cfg(all(feature = "checkpoint", feature = "data"))]

mod expanded;
mod tied;

use equibayes::data::digits;
use equibayes::group::Cyclic;
use equibayes::inference::optimiser::Optimiser;
use equibayes::inference::{
    Augmentation, Augmenter, CrossEntropy, Dataset, Elbo, GaussianPrior, Posterior, Settings,
    Streams, Trainer, Use, Weights,
};
use equibayes::model::Differentiable;
use equibayes::model::conv::{ConvJoint, ConvNet, ConvSpec};
use equibayes::representation::{ActsOn, Channels, Layout};
use rand_distr::{Distribution, StandardNormal};

const CLASSES: usize = 10;

fn images(range: std::ops::Range<usize>) -> Dataset {
    let images = digits().select(range);
    let one_hot = |label| (0..CLASSES).map(move |c| f64::from(u8::from(c == label)));
    let targets = images.labels().flat_map(one_hot).collect();
    Dataset::new(64, images.to_inputs(), CLASSES, targets).unwrap()
}

fn network(channels: &[usize]) -> ConvNet {
    ConvNet::new(ConvSpec::new(1, 8, channels, CLASSES)).unwrap()
}

fn turns(net: &ConvNet, channels: Channels) -> ConvJoint<Cyclic> {
    net.joint(&Cyclic::new(4).unwrap(), channels, Layout::Blocked).unwrap()
}

/// Normal means with the variance of Kaiming, biases of a tenth.
fn start(net: &ConvNet, seed: u64) -> Vec<f64> {
    let mut rng = Streams::new(seed).stream(Use::Split, 0, 0);
    let mut mean: Vec<f64> = (0..net.dim()).map(|_| StandardNormal.sample(&mut rng)).collect();
    for tensor in net.tensors() {
        let inputs: usize = tensor.shape[1..].iter().product();
        let size = if tensor.shape.len() > 1 { (2.0 / inputs as f64).sqrt() } else { 0.1 };
        mean[tensor.range.clone()].iter_mut().for_each(|m| *m *= size);
    }
    mean
}

fn elbo<Q: Posterior>(net: &ConvNet, posterior: Q) -> Elbo<ConvNet, CrossEntropy, Q> {
    let prior = GaussianPrior::isotropic(net.dim(), 1.0).unwrap();
    // As the paper: the rotations of an image count as data.
    let weights = Weights { likelihood: 1.0, divergence: 1.0 / (4.0 * 400.0) };
    Elbo { model: net.clone(), loss: CrossEntropy, posterior, prior, weights }
}

fn settings() -> Settings {
    Settings { batch: 40, rate: 0.02, chunk: 160, ..Settings::default() }
}

fn logits(net: &ConvNet, theta: &[f64], inputs: &[f64]) -> Vec<f64> {
    let count = inputs.len() / 64;
    let mut out = vec![0.0; count * CLASSES];
    net.forward(theta, inputs, &mut out, &mut net.workspace(count));
    out
}

/// Images turned by `g`, one after the other.
fn turned(net: &ConvNet, g: usize, inputs: &[f64]) -> Vec<f64> {
    let joint = turns(net, Channels::Trivial);
    let turn = |x| joint.inputs().apply(&g, x).as_slice().to_vec();
    inputs.chunks_exact(64).flat_map(turn).collect()
}

/// A bound on the gradient by each parameter of `Σ_c |v_c| |logit_c|` over all paths, for images of pixels at most
/// 1 and `|v_c| ≤ 1`; and one on logits.
///
/// By the network of absolute values, where the largest activation of a channel stands for all of its pixels: a pool
/// passes one gradient on for each window, so the gradients of a channel add up, over its pixels, to what its windows
/// are given; and the mean over the last map gives each a share.
fn bounds(net: &ConvNet, theta: &[f64]) -> (Vec<f64>, f64) {
    let values = |t: usize| &theta[net.tensors()[t].range.clone()];
    let shape = |t: usize| net.tensors()[t].shape.clone();
    let convolutions = net.tensors().len() / 2 - 1;
    // Forward: activations by layer and channel.
    let mut activations = vec![vec![1.0; shape(0)[1]]];
    for l in 0..=convolutions {
        let (weight, bias, shape) = (values(2 * l), values(2 * l + 1), shape(2 * l));
        let taps = shape[2] * shape[3];
        let next = (0..shape[0]).map(|o| {
            let terms = (0..shape[1] * taps)
                .map(|k| weight[o * shape[1] * taps + k].abs() * activations[l][k / taps]);
            terms.sum::<f64>() + bias[o].abs()
        });
        let next = next.collect();
        activations.push(next);
    }
    // Backward: gradients of channels, summed over their pixels.
    let mut slopes = vec![0.0; net.dim()];
    let mut upstream = vec![1.0; CLASSES];
    for l in (0..=convolutions).rev() {
        let (weight, shape) = (values(2 * l), shape(2 * l));
        let (row, taps) = (shape[1] * shape[2] * shape[3], shape[2] * shape[3]);
        let mut before = vec![0.0; shape[1]];
        let tensors = net.tensors();
        let (of_weight, of_bias) = (tensors[2 * l].range.start, tensors[2 * l + 1].range.start);
        for (o, up) in upstream.iter().enumerate() {
            slopes[of_bias + o] = *up;
            for k in 0..row {
                slopes[of_weight + o * row + k] = up * activations[l][k / taps];
                before[k / taps] += up * weight[o * row + k].abs();
            }
        }
        upstream = before;
    }
    (slopes, activations.pop().unwrap().into_iter().fold(0.0, f64::max))
}

/// The most roundings in a chain of operations from an image to an entry of the gradient of a batch.
fn roundings(net: &ConvNet, examples: usize) -> f64 {
    // One for each product and sum that meets an activation on its way there and back, for each pixel whose
    // gradients are added, for the exponentials and their sum, and for each example.
    let fan: usize = net
        .tensors()
        .iter()
        .filter(|t| t.shape.len() > 1)
        .map(|t| t.shape[1..].iter().product::<usize>() + 2)
        .sum();
    let outputs: usize = net.tensors().iter().map(|t| 9 * t.shape[0]).sum();
    (2 * fan + outputs + 2 * 64 + 2 * CLASSES + 8 + examples) as f64
}

fn steps<Q: Posterior + Clone, O: Optimiser>(
    net: &ConvNet,
    posterior: Q,
    optimiser: O,
    start: Vec<f64>,
    (count, augmented): (usize, bool),
) -> (Vec<f64>, f64, f64) {
    let mut trainer =
        Trainer::new(elbo(net, posterior), images(0..400), optimiser, start, settings()).unwrap();
    let before = trainer.evaluate(&images(400..600), 2).unwrap().loss;
    if augmented {
        let joint = turns(net, Channels::Trivial);
        trainer = trainer.augmented(Augmenter::new(&joint, Augmentation::Random(1)).unwrap());
    }
    for _ in 0..count {
        trainer.step().unwrap();
    }
    let after = trainer.evaluate(&images(400..600), 2).unwrap().loss;
    (trainer.coordinates().to_vec(), before, after)
}
