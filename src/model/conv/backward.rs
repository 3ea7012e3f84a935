//! The gradients of one layer, from those of its pooled map.
//!
//! Each window of the pool passes its gradient to one pixel, the winner, or to none where the ReLU is
//! off. So of the map's gradient at most a quarter is not zero, and both products with it, for the weights
//! and for the inputs, go through lists of what is not: a quarter of the work of dense ones. In the inner
//! loop the sums of one row of the kernel stay in registers.

use super::forward::OFF;
use super::lanes::Lanes;
use super::spec::{Frame, Layer};
use pulp::{Simd, WithSimd};

/// Where a gradient is not zero.
#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    value: T,
    /// In a list of a channel: where the receptive field begins. In a list of a pixel: the channel.
    at: u32,
}

/// Lists of entries, each with room for as many as there can be.
#[derive(Clone, Debug)]
pub(super) struct Lists<T> {
    entries: Vec<Entry<T>>,
    counts: Vec<usize>,
    room: usize,
}

impl<T: Lanes> Lists<T> {
    /// Room for the gradients of so many images under each of these layers, by channel.
    pub(super) fn by_channel(layers: &[Layer], images: usize) -> Self {
        Self::with_room(
            layers.iter().map(|layer| (layer.outputs, images * layer.pooled() * layer.pooled())),
        )
    }

    /// Room by pixel of the map, for one image.
    pub(super) fn by_pixel(layers: &[Layer]) -> Self {
        Self::with_room(layers.iter().map(|layer| (layer.map() * layer.map(), layer.outputs)))
    }

    fn with_room(lists: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let entries = lists.clone().map(|(lists, room)| lists * room).max().unwrap_or(0);
        let counts = lists.map(|(lists, _)| lists).max().unwrap_or(0);
        let empty = Entry { value: T::zero(), at: 0 };
        Self { entries: vec![empty; entries], counts: vec![0; counts], room: 0 }
    }

    /// Empties as many lists, each with this room from now on.
    fn clear(&mut self, lists: usize, room: usize) {
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
    fn list(&self, list: usize) -> &[Entry<T>] {
        &self.entries[list * self.room..][..self.counts[list]]
    }
}

/// Empties the lists by channel for a layer.
pub(super) fn begin<T: Lanes>(layer: &Layer, images: usize, lists: &mut Lists<T>) {
    lists.clear(layer.outputs, images * layer.pooled() * layer.pooled());
}

/// Lists where the gradient of one image's map is not zero: by channel, with the places in the frames of
/// all images, and by pixel if there are such lists.
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
        lists.clear(map * map, layer.outputs);
    }
    for row in 0..pooled {
        for column in 0..pooled {
            let winners = &winners[(row * pooled + column) * layer.outputs..][..layer.outputs];
            let upstream = &upstream[frame.at(row, column)..][..layer.outputs];
            let corner =
                image * input.len() + 2 * row * input.stride() + 2 * column * input.channels;
            let below = corner + input.stride();
            // In the frame, padding included, the receptive field of a pixel begins at its own place.
            let places = [corner, corner + input.channels, below, below + input.channels, corner];
            let pixel = 2 * row * map + 2 * column;
            let pixels = [pixel, pixel + 1, pixel + map, pixel + map + 1, pixel];
            for (channel, (&winner, &value)) in winners.iter().zip(upstream).enumerate() {
                let winner = winner.index().min(usize::from(OFF));
                let kept = winner != usize::from(OFF);
                by_channel.push_if(kept, channel, value, places[winner] as u32);
                if let Some(lists) = &mut by_pixel {
                    lists.push_if(kept, pixels[winner], value, channel as u32);
                }
            }
        }
    }
}

