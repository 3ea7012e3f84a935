//! The network and its gradient by their definitions, for any scalar: exact rationals, numbers that carry a
//! derivative or an error bound. The fast layers are held against it.

use super::ConvNet;
use super::spec::{Layer, PADDING, Readout};
use crate::scalar::Scalar;

/// The logits of one image, in the order of PyTorch: channel, row, column.
pub(super) fn predict<T: Scalar>(net: &ConvNet, theta: &[T], image: &[T], out: &mut [T]) {
    let mut map = image.to_vec();
    for layer in &net.layers {
        map = pool(layer, &convolve(layer, theta, &map)).0;
    }
    read_out(&net.head, theta, &features(&net.head, &map), out);
}

/// Adds `(∂Φ(θ, x)/∂θ)ᵀ v` to `gradient`. A window passes on what it is given to the first of its maxima in scan
/// order, and to none if they are not above 0.
pub(super) fn pull_back<T: Scalar>(
    net: &ConvNet,
    theta: &[T],
    image: &[T],
    cotangent: &[T],
    gradient: &mut [T],
) {
    let mut maps = vec![image.to_vec()];
    let mut winners = Vec::with_capacity(net.layers.len());
    for (layer, given) in net.layers.iter().zip(0..) {
        let (map, won) = pool(layer, &convolve(layer, theta, &maps[given]));
        maps.push(map);
        winners.push(won);
    }
    let mut upstream = pull_back_readout(&net.head, theta, &maps, cotangent, gradient);
    for (index, layer) in net.layers.iter().enumerate().rev() {
        let mut downstream = vec![T::zero(); maps[index].len()];
        let won = winners[index].iter().zip(&upstream);
        for (at, slope) in won.filter_map(|(&winner, slope)| Some((winner?, slope))) {
            pull_back_pixel(layer, theta, (&maps[index], at, slope), gradient, &mut downstream);
        }
        upstream = downstream;
    }
}

/// The head's part of the gradient; what it pulls back to the last map is returned.
fn pull_back_readout<T: Scalar>(
    head: &Readout,
    theta: &[T],
    maps: &[Vec<T>],
    cotangent: &[T],
    gradient: &mut [T],
) -> Vec<T> {
    let map = maps.last().map_or(&[][..], Vec::as_slice);
    let features = features(head, map);
    let mut upstream = vec![T::zero(); features.len()];
    for (class, slope) in cotangent.iter().enumerate() {
        gradient[head.bias.start + class] += slope.clone();
        let first = head.weight.start + class * features.len();
        for (k, (feature, upstream)) in features.iter().zip(&mut upstream).enumerate() {
            gradient[first + k] += slope.clone() * feature.clone();
            *upstream += slope.clone() * theta[first + k].clone();
        }
    }
    // Features that are means share what they are given among their pixels.
    let pixels = map.len() / features.len();
    let share = |slope: &T| slope.clone() / T::count(pixels);
    if pixels == 1 {
        return upstream;
    }
    upstream.iter().flat_map(|slope| std::iter::repeat_n(share(slope), pixels)).collect()
}

/// The part of one pixel before the pool: its number, and what it is given.
fn pull_back_pixel<T: Scalar>(
    layer: &Layer,
    theta: &[T],
    (image, at, slope): (&[T], usize, &T),
    gradient: &mut [T],
    downstream: &mut [T],
) {
    let map = layer.map();
    let (output, row, column) = (at / (map * map), at / map % map, at % map);
    gradient[layer.bias.start + output] += slope.clone();
    let first = layer.weight.start + output * layer.inputs * layer.kernel * layer.kernel;
    for (tap, pixel) in taps(layer, row, column) {
        gradient[first + tap] += slope.clone() * image[pixel].clone();
        downstream[pixel] += slope.clone() * theta[first + tap].clone();
    }
}

/// The weights of a filter that meet a pixel of the image, with that pixel, at one place of the map.
fn taps(layer: &Layer, row: usize, column: usize) -> impl Iterator<Item = (usize, usize)> {
    let (side, kernel) = (layer.side, layer.kernel);
    (0..layer.inputs * kernel * kernel).filter_map(move |index| {
        let (channel, tap) = (index / (kernel * kernel), index % (kernel * kernel));
        let (y, x) = (row + tap / kernel, column + tap % kernel);
        let inside = PADDING..side + PADDING;
        let pixel = || (channel * side + y - PADDING) * side + x - PADDING;
        (inside.contains(&y) && inside.contains(&x)).then(|| (index, pixel()))
    })
}

/// The convolution, before the ReLU.
fn convolve<T: Scalar>(layer: &Layer, theta: &[T], image: &[T]) -> Vec<T> {
    let (kernel, map) = (layer.kernel, layer.map());
    let (weight, bias) = (&theta[layer.weight.clone()], &theta[layer.bias.clone()]);
    let mut out = Vec::with_capacity(layer.outputs * map * map);
    for (filter, bias) in weight.chunks_exact(layer.inputs * kernel * kernel).zip(bias) {
        for row in 0..map {
            for column in 0..map {
                out.push(taps(layer, row, column).fold(bias.clone(), |sum, (tap, pixel)| {
                    sum + filter[tap].clone() * image[pixel].clone()
                }));
            }
        }
    }
    out
}

/// The largest of each 2×2 window and 0, and which it is: none for 0. NaN stays.
fn pool<T: Scalar>(layer: &Layer, maps: &[T]) -> (Vec<T>, Vec<Option<usize>>) {
    let (map, pooled) = (layer.map(), layer.pooled());
    let count = layer.outputs * pooled * pooled;
    let (mut out, mut winners) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for channel in 0..layer.outputs {
        for row in 0..pooled {
            for column in 0..pooled {
                let window = [(0, 0), (0, 1), (1, 0), (1, 1)]
                    .map(|(y, x)| (channel * map + 2 * row + y) * map + 2 * column + x);
                let mut winner = window[0];
                for &pixel in &window[1..] {
                    let value = &maps[pixel];
                    // Anything but "at most": a NaN is taken, and kept.
                    if *value > maps[winner] || value.partial_cmp(value).is_none() {
                        winner = pixel;
                    }
                }
                let off = maps[winner] <= T::zero();
                out.push(if off { T::zero() } else { maps[winner].clone() });
                winners.push((!off).then_some(winner));
            }
        }
    }
    (out, winners)
}

/// What the head is given: the map, or the means of its channels.
fn features<T: Scalar>(head: &Readout, map: &[T]) -> Vec<T> {
    if head.features() == map.len() {
        return map.to_vec();
    }
    let pixels = map.len() / head.channels;
    let mean = |channel: &[T]| {
        let sum = channel.iter().fold(T::zero(), |sum, x| sum + x.clone());
        sum / T::count(pixels)
    };
    map.chunks_exact(pixels).map(mean).collect()
}

/// Dense on the features.
fn read_out<T: Scalar>(head: &Readout, theta: &[T], features: &[T], out: &mut [T]) {
    let rows = theta[head.weight.clone()].chunks_exact(features.len());
    for ((out, row), bias) in out.iter_mut().zip(rows).zip(&theta[head.bias.clone()]) {
        *out = bias.clone() + crate::scalar::dot(row, features);
    }
}
