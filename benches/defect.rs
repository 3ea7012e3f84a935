//! What an estimate of the defect of a posterior's predictions costs: a network of [32, 64] channels, 256
//! images 28×28 turned by `C_4`, 16 draws, softmax probabilities.
//!
//! `peers/defect.py` does what the paper's code does, for the same posterior and images, in PyTorch: fresh draws
//! for each turn, and the plug-in estimate. Here that is `plug_in`, and beside it the unbiased estimate from draws
//! that all turns share.
//!
//! With `REPETITIONS=60` in the environment it prints how both spread over repetitions, and where their means
//! are: the plug-in estimate is too large by the variance of two predictions.
//!
//! Measured as processor time of one thread, since other programs ran on both cores, on a virtual machine with AVX-512
//! (Zen 5), f32, seconds for one estimate (ours before the differences went through `DefectSweep`); PyTorch 2.15 with an allocator that keeps freed memory, and as it comes:
//!
//! | | draws | time | mean | standard deviation |
//! |---|---|---|---|---|
//! | PyTorch, plug-in | 16 for each turn | 1.09, 1.46 to 2.2 | 0.0187 | 0.0035 (40 repetitions) |
//! | ours, plug-in | 16 for each turn | 0.40 | | |
//! | ours, unbiased | 16 | 0.34 | | |
//! | ours, unbiased | 4 | 0.085 | 0.0156 | 0.0028 (60 repetitions) |
//!
//! The same estimate, plug-in, is 2.7 times as fast as PyTorch's. The larger factor is that of the other estimator: four shared
//! draws have about the same deviation as sixteen fresh ones for each turn, or a smaller one (60 and 40 repetitions do
//! not tell 0.0028 from 0.0035), no bias, and take a thirteenth of PyTorch's time (a seventeenth or less of it as it comes). How
//! much sharing saves depends on the posterior: most of a draw's effect on a prediction is common to all turns.

mod timer;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use equibayes::defect::{DefectSweep, SIMPLEX_DIAMETER_SQUARED};
use equibayes::model::Model;
use equibayes::model::conv::{ConvNet, ConvSpec, ConvWorkspace, Lanes};
use equibayes::scalar::Scalar;
use num_traits::Float;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::time::{Duration, Instant};
use timer::Timer;

const SIDE: usize = 28;
const CLASSES: usize = 10;
const IMAGES: usize = 256;
const TURNS: usize = 4;
const DRAWS: usize = 16;

/// Images that go through the network at a time, with all their turns.
const CHUNK: usize = 32;

/// A posterior and the orbits of images, by formulas that are easy to repeat elsewhere.
struct Experiment<T: Lanes> {
    net: ConvNet,
    workspace: ConvWorkspace<T>,
    mean: Vec<T>,
    scale: Vec<T>,
    /// By chunk, turn, image.
    images: Vec<T>,
}

fn number<T: Lanes>(x: f64) -> T {
    <T as Scalar>::from_f64(x).expect("a finite number")
}

