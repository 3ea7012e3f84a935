use equibayes::family::{FamilyError, IsotropicGaussian, Member};
use equibayes::group::{Cyclic, Dihedral};
use equibayes::law;
use equibayes::representation::{
    ActsOnGrid, Dense, Orthogonal, PermutationRep, SignedPermutation, SignedPermutationRep,
};
use equibayes::scalar::{Rational, Scalar};
use nalgebra::{DVector, dmatrix, dvector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Variances from 2^-20 to 2^20.
fn member(rng: &mut ChaCha8Rng, dim: usize) -> Member<IsotropicGaussian, f64> {
    let mean: Vec<f64> = (0..dim).map(|_| rng.random_range(-4.0..4.0)).collect();
    let exponent = [0.0, 0.0, -20.0, 20.0][rng.random_range(0..4)];
    let variance = 2f64.powf(exponent + rng.random_range(-1.0..1.0));
    IsotropicGaussian::with_variance(&mean, variance).unwrap()
}

fn exact_member(rng: &mut ChaCha8Rng, dim: usize) -> Member<IsotropicGaussian, Rational> {
    let mean: Vec<Rational> =
        (0..dim).map(|_| Rational::ratio(rng.random_range(-9..=9), 4)).collect();
    let variance = Rational::ratio(rng.random_range(1..=9), 7);
    IsotropicGaussian::with_variance(&mean, variance).unwrap()
}

fn turns(n: usize) -> Orthogonal<Dense<Cyclic, f64>> {
    Orthogonal::new(Dense::from_fn(Cyclic::new(n).unwrap(), 3, move |&k| {
        let (sin, cos) = (k as f64 * std::f64::consts::TAU / n as f64).sin_cos();
        // About the axis (2, 1, 2)/3, by Rodrigues' formula.
        let (x, y, z) = (2.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0);
        let axis = dmatrix![x; y; z];
        let cross = dmatrix![0.0, -z, y; z, 0.0, -x; -y, x, 0.0];
        &axis * axis.transpose() * (1.0 - cos)
            + dmatrix![cos, 0.0, 0.0; 0.0, cos, 0.0; 0.0, 0.0, cos]
            + cross * sin
    }))
}

#[test]
fn is_an_exponential_family() {
    for dim in [1, 2, 5] {
        law::family(&IsotropicGaussian::new(dim).unwrap(), |rng| member(rng, dim)).assert();
        law::coordinates(&IsotropicGaussian::new(dim).unwrap(), |rng| exact_member(rng, dim))
            .assert();
    }
    law::family(&IsotropicGaussian::new(2).unwrap(), |rng| {
        let mean = [rng.random_range(-2.0..2.0_f32), rng.random_range(-2.0..2.0)];
        IsotropicGaussian::with_variance(&mean, rng.random_range(0.25..4.0)).unwrap()
    })
    .assert();
}

#[test]
fn is_closed_under_orthogonal_actions() {
    let family = IsotropicGaussian::new(3).unwrap();
    let rotations = turns(7);
    law::orthogonal(&rotations).assert();
    law::representation(&rotations).assert();
    law::closed(&family, &rotations, |rng| member(rng, 3)).assert();
    let grid = Dihedral::new(4).unwrap().on_grid(2).unwrap();
    law::closed(&IsotropicGaussian::new(4).unwrap(), &grid, |rng| member(rng, 4)).assert();

    let signs = SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    });
    let family = IsotropicGaussian::new(2).unwrap();
    law::averages(&family, &signs, |rng| exact_member(rng, 2)).assert();
    law::statistic(&family, &signs, |rng| {
        DVector::from_fn(2, |_, _| Rational::ratio(rng.random_range(-9..=9), 4))
    })
    .assert();
}

/// A broken promise is found out: a shear is not orthogonal.
#[test]
fn a_shear_is_not_admitted_by_the_kit() {
    let shear = Orthogonal::new(Dense::from_fn(Cyclic::new(2).unwrap(), 2, |&k| {
        if k == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![1.0, 1.0; 0.0, -1.0] }
    }));
    let report =
        law::closed(&IsotropicGaussian::new(2).unwrap(), &shear, |rng| member(rng, 2)).run(1, 64);
    assert!(report.failures().any(|law| law.name == "statistic moves"));
}

#[test]
fn bad_parameters_are_refused() {
    assert!(matches!(IsotropicGaussian::new(0), Err(FamilyError::Size { got: 0, .. })));
    let with = |mean: &[f64], v: f64| IsotropicGaussian::with_variance(mean, v);
    assert!(matches!(with(&[], 1.0), Err(FamilyError::Size { .. })));
    for variance in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-310] {
        assert!(with(&[0.0], variance).is_err(), "{variance}");
    }
    assert!(with(&[f64::NAN], 1.0).is_err());
    assert!(with(&[1e200], 1.0).is_err());
    let family = IsotropicGaussian::new(1).unwrap();
    for last in [0.0, 1.0, f64::NAN, -1e-320] {
        assert!(Member::from_natural(family, dvector![1.0, last]).is_err(), "{last}");
    }
    assert!(Member::from_mean(family, dvector![3.0, 9.0]).is_err());
    let swap = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    let q = with(&[1.0], 1.0).unwrap();
    assert!(equibayes::action::push_forward(&q, &swap, &1).is_err());
}
