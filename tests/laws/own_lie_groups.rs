//! A Lie group that the crate has never seen, with and without faults.

use super::{assert_only, assert_rejected};
use equibayes::group::{Group, Haar, LieGroup};
use equibayes::law;
use nalgebra::{DMatrix, dmatrix};
use rand::{Rng, RngExt};
use std::f64::consts::{FRAC_PI_2, TAU};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    NotAssociative,
    WrongInverse,
    BlindDistance,
    GenerousRounding,
    StretchedDistance,
    HalfTheCircle,
    LinearExponential,
    TwiceAsFast,
    NotSkew,
    DependentBasis,
    ComponentTwice,
    WrongMatrix,
}

/// The rotations of the plane, as unit complex numbers.
#[derive(Clone, Debug, PartialEq)]
struct Circle(Fault);

impl Group for Circle {
    type Element = [f64; 2];

    fn identity(&self) -> [f64; 2] {
        [1.0, 0.0]
    }

    fn compose(&self, &[a, b]: &[f64; 2], &[c, d]: &[f64; 2]) -> [f64; 2] {
        if self.0 == Fault::NotAssociative {
            // Adds a millionth of the second angle once more.
            let angle = b.atan2(a) + d.atan2(c) * (1.0 + 1e-6);
            return [angle.cos(), angle.sin()];
        }
        [a * c - b * d, a * d + b * c]
    }

    fn inverse(&self, &[a, b]: &[f64; 2]) -> [f64; 2] {
        if self.0 == Fault::WrongInverse { [a, b] } else { [a, -b] }
    }

    fn distance(&self, a: &[f64; 2], b: &[f64; 2]) -> f64 {
        match self.0 {
            Fault::BlindDistance => 0.0,
            Fault::StretchedDistance => (a[0] - b[0]).hypot(2.0 * (a[1] - b[1])),
            _ => (a[0] - b[0]).hypot(a[1] - b[1]),
        }
    }

    /// Four products and two sums of numbers up to 1, and as many roundings again.
    fn rounding(&self) -> f64 {
        if self.0 == Fault::GenerousRounding { 0.01 } else { 4.0 * f64::EPSILON }
    }
}

impl Haar for Circle {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> [f64; 2] {
        let whole = if self.0 == Fault::HalfTheCircle { TAU / 2.0 } else { TAU };
        let angle = rng.random_range(0.0..whole);
        [angle.cos(), angle.sin()]
    }
}

impl LieGroup for Circle {
    fn dimension(&self) -> usize {
        2
    }

    fn matrix(&self, &[a, b]: &[f64; 2]) -> DMatrix<f64> {
        if self.0 == Fault::WrongMatrix { dmatrix![a, b; b, -a] } else { dmatrix![a, -b; b, a] }
    }

    fn lie_algebra(&self) -> Vec<DMatrix<f64>> {
        let x = dmatrix![0.0, -1.0; 1.0, 0.0];
        match self.0 {
            Fault::NotSkew => vec![dmatrix![1.0, -1.0; 1.0, 0.0]],
            Fault::DependentBasis => vec![x.clone(), x * 2.0],
            _ => vec![x],
        }
    }

    fn exp(&self, x: &DMatrix<f64>) -> [f64; 2] {
        let angle = x[(1, 0)];
        match self.0 {
            Fault::LinearExponential => {
                let length = 1.0_f64.hypot(angle);
                [1.0 / length, angle / length]
            }
            Fault::TwiceAsFast => [(2.0 * angle).cos(), (2.0 * angle).sin()],
            _ => [angle.cos(), angle.sin()],
        }
    }

    fn components(&self) -> Vec<[f64; 2]> {
        let one = self.identity();
        if self.0 == Fault::ComponentTwice { vec![one, one] } else { vec![one] }
    }
}

#[test]
fn a_lie_group_of_ones_own() {
    law::lie_group(&Circle(Fault::None)).assert();
}

#[test]
fn faults_are_found() {
    let cases: [(Fault, &[&str]); 12] = [
        (Fault::NotAssociative, &["associativity"]),
        (Fault::WrongInverse, &["left inverse", "right inverse"]),
        (Fault::BlindDistance, &["separation"]),
        (Fault::GenerousRounding, &["separation"]),
        (Fault::StretchedDistance, &["invariant distance"]),
        (Fault::HalfTheCircle, &["invariant draws"]),
        (Fault::LinearExponential, &["exponential", "derivative"]),
        (Fault::TwiceAsFast, &["derivative"]),
        (Fault::NotSkew, &["Lie algebra", "adjoint"]),
        (Fault::DependentBasis, &["Lie algebra"]),
        (Fault::ComponentTwice, &["components"]),
        (Fault::WrongMatrix, &["matrices"]),
    ];
    for (fault, laws) in cases {
        assert_rejected(&law::lie_group(&Circle(fault)), laws);
    }
    // Some by one law only.
    assert_only(&law::lie_group(&Circle(Fault::BlindDistance)), &["separation"]);
    assert_only(&law::lie_group(&Circle(Fault::HalfTheCircle)), &["invariant draws"]);
    assert_only(&law::lie_group(&Circle(Fault::TwiceAsFast)), &["derivative"]);
    assert_only(&law::lie_group(&Circle(Fault::ComponentTwice)), &["components"]);
}

#[test]
fn a_turn_that_rounds_is_within_its_rounding() {
    let circle = Circle(Fault::None);
    let quarter = circle.exp(&(circle.lie_algebra()[0].clone() * FRAC_PI_2));
    let whole = (0..3).fold(quarter, |turn, _| circle.compose(&turn, &quarter));
    let distance = circle.distance(&whole, &circle.identity());
    assert!(distance > 0.0 && distance <= 8.0 * circle.rounding(), "{distance}");
}
