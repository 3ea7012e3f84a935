//! The normal distribution: density, distribution function, and Owen's `T`.

use super::{GAUSS, Special};
use num_traits::{Float, FloatConst};

/// `φ(t) = e^{−t²/2}/√2π`.
pub(crate) fn normal_density<T: Special>(t: T) -> T {
    let half = T::ratio(1, 2);
    Float::exp(-half * t * t) * half * <T as FloatConst>::FRAC_2_SQRT_PI()
        / <T as FloatConst>::SQRT_2()
}

/// `Φ(t) = ½(1 + erf(t/√2))`: absolutely accurate to a few units of 1, not relatively for `t ≪ 0`.
pub(crate) fn normal_cdf<T: Special>(t: T) -> T {
    T::ratio(1, 2) * (T::one() + (t * <T as FloatConst>::FRAC_1_SQRT_2()).erf())
}

/// Owen's function `T(h, a) = (1/2π) ∫_0^a e^{−h²(1 + x²)/2}/(1 + x²) dx`, for `0 ≤ a ≤ 1`.
///
/// By 16 Gauss–Legendre nodes on `[0, a]`. On the Bernstein ellipse of the segment with `ϱ = 3.8`, whose half axis
/// across is `a(ϱ − 1/ϱ)/4 < 0.89`, and whose half axis along reaches `a(ϱ + 1/ϱ)/4` from the middle,
/// `Re(1 + z²) > 0`, so the exponential is at most 1, and `|1 + z²| = |z + i||z − i| ≥ 0.11` because both
/// distances are at least `0.11` and one of them at least 1. The error is at most `(64/15)(a/2) M ϱ^{−32}/(1 − ϱ^{−2})`
/// with `M = 1/0.11` (Trefethen, *Approximation Theory*, theorem 19.3), whatever `h` is: below `10⁻¹⁷`.
pub(crate) fn owen_t<T: Special>(h: T, a: T) -> T {
    let half = T::ratio(1, 2);
    let node = |x: f64| T::approximate(x, f64::EPSILON / 2.0 * x);
    let integral = GAUSS.iter().fold(T::zero(), |sum, &(position, weight)| {
        let x = a * node(position);
        let square = T::one() + x * x;
        sum + node(weight) * Float::exp(-half * h * h * square) / square
    });
    let truncation = 32.0 / 15.0 / 0.11 * 3.8_f64.powi(-32) / (1.0 - 3.8_f64.powi(-2));
    a * (integral + T::approximate(0.0, 1.01 * truncation)) / <T as FloatConst>::TAU()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{PI, TAU};

    #[test]
    fn owen_s_function_has_its_known_values() {
        for a in [0.0, 0.1, 0.5, 0.9, 1.0_f64] {
            assert!((owen_t(0.0, a) - a.atan() / TAU).abs() < 4e-16, "{a}");
        }
        for h in [0.0, 0.3, 1.0, 2.5, 6.0_f64] {
            // T(h, 1) = ½Φ(h)Φ(−h).
            let exact = 0.5 * normal_cdf(h) * normal_cdf(-h);
            assert!((owen_t(h, 1.0) - exact).abs() < 4e-16, "{h}");
        }
        assert!((normal_density(0.0) - (2.0 * PI).sqrt().recip()).abs() < 1e-16);
    }

    #[test]
    fn the_distribution_function_is_the_integral_of_the_density() {
        for t in [-3.0, -0.5, 0.0, 1.25, 4.0] {
            let h = 1e-4;
            let slope = (normal_cdf(t + h) - normal_cdf(t - h)) / (2.0 * h);
            // Truncation h²/6 · max|φ″| ≤ h²/6, rounding 4ε/h.
            assert!((slope - normal_density(t)).abs() < h * h / 6.0 + 4.0 * f64::EPSILON / h);
        }
    }
}
