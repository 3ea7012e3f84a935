//! What [`Real`] asks of a scalar beyond field operations.
//!
//! Functions that the crate's formulas use have a bound; the others compute their value and own up to
//! having none (NaN), so that a check that came to depend on one would fail.

use super::Tracked;
use crate::scalar::{Real, float_constants, float_draws};
use num_traits::Float;
use std::num::FpCategory;

impl Real for Tracked {}

/// Functions of the value alone, without a bound.
macro_rules! unbounded {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {$(
        fn $name(self, $($argument: $type),*) -> Self {
            Self::unbounded(Float::$name(self.value() $(, $argument.into())*))
        }
    )*};
}

/// Constants of the type, which are what they are.
macro_rules! extremes {
    ($($name:ident;)*) => {$(
        fn $name() -> Self {
            Self::exact(<f64 as Float>::$name())
        }
    )*};
}

/// Questions about the value.
macro_rules! questions {
    ($($name:ident -> $answer:ty;)*) => {$(
        fn $name(self) -> $answer {
            Float::$name(self.value())
        }
    )*};
}

impl From<Tracked> for f64 {
    fn from(x: Tracked) -> Self {
        x.value()
    }
}

/// `α/(a − α)`, which bounds `|ln a − ln a'|` for `|a − a'| ≤ α < a`; NaN where it does not.
fn logarithmic(a: f64, alpha: f64) -> f64 {
    let room = (a - alpha) * (1.0 - f64::EPSILON);
    if room > 0.0 { alpha / room } else { f64::NAN }
}

impl Float for Tracked {
    extremes! {
        nan; infinity; neg_infinity; neg_zero; min_value; min_positive_value; epsilon; max_value;
    }

    questions! {
        is_nan -> bool;
        is_infinite -> bool;
        is_finite -> bool;
        is_normal -> bool;
        is_sign_positive -> bool;
        is_sign_negative -> bool;
        classify -> FpCategory;
        integer_decode -> (u64, i16, i8);
    }

    unbounded! {
        floor(); ceil(); round(); trunc(); fract(); signum();
        exp2(); log2(); log10(); cbrt(); tan(); asin(); acos(); atan();
        sinh(); cosh(); asinh(); acosh(); atanh();
        powf(n: Self); log(base: Self); hypot(other: Self); atan2(other: Self);
    }

    fn sin_cos(self) -> (Self, Self) {
        (Float::sin(self), Float::cos(self))
    }

    fn abs(self) -> Self {
        Self::new(self.value().abs(), self.bound())
    }

    fn abs_sub(self, other: Self) -> Self {
        Float::max(self - other, Self::exact(0.0))
    }

    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }

    fn recip(self) -> Self {
        Self::exact(1.0) / self
    }

    fn powi(self, n: i32) -> Self {
        let power = (0..n.unsigned_abs()).fold(Self::exact(1.0), |power, _| power * self);
        if n < 0 { Float::recip(power) } else { power }
    }

    fn sqrt(self) -> Self {
        let root = self.value().sqrt();
        // |√a − √a'| = |a − a'| / (√a + √a') ≤ α/√a, and √a itself is rounded.
        let inherited =
            if self.bound() == 0.0 { 0.0 } else { self.bound() / (root * (1.0 - f64::EPSILON)) };
        Self::computed(root, inherited, root.mul_add(root, -self.value()) == 0.0)
    }

    /// The slope is at most 1.
    fn sin(self) -> Self {
        Self::elementary(self.value().sin(), self.bound())
    }

    /// The slope is at most 1.
    fn cos(self) -> Self {
        Self::elementary(self.value().cos(), self.bound())
    }

    /// The slope is at most 1. Common libraries compute `tanh` to within two units in the last place (the manual
    /// of glibc has a table); twice the allowance of the other functions.
    fn tanh(self) -> Self {
        let value = self.value().tanh();
        Self::elementary(value, self.bound() + f64::EPSILON * value.abs())
    }

    fn exp(self) -> Self {
        let value = self.value().exp();
        // The computed eᵃ may be a unit too small, and so may e^α − 1.
        let inherited = value * self.bound().exp_m1() * (1.0 + 4.0 * f64::EPSILON);
        Self::elementary(value, inherited)
    }

    fn exp_m1(self) -> Self {
        let (a, alpha) = (self.value(), self.bound());
        let inherited = a.exp() * alpha.exp_m1() * (1.0 + 4.0 * f64::EPSILON);
        Self::elementary(a.exp_m1(), inherited)
    }

    fn ln(self) -> Self {
        Self::elementary(self.value().ln(), logarithmic(self.value(), self.bound()))
    }

    fn ln_1p(self) -> Self {
        // 1 + a rounds, by less than ε(1 + a).
        let one_more = (1.0 + self.value()) * (1.0 - f64::EPSILON);
        Self::elementary(self.value().ln_1p(), logarithmic(one_more, self.bound()))
    }

    fn max(self, other: Self) -> Self {
        Self::new(self.value().max(other.value()), self.bound().max(other.bound()))
    }

    fn min(self, other: Self) -> Self {
        Self::new(self.value().min(other.value()), self.bound().max(other.bound()))
    }
}

float_constants!(Tracked; |nearest: f64| Self::rounded(nearest));

float_draws!(Tracked, TrackedSampler);
