//! The alternating group `A_n`.

use super::numbering::{Digits, Number};
use super::shuffle::composes_permutations;
use super::{Finite, FinitelyGenerated, GroupError, Haar, Permutation, shuffle};
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The alternating group `A_n`: the even permutations of `n` points.
///
/// As for [`Symmetric`](super::Symmetric), nothing is stored; the shuffle's first swap, which is free
/// there, makes the permutation even here.
///
/// # Examples
/// ```
/// use equibayes::group::{Alternating, Finite, Permutation};
///
/// let a5 = Alternating::new(5)?;
/// assert_eq!(a5.order(), 60u32.into());
/// assert!(a5.elements().all(|g| g.is_even()));
/// assert_eq!(a5.index_of(&Permutation::new(&[1, 0, 2, 3, 4])?), None);
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alternating {
    degree: usize,
}

impl Alternating {
    /// The even permutations of the points `0…degree − 1`; of fewer than three, the trivial group.
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

    /// The even permutation with the shuffle's digits `digit(2), …, digit(n − 1)`. Its first swap, which
    /// is the one that decides about the parity, comes first in the shuffle, so the others are drawn
    /// before.
    fn even(&self, mut digit: impl FnMut(usize) -> usize) -> Permutation {
        let later: Vec<usize> = (2..self.degree).map(&mut digit).collect();
        let swaps = later.iter().filter(|&&digit| digit > 0).count();
        shuffle::from_digits(self.degree, |k| if k == 1 { swaps % 2 } else { later[k - 2] })
    }
}

composes_permutations!(Alternating);

/// The cycle of the first three points, and the longest even cycle of consecutive points: through all
/// of them if `n` is odd, through all but the first if it is even.
impl FinitelyGenerated for Alternating {
    fn generators(&self) -> Vec<Permutation> {
        let n = self.degree;
        let three = || Permutation::from_fn(n, |i| if i < 3 { (i + 1) % 3 } else { i });
        let first = (n + 1) % 2;
        let long = |i: usize| if i < first { i } else { first + (i - first + 1) % (n - first) };
        match n {
            0..=2 => vec![],
            3 => vec![three()],
            _ => vec![three(), Permutation::from_fn(n, long)],
        }
    }
}

impl Haar for Alternating {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Permutation {
        self.even(|k| rng.random_range(0..=k))
    }
}

impl Finite for Alternating {
    fn order(&self) -> BigUint {
        (3..=self.degree).map(BigUint::from).product()
    }

    fn element(&self, index: usize) -> Permutation {
        let mut digits = Digits::of(index);
        let element = self.even(|k| digits.next(Some(k + 1)));
        assert!(digits.is_empty(), "element {index} of a group of order {}", self.order());
        element
    }

    fn index_of(&self, element: &Permutation) -> Option<usize> {
        if element.degree() != self.degree || !element.is_even() {
            return None;
        }
        let mut number = Number::new();
        for (k, digit) in (1..).zip(shuffle::digits(element)).skip(1) {
            number.push(digit, Some(k + 1))?;
        }
        Some(number.value())
    }
}
