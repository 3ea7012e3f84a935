//! Signed permutations without their signs.

use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, SignedPermutation,
};
use crate::scalar::Scalar;

/// `|ρ|`: the permutation representation under a signed permutation representation. Scales and
/// squares move by it where means move by `ρ`.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Permutation};
/// use equibayes::representation::{ActsOn, SignedPermutation, SignedPermutationRep, Unsigned};
///
/// let flip = SignedPermutationRep::from_fn(Cyclic::new(2)?, 1, |&g| {
///     SignedPermutation::from_fn(1, |i| (i, g == 1))
/// });
/// assert_eq!(flip.apply(&1, &[3.0]).as_slice(), [-3.0]);
/// assert_eq!(Unsigned::new(flip).apply(&1, &[3.0]).as_slice(), [3.0]);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Unsigned<R> {
    signed: R,
}

impl<R: ActsBySignedPermutations> Unsigned<R> {
    /// Drops the signs of `signed`.
    pub fn new(signed: R) -> Self {
        Self { signed }
    }
}

impl<R: ActsBySignedPermutations> Representation for Unsigned<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.signed.group()
    }

    fn dim(&self) -> usize {
        self.signed.dim()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.index_map(g))
    }
}

impl<R: ActsBySignedPermutations, T: Scalar> ActsOn<T> for Unsigned<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act(x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act_transposed(x, out);
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for Unsigned<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        self.signed.index_map(g).unsigned()
    }
}

impl<R: ActsBySignedPermutations> ActsByPermutations for Unsigned<R> {}
impl<R: ActsBySignedPermutations> ActsOrthogonally for Unsigned<R> {}
