//! Permutations, and the groups that they generate.

use super::stabilizer_chain::StabilizerChain;
use super::{Finite, FinitelyGenerated, Group, GroupError, Haar};
use num_bigint::BigUint;
use rand::Rng;
use std::fmt;
use std::sync::Arc;

/// A permutation of the points `0…n − 1`, held as the list of their images.
///
/// # Examples
/// ```
/// use equibayes::group::Permutation;
///
/// let shift = Permutation::new(&[1, 2, 0])?;
/// assert_eq!(shift.image(2), 0);
/// assert_eq!(shift.compose(&shift), shift.inverse());
/// assert!(Permutation::new(&[0, 0]).is_err());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permutation {
    images: Box<[u32]>,
}

impl Permutation {
    /// The permutation that sends the point `i` to `images[i]`.
    ///
    /// # Errors
    /// [`GroupError::NotAPermutation`] if an image is out of range or appears twice,
    /// [`GroupError::TooManyPoints`] beyond `u32::MAX` points.
    pub fn new(images: &[usize]) -> Result<Self, GroupError> {
        let degree = images.len();
        if degree > u32::MAX as usize {
            return Err(GroupError::TooManyPoints { degree });
        }
        let mut taken = vec![false; degree];
        for (point, &image) in images.iter().enumerate() {
            match taken.get_mut(image) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(GroupError::NotAPermutation { point, image, degree }),
            }
        }
        Ok(Self { images: images.iter().map(|&image| image as u32).collect() })
    }

    /// The permutation with `f(i)` as the image of `i`, for a map that is known to be a bijection
    /// of `0..degree`.
    ///
    /// # Panics
    /// In debug builds, if `f` is not a bijection.
    pub fn from_fn(degree: usize, f: impl FnMut(usize) -> usize) -> Self {
        let images: Vec<usize> = (0..degree).map(f).collect();
        debug_assert!(Self::new(&images).is_ok(), "{images:?} is not a permutation");
        Self { images: images.into_iter().map(|image| image as u32).collect() }
    }

    /// The permutation with these images, which are known to be those of a bijection.
    pub(crate) fn from_images(images: Vec<u32>) -> Self {
        debug_assert!(
            Self::new(&images.iter().map(|&image| image as usize).collect::<Vec<_>>()).is_ok(),
            "{images:?} is not a permutation"
        );
        Self { images: images.into() }
    }

    /// The permutation that moves nothing.
    pub fn identity(degree: usize) -> Self {
        Self { images: (0..degree as u32).collect() }
    }

    /// The number of points.
    pub fn degree(&self) -> usize {
        self.images.len()
    }

    /// The image of a point.
    ///
    /// # Panics
    /// If `point` is not below the degree.
    pub fn image(&self, point: usize) -> usize {
        self.images[point] as usize
    }

    /// The images of `0…n − 1`.
    pub fn images(&self) -> &[u32] {
        &self.images
    }

    /// The product that moves points by `first`, then by `self`.
    ///
    /// # Panics
    /// If the degrees differ.
    pub fn compose(&self, first: &Self) -> Self {
        assert_eq!(self.degree(), first.degree(), "composing permutations of different degree");
        Self { images: first.images.iter().map(|&i| self.images[i as usize]).collect() }
    }

    /// The permutation that undoes this one.
    pub fn inverse(&self) -> Self {
        let mut images = vec![0; self.degree()].into_boxed_slice();
        for (point, &image) in self.images.iter().enumerate() {
            images[image as usize] = point as u32;
        }
        Self { images }
    }

    /// Whether no point moves.
    pub fn is_identity(&self) -> bool {
        self.first_moved().is_none()
    }

    /// Whether it is the product of an even number of swaps.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Permutation;
    ///
    /// assert!(Permutation::new(&[1, 2, 0])?.is_even());
    /// assert!(!Permutation::new(&[1, 0, 2])?.is_even());
    /// # Ok::<(), equibayes::group::GroupError>(())
    /// ```
    pub fn is_even(&self) -> bool {
        // A cycle of k points is a product of k − 1 swaps, so it is points minus cycles that counts.
        let mut seen = vec![false; self.degree()];
        let mut cycles = 0;
        for start in 0..self.degree() {
            let mut point = start;
            cycles += usize::from(!seen[start]);
            while !std::mem::replace(&mut seen[point], true) {
                point = self.image(point);
            }
        }
        (self.degree() - cycles).is_multiple_of(2)
    }

    /// The smallest point that moves.
    pub(super) fn first_moved(&self) -> Option<usize> {
        self.images.iter().enumerate().find_map(|(i, &j)| (i != j as usize).then_some(i))
    }
}

