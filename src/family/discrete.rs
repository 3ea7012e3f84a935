//! Distributions on finitely many points, by their log-weights.

use super::excess;
use crate::scalar::Real;
use num_traits::Float;

/// Probabilities proportional to `e^{w_x}`.
pub(super) struct Discrete<T> {
    /// `ln Σ_x e^{w_x}`.
    pub(super) log_partition: T,
    /// `e^{w_x} / Σ_y e^{w_y}`. Points of weight below the smallest float have 0.
    pub(super) probabilities: Vec<T>,
}

impl<T: Real> Discrete<T> {
    /// The largest weight is taken out, so that nothing overflows; at least one point is wanted.
    pub(super) fn new(log_weights: &[T]) -> Self {
        let top = index_of_largest(log_weights);
        let largest = log_weights[top];
        let mut probabilities: Vec<T> =
            log_weights.iter().map(|&weight| Float::exp(weight - largest)).collect();
        // The largest weight gives exactly 1, once: the others are small beside it or as large.
        probabilities[top] = T::one();
        let rest = probabilities
            .iter()
            .enumerate()
            .filter(|&(index, _)| index != top)
            .fold(T::zero(), |sum, (_, &p)| sum + p);
        let sum = T::one() + rest;
        probabilities.iter_mut().for_each(|p| *p /= sum);
        Self { log_partition: largest + Float::ln_1p(rest), probabilities }
    }

    /// `KL(q‖p)`, `p` having the log-weights `w_x + steps_x`: `Σ_x q_x (r_x − 1 − ln r_x)` with `r = p/q`, a sum of
    /// non-negative terms in which near-equal members cancel nothing.
    pub(super) fn divergence(&self, steps: &[T], p: &Self) -> T {
        let near = steps.iter().all(|&step| Float::abs(step).surely_at_most(&T::one()));
        let growth = if near {
            let mean = self
                .probabilities
                .iter()
                .zip(steps)
                .fold(T::zero(), |sum, (&q, &step)| sum + q * Float::exp_m1(step));
            Float::ln_1p(mean)
        } else {
            p.log_partition - self.log_partition
        };
        self.probabilities.iter().zip(&p.probabilities).zip(steps).fold(
            T::zero(),
            |sum, ((&q, &p), &step)| {
                let log_ratio = step - growth;
                sum + if Float::abs(log_ratio).surely_at_most(&T::one()) {
                    q * excess(Float::exp_m1(log_ratio))
                } else {
                    p - q - q * log_ratio
                }
            },
        )
    }

    /// `−Σ_x q_x ln q_x`, in which no term is negative: the logarithm of a probability near
    /// 1 comes from what the other points have.
    pub(super) fn entropy(&self) -> T {
        let half = T::ratio(1, 2);
        self.probabilities.iter().enumerate().fold(T::zero(), |sum, (x, &q)| {
            if q == T::zero() {
                return sum;
            }
            // At most one point has more than half, and 1 − q there would lose small digits.
            let log = if !q.surely_at_most(&half) {
                let others = self.probabilities.iter().enumerate().filter(|&(y, _)| y != x);
                Float::ln_1p(-others.fold(T::zero(), |rest, (_, &p)| rest + p))
            } else {
                Float::ln(q)
            };
            sum - q * log
        })
    }

    /// The point in whose share of `[0, 1)` the number falls.
    pub(super) fn quantile(&self, uniform: T) -> usize {
        let mut left = uniform;
        let mut last = 0;
        for (index, &p) in self.probabilities.iter().enumerate() {
            if left < p {
                return index;
            }
            left -= p;
            if p > T::zero() {
                last = index;
            }
        }
        // Rounding may leave a sliver at the end.
        last
    }
}

/// The index of the largest number, the first of equals; any that may be it.
pub(super) fn index_of_largest<T: Real>(x: &[T]) -> usize {
    (1..x.len()).fold(0, |top, i| if x[i].surely_at_most(&x[top]) { top } else { i })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_divergences_keep_their_relative_accuracy() {
        // Two points with weights ±s/2: KL = ½ p(1 − p) s² to second order, p = 1/2.
        let q = Discrete::new(&[0.0_f64, 0.0]);
        for step in [1e-3_f64, 1e-6, 1e-9, 1e-12] {
            let p = Discrete::new(&[step, 0.0]);
            let kl = q.divergence(&[step, 0.0], &p);
            // ln cosh(s/2) = s²/8 − s⁴/192 + …
            let exact = step * step / 8.0 - step.powi(4) / 192.0;
            assert!(Float::abs(kl / exact - 1.0) < 1e-13, "{step}: {kl:e}, expected {exact:e}");
        }
    }

    #[test]
    fn far_divergences_do_not_overflow() {
        let (q, p) = (Discrete::new(&[0.0_f64, 700.0]), Discrete::new(&[0.0, -700.0]));
        let kl = q.divergence(&[0.0, -1400.0], &p);
        assert!(Float::abs(kl - 700.0) < 1e-9, "{kl}");
        // The first point has a share of e⁻⁷⁰⁰ ≈ 1e-304.
        assert_eq!((q.quantile(0.0), q.quantile(1e-300)), (0, 1));
    }
}
