//! Random numbers, vectors and group elements for instances.

use crate::group::{Group, Haar};
use crate::scalar::Scalar;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A small fraction: exact arithmetic keeps it short, and in floating point most have a full mantissa.
pub(super) fn fraction<T: Scalar>(rng: &mut ChaCha8Rng) -> T {
    let denominator = [1, 3, 7, 8][rng.random_range(0..4)];
    T::ratio(rng.random_range(-40..=40), denominator)
}

/// A vector of small fractions.
pub(super) fn vector<T: Scalar>(rng: &mut ChaCha8Rng, dim: usize) -> Vec<T> {
    (0..dim).map(|_| fraction(rng)).collect()
}

/// A Haar element; one time in eight the identity, which large groups would never draw.
pub(super) fn element<G: Haar>(group: &G, rng: &mut ChaCha8Rng) -> <G as Group>::Element {
    if rng.random_range(0..8) == 0 { group.identity() } else { group.haar(rng) }
}

/// `max |x_i|`, as `f64`; 0 for no entries.
pub(super) fn max_norm<'a, T: Scalar>(x: impl IntoIterator<Item = &'a T>) -> f64 {
    x.into_iter().map(|value| value.nearest_f64().abs()).fold(0.0, f64::max)
}

/// The entries as `f64`, for messages and for tolerances.
pub(super) fn floats<'a, T: Scalar>(x: impl IntoIterator<Item = &'a T>) -> Vec<f64> {
    x.into_iter().map(Scalar::nearest_f64).collect()
}

/// `max |a_i − b_i|`, subtracted in the scalar's own arithmetic. Vectors of different length are
/// infinitely far apart; a NaN stays one.
pub(super) fn distance<T: Scalar>(a: &[T], b: &[T]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    a.iter().zip(b).fold(0.0, |worst: f64, (x, y)| {
        let gap = (x.clone() - y.clone()).nearest_f64().abs();
        if gap > worst || gap.is_nan() { gap } else { worst }
    })
}
