//! What a step of training and an evaluation cost on the convolutional network: batch 128, images 28×28
//! with one channel, ten classes.
//!
//! A step is a draw of the weights, the forward pass, the softmax cross-entropy, the backward pass and
//! an update of the means; an evaluation predicts 128 images under 16 draws. `peers/network_step.py` does
//! the same in PyTorch.
//!
//! Measured on two threads, the time that passes, with everything else halted: a virtual machine with AVX-512 (Zen 5), both sides in one
//! run, ours before and after; PyTorch 2.15 with the better of its two memory layouts and an allocator that keeps freed memory
//! (see `peers/README.md`; without it PyTorch takes up to twice as long); the fastest of the runs that fit three seconds, ms:
//!
//! | | ours | PyTorch | ratio | wanted |
//! |---|---|---|---|---|
//! | step, f32, [32, 64] | 3.7 | 14.5 | 0.26 | 0.5 |
//! | step, f32, [128, 256] | 47 | 128 | 0.37 | 0.65 |
//! | step, f64, [32, 64] | 7.6 | 52 | 0.145 | 0.15 |
//! | step, f64, [128, 256] | 97 | 476 | 0.20 | |
//! | evaluation, f32, [32, 64] | 22 | 74 | 0.29 | 0.7 |
//! | evaluation, f32, [128, 256] | 312 | 735 | 0.43 | 0.55 |
//!
//! Runs minutes apart differ by some 5 %. As processor time of one thread the step of [32, 64] took 23.3 ms in f64 with AVX2, 14.0 with AVX-512.
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
//! - The backward pass goes by blocks, one register of input channels each, so that all it reads stays in the first
//!   cache, from whole cache lines: a quarter of its time with AVX-512, a sixth without, for the larger network.
//! - Lists by pixel of 64 channels, not 32, are longer: an eighth of the backward pass, since the end of each list is
//!   a jump that cannot be predicted.
//! - The first layer has no lists: a window's gradient is masked, once for each of its pixels. It goes row by row, all registers of channels
//!   in turn, so that winners and gradients are read from memory once and not four times; and for each number of inputs there is a loop of its own: with
//!   that number unknown, each of the sixteen pixels had an address that was loaded from the stack. That, and lists by pixel that need no search for
//!   their place, took a tenth off the backward pass.
//! - Tried, and slower: pieces of four images (the weights' gradients are added up too often), all layers backward with two images before the next
//!   ones (those gradients are loaded and stored more often).

mod timer;

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
use timer::Timer;

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

fn network<T: Lanes>(c: &mut Criterion<Timer>, precision: &str)
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

fn networks(c: &mut Criterion<Timer>) {
    network::<f32>(c, "f32");
    network::<f64>(c, "f64");
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(Timer::from_environment());
    targets = networks
}
criterion_main!(benches);
