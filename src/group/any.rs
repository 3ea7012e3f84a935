//! A group that is chosen at run time.

use super::{Cyclic, Dihedral, DihedralElement, Permutation, PermutationGroup};
use super::{Finite, FinitelyGenerated, Group, Haar};
use num_bigint::BigUint;
use rand::Rng;

/// One of the crate's finite groups, for code that learns only at run time which.
///
/// # Examples
/// ```
/// use equibayes::group::{AnyGroup, Dihedral, Finite, Group};
///
/// let group = AnyGroup::from(Dihedral::new(3)?);
/// assert_eq!(group.order(), 6u32.into());
/// let a = group.element(1);
/// assert_eq!(group.compose(&a, &group.inverse(&a)), group.identity());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum AnyGroup {
    /// A cyclic group.
    Cyclic(Cyclic),
    /// A dihedral group.
    Dihedral(Dihedral),
    /// A permutation group.
    Permutation(PermutationGroup),
}

/// An element of [`AnyGroup`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnyElement {
    /// Of a cyclic group.
    Cyclic(usize),
    /// Of a dihedral group.
    Dihedral(DihedralElement),
    /// Of a permutation group.
    Permutation(Permutation),
}

impl AnyGroup {
    /// Whether all elements commute (it is enough that the generators do).
    pub fn is_abelian(&self) -> bool {
        let generators = self.generators();
        generators
            .iter()
            .all(|a| generators.iter().all(|b| self.compose(a, b) == self.compose(b, a)))
    }

    /// Whether the element is of this kind of group.
    fn is_of_kind(&self, element: &AnyElement) -> bool {
        matches!(
            (self, element),
            (Self::Cyclic(_), AnyElement::Cyclic(_))
                | (Self::Dihedral(_), AnyElement::Dihedral(_))
                | (Self::Permutation(_), AnyElement::Permutation(_))
        )
    }
}

impl From<Cyclic> for AnyGroup {
    fn from(group: Cyclic) -> Self {
        Self::Cyclic(group)
    }
}

impl From<Dihedral> for AnyGroup {
    fn from(group: Dihedral) -> Self {
        Self::Dihedral(group)
    }
}

impl From<PermutationGroup> for AnyGroup {
    fn from(group: PermutationGroup) -> Self {
        Self::Permutation(group)
    }
}

/// An element of another kind of group is a mistake of the caller's that has no answer.
#[track_caller]
fn foreign(group: &AnyGroup, element: &AnyElement) -> ! {
    panic!("{element:?} is not an element of {group:?}")
}

impl Group for AnyGroup {
    type Element = AnyElement;

    fn identity(&self) -> AnyElement {
        match self {
            Self::Cyclic(group) => AnyElement::Cyclic(group.identity()),
            Self::Dihedral(group) => AnyElement::Dihedral(group.identity()),
            Self::Permutation(group) => AnyElement::Permutation(group.identity()),
        }
    }

    fn compose(&self, a: &AnyElement, b: &AnyElement) -> AnyElement {
        match (self, a, b) {
            (Self::Cyclic(group), AnyElement::Cyclic(a), AnyElement::Cyclic(b)) => {
                AnyElement::Cyclic(group.compose(a, b))
            }
            (Self::Dihedral(group), AnyElement::Dihedral(a), AnyElement::Dihedral(b)) => {
                AnyElement::Dihedral(group.compose(a, b))
            }
            (Self::Permutation(group), AnyElement::Permutation(a), AnyElement::Permutation(b)) => {
                AnyElement::Permutation(group.compose(a, b))
            }
            _ => foreign(self, if self.is_of_kind(a) { b } else { a }),
        }
    }

    fn inverse(&self, a: &AnyElement) -> AnyElement {
        match (self, a) {
            (Self::Cyclic(group), AnyElement::Cyclic(a)) => AnyElement::Cyclic(group.inverse(a)),
            (Self::Dihedral(group), AnyElement::Dihedral(a)) => {
                AnyElement::Dihedral(group.inverse(a))
            }
            (Self::Permutation(group), AnyElement::Permutation(a)) => {
                AnyElement::Permutation(group.inverse(a))
            }
            _ => foreign(self, a),
        }
    }
}

impl FinitelyGenerated for AnyGroup {
    fn generators(&self) -> Vec<AnyElement> {
        match self {
            Self::Cyclic(group) => group.generators().into_iter().map(AnyElement::Cyclic).collect(),
            Self::Dihedral(group) => {
                group.generators().into_iter().map(AnyElement::Dihedral).collect()
            }
            Self::Permutation(group) => {
                group.generators().into_iter().map(AnyElement::Permutation).collect()
            }
        }
    }
}

impl Haar for AnyGroup {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> AnyElement {
        match self {
            Self::Cyclic(group) => AnyElement::Cyclic(group.haar(rng)),
            Self::Dihedral(group) => AnyElement::Dihedral(group.haar(rng)),
            Self::Permutation(group) => AnyElement::Permutation(group.haar(rng)),
        }
    }
}

impl Finite for AnyGroup {
    fn order(&self) -> BigUint {
        match self {
            Self::Cyclic(group) => group.order(),
            Self::Dihedral(group) => group.order(),
            Self::Permutation(group) => group.order(),
        }
    }

    fn element(&self, index: usize) -> AnyElement {
        match self {
            Self::Cyclic(group) => AnyElement::Cyclic(group.element(index)),
            Self::Dihedral(group) => AnyElement::Dihedral(group.element(index)),
            Self::Permutation(group) => AnyElement::Permutation(group.element(index)),
        }
    }

    fn index_of(&self, element: &AnyElement) -> Option<usize> {
        match (self, element) {
            (Self::Cyclic(group), AnyElement::Cyclic(element)) => group.index_of(element),
            (Self::Dihedral(group), AnyElement::Dihedral(element)) => group.index_of(element),
            (Self::Permutation(group), AnyElement::Permutation(element)) => group.index_of(element),
            _ => None,
        }
    }
}
