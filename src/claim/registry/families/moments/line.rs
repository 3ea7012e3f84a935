//! Integrals over the line by the trapezoidal rule, whose error for analytic integrands is exponentially
//! small.

use crate::claim::rounding::Tracked;
use num_traits::{Float, Zero};
use std::f64::consts::PI;

/// An integrand `f·T` at a point `t`, and what bounds it on the strip `|Im z| ≤ d` around the line.
pub(in crate::claim) struct Point<const K: usize> {
    /// `f(t)`, positive.
    pub(in crate::claim) density: Tracked,
    /// `T_k(t)`.
    pub(in crate::claim) terms: [Tracked; K],
    /// A bound on `ln |f(t + iy)| − ln f(t)` for `|y| ≤ d`.
    pub(in crate::claim) ln_inflation: f64,
    /// A bound on `|T_k(t + iy)|`.
    pub(in crate::claim) largest: [f64; K],
}

/// How fine a rule is.
#[derive(Clone, Copy)]
pub(in crate::claim) struct Rule {
    /// The step `h`, a power of two: nodes are exact.
    pub(in crate::claim) step: f64,
    /// The half width `d` of the strip.
    pub(in crate::claim) strip: f64,
}

impl Rule {
    /// For integrands that inflate by at most `e^{w d²/2}` on the strip: the step is at most half of their
    /// width `1/√w`.
    pub(in crate::claim) fn for_weight(weight: f64) -> Self {
        let mut step = 0.125;
        while step * weight.sqrt() > 0.5 {
            step /= 2.0;
        }
        // The inflation less 2πd/h is least at d = 2π/(wh); in half of that, it is linear still.
        Self { step, strip: f64::min(1.0, PI / (weight * step)) }
    }

    /// The node nearest to `t`.
    pub(in crate::claim) fn node(self, t: f64) -> f64 {
        (t / self.step).round() * self.step
    }

    /// `∫ f T_k`, the sum marching outwards from `start`, a node.
    ///
    /// With `M_k` the integral of the bound on the strip, the rule errs by at most `2M_k/(e^{2πd/h} − 1)`
    /// (Trefethen and Weideman 2014, theorem 5.1); `M_k` is found by the same rule, and doubled for what that may miss.
    /// All integrands here are log-concave, so the terms beyond the last are below a geometric series.
    pub(in crate::claim) fn integrate<const K: usize>(
        self,
        start: f64,
        at: impl Fn(f64) -> Point<K>,
    ) -> [Tracked; K] {
        /// Terms below this part of what was summed are left out.
        const NEGLIGIBLE: f64 = 1e-25;
        /// More nodes than any rule needs.
        const MOST: u32 = 1 << 20;
        let mut sums = [Tracked::zero(); K];
        let (mut majorants, mut tails) = ([0.0; K], [0.0; K]);
        for (direction, first) in [(1.0, 0), (-1.0, 1)] {
            let mut last = [f64::INFINITY; K];
            let mut ended = false;
            for count in first..MOST {
                let point = at(start + direction * f64::from(count) * self.step);
                let size = point.density.value() * point.ln_inflation.exp();
                let bound = point.largest.map(|largest| size * largest);
                for k in 0..K {
                    sums[k] += point.density * point.terms[k];
                    majorants[k] += bound[k];
                }
                let small = |k: usize| bound[k] <= NEGLIGIBLE * majorants[k];
                let falling = |k: usize| bound[k] < last[k] || bound[k] == 0.0;
                if (0..K).all(|k| small(k) && falling(k)) {
                    for k in 0..K {
                        let ratio = if bound[k] == 0.0 { 0.0 } else { bound[k] / last[k] };
                        tails[k] += bound[k] * ratio / (1.0 - ratio);
                    }
                    ended = true;
                    break;
                }
                last = bound;
            }
            if !ended {
                return [Tracked::new(f64::NAN, f64::NAN); K];
            }
        }
        let miss = 4.0 / (2.0 * PI * self.strip / self.step).exp_m1();
        let mut integrals = sums;
        for k in 0..K {
            let sum = sums[k] * Tracked::exact(self.step);
            let truncation = self.step * (tails[k] + miss * majorants[k]);
            integrals[k] = Tracked::new(sum.value(), sum.bound() + truncation);
        }
        integrals
    }
}

