//! Field operations on `f64`, rounded down or up.
//!
//! IEEE 754 rounds to nearest; an error-free transformation gives what that left out, exactly, and its sign says
//! whether the result has to move to the next number. Where the transformation itself may round (below the normal
//! range, or past the largest number), the result moves in any case.

/// Below this magnitude the error of a product or the residual of a quotient may not be a float: it has up to 53
/// bits less than the product, and `2^{−1074}` is the smallest number.
const SAFE: f64 = 1e-250;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Down,
    Up,
}

impl Way {
    /// The number that `nearest` leads to, which is larger than the exact result by `excess` (of any scale, but of
    /// the right sign; NaN where that is not known).
    fn step(self, nearest: f64, excess: f64) -> f64 {
        match self {
            Self::Down if excess <= 0.0 => nearest,
            Self::Down => nearest.next_down(),
            Self::Up if excess >= 0.0 => nearest,
            Self::Up => nearest.next_up(),
        }
    }

    /// A finite result that lies beyond the largest number, on the side of `infinite`.
    fn beyond(self, infinite: f64) -> f64 {
        match self {
            Self::Down if infinite > 0.0 => f64::MAX,
            Self::Up if infinite < 0.0 => f64::MIN,
            _ => infinite,
        }
    }
}

/// `a + b`. An infinite operand is an end that is not bounded.
pub(super) fn add(way: Way, a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum.is_infinite() {
        return if a.is_finite() && b.is_finite() { way.beyond(sum) } else { sum };
    }
    // TwoSum (Knuth): a + b = sum + error.
    let from_b = sum - a;
    let error = (a - (sum - from_b)) + (b - from_b);
    way.step(sum, -error)
}

/// `ab`. Zero times an end that is not bounded is zero: the numbers inside are finite.
pub(super) fn mul(way: Way, a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 {
        return 0.0;
    }
    let product = a * b;
    if product.is_infinite() {
        return if a.is_finite() && b.is_finite() { way.beyond(product) } else { product };
    }
    let excess = if product.abs() > SAFE { -a.mul_add(b, -product) } else { f64::NAN };
    within_sign(way.step(product, excess), a.signum() * b.signum())
}

/// `a/b` for `b ≠ 0`; `a` and `b` are not both infinite.
pub(super) fn div(way: Way, a: f64, b: f64) -> f64 {
    if a == 0.0 || b.is_infinite() {
        // In the limit of an end that is not bounded.
        return 0.0;
    }
    let quotient = a / b;
    if quotient.is_infinite() {
        return if a.is_finite() { way.beyond(quotient) } else { quotient };
    }
    let safe = a.abs() > SAFE && quotient.abs() > SAFE;
    // qb − a is a float (Markstein), and q − a/b has its sign over that of b.
    let excess = if safe { quotient.mul_add(b, -a) * b.signum() } else { f64::NAN };
    within_sign(way.step(quotient, excess), a.signum() * b.signum())
}

/// `√a` for `a ≥ 0`.
pub(super) fn sqrt(way: Way, a: f64) -> f64 {
    if a == 0.0 || a.is_infinite() {
        return a;
    }
    let root = a.sqrt();
    let excess = if a > SAFE { root.mul_add(root, -a) } else { f64::NAN };
    within_sign(way.step(root, excess), 1.0)
}

/// A result of known sign does not leave it when it moves by a step from zero.
fn within_sign(value: f64, sign: f64) -> f64 {
    if sign > 0.0 { value.max(0.0) } else { value.min(0.0) }
}
