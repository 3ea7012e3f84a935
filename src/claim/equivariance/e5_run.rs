//! A mean field on a linear model that is trained from an invariant start.

use super::regression::{Checked, Drops, data, risk, weight};
use crate::claim::compare::row_sum_norm;
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{CONTROL_MARGIN, Outcome};
use crate::inference::optimiser::{Optimiser, Rates};
use crate::inference::{
    Augmentation, CoordinateSymmetry, Dataset, ExactElbo, GaussianPrior, MeanField, Weights,
};
use crate::law::Residual;
use crate::representation::Representation;
use crate::scalar::Real;
use crate::symmetrize::geometric;

/// The steps of a training.
pub(super) const STEPS: usize = 200;

/// What a control of training is held against.
pub(super) const MARGIN: &str = "as the theorem's; a violation counts from a thousand tolerances on, and only if w − Pw is 10⁻⁶ or more";

/// The violation of a control counts as shown only if it is gross in itself, and not only to rounding.
pub(super) fn by_margin(found: Residual) -> Residual {
    const GROSS: f64 = 1e-6;
    let least = GROSS / CONTROL_MARGIN;
    // An unknown tolerance stays unknown.
    let tolerance = if found.tolerance() < least { least } else { found.tolerance() };
    Residual::new(found.error(), tolerance)
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
        let p = if drops == Drops::Prior { free } else { geometric(&free, &rep)? };
        let policy = if drops == Drops::Group {
            Augmentation::Subset(vec![scene.element(0), scene.element(1)])
        } else {
            Augmentation::Full
        };
        let risk = risk(&rep, data, policy)?;
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

    /// Some steps; with `projected`, along `P∇J` for `∇J`.
    pub(super) fn train(
        &self,
        w: &mut [T],
        optimiser: &mut dyn Optimiser<T>,
        rate: T,
        steps: usize,
        projected: bool,
    ) {
        let mut gradient = w.to_vec();
        for _ in 0..steps {
            self.objective.gradient(w, &mut gradient);
            if projected {
                self.symmetry.project(&mut gradient);
            }
            optimiser.step(Rates::uniform(rate), w, &gradient);
        }
    }

    /// `Pw`.
    pub(super) fn projected(&self, w: &[T]) -> Vec<T> {
        let mut projected = w.to_vec();
        self.symmetry.project(&mut projected);
        projected
    }
}

impl Run<Tracked> {
    /// `w = Pw`, to rounding; for a control by the margin.
    pub(super) fn invariant(&self, w: &[Tracked], control: bool) -> Outcome {
        let residual = all_close(w, &self.projected(w));
        Outcome::new("w = Pw", if control { by_margin(residual) } else { residual })
    }
}
