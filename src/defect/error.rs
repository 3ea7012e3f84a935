//! What a bound cannot be computed from.

use thiserror::Error;

/// A number that is outside the range of a bound's hypotheses.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{what} is {value}: expected {expected}")]
pub struct BoundError {
    /// Which number.
    pub what: &'static str,
    /// Its value.
    pub value: f64,
    /// The range.
    pub expected: &'static str,
}

/// A number that is at least zero: infinity too, but not NaN.
pub(super) fn not_negative(what: &'static str, value: f64) -> Result<f64, BoundError> {
    match value >= 0.0 {
        true => Ok(value),
        false => Err(BoundError { what, value, expected: "a number that is not negative" }),
    }
}

/// A product of two numbers that are not negative, zero if one of them is: a factor without bound says nothing about
/// what is zero.
pub(super) fn product(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

/// A finite number above zero.
pub(super) fn positive(what: &'static str, value: f64) -> Result<f64, BoundError> {
    match value > 0.0 && value.is_finite() {
        true => Ok(value),
        false => Err(BoundError { what, value, expected: "a finite number above 0" }),
    }
}

/// A probability strictly between 0 and 1.
pub(super) fn probability(what: &'static str, value: f64) -> Result<f64, BoundError> {
    match value > 0.0 && value < 1.0 {
        true => Ok(value),
        false => Err(BoundError { what, value, expected: "a probability above 0 and below 1" }),
    }
}

/// A count that is not zero.
pub(super) fn count(what: &'static str, value: usize) -> Result<f64, BoundError> {
    match value {
        0 => Err(BoundError { what, value: 0.0, expected: "at least 1" }),
        _ => Ok(value as f64),
    }
}
