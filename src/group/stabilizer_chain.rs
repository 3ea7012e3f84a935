//! Schreier–Sims: a stabiliser chain of a permutation group, without enumerating it.
//!
//! # References
//! C. C. Sims, "Computational methods in the study of permutation groups" (1970); D. E. Knuth,
//! "Efficient representation of perm groups" (Combinatorica 11, 1991), whose incremental form this is.

use super::Permutation;
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// A base `b_1, b_2, …` with the orbits of the pointwise stabilisers `G ≥ G_{b_1} ≥ G_{b_1 b_2} ≥ …`.
///
/// Every element is a product `u_1 u_2 ⋯ u_k`, in exactly one way, with `u_i` from the transversal
/// of level `i`: that is what order, membership, numbering and sampling all rest on.
#[derive(Debug)]
pub(super) struct StabilizerChain {
    degree: usize,
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    generators: Vec<Permutation>,
    /// The orbit of the base point `orbit[0]` under this level's group.
    orbit: Vec<usize>,
    /// Where a point stands in the orbit.
    position: Vec<Option<u32>>,
    /// For each point of the orbit an element of this level's group that sends the base point there,
    /// with its inverse.
    transversal: Vec<(Permutation, Permutation)>,
}

impl Level {
    fn new(degree: usize, base: usize) -> Self {
        let mut position = vec![None; degree];
        position[base] = Some(0);
        let identity = Permutation::identity(degree);
        Self {
            generators: Vec::new(),
            orbit: vec![base],
            position,
            transversal: vec![(identity.clone(), identity)],
        }
    }

    /// Where the base point goes, as a position in the orbit; `None` if outside it.
    fn digit(&self, element: &Permutation) -> Option<usize> {
        self.position[element.image(self.orbit[0])].map(|position| position as usize)
    }
}

impl StabilizerChain {
    pub(super) fn new(degree: usize, generators: &[Permutation]) -> Self {
        let mut chain = Self { degree, levels: Vec::new() };
        for generator in generators {
            chain.include(0, generator.clone());
        }
        chain
    }

    /// Makes the groups from level `depth` down contain `element`, which fixes the base points above.
    fn include(&mut self, depth: usize, element: Permutation) {
        if self.sift(depth, &element).is_identity() {
            return;
        }
        if depth == self.levels.len() {
            // Only the identity moves nothing, and that has just been sifted out.
            let Some(base) = element.first_moved() else { return };
            self.levels.push(Level::new(self.degree, base));
        }
        self.levels[depth].generators.push(element);
        let newest = self.levels[depth].generators.len() - 1;
        // Schreier's lemma wants every pair (orbit point, generator) once: the points known so far
        // meet the newest generator only, and the points found on the way meet all of them.
        let known = self.levels[depth].orbit.len();
        let mut point = 0;
        while point < self.levels[depth].orbit.len() {
            let first = if point < known { newest } else { 0 };
            for generator in first..=newest {
                self.close(depth, point, generator);
            }
            point += 1;
        }
    }

    /// Follows one generator from one point of the orbit: a new point extends the orbit, a known one
    /// gives a Schreier generator of the next stabiliser.
    fn close(&mut self, depth: usize, point: usize, generator: usize) {
        let level = &mut self.levels[depth];
        let moved = level.generators[generator].compose(&level.transversal[point].0);
        let image = moved.image(level.orbit[0]);
        match level.position[image] {
            None => {
                level.position[image] = Some(level.orbit.len() as u32);
                level.orbit.push(image);
                let inverse = moved.inverse();
                level.transversal.push((moved, inverse));
            }
            Some(position) => {
                let schreier = level.transversal[position as usize].1.compose(&moved);
                self.include(depth + 1, schreier);
            }
        }
    }

    /// Divides out the transversals from level `depth` on; the identity remains exactly if the
    /// element is in the group of that level.
    fn sift(&self, depth: usize, element: &Permutation) -> Permutation {
        let mut rest = element.clone();
        for level in self.levels.iter().skip(depth) {
            match level.digit(&rest) {
                Some(digit) => rest = level.transversal[digit].1.compose(&rest),
                None => break,
            }
        }
        rest
    }

    pub(super) fn contains(&self, element: &Permutation) -> bool {
        self.sift(0, element).is_identity()
    }

    pub(super) fn order(&self) -> BigUint {
        self.levels.iter().map(|level| BigUint::from(level.orbit.len())).product()
    }

    pub(super) fn random<R: Rng + ?Sized>(&self, rng: &mut R) -> Permutation {
        self.levels.iter().fold(Permutation::identity(self.degree), |product, level| {
            let digit = rng.random_range(0..level.orbit.len());
            product.compose(&level.transversal[digit].0)
        })
    }

    pub(super) fn element(&self, index: usize) -> Permutation {
        let mut rest = index;
        let mut product = Permutation::identity(self.degree);
        for level in &self.levels {
            let digit = rest % level.orbit.len();
            rest /= level.orbit.len();
            product = product.compose(&level.transversal[digit].0);
        }
        assert_eq!(rest, 0, "element {index} of a group of order {}", self.order());
        product
    }

