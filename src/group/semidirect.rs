//! Semidirect products.

use super::numbering::{Digits, Number};
use super::{Finite, FinitelyGenerated, Group, GroupError, Haar};
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use rand::Rng;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The most pairs of elements on which an action is checked.
const MAX_PAIRS: u64 = 1_000_000;

type Action<N, H> = Arc<
    dyn Fn(&<H as Group>::Element, &<N as Group>::Element) -> <N as Group>::Element + Send + Sync,
>;

/// The semidirect product `N ⋊ H` for an action of `H` on `N` by automorphisms: pairs with
/// `(n, h)(n′, h′) = (n · h(n′), hh′)`.
///
/// Elements are numbered by the normal factor first: `i + |N|·j`. Two products compare equal when their
/// factors do and the actions agree on generators, which determine them.
///
/// # Examples
/// ```
/// use equibayes::group::{Cyclic, Finite, Group, Semidirect};
///
/// // The affine maps x ↦ nx' + t of the integers modulo 7 with n ∈ {1, 2, 4}: order 21.
/// let affine = Semidirect::new(Cyclic::new(7)?, Cyclic::new(3)?, |h, t| (t << h) % 7)?;
/// assert_eq!(affine.order(), 21u32.into());
/// let (shift, double) = ((1, 0), (0, 1));
/// assert_eq!(affine.compose(&double, &shift), (2, 1));
///
/// // Doubling is not an automorphism of the integers modulo 6.
/// let error = Semidirect::new(Cyclic::new(6)?, Cyclic::new(2)?, |h, t| (t << h) % 6);
/// assert!(error.unwrap_err().to_string().contains("sends 0 and 3 to the same element"));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone)]
pub struct Semidirect<N: FinitelyGenerated, H: FinitelyGenerated> {
    normal: N,
    acting: H,
    action: Action<N, H>,
}

impl<N: FinitelyGenerated, H: FinitelyGenerated> Semidirect<N, H> {
    /// The product in which `h` acts on `N` by `n ↦ action(h, n)`.
    ///
    /// That these are automorphisms, and compose as the elements of `H` do, is the caller's promise;
    /// [`new`](Semidirect::new) checks it for groups that are small enough.
    pub fn from_fn(
        normal: N,
        acting: H,
        action: impl Fn(&H::Element, &N::Element) -> N::Element + Send + Sync + 'static,
    ) -> Self {
        Self { normal, acting, action: Arc::new(action) }
    }

    /// The factor `N`, which is normal.
    pub fn normal(&self) -> &N {
        &self.normal
    }

    /// The factor `H`, which acts.
    pub fn acting(&self) -> &H {
        &self.acting
    }

    /// Where `h` sends `n`.
    pub fn act(&self, h: &H::Element, n: &N::Element) -> N::Element {
        (self.action)(h, n)
    }
}

impl<N: Finite, H: Finite> Semidirect<N, H> {
    /// The product in which `h` acts on `N` by `n ↦ action(h, n)`, checked on all pairs.
    ///
    /// # Errors
    /// [`GroupError::OutsideOfGroup`], [`GroupError::NotInjective`] or [`GroupError::NotAnAutomorphism`]
    /// where a generator of `H` does not act by an automorphism, [`GroupError::NotAnAction`] where two
    /// elements of `H` do not act as their product does, each with the elements;
    /// [`GroupError::TooManyPairs`] if `|N|·|H|` is more than a million.
    pub fn new(
        normal: N,
        acting: H,
        action: impl Fn(&H::Element, &N::Element) -> N::Element + Send + Sync + 'static,
    ) -> Result<Self, GroupError> {
        let product = Self::from_fn(normal, acting, action);
        let pairs = product.order();
        if pairs.to_u64().is_none_or(|pairs| pairs > MAX_PAIRS) {
            return Err(GroupError::TooManyPairs { pairs: pairs.to_string(), max: MAX_PAIRS });
        }
        for h in product.acting.generators() {
            product.check_automorphism(&h)?;
        }
        product.check_homomorphism()?;
        Ok(product)
    }

