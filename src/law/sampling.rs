//! Whether draws have the law that they should: bounds that a sound sampler meets.

use super::coordinates::direction;
use super::draw::floats;
use super::error_model::ParameterError;
use super::{ALPHA, Finding, Residual};
use crate::family::{FisherInformation, LogPartition, Member, Sample};
use crate::scalar::{Real, dot};
use nalgebra::DVector;
use rand_chacha::ChaCha8Rng;

/// How many members are sampled.
pub(super) const MEMBERS: usize = 4;

/// How many draws of each: a bias of a tenth of a standard deviation of `T` shows.
const DRAWS: usize = 16_384;

/// `A` at `η + x e_k`, if that is a parameter.
fn shifted<F: LogPartition<T>, T: Real>(q: &Member<F, T>, k: usize, x: f64) -> Option<f64> {
    let mut eta = q.natural().coordinates().clone();
    eta[k] += T::from_f64(x)?;
    let moved = Member::from_natural(q.family().clone(), eta).ok()?;
    Some(q.family().log_partition(&moved).nearest_f64()).filter(|a| a.is_finite())
}

/// The mean of every coordinate of `T` over the draws, by Chernoff's bound.
///
/// The moment generating function of `T_k − μ_k` is known: `ψ(x) = A(η + x e_k) − A(η) − x μ_k`. So the mean
/// of `n` draws is above `μ_k` by more than `(ψ(x) + L/n)/x` with probability at most `e^{−L}`, for every
/// `x > 0`, and likewise below. Two sides, `s` coordinates and the members share `α`:
/// `L = ln(2 s MEMBERS/α)`. The best `x` is about `√(2L/(n I_kk))`, which gives `√(2L I_kk/n)`, some seven
/// standard errors; it is halved until `η + x e_k` is a parameter.
pub(super) fn mean<F, T>(q: &Member<F, T>, _: &Member<F, T>, rng: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T> + Sample<T>,
    T: Real,
{
    let error = match ParameterError::of(q) {
        Ok(error) => error,
        Err(why) => return Finding::failure(why),
    };
    let (family, n) = (q.family(), DRAWS as f64);
    let dim = family.statistic_dim();
    let mu = floats(q.mean_parameter().coordinates());
    let mut sum = DVector::from_element(dim, 0.0);
    for _ in 0..DRAWS {
        let theta = family.sample(q, rng);
        let statistic = family.sufficient_statistic(theta.as_slice());
        sum += DVector::from_vec(floats(&statistic));
    }
    let level = (2.0 * dim as f64 * MEMBERS as f64 / ALPHA).ln();
    let a = family.log_partition(q).nearest_f64();
    let rounding = 2.0 * error.of_log_partition(a);
    (0..dim)
        .map(|k| {
            let found = sum[k] / n;
            let side = if found >= mu[k] { 1.0 } else { -1.0 };
            let mut x = side * (2.0 * level / (n * error.information[(k, k)].abs())).sqrt();
            let mut beyond = shifted(q, k, x);
            for _ in 0..60 {
                if beyond.is_some() {
                    break;
                }
                x /= 2.0;
                beyond = shifted(q, k, x);
            }
            let witness =
                format!("{q:?}: mean of T[{k}] over {DRAWS} draws {found}, μ = {}", mu[k]);
            let Some(beyond) = beyond else {
                return Finding::failure(format!("{witness}; A is not finite near η"));
            };
            let psi = (beyond - a - x * mu[k]).max(0.0) + rounding;
            // Summation and the rounding of the draws themselves: of the size of the statistic's.
            let allowed =
                (psi + level / n) / x.abs() + error.of_mean(k) + n * f64::EPSILON * error.scale[k];
            Finding::new(Residual::new((found - mu[k]).abs(), allowed), witness)
        })
        .reduce(|a, b| if b.residual.ratio() > a.residual.ratio() { b } else { a })
        .unwrap_or_else(|| Finding::exact(true, "no statistic"))
}

/// How many blocks the draws are split into.
const BLOCKS: usize = 64;

/// The variance of `⟨v, T⟩` over the draws, for a random `v` of unit Fisher norm, by the median of the
/// means of blocks.
///
/// `Y = ⟨v, T − μ⟩²` has the mean `vᵀIv = 1` and the variance `κ₄ + 2`, with the fourth cumulant
/// `κ₄ = d²/dt² vᵀI(η + tv)v`, taken as a second difference. By Chebyshev's inequality the mean of a block of
/// `b` draws is off by more than `√(8(κ₄ + 2)/b)` with probability at most 1/8; that half of 64 independent
/// blocks are, so that their median is, has probability at most `e^{−64 D(½‖⅛)} < 4·10⁻¹²` (Chernoff, with
/// `D(½‖⅛) = 0.413`), below `α` for all four members.
pub(super) fn covariance<F, T>(q: &Member<F, T>, _: &Member<F, T>, rng: &mut ChaCha8Rng) -> Finding
where
    F: LogPartition<T> + FisherInformation<T> + Sample<T>,
    T: Real,
{
    let v = match direction(q, rng) {
        Ok(v) => v,
        Err(why) => return Finding::failure(why),
    };
    let family = q.family();
    let along = |t: f64| -> Option<f64> {
        let eta =
            q.natural().coordinates() + v.map(|entry| entry * T::from_f64(t).unwrap_or(entry));
        let moved = Member::from_natural(family.clone(), eta).ok()?;
        let information = family.fisher_information(&moved);
        Some(dot(v.as_slice(), (&information * &v).as_slice()).nearest_f64())
    };
    let Some(here) = along(0.0) else {
        return Finding::failure(format!("{q:?} has no Fisher information of itself"));
    };
    // The fourth root balances the truncation error h² against the rounding u/h², if the information
    // changes on the scale of a unit step. Where T is mostly constant and rarely far off it changes
    // faster: until it moves by no more than a quarter, a second difference says nothing.
    let mut h = T::UNIT_ROUNDOFF.powf(0.25);
    let mut sides = (along(h), along(-h));
    let smooth = |side: Option<f64>| side.is_some_and(|side| (side - here).abs() <= here / 4.0);
    for _ in 0..60 {
        if smooth(sides.0) && smooth(sides.1) {
            break;
        }
        h /= 2.0;
        sides = (along(h), along(-h));
    }
    let (Some(ahead), Some(behind)) = sides else {
        return Finding::failure(format!("{q:?}: η ± {h} v is no parameter, v = {:?}", floats(&v)));
    };
    let fourth = (ahead - 2.0 * here + behind) / (h * h);
    let mu = q.mean_parameter().coordinates();
    let per_block = DRAWS / BLOCKS;
    let mut means: Vec<f64> = (0..BLOCKS)
        .map(|_| {
            let sum: f64 = (0..per_block)
                .map(|_| {
                    let theta = family.sample(q, rng);
                    let step = family.sufficient_statistic(theta.as_slice()) - mu;
                    dot(v.as_slice(), step.as_slice()).nearest_f64().powi(2)
                })
                .sum();
            sum / per_block as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let median = (means[BLOCKS / 2 - 1] + means[BLOCKS / 2]) / 2.0;
    // A fourth cumulant below −2 is impossible: rounding, or a wrong Fisher information, which has a
    // law of its own.
    let allowed = (8.0 * (fourth.max(-2.0) + 2.0 * here * here) / per_block as f64).sqrt();
    Finding::within(
        (median - here).abs(),
        allowed,
        format!(
            "{q:?}, v = {:?}: variance of ⟨v, T⟩ over {DRAWS} draws {median}, vᵀIv = {here}",
            floats(&v)
        ),
    )
}
