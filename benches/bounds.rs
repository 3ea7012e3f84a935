//! What every estimator of the defect and every bound on it costs, beside the network evaluations that it needs: the
//! posterior and the images of `defect.rs`, a network of [32, 64] channels (19 466 parameters), 256 images 28×28 turned by `C_4`,
//! 16 draws, softmax probabilities. Estimators are given the predictions, bounds the posterior and the action on it.
//!
//! Measured as the time that passes on a quiet virtual machine with AVX-512 (Zen 5), one thread, the median of criterion's intervals,
//! none of which is wider than 6 %. One evaluation (f32, one image under one draw) takes 20.5 µs.
//!
//! | estimator | itself | evaluations | these take |
//! |---|---|---|---|
//! | plug-in, draws of its own for each turn, or shared | 0.11 ms | 16 · 4 · 256 | 337 ms |
//! | unbiased, with its standard errors and the shared one | 1.0 ms | 16 · 4 · 256 | 337 ms |
//! | intervals over draws, inputs and both | 0.22 ms | those of the unbiased one | 0 |
//! | orbit-sampled predictions of all images | 0.10 ms | 16 · 4 · 256 | 337 ms |
//! | agreement over orbits, NLL, Brier, ECE | 0.12 ms | 16 · 4 · 256 | 337 ms |
//! | sweep to 1024 draws, all of the second row at 1, 2, 4, … 1024 | 25 ms | 1024 · 4 · 256 | 21.5 s |
//! | closed form (another network, 784–64–10, ReLU, one hidden layer) | 42 ms | 0 | 0 |
//!
//! | bound | itself | evaluations | these take |
//! |---|---|---|---|
//! | B1, total variation, any family | 2.4 ms | 0 | 0 |
//! | B1, mean field, by index maps | 1.4 ms | 0 | 0 |
//! | B2, orbit divergence, any family, element by element | 2.5 ms | 0 | 0 |
//! | B2, any family, by the projector, with its split | 2.0 ms | 0 | 0 |
//! | B2, mean field, by orbits, with its split (the orbits: 0.09 ms) | 0.98 ms | 0 | 0 |
//! | B3, Wasserstein distances (a Lipschitz constant is the model's) | 1.5 ms | 0 | 0 |
//! | B3.layers, all images | 0.35 ms | 0 | 0 |
//! | B4, χ² | 4.7 ms | 16 · 4 · 256, for the variance (two draws at the least) | 337 ms |
//! | B5(b), symmetric divergence of the prior | 2.3 ms | 0 | 0 |
//! | B5(c), location and scale; B6, the bias; B7, the deviation | 1 to 8 ns | 0; for B6 those of the variance | 0 |
//! | B8, PAC-Bayes, with `KL(q‖p)` | 0.15 ms | 16 · 4 · 256, for `r̂` | 337 ms |
//! | B10, partial augmentation | 0.02 ms | 256 forward and backward | 16 ms |
//!
//! What was learnt:
//!
//! - No estimator takes more than 1/300 of its evaluations, and the sweep 1/800: it costs one pass, as its last number of draws does,
//!   since a draw is added in 25 µs. So an estimator is chosen by its variance and bias, never by its own cost, and what an
//!   evaluation gives is put to all uses at once: estimates, intervals, scores, the variance of B4, the `r̂` of B8.
//! - No bound takes more time than 230 evaluations: less than one draw on these images (1024 evaluations, 21 ms). Those of the posterior alone
//!   can be had at every step of a training.
//! - A plain sum of draws takes a tenth of the unbiased estimate. The rest is its spread, inner products of the groups of draws.
//! - In the mean field, orbits have the orbit divergence and its split in less time than index maps have the divergences of four
//!   elements, and whatever the order of the group is. The functions for any family move natural and mean parameters, twice the coordinates.
//! - A closed form costs as much per turned image as two evaluations, where there is one.

mod predictions;
mod timer;

use criterion::{Criterion, criterion_group, criterion_main};
use equibayes::defect::{
    DefectSweep, LayerMoments, PlugInSums, SIMPLEX_DIAMETER_SQUARED, ScoreSums,
    chi_squared_defect_bound, deviation_bound, exact_defect, layerwise_bound, location_scale_bound,
    mean_over_draws_bound, mean_squared_defect_bound, orbit_divergence_defect_bound,
    pac_bayes_bound, partial_augmentation, plug_in_bias, prior_defect_bound, strong_convexity,
    total_variation_defect_bound, wasserstein_bound,
};
use equibayes::family::{DiagonalGaussian, LogPartition, Member};
use equibayes::group::{Cyclic, Finite};
use equibayes::inference::OrbitSampling;
use equibayes::model::conv::ConvNet;
use equibayes::model::{Differentiable, Joint, Mlp, Pointwise, predictive};
use equibayes::representation::{Channels, Layout, PermutationRep, Reynolds, SignedOrbits};
use equibayes::symmetrize::mean_field::{asymmetry, divergence_from_moved};
use equibayes::symmetrize::orbit_divergence;
use predictions::{CHUNK, CLASSES, DRAWS, Experiment, IMAGES, SIDE, TURNS, image};
use std::hint::black_box;
use std::ops::Range;
use std::time::Duration;
use timer::Timer;

