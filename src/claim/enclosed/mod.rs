//! Twins in directed rounding: what holds there is proved for its instance.

#[cfg(feature = "enclosure")]
mod residuals;

#[cfg(feature = "enclosure")]
pub(super) use residuals::{at_most, below, equal, equal_to_terms, settle};

/// An entry with its twin in directed rounding, if the feature is on.
#[cfg(feature = "enclosure")]
macro_rules! with_enclosed {
    ($entry:expr, $check:expr $(,)?) => {
        $entry.enclosed($check)
    };
}

/// An entry with its twin in directed rounding, if the feature is on.
#[cfg(not(feature = "enclosure"))]
macro_rules! with_enclosed {
    ($entry:expr, $check:expr $(,)?) => {
        $entry
    };
}

pub(super) use with_enclosed;
