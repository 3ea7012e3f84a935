//! The instances of F4: a rotation of a coordinate plane, perhaps with a stretch, and diagonal Gaussians.

use super::super::{Feature, Features, Instance};
use super::integers::{Integers, powers};
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, IsotropicGaussian, Member};
use crate::representation::Dense;
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use proptest::collection::vec;
use proptest::prelude::*;

/// `B = diag(2^e) R`, with `R` the rotation by `φ`, `tan(φ/2) = t/8`, of a coordinate plane. The sine
/// `2t/(1 + t²)` and the cosine `(1 − t²)/(1 + t²)` are rational, so the rotation is exact in
/// rational arithmetic.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// 2 to 4.
    dim: usize,
    /// The plane: the coordinate `first` and the one `apart` further on, cyclically.
    first: usize,
    apart: usize,
    /// `tan(φ/2)` in eighths.
    half_tangent: i8,
    /// Powers of two that stretch the coordinates, cyclically; empty for none.
    stretch: Vec<i8>,
    /// Variances in eighths: first those of the Gaussian that moves, then those of another.
    variances: Vec<u16>,
    /// Means in quarters, likewise.
    means: Vec<i8>,
}

impl Turn {
    fn plane(&self) -> (usize, usize) {
        let first = self.first % self.dim;
        (first, (first + 1 + self.apart % (self.dim - 1)) % self.dim)
    }

    fn rotation<T: Scalar>(&self) -> DMatrix<T> {
        let (i, j) = self.plane();
        let t = i64::from(self.half_tangent);
        let cos = T::ratio(64 - t * t, 64 + t * t);
        let sin = T::ratio(16 * t, 64 + t * t);
        let mut rotation = DMatrix::from_diagonal(&DVector::from_element(self.dim, T::one()));
        rotation[(i, i)] = cos.clone();
        rotation[(j, j)] = cos;
        rotation[(i, j)] = -sin.clone();
        rotation[(j, i)] = sin;
        rotation
    }

    fn stretch<T: Scalar>(&self, sign: i32) -> DMatrix<T> {
        DMatrix::from_diagonal(&DVector::from_fn(self.dim, |i, _| {
            let e = if self.stretch.is_empty() {
                0
            } else {
                sign * i32::from(self.stretch[i % self.stretch.len()])
            };
            let power = T::ratio(1 << e.unsigned_abs(), 1);
            if e < 0 { T::one() / power } else { power }
        }))
    }

    /// `ln|det B|` in units of `ln 2`.
    pub(super) fn volume(&self) -> i32 {
        let count = self.stretch.len().max(1);
        (0..self.dim).map(|i| self.stretch.get(i % count).map_or(0, |&e| i32::from(e))).sum()
    }

    /// The integers acting by powers of `B`.
    pub(super) fn rep<T: Scalar>(&self) -> Dense<Integers, T> {
        let rotation = self.rotation::<T>();
        let inverse = rotation.transpose() * self.stretch(-1);
        powers(self.stretch::<T>(1) * rotation, inverse)
    }

    fn diagonal<T: Scalar>(
        &self,
        offset: usize,
    ) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
        let pick = |i: usize, length: usize| (offset + i) % length.max(1);
        let mean: Vec<T> = (0..self.dim)
            .map(|i| {
                let code = self.means.get(pick(i, self.means.len())).copied().unwrap_or(0);
                T::ratio(i64::from(code), 4)
            })
            .collect();
        let variance: Vec<T> = (0..self.dim)
            .map(|i| {
                let code = self.variances.get(pick(i, self.variances.len())).copied().unwrap_or(8);
                T::ratio(i64::from(code.max(1)), 8)
            })
            .collect();
        DiagonalGaussian::with_variance(&mean, &variance)
    }

    /// The Gaussian that moves.
    pub(super) fn q<T: Scalar>(&self) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
        self.diagonal(0)
    }

    /// Another diagonal Gaussian.
    pub(super) fn other<T: Scalar>(&self) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
        self.diagonal(4)
    }

    /// `B diag(σ²) Bᵀ`, exactly.
    pub(super) fn exact_covariance(&self) -> Result<DMatrix<Rational>, FamilyError> {
        let matrix = self.stretch::<Rational>(1) * self.rotation::<Rational>();
        let variance = DMatrix::from_diagonal(&self.q::<Rational>()?.variance());
        Ok(&matrix * variance * matrix.transpose())
    }
}

