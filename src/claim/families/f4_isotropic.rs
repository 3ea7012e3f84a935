//! F4: the closedness gap of an isotropic Gaussian.

use super::super::rounding::{Tracked, close};
use super::super::{Claim, Entry, Feature, Outcome};
use super::turn::{Turn, turns, unevenly_stretched};
use super::{at_most, control, settle, theorem};
use crate::action::{isotropic_closedness_gap, push_forward};
use crate::family::{FamilyError, FullGaussian, IsotropicGaussian, LogPartition, Member};
use crate::law::Residual;
use crate::linalg::Ldl;
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::Zero;

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: theorem(
                "F4.isotropic",
                "the gap of the isotropic Gaussian",
                "gap = −½ ln det S = KL(ρ_#q ‖ q_ζ), S = nρρᵀ/‖ρ‖², ζ with the moments of ρ_#q; \
                 the same for all q, least over ζ, and 0 iff ρ is a multiple of an orthogonal matrix",
                &["isotropic Gaussian", "a rotation of a coordinate plane, perhaps with a stretch"],
                &[Feature::QuarterTurn, Feature::MixingTurn, Feature::ChangesVolume],
            ),
            instances: turns,
            check: |turn| settle(|| isotropic(turn)),
            exact: Some(|turn| settle(|| means(turn)).partial()),
        }),
        Box::new(Entry {
            about: control(
                "F4.stretched-isotropic",
                "F4.isotropic",
                "the isotropic Gaussian taken for closed",
                "gap = 0 for every invertible matrix",
                &["the matrix is a multiple of an orthogonal one"],
            ),
            instances: unevenly_stretched,
            check: |turn| {
                settle(|| Ok(Outcome::new("gap = 0", close(&gap(turn, false)?, &Tracked::zero()))))
            },
            exact: Some(|turn| {
                settle(|| {
                    let (whole, power) = determinant_and_mean(turn)?;
                    Ok(Outcome::new("det ρρᵀ = (tr ρρᵀ/n)ⁿ", Residual::exact(whole == power))
                        .partial())
                })
            }),
        }),
    ]
}

fn gap(turn: &Turn, other: bool) -> Result<Tracked, FamilyError> {
    isotropic_closedness_gap(&turn.isotropic(other)?, &turn.rep(), &1)
}

type Full = Member<FullGaussian, Tracked>;

/// An isotropic Gaussian as a member of the larger family.
fn as_full(q: &Member<IsotropicGaussian, Tracked>) -> Result<Full, FamilyError> {
    let variances = DVector::from_element(q.mean().len(), q.variance());
    FullGaussian::with_covariance(&q.mean(), &DMatrix::from_diagonal(&variances))
}

fn is_multiple_of_identity(matrix: &DMatrix<Rational>) -> bool {
    let n = matrix.nrows();
    (0..n).all(|i| matrix[(i, i)] == matrix[(0, 0)] && (0..i).all(|j| matrix[(i, j)].is_zero()))
}

fn isotropic(turn: &Turn) -> Result<Outcome, FamilyError> {
    let gap = gap(turn, false)?;
    let zero = is_multiple_of_identity(&turn.exact_square());
    let mut outcome = if zero {
        Outcome::new("gap = 0 for a multiple of a rotation", close(&gap, &Tracked::zero()))
    } else {
        let positive = gap.value() > gap.bound();
        Outcome::new("gap > 0 for another matrix", Residual::exact(positive))
    };
    for other in [false, true] {
        let q = turn.isotropic::<Tracked>(other)?;
        let law = push_forward(&as_full(&q)?, &turn.rep(), &1)?;
        let n = law.mean().len();
        let variance = law.covariance().trace() / Tracked::count(n);
        let matched = IsotropicGaussian::with_variance(law.mean().as_slice(), variance)?;
        let kl = law.family().kl(&law, &as_full(&matched)?);
        outcome = outcome.and("gap = KL(ρ_#q ‖ matched)", close(&gap, &kl));
        for factor in [Tracked::ratio(9, 8), Tracked::ratio(1, 4)] {
            let near = IsotropicGaussian::with_variance(law.mean().as_slice(), variance * factor)?;
            let (kl, excess) =
                (law.family().kl(&law, &as_full(&near)?), near.family().kl(&matched, &near));
            outcome = outcome
                .and("gap ≤ KL(ρ_#q ‖ q_ζ)", at_most(&gap, &kl))
                .and("KL(ρ_#q ‖ q_ζ) = gap + KL(matched ‖ q_ζ)", close(&kl, &(gap + excess)));
        }
    }
    Ok(outcome)
}

/// `det ρρᵀ` and `(tr ρρᵀ/n)^n`.
fn determinant_and_mean(turn: &Turn) -> Result<(Rational, Rational), FamilyError> {
    let square = turn.exact_square();
    let n = square.nrows();
    let factor = Ldl::new(&square).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
        what: "moved covariance",
        row,
        value: pivot.nearest_f64(),
    })?;
    let whole = factor.pivots().iter().product();
    let mean = square.trace() / Rational::count(n);
    Ok((whole, std::iter::repeat_n(&mean, n).product()))
}

/// `det ρρᵀ ≤ (tr ρρᵀ/n)^n`, with equality exactly for multiples of the identity: the inequality of the
/// arithmetic and the geometric mean of the squared singular values.
fn means(turn: &Turn) -> Result<Outcome, FamilyError> {
    let square = turn.exact_square();
    let (whole, power) = determinant_and_mean(turn)?;
    let equal = whole == power;
    Ok(Outcome::new("det ρρᵀ ≤ (tr ρρᵀ/n)ⁿ", at_most(&whole, &power)).and(
        "equality iff ρρᵀ is a multiple of 1",
        Residual::exact(equal == is_multiple_of_identity(&square)),
    ))
}
