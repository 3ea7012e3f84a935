//! S1 to S4 over compact Lie groups: Gaussians under all rotations, or all isometries, of their space.

mod case;
mod sampled;

use super::exact::{self, HalfLog};
use super::setting::{settled, shown};
use crate::claim::compare::larger;
use crate::claim::rounding::{Judge, Tracked, all_close, close};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{FamilyError, FullGaussian, IsotropicGaussian, LogPartition, Member};
use crate::group::{Group as _, GroupError, Orthogonal, SpecialOrthogonal};
use crate::law::Residual;
use crate::linalg::Spectrum;
use crate::representation::{Representation as _, Standard, TensorPower};
use crate::scalar::{Rational, Scalar, dot};
use crate::symmetrize::{Invariance, arithmetic, barycentre, geometric, linear_form};
use case::{Case, instances};
use nalgebra::{DMatrix, DVector};
use sampled::{HAAR, SAME, sampled};

/// Runs an expression with the standard representation of the instance's group.
macro_rules! over {
    ($case:expr, |$rep:ident| $body:expr) => {
        if $case.reflections {
            let $rep = Standard::new(Orthogonal::new($case.n).map_err(no_group)?);
            $body
        } else {
            let $rep = Standard::new(SpecialOrthogonal::new($case.n).map_err(no_group)?);
            $body
        }
    };
}
use over;

const THEOREM: About = About {
    id: "",
    title: "",
    role: Role::Theorem,
    of: None,
    evidence: Evidence::Float,
    statement: "",
    hypotheses: &["O(n) or SO(n) with Haar measure", "full Gaussian on R^n"],
    tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
    covers: KINDS,
    cost: 4,
};

const CONTROL: About =
    About { role: Role::Control, covers: &[Feature::NonAbelian], cost: 4, ..THEOREM };

