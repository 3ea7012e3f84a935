//! B1 for one layer of erf units: outputs with bounds, and total variation on the line in between.

use super::networks::{ClosedBound, Posed, closed};
use super::world::{minus, square};
use super::{TOLERANCE, at_most, bounded, mutations};
use crate::claim::equivariance::network::Network;
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::defect::{gaussian_total_variation, mean_squared_defect_bound};
use crate::family::{Family, LogPartition};
use crate::law::Residual;
use crate::model::predictive::{self, GaussianExpectations, GaussianMoments};
use crate::model::{Linear, Model, Pointwise};
use crate::representation::{ActsBySignedPermutations, ActsOn, Representation};
use crate::scalar::Scalar;
use crate::special::Special;
use num_traits::{Float, FloatConst};

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B1.networks",
        title: "the defect is bounded by total variation: a layer of erf units",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖δ_g(x)‖² ≤ D² min(KL/2, 1 − e^{−KL}) for erf(Wx + b), D² = 4 for each output; and |δ_g(x)| ≤ 2 TV, TV² ≤ min(KL/2, 1 − e^{−KL}) for the two laws of each pre-activation, total variation exactly",
        hypotheses: &["(J)", "diagonal Gaussian", "signed permutations"],
        tolerance: TOLERANCE,
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
        ],
        cost: 4,
    };
    ClosedBound {
        about,
        instances: |wanted| closed(0..=0, wanted),
        check: |network| settled(check(network, Variant::Bound)),
        mutations: mutations!(check:
            "0.9 D²" => Variant::NineTenths,
            "D = 1, that of a probability" => Variant::Probability,
        ),
        steps: 512,
        not_jointly: ("B1.networks-not-jointly", "‖δ_g(x)‖² ≤ D² KL(q‖q)/2"),
        still: |network| measured(check(network, Variant::NotJointly)),
    }
    .claims()
}

/// What a control or a mutation changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Bound,
    NotJointly,
    NineTenths,
    Probability,
}

fn check(network: &Network, variant: Variant) -> Checked<Outcome> {
    let posed = Posed::of(network, 1, false)?;
    let moments = GaussianMoments::from(&posed.q);
    let (rep, outputs) = (posed.joint.inputs(), posed.joint.outputs().dim());
    let layer = if network.bias {
        Linear::with_bias(rep.dim(), outputs)?
    } else {
        Linear::new(rep.dim(), outputs)?
    };
    assert_eq!(Model::<f64>::parameters(&layer), posed.q.family().dim(), "one layer");
    // Far from 0 the units are steps, which tell two laws apart as well as anything.
    let steep = network.activations.first().is_some_and(|code| code % 4 == 0);
    let scale = if steep { Tracked::count(16) } else { Tracked::count(1) };
    let x: Vec<Tracked> =
        network.numbers::<Tracked>(3, rep.dim()).into_iter().map(|x| x * scale).collect();
    let here = predictive::linear(&layer, &moments, &x)?;
    let mean = |m: Tracked, v: Tracked| {
        Pointwise::Erf.moments(m, v).map(|found| found.mean).ok_or("erf without moments")
    };
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let input = rep.apply(&g, &x);
        let there = predictive::linear(&layer, &moments, input.as_slice())?;
        // The law of a pre-activation at ρ_X(g)x under g_#q: independent outputs, which g permutes up to sign.
        let map = posed.joint.outputs().index_map(&g);
        let mut pushed = vec![(Tracked::count(0), Tracked::count(0)); outputs];
        for k in 0..outputs {
            let (image, negative) = map.image(k);
            let m = here.mean[k];
            pushed[image] = (if negative { -m } else { m }, here.covariance[(k, k)]);
        }
        let own = (0..outputs).map(|k| (there.mean[k], there.covariance[(k, k)]));
        let laws: Vec<_> = own.zip(pushed).collect();
        let of = |laws: Vec<(Tracked, Tracked)>| {
            laws.into_iter().map(|(m, v)| mean(m, v)).collect::<Result<Vec<_>, _>>()
        };
        let (left, right) = laws.iter().copied().unzip();
        let defect = minus(&of(left)?, &of(right)?);
        let kl = match variant {
            Variant::NotJointly => Tracked::count(0),
            _ => posed.q.family().kl(&posed.q, &posed.pushed(&g, true)?),
        };
        let most = smaller(kl);
        let factor = match variant {
            Variant::NineTenths => Tracked::ratio(36, 10),
            Variant::Probability => Tracked::count(1),
            _ => Tracked::count(4),
        };
        let bound = factor * Tracked::count(outputs) * most;
        outcome = bounded(outcome, "‖δ_g(x)‖² ≤ D² TV²", &square(&defect), &bound);
        if variant != Variant::Bound {
            continue;
        }
        // Both branches of the minimum have slopes of at most 1.
        let found = mean_squared_defect_bound(4.0 * outputs as f64, [kl.value()]);
        let found = Tracked::new(found, 8.0 * f64::EPSILON * found);
        outcome = outcome.and("the library's bound", crate::claim::rounding::close(&found, &bound));
        for (&step, &(a, b)) in defect.iter().zip(&laws) {
            let Some(variation) = total_variation(a, b) else { continue };
            let twice = variation + variation;
            outcome = at_most(outcome, "|δ_g(x)| ≤ 2 TV of an output", &Float::abs(step), &twice);
            let square = variation * variation;
            outcome = at_most(outcome, "TV of an output² ≤ TV²", &square, &most);
            let own = smaller(line_divergence(a, b));
            outcome = at_most(outcome, "TV² ≤ min(KL/2, 1 − e^{−KL}) of an output", &square, &own);
            outcome = outcome.and("the library's TV of an output", library(a, b, variation)?);
        }
    }
    Ok(outcome)
}

