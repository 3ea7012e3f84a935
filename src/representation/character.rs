//! Characters of finite groups: inner products, and what they count.
//!
//! The character of a representation is [`ActsOn::character`]. Its mean over the group is the dimension of
//! the fixed space; the inner product of two characters is the number of independent maps between the
//! representations that commute with the group. Real representations have real characters with
//! `χ(g⁻¹) = χ(g)`, so there is nothing to conjugate.
//!
//! # References
//! J.-P. Serre, *Linear Representations of Finite Groups* (1977), 2.3 and 7.2.

use super::{ActsByPermutations, ActsOn, RepresentationError, same_group};
use crate::group::Finite;
use crate::scalar::Scalar;

/// The elements of larger groups are not gone through.
const MOST: usize = 1 << 24;

/// The order of a group, if its elements can be gone through.
fn order_of<G: Finite>(group: &G) -> Result<usize, RepresentationError> {
    group.small_order().filter(|&order| order <= MOST).ok_or_else(|| {
        RepresentationError::GroupTooLarge {
            order: group.order().to_string(),
            max: MOST,
            purpose: "a sum over its elements",
        }
    })
}

/// `⟨φ, ψ⟩ = avg_g φ(g)ψ(g)`, for functions on a finite group.
///
/// # Errors
/// [`RepresentationError::GroupTooLarge`] if the group has more than 2²⁴ elements.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::character::inner_product;
///
/// // The two characters of C_2 are orthonormal.
/// let c2 = Cyclic::new(2)?;
/// let sign = |&g: &usize| if g == 0 { 1.0 } else { -1.0 };
/// assert_eq!(inner_product(&c2, sign, sign)?, 1.0);
/// assert_eq!(inner_product(&c2, sign, |_| 1.0)?, 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn inner_product<T: Scalar, G: Finite>(
    group: &G,
    phi: impl Fn(&G::Element) -> T,
    psi: impl Fn(&G::Element) -> T,
) -> Result<T, RepresentationError> {
    let order = order_of(group)?;
    let sum = group.elements().fold(T::zero(), |sum, g| sum + phi(&g) * psi(&g));
    Ok(sum / T::count(order))
}

/// `⟨χ_V, χ_W⟩ = dim Hom_G(V, W)`: how many independent maps `V → W` commute with the group.
///
/// An integer, which exact scalars give exactly and floating point to within rounding.
///
/// # Errors
/// [`RepresentationError::DifferentGroups`]; [`RepresentationError::GroupTooLarge`] if the group has more
/// than 2²⁴ elements.
///
/// # Examples
/// ```
/// use equibayes::group::Symmetric;
/// use equibayes::representation::character::intertwining_number;
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::{Rational, Scalar};
///
/// // A map of R^4 that commutes with all permutations is a multiple of 1 plus a multiple of all ones.
/// let points = PermutationRep::natural(&Symmetric::new(4)?);
/// assert_eq!(intertwining_number::<Rational, _, _>(&points, &points)?, Rational::count(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn intertwining_number<T, V, W>(v: &V, w: &W) -> Result<T, RepresentationError>
where
    T: Scalar,
    V: ActsOn<T>,
    W: ActsOn<T> + super::Representation<Group = V::Group>,
    V::Group: Finite,
{
    same_group(v, w)?;
    inner_product(v.group(), |g| v.character(g), |g| w.character(g))
}

/// The number of orbits of coordinates as Burnside counts them: the mean number of coordinates that an
/// element leaves where they are. In integers; [`SignedOrbits`](super::SignedOrbits) finds the orbits
/// themselves, from generators alone.
///
/// # Errors
/// [`RepresentationError::GroupTooLarge`] if the group has more than 2²⁴ elements.
///
/// # Examples
/// ```
/// use equibayes::group::Dihedral;
/// use equibayes::representation::{ActsOnGrid, character::burnside};
///
/// // Centre, edges and corners of a 3×3 image.
/// assert_eq!(burnside(&Dihedral::new(4)?.on_grid(3)?)?, 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn burnside<R>(rep: &R) -> Result<usize, RepresentationError>
where
    R: ActsByPermutations,
    R::Group: Finite,
{
    let order = order_of(rep.group())?;
    let dim = rep.dim();
    let fixed: u128 = rep
        .group()
        .elements()
        .map(|g| {
            let map = rep.index_map(&g);
            (0..dim).filter(|&i| map.image(i).0 == i).count() as u128
        })
        .sum();
    // At most `dim` orbits: the quotient fits.
    Ok((fixed / order as u128) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Dihedral, Subgroup, Symmetric};
    use crate::representation::{
        ActsOnGrid, Dense, Induced, PermutationRep, Restriction, Reynolds, SignedOrbits, hom,
    };
    use crate::scalar::Rational;
    use nalgebra::dmatrix;

    #[test]
    fn burnside_counts_the_orbits() {
        for n in 1..=5 {
            for side in 1..=4 {
                let d4 = Dihedral::new(4).unwrap().on_grid(side).unwrap();
                assert_eq!(burnside(&d4).unwrap(), SignedOrbits::of(&d4).len());
            }
            let points = PermutationRep::natural(&Symmetric::new(n).unwrap());
            let pairs = points.product(&points).unwrap();
            assert_eq!(burnside(&pairs).unwrap(), if n == 1 { 1 } else { 2 });
        }
        // Necklaces of 6 beads in 2 colours: 14 up to rotation.
        let c6 = Cyclic::new(6).unwrap();
        let colourings = PermutationRep::from_fn(c6, 64, |&k| {
            crate::group::Permutation::from_fn(64, |word| (word << k | word >> (6 - k)) & 63)
        });
        assert_eq!(burnside(&colourings).unwrap(), 14);
    }

    #[test]
    fn an_intertwining_number_is_the_dimension_of_the_maps_that_commute() {
        let d3 = Dihedral::new(3).unwrap();
        let rotations = Subgroup::of_elements(&d3, d3.elements().filter(|g| !g.reflected)).unwrap();
        let third = Dense::from_fn(rotations.clone(), 2, |g| {
            let once = dmatrix![0i64, -1; 1, -1].map(|entry| Rational::ratio(entry, 1));
            (0..g.rotation).fold(nalgebra::DMatrix::identity(2, 2), |product, _| product * &once)
        });
        // The plane of the rotations is complex: its maps are multiples of a rotation.
        assert_eq!(intertwining_number(&third, &third).unwrap(), Rational::count(2));
        let induced = Induced::new(third.clone()).unwrap();
        let regular = PermutationRep::regular(&d3).unwrap();
        let number: Rational = intertwining_number(&induced, &regular).unwrap();
        let maps = hom(induced, regular.clone()).unwrap();
        assert_eq!(number, Rational::count(Reynolds::<Rational>::of(&maps).rank()));
        // Frobenius: from the subgroup's side it is the same number.
        let restricted = Restriction::new(regular, rotations, Clone::clone);
        assert_eq!(intertwining_number::<Rational, _, _>(&third, &restricted).unwrap(), number);
    }

    #[test]
    fn what_cannot_be_summed_is_refused() {
        let s20 = Symmetric::new(20).unwrap();
        let points = PermutationRep::natural(&s20);
        assert!(matches!(burnside(&points), Err(RepresentationError::GroupTooLarge { .. })));
        let c = |n| PermutationRep::regular(&Cyclic::new(n).unwrap()).unwrap();
        let error = intertwining_number::<f64, _, _>(&c(2), &c(3)).unwrap_err();
        assert!(matches!(error, RepresentationError::DifferentGroups { .. }));
    }
}
