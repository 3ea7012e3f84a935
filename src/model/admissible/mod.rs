//! Restricted architectures, and whether a group respects the restriction.

mod subspace;
mod support;

pub use subspace::AffineSubspace;
pub use support::Support;

use std::fmt;
use thiserror::Error;

/// Why an architecture is not admissible.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Inadmissible<E: fmt::Debug> {
    /// The restriction is on a space of another dimension.
    #[error(
        "architecture of {got} parameters: expected {expected}, the dimension of the representation"
    )]
    Dimension {
        /// The coordinates of the subspace.
        got: usize,
        /// The dimension of the representation.
        expected: usize,
    },
    /// A direction within `L` leads out of it when it is moved.
    #[error("{element:?} moves coordinate {from} onto {to}, which is fixed: expected ρ(g)L = L")]
    LeavesSupport {
        /// The group element.
        element: E,
        /// A free coordinate.
        from: usize,
        /// A coordinate that is not free, which its basis vector has a part in when it is moved.
        to: usize,
    },
    /// A fixed value changes when it is moved.
    #[error(
        "{element:?} gives coordinate {at} another value than it is fixed at: expected ρ(g)L = L"
    )]
    MovesValue {
        /// The group element.
        element: E,
        /// The coordinate.
        at: usize,
    },
    /// A direction of `L` leads out of it when it is moved.
    #[error("{element:?} moves direction {direction} of L out of it: expected ρ(g)L = L")]
    LeavesSubspace {
        /// The group element.
        element: E,
        /// Which direction.
        direction: usize,
    },
    /// The point of `L` is moved out of it.
    #[error("{element:?} moves the base point of L out of it: expected ρ(g)L = L")]
    MovesBasePoint {
        /// The group element.
        element: E,
    },
}