    pub(super) fn index_of(&self, element: &Permutation) -> Option<usize> {
        let mut rest = element.clone();
        let mut index = 0usize;
        let mut place = Some(1usize);
        for level in &self.levels {
            let digit = level.digit(&rest)?;
            if digit > 0 {
                index = index.checked_add(digit.checked_mul(place?)?)?;
            }
            place = place.and_then(|place| place.checked_mul(level.orbit.len()));
            rest = level.transversal[digit].1.compose(&rest);
        }
        rest.is_identity().then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symmetric(n: usize) -> StabilizerChain {
        let swap = Permutation::from_fn(n, |i| match i {
            0 => 1,
            1 => 0,
            _ => i,
        });
        let cycle = Permutation::from_fn(n, |i| (i + 1) % n);
        StabilizerChain::new(n, &[swap, cycle])
    }

    #[test]
    fn symmetric_groups_have_factorial_order() {
        let mut factorial = BigUint::from(2u8);
        for n in 3..=20usize {
            factorial *= n;
            assert_eq!(symmetric(n).order(), factorial, "S_{n}");
        }
    }

    #[test]
    fn alternating_group_refuses_odd_permutations() {
        let generators: Vec<Permutation> = (2..7)
            .map(|k| {
                Permutation::from_fn(7, |i| match i {
                    0 => 1,
                    1 => k,
                    i if i == k => 0,
                    i => i,
                })
            })
            .collect();
        let chain = StabilizerChain::new(7, &generators);
        assert_eq!(chain.order(), BigUint::from(2520u32));
        let swap = Permutation::new(&[1, 0, 2, 3, 4, 5, 6]).unwrap();
        assert!(!chain.contains(&swap));
    }

    #[test]
    fn rubiks_cube_has_its_order() {
        // Facelets in the usual numbering of the 48 movable stickers.
        let cycles: [&[[usize; 4]]; 6] = [
            &[[1, 3, 8, 6], [2, 5, 7, 4], [9, 33, 25, 17], [10, 34, 26, 18], [11, 35, 27, 19]],
            &[[9, 11, 16, 14], [10, 13, 15, 12], [1, 17, 41, 40], [4, 20, 44, 37], [6, 22, 46, 35]],
            &[
                [17, 19, 24, 22],
                [18, 21, 23, 20],
                [6, 25, 43, 16],
                [7, 28, 42, 13],
                [8, 30, 41, 11],
            ],
            &[
                [25, 27, 32, 30],
                [26, 29, 31, 28],
                [3, 38, 43, 19],
                [5, 36, 45, 21],
                [8, 33, 48, 24],
            ],
            &[[33, 35, 40, 38], [34, 37, 39, 36], [3, 9, 46, 32], [2, 12, 47, 29], [1, 14, 48, 27]],
            &[
                [41, 43, 48, 46],
                [42, 45, 47, 44],
                [14, 22, 30, 38],
                [15, 23, 31, 39],
                [16, 24, 32, 40],
            ],
        ];
        let generators: Vec<Permutation> = cycles
            .iter()
            .map(|face| {
                let mut images: Vec<usize> = (0..48).collect();
                for cycle in face.iter() {
                    for k in 0..4 {
                        images[cycle[k] - 1] = cycle[(k + 1) % 4] - 1;
                    }
                }
                Permutation::new(&images).unwrap()
            })
            .collect();
        let chain = StabilizerChain::new(48, &generators);
        assert_eq!(chain.order().to_string(), "43252003274489856000");
    }

    #[test]
    fn numbering_is_a_bijection() {
        let chain = symmetric(5);
        for index in 0..120 {
            assert_eq!(chain.index_of(&chain.element(index)), Some(index));
        }
        assert!(chain.element(0).is_identity());
    }

    /// Each count is binomial: exact tails, for both sides of all 120. One that is off by a quarter is seen.
    #[test]
    #[cfg(feature = "catalogue")]
    fn sampling_is_uniform() {
        use rand::SeedableRng;
        use rand_chacha::ChaCha8Rng;
        let chain = symmetric(5);
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut counts = [0u32; 120];
        let draws = 120 * 1000;
        for _ in 0..draws {
            counts[chain.index_of(&chain.random(&mut rng)).unwrap()] += 1;
        }
        let a = crate::test_budget::share("draws of a stabilizer chain") / 240.0;
        // Too many of one element, and too few: then there are too many of the others.
        let most = crate::claim::critical(draws, 1.0 / 120.0, a) - 1;
        let least = draws - (crate::claim::critical(draws, 119.0 / 120.0, a) - 1);
        let (low, high) = (counts.iter().min(), counts.iter().max());
        assert!(least > 750 && most < 1250, "{least} {most}");
        assert!(low >= Some(&(least as u32)) && high <= Some(&(most as u32)), "{low:?} {high:?}");
    }
}
