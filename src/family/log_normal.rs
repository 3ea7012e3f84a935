//! Log-normal distributions: of a fixed sign, or of both.

use super::bernoulli;
use super::univariate::{
    Pair, Permuted, Reflected, Univariate, UnivariateCoordinates, UnivariateDensity,
    UnivariateSample, finite, positive,
};
use super::{FamilyError, Independent, Member, excess_of_ratio};
use crate::scalar::{Real, Scalar};
use crate::special::Special;
use nalgebra::{DMatrix, dmatrix};
use num_traits::{Float, FloatConst};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Log-normal distributions of one sign: `θ = s e^z`, `z ∼ N(m, v)`, with `s = ±1` known.
///
/// `T = (ln|θ|, ln²|θ|)`, `η = (m/v, −1/(2v))`, `μ = (m, m² + v)`, `A = ½(m²/v + ln v)`, `h = 1/(|θ|√2π)`.
///
/// The sign is part of the kind of a coordinate: coordinates of different sign are not alike, so the
/// family is not closed under permutations that mix them, and refuses them.
///
/// # Examples
/// ```
/// use equibayes::action::push_forward;
/// use equibayes::family::LogNormal;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let like = LogNormal::with_variance(&[false, false], &[0.0, 1.0], &[1.0, 2.0])?;
/// assert!(push_forward(&like, &swap, &1).is_ok());
/// let mixed = LogNormal::with_variance(&[false, true], &[0.0, 1.0], &[1.0, 2.0])?;
/// let error = push_forward(&mixed, &swap, &1).unwrap_err();
/// assert!(error.to_string().contains("coordinate 0 goes to 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogNormal {
    /// Whether `θ < 0`.
    pub negative: bool,
}

/// Log-normal distributions of either sign: `θ = s e^z` with an independent random sign `s`.
///
/// `T = (sgn θ, ln|θ|, ln²|θ|)`, `η = (½ ln P(θ > 0)/P(θ < 0), m/v, −1/(2v))`, `μ = (P(θ > 0) − P(θ < 0), m, m² + v)`,
/// `A = ln 2cosh η_0 + ½(m²/v + ln v)`, `h = 1/(|θ|√2π)`. Closed under signed permutations.
///
/// # Examples
/// ```
/// use equibayes::family::SignedLogNormal;
///
/// let q = SignedLogNormal::with_log_odds(&[0.0], &[0.5], &[2.0])?;
/// assert_eq!(q.mean_parameter().as_slice(), [0.0, 0.5, 2.25]);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedLogNormal;

/// `(m/v, −1/(2v))` of a coordinate.
fn natural_of<T: Scalar>(index: usize, m: &T, v: &T) -> Result<Vec<T>, FamilyError> {
    let v = positive("variance of ln|θ|", index, v)?;
    let first = finite("mean/variance of ln|θ|", index, &(m.clone() / v.clone()))?;
    Ok(vec![first, finite("−1/(2 variance)", index, &(T::ratio(-1, 2) / v))?])
}

