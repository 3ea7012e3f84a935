//! Orbits of coordinates under signed permutations (claim A3).

use super::averaging::{self, Rows};
use super::orbit_search::{self, Found};
use super::{ActsBySignedPermutations, SignedPermutation};
use crate::group::FinitelyGenerated;
use crate::scalar::Scalar;

/// The orbits of the coordinates under a group of signed permutations, with relative signs.
///
/// Found from the *generators* alone, by walking the cycles of one and joining them along the others: the cost is the
/// dimension times the number of generators (times its logarithm at the very most), whatever the order of the group. Averaging over the group is averaging
/// within each orbit, with signs; an orbit in which some group element sends a basis vector to minus
/// itself is *killed*: its average is zero.
///
/// Orbits are numbered by their smallest coordinate, and list their coordinates in ascending order.
///
/// # Examples
/// ```
/// use equibayes::group::Permutation;
/// use equibayes::representation::{SignedOrbits, SignedPermutation};
///
/// // One generator: swaps coordinates 0 and 1, negates coordinate 2.
/// let map = SignedPermutation::new(Permutation::new(&[1, 0, 2])?, &[false, false, true])?;
/// let orbits = SignedOrbits::new(3, &[map]);
/// assert_eq!(orbits.len(), 2);
/// assert_eq!(orbits.fixed_dim(), 1);
/// let mut out = [0.0; 3];
/// orbits.project(&[1.0, 3.0, 5.0], &mut out);
/// assert_eq!(out, [2.0, 2.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOrbits {
    /// `members[starts[k]..starts[k + 1]]` is orbit `k`.
    starts: Vec<u32>,
    members: Vec<u32>,
    /// Signs relative to the first member, parallel to `members`; empty when there are none.
    negative: Vec<bool>,
    /// One flag per orbit.
    killed: Vec<bool>,
}

/// One orbit of [`SignedOrbits`].
#[derive(Clone, Copy, Debug)]
pub struct Orbit<'a> {
    members: &'a [u32],
    negative: &'a [bool],
    killed: bool,
}

impl<'a> Orbit<'a> {
    /// The number of coordinates.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Never: an orbit has at least one coordinate.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether some group element sends a basis vector of this orbit to minus itself.
    pub fn is_killed(&self) -> bool {
        self.killed
    }

    /// The coordinates in ascending order, each with whether it carries the opposite sign to the
    /// first. Members of a killed orbit have no sign.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (usize, bool)> + Clone + 'a {
        let (members, negative) = (self.members, self.negative);
        (0..members.len())
            .map(move |k| (members[k] as usize, negative.get(k).copied().unwrap_or(false)))
    }

    /// The signed average of the values at the orbit's coordinates: the value of `Px` at the first
    /// coordinate. Zero for a killed orbit.
    ///
    /// Computed as the first value less the average difference from it, so an orbit of equal values
    /// is reproduced to the last bit.
    pub fn average<T: Scalar>(&self, x: &[T]) -> T {
        if self.killed { T::zero() } else { averaging::average(x, self.members, self.negative) }
    }
}

/// Consecutive orbits of the same size, killed or not alike.
pub(super) struct Run<'a> {
    pub(super) size: usize,
    /// Orbit after orbit.
    pub(super) members: &'a [u32],
    /// Parallel to `members`, or empty when there are no signs.
    pub(super) negative: &'a [bool],
    pub(super) killed: bool,
}

impl Run<'_> {
    /// Projects numbers that lie by themselves.
    pub(super) fn project<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        if self.killed {
            for &i in self.members {
                out[i as usize] = T::zero();
            }
        } else {
            averaging::scattered(self.size, self.members, self.negative, x, out);
        }
    }

    /// Projects rows of numbers, one row for each coordinate.
    pub(super) fn project_rows<T: Scalar>(
        &self,
        at: Rows,
        x: &[T],
        out: &mut [T],
        sums: &mut Vec<T>,
    ) {
        if self.killed {
            for &i in self.members {
                out[at.base + i as usize * at.stride..][..at.width].fill(T::zero());
            }
            return;
        }
        let (size, members, negative) = (self.size, self.members, self.negative);
        pulp::Arch::new().dispatch(AverageRows { at, size, members, negative, x, out, sums });
    }
}

