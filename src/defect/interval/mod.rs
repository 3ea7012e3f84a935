//! Confidence intervals for estimates of the defect.

mod betting;
mod squared_norm;
mod student;

pub(super) use betting::bounded_mean;
pub(super) use squared_norm::Spread;

/// The numbers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

impl Interval {
    /// Whether a number lies in it.
    ///
    /// # Examples
    /// ```
    /// assert!(equibayes::defect::Interval { low: 0.5, high: 2.0 }.contains(0.5));
    /// ```
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// What it has in common with another that it meets.
    pub(super) fn within(self, range: Self) -> Self {
        Self {
            // A zero without a sign.
            low: self.low.clamp(range.low, range.high) + 0.0,
            high: self.high.clamp(range.low, range.high),
        }
    }
}

/// Confidence intervals around the unbiased estimate of the defect, each for another question.
///
/// See [`SharedEstimates::intervals`](super::SharedEstimates::intervals) for what each of them holds, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// The inputs are what they are, the draws are random.
    pub draws: Interval,
    /// The draws are what they are, the inputs are random.
    pub inputs: Interval,
    /// Both are random.
    pub both: Interval,
}
