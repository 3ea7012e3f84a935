//! The quaternion group `Q_8` and the other dicyclic groups.

use super::{Finite, FinitelyGenerated, Group, GroupError, Haar, MovesSignedPoints};
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The dicyclic group `Dic_n` of order `4n`: `⟨a, x : a^{2n} = e, x² = a^n, x⁻¹ a x = a⁻¹⟩`.
///
/// `Dic_2` is the quaternion group `Q_8`, the `Dic_n` with `n` a power of two are the generalised
/// quaternion groups, and `Dic_1` is `C_4`. Elements are numbered `a^0, …, a^{2n−1}, a^0 x, …, a^{2n−1} x`.
///
/// # Examples
/// ```
/// use equibayes::group::{Dicyclic, Finite, Group};
///
/// // In Q_8 with i = a and j = x: k = ij, i² = j² = k² = −1, and ij = −ji.
/// let q8 = Dicyclic::quaternion();
/// let (i, j) = (q8.element_of(1, false), q8.element_of(0, true));
/// let k = q8.compose(&i, &j);
/// let minus_one = q8.element_of(2, false);
/// assert!([i, j, k].iter().all(|q| q8.compose(q, q) == minus_one));
/// assert_eq!(q8.compose(&minus_one, &q8.compose(&j, &i)), k);
/// assert_eq!(q8.order(), 8u32.into());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dicyclic {
    n: usize,
}

/// The element `a^power x^flipped` of a [`Dicyclic`] group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DicyclicElement {
    /// The power of `a`, from `0` to `2n − 1`.
    pub power: usize,
    /// Whether there is a factor `x`, on the right.
    pub flipped: bool,
}

impl Dicyclic {
    /// The dicyclic group of order `4n`.
    ///
    /// # Errors
    /// [`GroupError::Empty`] if `n` is zero; [`GroupError::TooManyPoints`] if its `2n` signed points are
    /// more than `u32::MAX`.
    pub fn new(n: usize) -> Result<Self, GroupError> {
        if n == 0 {
            return Err(GroupError::Empty { order: n });
        }
        if n > u32::MAX as usize / 2 {
            return Err(GroupError::TooManyPoints { degree: n.saturating_mul(2) });
        }
        Ok(Self { n })
    }

    /// The quaternion group `Q_8 = Dic_2`: `±1, ±i, ±j, ±k` with `i = a`, `j = x`, `k = ax`.
    pub fn quaternion() -> Self {
        Self { n: 2 }
    }

    /// The parameter `n`: a quarter of the order.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The element `a^power x^flipped`, for any power.
    pub fn element_of(&self, power: usize, flipped: bool) -> DicyclicElement {
        DicyclicElement { power: power % (2 * self.n), flipped }
    }
}

impl Group for Dicyclic {
    type Element = DicyclicElement;

    fn identity(&self) -> DicyclicElement {
        self.element_of(0, false)
    }

    fn compose(&self, a: &DicyclicElement, b: &DicyclicElement) -> DicyclicElement {
        // x a^k = a^{−k} x, and x² = a^n.
        let whole = 2 * self.n;
        let second = if a.flipped { whole - b.power % whole } else { b.power };
        let square = if a.flipped && b.flipped { self.n } else { 0 };
        self.element_of(a.power % whole + second % whole + square, a.flipped != b.flipped)
    }

    fn inverse(&self, a: &DicyclicElement) -> DicyclicElement {
        // (a^k x)⁻¹ = x⁻¹ a^{−k} = a^{k} x⁻¹ = a^{k+n} x.
        let whole = 2 * self.n;
        let power = a.power % whole;
        self.element_of(if a.flipped { power + self.n } else { whole - power }, a.flipped)
    }
}

impl FinitelyGenerated for Dicyclic {
    fn generators(&self) -> Vec<DicyclicElement> {
        vec![self.element_of(1, false), self.element_of(0, true)]
    }
}

impl Haar for Dicyclic {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> DicyclicElement {
        self.element_of(rng.random_range(0..2 * self.n), rng.random())
    }
}

impl Finite for Dicyclic {
    fn order(&self) -> BigUint {
        BigUint::from(self.n) * 4u8
    }

    fn element(&self, index: usize) -> DicyclicElement {
        assert!(index / 4 < self.n, "element {index} of a group of order 4·{}", self.n);
        self.element_of(index, index >= 2 * self.n)
    }

    fn index_of(&self, element: &DicyclicElement) -> Option<usize> {
        let whole = 2 * self.n;
        (element.power < whole).then(|| element.power + if element.flipped { whole } else { 0 })
    }
}

/// Left multiplication on the elements up to the central sign `a^n = −1`: the points `0…n − 1` are
/// `1, a, …, a^{n−1}`, and `n…2n − 1` are `x, ax, …, a^{n−1}x`. It is faithful; for `Q_8` it is left
/// multiplication on the quaternions in the basis `1, i, j, k`.
impl MovesSignedPoints for Dicyclic {
    fn signed_points(&self) -> usize {
        2 * self.n
    }

    fn signed_image(&self, g: &DicyclicElement, point: usize) -> (usize, bool) {
        assert!(point < 2 * self.n, "point {point} of {}", 2 * self.n);
        let start = DicyclicElement { power: point % self.n, flipped: point >= self.n };
        let moved = self.compose(g, &start);
        let place = moved.power % self.n + if moved.flipped { self.n } else { 0 };
        (place, moved.power >= self.n)
    }
}
