//! The group of signs.

use super::{Finite, FinitelyGenerated, Group, Haar, MovesPoints, MovesSignedPoints};
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The group `{+1, −1}` of signs. An element is whether the sign is negative.
///
/// `C_2` by another name, which knows that it negates: see [`Hyperoctahedral`](super::Hyperoctahedral).
///
/// # Examples
/// ```
/// use equibayes::group::{Group, Signs};
///
/// assert_eq!(Signs.compose(&true, &true), Signs.identity());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signs;

impl Group for Signs {
    type Element = bool;

    fn identity(&self) -> bool {
        false
    }

    fn compose(&self, a: &bool, b: &bool) -> bool {
        a != b
    }

    fn inverse(&self, a: &bool) -> bool {
        *a
    }
}

impl FinitelyGenerated for Signs {
    fn generators(&self) -> Vec<bool> {
        vec![true]
    }
}

impl Haar for Signs {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> bool {
        rng.random()
    }
}

impl Finite for Signs {
    fn order(&self) -> BigUint {
        2u8.into()
    }

    fn element(&self, index: usize) -> bool {
        assert!(index < 2, "element {index} of a group of order 2");
        index == 1
    }

    fn index_of(&self, element: &bool) -> Option<usize> {
        Some(usize::from(*element))
    }
}

/// The two ends of an axis, swapped by −1.
impl MovesPoints for Signs {
    fn points(&self) -> usize {
        2
    }

    fn image(&self, g: &bool, point: usize) -> usize {
        assert!(point < 2, "point {point} of 2");
        if *g { 1 - point } else { point }
    }
}

impl MovesSignedPoints for Signs {
    fn signed_points(&self) -> usize {
        1
    }

    fn signed_image(&self, g: &bool, point: usize) -> (usize, bool) {
        assert!(point < 1, "point {point} of 1");
        (0, *g)
    }
}
