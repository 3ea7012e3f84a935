//! Closed forms against draws of the Haar measure.

use super::case::Case;
use super::{no_group, over};
use crate::claim::statistical::budget::ALPHA;
use crate::claim::{Design, Outcome};
use crate::family::{FamilyError, IsotropicGaussian, LogPartition, Member};
use crate::group::{Orthogonal, SpecialOrthogonal};
use crate::law::Residual;
use crate::representation::{HaarAverage, Standard, TensorPower};
use crate::symmetrize::{
    Gap, Sampled, Symmetrized, arithmetic, arithmetic_by_sampling, geometric, geometric_by_sampling,
};
use nalgebra::DVector;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// How many draws an average has.
const DRAWS: usize = 4096;

/// How many instances are drawn.
const CASES: usize = 16;

/// The error probability of one average: an instance has four.
const EACH: f64 = ALPHA / (4 * CASES) as f64;

/// What is declared of the comparison with Haar draws.
pub(super) const HAAR: Design = Design {
    alpha: ALPHA,
    cases: CASES,
    repetitions: DRAWS,
    // Where all averages are within their bars, a value that is farther than twice as much from the truth is not.
    miss: ALPHA,
    alternative: "a closed form that is off by more than twice the error bars",
};

/// And of the comparison with draws that are all the same: nothing in it is random but the instances, and nothing is
/// drawn. The repetitions are those that the error bars are for.
pub(super) const SAME: Design = Design {
    miss: 0.0,
    repetitions: STILL,
    alternative: "averages that are not invariant, by a thousand error bars (those of so many draws: all would be the \
                  identity, and none is made)",
    ..HAAR
};

/// So many draws would leave no error bars to speak of, being all the same.
const STILL: usize = 1 << 24;

/// The worst coordinate of a sampled average, held against its error bars.
///
/// With probability `1 − δ` the mean of `N` draws of a number within an interval of length `R` is within
/// `√(2s²L/N) + 7RL/(3(N − 1))` of the expectation, `L = ln(4/δ)` for both sides and `s²` the sample variance. A
/// bound on all coordinates divides δ by their number. An orthogonal action leaves lengths alone, and entries
/// of a symmetric matrix are at most its Frobenius norm: at most twice the length of its coordinates, so that
/// `R` is four times that.
fn against(average: &HaarAverage, known: &DVector<f64>, length: f64) -> Residual {
    let (draws, dim) = (average.draws as f64, known.len() as f64);
    let l = (4.0 * dim / EACH).ln();
    let rest = 7.0 * 4.0 * length * l / (3.0 * (draws - 1.0));
    (0..known.len())
        .map(|k| {
            let bar = (2.0 * l).sqrt() * average.standard_error[k] + rest;
            Residual::new((average.estimate[k] - known[k]).abs(), bar)
        })
        .fold(Residual::exact(true), Residual::worse)
}

/// What any draws of a law on the group that is all at the identity average to: known without drawing.
fn of_the_identity(x: &DVector<f64>) -> HaarAverage {
    let standard_error = DVector::zeros(x.len());
    HaarAverage { estimate: x.clone(), standard_error, draws: STILL }
}

macro_rules! drawn {
    ($q:expr, $rep:expr, $rng:expr, $uniform:expr) => {{
        let (lower, upper) = (geometric(&$q, &$rep)?, arithmetic(&$q, &$rep)?);
        let (eta, mu) = ($q.natural().coordinates(), $q.mean_parameter().coordinates());
        let (of_lower, of_upper, gap) = if $uniform {
            let of_lower = geometric_by_sampling(&$q, &$rep, DRAWS, $rng)?;
            let of_upper = arithmetic_by_sampling(&$q, &$rep, DRAWS, $rng)?;
            let gap = forward(&$q, &lower, &of_lower.clone().with_gaps()?)?;
            (of_lower.average, of_upper.average, Some(gap))
        } else {
            (of_the_identity(eta), of_the_identity(mu), None)
        };
        let (lower, upper) = (lower.natural().coordinates(), upper.mean_parameter().coordinates());
        let outcome =
            Outcome::new("η̃ is the average of g·η", against(&of_lower, lower, eta.norm()))
                .and("μ̂ is the average of τ(g)μ", against(&of_upper, upper, mu.norm()));
        match gap {
            Some(gap) => outcome.and("KL(q‖q̃) of the draws", gap),
            None => outcome,
        }
    }};
}

/// `KL(q‖ζ)` at the sampled natural parameter, against the average in closed form.
///
/// It is convex in `ζ`: its values at two points differ by no more than the steps times the larger of the slopes
/// `|μ_ζ − μ|` at the two, here the error bars of [`against`].
fn forward<F, R>(
    q: &Member<F>,
    exact: &Member<F>,
    found: &Symmetrized<Sampled<F, R>>,
) -> Result<Residual, FamilyError>
where
    F: LogPartition,
{
    let Gap::Estimated { value, .. } = found.gaps.forward else { return Ok(Residual::failed()) };
    let average = &found.posterior.average;
    let slope =
        |at: &Member<F>| at.mean_parameter().coordinates() - q.mean_parameter().coordinates();
    let (here, there) = (slope(&found.posterior.posterior), slope(exact));
    let length = q.natural().coordinates().norm();
    let known = exact.natural().coordinates();
    let allowed: f64 = (0..known.len())
        .map(|k| {
            // What the bar of this coordinate is, by its own ratio.
            let one = HaarAverage {
                estimate: DVector::from_element(1, average.estimate[k]),
                standard_error: DVector::from_element(1, average.standard_error[k]),
                draws: average.draws,
            };
            let bar = against(&one, &DVector::from_element(1, known[k]), length).tolerance();
            here[k].abs().max(there[k].abs()) * bar
        })
        .sum();
    Ok(Residual::new((value - q.family().kl(q, exact)).abs(), allowed))
}

pub(super) fn sampled(case: &Case, uniform: bool) -> Result<Outcome, FamilyError> {
    let rng = &mut ChaCha8Rng::seed_from_u64(case.seed);
    let full = case.posterior::<f64>()?;
    let mean: Vec<f64> = case.first.iter().map(|&entry| f64::from(entry) / 4.0).collect();
    let tensor = IsotropicGaussian::with_variance(&mean, f64::from(case.zeta) / 4.0)?;
    let plane = Case { n: 2, ..case.clone() };
    let of_full = over!(case, |rep| drawn!(full, rep, rng, uniform));
    let of_tensor = over!(plane, |rep| drawn!(tensor, TensorPower::new(rep, 2)?, rng, uniform));
    Ok(of_full.and_of("matrices of the plane", of_tensor))
}
