//! The gradients of one layer, from those of its pooled map, through [lists](super::lists).
//!
//! A register holds some input channels, and the sums of a whole kernel are in nine of them. All that the inner
//! loop reads, besides the list, is one such block of an image or of the weights: it fits a first cache of 48 KiB (as
//! measured; the weights alone take 36 with registers of 64 bytes), so that a load is as fast as a multiplication. For
//! that, images are laid out by blocks here.

use super::aligned::Aligned;
use super::lanes::Lanes;
use super::lists::{ByChannel, ByPixel, Entry, GROUP, windows};
use super::spec::Layer;
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// How many registers the input channels of a layer fill.
fn blocks(layer: &Layer, lanes: usize) -> usize {
    layer.inputs.div_ceil(lanes)
}

/// Numbers in so many images of a layer's inputs, by blocks.
pub(super) fn blocked(layer: &Layer, images: usize, lanes: usize) -> usize {
    blocks(layer, lanes) * images * layer.frame().pixels() * lanes
}

/// Numbers in a layer's weights, by blocks.
pub(super) fn blocked_weights(layer: &Layer, lanes: usize) -> usize {
    blocks(layer, lanes) * layer.outputs * layer.kernel * layer.kernel * lanes
}

/// The weights of one filter that meet one block of inputs, `[tap][input]`: all are laid out as
/// `[block][output][tap][input]`.
fn filter(layer: &Layer, lanes: usize, block: usize, output: usize) -> Range<usize> {
    let size = layer.kernel * layer.kernel * lanes;
    let start = (block * layer.outputs + output) * size;
    start..start + size
}

/// Adds the gradient of one filter, by blocks, to one in the order of the file: input, kernel row, column.
pub(super) fn unpack_add<T: Lanes>(
    layer: &Layer,
    lanes: usize,
    blocked: &[T],
    output: usize,
    gradient: &mut [T],
) {
    let area = layer.kernel * layer.kernel;
    for (block, gradient) in gradient.chunks_mut(lanes * area).enumerate() {
        let blocked = &blocked[filter(layer, lanes, block, output)];
        for (input, gradient) in gradient.chunks_exact_mut(area).enumerate() {
            for (gradient, &value) in
                gradient.iter_mut().zip(blocked[input..].iter().step_by(lanes))
            {
                *gradient += value;
            }
        }
    }
}

/// Lays images out by blocks: `[block][image][pixel][input]`.
pub(super) struct IntoBlocks<'a, T> {
    pub(super) layer: &'a Layer,
    /// In the layer's frames.
    pub(super) images: &'a [T],
    pub(super) blocked: &'a mut [T],
}

impl<T: Lanes> WithSimd for IntoBlocks<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (inputs, lanes) = (self.layer.inputs, T::lanes::<S>());
        let pixels = self.images.len() / inputs;
        let out = T::vectors_mut::<S>(self.blocked);
        for (block, out) in out.chunks_exact_mut(pixels).take(blocks(self.layer, lanes)).enumerate()
        {
            let range = block * lanes..inputs.min((block + 1) * lanes);
            for (out, inputs) in out.iter_mut().zip(self.images.chunks_exact(inputs)) {
                *out = T::load(simd, &inputs[range.clone()]);
            }
        }
    }
}

/// The gradient of a layer's weights, over the images that the lists are of.
pub(super) struct WeightGradient<'a, T> {
    pub(super) layer: &'a Layer,
    /// By blocks.
    pub(super) inputs: &'a [T],
    pub(super) entries: &'a ByChannel<T>,
    /// By blocks.
    pub(super) weight: &'a mut [T],
    pub(super) bias: &'a mut [T],
    /// Whether it is added to what is there, or written over it.
    pub(super) added: bool,
}

impl<T: Lanes> WithSimd for WeightGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let layer = self.layer;
        let (kernel, area, side) =
            (layer.kernel, layer.kernel * layer.kernel, layer.frame().full_side());
        for (output, bias) in self.bias.iter_mut().enumerate() {
            let before = if self.added { *bias } else { T::zero() };
            *bias = before + total(self.entries.list(output));
        }
        let inputs = T::vectors::<S>(self.inputs);
        let inputs = inputs.chunks_exact(inputs.len() / blocks(layer, T::lanes::<S>()));
        let weight = T::vectors_mut::<S>(self.weight).chunks_exact_mut(layer.outputs * area);
        for (inputs, weight) in inputs.zip(weight) {
            for (output, weight) in weight.chunks_exact_mut(area).enumerate() {
                let entries = self.entries.list(output);
                if !self.added {
                    weight.fill(T::splat(simd, T::zero()));
                }
                if kernel == 3 {
                    add_inputs::<T, S, 3>(simd, entries, inputs, side, weight);
                    continue;
                }
                for (tap, weight) in weight.chunks_exact_mut(1).enumerate() {
                    let inputs = &inputs[tap / kernel * side + tap % kernel..];
                    add_inputs::<T, S, 1>(simd, entries, inputs, side, weight);
                }
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

/// Adds the inputs at the listed pixels, times their gradients, for a kernel of side `K`.
#[inline(always)]
fn add_inputs<T: Lanes, S: Simd, const K: usize>(
    simd: S,
    entries: &[Entry<T>],
    inputs: &[T::Vector<S>],
    side: usize,
    out: &mut [T::Vector<S>],
) {
    let mut sums = [[T::splat(simd, T::zero()); K]; K];
    sums.as_flattened_mut().copy_from_slice(out);
    for entry in entries {
        let value = T::splat(simd, entry.value);
        for (row, sums) in sums.iter_mut().enumerate() {
            let inputs = &inputs[entry.at as usize + row * side..][..K];
            for (sum, &input) in sums.iter_mut().zip(inputs) {
                *sum = T::fused(simd, value, input, *sum);
            }
        }
    }
    out.copy_from_slice(sums.as_flattened());
}

/// A layer's weights by blocks, as the gradient of its inputs reads them.
pub(super) struct PackBlocks<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) theta: &'a [T],
    pub(super) weights: &'a mut Aligned<T>,
}

