//! The multivariate families: conformance kits with members near the edges, and independent oracles.

#[path = "../budget/mod.rs"]
mod budget;
mod categorical;
mod entropy;
mod ising;
mod isotropic_gaussian;
mod location_scale;
#[cfg(feature = "catalogue")]
mod oracles;
#[cfg(feature = "catalogue")]
mod rounding;
mod von_mises_fisher;
mod wishart;
