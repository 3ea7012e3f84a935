//! A float with a bound on its rounding error.

use crate::scalar::{Scalar, assign_operators};
use num_traits::{Num, NumCast, One, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// An `f64` with a bound on its distance to the result in exact arithmetic.
///
/// With inputs `a ± α`, `b ± β` and unit roundoff `u`, every operation adds `u|result|` for its own
/// rounding (nothing if an error-free transformation shows that it did not round) to what it inherits:
///
/// | operation | inherited |
/// |---|---|
/// | `a ± b` | `α + β` |
/// | `ab` | `\|a\|β + \|b\|α + αβ` |
/// | `a/b = q` | `(α + \|q\|β)/(\|b\| − β)`, if `\|b\| > β` |
/// | `√a` | `α/√a` |
/// | `ln a` | `α/(a − α)`, if `a > α` |
/// | `eᵃ` | `eᵃ(e^α − 1)` |
///
/// (Wilkinson; Higham, *Accuracy and Stability of Numerical Algorithms*, §3.3.) Where no bound is known
/// it is NaN, and nothing that is held against it holds. Comparisons look at the value: a branch is
/// the one that `f64` would take.
#[derive(Clone, Copy, Debug)]
pub struct Tracked {
    value: f64,
    bound: f64,
}

const U: f64 = f64::EPSILON / 2.0;

/// A bound is computed in floating point as well, with at most five roundings of non-negative
/// terms: `(1 − u)⁻⁵ < 1 + 8u`.
fn upward(bound: f64) -> f64 {
    bound * (1.0 + 8.0 * U)
}

impl Tracked {
    /// A value that is known exactly.
    pub fn exact(value: f64) -> Self {
        Self { value, bound: 0.0 }
    }

    /// A value that is known to within `bound`.
    pub fn new(value: f64, bound: f64) -> Self {
        Self { value, bound }
    }

    /// A value that was rounded once.
    pub fn rounded(value: f64) -> Self {
        Self::computed(value, 0.0, false)
    }

    /// The value.
    pub fn value(self) -> f64 {
        self.value
    }

    /// The bound on the error.
    pub fn bound(self) -> f64 {
        self.bound
    }

    /// The result of one operation, from what it inherits and whether it rounded. Products below the
    /// normal range round by up to half of the smallest number.
    pub(super) fn computed(value: f64, inherited: f64, exact: bool) -> Self {
        let own = if exact { 0.0 } else { U * value.abs() + f64::from_bits(1) };
        Self { value, bound: upward(inherited + own) }
    }

    /// The result of a function that the standard library computes to within one unit in the last
    /// place, which is at most `2u|value|`.
    pub(super) fn elementary(value: f64, inherited: f64) -> Self {
        let own = 2.0 * U * value.abs() + f64::from_bits(1);
        Self { value, bound: upward(inherited + own) }
    }

    /// A value without a known bound.
    pub(super) fn unbounded(value: f64) -> Self {
        Self { value, bound: f64::NAN }
    }
}

impl Add for Tracked {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let sum = a + b;
        // TwoSum: the error of a rounded sum is a float, and this is it.
        let from_b = sum - a;
        let error = (a - (sum - from_b)) + (b - from_b);
        Self::computed(sum, self.bound + other.bound, error == 0.0)
    }
}

impl Sub for Tracked {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Tracked {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let product = a * b;
        let inherited = a.abs() * other.bound + b.abs() * self.bound + self.bound * other.bound;
        // The error of a rounded product is a float too, unless it is below the normal range.
        let normal = product.abs() > 1e-250 || a == 0.0 || b == 0.0;
        Self::computed(product, inherited, normal && a.mul_add(b, -product) == 0.0)
    }
}

impl Div for Tracked {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let (a, b) = (self.value, other.value);
        let quotient = a / b;
        let room = b.abs() - other.bound;
        if !(room > 0.0) {
            return Self::unbounded(quotient);
        }
        // The subtraction may have rounded up.
        let inherited = (self.bound + quotient.abs() * other.bound) / (room * (1.0 - 2.0 * U));
        let normal = a.abs() > 1e-250 || a == 0.0;
        Self::computed(quotient, inherited, normal && quotient.mul_add(b, -a) == 0.0)
    }
}

/// Has no bound: a remainder jumps.
impl Rem for Tracked {
    type Output = Self;

    fn rem(self, other: Self) -> Self {
        Self::unbounded(self.value % other.value)
    }
}

impl Neg for Tracked {
    type Output = Self;

    fn neg(self) -> Self {
        Self { value: -self.value, bound: self.bound }
    }
}

