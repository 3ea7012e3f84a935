//! `ln Γ`, its derivatives, and what Stirling's formula leaves of them.
//!
//! Every function returns its value and a bound on the truncation of its series; the rounding is
//! the business of the scalar.

use super::Special;
use num_traits::Float;

/// `B_2, B_4, …, B_22`: numerator and denominator (Abramowitz & Stegun, table 23.2).
const BERNOULLI: [(i64, i64); 11] = [
    (1, 6),
    (-1, 30),
    (1, 42),
    (-1, 30),
    (5, 66),
    (-691, 2730),
    (7, 6),
    (-3617, 510),
    (43867, 798),
    (-174_611, 330),
    (854_513, 138),
];

/// `ζ(k) − 1` for `k = 2, …, 32`, each the nearest float.
const ZETA_LESS_ONE: [f64; 31] = [
    0.6449340668482264,
    0.2020569031595943,
    0.08232323371113819,
    0.03692775514336993,
    0.01734306198444914,
    0.008349277381922827,
    0.00407735619794434,
    0.0020083928260822143,
    0.0009945751278180853,
    0.0004941886041194645,
    0.0002460865533080483,
    0.00012271334757848915,
    6.124813505870483e-05,
    3.058823630702049e-05,
    1.528225940865187e-05,
    7.637197637899763e-06,
    3.81729326499984e-06,
    1.908212716553939e-06,
    9.539620338727962e-07,
    4.769329867878064e-07,
    2.38450502727733e-07,
    1.1921992596531106e-07,
    5.960818905125948e-08,
    2.980350351465228e-08,
    1.4901554828365043e-08,
    7.45071178983543e-09,
    3.725334024788457e-09,
    1.862659723513049e-09,
    9.313274324196682e-10,
    4.656629065033784e-10,
    2.3283118336765053e-10,
];

/// `1 − γ`, with Euler's constant γ.
const ONE_LESS_EULER: f64 = 0.422_784_335_098_467_14;

/// `½ ln 2π`.
const HALF_LOG_TAU: f64 = 0.918_938_533_204_672_7;

/// A constant that was rounded once.
fn rounded<T: Special>(value: f64) -> T {
    T::approximate(value, f64::EPSILON / 2.0 * value.abs())
}

/// `xⁿ` by multiplication, the same in every scalar.
fn power<T: Special>(x: T, n: u32) -> T {
    (0..n).fold(T::one(), |power, _| power * x)
}

/// The asymptotic series of the derivative of order `d` of Binet's function,
/// `(−1)^d Σ_{k≥1} B_2k (2k + d − 2)!/(2k)! z^{−(2k + d − 1)}`,
/// to ten terms. For `z > 0` the partial sums envelope the function, so the error is at most the first
/// term that is left out (Whittaker & Watson, §12.33; for the derivatives, expand
/// `(−1)^d ∫ t^{d−1} e^{−zt} (½ − 1/t + 1/(e^t − 1)) dt`, whose last factor is a sum of `2t/(t² + 4π²k²)`).
fn binet_series<T: Special>(d: u32, z: T) -> (T, f64) {
    let recip = T::one() / z;
    let square = recip * recip;
    // (2k + d − 2)!/(2k)!
    let quotient = |k: usize| -> T {
        let (top, bottom) = (2 * k + d as usize - 2, 2 * k);
        let product = |range: std::ops::RangeInclusive<usize>| {
            range.fold(T::one(), |product, j| product * T::count(j))
        };
        if top >= bottom { product(bottom + 1..=top) } else { T::one() / product(top + 1..=bottom) }
    };
    let coefficient = |k: usize| {
        let (numerator, denominator) = BERNOULLI[k - 1];
        T::ratio(numerator, denominator) * quotient(k)
    };
    let terms = BERNOULLI.len() - 1;
    let sum = (1..=terms).rev().fold(T::zero(), |sum, k| sum * square + coefficient(k));
    let front = power(recip, d + 1);
    let sign = if d.is_multiple_of(2) { T::one() } else { -T::one() };
    let omitted = coefficient(terms + 1) * power(square, terms as u32) * front;
    (sign * front * sum, 1.01 * omitted.value().abs())
}

/// Where the series of [`binet_series`] is used: its first omitted term is below 10⁻¹⁷ of its first
/// there, for `d ≤ 20`.
fn far(d: u32) -> f64 {
    10.0 + f64::from(d)
}

fn nan<T: Special>() -> (T, f64) {
    (T::approximate(f64::NAN, f64::NAN), f64::NAN)
}

