//! E8 on handwritten digits: tied training of the convolutional network, and expansions that keep the function.
#![cfg(all(feature = "checkpoint", feature = "data"))]

use equibayes::audit::{Filling, Function, NamedGroup, PosteriorNetwork, expand};
use equibayes::checkpoint::{Convention, Posterior as File, Precision, TensorPair};
use equibayes::data::digits;
use equibayes::group::Cyclic;
use equibayes::inference::optimiser::{Adam, Optimiser, Sgd};
use equibayes::inference::{
    Augmentation, Augmenter, Batch, CrossEntropy, Dataset, Elbo, GaussianPrior, MeanField, Noise,
    Posterior, Settings, Streams, Tied, TiedDraws, Trainer, Use, Weights,
};
use equibayes::model::Differentiable;
use equibayes::model::conv::{ConvJoint, ConvNet, ConvSpec};
use equibayes::representation::{ActsOn, Channels, Layout, SignedOrbits};
use equibayes::scalar::Scalar;
use equibayes::symmetrize::expansion::Arrangement;
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

fn tied(net: &ConvNet, draws: TiedDraws) -> (Tied, Vec<f64>) {
    let orbits = SignedOrbits::of(turns(net, Channels::Regular).parameters());
    let tied = Tied::new(orbits, draws);
    let mean: Vec<f64> = start(net, 1).iter().map(|m| 2.0 * m).collect();
    let w = tied.tie(&mean, &vec![0.05; net.dim()]).unwrap();
    (tied, w)
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

/// `max |F(gx) − F(x)|` over quarter turns, images and classes.
fn defect(net: &ConvNet, data: &Dataset, predictor: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let still = predictor(data.inputs());
    let of = |g| {
        let moved = predictor(&turned(net, g, data.inputs()));
        moved.iter().zip(&still).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    (1..4).map(of).fold(0.0, f64::max)
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

/// How far two computations of one gradient may be apart by rounding, for each parameter: of means with slopes of the
/// loss alone.
fn tolerances(net: &ConvNet, thetas: &[Vec<f64>], examples: usize) -> Vec<f64> {
    let n = roundings(net, examples * thetas.len());
    let unit = f64::UNIT_ROUNDOFF;
    let mut worst = vec![0.0_f64; net.dim()];
    for theta in thetas {
        let (slopes, logit) = bounds(net, theta);
        // Softmax passes an error of a logit on, at most doubled, to a cotangent, which is at most 1.
        let cotangent = 2.0 * n * unit * logit;
        for (worst, slope) in worst.iter_mut().zip(slopes) {
            *worst = worst.max(slope * (n * unit + cotangent));
        }
    }
    // Each of two sides; first order, doubled for the rest.
    worst.iter().map(|x| 4.0 * x).collect()
}

/// (a) The tied gradient on raw images is, in free coordinates, that of the untied posterior on their orbits.
#[test]
fn e8_tied_gradients_are_those_of_the_orbits() {
    let net = network(&[4, 8]);
    let joint = turns(&net, Channels::Regular);
    let dim = net.dim();
    let raw = images(0..24);
    let orbits = Augmenter::new(&joint, Augmentation::Full).unwrap().expand(&raw).unwrap();
    let (tied, free) = tied(&net, TiedDraws::Independent);
    let full = tied.untie(&free).unwrap();
    let (mean, scale) = tied.moments(&free);
    let gradients = |noise: &[f64]| {
        let (mut of_tied, mut of_orbits) = (vec![0.0; free.len()], vec![0.0; full.len()]);
        let on_raw = elbo(&net, tied.clone());
        let on_orbits = elbo(&net, MeanField::new(dim));
        let batch = Batch { inputs: raw.inputs(), targets: raw.targets() };
        on_raw.gradient(&free, batch, noise, &mut of_tied, &mut on_raw.memory(24));
        let batch = Batch { inputs: orbits.inputs(), targets: orbits.targets() };
        on_orbits.gradient(&full, batch, noise, &mut of_orbits, &mut on_orbits.memory(96));
        (of_tied, of_orbits)
    };
    let mut noise: Vec<f64> = Vec::new();
    Noise::orbit_closed(joint.parameters()).unwrap().fill(Streams::new(3), 0, dim, 2, &mut noise);
    let thetas: Vec<Vec<f64>> = noise
        .chunks_exact(dim)
        .map(|z| (0..dim).map(|i| mean[i] + scale[i] * z[i]).collect())
        .collect();
    let largest_noise = noise.iter().fold(1.0_f64, |top, z| top.max(z.abs()));
    let slopes = tolerances(&net, &thetas, orbits.len());
    // Coordinates of scales: times the noise and the slope of softplus, below 1. The divergences' slopes, at most
    // 1/4000 of m or of 1/σ = 20, differ by a few roundings: far below those of the loss here.
    let of_divergence = 16.0 * f64::UNIT_ROUNDOFF / 1600.0 * 20.0;
    let full_tolerance: Vec<f64> = slopes
        .iter()
        .map(|x| x + of_divergence)
        .chain(slopes.iter().map(|x| x * largest_noise + of_divergence))
        .collect();
    // A sum over an orbit is of so many terms with no signs.
    let tolerance = tied.sum_over_orbits(&full_tolerance).unwrap();
    let worst = |(of_tied, of_orbits): (Vec<f64>, Vec<f64>)| {
        let expected = tied.sum_over_orbits(&of_orbits).unwrap();
        let ratio = |k: usize| (of_tied[k] - expected[k]).abs() / tolerance[k];
        (0..free.len()).map(ratio).fold(0.0, f64::max)
    };
    let same = worst(gradients(&noise));
    assert!(same <= 1.0, "{same} of the tolerance");
    // With noise that is not closed it is another draw of the same mean: far from it.
    let fresh = worst(gradients(&noise[..2 * dim]));
    assert!(fresh > 1e6, "{fresh} of the tolerance");

    // Equivariant draws are fixed by the group: any noise.
    let (tied, free) = self::tied(&net, TiedDraws::Equivariant);
    let objective = elbo(&net, tied.clone());
    let mut noise: Vec<f64> = Vec::new();
    Noise::fresh().fill(Streams::new(4), 0, tied.noise_dim(), 3, &mut noise);
    let gradient = |data: &Dataset| {
        let mut gradient = vec![0.0; free.len()];
        let batch = Batch { inputs: data.inputs(), targets: data.targets() };
        objective.gradient(&free, batch, &noise, &mut gradient, &mut objective.memory(96));
        gradient
    };
    let mut theta = vec![0.0; dim];
    let thetas: Vec<Vec<f64>> = noise
        .chunks_exact(tied.noise_dim())
        .map(|z| {
            tied.draw(&free, z, &mut theta);
            theta.clone()
        })
        .collect();
    let slopes = tolerances(&net, &thetas, orbits.len());
    let largest_noise = noise.iter().fold(1.0_f64, |top, z| top.max(z.abs()));
    let (on_raw, on_orbits) = (gradient(&raw), gradient(&orbits));
    for (k, orbit) in tied.orbits().iter().enumerate() {
        let tolerance: f64 = orbit.members().map(|(i, _)| slopes[i]).sum();
        for (at, factor) in [(k, 1.0), (tied.orbits().len() + k, largest_noise)] {
            let gap = (on_raw[at] - on_orbits[at]).abs();
            assert!(gap <= tolerance * factor + of_divergence, "{at}: {gap:e}");
        }
    }
    assert!(on_raw.iter().any(|slope| slope.abs() > 1e-3));
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

/// (b) Exact at the end of training, by every linear optimiser and by Adam, for both kinds of draws; the untied posterior
/// from the same start is not.
#[test]
fn e8_training_keeps_exactness() {
    let net = network(&[4, 8]);
    let test = images(600..640);
    let sgd = || Sgd::new().momentum(0.9).nesterov();
    for draws in [TiedDraws::Independent, TiedDraws::Equivariant] {
        let (tied, w) = tied(&net, draws);
        for adam in [false, true] {
            let (w, before, after) = if adam {
                steps(&net, tied.clone(), Adam::new(), w.clone(), (60, false))
            } else {
                steps(&net, tied.clone(), sgd(), w.clone(), (60, false))
            };
            assert!(after < 0.8 * before, "{draws:?}: loss {before} → {after}");
            let mean = tied.moments(&w).0;
            let of_mean = defect(&net, &test, |x| logits(&net, &mean, x));
            assert!(of_mean < 1e-12, "{draws:?}, Adam {adam}: {of_mean:e}");

            // Draws: each of an equivariant kind, and of the other all those of an orbit together.
            let mut noise: Vec<f64> = Vec::new();
            let closed = match draws {
                TiedDraws::Equivariant => Noise::fresh(),
                TiedDraws::Independent => {
                    let joint = turns(&net, Channels::Regular);
                    Noise::orbit_closed(joint.parameters()).unwrap()
                }
            };
            closed.fill(Streams::new(7), 0, tied.noise_dim(), 1, &mut noise);
            let predictive = |count: usize| {
                let (tied, noise, w, net) = (&tied, &noise, &w, &net);
                move |x: &[f64]| {
                    let mut theta = vec![0.0; net.dim()];
                    let mut sum = vec![0.0; x.len() / 64 * CLASSES];
                    for z in noise.chunks_exact(tied.noise_dim()).take(count) {
                        tied.draw(w, z, &mut theta);
                        sum.iter_mut().zip(logits(net, &theta, x)).for_each(|(s, y)| *s += y);
                    }
                    sum
                }
            };
            let of_orbit = defect(&net, &test, predictive(closed.copies()));
            assert!(of_orbit < 1e-12, "{draws:?}, Adam {adam}: {of_orbit:e}");
            let of_one = defect(&net, &test, predictive(1));
            let independent = draws == TiedDraws::Independent;
            assert_eq!(of_one > 1e-3, independent, "{draws:?}: {of_one:e}");
        }
    }
    let (tied, free) = tied(&net, TiedDraws::Independent);
    let field = MeanField::new(net.dim());
    let (w, ..) = steps(&net, field, sgd(), tied.untie(&free).unwrap(), (60, true));
    let untied = defect(&net, &test, |x| logits(&net, &field.moments(&w).0, x));
    assert!(untied > 1e-2, "{untied:e}");
}

/// (d) Expansions that keep the function, and what training makes of them.
#[test]
fn s9_expansions_keep_the_function_and_learn_to_mix() {
    let small = network(&[4, 8]);
    let field = MeanField::new(small.dim());
    let scale = vec![0.05; small.dim()];
    let w = field.coordinates_of(&start(&small, 1), &scale).unwrap();
    let sgd = || Sgd::new().momentum(0.9).nesterov();
    let (w, before, after) = steps(&small, field, sgd(), w, (100, true));
    assert!(after < 0.8 * before, "loss {before} → {after}");
    let (mean, scale) = field.moments(&w);
    let pairs = small.tensors().iter().map(|tensor| {
        let (range, shape) = (tensor.range.clone(), tensor.shape.clone());
        let (mean, scale) = (mean[range.clone()].to_vec(), scale[range].to_vec());
        TensorPair::new(&tensor.name, shape, mean, scale, Precision::F64).unwrap()
    });
    let file = File::new(Convention::AugmentBnns, pairs.collect()).unwrap();
    let test = images(600..640);
    let average: Vec<f64> = (0..4)
        .map(|g| logits(&small, &mean, &turned(&small, g, test.inputs())))
        .reduce(|sum, next| sum.iter().zip(next).map(|(a, b)| a + b).collect())
        .unwrap()
        .into_iter()
        .map(|sum| sum / 4.0)
        .collect();

    for (filling, copies, kept) in [
        (Filling::Blocks(Arrangement::Diagonal), 1, true),
        (Filling::Paired, 2, true),
        (Filling::Blocks(Arrangement::GroupConv), 1, false),
    ] {
        let expanded = expand(&file, NamedGroup::C4, filling, 1e-6).unwrap();
        assert!(expanded.exact);
        assert_eq!(
            expanded.function == Function::GroupAverage,
            kept,
            "{filling}: {:?}",
            expanded.function
        );
        let wide = PosteriorNetwork::of(&expanded.posterior, [1, 8, 8]).unwrap();
        let net = wide.net();
        let (_, logit) = bounds(net, wide.mean());
        let gap = logits(net, wide.mean(), test.inputs())
            .iter()
            .zip(&average)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        // Two networks and an average, each off by its roundings at most, doubled for what is of second order.
        let tolerance = 4.0 * roundings(net, 4) * f64::UNIT_ROUNDOFF * logit;
        assert_eq!(gap <= tolerance, kept, "{filling}: {gap:e} against {tolerance:e}");
        if !kept {
            continue;
        }

        // Trained on: the loss falls from where it is, and blocks begin to mix.
        let field = MeanField::new(net.dim());
        let w = field.coordinates_of(wide.mean(), wide.sigma()).unwrap();
        let (w, before, after) = steps(net, field, sgd(), w, (40, true));
        assert!(after < before, "{filling}: loss {before} → {after}");
        let hidden = &net.tensors()[2];
        let (rows, columns) = (hidden.shape[0], hidden.shape[1]);
        // From copy t of block b: what both copies read in sum is what matters between different blocks.
        let mixing = |mean: &[f64]| {
            let values = &mean[hidden.range.clone()];
            let at = |o: usize, i: usize, k: usize| values[(o * columns + i) * 9 + k];
            let mut largest = 0.0_f64;
            for (o, i) in (0..rows * columns).map(|k| (k / columns, k % columns)) {
                let (of_block, from_block) = (o * 4 / rows, i * 4 / columns);
                let first_copy = i % (4 * copies) < 4;
                if of_block != from_block && first_copy {
                    for k in 0..9 {
                        let other = if copies == 2 { at(o, i + 4, k) } else { 0.0 };
                        largest = largest.max((at(o, i, k) + other).abs());
                    }
                }
            }
            largest
        };
        assert_eq!(mixing(wide.mean()), 0.0, "{filling}");
        let mixed = mixing(&field.moments(&w).0);
        assert!(mixed > 1e-3, "{filling}: {mixed:e}");
    }
}
