//! What [`Real`] asks of a scalar beyond field operations: each function with its derivative.

use super::Dual;
use crate::scalar::{Real, float_constants};
use num_traits::Float;
use rand::Rng;
use rand_distr::uniform::{Error, SampleBorrow, SampleUniform, UniformSampler};
use std::num::FpCategory;

impl<T: Real> Real for Dual<T> {}

macro_rules! extremes {
    ($($name:ident;)*) => {$(
        fn $name() -> Self {
            Self::constant(T::$name())
        }
    )*};
}

macro_rules! questions {
    ($($name:ident -> $answer:ty;)*) => {$(
        fn $name(self) -> $answer {
            Float::$name(self.value)
        }
    )*};
}

/// Steps, which have no derivative where they jump; none is given anywhere.
macro_rules! steps {
    ($($name:ident;)*) => {$(
        fn $name(self) -> Self {
            self.unknown(Float::$name(self.value))
        }
    )*};
}

/// Functions of one variable: the derivative, from the argument `x` and the value `y`.
macro_rules! functions {
    ($($name:ident: |$x:ident, $y:ident| $derivative:expr;)*) => {$(
        fn $name(self) -> Self {
            let ($x, $y) = (self.value, Float::$name(self.value));
            let _ = ($x, $y);
            self.chain($y, $derivative)
        }
    )*};
}

impl<T: Real> Float for Dual<T> {
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

    steps! { floor; ceil; round; trunc; fract; signum; }

    functions! {
        recip: |x, y| -(y * y);
        sqrt: |x, y| T::ratio(1, 2) / y;
        cbrt: |x, y| T::ratio(1, 3) / (y * y);
        exp: |x, y| y;
        exp2: |x, y| y * T::LN_2();
        exp_m1: |x, y| Float::exp(x);
        ln: |x, y| Float::recip(x);
        ln_1p: |x, y| Float::recip(T::one() + x);
        log2: |x, y| T::LOG2_E() / x;
        log10: |x, y| T::LOG10_E() / x;
        sin: |x, y| Float::cos(x);
        cos: |x, y| -Float::sin(x);
        tan: |x, y| T::one() + y * y;
        asin: |x, y| Float::recip(Float::sqrt(T::one() - x * x));
        acos: |x, y| -Float::recip(Float::sqrt(T::one() - x * x));
        atan: |x, y| Float::recip(T::one() + x * x);
        sinh: |x, y| Float::cosh(x);
        cosh: |x, y| Float::sinh(x);
        tanh: |x, y| T::one() - y * y;
        asinh: |x, y| Float::recip(Float::sqrt(x * x + T::one()));
        acosh: |x, y| Float::recip(Float::sqrt(x * x - T::one()));
        atanh: |x, y| Float::recip(T::one() - x * x);
    }

    fn abs(self) -> Self {
        let derivative = match self.value.partial_cmp(&T::zero()) {
            Some(std::cmp::Ordering::Greater) => T::one(),
            Some(std::cmp::Ordering::Less) => -T::one(),
            _ => T::nan(),
        };
        self.chain(Float::abs(self.value), derivative)
    }

    fn abs_sub(self, other: Self) -> Self {
        Float::max(self - other, Self::constant(T::zero()))
    }

    fn mul_add(self, a: Self, b: Self) -> Self {
        let slope = self.slope * a.value + self.value * a.slope + b.slope;
        Self { value: Float::mul_add(self.value, a.value, b.value), slope }
    }

    fn powi(self, n: i32) -> Self {
        let derivative = if n == 0 {
            T::zero()
        } else {
            T::ratio(i64::from(n), 1) * Float::powi(self.value, n - 1)
        };
        self.chain(Float::powi(self.value, n), derivative)
    }

    fn powf(self, n: Self) -> Self {
        let value = Float::powf(self.value, n.value);
        let by_base = n.value * Float::powf(self.value, n.value - T::one());
        let moved = self.chain(value, by_base);
        let by_exponent = n.chain(value, value * Float::ln(self.value));
        Self { value, slope: moved.slope + by_exponent.slope }
    }

    fn log(self, base: Self) -> Self {
        let quotient = Float::ln(self) / Float::ln(base);
        Self { value: Float::log(self.value, base.value), slope: quotient.slope }
    }

    fn hypot(self, other: Self) -> Self {
        let value = Float::hypot(self.value, other.value);
        let slope = (self.value * self.slope + other.value * other.slope) / value;
        Self { value, slope }
    }

    fn atan2(self, other: Self) -> Self {
        let square = self.value * self.value + other.value * other.value;
        let slope = (self.slope * other.value - self.value * other.slope) / square;
        Self { value: Float::atan2(self.value, other.value), slope }
    }

    fn sin_cos(self) -> (Self, Self) {
        (Float::sin(self), Float::cos(self))
    }

    fn max(self, other: Self) -> Self {
        if self.value >= other.value || Float::is_nan(other.value) { self } else { other }
    }

    fn min(self, other: Self) -> Self {
        if self.value <= other.value || Float::is_nan(other.value) { self } else { other }
    }
}

float_constants!(Dual<T>, [T: Real]; |value: T| Self::constant(value));

/// Samples the value; what is drawn has slope 0.
pub struct DualSampler<T: Real>(T::Sampler);

impl<T: Real> UniformSampler for DualSampler<T> {
    type X = Dual<T>;

    fn new<A, B>(low: A, high: B) -> Result<Self, Error>
    where
        A: SampleBorrow<Dual<T>> + Sized,
        B: SampleBorrow<Dual<T>> + Sized,
    {
        T::Sampler::new(low.borrow().value, high.borrow().value).map(Self)
    }

    fn new_inclusive<A, B>(low: A, high: B) -> Result<Self, Error>
    where
        A: SampleBorrow<Dual<T>> + Sized,
        B: SampleBorrow<Dual<T>> + Sized,
    {
        T::Sampler::new_inclusive(low.borrow().value, high.borrow().value).map(Self)
    }

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Dual<T> {
        Dual::constant(self.0.sample(rng))
    }
}

impl<T: Real> SampleUniform for Dual<T> {
    type Sampler = DualSampler<T>;
}
