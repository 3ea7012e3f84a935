//! B5 (c): location and scale of the minimiser of logistic regression with a ridge, under a prior that moves.

use super::b5_location_scale::{Variant, subset};
use super::b5_logistic_objective::{Logistic, RIDGE};
use super::{at_most, mutations};
use crate::claim::equivariance::regression::{
    Checked, DIAGONAL, EXAMPLES, measured, moderate, settled,
};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, Seeking};
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;
use num_traits::{Float, Zero};

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
        covers: DIAGONAL,
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
            about: subset(about, "B5.logistic-subset"),
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

const SEEKING: Seeking<Scene> = Seeking {
    neighbour: Scene::nearby,
    mutations: mutations!(check:
        "0.9 of the bound" => Variant::NineTenths,
        "the largest curvature for κ" => Variant::Largest,
        "N |G| for N" => Variant::Copies,
        "a factor N lost from the loss" => Variant::Mean,
    ),
    steps: 64,
};

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
        Variant::Copies => lambda(examples * variant.copies(problem.rep.group()) as f64, RIDGE),
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
