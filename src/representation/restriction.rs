//! Representations of one group seen from another.

use super::{ActsOn, ElementOf, Representation, SignedPermutation};
use crate::group::Group;
use crate::scalar::Scalar;
use std::fmt;
use std::sync::Arc;

type Homomorphism<H, R> = Arc<dyn Fn(&<H as Group>::Element) -> ElementOf<R> + Send + Sync>;

/// The restriction of a representation of `G` along a homomorphism `φ: H → G`: `h` acts by `ρ(φ(h))`.
/// The inclusion of a subgroup is one such homomorphism.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Dihedral, DihedralElement};
/// use equibayes::representation::{PermutationRep, Restriction, Reynolds};
///
/// // The rotations inside D_4: its regular representation is then two copies of theirs.
/// let d4 = PermutationRep::regular(&Dihedral::new(4)?)?;
/// let rotations = Restriction::new(d4, Cyclic::new(4)?, |&rotation| DihedralElement {
///     rotation,
///     reflected: false,
/// });
/// assert_eq!(Reynolds::<f64>::of(&rotations).rank(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Restriction<H: Group, R: Representation> {
    base: R,
    group: H,
    along: Homomorphism<H, R>,
}

impl<H: Group, R: Representation> Restriction<H, R> {
    /// The representation of `group` by `base` along `along`.
    ///
    /// That `along` is a homomorphism is the caller's promise; [`law::representation`] checks it.
    ///
    /// [`law::representation`]: crate::law::representation
    pub fn new(
        base: R,
        group: H,
        along: impl Fn(&H::Element) -> ElementOf<R> + Send + Sync + 'static,
    ) -> Self {
        Self { base, group, along: Arc::new(along) }
    }
}

impl<H: Group, R: Representation> fmt::Debug for Restriction<H, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} restricted to {:?}", self.base, self.group)
    }
}

impl<H: Group, R: Representation> Representation for Restriction<H, R> {
    type Group = H;

    fn group(&self) -> &H {
        &self.group
    }

    fn dim(&self) -> usize {
        self.base.dim()
    }

    fn signed_permutation(&self, h: &ElementOf<Self>) -> Option<SignedPermutation> {
        self.base.signed_permutation(&(self.along)(h))
    }
}

impl<H: Group, T: Scalar, R: ActsOn<T>> ActsOn<T> for Restriction<H, R> {
    fn act(&self, h: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.base.act(&(self.along)(h), x, out);
    }

    fn act_transposed(&self, h: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.base.act_transposed(&(self.along)(h), x, out);
    }
}

impl<H: Group, R: super::ActsBySignedPermutations> super::ActsBySignedPermutations
    for Restriction<H, R>
{
    fn index_map(&self, h: &ElementOf<Self>) -> SignedPermutation {
        self.base.index_map(&(self.along)(h))
    }
}

impl<H: Group, R: super::ActsByPermutations> super::ActsByPermutations for Restriction<H, R> {}
impl<H: Group, R: super::ActsOrthogonally> super::ActsOrthogonally for Restriction<H, R> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Dihedral, DihedralElement};
    use crate::law;
    use crate::representation::{ActsOnGrid, PermutationRep, SymmetricSquare};

    #[test]
    fn restrictions_keep_the_laws() {
        let image = Dihedral::new(4).unwrap().on_grid(3).unwrap();
        let half_turns = Restriction::new(image.clone(), Cyclic::new(2).unwrap(), |&k| {
            DihedralElement { rotation: 2 * k, reflected: false }
        });
        law::permutations(&half_turns).assert();
        law::reynolds(&half_turns).assert();
        let square = Restriction::new(
            SymmetricSquare::new(PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap()),
            Cyclic::new(6).unwrap(),
            |&k| k % 3,
        );
        law::representation(&square).assert();
    }

    #[test]
    fn what_is_no_homomorphism_is_no_representation() {
        let image = Dihedral::new(4).unwrap().on_grid(2).unwrap();
        let wrong = Restriction::new(image, Cyclic::new(3).unwrap(), |&k| DihedralElement {
            rotation: k,
            reflected: false,
        });
        assert!(!law::representation(&wrong).run(1, 16).holds());
    }
}
