//! How hidden channels move, as the command line says it.

use equibayes::audit::{ActionError, Channels, Layout, NamedGroup, PosteriorAction};
use equibayes::checkpoint::{Architecture, Posterior};
use std::fmt;
use std::str::FromStr;

/// How hidden channels move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hidden {
    /// They do not.
    Trivial,
    /// By the regular representation.
    Regular,
    /// `regular:S`: the shift grows by `S − 1` from layer to layer, beginning with 1.
    Growing(usize),
    /// `regular:S,S,…`: the shift of each hidden layer.
    Listed(Vec<usize>),
}

impl Hidden {
    /// With these shifts, one for each hidden layer.
    pub(super) fn of_shifts(shifts: Vec<usize>) -> Self {
        if shifts.iter().all(|&shift| shift == 1) { Self::Regular } else { Self::Listed(shifts) }
    }

    /// The action on a posterior.
    ///
    /// # Errors
    /// If the group does not act on it so.
    pub(super) fn action(
        &self,
        posterior: &Posterior,
        group: NamedGroup,
        layout: Layout,
    ) -> Result<PosteriorAction, ActionError> {
        let shifts = match self {
            Self::Trivial => {
                return PosteriorAction::of_network(posterior, group, Channels::Trivial, layout);
            }
            Self::Regular => {
                return PosteriorAction::of_network(posterior, group, Channels::Regular, layout);
            }
            Self::Growing(second) => {
                /// Every element of the groups by name has an order that divides this.
                const EXPONENT: usize = 4;
                let layers = Architecture::of(posterior)?.convolutions().len();
                let step = (second + EXPONENT - 1) % EXPONENT;
                (0..layers).map(|layer| (1 + layer * step) % EXPONENT).collect()
            }
            Self::Listed(shifts) => shifts.clone(),
        };
        PosteriorAction::of_shifted_network(posterior, group, &shifts, layout)
    }
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trivial => f.write_str("trivial"),
            Self::Regular => f.write_str("regular"),
            Self::Growing(second) => write!(f, "regular:{second}"),
            Self::Listed(shifts) => {
                let shifts: Vec<String> = shifts.iter().map(usize::to_string).collect();
                write!(f, "regular:{}", shifts.join(","))
            }
        }
    }
}

impl FromStr for Hidden {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        /// No group by name has elements of a larger order.
        const LARGEST: usize = 3;
        let unknown = || {
            format!(
                "channels '{name}': expected trivial, regular, or regular: and shifts from 0 to {LARGEST}"
            )
        };
        match name {
            "trivial" => return Ok(Self::Trivial),
            "regular" => return Ok(Self::Regular),
            _ => {}
        }
        let shifts = name.strip_prefix("regular:").ok_or_else(unknown)?;
        let shifts: Vec<usize> = shifts
            .split(',')
            .map(|shift| shift.parse().ok().filter(|&shift| shift <= LARGEST))
            .collect::<Option<_>>()
            .ok_or_else(unknown)?;
        Ok(match shifts[..] {
            [second] => Self::Growing(second),
            _ => Self::Listed(shifts),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for name in ["trivial", "regular", "regular:2", "regular:1,2,3"] {
            assert_eq!(name.parse::<Hidden>().unwrap().to_string(), name);
        }
        for name in ["", "regular:", "regular:4", "regular:1,", "regular:-1", "Regular"] {
            assert!(name.parse::<Hidden>().is_err(), "{name}");
        }
        assert_eq!(Hidden::of_shifts(vec![1, 1]), Hidden::Regular);
    }
}
