//! The Poisson distribution.

use super::excess::exp_excess;
use super::univariate::{
    Pair, Permuted, Univariate, UnivariateCoordinates, UnivariateDensity, UnivariateSample, finite,
    positive,
};
use super::{FamilyError, Independent, Member, excess_of_ratio};
use crate::special::Special;
use nalgebra::{DMatrix, dmatrix};
use num_traits::{Float, FloatConst};
use rand::Rng;
use rand_distr::{Distribution, Poisson as Draws, StandardNormal};

/// Poisson distributions of mean `λ` on `θ = 0, 1, 2, …`: `T = θ`, `η = ln λ`, `μ = A = λ`, and `h = 1/θ!` with respect to
/// the counting measure.
///
/// # Examples
/// ```
/// use equibayes::family::{LogPartition, Poisson};
///
/// let q = Poisson::with_mean(&[2.0])?;
/// assert!((q.family().log_density(&q, &[3.0]) - (8.0_f64 / 6.0).ln() + 2.0).abs() < 1e-15);
/// assert_eq!(q.family().log_density(&q, &[0.5]), f64::NEG_INFINITY);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poisson;

impl Poisson {
    /// Independent Poisson distributions with these means.
    ///
    /// # Errors
    /// [`FamilyError`] if a mean is not a positive number.
    pub fn with_mean<T: Special>(mean: &[T]) -> Result<Member<Independent<Self>, T>, FamilyError> {
        Member::from_mean(
            Independent::like(Self, mean.len()),
            nalgebra::DVector::from_column_slice(mean),
        )
    }
}

impl Univariate for Poisson {
    type Symmetry = Permuted;
    const STATISTICS: usize = 1;
}

impl<T: Special> UnivariateCoordinates<T> for Poisson {
    fn statistic(&self, theta: &T) -> Vec<T> {
        vec![*theta]
    }

    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        Ok(vec![positive("mean exp η", index, &Float::exp(eta[0]))?])
    }

    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        Ok(vec![finite("ln λ", index, &Float::ln(positive("mean", index, &mu[0])?))?])
    }

    fn information(&self, _: &[T], mu: &[T]) -> DMatrix<T> {
        dmatrix![mu[0]]
    }
}

/// `ln q(k)` for `k > 0`: `−½ ln 2πk − J(k) − k (λ/k − 1 − ln(λ/k))`, from Stirling's formula with Binet's `J`; the
/// terms of the definition cancel for large `k`.
fn log_mass<T: Special>(mean: T, k: T) -> T {
    let half = T::ratio(1, 2);
    -half * Float::ln(<T as FloatConst>::TAU() * k) - k.binet(0) - k * excess_of_ratio(mean, k)
}

impl<T: Special> UnivariateDensity<T> for Poisson {
    fn supports(&self, theta: T) -> bool {
        let x = theta.value();
        x >= 0.0 && x.is_finite() && x.fract() == 0.0
    }

    fn log_partition(&self, q: Pair<'_, T>) -> T {
        q.mu[0]
    }

    fn log_base_measure(&self, theta: T) -> T {
        -Special::ln_gamma(theta + T::one())
    }

    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T {
        if theta.value() == 0.0 { -q.mu[0] } else { log_mass(q.mu[0], theta) }
    }

    fn conjugate(&self, q: Pair<'_, T>) -> T {
        q.mu[0] * (q.eta[0] - T::one())
    }

    /// `λ_q (e^δ − 1 − δ)` with `δ = η_p − η_q`.
    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T {
        let delta = p.eta[0] - q.eta[0];
        if Float::abs(delta) <= T::one() {
            q.mu[0] * exp_excess(delta)
        } else {
            p.mu[0] - q.mu[0] - q.mu[0] * delta
        }
    }

    /// `E ln θ!` has no closed form. Up to `λ = 1000` the entropy is summed, from the mode to both sides, as
    /// `Σ −q(k) ln q(k)`, whose terms are positive: a term is at most `r` times the one before, `r` a bound on
    /// the ratio that falls on the way out, so what is left out is at most `r/(1 − r)` times the last.
    /// Beyond, it is `½ ln 2πeλ − 1/(12λ) − 1/(24λ²) − 19/(360λ³)` (Evans and Boersma, SIAM Review 30,
    /// 1988, p. 314), for whose error `λ⁻⁴` is taken: nine times the next term, `−9/(80λ⁴)`, an estimate and
    /// no proof.
    fn entropy(&self, q: Pair<'_, T>) -> T {
        let mean = q.mu[0];
        if mean.value() > 1000.0 {
            let recip = T::one() / mean;
            let half = T::ratio(1, 2);
            let series = T::ratio(1, 12) + recip * (T::ratio(1, 24) + recip * T::ratio(19, 360));
            let error = T::approximate(0.0, mean.value().powi(-4));
            return half * (Float::ln(<T as FloatConst>::TAU() * mean) + T::one()) - recip * series
                + error;
        }
        let log_mass = |k: usize| {
            if k == 0 { -mean } else { log_mass(mean, T::count(k)) }
        };
        let mode = mean.value() as usize;
        let mut sum = T::zero();
        let lambda = mean.value();
        let mut remainder = 0.0;
        for k in mode.. {
            let log = log_mass(k);
            let term = -Float::exp(log) * log;
            sum += term;
            // q falls by λ/(k + 1) at least, |ln q| grows by its logarithm.
            let fall = lambda / (k as f64 + 1.0);
            let ratio = fall * (1.0 - fall.ln() / log.value().abs());
            if ratio < 0.75 && !(term.value() * 4.0 > 1e-19 * sum.value()) {
                remainder += 4.0 * term.value();
                break;
            }
        }
        for k in (0..mode).rev() {
            let log = log_mass(k);
            let term = -Float::exp(log) * log;
            sum += term;
            let fall = k as f64 / lambda;
            let ratio = fall * (1.0 - fall.max(f64::MIN_POSITIVE).ln() / log.value().abs());
            if ratio < 0.75 && !(term.value() * 4.0 > 1e-19 * sum.value()) {
                remainder += 4.0 * term.value();
                break;
            }
        }
        sum + T::approximate(0.0, remainder)
    }
}

impl<T: Special> UnivariateSample<T> for Poisson {
    /// Beyond the largest mean that the exact algorithm serves, 1.8·10¹⁹, where neighbouring integers are
    /// not told apart any more, a rounded Gaussian.
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T {
        let mean = q.mu[0].value();
        let draw = match Draws::new(mean) {
            Ok(draws) => draws.sample(rng),
            Err(_) => {
                let z: f64 = StandardNormal.sample(rng);
                (mean + mean.sqrt() * z).round()
            }
        };
        T::approximate(draw, 0.0)
    }
}
