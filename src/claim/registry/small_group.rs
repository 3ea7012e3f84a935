//! A group that is small enough to be enumerated, with its actions as tables.

use super::Acting;
use crate::group::{AnyElement, AnyGroup, Finite, FinitelyGenerated, Group, Permutation};
use crate::representation::SignedPermutation;
use std::sync::OnceLock;

/// Groups are drawn with at most this many elements.
const MAX_ORDER: usize = 400;

/// A small group, with the actions that the coordinates of a random representation are made of. Each is
/// found once, when it is first asked for.
pub(in crate::claim) struct SmallGroup {
    acting: Acting,
    order: usize,
    negative: OnceLock<Vec<bool>>,
    cosets: OnceLock<Vec<Permutation>>,
    quotient: OnceLock<Vec<Permutation>>,
    monomial: OnceLock<Vec<SignedPermutation>>,
}

impl SmallGroup {
    /// A group, with its natural action if it has one.
    ///
    /// # Panics
    /// If it is too large to be enumerated.
    pub(in crate::claim) fn new(acting: Acting) -> Self {
        let order = match acting.group.small_order() {
            Some(order) if order <= MAX_ORDER => order,
            _ => panic!("{acting:?} has more than {MAX_ORDER} elements"),
        };
        Self {
            acting,
            order,
            negative: OnceLock::new(),
            cosets: OnceLock::new(),
            quotient: OnceLock::new(),
            monomial: OnceLock::new(),
        }
    }

    /// The group.
    pub(in crate::claim) fn group(&self) -> &AnyGroup {
        &self.acting.group
    }

    /// The number of elements.
    pub(in crate::claim) fn order(&self) -> usize {
        self.order
    }

    fn index(&self, g: &AnyElement) -> usize {
        match self.acting.group.index_of(g) {
            Some(index) => index,
            None => panic!("{g:?} is not an element of {:?}", self.acting),
        }
    }

    fn product(&self, a: usize, b: usize) -> usize {
        self.index(&self.group().compose(&self.group().element(a), &self.group().element(b)))
    }

    /// Whether the group's sign character is −1 at `g`; false throughout if it has none.
    pub(in crate::claim) fn is_negative(&self, g: &AnyElement) -> bool {
        self.negative.get_or_init(|| self.character())[self.index(g)]
    }

    /// A character with values ±1 that is not 1 throughout: the first choice of signs for the
    /// generators that is consistent, the later generators being negated first.
    fn character(&self) -> Vec<bool> {
        let generators: Vec<usize> =
            self.group().generators().iter().map(|g| self.index(g)).collect();
        let choices = 1_usize << generators.len().min(8);
        (1..choices)
            .find_map(|choice| {
                let last = generators.len() - 1;
                let signs: Vec<(usize, bool)> = generators
                    .iter()
                    .enumerate()
                    .map(|(k, &g)| (g, choice >> (last - k) & 1 == 1))
                    .collect();
                self.extended(&signs)
            })
            .unwrap_or_else(|| vec![false; self.order])
    }

    /// The homomorphism to ±1 with these values at the generators, if there is one.
    fn extended(&self, signs: &[(usize, bool)]) -> Option<Vec<bool>> {
        let mut value: Vec<Option<bool>> = vec![None; self.order];
        value[0] = Some(false);
        let mut reached = vec![0];
        let mut next = 0;
        while next < reached.len() {
            let g = reached[next];
            next += 1;
            for &(s, negative) in signs {
                let product = self.product(s, g);
                let sign = value[g].is_some_and(|sign| sign) ^ negative;
                match value[product] {
                    None => {
                        value[product] = Some(sign);
                        reached.push(product);
                    }
                    Some(known) if known != sign => return None,
                    Some(_) => {}
                }
            }
        }
        value.into_iter().collect()
    }

