//! B5: the asymmetry that a prior leaves falls like `1/N`.

use crate::claim::bounds::control;
use crate::claim::rate::{Rate, Series, weights};
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{DiagonalGaussian, FamilyError};
use crate::group::Finite;
use crate::inference::{QuadraticRisk, mean_field_update};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::Float;

/// The claim with its control.
pub(in super::super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B5.rate",
        title: "the asymmetry that a prior leaves falls like 1/N",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "√(avg_g ‖m* − ρ(g)m*‖²) ∝ N^{−1} for the posterior mean of a linear model with the prior N(m_p, σ_p² I); and m* = ρ(g)m* for all N if m_p = ρ(g)m_p",
        hypotheses: &["finite group", "orthogonal action", "invariant loss, κ-strongly convex"],
        tolerance: "1/(1 + Nκσ_p²) at the window's beginning N = 4096, which is what the slope is off from its limit at the most; and the rounding of every mean (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
        ],
        cost: 4,
    };
    let root = About {
        covers: &[Feature::NonAbelian],
        ..control(
            about,
            "B5.rate-root",
            "a bias taken for a deviation",
            "√(avg_g ‖m* − ρ(g)m*‖²) ∝ N^{−½}",
            &["the data outweigh the prior in proportion to N"],
        )
    };
    let instances = |wanted| strategy::scenes_with(4, wanted);
    vec![
        Box::new(
            Entry { about, instances, check: |scene| check(scene, -1.0), exact: None }
                .with_rates(|scene| plotted(scene, -1.0)),
        ),
        Box::new(
            Entry { about: root, instances, check: |scene| check(scene, -0.5), exact: None }
                .with_rates(|scene| plotted(scene, -0.5)),
        ),
    ]
}

/// Numbers of examples: large enough for a control to be refuted by a margin.
const EXAMPLES: [u32; 5] = [1 << 12, 1 << 13, 1 << 14, 1 << 16, 1 << 18];

/// The strong convexity of the loss, at the least.
const CONVEXITY: f64 = 1.0;

/// Groups that are gone through in full.
const ENUMERATED: usize = 48;

/// The asymmetry for each number of examples, with the posterior means.
struct Asymmetry {
    found: Vec<Tracked>,
    /// `m*` and `ρ(g)m*`, for the element that is moved most by.
    sides: Vec<(Vec<Tracked>, Vec<Tracked>)>,
    /// `σ_p²`.
    variance: f64,
    /// Whether the prior itself is invariant.
    invariant: bool,
}

impl Asymmetry {
    /// Least squares under an orbit of data: `H = κI + avg_g ρ(g)aaᵀρ(g)ᵀ` and an invariant `b`.
    fn of(scene: &Scene) -> Option<Result<Self, FamilyError>> {
        let rep = scene.signed();
        let group = rep.group().clone();
        if group.small_order().is_none_or(|order| order > ENUMERATED) {
            return None;
        }
        let dim = Representation::dim(&rep);
        let elements: Vec<_> = group.elements().collect();
        let order = Tracked::count(elements.len());
        let a: Vec<Tracked> = scene.vector(Which::Q, dim);
        let mut hessian = DMatrix::from_diagonal_element(dim, dim, Tracked::exact(CONVEXITY));
        for g in &elements {
            let moved = rep.apply(g, &a);
            for i in 0..dim {
                for j in 0..dim {
                    hessian[(i, j)] += moved[i] * moved[j] / order;
                }
            }
        }
        let b = Reynolds::<Tracked>::of(&rep).project(&a);
        let risk = QuadraticRisk::new(
            hessian,
            DVector::from_column_slice(b.as_slice()),
            Tracked::exact(0.0),
        );
        let mean: Vec<Tracked> = scene.vector(Which::P, dim);
        // Not below 1: the window is far from where the prior still matters.
        let variance = 1.0 + scene.positive::<Tracked>(Which::P, 1)[0].value();
        let invariant = elements
            .iter()
            .all(|g| rep.apply(g, &mean).iter().zip(&mean).all(|(a, b)| a.value() == b.value()));
        let of = |examples: u32| -> Result<_, FamilyError> {
            let prior =
                DiagonalGaussian::with_variance(&mean, &vec![Tracked::exact(variance); dim])?;
            let posterior = mean_field_update(&prior, &risk, Tracked::exact(f64::from(examples)))?;
            let m: Vec<Tracked> = posterior.mean().as_slice().to_vec();
            let mut sum = Tracked::exact(0.0);
            let mut farthest = (-1.0, m.clone());
            for g in &elements {
                let moved: Vec<Tracked> = rep.apply(g, &m).as_slice().to_vec();
                let square = m
                    .iter()
                    .zip(&moved)
                    .fold(Tracked::exact(0.0), |sum, (&a, &b)| sum + (a - b) * (a - b));
                sum += square;
                if square.value() > farthest.0 {
                    farthest = (square.value(), moved);
                }
            }
            Ok((Float::sqrt(sum / order), (m, farthest.1)))
        };
        let each: Result<Vec<_>, FamilyError> = EXAMPLES.into_iter().map(of).collect();
        Some(each.map(|each| {
            let (found, sides) = each.into_iter().unzip();
            Self { found, sides, variance, invariant }
        }))
    }

    /// The local slope is a mean of `−Nh/(σ_p^{−2} + Nh)` over eigenvalues `h ≥ κ`, and a fitted slope a mean of local ones.
    fn off_limit(&self) -> f64 {
        1.0 / (1.0 + f64::from(EXAMPLES[0]) * CONVEXITY * self.variance)
    }
}

/// The places.
fn places() -> [f64; EXAMPLES.len()] {
    EXAMPLES.map(f64::from)
}

fn check(scene: &Scene, expected: f64) -> Outcome {
    let Some(found) = Asymmetry::of(scene) else { return Outcome::vacuous() };
    let Ok(found) = found else { return Outcome::new("m*", Residual::failed()) };
    if found.invariant {
        // Nothing falls: a control has nothing to show here.
        if expected != -1.0 {
            return Outcome::vacuous();
        }
        let sides = found.sides.iter().map(|(m, moved)| all_close(m, moved));
        return Outcome::new("m* = ρ(g)m*", sides.fold(Residual::exact(true), Residual::worse));
    }
    let slope = weights(&places().map(Tracked::exact))
        .into_iter()
        .zip(&found.found)
        .fold(Tracked::exact(0.0), |sum, (w, &y)| sum + w * Float::ln(y));
    let error = (slope.value() - expected).abs();
    Outcome::new("the slope", Residual::new(error, found.off_limit() + slope.bound()))
}

/// The fit of one instance, with what rounding leaves open.
fn plotted(scene: &Scene, expected: f64) -> Vec<Rate> {
    let Some(Ok(found)) = Asymmetry::of(scene) else { return vec![] };
    if found.invariant {
        return vec![];
    }
    let y: Vec<f64> = found.found.iter().map(|y| y.value()).collect();
    let interval = |i: usize, _: f64| {
        let (value, bound) = (found.found[i].value(), found.found[i].bound());
        (value - bound, value + bound)
    };
    let series = Series {
        name: "one of the instances",
        axes: ["examples N", "asymmetry of the mean"],
        x: &places(),
        y: &y,
        expected,
        allowance: found.off_limit(),
        widest: found.off_limit(),
        interval: &interval,
    };
    vec![series.fit(0.5)]
}