/// The loop over orbits of rows, compiled once more for the instruction sets that are fastest with vectors
/// and chosen at run time. No instruction contracts a product and a sum, so the bits are the same on all.
struct AverageRows<'a, T> {
    at: Rows,
    size: usize,
    members: &'a [u32],
    negative: &'a [bool],
    x: &'a [T],
    out: &'a mut [T],
    sums: &'a mut Vec<T>,
}

impl<T: Scalar> pulp::NullaryFnOnce for AverageRows<'_, T> {
    type Output = ();

    // Only what is inlined is compiled anew.
    #[inline(always)]
    fn call(self) {
        let mut negative = self.negative.chunks_exact(self.size);
        for members in self.members.chunks_exact(self.size) {
            let negative = negative.next().unwrap_or(&[]);
            averaging::rows(self.at, members, negative, self.x, self.out, self.sums);
        }
    }
}

impl SignedOrbits {
    /// The orbits of `dim` coordinates under the group generated by `generators`.
    ///
    /// # Panics
    /// If a generator has another dimension, `dim` exceeds `u32::MAX`, or there are 2³¹ orbits, or cycles of a generator.
    pub fn new(dim: usize, generators: &[SignedPermutation]) -> Self {
        assert!(dim <= u32::MAX as usize, "{dim} coordinates do not fit an index map");
        for generator in generators {
            assert_eq!(generator.dim(), dim, "generator of another dimension");
        }
        let Found { starts, members, negative, killed } = orbit_search::orbits(dim, generators);
        Self { starts, members, negative, killed }
    }

    /// The orbits of a representation's coordinates.
    pub fn of<R>(rep: &R) -> Self
    where
        R: ActsBySignedPermutations,
        R::Group: FinitelyGenerated,
    {
        let maps: Vec<_> = rep.group().generators().iter().map(|g| rep.index_map(g)).collect();
        Self::new(rep.dim(), &maps)
    }

    /// Orbits that are known already, in the order of their smallest coordinates.
    pub(super) fn listed<M>(dim: usize, orbits: impl Iterator<Item = (bool, M)>) -> Self
    where
        M: Iterator<Item = (usize, bool)>,
    {
        let (mut starts, mut killed) = (vec![0], Vec::new());
        let (mut members, mut negative) = (Vec::with_capacity(dim), Vec::with_capacity(dim));
        for (is_killed, orbit) in orbits {
            for (i, sign) in orbit {
                members.push(i as u32);
                negative.push(sign);
            }
            killed.push(is_killed);
            starts.push(members.len() as u32);
        }
        if !negative.contains(&true) {
            negative = Vec::new();
        }
        Self { starts, members, negative, killed }
    }

    /// The number of coordinates.
    pub fn dim(&self) -> usize {
        self.members.len()
    }

    /// The number of orbits, killed ones included.
    pub fn len(&self) -> usize {
        self.killed.len()
    }

    /// Whether there are no coordinates at all.
    pub fn is_empty(&self) -> bool {
        self.killed.is_empty()
    }

    /// The dimension of the fixed space: the number of orbits that are not killed (for a permutation
    /// representation, Burnside's number of orbits).
    pub fn fixed_dim(&self) -> usize {
        self.killed.iter().filter(|&&killed| !killed).count()
    }

