//! The exponential in rational arithmetic, by other means than the module's own.

use super::exact;
use crate::scalar::{Rational, Scalar};
use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

/// Bits that are kept of a number in `[0, ∞)`, relative to its size.
const BITS: i64 = 220;

/// The dyadic numbers with about [`BITS`] bits around a non-negative one.
fn trimmed(low: &Rational, high: &Rational) -> (Rational, Rational) {
    let size = low.denom().bits() as i64 - low.numer().bits() as i64;
    let shift = BITS + size;
    let power = Rational::from_integer(BigInt::one() << shift.unsigned_abs());
    let scale = if shift >= 0 { power } else { power.recip() };
    ((low * &scale).floor() / &scale, (high * &scale).ceil() / &scale)
}

/// `e^x = (e^{x/2^k})^{2^k}` by plain Taylor sums of `x/2^k`, squared `k` times; the sums end where a remainder of
/// Lagrange's form is below `2^{−220}`. For `|x| < 1000`.
pub(super) fn exp_of(x: &Rational) -> (Rational, Rational) {
    let mut halvings = 0;
    let mut y = x.abs();
    while y > Rational::ratio(1, 16) {
        y /= Rational::ratio(2, 1);
        halvings += 1;
    }
    let one = Rational::one();
    let (mut term, mut sum) = ((one.clone(), one.clone()), (one.clone(), one.clone()));
    let least = Rational::new(BigInt::one(), BigInt::one() << (BITS + 40));
    let mut n = 0;
    while term.1 > least {
        n += 1;
        let share = &y / Rational::ratio(n, 1);
        term = (&term.0 * &share, &term.1 * &share);
        if !y.is_zero() {
            term = trimmed(&term.0, &term.1);
        }
        sum = (&sum.0 + &term.0, &sum.1 + &term.1);
    }
    // Lagrange's form of the remainder: e^y ≤ 2 for y ≤ 1/16, and the next term is below the last one.
    let (mut low, mut high) = trimmed(&sum.0, &(&sum.1 + Rational::ratio(2, 1) * &term.1));
    for _ in 0..halvings {
        (low, high) = trimmed(&(&low * &low), &(&high * &high));
    }
    if x.is_negative() { (high.recip(), low.recip()) } else { (low, high) }
}

/// Of a float.
pub(super) fn exp(x: f64) -> (Rational, Rational) {
    exp_of(&exact(x))
}
