//! equibayes
pub mod action;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
#[cfg(feature = "catalogue")]
pub mod claim;
pub mod family;
pub mod group;
pub mod law;
mod linalg;
#[cfg(feature = "cli")]
pub mod report;
pub mod representation;
pub mod scalar;
pub mod symmetrize;
