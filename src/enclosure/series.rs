//! Logarithm and exponential of rational numbers, enclosed by their series in integer arithmetic.
//!
//! A real number is enclosed by two integers over `2^bits`; each step rounds the lower one down and the upper one up,
//! and the tail of a series is bounded by a geometric one. Nothing here is floating point, so nothing has to be
//! believed of the standard library's functions.

use super::round::Way;
use crate::scalar::{Rational, Scalar};
use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

/// Bits beyond those that the size of the result takes: the ends come out closer than the floats around them.
const GUARD: u64 = 88;

/// `[low, high]/2^bits`, of a non-negative number.
#[derive(Clone)]
struct Fixed {
    low: BigInt,
    high: BigInt,
    bits: u64,
}

/// `⌊a/b⌋` for `a ≥ 0`, `b > 0`.
fn floor(a: &BigInt, b: &BigInt) -> BigInt {
    a / b
}

/// `⌈a/b⌉` for `a ≥ 0`, `b > 0`.
fn ceil(a: &BigInt, b: &BigInt) -> BigInt {
    (a + b - BigInt::one()) / b
}

impl Fixed {
    fn of(x: &Rational, bits: u64) -> Self {
        let scaled = x.numer() << bits;
        Self { low: floor(&scaled, x.denom()), high: ceil(&scaled, x.denom()), bits }
    }

    fn zero(bits: u64) -> Self {
        Self { low: BigInt::zero(), high: BigInt::zero(), bits }
    }

    fn times(&self, other: &Self) -> Self {
        let unit = BigInt::one() << self.bits;
        Self {
            low: floor(&(&self.low * &other.low), &unit),
            high: ceil(&(&self.high * &other.high), &unit),
            bits: self.bits,
        }
    }

    fn over(&self, n: u64) -> Self {
        let n = BigInt::from(n);
        Self { low: floor(&self.low, &n), high: ceil(&self.high, &n), bits: self.bits }
    }

    fn add(&mut self, other: &Self) {
        self.low += &other.low;
        self.high += &other.high;
    }

    /// Whether no more than a unit is left, so that further terms change nothing.
    fn is_spent(&self) -> bool {
        self.high <= BigInt::one()
    }

    fn ends(self) -> (Rational, Rational) {
        let unit = BigInt::one() << self.bits;
        (Rational::new(self.low, unit.clone()), Rational::new(self.high, unit))
    }
}

/// How many bits a number of this magnitude begins behind the point: about `−log₂ |x|`, at least 0.
fn leading_zeros(x: &Rational) -> u64 {
    x.denom().bits().saturating_sub(x.numer().bits())
}

/// `2 artanh z = 2(z + z³/3 + z⁵/5 + …)` for `0 ≤ z ≤ 1/3`. After the term of `z^n` the others add up to less than
/// `z^{n+2}/(1 − z²) ≤ 9/8 z^{n+2}`.
fn twice_artanh(z: &Rational, bits: u64) -> Fixed {
    let z = Fixed::of(z, bits);
    let square = z.times(&z);
    let mut power = z;
    let mut sum = Fixed::zero(bits);
    let mut n = 1;
    while !power.is_spent() {
        sum.add(&power.over(n));
        power = power.times(&square);
        n += 2;
    }
    // What is left is less than twice the power that was not added, over 1.
    sum.high += &power.high * 2;
    Fixed { low: sum.low * 2, high: sum.high * 2, bits }
}

/// `ln 2 = 2 artanh ⅓`.
fn ln_2(bits: u64) -> Fixed {
    twice_artanh(&Rational::ratio(1, 3), bits)
}

/// `ln x` for `x > 0`, to about 80 bits relative to its size.
///
/// `x = 2^k m` with `⅔ ≤ m ≤ 4/3`, and `ln m = 2 artanh((m − 1)/(m + 1))`. Near 1 there is no `k`, and as many more
/// bits as the logarithm is small.
pub(super) fn ln(x: &Rational) -> (Rational, Rational) {
    let one = Rational::one();
    let mut k = i64::try_from(x.numer().bits()).unwrap_or(i64::MAX)
        - i64::try_from(x.denom().bits()).unwrap_or(i64::MAX);
    let scaled = |k: i64| {
        let power = Rational::from_integer(BigInt::one() << k.unsigned_abs());
        if k >= 0 { x / power } else { x * power }
    };
    // Between ½ and 2.
    let mut m = scaled(k);
    if m > Rational::ratio(4, 3) {
        k += 1;
        m = scaled(k);
    } else if m < Rational::ratio(2, 3) {
        k -= 1;
        m = scaled(k);
    }
    let z = (&m - &one) / (&m + &one);
    let bits =
        GUARD + leading_zeros(&z.abs()) + u64::from(i64::BITS - k.unsigned_abs().leading_zeros());
    let (low, high) = if z.is_zero() {
        (Rational::zero(), Rational::zero())
    } else {
        twice_artanh(&z.abs(), bits).ends()
    };
    let (low, high) = if z.is_negative() { (-high, -low) } else { (low, high) };
    if k == 0 {
        return (low, high);
    }
    let (ln_2_low, ln_2_high) = ln_2(bits).ends();
    let k = Rational::from_integer(BigInt::from(k));
    let (a, b) = (&k * ln_2_low, &k * ln_2_high);
    if k.is_negative() { (low + b, high + a) } else { (low + a, high + b) }
}

