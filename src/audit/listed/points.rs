//! The points that the generators permute together.

use crate::group::{GroupError, Permutation, PermutationGroup};
use crate::representation::{GridSymmetry, SignedPermutation};
use std::collections::HashMap;

/// A disjoint union of finite sets on which the generators act. Equal actions share their points: they
/// add nothing to the group.
pub(super) struct Points {
    /// For each generator the images of all points.
    images: Vec<Vec<usize>>,
    /// Where the points begin that carry an action.
    starts: HashMap<Vec<Permutation>, usize>,
}

/// Points that carry the action on one axis, or pair of axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    start: usize,
    len: usize,
    /// Whether the points are coordinates `e_0 … e_{n−1}` and then their negatives.
    signed: bool,
}

impl Points {
    /// No points, and that many generators.
    pub(super) fn new(generators: usize) -> Self {
        Self { images: vec![Vec::new(); generators], starts: HashMap::new() }
    }

    /// Adds the points that these permutations move, one for each generator, all of one degree.
    fn add(&mut self, maps: Vec<Permutation>, signed: bool) -> Block {
        let len = maps.first().map_or(0, Permutation::degree);
        let next = self.count();
        let start = *self.starts.entry(maps).or_insert_with_key(|maps| {
            for (images, map) in self.images.iter_mut().zip(maps) {
                images.extend(map.images().iter().map(|&image| next + image as usize));
            }
            next
        });
        Block { start, len, signed }
    }

    /// Adds points that the generators permute.
    pub(super) fn permuted(&mut self, maps: &[Permutation]) -> Block {
        self.add(maps.to_vec(), false)
    }

    /// Adds the coordinates, and their negatives if there are signs.
    pub(super) fn listed(&mut self, maps: &[SignedPermutation]) -> Block {
        if maps.iter().all(SignedPermutation::is_unsigned) {
            return self.add(maps.iter().map(|map| map.permutation().clone()).collect(), false);
        }
        let doubled = |map: &SignedPermutation| {
            let n = map.dim();
            Permutation::from_fn(2 * n, |point| {
                let (image, negated) = map.image(point % n);
                if negated == (point < n) { n + image } else { image }
            })
        };
        self.add(maps.iter().map(doubled).collect(), true)
    }

    /// Adds the corners of a square.
    pub(super) fn corners(&mut self, symmetries: &[GridSymmetry]) -> Block {
        self.add(symmetries.iter().map(|symmetry| symmetry.permutation(2)).collect(), false)
    }

    /// How many points there are.
    pub(super) fn count(&self) -> usize {
        self.images.first().map_or(0, Vec::len)
    }

    /// The permutations of all points, one for each generator.
    pub(super) fn generators(&self) -> Result<Vec<Permutation>, GroupError> {
        self.images.iter().map(|images| Permutation::new(images)).collect()
    }

    /// The group that they generate.
    pub(super) fn group(&self) -> Result<PermutationGroup, GroupError> {
        PermutationGroup::new(self.count(), self.generators()?)
    }
}

impl Block {
    /// What a permutation of all points does to these.
    fn restricted(&self, whole: &Permutation) -> Permutation {
        Permutation::from_fn(self.len, |point| whole.image(self.start + point) - self.start)
    }

    /// The number of coordinates.
    pub(super) fn dim(&self) -> usize {
        if self.signed { self.len / 2 } else { self.len }
    }

    /// What it does to the coordinates.
    pub(super) fn coordinates(&self, whole: &Permutation) -> SignedPermutation {
        if !self.signed {
            return self.restricted(whole).into();
        }
        let n = self.len / 2;
        SignedPermutation::from_fn(n, |i| {
            let image = whole.image(self.start + i) - self.start;
            (image % n, image >= n)
        })
    }

    /// What it does to a `side` × `side` grid, if these are the corners of a square.
    pub(super) fn grid(&self, whole: &Permutation, side: usize) -> Permutation {
        let corners = self.restricted(whole);
        let symmetries = (0..8).map(|k| GridSymmetry { quarter_turns: k % 4, reflected: k >= 4 });
        symmetries
            .into_iter()
            .find(|symmetry| symmetry.permutation(2) == corners)
            // Quarter turns and reflections make no other permutation of the corners.
            .map_or_else(|| Permutation::identity(side * side), |found| found.permutation(side))
    }
}