impl<T: Lanes> Experiment<T>
where
    StandardNormal: Distribution<T>,
{
    fn new() -> Self {
        let net = ConvNet::new(ConvSpec::new(1, SIDE, &[32, 64], CLASSES)).expect("fits");
        let (mut mean, mut scale) = (Vec::new(), Vec::new());
        for tensor in net.tensors() {
            let inputs: usize = tensor.shape[1..].iter().product();
            let size = match tensor.name.as_str() {
                name if name.ends_with("bias") => 0.0,
                "classifier.weight" => 8.0,
                _ => 2.0,
            } / (inputs as f64).sqrt();
            for index in tensor.range.clone() {
                mean.push(number(size * (12.9898 * index as f64).sin()));
                scale.push(number(0.1 / (inputs as f64).sqrt()));
            }
        }
        let images: Vec<Vec<f64>> = (0..IMAGES).map(image).collect();
        let mut turned = Vec::new();
        for chunk in images.chunks(CHUNK) {
            let mut chunk = chunk.to_vec();
            for _ in 0..TURNS {
                turned.extend(chunk.iter().flatten().map(|&x| number::<T>(x)));
                chunk = chunk.iter().map(|image| turn(image)).collect();
            }
        }
        let workspace = equibayes::model::Differentiable::workspace(&net, CHUNK * TURNS);
        Self { workspace, net, mean, scale, images: turned }
    }

    /// The probabilities of a chunk, turned, under one draw after the other: `each(draw, turn, image, class)`.
    fn probabilities(
        &mut self,
        chunk: usize,
        turns: std::ops::Range<usize>,
        draws: std::ops::Range<usize>,
        seed: u64,
        mut each: impl FnMut(usize, &[T]),
    ) {
        let Self { net, workspace, mean, scale, images } = self;
        let image = Model::<T>::inputs(net);
        let size = CHUNK * image;
        let inputs = &images[(chunk * TURNS + turns.start) * size..][..turns.len() * size];
        let mut probabilities = vec![T::zero(); turns.len() * CHUNK * CLASSES];
        net.for_each_draw(
            inputs,
            draws.len(),
            |t, theta| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream((draws.start + t) as u64);
                for ((theta, &mean), &scale) in theta.iter_mut().zip(&*mean).zip(&*scale) {
                    let noise: T = StandardNormal.sample(&mut rng);
                    *theta = mean + scale * noise;
                }
            },
            |t, logits| {
                for (p, logits) in
                    probabilities.chunks_exact_mut(CLASSES).zip(logits.chunks_exact(CLASSES))
                {
                    let largest = logits.iter().fold(logits[0], |a, &b| Float::max(a, b));
                    p.iter_mut().zip(logits).for_each(|(p, &x)| *p = Float::exp(x - largest));
                    let sum = p.iter().fold(T::zero(), |sum, &p| sum + p);
                    p.iter_mut().for_each(|p| *p /= sum);
                }
                each(t, &probabilities);
            },
            workspace,
        );
    }

    /// The unbiased estimate, from draws that all turns share.
    fn unbiased(&mut self, draws: usize, seed: u64) -> f64 {
        const EACH: usize = (TURNS - 1) * CLASSES;
        let mut differences = vec![0.0; draws * IMAGES * EACH];
        for chunk in 0..IMAGES / CHUNK {
            self.probabilities(chunk, 0..TURNS, 0..draws, seed, |t, p| {
                let out = &mut differences[(t * IMAGES + chunk * CHUNK) * EACH..][..CHUNK * EACH];
                for (image, out) in out.chunks_exact_mut(EACH).enumerate() {
                    let row = |g: usize| &p[(g * CHUNK + image) * CLASSES..][..CLASSES];
                    for (g, out) in out.chunks_exact_mut(CLASSES).enumerate() {
                        let pairs = row(g + 1).iter().zip(row(0));
                        out.iter_mut()
                            .zip(pairs)
                            .for_each(|(out, (p, q))| *out = p.nearest_f64() - q.nearest_f64());
                    }
                }
            });
        }
        let mut sweep = DefectSweep::new(IMAGES, TURNS, CLASSES, SIMPLEX_DIAMETER_SQUARED);
        differences.chunks_exact(IMAGES * EACH).for_each(|draw| sweep.push(draw));
        sweep.estimates().unbiased.expect("two draws or more")
    }

    /// The plug-in estimate, with fresh draws for each turn.
    fn plug_in(&mut self, draws: usize, seed: u64) -> f64 {
        let mut total = 0.0;
        for chunk in 0..IMAGES / CHUNK {
            let mut means = vec![vec![0.0; CHUNK * CLASSES]; TURNS];
            for (g, mean) in means.iter_mut().enumerate() {
                self.probabilities(chunk, g..g + 1, g * draws..(g + 1) * draws, seed, |_, p| {
                    for (mean, p) in mean.iter_mut().zip(p) {
                        *mean += p.nearest_f64() / draws as f64;
                    }
                });
            }
            for mean in &means[1..] {
                total += mean.iter().zip(&means[0]).map(|(p, q)| (p - q).powi(2)).sum::<f64>();
            }
        }
        total / (TURNS * IMAGES) as f64
    }
}

/// Stripes across and along, of sixteen widths each.
fn image(index: usize) -> Vec<f64> {
    let (a, b) = ((index % 16) as f64, (index / 16) as f64);
    let pixel = |row: usize, column: usize| {
        (0.05 * (1.0 + a) * row as f64).sin() * (0.03 * b * column as f64 + 1.0).cos()
    };
    (0..SIDE * SIDE).map(|at| pixel(at / SIDE, at % SIDE)).collect()
}

/// A quarter turn.
fn turn(image: &[f64]) -> Vec<f64> {
    (0..SIDE * SIDE).map(|at| image[at % SIDE * SIDE + SIDE - 1 - at / SIDE]).collect()
}

/// Mean and standard deviation over repetitions, and seconds for one.
#[allow(clippy::print_stdout)]
fn spread(name: &str, repetitions: u64, mut run: impl FnMut(u64) -> f64) {
    let start = Instant::now();
    let values: Vec<f64> = (0..repetitions).map(&mut run).collect();
    let (count, seconds) = (repetitions as f64, start.elapsed().as_secs_f64());
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    let deviation = (squares / (count - 1.0)).sqrt();
    println!("{name}: mean {mean:.4e} sd {deviation:.3e}, {:.3} s each", seconds / count);
}

fn estimates<T: Lanes>(c: &mut Criterion<Timer>, precision: &str)
where
    StandardNormal: Distribution<T>,
{
    let mut experiment = Experiment::<T>::new();
    let repetitions = std::env::var("REPETITIONS").ok().and_then(|count| count.parse().ok());
    if let Some(repetitions) = repetitions {
        for draws in [4, 8, DRAWS] {
            let name = format!("{precision} unbiased, {draws} draws");
            spread(&name, repetitions, |seed| experiment.unbiased(draws, seed));
        }
        let name = format!("{precision} plug-in, {DRAWS} fresh draws for each turn");
        spread(&name, repetitions, |seed| experiment.plug_in(DRAWS, seed));
        // Nearly without variance: what both estimate.
        spread(&format!("{precision} unbiased, 1024 draws"), 4, |seed| {
            experiment.unbiased(1024, seed + 1_000_000)
        });
    }
    let mut group = c.benchmark_group("defect");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for draws in [4, DRAWS] {
        group.bench_function(BenchmarkId::new("unbiased", format!("{precision} {draws}")), |b| {
            b.iter(|| black_box(experiment.unbiased(draws, 1)));
        });
    }
    group.bench_function(BenchmarkId::new("plug_in", format!("{precision} {DRAWS}")), |b| {
        b.iter(|| black_box(experiment.plug_in(DRAWS, 1)));
    });
    group.finish();
}

fn defects(c: &mut Criterion<Timer>) {
    estimates::<f32>(c, "f32");
    estimates::<f64>(c, "f64");
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(Timer::from_environment());
    targets = defects
}
criterion_main!(benches);
