//! Rotations and reflections of square images and kernels, as index maps.

use super::{PermutationRep, RepresentationError, checked_dim};
use crate::group::{AnyElement, AnyGroup, Cyclic, Dihedral, DihedralElement, Group, Permutation};

/// A symmetry of the square grid: a reflection of the columns, perhaps, and then quarter turns.
///
/// # Examples
/// ```
/// use equibayes::representation::GridSymmetry;
///
/// // 0 1      1 3
/// // 2 3  ->  0 2   (counter-clockwise, as `rot90` in NumPy and PyTorch)
/// let turn = GridSymmetry { quarter_turns: 1, reflected: false };
/// assert_eq!(turn.permutation(2).images(), [2, 0, 3, 1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridSymmetry {
    /// Counter-clockwise quarter turns, from 0 to 3.
    pub quarter_turns: u8,
    /// Whether the last axis is flipped first.
    pub reflected: bool,
}

impl GridSymmetry {
    /// Where each pixel of a `side` × `side` grid in row-major order goes.
    ///
    /// # Panics
    /// If the grid has more than `u32::MAX` pixels.
    pub fn permutation(&self, side: usize) -> Permutation {
        Permutation::from_fn(side * side, |pixel| {
            let (mut row, mut column) = (pixel / side, pixel % side);
            if self.reflected {
                column = side - 1 - column;
            }
            for _ in 0..self.quarter_turns {
                (row, column) = (side - 1 - column, row);
            }
            row * side + column
        })
    }
}

/// A group that acts on square grids by rotations and reflections.
pub trait ActsOnGrid: Group {
    /// What `g` does to a grid; `None` if this group has no such action.
    fn grid_symmetry(&self, g: &Self::Element) -> Option<GridSymmetry>;

    /// The action on the pixels of a `side` × `side` grid, in row-major order.
    ///
    /// # Errors
    /// [`RepresentationError::NoGridAction`] for a group without such an action,
    /// [`RepresentationError::TooManyCoordinates`] for a grid that index maps cannot address.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::{ActsOn, ActsOnGrid};
    ///
    /// let image = Cyclic::new(4)?.on_grid(2)?;
    /// assert_eq!(image.apply(&1, &[0.0, 1.0, 2.0, 3.0]).as_slice(), [1.0, 3.0, 0.0, 2.0]);
    /// assert!(Cyclic::new(3)?.on_grid(2).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn on_grid(&self, side: usize) -> Result<PermutationRep<Self>, RepresentationError>
    where
        Self: Send + Sync + 'static,
    {
        let dim = checked_dim(side.checked_mul(side))?;
        if self.grid_symmetry(&self.identity()).is_none() {
            return Err(RepresentationError::NoGridAction { group: format!("{self:?}") });
        }
        let group = self.clone();
        Ok(PermutationRep::from_fn(self.clone(), dim, move |g| match group.grid_symmetry(g) {
            Some(symmetry) => symmetry.permutation(side),
            None => Permutation::identity(dim),
        }))
    }
}

/// The quarter turns that the `rotation`-th power of a rotation of order `n` amounts to.
fn quarter_turns(n: usize, rotation: usize) -> Option<u8> {
    (n > 0 && 4 % n == 0).then(|| ((rotation % n) * (4 / n)) as u8)
}

impl ActsOnGrid for Cyclic {
    fn grid_symmetry(&self, g: &usize) -> Option<GridSymmetry> {
        let quarter_turns = quarter_turns(self.modulus(), *g)?;
        Some(GridSymmetry { quarter_turns, reflected: false })
    }
}

impl ActsOnGrid for Dihedral {
    fn grid_symmetry(&self, g: &DihedralElement) -> Option<GridSymmetry> {
        let quarter_turns = quarter_turns(self.rotations(), g.rotation)?;
        Some(GridSymmetry { quarter_turns, reflected: g.reflected })
    }
}

impl ActsOnGrid for AnyGroup {
    fn grid_symmetry(&self, g: &AnyElement) -> Option<GridSymmetry> {
        if let (Some(group), Some(g)) = (self.get::<Cyclic>(), g.get()) {
            return group.grid_symmetry(g);
        }
        self.get::<Dihedral>()?.grid_symmetry(g.get()?)
    }
}
