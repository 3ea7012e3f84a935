//! The equivariance defect of a predictive, and bounds on it.
//!
//! Bounds follow from how far the posterior itself is from invariant: by claim B1 the defect of any model
//! whose outputs have diameter `D` is at most `D` times the total variation between the posterior and its
//! image, and total variation is bounded by the divergence. Models that are Lipschitz in their parameters have
//! a [`wasserstein_bound`] (B3), unbounded ones a [`variance_bound`] (B4). What a prior that is not invariant
//! leaves behind is bounded by [`symmetric_divergence_bound`] and [`location_scale_bound`] (B5), what partial
//! augmentation does to a gradient by [`partial_augmentation`] (B10), the error of an estimate by
//! [`deviation_bound`] (B7), and the defect on inputs that were trained on by [`pac_bayes_bound`] (B8).
//!
//! Estimates come from draws: [`DefectSweep`] for draws that all group elements share, with standard errors and confidence
//! [`Intervals`], [`PlugInSums`] for draws of their own, with the scores of class probabilities in [`ScoreSums`].

mod deviation;
mod error;
mod exact;
mod interval;
mod layers;
mod pac_bayes;
mod partial;
mod posterior;
mod prior;
mod scores;
mod sweep;
mod total_variation;
mod variance;
mod wasserstein;

pub use deviation::{deviation_bound, deviation_probability, plug_in_bias};
pub use error::BoundError;
pub use exact::exact_defect;
pub use interval::{Interval, Intervals};
pub use layers::{LayerMoments, layerwise_bound};
pub use pac_bayes::{mean_over_draws_bound, pac_bayes_bound};
pub use partial::partial_augmentation;
pub use posterior::{
    DefectBoundError, chi_squared_defect_bound, orbit_divergence_defect_bound, prior_defect_bound,
    total_variation_defect_bound, wasserstein_defect_bound,
};
pub use prior::{location_scale_bound, strong_convexity, symmetric_divergence_bound};
pub use scores::{ScoreSums, Scores};
pub use sweep::{DefectSweep, PlugInSums, SharedEstimates, StandardErrors};
pub use total_variation::{
    bretagnolle_huber, gaussian_total_variation, mean_squared_defect_bound, pinsker,
};
pub use variance::variance_bound;
pub use wasserstein::{LipschitzInParameters, WassersteinBoundError, wasserstein_bound};

/// The squared diameter `D² = 2` of the probability simplex, in which softmax outputs live.
pub const SIMPLEX_DIAMETER_SQUARED: f64 = 2.0;
