//! What can be wrong with an expansion.

use crate::representation::RepresentationError;
use thiserror::Error;

/// Why a network cannot be expanded as asked.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ExpansionError {
    /// An expansion holds a table of all products.
    #[error("group of order {order}: expected at most {max} elements, for every block is stored")]
    GroupTooLarge {
        /// The order of the group.
        order: String,
        /// The largest order that is served.
        max: usize,
    },
    /// An arrangement that a non-abelian group does not have.
    #[error(
        "arrangement {arrangement} of a non-abelian group: expected an abelian one, where i − j is one element"
    )]
    NotAbelian {
        /// The arrangement.
        arrangement: &'static str,
    },
    /// A block moved by an element that is not there.
    #[error(
        "block ({row}, {column}) is moved by element {element}: expected a number below {order}, the order of the group"
    )]
    NoElement {
        /// The row of the block.
        row: usize,
        /// Its column.
        column: usize,
        /// The number of the element.
        element: usize,
        /// The order of the group.
        order: usize,
    },
    /// What fixes a weight is a subgroup.
    #[error("{elements} elements fix the weight: expected a subgroup, with all their products")]
    NotASubgroup {
        /// How many elements were said to fix it.
        elements: usize,
    },
    /// A network without hidden spaces, or with too few spaces for its layers.
    #[error(
        "{layers} layers between {spaces} spaces: expected at least 2 layers, and one space more"
    )]
    LayerCount {
        /// The number of layers.
        layers: usize,
        /// The number of spaces, the first that of the inputs and the last that of the outputs.
        spaces: usize,
    },
    /// A map between other spaces than its layer's.
    #[error(
        "layer {layer}: {what} is {rows}×{columns}: expected {expected_rows}×{expected_columns}"
    )]
    Shape {
        /// The layer, from 0.
        layer: usize,
        /// The weight, the bias or a block.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
        /// The rows expected.
        expected_rows: usize,
        /// The columns expected.
        expected_columns: usize,
    },
    /// Blocks that do not fit the layer before.
    #[error(
        "layer {layer} has {columns} columns of blocks: expected {expected}, the blocks of the layer before"
    )]
    BlockCount {
        /// The layer, from 0.
        layer: usize,
        /// Its columns of blocks.
        columns: usize,
        /// The columns expected.
        expected: usize,
    },
    /// Representations that do not fit together.
    #[error(transparent)]
    Representation(#[from] RepresentationError),
}
