//! What can be wrong with a file of actions.

use crate::group::GroupError;
use std::fmt::Debug;
use thiserror::Error;

/// Why a file of actions cannot be read, or does not fit a posterior. One line, whatever the file says.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ActionsError {
    /// The file cannot be read.
    #[error("{0}")]
    Read(#[from] std::io::Error),
    /// The file is larger than any list of index maps for networks of this kind.
    #[error("{bytes} bytes: expected at most {max}")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size read.
        max: u64,
    },
    /// There is nothing in the file.
    #[error(
        "is empty: expected a table [group] and a table [tensor.\"NAME\"] for every tensor pair"
    )]
    Empty,
    /// The file is no TOML, or not of this form.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, in characters, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// A list of generators that names nothing, twice the same, or what is a keyword.
    #[error(
        "[group] generators: {found}: expected one or more different names, none of them \"sign\""
    )]
    Generators {
        /// What was found.
        found: String,
    },
    /// An entry of `[group] spatial` or `[group] images`.
    #[error("[group] {key}, generator {generator:?}: {found}: expected {expected}")]
    Group {
        /// The key under `[group]`.
        key: &'static str,
        /// The generator.
        generator: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// The table of a tensor.
    #[error("tensor {tensor:?}: {found}: expected {expected}")]
    Tensor {
        /// The tensor pair.
        tensor: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// An entry of the list of a tensor's axes.
    #[error("tensor {tensor:?}, axis {axis}: {problem}")]
    Axis {
        /// The tensor pair.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
        /// What is wrong with its entry.
        problem: Box<AxisProblem>,
    },
    /// A tensor pair of the posterior that the file does not list.
    #[error(
        "tensor {tensor:?}: not listed: expected a table [tensor.{tensor:?}], with axes = \"trivial\" if it does not move"
    )]
    NotListed {
        /// The tensor pair.
        tensor: String,
    },
    /// A listed tensor that the posterior does not have.
    #[error("tensor {tensor:?}: not a tensor pair of the posterior: expected one of {expected}")]
    Unknown {
        /// The tensor listed.
        tensor: String,
        /// Tensor pairs of the posterior.
        expected: String,
    },
    /// The group could not be made.
    #[error(transparent)]
    Points(#[from] GroupError),
}

impl ActionsError {
    pub(super) fn axis(tensor: &str, axis: usize, problem: AxisProblem) -> Self {
        Self::Axis { tensor: tensor.into(), axis, problem: problem.into() }
    }
}

/// What is wrong with the entry of an axis.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AxisProblem {
    /// Not one of the words, and not a table.
    #[error(
        "{found}: expected \"trivial\", \"regular:blocked\", \"regular:interleaved\", \"spatial\" or a table of index maps"
    )]
    Entry {
        /// What was found.
        found: String,
    },
    /// Regular channels that are shifted against their numbering.
    #[error(
        "{found}: shifted regular channels are not supported: expected \"regular:blocked\" or \"regular:interleaved\""
    )]
    Shifted {
        /// What was found.
        found: String,
    },
    /// A key that is neither a generator nor `sign`.
    #[error("key {key:?}: expected {expected}")]
    Key {
        /// The key.
        key: String,
        /// The names it may have.
        expected: String,
    },
    /// A generator without an index map.
    #[error("no images for generator {generator:?}: expected one list for each generator")]
    Missing {
        /// The generator.
        generator: String,
    },
    /// A list of images that are not whole numbers from 0.
    #[error("images of {generator:?}: {found}: expected a list of whole numbers from 0")]
    NotAList {
        /// The generator.
        generator: String,
        /// What was found.
        found: String,
    },
    /// A list of images that is no permutation.
    #[error("images of {generator:?}: {source}")]
    NotAPermutation {
        /// The generator.
        generator: String,
        /// What is wrong.
        source: GroupError,
    },
    /// A list of images of another length than the axis.
    #[error("{found} images of {generator:?}: expected {expected}, the length of the axis")]
    Length {
        /// The generator.
        generator: String,
        /// How many were listed.
        found: usize,
        /// The length of the axis.
        expected: usize,
    },
    /// Signs that are not a list for the one generator, or a table of lists.
    #[error("sign: {found}: expected {expected}")]
    Signs {
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A spatial axis that has no partner.
    #[error("{found} \"spatial\" axes: expected two, one after the other")]
    Spatial {
        /// How many there are.
        found: usize,
    },
    /// Spatial axes of different lengths.
    #[error("{rows} by {columns}: expected a square")]
    NotSquare {
        /// Length of this axis.
        rows: usize,
        /// Length of the next axis.
        columns: usize,
    },
    /// A generator that is not known to move images.
    #[error(
        "\"spatial\": what generator {generator:?} does to images is not known: expected its name to be r (rot90) or s (flip of the last axis), or an entry under [group] spatial"
    )]
    NoGrid {
        /// The generator.
        generator: String,
    },
    /// Regular channels of a group that nothing else determines.
    #[error(
        "\"regular\": nothing says what the generators are: expected a \"spatial\" axis, an index map, or images under [group]"
    )]
    Undetermined,
    /// Regular channels come in blocks of `|G|`.
    #[error(
        "{channels} channels: expected a multiple of {order}, the order of the group, for regular channels"
    )]
    NotDivisible {
        /// The length of the axis.
        channels: usize,
        /// The order of the group.
        order: String,
    },
    /// A group that is too large to be listed element by element, as regular channels need.
    #[error(
        "\"regular\": the group has {order} elements on {points} points: expected at most {max} for the product, to number the elements"
    )]
    TooLarge {
        /// The order of the group.
        order: usize,
        /// The number of points it moves.
        points: usize,
        /// The largest product.
        max: usize,
    },
}
