//! equibayes
pub mod action;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
pub mod family;
pub mod group;
mod linalg;
pub mod representation;
pub mod scalar;
pub mod symmetrize;
