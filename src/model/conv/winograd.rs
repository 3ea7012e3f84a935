//! Convolution by 3×3 kernels with fewer products, ReLU and max-pool.
//!
//! Winograd's minimal filtering `F(2×2, 3×3)`: the four pixels of a window of the pool depend on a field
//! of 4×4 inputs, and are `Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A`, with sixteen products for each pair of
//! channels instead of thirty-six. In between it is a product of matrices for each of the sixteen places,
//! windows times inputs times outputs. `A` and `B` only add; the halves of `G` are exact.
//!
//! Sums of four inputs are rounded before they are multiplied: an error is at most 16 times that of
//! the plain convolution's bound, `Σ|w| max|x|` (a factor of 4 for each of the two directions).

use super::aligned::{Aligned, LINE};
use super::forward::{OFF, Panels, Registers, block, pool, write};
use super::lanes::Lanes;
use super::spec::{Frame, Layer};
use pulp::{Simd, WithSimd};

/// Places of a transformed field.
const PLACES: usize = 16;

/// Windows that are multiplied at once: with two registers of outputs their sums take twelve registers.
const ROWS: usize = 6;

/// Bytes of transformed inputs that may be waiting: half of the first cache, which their products share.
const WAITING: usize = 1 << 14;

/// The fewest channels for which the transforms pay, a register full at the least: 16 numbers of 4
/// bytes in the widest.
const FEWEST_INPUTS: usize = 16;
const FEWEST_OUTPUTS: usize = 8;

/// Whether a layer is computed this way.
pub(super) fn applies(layer: &Layer) -> bool {
    layer.kernel == 3 && layer.inputs >= FEWEST_INPUTS && layer.outputs >= FEWEST_OUTPUTS
}

/// How many windows are transformed before they are multiplied.
fn together<T>(layer: &Layer) -> usize {
    (WAITING / (PLACES * layer.inputs * size_of::<T>()) / ROWS).clamp(1, 8) * ROWS
}

/// Transformed inputs on their way, and products.
#[derive(Clone, Debug)]
pub(super) struct Scratch<T> {
    /// `[place][window][input]`.
    fields: Aligned<T>,
    /// `[place][window][output of the block]`.
    products: Aligned<T>,
}

impl<T: Lanes> Scratch<T> {
    /// Enough for each of these layers.
    pub(super) fn new(layers: &[Layer]) -> Self {
        let layers = || layers.iter().filter(|layer| applies(layer));
        let room = |each: fn(&Layer) -> usize| {
            let largest = layers().map(|layer| PLACES * together::<T>(layer) * each(layer)).max();
            Aligned::zeros(largest.unwrap_or(0))
        };
        Self { fields: room(|layer| layer.inputs), products: room(|_| 2 * (LINE / size_of::<T>())) }
    }
}

/// Packs a layer's weights, transformed: `[block of outputs][place][input][output]`.
pub(super) struct PackTransformed<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) theta: &'a [T],
    pub(super) panels: &'a mut Panels<T>,
}

impl<T: Lanes> WithSimd for PackTransformed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (inputs, outputs) = (layer.inputs, layer.outputs);
        let padded = outputs.next_multiple_of(lanes);
        self.panels.make_room(padded * PLACES * inputs, padded);
        self.panels.bias[..outputs].copy_from_slice(&self.theta[layer.bias.clone()]);
        let filters = self.theta[layer.weight.clone()].as_chunks::<9>().0;
        let mut first = 0;
        while first < outputs {
            let width = block(outputs, first, lanes);
            let panel = &mut self.panels.weights[first * PLACES * inputs..];
            for input in 0..inputs {
                for (lane, output) in (first..outputs.min(first + width)).enumerate() {
                    let places = transform_kernel(&filters[output * inputs + input]);
                    for (place, value) in places.into_iter().enumerate() {
                        panel[(place * inputs + input) * width + lane] = value;
                    }
                }
            }
            first += width;
        }
    }
}

/// `G w Gᵀ`.
#[inline(always)]
fn transform_kernel<T: Lanes>(w: &[T; 9]) -> [T; PLACES] {
    let half = T::one() / T::count(2);
    let line = |a: T, b: T, c: T| {
        let (ends, middle) = (half * (a + c), half * b);
        [a, ends + middle, ends - middle, c]
    };
    let columns = [line(w[0], w[3], w[6]), line(w[1], w[4], w[7]), line(w[2], w[5], w[8])];
    let mut places = [T::zero(); PLACES];
    for row in 0..4 {
        let [a, b, c] = [columns[0][row], columns[1][row], columns[2][row]];
        places[4 * row..][..4].copy_from_slice(&line(a, b, c));
    }
    places
}

