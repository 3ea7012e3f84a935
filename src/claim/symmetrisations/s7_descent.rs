//! S7: where arithmetic averaging never increases the objective.

use super::few::{Modes, modes};
use super::s7_exact;
use super::s7_objective::{self, DATA, Drop};
use super::setting::{
    DIAGONAL, Diagonal, Full, Setting, diagonal_scenes, full_scenes, settled, shown,
};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, IsotropicGaussian, LogPartition, Member};
use crate::group::{AnyGroup, Finite};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutation, SignedPermutationRep,
    Unsigned,
};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::{Projection, Symmetrization, arithmetic, geometric};
use num_traits::{Float, FloatConst, Zero};
use proptest::strategy::{BoxedStrategy, Strategy};

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
            check: |scene| settled(check::<Diagonal>(scene, Drop::Nothing)),
            exact: Some(|scene| settled(s7_exact::check::<Diagonal>(scene, true))),
        }),
        Box::new(Entry {
            about: control(
                "S7.bimodal-prior",
                "an invariant prior with two modes, outside the family",
                "J(q̂) ≤ J(q) under the sign for the prior ½N(a, s²) + ½N(−a, s²)",
                &["the prior is not in the family"],
                &[],
            ),
            instances: modes,
            check: |modes| shown(bimodal(modes)),
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
            exact: Some(|scene| shown(s7_exact::regression(scene))),
        }),
        Box::new(Entry {
            about: full,
            instances: full_scenes,
            check: |scene| settled(check::<Full>(scene, Drop::Nothing)),
            exact: Some(|scene| settled(s7_exact::check::<Full>(&s7_exact::small(scene), true))),
        }),
        Box::new(Entry {
            about: About {
                of: Some("S7.full"),
                ..control(
                    "S7.full-moving-loss",
                    "an expected loss that is not invariant",
                    "J(q̂) ≤ J(q) for every expected loss convex in μ",
                    &["the expected loss is not invariant"],
                    &[Feature::NonAbelian],
                )
            },
            instances: moved,
            check: |scene| shown(check::<Full>(scene, Drop::Loss)),
            exact: Some(|scene| shown(s7_exact::check::<Full>(&s7_exact::small(scene), false))),
        }),
        Box::new(Entry {
            about: About {
                of: Some("S7.full"),
                ..control(
                    "S7.full-moving-prior",
                    "a prior that is not invariant",
                    "J(q̂) ≤ J(q) for every prior in the family",
                    &["the prior is not invariant"],
                    &[Feature::NonAbelian],
                )
            },
            instances: moved,
            check: |scene| shown(check::<Full>(scene, Drop::Prior)),
            exact: Some(|scene| shown(s7_exact::own_prior::<Full>(&s7_exact::small(scene)))),
        }),
        Box::new(Entry {
            about: About {
                id: "S7.fixed-covariance",
                title: "averaging the means of Gaussians of one covariance never increases the objective",
                statement: "N(Pm, v·1) for N(m, v·1): J^G(q̂) + KL(q‖q̂) ≤ J^G(q) for Poisson regression and for least \
                            squares, whose expected losses avg_g [e^{⟨x, ρ(g)m⟩ + v|x|²/2} − y⟨x, ρ(g)m⟩] and \
                            avg_g (⟨x, ρ(g)m⟩ − y)² + v|x|² are convex in the mean",
                hypotheses: &[
                    "finite group",
                    "Gaussians of one covariance v·1, under signed permutations",
                    "invariant prior in the family",
                    "loss convex in θ, and averaged over the group",
                ],
                ..diagonal
            },
            instances: short,
            check: |scene| settled(fixed_covariance(scene)),
            exact: Some(s7_exact::fixed_covariance),
        }),
        Box::new(Entry {
            about: About {
                of: Some("S7.fixed-covariance"),
                ..control(
                    "S7.free-covariance",
                    "the variance averaged too: Poisson regression, least squares",
                    "J^G(q̂) ≤ J^G(q) for Poisson regression and for least squares, for the arithmetic average among all N(m, v·1)",
                    &[
                        "the covariance is fixed; with a free variance the expected loss is not convex in μ",
                    ],
                    &[Feature::NonAbelian],
                )
            },
            instances: short,
            check: |scene| shown(free_covariance(scene)),
            exact: Some(|scene| shown(s7_exact::free_covariance(scene, &unsigned(scene)))),
        }),
    ]
}

fn check<S>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: LogPartition<Tracked>,
{
    let (q, other) = (S::member(scene, Which::Q)?, S::member(scene, Which::P)?);
    s7_objective::check(scene, [&q, &other], &S::rep(scene), drop, |_| None)
}

/// Members that are not invariant.
fn moved(_: Option<Feature>) -> BoxedStrategy<Scene> {
    full_scenes(Some(Feature::NonAbelian))
        .prop_map(|scene| Scene { invariant: false, ..scene })
        .boxed()
}

/// Means within a few units and scales of one size, whose exponentials are numbers.
fn short(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    diagonal_scenes(wanted)
        .prop_map(move |mut scene| {
            if wanted != Some(Feature::WideScales) {
                scene.spread = scene.spread.min(1);
            }
            scene
        })
        .boxed()
}

