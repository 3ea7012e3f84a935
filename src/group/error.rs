//! What can be wrong with the description of a group.

use thiserror::Error;

/// What can be wrong with the description of a group.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupError {
    /// A group needs at least one element.
    #[error("order {order}: a group has at least one element")]
    Empty {
        /// The order that was asked for.
        order: usize,
    },
    /// The images do not describe a permutation.
    #[error("image {image} of point {point}: expected each of 0…{last} exactly once", last = degree.saturating_sub(1))]
    NotAPermutation {
        /// The first point whose image is out of range or taken.
        point: usize,
        /// Its image.
        image: usize,
        /// The number of points.
        degree: usize,
    },
    /// Permutations of different degree do not generate a group.
    #[error("generator {index} moves {degree} points: expected {expected}")]
    DegreeMismatch {
        /// Which generator.
        index: usize,
        /// Its degree.
        degree: usize,
        /// The degree of the group.
        expected: usize,
    },
    /// More points than an index map can hold.
    #[error("degree {degree}: expected at most {max} points", max = u32::MAX)]
    TooManyPoints {
        /// The degree that was asked for.
        degree: usize,
    },
    /// A matrix group acts on a space of at least one dimension.
    #[error("dimension 0: expected at least 1")]
    NoDimension,
    /// A matrix of the wrong shape.
    #[error("matrix {index} is {rows}×{columns}: expected {expected}×{expected}")]
    WrongShape {
        /// Which matrix.
        index: usize,
        /// Its number of rows.
        rows: usize,
        /// Its number of columns.
        columns: usize,
        /// The dimension of the space.
        expected: usize,
    },
    /// A generator that has no inverse.
    #[error("generator {index} is singular: expected an invertible matrix")]
    Singular {
        /// Which generator.
        index: usize,
    },
    /// The matrices generate an infinite group, or one that moves the basis too far to be listed.
    #[error(
        "generators move the basis to more than {vectors} vectors, or to entries of more than {bits} bits: \
         expected a finite group within these limits"
    )]
    TooManyVectors {
        /// The limit on the number of vectors.
        vectors: usize,
        /// The limit on the length of a numerator or denominator.
        bits: u64,
    },
    /// A matrix that is not orthogonal, beyond what rounding explains.
    #[error("‖AᵀA − I‖ = {defect}: expected at most {tolerance}, an orthogonal matrix")]
    NotOrthogonal {
        /// The Frobenius norm of `AᵀA − I`.
        defect: String,
        /// The most that rounding explains.
        tolerance: String,
    },
    /// An orthogonal matrix that turns the space over.
    #[error("determinant −1: expected +1, a rotation")]
    Reflection,
    /// An action on a group that leaves it.
    #[error(
        "the action of {acting} sends {element} to {image}: expected an element of the group acted on"
    )]
    OutsideOfGroup {
        /// The acting element.
        acting: String,
        /// The element it moves.
        element: String,
        /// Where to.
        image: String,
    },
    /// An action that does not respect products.
    #[error(
        "the action of {acting} on {first}·{second} is not the product of its actions on the two: expected an automorphism"
    )]
    NotAnAutomorphism {
        /// The acting element.
        acting: String,
        /// The left factor.
        first: String,
        /// The right factor.
        second: String,
    },
    /// An action that identifies two elements.
    #[error(
        "the action of {acting} sends {first} and {second} to the same element: expected an automorphism"
    )]
    NotInjective {
        /// The acting element.
        acting: String,
        /// One element.
        first: String,
        /// Another.
        second: String,
    },
    /// Automorphisms that do not compose as the acting elements do.
    #[error(
        "acting on {element} by {second}, then by {first}, is not acting by their product: expected a homomorphism"
    )]
    NotAnAction {
        /// The element that acts last.
        first: String,
        /// The element that acts first.
        second: String,
        /// An element that tells the two apart.
        element: String,
    },
    /// An element that the group does not have.
    #[error("{element}: expected an element of the group")]
    OutsideOfParent {
        /// The element.
        element: String,
    },
    /// Elements whose products are not all among them.
    #[error(
        "{listed} elements generate {generated}: expected a subgroup, with all of its elements"
    )]
    NotASubgroup {
        /// How many different elements were given.
        listed: usize,
        /// How many elements they generate.
        generated: usize,
    },
    /// More elements than are listed.
    #[error("more than {max} elements: expected at most as many, to list them all")]
    TooManyElements {
        /// The limit.
        max: usize,
    },
    /// Groups too large for every product to be checked.
    #[error("{pairs} pairs of elements: expected at most {max}, to check them all")]
    TooManyPairs {
        /// The product of the orders.
        pairs: String,
        /// The limit.
        max: u64,
    },
}
