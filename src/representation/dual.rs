//! Dual representations.

use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, SignedPermutation,
};
use crate::group::Group;
use crate::scalar::Scalar;

/// The dual `V*`, on which `g` acts by `ρ(g)⁻ᵀ`, so that `⟨g·ξ, g·x⟩ = ⟨ξ, x⟩`. Natural parameters and
/// gradients live here.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, Dense, Dual};
/// use equibayes::scalar::dot;
/// use nalgebra::dmatrix;
///
/// let shear = Dense::from_fn(Cyclic::new(2)?, 2, |&g| {
///     if g == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![1.0, 1.0; 0.0, -1.0] }
/// });
/// let (x, xi) = ([1.0, 2.0], [5.0, 7.0]);
/// let (moved, dual_moved) = (shear.apply(&1, &x), Dual::new(shear).apply(&1, &xi));
/// assert_eq!(dot(dual_moved.as_slice(), moved.as_slice()), dot(&xi, &x));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dual<R> {
    primal: R,
}

impl<R: Representation> Dual<R> {
    /// The dual of a representation.
    pub fn new(primal: R) -> Self {
        Self { primal }
    }

    /// The representation that this is the dual of.
    pub fn primal(&self) -> &R {
        &self.primal
    }
}

impl<R: Representation> Representation for Dual<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.primal.group()
    }

    fn dim(&self) -> usize {
        self.primal.dim()
    }

    /// A signed permutation matrix is its own inverse transpose.
    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        self.primal.signed_permutation(g)
    }
}

impl<T: Scalar, R: ActsOn<T>> ActsOn<T> for Dual<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.primal.act_transposed(&self.group().inverse(g), x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.primal.act(&self.group().inverse(g), x, out);
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for Dual<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        self.primal.index_map(g)
    }
}

impl<R: ActsByPermutations> ActsByPermutations for Dual<R> {}
impl<R: ActsOrthogonally> ActsOrthogonally for Dual<R> {}
