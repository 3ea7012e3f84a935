//! A mean field on a linear model that is trained from an invariant start.

use super::regression::{Check, Checked, Drops, data, risk, weight};
use crate::claim::compare::row_sum_norm;
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, CONTROL_MARGIN, Claim, Entry, Feature, Outcome, Role};
use crate::inference::optimiser::{Optimiser, Rates};
use crate::inference::{CoordinateSymmetry, Dataset, ExactElbo, GaussianPrior, MeanField, Weights};
use crate::law::Residual;
use crate::representation::{Representation, SignedOrbits};
use crate::scalar::Real;
use crate::symmetrize::geometric;
use proptest::strategy::BoxedStrategy;

/// The steps of a training.
pub(super) const STEPS: usize = 200;

/// A run that stops before it has taken so many steps is none.
pub(super) const FEWEST: usize = STEPS / 4;

/// What a control of training is held against.
const MARGIN: &str = "as the theorem's; a violation counts from a thousand tolerances on, and only if w − Pw is 10⁻⁶ or more";

/// An entry on training, and for a control with its margin.
pub(super) fn training(
    about: About,
    instances: fn(Option<Feature>) -> BoxedStrategy<Scene>,
    check: Check,
) -> Box<dyn Claim> {
    let tolerance = if about.role == Role::Control { MARGIN } else { about.tolerance };
    Box::new(Entry { about: About { tolerance, ..about }, instances, check, exact: None })
}

/// The violation of a control counts as shown only if it is gross in itself, and not only to rounding.
pub(super) fn by_margin(found: Residual) -> Residual {
    const GROSS: f64 = 1e-6;
    let least = GROSS / CONTROL_MARGIN;
    // An unknown tolerance stays unknown.
    let tolerance = if found.tolerance() < least { least } else { found.tolerance() };
    Residual::new(found.error(), tolerance)
}

/// The derivatives that a step of Adam or RMSprop, which divides by them, may have: its rounding counts for more the
/// smaller they are.
pub(super) const LEAST_SLOPE: f64 = 1.0 / 64.0;

/// The rate of Adam and RMSprop, which move by about as much in every step.
pub(super) fn adaptive_rate<T: Real>() -> T {
    T::ratio(1, 1024)
}

/// Means of size 4 to 6, the same along orbits up to their signs, so far from the minimum that no derivative is near
/// 0; `None` if the group kills one.
pub(super) fn far_means<T: Real>(orbits: &SignedOrbits) -> Option<Vec<T>> {
    let mut means = vec![T::zero(); orbits.dim()];
    for (number, orbit) in orbits.iter().enumerate() {
        if orbit.is_killed() {
            return None;
        }
        for (i, negative) in orbit.members() {
            let size = T::count(4 + number % 3);
            means[i] = if negative { -size } else { size };
        }
    }
    Some(means)
}

/// Some steps, as long as every partial derivative has at least this size, all of them for 0; the number of those taken.
/// `gradient` is told the number of the step.
///
/// # Errors
/// If a derivative is no finite number: such a run says nothing of the claim, and a theorem must not pass by it.
pub(super) fn train_above<T: Real>(
    w: &mut [T],
    optimiser: &mut dyn Optimiser<T>,
    rate: T,
    steps: usize,
    least: f64,
    mut gradient: impl FnMut(usize, &[T], &mut [T]),
) -> Checked<usize> {
    let mut slopes = w.to_vec();
    for step in 0..steps {
        gradient(step, w, &mut slopes);
        let sizes = || slopes.iter().map(|slope| slope.nearest_f64().abs());
        if let Some(size) = sizes().find(|size| !size.is_finite()) {
            return Err(format!("step {step}: a partial derivative of size {size}").into());
        }
        if sizes().any(|size| size < least) {
            return Ok(step);
        }
        optimiser.step(Rates::uniform(rate), w, &slopes);
    }
    Ok(steps)
}

/// `Pw`.
pub(super) fn projected<T: Real>(symmetry: &CoordinateSymmetry, w: &[T]) -> Vec<T> {
    let mut projected = w.to_vec();
    symmetry.project(&mut projected);
    projected
}

/// `w = Pw`, to rounding; for a control by the margin.
pub(super) fn invariant(symmetry: &CoordinateSymmetry, w: &[Tracked], control: bool) -> Outcome {
    let residual = all_close(w, &projected(symmetry, w));
    Outcome::new("w = Pw", if control { by_margin(residual) } else { residual })
}