/// `Σ_{n≥1} y^n/n!` for `0 ≤ y ≤ 1`. After the term of `n` the others add up to less than
/// `y^{n+1}/(n+1)! · (1 + ½ + ¼ + …)`.
fn exp_m1_series(y: &Rational, bits: u64) -> Fixed {
    let y = Fixed::of(y, bits);
    let mut term = y.clone();
    let mut sum = Fixed::zero(bits);
    let mut n = 1;
    while !term.is_spent() {
        sum.add(&term);
        n += 1;
        term = term.times(&y).over(n);
    }
    sum.high += &term.high * 2;
    sum
}

/// One end of an enclosure of `e^x`, to about 80 bits relative to its size; `|x|` below `2^20` or so.
///
/// `x = k ln 2 + r` with `0 ≤ r ≤ 1`, and `e^r` by its series.
pub(super) fn exp(way: Way, x: &Rational) -> Rational {
    let bits = GUARD + 32;
    let (ln_2_low, ln_2_high) = ln_2(bits).ends();
    // Any k that leaves r in range will do.
    let mut k = (x / &ln_2_high).floor();
    let rest = |k: &Rational| {
        // The end of r = x − k ln 2 that the way asks for: e^r increases.
        let down = k.is_negative() == (way == Way::Up);
        let log = if down { &ln_2_high } else { &ln_2_low };
        x - k * log
    };
    let mut r = rest(&k);
    if r.is_negative() {
        k -= Rational::one();
        r = rest(&k);
    }
    let (low, high) = exp_m1_series(&r, bits).ends();
    let value = Rational::one() + if way == Way::Down { low } else { high };
    let k = k.to_integer();
    let shift = u64::try_from(k.abs()).unwrap_or(u64::MAX);
    let power = Rational::from_integer(BigInt::one() << shift);
    if k.is_negative() { value / power } else { value * power }
}

/// One end of an enclosure of `e^x − 1`, to about 80 bits relative to its size.
///
/// With `y = |x|`: for small `y` the series, else `e^y − 1`; and `e^{−y} − 1 = −E/(1 + E)` with `E = e^y − 1`.
pub(super) fn exp_m1(way: Way, x: &Rational) -> Rational {
    let y = x.abs();
    // −E/(1 + E) decreases in E.
    let inner = match (x.is_negative(), way) {
        (false, Way::Down) | (true, Way::Up) => Way::Down,
        (false, Way::Up) | (true, Way::Down) => Way::Up,
    };
    let e = if y <= Rational::one() {
        let (low, high) = exp_m1_series(&y, GUARD + leading_zeros(&y)).ends();
        if inner == Way::Down { low } else { high }
    } else {
        exp(inner, &y) - Rational::one()
    };
    if x.is_negative() { -(&e / (Rational::one() + &e)) } else { e }
}

/// The float next to a rational, on one side.
pub(super) fn to_f64(way: Way, x: &Rational) -> f64 {
    let mut near = x.nearest_f64();
    if near.is_nan() || near == f64::INFINITY {
        near = f64::MAX;
    } else if near == f64::NEG_INFINITY {
        near = f64::MIN;
    }
    // A float as a rational; an infinity is beyond every one.
    let exact = |float: f64| <Rational as Scalar>::from_f64(float);
    match way {
        Way::Down => {
            while exact(near).is_some_and(|float| float > *x) {
                near = near.next_down();
            }
            while exact(near.next_up()).is_some_and(|float| float <= *x) {
                near = near.next_up();
            }
        }
        Way::Up => {
            while exact(near).is_some_and(|float| float < *x) {
                near = near.next_up();
            }
            while exact(near.next_down()).is_some_and(|float| float >= *x) {
                near = near.next_down();
            }
        }
    }
    // −0 and 0 are one number, and tests like one of them.
    near + 0.0
}