/// Numbers of one draw: image, turn, class.
const OF_DRAW: usize = IMAGES * TURNS * CLASSES;

/// The last number of draws of the sweep.
const SWEEP: usize = 1024;

/// Class probabilities: draw, image, turn, class. Either all turns share the draws, or each has its own.
fn predicted(experiment: &mut Experiment<f32>, shared: bool) -> Vec<f64> {
    let mut all = vec![0.0; DRAWS * OF_DRAW];
    for chunk in 0..IMAGES / CHUNK {
        let mut put = |t: usize, turns: Range<usize>, p: &[f32]| {
            for (g, rows) in turns.zip(p.chunks_exact(CHUNK * CLASSES)) {
                for (i, row) in rows.chunks_exact(CLASSES).enumerate() {
                    let at = (chunk * CHUNK + i) * TURNS + g;
                    let out = &mut all[t * OF_DRAW + at * CLASSES..][..CLASSES];
                    out.iter_mut().zip(row).for_each(|(out, &p)| *out = f64::from(p));
                }
            }
        };
        if shared {
            experiment.probabilities(chunk, 0..TURNS, 0..DRAWS, 1, |t, p| put(t, 0..TURNS, p));
        } else {
            for g in 0..TURNS {
                let own = g * DRAWS..(g + 1) * DRAWS;
                experiment.probabilities(chunk, g..g + 1, own, 1, |t, p| put(t, g..g + 1, p));
            }
        }
    }
    all
}

/// Of one draw, the differences from the identity: image, turn, class.
fn subtract(draw: &[f64], out: &mut Vec<f64>) {
    out.clear();
    for orbit in draw.chunks_exact(TURNS * CLASSES) {
        let (still, moved) = orbit.split_at(CLASSES);
        out.extend(moved.iter().zip(still.iter().cycle()).map(|(p, q)| p - q));
    }
}

fn plug_in(predicted: &[f64]) -> f64 {
    let (mut sums, mut differences) = (PlugInSums::new(TURNS), Vec::new());
    for draw in predicted.chunks_exact(OF_DRAW) {
        subtract(draw, &mut differences);
        sums.push(&differences);
    }
    sums.estimate(IMAGES).expect("there are draws")
}

/// The draws over and over, as many as asked for: time does not depend on what they are.
fn sweep(predicted: &[f64], draws: usize, mut at: impl FnMut(usize, &DefectSweep)) {
    let mut sweep = DefectSweep::new(IMAGES, TURNS, CLASSES, SIMPLEX_DIAMETER_SQUARED);
    let mut differences = Vec::new();
    for (t, draw) in predicted.chunks_exact(OF_DRAW).cycle().take(draws).enumerate() {
        subtract(draw, &mut differences);
        sweep.push(&differences);
        at(t + 1, &sweep);
    }
}

/// `F_T`: image, turn, class.
fn means(predicted: &[f64]) -> Vec<f64> {
    let mut means = vec![0.0; OF_DRAW];
    for draw in predicted.chunks_exact(OF_DRAW) {
        means.iter_mut().zip(draw).for_each(|(mean, p)| *mean += p / DRAWS as f64);
    }
    means
}

/// `F_{T,G}` at every image, from the predictions on its orbit, which the group permutes.
fn orbit_sampled(predicted: &[f64], orbits: &OrbitSampling<f64>) -> Vec<f64> {
    let mut averages = vec![0.0; IMAGES * CLASSES];
    let means = means(predicted);
    for (orbit, out) in means.chunks_exact(TURNS * CLASSES).zip(averages.chunks_exact_mut(CLASSES))
    {
        let at = |x: &[f64], out: &mut [f64]| {
            let turn = x.iter().position(|&x| x == 1.0).expect("a point of the orbit");
            out.copy_from_slice(&orbit[turn * CLASSES..][..CLASSES]);
        };
        orbits.average(&[1.0, 0.0, 0.0, 0.0], at, out);
    }
    averages
}