    /// The orbits, by their smallest coordinate.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Orbit<'_>> + Clone {
        self.killed.iter().zip(self.starts.windows(2)).map(|(&killed, range)| {
            let range = range[0] as usize..range[1] as usize;
            let negative =
                if self.negative.is_empty() { &[] } else { &self.negative[range.clone()] };
            Orbit { members: &self.members[range], negative, killed }
        })
    }

    /// Writes `Px` to `out`: every coordinate becomes the signed average over its orbit. A vector
    /// that is invariant already comes back bit for bit.
    ///
    /// # Panics
    /// If a length is not the dimension.
    pub fn project<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        super::check_len(self.dim(), x.len(), out.len());
        for run in self.runs() {
            run.project(x, out);
        }
    }

    /// [`project`](Self::project) for many vectors at once, the *batch innermost*: coordinate `i` of
    /// vector `b` is `x[i · batch + b]`. The same result to the last bit, at little more than the cost of
    /// a copy.
    ///
    /// # Panics
    /// If a length is not the dimension times `batch`.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::{PermutationRep, SignedOrbits};
    ///
    /// let swap = SignedOrbits::of(&PermutationRep::regular(&Cyclic::new(2)?)?);
    /// let mut out = [0.0; 6];
    /// // The vectors (1, 3), (10, 30) and (100, 300).
    /// swap.project_batch(3, &[1.0, 10.0, 100.0, 3.0, 30.0, 300.0], &mut out);
    /// assert_eq!(out, [2.0, 20.0, 200.0, 2.0, 20.0, 200.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn project_batch<T: Scalar>(&self, batch: usize, x: &[T], out: &mut [T]) {
        super::check_len(self.dim() * batch, x.len(), out.len());
        let at = Rows { base: 0, stride: batch, width: batch };
        let mut sums = Vec::new();
        for run in self.runs() {
            run.project_rows(at, x, out, &mut sums);
        }
    }

    /// The orbits, in stretches of equal size that are killed or not alike.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let size = |k: usize| self.starts[k + 1] - self.starts[k];
        let mut next = 0;
        std::iter::from_fn(move || {
            let first = next;
            let killed = *self.killed.get(first)?;
            let len = size(first);
            next += 1;
            while next < self.len() && size(next) == len && self.killed[next] == killed {
                next += 1;
            }
            let range = self.starts[first] as usize..self.starts[next] as usize;
            let negative =
                if self.negative.is_empty() { &[] } else { &self.negative[range.clone()] };
            Some(Run { size: len as usize, members: &self.members[range], negative, killed })
        })
    }

    /// The orbits of the same coordinates when signs are dropped: none is killed.
    pub fn unsigned(&self) -> Self {
        Self {
            starts: self.starts.clone(),
            members: self.members.clone(),
            negative: Vec::new(),
            killed: vec![false; self.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Permutation;

    fn map(images: &[usize], negative: &[bool]) -> SignedPermutation {
        SignedPermutation::new(Permutation::new(images).unwrap(), negative).unwrap()
    }

    #[test]
    fn a_cycle_with_an_odd_number_of_signs_is_killed() {
        let odd = SignedOrbits::new(3, &[map(&[1, 2, 0], &[true, false, false])]);
        assert_eq!((odd.len(), odd.fixed_dim()), (1, 0));
        let even = SignedOrbits::new(3, &[map(&[1, 2, 0], &[true, true, false])]);
        assert_eq!((even.len(), even.fixed_dim()), (1, 1));
        let mut out = [0.0; 3];
        // e_0 ↦ −e_1 ↦ e_2 ↦ e_0: the fixed vector is (1, −1, 1).
        even.project(&[3.0, 0.0, 0.0], &mut out);
        assert_eq!(out, [1.0, -1.0, 1.0]);
    }

    #[test]
    fn a_contradiction_reaches_every_part_of_an_orbit() {
        // The sign appears on one pair only, before that pair is joined to the rest.
        let sign = map(&[1, 0, 2, 3], &[true, false, false, false]);
        let join = map(&[2, 3, 0, 1], &[false; 4]);
        let orbits = SignedOrbits::new(4, &[sign, join]);
        assert_eq!((orbits.len(), orbits.fixed_dim()), (1, 0));
    }

    #[test]
    fn killed_orbits_are_equal_whatever_signs_were_met_on_the_way() {
        let negate = map(&[0, 1], &[true, false]);
        let (swap, minus_swap) = (map(&[1, 0], &[false; 2]), map(&[1, 0], &[true; 2]));
        let orbits = SignedOrbits::new(2, &[negate.clone(), swap.clone()]);
        assert_eq!(orbits, SignedOrbits::new(2, &[minus_swap, negate, swap]));
    }

    #[test]
    fn an_invariant_vector_is_reproduced_bit_for_bit() {
        let orbits = SignedOrbits::new(3, &[map(&[1, 2, 0], &[false; 3])]);
        let x = [0.1_f64; 3];
        let mut out = [0.0; 3];
        orbits.project(&x, &mut out);
        assert_eq!(out.map(f64::to_bits), x.map(f64::to_bits));
    }

    /// Orbits by repeated steps along generators from each coordinate, with the sign of the way there.
    fn walked(dim: usize, generators: &[SignedPermutation]) -> SignedOrbits {
        let mut seen: Vec<Option<bool>> = vec![None; dim];
        let orbits = (0..dim).filter_map(|first| {
            if seen[first].is_some() {
                return None;
            }
            seen[first] = Some(false);
            let (mut orbit, mut next, mut killed) = (vec![first], 0, false);
            while let Some(&i) = orbit.get(next) {
                for generator in generators {
                    let (image, negative) = generator.image(i);
                    let sign = seen[i] != Some(negative);
                    match seen[image] {
                        None => orbit.push(image),
                        Some(known) => killed |= known != sign,
                    }
                    seen[image].get_or_insert(sign);
                }
                next += 1;
            }
            orbit.sort_unstable();
            let signs = seen.clone();
            let member = move |i: usize| (i, !killed && signs[i] == Some(true));
            Some((killed, orbit.into_iter().map(member)))
        });
        SignedOrbits::listed(dim, orbits.collect::<Vec<_>>().into_iter())
    }

    #[test]
    fn joined_cycles_are_the_orbits_that_are_walked() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let (mut killed, mut signed) = (0, 0);
        for _ in 0..4_000 {
            // Few and many orbits, an odd number of coordinates or an even one, none at all.
            let dim = rng.random_range(0..12) * rng.random_range(1..=14);
            let negated: Vec<bool> = (0..dim).map(|_| rng.random_bool(0.5)).collect();
            let (consistent, share) =
                (rng.random_bool(0.5), f64::from(rng.random_range(0..3_u8)) / 16.0);
            let generators: Vec<SignedPermutation> = (0..rng.random_range(0..4))
                .map(|_| {
                    let mut images: Vec<usize> = (0..dim).collect();
                    for _ in 0..rng.random_range(0..=dim) {
                        images.swap(rng.random_range(0..dim), rng.random_range(0..dim));
                    }
                    // Signs at random, or those of coordinates of which some are negated: then nothing is killed.
                    let negative: Vec<bool> = (0..dim)
                        .map(|i| match consistent {
                            true => negated[i] != negated[images[i]],
                            false => rng.random_bool(share),
                        })
                        .collect();
                    map(&images, &negative)
                })
                .collect();
            let orbits = SignedOrbits::new(dim, &generators);
            assert_eq!(orbits, walked(dim, &generators), "{generators:?}");
            killed += orbits.len() - orbits.fixed_dim();
            signed += usize::from(!orbits.negative.is_empty());
        }
        assert!(killed > 1_000 && signed > 1_000, "{killed} killed, {signed} with signs");
    }

    #[test]
    fn no_generators_leave_every_coordinate_alone() {
        let orbits = SignedOrbits::new(3, &[]);
        assert_eq!((orbits.len(), orbits.fixed_dim()), (3, 3));
        assert!(SignedOrbits::new(0, &[]).is_empty());
    }
}