fn lengths(expected: usize, others: &[(&'static str, usize)]) -> Result<(), FamilyError> {
    match others.iter().find(|(_, got)| *got != expected) {
        Some(&(what, got)) => Err(FamilyError::WrongLength { what, got, expected }),
        None => Ok(()),
    }
}

impl LogNormal {
    /// Independent log-normal distributions, given which are negative, and the means and variances of
    /// `ln|θ|`.
    ///
    /// # Errors
    /// [`FamilyError`] if the lengths differ, an entry is not a number, or a variance is not positive.
    pub fn with_variance<T: Special>(
        negative: &[bool],
        mean: &[T],
        variance: &[T],
    ) -> Result<Member<Independent<Self>, T>, FamilyError> {
        lengths(negative.len(), &[("mean", mean.len()), ("variance", variance.len())])?;
        let eta = (0..negative.len())
            .map(|i| natural_of(i, &mean[i], &variance[i]))
            .collect::<Result<Vec<_>, _>>()?;
        let blocks = negative.iter().map(|&negative| Self { negative }).collect();
        Independent::new(blocks).member(&eta)
    }
}

impl SignedLogNormal {
    /// Independent log-normal distributions, given the log odds `ln P(θ > 0)/P(θ < 0)` of their signs, and
    /// the means and variances of `ln|θ|`.
    ///
    /// # Errors
    /// [`FamilyError`] if the lengths differ, an entry is not a number, or a variance is not positive.
    pub fn with_log_odds<T: Special>(
        log_odds: &[T],
        mean: &[T],
        variance: &[T],
    ) -> Result<Member<Independent<Self>, T>, FamilyError> {
        lengths(log_odds.len(), &[("mean", mean.len()), ("variance", variance.len())])?;
        let eta = (0..log_odds.len())
            .map(|i| {
                let sign = finite("log odds", i, &(T::ratio(1, 2) * log_odds[i]))?;
                let size = natural_of(i, &mean[i], &variance[i])?;
                Ok([vec![sign], size].concat())
            })
            .collect::<Result<Vec<_>, FamilyError>>()?;
        Independent::like(Self, log_odds.len()).member(&eta)
    }
}

/// The Gaussian of `z = ln|θ|`, by its mean and variance.
#[derive(Clone, Copy)]
struct Size<T> {
    m: T,
    v: T,
}

impl<T: Special> Size<T> {
    fn of(eta: &[T]) -> Self {
        let v = T::ratio(-1, 2) / eta[1];
        Self { m: eta[0] * v, v }
    }

    fn statistic(theta: T) -> [T; 2] {
        let z = Float::ln(Float::abs(theta));
        [z, z * z]
    }

    fn mean(eta: &[T], index: usize) -> Result<[T; 2], FamilyError> {
        positive("precision −2η of ln|θ|", index, &(T::ratio(-2, 1) * eta[1]))?;
        let Self { m, v } = Self::of(eta);
        Ok([finite("mean of ln|θ|", index, &m)?, finite("mean of ln²|θ|", index, &(m * m + v))?])
    }

    fn natural(mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        natural_of(index, &mu[0], &(mu[1] - mu[0] * mu[0]))
    }

    fn information(eta: &[T]) -> [[T; 2]; 2] {
        let Self { m, v } = Self::of(eta);
        let two = T::one() + T::one();
        let cross = two * m * v;
        [[v, cross], [cross, two * (v * v + m * cross)]]
    }

    fn log_partition(eta: &[T]) -> T {
        let Self { m, v } = Self::of(eta);
        T::ratio(1, 2) * (m * eta[0] + Float::ln(v))
    }

    fn log_base_measure(theta: T) -> T {
        -Float::ln(Float::abs(theta)) - T::ratio(1, 2) * Float::ln(<T as FloatConst>::TAU())
    }

    fn log_density(eta: &[T], theta: T) -> T {
        let (Self { m, v }, z) = (Self::of(eta), Float::ln(Float::abs(theta)));
        T::ratio(-1, 2) * ((z - m) * (z - m) / v + Float::ln(<T as FloatConst>::TAU() * v)) - z
    }

    fn conjugate(eta: &[T]) -> T {
        T::ratio(-1, 2) * (T::one() + Float::ln(Self::of(eta).v))
    }

    fn kl(q: &[T], p: &[T]) -> T {
        let (q, p) = (Self::of(q), Self::of(p));
        let step = q.m - p.m;
        T::ratio(1, 2) * (excess_of_ratio(q.v, p.v) + step * step / p.v)
    }

    /// `½ ln 2πev + m`.
    fn entropy(eta: &[T]) -> T {
        let Self { m, v } = Self::of(eta);
        T::ratio(1, 2) * (T::one() + Float::ln(<T as FloatConst>::TAU() * v)) + m
    }

    /// Kept in the range of the normal numbers.
    fn sample<R: Rng + ?Sized>(eta: &[T], rng: &mut R) -> T {
        let Self { m, v } = Self::of(eta);
        let z: f64 = StandardNormal.sample(rng);
        let draw = T::approximate((m.value() + v.value().sqrt() * z).exp(), 0.0);
        Float::min(Float::max(draw, <T as Float>::min_positive_value()), <T as Float>::max_value())
    }
}

fn nonzero<T: Real>(theta: T) -> bool {
    theta != T::zero() && theta.is_number()
}

impl Univariate for LogNormal {
    type Symmetry = Permuted;
    const STATISTICS: usize = 2;
}

impl<T: Special> UnivariateCoordinates<T> for LogNormal {
    fn statistic(&self, theta: &T) -> Vec<T> {
        Size::statistic(*theta).to_vec()
    }

    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        Ok(Size::mean(eta, index)?.to_vec())
    }

    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        Size::natural(mu, index)
    }

    fn information(&self, eta: &[T], _: &[T]) -> DMatrix<T> {
        let [[a, b], [c, d]] = Size::information(eta);
        dmatrix![a, b; c, d]
    }
}

