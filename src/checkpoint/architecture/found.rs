//! The pairs of a network, found by their names; its head.

use super::{ArchitectureError, AxisRole, Head, TensorRoles};
use crate::checkpoint::names::{Layer, LayerPart, NetworkName};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const AS_BEFORE: &str = "the output channels of the layer before";
const AS_WEIGHT: &str = "as axis 0 of its weight";

/// A pair of the network as it was found.
#[derive(Clone, Copy)]
pub(super) struct Tensor<'a> {
    pub(super) name: &'a str,
    pub(super) shape: &'a [usize],
}

impl Tensor<'_> {
    pub(super) fn wrong_rank(self, expected: &'static str) -> ArchitectureError {
        ArchitectureError::WrongRank {
            tensor: self.name.to_owned(),
            shape: self.shape.to_vec(),
            expected,
        }
    }

    pub(super) fn expect_length(
        self,
        axis: usize,
        expected: usize,
        reason: &'static str,
    ) -> Result<(), ArchitectureError> {
        match self.shape.get(axis) {
            Some(&found) if found != expected => Err(ArchitectureError::WrongLength {
                tensor: self.name.to_owned(),
                axis,
                found,
                expected,
                reason,
            }),
            _ => Ok(()),
        }
    }

    pub(super) fn with_roles(self, roles: &[AxisRole]) -> TensorRoles {
        TensorRoles { name: self.name.to_owned(), roles: roles.to_vec() }
    }
}

/// The pairs by layer and part.
pub(super) struct Found<'a> {
    prefix: &'a str,
    tensors: BTreeMap<(Layer, LayerPart), Tensor<'a>>,
    /// One more than the highest index of a convolution.
    pub(super) convolutions: usize,
}

impl<'a> Found<'a> {
    pub(super) fn collect(
        pairs: impl IntoIterator<Item = (&'a str, &'a [usize])>,
    ) -> Result<Self, ArchitectureError> {
        let mut found = Self { prefix: "", tensors: BTreeMap::new(), convolutions: 0 };
        let mut first = None;
        for (name, shape) in pairs {
            let tensor = || name.to_owned();
            let parsed = NetworkName::parse(name)
                .ok_or_else(|| ArchitectureError::UnknownTensor { tensor: tensor() })?;
            found.prefix = *first.get_or_insert(parsed.prefix);
            if parsed.prefix != found.prefix {
                let other =
                    found.tensors.values().next().map_or("", |tensor| tensor.name).to_owned();
                return Err(ArchitectureError::OtherPath { tensor: tensor(), other });
            }
            if let Some(axis) = shape.iter().position(|&length| length == 0) {
                return Err(ArchitectureError::EmptyAxis { tensor: tensor(), axis });
            }
            if found.tensors.insert((parsed.layer, parsed.part), Tensor { name, shape }).is_some() {
                return Err(ArchitectureError::Duplicate { tensor: tensor() });
            }
        }
        let indices = found.tensors.keys().filter_map(|(layer, _)| match layer {
            Layer::Convolution(index) => Some(*index),
            _ => None,
        });
        let distinct: BTreeSet<usize> = indices.collect();
        if let Some((gap, _)) =
            distinct.iter().enumerate().find(|(position, index)| position != *index)
        {
            return Err(found.missing(Layer::Convolution(gap), "there is a later layer"));
        }
        found.convolutions = distinct.len();
        Ok(found)
    }

    pub(super) fn missing(&self, layer: Layer, reason: &'static str) -> ArchitectureError {
        ArchitectureError::Missing {
            tensor: NetworkName::compose(self.prefix, layer, LayerPart::Weight),
            reason,
        }
    }

    pub(super) fn weight(&self, layer: Layer) -> Result<Tensor<'a>, ArchitectureError> {
        let weight = self.tensors.get(&(layer, LayerPart::Weight)).copied();
        weight.ok_or_else(|| self.missing(layer, "its bias is there"))
    }

    /// The bias of a layer, if it has one, of the right length.
    pub(super) fn bias(
        &self,
        layer: Layer,
        length: usize,
    ) -> Result<Option<Tensor<'a>>, ArchitectureError> {
        let Some(bias) = self.tensors.get(&(layer, LayerPart::Bias)).copied() else {
            return Ok(None);
        };
        if bias.shape.len() != 1 {
            return Err(bias.wrong_rank("one axis: output channels"));
        }
        bias.expect_length(0, length, AS_WEIGHT)?;
        Ok(Some(bias))
    }

    fn has(&self, layer: Layer) -> bool {
        [LayerPart::Weight, LayerPart::Bias]
            .iter()
            .any(|&part| self.tensors.contains_key(&(layer, part)))
    }

    /// The head on `channels` channels of convolution `layer`.
    pub(super) fn head(
        &self,
        channels: usize,
        layer: usize,
        tensors: &mut Vec<TensorRoles>,
    ) -> Result<Head, ArchitectureError> {
        match (self.has(Layer::Classifier), self.has(Layer::Dense)) {
            (false, false) => Err(ArchitectureError::NoHead),
            (true, true) => {
                let (tensor, other) = (self.weight(Layer::Dense)?, self.weight(Layer::Classifier)?);
                Err(ArchitectureError::TwoHeads {
                    tensor: tensor.name.to_owned(),
                    other: other.name.to_owned(),
                })
            }
            (true, false) => {
                let weight = self.weight(Layer::Classifier)?;
                let [classes, _, _, _] = *weight.shape else {
                    return Err(weight.wrong_rank("four axes: classes, channels, 1, 1"));
                };
                weight.expect_length(1, channels, AS_BEFORE)?;
                for axis in [2, 3] {
                    weight.expect_length(axis, 1, "for a classifier is a 1×1 convolution")?;
                }
                let output = AxisRole::Classes { classes };
                let input = AxisRole::HiddenChannels { layer, channels };
                let kernel =
                    [AxisRole::KernelRows { side: 1 }, AxisRole::KernelColumns { side: 1 }];
                tensors.push(weight.with_roles(&[output, input, kernel[0], kernel[1]]));
                let bias = self.bias(Layer::Classifier, classes)?;
                tensors.extend(bias.map(|bias| bias.with_roles(&[output])));
                Ok(Head::Pointwise { classes, channels, has_bias: bias.is_some() })
            }
            (false, true) => {
                let weight = self.weight(Layer::Dense)?;
                let [classes, features] = *weight.shape else {
                    return Err(weight.wrong_rank("two axes: classes, features"));
                };
                let side = (features / channels).isqrt();
                // The product is at most `features`.
                if channels * side * side != features {
                    return Err(ArchitectureError::NotAFeatureMap {
                        tensor: weight.name.to_owned(),
                        found: features,
                        channels,
                    });
                }
                let output = AxisRole::Classes { classes };
                tensors.push(
                    weight.with_roles(&[
                        output,
                        AxisRole::FlattenedFeatures { layer, channels, side },
                    ]),
                );
                let bias = self.bias(Layer::Dense, classes)?;
                tensors.extend(bias.map(|bias| bias.with_roles(&[output])));
                Ok(Head::Dense { classes, channels, side, has_bias: bias.is_some() })
            }
        }
    }
}
