//! F2 in directed rounding: the library's divergences and log-partitions on enclosures, of Gaussians whose parameters are
//! points.

use super::super::Outcome;
use super::super::enclosed::{at_most, below, equal, settle};
use super::super::scene::{Scene, Which};
use super::super::symmetrisations::exact;
use super::logarithms::Exact;
use super::posed::Posed;
use crate::enclosure::Enclosure;
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, LogPartition, Member, bregman};
use crate::scalar::{Rational, Scalar};
use num_traits::Zero;

type Pair<F> = (Member<F, Enclosure>, Member<F, Enclosure>);

fn pair<F: Posed<Enclosure>>(scene: &Scene) -> Result<Pair<F>, FamilyError> {
    Ok((F::pose(scene, Which::Q)?, F::pose(scene, Which::P)?))
}

/// What was found on either family: one may be left open where the other is not.
fn both(diagonal: Outcome, full: Outcome) -> Outcome {
    Outcome::vacuous().and_of("diagonal Gaussian", diagonal).and_of("full Gaussian", full)
}

/// F2 for both families.
pub(super) fn bregman_divergence(scene: &Scene) -> Outcome {
    both(
        settle(|| is_bregman::<DiagonalGaussian>(scene)),
        settle(|| is_bregman::<FullGaussian>(scene)),
    )
}

/// Positivity for both families.
pub(super) fn positive(scene: &Scene) -> Outcome {
    both(
        settle(|| is_positive::<DiagonalGaussian>(scene)),
        settle(|| is_positive::<FullGaussian>(scene)),
    )
}

/// `(1 − t)η + tζ`.
fn between<F: Posed<Enclosure>>(
    q: &Member<F, Enclosure>,
    p: &Member<F, Enclosure>,
    t: Enclosure,
) -> Result<Member<F, Enclosure>, FamilyError> {
    let (eta, zeta) = (q.natural().coordinates(), p.natural().coordinates());
    Member::from_natural(q.family().clone(), eta + (zeta - eta) * t)
}

/// The identity, far apart and near, and both sides against rational numbers with one logarithm.
fn is_bregman<F>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    F: Posed<Enclosure> + LogPartition<Enclosure> + Exact,
{
    let (q, p) = pair::<F>(scene)?;
    let family = q.family();
    let near = between(&q, &p, Enclosure::ratio(1, 1 << 12))?;
    let known = |which| <F as Posed<Rational>>::pose(scene, which);
    let (exact_q, exact_p) = (known(Which::Q)?, known(Which::P)?);
    let kl = family.kl(&q, &p);
    Ok(Outcome::new("KL = Bregman", equal(&kl, &bregman(family, &q, &p)))
        .and("KL = Bregman, nearby", equal(&family.kl(&q, &near), &bregman(family, &q, &near)))
        .and("KL, written out", equal(&kl, &exact::kl(&exact_q, &exact_p).enclosure()))
        .and(
            "A, written out",
            equal(&family.log_partition(&q), &exact::log_partition(&exact_q).enclosure()),
        ))
}

/// The control: arguments swapped.
pub(super) fn swapped(scene: &Scene) -> Outcome {
    settle(|| {
        let (q, p) = pair::<FullGaussian>(scene)?;
        let kl = q.family().kl(&p, &q);
        Ok(Outcome::new("KL(q_ζ‖q_η) = B", equal(&kl, &bregman(q.family(), &q, &p))))
    })
}

/// The inequalities for two members that differ; of equal ones, that zero is in what should be zero.
fn is_positive<F>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    F: Posed<Enclosure> + LogPartition<Enclosure> + Exact,
{
    let (q, p) = pair::<F>(scene)?;
    let family = q.family();
    let zero = Enclosure::zero();
    let kl = family.kl(&q, &p);
    let outcome = Outcome::new("KL(q‖q) = 0", equal(&family.kl(&q, &q), &zero));
    let known = |which| <F as Posed<Rational>>::pose(scene, which);
    if known(Which::Q)?.natural() == known(Which::P)?.natural() {
        return Ok(outcome.and("KL(q‖p) = 0 for q = p", equal(&kl, &zero)));
    }
    let middle = between(&q, &p, Enclosure::ratio(1, 2))?;
    let jensen = family.log_partition(&q) + family.log_partition(&p)
        - Enclosure::ratio(2, 1) * family.log_partition(&middle);
    Ok(outcome
        .and("KL(q‖p) > 0 for q ≠ p", below(&zero, &kl))
        .and("0 < ½A + ½A − A(½)", below(&zero, &jensen))
        .and("2(½A + ½A − A(½)) ≤ KL", at_most(&jensen, &kl)))
}

/// The control: a density that is not normalised.
pub(super) fn unnormalised(scene: &Scene) -> Outcome {
    settle(|| {
        let (q, p) = pair::<FullGaussian>(scene)?;
        let value = q.family().kl(&q, &p) - q.family().log_partition(&p);
        Ok(Outcome::new("0 ≤ KL − A(ζ)", at_most(&Enclosure::zero(), &value)))
    })
}