    /// How `g` permutes the natural points, and negates them; the cosets of a subgroup of order 2 (or 1, in
    /// a group of odd order) where the group has none.
    pub(in crate::claim) fn natural(&self, g: &AnyElement) -> SignedPermutation {
        if let Some(natural) = &self.acting.natural {
            return natural(g);
        }
        let cosets = self.cosets.get_or_init(|| {
            let generators: Vec<usize> = self.involution().into_iter().collect();
            self.on_cosets(&self.generated(&generators))
        });
        cosets[self.index(g)].clone().into()
    }

    /// How `g` permutes the cosets of a maximal subgroup: two points that odd permutations swap, the
    /// corners of the smallest polygon that the rotations still move.
    pub(in crate::claim) fn quotient(&self, g: &AnyElement) -> Permutation {
        self.quotient.get_or_init(|| self.on_cosets(&self.maximal_subgroup()))[self.index(g)]
            .clone()
    }

    /// How `g` moves the group itself from the left.
    pub(in crate::claim) fn regular(&self, g: &AnyElement) -> Permutation {
        let g = self.index(g);
        Permutation::from_fn(self.order, |h| self.product(g, h))
    }

    /// How `g` permutes and negates the coordinates of the representation that is induced from the sign of
    /// a subgroup of order 2: no vector is fixed. Where the order is odd, the natural action.
    pub(in crate::claim) fn monomial(&self, g: &AnyElement) -> SignedPermutation {
        let Some(h) = self.involution() else { return self.natural(g) };
        self.monomial.get_or_init(|| {
            // Each coset {r, rh} is a coordinate: e_r, and e_{rh} = −e_r.
            let mut place = vec![None; self.order];
            let mut representatives = Vec::new();
            for r in 0..self.order {
                if place[r].is_none() {
                    place[r] = Some((representatives.len(), false));
                    place[self.product(r, h)] = Some((representatives.len(), true));
                    representatives.push(r);
                }
            }
            (0..self.order)
                .map(|g| {
                    SignedPermutation::from_fn(representatives.len(), |coset| {
                        place[self.product(g, representatives[coset])].unwrap_or((coset, false))
                    })
                })
                .collect()
        })[self.index(g)]
        .clone()
    }

    /// The first element of order 2.
    fn involution(&self) -> Option<usize> {
        (1..self.order).find(|&h| self.product(h, h) == 0)
    }

    /// Which elements are products of these.
    fn generated(&self, generators: &[usize]) -> Vec<bool> {
        let mut member = vec![false; self.order];
        member[0] = true;
        let mut reached = vec![0];
        let mut next = 0;
        while next < reached.len() {
            let g = reached[next];
            next += 1;
            for &s in generators {
                let product = self.product(s, g);
                if !member[product] {
                    member[product] = true;
                    reached.push(product);
                }
            }
        }
        member
    }

    /// A subgroup that no other subgroup but the group contains, built up from the first elements.
    fn maximal_subgroup(&self) -> Vec<bool> {
        let mut generators = Vec::new();
        let mut subgroup = self.generated(&generators);
        for g in 1..self.order {
            if !subgroup[g] {
                generators.push(g);
                let larger = self.generated(&generators);
                if larger.contains(&false) {
                    subgroup = larger;
                } else {
                    generators.pop();
                }
            }
        }
        subgroup
    }

    /// How each element permutes the left cosets of a subgroup.
    fn on_cosets(&self, subgroup: &[bool]) -> Vec<Permutation> {
        let members: Vec<usize> = (0..self.order).filter(|&h| subgroup[h]).collect();
        let mut coset = vec![usize::MAX; self.order];
        let mut representatives = Vec::new();
        for r in 0..self.order {
            if coset[r] == usize::MAX {
                for &h in &members {
                    coset[self.product(r, h)] = representatives.len();
                }
                representatives.push(r);
            }
        }
        (0..self.order)
            .map(|g| {
                Permutation::from_fn(representatives.len(), |c| {
                    coset[self.product(g, representatives[c])]
                })
            })
            .collect()
    }
}
