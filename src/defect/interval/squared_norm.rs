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
    /// An interval for `Δ = ‖E d‖²` from the unbiased estimate, by four events that fail with probability `α` together.
    ///
    /// With `a` the error of the mean `d̄` of the draws, `u` the direction of `E d`, and `V = ‖a‖² − tr/T`, the estimate is
    /// `Δ + 2√Δ ⟨u, a⟩ + V`. The events are, for draws whose groups have normal means and the sample covariance `S`:
    ///
    /// 1. `|⟨u, a⟩| ≤ t √(⟨u, Su⟩/T)` (Student's t, exact; `α/2`);
    /// 2. `⟨a, Sa⟩ ≤ t² ‖S‖²/T` (`α/4`) and `‖a‖² ≤ t² tr S/T` (`α/8`): a sum of squares has the heaviest tail where it has one
    ///    term;
    /// 3. `V ≥ −2 √(ln(8/α)) ‖S‖/T` (Laurent and Massart's inequality; `α/8`).
    ///
    /// `⟨u, Su⟩` is unknown, but at most the largest eigenvalue; and since `√Δ u = d̄ − a`, the root of `Δ ⟨u, Su⟩` is at most
    /// that of `⟨d̄, Sd̄⟩` and of `⟨a, Sa⟩` together. So far from zero the interval is the classical one, and at zero it has no
    /// need of a direction.
    pub(in crate::defect) fn interval(&self, unbiased: f64, alpha: f64) -> Interval {
        let known = [unbiased, self.trace, self.norm, self.largest, self.along, self.own_trace];
        if known.iter().any(|value| value.is_nan()) {
            return Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
        }
        let draws = self.draws as f64;
        let quantile = |tail| student::two_sided(tail, self.freedom);
        let bias = self.own_trace / draws;
        let t = quantile(alpha / 2.0);
        let steepest = times(t, self.largest / draws);
        // ⟨d̄, Sd̄⟩ and ⟨a, Sa⟩.
        let seen = ((unbiased + bias).max(0.0) * self.along).sqrt();
        let unseen = times(quantile(alpha / 4.0), self.norm * self.norm / draws);
        let reach = 2.0 * times(t, (seen + unseen).powi(2) / draws);
        let above = times(quantile(alpha / 8.0), self.trace / draws).powi(2) - bias;
        let below = bias.min(2.0 * (8.0 / alpha).ln().sqrt() * self.norm / draws);
        // s² ≤ 2bs + c for the root s of Δ, or Δ ≤ c + reach: the better of two.
        let c = (unbiased + below).max(0.0);
        let root = steepest + (steepest * steepest + c).sqrt();
        let high = (root * root).min(c + reach);
        // s² + 2bs ≥ c, or Δ ≥ c − reach.
        let c = (unbiased - above.max(0.0)).max(0.0);
        let root = if c > 0.0 { c / (steepest + (steepest * steepest + c).sqrt()) } else { 0.0 };
        let low = (root * root).max(c - reach);
        match low.is_nan() || high.is_nan() {
            true => Interval { low: f64::NEG_INFINITY, high: f64::INFINITY },
            false => Interval { low, high },
        }
    }
}

/// `t √variance`, zero if nothing varies, whatever the quantile.
fn times(t: f64, variance: f64) -> f64 {
    if variance > 0.0 { t * variance.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of what is no number nothing is known.
    #[test]
    fn without_numbers_all_is_possible() {
        let all = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
        let spread = Spread { draws: 2, freedom: 1, ..Spread::default() };
        assert_eq!(spread.interval(f64::NAN, 0.05), all);
        assert_eq!(Spread { trace: f64::NAN, ..spread }.interval(0.25, 0.05), all);
        assert_eq!(Spread { largest: f64::NAN, ..spread }.interval(0.25, 0.05), all);
    }

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

    /// Where no direction is steep, the estimate less `V`, at `T = 16` and a trace of one: from above by `t² − 1` with
    /// `t = 3.1771` at 15 degrees and 0.625 %, from below by the trace, or by `2 √(ln 160)` norms if that is less.
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
        assert!((found.low - (1.0 - (3.1771 * 3.1771 - 1.0) / 16.0)).abs() < 1e-4, "{found:?}");
        let many = Spread { norm: 0.1, ..spread }.interval(1.0, 0.05);
        assert!((many.high - (1.0 + 0.2 * 160.0_f64.ln().sqrt() / 16.0)).abs() < 1e-12, "{many:?}");
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
