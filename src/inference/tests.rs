//! Gradients against forward-mode derivatives; training against itself; tied steps against untied ones.

#[cfg(feature = "catalogue")]
mod divergences;
#[cfg(feature = "catalogue")]
mod symmetric_root;

use super::optimiser::{Adam, NaturalGradient, Optimiser, Rates, RmsProp, Sgd};
use super::*;
use crate::dual::Dual;
use crate::group::Cyclic;
use crate::model::{Differentiable, Joint, Mlp, Model, Pointwise};
use crate::representation::{PermutationRep, SignedOrbits, SignedPermutation};
use crate::representation::{SignedPermutationRep, Trivial};
use crate::scalar::{Real, Scalar};
use crate::special::Special;
use nalgebra::DMatrix;
use std::ops::ControlFlow;

/// Numbers in `[−1, 1]` without a pattern.
fn numbers<T: Scalar>(seed: u64, count: usize) -> Vec<T> {
    (0..count)
        .map(|i| f64::sin(1.7 * (seed as f64) + 12.9898 * i as f64))
        .map(|x| T::from_f64(x).unwrap())
        .collect()
}

const WIDTHS: [usize; 3] = [3, 3, 1];

fn net() -> Mlp<Pointwise> {
    Mlp::new(&WIDTHS, Pointwise::Tanh).unwrap()
}

/// Every layer space but the last is shifted by C_3, so θ = (W_1, b_1, W_2, b_2) moves by index maps.
fn shifts() -> Joint<SignedPermutationRep<Cyclic>, PermutationRep<Cyclic>, Trivial<Cyclic>> {
    let c3 = Cyclic::new(3).unwrap();
    let theta = SignedPermutationRep::from_fn(c3, 16, |&g| {
        SignedPermutation::from_fn(16, |i| match i {
            0..9 => (3 * ((i / 3 + g) % 3) + (i % 3 + g) % 3, false),
            9..12 => (9 + (i - 9 + g) % 3, false),
            12..15 => (12 + (i - 12 + g) % 3, false),
            _ => (i, false),
        })
    });
    Joint::new(theta, PermutationRep::regular(&c3).unwrap(), Trivial::new(c3, 1)).unwrap()
}

fn elbo<Q: Posterior<T>, T: Real>(
    posterior: Q,
    prior: GaussianPrior<T>,
) -> Elbo<Mlp<Pointwise>, SquaredError, Q, T> {
    Elbo { model: net(), loss: SquaredError, posterior, prior, weights: Weights::total(5) }
}

/// The gradient of the objective along each coordinate, by the value in dual numbers.
fn check_gradient<Q, D>(
    q: Q,
    along: D,
    prior: (GaussianPrior<f64>, GaussianPrior<Dual<f64>>),
    w: &[f64],
) where
    Q: Posterior<f64>,
    D: Posterior<Dual<f64>>,
{
    let (x, y) = (numbers(1, 5 * 3), numbers(2, 5));
    let noise: Vec<f64> = numbers(3, 2 * q.noise_dim());
    let elbo_f = elbo(q, prior.0);
    let mut memory = elbo_f.memory(2); // chunks smaller than the batch
    let mut gradient = vec![0.0; w.len()];
    let batch = Batch { inputs: &x, targets: &y };
    let terms = elbo_f.gradient(w, batch, &noise, &mut gradient, &mut memory);
    assert!((terms.value - elbo_f.value(w, batch, &noise).value).abs() < 1e-12);
    let constant = |list: &[f64]| list.iter().map(|&x| Dual::constant(x)).collect::<Vec<_>>();
    let (x, y, noise) = (constant(&x), constant(&y), constant(&noise));
    let dual = elbo(along, prior.1);
    for (k, slope) in gradient.iter().enumerate() {
        let mut w = constant(w);
        w[k] = Dual::variable(w[k].value());
        let exact: f64 = dual.value(&w, Batch { inputs: &x, targets: &y }, &noise).value.slope();
        // Terms of order 10², of which fewer than 10³ are added.
        assert!((exact - slope).abs() < 1e5 * f64::EPSILON, "{k}: {exact} against {slope}");
    }
}

