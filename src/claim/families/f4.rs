//! F4: the closedness gap of a diagonal Gaussian.

use super::super::rounding::{Tracked, all_close, close};
use super::super::symmetrisations::exact::{self, HalfLog};
use super::super::{About, Claim, Entry, Feature, Outcome};
use super::turn::{Turn, as_full, turns};
use super::{at_most, bound, control, settle, theorem};
use crate::action::{closedness_gap, push_forward};
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, LogPartition, Member};
use crate::law::Residual;
use crate::linalg::Ldl;
use crate::scalar::{Rational, Scalar};
use nalgebra::DMatrix;
use num_traits::{Float, FloatConst, Zero};
use proptest::strategy::BoxedStrategy;

const TURNED: &[&str] =
    &["diagonal Gaussian", "a rotation of a coordinate plane, perhaps with a stretch"];
const KINDS: &[Feature] =
    &[Feature::IsotropicPlane, Feature::QuarterTurn, Feature::MixingTurn, Feature::ChangesVolume];

fn entry(
    about: About,
    check: fn(&Turn) -> Outcome,
    exact: Option<fn(&Turn) -> Outcome>,
) -> Box<dyn Claim> {
    Box::new(Entry { about, instances: turns, check, exact })
}

/// A control on turns that mix variances, or change volumes.
fn refuted(
    about: About,
    instances: fn(Option<Feature>) -> BoxedStrategy<Turn>,
    check: fn(&Turn) -> Outcome,
    exact: Option<fn(&Turn) -> Outcome>,
) -> Box<dyn Claim> {
    Box::new(Entry { about, instances, check, exact })
}

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            theorem(
                "F4.formula",
                "the gap is the divergence from the moment-matched member",
                "gap = ½[ln det diag C − ln det C] = KL(ρ_#q ‖ q_ζ), C = ρ diag(σ²) ρᵀ, ζ with the moments of ρ_#q",
                TURNED,
                KINDS,
            ),
            |turn| settle(|| formula(turn, true)),
            Some(|turn| settle(|| exact_formula(turn, true))),
        ),
        refuted(
            control(
                "F4.unmoved-volume",
                "F4.formula",
                "the determinant of the variances before they move",
                "gap = ½[ln det diag C − ln det diag σ²]",
                &["|det ρ(g)| = 1: a stretch changes det C"],
            ),
            |_| turns(Some(Feature::ChangesVolume)),
            |turn| settle(|| formula(turn, false)),
            Some(|turn| settle(|| exact_formula(turn, false))),
        ),
        entry(
            bound(
                "F4.minimal",
                "moment matching attains the minimum",
                "gap ≤ KL(ρ_#q ‖ q_ζ) for every ζ, and the difference is KL(q_matched ‖ q_ζ)",
                TURNED,
                KINDS,
            ),
            |turn| settle(|| minimal(turn)),
            Some(|turn| settle(|| exact_minimal(turn))),
        ),
        refuted(
            control(
                "F4.precisions",
                "F4.minimal",
                "natural parameters matched instead of moments",
                "the diagonal Gaussian with the precisions of ρ_#q attains the minimum too",
                &["what is matched are the mean parameters"],
            ),
            |_| turns(Some(Feature::MixingTurn)),
            |turn| settle(|| precisions(turn)),
            Some(|turn| settle(|| exact_precisions(turn))),
        ),
        refuted(
            control(
                "F4.reversed",
                "F4.minimal",
                "the other divergence",
                "moment matching minimises KL(q_ζ ‖ ρ_#q)",
                &["the pushed-forward law comes first"],
            ),
            |_| turns(Some(Feature::MixingTurn)),
            |turn| settle(|| reversed(turn)),
            // An inequality of logarithms.
            None,
        ),
        entry(
            theorem(
                "F4.zero",
                "the gap is zero exactly for diagonal covariances",
                "gap = 0 iff ρ diag(σ²) ρᵀ is diagonal: quarter turns, isotropic planes; det diag C ≥ det C",
                TURNED,
                KINDS,
            ),
            |turn| settle(|| zero(turn)),
            Some(|turn| settle(|| hadamard(turn)).partial()),
        ),
        refuted(
            control(
                "F4.closed",
                "F4.zero",
                "the diagonal Gaussian taken for closed",
                "gap = 0 for every rotation",
                &["the rotation is a signed permutation, or the plane isotropic"],
            ),
            |_| turns(Some(Feature::MixingTurn)),
            |turn| {
                settle(|| {
                    let gap = gap(turn)?;
                    Ok(Outcome::new("gap = 0", close(&gap, &Tracked::zero())))
                })
            },
            Some(|turn| {
                settle(|| {
                    let (whole, of_diagonal) = determinants(turn)?;
                    Ok(Outcome::new("det C = det diag C", Residual::exact(whole == of_diagonal))
                        .partial())
                })
            }),
        ),
    ]
}