/// What the library may be off by: four values of erf, off by 2 roundings each and halved, at arguments of 4 roundings, which
/// move `Φ` by a quarter of that; three subtractions; and 4 roundings of `d` and `r`, half of which is seen. Errors of the points
/// where the densities cross are of second order. That is less than 16, and twice that is allowed.
const LIBRARY: f64 = 32.0 * f64::UNIT_ROUNDOFF;

/// The library's total variation, of means and deviations that are rounded.
///
/// A Gaussian moves by at most `|Δm|/(σ√(2π))` in total variation with its mean, and by `2φ(1)|Δσ|/σ` to first order with its
/// scale: less than half of `|Δm|/σ` and `|Δσ|/σ`, so that these have room for the second order.
fn library(a: (Tracked, Tracked), b: (Tracked, Tracked), exact: Tracked) -> Checked<Residual> {
    let [p, q] = [a, b].map(|(m, v)| (m, Float::sqrt(v)));
    let found = gaussian_total_variation([p.0.value(), p.1.value()], [q.0.value(), q.1.value()])?;
    let moved = |(m, s): (Tracked, Tracked)| (m.bound() + s.bound()) / s.value();
    let error = (found - exact.value()).abs();
    Ok(Residual::new(error, exact.bound() + moved(p) + moved(q) + LIBRARY))
}

/// `min(KL/2, 1 − e^{−KL})`.
fn smaller(kl: Tracked) -> Tracked {
    let (half, huber) = (kl / Tracked::count(2), -Float::exp_m1(-kl));
    if half < huber { half } else { huber }
}

/// `KL` of two Gaussians on the line, by mean and variance.
fn line_divergence((m, v): (Tracked, Tracked), (n, w): (Tracked, Tracked)) -> Tracked {
    let (step, ratio) = (m - n, v / w);
    let excess = ratio - Tracked::count(1) - Float::ln(ratio);
    (step * step / w + excess) / Tracked::count(2)
}

/// Total variation of two Gaussians on the line: the difference of their probabilities of where one density is above
/// the other, which is beyond one point if the variances are equal, and else between two. `None` where a variance is 0,
/// or the points are known too badly to say.
fn total_variation((m, v): (Tracked, Tracked), (n, w): (Tracked, Tracked)) -> Option<Tracked> {
    if v.value() <= 0.0 || w.value() <= 0.0 {
        return None;
    }
    let half = Tracked::ratio(1, 2);
    if v.value() == w.value() && v.bound() == 0.0 && w.bound() == 0.0 {
        let distance = Float::abs(m - n) / Float::sqrt(v);
        return Some((distance * half * Tracked::FRAC_1_SQRT_2()).erf());
    }
    // (t − m)²/v − (t − n)²/w = ln(w/v), as at² − 2bt + c = 0.
    let a = v.recip() - w.recip();
    let b = m / v - n / w;
    let c = m * m / v - n * n / w - Float::ln(w / v);
    let root = Float::sqrt(b * b - a * c);
    let below = |t: Tracked, (m, v): (Tracked, Tracked)| {
        half * ((t - m) / Float::sqrt(v) * Tracked::FRAC_1_SQRT_2()).erf()
    };
    let between = |law| below((b + root) / a, law) - below((b - root) / a, law);
    let found = Float::abs(between((m, v)) - between((n, w)));
    (found.bound() < 1e-6).then_some(found)
}