fn priors<T: Real>() -> (GaussianPrior<T>, GaussianPrior<T>) {
    let mean: Vec<T> = numbers(8, 16);
    let variance: Vec<T> = numbers::<T>(9, 16).iter().map(|&x| x * x + T::one()).collect();
    let base = DMatrix::from_vec(16, 16, numbers::<T>(10, 256));
    let precision = &base * base.transpose() + DMatrix::from_diagonal_element(16, 16, T::one());
    (
        GaussianPrior::diagonal(&mean, &variance).unwrap(),
        GaussianPrior::with_precision(&mean, &precision).unwrap(),
    )
}

#[test]
fn gradients_are_those_of_forward_mode() {
    let ((diagonal, full), (diagonal_dual, full_dual)) = (priors::<f64>(), priors());
    let orbits = SignedOrbits::of(shifts().parameters());
    for prior in [(diagonal, diagonal_dual), (full, full_dual)] {
        let w = numbers(4, 32);
        check_gradient(MeanField::new(16), MeanField::new(16), prior.clone(), &w);
        let exp = MeanField::with_link(16, ScaleLink::Exp);
        check_gradient(exp, exp, prior.clone(), &w);
        let w = numbers(5, 16 + 136);
        check_gradient(FullCovariance::new(16), FullCovariance::new(16), prior.clone(), &w);
        // A root that is far from singular.
        let mut w = numbers::<f64>(5, 16 + 136);
        (0..16).for_each(|i| w[16 + i * (i + 3) / 2] += 8.0);
        check_gradient(SymmetricRoot::new(16), SymmetricRoot::new(16), prior.clone(), &w);
        for draws in [TiedDraws::Independent, TiedDraws::Equivariant] {
            let w = numbers(6, 12);
            let (tied, dual) = (Tied::new(orbits.clone(), draws), Tied::new(orbits.clone(), draws));
            check_gradient(tied, dual, prior.clone(), &w);
        }
    }
}

/// Orbit by orbit as parameter by parameter; and on the fixed space as with a prior whose correlations happen to be 0.
#[test]
fn tied_divergences_are_those_of_the_untied_posterior() {
    let orbits = SignedOrbits::of(shifts().parameters());
    let (mean, precision) = (numbers::<f64>(8, 16), numbers::<f64>(9, 16));
    let precision: Vec<f64> = precision.iter().map(|x| x * x + 0.5).collect();
    let variance: Vec<f64> = precision.iter().map(|x| 1.0 / x).collect();
    let diagonal = GaussianPrior::diagonal(&mean, &variance).unwrap();
    let matrix = DMatrix::from_diagonal(&nalgebra::DVector::from_vec(precision));
    let full = GaussianPrior::with_precision(&mean, &matrix).unwrap();
    let w = numbers::<f64>(6, 12);
    // Some 10² terms of order 10.
    let same = |a: f64, b: f64| assert!((a - b).abs() < 1e3 * f64::EPSILON, "{a} {b}");
    let independent = Tied::new(orbits.clone(), TiedDraws::Independent);
    let untied = independent.untie(&w).unwrap();
    for prior in [&diagonal, &full] {
        same(independent.divergence(&w, prior), MeanField::new(16).divergence(&untied, prior));
    }
    let equivariant = Tied::new(orbits, TiedDraws::Equivariant);
    same(equivariant.divergence(&w, &diagonal), equivariant.divergence(&w, &full));
    let slopes = |prior| {
        let mut gradient = vec![0.0; 12];
        equivariant.pull_back_divergence(&w, prior, 1.5, &mut gradient);
        gradient
    };
    slopes(&diagonal).iter().zip(&slopes(&full)).for_each(|(&a, &b)| same(a, b));
}

