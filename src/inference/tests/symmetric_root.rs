//! Full covariances by their symmetric root: orbit-closed noise, and training that stays invariant.

use super::*;
use crate::group::{Finite, FinitelyGenerated};
use crate::representation::ActsOn;
use crate::scalar::Rational;

/// Any coordinates, with a root that is far from singular.
fn coordinates(seed: u64) -> Vec<f64> {
    let base = DMatrix::from_vec(16, 16, numbers::<f64>(seed, 256));
    let root = (&base + base.transpose()) * 0.02 + DMatrix::identity(16, 16) * 0.5;
    SymmetricRoot::new(16).coordinates_of(&numbers::<f64>(seed + 1, 16), &root).unwrap()
}

#[test]
fn the_divergence_is_that_of_the_family() {
    use crate::family::{FullGaussian, LogPartition};
    let (_, prior) = priors::<f64>();
    let mean = nalgebra::DVector::from_vec(numbers::<f64>(8, 16));
    let base = DMatrix::from_vec(16, 16, numbers::<f64>(10, 256));
    let precision = &base * base.transpose() + DMatrix::identity(16, 16);
    let p = FullGaussian::with_covariance(&mean, &precision.try_inverse().unwrap()).unwrap();
    let (q, w) = (SymmetricRoot::new(16), coordinates(3));
    let member = q.member(&w).unwrap();
    let exact: f64 = member.family().kl(&member, &p);
    // Condition numbers of precision and covariance are below 10⁴: n κ ε = 1.6·10⁵ ε for each of the inverse, the
    // factorisations and the product on either side.
    assert!((q.divergence(&w, &prior) / exact - 1.0).abs() < 1e6 * f64::EPSILON);
}

/// A root of condition 10¹⁰, with a negative eigenvalue: its square is singular in double precision.
#[test]
fn ill_conditioned_roots_keep_their_determinant() {
    use crate::linalg::eliminate;
    let axis = nalgebra::dvector![1.0, 2.0, 2.0] / 3.0;
    let mirror = DMatrix::identity(3, 3) - &axis * axis.transpose() * 2.0;
    let values = DMatrix::from_diagonal(&nalgebra::dvector![1.0, 1e-5, -1e-10]);
    let q = SymmetricRoot::new(3);
    let w: Vec<f64> = q.coordinates_of(&[0.0; 3], &(&mirror * values * &mirror)).unwrap();
    let (_, root) = q.root(&w);
    // The determinant of these very numbers.
    let mut exact = root.map(|x| <Rational as Scalar>::from_f64(x).unwrap());
    let mut nothing = DMatrix::from_element(3, 0, Rational::count(0));
    let mut product = Rational::count(1);
    let views = (&mut exact.as_view_mut(), &mut nothing.as_view_mut());
    assert!(eliminate(views.0, views.1, |pivot| product *= pivot));
    let log_det = product.magnitude().nearest_f64().ln();

    let prior = GaussianPrior::isotropic(3, 1.0).unwrap();
    let rest = 0.5 * ((&root * &root).trace() - 3.0);
    let found = rest - q.divergence(&w, &prior);
    // Factors LU of S + E with |E| ≤ γ₉|L||U| ≤ 9u · 12 in each of 9 entries; times S⁻¹, of norm 10¹⁰.
    let bound = 9.0 * 9.0 * 12.0 * 1e10 * f64::EPSILON;
    assert!((found - log_det).abs() < bound, "{found} {log_det}");
    assert!(bound < 1e-2 && log_det < -30.0);

    // With a row of zeros: ones everywhere are not singular as coordinates, for √2 · 1/√2 is not 1 there.
    let empty = nalgebra::dmatrix![1.0, 0.0, 0.5; 0.0, 0.0, 0.0; 0.5, 0.0, 1.0];
    let singular = q.coordinates_of(&[0.0; 3], &empty).unwrap();
    assert!(q.divergence(&singular, &prior).is_nan());
}