/// A mean field on a linear model, with an invariant start.
pub(super) struct Run<T: Real> {
    pub(super) objective: ExactElbo<T>,
    pub(super) symmetry: CoordinateSymmetry,
    pub(super) start: Vec<T>,
    /// A bound on the second derivatives.
    pub(super) curvature: T,
}

impl<T: Real> Run<T> {
    /// On the scene's data, without the hypothesis that is dropped.
    pub(super) fn new(scene: &Scene, drops: Drops) -> Checked<Self> {
        Self::on(scene, &data(scene, scene.signed().dim())?, drops)
    }

    /// On other data.
    pub(super) fn on(scene: &Scene, data: &Dataset<T>, drops: Drops) -> Checked<Self> {
        let rep = scene.signed();
        let dim = data.input_size();
        let free = scene.diagonal::<T>(Which::P)?;
        assert_ne!(drops, Drops::OrbitsOfNoise, "expectations are exact here: there is no noise");
        let p = if drops == Drops::Prior { free } else { geometric(&free, &rep)? };
        let risk = risk(&rep, data, drops.augmentation(|k| scene.element(k)))?;
        let posterior = MeanField::new(dim);
        let prior = GaussianPrior::diagonal(p.mean().as_slice(), p.variance().as_slice())?;
        let symmetry = CoordinateSymmetry::of_mean_field(&posterior, &rep);
        let mut start: Vec<T> = scene.vector(Which::Q, 2 * dim);
        start.iter_mut().for_each(|x| *x *= T::ratio(1, 4));
        symmetry.project(&mut start);
        // N‖H‖ + ‖Λ‖ + 1 bounds the Hessian in (m, σ) up to a factor of few.
        let prior_norm = (0..dim).map(|i| prior.precision_of(i).nearest_f64()).fold(0.0, f64::max);
        let norm = weight::<f64>() * row_sum_norm(risk.hessian()) + prior_norm + 1.0;
        let curvature = T::count(norm.ceil() as usize);
        let weights = Weights { likelihood: weight(), divergence: T::one() };
        Ok(Self {
            objective: ExactElbo { risk, posterior, prior, weights },
            symmetry,
            start,
            curvature,
        })
    }

    /// All of some steps; with `projected`, along `P∇J` for `∇J`.
    pub(super) fn train(
        &self,
        w: &mut [T],
        optimiser: &mut dyn Optimiser<T>,
        rate: T,
        steps: usize,
        projected: bool,
    ) -> Checked<()> {
        let gradient = |_, w: &[T], out: &mut [T]| {
            self.objective.gradient(w, out);
            if projected {
                self.symmetry.project(out);
            }
        };
        train_above(w, optimiser, rate, steps, 0.0, gradient).map(drop)
    }

    /// [`train_above`] on this objective.
    pub(super) fn train_above(
        &self,
        w: &mut [T],
        optimiser: &mut dyn Optimiser<T>,
        rate: T,
        steps: usize,
        least: f64,
    ) -> Checked<usize> {
        train_above(w, optimiser, rate, steps, least, |_, w, out| {
            self.objective.gradient(w, out);
        })
    }

    /// `Pw`.
    pub(super) fn projected(&self, w: &[T]) -> Vec<T> {
        projected(&self.symmetry, w)
    }
}

impl Run<Tracked> {
    /// [`invariant`] under the scene's group.
    pub(super) fn invariant(&self, w: &[Tracked], control: bool) -> Outcome {
        invariant(&self.symmetry, w, control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::equivariance::regression::{measured, settled};
    use crate::inference::optimiser::Sgd;

    fn run(slopes: [f64; 3], least: f64) -> Checked<usize> {
        train_above(&mut [1.0], &mut Sgd::new(), 0.5, 3, least, |step, _, out| {
            out[0] = slopes[step]
        })
    }

    #[test]
    fn training_stops_at_small_derivatives_and_fails_at_what_is_no_number() {
        assert_eq!(run([1.0, 0.0, -1.0], 0.0).unwrap(), 3);
        assert_eq!(run([1.0, -0.25, 1.0], 0.5).unwrap(), 1);
        assert_eq!(run([1.0, 0.5, -0.5], 0.5).unwrap(), 3);
        for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for least in [0.0, 0.5] {
                let found = || run([1.0, broken, 1.0], least).map(|_| Outcome::vacuous());
                assert!(!settled(found()).residual().holds(), "{broken}, {least}");
                assert!(measured(found()).is_vacuous());
            }
        }
    }
}
