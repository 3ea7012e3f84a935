//! Instances of a few numbers, for checks that use no group of a scene: their witnesses tell what is used, and no more.

use crate::claim::{Feature, Features, Instance};
use crate::scalar::Scalar;
use proptest::prelude::*;

/// `(1 + |c|/8) 2^{(c mod 5) − 2}`.
fn positive<T: Scalar>(code: i8) -> T {
    let base = T::one() + T::ratio(i64::from(code.unsigned_abs()), 8);
    match code.rem_euclid(5) {
        0 => base / T::count(4),
        1 => base / T::count(2),
        2 => base,
        3 => base * T::count(2),
        _ => base * T::count(4),
    }
}

/// A Gaussian on the line and a variance of a prior.
#[derive(Clone, Debug)]
pub(super) struct Line {
    mean_in_quarters: i8,
    variance_code: i8,
    prior_code: i8,
}

impl Line {
    pub(super) fn mean<T: Scalar>(&self) -> T {
        T::ratio(i64::from(self.mean_in_quarters), 4)
    }

    pub(super) fn variance<T: Scalar>(&self) -> T {
        positive(self.variance_code)
    }

    pub(super) fn prior<T: Scalar>(&self) -> T {
        positive(self.prior_code)
    }
}

impl Instance for Line {
    fn features(&self) -> Features {
        Features::default()
    }
}

pub(super) fn lines(_: Option<Feature>) -> BoxedStrategy<Line> {
    (-32..=32i8, -32..=32i8, -32..=32i8)
        .prop_map(|(mean_in_quarters, variance_code, prior_code)| Line {
            mean_in_quarters,
            variance_code,
            prior_code,
        })
        .boxed()
}

/// The modes `±a` of a prior on the line, `4 ≤ a ≤ 8`.
#[derive(Clone, Debug)]
pub(super) struct Modes {
    eighths_above_four: u8,
}

impl Modes {
    pub(super) fn mode<T: Scalar>(&self) -> T {
        T::count(4) + T::ratio(i64::from(self.eighths_above_four), 8)
    }
}

impl Instance for Modes {
    fn features(&self) -> Features {
        Features::default()
    }
}

pub(super) fn modes(_: Option<Feature>) -> BoxedStrategy<Modes> {
    (0..=32u8).prop_map(|eighths_above_four| Modes { eighths_above_four }).boxed()
}

/// The covariances `[[1, t], [t, t² + s]]` and `diag(1, 16 s')` of two planes.
#[derive(Clone, Debug)]
pub(super) struct Planes {
    tilt_in_quarters: u8,
    scales_in_eighths: [u8; 2],
}

impl Planes {
    /// `t`, at least 3.
    pub(super) fn tilt(&self) -> f64 {
        f64::from(self.tilt_in_quarters) / 4.0
    }

    /// `s` and `s'`, at least 1.
    pub(super) fn scales(&self) -> [f64; 2] {
        self.scales_in_eighths.map(|eighths| f64::from(eighths) / 8.0)
    }
}

impl Instance for Planes {
    fn features(&self) -> Features {
        Features::default()
    }
}

pub(super) fn planes(_: Option<Feature>) -> BoxedStrategy<Planes> {
    (12..=15u8, 8..=40u8, 8..=40u8)
        .prop_map(|(tilt_in_quarters, first, second)| Planes {
            tilt_in_quarters,
            scales_in_eighths: [first, second],
        })
        .boxed()
}
