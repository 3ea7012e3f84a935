//! Representations of a group made from those of a subgroup.

use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, RepresentationError, SignedPermutation, SignedPermutationRep, check_len,
    checked_dim,
};
use crate::group::{Finite, FinitelyGenerated, Group, Subgroup};
use crate::scalar::Scalar;
use std::fmt;
use std::sync::Arc;

/// The representation of `G` that is induced from a representation `ψ` of a subgroup `H`.
///
/// One copy of the space of `ψ` for each left coset `tᵢH`, in the order in which the cosets appear among
/// the elements of `G`, so that the first is `H` itself with `t₀ = e`; `tᵢ` is the first element of its
/// coset. The coordinates of a copy are next to each other. `g` sends the copy `i` to the copy `j` of the
/// coset of `g tᵢ = tⱼh`, by `ψ(h)`:
///
/// `ρ(g)(eᵢ ⊗ v) = eⱼ ⊗ ψ(h)v`.
///
/// The trivial `ψ` gives the permutations of the cosets, a `ψ` of ±1 a *monomial* representation
/// ([`monomial`](Self::monomial)), and `H = {e}` copies of the regular representation. A representation of
/// a group other than `H` itself gets there by a [`Restriction`](super::Restriction).
///
/// # References
/// J.-P. Serre, *Linear Representations of Finite Groups* (1977), 3.3 and 7.1–7.2.
///
/// # Examples
/// ```
/// use equibayes::group::{Dihedral, DihedralElement, Finite, Subgroup};
/// use equibayes::representation::{ActsOn, Dense, Induced, Representation};
/// use nalgebra::dmatrix;
///
/// // The rotations of a triangle as integer matrices, and what they make of D_3.
/// let d3 = Dihedral::new(3)?;
/// let rotations = Subgroup::of_elements(&d3, d3.elements().filter(|g| !g.reflected))?;
/// let psi = Dense::from_fn(rotations, 2, |g| match g.rotation {
///     0 => dmatrix![1.0, 0.0; 0.0, 1.0],
///     1 => dmatrix![0.0, -1.0; 1.0, -1.0],
///     _ => dmatrix![-1.0, 1.0; -1.0, 0.0],
/// });
/// let induced = Induced::new(psi)?;
/// assert_eq!(induced.dim(), 4);
/// let turn = DihedralElement { rotation: 1, reflected: false };
/// assert_eq!(ActsOn::<f64>::character(&induced, &turn), -2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Induced<G: Finite, R: Representation<Group = Subgroup<G>>> {
    base: R,
    group: G,
    dim: usize,
    cosets: Arc<Cosets<G>>,
}

/// The left cosets of a subgroup.
struct Cosets<G: Group> {
    /// The first element of each coset, and its inverse.
    representatives: Vec<(G::Element, G::Element)>,
    /// The coset of each element, by its number.
    coset: Vec<u32>,
}

impl<G: Finite> Cosets<G> {
    /// Larger groups have more cosets than are listed.
    const MOST: usize = 1 << 24;

    fn of(subgroup: &Subgroup<G>) -> Result<Self, RepresentationError> {
        const UNKNOWN: u32 = u32::MAX;
        let group = subgroup.parent();
        let too_large = || RepresentationError::GroupTooLarge {
            order: group.order().to_string(),
            max: Self::MOST,
            purpose: "an induced representation",
        };
        let order = group.small_order().filter(|&o| o <= Self::MOST).ok_or_else(too_large)?;
        let mut coset = vec![UNKNOWN; order];
        let mut representatives = Vec::new();
        for first in 0..order {
            if coset[first] == UNKNOWN {
                let representative = group.element(first);
                for h in subgroup.elements() {
                    // A numbered group numbers all its products.
                    if let Some(member) = group.index_of(&group.compose(&representative, &h)) {
                        coset[member] = representatives.len() as u32;
                    }
                }
                let inverse = group.inverse(&representative);
                representatives.push((representative, inverse));
            }
        }
        Ok(Self { representatives, coset })
    }
}

