//! How a finite group moves the channels of a network.

use super::{PermutationRep, RepresentationError};
use crate::group::{Finite, Group, Permutation};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A name that is none of those expected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} '{name}': expected {expected}")]
pub struct UnknownName {
    pub(crate) what: &'static str,
    pub(crate) name: String,
    pub(crate) expected: &'static str,
}

/// An enumeration whose variants have names.
macro_rules! named {
    ($(#[$docs:meta])* $type:ident, $what:literal, $expected:literal,
     $($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $($(#[$doc])* $variant,)*
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $name,)*
                })
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownName {
                        what: $what,
                        name: name.into(),
                        expected: $expected,
                    }),
                }
            }
        }
    };
}

#[cfg(feature = "checkpoint")]
pub(crate) use named;

named! {
    /// How hidden channels move.
    Channels, "channels", "trivial or regular",
    /// They do not.
    Trivial = "trivial",
    /// In blocks of `|G|`, by the left regular representation: under the generator the new channel
    /// `(block, g)` takes from `(block, g − 1)`.
    Regular = "regular",
}

named! {
    /// How regular channels are numbered.
    Layout, "layout", "interleaved or blocked",
    /// Channel `|G| · block + g`.
    Interleaved = "interleaved",
    /// Channel `g · blocks + block`.
    Blocked = "blocked",
}

impl Channels {
    /// The representation on so many channels.
    ///
    /// # Errors
    /// [`RepresentationError::NotInBlocks`] for regular channels that do not divide into blocks of `|G|`.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::{ActsOn, Channels, Layout};
    ///
    /// let c2 = Cyclic::new(2)?;
    /// let rep = Channels::Regular.representation(&c2, 4, Layout::Blocked)?;
    /// assert_eq!(rep.apply(&1, &[0.0, 1.0, 2.0, 3.0]).as_slice(), [2.0, 3.0, 0.0, 1.0]);
    /// assert!(Channels::Regular.representation(&c2, 5, Layout::Blocked).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn representation<G: Finite + Send + Sync + 'static>(
        self,
        group: &G,
        channels: usize,
        layout: Layout,
    ) -> Result<PermutationRep<G>, RepresentationError> {
        if self == Self::Trivial {
            return Ok(PermutationRep::fixed(group, channels));
        }
        let order = group.small_order().unwrap_or(usize::MAX);
        if !channels.is_multiple_of(order) {
            return Err(RepresentationError::NotInBlocks { channels, order });
        }
        let regular = PermutationRep::regular(group)?;
        let blocks = PermutationRep::fixed(group, channels / order);
        match layout {
            Layout::Interleaved => blocks.product(&regular),
            Layout::Blocked => regular.product(&blocks),
        }
    }
}

impl<G: Group> PermutationRep<G> {
    /// `dim` coordinates that do not move.
    pub fn fixed(group: &G, dim: usize) -> Self {
        Self::from_fn(group.clone(), dim, move |_| Permutation::identity(dim))
    }
}
