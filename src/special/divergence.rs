//! What the divergences and entropies of gamma and Dirichlet families are made of, without cancellation.

use super::Special;
use super::certify::certified;
use num_traits::{Float, FloatConst};

/// Gauss–Legendre nodes and weights on `[0, 1]`.
pub(super) const GAUSS: [(f64, f64); 16] = [
    (0.005299532504175033, 0.013576229705877048),
    (0.02771248846338371, 0.031126761969323947),
    (0.06718439880608412, 0.04757925584124639),
    (0.12229779582249849, 0.06231448562776694),
    (0.19106187779867811, 0.07479799440828837),
    (0.2709916111713863, 0.08457825969750127),
    (0.35919822461037054, 0.09130170752246179),
    (0.4524937450811813, 0.09472530522753425),
    (0.5475062549188188, 0.09472530522753425),
    (0.6408017753896295, 0.09130170752246179),
    (0.7290083888286137, 0.08457825969750127),
    (0.8089381222013219, 0.07479799440828837),
    (0.8777022041775016, 0.06231448562776694),
    (0.9328156011939158, 0.04757925584124639),
    (0.9722875115366163, 0.031126761969323947),
    (0.994700467495825, 0.013576229705877048),
];

/// `½ ln(x/2π) − ½ + xJ′(x) − J(x) = xψ(x) − x − ln Γ(x)`, the convex conjugate of `x ↦ ln Γ(x)` at its own
/// slope, less `x`; `J` is Binet's function. The right-hand side cancels for large `x`.
pub(crate) fn ln_gamma_conjugate<T: Special>(x: T) -> T {
    if x.value() < 12.0 {
        return x * x.digamma() - x - x.ln_gamma();
    }
    let half = T::ratio(1, 2);
    half * (Float::ln(x / <T as FloatConst>::TAU()) - T::one()) + x * x.binet(1) - x.binet(0)
}

/// The Bregman divergence `J(y) − J(x) − J′(x)(y − x)` of Binet's function, which is convex.
///
/// For `½ ≤ y/x ≤ 2` it is `δ²∫_0^1 (1 − s)J″(x + sδ) ds` with `δ = y − x`, by 16 Gauss–Legendre nodes: all terms
/// are positive. `J″` is the Laplace transform of a positive function, so `|J″(z)| ≤ J″(Re z)` for
/// `Re z > 0`. The Bernstein ellipse `ϱ = 4` of the segment, whose half axis is 2.125 half lengths, reaches
/// down to `0.4375` of the smaller end at most, and `|1 − s| ≤ 1.5625` on it; the error on an interval
/// of length 1 is at most `(32/15) M ϱ^{−32}/(1 − ϱ^{−2})` (Trefethen, *Approximation Theory*, theorem 19.3).
pub(crate) fn binet_divergence<T: Special>(x: T, y: T) -> T {
    let delta = y - x;
    let ratio = y.value() / x.value();
    if !(0.5..=2.0).contains(&ratio) {
        return y.binet(0) - x.binet(0) - x.binet(1) * delta;
    }
    let node = |x: f64| T::approximate(x, f64::EPSILON / 2.0 * x);
    let integral = GAUSS.iter().fold(T::zero(), |sum, &(s, weight)| {
        sum + node(weight) * (T::one() - node(s)) * (x + node(s) * delta).binet(2)
    });
    let lowest = 0.43 * x.value().min(y.value());
    let bound = 1.5625 * lowest.binet(2) * 1.01;
    let truncation = bound * 4.0_f64.powi(-32) * (32.0 / 15.0) / (1.0 - 1.0 / 16.0);
    delta * delta * (integral + T::approximate(0.0, truncation))
}