impl Turn {
    /// The Gaussian that moves, or another one, with the first of its variances for all coordinates.
    pub(super) fn isotropic<T: Scalar>(
        &self,
        other: bool,
    ) -> Result<Member<IsotropicGaussian, T>, FamilyError> {
        let q = if other { self.other::<T>()? } else { self.q::<T>()? };
        IsotropicGaussian::with_variance(q.mean().as_slice(), q.variance()[0].clone())
    }

    /// `B Bᵀ`, exactly.
    pub(super) fn exact_square(&self) -> DMatrix<Rational> {
        let matrix = self.stretch::<Rational>(1) * self.rotation::<Rational>();
        &matrix * matrix.transpose()
    }

    /// The two coordinates of the plane, and whether turning it is a signed permutation.
    pub(super) fn turned_plane(&self) -> (usize, usize, bool) {
        let (i, j) = self.plane();
        (i, j, matches!(self.half_tangent, 0 | 8 | -8))
    }
}

/// A diagonal Gaussian as a member of the larger family.
pub(super) fn as_full<T: Scalar>(
    q: &Member<DiagonalGaussian, T>,
) -> Result<Member<FullGaussian, T>, FamilyError> {
    FullGaussian::with_covariance(&q.mean(), &DMatrix::from_diagonal(&q.variance()))
}

impl Instance for Turn {
    fn features(&self) -> Features {
        let (i, j) = self.plane();
        let isotropic = self.q::<Rational>().is_ok_and(|q| q.variance()[i] == q.variance()[j]);
        let signed_permutation = matches!(self.half_tangent, 0 | 8 | -8);
        Features::default()
            .when(isotropic && !signed_permutation, Feature::IsotropicPlane)
            .when(matches!(self.half_tangent, 8 | -8), Feature::QuarterTurn)
            .when(!isotropic && !signed_permutation, Feature::MixingTurn)
            .when(self.volume() != 0, Feature::ChangesVolume)
    }
}

prop_compose! {
    fn any_turn()(
        dim in 2..=4usize,
        first in 0..4usize,
        apart in 0..3usize,
        half_tangent in prop_oneof![4 => -16..=16i8, 1 => Just(8i8), 1 => Just(-8i8)],
        stretch in prop_oneof![Just(vec![]), vec(-2..=2i8, 1..=4)],
        variances in prop_oneof![3 => vec(1..=256u16, 8), 1 => vec(1..=2u16, 8)],
        means in vec(-32..=32i8, 8),
    ) -> Turn {
        Turn { dim, first, apart, half_tangent, stretch, variances, means }
    }
}

/// Turns, of a wanted kind or of any.
pub(super) fn turns(wanted: Option<Feature>) -> BoxedStrategy<Turn> {
    let proper = || prop_oneof![1..=7i8, -7..=-1i8, 9..=16i8];
    match wanted {
        Some(Feature::IsotropicPlane) => (any_turn(), proper(), 1..=256u16)
            .prop_map(|(turn, half_tangent, v)| {
                let mut turn = Turn { half_tangent, ..turn };
                let (i, j) = turn.plane();
                (turn.variances[i], turn.variances[j]) = (v, v);
                turn
            })
            .boxed(),
        Some(Feature::QuarterTurn) => (any_turn(), prop_oneof![Just(8i8), Just(-8i8)])
            .prop_map(|(turn, half_tangent)| Turn { half_tangent, ..turn })
            .boxed(),
        Some(Feature::MixingTurn) => (any_turn(), proper(), 1..=128u16)
            .prop_map(|(turn, half_tangent, v)| {
                let mut turn = Turn { half_tangent, ..turn };
                let (i, j) = turn.plane();
                (turn.variances[i], turn.variances[j]) = (v, v + 100);
                turn
            })
            .boxed(),
        Some(Feature::ChangesVolume) => {
            any_turn().prop_map(|turn| Turn { stretch: vec![1], ..turn }).boxed()
        }
        _ => any_turn().boxed(),
    }
}

/// Turns with a stretch that is not the same in all directions.
pub(super) fn unevenly_stretched(_: Option<Feature>) -> BoxedStrategy<Turn> {
    any_turn().prop_map(|turn| Turn { stretch: vec![1, 0], ..turn }).boxed()
}