/// Another network, whose predictive is known: 784 inputs, 64 units of ReLU, ten outputs.
fn closed_form() -> (Mlp<Pointwise>, Member<DiagonalGaussian>) {
    let net = Mlp::new(&[SIDE * SIDE, 64, CLASSES], Pointwise::Relu).expect("layers");
    let dim = (SIDE * SIDE + 1) * 64 + 65 * CLASSES;
    let mean: Vec<f64> = (0..dim).map(|i| 0.05 * (12.9898 * i as f64).sin()).collect();
    (net, DiagonalGaussian::with_std_dev(&mean, &vec![0.01; dim]).expect("valid"))
}

fn estimators(c: &mut Criterion<Timer>) {
    let mut experiment = Experiment::<f32>::new();
    let c4 = Cyclic::new(TURNS).expect("4 is positive");
    let regular = PermutationRep::regular(&c4).expect("small");
    let stays = PermutationRep::fixed(&c4, CLASSES);
    let joint = Joint::new(regular.clone(), regular, stays.clone()).expect("one group");
    let orbits = OrbitSampling::new(&joint).expect("a small group");
    let turns = experiment
        .net
        .joint(&c4, Channels::Regular, Layout::Interleaved)
        .expect("channels in blocks of four");
    let (shared, own) = (predicted(&mut experiment, true), predicted(&mut experiment, false));
    let mut group = c.benchmark_group("estimators");
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    group.bench_function("plug-in", |b| b.iter(|| plug_in(black_box(&own))));
    group.bench_function("unbiased with standard errors", |b| {
        b.iter(|| {
            let mut found = None;
            sweep(black_box(&shared), DRAWS, |t, sweep| {
                if t == DRAWS {
                    found = Some(sweep.estimates());
                }
            });
            found.expect("sixteen draws").unbiased
        });
    });
    let mut last = None;
    sweep(&shared, DRAWS, |_, sweep| last = Some(sweep.estimates()));
    let last = last.expect("sixteen draws");
    group.bench_function("intervals of it", |b| b.iter(|| black_box(&last).intervals(0.05)));
    group.bench_function("orbit-sampled", |b| {
        b.iter(|| orbit_sampled(black_box(&shared), &orbits));
    });
    group.bench_function("scores", |b| {
        b.iter(|| {
            let mut sums = ScoreSums::new(TURNS);
            let logs: Vec<f64> = means(black_box(&shared)).iter().map(|p| p.ln()).collect();
            for (i, logs) in logs.chunks_exact(TURNS * CLASSES).enumerate() {
                sums.add(logs, i % CLASSES, CLASSES);
            }
            sums.scores()
        });
    });
    group.bench_function("sweep to 1024 draws", |b| {
        b.iter(|| {
            sweep(black_box(&shared), SWEEP, |t, sweep| {
                if t.is_power_of_two() {
                    black_box(sweep.estimates());
                }
            });
        });
    });
    let (net, q) = closed_form();
    let (moments, images) = ((&q).into(), (0..IMAGES).map(image).collect::<Vec<_>>());
    group.bench_function("closed form of another network", |b| {
        b.iter(|| {
            let mean = |x: &[f64]| {
                predictive::one_hidden_layer(&net, &moments, x).map(|moments| moments.mean)
            };
            exact_defect(mean, turns.inputs(), &stays, black_box(&images))
        });
    });
    group.finish();
}

/// The posterior as a member of its family.
fn posterior(experiment: &Experiment<f32>) -> Member<DiagonalGaussian> {
    let wide = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
    DiagonalGaussian::with_std_dev(&wide(&experiment.mean), &wide(&experiment.scale))
        .expect("positive deviations")
}

/// The moments of the layers under one element, each with its weight and its bias.
fn layers(
    net: &ConvNet,
    mean: &[f64],
    scale: &[f64],
    map: impl Fn(usize) -> usize,
) -> Vec<LayerMoments> {
    let part = |range: Range<usize>| {
        range.map(|i| [mean[i], scale[i], mean[map(i)], scale[map(i)]]).collect::<Vec<_>>()
    };
    let of = |pair: &[equibayes::model::conv::ConvTensor]| {
        LayerMoments::gaussian(part(pair[0].range.clone()), part(pair[1].range.clone()))
    };
    net.tensors().chunks(2).map(of).collect()
}

