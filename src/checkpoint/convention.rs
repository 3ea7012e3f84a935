//! How libraries name the two tensors of a pair, and what their scale means.

mod pairing;
mod table;

pub(super) use pairing::PairNames;

use super::ScaleMap;
use super::wording::quoted;
use std::fmt;
use std::str::FromStr;
use table::joined;

/// A way of storing a mean-field posterior.
///
/// Each convention is a row of a table: the name endings of mean and scale, and the [`ScaleMap`]. `X` may be any path,
/// nested or empty (for `plain` not empty).
///
/// | convention | mean and scale tensors | pair | σ = |
/// |---|---|---|---|
/// | `augment-bnns` | `X.weight_mu`/`X.weight_rho`, `X.bias_mu`/`X.bias_rho` | `X.weight`, `X.bias` | softplus |
/// | `plain` | `X.mean`/`X.scale` | `X` | identity |
/// | `blitz` | as `augment-bnns`, and `X.weight_sampler.mu`/`.rho`, `X.bias_sampler.mu`/`.rho` | also `X.weight_sampler`, `X.bias_sampler` | softplus |
/// | `torchbnn` | `X.weight_mu`/`X.weight_log_sigma`, `X.bias_mu`/`X.bias_log_sigma` | `X.weight`, `X.bias` | exp |
/// | `bayesian-torch` | `X.mu_weight`/`X.rho_weight`, `X.mu_kernel`/`X.rho_kernel`, `X.mu_bias`/`X.rho_bias` | `X.weight`, `X.kernel`, `X.bias` | softplus |
/// | `torch-uncertainty` | `X.weight_mu`/`X.weight_sigma`, `X.bias_mu`/`X.bias_sigma`, and nested samplers as `blitz`; also `X.weight_mu`/`X.weight_sampler.rho`, `X.bias_mu`/`X.bias_sampler.rho` | as `blitz` | softplus |
///
/// ```
/// use equibayes::checkpoint::Convention;
///
/// assert_eq!("torchbnn".parse(), Ok(Convention::Torchbnn));
/// let error = "pyro".parse::<Convention>().unwrap_err();
/// assert!(error.to_string().starts_with(r#"unknown convention "pyro", expected one of augment-bnns, plain"#));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Convention {
    /// The reference code of the symmetrisation paper.
    AugmentBnns,
    /// Mean and standard deviation, under these names.
    Plain,
    /// The library BLiTZ. Its samplers share memory with the layer, so a file may hold a weight once, under either name,
    /// or twice; every copy found is a pair of its own, for what is loaded last wins.
    Blitz,
    /// The library torchbnn.
    Torchbnn,
    /// The library bayesian-torch.
    BayesianTorch,
    /// The library TorchUncertainty, whose `sigma` holds ρ. On samplers see [`Convention::Blitz`]; what
    /// `safetensors.torch.save_model` keeps of shared tensors is the mean under the layer's name and the
    /// scale under the sampler's. Such a pair is called as the layer's and keeps its names in a file.
    TorchUncertainty,
}

impl Convention {
    /// All conventions. Where several read a file alike, the automatic choice takes the first.
    pub const ALL: [Self; 6] = [
        Self::AugmentBnns,
        Self::Plain,
        Self::Blitz,
        Self::Torchbnn,
        Self::BayesianTorch,
        Self::TorchUncertainty,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// How its scale tensors stand for σ.
    #[must_use]
    pub const fn scale_map(self) -> ScaleMap {
        self.row().map
    }

    /// The names of the mean and the scale tensor of a pair; `None` if the convention has none for such a pair.
    ///
    /// ```
    /// use equibayes::checkpoint::Convention;
    ///
    /// let names = Convention::AugmentBnns.tensor_names("fc.bias");
    /// assert_eq!(names, Some(("fc.bias_mu".to_string(), "fc.bias_rho".to_string())));
    /// assert_eq!(Convention::AugmentBnns.tensor_names("fc.gate"), None);
    /// ```
    #[must_use]
    pub fn tensor_names(self, pair: &str) -> Option<(String, String)> {
        self.row().endings.iter().find_map(|endings| {
            let path = endings.path_before(pair, endings.pair)?;
            Some((joined(path, endings.mean), joined(path, endings.scale)))
        })
    }
}

impl Convention {
    /// Whether these are other names of a pair's mean and scale, under which a file may hold it.
    pub(super) fn also_names(self, pair: &str, mean: &str, scale: &str) -> bool {
        self.row().crossed.iter().any(|endings| {
            endings.path_before(pair, endings.pair).is_some_and(|path| {
                joined(path, endings.mean) == mean && joined(path, endings.scale) == scale
            })
        })
    }
}

impl fmt::Display for Convention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that no convention has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown convention {}, expected one of {}", quoted(.name), Convention::ALL.map(Convention::name).join(", "))]
pub struct UnknownConvention {
    /// The name.
    pub name: String,
}

impl FromStr for Convention {
    type Err = UnknownConvention;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|convention| convention.name() == name);
        known.ok_or_else(|| UnknownConvention { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_come_back_from_their_text() {
        for convention in Convention::ALL {
            assert_eq!(convention.to_string().parse(), Ok(convention));
        }
        assert_eq!("auto".parse::<Convention>(), Err(UnknownConvention { name: "auto".into() }));
    }

    #[test]
    fn tensor_names_are_those_that_pairing_finds() {
        for convention in Convention::ALL {
            for endings in convention.row().endings {
                let name = joined("net.0.conv", endings.pair);
                let (mean, scale) = convention.tensor_names(&name).unwrap();
                let names = BTreeSet::from([mean.as_str(), scale.as_str()]);
                assert_eq!(
                    convention.pairs(&names).unwrap(),
                    [PairNames { name, mean: mean.clone(), scale: scale.clone() }]
                );
            }
        }
        assert_eq!(Convention::Blitz.tensor_names("weight").unwrap().0, "weight_mu");
        assert_eq!(Convention::Blitz.tensor_names("myweight"), None);
        assert_eq!(Convention::Blitz.tensor_names(".weight"), None);
        assert_eq!(Convention::Plain.tensor_names(""), None);
        assert!(Convention::Blitz.pairs(&BTreeSet::from([".weight_mu", "weight_rho"])).is_err());
    }
}
