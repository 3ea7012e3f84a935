//! The blocks of an expanded tensor, put together.

use crate::audit::PosteriorAction;
use crate::checkpoint::{AxisRole, Problem, TensorPair};
use crate::group::{Finite, Permutation};
use crate::representation::ActsBySignedPermutations;
use crate::scalar::Scalar;
use crate::symmetrize::expansion::{BlockMap, Elements, ExpansionError, Pattern, Stabiliser};
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
    pub(super) hidden: HiddenBlocks,
    /// The scale of hidden blocks that are not made from a trained scale; their mean is 0 or certain.
    pub(super) fill_scale: f64,
}

/// What the hidden blocks are.
pub(super) enum HiddenBlocks {
    /// The trained weight moved by the element of the map, means and scales times a factor.
    Map { map: BlockMap, factor: f64 },
    /// Pairs of copies, see [`Filling::Paired`](super::Filling::Paired).
    Paired,
}

/// The values of the distinct blocks of a tensor, and which of them is where.
struct Sources<F> {
    values: Vec<Option<Vec<f64>>>,
    at: F,
}

impl Blocks<'_> {
    /// How many copies of each hidden channel a block has.
    pub(super) fn copies(&self) -> usize {
        match self.hidden {
            HiddenBlocks::Map { .. } => 1,
            HiddenBlocks::Paired => 2,
        }
    }

    /// The expanded tensor pair.
    pub(super) fn expanded(
        &self,
        pair: &TensorPair,
        place: Place,
        moves: &Moves,
    ) -> Result<TensorPair, Problem> {
        // Copies of a block follow each other.
        let wide = self.elements.order() * self.copies();
        let (rows, columns) = match place {
            Place::ReadoutBias => return Ok(pair.clone()),
            Place::First | Place::HiddenBias => (wide, 1),
            Place::Hidden => (wide, wide),
            Place::Readout => (1, wide),
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
        let assembled = |part: Part, fill: f64| {
            let values = part.of(pair);
            let sources = self.sources(pair, place, moves, part);
            // A tensor is its outputs, and for each of them everything else; blocks follow each other in both.
            let outputs = pair.shape().first().copied().unwrap_or(1);
            let length = values.len() / outputs.max(1);
            let mut out = Vec::with_capacity(values.len() * rows * columns);
            for i in 0..rows {
                for o in 0..outputs {
                    for j in 0..columns {
                        match &sources.values[(sources.at)(i, j)] {
                            Some(block) => {
                                out.extend_from_slice(&block[o * length..(o + 1) * length]);
                            }
                            None => out.resize(out.len() + length, fill),
                        }
                    }
                }
            }
            out
        };
        let mean = assembled(Part::Mean, 0.0);
        let sigma = assembled(Part::Scale, self.fill_scale);
        pair.with_shape(shape, mean, sigma)
    }

    /// The blocks of a tensor; the last of the sources is that of blocks without an element.
    fn sources(
        &self,
        pair: &TensorPair,
        place: Place,
        moves: &Moves,
        part: Part,
    ) -> Sources<impl Fn(usize, usize) -> usize> {
        let (n, copies) = (self.elements.order(), self.copies());
        let paired = place == Place::Hidden && copies > 1;
        let values = if paired {
            let mut values = Vec::with_capacity(4 * n * n + 1);
            for (s, t) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                for c in 0..n {
                    let kernel = self.paired_kernel(pair, moves, part, (s, t), c);
                    let moved = |g| kernel.as_ref().map(|k| moves.moved(pair.name(), g, k));
                    values.extend((0..n).map(moved));
                }
            }
            values
        } else {
            let factor = match (place, &self.hidden) {
                (Place::Hidden, HiddenBlocks::Map { factor, .. }) => *factor,
                (Place::Readout, _) => 1.0 / (n * copies) as f64,
                _ => 1.0,
            };
            let moved = |g| {
                let moved = moves.moved(pair.name(), g, part.of(pair));
                Some(moved.into_iter().map(|x| x * factor).collect())
            };
            (0..n).map(moved).collect::<Vec<_>>()
        };
        let none = values.len();
        let values = values.into_iter().chain([None]).collect();
        let at = move |i: usize, j: usize| {
            let (a, b) = (i / copies, j / copies);
            match (place, &self.hidden) {
                (Place::First, _) => a,
                (Place::Readout, _) => b,
                (Place::Hidden, HiddenBlocks::Map { map, .. }) => map.at(i, j).unwrap_or(none),
                (Place::Hidden, HiddenBlocks::Paired) => {
                    let c = self.elements.product(self.elements.inverse(a), b);
                    ((2 * (i % 2) + j % 2) * n + c) * n + a
                }
                // Channels do not move: a bias is repeated.
                (Place::HiddenBias | Place::ReadoutBias, _) => 0,
            }
        };
        Sources { values, at }
    }

    /// `K(c)_{s,t}` of paired channels, means or scales; none where there is nothing but the fill.
    fn paired_kernel(
        &self,
        pair: &TensorPair,
        moves: &Moves,
        part: Part,
        (s, t): (usize, usize),
        c: usize,
    ) -> Option<Vec<f64>> {
        let values = part.of(pair);
        match part {
            Part::Scale => {
                let half = std::f64::consts::FRAC_1_SQRT_2;
                (c == 0).then(|| values.iter().map(|sigma| sigma * half).collect())
            }
            Part::Mean if s == 1 => (c == 0).then(|| values.iter().map(|m| 0.5 * m).collect()),
            Part::Mean => {
                let size = 0.5 / <f64 as Scalar>::count(self.elements.order()).sqrt();
                let mixed = moves.moved(pair.name(), self.elements.inverse(c), values);
                let (size, still) =
                    (if t == 0 { size } else { -size }, if c == 0 { 0.5 } else { 0.0 });
                Some(values.iter().zip(mixed).map(|(m, x)| still * m + size * x).collect())
            }
        }
    }

    /// The pattern of a hidden layer whose weights these parts tell apart.
    pub(super) fn pattern(
        &self,
        pair: &TensorPair,
        moves: &Moves,
        parts: &[Part],
        bias: Stabiliser,
    ) -> Result<Pattern, ExpansionError> {
        let elements = self.elements;
        match &self.hidden {
            HiddenBlocks::Map { map, .. } => {
                let fixed = Stabiliser::of(elements, |g| moves.fixes(pair, g, parts))?;
                Ok(Pattern::hidden(elements, map, fixed, bias))
            }
            HiddenBlocks::Paired => {
                // Block (a, b), with its copies, is a·K(a⁻¹b): a weight for every c.
                let n = elements.order();
                let mut fixed = Vec::with_capacity(n);
                for c in 0..n {
                    let mut kernels = Vec::new();
                    for &part in parts {
                        for (s, t) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                            kernels.extend(self.paired_kernel(pair, moves, part, (s, t), c));
                        }
                    }
                    fixed.push(Stabiliser::of(elements, |g| {
                        kernels.iter().all(|k| moves.moved(pair.name(), g, k) == *k)
                    })?);
                }
                let block = |a, b| (elements.product(elements.inverse(a), b), a);
                Ok(Pattern::new(n, n, fixed, bias, block, |a| a))
            }
        }
    }
}