assign_operators!(Tracked);

/// By value.
impl PartialEq for Tracked {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// By value.
impl PartialOrd for Tracked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl fmt::Display for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ± {:.1e}", self.value, self.bound)
    }
}

impl Zero for Tracked {
    fn zero() -> Self {
        Self::exact(0.0)
    }

    /// Whether the value is zero; the exact result need not be.
    fn is_zero(&self) -> bool {
        self.value == 0.0
    }
}

impl One for Tracked {
    fn one() -> Self {
        Self::exact(1.0)
    }
}

impl Num for Tracked {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        // Decimal fractions are rounded when they are read.
        <f64 as Num>::from_str_radix(text, radix).map(Self::rounded)
    }
}

impl ToPrimitive for Tracked {
    fn to_i64(&self) -> Option<i64> {
        self.value.to_i64()
    }

    fn to_u64(&self) -> Option<u64> {
        self.value.to_u64()
    }

    fn to_f64(&self) -> Option<f64> {
        Some(self.value)
    }
}

impl NumCast for Tracked {
    fn from<N: ToPrimitive>(number: N) -> Option<Self> {
        number.to_f64().map(Self::exact)
    }
}

impl Scalar for Tracked {
    const UNIT_ROUNDOFF: f64 = U;

    fn ratio(numerator: i64, denominator: i64) -> Self {
        Self::exact(numerator as f64) / Self::exact(denominator as f64)
    }

    fn nearest_f64(&self) -> f64 {
        self.value
    }

    fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::exact(value))
    }

    fn count(n: usize) -> Self {
        Self::exact(n as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;
    use num_traits::Float;
    use rand::{RngExt, SeedableRng};

    /// A chain of random operations, in any scalar.
    fn chain<T: Scalar>(seed: u64) -> Vec<T> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut values: Vec<T> = (0..4).map(|_| T::ratio(rng.random_range(-9..=9), 8)).collect();
        for _ in 0..12 {
            let a = values[rng.random_range(0..values.len())].clone();
            let b = values[rng.random_range(0..values.len())].clone();
            let three = T::ratio(3, 1);
            values.push(match rng.random_range(0..4) {
                0 => a + b,
                1 => a - b,
                2 => a * b,
                // Never near zero.
                _ => a / (b.clone() * b + three),
            });
        }
        values
    }

    #[test]
    fn bounds_hold_values_are_those_of_f64_and_bounds_are_not_idle() {
        let mut largest = 0.0_f64;
        for seed in 0..500 {
            let (tracked, floats) = (chain::<Tracked>(seed), chain::<f64>(seed));
            for ((x, float), exact) in tracked.iter().zip(floats).zip(chain::<Rational>(seed)) {
                assert_eq!(x.value(), float);
                let value = <Rational as Scalar>::from_f64(x.value()).unwrap();
                let error = (value - exact).magnitude().nearest_f64();
                assert!(error <= x.bound(), "error {error:e} of {x}");
                if x.bound() > 0.0 {
                    largest = largest.max(error / x.bound());
                }
            }
        }
        assert!(largest > 0.5, "bounds are never nearer than a factor {}", 1.0 / largest);
    }

    #[test]
    fn exact_operations_add_nothing() {
        let x = Tracked::exact(0.75);
        for y in [x + x, x * x, x - x, x / Tracked::exact(0.5), Tracked::ratio(3, 8)] {
            assert_eq!(y.bound(), 0.0);
        }
        assert!(Tracked::ratio(1, 3).bound() > 0.0);
        assert!((Tracked::exact(1.0) + Tracked::exact(1e-20)).bound() > 0.0);
    }

    #[test]
    fn a_lost_bound_never_holds() {
        let zero_or_not = Tracked::new(1e-20, 1e-16);
        let lost = Tracked::exact(1.0) / zero_or_not;
        assert!(lost.bound().is_nan());
        assert!(Float::ln(zero_or_not).bound().is_nan());
        assert!(!super::super::close(&lost, &lost).holds());
    }

    #[test]
    fn elementary_functions_enclose_their_inverses() {
        for k in 1..50 {
            let x = Tracked::ratio(k, 7);
            for y in [
                Float::exp(Float::ln(x)),
                Float::sqrt(x) * Float::sqrt(x),
                Float::exp_m1(Float::ln_1p(x)),
                Float::recip(Float::recip(x)),
            ] {
                assert!((y.value() - x.value()).abs() <= y.bound() + x.bound());
                assert!(y.bound() < 1e-13, "{y}");
            }
        }
    }
}
