//! Whether a posterior has been expanded before, from what it holds.

use super::assemble::{Moves, Place};
use super::{EXPANDED_METADATA, ExpandError};
use crate::audit::{Channels, Layout, NamedGroup, PosteriorAction};
use crate::checkpoint::{Architecture, Posterior, TensorPair};
use crate::symmetrize::expansion::Elements;

/// Whether it may have been: `false` where it certainly was not, since hidden channels do not come in blocks of `order`.
///
/// # Errors
/// [`ExpandError::AlreadyExpanded`] where it certainly was, or its channels move all the same.
pub(super) fn may_be(
    posterior: &Posterior,
    network: &Architecture,
    order: usize,
) -> Result<bool, ExpandError> {
    if let Some(before) = posterior.metadata().get(EXPANDED_METADATA) {
        let how = format!("its metadata say {EXPANDED_METADATA} = {before:?}");
        return Err(ExpandError::AlreadyExpanded { how });
    }
    // The larger groups first: what moves under one of them does under its subgroups.
    for group in [NamedGroup::D4, NamedGroup::C4, NamedGroup::C2] {
        for layout in [Layout::Blocked, Layout::Interleaved] {
            if let Some(tensor) = in_orbits(posterior, network, group, layout)? {
                let how = format!(
                    "{tensor} holds the orbit of its first block of channels, {layout}, block by block under \
                     {group}, as an expansion makes it, and training or averaging with regular channels keeps it"
                );
                return Err(ExpandError::AlreadyExpanded { how });
            }
        }
    }
    let blocks = |layer: &crate::checkpoint::Convolution| layer.out_channels.is_multiple_of(order);
    Ok(order > 1 && network.convolutions().iter().all(blocks))
}

/// The name of the first weight, if its blocks of output channels are the orbit of the first of them, and not all the
/// same, and so are those of its bias, which do not move: by accident no trained network is like that, bit by bit.
fn in_orbits(
    posterior: &Posterior,
    network: &Architecture,
    group: NamedGroup,
    layout: Layout,
) -> Result<Option<String>, ExpandError> {
    let action = PosteriorAction::of_network(posterior, group, Channels::Trivial, layout)?;
    let elements = Elements::of(action.group())?;
    let order = elements.order();
    let of_place = |place: Place| {
        let found = network.tensors().iter().find(|tensor| Place::of(&tensor.roles) == place);
        found.and_then(|tensor| posterior.pair(&tensor.name))
    };
    let Some(convolution) = network.convolutions().first() else { return Ok(None) };
    let Some(first) = of_place(Place::First) else { return Ok(None) };
    if !convolution.out_channels.is_multiple_of(order) {
        return Ok(None);
    }
    let bias = of_place(Place::HiddenBias).filter(|_| convolution.has_bias);
    let moves = Moves::of(&action);
    let mut moving = false;
    for pair in [Some(first), bias].into_iter().flatten() {
        for values in [pair.mean(), pair.sigma()] {
            let blocks = Blocks { pair, order, layout };
            let still = blocks.of(values, 0);
            for g in 1..order {
                // Elements move no channels: block g of the tensor moved by g⁻¹ is block e of what it was.
                let back = moves.moved(pair.name(), elements.inverse(g), values);
                if blocks.of(&back, g) != still {
                    return Ok(None);
                }
                moving |= blocks.of(values, g) != still;
            }
        }
    }
    Ok(moving.then(|| first.name().to_owned()))
}

/// Blocks of output channels.
struct Blocks<'a> {
    pair: &'a TensorPair,
    order: usize,
    layout: Layout,
}

impl Blocks<'_> {
    /// The values of block `g`.
    fn of(&self, values: &[f64], g: usize) -> Vec<f64> {
        let channels = self.pair.shape().first().copied().unwrap_or(0);
        let (blocks, length) = (channels / self.order, values.len() / channels.max(1));
        let channel = |block: usize| match self.layout {
            Layout::Blocked => g * blocks + block,
            Layout::Interleaved => block * self.order + g,
        };
        (0..blocks)
            .flat_map(|block| &values[channel(block) * length..][..length])
            .copied()
            .collect()
    }
}
