//! What the two Gaussian families have in common for the checks of this chapter.

use super::super::scene::{Scene, Which};
use crate::action::ClosedUnder;
use crate::family::{DiagonalGaussian, FamilyError, FisherInformation, FullGaussian, Member};
use crate::group::AnyGroup;
use crate::representation::{ActsOn, ChangeOfBasis, SignedPermutationRep};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// Which family, for the names of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Diagonal,
    Full,
}

/// A part of a statement, with the family's name in front.
macro_rules! part {
    ($family:ident, $scalar:ty, $text:literal) => {
        match <$family as Posed<$scalar>>::KIND {
            Kind::Diagonal => concat!("diagonal Gaussian: ", $text),
            Kind::Full => concat!("full Gaussian: ", $text),
        }
    };
}
pub(super) use part;

/// `N(m, L D Lᵀ)`, `L` unit triangular.
pub(super) struct Factors<T: Scalar> {
    pub(super) mean: DVector<T>,
    pub(super) lower: DMatrix<T>,
    pub(super) diagonal: DVector<T>,
}

/// A Gaussian family with its members and its action on a scene.
pub(super) trait Posed<T: Scalar>:
    FisherInformation<T> + ClosedUnder<<Self as Posed<T>>::Rep, T>
{
    const KIND: Kind;

    /// The actions that the family is closed under.
    type Rep: ActsOn<T, Group = AnyGroup>;

    fn rep(scene: &Scene) -> Self::Rep;

    fn pose(scene: &Scene, which: Which) -> Result<Member<Self, T>, FamilyError>;

    fn factors(scene: &Scene, which: Which) -> Result<Factors<T>, FamilyError>;

    fn mean(q: &Member<Self, T>) -> DVector<T>;

    fn covariance(q: &Member<Self, T>) -> DMatrix<T>;

    fn precision(q: &Member<Self, T>) -> DMatrix<T>;
}

impl<T: Scalar> Posed<T> for DiagonalGaussian {
    const KIND: Kind = Kind::Diagonal;

    type Rep = SignedPermutationRep<AnyGroup>;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.signed()
    }

    fn pose(scene: &Scene, which: Which) -> Result<Member<Self, T>, FamilyError> {
        scene.diagonal(which)
    }

    fn factors(scene: &Scene, which: Which) -> Result<Factors<T>, FamilyError> {
        let q = scene.diagonal::<T>(which)?;
        let n = q.mean().len();
        let lower = DMatrix::from_diagonal(&DVector::from_element(n, T::one()));
        Ok(Factors { mean: q.mean(), lower, diagonal: q.variance() })
    }

    fn mean(q: &Member<Self, T>) -> DVector<T> {
        q.mean()
    }

    fn covariance(q: &Member<Self, T>) -> DMatrix<T> {
        DMatrix::from_diagonal(&q.variance())
    }

    fn precision(q: &Member<Self, T>) -> DMatrix<T> {
        let n = q.mean().len();
        let second = q.natural().coordinates().rows(n, n) * T::ratio(-2, 1);
        DMatrix::from_diagonal(&second)
    }
}

impl<T: Scalar> Posed<T> for FullGaussian {
    const KIND: Kind = Kind::Full;

    type Rep = ChangeOfBasis<SignedPermutationRep<AnyGroup>, T>;

    fn rep(scene: &Scene) -> Self::Rep {
        scene.dense()
    }

    fn pose(scene: &Scene, which: Which) -> Result<Member<Self, T>, FamilyError> {
        scene.full(which)
    }

    fn factors(scene: &Scene, which: Which) -> Result<Factors<T>, FamilyError> {
        let (mean, lower, diagonal) = scene.factors(which);
        Ok(Factors { mean, lower, diagonal })
    }

    fn mean(q: &Member<Self, T>) -> DVector<T> {
        q.mean()
    }

    fn covariance(q: &Member<Self, T>) -> DMatrix<T> {
        q.covariance()
    }

    fn precision(q: &Member<Self, T>) -> DMatrix<T> {
        q.precision()
    }
}
