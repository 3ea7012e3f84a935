//! What [`Real`] asks of a scalar beyond field operations.

use super::Enclosure;
use super::round::{Way, sqrt};
use super::series;
use crate::scalar::{Rational, Real, float_constants};
use num_traits::{Float, FloatConst, One, Signed, Zero};
use std::num::FpCategory;

impl Real for Enclosure {}

/// Functions of which nothing is known.
macro_rules! unknown {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $name(self $(, $argument: $type)*) -> Self {
            $(let _ = $argument;)*
            Self::UNKNOWN
        }
    )*};
}

/// Functions with values in `[−1, 1]`.
macro_rules! within_one {
    ($($name:ident)*) => {$(
        fn $name(self) -> Self {
            Self::between(-1.0, 1.0)
        }
    )*};
}

/// Above the logarithm of the largest float, 709.78…
const OVERFLOW: f64 = 710.0;

/// Below the logarithm of half the smallest float, −745.13…
const UNDERFLOW: f64 = -746.0;

fn rational(x: f64) -> Rational {
    // Ends are asked for only where they are finite.
    Rational::from_float(x).unwrap_or_else(Rational::zero)
}

/// `e^x`, at one end.
fn exp(way: Way, x: f64) -> f64 {
    if x > OVERFLOW {
        return if way == Way::Down { f64::MAX } else { f64::INFINITY };
    }
    if x < UNDERFLOW {
        return if way == Way::Down { 0.0 } else { f64::from_bits(1) };
    }
    series::to_f64(way, &series::exp(way, &rational(x)))
}

/// `e^x − 1`, at one end.
fn exp_m1(way: Way, x: f64) -> f64 {
    if x > OVERFLOW {
        return exp(way, x);
    }
    // From here on `e^x` is below a quarter of a unit in the last place of 1.
    if x < -40.0 {
        return if way == Way::Down { -1.0 } else { (-1.0_f64).next_up() };
    }
    series::to_f64(way, &series::exp_m1(way, &rational(x)))
}

/// `ln x` of a positive number, at one end.
fn ln(way: Way, x: &Rational) -> f64 {
    let (low, high) = series::ln(x);
    series::to_f64(way, if way == Way::Down { &low } else { &high })
}

impl Enclosure {
    /// An increasing function, from its ends.
    fn increasing(self, function: impl Fn(Way, f64) -> f64) -> Self {
        Self::between(function(Way::Down, self.low()), function(Way::Up, self.high()))
    }

    /// `ln(shift + x)`.
    fn ln_shifted(self, shift: f64) -> Self {
        if !(self.low() > -shift) {
            return Self::UNKNOWN;
        }
        self.increasing(
            |way, x| {
                if x.is_infinite() { x } else { ln(way, &(rational(x) + rational(shift))) }
            },
        )
    }

    /// `ln x` for a rational `x > 0`; elsewhere nothing is known.
    ///
    /// # Examples
    /// ```
    /// use equibayes::enclosure::Enclosure;
    /// use equibayes::scalar::{Rational, Scalar};
    ///
    /// let log = Enclosure::ln_of(&Rational::ratio(1, 3));
    /// assert_eq!(log.low().next_up(), log.high());
    /// let one = Enclosure::ln_of(&Rational::ratio(1, 1));
    /// assert!(one.is_point() && one.contains(0.0));
    /// ```
    pub fn ln_of(x: &Rational) -> Self {
        if !x.is_positive() {
            return Self::UNKNOWN;
        }
        Self::between(ln(Way::Down, x), ln(Way::Up, x))
    }
}

impl Enclosure {
    /// `a + b ln x` for rational numbers, `x > 0`, rounded once: where the terms cancel, what is left has as many digits as
    /// a logarithm of 80 bits leaves it. For other `x` nothing is known.
    ///
    /// # Examples
    /// ```
    /// use equibayes::enclosure::Enclosure;
    /// use equibayes::scalar::{Rational, Scalar};
    ///
    /// // ln(1 + h) − h = −h²/2 + h³/3 − … for a small h.
    /// let h = Rational::ratio(1, 1 << 30);
    /// let one = Rational::ratio(1, 1);
    /// let left = Enclosure::with_ln(&-h.clone(), &one, &(&one + &h));
    /// let h = 2f64.powi(-30);
    /// assert!(-h * h / 2.0 < left.low() && left.high() < -h * h / 2.0 + h * h * h / 2.0);
    /// assert!(left.width() < 1e-15 * h * h);
    /// ```
    pub fn with_ln(a: &Rational, b: &Rational, x: &Rational) -> Self {
        if !x.is_positive() {
            return Self::UNKNOWN;
        }
        let (low, high) = series::ln(x);
        let (low, high) = if b.is_negative() { (high, low) } else { (low, high) };
        let end = |way, log: Rational| series::to_f64(way, &(a + b * log));
        Self::between(end(Way::Down, low), end(Way::Up, high))
    }
}

impl Float for Enclosure {
    unknown! {
        floor(); ceil(); round(); trunc(); fract(); signum();
        cbrt(); tan(); asin(); acos(); atan(); sinh(); cosh(); asinh(); acosh(); atanh();
        atan2(other: Self);
    }