const KINDS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::Abelian,
    Feature::NonAbelian,
    Feature::Invariant,
    Feature::RepeatedVariances,
];

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let entry = |about, check, exact| -> Box<dyn Claim> {
        Box::new(Entry { about, instances, check, exact })
    };
    let drawn = |about, design, check| -> Box<dyn Claim> {
        Box::new(Entry { about, instances, check, exact: None }.declared(design))
    };
    vec![
        entry(
            About {
                id: "S1.compact",
                title: "the geometric average over all rotations",
                statement: "for O(n) and SO(n), n > 1, on R^n: q̃ = N(0, n/tr Λ · 1), invariant to what the rounding of \
                            an element allows; KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q) for ζ = N(0, v·1). SO(1) moves nothing",
                ..THEOREM
            },
            |case| settled(lower(case)),
            Some(|case| settled(lower_exact(case))),
        ),
        entry(
            About {
                id: "S1.compact-components",
                of: Some("S1.compact"),
                title: "rotations in place of all isometries",
                statement: "the geometric average of N(m, v·1) on R^2 ⊗ R^2 over O(2) is that over SO(2)",
                hypotheses: &["one element of each component"],
                ..CONTROL
            },
            |case| shown(components::<Tracked>(case)),
            Some(|case| shown(components::<Rational>(case))),
        ),
        entry(
            About {
                id: "S2.compact",
                title: "the arithmetic average over all rotations",
                statement: "for O(n) and SO(n), n > 1, on R^n: q̂ = N(0, (tr Σ + ‖m‖²)/n · 1); \
                            KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) for ζ = N(0, v·1). SO(1) moves nothing",
                ..THEOREM
            },
            |case| settled(upper(case)),
            Some(|case| settled(upper_exact(case))),
        ),
        entry(
            About {
                id: "S2.compact-no-spread",
                of: Some("S2.compact"),
                title: "without the spread of the means",
                statement: "q̂ = N(0, tr Σ/n · 1)",
                hypotheses: &["moments of the orbit mixture, ‖m‖² among them"],
                ..CONTROL
            },
            |case| shown(upper_known::<Tracked>(case, false)),
            Some(|case| shown(upper_known::<Rational>(case, false))),
        ),
        drawn(
            About {
                id: "S1.compact-sampled",
                title: "closed forms against draws of the Haar measure",
                evidence: Evidence::Statistical,
                statement: "η̃, μ̂ and KL(q‖q̃) in closed form are within the error bars of averages over 4096 Haar draws: full \
                            Gaussians on R^n under O(n) and SO(n), isotropic ones on R^2 ⊗ R^2 under O(2) and SO(2)",
                tolerance: "empirical Bernstein (Maurer and Pontil 2009) from the standard errors, for coordinates of at \
                            most 2‖η‖ and 2‖μ‖: an error probability of 10⁻⁸ for all averages together",
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..THEOREM
            },
            HAAR,
            |case| settled(sampled(case, true)),
        ),
        drawn(
            About {
                id: "S1.compact-sampled-still",
                of: Some("S1.compact-sampled"),
                title: "an average over draws that are not uniform",
                evidence: Evidence::Statistical,
                statement: "η̃ and μ̂ are within the error bars of averages over draws of any law on the group: for the law that is \
                            all at the identity, with the error bars of 2²⁴ draws",
                hypotheses: &["draws of Haar measure"],
                tolerance: "empirical Bernstein, as for Haar draws",
                ..CONTROL
            },
            SAME,
            |case| shown(sampled(case, false)),
        ),
        entry(
            About {
                id: "S3.compact",
                title: "the barycentre over all rotations",
                statement: "for O(n) and SO(n), n > 1, on R^n: the Wasserstein-2 barycentre of the orbit is \
                            N(0, (tr Σ^½/n)² · 1). SO(1) moves nothing",
                tolerance: "the bound that comes with the barycentre; measured errors of the decomposition of Σ",
                cost: 8,
                ..THEOREM
            },
            |case| settled(middle(case, true)),
            None,
        ),
        entry(
            About {
                id: "S3.compact-variances",
                of: Some("S3.compact"),
                title: "variances averaged in place of standard deviations",
                statement: "the barycentre of the orbit is N(0, tr Σ/n · 1)",
                hypotheses: &["standard deviations average, not variances"],
                cost: 8,
                ..CONTROL
            },
            |case| shown(middle(case, false)),
            None,
        ),
        entry(
            About {
                id: "S4.compact",
                title: "the orbit divergence over all rotations",
                statement: "for O(n) and SO(n), n > 1, on R^n: ∫ KL(q‖g_#q) dg = ½[tr Λ (tr Σ + ‖m‖²)/n − n + mᵀΛm] = \
                            KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃). SO(1) moves nothing",
                ..THEOREM
            },
            |case| settled(divergence(case, true)),
            Some(|case| settled(divergence_exact(case, true))),
        ),
        entry(
            About {
                id: "S4.compact-turned-remainder",
                of: Some("S4.compact"),
                title: "KL(q̃‖q̂) in place of KL(q̂‖q̃)",
                statement: "∫ KL(q‖g_#q) dg = KL(q̃‖q) + KL(q‖q̂) + KL(q̃‖q̂)",
                hypotheses: &["the last divergence is turned around"],
                ..CONTROL
            },
            |case| shown(divergence(case, false)),
            Some(|case| shown(divergence_exact(case, false))),
        ),
    ]
}

/// Dimensions are positive, so this is not met.
fn no_group(_: GroupError) -> FamilyError {
    FamilyError::Size { what: "dimension", got: 0, expected: "at least 1" }
}

fn trace<T: Scalar>(matrix: &DMatrix<T>) -> T {
    (0..matrix.nrows()).fold(T::zero(), |sum, i| sum + matrix[(i, i)].clone())
}

type Pair<T> = (Member<FullGaussian, T>, Member<FullGaussian, T>);

/// `q̃` against what it is known to be.
fn lower_known<T: Judge>(case: &Case) -> Result<(Outcome, Pair<T>), FamilyError> {
    let q = case.posterior::<T>()?;
    let found = over!(case, |rep| geometric(&q, &rep)?);
    let n = case.n;
    let level = trace(&q.precision()) / T::count(n);
    let first: Vec<T> = match case.moves() {
        true => vec![T::zero(); n],
        false => q.natural().as_slice()[..n].to_vec(),
    };
    let expected = Case::natural(&first, &(DMatrix::identity(n, n) * level));
    let same = all_close(found.natural().as_slice(), expected.as_slice());
    Ok((Outcome::new("q̃ = N(0, n/tr Λ · 1)", same), (q, found)))
}

