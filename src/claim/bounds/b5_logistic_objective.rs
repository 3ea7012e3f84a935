//! The objective of logistic regression with a ridge, and its minimiser.

use super::b5_location_scale::Variant;
use crate::claim::equivariance::regression::{Checked, data};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::inference::Augmentation;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutationRep,
};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, Zero};

/// Groups that are gone through in full.
const ENUMERATED: usize = 24;

/// What a ridge of `½κ‖θ‖²` has for `κ`.
pub(super) const RIDGE: f64 = 0.25;

/// `J(m, σ) = N avg_ε L(m + σ ⊙ ε) + ‖m − m_p‖²/(2σ_p²) + Σ_i [σ_i²/(2σ_p²) − ln σ_i]`, `L` the mean over the augmented
/// examples of `ln(1 + e^{−y⟨θ, x⟩}) + ½κ‖θ‖²`.
pub(super) struct Logistic {
    pub(super) rep: SignedPermutationRep<AnyGroup>,
    /// `yx` for every augmented example.
    pub(super) examples: Vec<Vec<f64>>,
    noise: Vec<Vec<f64>>,
    pub(super) weight: f64,
    pub(super) prior_mean: Vec<f64>,
    pub(super) prior_variance: f64,
}

impl Logistic {
    /// `None` where the group is too large to go through.
    pub(super) fn of(scene: &Scene, variant: Variant) -> Checked<Option<Self>> {
        let rep = scene.signed();
        if rep.group().small_order().is_none_or(|order| order > ENUMERATED) {
            return Ok(None);
        }
        let dim = rep.dim();
        let drawn = data::<f64>(scene, dim)?;
        let elements: Vec<AnyElement> = match variant.augmentation(scene) {
            Augmentation::Subset(elements) => elements,
            _ => rep.group().elements().collect(),
        };
        let examples = (0..drawn.len())
            .flat_map(|i| {
                // In 32nds; dyadic fractions throughout.
                let sign = if drawn.target(i)[0] < 0.0 { -0.25 } else { 0.25 };
                let signed: Vec<f64> = drawn.input(i).iter().map(|x| sign * x).collect();
                elements
                    .iter()
                    .map(|g| rep.apply(g, &signed).as_slice().to_vec())
                    .collect::<Vec<_>>()
            })
            .collect();
        let all = (0..1_usize << dim)
            .map(|code| (0..dim).map(|i| if code >> i & 1 == 0 { 1.0 } else { -1.0 }).collect());
        let noise = match variant {
            Variant::OpenNoise => all.take(2).collect(),
            _ => all.collect(),
        };
        let prior_mean = variant.prior_mean(scene, dim);
        let weight = variant.weight() as f64;
        let prior_variance = scene.positive::<f64>(Which::Q, 1)[0];
        Ok(Some(Self { rep, examples, noise, weight, prior_mean, prior_variance }))
    }

    /// `N/(number of terms) (1 + e^{z})^{-1}` for every example and draw, with what `z = y⟨m + σ ⊙ ε, x⟩` is linear in.
    fn terms<T: Real>(&self, w: &[T]) -> impl Iterator<Item = (T, Vec<f64>)> {
        let known = |x: f64| T::from_f64(x).unwrap_or_else(T::zero);
        let share = known(self.weight) / T::count(self.examples.len() * self.noise.len());
        self.examples.iter().flat_map(|x| self.noise.iter().map(move |e| (x, e))).map(
            move |(x, e)| {
                let moved = x.iter().zip(e).map(|(x, e)| x * e);
                let along: Vec<f64> = x.iter().copied().chain(moved).collect();
                let z = w.iter().zip(&along).fold(T::zero(), |sum, (&w, &a)| sum + w * known(a));
                (share / (T::one() + Float::exp(z)), along)
            },
        )
    }

    /// `∇J`.
    pub(super) fn gradient<T: Real>(&self, w: &[T]) -> Vec<T> {
        let known = |x: f64| T::from_f64(x).unwrap_or_else(T::zero);
        let dim = self.prior_mean.len();
        let precision = T::one() / known(self.prior_variance);
        let ridge = known(self.weight * RIDGE);
        let mut gradient: Vec<T> = (0..2 * dim)
            .map(|i| match i.checked_sub(dim) {
                None => ridge * w[i] + precision * (w[i] - known(self.prior_mean[i])),
                Some(_) => (ridge + precision) * w[i] - T::one() / w[i],
            })
            .collect();
        for (pull, along) in self.terms(w) {
            for (slope, &a) in gradient.iter_mut().zip(&along) {
                *slope -= pull * known(a);
            }
        }
        gradient
    }

    fn hessian(&self, w: &[f64]) -> DMatrix<f64> {
        let dim = self.prior_mean.len();
        let mut hessian = DMatrix::from_diagonal(&DVector::from_fn(2 * dim, |i, _| {
            let barrier = if i < dim { 0.0 } else { 1.0 / (w[i] * w[i]) };
            self.weight * RIDGE + 1.0 / self.prior_variance + barrier
        }));
        let share = self.weight / (self.examples.len() * self.noise.len()) as f64;
        for (pull, along) in self.terms(w) {
            let along = DVector::from_vec(along);
            hessian.ger(pull * (1.0 - pull / share), &along, &along, 1.0);
        }
        hessian
    }

    /// Near the minimiser, by Newton's method with steps that make the gradient smaller; how near is for the gradient
    /// to say.
    pub(super) fn minimiser(&self) -> Checked<Vec<f64>> {
        let dim = self.prior_mean.len();
        let norm = |w: &[f64]| self.gradient(w).iter().map(|x| x * x).sum::<f64>().sqrt();
        let mut w = self.prior_mean.clone();
        w.resize(2 * dim, 1.0);
        let mut height = norm(&w);
        for _ in 0..100 {
            let slope = DVector::from_vec(self.gradient(&w));
            let factor = self.hessian(&w).cholesky().ok_or("a Hessian that is not convex")?;
            let step = factor.solve(&slope);
            let lower = (0..40).find_map(|halvings| {
                let share = f64::from(-halvings).exp2();
                let next: Vec<f64> =
                    w.iter().zip(step.iter()).map(|(w, s)| w - share * s).collect();
                let inside = next[dim..].iter().all(|&scale| scale > 0.0);
                let found = if inside { norm(&next) } else { f64::INFINITY };
                (found < height).then_some((next, found))
            });
            match lower {
                Some((next, found)) => (w, height) = (next, found),
                None => break,
            }
        }
        Ok(w)
    }

    /// `g·w`.
    pub(super) fn moved(&self, g: &AnyElement, w: &[f64]) -> Vec<f64> {
        let dim = self.prior_mean.len();
        let map = self.rep.index_map(g);
        let mut moved = vec![0.0; 2 * dim];
        for i in 0..dim {
            let (image, negative) = map.image(i);
            moved[image] = if negative { -w[i] } else { w[i] };
            moved[dim + image] = w[dim + i];
        }
        moved
    }

    /// `F(x)`: the mean of the probability over the noise.
    pub(super) fn probability(&self, w: &[Tracked], x: &[f64]) -> Tracked {
        let dim = x.len();
        let sum = self.noise.iter().fold(Tracked::zero(), |sum, e| {
            let z = (0..dim).fold(Tracked::zero(), |z, i| {
                z + (w[i] + w[dim + i] * Tracked::exact(e[i])) * Tracked::exact(x[i])
            });
            sum + Tracked::count(1) / (Tracked::count(1) + Float::exp(-z))
        });
        sum / Tracked::count(self.noise.len())
    }
}
