//! S6 for Gaussians on the line under the sign: the mixture has a density without a closed form for its
//! divergence, which is found by quadrature.

use super::few::{Line, lines};
use super::setting::{settled, shown};
use crate::claim::registry::families::{Point, Rule};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::GroupSpec;
use crate::claim::{About, Claim, Entry, Evidence, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, LogPartition, Member};
use crate::group::{AnyGroup, Finite};
use crate::representation::{SignedPermutation, SignedPermutationRep};
use crate::scalar::Scalar;
use crate::symmetrize::mixture;
use num_traits::{Float, One, Zero};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let claim = About {
        id: "S6.gaussian",
        title: "the orbit mixture of a Gaussian on the line",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "KL(q‖p) − KL(q̄‖p) = avg_g KL(g_#q‖q̄) ∈ [0, ln |orbit of q|] under the sign, with an invariant Gaussian prior p",
        hypotheses: &["Gaussian on the line", "the group {1, −1}", "invariant prior"],
        tolerance: "rounding tracked through every operation, and the trapezoidal rule's error on a strip without zeros of the mixture",
        covers: &[],
        cost: 2,
    };
    let control = About {
        id: "S6.gaussian-moving-prior",
        title: "a prior that is not invariant",
        role: Role::Control,
        of: Some("S6.gaussian"),
        statement: "KL(q‖p) − KL(q̄‖p) = avg_g KL(g_#q‖q̄) for every prior",
        hypotheses: &["the prior is not invariant"],
        ..claim
    };
    vec![
        Box::new(Entry {
            about: claim,
            instances: lines,
            check: |line| settled(check(line, Tracked::zero())),
            exact: None,
        }),
        Box::new(Entry {
            about: control,
            instances: lines,
            check: |line| shown(check(line, Tracked::one())),
            exact: None,
        }),
    ]
}

fn sign() -> SignedPermutationRep<AnyGroup> {
    let group = GroupSpec::Cyclic(2).build();
    let flip = group.element(1);
    SignedPermutationRep::from_fn(group, 1, move |g| {
        SignedPermutation::from_fn(1, |i| (i, *g == flip))
    })
}

/// The prior is `N(c, s²)`.
fn check(line: &Line, centre: Tracked) -> Result<Outcome, FamilyError> {
    let (m, v, s): (Tracked, Tracked, Tracked) = (line.mean(), line.variance(), line.prior());
    let q = DiagonalGaussian::with_variance(&[m], &[v])?;
    let p = DiagonalGaussian::with_variance(&[centre], &[s])?;
    let mixed = mixture(&q, &sign())?;
    let log = |law: &Member<DiagonalGaussian, Tracked>, theta: f64| {
        law.family().log_density(law, &[Tracked::exact(theta)])
    };
    // The mixture is N(θ; 0, v) cosh(mθ/v) up to a constant. |cosh(x + iy)| lies between cos(y) cosh x and
    // cosh x, and y = md/v is at most 1: its logarithm moves by less than 1 in size and 1 in argument.
    let (at, variance) = (m.value().abs(), v.value());
    let strip = f64::min(variance.sqrt(), variance / at);
    let mut step = 0.125;
    while step > strip / 8.0 {
        step /= 2.0;
    }
    let rule = Rule { step, strip };
    let quadratic = |x: f64| (2.0 * x.abs() + strip) * strip;
    let prior = 0.5 / s.value();
    let inflation = 0.5 * strip * strip / variance;
    let refused = std::cell::RefCell::new(None);
    // ln(q̄/p), with q̄ as the library has it.
    let to_prior = |theta: f64| {
        let density = mixed.log_density(&[Tracked::exact(theta)]).unwrap_or_else(|error| {
            *refused.borrow_mut() = Some(error);
            Tracked::new(f64::NAN, f64::NAN)
        });
        density - log(&p, theta)
    };
    // The integrals over q̄ are halves of integrals over q, at θ and at −θ: a mode at a time, so that integrands are
    // log-concave but for logarithms.
    let [total, gain, here, there] = rule.integrate(rule.node(m.value()), |theta| {
        // q/q̄ = 2/(1 + e^{−2mθ/v}).
        let odds = Tracked::count(2) * m * Tracked::exact(theta) / v;
        let ratio = if odds.value() > 0.0 {
            -Float::ln_1p(Float::exp(-odds))
        } else {
            odds - Float::ln_1p(Float::exp(odds))
        };
        let ratio = ratio + Float::ln(Tracked::count(2));
        let (here, there) = (to_prior(theta), to_prior(-theta));
        let moved = quadratic(theta) * (0.5 / variance + prior)
            + 2.0 * prior * centre.value().abs() * strip
            + 2.0;
        Point {
            density: Float::exp(log(&q, theta)),
            terms: [Tracked::one(), ratio, here, there],
            ln_inflation: inflation,
            largest: [
                1.0,
                ratio.value().abs() + at * strip / variance + 2.0,
                here.value().abs() + moved,
                there.value().abs() + moved,
            ],
        }
    });
    if let Some(error) = refused.into_inner() {
        return Err(error);
    }
    let fall = q.family().kl(&q, &p) - (here + there) / Tracked::count(2);
    let size = if m.is_zero() { 1 } else { 2 };
    let most = Float::ln(Tracked::count(size));
    let outcome = Outcome::new("KL(q‖p) − KL(q̄‖p) = avg_g KL(g_#q‖q̄)", close(&fall, &gain));
    if !centre.is_zero() {
        return Ok(outcome);
    }
    Ok(outcome
        .and("∫ q = 1", close(&total, &Tracked::one()))
        .bounded("0 ≤ gain", -fall.value(), 0.0, fall.bound())
        .bounded("gain ≤ ln |orbit|", fall.value(), most.value(), (fall - most).bound()))
}