impl<G: Finite, R: Representation<Group = Subgroup<G>>> Induced<G, R> {
    /// The representation induced from one of a subgroup.
    ///
    /// # Errors
    /// [`RepresentationError::GroupTooLarge`] if the group has more than 2²⁴ elements, as the cosets are
    /// listed; [`RepresentationError::TooManyCoordinates`].
    pub fn new(base: R) -> Result<Self, RepresentationError> {
        let cosets = Cosets::of(base.group())?;
        let dim = checked_dim(cosets.representatives.len().checked_mul(base.dim()))?;
        let group = base.group().parent().clone();
        Ok(Self { base, group, dim, cosets: Arc::new(cosets) })
    }

    /// The representation `ψ` of the subgroup.
    pub fn base(&self) -> &R {
        &self.base
    }

    /// The number of cosets: of copies of the space of `ψ`.
    pub fn index(&self) -> usize {
        self.cosets.representatives.len()
    }

    /// The representatives `tᵢ` of the left cosets.
    pub fn transversal(&self) -> impl Iterator<Item = &G::Element> {
        self.cosets.representatives.iter().map(|(representative, _)| representative)
    }

    /// For each copy `i` the `j` and the `h` of `g tᵢ = tⱼh`.
    ///
    /// # Panics
    /// If `g` is not an element of the group.
    fn moves<'a>(&'a self, g: &'a G::Element) -> impl Iterator<Item = (usize, G::Element)> + 'a {
        let Cosets { representatives, coset } = self.cosets.as_ref();
        representatives.iter().map(move |(representative, _)| {
            let moved = self.group.compose(g, representative);
            let Some(number) = self.group.index_of(&moved) else {
                panic!("{g:?} is not an element of {:?}", self.group)
            };
            let j = coset[number] as usize;
            (j, self.group.compose(&representatives[j].1, &moved))
        })
    }

    /// The index map of these moves of the copies, each with a map of its own.
    fn joined(&self, moves: &[(usize, SignedPermutation)]) -> SignedPermutation {
        let size = self.base.dim();
        let images: Vec<(usize, bool)> = moves
            .iter()
            .flat_map(|(j, map)| (0..size).map(move |k| (j, map.image(k))))
            .map(|(j, (image, negative))| (j * size + image, negative))
            .collect();
        SignedPermutation::from_fn(self.dim, |i| images[i])
    }
}

impl<G: Finite> Induced<G, SignedPermutationRep<Subgroup<G>>> {
    /// The monomial representation of a character of a subgroup with values ±1: as many coordinates as
    /// there are cosets, permuted and negated.
    ///
    /// # Errors
    /// Those of [`new`](Self::new), and [`RepresentationError::NotACharacter`] if the signs are not those
    /// of a homomorphism.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{Cyclic, Subgroup};
    /// use equibayes::representation::{ActsOn, Induced};
    ///
    /// // The sign of the half turns in C_4: the quarter turns of the plane.
    /// let c4 = Cyclic::new(4)?;
    /// let plane = Induced::monomial(&Subgroup::generated(&c4, vec![2])?, |&h| h == 2)?;
    /// assert_eq!(plane.apply(&1, &[3.0, 4.0]).as_slice(), [-4.0, 3.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn monomial(
        subgroup: &Subgroup<G>,
        negative: impl Fn(&G::Element) -> bool + Send + Sync + 'static,
    ) -> Result<Self, RepresentationError> {
        // Products of generators from the left reach every element.
        for s in subgroup.generators() {
            for h in subgroup.elements() {
                let product = subgroup.compose(&s, &h);
                if negative(&product) != (negative(&s) != negative(&h)) {
                    return Err(RepresentationError::NotACharacter {
                        first: format!("{s:?}"),
                        second: format!("{h:?}"),
                    });
                }
            }
        }
        let sign = move |h: &G::Element| SignedPermutation::from_fn(1, |_| (0, negative(h)));
        Self::new(SignedPermutationRep::from_fn(subgroup.clone(), 1, sign))
    }
}

