//! The last layer of one image: dense on features, which are a map or its means.

use super::lanes::Lanes;
use super::spec::{Frame, Readout};
use pulp::{Simd, WithSimd};

/// The weights in the order of the features, row, column, channel: `[class][feature]`.
pub(super) fn pack<T: Lanes>(head: &Readout, theta: &[T], packed: &mut [T]) {
    let (pixels, channels) = (head.side * head.side, head.channels);
    let weight = &theta[head.weight.clone()];
    for (row, packed) in
        weight.chunks_exact(head.features()).zip(packed.chunks_exact_mut(head.features()))
    {
        for (pixel, packed) in packed.chunks_exact_mut(channels).enumerate() {
            for (channel, packed) in packed.iter_mut().enumerate() {
                *packed = row[channel * pixels + pixel];
            }
        }
    }
}

/// Adds gradients in the order of the features to one in the order of the file.
pub(super) fn unpack_add<T: Lanes>(head: &Readout, packed: &[T], gradient: &mut [T]) {
    let (pixels, channels) = (head.side * head.side, head.channels);
    for (row, packed) in
        gradient.chunks_exact_mut(head.features()).zip(packed.chunks_exact(head.features()))
    {
        for (pixel, packed) in packed.chunks_exact(channels).enumerate() {
            for (channel, &packed) in packed.iter().enumerate() {
                row[channel * pixels + pixel] += packed;
            }
        }
    }
}

/// The features of a last map: the map itself, or the means of its channels.
pub(super) fn features<T: Lanes>(head: &Readout, frame: Frame, map: &[T], features: &mut [T]) {
    if head.features() == map.len() {
        features.copy_from_slice(map);
        return;
    }
    features.fill(T::zero());
    for pixel in map.chunks_exact(frame.channels) {
        for (feature, &x) in features.iter_mut().zip(pixel) {
            *feature += x;
        }
    }
    let pixels = T::count(frame.side * frame.side);
    for feature in features {
        *feature /= pixels;
    }
}

/// What the features' gradient is for the map.
pub(super) fn spread<T: Lanes>(head: &Readout, frame: Frame, features: &[T], map: &mut [T]) {
    if head.features() == map.len() {
        map.copy_from_slice(features);
        return;
    }
    let pixels = T::count(frame.side * frame.side);
    for pixel in map.chunks_exact_mut(frame.channels) {
        for (x, &feature) in pixel.iter_mut().zip(features) {
            *x = feature / pixels;
        }
    }
}

/// The logits of one image.
pub(super) struct Logits<'a, T> {
    pub(super) weights: &'a [T],
    pub(super) bias: &'a [T],
    pub(super) features: &'a [T],
    pub(super) out: &'a mut [T],
}

impl<T: Lanes> WithSimd for Logits<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.weights.chunks_exact(self.features.len());
        for ((out, weights), &bias) in self.out.iter_mut().zip(rows).zip(self.bias) {
            *out = bias + dot(simd, weights, self.features);
        }
    }
}

/// `Σ a b`, several sums at a time.
#[inline(always)]
fn dot<T: Lanes, S: Simd>(simd: S, a: &[T], b: &[T]) -> T {
    let whole = a.len() / T::lanes::<S>() * T::lanes::<S>();
    let pairs = T::vectors::<S>(a).chunks(4).zip(T::vectors::<S>(b).chunks(4));
    let mut sums = [T::splat(simd, T::zero()); 4];
    for (a, b) in pairs {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum = T::fused(simd, a, b, *sum);
        }
    }
    let rest = crate::scalar::dot(&a[whole..], &b[whole..]);
    sums.into_iter().fold(rest, |total, sum| total + T::sum(simd, sum))
}

/// The gradients of one image's last layer, added to those of the images before it.
pub(super) struct ReadoutGradient<'a, T> {
    pub(super) weights: &'a [T],
    pub(super) features: &'a [T],
    pub(super) cotangent: &'a [T],
    pub(super) weight: &'a mut [T],
    pub(super) bias: &'a mut [T],
    /// The features' gradient.
    pub(super) upstream: &'a mut [T],
}

impl<T: Lanes> WithSimd for ReadoutGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let count = self.features.len();
        self.upstream.fill(T::zero());
        let rows = self.weights.chunks_exact(count).zip(self.weight.chunks_exact_mut(count));
        for (((weights, gradient), bias), &value) in rows.zip(self.bias).zip(self.cotangent) {
            *bias += value;
            add_multiple(simd, value, self.features, gradient);
            add_multiple(simd, value, weights, self.upstream);
        }
    }
}

/// `y += a x`.
#[inline(always)]
fn add_multiple<T: Lanes, S: Simd>(simd: S, a: T, x: &[T], y: &mut [T]) {
    let whole = x.len() / T::lanes::<S>() * T::lanes::<S>();
    let factor = T::splat(simd, a);
    for (y, &x) in T::vectors_mut::<S>(y).iter_mut().zip(T::vectors::<S>(x)) {
        *y = T::fused(simd, factor, x, *y);
    }
    for (y, &x) in y[whole..].iter_mut().zip(&x[whole..]) {
        *y += a * x;
    }
}
