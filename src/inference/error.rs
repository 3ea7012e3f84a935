//! What can be wrong with the input of training and prediction.

use thiserror::Error;

/// Data, parameters or settings that training or prediction cannot use.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum InferenceError {
    /// A list has the wrong length.
    #[error("{what} has length {got}: expected {expected}")]
    WrongLength {
        /// Which list.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The length it should have.
        expected: usize,
    },
    /// A list is not made of whole examples.
    #[error("{what} has length {got}: expected a multiple of {size}, the numbers of one example")]
    NotWholeExamples {
        /// Which list.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The length of one example.
        size: usize,
    },
    /// An entry is NaN or infinite.
    #[error("{what}[{index}] = {value}: expected a finite number")]
    NotFinite {
        /// Which list.
        what: &'static str,
        /// Which entry.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A number is outside its range.
    #[error("{what} is {value}: expected {expected}")]
    Outside {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: f64,
        /// The range.
        expected: &'static str,
    },
    /// A count is out of range.
    #[error("{what} is {got}: expected {expected}")]
    Count {
        /// Which count.
        what: &'static str,
        /// Its value.
        got: usize,
        /// The counts that are served.
        expected: &'static str,
    },
    /// An example that is not there.
    #[error("example {index}: expected an index below {len}")]
    NoExample {
        /// The index.
        index: usize,
        /// The number of examples.
        len: usize,
    },
    /// A matrix is not positive definite.
    #[error("{what} has pivot {value} at row {row}: expected a positive definite matrix")]
    NotPositiveDefinite {
        /// Which matrix.
        what: &'static str,
        /// The row where the factorisation stopped.
        row: usize,
        /// The pivot found there.
        value: f64,
    },
    /// A group is too large to be enumerated.
    #[error("group of order {order}: expected at most {max} elements for {purpose}")]
    GroupTooLarge {
        /// The order.
        order: String,
        /// The limit.
        max: usize,
        /// What they are enumerated for.
        purpose: &'static str,
    },
    /// A representation does not act by signed permutations.
    #[error("{what} does not act by signed permutations: expected one that does, for {purpose}")]
    NoSignedPermutations {
        /// Which representation.
        what: &'static str,
        /// What the index maps are for.
        purpose: &'static str,
    },
    /// Training left the range of the scalar.
    #[error("the objective is {value} at step {step}: expected a finite number")]
    Diverged {
        /// The step.
        step: u64,
        /// The objective.
        value: f64,
    },
}

/// Fails unless the list has this length.
pub(super) fn check_length(
    what: &'static str,
    got: usize,
    expected: usize,
) -> Result<(), InferenceError> {
    if got == expected { Ok(()) } else { Err(InferenceError::WrongLength { what, got, expected }) }
}

/// Fails unless every entry is a number.
pub(super) fn check_numbers<T: crate::scalar::Scalar>(
    what: &'static str,
    values: &[T],
) -> Result<(), InferenceError> {
    match values.iter().position(|value| !value.is_number()) {
        Some(index) => {
            let value = values[index].nearest_f64();
            Err(InferenceError::NotFinite { what, index, value })
        }
        None => Ok(()),
    }
}
