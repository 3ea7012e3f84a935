//! The equivariance defect of a predictive, and bounds on it.
//!
//! Bounds follow from how far the posterior itself is from invariant: by claim B1 the defect of any model
//! whose outputs have diameter `D` is at most `D` times the total variation between the posterior and its
//! image, and total variation is bounded by the divergence. Estimates come from draws: [`SharedSums`], with
//! the scores of class probabilities in [`ScoreSums`].

mod estimates;
mod scores;
mod total_variation;

pub use estimates::{SharedEstimates, SharedSums};
pub use scores::{ScoreSums, Scores};
pub use total_variation::{bretagnolle_huber, mean_squared_defect_bound, pinsker};

/// The squared diameter `D² = 2` of the probability simplex, in which softmax outputs live.
pub const SIMPLEX_DIAMETER_SQUARED: f64 = 2.0;
