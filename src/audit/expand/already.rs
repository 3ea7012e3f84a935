//! Whether a posterior has been expanded before, from what it holds.

use super::assemble::{Moves, Place};
use crate::checkpoint::{Architecture, Posterior};
use crate::symmetrize::expansion::Elements;

/// The name of the first weight, if its blocks of output channels are the orbit of the first of them under the
/// group, and not all the same: a file without metadata that an expansion has made, and training has not
/// touched.
pub(super) fn in_orbits(
    posterior: &Posterior,
    elements: &Elements,
    moves: &Moves,
) -> Option<String> {
    let network = Architecture::of(posterior).ok()?;
    let first = network.tensors().iter().find(|tensor| Place::of(&tensor.roles) == Place::First)?;
    let pair = posterior.pair(&first.name)?;
    let (order, channels) = (elements.order(), *pair.shape().first()?);
    if order < 2 || !channels.is_multiple_of(order) {
        return None;
    }
    let mut moving = false;
    for values in [pair.mean(), pair.sigma()] {
        // Elements move no channels: block g of the tensor moved by g⁻¹ is block e of what it was.
        let length = values.len() / order;
        for g in 1..order {
            let back = moves.moved(pair.name(), elements.inverse(g), values);
            if back[g * length..(g + 1) * length] != values[..length] {
                return None;
            }
            moving |= values[g * length..(g + 1) * length] != values[..length];
        }
    }
    moving.then(|| first.name.clone())
}
