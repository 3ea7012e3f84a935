//! `x − ln(1 + x)` without cancellation.

use crate::scalar::{Real, Scalar};
use num_traits::Float;

/// `x − ln(1 + x)` for `x > −1`: twice the divergence of two centred Gaussians whose variances have
/// the ratio `1 + x`. Never negative; infinite at `x = −1`.
///
/// The difference of its terms would lose everything for small `x`, where the value is about `x²/2`.
/// With `y = x/(2 + x)`, `ln(1 + x) = 2 artanh y`, and
/// `x − ln(1 + x) = 2y²/(1 − y) − 2(y³/3 + y⁵/5 + …)`, whose terms fall quickly for `|x| ≤ 1/2`
/// (`|y| ≤ 1/3`); the first term exceeds the sum of the others at least fourfold there, so the result is
/// good to a few units in the last place.
///
/// # Examples
/// ```
/// use equibayes::family::excess;
///
/// assert_eq!(excess(0.0_f64), 0.0);
/// let x = 1e-10_f64;
/// assert!((excess(x) / (x * x / 2.0) - 1.0).abs() < 1e-9);
/// assert!((x - x.ln_1p()) / (x * x / 2.0) != 1.0); // the plain formula is left with rounding
/// ```
pub fn excess<T: Real>(x: T) -> T {
    if !Float::abs(x).surely_at_most(&<T as Scalar>::ratio(1, 2)) {
        return x - Float::ln_1p(x);
    }
    let two = T::one() + T::one();
    let y = x / (two + x);
    let square = y * y;
    // Horner from the back: 3^-2k falls below 2^-53 well before k = 20. What begins at k = 21 is at most
    // 1/43 · 1/(1 − 1/9) = 9/344 there.
    let rest = T::neglected(0.027);
    let tail = (1..=20).rev().fold(rest, |sum, k| sum * square + T::ratio(1, 2 * k + 1));
    two * square * (T::one() / (T::one() - y) - y * tail)
}

/// `v/w − 1 − ln(v/w)` for positive `v`, `w`: the [`excess`] of the relative difference, which keeps
/// its relative accuracy at ratios near 1 and far from it. (`(v − w)/w` rounds to −1 below a ratio of
/// 10⁻¹⁶, where the logarithm is still finite.)
pub(crate) fn excess_of_ratio<T: Real>(v: T, w: T) -> T {
    let x = (v - w) / w;
    if Float::abs(x).surely_at_most(&<T as Scalar>::ratio(1, 2)) {
        return excess(x);
    }
    let ratio = v / w;
    ratio - T::one() - Float::ln(ratio)
}

/// [`excess_of_ratio`] of `ab` to `cd`, with `a` near `c` and `b` near `d` or not: a product of two ratios that is
/// rounded first would lose what is near 1.
pub(crate) fn excess_of_products<T: Real>((a, b): (T, T), (c, d): (T, T)) -> T {
    let (x, y) = ((a - c) / c, (b - d) / d);
    let quarter = <T as Scalar>::ratio(1, 4);
    if Float::abs(x).surely_at_most(&quarter) && Float::abs(y).surely_at_most(&quarter) {
        // At most 9/16.
        return excess(x + y + x * y);
    }
    excess_of_ratio((a / c) * (b / d), T::one())
}

/// `e^x − 1 − x` without cancellation: never negative. For `|x| ≤ 1` by its Taylor series, whose first
/// term exceeds the others together; `1/k!` falls below `2^{−53}` well before `k = 22`.
pub(crate) fn exp_excess<T: Real>(x: T) -> T {
    if !Float::abs(x).surely_at_most(&T::one()) {
        return Float::exp_m1(x) - x;
    }
    // 1 + x/23 + x²/(23·24) + … = 1 up to 1/23 + 1/23² + … = 1/22.
    let rest = T::one() + T::neglected(0.046);
    let sum = (3..=22).rev().fold(rest, |sum, k| T::one() + x * sum / T::count(k));
    T::ratio(1, 2) * x * x * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;

    /// The Taylor series in exact arithmetic; for |x| ≤ 1/2 its tail after 60 terms is below 2^-60.
    fn oracle(x: f64) -> f64 {
        let exact = <Rational as Scalar>::from_f64(x).unwrap();
        let mut power = exact.clone();
        let mut sum = Rational::ratio(0, 1);
        for k in 2..60 {
            power *= &exact;
            let term = power.clone() * Rational::ratio(if k % 2 == 0 { 1 } else { -1 }, k);
            sum += term;
        }
        Scalar::nearest_f64(&sum)
    }

    #[test]
    fn agrees_with_the_exact_series() {
        for k in -40..=40 {
            let x = f64::from(k) / 80.0 + 1e-3;
            let (value, exact) = (excess(x), oracle(x));
            // Two roundings in y, three in the products, one in the bracket: below 8 units.
            assert!(Float::abs(value - exact) <= 8.0 * f64::EPSILON * exact, "excess({x})");
        }
        for x in [1e-3, -1e-5, 1e-9, -1e-12, 1e-150] {
            let exact = oracle(x);
            assert!(Float::abs(excess(x) - exact) <= 8.0 * f64::EPSILON * exact, "excess({x})");
        }
    }

    #[test]
    fn the_exponential_without_its_first_terms() {
        for x in [1e-160_f64, 1e-9, -1e-5, 0.3, -0.7, 1.0, -1.0] {
            let exact = <Rational as Scalar>::from_f64(x).unwrap();
            let (mut term, mut sum) = (exact.clone(), Rational::ratio(0, 1));
            for k in 2..30 {
                term = term * &exact / Rational::ratio(k, 1);
                sum += &term;
            }
            let sum = Scalar::nearest_f64(&sum);
            // Horner's rule with terms of falling size: below 8 units.
            assert!((exp_excess(x) - sum).abs() <= 8.0 * f64::EPSILON * sum, "{x}");
        }
        assert_eq!(exp_excess(2.0_f64), 2.0_f64.exp_m1() - 2.0);
    }

    #[test]
    fn meets_the_plain_formula_and_the_edge() {
        assert!(Float::abs(excess(0.5_f64) - (0.5 - 1.5_f64.ln())) < 1e-16);
        assert_eq!(excess(-1.0_f64), f64::INFINITY);
        assert!(excess(f64::NAN).is_nan());
    }

    #[test]
    fn wide_ratios_keep_their_logarithm() {
        // ln 10^-60 = −138.155…; 1 + x would be 0.
        let value: f64 = excess_of_ratio(1e-30, 1e30);
        assert!(Float::abs(value - (60.0 * std::f64::consts::LN_10 - 1.0)) < 1e-13, "{value}");
        // 2^-40 − 1 + 40 ln 2, where 1 + x has 13 bits left.
        let value = excess_of_ratio(1.0, 2f64.powi(40));
        let exact = 2f64.powi(-40) - 1.0 + 40.0 * std::f64::consts::LN_2;
        assert!(Float::abs(value - exact) < 1e-14, "{value}");
        assert_eq!(excess_of_ratio(3.0, 3.0), 0.0);
        assert!(excess_of_ratio(f64::NAN, 1.0).is_nan());
    }
}
