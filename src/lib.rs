//! equibayes
pub mod action;
#[cfg(feature = "checkpoint")]
pub mod audit;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
#[cfg(feature = "catalogue")]
pub mod claim;
pub mod defect;
pub mod family;
pub mod group;
pub mod law;
mod linalg;
pub mod representation;
pub mod scalar;
pub mod symmetrize;