fn data<T: Scalar>() -> Dataset<T> {
    Dataset::new(3, numbers(11, 3 * 12), 1, numbers(12, 12)).unwrap()
}

fn settings<T: Real>() -> Settings<T> {
    Settings { batch: 4, draws: 2, schedule: Schedule::Cosine { steps: 40 }, ..Settings::default() }
}

fn start<T: Real>() -> Vec<T> {
    MeanField::new(16).coordinates_of(&numbers::<T>(13, 16), &[T::ratio(1, 10); 16]).unwrap()
}

fn trained<T: Special, O: Optimiser<T> + Clone>(optimiser: O, stop: Option<u64>) -> Snapshot<T>
where
    rand_distr::StandardNormal: rand_distr::Distribution<T>,
{
    let prior = GaussianPrior::isotropic(16, T::one()).unwrap();
    let make = || {
        let augmenter = Augmenter::new(&shifts(), Augmentation::Random(2)).unwrap();
        Trainer::new(
            elbo(MeanField::new(16), prior.clone()),
            data(),
            optimiser.clone(),
            start(),
            settings(),
        )
        .unwrap()
        .augmented(augmenter)
    };
    let mut trainer = make();
    let mut left = 9;
    if let Some(stop) = stop {
        // In the middle of an epoch, and into a trainer that knows nothing.
        (0..stop).for_each(|_| assert!(trainer.step().is_ok()));
        let snapshot = trainer.snapshot();
        trainer = make();
        trainer.restore(snapshot).unwrap();
        left -= stop;
    }
    (0..left).for_each(|_| assert!(trainer.step().is_ok()));
    trainer.snapshot()
}

#[test]
fn a_run_that_was_stopped_continues_to_the_same_bits() {
    fn check<T: Special, O: Optimiser<T> + Clone>(optimiser: O)
    where
        rand_distr::StandardNormal: rand_distr::Distribution<T>,
    {
        let whole = trained(optimiser.clone(), None);
        assert_eq!(trained(optimiser.clone(), Some(4)), whole);
        assert_ne!(trained::<T, O>(optimiser, None).coordinates, start());
    }
    check::<f64, _>(Sgd::new().momentum(0.9).nesterov());
    check::<f32, _>(Adam::new().decoupled(1e-3));
    check::<f64, _>(RmsProp::new().momentum(0.5));
    check::<f64, _>(NaturalGradient::new(MeanField::new(16)));
}

