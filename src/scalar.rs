//! What a number must do: [`f32`], [`f64`] and exact rationals through one trait.
//!
//! Everything linear in the theory (actions, Reynolds operators, averages of natural and of mean
//! parameters, orbit divergences of Gaussians) is written for any [`Scalar`], so the very same code
//! runs in floating point and, with [`Rational`], without any rounding at all (claim A4). What
//! needs logarithms asks for a [`Real`].

mod wrapped;

#[cfg(any(feature = "catalogue", feature = "enclosure"))]
pub(crate) use wrapped::float_draws;
pub(crate) use wrapped::{assign_operators, float_constants};

use num_bigint::BigInt;
use num_traits::{Float, FloatConst, FromPrimitive, NumAssign, ToPrimitive, Zero};
use std::fmt::Display;
use std::ops::Neg;

/// An exact rational number of any size.
pub type Rational = num_rational::BigRational;

/// An ordered field with the conversions that the crate needs.
///
/// # Examples
/// ```
/// use equibayes::scalar::{Rational, Scalar};
///
/// fn third<T: Scalar>() -> T {
///     T::ratio(1, 3)
/// }
/// let sum: Rational = third::<Rational>() + third::<Rational>() + third::<Rational>();
/// assert_eq!(sum, Rational::ratio(1, 1));
/// assert_eq!(third::<f64>(), 1.0 / 3.0);
/// ```
pub trait Scalar:
    nalgebra::Scalar + NumAssign + Neg<Output = Self> + PartialOrd + Display + Send + Sync
{
    /// Half the distance from 1 to the next number: the largest relative rounding error of one
    /// operation. Zero where arithmetic is exact.
    const UNIT_ROUNDOFF: f64;

    /// `numerator / denominator`, rounded once.
    ///
    /// # Panics
    /// If the denominator is zero (for exact scalars; floating point gives an infinity).
    fn ratio(numerator: i64, denominator: i64) -> Self;

    /// The nearest `f64`.
    fn nearest_f64(&self) -> f64;

    /// The scalar nearest to `value`: for rationals, `value` itself.
    /// `None` if `value` is not finite.
    fn from_f64(value: f64) -> Option<Self>;

    /// Whether this is a number at all: false for NaN and infinities.
    fn is_number(&self) -> bool {
        self.nearest_f64().is_finite()
    }

    /// The absolute value.
    fn magnitude(&self) -> Self {
        if *self < Self::zero() { -self.clone() } else { self.clone() }
    }

    /// A count as a scalar.
    fn count(n: usize) -> Self;

    /// Whether `self ≤ other`, for a branch whose other side is right as well where it is true: a choice of the more
    /// accurate of two formulas, of a pivot, of a scale that is taken out. A scalar that does not know its own value may say no
    /// to what it cannot tell.
    fn surely_at_most(&self, other: &Self) -> bool {
        self <= other
    }

    /// What a formula leaves out, a truncated series say, and is at most `bound` large: zero, but for a scalar that keeps
    /// count of it.
    fn neglected(bound: f64) -> Self {
        let _ = bound;
        Self::zero()
    }
}

impl Scalar for f32 {
    const UNIT_ROUNDOFF: f64 = f32::EPSILON as f64 / 2.0;

    fn ratio(numerator: i64, denominator: i64) -> Self {
        (numerator as f64 / denominator as f64) as f32
    }

    fn nearest_f64(&self) -> f64 {
        f64::from(*self)
    }

    fn from_f64(value: f64) -> Option<Self> {
        let value = value as f32;
        value.is_finite().then_some(value)
    }

    fn count(n: usize) -> Self {
        n as f32
    }
}

impl Scalar for f64 {
    const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

    fn ratio(numerator: i64, denominator: i64) -> Self {
        numerator as f64 / denominator as f64
    }

    fn nearest_f64(&self) -> f64 {
        *self
    }

    fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(value)
    }

    fn count(n: usize) -> Self {
        n as f64
    }
}

impl Scalar for Rational {
    const UNIT_ROUNDOFF: f64 = 0.0;

    fn ratio(numerator: i64, denominator: i64) -> Self {
        Rational::new(BigInt::from(numerator), BigInt::from(denominator))
    }

    fn nearest_f64(&self) -> f64 {
        // `ToPrimitive` always answers for a rational; beyond the range of `f64` with an infinity.
        ToPrimitive::to_f64(self).unwrap_or(f64::NAN)
    }

    fn from_f64(value: f64) -> Option<Self> {
        Rational::from_float(value)
    }

    fn is_number(&self) -> bool {
        !self.denom().is_zero()
    }

    fn count(n: usize) -> Self {
        Rational::from_usize(n).unwrap_or_else(Rational::zero)
    }
}

/// A floating-point [`Scalar`]: it has logarithms and square roots.
pub trait Real: Scalar + Float + FloatConst + rand_distr::uniform::SampleUniform {}

impl Real for f32 {}
impl Real for f64 {}

/// `Σ_i a_i b_i`, in index order.
///
/// # Panics
/// If the lengths differ.
pub fn dot<T: Scalar>(a: &[T], b: &[T]) -> T {
    assert_eq!(a.len(), b.len(), "dot product of vectors of different lengths");
    a.iter().zip(b).fold(T::zero(), |sum, (x, y)| sum + x.clone() * y.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_ratios_agree_in_every_scalar() {
        assert_eq!(<f32 as Scalar>::count(7), 7.0);
        assert_eq!(<f64 as Scalar>::ratio(7, 2), 3.5);
        assert_eq!(Rational::count(7), Rational::ratio(14, 2));
        assert_eq!(Scalar::nearest_f64(&Rational::ratio(-1, 4)), -0.25);
        assert_eq!(Rational::ratio(-1, 4).magnitude(), Rational::ratio(1, 4));
    }

    #[test]
    fn what_is_no_number_says_so() {
        assert!(!Scalar::is_number(&f64::NAN));
        assert!(!Scalar::is_number(&f32::INFINITY));
        assert!(<f64 as Scalar>::from_f64(f64::NAN).is_none());
        assert!(<f32 as Scalar>::from_f64(1e300).is_none());
        assert!(<Rational as Scalar>::from_f64(f64::INFINITY).is_none());
    }

    #[test]
    fn a_rational_holds_a_float_exactly() {
        let x = 0.1_f64;
        let exact = <Rational as Scalar>::from_f64(x).unwrap();
        assert_eq!(Scalar::nearest_f64(&exact), x);
        assert_ne!(exact, Rational::ratio(1, 10));
    }
}