/// `avg_g [e^{⟨x, ρ(g)m⟩ + v|x|²/2} − y⟨x, ρ(g)m⟩]`, the expected loss of an example `(x, y)` of Poisson regression.
fn poisson(
    q: &Member<IsotropicGaussian, Tracked>,
    rep: &SignedPermutationRep<AnyGroup>,
    x: &[Tracked],
) -> Tracked {
    let half = Tracked::ratio(1, 2);
    let (mean, noise) = (q.mean(), q.variance() * dot(x, x) * half);
    let (mut sum, mut order) = (Tracked::zero(), 0);
    for g in rep.group().elements() {
        let signal = dot(x, rep.apply(&g, mean.as_slice()).as_slice());
        sum += Float::exp(signal + noise) - Tracked::count(2) * signal;
        order += 1;
    }
    sum / Tracked::count(order)
}

/// `avg_g (⟨x, ρ(g)m⟩ − y)² + v|x|²`, that of least squares.
fn squared_error(
    q: &Member<IsotropicGaussian, Tracked>,
    rep: &SignedPermutationRep<AnyGroup>,
    x: &[Tracked],
) -> Tracked {
    s7_exact::squared_error(rep, q.mean().as_slice(), &q.variance(), x)
}

/// `x` has entries of at most ¼; the variance is one of those of the scene.
fn fixed_covariance(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let n = rep.dim();
    let variance: Tracked = Scene { spread: 0, ..scene.clone() }.positive(Which::Q, 1)[0];
    let of = |which| IsotropicGaussian::with_variance(&scene.vector::<Tracked>(which, n), variance);
    let (q, other) = (of(Which::Q)?, of(Which::P)?);
    let (upper, prior) = (Projection.symmetrize(&q, &rep)?, Projection.symmetrize(&other, &rep)?);
    let x: Vec<Tracked> = scene
        .vector::<Tracked>(Which::P, n)
        .into_iter()
        .map(|entry| entry * Tracked::ratio(1, 32))
        .collect();
    let family = q.family();
    let gap = family.kl(&q, &upper);
    let rest = family.kl(&q, &prior) - family.kl(&upper, &prior);
    let (many, few) = (Tracked::count(DATA), Tracked::ratio(1, 64));
    let counts = poisson(&q, &rep, &x) - poisson(&upper, &rep, &x);
    let squares = squared_error(&q, &rep, &x) - squared_error(&upper, &rep, &x);
    Ok([
        ("counts: KL(q‖q̂) ≤ J(q) − J(q̂)", many * counts),
        ("counts, few examples", few * counts),
        ("squares: KL(q‖q̂) ≤ J(q) − J(q̂)", many * squares),
        ("squares, few examples", few * squares),
    ]
    .into_iter()
    .fold(Outcome::vacuous(), |outcome, (part, drop)| {
        let fall = drop + rest;
        outcome.bounded(part, gap.value(), fall.value(), (gap - fall).bound())
    }))
}

/// The permutations without signs, which keep `⟨x, m⟩` for the vector of ones: a loss sees the variance only.
fn unsigned(scene: &Scene) -> SignedPermutationRep<AnyGroup> {
    let signed = scene.signed();
    let (group, n) = (signed.group().clone(), signed.dim());
    SignedPermutationRep::from_fn(group, n, move |g| {
        let map = signed.index_map(g);
        SignedPermutation::from_fn(n, |i| (map.image(i).0, false))
    })
}

fn free_covariance(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = unsigned(scene);
    let n = rep.dim();
    let of = |which| {
        IsotropicGaussian::with_variance(&scene.vector::<Tracked>(which, n), Tracked::count(1))
    };
    let q = of(Which::Q)?;
    let (upper, prior) = (arithmetic(&q, &rep)?, geometric(&of(Which::P)?, &rep)?);
    let x = vec![Tracked::ratio(1, 4); n];
    let rise = |loss: fn(&Member<_, _>, &SignedPermutationRep<AnyGroup>, &[Tracked]) -> Tracked| {
        let objective = |law: &Member<IsotropicGaussian, Tracked>| {
            Tracked::count(1 << 20) * loss(law, &rep, &x) + law.family().kl(law, &prior)
        };
        (objective(&q), objective(&upper))
    };
    let outcome = Outcome::vacuous();
    Ok([("counts: J(q̂) ≤ J(q)", rise(poisson)), ("squares: J(q̂) ≤ J(q)", rise(squared_error))]
        .into_iter()
        .fold(outcome, |outcome, (part, (before, after))| {
            outcome.bounded(part, after.value(), before.value(), (after - before).bound())
        }))
}

/// `s = 1`, `4 ≤ a ≤ 8`, and `q = N(a, 1)` one of the two modes. `KL(q‖p) ≤ ln 2`, since `p ≥ ½q`; and with
/// `V` the variance of the average `q̂`, whose mean is 0, `p(θ) ≤ N(|θ|; a, 1)` gives
/// `KL(q̂‖p) ≥ ½(V + a² − 2a√(2V/π)) − ½(1 + ln V)`. The loss is constant.
fn bimodal(instance: &Modes) -> Result<Outcome, FamilyError> {
    let a: Tracked = instance.mode();
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
