//! The elements of a small group by their numbers, with a table of their products.

use super::ExpansionError;
use crate::group::Finite;

/// The largest group whose products are tabulated: a million of them.
const MAX_ORDER: usize = 1024;

/// The elements of a finite group as numbers, in the order of [`Finite::elements`]; 0 is the identity.
///
/// # Examples
/// ```
/// use equibayes::group::Dihedral;
/// use equibayes::symmetrize::expansion::Elements;
///
/// let d4 = Elements::of(&Dihedral::new(4)?)?;
/// assert_eq!((d4.order(), d4.is_abelian()), (8, false));
/// assert_eq!(d4.product(3, d4.inverse(3)), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elements {
    order: usize,
    products: Vec<usize>,
    inverses: Vec<usize>,
    generators: Vec<usize>,
}

impl Elements {
    /// The elements of a group of at most 1024.
    ///
    /// # Errors
    /// [`ExpansionError::GroupTooLarge`].
    pub fn of<G: Finite>(group: &G) -> Result<Self, ExpansionError> {
        let too_large =
            || ExpansionError::GroupTooLarge { order: group.order().to_string(), max: MAX_ORDER };
        let order = group.small_order().filter(|&n| n <= MAX_ORDER).ok_or_else(too_large)?;
        let elements: Vec<G::Element> = group.elements().collect();
        // Products of elements are elements: a group that denies it is no group.
        let number = |g: &G::Element| group.index_of(g).ok_or_else(too_large);
        let mut products = Vec::with_capacity(order * order);
        for a in &elements {
            for b in &elements {
                products.push(number(&group.compose(a, b))?);
            }
        }
        let inverses =
            elements.iter().map(|a| number(&group.inverse(a))).collect::<Result<_, _>>()?;
        let generators = group.generators().iter().map(number).collect::<Result<_, _>>()?;
        Ok(Self { order, products, inverses, generators })
    }

    /// `|G|`.
    pub fn order(&self) -> usize {
        self.order
    }

    /// The product `ab`.
    ///
    /// # Panics
    /// If there is no element of one of the numbers.
    pub fn product(&self, a: usize, b: usize) -> usize {
        assert!(a < self.order && b < self.order, "elements {a} and {b} of {}", self.order);
        self.products[a * self.order + b]
    }

    /// The inverse `a⁻¹`.
    ///
    /// # Panics
    /// If there is no element of this number.
    pub fn inverse(&self, a: usize) -> usize {
        self.inverses[a]
    }

    /// The power `aᵏ`.
    ///
    /// # Panics
    /// If there is no element of this number.
    pub fn power(&self, a: usize, k: usize) -> usize {
        (0..k).fold(0, |power, _| self.product(power, a))
    }

    /// Generators of the group.
    pub fn generators(&self) -> &[usize] {
        &self.generators
    }

    /// Whether all elements commute.
    pub fn is_abelian(&self) -> bool {
        (0..self.order).all(|a| (0..a).all(|b| self.product(a, b) == self.product(b, a)))
    }

    /// The smallest `k ≥ 1` with `aᵏ = e` for every `a`.
    pub fn exponent(&self) -> usize {
        let order_of = |a: usize| {
            let (mut power, mut k) = (a, 1);
            while power != 0 {
                power = self.product(power, a);
                k += 1;
            }
            k
        };
        (0..self.order).map(order_of).fold(1, |lcm, k| lcm / gcd(lcm, k) * k)
    }

    /// How many central elements are their own inverses, the identity among them.
    pub fn central_involutions(&self) -> usize {
        let central = |u: usize| (0..self.order).all(|k| self.product(u, k) == self.product(k, u));
        (0..self.order).filter(|&u| self.inverse(u) == u && central(u)).count()
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
