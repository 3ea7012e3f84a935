//! Names of tensor pairs: the order in which a network has them, and the layers that `augment-bnns` knows.

use std::cmp::Ordering;

/// The name of a pair in network order: layers by their path, numbers in it as numbers; the head (`classifier`, `fc`)
/// after everything else; within a layer weight, then the rest, then bias.
///
/// Libraries for natural order compare whole texts and would still leave paths, heads and parts to be done here.
pub(super) fn network_order(a: &str, b: &str) -> Ordering {
    OrderKey::of(a).cmp(&OrderKey::of(b)).then_with(|| a.cmp(b))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OrderKey<'a> {
    is_head: bool,
    layer: Vec<Vec<Chunk<'a>>>,
    part: u8,
}

/// A run of digits or of other characters. A number without its leading zeros is larger when it is longer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Chunk<'a> {
    Number(usize, &'a str),
    Text(&'a str),
}

impl<'a> OrderKey<'a> {
    fn of(name: &'a str) -> Self {
        let (layer, part) = name.rsplit_once('.').unwrap_or(("", name));
        Self {
            is_head: matches!(layer.rsplit('.').next(), Some(CLASSIFIER | DENSE)),
            layer: layer.split('.').map(chunks).collect(),
            part: match part {
                "weight" | "kernel" => 0,
                "bias" => 2,
                _ => 1,
            },
        }
    }
}

fn chunks(segment: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut rest = segment;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        chunks.push(if is_number {
            let digits = run.trim_start_matches('0');
            Chunk::Number(digits.len(), digits)
        } else {
            Chunk::Text(run)
        });
        rest = after;
    }
    chunks
}

const CONVOLUTIONS: &str = "conv_layers";
const CLASSIFIER: &str = "classifier";
const DENSE: &str = "fc";

/// A layer of the `augment-bnns` network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// `conv_layers.i`.
    Convolution(usize),
    /// `classifier`, a 1×1 convolution.
    Classifier,
    /// `fc`, a dense layer on flattened features.
    Dense,
}

/// What a layer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LayerPart {
    Weight,
    Bias,
}

/// The name of a pair of the `augment-bnns` network, e.g. `conv_layers.0.weight`, perhaps after the path of an enclosing
/// module (`module.conv_layers.0.weight`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NetworkName<'a> {
    /// The enclosing module's path with its dot, or nothing.
    pub(super) prefix: &'a str,
    pub(super) layer: Layer,
    pub(super) part: LayerPart,
}

impl<'a> NetworkName<'a> {
    pub(super) fn parse(name: &'a str) -> Option<Self> {
        let (path, part) = name.rsplit_once('.')?;
        let part = match part {
            "weight" => LayerPart::Weight,
            "bias" => LayerPart::Bias,
            _ => return None,
        };
        let (layer, own) = match path.rsplit('.').next()? {
            CLASSIFIER => (Layer::Classifier, CLASSIFIER.len()),
            DENSE => (Layer::Dense, DENSE.len()),
            digits => {
                let index: usize = digits.parse().ok()?;
                let canonical = format!("{CONVOLUTIONS}.{index}");
                path.ends_with(&canonical)
                    .then_some((Layer::Convolution(index), canonical.len()))?
            }
        };
        let prefix = path.get(..path.len() - own)?;
        (prefix.is_empty() || prefix.ends_with('.')).then_some(Self { prefix, layer, part })
    }

    /// The name again, for this or another layer and part.
    pub(super) fn compose(prefix: &str, layer: Layer, part: LayerPart) -> String {
        let layer = match layer {
            Layer::Convolution(index) => format!("{CONVOLUTIONS}.{index}"),
            Layer::Classifier => CLASSIFIER.to_owned(),
            Layer::Dense => DENSE.to_owned(),
        };
        let part = match part {
            LayerPart::Weight => "weight",
            LayerPart::Bias => "bias",
        };
        format!("{prefix}{layer}.{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stand_in_network_order() {
        let expected = [
            "conv1.weight",
            "conv_layers.0.weight",
            "conv_layers.0.gate",
            "conv_layers.0.bias",
            "conv_layers.2.weight",
            "conv_layers.2.bias",
            "conv_layers.10.weight",
            "conv_layers.010.weight",
            "conv_layers.100000000000000000000.weight",
            "layer10.weight",
            "layer10.1.weight",
            "zoo.weight",
            "classifier.weight",
            "classifier.bias",
            "fc.weight",
            "fc.bias",
        ];
        for rotation in 0..expected.len() {
            let mut names = expected;
            names.rotate_left(rotation);
            names.swap(0, 7);
            names.sort_by(|a, b| network_order(a, b));
            // Equal as numbers, "010" and "10" are told apart by the text.
            let mut expected = expected;
            expected.swap(6, 7);
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn network_names_are_taken_apart_and_put_together() {
        let name = NetworkName::parse("module.conv_layers.12.bias").unwrap();
        assert_eq!(
            name,
            NetworkName { prefix: "module.", layer: Layer::Convolution(12), part: LayerPart::Bias }
        );
        for name in
            ["conv_layers.0.weight", "a.b.classifier.bias", "fc.weight", "m.conv_layers.7.bias"]
        {
            let parsed = NetworkName::parse(name).unwrap();
            assert_eq!(NetworkName::compose(parsed.prefix, parsed.layer, parsed.part), name);
        }
    }

    #[test]
    fn other_names_are_not_of_the_network() {
        for name in [
            "",
            "weight",
            "conv_layers.weight",
            "conv_layers.x.weight",
            "conv_layers.01.weight",
            "conv_layers.+1.weight",
            "conv_layers.99999999999999999999.weight",
            "my_conv_layers.0.weight",
            "myfc.weight",
            "head.weight",
            "fc.kernel",
            "fc.weight.extra",
        ] {
            assert_eq!(NetworkName::parse(name), None, "{name}");
        }
    }
}
