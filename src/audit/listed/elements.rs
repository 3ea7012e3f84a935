//! A group, element by element, in an order that regular channels can rely on.

use super::AxisProblem;
use crate::group::Permutation;
use std::collections::HashMap;
use std::sync::Arc;

/// The elements of a group, numbered.
///
/// By Dimino's algorithm: after the elements `H` that the generators so far make come the cosets `H t`,
/// each in the order of `H`, where `t` is the first product of an earlier representative with a
/// generator (in their order) that is not there yet. So `r` gives `e, r, r², …`, and `r` with `s` gives
/// `r^k`, then `r^k s`.
///
/// # References
/// G. Butler, "Dimino's algorithm", in *Fundamental Algorithms for Permutation Groups* (1991).
#[derive(Clone)]
pub(super) struct Elements {
    list: Arc<[Permutation]>,
    numbers: Arc<HashMap<Permutation, usize>>,
}

impl Elements {
    /// Above this product of order and degree the elements are not listed: 256 MB of images.
    const MAX: usize = 1 << 26;

    /// Numbers the group of this order.
    ///
    /// # Errors
    /// [`AxisProblem::TooLarge`].
    pub(super) fn of(
        generators: &[Permutation],
        points: usize,
        order: usize,
    ) -> Result<Self, AxisProblem> {
        if order.checked_mul(points.max(1)).is_none_or(|product| product > Self::MAX) {
            return Err(AxisProblem::TooLarge { order, points, max: Self::MAX });
        }
        let mut list = vec![Permutation::identity(points)];
        let mut numbers = HashMap::from([(list[0].clone(), 0)]);
        for known in 1..=generators.len() {
            let generators = &generators[..known];
            let subgroup = list.len();
            // Representatives of the cosets stand at multiples of the subgroup's order.
            let mut coset = 0;
            while coset < list.len() {
                for generator in generators {
                    let next = list[coset].compose(generator);
                    if numbers.contains_key(&next) {
                        continue;
                    }
                    for h in 0..subgroup {
                        let element = list[h].compose(&next);
                        numbers.insert(element.clone(), list.len());
                        list.push(element);
                    }
                }
                coset += subgroup;
            }
        }
        Ok(Self { list: list.into(), numbers: Arc::new(numbers) })
    }

    /// The order of the group.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// `h ↦ g h`, by numbers: the left regular representation.
    pub(super) fn left(&self, g: &Permutation) -> Permutation {
        Permutation::from_fn(self.len(), |h| {
            // The product is a member: the list is closed under composition.
            self.numbers.get(&g.compose(&self.list[h])).copied().unwrap_or(h)
        })
    }
}
