//! The orthogonal groups `O(n)` and the rotation groups `SO(n)`.

mod matrix;

pub use matrix::OrthogonalMatrix;

use super::{Group, GroupError, Haar, LieGroup};
use matrix::{exponential, rounding};
use nalgebra::DMatrix;
use rand::Rng;

/// The orthogonal group `O(n)`: the isometries of `R^n` that fix the origin.
///
/// Haar draws are the Gram–Schmidt bases of `n` independent standard Gaussian vectors. Such vectors have
/// a law that no rotation `U` changes, and the basis of the moved vectors `U g_1, …, U g_n` is the moved
/// basis; so the law of the basis is invariant under `O(n)`, and there is one such law only. (A QR
/// factorisation whose `R` has diagonal entries of any other sign than `+` is another map, which does not
/// commute with `U`, and its `Q` is not Haar distributed.)
///
/// # References
/// F. Mezzadri, "How to generate random matrices from the classical compact groups" (Notices of the AMS 54,
/// 2007).
///
/// # Examples
/// ```
/// use equibayes::group::{Group, Haar, Orthogonal};
/// use rand::SeedableRng;
///
/// let o3 = Orthogonal::new(3)?;
/// let q = o3.haar(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
/// let back = o3.compose(&o3.inverse(&q), &q);
/// assert!(o3.distance(&back, &o3.identity()) <= 4.0 * o3.rounding());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Orthogonal {
    n: usize,
}

/// The special orthogonal group `SO(n)`: the rotations of `R^n`.
///
/// # Examples
/// ```
/// use equibayes::group::{Haar, SpecialOrthogonal};
/// use rand::SeedableRng;
///
/// let so3 = SpecialOrthogonal::new(3)?;
/// let q = so3.haar(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
/// assert!(q.is_rotation());
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpecialOrthogonal {
    n: usize,
}

impl SpecialOrthogonal {
    /// The matrix as an element of this group.
    ///
    /// # Errors
    /// [`GroupError::WrongShape`], [`GroupError::NotOrthogonal`], or [`GroupError::Reflection`] if the
    /// determinant is −1.
    pub fn element_of(&self, matrix: DMatrix<f64>) -> Result<OrthogonalMatrix, GroupError> {
        let element = OrthogonalMatrix::new(self.n, matrix)?;
        if element.is_rotation() { Ok(element) } else { Err(GroupError::Reflection) }
    }
}

impl Orthogonal {
    /// The matrix as an element of this group.
    ///
    /// # Errors
    /// [`GroupError::WrongShape`] or [`GroupError::NotOrthogonal`].
    pub fn element_of(&self, matrix: DMatrix<f64>) -> Result<OrthogonalMatrix, GroupError> {
        OrthogonalMatrix::new(self.n, matrix)
    }
}

macro_rules! matrices {
    ($name:ident) => {
        impl $name {
            /// The group of `n×n` matrices.
            ///
            /// # Errors
            /// [`GroupError::NoDimension`] if `n` is zero.
            pub fn new(n: usize) -> Result<Self, GroupError> {
                if n == 0 { Err(GroupError::NoDimension) } else { Ok(Self { n }) }
            }
        }

        impl Group for $name {
            type Element = OrthogonalMatrix;

            fn identity(&self) -> OrthogonalMatrix {
                OrthogonalMatrix::identity(self.n)
            }

            fn compose(&self, a: &OrthogonalMatrix, b: &OrthogonalMatrix) -> OrthogonalMatrix {
                a.compose(b)
            }

            fn inverse(&self, a: &OrthogonalMatrix) -> OrthogonalMatrix {
                a.inverse()
            }

            /// The Frobenius norm of the difference, which no orthogonal factor changes.
            fn distance(&self, a: &OrthogonalMatrix, b: &OrthogonalMatrix) -> f64 {
                a.distance(b)
            }

            fn rounding(&self) -> f64 {
                rounding(self.n)
            }
        }
    };
}

matrices!(Orthogonal);
matrices!(SpecialOrthogonal);

impl Haar for Orthogonal {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> OrthogonalMatrix {
        OrthogonalMatrix::haar(self.n, rng)
    }
}

/// A draw from `O(n)`, with its last column negated if it is a reflection.
///
/// Let `φ(Q)` be the draw so corrected. A rotation `U` does not change the determinant, and acts on every
/// column, so `φ(UQ) = Uφ(Q)`; as `UQ` is distributed as `Q` is, `Uφ(Q)` is distributed as `φ(Q)` is, and
/// that makes it the Haar measure of `SO(n)`.
impl Haar for SpecialOrthogonal {
    fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> OrthogonalMatrix {
        let draw = OrthogonalMatrix::haar(self.n, rng);
        if draw.is_rotation() { draw } else { draw.flipped() }
    }
}

/// `E_ij − E_ji` for `i < j`.
fn skew_basis(n: usize) -> Vec<DMatrix<f64>> {
    let unit = |i, j| {
        let mut x = DMatrix::zeros(n, n);
        x[(i, j)] = 1.0;
        x[(j, i)] = -1.0;
        x
    };
    (0..n).flat_map(|i| (i + 1..n).map(move |j| unit(i, j))).collect()
}

impl LieGroup for Orthogonal {
    fn dimension(&self) -> usize {
        self.n
    }

    fn matrix(&self, a: &OrthogonalMatrix) -> DMatrix<f64> {
        a.matrix().clone()
    }

    fn lie_algebra(&self) -> Vec<DMatrix<f64>> {
        skew_basis(self.n)
    }

    fn exp(&self, x: &DMatrix<f64>) -> OrthogonalMatrix {
        exponential(self.n, x)
    }

    /// The identity, and the reflection of the last coordinate.
    fn components(&self) -> Vec<OrthogonalMatrix> {
        vec![self.identity(), self.identity().flipped()]
    }
}

impl LieGroup for SpecialOrthogonal {
    fn dimension(&self) -> usize {
        self.n
    }

    fn matrix(&self, a: &OrthogonalMatrix) -> DMatrix<f64> {
        a.matrix().clone()
    }

    fn lie_algebra(&self) -> Vec<DMatrix<f64>> {
        skew_basis(self.n)
    }

    fn exp(&self, x: &DMatrix<f64>) -> OrthogonalMatrix {
        exponential(self.n, x)
    }

    fn components(&self) -> Vec<OrthogonalMatrix> {
        vec![self.identity()]
    }
}
