//! Finitely many elements that determine a compact group.

use super::{FinitelyGenerated, Group, LieGroup, Orthogonal, SpecialOrthogonal};

/// A group with finitely many elements whose products come as near as one likes to every element.
///
/// What these elements fix under a continuous action, the whole group fixes. Generators of a finite group are
/// such elements.
///
/// # Examples
/// ```
/// use equibayes::group::{DenselyGenerated, Dihedral, Orthogonal};
///
/// assert_eq!(Dihedral::new(4)?.dense_generators().len(), 2);
/// // A turn in each of three planes, and a reflection.
/// assert_eq!(Orthogonal::new(3)?.dense_generators().len(), 4);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub trait DenselyGenerated: Group {
    /// Elements that generate a dense subgroup. May be empty for the trivial group.
    fn dense_generators(&self) -> Vec<Self::Element>;
}

impl<G: FinitelyGenerated> DenselyGenerated for G {
    fn dense_generators(&self) -> Vec<G::Element> {
        self.generators()
    }
}

/// Turns by one radian in every plane of two coordinates, with one element of every further component. The
/// powers of such a turn are dense among the turns of its plane, because `π` is irrational; and turns of these
/// planes make up all rotations.
fn turns<G: LieGroup>(group: &G) -> Vec<G::Element> {
    let turns = group.lie_algebra().iter().map(|x| group.exp(x)).collect::<Vec<_>>();
    turns.into_iter().chain(group.components().into_iter().skip(1)).collect()
}

impl DenselyGenerated for Orthogonal {
    fn dense_generators(&self) -> Vec<Self::Element> {
        turns(self)
    }
}

impl DenselyGenerated for SpecialOrthogonal {
    fn dense_generators(&self) -> Vec<Self::Element> {
        turns(self)
    }
}