/// Cycle notation without fixed points, `()` for the identity.
impl fmt::Display for Permutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut seen = vec![false; self.degree()];
        let mut moved = false;
        for start in 0..self.degree() {
            if seen[start] || self.image(start) == start {
                continue;
            }
            moved = true;
            write!(f, "({start}")?;
            seen[start] = true;
            let mut point = self.image(start);
            while point != start {
                write!(f, " {point}")?;
                seen[point] = true;
                point = self.image(point);
            }
            write!(f, ")")?;
        }
        if moved { Ok(()) } else { write!(f, "()") }
    }
}

impl fmt::Debug for Permutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The group generated by some permutations of the same points.
///
/// Its order, membership and uniform sampling come from a stabiliser chain (Schreier–Sims), so the
/// group is never enumerated: `S_20`, with its 2.4·10¹⁸ elements, takes milliseconds. The numbering
/// of [`Finite`] is mixed radix along the chain.
///
/// Two groups compare equal when they were given the same generators.
///
/// # Examples
/// ```
/// use equibayes::group::{Finite, Group, Permutation, PermutationGroup};
///
/// let swap = Permutation::new(&[1, 0, 2, 3])?;
/// let cycle = Permutation::new(&[1, 2, 3, 0])?;
/// let s4 = PermutationGroup::new(4, vec![swap.clone(), cycle])?;
/// assert_eq!(s4.order(), 24u32.into());
/// assert!(s4.contains(&swap));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone)]
pub struct PermutationGroup {
    degree: usize,
    generators: Arc<[Permutation]>,
    chain: Arc<StabilizerChain>,
}

impl PermutationGroup {
    /// The group generated by `generators`, which move the points `0…degree − 1`.
    ///
    /// # Errors
    /// [`GroupError::DegreeMismatch`] if a generator moves another number of points,
    /// [`GroupError::TooManyPoints`] beyond `u32::MAX` points.
    pub fn new(degree: usize, generators: Vec<Permutation>) -> Result<Self, GroupError> {
        if degree > u32::MAX as usize {
            return Err(GroupError::TooManyPoints { degree });
        }
        if let Some((index, odd)) =
            generators.iter().enumerate().find(|(_, g)| g.degree() != degree)
        {
            return Err(GroupError::DegreeMismatch {
                index,
                degree: odd.degree(),
                expected: degree,
            });
        }
        let generators: Arc<[Permutation]> =
            generators.into_iter().filter(|g| !g.is_identity()).collect();
        let chain = Arc::new(StabilizerChain::new(degree, &generators));
        Ok(Self { degree, generators, chain })
    }

    /// The number of points that the group permutes.
    pub fn degree(&self) -> usize {
        self.degree
    }

    /// Whether the permutation is a product of the generators.
    pub fn contains(&self, permutation: &Permutation) -> bool {
        permutation.degree() == self.degree && self.chain.contains(permutation)
    }
}

impl PartialEq for PermutationGroup {
    fn eq(&self, other: &Self) -> bool {
        self.degree == other.degree && self.generators == other.generators
    }
}

impl Eq for PermutationGroup {}

impl fmt::Debug for PermutationGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "⟨")?;
        for (index, generator) in self.generators.iter().enumerate() {
            write!(f, "{}{generator}", if index == 0 { "" } else { ", " })?;
        }
        write!(f, "⟩ on {} points", self.degree)
    }
}

impl Group for PermutationGroup {
    type Element = Permutation;

    fn identity(&self) -> Permutation {
        Permutation::identity(self.degree)
    }

    fn compose(&self, a: &Permutation, b: &Permutation) -> Permutation {
        a.compose(b)
    }

    fn inverse(&self, a: &Permutation) -> Permutation {
        a.inverse()
    }
}

impl FinitelyGenerated for PermutationGroup {
    fn generators(&self) -> Vec<Permutation> {
        self.generators.to_vec()
    }
}

impl Haar for PermutationGroup {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Permutation {
        self.chain.random(rng)
    }
}

impl Finite for PermutationGroup {
    fn order(&self) -> BigUint {
        self.chain.order()
    }

    fn element(&self, index: usize) -> Permutation {
        self.chain.element(index)
    }

    fn index_of(&self, element: &Permutation) -> Option<usize> {
        if element.degree() != self.degree {
            return None;
        }
        self.chain.index_of(element)
    }
}
