//! F3: closedness under an action of a finite group.

use super::super::rounding::{Judge, Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Outcome, strategy};
use super::f1::small;
use super::posed::{Kind, Posed, part};
use super::{both, f3_controls, logarithms, settle, theorem};
use crate::action::push_forward;
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, LogPartition};
use crate::group::Group;
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, dot};

const CLOSED: &[&str] = &[
    "finite group",
    "diagonal Gaussian under signed permutations, or full Gaussian under any matrices",
];
const KINDS: &[Feature] = &[
    Feature::NonOrthogonal,
    Feature::KilledOrbit,
    Feature::SignedOrbit,
    Feature::NonAbelian,
    Feature::NonFreeOrbit,
    Feature::TrivialGroup,
    Feature::WideScales,
    Feature::RepeatedVariances,
];

/// As [`KINDS`], without wide scales, where factors of full matrices may keep no digit.
const NARROW: &[Feature] = &[
    Feature::NonOrthogonal,
    Feature::KilledOrbit,
    Feature::SignedOrbit,
    Feature::NonAbelian,
    Feature::NonFreeOrbit,
    Feature::TrivialGroup,
    Feature::RepeatedVariances,
];

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims: Vec<Box<dyn Claim>> = vec![Box::new(Entry {
        about: theorem(
            "F3.statistic",
            "the statistic moves linearly",
            "T(ρ(g)θ) = τ(g)T(θ), and ⟨g·η, T(ρ(g)θ)⟩ = ⟨η, T(θ)⟩",
            CLOSED,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(statistic, Tracked),
        exact: Some(both!(statistic, Rational)),
    })];
    claims.extend(f3_controls::of_statistic());
    claims.push(Box::new(Entry {
        about: theorem(
            "F3.density",
            "the push-forward has the density of g·η",
            "q_η(θ) = q_{g·η}(ρ(g)θ) |det ρ(g)| at every θ; |det ρ(g)| = 1 for a finite group",
            CLOSED,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(density),
        exact: Some(both!(logarithms::density)),
    }));
    claims.extend(f3_controls::of_density());
    claims.push(Box::new(Entry {
        about: theorem(
            "F3.log-partition",
            "A does not change along orbits",
            "A(g·η) = A(η)",
            CLOSED,
            NARROW,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: |scene| {
            settle(|| {
                let diagonal = log_partition::<DiagonalGaussian>(scene, Outcome::vacuous())?;
                // Factors of matrices whose scales spread further may keep no digit.
                let narrower = Scene { spread: scene.spread.min(4), ..scene.clone() };
                Ok(log_partition::<FullGaussian>(&narrower, diagonal)?.on(&narrower))
            })
        },
        exact: Some(both!(logarithms::log_partition)),
    }));
    claims.extend(f3_controls::of_log_partition());
    claims.push(Box::new(Entry {
        about: theorem(
            "F3.mean",
            "the mean parameter moves by τ",
            "μ(g·η) = τ(g)μ(η); the mean by ρ(g), the covariance to ρ(g)Σρ(g)ᵀ",
            CLOSED,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(mean, Tracked),
        exact: Some(both!(mean, Rational)),
    }));
    claims.extend(f3_controls::of_mean());
    claims.push(Box::new(Entry {
        about: theorem(
            "F3.fisher",
            "the Fisher information moves as a bilinear form",
            "I(g·η) = τ(g) I(η) τ(g)ᵀ",
            CLOSED,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(fisher, Tracked),
        exact: Some(both!(fisher, Rational)),
    }));
    claims.extend(f3_controls::of_fisher());
    claims.push(Box::new(Entry {
        about: theorem(
            "F3.composition",
            "push-forwards compose",
            "(gh)·η = g·(h·η), e·η = η and g⁻¹·(g·η) = η",
            CLOSED,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(composition, Tracked),
        exact: Some(both!(composition, Rational)),
    }));
    claims.extend(f3_controls::of_composition());
    claims
}

fn statistic<F: Posed<T>, T: Judge>(
    scene: &Scene,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let theta: Vec<T> = scene.vector(Which::P, rep.dim());
    let family = q.family();
    let before = family.sufficient_statistic(&theta);
    let after = family.sufficient_statistic(rep.apply(&g, &theta).as_slice());
    let moved = family.statistic_action(&rep).apply(&g, before.as_slice());
    let eta = push_forward(&q, &rep, &g)?;
    Ok(outcome.and(part!(F, T, "T(ρθ) = τT(θ)"), all_close(&after, &moved)).and(
        part!(F, T, "⟨g·η, T(ρθ)⟩ = ⟨η, T(θ)⟩"),
        close(
            &dot(eta.natural().as_slice(), after.as_slice()),
            &dot(q.natural().as_slice(), before.as_slice()),
        ),
    ))
}

fn density<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let theta: Vec<Tracked> = scene.vector(Which::P, rep.dim());
    let moved = push_forward(&q, &rep, &g)?;
    let before = q.family().log_density(&q, &theta);
    let after = q.family().log_density(&moved, rep.apply(&g, &theta).as_slice());
    Ok(outcome.and(part!(F, Tracked, "q(θ) = q_{g·η}(ρθ)"), close(&before, &after)))
}

fn log_partition<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let moved = push_forward(&q, &rep, &g)?;
    let family = q.family();
    Ok(outcome.and(
        part!(F, Tracked, "A(g·η) = A(η)"),
        close(&family.log_partition(&moved), &family.log_partition(&q)),
    ))
}

fn mean<F: Posed<T>, T: Judge>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let moved = push_forward(&q, &rep, &g)?;
    let mu = q.family().statistic_action(&rep).apply(&g, q.mean_parameter().as_slice());
    let matrix = rep.matrix(&g);
    let covariance = &matrix * F::covariance(&q) * matrix.transpose();
    Ok(outcome
        .and(part!(F, T, "μ(g·η) = τμ(η)"), all_close(moved.mean_parameter().coordinates(), &mu))
        .and(part!(F, T, "mean ρm"), all_close(&F::mean(&moved), &(&matrix * F::mean(&q))))
        .and(part!(F, T, "covariance ρΣρᵀ"), all_close(&F::covariance(&moved), &covariance)))
}

fn fisher<F: Posed<T>, T: Judge>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    let scene = &small::<T>(scene);
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let moved = push_forward(&q, &rep, &g)?;
    let tau = q.family().statistic_action(&rep).matrix(&g);
    let expected = &tau * q.family().fisher_information(&q) * tau.transpose();
    let information = q.family().fisher_information(&moved);
    let residual = all_close(&information, &expected);
    Ok(outcome.and(part!(F, T, "I(g·η) = τIτᵀ"), residual).on(scene))
}

fn composition<F: Posed<T>, T: Judge>(
    scene: &Scene,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let (q, rep) = (F::pose(scene, Which::Q)?, F::rep(scene));
    let (group, g, h) = (scene.group(), scene.element(0), scene.element(1));
    let at_once = push_forward(&q, &rep, &group.compose(&g, &h))?;
    let in_turn = push_forward(&push_forward(&q, &rep, &h)?, &rep, &g)?;
    let still = push_forward(&q, &rep, &group.identity())?;
    let back = push_forward(&push_forward(&q, &rep, &g)?, &rep, &group.inverse(&g))?;
    let eta = q.natural().coordinates();
    Ok(outcome
        .and(
            part!(F, T, "(gh)·η = g·(h·η)"),
            all_close(at_once.natural().coordinates(), in_turn.natural().coordinates()),
        )
        .and(part!(F, T, "e·η = η"), all_close(still.natural().coordinates(), eta))
        .and(part!(F, T, "g⁻¹·(g·η) = η"), all_close(back.natural().coordinates(), eta)))
}
