//! Field operations, and what a [`Scalar`] is asked.

use super::Enclosure;
use super::round::{Way, add, div, mul};
use crate::scalar::{Rational, Scalar, assign_operators};
use num_bigint::BigInt;
use num_traits::{Float, Num, NumCast, One, ToPrimitive, Zero};
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

impl Add for Enclosure {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let low = add(Way::Down, self.low(), other.low());
        Self::between(low, add(Way::Up, self.high(), other.high()))
    }
}

impl Sub for Enclosure {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Enclosure {
    type Output = Self;

    fn neg(self) -> Self {
        Self::between(-self.high(), -self.low())
    }
}

/// A product is extreme at ends.
impl Mul for Enclosure {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let ends = [
            (self.low(), other.low()),
            (self.low(), other.high()),
            (self.high(), other.low()),
            (self.high(), other.high()),
        ];
        let low = ends.map(|(a, b)| mul(Way::Down, a, b)).into_iter().fold(f64::INFINITY, f64::min);
        let high =
            ends.map(|(a, b)| mul(Way::Up, a, b)).into_iter().fold(f64::NEG_INFINITY, f64::max);
        Self::between(low, high)
    }
}

/// Nothing is known of a quotient by an interval that zero is in.
impl Div for Enclosure {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        if other.contains(0.0) {
            return Self::UNKNOWN;
        }
        if other.high() < 0.0 {
            return -self / -other;
        }
        // A positive divisor: the smaller one makes it larger, away from zero.
        let low = if self.low() >= 0.0 { other.high() } else { other.low() };
        let high = if self.high() >= 0.0 { other.low() } else { other.high() };
        Self::between(div(Way::Down, self.low(), low), div(Way::Up, self.high(), high))
    }
}

/// A remainder jumps: nothing is known.
impl Rem for Enclosure {
    type Output = Self;

    fn rem(self, _: Self) -> Self {
        Self::UNKNOWN
    }
}

assign_operators!(Enclosure);

impl Zero for Enclosure {
    fn zero() -> Self {
        Self::exact(0.0)
    }

    fn is_zero(&self) -> bool {
        *self == Self::zero()
    }
}

impl One for Enclosure {
    fn one() -> Self {
        Self::exact(1.0)
    }
}

impl Num for Enclosure {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;

    /// The numbers within a unit in the last place of what the standard library reads; of other digits than decimal
    /// ones nothing is known.
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        <f64 as Num>::from_str_radix(text, radix)?;
        let near = if radix == 10 { text.parse::<f64>().ok() } else { None };
        Ok(near.map_or(Self::UNKNOWN, Self::around))
    }
}

/// What is not a point is no integer that could be told.
impl ToPrimitive for Enclosure {
    fn to_i64(&self) -> Option<i64> {
        if self.is_point() { self.low().to_i64() } else { Self::undecided(None) }
    }

    fn to_u64(&self) -> Option<u64> {
        if self.is_point() { self.low().to_u64() } else { Self::undecided(None) }
    }

    fn to_f64(&self) -> Option<f64> {
        if self.is_point() { Some(self.low()) } else { Self::undecided(None) }
    }
}

/// The numbers within a unit in the last place of the nearest `f64`: what is cast need not be one.
impl NumCast for Enclosure {
    fn from<N: ToPrimitive>(number: N) -> Option<Self> {
        number.to_f64().map(Self::around)
    }
}

impl Scalar for Enclosure {
    const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

    fn ratio(numerator: i64, denominator: i64) -> Self {
        const EXACT: u64 = 1 << 53;
        if denominator == 0 {
            Self::UNKNOWN
        } else if numerator.unsigned_abs() <= EXACT && denominator.unsigned_abs() <= EXACT {
            Self::exact(numerator as f64) / Self::exact(denominator as f64)
        } else {
            Self::of(&Rational::new(BigInt::from(numerator), BigInt::from(denominator)))
        }
    }

    /// The midpoint.
    fn nearest_f64(&self) -> f64 {
        if self.is_point() { self.low() } else { 0.5 * self.low() + 0.5 * self.high() }
    }

    fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self::exact(value))
    }

    /// Whether both ends are finite; else it is not decided.
    fn is_number(&self) -> bool {
        Float::is_finite(*self)
    }

    fn magnitude(&self) -> Self {
        Float::abs(*self)
    }

    fn count(n: usize) -> Self {
        i64::try_from(n).map_or(Self::UNKNOWN, |n| Self::ratio(n, 1))
    }

    fn surely_at_most(&self, other: &Self) -> bool {
        self.high() <= other.low()
    }

    fn neglected(bound: f64) -> Self {
        Self::between(-bound, bound)
    }
}
