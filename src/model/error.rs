//! What can be wrong with the description of a model.

use crate::representation::RepresentationError;
use thiserror::Error;

/// A model that cannot be built.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ModelError {
    /// A network needs an input and an output space at least.
    #[error(
        "{got} layer widths: expected two or more, of the inputs first and of the outputs last"
    )]
    TooFewWidths {
        /// How many widths were given.
        got: usize,
    },
    /// A space has no coordinates.
    #[error("width of layer space {space} is 0: expected a positive number")]
    NoCoordinates {
        /// Which space, the inputs being number 0.
        space: usize,
    },
    /// The parameters cannot be counted.
    #[error("layer {layer} of {inputs} inputs and {outputs} outputs: expected fewer than {max} parameters in all", max = usize::MAX)]
    TooManyParameters {
        /// Which layer, the first being number 0.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// Its outputs.
        outputs: usize,
    },
    /// There must be one activation for each hidden layer.
    #[error("{got} activations: expected {hidden}, one for each hidden layer")]
    ActivationCount {
        /// How many activations were given.
        got: usize,
        /// How many hidden layers there are.
        hidden: usize,
    },
    /// There must be one representation for each layer space.
    #[error(
        "{got} representations: expected {expected}, one for each layer space, of the inputs first"
    )]
    SpaceCount {
        /// How many representations were given.
        got: usize,
        /// How many layer spaces there are.
        expected: usize,
    },
    /// A representation has not the dimension of its space.
    #[error(
        "representation of layer space {space} has dimension {got}: expected {expected}, the width of the layer"
    )]
    SpaceDimension {
        /// Which space, the inputs being number 0.
        space: usize,
        /// The dimension of the representation.
        got: usize,
        /// The width of the layer.
        expected: usize,
    },
    /// A nonlinearity that does not commute with the representation of its layer space.
    #[error(
        "{activation} does not commute with {element} on layer space {space}: expected {expected}"
    )]
    DoesNotCommute {
        /// Which space, the inputs being number 0.
        space: usize,
        /// The activation.
        activation: String,
        /// A generator of the group that it does not commute with.
        element: String,
        /// What it commutes with.
        expected: &'static str,
    },
    /// The representations do not fit together.
    #[error(transparent)]
    Representation(#[from] RepresentationError),
}
