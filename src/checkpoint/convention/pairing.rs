//! The pairs among the names of a file, and the choice among conventions.

use super::Convention;
use super::table::joined;
use crate::checkpoint::Problem;
use crate::checkpoint::error::Part;
use crate::checkpoint::names::{Layer, NetworkName, network_order};
use crate::checkpoint::wording::{quoted, some_of};
use std::collections::BTreeSet;

impl Convention {
    /// The pairs and half pairs of this convention among the names.
    fn pairing(self, names: &BTreeSet<&str>) -> Pairing {
        let mut pairing = Pairing::default();
        let mut crossed = Vec::new();
        for &tensor in names {
            for endings in self.row().endings {
                let half = |path: Option<&str>, part, other| {
                    let path = path?;
                    let expected = joined(path, other);
                    let present = names.contains(expected.as_str());
                    Some((
                        joined(path, endings.pair),
                        Half { tensor: tensor.to_owned(), part, expected },
                        present,
                    ))
                };
                if let Some((name, half, present)) =
                    half(endings.path_before(tensor, endings.mean), Part::Scale, endings.scale)
                {
                    if present {
                        pairing.pairs.push(PairNames {
                            name,
                            mean: half.tensor,
                            scale: half.expected,
                        });
                    } else {
                        pairing.halves.push(half);
                    }
                } else if let Some((_, half, false)) =
                    half(endings.path_before(tensor, endings.scale), Part::Mean, endings.mean)
                {
                    pairing.halves.push(half);
                }
            }
            for endings in self.row().crossed {
                let Some(path) = endings.path_before(tensor, endings.mean) else { continue };
                let (name, scale) = (joined(path, endings.pair), joined(path, endings.scale));
                crossed.push(PairNames { name, mean: tensor.to_owned(), scale });
            }
        }
        for pair in crossed {
            let is_half = |name: &str| pairing.halves.iter().any(|half| half.tensor == name);
            if is_half(&pair.mean) && is_half(&pair.scale) {
                pairing.halves.retain(|half| half.tensor != pair.mean && half.tensor != pair.scale);
                pairing.pairs.push(pair);
            }
        }
        pairing.pairs.sort_by(|a, b| network_order(&a.name, &b.name));
        pairing
    }

    /// Finds the pairs of this convention, which the user asked for.
    pub(in crate::checkpoint) fn pairs(
        self,
        names: &BTreeSet<&str>,
    ) -> Result<Vec<PairNames>, Problem> {
        let pairing = self.pairing(names);
        if let Some(half) = pairing.halves.into_iter().next() {
            return Err(half.problem(self));
        }
        if pairing.pairs.is_empty() {
            return Err(Problem::NoPair {
                convention: self,
                found: some_of(names.iter().copied()),
            });
        }
        Ok(pairing.pairs)
    }

    /// Finds the one convention that accounts for the names, all of them considered together.
    ///
    /// A candidate is a convention that finds a pair (`augment-bnns`: in a network of its layers). The one chosen leaves no
    /// half pair and finds everything that any other candidate finds, with the same [`ScaleMap`]. So a file in which one
    /// tensor is missing is not taken for another library's file by what is left of it.
    pub(in crate::checkpoint) fn choose(
        names: &BTreeSet<&str>,
    ) -> Result<(Self, Vec<PairNames>), Problem> {
        let mut candidates: Vec<(Self, Pairing)> =
            Self::ALL.map(|convention| (convention, convention.pairing(names))).into();
        candidates.retain(|(convention, pairing)| {
            !pairing.pairs.is_empty()
                && (*convention != Self::AugmentBnns || is_network(&pairing.pairs))
        });
        let accounts_for_all = |(convention, pairing): &(Self, Pairing)| {
            pairing.halves.is_empty()
                && candidates.iter().all(|(other, found)| {
                    other == convention
                        || other.scale_map() == convention.scale_map()
                            && found.pairs.iter().all(|pair| pairing.pairs.contains(pair))
                })
        };
        if let Some(chosen) = candidates.iter().position(accounts_for_all) {
            let (convention, pairing) = candidates.swap_remove(chosen);
            return Ok((convention, pairing.pairs));
        }
        if candidates.iter().any(|(_, pairing)| pairing.halves.is_empty()) {
            let described: Vec<String> = candidates
                .iter()
                .map(|(convention, pairing)| pairing.describe(*convention))
                .collect();
            return Err(Problem::AmbiguousConvention { candidates: described.join(", ") });
        }
        // All candidates leave halves: the one that finds most is what the file was meant to be.
        let mut meant: Option<(Self, Pairing)> = None;
        for candidate in candidates {
            if meant.as_ref().is_none_or(|(_, best)| candidate.1.pairs.len() > best.pairs.len()) {
                meant = Some(candidate);
            }
        }
        let half = meant.and_then(|(convention, pairing)| {
            Some((convention, pairing.halves.into_iter().next()?))
        });
        Err(match half {
            Some((convention, half)) => half.problem(convention),
            None => Problem::NoConvention { found: some_of(names.iter().copied()) },
        })
    }
}

