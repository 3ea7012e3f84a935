//! What can be wrong with parameters.

use crate::representation::RepresentationError;
use thiserror::Error;

/// A parameter that is not one of the family's.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum FamilyError {
    /// A vector has the wrong length.
    #[error("{what} has length {got}: expected {expected}")]
    WrongLength {
        /// Which vector.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The length that the family wants.
        expected: usize,
    },
    /// An entry is NaN or infinite.
    #[error("{what}[{index}] = {value}: expected a finite number")]
    NotFinite {
        /// Which vector.
        what: &'static str,
        /// Which entry.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A variance or precision is not positive.
    #[error("{what}[{index}] = {value}: expected a positive number")]
    NotPositive {
        /// Which vector.
        what: &'static str,
        /// Which entry.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A covariance or precision matrix is not positive definite.
    #[error("{what} has pivot {value} at row {row}: expected a positive definite matrix")]
    NotPositiveDefinite {
        /// Which matrix.
        what: &'static str,
        /// The row where the factorisation stopped.
        row: usize,
        /// The pivot found there.
        value: f64,
    },
    /// A size is out of range.
    #[error("{what} is {got}: expected {expected}")]
    Size {
        /// Which size.
        what: &'static str,
        /// Its value.
        got: usize,
        /// The sizes that are served.
        expected: &'static str,
    },
    /// A representation would exchange coordinates of different kinds.
    #[error("coordinate {from} goes to {to}: {why}, expected like coordinates")]
    Unlike {
        /// The coordinate.
        from: usize,
        /// Where the representation takes it.
        to: usize,
        /// How they differ.
        why: String,
    },
    /// A number is outside the range that the family allows.
    #[error("{what} is {value}: expected {expected}")]
    Outside {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The range.
        expected: &'static str,
    },
    /// Something is no edge between two different vertices, or is one twice.
    #[error(
        "({from}, {to}) among the edges: expected pairs of different vertices below {spins}, each once"
    )]
    NotAnEdge {
        /// One end.
        from: usize,
        /// The other end.
        to: usize,
        /// The number of vertices.
        spins: usize,
    },
    /// The representation moves an edge of the graph to what is none.
    #[error("the edge {edge:?} goes to {image:?}: expected an automorphism of the graph")]
    NotAnAutomorphism {
        /// The edge.
        edge: (usize, usize),
        /// Where its ends go.
        image: (usize, usize),
    },
    /// No natural parameter was found for a mean parameter.
    #[error(
        "mean parameter without a natural parameter: expected one inside the mean-parameter space"
    )]
    NoNaturalParameter,
    /// The representation acts on vectors of another dimension than the family's.
    #[error(
        "representation of dimension {representation}: expected {family}, the dimension of the family"
    )]
    WrongRepresentation {
        /// The dimension of the representation.
        representation: usize,
        /// The dimension of the family.
        family: usize,
    },
    /// The representation has no average over its group, or none that can be told.
    #[error("no average over the group: {0}")]
    NoAverage(#[from] RepresentationError),
    /// An iteration did not settle.
    #[error(
        "{what} is still off by {residual:e} after {steps} steps: expected at most {tolerance:e}"
    )]
    NotConverged {
        /// What was computed.
        what: &'static str,
        /// How many steps were taken.
        steps: usize,
        /// The residual of the last step.
        residual: f64,
        /// What it should have come down to.
        tolerance: f64,
    },
    /// A result needs at least one member.
    #[error("no members: expected at least one for {what}")]
    NoMembers {
        /// What was to be computed from them.
        what: &'static str,
    },
}
