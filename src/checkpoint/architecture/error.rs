//! Why a posterior is not one of the network.

use crate::checkpoint::wording::quoted;

/// Why names and shapes are not those of the network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// A pair that the network does not have.
    #[error("tensor {} is not of the network, expected conv_layers.N, classifier or fc with .weight or .bias", quoted(.tensor))]
    UnknownTensor {
        /// The pair's name.
        tensor: String,
    },
    /// A pair under another path than the others.
    #[error("tensor {} is of another network, expected the path of {}", quoted(.tensor), quoted(.other))]
    OtherPath {
        /// The pair's name.
        tensor: String,
        /// The name of a pair found before.
        other: String,
    },
    /// Two pairs of one name.
    #[error("tensor {} is there twice", quoted(.tensor))]
    Duplicate {
        /// The pair's name.
        tensor: String,
    },
    /// A tensor that must be there and is not.
    #[error("tensor {} is missing: {reason}", quoted(.tensor))]
    Missing {
        /// Its name.
        tensor: String,
        /// Why it must be there.
        reason: &'static str,
    },
    /// Neither `classifier` nor `fc`.
    #[error("the network has no head, expected classifier.weight or fc.weight")]
    NoHead,
    /// Both `classifier` and `fc`.
    #[error("tensor {} is a second head beside {}, expected one", quoted(.tensor), quoted(.other))]
    TwoHeads {
        /// The dense head's name.
        tensor: String,
        /// The 1×1 head's name.
        other: String,
    },
    /// A tensor of another number of axes.
    #[error("tensor {} has shape {shape:?}, expected {expected}", quoted(.tensor))]
    WrongRank {
        /// The pair's name.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The axes expected.
        expected: &'static str,
    },
    /// An axis without entries.
    #[error("tensor {} has length 0 along axis {axis}, expected at least 1", quoted(.tensor))]
    EmptyAxis {
        /// The pair's name.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
    },
    /// A kernel whose rows and columns differ in number.
    #[error("tensor {} has a kernel of {rows} by {columns} (axes 2 and 3), expected a square", quoted(.tensor))]
    KernelNotSquare {
        /// The pair's name.
        tensor: String,
        /// Length of axis 2.
        rows: usize,
        /// Length of axis 3.
        columns: usize,
    },
    /// An axis of another length than the network asks for.
    #[error("tensor {} has length {found} along axis {axis}, expected {expected}, {reason}", quoted(.tensor))]
    WrongLength {
        /// The pair's name.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
        /// Its length.
        found: usize,
        /// The length expected.
        expected: usize,
        /// Why.
        reason: &'static str,
    },
    /// Features of a dense head that are no square feature map of the last convolution's channels.
    #[error("tensor {} has length {found} along axis 1, expected {channels} channels times a square number", quoted(.tensor))]
    NotAFeatureMap {
        /// The pair's name.
        tensor: String,
        /// Length of axis 1.
        found: usize,
        /// Channels of the last convolution.
        channels: usize,
    },
}
