//! The network by its definition, for any scalar: exact rationals, numbers that carry a derivative or
//! an error bound. The fast layers are held against it.

use super::ConvNet;
use super::spec::{Layer, PADDING, Readout};
use crate::scalar::Scalar;

/// The logits of one image, in the order of PyTorch: channel, row, column.
pub(super) fn predict<T: Scalar>(net: &ConvNet, theta: &[T], image: &[T], out: &mut [T]) {
    let mut map = image.to_vec();
    for layer in &net.layers {
        map = pool(layer, &convolve(layer, theta, &map));
    }
    read_out(&net.head, theta, &map, out);
}

/// The convolution, before the ReLU.
fn convolve<T: Scalar>(layer: &Layer, theta: &[T], image: &[T]) -> Vec<T> {
    let (side, kernel, map) = (layer.side, layer.kernel, layer.map());
    let (weight, bias) = (&theta[layer.weight.clone()], &theta[layer.bias.clone()]);
    let mut out = Vec::with_capacity(layer.outputs * map * map);
    for (filter, bias) in weight.chunks_exact(layer.inputs * kernel * kernel).zip(bias) {
        for row in 0..map {
            for column in 0..map {
                let mut sum = bias.clone();
                for (index, weight) in filter.iter().enumerate() {
                    let (channel, tap) = (index / (kernel * kernel), index % (kernel * kernel));
                    let (y, x) = (row + tap / kernel, column + tap % kernel);
                    let inside = PADDING..side + PADDING;
                    if inside.contains(&y) && inside.contains(&x) {
                        let pixel = (channel * side + y - PADDING) * side + x - PADDING;
                        sum += weight.clone() * image[pixel].clone();
                    }
                }
                out.push(sum);
            }
        }
    }
    out
}

/// The largest of each 2×2 window and 0. NaN stays.
fn pool<T: Scalar>(layer: &Layer, maps: &[T]) -> Vec<T> {
    let (map, pooled) = (layer.map(), layer.pooled());
    let mut out = Vec::with_capacity(layer.outputs * pooled * pooled);
    for channel in maps.chunks_exact(map * map) {
        for row in 0..pooled {
            for column in 0..pooled {
                let window = [(0, 0), (0, 1), (1, 0), (1, 1)]
                    .map(|(y, x)| &channel[(2 * row + y) * map + 2 * column + x]);
                let mut largest = window[0];
                for value in &window[1..] {
                    // Anything but "at most": a NaN is taken, and kept.
                    if *value > largest || value.partial_cmp(value).is_none() {
                        largest = value;
                    }
                }
                out.push(if *largest <= T::zero() { T::zero() } else { largest.clone() });
            }
        }
    }
    out
}

/// Dense on the features, or on their means.
fn read_out<T: Scalar>(head: &Readout, theta: &[T], map: &[T], out: &mut [T]) {
    let pixels = map.len() / head.channels;
    let mean = |channel: &[T]| {
        let sum = channel.iter().fold(T::zero(), |sum, x| sum + x.clone());
        sum / T::count(pixels)
    };
    let means: Vec<T>;
    let features = if head.features() == map.len() {
        map
    } else {
        means = map.chunks_exact(pixels).map(mean).collect();
        &means
    };
    let rows = theta[head.weight.clone()].chunks_exact(features.len());
    for ((out, row), bias) in out.iter_mut().zip(rows).zip(&theta[head.bias.clone()]) {
        *out = bias.clone() + crate::scalar::dot(row, features);
    }
}
