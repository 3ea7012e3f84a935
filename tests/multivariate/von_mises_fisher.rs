use crate::budget::{MEDIAN, median_of_means, share};
#[cfg(feature = "catalogue")]
use crate::rounding::exact;
use equibayes::action::push_forward;
#[cfg(feature = "catalogue")]
use equibayes::family::FisherInformation;
use equibayes::family::{Coordinates, FamilyError, LogPartition, Member, Sample, VonMisesFisher};
use equibayes::group::{Cyclic, Dihedral};
use equibayes::law;
use equibayes::representation::{
    ActsOnGrid, Dense, Orthogonal, SignedPermutation, SignedPermutationRep,
};
use nalgebra::{DVector, dmatrix, dvector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Concentrations from 0 to 10⁴.
fn member(rng: &mut ChaCha8Rng, dim: usize) -> Member<VonMisesFisher, f64> {
    let reach = [0.0, 1e-9, 1.0, 3.0, 10.0, 1e4][rng.random_range(0..6)];
    let direction: Vec<f64> = (0..dim).map(|_| rng.random_range(-1.0..1.0)).collect();
    let kappa = reach * rng.random_range(0.5..1.0);
    VonMisesFisher::with_direction(&direction, kappa).unwrap()
}

#[test]
fn is_an_exponential_family() {
    for dim in [2, 3, 4, 9] {
        law::family(&VonMisesFisher::new(dim).unwrap(), |rng| member(rng, dim)).assert();
    }
    law::family(&VonMisesFisher::new(3).unwrap(), |rng| {
        let direction: [f32; 3] = std::array::from_fn(|_| rng.random_range(-1.0..1.0));
        VonMisesFisher::with_direction(&direction, rng.random_range(0.0..4.0)).unwrap()
    })
    .assert();
}

#[test]
fn is_closed_under_orthogonal_actions() {
    let turns = Orthogonal::new(Dense::from_fn(Cyclic::new(5).unwrap(), 2, |&k| {
        let (sin, cos) = (k as f64 * std::f64::consts::TAU / 5.0).sin_cos();
        dmatrix![cos, -sin; sin, cos]
    }));
    law::closed(&VonMisesFisher::new(2).unwrap(), &turns, |rng| member(rng, 2)).assert();
    let grid = Dihedral::new(4).unwrap().on_grid(2).unwrap();
    law::closed(&VonMisesFisher::new(4).unwrap(), &grid, |rng| member(rng, 4)).assert();
    // An orbit that cancels: the average is the uniform distribution.
    let antipodal = SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 3, |&k| {
        SignedPermutation::from_fn(3, |i| (i, k == 1))
    });
    law::closed(&VonMisesFisher::new(3).unwrap(), &antipodal, |rng| member(rng, 3)).assert();
    let q = VonMisesFisher::with_direction(&[1.0, 2.0, 2.0], 5.0).unwrap();
    let uniform = equibayes::symmetrize::arithmetic(&q, &antipodal).unwrap();
    assert_eq!(uniform.concentration(), 0.0);
    let moved = push_forward(&q, &antipodal, &1).unwrap();
    assert_eq!(moved.natural().coordinates(), &-q.natural().coordinates());
}

