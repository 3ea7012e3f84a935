//! How hidden blocks are filled: by a named arrangement, or in pairs.

use crate::symmetrize::expansion::Arrangement;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// How the hidden layers of an expanded posterior are made from the trained ones.
///
/// # Examples
/// ```
/// use equibayes::audit::Filling;
/// use equibayes::symmetrize::expansion::Arrangement;
///
/// assert_eq!("paired".parse(), Ok(Filling::Paired));
/// assert_eq!("diagonal".parse(), Ok(Filling::Blocks(Arrangement::Diagonal)));
/// assert!("pairs".parse::<Filling>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Filling {
    /// Every block holds the trained weight moved by one element, or nothing.
    Blocks(Arrangement),
    /// Two copies of every hidden channel, `2|G|` times the width: the function is kept as by the diagonal
    /// arrangement, and blocks mix from the start (claim S9, paired channels).
    ///
    /// With the trained `W` the kernel from copy `t` to copy `s` is `K(c)_{s,t} = ½ δ_{c,e} W + (−1)^t M_s(c)`, where
    /// `M_0(c) = ½ |G|^{-1/2} c⁻¹·W` is what the group convolution of the paper holds, halved, and `M_1 = 0`. Scales are
    /// `σ/√2` at `c = e`, which keeps the variance of a sum over both copies, and the fill elsewhere. The readout's
    /// means and scales are divided by `2|G|`.
    Paired,
}

/// A name that is none of those expected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("arrangement '{0}': expected group-conv, row-rolled, row-constant, diagonal or paired")]
pub struct UnknownFilling(String);

impl Filling {
    /// The name, as the command line knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks(arrangement) => arrangement.name(),
            Self::Paired => "paired",
        }
    }

    /// How many copies of every hidden channel each block has.
    pub fn copies(self) -> usize {
        match self {
            Self::Blocks(_) => 1,
            Self::Paired => 2,
        }
    }

    /// Whether the mean network is the group average of the small one, for every network.
    pub(super) fn keeps_the_average(self) -> bool {
        matches!(self, Self::Blocks(Arrangement::Diagonal) | Self::Paired)
    }
}

impl From<Arrangement> for Filling {
    fn from(arrangement: Arrangement) -> Self {
        Self::Blocks(arrangement)
    }
}

impl fmt::Display for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Filling {
    type Err = UnknownFilling;

    fn from_str(name: &str) -> Result<Self, UnknownFilling> {
        if name == Self::Paired.name() {
            return Ok(Self::Paired);
        }
        name.parse().map(Self::Blocks).map_err(|_| UnknownFilling(name.into()))
    }
}
