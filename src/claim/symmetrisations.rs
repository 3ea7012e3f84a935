//! Chapter.

use super::Claim;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![]
}