fn lower(case: &Case) -> Result<Outcome, FamilyError> {
    let (outcome, (q, found)) = lower_known::<Tracked>(case)?;
    let zeta = case.zeta::<Tracked>()?;
    let family = q.family();
    let split = family.kl(&zeta, &found) + family.kl(&found, &q);
    // In f64, an element g is off by δ in the Frobenius norm, so gᵀg from 1 by 2δ; and products of three matrices
    // round 2n terms of rows of length 1, the level being λ.
    let plain = case.posterior::<f64>()?;
    let (level, moved, delta) = over!(case, |rep| {
        let found = geometric(&plain, &rep)?;
        let level = found.precision()[(0, 0)];
        let distance = Invariance::of(&found, &rep)?.distance.known().unwrap_or(f64::NAN);
        (level, distance, rep.group().rounding())
    });
    let n = case.n as f64;
    let allowed = 1.01 * level * (2.0 * delta + (2.0 * n + 4.0) * f64::UNIT_ROUNDOFF);
    Ok(outcome
        .and("KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q)", close(&family.kl(&zeta, &q), &split))
        .and("s·η̃ = η̃ over dense generators", Residual::new(moved, allowed)))
}

fn lower_exact(case: &Case) -> Result<Outcome, FamilyError> {
    let (outcome, (q, found)) = lower_known::<Rational>(case)?;
    let zeta = case.zeta()?;
    let same = exact::kl(&zeta, &q) == exact::kl(&zeta, &found) + exact::kl(&found, &q);
    Ok(outcome.and("KL(ζ‖q) = KL(ζ‖q̃) + KL(q̃‖q)", Residual::exact(same)))
}

/// On `R^2 ⊗ R^2`, where rotations fix the antisymmetric part and reflections negate it.
fn components<T: Judge>(case: &Case) -> Result<Outcome, FamilyError> {
    let mean: Vec<T> = case.first.iter().map(|&entry| T::ratio(i64::from(entry), 4)).collect();
    let q = IsotropicGaussian::with_variance(&mean, T::one())?;
    let turns = Standard::new(SpecialOrthogonal::new(2).map_err(no_group)?);
    let all = Standard::new(Orthogonal::new(2).map_err(no_group)?);
    let of_turns = geometric(&q, &TensorPower::new(turns, 2)?)?;
    let of_all = geometric(&q, &TensorPower::new(all, 2)?)?;
    let same = all_close(of_turns.natural().as_slice(), of_all.natural().as_slice());
    Ok(Outcome::new("the averages agree", same))
}

/// The square of the length of the mean where it is averaged away.
fn spread<T: Scalar>(case: &Case, q: &Member<FullGaussian, T>) -> T {
    let mean = q.mean();
    if case.moves() { dot(mean.as_slice(), mean.as_slice()) } else { T::zero() }
}

fn upper_pair<T: Judge>(case: &Case, with: bool) -> Result<(Outcome, Pair<T>), FamilyError> {
    let q = case.posterior::<T>()?;
    let found = over!(case, |rep| arithmetic(&q, &rep)?);
    let n = case.n;
    let spread = if with { spread(case, &q) } else { T::zero() };
    let level = (trace(&q.covariance()) + spread) / T::count(n);
    let mean = if case.moves() { DVector::from_element(n, T::zero()) } else { q.mean() };
    let expected = DMatrix::identity(n, n) * level;
    let outcome = Outcome::new(
        "Σ̂ = (tr Σ + ‖m‖²)/n · 1",
        all_close(found.covariance().as_slice(), expected.as_slice()),
    )
    .and("m̂ = 0", all_close(found.mean().as_slice(), mean.as_slice()));
    Ok((outcome, (q, found)))
}

fn upper_known<T: Judge>(case: &Case, with: bool) -> Result<Outcome, FamilyError> {
    Ok(upper_pair::<T>(case, with)?.0)
}

fn upper(case: &Case) -> Result<Outcome, FamilyError> {
    let (outcome, (q, found)) = upper_pair::<Tracked>(case, true)?;
    let zeta = case.zeta::<Tracked>()?;
    let family = q.family();
    let split = family.kl(&q, &found) + family.kl(&found, &zeta);
    Ok(outcome.and("KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ)", close(&family.kl(&q, &zeta), &split)))
}

