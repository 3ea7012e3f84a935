//! The table of conventions: name endings and scale maps.

use super::Convention;
use crate::checkpoint::ScaleMap;

/// The tensors of one kind of pair: `X.pair` is stored as `X.mean` and `X.scale`.
pub(super) struct Endings {
    pub(super) pair: &'static str,
    pub(super) mean: &'static str,
    pub(super) scale: &'static str,
}

impl Endings {
    /// `X` of the name `X.ending`, for one of these endings; empty for the bare ending, if a pair's name is then not empty.
    pub(super) fn path_before<'a>(&self, name: &'a str, ending: &str) -> Option<&'a str> {
        let path = match name.strip_suffix(ending)? {
            "" => "",
            path if ending.is_empty() => path,
            // A name that is only a dot before its ending is not the bare ending.
            path => path.strip_suffix('.').filter(|path| !path.is_empty())?,
        };
        (!path.is_empty() || !self.pair.is_empty()).then_some(path)
    }
}

/// A convention's row of the table.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) map: ScaleMap,
    pub(super) endings: &'static [Endings],
    /// Pairs of a mean under one of its names and a scale under another, where the library has tensors
    /// under two names each. They count where neither has its partner under `endings`.
    pub(super) crossed: &'static [Endings],
}

const fn endings(pair: &'static str, mean: &'static str, scale: &'static str) -> Endings {
    Endings { pair, mean, scale }
}

const AUGMENT_BNNS: Row = Row {
    name: "augment-bnns",
    map: ScaleMap::Softplus,
    endings: &[
        endings("weight", "weight_mu", "weight_rho"),
        endings("bias", "bias_mu", "bias_rho"),
    ],
    crossed: &[],
};
const PLAIN: Row = Row {
    name: "plain",
    map: ScaleMap::Identity,
    endings: &[endings("", "mean", "scale")],
    crossed: &[],
};
const BLITZ: Row = Row {
    name: "blitz",
    map: ScaleMap::Softplus,
    endings: &[
        endings("weight", "weight_mu", "weight_rho"),
        endings("bias", "bias_mu", "bias_rho"),
        endings("weight_sampler", "weight_sampler.mu", "weight_sampler.rho"),
        endings("bias_sampler", "bias_sampler.mu", "bias_sampler.rho"),
    ],
    crossed: &[],
};
const TORCHBNN: Row = Row {
    name: "torchbnn",
    map: ScaleMap::Exp,
    endings: &[
        endings("weight", "weight_mu", "weight_log_sigma"),
        endings("bias", "bias_mu", "bias_log_sigma"),
    ],
    crossed: &[],
};
const BAYESIAN_TORCH: Row = Row {
    name: "bayesian-torch",
    map: ScaleMap::Softplus,
    endings: &[
        endings("weight", "mu_weight", "rho_weight"),
        endings("kernel", "mu_kernel", "rho_kernel"),
        endings("bias", "mu_bias", "rho_bias"),
    ],
    crossed: &[],
};
const TORCH_UNCERTAINTY: Row = Row {
    name: "torch-uncertainty",
    map: ScaleMap::Softplus,
    endings: &[
        endings("weight", "weight_mu", "weight_sigma"),
        endings("bias", "bias_mu", "bias_sigma"),
        endings("weight_sampler", "weight_sampler.mu", "weight_sampler.rho"),
        endings("bias_sampler", "bias_sampler.mu", "bias_sampler.rho"),
    ],
    // What `safetensors.torch.save_model` leaves of tensors that layer and sampler share: of two names the
    // first in the alphabet.
    crossed: &[
        endings("weight", "weight_mu", "weight_sampler.rho"),
        endings("bias", "bias_mu", "bias_sampler.rho"),
    ],
};

impl Convention {
    pub(super) const fn row(self) -> &'static Row {
        match self {
            Self::AugmentBnns => &AUGMENT_BNNS,
            Self::Plain => &PLAIN,
            Self::Blitz => &BLITZ,
            Self::Torchbnn => &TORCHBNN,
            Self::BayesianTorch => &BAYESIAN_TORCH,
            Self::TorchUncertainty => &TORCH_UNCERTAINTY,
        }
    }
}

/// The name `path.ending`, without the dot where one of them is empty.
pub(super) fn joined(path: &str, ending: &str) -> String {
    match (path, ending) {
        ("", only) | (only, "") => only.to_owned(),
        (path, ending) => format!("{path}.{ending}"),
    }
}
