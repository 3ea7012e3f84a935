//! Forward-mode derivatives: numbers that carry a slope.
//!
//! The crate's code is generic over its scalar, so running it on [`Dual`] numbers gives the derivative of
//! whatever it computes along one direction, without a step size and without truncation. It is how the
//! gradients of log-partition functions are checked (claim F1), with [`Tracked`] numbers inside for
//! rounding.
//!
//! [`Tracked`]: crate::claim::rounding::Tracked

mod float;
mod special;

use crate::scalar::{Real, Scalar, assign_operators};
use num_traits::{Num, NumCast, One, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// `a + bε` with `ε² = 0`: a value and its derivative along one direction.
///
/// Comparisons look at the value alone, so a branch is the one that the value takes. Where a function
/// has no derivative, or none is known, the slope is NaN.
///
/// # Examples
/// ```
/// use equibayes::dual::Dual;
/// use num_traits::Float;
///
/// let x = Dual::variable(2.0_f64);
/// let y = x * x * x + Float::ln(x);
/// assert_eq!(y.value(), 8.0 + 2.0_f64.ln());
/// assert_eq!(y.slope(), 12.0 + 0.5);
/// ```
///
/// The mean parameter is the gradient of the log-partition function:
/// ```
/// use equibayes::dual::Dual;
/// use equibayes::family::{Coordinates, DiagonalGaussian, LogPartition, Member};
/// use nalgebra::dvector;
///
/// let along_first = dvector![Dual::variable(1.5), Dual::constant(-0.25)];
/// let q = Member::from_natural(DiagonalGaussian::new(1), along_first)?;
/// let slope: f64 = q.family().log_partition(&q).slope();
/// assert!((slope - 3.0).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dual<T> {
    value: T,
    slope: T,
}

impl<T: Real> Dual<T> {
    /// A value with its derivative.
    pub fn new(value: T, slope: T) -> Self {
        Self { value, slope }
    }

    /// A value that does not change: slope 0.
    pub fn constant(value: T) -> Self {
        Self { value, slope: T::zero() }
    }

    /// What the derivative is taken by: slope 1.
    pub fn variable(value: T) -> Self {
        Self { value, slope: T::one() }
    }

    /// The value.
    pub fn value(self) -> T {
        self.value
    }

    /// The derivative.
    pub fn slope(self) -> T {
        self.slope
    }

    /// `f(self)`, given the value of `f` and of its derivative there. A constant stays one, even where the
    /// derivative is infinite.
    fn chain(self, value: T, derivative: T) -> Self {
        let slope = if self.slope.is_zero() { self.slope } else { self.slope * derivative };
        Self { value, slope }
    }

    /// A function whose derivative is not known here.
    fn unknown(self, value: T) -> Self {
        self.chain(value, T::nan())
    }
}

impl<T: Real> Add for Dual<T> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl<T: Real> Sub for Dual<T> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slope: self.slope - other.slope }
    }
}

impl<T: Real> Mul for Dual<T> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let slope = self.slope * other.value + self.value * other.slope;
        Self { value: self.value * other.value, slope }
    }
}

impl<T: Real> Div for Dual<T> {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self { value, slope: (self.slope - value * other.slope) / other.value }
    }
}

/// By the value; a remainder has no derivative where it jumps.
impl<T: Real> Rem for Dual<T> {
    type Output = Self;

    fn rem(self, other: Self) -> Self {
        self.unknown(self.value % other.value)
    }
}

impl<T: Real> Neg for Dual<T> {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, slope: -self.slope }
    }
}

assign_operators!(Dual<T>, [T: Real]);

/// By value.
impl<T: Real> PartialEq for Dual<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// By value.
impl<T: Real> PartialOrd for Dual<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Real> fmt::Display for Dual<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} + {}ε", self.value, self.slope)
    }
}

impl<T: Real> Zero for Dual<T> {
    fn zero() -> Self {
        Self::constant(T::zero())
    }

    /// Whether the value is zero; the slope need not be.
    fn is_zero(&self) -> bool {
        self.value.is_zero()
    }
}