fn gap(turn: &Turn) -> Result<Tracked, FamilyError> {
    closedness_gap(&turn.q()?, &turn.rep(), &1)
}

type Full<T = Tracked> = Member<FullGaussian, T>;

/// The pushed-forward law, as a full Gaussian.
fn moved<T: Scalar>(turn: &Turn) -> Result<Full<T>, FamilyError> {
    push_forward(&as_full(&turn.q()?)?, &turn.rep(), &1)
}

/// The diagonal Gaussian with this mean and these variances, as a full one.
fn diagonal<T: Scalar>(law: &Full<T>, variance: &[T]) -> Result<Full<T>, FamilyError> {
    as_full(&DiagonalGaussian::with_variance(law.mean().as_slice(), variance)?)
}

/// The diagonal Gaussian with the moments of `law`.
fn matched<T: Scalar>(law: &Full<T>) -> Result<Full<T>, FamilyError> {
    diagonal(law, law.covariance().diagonal().as_slice())
}

/// The diagonal Gaussian with the mean and the precisions of `law`.
fn precision_matched<T: Scalar>(law: &Full<T>) -> Result<Full<T>, FamilyError> {
    diagonal(law, law.precision().diagonal().map(|x| T::one() / x).as_slice())
}

/// Two candidates for the minimum: another diagonal Gaussian, and one that is near, an eighth off in the first variance.
fn candidates<T: Scalar>(turn: &Turn, law: &Full<T>) -> Result<[Full<T>; 2], FamilyError> {
    let mut variance = law.covariance().diagonal();
    variance[0] *= T::ratio(9, 8);
    Ok([as_full(&turn.other::<T>()?)?, diagonal(law, variance.as_slice())?])
}

fn formula(turn: &Turn, moved_volume: bool) -> Result<Outcome, FamilyError> {
    let (q, law, gap) = (turn.q::<Tracked>()?, moved::<Tracked>(turn)?, gap(turn)?);
    let log = |sum: Tracked, x: &Tracked| sum + Float::ln(*x);
    let matrix = crate::representation::ActsOn::matrix(&turn.rep::<Tracked>(), &1);
    let covariance = &matrix * DMatrix::from_diagonal(&q.variance()) * matrix.transpose();
    let of_diagonal = covariance.diagonal().iter().fold(Tracked::zero(), log);
    let before = q.variance().iter().fold(Tracked::zero(), log);
    if !moved_volume {
        let wrong = Tracked::ratio(1, 2) * (of_diagonal - before);
        return Ok(Outcome::new("gap = ½[ln det diag C − ln det D]", close(&gap, &wrong)));
    }
    let volume = Tracked::ratio(2 * i64::from(turn.volume()), 1) * <Tracked as FloatConst>::LN_2();
    let expected = Tracked::ratio(1, 2) * (of_diagonal - before - volume);
    let kl = law.family().kl(&law, &matched(&law)?);
    Ok(Outcome::new("gap = ½[ln det diag C − ln det C]", close(&gap, &expected))
        .and("gap = KL(ρ_#q ‖ matched)", close(&gap, &kl)))
}

/// `KL(ρ_#q ‖ matched) = ½ [ln det diag C − ln det C]`: a logarithm of a rational on both sides. The gap that
/// the library computes is a logarithm too, and does not take part.
fn exact_formula(turn: &Turn, moved_volume: bool) -> Result<Outcome, FamilyError> {
    let law = moved::<Rational>(turn)?;
    let covariance = turn.exact_covariance()?;
    let variance = DMatrix::from_diagonal(&covariance.diagonal());
    let best = FullGaussian::with_covariance(&law.mean(), &variance)?;
    let (determinant, of_diagonal) = determinants(turn)?;
    if !moved_volume {
        let before = turn.q::<Rational>()?.variance().iter().product::<Rational>();
        let wrong = HalfLog::half_ln(of_diagonal / before);
        let same = exact::kl(&law, &best) == wrong;
        return Ok(
            Outcome::new("gap = ½[ln det diag C − ln det D]", Residual::exact(same)).partial()
        );
    }
    let expected = HalfLog::half_ln(of_diagonal / determinant);
    Ok(Outcome::new(
        "KL(ρ_#q ‖ matched) = ½[ln det diag C − ln det C]",
        Residual::exact(exact::kl(&law, &best) == expected),
    )
    .and("covariance ρ diag(σ²) ρᵀ", all_close(&law.covariance(), &covariance))
    .partial())
}

