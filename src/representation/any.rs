//! A representation that is chosen at run time.

use super::{ActsOn, ElementOf, Representation, SignedPermutation};
use crate::group::AnyGroup;
use crate::scalar::Scalar;
use nalgebra::DMatrix;
use std::fmt;
use std::sync::Arc;

/// Any representation of an [`AnyGroup`] on vectors of `T` behind one type, for code that learns only at
/// run time which: a registry, an action that is read from a file.
///
/// What the type promised (orthogonality, index maps) is out of sight; index maps that are discovered at
/// run time, by [`signed_permutation`](Representation::signed_permutation), still come through.
///
/// # Examples
/// ```
/// use equibayes::group::{AnyGroup, Cyclic};
/// use equibayes::representation::{AnyRepresentation, PermutationRep, Representation, Trivial};
///
/// let c3 = AnyGroup::new(Cyclic::new(3)?);
/// let both: [AnyRepresentation<f64>; 2] = [
///     AnyRepresentation::new(Trivial::new(c3.clone(), 2)),
///     AnyRepresentation::new(PermutationRep::regular(&c3)?),
/// ];
/// assert_eq!(both.each_ref().map(Representation::dim), [2, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct AnyRepresentation<T: Scalar>(Arc<dyn Erased<T>>);

type Element = <AnyGroup as crate::group::Group>::Element;

/// What a representation must do when its type is out of sight.
trait Erased<T: Scalar>: fmt::Debug + Send + Sync {
    fn group(&self) -> &AnyGroup;
    fn dim(&self) -> usize;
    fn signed_permutation(&self, g: &Element) -> Option<SignedPermutation>;
    fn act(&self, g: &Element, x: &[T], out: &mut [T]);
    fn act_transposed(&self, g: &Element, x: &[T], out: &mut [T]);
    fn matrix(&self, g: &Element) -> DMatrix<T>;
    fn character(&self, g: &Element) -> T;
}

impl<T, R> Erased<T> for R
where
    T: Scalar,
    R: ActsOn<T> + Representation<Group = AnyGroup> + Send + Sync,
{
    fn group(&self) -> &AnyGroup {
        Representation::group(self)
    }

    fn dim(&self) -> usize {
        Representation::dim(self)
    }

    fn signed_permutation(&self, g: &Element) -> Option<SignedPermutation> {
        Representation::signed_permutation(self, g)
    }

    fn act(&self, g: &Element, x: &[T], out: &mut [T]) {
        ActsOn::act(self, g, x, out);
    }

    fn act_transposed(&self, g: &Element, x: &[T], out: &mut [T]) {
        ActsOn::act_transposed(self, g, x, out);
    }

    fn matrix(&self, g: &Element) -> DMatrix<T> {
        ActsOn::matrix(self, g)
    }

    fn character(&self, g: &Element) -> T {
        ActsOn::character(self, g)
    }
}

impl<T: Scalar> AnyRepresentation<T> {
    /// The representation, its type forgotten.
    pub fn new<R>(rep: R) -> Self
    where
        R: ActsOn<T> + Representation<Group = AnyGroup> + Send + Sync + 'static,
    {
        Self(Arc::new(rep))
    }
}

impl<T: Scalar> fmt::Debug for AnyRepresentation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Scalar> Representation for AnyRepresentation<T> {
    type Group = AnyGroup;

    fn group(&self) -> &AnyGroup {
        self.0.group()
    }

    fn dim(&self) -> usize {
        self.0.dim()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        self.0.signed_permutation(g)
    }
}

impl<T: Scalar> ActsOn<T> for AnyRepresentation<T> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.0.act(g, x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.0.act_transposed(g, x, out);
    }

    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        self.0.matrix(g)
    }

    fn character(&self, g: &ElementOf<Self>) -> T {
        self.0.character(g)
    }
}
