//! Orbit expansion: a trained network becomes an equivariant one that is `|G|` times as wide.
//!
//! Hidden spaces `U_l` become `U_l ⊗ R[G]`, one block for every element. Row `a` of the first layer is `a·W`, the
//! weight moved by `a`; block `(a, b)` of a hidden layer is `a·K(a⁻¹b)` for a kernel `K` made from the one trained
//! weight; the readout averages over the blocks. Whatever the kernel, the result is equivariant (claim S8).
//!
//! | item | subject |
//! |---|---|
//! | [`Elements`] | a small group by the numbers of its elements |
//! | [`Arrangement`], [`BlockMap`] | which element moves the weight in which block |
//! | [`Pattern`], [`Stabiliser`] | a layer of blocks, and what fixes its weights |
//! | [`decide()`] | whether a network of blocks is equivariant: the permutations, or a witness |
//! | [`OrbitExpansion`], [`Layer`] | the expansion of any layered network, in any scalar |

mod arrangement;
mod decide;
mod elements;
mod error;
mod layered;
mod paired;
mod pattern;

pub use arrangement::{Arrangement, BlockMap, UnknownArrangement};
pub use decide::{Decision, Intertwining, Witness, decide};
pub use elements::Elements;
pub use error::ExpansionError;
pub use layered::{Layer, OrbitExpansion, prediction};
pub use pattern::{Pattern, Stabiliser};
