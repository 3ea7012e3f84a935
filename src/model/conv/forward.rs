//! Convolution, ReLU and max-pool of one image, in registers.
//!
//! A tile is one window of the pool, four pixels, times two registers of output channels: all four
//! sums of a window are in registers when it is pooled, so the map before the pool is never in memory.
//! In the order row, column, channel, the inputs that one row of the kernel meets are neighbours: nothing
//! is gathered beforehand.

use super::aligned::Aligned;
use super::lanes::Lanes;
use super::spec::{Frame, Layer};
use pulp::{Simd, WithSimd};

/// What a winner is called where the ReLU is off: the others are 0 to 3, in scan order.
pub(super) const OFF: u8 = 4;

/// `V` registers of output channels.
pub(super) type Registers<T, S, const V: usize> = [<T as Lanes>::Vector<S>; V];

/// A layer's weights as the tiles read them: for each block of output channels, for each input that
/// the kernel meets, one number per channel; and the biases. Missing channels are zero.
#[derive(Clone, Debug)]
pub(super) struct Panels<T> {
    pub(super) weights: Aligned<T>,
    pub(super) bias: Aligned<T>,
}

impl<T: Lanes> Panels<T> {
    /// Nothing packed yet.
    pub(super) fn new() -> Self {
        Self { weights: Aligned::zeros(0), bias: Aligned::zeros(0) }
    }

    /// Room for so many weights and biases, zero until they are written.
    pub(super) fn make_room(&mut self, weights: usize, biases: usize) {
        self.weights.make_room(weights);
        self.bias.make_room(biases);
    }
}

/// So many output channels from `first` on make the next block: two registers full, or one if that is
/// enough for the rest.
pub(super) fn block(outputs: usize, first: usize, lanes: usize) -> usize {
    if outputs - first > lanes { 2 * lanes } else { lanes }
}

/// Packs the weights of a layer.
pub(super) struct Pack<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) theta: &'a [T],
    pub(super) panels: &'a mut Panels<T>,
}

impl<T: Lanes> WithSimd for Pack<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (area, meets) = (layer.kernel * layer.kernel, layer.kernel * layer.row());
        let weight = &self.theta[layer.weight.clone()];
        let padded = layer.outputs.next_multiple_of(lanes);
        self.panels.make_room(padded * meets, padded);
        self.panels.bias[..layer.outputs].copy_from_slice(&self.theta[layer.bias.clone()]);
        let mut first = 0;
        while first < layer.outputs {
            let width = block(layer.outputs, first, lanes);
            let panel = &mut self.panels.weights[first * meets..][..width * meets];
            for (lane, output) in (first..layer.outputs.min(first + width)).enumerate() {
                let filter = &weight[output * meets..][..meets];
                for tap in 0..area {
                    for channel in 0..layer.inputs {
                        panel[(tap * layer.inputs + channel) * width + lane] =
                            filter[channel * area + tap];
                    }
                }
            }
            first += width;
        }
    }
}

/// One image through one layer.
pub(super) struct Forward<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) panels: &'a Panels<T>,
    /// The image, in the layer's frame.
    pub(super) input: &'a [T],
    /// Where the pooled map goes, and how it lies there.
    pub(super) output: &'a mut [T],
    pub(super) frame: Frame,
    /// Who won each window, pixel by pixel; empty if nobody asks.
    pub(super) winners: &'a mut [T],
}

impl<T: Lanes> WithSimd for Forward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let lanes = T::lanes::<S>();
        let mut first = 0;
        while first < self.layer.outputs {
            let width = block(self.layer.outputs, first, lanes);
            if width == lanes {
                self.channels::<S, 1>(simd, first);
            } else {
                self.channels::<S, 2>(simd, first);
            }
            first += width;
        }
    }
}