    /// `h(sn) = h(s)h(n)` for generators `s` and all `n` makes `h` a homomorphism, by induction on the
    /// length of words. An injective one of a finite group is an automorphism.
    fn check_automorphism(&self, h: &H::Element) -> Result<(), GroupError> {
        let acting = || format!("{h:?}");
        let mut seen: HashMap<N::Element, N::Element> = HashMap::new();
        for n in self.normal.elements() {
            let image = self.act(h, &n);
            if self.normal.index_of(&image).is_none() {
                return Err(GroupError::OutsideOfGroup {
                    acting: acting(),
                    element: format!("{n:?}"),
                    image: format!("{image:?}"),
                });
            }
            for s in self.normal.generators() {
                let left = self.act(h, &self.normal.compose(&s, &n));
                let right = self.normal.compose(&self.act(h, &s), &image);
                if left != right && self.normal.index_of(&self.act(h, &s)).is_some() {
                    return Err(GroupError::NotAnAutomorphism {
                        acting: acting(),
                        first: format!("{s:?}"),
                        second: format!("{n:?}"),
                    });
                }
            }
            if let Some(other) = seen.insert(image, n.clone()) {
                return Err(GroupError::NotInjective {
                    acting: acting(),
                    first: format!("{other:?}"),
                    second: format!("{n:?}"),
                });
            }
        }
        Ok(())
    }

    /// `e(n) = n`, and `(hs)(n) = h(s(n))` for all `h` and `n` and the generators `s`, which by induction
    /// makes every `h` the composition of automorphisms that it should be.
    fn check_homomorphism(&self) -> Result<(), GroupError> {
        let e = self.acting.identity();
        let broken = |first: &H::Element, second: &H::Element, n: &N::Element| {
            Err(GroupError::NotAnAction {
                first: format!("{first:?}"),
                second: format!("{second:?}"),
                element: format!("{n:?}"),
            })
        };
        for n in self.normal.elements() {
            if self.act(&e, &n) != n {
                return broken(&e, &e, &n);
            }
            for s in self.acting.generators() {
                let moved = self.act(&s, &n);
                for h in self.acting.elements() {
                    if self.act(&self.acting.compose(&h, &s), &n) != self.act(&h, &moved) {
                        return broken(&h, &s, &n);
                    }
                }
            }
        }
        Ok(())
    }
}

impl<N: FinitelyGenerated, H: FinitelyGenerated> PartialEq for Semidirect<N, H> {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
            && self.acting == other.acting
            && self
                .acting
                .generators()
                .iter()
                .all(|h| self.normal.generators().iter().all(|n| self.act(h, n) == other.act(h, n)))
    }
}

/// `N ⋊ H`, with both factors as they show themselves.
impl<N: FinitelyGenerated, H: FinitelyGenerated> fmt::Debug for Semidirect<N, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ⋊ {:?}", self.normal, self.acting)
    }
}

impl<N: FinitelyGenerated, H: FinitelyGenerated> Group for Semidirect<N, H> {
    type Element = (N::Element, H::Element);

    fn identity(&self) -> Self::Element {
        (self.normal.identity(), self.acting.identity())
    }

    fn compose(&self, a: &Self::Element, b: &Self::Element) -> Self::Element {
        (self.normal.compose(&a.0, &self.act(&a.1, &b.0)), self.acting.compose(&a.1, &b.1))
    }

    fn inverse(&self, a: &Self::Element) -> Self::Element {
        let back = self.acting.inverse(&a.1);
        (self.act(&back, &self.normal.inverse(&a.0)), back)
    }
}

impl<N: FinitelyGenerated, H: FinitelyGenerated> FinitelyGenerated for Semidirect<N, H> {
    fn generators(&self) -> Vec<Self::Element> {
        let normal = self.normal.generators().into_iter().map(|n| (n, self.acting.identity()));
        let acting = self.acting.generators().into_iter().map(|h| (self.normal.identity(), h));
        normal.chain(acting).collect()
    }
}

/// The product of the two Haar measures: an automorphism preserves that of `N`.
impl<N: FinitelyGenerated + Haar, H: FinitelyGenerated + Haar> Haar for Semidirect<N, H> {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> Self::Element {
        (self.normal.haar(rng), self.acting.haar(rng))
    }
}

impl<N: Finite, H: Finite> Finite for Semidirect<N, H> {
    fn order(&self) -> BigUint {
        self.normal.order() * self.acting.order()
    }

    fn element(&self, index: usize) -> Self::Element {
        let mut digits = Digits::of(index);
        let normal = self.normal.element(digits.next(self.normal.small_order()));
        (normal, self.acting.element(digits.next(None)))
    }

    fn index_of(&self, element: &Self::Element) -> Option<usize> {
        let mut number = Number::new();
        number.push(self.normal.index_of(&element.0)?, self.normal.small_order())?;
        number.push(self.acting.index_of(&element.1)?, None)?;
        Some(number.value())
    }
}
