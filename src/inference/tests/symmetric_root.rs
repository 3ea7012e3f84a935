//! Full covariances by their symmetric root: orbit-closed noise, and training that stays invariant.

use super::*;
use crate::claim::rounding::{Tracked, all_close, close};
use crate::group::{Finite, FinitelyGenerated};
use crate::inference::data::shuffle;
use crate::representation::ActsOn;
use crate::scalar::Rational;

/// Any coordinates, with a root that is far from singular.
fn coordinates<T: Real>(seed: u64) -> Vec<T> {
    let base = DMatrix::from_vec(16, 16, numbers::<T>(seed, 256));
    let half = DMatrix::from_diagonal_element(16, 16, T::ratio(1, 2));
    let root = (&base + base.transpose()) * T::ratio(1, 50) + half;
    SymmetricRoot::new(16).coordinates_of(&numbers::<T>(seed + 1, 16), &root).unwrap()
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

/// The objective on whole orbits with orbit-closed noise.
fn objective<Q: Posterior<T>, T: Special>(posterior: Q, w: &[T]) -> T {
    let joint = shifts();
    let orbits = Augmenter::new(&joint, Augmentation::Full).unwrap().expand(&data()).unwrap();
    let mut noise = Vec::new();
    let closed = Noise::orbit_closed(joint.parameters()).unwrap();
    closed.expand(&numbers(5, 2 * 16), 16, &mut noise);
    let prior = GaussianPrior::isotropic(16, T::one()).unwrap();
    let batch = Batch { inputs: orbits.inputs(), targets: orbits.targets() };
    elbo(posterior, prior).value(w, batch, &noise).value
}

#[test]
fn orbit_closed_noise_makes_the_objective_invariant() {
    let (joint, root) = (shifts(), SymmetricRoot::new(16));
    let g = joint.group().generators()[0];
    // m ↦ ρm, S ↦ ρSρᵀ.
    fn moved<T: Real>(root: SymmetricRoot, rho: &DMatrix<T>, w: &[T]) -> Vec<T> {
        let (mean, s) = root.root(w);
        root.coordinates_of((rho * mean).as_slice(), &(rho * s * rho.transpose())).unwrap()
    }
    let w = coordinates::<Tracked>(20);
    let there = moved(root, &joint.parameters().matrix(&g), &w);
    // The rounding of both sides, bounded operation by operation; and the bound must tell something.
    let (before, after) = (objective(root, &w), objective(root, &there));
    let residual = close(&before, &after);
    assert!(residual.holds() && residual.tolerance() < 1e-10 * before.value(), "{residual}");
    assert!(w.iter().zip(&there).any(|(a, b)| a.value() != b.value()));

    // The same Gaussians by Cholesky factors: the same noise gives draws that are not moved ones.
    let full = FullCovariance::new(16);
    let w = coordinates::<f64>(20);
    let there = moved(root, &joint.parameters().matrix(&g), &w);
    let of = |w: &[f64]| {
        let (mean, s) = root.root(w);
        let factor = (&s * &s).cholesky().unwrap().l();
        full.coordinates_of(mean.as_slice(), &factor).unwrap()
    };
    let (before, after) = (objective(full, &of(&w)), objective(full, &of(&there)));
    assert!((before - after).abs() > 1e-3 * before.abs(), "{before} {after}");
}

/// A bound on rounding grows by a half in every step.
const STEPS: u64 = 16;

/// All examples in every batch, and nothing that is not linear in the gradient.
fn plain() -> Settings {
    Settings {
        batch: 12,
        rate: 1.0 / 512.0,
        scale_rate: 1.0,
        schedule: Schedule::Constant,
        clip: None,
        ..settings()
    }
}

/// What the trainer does, in the same order, with the rounding of every operation bounded.
fn replayed(w: &[f64], noise: &Noise) -> Vec<Tracked> {
    let Settings { rate, seed, draws, .. } = plain();
    let exact =
        |list: &[f64]| -> Vec<Tracked> { list.iter().copied().map(Tracked::exact).collect() };
    let (mut w, streams) = (exact(w), Streams::new(seed));
    let objective =
        elbo(SymmetricRoot::new(16), GaussianPrior::isotropic(16, Tracked::exact(1.0)).unwrap());
    let augmenter = Augmenter::new(&shifts(), Augmentation::Full).unwrap();
    let mut memory = objective.memory(plain().chunk);
    let (mut order, mut draw, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let mut gradient = w.clone();
    let mut sgd = Sgd::new().momentum(Tracked::exact(0.9));
    for step in 0..STEPS {
        shuffle(12, &mut streams.stream(Use::Order, step, 0), &mut order);
        let data = augmenter.expand(&data().subset(&order).unwrap()).unwrap();
        Noise::fresh().fill(streams, step, 16, draws, &mut draw);
        noise.expand(&exact(&draw), 16, &mut all);
        let batch = Batch { inputs: data.inputs(), targets: data.targets() };
        objective.gradient(&w, batch, &all, &mut gradient, &mut memory);
        sgd.step(Rates::uniform(Tracked::exact(rate)), &mut w, &gradient);
    }
    w
}

#[test]
fn training_stays_invariant() {
    let (joint, root) = (shifts(), SymmetricRoot::new(16));
    let symmetry = root.symmetry(joint.parameters());
    // The symmetry is the action on the root: a check on the index maps.
    let mut w = coordinates::<f64>(30);
    symmetry.project(&mut w);
    let (mean, s) = root.root(&w);
    for g in joint.group().elements() {
        let rho: DMatrix<f64> = joint.parameters().matrix(&g);
        assert_eq!(&rho * &mean, mean);
        assert_eq!(&rho * &s * rho.transpose(), s);
    }
    let trained = |noise: Noise| {
        let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
        let augmenter = Augmenter::new(&joint, Augmentation::Full).unwrap();
        let sgd = Sgd::new().momentum(0.9);
        let mut trainer = Trainer::new(elbo(root, prior), data(), sgd, w.clone(), plain())
            .unwrap()
            .augmented(augmenter)
            .noise(noise);
        (0..STEPS).for_each(|_| assert!(trainer.step().is_ok()));
        trainer.coordinates().to_vec()
    };
    let closed = Noise::orbit_closed(joint.parameters()).unwrap();
    let (found, bounded) = (trained(closed.clone()), replayed(&w, &closed));
    // The trainer is where its own operations may lead (twice: both numbers may be off), …
    for (found, exact) in found.iter().zip(&bounded) {
        assert!((found - exact.value()).abs() <= 2.0 * exact.bound(), "{found} {exact:?}");
    }
    // … which is invariant to rounding, by a bound that tells something.
    let projected = |w: &[Tracked]| {
        let mut projected = w.to_vec();
        symmetry.project(&mut projected);
        projected
    };
    let residual = all_close(&bounded, &projected(&bounded));
    let moved = w.iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let fresh = replayed(&w, &Noise::fresh());
    let other = all_close(&fresh, &projected(&fresh));
    assert!(residual.holds() && residual.tolerance() < 1e-9 && moved > 0.1, "{residual}, {moved}");
    assert!(other.error() > 1e-2 && !other.holds(), "{other}");
}
