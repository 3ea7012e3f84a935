//! Where the gradient of a map is not zero.
//!
//! Each window of the pool passes its gradient to one pixel, the winner, or to none where the ReLU is
//! off. So of the map's gradient at most a quarter is not zero, and both products with it, for the weights
//! and for the inputs, go through lists of what is not: a quarter of the work of dense ones.

use super::forward::OFF;
use super::lanes::Lanes;
use super::spec::{Frame, Layer};

/// A gradient that is not zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<T> {
    pub(super) value: T,
    /// In a list of a channel: the pixel of the frames, of all images, where the receptive field begins. In
    /// a list of a pixel: the channel, of its group.
    pub(super) at: u32,
}

fn empty<T: Lanes>() -> Entry<T> {
    Entry { value: T::zero(), at: 0 }
}

/// Where the gradient of each channel is not zero, over some images.
#[derive(Clone, Debug)]
pub(super) struct ByChannel<T> {
    /// Channel after channel, each with room for as many as there can be.
    entries: Vec<Entry<T>>,
    counts: Vec<usize>,
    room: usize,
}

impl<T: Lanes> ByChannel<T> {
    /// For any of these layers, with so many images.
    pub(super) fn new<'a>(layers: impl Iterator<Item = (&'a Layer, usize)>) -> Self {
        let mut lists = Self { entries: Vec::new(), counts: Vec::new(), room: 0 };
        for (layer, images) in layers {
            let entries = layer.outputs * images * windows(layer);
            lists.entries.resize(lists.entries.len().max(entries), empty());
            lists.counts.resize(lists.counts.len().max(layer.outputs), 0);
        }
        lists
    }

    /// Empties the lists of a layer.
    pub(super) fn clear(&mut self, layer: &Layer, images: usize) {
        self.counts[..layer.outputs].fill(0);
        self.room = images * windows(layer);
    }

    pub(super) fn list(&self, channel: usize) -> &[Entry<T>] {
        &self.entries[channel * self.room..][..self.counts[channel]]
    }

    /// Adds the entries of one image.
    pub(super) fn add(&mut self, layer: &Layer, image: usize, map: Map<'_, T>) {
        let (pooled, input) = (layer.pooled(), layer.frame());
        for row in 0..pooled {
            for column in 0..pooled {
                let (winners, upstream) = map.window(layer, row, column);
                // In the frame, padding included, the receptive field of a pixel begins at its own place.
                let corner = image * input.pixels() + 2 * row * input.full_side() + 2 * column;
                let below = corner + input.full_side();
                let places = [corner, corner + 1, below, below + 1, corner];
                let lists = self.counts.iter_mut().zip(self.entries.chunks_exact_mut(self.room));
                for ((winner, &value), (count, list)) in winners.iter().zip(upstream).zip(lists) {
                    let winner = winner_of(winner);
                    // Written in any case, and replaced by the next one unless it counts: no branch.
                    list[*count] = Entry { value, at: places[winner] as u32 };
                    *count += usize::from(winner != OFF_SLOT);
                }
            }
        }
    }
}

/// How many channels the lists of a pixel are of: few enough for their weights to stay in a first cache of 48 KiB, as the
/// machine has that this was measured on, while they meet every pixel (nine registers each: 36 KiB where a register has 64 bytes,
/// 18 where it has 32), and enough for the lists not to be too short.
pub(super) const GROUP: usize = 64;

/// The lists of a window: one for each pixel, and one for what nobody won.
const SLOTS: usize = 5;
const OFF_SLOT: usize = OFF as usize;

/// Where the gradient at each pixel of one image is not zero, by group of channels, window and pixel of the window.
#[derive(Clone, Debug)]
pub(super) struct ByPixel<T> {
    entries: Vec<[[Entry<T>; GROUP]; SLOTS]>,
    counts: Vec<[usize; SLOTS]>,
}

impl<T: Lanes> ByPixel<T> {
    /// For any of these layers.
    pub(super) fn new<'a>(layers: impl Iterator<Item = &'a Layer>) -> Self {
        let most = layers.map(|layer| layer.outputs.div_ceil(GROUP) * windows(layer)).max();
        let most = most.unwrap_or(0);
        Self { entries: vec![[[empty(); GROUP]; SLOTS]; most], counts: vec![[0; SLOTS]; most] }
    }

    /// The list of a group of channels, for one pixel of a window.
    #[inline(always)]
    pub(super) fn list(&self, window: usize, pixel: usize) -> &[Entry<T>] {
        &self.entries[window][pixel][..self.counts[window][pixel]]
    }

    /// Writes the lists of one image.
    pub(super) fn set(&mut self, layer: &Layer, map: Map<'_, T>) {
        let pooled = layer.pooled();
        for row in 0..pooled {
            for column in 0..pooled {
                let (winners, upstream) = map.window(layer, row, column);
                let groups = winners.chunks(GROUP).zip(upstream.chunks(GROUP));
                for (group, (winners, upstream)) in groups.enumerate() {
                    let window = group * windows(layer) + row * pooled + column;
                    let (lists, counts) = (&mut self.entries[window], &mut self.counts[window]);
                    *counts = [0; SLOTS];
                    for ((winner, &value), at) in winners.iter().zip(upstream).zip(0..) {
                        let winner = winner_of(winner);
                        let count = &mut counts[winner];
                        // Never beyond the end: a group has no more channels than a list has places.
                        lists[winner][*count % GROUP] = Entry { value, at };
                        *count += 1;
                    }
                }
            }
        }
    }
}

/// The gradient of one image's pooled map.
#[derive(Clone, Copy)]
pub(super) struct Map<'a, T> {
    /// Who won each window, by window and channel.
    pub(super) winners: &'a [T],
    /// The gradient, and how it lies there.
    pub(super) upstream: &'a [T],
    pub(super) frame: Frame,
}

impl<'a, T: Lanes> Map<'a, T> {
    /// The winners of a window, and its gradients, by channel.
    #[inline(always)]
    fn window(self, layer: &Layer, row: usize, column: usize) -> (&'a [T], &'a [T]) {
        let winners = &self.winners[(row * layer.pooled() + column) * layer.outputs..];
        let upstream = &self.upstream[self.frame.at(row, column)..];
        (&winners[..layer.outputs], &upstream[..layer.outputs])
    }
}

/// How many windows a map has.
pub(super) fn windows(layer: &Layer) -> usize {
    layer.pooled() * layer.pooled()
}

/// The pixel that won a window, or the slot for none.
#[inline(always)]
fn winner_of<T: Lanes>(winner: &T) -> usize {
    winner.index().min(OFF_SLOT)
}