/// A pair found in a file: its name and its tensors'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checkpoint) struct PairNames {
    pub(in crate::checkpoint) name: String,
    pub(in crate::checkpoint) mean: String,
    pub(in crate::checkpoint) scale: String,
}

/// A tensor without its other half.
struct Half {
    tensor: String,
    /// The part that is missing.
    part: Part,
    expected: String,
}

impl Half {
    fn problem(self, convention: Convention) -> Problem {
        Problem::MissingHalf {
            convention,
            tensor: self.tensor,
            part: self.part,
            expected: self.expected,
        }
    }
}

#[derive(Default)]
struct Pairing {
    /// In network order.
    pairs: Vec<PairNames>,
    /// In the order of their names.
    halves: Vec<Half>,
}

impl Pairing {
    fn describe(&self, convention: Convention) -> String {
        let first = self.pairs.first().map_or_else(String::new, |pair| quoted(&pair.name));
        let unpaired = match self.halves.first() {
            Some(half) => format!(", but {} has no {}", quoted(&half.tensor), half.part),
            None => String::new(),
        };
        match self.pairs.len() {
            1 => format!("{convention} (1 pair, {first}{unpaired})"),
            n => format!("{convention} ({n} pairs, first {first}{unpaired})"),
        }
    }
}

/// Whether the pairs are those of an `augment-bnns` network: convolutions, a head, nothing else.
fn is_network(pairs: &[PairNames]) -> bool {
    let layers: Option<Vec<Layer>> =
        pairs.iter().map(|pair| NetworkName::parse(&pair.name).map(|name| name.layer)).collect();
    layers.is_some_and(|layers| {
        let is_convolution = |layer: &Layer| matches!(layer, Layer::Convolution(_));
        layers.iter().any(is_convolution) && !layers.iter().all(is_convolution)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(names: &[&str]) -> Result<(Convention, Vec<String>), String> {
        Convention::choose(&names.iter().copied().collect())
            .map(|(convention, pairs)| {
                (convention, pairs.into_iter().map(|pair| pair.name).collect())
            })
            .map_err(|problem| problem.to_string())
    }

    fn chosen(names: &[&str]) -> Convention {
        choose(names).unwrap().0
    }

    #[test]
    fn each_library_is_known_by_its_names() {
        let network = [
            "conv_layers.0.weight_mu",
            "conv_layers.0.weight_rho",
            "fc.bias_mu",
            "fc.bias_rho",
            "step",
        ];
        assert_eq!(
            choose(&network),
            Ok((Convention::AugmentBnns, vec!["conv_layers.0.weight".into(), "fc.bias".into()]))
        );
        assert_eq!(chosen(&["head.mean", "head.scale", "bn.running_mean"]), Convention::Plain);
        assert_eq!(chosen(&["conv1.weight_mu", "conv1.weight_rho"]), Convention::Blitz);
        assert_eq!(chosen(&["weight_mu", "weight_rho"]), Convention::Blitz);
        assert_eq!(
            chosen(&["0.weight_mu", "0.weight_log_sigma", "0.bias_mu", "0.bias_log_sigma"]),
            Convention::Torchbnn
        );
        let names = [
            "f.mu_kernel",
            "f.rho_kernel",
            "f.mu_bias",
            "f.rho_bias",
            "f.prior_weight_mu",
            "f.eps_kernel",
        ];
        assert_eq!(chosen(&names), Convention::BayesianTorch);
        assert_eq!(chosen(&["f.weight_mu", "f.weight_sigma"]), Convention::TorchUncertainty);
    }

    #[test]
    fn augment_bnns_needs_convolutions_and_a_head_and_nothing_else() {
        let layers = |layers: &[&str]| {
            let names: Vec<String> = layers
                .iter()
                .flat_map(|layer| ["mu", "rho"].map(|end| format!("{layer}.weight_{end}")))
                .collect();
            chosen(&names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(layers(&["conv_layers.0", "classifier"]), Convention::AugmentBnns);
        assert_eq!(layers(&["module.conv_layers.0", "module.fc"]), Convention::AugmentBnns);
        assert_eq!(layers(&["conv_layers.0"]), Convention::Blitz);
        assert_eq!(layers(&["fc"]), Convention::Blitz);
        assert_eq!(layers(&["conv_layers.0", "classifier", "head"]), Convention::Blitz);
    }

    #[test]
    fn a_convention_that_explains_more_of_the_names_wins() {
        let mut names = vec!["f.weight_sampler.mu", "f.weight_sampler.rho"];
        assert_eq!(chosen(&names), Convention::Blitz);
        names.extend(["f.weight_mu", "f.weight_sigma"]);
        assert_eq!(chosen(&names), Convention::TorchUncertainty);
        let both = [
            "conv_layers.0.weight_mu",
            "conv_layers.0.weight_rho",
            "fc.weight_mu",
            "fc.weight_rho",
        ];
        let samplers = ["conv_layers.0.weight_sampler.mu", "conv_layers.0.weight_sampler.rho"];
        assert_eq!(chosen(&[both.as_slice(), &samplers].concat()), Convention::Blitz);
    }

    #[test]
    fn conventions_that_disagree_are_ambiguous() {
        assert_eq!(
            choose(&[
                "norm.mean",
                "norm.scale",
                "f.weight_mu",
                "f.weight_rho",
                "g.weight_mu",
                "g.weight_rho"
            ])
            .unwrap_err(),
            "more than one convention fits the tensor names, name one: \
             plain (1 pair, \"norm\"), blitz (2 pairs, first \"f.weight\")"
        );
        // The pair of `plain` is complete, but it is not all there is.
        assert_eq!(
            choose(&["norm.mean", "norm.scale", "f.weight_mu", "f.weight_rho", "g.weight_mu"])
                .unwrap_err(),
            "more than one convention fits the tensor names, name one: \
             plain (1 pair, \"norm\"), blitz (1 pair, \"f.weight\", but \"g.weight_mu\" has no scale)"
        );
    }

    #[test]
    fn nothing_that_fits_says_what_was_found() {
        assert_eq!(
            choose(&[]).unwrap_err(),
            "no convention fits the tensor names: found no tensor"
        );
        assert_eq!(
            choose(&["a.weight", "a.bias", "b.mean", "x.scaled", "y.scale", "z"]).unwrap_err(),
            r#"no convention fits the tensor names: found "a.bias", "a.weight", "b.mean", "x.scaled" and 2 more"#
        );
        assert_eq!(
            choose(&["mean", "scale"]).unwrap_err(),
            r#"no convention fits the tensor names: found "mean", "scale""#
        );
    }

    #[test]
    fn a_lost_half_is_named_whether_the_convention_was_asked_for_or_not() {
        let names = [
            "conv_layers.0.weight_mu",
            "conv_layers.0.weight_rho",
            "fc.weight_mu",
            "fc.weight_rho",
            "fc.bias_rho",
        ];
        let message = r#"mean tensor "fc.bias_mu" is missing, the other half of "fc.bias_rho" (convention augment-bnns)"#;
        assert_eq!(choose(&names).unwrap_err(), message);
        assert_eq!(Convention::AugmentBnns.pairs(&names.into()).unwrap_err().to_string(), message);
        assert_eq!(
            Convention::Plain
                .pairs(&["f.mean", "f.scale", "g.mean"].into())
                .unwrap_err()
                .to_string(),
            r#"scale tensor "g.scale" is missing, the other half of "g.mean" (convention plain)"#
        );
        assert_eq!(
            Convention::Plain.pairs(&names.into()).unwrap_err().to_string(),
            "no tensor pair of convention plain: found \"conv_layers.0.weight_mu\", \"conv_layers.0.weight_rho\", \
             \"fc.bias_rho\", \"fc.weight_mu\" and 1 more"
        );
    }
}
