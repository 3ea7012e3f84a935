//! What a Reynolds projection costs: by orbits, by averaging over the group, and against a plain copy
//! of the tensor, which is the least that moving it through memory can cost.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use equibayes::group::{Cyclic, Finite, Permutation, PermutationGroup};
use equibayes::representation::{
    ActsBySignedPermutations, ActsOnGrid, PermutationRep, Representation, SignedOrbits,
};
use std::hint::black_box;

/// A convolution kernel `[out, in, 3, 3]` with regular channels under `C_4`.
fn kernel(out: usize, input: usize) -> PermutationRep<Cyclic> {
    let c4 = Cyclic::new(4).expect("4 is positive");
    let regular = PermutationRep::regular(&c4).expect("small");
    let blocks = |n: usize| PermutationRep::from_fn(c4, n, move |_| Permutation::identity(n));
    let channels = |n: usize| blocks(n / 4).product(&regular).expect("fits");
    let grid = c4.on_grid(3).expect("a quarter turn");
    channels(out).product(&channels(input)).and_then(|c| c.product(&grid)).expect("fits")
}

fn projecting_a_kernel(c: &mut Criterion) {
    let mut group = c.benchmark_group("project a kernel under C4");
    for (out, input) in [(64, 32), (256, 128)] {
        let rep = kernel(out, input);
        let name = format!("{out}x{input}x3x3");
        let x: Vec<f64> = (0..rep.dim()).map(|i| (i as f64).sin()).collect();
        let mut y = vec![0.0; rep.dim()];
        group.throughput(Throughput::Bytes(2 * 8 * rep.dim() as u64));
        group.bench_function(BenchmarkId::new("plain copy", &name), |b| {
            b.iter(|| black_box(&mut y).copy_from_slice(black_box(&x)));
        });
        let orbits = SignedOrbits::of(&rep);
        group.bench_function(BenchmarkId::new("by orbits, built before", &name), |b| {
            b.iter(|| orbits.project(black_box(&x), black_box(&mut y)));
        });
        group.bench_function(BenchmarkId::new("building the orbits", &name), |b| {
            b.iter(|| SignedOrbits::of(black_box(&rep)));
        });
        let maps: Vec<_> = rep.group().elements().map(|g| rep.index_map(&g)).collect();
        let mut moved = vec![0.0; rep.dim()];
        group.bench_function(BenchmarkId::new("naive average over the elements", &name), |b| {
            b.iter(|| {
                y.fill(0.0);
                for map in &maps {
                    map.act(black_box(&x), &mut moved);
                    for (sum, value) in y.iter_mut().zip(&moved) {
                        *sum += value / 4.0;
                    }
                }
            });
        });
    }
    group.finish();
}

/// The order of the group must not matter: `S_20` has 2.4·10¹⁸ elements, `C_2` has two.
fn order_does_not_matter(c: &mut Criterion) {
    let mut group = c.benchmark_group("orbits of (R^20)⊗(R^20), building and projecting");
    let natural = |generators: Vec<Permutation>| {
        let group = PermutationGroup::new(20, generators).expect("20 points");
        let points = PermutationRep::natural(&group);
        points.product(&points).expect("fits")
    };
    let swap = Permutation::from_fn(20, |i| if i < 2 { 1 - i } else { i });
    let cycle = Permutation::from_fn(20, |i| (i + 1) % 20);
    for (name, generators) in [("C_2", vec![swap.clone()]), ("S_20", vec![swap, cycle])] {
        let rep = natural(generators);
        let x: Vec<f64> = (0..rep.dim()).map(|i| (i as f64).sin()).collect();
        let mut y = vec![0.0; rep.dim()];
        group.throughput(Throughput::Elements(rep.dim() as u64));
        group.bench_function(name, |b| {
            b.iter(|| SignedOrbits::of(black_box(&rep)).project(&x, black_box(&mut y)));
        });
    }
    group.finish();
}

criterion_group!(benches, projecting_a_kernel, order_does_not_matter);
criterion_main!(benches);
