//! What a step of training and an evaluation cost on the convolutional network: batch 128, images 28×28
//! with one channel, ten classes.
//!
//! A step is a draw of the weights, the forward pass, the softmax cross-entropy, the backward pass and
//! an update of the means; an evaluation predicts 128 images under 16 draws. `peers/network_step.py` does
//! the same in PyTorch.
//!
//! Measured on a virtual machine with two cores and AVX2, two threads, everything else halted, ours straight
//! after PyTorch 2.15 with the better of its two memory layouts, the fastest of the runs that fit three to four
//! seconds, ms; our step is the forward and the backward pass of 128 images, PyTorch's also draws and updates:
//!
//! | | ours | PyTorch | ratio |
//! |---|---|---|---|
//! | step, f32, [32, 64] | 11 | 54 | 0.21 |
//! | step, f32, [128, 256] | 156 | 592 | 0.26 |
//! | step, f64, [32, 64] | 21 | 102 | 0.20 |
//! | step, f64, [128, 256] | 346 | 1318 | 0.26 |
//! | evaluation, f32, [32, 64] | 87 | 199 | 0.44 |
//! | evaluation, f32, [128, 256] | 1002 | 3451 | 0.29 |
//! | evaluation, f64, [32, 64] | 155 | 640 | 0.24 |
//! | evaluation, f64, [128, 256] | 2180 | 8939 | 0.24 |
//!
//! The same binary differs by a fifth or more between minutes on such a machine.
//!
//! A draw of the weights takes less than one part in a hundred of a step. What made the difference:
//!
//! - Convolution, ReLU and pool of a window at once: no gathered copy of the image, and no map before
//!   the pool. The loop is eight fused multiply-adds on six loads.
//! - Where there are channels enough, sixteen products for the four pixels of a window in place of thirty-six
//!   (Winograd): half the time of the forward pass, in both precisions.
//! - The pool passes its gradient to one pixel in four, and none where the ReLU is off. Going through
//!   lists of these, the backward pass costs 1.3 plain forward passes, not 2.
//! - Registers handed to closures (`array::map`, `from_fn`) become calls: more than three times slower forward.
//! - As many images go backward together as leave them and their lists in the second cache: a fifth of
//!   the backward pass of the larger network.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use equibayes::model::Differentiable;
use equibayes::model::conv::{ConvNet, ConvSpec, ConvWorkspace, Lanes};
use equibayes::scalar::Scalar;
use num_traits::Float;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::time::Duration;

const BATCH: usize = 128;
const SIDE: usize = 28;
const CLASSES: usize = 10;
const DRAWS: usize = 16;

/// A network with a mean-field posterior, and a batch.
struct Experiment<T: Lanes> {
    net: ConvNet,
    workspace: ConvWorkspace<T>,
    images: Vec<T>,
    mean: Vec<T>,
    scale: Vec<T>,
    theta: Vec<T>,
    logits: Vec<T>,
    cotangents: Vec<T>,
    gradient: Vec<T>,
    rng: ChaCha8Rng,
}

fn number<T: Lanes>(x: f64) -> T {
    <T as Scalar>::from_f64(x).expect("a finite number")
}

impl<T: Lanes> Experiment<T>
where
    StandardNormal: Distribution<T>,
{
    fn new(channels: &[usize]) -> Self {
        let net = ConvNet::new(ConvSpec::new(1, SIDE, channels, CLASSES)).expect("fits");
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut normal = |count: usize, scale: f64| -> Vec<T> {
            (0..count)
                .map(|_| {
                    let x: T = StandardNormal.sample(&mut rng);
                    number::<T>(scale) * x
                })
                .collect()
        };
        Self {
            images: normal(BATCH * SIDE * SIDE, 1.0),
            mean: normal(net.dim(), 0.05),
            scale: vec![number(0.01); net.dim()],
            theta: vec![T::zero(); net.dim()],
            logits: vec![T::zero(); BATCH * CLASSES],
            cotangents: vec![T::zero(); BATCH * CLASSES],
            gradient: vec![T::zero(); net.dim()],
            workspace: net.workspace(BATCH),
            net,
            rng,
        }
    }

    fn step(&mut self) {
        draw(&self.mean, &self.scale, &mut self.rng, &mut self.theta);
        self.net.forward(&self.theta, &self.images, &mut self.logits, &mut self.workspace);
        let rows = self.logits.chunks_exact(CLASSES).zip(self.cotangents.chunks_exact_mut(CLASSES));
        for (example, (logits, cotangents)) in rows.enumerate() {
            let largest = logits.iter().fold(logits[0], |a, &b| Float::max(a, b));
            for (cotangent, &logit) in cotangents.iter_mut().zip(logits) {
                *cotangent = Float::exp(logit - largest);
            }
            let sum = cotangents.iter().fold(T::zero(), |sum, &x| sum + x);
            for cotangent in cotangents.iter_mut() {
                *cotangent /= sum * T::count(BATCH);
            }
            cotangents[example % CLASSES] -= T::one() / T::count(BATCH);
        }
        self.gradient.fill(T::zero());
        self.net.backward(
            &self.theta,
            &self.images,
            &self.cotangents,
            &mut self.gradient,
            &mut self.workspace,
        );
        let rate = number::<T>(1e-2);
        for (mean, &slope) in self.mean.iter_mut().zip(&self.gradient) {
            *mean -= rate * slope;
        }
    }

    fn evaluate(&mut self) {
        let Self { net, workspace, images, mean, scale, rng, .. } = self;
        net.for_each_draw(
            images,
            DRAWS,
            |_, theta| draw(mean, scale, rng, theta),
            |_, logits| {
                black_box(logits);
            },
            workspace,
        );
    }
}

/// `θ = μ + σε`.
fn draw<T: Lanes>(mean: &[T], scale: &[T], rng: &mut ChaCha8Rng, theta: &mut [T])
where
    StandardNormal: Distribution<T>,
{
    for ((theta, &mean), &scale) in theta.iter_mut().zip(mean).zip(scale) {
        let noise: T = StandardNormal.sample(rng);
        *theta = mean + scale * noise;
    }
}

fn network<T: Lanes>(c: &mut Criterion, precision: &str)
where
    StandardNormal: Distribution<T>,
{
    for channels in [[32, 64], [128, 256]] {
        let mut experiment = Experiment::<T>::new(&channels);
        let name = format!("{precision} {channels:?}");
        let mut group = c.benchmark_group("network");
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        group.bench_function(BenchmarkId::new("draw", &name), |b| {
            let Experiment { mean, scale, rng, theta, .. } = &mut experiment;
            b.iter(|| draw(mean, scale, rng, black_box(theta)));
        });
        group.bench_function(BenchmarkId::new("step", &name), |b| b.iter(|| experiment.step()));
        group.bench_function(BenchmarkId::new("evaluation", &name), |b| {
            b.iter(|| experiment.evaluate());
        });
        group.finish();
    }
}

fn networks(c: &mut Criterion) {
    network::<f32>(c, "f32");
    network::<f64>(c, "f64");
}

criterion_group!(benches, networks);
criterion_main!(benches);