fn minimal(turn: &Turn) -> Result<Outcome, FamilyError> {
    let (law, gap) = (moved::<Tracked>(turn)?, gap(turn)?);
    let best = matched(&law)?;
    let mut outcome = Outcome::vacuous();
    for candidate in candidates(turn, &law)? {
        let kl = law.family().kl(&law, &candidate);
        let excess = law.family().kl(&best, &candidate);
        outcome = outcome
            .bounded("gap ≤ KL(ρ_#q ‖ q_ζ)", gap.value(), kl.value(), (gap - kl).bound())
            .and("KL(ρ_#q ‖ q_ζ) = gap + KL(matched ‖ q_ζ)", close(&kl, &(gap + excess)));
    }
    Ok(outcome)
}

/// The identity that makes it the minimum: a difference of divergences is a divergence, and that is not negative (F2).
fn exact_minimal(turn: &Turn) -> Result<Outcome, FamilyError> {
    let law = moved::<Rational>(turn)?;
    let best = matched(&law)?;
    let mut outcome = Outcome::vacuous();
    for candidate in candidates(turn, &law)? {
        let sum = exact::kl(&law, &best) + exact::kl(&best, &candidate);
        let same = exact::kl(&law, &candidate) == sum;
        outcome = outcome
            .and("KL(ρ_#q ‖ q_ζ) = KL(ρ_#q ‖ matched) + KL(matched ‖ q_ζ)", Residual::exact(same));
    }
    Ok(outcome.partial())
}

fn exact_precisions(turn: &Turn) -> Result<Outcome, FamilyError> {
    let law = moved::<Rational>(turn)?;
    let same = exact::kl(&law, &precision_matched(&law)?) == exact::kl(&law, &matched(&law)?);
    Ok(Outcome::new("KL(ρ_#q ‖ precisions matched) = gap", Residual::exact(same)))
}

fn precisions(turn: &Turn) -> Result<Outcome, FamilyError> {
    let law = moved::<Tracked>(turn)?;
    let kl = law.family().kl(&law, &precision_matched(&law)?);
    Ok(Outcome::new("KL(ρ_#q ‖ precisions matched) = gap", close(&kl, &gap(turn)?)))
}

fn reversed(turn: &Turn) -> Result<Outcome, FamilyError> {
    let law = moved::<Tracked>(turn)?;
    let to_law = |q: Full| law.family().kl(&q, &law);
    let (moments, precisions) = (to_law(matched(&law)?), to_law(precision_matched(&law)?));
    Ok(Outcome::new(
        "KL(moments matched ‖ ρ_#q) ≤ KL(precisions matched ‖ ρ_#q)",
        at_most(&moments, &precisions),
    ))
}

fn is_diagonal(matrix: &DMatrix<Rational>) -> bool {
    (0..matrix.nrows()).all(|i| (0..i).all(|j| matrix[(i, j)].is_zero()))
}

fn zero(turn: &Turn) -> Result<Outcome, FamilyError> {
    let gap = gap(turn)?;
    Ok(if is_diagonal(&turn.exact_covariance()?) {
        Outcome::new("gap = 0 for a diagonal C", close(&gap, &Tracked::zero()))
    } else {
        let positive = gap.value() > gap.bound();
        Outcome::new("gap > 0 for another C", Residual::exact(positive))
    })
}

/// `det C` and `det diag C`.
fn determinants(turn: &Turn) -> Result<(Rational, Rational), FamilyError> {
    let covariance = turn.exact_covariance()?;
    let factor =
        Ldl::new(&covariance).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
            what: "moved covariance",
            row,
            value: pivot.nearest_f64(),
        })?;
    Ok((factor.pivots().iter().product(), covariance.diagonal().iter().product()))
}

/// `det diag C ≥ det C`, with equality exactly for diagonal `C`.
fn hadamard(turn: &Turn) -> Result<Outcome, FamilyError> {
    let covariance = turn.exact_covariance()?;
    let (whole, of_diagonal) = determinants(turn)?;
    let equal = of_diagonal == whole;
    Ok(Outcome::new("det C ≤ det diag C", at_most(&whole, &of_diagonal))
        .and("equality iff C is diagonal", Residual::exact(equal == is_diagonal(&covariance))))
}
