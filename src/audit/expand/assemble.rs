//! The blocks of an expanded tensor, put together.

use crate::audit::PosteriorAction;
use crate::checkpoint::{AxisRole, Problem, TensorPair};
use crate::group::{Finite, Permutation};
use crate::representation::ActsBySignedPermutations;
use crate::symmetrize::expansion::{BlockMap, Elements};
use std::collections::BTreeMap;

/// Where a tensor stands in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    First,
    Hidden,
    HiddenBias,
    Readout,
    ReadoutBias,
}

impl Place {
    /// By the roles of its axes.
    pub(super) fn of(roles: &[AxisRole]) -> Self {
        match roles {
            [AxisRole::HiddenChannels { .. }] => Self::HiddenBias,
            [AxisRole::HiddenChannels { .. }, AxisRole::InputChannels { .. }, ..] => Self::First,
            [AxisRole::HiddenChannels { .. }, ..] => Self::Hidden,
            [AxisRole::Classes { .. }, _, ..] => Self::Readout,
            _ => Self::ReadoutBias,
        }
    }

    pub(super) fn is_weight(self) -> bool {
        matches!(self, Self::First | Self::Hidden | Self::Readout)
    }
}

/// Mean or scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Mean,
    Scale,
}

impl Part {
    fn of(self, pair: &TensorPair) -> &[f64] {
        match self {
            Self::Mean => pair.mean(),
            Self::Scale => pair.sigma(),
        }
    }
}

/// For every tensor and every element where the entries go.
pub(super) struct Moves(BTreeMap<String, Vec<Permutation>>);

impl Moves {
    /// The index maps of an action without signs.
    pub(super) fn of(action: &PosteriorAction) -> Self {
        let of_tensor = |tensor: &crate::audit::TensorAction| {
            let rep = tensor.representation();
            let maps = action.group().elements();
            maps.map(|g| rep.index_map(&g).permutation().clone()).collect()
        };
        let tensors = action.tensors().iter();
        Self(tensors.map(|tensor| (tensor.name().to_owned(), of_tensor(tensor))).collect())
    }

    /// The entries of this tensor moved by an element.
    pub(super) fn moved(&self, tensor: &str, g: usize, values: &[f64]) -> Vec<f64> {
        let Some(map) = self.0.get(tensor).and_then(|maps| maps.get(g)) else {
            return values.to_vec();
        };
        let mut moved = values.to_vec();
        for (i, &value) in values.iter().enumerate() {
            moved[map.image(i)] = value;
        }
        moved
    }

    /// Whether an element fixes these parts of a tensor pair.
    pub(super) fn fixes(&self, pair: &TensorPair, g: usize, parts: &[Part]) -> bool {
        parts.iter().all(|part| {
            let values = part.of(pair);
            self.moved(pair.name(), g, values) == values
        })
    }
}

/// How blocks are filled.
pub(super) struct Blocks<'a> {
    pub(super) elements: &'a Elements,
    pub(super) map: &'a BlockMap,
    /// What hidden means and scales are multiplied by.
    pub(super) hidden_factor: f64,
    /// The scale of blocks without an element; their mean is 0.
    pub(super) fill_scale: f64,
}

impl Blocks<'_> {
    /// The expanded tensor pair.
    pub(super) fn expanded(
        &self,
        pair: &TensorPair,
        place: Place,
        moves: &Moves,
    ) -> Result<TensorPair, Problem> {
        let n = self.elements.order();
        let (rows, columns) = match place {
            Place::ReadoutBias => return Ok(pair.clone()),
            Place::First | Place::HiddenBias => (n, 1),
            Place::Hidden => (n, n),
            Place::Readout => (1, n),
        };
        let mut shape = pair.shape().to_vec();
        let too_large = || Problem::ShapeTooLarge {
            tensor: pair.name().to_owned(),
            shape: pair.shape().to_vec(),
        };
        for (axis, factor) in [(0, rows), (1, columns)] {
            if let Some(length) = shape.get_mut(axis) {
                *length = length.checked_mul(factor).ok_or_else(too_large)?;
            }
        }
        let factor = match place {
            Place::First | Place::HiddenBias | Place::ReadoutBias => 1.0,
            Place::Hidden => self.hidden_factor,
            Place::Readout => 1.0 / n as f64,
        };
        let element = |i: usize, j: usize| match place {
            Place::First => Some(i),
            Place::Hidden => self.map.at(i, j),
            Place::Readout => Some(j),
            // Channels do not move: a bias is repeated.
            Place::HiddenBias | Place::ReadoutBias => Some(0),
        };
        let assemble = |values: &[f64], fill: f64| {
            let moved: Vec<Vec<f64>> = (0..n)
                .map(|g| {
                    let moved = moves.moved(pair.name(), g, values);
                    moved.into_iter().map(|x| x * factor).collect()
                })
                .collect();
            // A tensor is its outputs, and for each of them everything else; blocks follow each other in both.
            let outputs = pair.shape().first().copied().unwrap_or(1);
            let length = values.len() / outputs.max(1);
            let mut out = Vec::with_capacity(values.len() * rows * columns);
            for i in 0..rows {
                for o in 0..outputs {
                    for j in 0..columns {
                        match element(i, j) {
                            Some(g) => {
                                out.extend_from_slice(&moved[g][o * length..(o + 1) * length]);
                            }
                            None => out.resize(out.len() + length, fill),
                        }
                    }
                }
            }
            out
        };
        let mean = assemble(pair.mean(), 0.0);
        let sigma = assemble(pair.sigma(), self.fill_scale);
        pair.with_shape(shape, mean, sigma)
    }
}