/// `∫ e^{ax − be^x} T(x) dx` for `T = 1, x, x², e^x, xe^x, e^{2x}`: with `θ = e^x`, gamma integrals of `1`, `ln θ`,
/// `ln²θ`, `θ`, `θ ln θ` and `θ²`.
pub(super) struct GammaLine {
    /// The logarithm of the largest value of the integrand, which is divided out.
    pub(super) log_scale: Tracked,
    /// The integrals.
    pub(super) integrals: [Tracked; 6],
}

impl GammaLine {
    pub(super) fn new(shape: Tracked, rate: Tracked) -> Self {
        let (a, b) = (shape.value(), rate.value());
        let rule = Rule::for_weight(a);
        let start = rule.node((a / b).ln());
        let exponent = |x: f64| {
            let x = Tracked::exact(x);
            let theta = Float::exp(x);
            (shape * x - rate * theta, x, theta)
        };
        let (log_scale, ..) = exponent(start);
        let d = rule.strip;
        // |e^{a(x+iy) − b e^{x+iy}}| = e^{ax − b e^x cos y}.
        let integrals = rule.integrate(start, |x| {
            let (value, log, theta) = exponent(x);
            let (size, e) = (x.abs() + d, x.exp());
            Point {
                density: Float::exp(value - log_scale),
                terms: [Tracked::exact(1.0), log, log * log, theta, log * theta, theta * theta],
                ln_inflation: b * e * (1.0 - d.cos()),
                largest: [1.0, size, size * size, e, size * e, e * e],
            }
        });
        Self { log_scale, integrals }
    }
}

/// `∫ s^α (1 − s)^β T dt` for `s = 1/(1 + e^{−t})` and `T` the monomials of `ln s` and `ln(1 − s)` up to degree 2: `1`,
/// `ln s`, `ln(1 − s)`, `ln²s`, `ln s ln(1 − s)`, `ln²(1 − s)`. Beta integrals, as `dt = ds/(s(1 − s))`.
pub(super) fn beta_line(alpha: Tracked, beta: Tracked) -> (Tracked, [Tracked; 6]) {
    let total = alpha.value() + beta.value();
    let rule = Rule::for_weight(total);
    let start = rule.node((alpha.value() / beta.value()).ln());
    let logs = |t: f64| {
        // Where e^{|t|} is large, ln(1 + e^{|t|}) = |t| + ln(1 + e^{−|t|}).
        let small = Float::ln_1p(Float::exp(Tracked::exact(-t.abs())));
        let large = Tracked::exact(t.abs()) + small;
        if t >= 0.0 { (-small, -large) } else { (-large, -small) }
    };
    let exponent = |t: f64| {
        let (s, rest) = logs(t);
        (alpha * s + beta * rest, s, rest)
    };
    let (log_scale, ..) = exponent(start);
    // |1 + e^{x+iy}|² = (1 + e^x)² − 2e^x(1 − cos y) ≥ (1 + e^x)² cos²(y/2).
    let inflation = -(rule.strip / 2.0).cos().ln();
    let integrals = rule.integrate(start, |t| {
        let (value, s, rest) = exponent(t);
        // The argument of 1 + e^{−z} is at most |y|.
        let size = |log: Tracked| log.value().abs() + inflation + rule.strip;
        let (a, b) = (size(s), size(rest));
        Point {
            density: Float::exp(value - log_scale),
            terms: [Tracked::exact(1.0), s, rest, s * s, s * rest, rest * rest],
            ln_inflation: total * inflation,
            largest: [1.0, a, b, a * a, a * b, b * b],
        }
    });
    (log_scale, integrals)
}

