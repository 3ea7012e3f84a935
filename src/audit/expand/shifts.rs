//! What an expanded file says about its channels.

use super::{EXPANDED_GROUP_METADATA, EXPANDED_SHIFTS_METADATA};
use crate::audit::NamedGroup;
use crate::checkpoint::Posterior;
use thiserror::Error;

/// Metadata that an expansion does not write.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("metadata {key} = {value:?}: expected {expected}")]
pub struct ShiftsError {
    key: &'static str,
    value: String,
    expected: &'static str,
}

/// The group that a file was expanded with, and the shift of each hidden layer; `None` where the file does not
/// say.
///
/// # Errors
/// [`ShiftsError`] for metadata that cannot be read.
pub fn recorded_shifts(
    posterior: &Posterior,
) -> Result<Option<(NamedGroup, Vec<usize>)>, ShiftsError> {
    let metadata = posterior.metadata();
    let (Some(group), Some(shifts)) =
        (metadata.get(EXPANDED_GROUP_METADATA), metadata.get(EXPANDED_SHIFTS_METADATA))
    else {
        return Ok(None);
    };
    let group = group.parse().map_err(|_| ShiftsError {
        key: EXPANDED_GROUP_METADATA,
        value: group.clone(),
        expected: "c4, c2 or d4",
    })?;
    let shifts = shifts.split(',').map(str::parse).collect::<Result<_, _>>();
    let shifts = shifts.map_err(|_| ShiftsError {
        key: EXPANDED_SHIFTS_METADATA,
        value: metadata.get(EXPANDED_SHIFTS_METADATA).cloned().unwrap_or_default(),
        expected: "whole numbers between commas",
    })?;
    Ok(Some((group, shifts)))
}