/// `ψ⁽ⁿ⁾(x + d) − ψ⁽ⁿ⁾(x)` for `d > 0`: for `d ≤ x` as the integral of the derivative, by the rule and with the error of
/// [`binet_divergence`] (`±ψ⁽ⁿ⁺¹⁾` is a Laplace transform of a positive function as well); the difference would
/// cancel.
pub(crate) fn polygamma_rise<T: Special>(n: u32, x: T, d: T) -> T {
    if d > x {
        return (x + d).polygamma(n) - x.polygamma(n);
    }
    let node = |x: f64| T::approximate(x, f64::EPSILON / 2.0 * x);
    let integral = GAUSS.iter().fold(T::zero(), |sum, &(s, weight)| {
        sum + node(weight) * (x + node(s) * d).polygamma(n + 1)
    });
    let bound = (0.43 * x.value()).polygamma(n + 1).abs() * 1.01;
    let truncation = bound * 4.0_f64.powi(-32) * (32.0 / 15.0) / (1.0 - 1.0 / 16.0);
    d * (integral + T::approximate(0.0, truncation))
}

/// The `x > 0` with `Σ_{i<d} [ln a − ψ(a − i/2)] = gap` for `a = x + (d − 1)/2`, given `d ≥ 1` and a positive `gap`. For
/// `d = 1` that is `ln x − ψ(x) = gap`.
///
/// `1/(2z) < ln z − ψ(z) < 1/z`, and `ln a − ln z < (a − z)/z`. So the left side is above its last term, `1/(2x)`, and
/// below `Σ (1 + i/2)/x`, which leaves `x` between `1/(2 gap)` and `d(d + 3)/(4 gap)`. There the reciprocal of
/// the left side is nearly linear, and Newton's method on it doubles its digits from the start. The slope increases
/// to 0, so its least absolute value on an interval is at the upper end.
pub(crate) fn inverse_log_less_digammas<T: Special>(d: usize, gap: T) -> T {
    let (target, size) = (gap.value(), d as f64);
    let (mut low, mut high) = (0.5 / target, 0.25 * size * (size + 3.0) / target);
    // The left side is about d(d + 1)/(4a) for large a.
    let guess = 0.25 * size * (size + 1.0) / target - 0.5 * (size - 1.0);
    let mut x = if guess > low && guess < high { guess } else { (low * high).sqrt() };
    for _ in 0..100 {
        let (value, slope) = (log_less_digammas(d, x), slope_of_log_less_digammas(d, x));
        if value > target {
            low = x
        } else {
            high = x
        }
        // 1/value = 1/target, linearised.
        let step = (value / target - 1.0) * value / -slope;
        let next = x + step;
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        if !((next - x).abs() > f64::EPSILON * x) {
            x = next;
            break;
        }
        x = next;
    }
    let at = T::approximate(x, 0.0);
    let residual = log_less_digammas(d, at) - gap;
    certified(at, residual, |_, high| slope_of_log_less_digammas(d, high).abs())
}

/// `a − i/2` and `i/2`.
fn arguments<T: Special>(d: usize, x: T) -> impl Iterator<Item = (T, T)> {
    let half = move |i: usize| T::count(i) * T::ratio(1, 2);
    (0..d).map(move |i| (x + half(d - 1 - i), half(i)))
}

/// `Σ [ln a − ψ(z)]` over `z = a − i/2`, as `ln(1 + (a − z)/z) + 1/(2z) − J′(z)`: no term is negative, where logarithms
/// and digammas of large `a` cancel.
pub(crate) fn log_less_digammas<T: Special>(d: usize, x: T) -> T {
    let half = T::ratio(1, 2);
    arguments(d, x).fold(T::zero(), |sum, (z, i)| sum + Float::ln_1p(i / z) + half / z - z.binet(1))
}

