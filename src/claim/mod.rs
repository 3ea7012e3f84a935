//! The catalogue: every claim of the theory, with the controls that must fail.
//!
//! A [`Claim`] generates random instances, checks its statement on each, and says what the error is and
//! what it is held against. A control drops a hypothesis and must be refuted by a margin. [`catalogue`]
//! lists them all; [`run`] runs a selection, in parallel and reproducibly; the command's `verify` and
//! the crate's own tests both do no more than that.
//!
//! ```
//! use equibayes::claim::{Settings, run, select};
//!
//! let claims = select(&["S4"])?;
//! let report = run(&claims, &Settings { cases: 64, ..Settings::default() });
//! assert!(report.holds(), "{report}");
//! # Ok::<(), equibayes::claim::UnknownId>(())
//! ```

mod about;
mod algebra;
mod bounds;
mod catalogue;
pub mod compare;
mod enclosed;
mod entry;
mod equivariance;
mod expansion;
mod extended;
mod families;
mod features;
mod folded;
mod kinds;
mod outcome;
mod rate;
pub mod registry;
mod report;
pub mod rounding;
mod runner;
pub mod scene;
mod seek;
mod statistical;
pub mod strategy;
mod symmetrisations;

pub use about::{About, Chapter, Evidence, Role};
pub use catalogue::{UnknownId, assert_holds, catalogue, select};
pub use entry::{Case, Claim, Entry, Instance, Mode};
pub use extended::Extended;
pub use features::{Feature, Features};
pub use kinds::Kinds;
pub use outcome::Outcome;
pub use rate::{Rate, RatePoint};
pub use report::{ClaimReport, Report, Twin, Verdict};
pub use runner::{CONTROL_MARGIN, Settings, run, run_with_progress, work};
pub use seek::{Mutated, Mutation, Seeking, Sought};
pub use statistical::Design;
#[cfg(test)]
pub(crate) use statistical::binomial::critical;
pub use statistical::budget::FAMILY_ALPHA;