/// The objective on whole orbits with orbit-closed noise, at coordinates moved by a generator or not.
fn objective<Q: Posterior>(posterior: Q, w: &[f64]) -> f64 {
    let joint = shifts();
    let augmenter = Augmenter::new(&joint, Augmentation::Full).unwrap();
    let orbits = augmenter.expand(&data()).unwrap();
    let mut noise = Vec::new();
    Noise::orbit_closed(joint.parameters()).unwrap().fill(Streams::new(5), 0, 16, 2, &mut noise);
    let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
    let batch = Batch { inputs: orbits.inputs(), targets: orbits.targets() };
    elbo(posterior, prior).value(w, batch, &noise).value
}

#[test]
fn orbit_closed_noise_makes_the_objective_invariant() {
    let (joint, root) = (shifts(), SymmetricRoot::new(16));
    let g = joint.group().generators()[0];
    let w = coordinates(20);
    // m ↦ ρm, S ↦ ρSρᵀ.
    let (mean, s) = root.root(&w);
    let rho: DMatrix<f64> = joint.parameters().matrix(&g);
    let moved = root.coordinates_of((&rho * &mean).as_slice(), &(&rho * &s * rho.transpose()));
    let moved = moved.unwrap();
    let (here, there) = (objective(root, &w), objective(root, &moved));
    // Sums of 10³ terms of order 1, in another order.
    assert!((here - there).abs() < 1e4 * f64::EPSILON * here.abs(), "{here} {there}");
    assert_ne!(w, moved);

    // The same Gaussians by Cholesky factors: the same noise gives draws that are not moved ones.
    let full = FullCovariance::new(16);
    let of = |w: &[f64]| {
        let (mean, s) = root.root(w);
        let factor = (&s * &s).cholesky().unwrap().l();
        full.coordinates_of(mean.as_slice(), &factor).unwrap()
    };
    let (here, there) = (objective(full, &of(&w)), objective(full, &of(&moved)));
    assert!((here - there).abs() > 1e-3 * here.abs(), "{here} {there}");
}

#[test]
fn training_stays_invariant() {
    let (joint, root) = (shifts(), SymmetricRoot::new(16));
    let symmetry = root.symmetry(joint.parameters());
    // The symmetry is the action on the root: a check on the index maps.
    let mut w = coordinates(30);
    symmetry.project(&mut w);
    let (mean, s) = root.root(&w);
    for g in joint.group().elements() {
        let rho: DMatrix<f64> = joint.parameters().matrix(&g);
        assert_eq!(&rho * &mean, mean);
        assert_eq!(&rho * &s * rho.transpose(), s);
    }
    let off = |w: &[f64]| {
        let mut projected = w.to_vec();
        symmetry.project(&mut projected);
        w.iter().zip(&projected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let trained = |noise: Noise| {
        let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
        let settings = Settings { rate: 0.02, scale_rate: 1.0, ..settings() };
        let augmenter = Augmenter::new(&joint, Augmentation::Full).unwrap();
        let sgd = Sgd::new().momentum(0.9);
        let mut trainer = Trainer::new(elbo(root, prior), data(), sgd, w.clone(), settings)
            .unwrap()
            .augmented(augmenter)
            .noise(noise);
        for _ in 0..40 {
            trainer.step().unwrap();
        }
        trainer.coordinates().to_vec()
    };
    let closed = trained(Noise::orbit_closed(joint.parameters()).unwrap());
    assert!(w.iter().zip(&closed).any(|(a, b)| (a - b).abs() > 1e-2));
    // As for tied steps: 40 steps, gradients of norm at most 1 as sums of 10² terms, rates that add up to 0.2.
    assert!(off(&closed) < 40.0 * 100.0 * f64::EPSILON, "{:e}", off(&closed));
    let fresh = trained(Noise::fresh());
    assert!(off(&fresh) > 1e-3, "{:e}", off(&fresh));
}
