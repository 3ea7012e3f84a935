//! The dihedral group `D_n`.

use super::{Finite, FinitelyGenerated, Group, GroupError, Haar};
use num_bigint::BigUint;
use rand::{Rng, RngExt};

/// The dihedral group `D_n` of order `2n`: rotations `r^k` and reflections `r^k s`, `s r s = r⁻¹`.
///
/// Elements are numbered `r^0, …, r^{n−1}, r^0 s, …, r^{n−1} s`. For `n = 1` and `n = 2` these are
/// `C_2` and Klein's four-group, as the presentation says.
///
/// # Examples
/// ```
/// use equibayes::group::{Dihedral, DihedralElement, Group};
///
/// let d4 = Dihedral::new(4)?;
/// let r = DihedralElement { rotation: 1, reflected: false };
/// let s = DihedralElement { rotation: 0, reflected: true };
/// let srs = d4.compose(&s, &d4.compose(&r, &s));
/// assert_eq!(srs, d4.inverse(&r));
/// assert_ne!(d4.compose(&r, &s), d4.compose(&s, &r));
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dihedral {
    n: usize,
}

/// The element `r^rotation s^reflected` of a [`Dihedral`] group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DihedralElement {
    /// The power of the rotation, from `0` to `n − 1`.
    pub rotation: usize,
    /// Whether the reflection `s` comes first.
    pub reflected: bool,
}

impl Dihedral {
    /// The symmetries of the regular `n`-gon.
    ///
    /// # Errors
    /// [`GroupError::Empty`] if `n` is zero.
    pub fn new(n: usize) -> Result<Self, GroupError> {
        if n == 0 {
            return Err(GroupError::Empty { order: n });
        }
        Ok(Self { n })
    }

    /// The number of rotations.
    pub fn rotations(&self) -> usize {
        self.n
    }
}

impl Group for Dihedral {
    type Element = DihedralElement;

    fn identity(&self) -> DihedralElement {
        DihedralElement { rotation: 0, reflected: false }
    }

    fn compose(&self, a: &DihedralElement, b: &DihedralElement) -> DihedralElement {
        // r^i s^p · r^j s^q = r^{i ± j} s^{p + q}, minus where s^p turns the second rotation round.
        let (first, second) = (a.rotation % self.n, b.rotation % self.n);
        let turned = if a.reflected { (self.n - second) % self.n } else { second };
        // Both are below `n`, but their sum may not fit: subtract before adding.
        let room = self.n - turned;
        let rotation = if first >= room { first - room } else { first + turned };
        DihedralElement { rotation, reflected: a.reflected != b.reflected }
    }

    fn inverse(&self, a: &DihedralElement) -> DihedralElement {
        if a.reflected {
            *a
        } else {
            DihedralElement { rotation: (self.n - a.rotation % self.n) % self.n, reflected: false }
        }
    }
}

impl FinitelyGenerated for Dihedral {
    fn generators(&self) -> Vec<DihedralElement> {
        let rotation = DihedralElement { rotation: 1 % self.n, reflected: false };
        let reflection = DihedralElement { rotation: 0, reflected: true };
        if self.n == 1 { vec![reflection] } else { vec![rotation, reflection] }
    }
}

impl Haar for Dihedral {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> DihedralElement {
        DihedralElement { rotation: rng.random_range(0..self.n), reflected: rng.random() }
    }
}

impl Finite for Dihedral {
    fn order(&self) -> BigUint {
        BigUint::from(self.n) * 2u8
    }

    fn element(&self, index: usize) -> DihedralElement {
        assert!(index / 2 < self.n, "element {index} of a group of order 2·{}", self.n);
        DihedralElement { rotation: index % self.n, reflected: index >= self.n }
    }

    fn index_of(&self, element: &DihedralElement) -> Option<usize> {
        if element.rotation >= self.n {
            return None;
        }
        element.rotation.checked_add(if element.reflected { self.n } else { 0 })
    }
}