    within_one! { sin cos tanh }

    /// Nothing is known.
    fn nan() -> Self {
        Self::UNKNOWN
    }

    /// Some number that no float reaches.
    fn infinity() -> Self {
        Self::between(f64::MAX, f64::INFINITY)
    }

    /// Some number below all floats.
    fn neg_infinity() -> Self {
        -Self::infinity()
    }

    fn neg_zero() -> Self {
        Self::zero()
    }

    fn min_value() -> Self {
        Self::exact(f64::MIN)
    }

    fn min_positive_value() -> Self {
        Self::exact(f64::MIN_POSITIVE)
    }

    fn epsilon() -> Self {
        Self::exact(f64::EPSILON)
    }

    fn max_value() -> Self {
        Self::exact(f64::MAX)
    }

    /// Whether nothing is known; then it is not decided.
    fn is_nan(self) -> bool {
        let unknown = self.low().is_infinite() && self.high().is_infinite();
        if unknown { Self::undecided(true) } else { false }
    }

    /// Whether one of the ends is infinite, and not both; then it is not decided.
    fn is_infinite(self) -> bool {
        let half = self.low().is_infinite() != self.high().is_infinite();
        if half { Self::undecided(true) } else { false }
    }

    /// Whether both ends are finite; else it is not decided.
    fn is_finite(self) -> bool {
        let bounded = self.low().is_finite() && self.high().is_finite();
        if bounded { true } else { Self::undecided(false) }
    }

    /// Whether every number in the interval is within the normal range: a "no" may be wrong, as in
    /// [`surely_at_most`](crate::scalar::Scalar::surely_at_most).
    fn is_normal(self) -> bool {
        let positive = self.low() >= f64::MIN_POSITIVE && self.high() <= f64::MAX;
        positive || (self.high() <= -f64::MIN_POSITIVE && self.low() >= f64::MIN)
    }

    /// Of the midpoint, where the interval is no point; which is not decided.
    fn classify(self) -> FpCategory {
        let category = Float::classify(crate::scalar::Scalar::nearest_f64(&self));
        if self.is_point() { category } else { Self::undecided(category) }
    }

    fn is_sign_positive(self) -> bool {
        self >= Self::zero()
    }

    fn is_sign_negative(self) -> bool {
        self < Self::zero()
    }

    /// Of the midpoint, where the interval is no point; which is not decided.
    fn integer_decode(self) -> (u64, i16, i8) {
        let decoded = Float::integer_decode(crate::scalar::Scalar::nearest_f64(&self));
        if self.is_point() { decoded } else { Self::undecided(decoded) }
    }

    fn abs(self) -> Self {
        if self.low() >= 0.0 {
            self
        } else if self.high() <= 0.0 {
            -self
        } else {
            Self::between(0.0, self.high().max(-self.low()))
        }
    }

    fn abs_sub(self, other: Self) -> Self {
        Float::max(self - other, Self::zero())
    }

    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }

    fn recip(self) -> Self {
        Self::one() / self
    }

    /// An even power is not negative.
    fn powi(self, n: i32) -> Self {
        let base = if n % 2 == 0 { Float::abs(self) } else { self };
        let power = (0..n.unsigned_abs()).fold(Self::one(), |power, _| power * base);
        if n < 0 { Float::recip(power) } else { power }
    }

    /// `e^{n ln x}`, for `x > 0`; elsewhere nothing is known.
    fn powf(self, n: Self) -> Self {
        // Of an unknown logarithm the exponential would be no less than 0, which −2 to the third is not.
        if !(self.low() > 0.0) {
            return Self::UNKNOWN;
        }
        Float::exp(n * Float::ln(self))
    }

    fn sqrt(self) -> Self {
        if self.low() >= 0.0 { self.increasing(sqrt) } else { Self::UNKNOWN }
    }

    fn hypot(self, other: Self) -> Self {
        Float::sqrt(Float::powi(self, 2) + Float::powi(other, 2))
    }

    fn exp(self) -> Self {
        self.increasing(exp)
    }

    fn exp2(self) -> Self {
        Float::exp(self * Self::LN_2())
    }

    fn exp_m1(self) -> Self {
        self.increasing(exp_m1)
    }

    fn ln(self) -> Self {
        self.ln_shifted(0.0)
    }

    fn ln_1p(self) -> Self {
        self.ln_shifted(1.0)
    }

    fn log(self, base: Self) -> Self {
        Float::ln(self) / Float::ln(base)
    }

    fn log2(self) -> Self {
        Float::ln(self) / Self::LN_2()
    }

    fn log10(self) -> Self {
        Float::ln(self) / Self::LN_10()
    }

    fn sin_cos(self) -> (Self, Self) {
        (Float::sin(self), Float::cos(self))
    }

    fn max(self, other: Self) -> Self {
        Self::between(self.low().max(other.low()), self.high().max(other.high()))
    }

    fn min(self, other: Self) -> Self {
        Self::between(self.low().min(other.low()), self.high().min(other.high()))
    }
}

// The constants of the standard library are the floats nearest to what they name.
float_constants!(Enclosure; |near: f64| Self::between(near.next_down(), near.next_up()));
