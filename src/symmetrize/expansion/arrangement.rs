//! Which element moves the weight in which block: `W̃_ij = a(i, j)·W`.

use super::{Elements, ExpansionError};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The named ways to fill the blocks of a hidden layer with the one trained weight.
///
/// For `C_n`, where elements are numbers modulo `n`, the first three are those of the paper. What they are
/// for another group `G`, and whether they then commute with the left regular representation on both sides (of a weight that only `e`
/// fixes):
///
/// | name | `C_n` | `G` | commutes |
/// |---|---|---|---|
/// | `group-conv` | `2i − j` | `i j⁻¹ i` | for every `G`: the kernel is `K(c) = c⁻¹·W` |
/// | `row-rolled` | `i − j` | `i j⁻¹` in abelian groups | for `\|G\| = 1` alone; with `i ↦ h²i` on its output always |
/// | `row-constant` | `−j` | `j⁻¹` | only if all squares are `e` |
/// | `diagonal` | `i` where `i = j` | `i` where `i = j` | for every `G`: the kernel is `W` at `e` alone |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrangement {
    /// `a(i, j) = i j⁻¹ i`.
    GroupConv,
    /// `a(i, j) = i j⁻¹`, for abelian groups.
    RowRolled,
    /// `a(i, j) = j⁻¹`.
    RowConstant,
    /// `a(i, i) = i`, and nothing off the diagonal.
    Diagonal,
}

/// A name that is none of those expected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("arrangement '{0}': expected group-conv, row-rolled, row-constant or diagonal")]
pub struct UnknownArrangement(String);

impl Arrangement {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::GroupConv, Self::RowRolled, Self::RowConstant, Self::Diagonal];

    /// The name, as the command line knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::GroupConv => "group-conv",
            Self::RowRolled => "row-rolled",
            Self::RowConstant => "row-constant",
            Self::Diagonal => "diagonal",
        }
    }

    /// The element in every block.
    ///
    /// # Errors
    /// [`ExpansionError::NotAbelian`] for `row-rolled` of a non-abelian group: `i j⁻¹` and `j⁻¹ i` are different
    /// arrangements then, and neither commutes with any permutation of the output's blocks.
    pub fn blocks(self, elements: &Elements) -> Result<BlockMap, ExpansionError> {
        if self == Self::RowRolled && !elements.is_abelian() {
            return Err(ExpansionError::NotAbelian { arrangement: self.name() });
        }
        let times = |a, b| elements.product(a, b);
        BlockMap::from_fn(elements, |i, j| match self {
            Self::GroupConv => Some(times(times(i, elements.inverse(j)), i)),
            Self::RowRolled => Some(times(i, elements.inverse(j))),
            Self::RowConstant => Some(elements.inverse(j)),
            Self::Diagonal => (i == j).then_some(i),
        })
    }

    /// The square of the factor of hidden means and scales: `|G|^{-1/2}` keeps the variance of a sum of `|G|`
    /// uncorrelated terms; a single term needs none.
    pub fn squared_factor(self, elements: &Elements) -> (i64, i64) {
        match self {
            Self::Diagonal => (1, 1),
            _ => (1, elements.order() as i64),
        }
    }
}

impl fmt::Display for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Arrangement {
    type Err = UnknownArrangement;

    fn from_str(name: &str) -> Result<Self, UnknownArrangement> {
        Self::ALL
            .into_iter()
            .find(|arrangement| arrangement.name() == name)
            .ok_or_else(|| UnknownArrangement(name.into()))
    }
}

/// For every block `(i, j)` of a hidden layer the element that moves the weight there, or none where the
/// block is not made from the weight.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::symmetrize::expansion::{Arrangement, Elements};
///
/// let c4 = Elements::of(&Cyclic::new(4)?)?;
/// let map = Arrangement::GroupConv.blocks(&c4)?;
/// assert_eq!(map.at(3, 1), Some(1)); // 2·3 − 1 modulo 4
/// assert_eq!(map.distinct_rows(), 2); // n / gcd(n, 2)
/// assert!(map.is_regular(&c4));
/// assert!(!Arrangement::RowRolled.blocks(&c4)?.is_regular(&c4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockMap {
    order: usize,
    elements: Vec<Option<usize>>,
}

impl BlockMap {
    /// The map `a(i, j)`.
    ///
    /// # Errors
    /// [`ExpansionError::NoElement`] for a number that is no element's.
    pub fn from_fn(
        elements: &Elements,
        mut at: impl FnMut(usize, usize) -> Option<usize>,
    ) -> Result<Self, ExpansionError> {
        let order = elements.order();
        let mut map = Vec::with_capacity(order * order);
        for row in 0..order {
            for column in 0..order {
                let element = at(row, column);
                if let Some(element) = element.filter(|&element| element >= order) {
                    return Err(ExpansionError::NoElement { row, column, element, order });
                }
                map.push(element);
            }
        }
        Ok(Self { order, elements: map })
    }

    /// The map of a kernel `K(c) = φ(c)·W`: `a(i, j) = i φ(i⁻¹j)`. All of these commute with the left regular
    /// representation on both sides, and for a weight that only `e` fixes no other map does.
    ///
    /// # Errors
    /// [`ExpansionError::NoElement`] for a number that is no element's.
    pub fn of_kernel(
        elements: &Elements,
        mut phi: impl FnMut(usize) -> Option<usize>,
    ) -> Result<Self, ExpansionError> {
        let kernel: Vec<Option<usize>> = (0..elements.order()).map(&mut phi).collect();
        // Checked as blocks: row e holds the kernel itself.
        let first = Self::from_fn(elements, |_, j| kernel[j])?;
        Self::from_fn(elements, |i, j| {
            let c = elements.product(elements.inverse(i), j);
            first.at(0, c).map(|moved| elements.product(i, moved))
        })
    }

    /// The element in block `(i, j)`, if there is one.
    ///
    /// # Panics
    /// If there is no such block.
    pub fn at(&self, row: usize, column: usize) -> Option<usize> {
        assert!(column < self.order, "column {column} of {}", self.order);
        self.elements[row * self.order + column]
    }

    /// The number of rows, and of columns: `|G|`.
    pub fn order(&self) -> usize {
        self.order
    }

    /// How many of the rows are different: rows that are equal, on a weight that only `e` fixes.
    pub fn distinct_rows(&self) -> usize {
        self.elements.chunks(self.order.max(1)).collect::<BTreeSet<_>>().len()
    }

    /// Whether `a(hi, hj) = h a(i, j)` for every `h`: exactly the maps [`of_kernel`](Self::of_kernel).
    ///
    /// # Panics
    /// If the map is that of a larger group.
    pub fn is_regular(&self, elements: &Elements) -> bool {
        let all = || 0..self.order;
        elements.generators().iter().all(|&h| {
            all().all(|i| {
                all().all(|j| {
                    let moved = self.at(i, j).map(|a| elements.product(h, a));
                    self.at(elements.product(h, i), elements.product(h, j)) == moved
                })
            })
        })
    }
}