impl<T: Real> One for Dual<T> {
    fn one() -> Self {
        Self::constant(T::one())
    }
}

impl<T: Real> Num for Dual<T> {
    type FromStrRadixErr = T::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        T::from_str_radix(text, radix).map(Self::constant)
    }
}

impl<T: Real> ToPrimitive for Dual<T> {
    fn to_i64(&self) -> Option<i64> {
        self.value.to_i64()
    }

    fn to_u64(&self) -> Option<u64> {
        self.value.to_u64()
    }

    fn to_f64(&self) -> Option<f64> {
        self.value.to_f64()
    }
}

impl<T: Real> NumCast for Dual<T> {
    fn from<N: ToPrimitive>(number: N) -> Option<Self> {
        <T as NumCast>::from(number).map(Self::constant)
    }
}

impl<T: Real> Scalar for Dual<T> {
    const UNIT_ROUNDOFF: f64 = T::UNIT_ROUNDOFF;

    fn ratio(numerator: i64, denominator: i64) -> Self {
        Self::constant(T::ratio(numerator, denominator))
    }

    fn nearest_f64(&self) -> f64 {
        self.value.nearest_f64()
    }

    fn from_f64(value: f64) -> Option<Self> {
        T::from_f64(value).map(Self::constant)
    }

    fn count(n: usize) -> Self {
        Self::constant(T::count(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::Special;
    use num_traits::Float;

    /// Each function against a central difference of its own values.
    #[test]
    fn slopes_are_derivatives() {
        type Function<T> = fn(T) -> T;
        macro_rules! functions {
            ($($f:expr),* $(,)?) => {
                [$((stringify!($f), $f as Function<f64>, $f as Function<Dual<f64>>)),*]
            };
        }
        let functions = functions![
            |x| x * x - x / (x + x * x),
            |x| Float::recip(x),
            |x| Float::sqrt(x),
            |x| Float::cbrt(x),
            |x| Float::exp(x),
            |x| Float::exp2(x),
            |x| Float::exp_m1(x),
            |x| Float::ln(x),
            |x| Float::ln_1p(x),
            |x| Float::log2(x),
            |x| Float::log10(x),
            |x| Float::powi(x, -3),
            |x| Float::powf(x, x),
            |x| Float::sin(x),
            |x| Float::cos(x),
            |x| Float::tan(x),
            |x| Float::asin(x / (x + x)),
            |x| Float::acos(x * Float::recip(x + x * x)),
            |x| Float::atan(x),
            |x| Float::sinh(x),
            |x| Float::cosh(x),
            |x| Float::tanh(x),
            |x| Float::asinh(x),
            |x| Float::acosh(x + x * x + x.exp()),
            |x| Float::atanh(x / (x + x * x + x)),
            |x| Float::hypot(x, x * x),
            |x| Float::atan2(x * x, x),
            |x| Float::abs(-x),
            |x| Float::max(x, -x),
            |x| Float::min(x * x, -x),
            |x| Float::mul_add(x, x, x),
            |x| Special::ln_gamma(x),
            |x| x.digamma(),
            |x| x.trigamma(),
        ];
        for (name, plain, dual) in functions {
            for x in [0.3, 1.7, 4.5] {
                let h = 1e-5;
                let quotient = (plain(x + h) - plain(x - h)) / (2.0 * h);
                let found = dual(Dual::variable(x));
                assert_eq!(found.value(), plain(x), "{name} at {x}");
                // Third derivatives here are below 1e4; values below 1e3.
                assert!(
                    (found.slope() - quotient).abs() < 1e-5,
                    "{name} at {x}: {found}, {quotient}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_derivative_says_so() {
        let x = Dual::variable(1.5);
        for y in [Float::floor(x), Float::round(x), x % Dual::one(), Float::signum(x)] {
            assert!(y.slope().is_nan(), "{y}");
        }
        assert_eq!(Float::floor(Dual::constant(1.5)).slope(), 0.0);
        assert!(Float::abs(Dual::variable(0.0)).slope().is_nan());
        assert_eq!(Float::sqrt(Dual::<f64>::zero()).slope(), 0.0);
    }
}
