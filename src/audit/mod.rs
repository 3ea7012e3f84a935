//! Auditing and symmetrising posteriors that were trained elsewhere.
//!
//! A [`PosteriorAction`] says how a finite group moves every tensor of a
//! [`Posterior`](crate::checkpoint::Posterior); [`Audit`] measures how far the posterior is from
//! invariant under it, and [`symmetrize`] makes it invariant. All of it is closed form and by orbits: a
//! pass over the tensors, whatever the order of the group.
//!
//! ```
//! use equibayes::audit::{Audit, Channels, Layout, NamedGroup, PosteriorAction};
//! use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
//!
//! let pair = |name: &str, shape: &[usize]| {
//!     let n = shape.iter().product::<usize>();
//!     let mean = (0..n).map(|i| i as f64 / 8.0).collect();
//!     TensorPair::new(name, shape.to_vec(), mean, vec![0.5; n], Precision::F64)
//! };
//! let posterior = Posterior::new(
//!     Convention::AugmentBnns,
//!     vec![pair("conv_layers.0.weight", &[4, 1, 3, 3])?, pair("classifier.weight", &[2, 4, 1, 1])?],
//! )?;
//! let action = PosteriorAction::of_network(
//!     &posterior, NamedGroup::C4, Channels::Trivial, Layout::Interleaved,
//! )?;
//! let audit = Audit::of(&posterior, &action)?;
//! assert!(audit.tensors[0].asymmetry.orbit_divergence > 0.0);
//! assert_eq!(audit.tensors[1].asymmetry.orbit_divergence, 0.0); // 1×1 kernels do not turn
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod action;
mod asymmetry;
mod bounds;
mod expand;
mod joint;
mod listed;
#[cfg(feature = "data")]
mod measure;
mod network;
#[cfg(feature = "data")]
mod orbit_predictions;
mod symmetrize;

pub use crate::representation::{Channels, Layout, UnknownName};
pub use action::{ActionError, NamedGroup, PosteriorAction, TensorAction};
pub use asymmetry::{Audit, Overflow, TensorAudit, VACUOUS};
pub use bounds::{DefectBound, DefectBounds};
pub use expand::{
    EXPANDED_GROUP_METADATA, EXPANDED_METADATA, EXPANDED_SHIFTS_METADATA, ExpandError, Expanded,
    Filling, Function, ShiftsError, UnknownFilling, expand, recorded_shifts,
};
pub use joint::NotJoint;
pub use listed::{ActionsError, ActionsFile, AxisProblem};
#[cfg(feature = "data")]
pub use measure::{DefectEstimates, MeasureError, Measurement, Measuring, measure};
pub use network::{NetworkError, PosteriorNetwork};
pub use symmetrize::{SymmetrizeError, Symmetrized, TIED_METADATA, symmetrize};