/// Some images through one layer.
pub(super) struct TransformedForward<'a, T> {
    pub(super) layer: &'a Layer,
    pub(super) panels: &'a Panels<T>,
    pub(super) images: usize,
    /// The images, in the layer's frames.
    pub(super) inputs: &'a [T],
    /// Where the pooled maps go, and how they lie there.
    pub(super) outputs: &'a mut [T],
    pub(super) frame: Frame,
    /// Who won each window, pixel by pixel; empty if nobody asks.
    pub(super) winners: &'a mut [T],
    pub(super) scratch: &'a mut Scratch<T>,
}

impl<T: Lanes> WithSimd for TransformedForward<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let windows = self.images * layer.pooled() * layer.pooled();
        let together = together::<T>(layer);
        for begin in (0..windows).step_by(together) {
            let count = together.min(windows - begin);
            for index in 0..count {
                self.transform::<S>(simd, begin + index, index, together);
            }
            let mut first = 0;
            while first < layer.outputs {
                let width = block(layer.outputs, first, lanes);
                if width == lanes {
                    self.channels::<S, 1>(simd, first, begin, count);
                } else {
                    self.channels::<S, 2>(simd, first, begin, count);
                }
                first += width;
            }
        }
    }
}

impl<T: Lanes> TransformedForward<'_, T> {
    /// Image, row and column of a window.
    #[inline(always)]
    fn place(&self, window: usize) -> (usize, usize, usize) {
        let side = self.layer.pooled();
        (window / (side * side), window / side % side, window % side)
    }

    /// `Bᵀ x B` of one window's field.
    #[inline(always)]
    fn transform<S: Simd>(&mut self, simd: S, window: usize, index: usize, together: usize) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (image, row, column) = self.place(window);
        let (frame, inputs) = (layer.frame(), layer.inputs);
        let corner = image * frame.len() + 2 * row * frame.stride() + 2 * column * inputs;
        let mut rows = [&self.inputs[..0]; 4];
        for (offset, row) in rows.iter_mut().enumerate() {
            *row = &self.inputs[corner + offset * frame.stride()..][..4 * inputs];
        }
        let fields = &mut self.scratch.fields[index * inputs..];
        let mut channel = 0;
        loop {
            let mut x = [[T::splat(simd, T::zero()); 4]; 4];
            for (x, row) in x.iter_mut().zip(rows) {
                for (column, x) in x.iter_mut().enumerate() {
                    *x = T::vectors::<S>(&row[column * inputs + channel..][..lanes])[0];
                }
            }
            // Down the columns, then along the rows: by number, since closures would make calls of it.
            #[allow(clippy::needless_range_loop)]
            for column in 0..4 {
                let line = field_line::<T, S>(
                    simd,
                    [x[0][column], x[1][column], x[2][column], x[3][column]],
                );
                for row in 0..4 {
                    x[row][column] = line[row];
                }
            }
            for (row, x) in x.into_iter().enumerate() {
                for (column, x) in field_line::<T, S>(simd, x).into_iter().enumerate() {
                    let at = (4 * row + column) * together * inputs + channel;
                    T::vectors_mut::<S>(&mut fields[at..][..lanes])[0] = x;
                }
            }
            if channel + lanes >= inputs {
                break;
            }
            // The last register may overlap the one before it.
            channel = (channel + lanes).min(inputs - lanes);
        }
    }

    /// All windows that are transformed, for `V` registers of output channels.
    #[inline(always)]
    fn channels<S: Simd, const V: usize>(
        &mut self,
        simd: S,
        first: usize,
        begin: usize,
        count: usize,
    ) {
        let (layer, lanes) = (self.layer, T::lanes::<S>());
        let (inputs, together) = (layer.inputs, together::<T>(layer));
        let panel = &self.panels.weights[first * PLACES * inputs..][..V * lanes * PLACES * inputs];
        let panel = T::vectors::<S>(panel).as_chunks::<V>().0;
        let products = T::vectors_mut::<S>(&mut self.scratch.products).as_chunks_mut::<V>().0;
        for (place, weights) in panel.chunks_exact(inputs).enumerate() {
            let fields = &self.scratch.fields[place * together * inputs..][..together * inputs];
            let products = &mut products[place * together..][..together];
            // Windows beyond the last are multiplied as well: there is room, and nobody reads them.
            for (fields, products) in fields
                .chunks_exact(ROWS * inputs)
                .zip(products.chunks_exact_mut(ROWS))
                .take(count.div_ceil(ROWS))
            {
                multiply::<T, S, V>(simd, fields, weights, products);
            }
        }
        let mut bias = [T::splat(simd, T::zero()); V];
        bias.copy_from_slice(T::vectors::<S>(&self.panels.bias[first..][..V * lanes]));
        let mut labels = [T::splat(simd, T::zero()); 4];
        for (index, label) in (0..).zip(&mut labels) {
            *label = T::splat(simd, T::label(index));
        }
        let off = T::splat(simd, T::label(OFF));
        let channels = first..layer.outputs.min(first + V * lanes);
        for index in 0..count {
            let products = T::vectors::<S>(&self.scratch.products).as_chunks::<V>().0;
            let sums = window::<T, S, V>(simd, &products[index..], together, bias);
            let (values, winners) = pool::<T, S, V>(simd, sums, labels, off);
            let (image, row, column) = self.place(begin + index);
            let at = image * self.frame.len() + self.frame.at(row, column);
            write::<T, S, V>(simd, &mut self.outputs[at..][channels.clone()], values);
            if !self.winners.is_empty() {
                let out = &mut self.winners[(begin + index) * layer.outputs..][channels.clone()];
                write::<T, S, V>(simd, out, winners);
            }
        }
    }
}

