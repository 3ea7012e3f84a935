//! The theory of symmetry in Bayesian neural networks, checked by machine, and its symmetrisations
//! for real posteriors.
//!
//! A Bayesian neural network trained by variational inference on data augmented with a group becomes
//! equivariant: exactly, when the variational family is an exponential family closed under the group's
//! action on the weights and the prior is invariant; up to computable bounds otherwise (Dong, Flinth and
//! Gerken, "Equivariance and Augmentation for Bayesian Neural Networks", arXiv:2606.26273). This crate
//! states that theory as code, checks it on random instances with controls that must fail, and applies it
//! to posteriors trained elsewhere.
//!
//! # The whole way, from a group to an invariant posterior
//!
//! ```
//! use equibayes::action::push_forward;
//! use equibayes::family::{DiagonalGaussian, LogPartition};
//! use equibayes::group::{Cyclic, Finite};
//! use equibayes::representation::{ActsOnGrid, PermutationRep};
//! use equibayes::symmetrize::{geometric, orbit_divergence};
//!
//! // The group C_4 acts on a 3×3 kernel with four regular output channels.
//! let c4 = Cyclic::new(4)?;
//! let kernel = PermutationRep::regular(&c4)?.product(&c4.on_grid(3)?)?;
//!
//! // A mean-field posterior of its 36 weights …
//! let mean: Vec<f64> = (0..36).map(|i| f64::sin(i as f64)).collect();
//! let variance: Vec<f64> = (0..36).map(|i| 0.1 + f64::cos(i as f64).powi(2)).collect();
//! let q = DiagonalGaussian::with_variance(&mean, &variance)?;
//!
//! // … is some way from invariant, in closed form (claims B2 and S4) …
//! let split = orbit_divergence(&q, &kernel)?;
//! assert!(split.total > 1.0);
//!
//! // … and its geometric average is the invariant posterior that is nearest to it (claim S1).
//! let invariant = geometric(&q, &kernel)?;
//! for g in c4.elements() {
//!     let moved = push_forward(&invariant, &kernel, &g)?;
//!     assert!(invariant.family().kl(&moved, &invariant) < 1e-20);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where things are
//!
//! Data goes one way, and a floor uses only the floors above it in this table:
//!
//! | module | subject |
//! |---|---|
//! | [`scalar`] | what a number must do: `f32`, `f64`, exact rationals |
//! | [`special`] | special functions with error bounds: `ln Γ` and its derivatives, `erf`, Bessel ratios |
//! | [`dual`] | numbers that carry a derivative |
//! | [`group`] | groups: composition, generators, enumeration, uniform sampling |
//! | [`representation`] | groups acting on vectors; orbits; Reynolds operators `P` and `P*` |
//! | [`family`] | exponential families, natural and mean parameters |
//! | [`action`] | how a representation moves a family: closedness as a trait bound, push-forward, gap |
//! | [`symmetrize`] | geometric and arithmetic averaging, projection, barycentre, tying, mixture; the orbit divergence |
//! | [`model`] | functions of parameters and inputs, with groups acting on all three spaces |
//! | [`inference`] | objectives, conjugate updates, optimisers, training, exactly equivariant predictions |
//! | [`defect`] | bounds on the equivariance defect |
//! | [`law`] | conformance kits for your own groups, representations, families, symmetrisations |
#![cfg_attr(
    feature = "enclosure",
    doc = "| [`enclosure`] | numbers proved to lie between two floats |"
)]
#![cfg_attr(
    feature = "catalogue",
    doc = "| [`claim`] | the catalogue of claims: random instances, checks, controls, the runner |"
)]
#![cfg_attr(
    feature = "checkpoint",
    doc = "| [`checkpoint`] | posteriors in safetensors files |",
    doc = "| [`audit`] | auditing and symmetrising such posteriors |"
)]
#![cfg_attr(
    feature = "data",
    doc = "| [`data`] | labelled images: the embedded digits, IDX, CIFAR-10 |"
)]
//!
//! Statements, with proofs, are in the repository's `proofs-notes/`; their ids (`S4`, `F3`) name the claims
//! in the catalogue, the tests and the report.
//!
//! # Features
//!
//! All but the last on by default; the mathematics alone is `default-features = false`.
//!
//! - `catalogue`: the claims and their runner (proptest, statrs).
//! - `checkpoint`: safetensors files.
//! - `data`: labelled images, embedded and from files.
//! - `cli`: the `equibayes` command and its reports.
//! - `enclosure`: interval arithmetic with directed rounding, for proofs about single instances.

pub mod action;
#[cfg(feature = "checkpoint")]
pub mod audit;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
#[cfg(feature = "catalogue")]
pub mod claim;
#[cfg(feature = "data")]
pub mod data;
pub mod defect;
pub mod dual;
#[cfg(feature = "enclosure")]
pub mod enclosure;
pub mod family;
pub mod group;
pub mod inference;
pub mod law;
mod linalg;
pub mod model;
#[cfg(feature = "cli")]
pub mod report;
pub mod representation;
pub mod scalar;
pub mod special;
pub mod symmetrize;
#[cfg(test)]
#[path = "../tests/budget/mod.rs"]
mod test_budget;

/// The examples of the README, run as tests so that they stay true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
