//! Gaussians to be averaged over rotations.

use crate::claim::entry::Instance;
use crate::claim::{Feature, Features};
use crate::family::{FamilyError, FullGaussian, Member};
use crate::representation::pairs;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use proptest::collection::vec;
use proptest::prelude::*;

/// A Gaussian on `R^n`, to be averaged over `SO(n)`, or `O(n)`.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) n: usize,
    pub(super) reflections: bool,
    /// `Λm`, in quarters; the first four are a mean on `R^2 ⊗ R^2` as well.
    pub(super) first: Vec<i8>,
    /// `Λ = LDLᵀ`: below the diagonal of `L`, in quarters.
    pub(super) below: Vec<i8>,
    /// `D`, in quarters.
    pub(super) diagonal: Vec<u8>,
    /// The precision of an invariant `ζ`, in quarters.
    pub(super) zeta: u8,
    /// Of the draws.
    pub(super) seed: u64,
}

impl Instance for Case {
    fn features(&self) -> Features {
        let n = self.n;
        let repeated = (0..n).any(|j| self.diagonal[..j].contains(&self.diagonal[j]));
        let round = self.diagonal[..n].iter().all(|&d| d == self.diagonal[0])
            && self.below[..n * (n - 1) / 2].iter().all(|&entry| entry == 0);
        let centred = self.first[..n].iter().all(|&entry| entry == 0);
        let trivial = n == 1 && !self.reflections;
        let abelian = n == 1 || (n == 2 && !self.reflections);
        Features::default()
            .when(trivial, Feature::TrivialGroup)
            .when(abelian && !trivial, Feature::Abelian)
            .when(!abelian, Feature::NonAbelian)
            .when(trivial || (round && centred), Feature::Invariant)
            .when(repeated, Feature::RepeatedVariances)
    }
}

pub(super) fn instances(wanted: Option<Feature>) -> BoxedStrategy<Case> {
    let parts = (
        1..=4usize,
        any::<bool>(),
        vec(-12..=12i8, 4),
        vec(-4..=4i8, 6),
        vec(1..=16u8, 4),
        1..=16u8,
        any::<u64>(),
    );
    parts
        .prop_map(move |(n, reflections, first, below, diagonal, zeta, seed)| {
            let mut case = Case { n, reflections, first, below, diagonal, zeta, seed };
            match wanted {
                Some(Feature::TrivialGroup) => (case.n, case.reflections) = (1, false),
                Some(Feature::Abelian) => (case.n, case.reflections) = (2, false),
                Some(Feature::NonAbelian) if n < 3 => (case.n, case.reflections) = (2, true),
                Some(Feature::Invariant) => {
                    case.first.fill(0);
                    case.below.fill(0);
                    case.diagonal.fill(zeta);
                }
                Some(Feature::RepeatedVariances) => {
                    case.n = usize::max(n, 2);
                    case.diagonal[1] = case.diagonal[0];
                }
                _ => {}
            }
            case
        })
        .boxed()
}

impl Case {
    /// Whether every vector is moved around to its negative, as all but `SO(1)` do.
    pub(super) fn moves(&self) -> bool {
        self.n > 1 || self.reflections
    }

    /// The natural parameter of `N(m, Λ⁻¹)` with the given `Λm` and `Λ`.
    pub(super) fn natural<T: Scalar>(first: &[T], precision: &DMatrix<T>) -> DVector<T> {
        let mut eta = first.to_vec();
        eta.extend(pairs(first.len()).map(|(i, j)| {
            let entry = precision[(i, j)].clone();
            if i == j { entry * T::ratio(-1, 2) } else { -entry }
        }));
        DVector::from_vec(eta)
    }

    /// The Gaussian, given by its natural parameters: dyadic numbers.
    pub(super) fn posterior<T: Scalar>(&self) -> Result<Member<FullGaussian, T>, FamilyError> {
        let n = self.n;
        let mut lower = DMatrix::<T>::identity(n, n);
        let mut below = self.below.iter();
        for i in 0..n {
            for j in 0..i {
                let entry = below.next().copied().unwrap_or(0);
                lower[(i, j)] = T::ratio(i64::from(entry), 4);
            }
        }
        let diagonal = DVector::from_fn(n, |i, _| T::ratio(i64::from(self.diagonal[i]), 4));
        let precision = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
        let first: Vec<T> =
            self.first[..n].iter().map(|&entry| T::ratio(i64::from(entry), 4)).collect();
        Member::from_natural(FullGaussian::new(n), Self::natural(&first, &precision))
    }

    /// `N(0, v·1)`.
    pub(super) fn zeta<T: Scalar>(&self) -> Result<Member<FullGaussian, T>, FamilyError> {
        let n = self.n;
        let precision = DMatrix::identity(n, n) * T::ratio(i64::from(self.zeta), 4);
        let first = vec![T::zero(); n];
        Member::from_natural(FullGaussian::new(n), Self::natural(&first, &precision))
    }
}
