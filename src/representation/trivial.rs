//! The trivial representation.

use super::{ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally};
use super::{ElementOf, Representation, SignedPermutation, check_len};
use crate::group::{Group, Permutation};
use crate::scalar::Scalar;

/// A space of any dimension on which nothing moves: `ρ(g) = 1`.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, Trivial};
///
/// let classes = Trivial::new(Cyclic::new(4)?, 2);
/// assert_eq!(classes.apply(&3, &[0.5, 1.5]).as_slice(), [0.5, 1.5]);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trivial<G> {
    group: G,
    dim: usize,
}

impl<G: Group> Trivial<G> {
    /// The trivial representation of `group` on `dim` coordinates.
    pub fn new(group: G, dim: usize) -> Self {
        Self { group, dim }
    }
}

impl<G: Group> Representation for Trivial<G> {
    type Group = G;

    fn group(&self) -> &G {
        &self.group
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.index_map(g))
    }
}

impl<G: Group, T: Scalar> ActsOn<T> for Trivial<G> {
    fn act(&self, _: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim, x.len(), out.len());
        out.clone_from_slice(x);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.act(g, x, out);
    }
}

impl<G: Group> ActsBySignedPermutations for Trivial<G> {
    fn index_map(&self, _: &ElementOf<Self>) -> SignedPermutation {
        Permutation::identity(self.dim).into()
    }
}

impl<G: Group> ActsByPermutations for Trivial<G> {}
impl<G: Group> ActsOrthogonally for Trivial<G> {}
