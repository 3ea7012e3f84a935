//! Permutation and signed permutation representations.

use super::signed_permutation::Images;
use super::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf,
    Representation, RepresentationError, SignedPermutation, checked_dim,
};
use crate::group::{Finite, Group, MovesPoints, MovesSignedPoints, Permutation};
use crate::scalar::Scalar;
use std::fmt;
use std::sync::Arc;

type IndexMap<E, P> = Arc<dyn Fn(&E) -> P + Send + Sync>;

/// A group that permutes coordinates: `ρ(g)e_i = e_{g·i}`.
///
/// Held as a function from group elements to index maps, so it costs nothing to build.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Permutation};
/// use equibayes::representation::{ActsOn, PermutationRep};
///
/// // C_2 swaps the first two of three coordinates.
/// let swap = PermutationRep::from_fn(Cyclic::new(2)?, 3, |g| {
///     Permutation::from_fn(3, |i| if *g == 1 && i < 2 { 1 - i } else { i })
/// });
/// assert_eq!(swap.apply(&1, &[1.0, 2.0, 3.0]).as_slice(), [2.0, 1.0, 3.0]);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone)]
pub struct PermutationRep<G: Group> {
    group: G,
    dim: usize,
    images: IndexMap<G::Element, Permutation>,
}

impl<G: Group> PermutationRep<G> {
    /// The representation in which `g` moves the `dim` coordinates by `images(g)`.
    ///
    /// That `images` is a homomorphism is the caller's promise; [`law::representation`] checks it.
    ///
    /// [`law::representation`]: crate::law::representation
    pub fn from_fn(
        group: G,
        dim: usize,
        images: impl Fn(&G::Element) -> Permutation + Send + Sync + 'static,
    ) -> Self {
        Self { group, dim, images: Arc::new(images) }
    }

    /// How `g` permutes the coordinates.
    pub fn permutation(&self, g: &G::Element) -> Permutation {
        (self.images)(g)
    }

    /// The product action on pairs of coordinates `(i, j)`, numbered `i · n + j`: the tensor product,
    /// as a single index map.
    ///
    /// # Errors
    /// [`RepresentationError::DifferentGroups`], [`RepresentationError::TooManyCoordinates`].
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::{ActsOn, ActsOnGrid, PermutationRep};
    ///
    /// // A kernel with 4 regular output channels and a 3×3 support, under C_4.
    /// let c4 = Cyclic::new(4)?;
    /// let kernel = PermutationRep::regular(&c4)?.product(&c4.on_grid(3)?)?;
    /// let mut x = [0.0; 36];
    /// x[2] = 1.0; // channel 0, the top right corner …
    /// let moved = kernel.apply(&1, &x);
    /// assert_eq!(moved[9], 1.0); // … goes to channel 1, the top left corner
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn product(&self, other: &Self) -> Result<Self, RepresentationError>
    where
        G: 'static,
    {
        super::same_group(self, other)?;
        let (outer, inner) = (Arc::clone(&self.images), Arc::clone(&other.images));
        let (rows, columns) = (self.dim, other.dim);
        let dim = checked_dim(rows.checked_mul(columns))?;
        Ok(Self::from_fn(self.group.clone(), dim, move |g| {
            let (outer, inner) = (outer(g).into(), inner(g).into());
            let map: SignedPermutation = Images::from(&outer).product(&inner).into();
            map.into_permutation()
        }))
    }
}

impl<G: Finite + Send + Sync + 'static> PermutationRep<G> {
    /// The left regular representation `R[G]`: `ρ(g)e_h = e_{gh}`, with the elements in the order of
    /// their numbers.
    ///
    /// # Errors
    /// [`RepresentationError::GroupTooLarge`] if the dimension would not fit an index map.
    pub fn regular(group: &G) -> Result<Self, RepresentationError> {
        let dim =
            group.small_order().filter(|&order| order <= u32::MAX as usize).ok_or_else(|| {
                RepresentationError::GroupTooLarge {
                    order: group.order().to_string(),
                    max: u32::MAX as usize,
                    purpose: "the regular representation",
                }
            })?;
        let acting = group.clone();
        Ok(Self::from_fn(group.clone(), dim, move |g| {
            Permutation::from_fn(dim, |h| {
                // A member of the group has a number: `compose` stays inside it.
                acting.index_of(&acting.compose(g, &acting.element(h))).unwrap_or(h)
            })
        }))
    }
}

