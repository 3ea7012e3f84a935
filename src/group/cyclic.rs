//! The cyclic group `C_n`.

use super::{Finite, FinitelyGenerated, Group, GroupError, Haar};
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The cyclic group `C_n`, written additively: the element `k` is the generator's `k`-th power.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Finite, Group};
///
/// let c6 = Cyclic::new(6)?;
/// assert_eq!(c6.compose(&4, &5), 3);
/// assert_eq!(c6.elements().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
/// assert!(Cyclic::new(0).is_err());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cyclic {
    order: usize,
}

impl Cyclic {
    /// The cyclic group with `order` elements.
    ///
    /// # Errors
    /// [`GroupError::Empty`] if `order` is zero.
    pub fn new(order: usize) -> Result<Self, GroupError> {
        if order == 0 {
            return Err(GroupError::Empty { order });
        }
        Ok(Self { order })
    }

    /// The number of elements, as the modulus of the addition.
    pub fn modulus(&self) -> usize {
        self.order
    }
}

impl Group for Cyclic {
    type Element = usize;

    fn identity(&self) -> usize {
        0
    }

    fn compose(&self, a: &usize, b: &usize) -> usize {
        // Both are below `order`, but their sum may not fit: subtract before adding.
        let (a, b) = (a % self.order, b % self.order);
        if a >= self.order - b { a - (self.order - b) } else { a + b }
    }

    fn inverse(&self, a: &usize) -> usize {
        (self.order - a % self.order) % self.order
    }
}

impl FinitelyGenerated for Cyclic {
    fn generators(&self) -> Vec<usize> {
        if self.order == 1 { vec![] } else { vec![1] }
    }
}

impl Haar for Cyclic {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> usize {
        rng.random_range(0..self.order)
    }
}

impl Finite for Cyclic {
    fn order(&self) -> BigUint {
        self.order.into()
    }

    fn element(&self, index: usize) -> usize {
        assert!(index < self.order, "element {index} of a group of order {}", self.order);
        index
    }

    fn index_of(&self, element: &usize) -> Option<usize> {
        (*element < self.order).then_some(*element)
    }
}
