//! Orthogonality as a promise.

use super::{ActsOn, ActsOrthogonally, ElementOf, Representation, SignedPermutation};
use crate::group::Group;
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// A representation whose matrices are orthogonal by the caller's word, which no type can know:
/// rotations given by matrices, say.
///
/// [`law::orthogonal`](crate::law::orthogonal) checks the promise. The transpose acts as the inverse
/// element, without a matrix.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::{Dense, Orthogonal};
/// use nalgebra::dmatrix;
///
/// let third_turn = Orthogonal::new(Dense::from_fn(Cyclic::new(3)?, 2, |&k| {
///     let (sin, cos) = (k as f64 * std::f64::consts::TAU / 3.0).sin_cos();
///     dmatrix![cos, -sin; sin, cos]
/// }));
/// law::orthogonal(&third_turn).assert();
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Orthogonal<R> {
    inner: R,
}

impl<R: Representation> Orthogonal<R> {
    /// Takes the caller's word that `ρ(g)ᵀρ(g) = 1`.
    pub fn new(inner: R) -> Self {
        Self { inner }
    }

    /// The representation underneath.
    pub fn inner(&self) -> &R {
        &self.inner
    }
}

impl<R: Representation> Representation for Orthogonal<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.inner.group()
    }

    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        self.inner.signed_permutation(g)
    }
}

impl<T: Scalar, R: ActsOn<T>> ActsOn<T> for Orthogonal<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.inner.act(g, x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.inner.act(&self.group().inverse(g), x, out);
    }

    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        self.inner.matrix(g)
    }
}

impl<R: Representation> ActsOrthogonally for Orthogonal<R> {}
