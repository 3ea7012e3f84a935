//! The Bernoulli distribution.

use super::excess::{excess, exp_excess};
use super::univariate::{
    Pair, Permuted, Univariate, UnivariateCoordinates, UnivariateDensity, UnivariateSample, finite,
    positive,
};
use super::{FamilyError, Independent, Member};
use crate::scalar::Real;
use crate::special::Special;
use nalgebra::{DMatrix, DVector, dmatrix};
use num_traits::Float;
use rand::{Rng, RngExt};

/// Bernoulli distributions on `θ ∈ {0, 1}`: `T = θ`, `η = ln p/(1 − p)`, `μ = p`, `A = ln(1 + e^η)`, and `h = 1` with respect to
/// the counting measure.
///
/// Probabilities near 1 are told apart by `η`, up to `1 − p = 10⁻³⁰⁰`, where `p` has rounded to 1.
///
/// # Examples
/// ```
/// use equibayes::family::{Bernoulli, LogPartition};
///
/// let q = Bernoulli::with_probability(&[1e-300])?;
/// let p = Bernoulli::with_log_odds(&[700.0])?;
/// assert!((p.family().log_density(&p, &[0.0]) + 700.0_f64).abs() < 1e-12);
/// assert!((q.family().kl(&q, &p) - 700.0_f64).abs() < 1e-12);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bernoulli;

impl Bernoulli {
    /// Independent Bernoulli distributions with these probabilities of 1.
    ///
    /// # Errors
    /// [`FamilyError`] if a probability is not between 0 and 1, both excluded.
    pub fn with_probability<T: Special>(
        probability: &[T],
    ) -> Result<Member<Independent<Self>, T>, FamilyError> {
        let mu = DVector::from_column_slice(probability);
        Member::from_mean(Independent::like(Self, probability.len()), mu)
    }

    /// Independent Bernoulli distributions with these natural parameters `ln p/(1 − p)`.
    ///
    /// # Errors
    /// [`FamilyError`] if one is not a number, or so far below 0 that the probability is not positive.
    pub fn with_log_odds<T: Special>(
        log_odds: &[T],
    ) -> Result<Member<Independent<Self>, T>, FamilyError> {
        let eta = DVector::from_column_slice(log_odds);
        Member::from_natural(Independent::like(Self, log_odds.len()), eta)
    }
}

/// `ln(1 + e^x)`.
pub(super) fn softplus<T: Real>(x: T) -> T {
    // Two branches without a kink between them, for derivatives that look at one.
    if x > T::zero() { x + Float::ln_1p(Float::exp(-x)) } else { Float::ln_1p(Float::exp(x)) }
}

/// `1/(1 + e^{−x})`, relatively accurate for negative `x`.
pub(super) fn logistic<T: Real>(x: T) -> T {
    if x < T::zero() {
        let small = Float::exp(x);
        small / (T::one() + small)
    } else {
        T::one() / (T::one() + Float::exp(-x))
    }
}

/// The divergence of two Bernoulli distributions, given their log odds.
///
/// Both are negated if need be, so that `p ≤ ½`. With `δ` the difference, `y = p(e^δ − 1)`: it is
/// `ln(1 + y) − pδ = p(e^δ − 1 − δ) − (y − ln(1 + y))`, two terms of second order of which the second is at most
/// about half of the first.
pub(super) fn divergence<T: Real>(from: T, to: T) -> T {
    let (from, to) = if from > T::zero() { (-from, -to) } else { (from, to) };
    let (p, delta) = (logistic(from), to - from);
    if Float::abs(delta) <= T::one() {
        p * exp_excess(delta) - excess(p * Float::exp_m1(delta))
    } else {
        softplus(to) - softplus(from) - p * delta
    }
}

/// The entropy, given the log odds: `p ln(1/p) + (1 − p) ln(1/(1 − p))`.
pub(super) fn entropy<T: Real>(log_odds: T) -> T {
    logistic(log_odds) * softplus(-log_odds) + logistic(-log_odds) * softplus(log_odds)
}

impl Univariate for Bernoulli {
    type Symmetry = Permuted;
    const STATISTICS: usize = 1;
}

impl<T: Special> UnivariateCoordinates<T> for Bernoulli {
    fn statistic(&self, theta: &T) -> Vec<T> {
        vec![*theta]
    }

    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        Ok(vec![positive("probability", index, &logistic(finite("log odds", index, &eta[0])?))?])
    }

    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        let p = positive("probability", index, &mu[0])?;
        positive("1 − probability", index, &(T::one() - p))?;
        Ok(vec![finite("log odds", index, &(Float::ln(p) - Float::ln_1p(-p)))?])
    }

    fn information(&self, eta: &[T], _: &[T]) -> DMatrix<T> {
        dmatrix![logistic(eta[0]) * logistic(-eta[0])]
    }
}

impl<T: Special> UnivariateDensity<T> for Bernoulli {
    fn supports(&self, theta: T) -> bool {
        theta == T::zero() || theta == T::one()
    }

    fn log_partition(&self, q: Pair<'_, T>) -> T {
        softplus(q.eta[0])
    }

    fn log_base_measure(&self, _: T) -> T {
        T::zero()
    }

    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T {
        if theta == T::zero() { -softplus(q.eta[0]) } else { -softplus(-q.eta[0]) }
    }

    fn conjugate(&self, q: Pair<'_, T>) -> T {
        -entropy(q.eta[0])
    }

    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T {
        divergence(q.eta[0], p.eta[0])
    }

    fn entropy(&self, q: Pair<'_, T>) -> T {
        entropy(q.eta[0])
    }
}

impl<T: Special> UnivariateSample<T> for Bernoulli {
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T {
        let uniform: f64 = rng.random();
        if uniform < q.mu[0].value() { T::one() } else { T::zero() }
    }
}
