//! The gradient of the weights of the first layer, if it has few inputs.
//!
//! A register holds a window's gradient for several output channels, four times, each with only the channels
//! whose winner is that pixel: so all channels go through the loop together, without lists.

use super::lanes::Lanes;
use super::spec::{Frame, Layer};
use pulp::{Simd, WithSimd};
use std::ops::Range;

/// With more inputs lists are faster.
const MOST_INPUTS: usize = 3;

/// Weights of a 3×3 kernel.
const TAPS: usize = 9;

/// Whether a layer's gradient is computed this way: only if nobody asks for that of its inputs.
pub(super) fn applies(index: usize, layer: &Layer) -> bool {
    index == 0 && layer.kernel == 3 && layer.inputs <= MOST_INPUTS
}

/// Numbers in the gradients of a layer's weights and biases: whole registers of outputs.
pub(super) fn lengths(layer: &Layer, lanes: usize) -> (usize, usize) {
    let outputs = layer.outputs.next_multiple_of(lanes);
    (outputs * layer.inputs * TAPS, outputs)
}

/// The gradient of a layer's weights, over some images.
pub(super) struct MaskedWeightGradient<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) images: usize,
    /// The images, in the layer's frames.
    pub(super) inputs: &'a [T],
    /// Who won each window.
    pub(super) winners: &'a [T],
    /// The gradients of the pooled maps, and how they lie there.
    pub(super) upstream: &'a [T],
    pub(super) frame: Frame,
    /// `[block of outputs][input][tap][output]`.
    pub(super) weight: &'a mut [T],
    /// By output, whole registers.
    pub(super) bias: &'a mut [T],
}

impl<T: Lanes> WithSimd for MaskedWeightGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match self.layer.inputs {
            1 => self.add_all::<S, 1>(simd),
            2 => self.add_all::<S, 2>(simd),
            _ => self.add_all::<S, MOST_INPUTS>(simd),
        }
    }
}

/// The gradient of one register of output channels by the weights of one input, and by their biases.
type Sums<V> = ([V; TAPS], V);

/// A row of windows, and a register of the output channels.
struct Windows<'a, T> {
    /// The four lines of pixels that the row sees.
    lines: [&'a [T]; 4],
    /// Who won, from the first window on.
    winners: &'a [T],
    /// The gradients, from the first window on.
    upstream: &'a [T],
    channels: Range<usize>,
}

impl<T: Lanes> MaskedWeightGradient<'_, T> {
    /// Row by row, so that the winners and the gradients of a row are in the first cache while one register of
    /// channels after the other goes through them.
    ///
    /// The number of inputs is known when this is compiled: so the pixels of a line lie at fixed distances. Otherwise each
    /// has an address of its own, more of them than there are registers for.
    #[inline(always)]
    fn add_all<S: Simd, const INPUTS: usize>(self, simd: S) {
        let (layer, lanes, pooled) = (self.layer, T::lanes::<S>(), self.layer.pooled());
        let (size, stride) = (layer.frame().len(), layer.frame().stride());
        self.weight.fill(T::zero());
        self.bias.fill(T::zero());
        let weights = T::vectors_mut::<S>(self.weight).as_chunks_mut::<TAPS>().0;
        let biases = T::vectors_mut::<S>(self.bias);
        for image in 0..self.images {
            let images = &self.inputs[image * size..][..size];
            let upstream = &self.upstream[image * self.frame.len()..];
            for row in 0..pooled {
                let line = |offset: usize| {
                    &images[(2 * row + offset) * stride..][..(2 * pooled + 2) * INPUTS]
                };
                let mut windows = Windows {
                    lines: [line(0), line(1), line(2), line(3)],
                    winners: &self.winners[(image * pooled + row) * pooled * layer.outputs..],
                    upstream: &upstream[self.frame.at(row, 0)..],
                    channels: 0..0,
                };
                let blocks = weights.chunks_exact_mut(INPUTS).zip(&mut *biases);
                for (block, (weights, bias)) in blocks.enumerate() {
                    let first = block * lanes;
                    windows.channels = first..layer.outputs.min(first + lanes);
                    for (input, weights) in weights.iter_mut().enumerate() {
                        let before = (*weights, *bias);
                        let after = windows.add::<S, INPUTS>(simd, layer, input, before);
                        *weights = after.0;
                        if input + 1 == INPUTS {
                            *bias = after.1;
                        }
                    }
                }
            }
        }
    }
}

impl<T: Lanes> Windows<'_, T> {
    /// Adds the inputs weighted by the gradient at each place of the kernel, and the gradient itself.
    #[inline(always)]
    fn add<S: Simd, const INPUTS: usize>(
        &self,
        simd: S,
        layer: &Layer,
        input: usize,
        (mut sums, mut total): Sums<T::Vector<S>>,
    ) -> Sums<T::Vector<S>> {
        let mut labels = [T::splat(simd, T::zero()); 4];
        for (index, label) in (0..).zip(&mut labels) {
            *label = T::splat(simd, T::label(index));
        }
        let winners = self.winners.chunks_exact(layer.outputs);
        let windows = winners.zip(self.upstream.chunks_exact(layer.outputs));
        for (column, (winner, value)) in windows.take(layer.pooled()).enumerate() {
            let winner = T::load(simd, &winner[self.channels.clone()]);
            let value = T::load(simd, &value[self.channels.clone()]);
            let mut field = [[T::splat(simd, T::zero()); 4]; 4];
            for (field, line) in field.iter_mut().zip(self.lines) {
                let pixels = &line[2 * column * INPUTS..][..4 * INPUTS];
                for (column, x) in field.iter_mut().enumerate() {
                    *x = T::splat(simd, pixels[column * INPUTS + input]);
                }
            }
            for pixel in 0..4 {
                let value = T::keep_where_equal(simd, value, [winner, labels[pixel]]);
                total = T::plus(simd, total, value);
                for tap in 0..TAPS {
                    let x = field[pixel / 2 + tap / 3][pixel % 2 + tap % 3];
                    sums[tap] = T::fused(simd, value, x, sums[tap]);
                }
            }
        }
        (sums, total)
    }
}

/// Adds the gradient of one filter to one in the order of the file: input, kernel row, column.
pub(super) fn unpack_add<T: Lanes>(
    layer: &Layer,
    lanes: usize,
    share: &[T],
    output: usize,
    gradient: &mut [T],
) {
    let share = share[output / lanes * layer.inputs * TAPS * lanes..].iter().skip(output % lanes);
    for (gradient, &value) in gradient.iter_mut().zip(share.step_by(lanes)) {
        *gradient += value;
    }
}
