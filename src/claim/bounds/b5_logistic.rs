//! B5 (c): location and scale of the minimiser of logistic regression with a ridge, under a prior that moves.

use super::at_most;
use crate::claim::equivariance::regression::{
    Checked, EXAMPLES, data, measured, moderate, settled,
};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Mutation, Outcome, Role, Seeking};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutationRep,
};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, Zero};

/// Groups that are gone through in full.
const ENUMERATED: usize = 24;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B5.logistic",
        title: "location and scale of a minimiser under a prior that moves: logistic regression with a ridge",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖w* − g·w*‖ ≤ ‖m_p − g·m_p‖/(σ_p² λ) with λ = σ_p^{-2} + Nκ, κ the ridge, for the objective with all signs as noise, and |F(ρ_X(g)x) − F(x)| ≤ ¼ ‖ρ_X(g)x‖ times that",
        hypotheses: &[
            "signed permutations",
            "invariant, κ-strongly convex loss",
            "prior N(m_p, σ_p² I)",
            "noise that is closed under the group, of mean 0 and variance 1",
        ],
        tolerance: "twice the distance of the minimiser that was found, ‖∇J‖/λ, the gradient bounded with its rounding; and the rounding of both sides",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 4,
    };
    vec![
        Box::new(
            Entry {
                about,
                instances: |wanted| moderate(3, wanted),
                check: |scene| settled(check(scene, Variant::Bound)),
                exact: None,
            }
            .sought(SEEKING),
        ),
        Box::new(Entry {
            about: about.control(
                "B5.logistic-subset",
                "augmentation by a subset",
                &["the loss is invariant"],
                &[Feature::NonAbelian],
            ),
            instances: |wanted| moderate(3, wanted),
            check: |scene| measured(check(scene, Variant::Subset)),
            exact: None,
        }),
        Box::new(Entry {
            about: about.control(
                "B5.logistic-open-noise",
                "noise that is not closed under the group",
                &["the noise is closed under the group"],
                &[Feature::NonAbelian],
            ),
            instances: |wanted| moderate(3, wanted),
            check: |scene| measured(check(scene, Variant::OpenNoise)),
            exact: None,
        }),
    ]
}

/// What a control or a mutation changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Bound,
    /// An augmentation by two elements; the prior's mean is 0.
    Subset,
    /// Two draws of the noise, the first of which does not move the first coordinate alone; the prior's mean is 0.
    OpenNoise,
    NineTenths,
    /// The curvature of the loss at its largest.
    Largest,
    /// Examples counted with their copies.
    Copies,
    /// The minimiser of the mean of the examples' losses: a factor `N` lost.
    Mean,
}

const SEEKING: Seeking<Scene> = Seeking {
    neighbour: Scene::nearby,
    mutations: &[
        Mutation {
            name: "0.9 of the bound",
            check: |scene| measured(check(scene, Variant::NineTenths)),
        },
        Mutation {
            name: "the largest curvature for κ",
            check: |scene| measured(check(scene, Variant::Largest)),
        },
        Mutation { name: "N |G| for N", check: |scene| measured(check(scene, Variant::Copies)) },
        Mutation {
            name: "a factor N lost from the loss",
            check: |scene| measured(check(scene, Variant::Mean)),
        },
    ],
    steps: 64,
};

/// What a ridge of `½κ‖θ‖²` has for `κ`.
const RIDGE: f64 = 0.25;

/// `J(m, σ) = N avg_ε L(m + σ ⊙ ε) + ‖m − m_p‖²/(2σ_p²) + Σ_i [σ_i²/(2σ_p²) − ln σ_i]`, `L` the mean over the augmented
/// examples of `ln(1 + e^{−y⟨θ, x⟩}) + ½κ‖θ‖²`.
struct Logistic {
    rep: SignedPermutationRep<AnyGroup>,
    /// `yx` for every augmented example.
    examples: Vec<Vec<f64>>,
    noise: Vec<Vec<f64>>,
    weight: f64,
    prior_mean: Vec<f64>,
    prior_variance: f64,
}

