//! The Gaussian families at the edges of their domains.

use super::*;
use crate::scalar::Rational;
use nalgebra::{dmatrix, dvector};

fn r(numerator: i64, denominator: i64) -> Rational {
    Rational::ratio(numerator, denominator)
}

#[test]
fn diagonal_parameters_outside_the_domain_are_refused() {
    let with = |mean: &[f64], variance: &[f64]| DiagonalGaussian::with_variance(mean, variance);
    assert!(matches!(with(&[0.0], &[0.0]), Err(FamilyError::NotPositive { index: 0, .. })));
    assert!(matches!(with(&[0.0], &[-1.0]), Err(FamilyError::NotPositive { .. })));
    assert!(matches!(with(&[0.0], &[f64::NAN]), Err(FamilyError::NotFinite { .. })));
    assert!(matches!(with(&[0.0], &[f64::INFINITY]), Err(FamilyError::NotFinite { .. })));
    assert!(matches!(with(&[f64::NAN], &[1.0]), Err(FamilyError::NotFinite { .. })));
    assert!(matches!(with(&[0.0, 0.0], &[1.0]), Err(FamilyError::WrongLength { .. })));
    // A variance without a finite inverse, and a second moment that overflows.
    assert!(matches!(with(&[0.0], &[1e-310]), Err(FamilyError::NotFinite { .. })));
    assert!(matches!(with(&[1e200], &[1.0]), Err(FamilyError::NotFinite { .. })));
    // A standard deviation whose square underflows.
    assert!(DiagonalGaussian::with_std_dev(&[0.0], &[1e-170]).is_err());
    assert!(DiagonalGaussian::with_std_dev(&[0.0], &[f64::NAN]).is_err());
    assert!(with(&[], &[]).is_ok());
}

#[test]
fn diagonal_natural_parameters_outside_the_domain_are_refused() {
    let family = DiagonalGaussian::new(1);
    for second in [0.0, -0.0, 1.0, f64::NAN, f64::NEG_INFINITY, -1e-320] {
        assert!(Member::from_natural(family, dvector![1.0, second]).is_err(), "{second}");
    }
    assert!(Member::from_natural(family, dvector![1.0]).is_err());
    // Exact arithmetic has no infinity to divide into.
    let refused = Member::from_natural(family, dvector![r(1, 1), r(0, 1)]);
    assert!(matches!(refused, Err(FamilyError::NotPositive { index: 0, .. })));
    let refused = Member::from_mean(family, dvector![r(3, 1), r(9, 1)]);
    assert!(matches!(refused, Err(FamilyError::NotPositive { .. })));
}

#[test]
fn full_parameters_outside_the_domain_are_refused() {
    let zero = dvector![0.0, 0.0];
    let with = |matrix| FullGaussian::with_covariance(&zero, &matrix);
    let not_definite =
        |result| matches!(result, Err(FamilyError::NotPositiveDefinite { row: 1, .. }));
    assert!(not_definite(with(dmatrix![1.0, 1.0; 1.0, 1.0])));
    assert!(not_definite(with(dmatrix![1.0, 2.0; 2.0, 1.0])));
    assert!(with(dmatrix![1.0, 0.0; f64::NAN, 1.0]).is_err());
    assert!(with(dmatrix![f64::INFINITY, 0.0; 0.0, 1.0]).is_err());
    assert!(with(dmatrix![1e-310, 0.0; 0.0, 1.0]).is_err());
    assert!(matches!(with(dmatrix![1.0]), Err(FamilyError::WrongLength { .. })));
    assert!(matches!(with(dmatrix![1.0, 0.0]), Err(FamilyError::WrongLength { .. })));
    assert!(FullGaussian::with_covariance(&dvector![f64::NAN], &dmatrix![1.0]).is_err());

    let family = FullGaussian::new(2);
    let singular = dvector![r(1, 1), r(0, 1), r(-1, 2), r(1, 1), r(-1, 2)];
    assert!(Member::from_natural(family, singular).is_err());
    assert!(Member::from_natural(family, dvector![0.0, 0.0, 0.0, -1.0]).is_err());
    // E θ² = (E θ)²: on the boundary of the mean-parameter space.
    assert!(Member::from_mean(FullGaussian::new(1), dvector![r(2, 1), r(4, 1)]).is_err());
}