/// `∫ e^{κ(w − 1)} (1 − w²)^{p/2} T dt` for `w = tanh t` and `T = 1, w, w², 1 − w²`.
pub(super) fn axis_line(kappa: Tracked, power: usize) -> [Tracked; 4] {
    let rule = Rule { step: 1.0 / 32.0, strip: 0.7 };
    let (half, p) = (Tracked::exact(0.5), power as f64 / 2.0);
    let edge = (2.0 * rule.strip).cos();
    rule.integrate(0.0, |t| {
        let (up, down) = (Float::exp(Tracked::exact(t)), Float::exp(Tracked::exact(-t)));
        let cosh = half * (up + down);
        let (w, rest) = ((up - down) / (up + down), Tracked::exact(1.0) / (cosh * cosh));
        // 1 − w without cancellation.
        let below = Tracked::exact(2.0) * down / (up + down);
        let value = -kappa * below - Tracked::exact(2.0 * p) * Float::ln(cosh);
        // |cosh z|² = (cosh 2x + cos 2y)/2 and Re tanh z = sinh 2x/(cosh 2x + cos 2y); |tanh z| ≤ 1 as cos 2y > 0.
        let flat = 0.5 * ((2.0 * t).cosh() + edge);
        let real = if t > 0.0 { 0.5 * (2.0 * t).sinh() / flat } else { t.tanh() };
        let spread = (t.cosh().powi(2) / flat).ln();
        Point {
            density: Float::exp(value),
            terms: [Tracked::exact(1.0), w, w * w, rest],
            ln_inflation: kappa.value() * (real - t.tanh()) + p * spread,
            largest: [1.0, 1.0, 1.0, 1.0 / flat],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Held to within the bound, which is itself small.
    fn assert_known(x: Tracked, expected: f64) {
        let error = (x.value() - expected).abs();
        assert!(error <= x.bound() + f64::EPSILON * expected.abs(), "{x:?} is not {expected}");
        assert!(x.bound() <= 1e-11 * expected.abs().max(1.0), "{x:?} is known too badly");
    }

    #[test]
    fn gamma_integrals_are_factorials() {
        for (a, b) in [(1.0, 1.0), (3.0, 0.5), (0.25, 2.0), (20.0, 7.0), (700.0, 1.0)] {
            let line = GammaLine::new(Tracked::exact(a), Tracked::exact(b));
            let [one, _, _, first, _, second] = line.integrals;
            assert_known(first / one, a / b);
            assert_known(second / one, a * (a + 1.0) / (b * b));
        }
        let line = GammaLine::new(Tracked::exact(5.0), Tracked::exact(1.0));
        assert_known(line.integrals[0] * Float::exp(line.log_scale), 24.0);
        // Euler's constant, and ζ(2).
        let line = GammaLine::new(Tracked::exact(1.0), Tracked::exact(1.0));
        let [one, log, square, ..] = line.integrals;
        assert_known(log / one, -0.577_215_664_901_532_9);
        assert_known(square / one - log * log / (one * one), PI * PI / 6.0);
    }

    #[test]
    fn beta_integrals_are_binomials() {
        let (log_scale, [one, log, ..]) = beta_line(Tracked::exact(3.0), Tracked::exact(4.0));
        assert_known(one * Float::exp(log_scale), 1.0 / 60.0);
        // ψ(3) − ψ(7).
        assert_known(log / one, -(1.0 / 3.0 + 0.25 + 0.2 + 1.0 / 6.0));
    }

    #[test]
    fn integrals_along_an_axis_are_hyperbolic_sines() {
        // On the sphere in three dimensions: ∫ e^{κ(w − 1)} dw.
        for kappa in [0.0, 1.0, 16.0, 200.0_f64] {
            let [one, first, ..] = axis_line(Tracked::exact(kappa), 2);
            let expected = if kappa == 0.0 { 2.0 } else { -(-2.0 * kappa).exp_m1() / kappa };
            assert_known(one, expected);
            let mean = if kappa == 0.0 { 0.0 } else { 1.0 / kappa.tanh() - 1.0 / kappa };
            assert_known(first / one, mean);
        }
    }
}
