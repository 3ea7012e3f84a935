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
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let mut first = 0;
        while first < layer.outputs {
            let channels = first..layer.outputs.min(first + lanes);
            for input in 0..layer.inputs {
                let (sums, total) = self.sums::<S>(simd, channels.clone(), input);
                let block = first / lanes * layer.inputs + input;
                let weight = T::vectors_mut::<S>(&mut self.weight[block * TAPS * lanes..]);
                weight[..TAPS].copy_from_slice(&sums);
                T::vectors_mut::<S>(&mut self.bias[first..])[0] = total;
            }
            first += lanes;
        }
    }
}

impl<T: Lanes> MaskedWeightGradient<'_, T> {
    /// For a register of output channels and an input: the inputs weighted by the gradient at each place of
    /// the kernel, and the sum of the gradient itself.
    #[inline(always)]
    fn sums<S: Simd>(
        &self,
        simd: S,
        channels: Range<usize>,
        input: usize,
    ) -> ([T::Vector<S>; TAPS], T::Vector<S>) {
        let (layer, pooled) = (self.layer, self.layer.pooled());
        let (size, stride) = (layer.frame().len(), layer.frame().stride());
        let mut labels = [T::splat(simd, T::zero()); 4];
        for (index, label) in (0..).zip(&mut labels) {
            *label = T::splat(simd, T::label(index));
        }
        let (mut sums, mut total) = ([T::splat(simd, T::zero()); TAPS], T::splat(simd, T::zero()));
        for image in 0..self.images {
            let images = &self.inputs[image * size..][..size];
            let winners = &self.winners[image * pooled * pooled * layer.outputs..];
            let upstream = &self.upstream[image * self.frame.len()..];
            for row in 0..pooled {
                for column in 0..pooled {
                    let at = (row * pooled + column) * layer.outputs;
                    let winner = T::load(simd, &winners[at..][channels.clone()]);
                    let at = self.frame.at(row, column);
                    let value = T::load(simd, &upstream[at..][channels.clone()]);
                    let corner = 2 * row * stride + 2 * column * layer.inputs + input;
                    let mut field = [[T::splat(simd, T::zero()); 4]; 4];
                    for (offset, field) in field.iter_mut().enumerate() {
                        let pixels = &images[corner + offset * stride..][..3 * layer.inputs + 1];
                        for (column, x) in field.iter_mut().enumerate() {
                            *x = T::splat(simd, pixels[column * layer.inputs]);
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