#[test]
fn single_precision_members_know_their_parameters() {
    let q = DiagonalGaussian::with_variance(&[1.5_f32, -2.0], &[0.25, 4.0]).unwrap();
    assert_eq!(q.mean().as_slice(), [1.5, -2.0]);
    assert_eq!(q.variance().as_slice(), [0.25, 4.0]);
    let full =
        FullGaussian::with_covariance(&q.mean(), &DMatrix::from_diagonal(&q.variance())).unwrap();
    assert_eq!(full.covariance(), dmatrix![0.25, 0.0; 0.0, 4.0]);
    assert_eq!(full.family().kl(&full, &full), 0.0);
    // Fine in double precision, too small for single.
    assert!(DiagonalGaussian::with_variance(&[0.0_f32], &[1e-39]).is_err());
    assert!(DiagonalGaussian::with_variance(&[0.0_f64], &[1e-39]).is_ok());
}

#[test]
fn densities_of_narrow_gaussians_far_from_zero_keep_their_digits() {
    // One standard deviation off: −½(1 + ln 2π) + ln 2^20. As ⟨η, T⟩ − A the terms are of order 10^18.
    let (m, s) = (1024.0, 2f64.powi(-20));
    let exact = -0.5 * (1.0 + std::f64::consts::TAU.ln()) + 20.0 * std::f64::consts::LN_2;
    let q = DiagonalGaussian::with_std_dev(&[m], &[s]).unwrap();
    assert!((q.family().log_density(&q, &[m + s]) - exact).abs() < 1e-14);
    let q = FullGaussian::with_covariance(&dvector![m], &dmatrix![s * s]).unwrap();
    assert!((q.family().log_density(&q, &[m + s]) - exact).abs() < 1e-14);
}

/// `2 KL(q‖p)` of full Gaussians with rational parameters: `tr M − n − ln det M + …` with the rational
/// part exact, and `ln det M = ln(1 + δ)` through [`excess`].
fn twice_kl(q: &Member<FullGaussian, Rational>, p: &Member<FullGaussian, Rational>) -> f64 {
    let n = q.family().dim();
    let product = p.precision() * q.covariance();
    let step = q.mean() - p.mean();
    let shift = dot(step.as_slice(), (p.precision() * &step).as_slice());
    // det(AB) of two positive definite matrices.
    let det = |m: &DMatrix<Rational>| {
        crate::linalg::Ldl::new(m).unwrap().pivots().iter().fold(r(1, 1), |det, p| det * p)
    };
    let delta = det(&p.precision()) * det(&q.covariance()) - r(1, 1);
    let rational = product.trace() - Rational::count(n) - delta.clone() + shift;
    rational.nearest_f64() + excess(delta.nearest_f64())
}

#[test]
fn divergences_of_near_full_gaussians_keep_their_relative_accuracy() {
    let mean = dvector![r(1, 2), r(-3, 4), r(2, 1)];
    let covariance = dmatrix![4, 1, 1; 1, 3, -1; 1, -1, 5].map(|x: i64| r(x, 4));
    let bump = dmatrix![1, -1, 0; -1, 2, 1; 0, 1, -1].map(|x: i64| r(x, 1));
    for shift in [4, 10, 20, 30, 40] {
        // Dyadic, so that floats and rationals hold the same parameters.
        let moved = &covariance + &bump * r(1, 1 << shift);
        let exact = [
            FullGaussian::with_covariance(&mean, &covariance).unwrap(),
            FullGaussian::with_covariance(&mean, &moved).unwrap(),
        ];
        let float = [&covariance, &moved].map(|matrix| {
            let floats = |x: &Rational| x.nearest_f64();
            FullGaussian::with_covariance(&mean.map(|x| floats(&x)), &matrix.map(|x| floats(&x)))
                .unwrap()
        });
        let expected = 0.5 * twice_kl(&exact[0], &exact[1]);
        let kl = float[0].family().kl(&float[0], &float[1]);
        // The precisions are rounded by a few κ(Σ)u (κ < 8), relative to a difference of 2^−shift.
        let tolerance = 100.0 * f64::EPSILON * 2f64.powi(shift) * expected;
        assert!((kl - expected).abs() <= tolerance, "2^-{shift}: {kl:e}, expected {expected:e}");
        assert!(kl > 0.0);
    }
}

#[test]
fn divergences_near_and_far_meet() {
    // On both sides of the switch the plain formula is good to 1e-15.
    for ratio in [0.4_f64, 0.5, 0.6, 1.4, 1.5, 1.6] {
        let q = FullGaussian::with_covariance(&dvector![0.0], &dmatrix![1.0]).unwrap();
        let p = FullGaussian::with_covariance(&dvector![0.0], &dmatrix![ratio]).unwrap();
        let plain = 0.5 * (1.0 / ratio - 1.0 + ratio.ln());
        assert!((q.family().kl(&q, &p) - plain).abs() < 1e-15, "{ratio}");
    }
}
