//! A confidence interval for the squared length of a mean, from draws.

use super::{Interval, student};

/// How draws `d_t` of one law spread, in a Euclidean space: from groups of consecutive draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::defect) struct Spread {
    /// How many draws there are, `T`.
    pub(in crate::defect) draws: usize,
    /// How many groups, less one.
    pub(in crate::defect) freedom: usize,
    /// Of the groups' covariance, in units of one draw: its trace,
    pub(in crate::defect) trace: f64,
    /// its Hilbert–Schmidt norm,
    pub(in crate::defect) norm: f64,
    /// its largest eigenvalue,
    pub(in crate::defect) largest: f64,
    /// and what it has along the mean of the draws.
    pub(in crate::defect) along: f64,
    /// The trace of the covariance of single draws: what the unbiased estimate subtracts `1/T` of.
    pub(in crate::defect) own_trace: f64,
}

impl Spread {
    /// An interval for `Δ = ‖E d‖²` from the unbiased estimate, by three events that fail with probability `α` together.
    ///
    /// With `a` the error of the mean of the draws, `u` the direction of `E d`, and `V = ‖a‖² − tr/T`, the estimate is
    /// `Δ + 2√Δ ⟨u, a⟩ + V`. The events are, for draws whose groups have normal means:
    ///
    /// 1. `|⟨u, a⟩| ≤ t √(v_u/T)` with the sample variance `v_u` of the groups along `u` (Student's t, exact; `α/2`);
    /// 2. `‖a‖² ≤ r² = t² tr/T` (`α/4`): a sum of squares is longest where it has one term;
    /// 3. `V ≥ −2 √(ln(4/α)) ‖Σ‖/T` (Laurent and Massart's inequality; `α/4`).
    ///
    /// `v_u` is unknown, but at most the largest eigenvalue `λ`, and `√v_u ≤ √v + (r/√Δ) √λ` with `v` along the mean
    /// of the draws, whose angle to `u` has a sine of at most `r/√Δ`. So far from zero the interval is the
    /// classical one, and at zero it has no need of a direction.
    pub(in crate::defect) fn interval(&self, unbiased: f64, alpha: f64) -> Interval {
        let draws = self.draws as f64;
        let t = student::two_sided(alpha / 2.0, self.freedom);
        let radius = times(student::two_sided(alpha / 4.0, self.freedom), self.trace / draws);
        let steepest = times(t, self.largest / draws);
        let along = times(t, self.along / draws);
        let bias = self.own_trace / draws;
        let below = bias.min(2.0 * (4.0 / alpha).ln().sqrt() * self.norm / draws);
        let above = (radius * radius - bias).max(0.0);
        // s² ≤ 2bs + c, the better of two.
        let high = |b: f64, c: f64| b + (b * b + c).sqrt();
        let c = (unbiased + below).max(0.0);
        let high = high(steepest, c).min(high(along, c + 2.0 * radius * steepest));
        // s² + 2bs ≥ c, the better of two.
        let low = |b: f64, c: f64| if c > 0.0 { c / (b + (b * b + c).sqrt()) } else { 0.0 };
        let c = unbiased - above;
        let low = low(steepest, c).max(low(along, c - 2.0 * radius * steepest));
        Interval { low: low * low, high: high * high }
    }
}

/// `t √variance`, zero if nothing varies, whatever the quantile.
fn times(t: f64, variance: f64) -> f64 {
    if variance > 0.0 { t * variance.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What does not vary is known.
    #[test]
    fn without_spread_the_estimate_is_the_interval() {
        let spread = Spread { draws: 2, freedom: 1, ..Spread::default() };
        let found = spread.interval(0.25, 0.05);
        assert_eq!(found, Interval { low: 0.25, high: 0.25 });
        assert_eq!(spread.interval(0.0, 0.05), Interval { low: 0.0, high: 0.0 });
    }

    /// In one dimension, far from zero: `2 t √(Δ v/T)` to either side, with `t = 2.4899` at 15 degrees and 1.25 %.
    #[test]
    fn far_from_zero_it_is_the_classical_one() {
        let spread = Spread {
            draws: 64,
            freedom: 15,
            trace: 1.0,
            norm: 1.0,
            largest: 1.0,
            along: 1.0,
            own_trace: 1.0,
        };
        let found = spread.interval(1e8, 0.05);
        let expected = 2.0 * 2.4899 * 1e4 / 8.0;
        for half in [found.high - 1e8, 1e8 - found.low] {
            assert!((half / expected - 1.0).abs() < 1e-3, "{half} {expected}");
        }
        // At an estimate of zero it holds zero, and is as wide as the spread of one over T.
        let zero = spread.interval(0.0, 0.05);
        assert_eq!(zero.low, 0.0);
        assert!(zero.high < 30.0 / 64.0, "{zero:?}");
    }

    /// Without the linear term the estimate less `V`, at `T = 16` and a trace of one: from above by `t² − 1` with `t = 2.8366`
    /// at 15 degrees and 1.25 %, from below by the trace, or by `2 √(ln 80)` norms if that is less.
    #[test]
    fn what_the_squares_leave_open_by_hand() {
        let spread = Spread {
            draws: 16,
            freedom: 15,
            trace: 1.0,
            norm: 1.0,
            own_trace: 1.0,
            ..Spread::default()
        };
        let found = spread.interval(1.0, 0.05);
        assert!((found.high - (1.0 + 1.0 / 16.0)).abs() < 1e-12, "{found:?}");
        assert!((found.low - (1.0 - (2.8366 * 2.8366 - 1.0) / 16.0)).abs() < 1e-4, "{found:?}");
        let many = Spread { norm: 0.1, ..spread }.interval(1.0, 0.05);
        assert!((many.high - (1.0 + 0.2 * 80.0_f64.ln().sqrt() / 16.0)).abs() < 1e-12, "{many:?}");
    }

    #[test]
    fn wider_for_smaller_alpha() {
        let spread = Spread {
            draws: 16,
            freedom: 15,
            trace: 2.0,
            norm: 1.2,
            largest: 1.0,
            along: 0.5,
            own_trace: 2.1,
        };
        let mut last = spread.interval(3.0, 0.5);
        for alpha in [0.1, 0.01, 1e-4, 1e-9] {
            let next = spread.interval(3.0, alpha);
            assert!(next.low <= last.low && next.high >= last.high && next.contains(3.0));
            last = next;
        }
    }
}
