//! Direct products.

use super::numbering::{Digits, Number};
use super::{Finite, FinitelyGenerated, Group, Haar};
use num_bigint::BigUint;
use rand::Rng;

/// The direct product `A × B`: pairs, composed factor by factor.
///
/// Elements are numbered by the first factor first: `i + |A|·j`. More factors are products of products.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Direct, Finite, Group};
///
/// let klein = Direct::new(Cyclic::new(2)?, Cyclic::new(2)?);
/// assert_eq!(klein.order(), 4u32.into());
/// assert!(klein.elements().all(|g| klein.compose(&g, &g) == (0, 0)));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direct<A, B> {
    first: A,
    second: B,
}

impl<A, B> Direct<A, B> {
    /// The product of two groups.
    pub fn new(first: A, second: B) -> Self {
        Self { first, second }
    }

    /// The factor `A`.
    pub fn first(&self) -> &A {
        &self.first
    }

    /// The factor `B`.
    pub fn second(&self) -> &B {
        &self.second
    }
}

impl<A: Group, B: Group> Group for Direct<A, B> {
    type Element = (A::Element, B::Element);

    fn identity(&self) -> Self::Element {
        (self.first.identity(), self.second.identity())
    }

    fn compose(&self, a: &Self::Element, b: &Self::Element) -> Self::Element {
        (self.first.compose(&a.0, &b.0), self.second.compose(&a.1, &b.1))
    }

    fn inverse(&self, a: &Self::Element) -> Self::Element {
        (self.first.inverse(&a.0), self.second.inverse(&a.1))
    }

    fn distance(&self, a: &Self::Element, b: &Self::Element) -> f64 {
        let (first, second) = (self.first.distance(&a.0, &b.0), self.second.distance(&a.1, &b.1));
        // The larger one; a NaN stays one.
        if first > second || first.is_nan() { first } else { second }
    }

    fn rounding(&self) -> f64 {
        self.first.rounding().max(self.second.rounding())
    }
}

impl<A: FinitelyGenerated, B: FinitelyGenerated> FinitelyGenerated for Direct<A, B> {
    fn generators(&self) -> Vec<Self::Element> {
        let first = self.first.generators().into_iter().map(|a| (a, self.second.identity()));
        let second = self.second.generators().into_iter().map(|b| (self.first.identity(), b));
        first.chain(second).collect()
    }
}

impl<A: Haar, B: Haar> Haar for Direct<A, B> {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Self::Element {
        (self.first.haar(rng), self.second.haar(rng))
    }
}

impl<A: Finite, B: Finite> Finite for Direct<A, B> {
    fn order(&self) -> BigUint {
        self.first.order() * self.second.order()
    }

    fn element(&self, index: usize) -> Self::Element {
        let mut digits = Digits::of(index);
        let first = self.first.element(digits.next(self.first.small_order()));
        (first, self.second.element(digits.next(None)))
    }

    fn index_of(&self, element: &Self::Element) -> Option<usize> {
        let mut number = Number::new();
        number.push(self.first.index_of(&element.0)?, self.first.small_order())?;
        number.push(self.second.index_of(&element.1)?, None)?;
        Some(number.value())
    }
}
