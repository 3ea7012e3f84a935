//! equibayes
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
