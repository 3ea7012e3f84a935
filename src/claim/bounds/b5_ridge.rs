//! B5 (c): location and scale of the minimiser of ridge regression under a prior that moves.

use super::b5_location_scale::{Variant, subset};
use super::{TOLERANCE, at_most, bounded, mutations};
use crate::action::push_forward;
use crate::claim::equivariance::regression::{
    Checked, DIAGONAL, EXAMPLES, data, diagonal_scenes, measured, risk, settled,
};
use crate::claim::rounding::{Judge, Tracked, all_close, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, Seeking};
use crate::defect::{location_scale_bound, strong_convexity};
use crate::family::{DiagonalGaussian, Member};
use crate::group::{AnyElement, AnyGroup};
use crate::inference::{QuadraticRisk, mean_field_update};
use crate::law::Residual;
use crate::linalg::{Ldl, Spectrum, frobenius};
use crate::representation::{ActsOn, Representation, SignedPermutationRep};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::DMatrix;
use num_traits::{Float, Zero};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B5.ridge",
        title: "location and scale of a minimiser under a prior that moves: ridge regression",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖w* − g·w*‖ ≤ ‖m_p − g·m_p‖/(σ_p² λ) with λ = σ_p^{-2} + Nκ, κ the least eigenvalue of the augmented loss, and |F(ρ_X(g)x) − F(x)| ≤ ‖ρ_X(g)x‖ times that",
        hypotheses: &[
            "signed permutations",
            "invariant, κ-strongly convex loss",
            "prior N(m_p, σ_p² I)",
        ],
        tolerance: TOLERANCE,
        covers: DIAGONAL,
        cost: 2,
    };
    vec![
        Box::new(
            Entry {
                about,
                instances: diagonal_scenes,
                check: |scene| settled(check(scene, Variant::Bound)),
                exact: Some(|scene| settled(twin(scene, Variant::Bound))),
            }
            .sought(SEEKING),
        ),
        Box::new(Entry {
            about: subset(about, "B5.ridge-subset"),
            instances: diagonal_scenes,
            check: |scene| measured(check(scene, Variant::Subset)),
            exact: Some(|scene| measured(twin(scene, Variant::Subset))),
        }),
        Box::new(Entry {
            about: about.control(
                "B5.ridge-wide-prior",
                "a prior whose variances differ",
                &["the prior has one variance: σ_p² is their largest"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(check(scene, Variant::WidePrior)),
            exact: None,
        }),
    ]
}

const SEEKING: Seeking<Scene> = Seeking {
    neighbour: Scene::nearby,
    mutations: mutations!(check:
        "0.9 of the bound" => Variant::NineTenths,
        "the largest eigenvalue for κ" => Variant::Largest,
        "N |G| for N" => Variant::Copies,
        "a factor N lost from the loss" => Variant::Mean,
        "σ_p for σ_p²" => Variant::Root,
    ),
    steps: 64,
};

/// A regression problem with its minimiser and the constants of the bound.
struct Ridge<T: Scalar> {
    rep: SignedPermutationRep<AnyGroup>,
    q: Member<DiagonalGaussian, T>,
    prior_mean: Vec<T>,
    prior_variance: T,
    convexity: T,
    /// `λ`.
    lambda: T,
}

impl<T: Judge> Ridge<T> {
    fn of(scene: &Scene, variant: Variant) -> Checked<Self> {
        let rep = scene.signed();
        let dim = rep.dim();
        let plain = risk(&rep, &data::<T>(scene, dim)?, variant.augmentation(scene))?;
        // The ridge makes the loss strongly convex where the data does not.
        let ridge = DMatrix::from_diagonal_element(dim, dim, T::ratio(1, 4));
        let hessian = plain.hessian() + ridge;
        let loss = QuadraticRisk::new(hessian.clone(), plain.linear().clone(), T::zero());
        let prior_mean: Vec<T> = variant.prior_mean(scene, dim);
        let drawn: Vec<T> = scene.positive(Which::Q, dim);
        let largest =
            drawn.iter().fold(drawn[0].clone(), |top, x| if *x > top { x.clone() } else { top });
        let (variances, prior_variance) = match variant {
            Variant::WidePrior => (drawn, largest),
            _ => (vec![drawn[0].clone(); dim], drawn[0].clone()),
        };
        let prior = DiagonalGaussian::with_variance(&prior_mean, &variances)?;
        let q = mean_field_update(&prior, &loss, T::count(variant.weight()))?;
        let convexity = curvature(&hessian, variant == Variant::Largest)?;
        let examples = T::count(EXAMPLES * variant.copies(rep.group()));
        let lambda = T::one() / prior_variance.clone() + examples * convexity.clone();
        Ok(Self { rep, q, prior_mean, prior_variance, convexity, lambda })
    }

    /// `‖m_p − g·m_p‖²`.
    fn shift(&self, g: &AnyElement) -> T {
        let moved = self.rep.apply(g, &self.prior_mean);
        self.prior_mean.iter().zip(moved.iter()).fold(T::zero(), |sum, (a, b)| {
            let step = a.clone() - b.clone();
            sum + step.clone() * step
        })
    }

    /// The square of the bound.
    fn squared_bound(&self, g: &AnyElement, variant: Variant) -> T {
        let power = if variant == Variant::Root { T::one() } else { self.prior_variance.clone() };
        let below = self.prior_variance.clone() * power * self.lambda.clone() * self.lambda.clone();
        let bound = self.shift(g) / below;
        if variant == Variant::NineTenths { bound * T::ratio(81, 100) } else { bound }
    }
}

/// A number that is not above the least eigenvalue, or the largest one.
fn curvature<T: Judge>(hessian: &DMatrix<T>, largest: bool) -> Checked<T> {
    let nearest = hessian.map(|entry| entry.nearest_f64());
    let spectrum = Spectrum::new(&nearest).ok_or("a Hessian that is not positive definite")?;
    let known = |value: f64| T::from_f64(value).ok_or("an eigenvalue that is no number");
    if largest {
        return Ok(known(spectrum.values().iter().fold(0.0, |top, &value| top.max(value)))?);
    }
    // What the entries are off by moves no eigenvalue by more than the Frobenius norm.
    let off: f64 = hessian.iter().map(|entry| entry.error_bound()).sum();
    let rounded = f64::EPSILON * frobenius(&nearest);
    let least = known(spectrum.smallest() - spectrum.backward() - off - rounded)?;
    let rest = DMatrix::from_fn(hessian.nrows(), hessian.ncols(), |i, j| {
        let own = if i == j { least.clone() } else { T::zero() };
        hessian[(i, j)].clone() - own
    });
    // Exact arithmetic proves it: H − κ is positive definite.
    if T::UNIT_ROUNDOFF == 0.0 && Ldl::new(&rest).is_err() {
        return Err("a least eigenvalue that is not below the spectrum".into());
    }
    Ok(least)
}

fn check(scene: &Scene, variant: Variant) -> Checked<Outcome> {
    let ridge = Ridge::<Tracked>::of(scene, variant)?;
    let mut outcome = Outcome::vacuous();
    for k in 0..3 {
        let g = scene.element(k);
        let moved = push_forward(&ridge.q, &ridge.rep, &g)?;
        // Squares, since a root of 0 has no slope.
        let mean = ridge.q.mean();
        let step = mean
            .iter()
            .zip(moved.mean().iter())
            .fold(Tracked::zero(), |sum, (&a, &b)| sum + (a - b) * (a - b));
        let step =
            (ridge.q.variance().iter().zip(moved.variance().iter())).fold(step, |sum, (&v, &w)| {
                let scale = (v - w) / (Float::sqrt(v) + Float::sqrt(w));
                sum + scale * scale
            });
        let bound = ridge.squared_bound(&g, variant);
        outcome = bounded(outcome, "‖w* − g·w*‖² ≤ the bound's", &step, &bound);
        if variant != Variant::Bound {
            continue;
        }
        outcome = outcome.and("the library's bound", library(&ridge, &g)?);
        let x: Vec<Tracked> = scene.vector(Which::P, ridge.rep.dim());
        let there = ridge.rep.apply(&g, &x);
        let defect = dot(mean.as_slice(), there.as_slice()) - dot(mean.as_slice(), &x);
        let rhs = dot(there.as_slice(), there.as_slice()) * bound;
        outcome = at_most(outcome, "the defect", &(defect * defect), &rhs);
    }
    Ok(outcome)
}

/// The bound of [`location_scale_bound`] against the square that is checked.
fn library(ridge: &Ridge<Tracked>, g: &AnyElement) -> Checked<Residual> {
    let variance = ridge.prior_variance.value();
    let lambda = strong_convexity(variance, EXAMPLES, ridge.convexity.value())?;
    let found = location_scale_bound(ridge.shift(g).value().sqrt(), variance, lambda)?;
    // A root, and six operations on numbers that are not negative.
    let found = Tracked::new(found, 8.0 * f64::EPSILON * found);
    Ok(close(&(found * found), &ridge.squared_bound(g, Variant::Bound)))
}

/// The scales do not move at all, so that what is left has no roots.
fn twin(scene: &Scene, variant: Variant) -> Checked<Outcome> {
    let ridge = Ridge::<Rational>::of(scene, variant)?;
    let mut outcome = Outcome::vacuous();
    for k in 0..3 {
        let g = scene.element(k);
        let moved = push_forward(&ridge.q, &ridge.rep, &g)?;
        let step = ridge.q.mean() - moved.mean();
        let square = dot(step.as_slice(), step.as_slice());
        let bound = ridge.squared_bound(&g, variant);
        outcome = bounded(outcome, "‖m* − g·m*‖² ≤ the bound's square", &square, &bound);
        let scales = all_close(&ridge.q.variance(), &moved.variance());
        outcome = outcome.and("σ* = g·σ*", scales);
        let x: Vec<Rational> = scene.vector(Which::P, ridge.rep.dim());
        let there = ridge.rep.apply(&g, &x);
        let mean = ridge.q.mean();
        let defect = dot(mean.as_slice(), there.as_slice()) - dot(mean.as_slice(), &x);
        let rhs = dot(there.as_slice(), there.as_slice()) * bound;
        outcome = at_most(outcome, "the defect", &(defect.clone() * defect), &rhs);
    }
    Ok(outcome)
}
