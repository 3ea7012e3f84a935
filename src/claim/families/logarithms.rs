//! Exact twins of F2 and F3 for Gaussians: rational arithmetic with one logarithm of a rational carried along.

use super::super::Outcome;
use super::super::scene::{Scene, Which};
use super::super::symmetrisations::exact::{self, Gaussian, HalfLog};
use super::cubature::degree_five;
use super::f1::small;
use super::posed::{Kind, Posed, part};
use crate::action::push_forward;
use crate::family::{FamilyError, FullGaussian, Member};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::DVector;

/// Both families have both.
pub(super) trait Exact: Posed<Rational> + Gaussian {}

impl<F: Posed<Rational> + Gaussian> Exact for F {}

type Pair<F> = (Member<F, Rational>, Member<F, Rational>);

fn pair<F: Exact>(scene: &Scene) -> Result<Pair<F>, FamilyError> {
    Ok((F::pose(scene, Which::Q)?, F::pose(scene, Which::P)?))
}

/// `A(ζ) − A(η) − ⟨ζ − η, μ⟩`, `μ` of the member `at`.
pub(super) fn bregman<F: Exact>(
    q: &Member<F, Rational>,
    p: &Member<F, Rational>,
    at: &Member<F, Rational>,
) -> HalfLog {
    let step = p.natural().coordinates() - q.natural().coordinates();
    let pairing = dot(step.as_slice(), at.mean_parameter().as_slice());
    exact::log_partition(p) - exact::log_partition(q) - HalfLog::rational(pairing)
}

/// The control: arguments swapped.
pub(super) fn swapped(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, p) = pair::<FullGaussian>(&small::<Rational>(scene))?;
    let same = exact::kl(&p, &q) == bregman(&q, &p, &q);
    Ok(Outcome::new("KL(q_ζ‖q_η) = B", Residual::exact(same)))
}

/// The control: the gradient at the other end.
pub(super) fn other_mean(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, p) = pair::<FullGaussian>(&small::<Rational>(scene))?;
    let same = exact::kl(&q, &p) == bregman(&q, &p, &p);
    Ok(Outcome::new("KL = A(ζ) − A(η) − ⟨ζ − η, μ(ζ)⟩", Residual::exact(same)))
}

/// The control: the expectation under the other law.
pub(super) fn other_expectation(scene: &Scene) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, p) = pair::<FullGaussian>(scene)?;
    let same = mean_log_ratio(scene, Which::P, &q, &p)? == Some(exact::kl(&q, &p));
    Ok(Outcome::new("KL = E_p [ln q − ln p]", Residual::exact(same)))
}

/// The mean of `ln q − ln p` over one of the two.
fn mean_log_ratio<F: Exact>(
    scene: &Scene,
    under: Which,
    q: &Member<F, Rational>,
    p: &Member<F, Rational>,
) -> Result<Option<HalfLog>, FamilyError> {
    let ratios: Vec<(Rational, HalfLog)> = degree_five(&F::factors(scene, under)?)
        .into_iter()
        .map(|node| {
            let log = |law| exact::log_density(law, &node.theta);
            (node.weight.clone(), log(q) - log(p))
        })
        .collect();
    Ok(HalfLog::mean(&ratios))
}

/// `KL`, written out with matrices, against the library's natural and mean parameters.
pub(super) fn is_bregman<F: Exact>(
    scene: &Scene,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, p) = pair::<F>(scene)?;
    let (eta, zeta) = (q.natural().coordinates(), p.natural().coordinates());
    let divergence = |q, p| bregman(q, p, q);
    let near = eta + (zeta - eta) * Rational::ratio(1, 1 << 12);
    let near = Member::from_natural(q.family().clone(), near)?;
    Ok(outcome
        .and(
            part!(F, Rational, "KL = Bregman"),
            Residual::exact(exact::kl(&q, &p) == divergence(&q, &p)),
        )
        .and(
            part!(F, Rational, "KL = Bregman, nearby"),
            Residual::exact(exact::kl(&q, &near) == divergence(&q, &near)),
        )
        .on(scene))
}

/// The log ratio is a quadratic function of `θ`, plus a constant logarithm: the cubature is exact.
pub(super) fn is_mean_log_ratio<F: Exact>(
    scene: &Scene,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, p) = pair::<F>(scene)?;
    let holds = mean_log_ratio(scene, Which::Q, &q, &p)? == Some(exact::kl(&q, &p));
    Ok(outcome.and(part!(F, Rational, "KL = E_q [ln q − ln p]"), Residual::exact(holds)).on(scene))
}

pub(super) fn density<F: Exact>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let theta: Vec<Rational> = scene.vector(Which::P, rep.dim());
    let image = rep.apply(&g, &theta);
    let before = exact::log_density(&q, &DVector::from_vec(theta));
    let after = exact::log_density(&push_forward(&q, &rep, &g)?, &image);
    Ok(outcome
        .and(part!(F, Rational, "q(θ) = q_{g·η}(ρθ)"), Residual::exact(before == after))
        .on(scene))
}

pub(super) fn log_partition<F: Exact>(
    scene: &Scene,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, rep, g) = (F::pose(scene, Which::Q)?, F::rep(scene), scene.element(0));
    let moved = push_forward(&q, &rep, &g)?;
    let holds = exact::log_partition(&moved) == exact::log_partition(&q);
    Ok(outcome.and(part!(F, Rational, "A(g·η) = A(η)"), Residual::exact(holds)).on(scene))
}
