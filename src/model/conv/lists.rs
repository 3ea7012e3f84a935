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

/// Lists of entries, each with room for as many as there can be.
#[derive(Clone, Debug)]
pub(super) struct Lists<T> {
    entries: Vec<Entry<T>>,
    counts: Vec<usize>,
    room: usize,
}

impl<T: Lanes> Lists<T> {
    /// For layers with so many lists of so many entries each.
    pub(super) fn new(layers: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let entries = layers.clone().map(|(lists, room)| lists * room).max().unwrap_or(0);
        let counts = layers.map(|(lists, _)| lists).max().unwrap_or(0);
        let empty = Entry { value: T::zero(), at: 0 };
        Self { entries: vec![empty; entries], counts: vec![0; counts], room: 0 }
    }

    /// Empties as many lists, each with this room from now on.
    pub(super) fn clear(&mut self, (lists, room): (usize, usize)) {
        self.counts[..lists].fill(0);
        self.room = room;
    }

    /// Adds an entry, or writes one that the next will replace: there is room, since no list is pushed
    /// to more often than it has places.
    #[inline(always)]
    fn push_if(&mut self, kept: bool, list: usize, value: T, at: u32) {
        let count = self.counts[list];
        self.entries[list * self.room + count] = Entry { value, at };
        self.counts[list] = count + usize::from(kept);
    }

    #[inline(always)]
    pub(super) fn list(&self, list: usize) -> &[Entry<T>] {
        &self.entries[list * self.room..][..self.counts[list]]
    }
}

/// How many channels the lists of a pixel are of: few enough for their weights to stay in a first cache of 48 KiB, as the
/// machine has that this was measured on, while they meet every pixel (nine registers each: 36 KiB where a register has 64 bytes,
/// 18 where it has 32), and enough for the lists not to be too short.
pub(super) const GROUP: usize = 64;

/// How many lists there are, and of how many entries, by channel, for so many images.
pub(super) fn by_channel(layer: &Layer, images: usize) -> (usize, usize) {
    (layer.outputs, images * layer.pooled() * layer.pooled())
}

/// How many lists there are, and of how many entries, by group of channels and pixel, for one image.
pub(super) fn by_pixel(layer: &Layer) -> (usize, usize) {
    (layer.outputs.div_ceil(GROUP) * layer.map() * layer.map(), GROUP)
}

/// Adds the entries of one image to the lists by channel, and writes the lists by pixel, if there are
/// such lists.
pub(super) fn list<T: Lanes>(
    layer: &Layer,
    image: usize,
    winners: &[T],
    (upstream, frame): (&[T], Frame),
    by_channel: &mut Lists<T>,
    mut by_pixel: Option<&mut Lists<T>>,
) {
    let (map, pooled, input) = (layer.map(), layer.pooled(), layer.frame());
    if let Some(lists) = &mut by_pixel {
        lists.clear(self::by_pixel(layer));
    }
    for row in 0..pooled {
        for column in 0..pooled {
            let winners = &winners[(row * pooled + column) * layer.outputs..][..layer.outputs];
            let upstream = &upstream[frame.at(row, column)..][..layer.outputs];
            // In the frame, padding included, the receptive field of a pixel begins at its own place.
            let corner = image * input.pixels() + 2 * row * input.full_side() + 2 * column;
            let places = window(corner, input.full_side());
            let pixels = window(2 * row * map + 2 * column, map);
            for (channel, (&winner, &value)) in winners.iter().zip(upstream).enumerate() {
                let winner = winner.index().min(usize::from(OFF));
                let kept = winner != usize::from(OFF);
                by_channel.push_if(kept, channel, value, places[winner] as u32);
                if let Some(lists) = &mut by_pixel {
                    let list = channel / GROUP * map * map + pixels[winner];
                    lists.push_if(kept, list, value, (channel % GROUP) as u32);
                }
            }
        }
    }
}

/// The four pixels of a window that begins here, and the first again for no winner.
#[inline(always)]
fn window(first: usize, side: usize) -> [usize; 5] {
    [first, first + 1, first + side, first + side + 1, first]
}
