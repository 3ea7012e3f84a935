//! Enclosures against exact arithmetic.

mod comparisons;
mod edges;
mod field;
mod functions;
mod oracle;

use super::Enclosure;
use crate::scalar::{Rational, Scalar};
use proptest::prelude::*;

/// Floats of every size, and the ones at the edges.
fn floats() -> BoxedStrategy<f64> {
    let edges = prop::sample::select(vec![
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        -f64::from_bits(1),
        f64::MAX,
        f64::MIN,
        1e-250,
        0.1,
    ]);
    let moderate = (-64..64i64, 1..64i64).prop_map(|(n, d)| n as f64 / d as f64);
    let scaled = (-1.0..1.0f64, -1074..1024i32).prop_map(|(x, e)| {
        // In two steps, since 2^e alone may be out of range.
        x * 2f64.powi(e / 2) * 2f64.powi(e - e / 2)
    });
    prop_oneof![1 => edges, 4 => moderate, 4 => scaled]
        .prop_filter("finite", |x| x.is_finite())
        .boxed()
}

/// An interval with a rational number in it: at an end, or between the ends.
fn intervals() -> BoxedStrategy<(Enclosure, Rational)> {
    (floats(), floats(), 0..=16i64)
        .prop_map(|(a, b, share)| {
            let (low, high) = (a.min(b), a.max(b));
            let (low, high) = if share % 3 == 0 { (low, low) } else { (low, high) };
            let (from, to) = (exact(low), exact(high));
            let inside = &from + (&to - &from) * Rational::ratio(share, 16);
            (Enclosure::between(low, high), inside)
        })
        .boxed()
}

fn exact(x: f64) -> Rational {
    <Rational as Scalar>::from_f64(x).unwrap()
}