impl<T: Lanes> WithSimd for PackBlocks<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (layer, lanes, area) =
            (self.layer, T::lanes::<S>(), self.layer.kernel * self.layer.kernel);
        let weight = &self.theta[layer.weight.clone()];
        self.weights.make_room(blocked_weights(layer, lanes));
        for (output, weights) in weight.chunks_exact(layer.inputs * area).enumerate() {
            for (block, weights) in weights.chunks(lanes * area).enumerate() {
                let blocked = &mut self.weights[filter(layer, lanes, block, output)];
                for (input, weights) in weights.chunks_exact(area).enumerate() {
                    let blocked = blocked[input..].iter_mut().step_by(lanes);
                    blocked.zip(weights).for_each(|(out, &weight)| *out = weight);
                }
            }
        }
    }
}

/// The gradient of one image's inputs.
pub(super) struct InputGradient<'a, T> {
    pub(super) layer: &'a Layer,
    /// From [`PackBlocks`].
    pub(super) weights: &'a [T],
    pub(super) entries: &'a ByPixel<T>,
    /// Room for the gradient by blocks.
    pub(super) blocked: &'a mut [T],
    /// In the layer's frame; what falls on the padding is of no use.
    pub(super) gradient: &'a mut [T],
}

impl<T: Lanes> WithSimd for InputGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let layer = self.layer;
        let (kernel, area) = (layer.kernel, layer.kernel * layer.kernel);
        let (side, pixels) = (layer.frame().full_side(), layer.frame().pixels());
        let blocked =
            &mut T::vectors_mut::<S>(self.blocked)[..blocks(layer, T::lanes::<S>()) * pixels];
        blocked.fill(T::splat(simd, T::zero()));
        let weights = T::vectors::<S>(self.weights).chunks_exact(layer.outputs * area);
        for (out, weights) in blocked.chunks_exact_mut(pixels).zip(weights) {
            for (group, weights) in weights.chunks(GROUP * area).enumerate() {
                for place in 0..4 * windows(layer) {
                    let (window, pixel) = (place / 4, place % 4);
                    let entries = self.entries.list(group * windows(layer) + window, pixel);
                    let row = 2 * (window / layer.pooled()) + pixel / 2;
                    let column = 2 * (window % layer.pooled()) + pixel % 2;
                    let out = &mut out[row * side + column..];
                    if kernel == 3 {
                        add_weights::<T, S, 3>(simd, entries, weights, area, out, side);
                        continue;
                    }
                    for tap in 0..area {
                        let out = &mut out[tap / kernel * side + tap % kernel..];
                        add_weights::<T, S, 1>(simd, entries, &weights[tap..], area, out, side);
                    }
                }
            }
        }
        for (pixel, gradient) in self.gradient.chunks_exact_mut(layer.inputs).enumerate() {
            for (block, gradient) in gradient.chunks_mut(T::lanes::<S>()).enumerate() {
                T::store(simd, gradient, blocked[block * pixels + pixel]);
            }
        }
    }
}

/// Adds the weights of the listed channels, times their gradients, for a kernel of side `K`.
#[inline(always)]
fn add_weights<T: Lanes, S: Simd, const K: usize>(
    simd: S,
    entries: &[Entry<T>],
    weights: &[T::Vector<S>],
    area: usize,
    out: &mut [T::Vector<S>],
    side: usize,
) {
    let mut sums = [[T::splat(simd, T::zero()); K]; K];
    for (row, sums) in sums.iter_mut().enumerate() {
        sums.copy_from_slice(&out[row * side..][..K]);
    }
    for entry in entries {
        let value = T::splat(simd, entry.value);
        let weights = &weights[entry.at as usize * area..][..K * K];
        for (sum, &weight) in sums.as_flattened_mut().iter_mut().zip(weights) {
            *sum = T::fused(simd, value, weight, *sum);
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        out[row * side..][..K].copy_from_slice(sums);
    }
}