#[test]
fn training_lowers_the_objective_and_the_hook_can_stop_it() {
    let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
    let mut trainer = Trainer::new(
        elbo(MeanField::new(16), prior),
        data::<f64>(),
        Adam::new(),
        start(),
        settings(),
    )
    .unwrap();
    let before = trainer.evaluate(&data(), 16).unwrap().value;
    let mut seen = Vec::new();
    let hook = |progress: &Progress| {
        seen.push(progress.step);
        if progress.epoch == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    trainer.run(99, hook).unwrap();
    assert_eq!(seen, (1..=10).map(|epoch| 3 * epoch).collect::<Vec<_>>());
    assert!(trainer.evaluate(&data(), 16).unwrap().value < before - 1.0);
}

/// With a projected gradient, an invariant start stays invariant bit by bit, Adam included; without, it does not.
#[test]
fn projected_training_stays_invariant_to_the_bit() {
    let symmetry = CoordinateSymmetry::of_mean_field(&MeanField::new(16), shifts().parameters());
    let mut w = start::<f64>();
    symmetry.project(&mut w);
    let invariant = |w: &[f64]| {
        let mut projected = w.to_vec();
        symmetry.project(&mut projected);
        projected == w
    };
    let make = || {
        let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
        Trainer::new(elbo(MeanField::new(16), prior), data(), Adam::new(), w.clone(), settings())
            .unwrap()
    };
    let (mut plain, mut projected) = (make(), make().projected(symmetry.clone()).unwrap());
    for _ in 0..50 {
        projected.step().unwrap();
        assert!(invariant(projected.coordinates()));
        plain.step().unwrap();
    }
    assert!(!invariant(plain.coordinates()));
}

/// `Φ(θ, x) = θ₀` with gradients that are not.
struct Broken;

impl Model for Broken {
    fn parameters(&self) -> usize {
        1
    }

    fn inputs(&self) -> usize {
        1
    }

    fn outputs(&self) -> usize {
        1
    }

    fn predict(&self, theta: &[f64], _: &[f64], out: &mut [f64]) {
        out[0] = theta[0];
    }
}

impl Differentiable for Broken {
    type Workspace = ();

    fn workspace(&self, _: usize) {}

    fn forward(&self, theta: &[f64], _: &[f64], out: &mut [f64], _: &mut ()) {
        out.fill(theta[0]);
    }

    fn backward(&self, _: &[f64], _: &[f64], _: &[f64], slope: &mut [f64], _: &mut ()) {
        slope[0] = f64::INFINITY;
    }
}

#[test]
fn slopes_that_are_no_numbers_leave_the_coordinates() {
    let data = Dataset::new(1, vec![0.0; 2], 1, vec![0.0; 2]).unwrap();
    let prior = GaussianPrior::isotropic(1, 1.0).unwrap();
    let posterior = MeanField::new(1);
    let elbo =
        Elbo { model: Broken, loss: SquaredError, posterior, prior, weights: Weights::total(2) };
    let settings = Settings { batch: 2, ..Settings::default() };
    let mut trainer = Trainer::new(elbo, data, Sgd::new(), vec![0.5, 0.5], settings).unwrap();
    let error = trainer.step().unwrap_err();
    assert_eq!(error, InferenceError::Diverged { step: 0, value: f64::INFINITY });
    assert_eq!(trainer.coordinates(), [0.5, 0.5]);
}

#[test]
fn settings_and_posteriors_that_cannot_train_are_refused() {
    let message = |settings: Settings| {
        let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
        let elbo = elbo(MeanField::new(16), prior);
        Trainer::new(elbo, data(), Sgd::new(), start(), settings).err().unwrap().to_string()
    };
    let usual = settings();
    assert!(message(Settings { rate: f64::NAN, ..usual }).starts_with("rate is NaN: expected"));
    assert!(message(Settings { scale_rate: -1.0, ..usual }).starts_with("scale_rate is -1"));
    assert!(message(Settings { clip: Some(0.0), ..usual }).starts_with("clip is 0: expected"));

    // The group negates the one parameter: no draw of its average varies.
    let sign = SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 1, |&g| {
        SignedPermutation::from_fn(1, |_| (0, g == 1))
    });
    let posterior = Tied::new(SignedOrbits::of(&sign), TiedDraws::Equivariant);
    let coordinates = posterior.tie(&[0.0], &[1.0]).unwrap();
    let data = Dataset::new(1, vec![0.0; 2], 1, vec![0.0; 2]).unwrap();
    let prior = GaussianPrior::isotropic(1, 1.0).unwrap();
    let elbo =
        Elbo { model: Broken, loss: SquaredError, posterior, prior, weights: Weights::total(2) };
    let settings = Settings { batch: 2, ..Settings::default() };
    let refused = Trainer::new(elbo, data, Sgd::new(), coordinates, settings).err().unwrap();
    assert!(refused.to_string().starts_with("noise of the posterior is 0"), "{refused}");
}

