//! What an estimate of the defect of a posterior's predictions costs: a network of [32, 64] channels, 256
//! images 28×28 turned by `C_4`, 16 draws, softmax probabilities.
//!
//! `peers/defect.py` does what the paper's code does, for the same posterior and images, in PyTorch: fresh draws
//! for each turn, and the plug-in estimate. Here that is `plug_in`, and beside it the unbiased estimate from draws
//! that all turns share.
//!
//! With `REPETITIONS=200` in the environment it prints how both spread over repetitions, and where their means
//! are: the plug-in estimate is too large by the variance of two predictions.
//!
//! Measured on two threads, the time that passes, with everything else halted, both sides in one run: a virtual machine with AVX-512 (Zen
//! 5), f32; PyTorch 2.15 with an allocator that keeps freed memory (as it comes: up to twice as long). Seconds for one estimate; mean and standard deviation over 200
//! repetitions; the defect, from 18 estimates of 1024 shared draws each, is 0.01621 ± 0.00005:
//!
//! | | draws | time | mean | standard deviation |
//! |---|---|---|---|---|
//! | PyTorch, plug-in | 16 for each turn | 0.564 | 0.0186 | 0.0032 |
//! | ours, plug-in | 16 for each turn | 0.285 | 0.0186 | 0.0033 |
//! | ours, unbiased | 16 | 0.182 | 0.0160 | 0.0015 |
//! | ours, unbiased | 8 | 0.093 | 0.0160 | 0.0021 |
//! | ours, unbiased | 4 | 0.045 | 0.0157 | 0.0029 |
//!
//! At no larger statistical error it is six times as fast with eight shared draws (the deviation is smaller beyond doubt: variances in the ratio 2.3, of 200
//! repetitions each), and thirteen times with four (0.0029 against 0.0032, and no bias: the plug-in estimate is 0.0024 too large besides). The same estimate, plug-in, is twice as fast. How
//! much sharing saves depends on the posterior: most of a draw's effect on a prediction is common to all turns.

mod predictions;
mod timer;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use equibayes::defect::{DefectSweep, SIMPLEX_DIAMETER_SQUARED};
use equibayes::model::conv::Lanes;
use predictions::{CHUNK, CLASSES, DRAWS, Experiment, IMAGES, TURNS};
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::time::{Duration, Instant};
use timer::Timer;

impl<T: Lanes> Experiment<T>
where
    StandardNormal: Distribution<T>,
{
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