impl<G: MovesPoints + Send + Sync + 'static> PermutationRep<G> {
    /// A group that moves its own points.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{MovesPoints, Permutation, Symmetric};
    /// use equibayes::representation::{ActsOn, PermutationRep};
    ///
    /// let rep = PermutationRep::natural(&Symmetric::new(3)?);
    /// let cycle = Permutation::new(&[1, 2, 0])?;
    /// assert_eq!(rep.apply(&cycle, &[1.0, 2.0, 3.0]).as_slice(), [3.0, 1.0, 2.0]);
    /// # Ok::<(), equibayes::group::GroupError>(())
    /// ```
    pub fn natural(group: &G) -> Self {
        let acting = group.clone();
        Self::from_fn(group.clone(), group.points(), move |g| acting.permutation(g))
    }
}

/// A group that permutes coordinates and may negate them: `ρ(g)e_i = ± e_{g·i}`.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ActsOn, SignedPermutation, SignedPermutationRep};
///
/// // The quarter turns of the plane.
/// let turns = SignedPermutationRep::from_fn(Cyclic::new(4)?, 2, |&k| {
///     SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
/// });
/// assert_eq!(turns.apply(&1, &[3.0, 4.0]).as_slice(), [-4.0, 3.0]);
/// assert_eq!(turns.apply(&2, &[3.0, 4.0]).as_slice(), [-3.0, -4.0]);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone)]
pub struct SignedPermutationRep<G: Group> {
    group: G,
    dim: usize,
    images: IndexMap<G::Element, SignedPermutation>,
}

impl<G: Group> SignedPermutationRep<G> {
    /// The representation in which `g` moves the `dim` coordinates by `images(g)`.
    ///
    /// That `images` is a homomorphism is the caller's promise; [`law::representation`] checks it.
    ///
    /// [`law::representation`]: crate::law::representation
    pub fn from_fn(
        group: G,
        dim: usize,
        images: impl Fn(&G::Element) -> SignedPermutation + Send + Sync + 'static,
    ) -> Self {
        Self { group, dim, images: Arc::new(images) }
    }
}

impl<G: MovesSignedPoints + Send + Sync + 'static> SignedPermutationRep<G> {
    /// A group that moves its own signed points: the signed permutations of `B_n`, left multiplication of
    /// `Q_8` on the quaternions.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Dicyclic;
    /// use equibayes::representation::{ActsOn, SignedPermutationRep};
    ///
    /// // i · (1 + 2i + 3j + 4k) = −2 + i − 4j + 3k.
    /// let q8 = Dicyclic::quaternion();
    /// let rep = SignedPermutationRep::natural(&q8);
    /// let i = q8.element_of(1, false);
    /// assert_eq!(rep.apply(&i, &[1.0, 2.0, 3.0, 4.0]).as_slice(), [-2.0, 1.0, -4.0, 3.0]);
    /// ```
    pub fn natural(group: &G) -> Self {
        let (acting, dim) = (group.clone(), group.signed_points());
        Self::from_fn(group.clone(), dim, move |g| {
            SignedPermutation::from_fn(dim, |point| acting.signed_image(g, point))
        })
    }
}

impl<G: Group + 'static> From<PermutationRep<G>> for SignedPermutationRep<G> {
    fn from(rep: PermutationRep<G>) -> Self {
        let images = rep.images;
        Self::from_fn(rep.group, rep.dim, move |g| images(g).into())
    }
}

macro_rules! acts_by_index_maps {
    ($name:ident) => {
        impl<G: Group> fmt::Debug for $name<G> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?} on {} coordinates", self.group, self.dim)
            }
        }

        impl<G: Group> Representation for $name<G> {
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

        impl<G: Group, T: Scalar> ActsOn<T> for $name<G> {
            fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
                self.index_map(g).act(x, out);
            }

            fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
                self.index_map(g).act_transposed(x, out);
            }
        }

        impl<G: Group> ActsBySignedPermutations for $name<G> {
            fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
                let map = SignedPermutation::from((self.images)(g));
                assert_eq!(map.dim(), self.dim, "index map of {g:?} in {self:?}");
                map
            }
        }

        impl<G: Group> ActsOrthogonally for $name<G> {}
    };
}

acts_by_index_maps!(PermutationRep);
acts_by_index_maps!(SignedPermutationRep);

impl<G: Group> ActsByPermutations for PermutationRep<G> {}
