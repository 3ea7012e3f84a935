//! What groups cost: Schreier–Sims from generators, and random elements.
//!
//! Measured on a virtual machine with two x86-64 cores, medians: the order of S_20 1.0 ms, of M_24 0.10 ms,
//! of Rubik's cube group 1.5 ms, from the generators each time; a uniform element of them 1.2, 0.4 and
//! 1.4 µs; a Haar matrix of O(3) 0.33 µs, of O(10) 3.2 µs, of O(50) 118 µs, which is cubic as QR is.

#[path = "../tests/floors/known_groups.rs"]
mod known_groups;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use equibayes::group::{Finite, Haar, Orthogonal, PermutationGroup, Symmetric};
use known_groups::{CUBE, generated, m24};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;

fn s20() -> PermutationGroup {
    PermutationGroup::image_of(&Symmetric::new(20).unwrap()).unwrap()
}

/// Makes the group from its generators anew every time, up to its order.
fn schreier_sims(c: &mut Criterion) {
    let mut group = c.benchmark_group("Schreier–Sims");
    group.bench_function("S_20", |b| b.iter(|| black_box(s20()).order()));
    group.bench_function("M_24", |b| b.iter(|| black_box(m24()).order()));
    let cube = || generated(48, &CUBE);
    group.bench_function("Rubik's cube", |b| b.iter(|| black_box(cube()).order()));
    group.finish();
}

/// Random elements, without enumeration.
fn uniform_elements(c: &mut Criterion) {
    let mut group = c.benchmark_group("a uniform element");
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (name, of) in [("S_20", s20()), ("M_24", m24()), ("Rubik's cube", generated(48, &CUBE))] {
        group.bench_function(name, |b| b.iter(|| black_box(&of).haar(&mut rng)));
    }
    group.finish();
}

/// Random orthogonal matrices.
fn haar_measure(c: &mut Criterion) {
    let mut group = c.benchmark_group("a random matrix of O(n)");
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for n in [3, 10, 50] {
        let of = Orthogonal::new(n).unwrap();
        group.bench_function(BenchmarkId::from_parameter(n), |b| {
            b.iter(|| black_box(&of).haar(&mut rng));
        });
    }
    group.finish();
}

criterion_group!(benches, schreier_sims, uniform_elements, haar_measure);
criterion_main!(benches);