/// A tied step on raw examples with orbit-closed noise is the untied step on their orbits with the same noise.
#[test]
fn a_tied_step_is_the_untied_one() {
    let joint = shifts();
    let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
    let tied = Tied::new(SignedOrbits::of(joint.parameters()), TiedDraws::Independent);
    let (mean, scale) = MeanField::new(16).moments(&start::<f64>());
    let free = tied.tie(&mean, &scale).unwrap();
    let (mean, scale) = tied.moments(&free);
    let full = MeanField::new(16).coordinates_of(&mean, &scale).unwrap();
    let noise = Noise::orbit_closed(joint.parameters()).unwrap();
    let settings = Settings { clip: Some(0.5), ..settings() };
    let sgd = || Sgd::new().momentum(0.9);
    let mut on_raw = Trainer::new(elbo(tied.clone(), prior.clone()), data(), sgd(), free, settings)
        .unwrap()
        .noise(noise.clone());
    let mut on_orbits =
        Trainer::new(elbo(MeanField::new(16), prior), data(), sgd(), full, settings)
            .unwrap()
            .noise(noise)
            .augmented(Augmenter::new(&joint, Augmentation::Full).unwrap());
    for _ in 0..20 {
        on_raw.step().unwrap();
        on_orbits.step().unwrap();
    }
    let (mean, scale) = tied.moments(on_raw.coordinates());
    let (other_mean, other_scale) = MeanField::new(16).moments(on_orbits.coordinates());
    let gap = mean.iter().chain(&scale).zip(other_mean.iter().chain(&other_scale));
    let worst = gap.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    // In each of 20 steps, gradients of norm ½ as sums of some 10² terms are rounded and multiplied by a rate
    // that adds up to 10 under momentum.
    assert!(worst < 20.0 * 100.0 * f64::EPSILON, "{worst:e}");
    assert!(mean.iter().zip(&start::<f64>()).any(|(a, b)| (a - b).abs() > 1e-3));
}

#[test]
fn bad_settings_are_refused() {
    let make = |batch, draws, w: Vec<f64>| {
        let prior = GaussianPrior::isotropic(16, 1.0).unwrap();
        let settings = Settings { batch, draws, ..settings() };
        Trainer::new(elbo(MeanField::new(16), prior), data(), Sgd::new(), w, settings).err()
    };
    assert_eq!(make(4, 1, start()), None);
    assert!(make(13, 1, start()).is_some() && make(0, 1, start()).is_some());
    assert!(make(4, 0, start()).is_some());
    assert!(make(4, 1, vec![0.0; 31]).is_some() && make(4, 1, vec![f64::NAN; 32]).is_some());
}

/// With a constant gradient, Adam moves by the rate in every step, and RMSprop by `rate/√(1 − αᵗ)`.
#[test]
fn a_constant_gradient_moves_adam_by_its_rate() {
    let (mut adam, mut rms) = (Adam::new().epsilon(0.0), RmsProp::new());
    let (mut w, mut v) = ([0.0_f64], [0.0_f64]);
    let mut expected = 0.0;
    for t in 1..=5 {
        adam.step(Rates::uniform(0.1), &mut w, &[-3.0]);
        rms.step(Rates::uniform(0.1), &mut v, &[-3.0]);
        expected += 0.1 / (1.0 - 0.99_f64.powi(t)).sqrt();
        assert!((w[0] - 0.1 * f64::from(t)).abs() < 1e-13, "{}", w[0]);
        assert!((v[0] - expected).abs() < 1e-7, "{}", v[0]);
    }
}

#[test]
fn heavy_ball_and_decay() {
    let mut sgd = Sgd::new().momentum(0.5).decay(0.5);
    let mut w = [2.0];
    sgd.step(Rates::uniform(1.0), &mut w, &[1.0]); // g = 2 = v
    assert_eq!(w, [0.0]);
    sgd.step(Rates::uniform(1.0), &mut w, &[1.0]); // g = 1, v = 2
    assert_eq!(w, [-2.0]);
    let mut adam = Adam::new().decoupled(0.5);
    let mut w = [2.0];
    adam.step(Rates::uniform(0.5), &mut w, &[0.0]);
    assert_eq!(w, [1.5]);
}