impl<T: Special> UnivariateDensity<T> for LogNormal {
    fn supports(&self, theta: T) -> bool {
        nonzero(theta) && (theta < T::zero()) == self.negative
    }

    fn log_partition(&self, q: Pair<'_, T>) -> T {
        Size::log_partition(q.eta)
    }

    fn log_base_measure(&self, theta: T) -> T {
        Size::log_base_measure(theta)
    }

    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T {
        Size::log_density(q.eta, theta)
    }

    fn conjugate(&self, q: Pair<'_, T>) -> T {
        Size::conjugate(q.eta)
    }

    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T {
        Size::kl(q.eta, p.eta)
    }

    fn entropy(&self, q: Pair<'_, T>) -> T {
        Size::entropy(q.eta)
    }
}

impl<T: Special> UnivariateSample<T> for LogNormal {
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T {
        let size = Size::sample(q.eta, rng);
        if self.negative { -size } else { size }
    }
}

impl Univariate for SignedLogNormal {
    type Symmetry = Reflected;
    const STATISTICS: usize = 3;
    const ODD: usize = 1;
}

/// `ln P(θ > 0)/P(θ < 0)`.
fn log_odds<T: Real>(eta: &[T]) -> T {
    (T::one() + T::one()) * eta[0]
}

impl<T: Special> UnivariateCoordinates<T> for SignedLogNormal {
    fn statistic(&self, theta: &T) -> Vec<T> {
        let sign = if *theta < T::zero() { -T::one() } else { T::one() };
        let [z, square] = Size::statistic(*theta);
        vec![sign, z, square]
    }

    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        // tanh|η| = −t/(2 + t) with t = e^{−2|η|} − 1, relatively accurate near 0.
        let odds = log_odds(eta);
        let t = Float::exp_m1(if odds < T::zero() { odds } else { -odds });
        let size = -t / (T::one() + T::one() + t);
        let sign = if eta[0] < T::zero() { -size } else { size };
        let [m, second] = Size::mean(&eta[1..], index)?;
        Ok(vec![finite("mean sign", index, &sign)?, m, second])
    }

    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        let (up, down) = (T::one() + mu[0], T::one() - mu[0]);
        positive("1 + mean sign", index, &up)?;
        positive("1 − mean sign", index, &down)?;
        let sign = T::ratio(1, 2) * (Float::ln_1p(mu[0]) - Float::ln_1p(-mu[0]));
        Ok([vec![sign], Size::natural(&mu[1..], index)?].concat())
    }

    fn information(&self, eta: &[T], _: &[T]) -> DMatrix<T> {
        let [[a, b], [c, d]] = Size::information(&eta[1..]);
        let odds = log_odds(eta);
        let sign = T::ratio(4, 1) * bernoulli::logistic(odds) * bernoulli::logistic(-odds);
        let zero = T::zero();
        dmatrix![sign, zero, zero; zero, a, b; zero, c, d]
    }
}

impl<T: Special> UnivariateDensity<T> for SignedLogNormal {
    fn supports(&self, theta: T) -> bool {
        nonzero(theta)
    }

    fn log_partition(&self, q: Pair<'_, T>) -> T {
        // ln 2cosh η = |η| + ln(1 + e^{−2|η|}).
        bernoulli::softplus(log_odds(q.eta)) - q.eta[0] + Size::log_partition(&q.eta[1..])
    }

    fn log_base_measure(&self, theta: T) -> T {
        Size::log_base_measure(theta)
    }

    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T {
        let odds = log_odds(q.eta);
        let against = if theta < T::zero() { odds } else { -odds };
        Size::log_density(&q.eta[1..], theta) - bernoulli::softplus(against)
    }

    fn conjugate(&self, q: Pair<'_, T>) -> T {
        Size::conjugate(&q.eta[1..]) - bernoulli::entropy(log_odds(q.eta))
    }

    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T {
        bernoulli::divergence(log_odds(q.eta), log_odds(p.eta)) + Size::kl(&q.eta[1..], &p.eta[1..])
    }

    fn entropy(&self, q: Pair<'_, T>) -> T {
        bernoulli::entropy(log_odds(q.eta)) + Size::entropy(&q.eta[1..])
    }
}

impl<T: Special> UnivariateSample<T> for SignedLogNormal {
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T {
        let uniform: f64 = rand::RngExt::random(rng);
        let size = Size::sample(&q.eta[1..], rng);
        if uniform < bernoulli::logistic(log_odds(q.eta)).value() { size } else { -size }
    }
}
