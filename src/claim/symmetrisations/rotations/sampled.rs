//! Closed forms against draws of the Haar measure.

use super::case::Case;
use super::{no_group, over};
use crate::claim::Outcome;
use crate::family::{FamilyError, IsotropicGaussian};
use crate::group::{Orthogonal, SpecialOrthogonal};
use crate::law::Residual;
use crate::representation::{HaarAverage, Standard, TensorPower};
use crate::scalar::Scalar;
use crate::symmetrize::{arithmetic, arithmetic_by_sampling, geometric, geometric_by_sampling};
use nalgebra::DVector;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// How many draws an average has.
const DRAWS: usize = 4096;

/// How many are enough to see that an average of draws is not exact.
const FEW: usize = 64;

/// The worst coordinate of a sampled average, held against its error bars, or against rounding alone.
///
/// With probability `1 − δ` the mean of `N` draws of a number within an interval of length `R` is within
/// `√(2s²L/N) + 7RL/(3(N − 1))` of the expectation, `L = ln(4/δ)` for both sides and `s²` the sample variance. A
/// bound on all coordinates divides δ by their number. An orthogonal action leaves lengths alone, and entries
/// of a symmetric matrix are at most its Frobenius norm: at most twice the length of its coordinates, so that
/// `R` is four times that.
fn against(average: &HaarAverage, known: &DVector<f64>, length: f64, bars: bool) -> Residual {
    const ALPHA: f64 = 1e-9;
    let (draws, dim) = (average.draws as f64, known.len() as f64);
    let l = (4.0 * dim / ALPHA).ln();
    let rounding = (draws + 4.0) * f64::UNIT_ROUNDOFF * 2.0 * length;
    let rest = 7.0 * 4.0 * length * l / (3.0 * (draws - 1.0));
    (0..known.len())
        .map(|k| {
            let bar = (2.0 * l).sqrt() * average.standard_error[k] + rest;
            let error = (average.estimate[k] - known[k]).abs();
            Residual::new(error, if bars { bar } else { rounding })
        })
        .fold(Residual::exact(true), Residual::worse)
}

macro_rules! drawn {
    ($q:expr, $rep:expr, $rng:expr, $bars:expr) => {{
        let (lower, upper) = (geometric(&$q, &$rep)?, arithmetic(&$q, &$rep)?);
        let of_lower =
            geometric_by_sampling(&$q, &$rep, if $bars { DRAWS } else { FEW }, $rng)?.average;
        let of_upper =
            arithmetic_by_sampling(&$q, &$rep, if $bars { DRAWS } else { FEW }, $rng)?.average;
        let (eta, mu) = ($q.natural().coordinates(), $q.mean_parameter().coordinates());
        let (lower, upper) = (lower.natural().coordinates(), upper.mean_parameter().coordinates());
        Outcome::new("η̃ is the average of g·η", against(&of_lower, lower, eta.norm(), $bars))
            .and("μ̂ is the average of τ(g)μ", against(&of_upper, upper, mu.norm(), $bars))
    }};
}

pub(super) fn sampled(case: &Case, bars: bool) -> Result<Outcome, FamilyError> {
    let rng = &mut ChaCha8Rng::seed_from_u64(case.seed);
    let full = case.posterior::<f64>()?;
    let mean: Vec<f64> = case.first.iter().map(|&entry| f64::from(entry) / 4.0).collect();
    let tensor = IsotropicGaussian::with_variance(&mean, f64::from(case.zeta) / 4.0)?;
    let plane = Case { n: 2, ..case.clone() };
    let of_full = over!(case, |rep| drawn!(full, rep, rng, bars));
    let of_tensor = over!(plane, |rep| drawn!(tensor, TensorPower::new(rep, 2)?, rng, bars));
    Ok(of_full.and_of("matrices of the plane", of_tensor))
}