/// Runs a loop over the registers of a kernel row with as many of them at a time as fit the processor:
/// `$body` with `$count` constant, from register `$first` on.
macro_rules! in_blocks {
    ($vectors:expr, |$first:ident, $count:ident| $body:expr) => {{
        let vectors = $vectors;
        let mut $first = 0;
        while $first < vectors {
            match vectors - $first {
                12.. => {
                    const $count: usize = 12;
                    $body;
                    $first += 12;
                }
                6.. => {
                    const $count: usize = 6;
                    $body;
                    $first += 6;
                }
                3.. => {
                    const $count: usize = 3;
                    $body;
                    $first += 3;
                }
                _ => {
                    const $count: usize = 1;
                    $body;
                    $first += 1;
                }
            }
        }
    }};
}

/// How many numbers a row of the kernel is given room for: whole registers.
fn padded_row<T: Lanes, S: Simd>(layer: &Layer) -> usize {
    layer.row().next_multiple_of(T::lanes::<S>())
}

/// The most that a row is padded by, for registers of up to 64 bytes.
pub(super) const SLACK: usize = 16;

/// The gradient of a layer's weights, over the images that the lists are of.
pub(super) struct WeightGradient<'a, T> {
    /// Whether it is added to what is there, or written over it.
    pub(super) added: bool,
    pub(super) layer: &'a Layer,
    /// The frames of all images, and [`SLACK`] after them.
    pub(super) inputs: &'a [T],
    pub(super) entries: &'a Lists<T>,
    /// `[output][kernel row][column, input]`, each row [`SLACK`] longer than it need be.
    pub(super) weight: &'a mut [T],
    pub(super) bias: &'a mut [T],
}

impl<T: Lanes> WithSimd for WeightGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (stride, row) = (layer.frame().stride(), gradient_row(layer));
        let vectors = padded_row::<T, S>(layer) / lanes;
        for (output, bias) in self.bias.iter_mut().enumerate() {
            let entries = self.entries.list(output);
            let before = if self.added { *bias } else { T::zero() };
            *bias = before + total(entries);
            let weight = &mut self.weight[output * layer.kernel * row..][..layer.kernel * row];
            if vectors == 1 && layer.kernel == 3 {
                // The whole kernel at once.
                sums::<T, S, 3, 1>(simd, entries, self.inputs, stride, weight, row, self.added);
                continue;
            }
            for (tap_row, weight) in weight.chunks_exact_mut(row).enumerate() {
                in_blocks!(vectors, |first, B| sums::<T, S, 1, B>(
                    simd,
                    entries,
                    &self.inputs[tap_row * stride + first * lanes..],
                    stride,
                    &mut weight[first * lanes..],
                    row,
                    self.added
                ));
            }
        }
    }
}

/// The sum of a list, in four interleaved parts: each addition waits for the one before it.
fn total<T: Lanes>(entries: &[Entry<T>]) -> T {
    let (fours, rest) = entries.as_chunks::<4>();
    let mut sums = [T::zero(); 4];
    for four in fours {
        for (sum, entry) in sums.iter_mut().zip(four) {
            *sum += entry.value;
        }
    }
    for (sum, entry) in sums.iter_mut().zip(rest) {
        *sum += entry.value;
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// Numbers from one kernel row to the next in a gradient of weights.
pub(super) fn gradient_row(layer: &Layer) -> usize {
    layer.row() + SLACK
}

/// Sums of inputs weighted by a channel's gradient, for `R` rows of `B` registers.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn sums<T: Lanes, S: Simd, const R: usize, const B: usize>(
    simd: S,
    entries: &[Entry<T>],
    inputs: &[T],
    stride: usize,
    out: &mut [T],
    out_stride: usize,
    added: bool,
) {
    let width = B * T::lanes::<S>();
    let mut sums = [[T::splat(simd, T::zero()); B]; R];
    if added {
        for (r, sums) in sums.iter_mut().enumerate() {
            sums.copy_from_slice(T::vectors::<S>(&out[r * out_stride..][..width]));
        }
    }
    for entry in entries {
        let value = T::splat(simd, entry.value);
        for (r, sums) in sums.iter_mut().enumerate() {
            let inputs = &inputs[entry.at as usize + r * stride..][..width];
            let inputs = T::vectors::<S>(inputs);
            for (sum, &input) in sums.iter_mut().zip(inputs) {
                *sum = T::fused(simd, value, input, *sum);
            }
        }
    }
    for (r, sums) in sums.into_iter().enumerate() {
        let out = T::vectors_mut::<S>(&mut out[r * out_stride..][..width]);
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = sum;
        }
    }
}

