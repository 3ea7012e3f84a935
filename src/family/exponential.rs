//! The exponential distribution.

use super::univariate::{
    Pair, Permuted, Univariate, UnivariateCoordinates, UnivariateDensity, UnivariateSample, finite,
    positive,
};
use super::{FamilyError, Independent, Member, excess_of_ratio};
use crate::scalar::{Real, Scalar};
use crate::special::Special;
use nalgebra::{DMatrix, dmatrix};
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, Exp1};

/// Exponential distributions of rate `β` on `θ > 0`: `T = θ`, `η = −β`, `μ = 1/β`, `A = −ln β`, `h = 1`.
///
/// The maps are rational, so they run in exact arithmetic.
///
/// # Examples
/// ```
/// use equibayes::family::Exponential;
/// use equibayes::scalar::{Rational, Scalar};
///
/// let q = Exponential::with_rate(&[Rational::ratio(2, 3)])?;
/// assert_eq!(q.mean_parameter().as_slice(), [Rational::ratio(3, 2)]);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exponential;

impl Exponential {
    /// Independent exponential distributions with these rates.
    ///
    /// # Errors
    /// [`FamilyError`] if a rate is not a positive number or has no finite inverse.
    pub fn with_rate<T: Scalar>(rate: &[T]) -> Result<Member<Independent<Self>, T>, FamilyError> {
        let eta = rate
            .iter()
            .enumerate()
            .map(|(i, rate)| Ok(vec![-positive("rate", i, rate)?]))
            .collect::<Result<Vec<_>, FamilyError>>()?;
        Independent::like(Self, rate.len()).member(&eta)
    }
}

impl Univariate for Exponential {
    type Symmetry = Permuted;
    const STATISTICS: usize = 1;
}

impl<T: Scalar> UnivariateCoordinates<T> for Exponential {
    fn statistic(&self, theta: &T) -> Vec<T> {
        vec![theta.clone()]
    }

    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        let rate = positive("rate −η", index, &-eta[0].clone())?;
        Ok(vec![finite("mean 1/rate", index, &(T::one() / rate))?])
    }

    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError> {
        let mean = positive("mean", index, &mu[0])?;
        Ok(vec![-finite("rate 1/mean", index, &(T::one() / mean))?])
    }

    fn information(&self, _: &[T], mu: &[T]) -> DMatrix<T> {
        dmatrix![mu[0].clone() * mu[0].clone()]
    }
}

impl<T: Real> UnivariateDensity<T> for Exponential {
    fn supports(&self, theta: T) -> bool {
        theta > T::zero() && theta.is_number()
    }

    fn log_partition(&self, q: Pair<'_, T>) -> T {
        -Float::ln(-q.eta[0])
    }

    fn log_base_measure(&self, _: T) -> T {
        T::zero()
    }

    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T {
        Float::ln(-q.eta[0]) + q.eta[0] * theta
    }

    fn conjugate(&self, q: Pair<'_, T>) -> T {
        Float::ln(-q.eta[0]) - T::one()
    }

    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T {
        excess_of_ratio(-p.eta[0], -q.eta[0])
    }

    fn entropy(&self, q: Pair<'_, T>) -> T {
        -self.conjugate(q)
    }
}

impl<T: Special> UnivariateSample<T> for Exponential {
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T {
        let draw: f64 = Exp1.sample(rng);
        above_zero(draw * q.mu[0].value())
    }
}

/// A positive draw in the scalar: what would round to 0 becomes the smallest normal number.
pub(super) fn above_zero<T: Special>(draw: f64) -> T {
    let draw = T::approximate(draw, 0.0);
    Float::max(draw, <T as Float>::min_positive_value())
}