fn bounds(c: &mut Criterion<Timer>) {
    let experiment = Experiment::<f32>::new();
    let c4 = Cyclic::new(TURNS).expect("4 is positive");
    let joint = experiment
        .net
        .joint(&c4, Channels::Regular, Layout::Interleaved)
        .expect("channels in blocks of four");
    let rep = joint.parameters();
    let q = posterior(&experiment);
    let prior =
        DiagonalGaussian::with_std_dev(&vec![0.0; q.mean().len()], &vec![1.0; q.mean().len()])
            .expect("positive deviations");
    let (mean, scale) = (q.mean().as_slice().to_vec(), q.std_dev().as_slice().to_vec());
    let orbits = SignedOrbits::of(rep);
    let reynolds = Reynolds::<f64>::of(rep);
    let lengths: Vec<f64> =
        (0..IMAGES).map(|i| image(i).iter().map(|x| x * x).sum::<f64>().sqrt()).collect();
    let diameter = SIMPLEX_DIAMETER_SQUARED;
    let mut group = c.benchmark_group("bounds");
    group.sample_size(20).measurement_time(Duration::from_secs(1));
    group.bench_function("B1, any family", |b| {
        b.iter(|| total_variation_defect_bound(black_box(&q), rep, diameter));
    });
    group.bench_function("B1, mean field", |b| {
        b.iter(|| {
            let divergences = c4.elements().map(|g| {
                divergence_from_moved(&rep.permutation(&g).into(), black_box(&mean), &scale)
            });
            mean_squared_defect_bound(diameter, divergences.collect::<Vec<f64>>())
        });
    });
    group.bench_function("B2, any family", |b| {
        b.iter(|| orbit_divergence_defect_bound(black_box(&q), rep, diameter));
    });
    group.bench_function("B2, any family, with its split", |b| {
        b.iter(|| orbit_divergence(black_box(&q), rep));
    });
    group.bench_function("B2, mean field, with its split", |b| {
        b.iter(|| asymmetry(&orbits, black_box(&mean), &scale));
    });
    group.bench_function("orbits of the parameters", |b| b.iter(|| SignedOrbits::of(rep)));
    group.bench_function("B3, Wasserstein distances", |b| {
        b.iter(|| {
            let all = c4.elements().map(|g| wasserstein_bound(black_box(&q), rep, &g, 1.0));
            all.collect::<Result<Vec<f64>, _>>()
        });
    });
    group.bench_function("B3.layers", |b| {
        b.iter(|| {
            let mut sum = 0.0;
            for g in c4.elements() {
                let map = rep.permutation(&g);
                let layers = layers(&experiment.net, black_box(&mean), &scale, |i| map.image(i));
                for &length in &lengths {
                    let bound = layerwise_bound(&layers, length, &[1.0, 1.0, 0.5]);
                    sum += bound.expect("moments").powi(2);
                }
            }
            sum / (TURNS * IMAGES) as f64
        });
    });
    group.bench_function("B4", |b| {
        b.iter(|| chi_squared_defect_bound(black_box(&q), rep, |_| 0.1));
    });
    group.bench_function("B5(b)", |b| {
        b.iter(|| prior_defect_bound(black_box(&prior), &prior, rep, diameter));
    });
    group.bench_function("B5(c)", |b| {
        b.iter(|| {
            strong_convexity(1.0, black_box(60_000), 0.1)
                .and_then(|convexity| location_scale_bound(1.0, 1.0, convexity))
        });
    });
    group.bench_function("B6, bias", |b| b.iter(|| plug_in_bias(black_box(0.1), DRAWS)));
    group.bench_function("B7", |b| {
        b.iter(|| deviation_bound(black_box(0.05), diameter, DRAWS, IMAGES));
    });
    group.bench_function("B8", |b| {
        b.iter(|| {
            let kl = q.family().kl(black_box(&q), &prior);
            mean_over_draws_bound(0.1, 0.75 * diameter, DRAWS, 0.025)
                .and_then(|r| pac_bayes_bound(r, diameter, kl, IMAGES, 0.025))
        });
    });
    group.bench_function("B10", |b| {
        b.iter(|| partial_augmentation(&reynolds, black_box(&mean), 2));
    });
    group.finish();
}

fn evaluations(c: &mut Criterion<Timer>) {
    let mut experiment = Experiment::<f32>::new();
    let mut group = c.benchmark_group("evaluations");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    group.bench_function("16 draws, 4 turns, 256 images", |b| {
        b.iter(|| {
            for chunk in 0..IMAGES / CHUNK {
                experiment.probabilities(chunk, 0..TURNS, 0..DRAWS, 1, |_, p| {
                    black_box(p);
                });
            }
        });
    });
    let Experiment { net, mean, images, .. } = &experiment;
    let (mut logits, mut gradient) = (vec![0.0; CHUNK * CLASSES], vec![0.0_f32; net.dim()]);
    let mut workspace = Differentiable::<f32>::workspace(net, CHUNK);
    group.bench_function("gradient of 256 images", |b| {
        b.iter(|| {
            for orbits in images.chunks_exact(CHUNK * TURNS * SIDE * SIDE) {
                let still = &orbits[..CHUNK * SIDE * SIDE];
                net.forward(black_box(mean), still, &mut logits, &mut workspace);
                net.backward(mean, still, &logits, &mut gradient, &mut workspace);
            }
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(Timer::from_environment());
    targets = evaluations, estimators, bounds
}
criterion_main!(benches);