/// `KL(q_η‖q_{η+δ}) = ∫(1 − u) f(u) du` with `f(u) = δᵀI(η + uδ)δ`, which falls along these segments: between `½f(1)` and
/// `½f(0)`, which meet as `δ` goes to 0.
///
/// In a step along `η`, `f = |δ|²A′(κ)`, and `A` is concave: it is near 0, where `A″ = −6κ/(d²(d + 2)) + …`; and at a first
/// zero of `y′` for `y = A′`, Riccati's equation `A′ = 1 − A² − (d − 1)A/κ`, differentiated twice, would leave
/// `y″ = −2y² − 2(d − 1)(A/κ − y)/κ²`, which is negative because `y ≤ A/κ` for what is concave up to there. In a step across, with
/// `c` the cosine between `δ` and `η + uδ`, `f = |δ|²(c²A′ + (1 − c²)A/κ)`; `A′`, `A/κ` and `1 − c²` fall, and `A′ ≤ A/κ`, so
/// that `f(u)` is at least `f(1)`; and at most `|δ|²A/κ ≤ f(0)`.
#[test]
#[cfg(feature = "catalogue")]
fn near_divergences_keep_their_relative_accuracy() {
    for (dim, kappa) in [(2, 0.0), (3, 0.5), (3, 5.0), (5, 300.0), (3, 1e6)] {
        let eta = DVector::from_fn(dim, |i, _| if i == 0 { kappa } else { 0.0 });
        let family = VonMisesFisher::new(dim).unwrap();
        let at = |eta: &DVector<f64>| Member::from_natural(family, eta.map(exact)).unwrap();
        for direction in 0..2 {
            for shift in [8, 10, 14, 20, 30] {
                let mut zeta = eta.clone();
                zeta[direction] += (1.0 + kappa) * 2f64.powi(-shift);
                let (q, p) = (at(&eta), at(&zeta));
                // Exact: the two are near enough.
                let step = exact(zeta[direction] - eta[direction]);
                let [most, least] = [&q, &p].map(|end| {
                    let information = family.fisher_information(end)[(direction, direction)];
                    exact(0.5) * step * step * information
                });
                let kl = family.kl(&q, &p);
                let what = format!("{dim}, {kappa}, {direction}, 2^-{shift}");
                assert!((least - kl).value() <= (least - kl).bound(), "{what}: {kl}, not {least}");
                assert!((kl - most).value() <= (kl - most).bound(), "{what}: {kl}, not {most}");
                // A′ and A/κ fall by a factor 1 + 2^−shift to the second or third power at most, and bounds are as narrow:
                // the slope's loses (1 + κ)^{3/2} roundings at worst.
                let relative = 4.0 * 2f64.powi(-shift) + 1e-9;
                assert!((most - least).value() <= relative * most.value(), "{what}: {least}");
                assert!(kl.bound() <= relative * kl.value(), "{what}: idle bound {kl}");
            }
        }
    }
}

#[test]
fn huge_concentrations() {
    let q = VonMisesFisher::with_direction(&[1.0_f64, 1.0, 1.0], 1e8).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let direction = q.direction().unwrap();
    // In R³, κ(1 − ⟨m, θ⟩) is exponential up to e^{−2κ}: mean 1, variance 1. A mean that is off by a fifth is seen.
    let draws: Vec<f64> = (0..32_768)
        .map(|_| {
            let theta: DVector<f64> = q.family().sample(&q, &mut rng);
            // Three squares, their sum, a root and a quotient, of numbers of at most 1; and the norm taken here.
            assert!((theta.norm() - 1.0).abs() < 8.0 * f64::EPSILON);
            0.5e8 * (theta - &direction).norm_squared()
        })
        .collect();
    let (mean, allowed) = median_of_means(&draws, 1.0);
    assert!((mean - 1.0).abs() <= allowed, "{mean} ± {allowed}");
    assert!(share("draws of a narrow von Mises–Fisher law") >= MEDIAN);
    let back = q.family().to_natural(q.mean_parameter()).unwrap();
    let kappa = back.coordinates().norm();
    // 1 − |μ| is 10⁻⁸, held to u.
    assert!((kappa / 1e8 - 1.0).abs() < 16.0 * f64::EPSILON * 1e8, "{kappa}");
}

#[test]
fn bad_parameters_are_refused() {
    assert!(matches!(VonMisesFisher::new(1), Err(FamilyError::Size { got: 1, .. })));
    let with = |direction: &[f64], kappa: f64| VonMisesFisher::with_direction(direction, kappa);
    assert!(with(&[0.0, 0.0], 1.0).is_err());
    assert!(with(&[1.0], 1.0).is_err());
    for kappa in [-1.0, f64::NAN, f64::INFINITY, 1e200, 1e18] {
        assert!(with(&[1.0, 0.0], kappa).is_err(), "{kappa}");
    }
    assert!(with(&[1.0, f64::NAN], 1.0).is_err());
    assert!(with(&[1e300, -1e300], 1.0).is_ok());
    assert!(with(&[1e-300, -1e-300], 1.0).is_ok());
    let family = VonMisesFisher::new(2).unwrap();
    for mu in [dvector![1.0, 0.0], dvector![0.8, 0.8], dvector![f64::NAN, 0.0], dvector![0.0]] {
        assert!(Member::from_mean(family, mu.clone()).is_err(), "{mu}");
    }
    let uniform = Member::from_mean(family, dvector![0.0, 0.0]).unwrap();
    assert_eq!(uniform.concentration(), 0.0);
    assert!(uniform.direction().is_none());
    assert_eq!(family.log_density(&uniform, &[0.6, 0.8]), 0.0);
    assert_eq!(family.log_density(&uniform, &[0.6, 0.9]), f64::NEG_INFINITY);
}
