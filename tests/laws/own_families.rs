//! The crate's families, and what they are closed under.

use equibayes::family::{DiagonalGaussian, FullGaussian, Member};
use equibayes::group::{Cyclic, Dihedral, Permutation, PermutationGroup};
use equibayes::law;
use equibayes::representation::{
    ActsOnGrid, ChangeOfBasis, Dense, DirectSum, PermutationRep, SignedPermutation,
    SignedPermutationRep, Tensor, Trivial,
};
use equibayes::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector, dmatrix};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Fractions between `low/8` and 3.
fn number<T: Scalar>(rng: &mut ChaCha8Rng, low: i64) -> T {
    T::ratio(rng.random_range(low..=24), 8)
}

/// Diagonal Gaussians of moderate size.
pub(crate) fn diagonal<T: Scalar>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<DiagonalGaussian, T> + Copy {
    move |rng| {
        let mean: Vec<T> = (0..dim).map(|_| number(rng, -24)).collect();
        let variance: Vec<T> = (0..dim).map(|_| number(rng, 1)).collect();
        DiagonalGaussian::with_variance(&mean, &variance).unwrap()
    }
}

/// Full Gaussians with covariance `L D Lᵀ`.
pub(crate) fn full<T: Scalar>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<FullGaussian, T> + Copy {
    move |rng| {
        let mean = DVector::from_fn(dim, |_, _| number(rng, -24));
        let lower = DMatrix::from_fn(dim, dim, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => T::zero(),
            std::cmp::Ordering::Equal => T::one(),
            std::cmp::Ordering::Greater => T::ratio(rng.random_range(-4..=4), 4),
        });
        let pivots = DMatrix::from_diagonal(&DVector::from_fn(dim, |_, _| number(rng, 2)));
        FullGaussian::with_covariance(&mean, &(&lower * pivots * lower.transpose())).unwrap()
    }
}

/// Diagonal Gaussians with scales from 10⁻⁴ to 10⁴ and means up to 100 scales away.
fn wide(rng: &mut ChaCha8Rng) -> Member<DiagonalGaussian, f64> {
    let scale: [f64; 2] = std::array::from_fn(|_| 10.0_f64.powf(rng.random_range(-4.0..4.0)));
    let mean = scale.map(|s| s * rng.random_range(-100.0..100.0));
    DiagonalGaussian::with_variance(&mean, &scale.map(|s| s * s)).unwrap()
}

#[test]
fn diagonal_gaussians() {
    for dim in [1, 3] {
        law::family(&DiagonalGaussian::new(dim), diagonal::<f64>(dim)).assert();
        law::family(&DiagonalGaussian::new(dim), diagonal::<f32>(dim)).assert();
        law::coordinates(&DiagonalGaussian::new(dim), diagonal::<Rational>(dim)).assert();
    }
}

#[test]
fn diagonal_gaussians_of_all_scales() {
    law::family(&DiagonalGaussian::new(2), wide).assert();
}

#[test]
fn full_gaussians() {
    for dim in [1, 3] {
        law::family(&FullGaussian::new(dim), full::<f64>(dim)).assert();
    }
    law::family(&FullGaussian::new(2), full::<f32>(2)).assert();
    law::coordinates(&FullGaussian::new(2), full::<Rational>(2)).assert();
}

fn turns() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    })
}

fn exact_points(dim: usize) -> impl Fn(&mut ChaCha8Rng) -> DVector<Rational> {
    move |rng| DVector::from_fn(dim, |_, _| number(rng, -24))
}

#[test]
fn diagonal_gaussians_are_closed_under_signed_permutations() {
    let d3 = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
    law::closed(&DiagonalGaussian::new(6), &d3, diagonal::<f64>(6)).assert();
    law::closed(&DiagonalGaussian::new(2), &turns(), diagonal::<f64>(2)).assert();
    law::closed(&DiagonalGaussian::new(2), &turns(), diagonal::<f32>(2)).assert();
    law::statistic(&DiagonalGaussian::new(2), &turns(), exact_points(2)).assert();
    law::averages(&DiagonalGaussian::new(2), &turns(), diagonal::<Rational>(2)).assert();

    let grid = Cyclic::new(4).unwrap().on_grid(2).unwrap();
    let signs = Tensor::new(turns(), grid).unwrap();
    law::closed(&DiagonalGaussian::new(8), &signs, diagonal::<f64>(8)).assert();

    let swap = Permutation::new(&[1, 0, 2]).unwrap();
    let natural = PermutationRep::natural(&PermutationGroup::new(3, vec![swap]).unwrap());
    law::closed(&DiagonalGaussian::new(3), &natural, diagonal::<f64>(3)).assert();
}

#[test]
fn full_gaussians_are_closed_under_every_linear_action() {
    law::closed(&FullGaussian::new(2), &turns(), full::<f64>(2)).assert();
    law::statistic(&FullGaussian::new(2), &turns(), exact_points(2)).assert();
    law::averages(&FullGaussian::new(2), &turns(), full::<Rational>(2)).assert();

    let fifth_turn = Dense::from_fn(Cyclic::new(5).unwrap(), 2, |&k| {
        let (sin, cos) = (std::f64::consts::TAU * k as f64 / 5.0).sin_cos();
        dmatrix![cos, -sin; sin, cos]
    });
    law::closed(&FullGaussian::new(2), &fifth_turn, full::<f64>(2)).assert();

    // Not orthogonal, in floating point and exactly.
    let c3 = Cyclic::new(3).unwrap();
    let shift = PermutationRep::regular(&c3).unwrap();
    let basis = dmatrix![1i64, 0, 0; -2, 1, 0; 1, 1, 1];
    let sheared = ChangeOfBasis::new(shift.clone(), basis.map(|x| x as f64)).unwrap();
    law::closed(&FullGaussian::new(3), &sheared, full::<f64>(3)).assert();
    let exact = ChangeOfBasis::new(shift, basis.map(|x| Rational::ratio(x, 1))).unwrap();
    law::statistic(&FullGaussian::new(3), &exact, exact_points(3)).assert();
    law::averages(&FullGaussian::new(3), &exact, full::<Rational>(3)).assert();

    let sum = DirectSum::new(fifth_turn, Trivial::new(Cyclic::new(5).unwrap(), 1)).unwrap();
    law::closed(&FullGaussian::new(3), &sum, full::<f64>(3)).assert();
}