impl<T: Lanes> Forward<'_, T> {
    /// All windows, for `V` registers of output channels.
    #[inline(always)]
    fn channels<S: Simd, const V: usize>(&mut self, simd: S, first: usize) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (stride, meets) = (layer.frame().stride(), layer.kernel * layer.row());
        let panel = &self.panels.weights[first * meets..][..V * lanes * meets];
        let panel = T::vectors::<S>(panel).as_chunks::<V>().0;
        let bias = T::vectors::<S>(&self.panels.bias[first..][..V * lanes]);
        let mut biases = [T::splat(simd, T::zero()); V];
        biases.copy_from_slice(bias);
        let mut labels = [T::splat(simd, T::zero()); 4];
        for (index, label) in (0..).zip(&mut labels) {
            *label = T::splat(simd, T::label(index));
        }
        let off = T::splat(simd, T::label(OFF));
        let channels = first..layer.outputs.min(first + V * lanes);
        for row in 0..layer.pooled() {
            for column in 0..layer.pooled() {
                let corner = 2 * row * stride + 2 * column * layer.inputs;
                let sums = window::<T, S, V>(simd, layer, &self.input[corner..], panel, biases);
                let (values, winners) = pool::<T, S, V>(simd, sums, labels, off);
                let out = &mut self.output[self.frame.at(row, column)..][channels.clone()];
                write::<T, S, V>(simd, out, values);
                if !self.winners.is_empty() {
                    let at = (row * layer.pooled() + column) * layer.outputs;
                    let out = &mut self.winners[at..][channels.clone()];
                    write::<T, S, V>(simd, out, winners);
                }
            }
        }
    }
}

/// The convolution at the four pixels of a window whose receptive field begins at `input`.
#[inline(always)]
fn window<T: Lanes, S: Simd, const V: usize>(
    simd: S,
    layer: &Layer,
    input: &[T],
    panel: &[Registers<T, S, V>],
    bias: Registers<T, S, V>,
) -> [Registers<T, S, V>; 4] {
    let (row, stride, next) = (layer.row(), layer.frame().stride(), layer.inputs);
    let mut sums = [bias; 4];
    for (tap_row, weights) in panel.chunks_exact(row).enumerate() {
        let upper = &input[tap_row * stride..][..row + next];
        let lower = &input[(tap_row + 1) * stride..][..row + next];
        // Slices of one length each: no index below is checked.
        let (a, b) = (&upper[..row], &upper[next..][..row]);
        let (c, d) = (&lower[..row], &lower[next..][..row]);
        for j in 0..row {
            let x = [a[j], b[j], c[j], d[j]];
            for pixel in 0..4 {
                let x = T::splat(simd, x[pixel]);
                for v in 0..V {
                    sums[pixel][v] = T::fused(simd, x, weights[j][v], sums[pixel][v]);
                }
            }
        }
    }
    sums
}

/// ReLU and max-pool, with who won: the first in scan order among equals, as in PyTorch.
///
/// A choice among equals is not equivariant: a rotation may send the first to the second. Below and at
/// zero it does not matter, since nothing passes the ReLU. Above zero it does not matter for almost every
/// `θ`: sums that tie on an open set of parameters are there the same function of them, with the same
/// gradient (a constant background, say). It does matter where the symmetry of `θ` itself forces ties,
/// as at the corners of a constant background under invariant kernels: there the gradient of an invariant
/// network need not be invariant, in PyTorch neither, until it is projected. Draws with independent
/// noise never meet such ties.
#[inline(always)]
pub(super) fn pool<T: Lanes, S: Simd, const V: usize>(
    simd: S,
    sums: [Registers<T, S, V>; 4],
    labels: [T::Vector<S>; 4],
    off: T::Vector<S>,
) -> (Registers<T, S, V>, Registers<T, S, V>) {
    let (mut values, mut winners) = (sums[0], [labels[0]; V]);
    for v in 0..V {
        let mut best = [sums[0][v], labels[0]];
        for pixel in 1..4 {
            best = T::prefer(simd, best, [sums[pixel][v], labels[pixel]]);
        }
        [values[v], winners[v]] = T::rectify(simd, best, off);
    }
    (values, winners)
}

/// Writes registers one after the other, as far as there is room.
#[inline(always)]
pub(super) fn write<T: Lanes, S: Simd, const V: usize>(
    simd: S,
    out: &mut [T],
    x: Registers<T, S, V>,
) {
    for (out, x) in out.chunks_mut(T::lanes::<S>()).zip(x) {
        T::store(simd, out, x);
    }
}
