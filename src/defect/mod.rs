//! The equivariance defect of a predictive, and bounds on it.
//!
//! For now the bounds that follow from how far the posterior itself is from invariant: by claim B1 the
//! defect of any model whose outputs have diameter `D` is at most `D` times the total variation between
//! the posterior and its image, and total variation is bounded by the divergence.

mod total_variation;

pub use total_variation::{bretagnolle_huber, mean_squared_defect_bound, pinsker};

/// The squared diameter `D² = 2` of the probability simplex, in which softmax outputs live.
pub const SIMPLEX_DIAMETER_SQUARED: f64 = 2.0;