impl<G: Finite, R: Representation<Group = Subgroup<G>>> fmt::Debug for Induced<G, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} induced to {:?}", self.base, self.group)
    }
}

impl<G: Finite, R: Representation<Group = Subgroup<G>>> Representation for Induced<G, R> {
    type Group = G;

    fn group(&self) -> &G {
        &self.group
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        let moves: Option<Vec<_>> =
            self.moves(g).map(|(j, h)| Some((j, self.base.signed_permutation(&h)?))).collect();
        Some(self.joined(&moves?))
    }
}

impl<T: Scalar, G: Finite, R: ActsOn<T> + Representation<Group = Subgroup<G>>> ActsOn<T>
    for Induced<G, R>
{
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim, x.len(), out.len());
        let size = self.base.dim();
        for (i, (j, h)) in self.moves(g).enumerate() {
            let (source, target) = (i * size..(i + 1) * size, j * size..(j + 1) * size);
            self.base.act(&h, &x[source], &mut out[target]);
        }
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        check_len(self.dim, x.len(), out.len());
        let size = self.base.dim();
        for (i, (j, h)) in self.moves(g).enumerate() {
            let (source, target) = (j * size..(j + 1) * size, i * size..(i + 1) * size);
            self.base.act_transposed(&h, &x[source], &mut out[target]);
        }
    }

    /// `Σ ψ(tᵢ⁻¹gtᵢ)` over the cosets that `g` leaves where they are.
    fn character(&self, g: &ElementOf<Self>) -> T {
        let fixed = self.moves(g).enumerate().filter(|(i, (j, _))| i == j);
        fixed.fold(T::zero(), |sum, (_, (_, h))| sum + self.base.character(&h))
    }
}

impl<G, R> ActsBySignedPermutations for Induced<G, R>
where
    G: Finite,
    R: ActsBySignedPermutations + Representation<Group = Subgroup<G>>,
{
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        let moves: Vec<_> = self.moves(g).map(|(j, h)| (j, self.base.index_map(&h))).collect();
        self.joined(&moves)
    }
}

impl<G, R> ActsByPermutations for Induced<G, R>
where
    G: Finite,
    R: ActsByPermutations + Representation<Group = Subgroup<G>>,
{
}

