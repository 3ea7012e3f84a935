//! What each symmetrisation of a mean-field posterior costs, against copying its means and scales.
//!
//! The tensor is the second convolution of the `[32, 64]` network of the paper, with regular channels under
//! `C_4`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use equibayes::family::DiagonalGaussian;
use equibayes::group::{Cyclic, Permutation};
use equibayes::representation::{ActsOnGrid, PermutationRep, Representation, SignedOrbits};
use equibayes::symmetrize::mean_field::{Method, asymmetry, symmetrize};
use equibayes::symmetrize::{arithmetic, geometric, projection};
use std::hint::black_box;

fn kernel(out: usize, input: usize) -> PermutationRep<Cyclic> {
    let c4 = Cyclic::new(4).expect("4 is positive");
    let regular = PermutationRep::regular(&c4).expect("small");
    let blocks = |n: usize| PermutationRep::from_fn(c4, n, move |_| Permutation::identity(n));
    let channels = |n: usize| blocks(n / 4).product(&regular).expect("fits");
    let grid = c4.on_grid(3).expect("a quarter turn");
    channels(out).product(&channels(input)).and_then(|c| c.product(&grid)).expect("fits")
}

fn mean_field_methods(c: &mut Criterion) {
    let rep = kernel(64, 32);
    let orbits = SignedOrbits::of(&rep);
    let mean: Vec<f64> = (0..rep.dim()).map(|i| (i as f64).sin()).collect();
    let std_dev: Vec<f64> = (0..rep.dim()).map(|i| 0.05 + (i as f64).cos().powi(2)).collect();
    let mut group = c.benchmark_group("mean field, 64x32x3x3 under C4");
    group.throughput(Throughput::Elements(rep.dim() as u64));
    group.bench_function("copy of means and scales", |b| {
        b.iter(|| (black_box(&mean).clone(), black_box(&std_dev).clone()));
    });
    for method in Method::ALL {
        group.bench_function(BenchmarkId::new("symmetrise", method), |b| {
            b.iter(|| symmetrize(method, &orbits, black_box(&mean), black_box(&std_dev)));
        });
    }
    group.bench_function("orbit divergence, its split, and Wasserstein", |b| {
        b.iter(|| asymmetry(&orbits, black_box(&mean), black_box(&std_dev)));
    });
    group.finish();
}

/// The generic functions build the orbits and both parameters anew at each call: what that costs.
fn generic_functions(c: &mut Criterion) {
    let rep = kernel(16, 8);
    let mean: Vec<f64> = (0..rep.dim()).map(|i| (i as f64).sin()).collect();
    let std_dev: Vec<f64> = (0..rep.dim()).map(|i| 0.05 + (i as f64).cos().powi(2)).collect();
    let q = DiagonalGaussian::with_std_dev(&mean, &std_dev).expect("valid");
    let mut group = c.benchmark_group("any family, 16x8x3x3 under C4");
    group.throughput(Throughput::Elements(rep.dim() as u64));
    group.bench_function("geometric", |b| b.iter(|| geometric(black_box(&q), &rep)));
    group.bench_function("arithmetic", |b| b.iter(|| arithmetic(black_box(&q), &rep)));
    group.bench_function("projection", |b| b.iter(|| projection(black_box(&q), &rep)));
    group.finish();
}

criterion_group!(benches, mean_field_methods, generic_functions);
criterion_main!(benches);
