//! A layer as a pattern of blocks, each a weight moved by a group element.

use super::{BlockMap, Elements, ExpansionError};

/// What fixes a weight: the elements `g` with `g·W = W`, a subgroup. Blocks `a·W` and `b·W` are equal exactly if
/// `a⁻¹b` is one of them.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::symmetrize::expansion::{Elements, Stabiliser};
///
/// let c4 = Elements::of(&Cyclic::new(4)?)?;
/// // A kernel that a half turn fixes and a quarter turn does not.
/// assert_eq!(Stabiliser::of(&c4, |g| g % 2 == 0)?.order(), 2);
/// // No subgroup: 1 + 1 = 2 would have to fix it too.
/// assert!(Stabiliser::of(&c4, |g| g < 2).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stabiliser {
    /// The first element of the coset `aH` of each `a`.
    representative: Vec<usize>,
    order: usize,
}

impl Stabiliser {
    /// The subgroup of the elements that `fixes` says fix the weight.
    ///
    /// # Errors
    /// [`ExpansionError::NotASubgroup`].
    pub fn of(
        elements: &Elements,
        mut fixes: impl FnMut(usize) -> bool,
    ) -> Result<Self, ExpansionError> {
        let all = 0..elements.order();
        let member: Vec<bool> = all.clone().map(&mut fixes).collect();
        let members: Vec<usize> = all.filter(|&h| member[h]).collect();
        // Finite and closed under products, with the identity: a subgroup.
        let closed =
            members.iter().all(|&a| members.iter().all(|&b| member[elements.product(a, b)]));
        if !member[0] || !closed {
            return Err(ExpansionError::NotASubgroup { elements: members.len() });
        }
        let mut representative = vec![usize::MAX; elements.order()];
        for a in 0..elements.order() {
            if representative[a] == usize::MAX {
                for &h in &members {
                    representative[elements.product(a, h)] = a;
                }
            }
        }
        Ok(Self { representative, order: members.len() })
    }

    /// Nothing but the identity fixes the weight.
    pub fn trivial(elements: &Elements) -> Self {
        Self { representative: (0..elements.order()).collect(), order: 1 }
    }

    /// Everything fixes the weight.
    pub fn whole(elements: &Elements) -> Self {
        Self { representative: vec![0; elements.order()], order: elements.order() }
    }

    /// How many elements fix the weight.
    pub fn order(&self) -> usize {
        self.order
    }
}

/// A block: which weight, and the first of the elements that move it to the same block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Cell {
    pub(super) weight: usize,
    pub(super) element: usize,
}

/// A layer as a matrix of blocks `a·W`, with a block of the bias for every row.
///
/// The layer's weights are numbered: more than one if different blocks are made from different weights. What
/// representations move the weights by is no part of the pattern, only what fixes each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    rows: usize,
    columns: usize,
    cells: Vec<Cell>,
    biases: Vec<Cell>,
    fixed_by: Vec<Stabiliser>,
    bias_fixed_by: Stabiliser,
}

impl Pattern {
    /// The first layer: row `a` is `a·W`, its bias `a·b`, and the only column is the input.
    pub fn first(elements: &Elements, weight: Stabiliser, bias: Stabiliser) -> Self {
        Self::new(elements.order(), 1, vec![weight], bias, |a, _| (0, a), |a| a)
    }

    /// A hidden layer: block `(i, j)` is `a(i, j)·W`, the bias of row `i` is `i·b`, and blocks without an
    /// element hold something that no element moves.
    pub fn hidden(
        elements: &Elements,
        map: &BlockMap,
        weight: Stabiliser,
        bias: Stabiliser,
    ) -> Self {
        let order = elements.order();
        let weights = vec![weight, Stabiliser::whole(elements)];
        let block = |i, j| map.at(i, j).map_or((1, 0), |a| (0, a));
        Self::new(order, order, weights, bias, block, |i| i)
    }

    /// The readout: the one row is `b·C` in column `b`. Its bias is averaged over the group, which no element
    /// moves.
    pub fn readout(elements: &Elements, weight: Stabiliser) -> Self {
        let whole = Stabiliser::whole(elements);
        Self::new(1, elements.order(), vec![weight], whole, |_, b| (0, b), |_| 0)
    }

    /// Any pattern: for every block the number of a weight and of the element that moves it, and for every row
    /// the element that moves the bias.
    ///
    /// # Panics
    /// If there is no weight or no element of such a number.
    pub fn new(
        rows: usize,
        columns: usize,
        fixed_by: Vec<Stabiliser>,
        bias_fixed_by: Stabiliser,
        mut block: impl FnMut(usize, usize) -> (usize, usize),
        bias: impl Fn(usize) -> usize,
    ) -> Self {
        let mut cells = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let (weight, element) = block(row, column);
                let element = fixed_by[weight].representative[element];
                cells.push(Cell { weight, element });
            }
        }
        let first = |row: usize| bias_fixed_by.representative[bias(row)];
        let biases = (0..rows).map(|row| Cell { weight: 0, element: first(row) }).collect();
        Self { rows, columns, cells, biases, fixed_by, bias_fixed_by }
    }

    /// The number of rows of blocks.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns of blocks.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// How many rows of blocks are different, biases apart.
    pub fn distinct_rows(&self) -> usize {
        let rows = (0..self.rows).map(|row| self.row(row));
        rows.collect::<std::collections::BTreeSet<_>>().len()
    }

    pub(super) fn row(&self, row: usize) -> &[Cell] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }

    pub(super) fn bias(&self, row: usize) -> Cell {
        self.biases[row]
    }

    /// The block moved by `h`.
    pub(super) fn moved(&self, elements: &Elements, h: usize, cell: Cell) -> Cell {
        let element = elements.product(h, cell.element);
        Cell { element: self.fixed_by[cell.weight].representative[element], ..cell }
    }

    /// The bias moved by `h`.
    pub(super) fn moved_bias(&self, elements: &Elements, h: usize, cell: Cell) -> Cell {
        let element = elements.product(h, cell.element);
        Cell { element: self.bias_fixed_by.representative[element], ..cell }
    }
}