/// `Σ [1/a − 1/z − 1/(2z²) − J″(z)]`, with `1/a − 1/z = −(a − z)/(az)`.
fn slope_of_log_less_digammas(d: usize, x: f64) -> f64 {
    let a = x + 0.5 * (d as f64 - 1.0);
    arguments(d, x).map(|(z, i)| -i / (a * z) - 0.5 / (z * z) - z.binet(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes back is within its own bound of what was sent, which counts the roundings of the gap; and the same
    /// number in plain floating point.
    #[cfg(feature = "catalogue")]
    #[test]
    fn shapes_come_back_from_their_gap() {
        use crate::claim::rounding::Tracked;
        for d in [1, 2, 3, 6, 40] {
            for k in -80..=120 {
                let x = 10_f64.powf(f64::from(k) / 10.0);
                let gap = log_less_digammas(d, Tracked::exact(x));
                let back = inverse_log_less_digammas(d, gap);
                assert!((back.value() - x).abs() <= back.bound(), "{x} came back as {back} ({d})");
                assert_eq!(inverse_log_less_digammas(d, gap.value()), back.value());
                // The logarithm of the gap falls in ln x by 1/condition; the gap is known to a few hundred
                // roundings even where digammas of moderate arguments leave a twentieth of themselves.
                let slope = slope_of_log_less_digammas(d, x).abs();
                let condition = gap.value() / (x * slope);
                let idle = 2000.0 * f64::EPSILON * condition * x;
                assert!(back.bound() <= idle, "{x}: idle bound {back} ({d})");
            }
        }
    }

    /// What Wishart laws of many degrees of freedom are told apart by: the plain difference has no digit left here.
    #[test]
    fn gaps_of_large_shapes_are_those_of_the_series() {
        for d in [1, 2, 5] {
            let (size, a) = (d as f64, 1e12);
            let found = log_less_digammas(d, a - 0.5 * (size - 1.0));
            // The next term is below d³/a of this one.
            let leading = 0.25 * size * (size + 1.0) / a;
            assert!((found / leading - 1.0).abs() < size.powi(3) / a + 64.0 * f64::EPSILON);
        }
    }

    #[test]
    fn divergences_meet_where_the_formula_changes() {
        for x in [1e-6, 0.1, 1.0, 20.0, 1e4] {
            for ratio in [0.5, 2.0] {
                let (inside, y) = (binet_divergence(x, x * ratio), x * ratio);
                let outside = y.binet(0) - x.binet(0) - x.binet(1) * (y - x);
                let size = y.binet(0).abs() + x.binet(0).abs() + 10.0 * f64::EPSILON;
                assert!(
                    (inside - outside).abs() < 1e-13 * (size + 1.0),
                    "{x}: {inside}, {outside}"
                );
            }
        }
        // J ≈ 1/(12 x): the divergence is about (δ/x)²/(12 x).
        let (x, delta) = (1e8, 1.0);
        assert!((binet_divergence(x, x + delta) * 12.0 * x.powi(3) - 1.0).abs() < 1e-7);
    }

    #[test]
    fn rises_do_not_cancel() {
        for n in 0..3 {
            for x in [1e-6, 0.3, 1.5, 40.0, 1e7] {
                let (whole, end) = (polygamma_rise(n, x, x), 2.0 * x);
                let plain = end.polygamma(n) - x.polygamma(n);
                let size = end.polygamma(n).abs() + x.polygamma(n).abs() + 3.0;
                assert!((whole - plain).abs() <= 40.0 * f64::EPSILON * size, "{n}, {x}");
                let (d, slope) = (1e-9 * x, x.polygamma(n + 1));
                // The next term is (d/x)(n + 1)/2 of this one at most.
                assert!((polygamma_rise(n, x, d) / (d * slope) - 1.0).abs() < 4e-9, "{n}, {x}");
            }
        }
    }

    #[test]
    fn the_conjugate_is_the_same_on_both_sides() {
        // xψ(x) − x − ln Γ(x) at 12, from 60 digits.
        let x = 12.0_f64;
        let direct = x * x.digamma() - x - Special::ln_gamma(x);
        assert!((ln_gamma_conjugate(x) - direct).abs() < 1e-13);
        assert!((ln_gamma_conjugate(1.0_f64) + 1.577_215_664_901_533).abs() < 1e-15);
    }
}