fn upper_exact(case: &Case) -> Result<Outcome, FamilyError> {
    let (outcome, (q, found)) = upper_pair::<Rational>(case, true)?;
    let zeta = case.zeta()?;
    let same = exact::kl(&q, &zeta) == exact::kl(&q, &found) + exact::kl(&found, &zeta);
    Ok(outcome.and("KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ)", Residual::exact(same)))
}

fn middle(case: &Case, deviations: bool) -> Result<Outcome, FamilyError> {
    let q = case.posterior::<f64>()?;
    let found = over!(case, |rep| barycentre(&q, &rep)?);
    let (covariance, n) = (q.covariance(), case.n);
    let lost = || FamilyError::NotPositiveDefinite { what: "covariance", row: 0, value: f64::NAN };
    let spectrum = Spectrum::new(&covariance).ok_or_else(lost)?;
    let size = (n as f64).sqrt();
    // Both sides begin with the same inverse of Λ, whatever that is off by. A trace is at most √n times a norm.
    let (level, off) = if deviations {
        let root = trace(&spectrum.root()) / n as f64;
        let error = spectrum.root_error(0.0) / size + (n + 1) as f64 * f64::UNIT_ROUNDOFF * root;
        (root * root, 2.0 * root * error + error * error + f64::UNIT_ROUNDOFF * root * root)
    } else {
        let level = trace(&covariance) / n as f64;
        (level, (n + 1) as f64 * f64::UNIT_ROUNDOFF * level)
    };
    let mean = if case.moves() { DVector::zeros(n) } else { q.mean() };
    let gap = (found.posterior.covariance() - DMatrix::identity(n, n) * level).norm();
    // Of SO(1), the mean comes back by way of natural parameters: four roundings.
    let drift = (found.posterior.mean() - &mean).norm();
    let allowed = 8.0 * f64::UNIT_ROUNDOFF * mean.norm();
    Ok(Outcome::new("Σ̄ = (tr Σ^½/n)² · 1", Residual::new(gap, found.error + size * off))
        .and("m̄ = 0", Residual::new(larger(drift, 0.0), allowed)))
}

/// `½[tr Λ (tr Σ + ‖m‖²)/n − n + mᵀΛm]`; zero for `SO(1)`.
fn total<T: Scalar>(case: &Case, q: &Member<FullGaussian, T>) -> T {
    if !case.moves() {
        return T::zero();
    }
    let n = T::count(case.n);
    let moments = trace(&q.covariance()) + spread(case, q);
    let inner = dot(&q.natural().as_slice()[..case.n], q.mean().as_slice());
    T::ratio(1, 2) * (trace(&q.precision()) * moments / n.clone() - n + inner)
}

fn divergence(case: &Case, right: bool) -> Result<Outcome, FamilyError> {
    let q = case.posterior::<Tracked>()?;
    let (lower, upper, form) =
        over!(case, |rep| (geometric(&q, &rep)?, arithmetic(&q, &rep)?, linear_form(&q, &rep)?));
    let family = q.family();
    let rest = if right { family.kl(&upper, &lower) } else { family.kl(&lower, &upper) };
    let parts = family.kl(&lower, &q) + family.kl(&q, &upper) + rest;
    Ok(Outcome::new("⟨η − P*η, μ⟩ = ½[…]", close(&form, &total(case, &q)))
        .and("⟨η − P*η, μ⟩ = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)", close(&form, &parts)))
}

fn divergence_exact(case: &Case, right: bool) -> Result<Outcome, FamilyError> {
    let q = case.posterior::<Rational>()?;
    let (lower, upper, form) =
        over!(case, |rep| (geometric(&q, &rep)?, arithmetic(&q, &rep)?, linear_form(&q, &rep)?));
    let rest = if right { exact::kl(&upper, &lower) } else { exact::kl(&lower, &upper) };
    let parts = exact::kl(&lower, &q) + exact::kl(&q, &upper) + rest;
    Ok(Outcome::new("⟨η − P*η, μ⟩ = ½[…]", close(&form, &total(case, &q))).and(
        "⟨η − P*η, μ⟩ = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)",
        Residual::exact(parts == HalfLog::rational(form)),
    ))
}
