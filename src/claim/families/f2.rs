//! F2: the divergence of two members is the Bregman divergence of the log-partition function.

use super::super::enclosed::with_enclosed;
use super::super::rounding::{Tracked, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Outcome, strategy};
use super::cubature::degree_five;
use super::posed::{Kind, Posed, part};
use super::{both, bound, control, logarithms, settle, theorem, violating};
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, LogPartition, Member, bregman};
use crate::law::Residual;
use crate::scalar::{Scalar, dot};
use num_traits::Zero;

const GAUSSIANS: &[&str] = &["two members of one family, diagonal or full Gaussians"];
const KINDS: &[Feature] = &[Feature::WideScales, Feature::RepeatedVariances, Feature::Invariant];

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(with_enclosed!(
            Entry {
                about: theorem(
                    "F2.bregman",
                    "KL is the Bregman divergence of A",
                    "KL(q_η‖q_ζ) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩, far apart and near",
                    GAUSSIANS,
                    KINDS,
                ),
                instances: |wanted| strategy::scenes_with(4, wanted),
                check: both!(is_bregman),
                exact: Some(both!(logarithms::is_bregman)),
            },
            super::f2_enclosed::bregman_divergence
        )),
        Box::new(with_enclosed!(
            Entry {
                about: control(
                    "F2.swapped",
                    "F2.bregman",
                    "arguments swapped",
                    "KL(q_ζ‖q_η) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩",
                    &["the law that is averaged over comes first"],
                ),
                instances: violating::distinct,
                check: |scene| {
                    settle(|| {
                        let (q, p) = pair::<FullGaussian>(scene)?;
                        let kl = q.family().kl(&p, &q);
                        Ok(Outcome::new(
                            "KL(q_ζ‖q_η) = B",
                            close(&kl, &bregman(q.family(), &q, &p)),
                        ))
                    })
                },
                exact: Some(|scene| settle(|| logarithms::swapped(scene))),
            },
            super::f2_enclosed::swapped
        )),
        Box::new(Entry {
            about: control(
                "F2.other-mean",
                "F2.bregman",
                "the mean parameter of the other member",
                "KL(q_η‖q_ζ) = A(ζ) − A(η) − ⟨ζ − η, μ(ζ)⟩",
                &["the gradient is taken at η"],
            ),
            instances: violating::distinct,
            check: |scene| settle(|| other_mean(scene)),
            exact: Some(|scene| settle(|| logarithms::other_mean(scene))),
        }),
        Box::new(Entry {
            about: theorem(
                "F2.expectation",
                "KL is the mean log ratio",
                "KL(q_η‖q_ζ) = E_q [ln q_η − ln q_ζ], by a cubature that is exact for quadratic functions",
                GAUSSIANS,
                KINDS,
            ),
            instances: |wanted| strategy::scenes_with(4, wanted),
            check: both!(is_mean_log_ratio),
            exact: Some(both!(logarithms::is_mean_log_ratio)),
        }),
        Box::new(Entry {
            about: control(
                "F2.other-expectation",
                "F2.expectation",
                "the expectation under the other law",
                "KL(q_η‖q_ζ) = E_p [ln q_η − ln q_ζ] with p = q_ζ",
                &["the expectation is under q_η"],
            ),
            instances: violating::distinct,
            check: |scene| {
                settle(|| {
                    let (q, p) = pair::<FullGaussian>(scene)?;
                    let mean = mean_log_ratio(scene, Which::P, &q, &p)?;
                    Ok(Outcome::new("KL = E_p [ln q − ln p]", close(&q.family().kl(&q, &p), &mean)))
                })
            },
            exact: Some(|scene| settle(|| logarithms::other_expectation(scene))),
        }),
        Box::new(with_enclosed!(
            Entry {
                about: bound(
                    "F2.positive",
                    "KL is positive, and zero only for equal members",
                    "KL(q‖q) = 0, and for q ≠ p: 0 < 2(½A(η) + ½A(ζ) − A(½η + ½ζ)) ≤ KL(q_η‖q_ζ)",
                    GAUSSIANS,
                    KINDS,
                ),
                instances: |wanted| strategy::scenes_with(4, wanted),
                check: both!(is_positive),
                exact: None,
            },
            super::f2_enclosed::positive
        )),
        Box::new(with_enclosed!(
            Entry {
                about: control(
                    "F2.unnormalised",
                    "F2.positive",
                    "a density that is not normalised",
                    "E_q [ln q_η − ln h − ⟨ζ, T⟩] ≥ 0",
                    &["the second density integrates to 1: A(ζ) is dropped"],
                ),
                instances: violating::equal_and_wide,
                check: |scene| {
                    settle(|| {
                        let (q, p) = pair::<FullGaussian>(scene)?;
                        let value = q.family().kl(&q, &p) - q.family().log_partition(&p);
                        Ok(Outcome::new("0 ≤ KL − A(ζ)", super::at_most(&Tracked::zero(), &value)))
                    })
                },
                exact: None,
            },
            super::f2_enclosed::unnormalised
        )),
    ]
}

