//! Permutations as digits: the swaps of Knuth's shuffle.
//!
//! Starting from the list `0, 1, …, n − 1`, step `k = 1, 2, …, n − 1` swaps the entries `k` and
//! `k − d_k`, with a digit `d_k ∈ 0…k`. Every permutation arises in exactly one way (the last step is the
//! only one that moves `n − 1`, so the digits can be read off backwards), no swaps give the identity, and
//! the permutation is even exactly if the number of digits other than zero is.

use super::Permutation;

/// How a group of permutations of `degree` points composes them and moves the points: as every group of
/// permutations does.
macro_rules! composes_permutations {
    ($name:ident) => {
        impl $crate::group::Group for $name {
            type Element = $crate::group::Permutation;

            fn identity(&self) -> Self::Element {
                $crate::group::Permutation::identity(self.degree)
            }

            fn compose(&self, a: &Self::Element, b: &Self::Element) -> Self::Element {
                a.compose(b)
            }

            fn inverse(&self, a: &Self::Element) -> Self::Element {
                a.inverse()
            }
        }

        impl $crate::group::MovesPoints for $name {
            fn points(&self) -> usize {
                self.degree
            }

            fn image(&self, g: &Self::Element, point: usize) -> usize {
                g.image(point)
            }

            fn permutation(&self, g: &Self::Element) -> $crate::group::Permutation {
                g.clone()
            }
        }
    };
}
pub(super) use composes_permutations;

/// The permutation with the digits `digit(1), …, digit(n − 1)`, asked for in this order.
pub(super) fn from_digits(degree: usize, mut digit: impl FnMut(usize) -> usize) -> Permutation {
    let mut images: Vec<usize> = (0..degree).collect();
    for k in 1..degree {
        images.swap(k, k - digit(k));
    }
    Permutation::from_fn(degree, |i| images[i])
}

/// The digits `d_1, …, d_{n−1}` of a permutation, the first at index 0.
pub(super) fn digits(permutation: &Permutation) -> Vec<usize> {
    let mut images = permutation.images().to_vec();
    let mut places = permutation.inverse().images().to_vec();
    let mut digits = vec![0; images.len().saturating_sub(1)];
    for k in (1..images.len()).rev() {
        let place = places[k] as usize;
        digits[k - 1] = k - place;
        images.swap(k, place);
        places[images[place] as usize] = place as u32;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn digits_are_a_bijection() {
        let mut all = HashSet::new();
        for d in (0..2 * 3 * 4).map(|i| [i % 2, i / 2 % 3, i / 6]) {
            let permutation = from_digits(4, |k| d[k - 1]);
            assert_eq!(digits(&permutation), d);
            all.insert(permutation);
        }
        assert_eq!(all.len(), 24);
        assert!(from_digits(4, |_| 0).is_identity());
        assert!(digits(&Permutation::identity(0)).is_empty());
    }

    #[test]
    fn parity_is_that_of_the_digits() {
        for d in (0..2 * 3 * 4).map(|i| [i % 2, i / 2 % 3, i / 6]) {
            let permutation = from_digits(4, |k| d[k - 1]);
            let inversions = (0..4)
                .flat_map(|i| (0..i).map(move |j| (j, i)))
                .filter(|&(j, i)| permutation.image(j) > permutation.image(i))
                .count();
            let moved = d.iter().filter(|&&digit| digit > 0).count();
            assert_eq!(inversions % 2, moved % 2);
            assert_eq!(permutation.is_even(), moved % 2 == 0);
        }
    }
}
