//! A number that says how far two laws are apart, as far as that is known.

use crate::scalar::Real;
use std::fmt;

/// How far a law is from another: a divergence in nats, or a distance in the units of `θ`.
///
/// What has no closed form, or does not exist, says so by its variant.
///
/// # Examples
/// ```
/// use equibayes::symmetrize::{Gap, Why};
///
/// let gap = Gap::Between { lower: 0.25, upper: 0.5 };
/// assert_eq!((gap.known(), gap.lower(), gap.upper()), (None, Some(0.25), Some(0.5)));
/// assert_eq!(gap.to_string(), "between 0.25 and 0.5");
/// // No multiple of a posterior with a density covers a law on a subspace.
/// let singular: Gap = Gap::Infinite(Why::Singular);
/// assert_eq!((singular.lower(), singular.upper()), (Some(f64::INFINITY), None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Gap<T = f64> {
    /// In closed form.
    Known(T),
    /// Without a closed form, but between two bounds that are proven.
    Between {
        /// It is at least this,
        lower: T,
        /// and at most this.
        upper: T,
    },
    /// From draws of the group.
    Estimated {
        /// The estimate.
        value: T,
        /// What it may be off by: a bound on its standard error, to first order.
        standard_error: T,
    },
    /// Infinite.
    Infinite(Why),
    /// Not told.
    Unknown(Why),
}

/// Why a [`Gap`] is infinite or not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// One law lives where the other has no mass, or their divergence hangs on the last bit.
    Singular,
    /// The symmetrisation does not make this distance small, and it was not computed.
    NotSought,
    /// It takes an average over the group, of which no closed form is known.
    NoAverage,
    /// It takes an element of the group, and only orbits are known.
    NoElements,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Singular => "one law lives where the other has no mass",
            Self::NotSought => "not what this symmetrisation makes small",
            Self::NoAverage => "the average over the group has no closed form",
            Self::NoElements => "orbits alone do not tell",
        })
    }
}

impl<T: Real> Gap<T> {
    /// The number, where it is in closed form.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }

    /// What it is at least, where that is proven: infinity, where it is infinite.
    pub fn lower(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Between { lower, .. } => Some(lower),
            Self::Infinite(_) => Some(T::infinity()),
            Self::Estimated { .. } | Self::Unknown(_) => None,
        }
    }

    /// What it is at most, where a finite bound is proven.
    pub fn upper(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Between { upper, .. } => Some(upper),
            Self::Estimated { .. } | Self::Infinite(_) | Self::Unknown(_) => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Gap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Between { lower, upper } => write!(f, "between {lower} and {upper}"),
            Self::Estimated { value, standard_error } => write!(f, "{value} ± {standard_error}"),
            Self::Infinite(why) => write!(f, "infinite: {why}"),
            Self::Unknown(why) => write!(f, "unknown: {why}"),
        }
    }
}