impl<G, R> ActsOrthogonally for Induced<G, R>
where
    G: Finite,
    R: ActsOrthogonally + Representation<Group = Subgroup<G>>,
{
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Dihedral, DihedralElement, Symmetric};
    use crate::law;
    use crate::representation::{Dense, PermutationRep, Restriction, Reynolds, Trivial};
    use crate::scalar::Rational;
    use nalgebra::{DMatrix, dmatrix};

    fn turn(rotation: usize) -> DihedralElement {
        DihedralElement { rotation, reflected: false }
    }

    #[test]
    fn induced_representations_keep_the_laws() {
        let d6 = Dihedral::new(6).unwrap();
        let quarter = Subgroup::generated(
            &d6,
            vec![turn(3), DihedralElement { rotation: 0, reflected: true }],
        )
        .unwrap();
        let monomial = Induced::monomial(&quarter, |h| h.rotation == 3).unwrap();
        assert_eq!((monomial.dim(), monomial.index()), (3, 3));
        law::representation(&monomial).assert();
        law::signed_permutations(&monomial).assert();
        law::orthogonal(&monomial).assert();
        law::reynolds(&monomial).assert();

        let s4 = Symmetric::new(4).unwrap();
        let s3 = Subgroup::of_elements(&s4, s4.elements().filter(|g| g.image(3) == 3)).unwrap();
        let cosets = Induced::new(PermutationRep::from_fn(s3.clone(), 1, |_| {
            crate::group::Permutation::identity(1)
        }))
        .unwrap();
        law::permutations(&cosets).assert();
        // The cosets of the stabiliser of a point are the points.
        let points = PermutationRep::natural(&s4);
        for g in s4.elements() {
            let (induced, natural): (f64, f64) = (cosets.character(&g), points.character(&g));
            assert_eq!(induced, natural);
        }
    }

    #[test]
    fn matrices_are_induced_without_being_orthogonal() {
        let d3 = Dihedral::new(3).unwrap();
        let c3 = Subgroup::generated(&d3, vec![turn(1)]).unwrap();
        let whole = |m: DMatrix<i64>| m.map(|entry| Rational::ratio(entry, 1));
        let psi = Dense::from_fn(c3, 2, move |g| {
            (0..g.rotation).fold(whole(dmatrix![1, 0; 0, 1]), |product, _| {
                product * whole(dmatrix![0, -1; 1, -1])
            })
        });
        let induced = Induced::new(psi).unwrap();
        law::representation_over::<Rational, _>(&induced, 1.0).assert();
        law::reynolds_over::<Rational, _>(&induced, 1.0).assert();
        // No vector is fixed by the rotations alone.
        assert_eq!(Reynolds::<Rational>::of(&induced).rank(), 0);
    }

    #[test]
    fn from_the_trivial_subgroup_come_copies_of_the_regular_representation() {
        let d4 = Dihedral::new(4).unwrap();
        let trivial = Subgroup::generated(&d4, vec![]).unwrap();
        let induced = Induced::new(Trivial::new(trivial, 2)).unwrap();
        let regular = PermutationRep::regular(&d4).unwrap();
        for g in d4.elements() {
            let (twice, once): (f64, f64) = (induced.character(&g), regular.character(&g));
            assert_eq!(twice, 2.0 * once);
        }
    }

    #[test]
    fn in_stages_or_at_once() {
        // C_2 in C_4 in C_8, with the sign of C_2.
        let c8 = Cyclic::new(8).unwrap();
        let c2 = Subgroup::generated(&c8, vec![4]).unwrap();
        let at_once = Induced::monomial(&c2, |&h| h == 4).unwrap();
        let c4 = Subgroup::generated(&c8, vec![2]).unwrap();
        let inner = Subgroup::generated(&c4, vec![4]).unwrap();
        let half = Induced::monomial(&inner, |&h| h == 4).unwrap();
        let in_stages = Induced::new(half).unwrap();
        for g in c8.elements() {
            let (a, b): (f64, f64) = (at_once.character(&g), in_stages.character(&g));
            assert_eq!(a, b);
        }
        law::representation(&in_stages).assert();
    }

    #[test]
    fn what_cannot_be_induced_is_refused() {
        let c6 = Cyclic::new(6).unwrap();
        let c3 = Subgroup::generated(&c6, vec![2]).unwrap();
        // A group of order 3 has no sign.
        let error = Induced::monomial(&c3, |&h| h == 2).unwrap_err();
        assert!(matches!(error, RepresentationError::NotACharacter { .. }));
        let wide = Induced::new(Trivial::new(c3, u32::MAX as usize)).unwrap_err();
        assert!(matches!(wide, RepresentationError::TooManyCoordinates { .. }));
        let s12 = Symmetric::new(12).unwrap();
        let trivial = Subgroup::generated(&s12, vec![]).unwrap();
        let error = Induced::new(Trivial::new(trivial, 1)).unwrap_err();
        assert!(matches!(error, RepresentationError::GroupTooLarge { .. }));
    }

    #[test]
    fn a_restriction_brings_another_group_to_the_subgroup() {
        let d4 = Dihedral::new(4).unwrap();
        let rotations = Subgroup::generated(&d4, vec![turn(1)]).unwrap();
        let shift = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
        let induced = Induced::new(Restriction::new(shift, rotations, |g| g.rotation)).unwrap();
        law::permutations(&induced).assert();
        let regular = PermutationRep::regular(&d4).unwrap();
        for g in d4.elements() {
            let (a, b): (f64, f64) = (induced.character(&g), regular.character(&g));
            assert_eq!(a, b);
        }
    }
}