/// A layer's weights as the gradient of its inputs reads them: `[kernel row][block][output][column,
/// input]`, the blocks those of [`in_blocks`], missing numbers zero.
pub(super) struct PackTransposed<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) theta: &'a [T],
    pub(super) weights: &'a mut Vec<T>,
}

impl<T: Lanes> WithSimd for PackTransposed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (kernel, inputs, row) = (layer.kernel, layer.inputs, padded_row::<T, S>(layer));
        let weight = &self.theta[layer.weight.clone()];
        self.weights.resize(kernel * layer.outputs * row, T::zero());
        for (tap_row, packed) in self.weights.chunks_exact_mut(layer.outputs * row).enumerate() {
            in_blocks!(row / lanes, |first, B| {
                let width = B * lanes;
                let packed = &mut packed[first * lanes * layer.outputs..];
                for output in 0..layer.outputs {
                    let filter = &weight[output * kernel * kernel * inputs..];
                    for (lane, packed) in packed[output * width..][..width].iter_mut().enumerate() {
                        let (column, channel) =
                            ((first * lanes + lane) / inputs, (first * lanes + lane) % inputs);
                        *packed = if column < kernel {
                            filter[(channel * kernel + tap_row) * kernel + column]
                        } else {
                            T::zero()
                        };
                    }
                }
            });
        }
    }
}

/// The gradient of one image's inputs.
pub(super) struct InputGradient<'a, T> {
    pub(super) layer: &'a Layer,
    /// From [`PackTransposed`].
    pub(super) weights: &'a [T],
    /// By pixel.
    pub(super) entries: &'a Lists<T>,
    /// In the layer's frame, with [`SLACK`] after it; what falls on the padding is of no use.
    pub(super) gradient: &'a mut [T],
}

impl<T: Lanes> WithSimd for InputGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (map, stride, row) = (layer.map(), layer.frame().stride(), padded_row::<T, S>(layer));
        self.gradient.fill(T::zero());
        // The weights of one kernel row and block fit the first cache; they meet every pixel.
        for (tap_row, weights) in self.weights.chunks_exact(layer.outputs * row).enumerate() {
            in_blocks!(row / lanes, |first, B| {
                let weights = &weights[first * lanes * layer.outputs..];
                let weights = &weights[..B * lanes * layer.outputs];
                let weights = T::vectors::<S>(weights).as_chunks::<B>().0;
                for pixel in 0..map * map {
                    let (y, x) = (pixel / map, pixel % map);
                    let at = (y + tap_row) * stride + x * layer.inputs + first * lanes;
                    let field = &mut self.gradient[at..][..B * lanes];
                    add::<T, S, B>(simd, self.entries.list(pixel), weights, field);
                }
            });
        }
    }
}

/// Adds the weights of the listed channels, times their gradients.
#[inline(always)]
fn add<T: Lanes, S: Simd, const B: usize>(
    simd: S,
    entries: &[Entry<T>],
    weights: &[[T::Vector<S>; B]],
    out: &mut [T],
) {
    let out = T::vectors_mut::<S>(out);
    let mut sums = [T::splat(simd, T::zero()); B];
    sums.copy_from_slice(out);
    for entry in entries {
        let value = T::splat(simd, entry.value);
        for (sum, &weight) in sums.iter_mut().zip(&weights[entry.at as usize]) {
            *sum = T::fused(simd, value, weight, *sum);
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out = sum;
    }
}