type Pair<F> = (Member<F, Tracked>, Member<F, Tracked>);

fn pair<F: Posed<Tracked>>(scene: &Scene) -> Result<Pair<F>, FamilyError> {
    Ok((F::pose(scene, Which::Q)?, F::pose(scene, Which::P)?))
}

/// `(1 − t)η + tζ`.
fn between<F: Posed<Tracked>>(
    q: &Member<F, Tracked>,
    p: &Member<F, Tracked>,
    t: Tracked,
) -> Result<Member<F, Tracked>, FamilyError> {
    let (eta, zeta) = (q.natural().coordinates(), p.natural().coordinates());
    Member::from_natural(q.family().clone(), eta + (zeta - eta) * t)
}

fn is_bregman<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let (q, p) = pair::<F>(scene)?;
    let family = q.family();
    let near = between(&q, &p, Tracked::ratio(1, 1 << 12))?;
    let mut outcome = outcome
        .and(part!(F, Tracked, "KL = Bregman"), close(&family.kl(&q, &p), &bregman(family, &q, &p)))
        .and(
            part!(F, Tracked, "KL = Bregman, nearby"),
            close(&family.kl(&q, &near), &bregman(family, &q, &near)),
        );
    if F::KIND == Kind::Diagonal {
        // The same two laws as members of the larger family.
        let full =
            |q: &Member<F, Tracked>| FullGaussian::with_covariance(&F::mean(q), &F::covariance(q));
        let (wide_q, wide_p) = (full(&q)?, full(&p)?);
        outcome = outcome.and(
            "diagonal Gaussian: KL as full Gaussians",
            close(&family.kl(&q, &p), &wide_q.family().kl(&wide_q, &wide_p)),
        );
    }
    Ok(outcome)
}

fn other_mean(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, p) = pair::<FullGaussian>(scene)?;
    let step = p.natural().coordinates() - q.natural().coordinates();
    let wrong = q.family().log_partition(&p)
        - q.family().log_partition(&q)
        - dot(step.as_slice(), p.mean_parameter().as_slice());
    Ok(Outcome::new("KL = A(ζ) − A(η) − ⟨ζ − η, μ(ζ)⟩", close(&q.family().kl(&q, &p), &wrong)))
}

fn mean_log_ratio<F>(
    scene: &Scene,
    under: Which,
    q: &Member<F, Tracked>,
    p: &Member<F, Tracked>,
) -> Result<Tracked, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let family = q.family();
    Ok(degree_five(&F::factors(scene, under)?).iter().fold(Tracked::zero(), |sum, node| {
        let theta = node.theta.as_slice();
        sum + node.weight * (family.log_density(q, theta) - family.log_density(p, theta))
    }))
}

fn is_mean_log_ratio<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let (q, p) = pair::<F>(scene)?;
    let mean = mean_log_ratio(scene, Which::Q, &q, &p)?;
    Ok(outcome
        .and(part!(F, Tracked, "KL = E_q [ln q − ln p]"), close(&q.family().kl(&q, &p), &mean)))
}

fn is_positive<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let (q, p) = pair::<F>(scene)?;
    let family = q.family();
    let half = Tracked::ratio(1, 2);
    let middle = between(&q, &p, half)?;
    let jensen = family.log_partition(&q) + family.log_partition(&p)
        - Tracked::ratio(2, 1) * family.log_partition(&middle);
    let kl = family.kl(&q, &p);
    let equal = q.natural().coordinates() == p.natural().coordinates();
    let strict = equal || kl.value() > 0.0;
    let rounding = (jensen - kl).bound();
    Ok(outcome
        .and(part!(F, Tracked, "KL(q‖q) = 0"), close(&family.kl(&q, &q), &Tracked::zero()))
        .and(part!(F, Tracked, "KL(q‖p) > 0 for q ≠ p"), Residual::exact(strict))
        .and(part!(F, Tracked, "0 ≤ ½A + ½A − A(½)"), super::at_most(&Tracked::zero(), &jensen))
        .bounded(part!(F, Tracked, "2(½A + ½A − A(½)) ≤ KL"), jensen.value(), kl.value(), rounding))
}
