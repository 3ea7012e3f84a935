//! The symmetric group `S_n`.

use super::numbering::{Digits, Number};
use super::shuffle::composes_permutations;
use super::{Finite, FinitelyGenerated, GroupError, Haar, Permutation, shuffle};
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The symmetric group `S_n`: all permutations of `n` points.
///
/// Nothing is stored, and nothing enumerated: numbers are digits of Knuth's shuffle, and so are Haar
/// draws.
///
/// # Examples
/// ```
/// use equibayes::group::{Finite, Group, Symmetric};
///
/// let s20 = Symmetric::new(20)?;
/// assert_eq!(s20.order().to_string(), "2432902008176640000");
/// let g = s20.element(1_000_000_000_000);
/// assert_eq!(s20.index_of(&g), Some(1_000_000_000_000));
/// assert_eq!(s20.compose(&g, &s20.inverse(&g)), s20.element(0));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symmetric {
    degree: usize,
}

impl Symmetric {
    /// All permutations of the points `0…degree − 1`; of no points and of one, the trivial group.
    ///
    /// # Errors
    /// [`GroupError::TooManyPoints`] beyond `u32::MAX` points.
    pub fn new(degree: usize) -> Result<Self, GroupError> {
        if degree > u32::MAX as usize {
            return Err(GroupError::TooManyPoints { degree });
        }
        Ok(Self { degree })
    }

    /// The number of points.
    pub fn degree(&self) -> usize {
        self.degree
    }
}

composes_permutations!(Symmetric);

/// The swap of the first two points, and the cycle through all.
impl FinitelyGenerated for Symmetric {
    fn generators(&self) -> Vec<Permutation> {
        let n = self.degree;
        let swap = || Permutation::from_fn(n, |i| if i < 2 { 1 - i } else { i });
        match n {
            0 | 1 => vec![],
            2 => vec![swap()],
            _ => vec![swap(), Permutation::from_fn(n, |i| (i + 1) % n)],
        }
    }
}

impl Haar for Symmetric {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Permutation {
        shuffle::from_digits(self.degree, |k| rng.random_range(0..=k))
    }
}

impl Finite for Symmetric {
    fn order(&self) -> BigUint {
        (2..=self.degree).map(BigUint::from).product()
    }

    fn element(&self, index: usize) -> Permutation {
        let mut digits = Digits::of(index);
        let element = shuffle::from_digits(self.degree, |k| digits.next(Some(k + 1)));
        assert!(digits.is_empty(), "element {index} of a group of order {}!", self.degree);
        element
    }

    fn index_of(&self, element: &Permutation) -> Option<usize> {
        if element.degree() != self.degree {
            return None;
        }
        let mut number = Number::new();
        for (k, digit) in (1..).zip(shuffle::digits(element)) {
            number.push(digit, Some(k + 1))?;
        }
        Some(number.value())
    }
}