/// `ψ⁽ⁿ⁾(x)` for `x > 0`.
///
/// From `ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁾(x + m) − (−1)ⁿ n! Σ_{j<m} (x + j)^{−(n+1)}`, where for `n ≥ 1` nothing cancels, and
/// `ψ⁽ⁿ⁾(z) = (d/dz)ⁿ (ln z − 1/(2z)) + J⁽ⁿ⁺¹⁾(z)`.
pub(crate) fn polygamma<T: Special>(n: u32, x: T) -> (T, f64) {
    if !(x > T::zero()) {
        return nan();
    }
    if Float::is_infinite(x) {
        return (if n == 0 { x } else { T::zero() }, 0.0);
    }
    let steps = (far(n + 1) - x.value()).max(0.0).ceil() as usize;
    let z = x + T::count(steps);
    let half = T::ratio(1, 2);
    let factorial = |n: u32| (1..=n as usize).fold(T::one(), |product, j| product * T::count(j));
    let (series, truncation) = binet_series(n + 1, z);
    // Small terms first.
    let shifts =
        (0..steps).rev().fold(T::zero(), |sum, j| sum + power(T::one() / (x + T::count(j)), n + 1));
    let recip = T::one() / z;
    if n == 0 {
        return (Float::ln(z) - half * recip + series - shifts, truncation);
    }
    let sign = if !n.is_multiple_of(2) { T::one() } else { -T::one() };
    let leading = power(recip, n) * (factorial(n - 1) + half * factorial(n) * recip);
    (sign * (leading + factorial(n) * shifts) + series, truncation)
}

/// `ln Γ(2 + ε)` for `|ε| ≤ ½`: the Taylor series `(1 − γ)ε + Σ_{k≥2} (−1)^k (ζ(k) − 1) ε^k/k`
/// (Abramowitz & Stegun, 6.1.33), in which ε is a factor.
///
/// `ζ(k) − 1 < 2^{1−k}` for `k > 2`, so what is left out after `K` terms is at most
/// `2 (|ε|/2)^{K+1}/(K + 1) · 4/3`.
fn ln_gamma_near_two<T: Special>(epsilon: T) -> (T, f64) {
    let last = ZETA_LESS_ONE.len() + 1;
    let sum = (2..=last).rev().fold(T::zero(), |sum, k| {
        -epsilon * sum + rounded::<T>(ZETA_LESS_ONE[k - 2]) / T::count(k)
    });
    let value = epsilon * (rounded::<T>(ONE_LESS_EULER) + epsilon * sum);
    let omitted = (0..=last).fold(1.0, |power, _| power * epsilon.value().abs() / 2.0);
    (value, 3.0 * omitted / last as f64)
}

/// `ln Γ(x)` for `x > 0`.
pub(crate) fn ln_gamma<T: Special>(x: T) -> (T, f64) {
    if !(x > T::zero()) {
        return nan();
    }
    let at = x.value();
    if at == f64::INFINITY {
        return (x, 0.0);
    }
    if at < 0.5 {
        // Γ(x) = Γ(x + 2)/(x (x + 1)).
        let (value, truncation) = ln_gamma_near_two(x);
        return (value - Float::ln(x) - Float::ln_1p(x), truncation);
    }
    if at < 1.5 {
        // The difference is exact.
        let epsilon = x - T::one();
        let (value, truncation) = ln_gamma_near_two(epsilon);
        return (value - Float::ln_1p(epsilon), truncation);
    }
    if at < far(0) {
        // Down to [1.5, 2.5]; all sums are positive there but near x = 2, where there is no product.
        let steps = (at - 2.5).max(0.0).ceil() as usize;
        let product = (1..=steps).fold(T::one(), |product, j| product * (x - T::count(j)));
        let (value, truncation) = ln_gamma_near_two(x - T::count(steps + 2));
        return if steps == 0 {
            (value, truncation)
        } else {
            (value + Float::ln(product), truncation)
        };
    }
    let (series, truncation) = binet_series(0, x);
    let half = T::ratio(1, 2);
    let value = (x - half) * (Float::ln(x) - T::one()) - half + rounded(HALF_LOG_TAU) + series;
    (value, truncation)
}

/// `J⁽ᵈ⁾(x)` for `x > 0`: by the series where it is good, else as the difference that defines it.
pub(crate) fn binet<T: Special>(d: u32, x: T) -> (T, f64) {
    if !(x > T::zero()) {
        return nan();
    }
    if x.value() >= far(d) {
        return binet_series(d, x);
    }
    let half = T::ratio(1, 2);
    if d == 0 {
        let (value, truncation) = ln_gamma(x);
        return (value - (x - half) * Float::ln(x) + x - rounded(HALF_LOG_TAU), truncation);
    }
    let (value, truncation) = polygamma(d - 1, x);
    let recip = T::one() / x;
    if d == 1 {
        return (value - Float::ln(x) + half * recip, truncation);
    }
    // The derivative of order d − 1 of ln x − 1/(2x).
    let n = d - 1;
    let factorial = |n: u32| (1..=n as usize).fold(T::one(), |product, j| product * T::count(j));
    let sign = if !n.is_multiple_of(2) { T::one() } else { -T::one() };
    let leading = power(recip, n) * (factorial(n - 1) + half * factorial(n) * recip);
    if Float::is_infinite(leading) {
        // Half of a pole of the order of ψ's own.
        return (value, 0.0);
    }
    (value - sign * leading, truncation)
}
