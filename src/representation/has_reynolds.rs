//! Which representations have a Reynolds operator in closed form.

use super::{ActsInfinitesimally, ActsOn, FixedSpace, RepresentationError, Reynolds};
use crate::group::{Finite, Group, LieGroup, Orthogonal, SpecialOrthogonal};
use crate::scalar::Scalar;

/// A representation that is averaged over its group in closed form: of a finite group, or of a compact Lie
/// group and with a derivative ([`ActsInfinitesimally`]).
///
/// Every such representation has the trait, by way of its group's [`Averages`]; what symmetrises over a group
/// asks for it, and so serves finite and Lie groups alike. Other representations of compact groups go through
/// [`haar_average`](super::haar_average).
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, SpecialOrthogonal};
/// use equibayes::representation::{HasReynolds, PermutationRep, Standard, SymmetricSquare};
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// assert_eq!(shift.reynolds()?.project(&[1.0, 2.0, 6.0]).as_slice(), [3.0; 3]);
///
/// // What rotations leave of a symmetric matrix is its trace.
/// let square = SymmetricSquare::new(Standard::new(SpecialOrthogonal::new(2)?));
/// assert_eq!(square.reynolds()?.project(&[1.0, 7.0, 4.0]).as_slice(), [2.5, 0.0, 2.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait HasReynolds<T: Scalar>: ActsOn<T> {
    /// The Reynolds operator, by the cheapest sound way.
    ///
    /// # Errors
    /// Never for a finite group. For a Lie group [`RepresentationError::UnclearRank`] in floating point, or
    /// [`RepresentationError::NoComplement`] if the derivative is not that of a representation of a compact
    /// group.
    fn reynolds(&self) -> Result<Reynolds<T>, RepresentationError>;
}

impl<T, R> HasReynolds<T> for R
where
    T: Scalar,
    R: ActsOn<T>,
    R::Group: Averages<R, T>,
{
    fn reynolds(&self) -> Result<Reynolds<T>, RepresentationError> {
        R::Group::average(self)
    }
}

/// A group that averages the representation `R`: how [`HasReynolds`] finds its way from a group to a method.
///
/// For a Lie group of your own, implement it by [`Reynolds::of_lie`] for every `R: ActsInfinitesimally<T>` of
/// it, as for [`Orthogonal`].
#[diagnostic::on_unimplemented(
    message = "no closed form of the average of `{R}` over its group is known",
    note = "for a finite group there always is one, for a Lie group where the representation has a derivative (`ActsInfinitesimally`); others are averaged by `representation::haar_average`"
)]
pub trait Averages<R, T: Scalar>: Group {
    /// The Reynolds operator of the representation.
    ///
    /// # Errors
    /// As [`HasReynolds::reynolds`].
    fn average(rep: &R) -> Result<Reynolds<T>, RepresentationError>;
}

impl<G: Finite, R: ActsOn<T, Group = G>, T: Scalar> Averages<R, T> for G {
    fn average(rep: &R) -> Result<Reynolds<T>, RepresentationError> {
        Ok(Reynolds::of(rep))
    }
}

impl<R: ActsInfinitesimally<T, Group = Self>, T: Scalar> Averages<R, T> for Orthogonal {
    fn average(rep: &R) -> Result<Reynolds<T>, RepresentationError> {
        Reynolds::of_lie(rep)
    }
}

impl<R: ActsInfinitesimally<T, Group = Self>, T: Scalar> Averages<R, T> for SpecialOrthogonal {
    fn average(rep: &R) -> Result<Reynolds<T>, RepresentationError> {
        Reynolds::of_lie(rep)
    }
}

impl<T: Scalar> FixedSpace<T> {
    /// The fixed space of a representation of a compact Lie group: what `dρ(X)` kills for every `X` of a basis
    /// of the Lie algebra, and one element of each component fixes (claim A3).
    ///
    /// # Errors
    /// [`RepresentationError::UnclearRank`] in floating point, or if the group gives matrices with entries
    /// that are not numbers.
    pub fn of_lie<R: ActsInfinitesimally<T>>(rep: &R) -> Result<Self, RepresentationError> {
        let (group, dim) = (rep.group(), rep.dim());
        let mut operators = Vec::new();
        for x in group.lie_algebra() {
            operators.push(rep.derivative(&super::lie_tensors::scalars(&x)?));
        }
        // The component of the identity has nothing to add.
        for s in group.components().iter().skip(1) {
            let mut moved = rep.matrix(s);
            for i in 0..dim {
                moved[(i, i)] -= T::one();
            }
            operators.push(moved);
        }
        Self::of_operators(dim, &operators)
    }
}