/// `Bᵀ` of four registers.
#[inline(always)]
fn field_line<T: Lanes, S: Simd>(simd: S, x: [T::Vector<S>; 4]) -> [T::Vector<S>; 4] {
    [
        T::minus(simd, x[0], x[2]),
        T::plus(simd, x[1], x[2]),
        T::minus(simd, x[2], x[1]),
        T::minus(simd, x[1], x[3]),
    ]
}

/// `Aᵀ` of four registers.
#[inline(always)]
fn window_line<T: Lanes, S: Simd>(simd: S, x: [T::Vector<S>; 4]) -> [T::Vector<S>; 2] {
    let (sum, difference) = (T::plus(simd, x[1], x[2]), T::minus(simd, x[1], x[2]));
    [T::plus(simd, x[0], sum), T::minus(simd, difference, x[3])]
}

/// The products of some windows with a block of outputs at one place.
#[inline(always)]
fn multiply<T: Lanes, S: Simd, const V: usize>(
    simd: S,
    fields: &[T],
    weights: &[Registers<T, S, V>],
    out: &mut [Registers<T, S, V>],
) {
    let inputs = weights.len();
    // Slices of one length each: no index below is checked.
    let (a, fields) = fields.split_at(inputs);
    let (b, fields) = fields.split_at(inputs);
    let (c, fields) = fields.split_at(inputs);
    let (d, fields) = fields.split_at(inputs);
    let (e, fields) = fields.split_at(inputs);
    let f = &fields[..inputs];
    let mut sums = [[T::splat(simd, T::zero()); V]; ROWS];
    for j in 0..inputs {
        let x = [a[j], b[j], c[j], d[j], e[j], f[j]];
        for row in 0..ROWS {
            let x = T::splat(simd, x[row]);
            for v in 0..V {
                sums[row][v] = T::fused(simd, x, weights[j][v], sums[row][v]);
            }
        }
    }
    out.copy_from_slice(&sums);
}

/// `Aᵀ m A + b`, the four pixels of a window: place after place, so many windows apart.
#[inline(always)]
fn window<T: Lanes, S: Simd, const V: usize>(
    simd: S,
    products: &[Registers<T, S, V>],
    apart: usize,
    bias: Registers<T, S, V>,
) -> [Registers<T, S, V>; 4] {
    let mut sums = [bias; 4];
    for v in 0..V {
        let mut rows = [[bias[v]; 4]; 2];
        for column in 0..4 {
            let mut line = [bias[v]; 4];
            for (row, line) in line.iter_mut().enumerate() {
                *line = products[(4 * row + column) * apart][v];
            }
            let line = window_line::<T, S>(simd, line);
            rows[0][column] = line[0];
            rows[1][column] = line[1];
        }
        for row in 0..2 {
            let line = window_line::<T, S>(simd, rows[row]);
            for column in 0..2 {
                sums[2 * row + column][v] = T::plus(simd, bias[v], line[column]);
            }
        }
    }
    sums
}
