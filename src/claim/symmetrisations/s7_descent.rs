//! S7: where arithmetic averaging never increases the objective.

use super::s7_exact;
use super::setting::{
    DIAGONAL, Diagonal, Full, Setting, diagonal_scenes, full_scenes, settled, shown,
};
use crate::action::ClosedUnder;
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, LogPartition};
use crate::group::Finite;
use crate::representation::{
    ActsOn, Representation, Reynolds, SignedPermutation, SignedPermutationRep, Unsigned,
};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::{arithmetic, geometric};
use num_traits::{Float, FloatConst, Zero};

/// The claim for both families, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "S7.diagonal",
        title: "arithmetic averaging never increases the objective: diagonal Gaussians",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "J^G(q̂) + KL(q‖q̂) ≤ J^G(q), with equality for a loss affine in T",
        hypotheses: &[
            "finite group",
            "invariant prior in the family",
            "expected loss invariant, and convex in μ",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let full = About {
        id: "S7.full",
        title: "arithmetic averaging never increases the objective: full Gaussians",
        covers: &[Feature::TrivialGroup, Feature::NonAbelian, Feature::NonOrthogonal],
        cost: 16,
        ..diagonal
    };
    let control = |id, title, statement, hypotheses, covers| About {
        id,
        of: Some("S7.diagonal"),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..diagonal
    };
    vec![
        Box::new(Entry {
            about: diagonal,
            instances: diagonal_scenes,
            check: |scene| settled(check::<Diagonal>(scene, true)),
            exact: Some(|scene| settled(s7_exact::check::<Diagonal>(scene, true))),
        }),
        Box::new(Entry {
            about: control(
                "S7.bimodal-prior",
                "an invariant prior with two modes, outside the family",
                "J(q̂) ≤ J(q) under the sign for the prior ½N(a, s²) + ½N(−a, s²)",
                &["the prior is not in the family"],
                &[Feature::WideScales],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(bimodal(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S7.mean-field-regression",
                "mean-field linear regression: a loss convex in θ",
                "J(q̂) ≤ J(q) for the loss ½(Σθ_i − y)² and an invariant diagonal Gaussian prior",
                &["the expected loss is convex in θ, not in μ"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(regression(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: full,
            instances: full_scenes,
            check: |scene| settled(check::<Full>(scene, true)),
            exact: Some(|scene| settled(s7_exact::check::<Full>(&s7_exact::small(scene), true))),
        }),
        Box::new(Entry {
            about: About {
                of: Some("S7.full"),
                ..control(
                    "S7.full-moving-loss",
                    "an expected loss that is not invariant",
                    "J(q) − J(q̂) = KL(q‖q̂) for every loss affine in T",
                    &["the expected loss is not invariant"],
                    &[Feature::NonAbelian],
                )
            },
            instances: full_scenes,
            check: |scene| shown(check::<Full>(scene, false)),
            exact: Some(|scene| shown(s7_exact::check::<Full>(&s7_exact::small(scene), false))),
        }),
    ]
}

/// The loss affine in `T` is made invariant, or left as it is.
fn check<S>(scene: &Scene, invariant: bool) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: LogPartition<Tracked>,
{
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let family = q.family();
    let (upper, prior) = (arithmetic(&q, &rep)?, geometric(&S::member(scene, Which::P)?, &rep)?);
    let tau = family.statistic_action(&rep);
    let (before, after) = (q.mean_parameter().as_slice(), upper.mean_parameter().as_slice());
    let raw: Vec<Tracked> = scene.vector(Which::P, before.len());
    let average = Reynolds::of(&tau).project_dual(&raw);
    let a = if invariant { average.as_slice() } else { &raw };
    let data = Tracked::count(5);
    let (at_q, at_upper) = (family.kl(&q, &prior), family.kl(&upper, &prior));
    let gap = family.kl(&q, &upper);
    // N⟨a, μ⟩.
    let affine = |mu: &[Tracked]| data * dot(a, mu);
    // N avg_g (⟨b, τ(g)μ⟩ − 1)²: convex in μ, and invariant as an average.
    let square = |mu: &[Tracked]| {
        let sum = rep.group().elements().fold(Tracked::zero(), |sum, g| {
            let error = dot(&raw, tau.apply(&g, mu).as_slice()) - Tracked::count(1);
            sum + error * error
        });
        data * sum / Tracked::count(rep.group().small_order().unwrap_or(1))
    };
    let linear = affine(before) + at_q - affine(after) - at_upper;
    let fall = square(before) + at_q - square(after) - at_upper;
    Ok(Outcome::new("affine loss: J(q) − J(q̂) = KL(q‖q̂)", close(&linear, &gap)).bounded(
        "convex loss: KL(q‖q̂) ≤ J(q) − J(q̂)",
        gap.value(),
        fall.value(),
        (gap - fall).bound(),
    ))
}

/// `s = 1`, `4 ≤ a ≤ 8`, and `q = N(a, 1)` one of the two modes. `KL(q‖p) ≤ ln 2`, since `p ≥ ½q`; and with
/// `V` the variance of the average `q̂`, whose mean is 0, `p(θ) ≤ N(|θ|; a, 1)` gives
/// `KL(q̂‖p) ≥ ½(V + a² − 2a√(2V/π)) − ½(1 + ln V)`. The loss is constant.
fn bimodal(scene: &Scene) -> Result<Outcome, FamilyError> {
    let eighths = i64::from(scene.means.first().copied().unwrap_or(0)).abs();
    let a = Tracked::count(4) + Tracked::ratio(eighths, 8);
    let (one, two) = (Tracked::count(1), Tracked::count(2));
    let group = GroupSpec::Cyclic(2).build();
    let flip = group.element(1);
    let sign = SignedPermutationRep::from_fn(group, 1, move |g| {
        SignedPermutation::from_fn(1, |i| (i, *g == flip))
    });
    let upper = arithmetic(&DiagonalGaussian::with_variance(&[a], &[one])?, &sign)?;
    let variance = upper.variance()[0];
    let distance = Float::sqrt(two * variance / <Tracked as FloatConst>::PI());
    let at_least = (variance + a * a - two * a * distance - one - Float::ln(variance)) / two;
    let at_most = Float::ln(two);
    let tolerance = (at_least - at_most).bound();
    Ok(Outcome::vacuous().bounded("J(q̂) ≤ J(q)", at_least.value(), at_most.value(), tolerance))
}

/// `E_q ½(Σθ − y)² = ½(Σm − y)² + ½Σσ²`, under the permutations without signs, which keep `Σθ`.
fn regression(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = Unsigned::new(scene.signed());
    let q = scene.diagonal::<Tracked>(Which::Q)?;
    let upper = arithmetic(&q, &rep)?;
    let prior = geometric(&scene.diagonal::<Tracked>(Which::P)?, &rep)?;
    let data = Tracked::count(1000);
    let objective = |q: &crate::family::Member<DiagonalGaussian, Tracked>| {
        let sum = |x: &[Tracked]| x.iter().fold(Tracked::zero(), |sum, &x| sum + x);
        let error = sum(q.mean().as_slice()) - Tracked::count(1);
        let loss = (error * error + sum(q.variance().as_slice())) * Tracked::ratio(1, 2);
        data * loss + q.family().kl(q, &prior)
    };
    let (before, after) = (objective(&q), objective(&upper));
    let tolerance = (after - before).bound();
    Ok(Outcome::vacuous().bounded("J(q̂) ≤ J(q)", after.value(), before.value(), tolerance))
}