impl Logistic {
    /// `None` where the group is too large to go through.
    fn of(scene: &Scene, variant: Variant) -> Checked<Option<Self>> {
        let rep = scene.signed();
        if rep.group().small_order().is_none_or(|order| order > ENUMERATED) {
            return Ok(None);
        }
        let dim = rep.dim();
        let drawn = data::<f64>(scene, dim)?;
        let elements: Vec<AnyElement> = match variant {
            Variant::Subset => vec![scene.element(0), scene.element(1)],
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
        let prior_mean = match variant {
            Variant::Subset | Variant::OpenNoise => vec![0.0; dim],
            _ => scene.vector(Which::Q, dim),
        };
        let weight = if variant == Variant::Mean { 1.0 } else { EXAMPLES as f64 };
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
    fn gradient<T: Real>(&self, w: &[T]) -> Vec<T> {
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
    fn minimiser(&self) -> Checked<Vec<f64>> {
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
    fn moved(&self, g: &AnyElement, w: &[f64]) -> Vec<f64> {
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
    fn probability(&self, w: &[Tracked], x: &[f64]) -> Tracked {
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

/// `‖a − b‖`.
fn distance(a: &[f64], b: &[f64]) -> Tracked {
    let sum = a.iter().zip(b).fold(Tracked::zero(), |sum, (&a, &b)| {
        let step = Tracked::exact(a) - Tracked::exact(b);
        sum + step * step
    });
    Float::sqrt(sum)
}

fn check(scene: &Scene, variant: Variant) -> Checked<Outcome> {
    let Some(problem) = Logistic::of(scene, variant)? else { return Ok(Outcome::vacuous()) };
    let w = problem.minimiser()?;
    let tracked: Vec<Tracked> = w.iter().map(|&x| Tracked::exact(x)).collect();
    let slope = problem.gradient(&tracked).iter().fold(0.0, |sum, slope| {
        let most = slope.value().abs() + slope.bound();
        sum + most * most
    });
    let precision = Tracked::count(1) / Tracked::exact(problem.prior_variance);
    let lambda = |examples: f64, curvature: f64| precision + Tracked::exact(examples * curvature);
    let examples = EXAMPLES as f64;
    // The objective that is minimised is this strongly convex, whatever the variant says.
    let actual = lambda(problem.weight, RIDGE);
    // `‖w − w*‖ ≤ ‖∇J(w)‖/λ`, with what this norm of `w.len()` terms and the quotient lose by rounding.
    let lost = (w.len() + 8) as f64 * f64::UNIT_ROUNDOFF;
    let near = slope.sqrt() * (1.0 + lost) / (actual.value() - actual.bound());
    let said = match variant {
        Variant::Largest => {
            let square = |x: &Vec<f64>| x.iter().map(|x| x * x).sum::<f64>();
            let largest = problem.examples.iter().map(square).fold(0.0, f64::max);
            lambda(examples, RIDGE + 0.25 * largest)
        }
        Variant::Copies => {
            lambda(examples * problem.rep.group().small_order().unwrap_or(1) as f64, RIDGE)
        }
        _ => lambda(examples, RIDGE),
    };
    let mut outcome = Outcome::vacuous();
    for k in 0..3 {
        let g = scene.element(k);
        let moved_prior = problem.rep.apply(&g, &problem.prior_mean);
        let shift = distance(&problem.prior_mean, moved_prior.as_slice());
        let bound = shift * precision / said;
        let bound =
            if variant == Variant::NineTenths { bound * Tracked::ratio(9, 10) } else { bound };
        let step = distance(&w, &problem.moved(&g, &w));
        let tolerance = (bound - step).bound() + 2.0 * near;
        outcome =
            outcome.bounded("‖w* − g·w*‖ ≤ the bound", step.value(), bound.value(), tolerance);
        if variant == Variant::Bound {
            let x: Vec<f64> = scene.vector(Which::P, problem.prior_mean.len());
            let there = problem.rep.apply(&g, &x);
            let defect =
                problem.probability(&tracked, there.as_slice()) - problem.probability(&tracked, &x);
            let lipschitz = distance(there.as_slice(), &vec![0.0; x.len()]) * Tracked::ratio(1, 4);
            let rhs = lipschitz * (bound + Tracked::new(0.0, 2.0 * near));
            outcome = at_most(outcome, "the defect", &Float::abs(defect), &rhs);
        }
    }
    Ok(outcome)
}
