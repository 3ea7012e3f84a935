//! Direct sums.

use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, RepresentationError, SignedPermutation, check_len, checked_dim,
};
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// The direct sum `V ⊕ W`: the coordinates of `V`, then those of `W`.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, DirectSum, PermutationRep, Trivial};
///
/// let c2 = Cyclic::new(2)?;
/// let layer = DirectSum::new(PermutationRep::regular(&c2)?, Trivial::new(c2, 1))?;
/// assert_eq!(layer.apply(&1, &[1.0, 2.0, 3.0]).as_slice(), [2.0, 1.0, 3.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectSum<A, B> {
    first: A,
    second: B,
}

impl<A: Representation, B: Representation<Group = A::Group>> DirectSum<A, B> {
    /// The sum of two representations of the same group.
    ///
    /// # Errors
    /// [`RepresentationError::DifferentGroups`], [`RepresentationError::TooManyCoordinates`].
    pub fn new(first: A, second: B) -> Result<Self, RepresentationError> {
        super::same_group(&first, &second)?;
        checked_dim(first.dim().checked_add(second.dim()))?;
        Ok(Self { first, second })
    }

    /// The sum of two representations made from one, which are of the same group by construction.
    pub(crate) fn of_same_group(first: A, second: B) -> Self {
        Self { first, second }
    }

    /// The first summand.
    pub fn first(&self) -> &A {
        &self.first
    }

    /// The second summand.
    pub fn second(&self) -> &B {
        &self.second
    }

    fn joined(&self, a: &SignedPermutation, b: &SignedPermutation) -> SignedPermutation {
        let split = a.dim();
        SignedPermutation::from_fn(split + b.dim(), |i| {
            if i < split {
                a.image(i)
            } else {
                let (image, sign) = b.image(i - split);
                (image + split, sign)
            }
        })
    }
}

impl<A: Representation, B: Representation<Group = A::Group>> Representation for DirectSum<A, B> {
    type Group = A::Group;

    fn group(&self) -> &A::Group {
        self.first.group()
    }

    fn dim(&self) -> usize {
        self.first.dim() + self.second.dim()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.joined(&self.first.signed_permutation(g)?, &self.second.signed_permutation(g)?))
    }
}

impl<T: Scalar, A: ActsOn<T>, B: ActsOn<T, Group = A::Group>> ActsOn<T> for DirectSum<A, B> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        let (x_first, x_second) = x.split_at(self.first.dim());
        let (out_first, out_second) = out.split_at_mut(self.first.dim());
        self.first.act(g, x_first, out_first);
        self.second.act(g, x_second, out_second);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim(), x.len(), out.len());
        let (x_first, x_second) = x.split_at(self.first.dim());
        let (out_first, out_second) = out.split_at_mut(self.first.dim());
        self.first.act_transposed(g, x_first, out_first);
        self.second.act_transposed(g, x_second, out_second);
    }

    fn matrix(&self, g: &ElementOf<Self>) -> DMatrix<T> {
        let (first, second) = (self.first.matrix(g), self.second.matrix(g));
        let split = first.nrows();
        DMatrix::from_fn(self.dim(), self.dim(), |i, j| match (i < split, j < split) {
            (true, true) => first[(i, j)].clone(),
            (false, false) => second[(i - split, j - split)].clone(),
            _ => T::zero(),
        })
    }
}

impl<A, B> ActsBySignedPermutations for DirectSum<A, B>
where
    A: ActsBySignedPermutations,
    B: ActsBySignedPermutations<Group = A::Group>,
{
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        self.joined(&self.first.index_map(g), &self.second.index_map(g))
    }
}

impl<A, B> ActsByPermutations for DirectSum<A, B>
where
    A: ActsByPermutations,
    B: ActsByPermutations<Group = A::Group>,
{
}

impl<A, B> ActsOrthogonally for DirectSum<A, B>
where
    A: ActsOrthogonally,
    B: ActsOrthogonally<Group = A::Group>,
{
}
