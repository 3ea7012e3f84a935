//! Whether a network of blocks is equivariant: found layer by layer, or a witness.

use super::pattern::{Cell, Pattern};
use super::{Elements, ExpansionError};
use std::collections::BTreeMap;
use std::fmt;

/// How a layer's output moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intertwining {
    /// The class of each row of blocks: rows of one class compute the same, whatever the input.
    pub classes: Vec<usize>,
    /// For each generator of the group where each class goes.
    pub moves: Vec<Vec<usize>>,
    /// The `s` with which `h` moves the blocks as `h^s` does from the left, where there is one that is a
    /// representation and agrees with that of the layer before: 1 is the left regular representation. The first
    /// of `1, 2, …, 0`.
    pub shift: Option<usize>,
}

impl Intertwining {
    /// The number of rows that compute something different.
    pub fn distinct(&self) -> usize {
        self.classes.iter().max().map_or(0, |last| last + 1)
    }
}

/// Why a network of blocks is not equivariant by permutations of its blocks: a row that, moved, is none of the
/// rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The layer, from 0.
    pub layer: usize,
    /// The row of blocks.
    pub row: usize,
    /// The number of the generator's element that moves it.
    pub element: usize,
    /// The element in each block of the row, as the row would have to be if the input moves.
    pub moved: Vec<Vec<usize>>,
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classes: Vec<String> = self
            .moved
            .iter()
            .map(|elements| elements.iter().map(usize::to_string).collect::<Vec<_>>().join("+"))
            .collect();
        write!(
            f,
            "layer {}: row {} of blocks, moved by element {}, is [{}], which is none of the rows",
            self.layer,
            self.row,
            self.element,
            classes.join(" ")
        )
    }
}

/// What was found out about a network of blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How each layer's output moves, as far as it could be found.
    pub layers: Vec<Intertwining>,
    /// Why it could not be found further. If `None`, the network is equivariant, for all weights with these
    /// stabilisers.
    pub witness: Option<Witness>,
}

impl Decision {
    /// Whether the network is equivariant: the hidden blocks are permuted, and the output moves as it should.
    pub fn is_exact(&self) -> bool {
        self.witness.is_none()
    }
}

/// A row as the sum that it is: how often each block meets each class of the input, sorted, and the bias.
type Signature = (Vec<(usize, Cell)>, Cell);

/// Decides whether a network of blocks intertwines the action on its input with one on its output, by
/// permutations of the blocks in between.
///
/// Goes through the composed network. Rows of a layer that are the same sums compute the same, and the next
/// layer sees no more than the sum of its columns over them; between the classes of rows that are left, all
/// different, there is at most one permutation that intertwines with what moves the input. So the search has no
/// choices: a moved row that is none of the rows shows that no permutation does. The last layer has one row
/// of blocks, which must not move.
///
/// # Errors
/// [`ExpansionError::BlockCount`] for a layer that has not as many columns as the one before has rows.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::symmetrize::expansion::{Arrangement, Elements, Pattern, Stabiliser, decide};
///
/// // The paper's network on C_4: kernels that turn, biases and a readout that do not.
/// let c4 = Elements::of(&Cyclic::new(4)?)?;
/// let (turns, fixed) = (Stabiliser::trivial(&c4), Stabiliser::whole(&c4));
/// let network = |arrangement: Arrangement| -> Result<_, Box<dyn std::error::Error>> {
///     let map = arrangement.blocks(&c4)?;
///     Ok([
///         Pattern::first(&c4, turns.clone(), fixed.clone()),
///         Pattern::hidden(&c4, &map, turns.clone(), fixed.clone()),
///         Pattern::readout(&c4, fixed.clone()),
///     ])
/// };
/// // Row-rolled blocks move as the regular representation does at twice the speed …
/// let rolled = decide(&c4, &network(Arrangement::RowRolled)?)?;
/// assert!(rolled.is_exact());
/// assert_eq!(rolled.layers[1].shift, Some(2));
/// // … and row-constant ones not at all.
/// let constant = decide(&c4, &network(Arrangement::RowConstant)?)?;
/// assert_eq!(constant.witness.map(|witness| witness.layer), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide(elements: &Elements, layers: &[Pattern]) -> Result<Decision, ExpansionError> {
    // The input is one block that moves by itself.
    let mut input = Intertwining {
        classes: vec![0],
        moves: vec![vec![0]; elements.generators().len()],
        shift: Some(0),
    };
    let mut found = Vec::with_capacity(layers.len());
    for (layer, pattern) in layers.iter().enumerate() {
        if pattern.columns() != input.classes.len() {
            return Err(ExpansionError::BlockCount {
                layer,
                columns: pattern.columns(),
                expected: input.classes.len(),
            });
        }
        match intertwine(elements, pattern, &input, layer) {
            Ok(output) => {
                found.push(output.clone());
                input = output;
            }
            Err(witness) => return Ok(Decision { layers: found, witness: Some(witness) }),
        }
    }
    Ok(Decision { layers: found, witness: None })
}

/// The permutation of a layer's classes of rows that intertwines with that of its input.
fn intertwine(
    elements: &Elements,
    pattern: &Pattern,
    input: &Intertwining,
    layer: usize,
) -> Result<Intertwining, Witness> {
    let mut known: BTreeMap<Signature, usize> = BTreeMap::new();
    let mut rows: Vec<(usize, Signature)> = Vec::new();
    let mut classes = Vec::with_capacity(pattern.rows());
    for row in 0..pattern.rows() {
        let mut sum: Vec<(usize, Cell)> =
            input.classes.iter().copied().zip(pattern.row(row).iter().copied()).collect();
        sum.sort_unstable();
        let signature = (sum, pattern.bias(row));
        let next = known.len();
        let class = *known.entry(signature.clone()).or_insert(next);
        if class == next {
            rows.push((row, signature));
        }
        classes.push(class);
    }
    let mut moves = Vec::with_capacity(elements.generators().len());
    for (&h, move_input) in elements.generators().iter().zip(&input.moves) {
        let mut images = Vec::with_capacity(rows.len());
        for (row, (sum, bias)) in &rows {
            let mut moved: Vec<(usize, Cell)> = sum
                .iter()
                .map(|&(class, cell)| (move_input[class], pattern.moved(elements, h, cell)))
                .collect();
            moved.sort_unstable();
            let signature = (moved, pattern.moved_bias(elements, h, *bias));
            match known.get(&signature) {
                Some(&class) => images.push(class),
                None => {
                    let mut moved = vec![Vec::new(); input.distinct()];
                    for (class, cell) in signature.0 {
                        moved[class].push(cell.element);
                    }
                    return Err(Witness { layer, row: *row, element: h, moved });
                }
            }
        }
        moves.push(images);
    }
    let shift = input.shift.and_then(|shift| shift_of(elements, pattern, shift));
    Ok(Intertwining { classes, moves, shift })
}

/// The first of `s = 1, 2, …, 0` with `h·W̃_ij = W̃_{h^s i, h^t j}` for all generators `h`, `t` being the shift of the
/// columns.
fn shift_of(elements: &Elements, pattern: &Pattern, columns: usize) -> Option<usize> {
    // A single block cannot be shifted, and moves as if it were shifted by e.
    if pattern.rows() != elements.order() {
        return (pattern.rows() == 1).then_some(0);
    }
    let exponent = elements.exponent();
    // `h ↦ h^s` is a homomorphism for every `s` in abelian groups; for `s = 0` and `1` in all.
    let candidates = if elements.is_abelian() { exponent.max(2) } else { 2 };
    let shifts = |s: usize| {
        elements.generators().iter().all(|&h| {
            let (by, along) = (elements.power(h, s), elements.power(h, columns));
            (0..pattern.rows()).all(|i| {
                let image = elements.product(by, i);
                let bias = pattern.moved_bias(elements, h, pattern.bias(i));
                bias == pattern.bias(image)
                    && pattern.row(i).iter().enumerate().all(|(j, &cell)| {
                        // The only column of a first layer stays.
                        let j = if pattern.columns() == 1 { 0 } else { elements.product(along, j) };
                        pattern.row(image)[j] == pattern.moved(elements, h, cell)
                    })
            })
        })
    };
    (1..candidates).chain([0]).find(|&s| shifts(s))
}

#[cfg(test)]
mod tests {
    use super::super::{Arrangement, Stabiliser};
    use super::*;
    use crate::group::{Cyclic, Dihedral};

    fn network(
        elements: &Elements,
        arrangement: Arrangement,
        bias: &Stabiliser,
        readout: &Stabiliser,
    ) -> Vec<Pattern> {
        let map = arrangement.blocks(elements).unwrap();
        let free = Stabiliser::trivial(elements);
        vec![
            Pattern::first(elements, free.clone(), bias.clone()),
            Pattern::hidden(elements, &map, free, bias.clone()),
            Pattern::readout(elements, readout.clone()),
        ]
    }

    #[test]
    fn biases_that_move_follow_the_regular_representation_alone() {
        let c4 = Elements::of(&Cyclic::new(4).unwrap()).unwrap();
        let (free, fixed) = (Stabiliser::trivial(&c4), Stabiliser::whole(&c4));
        let decided =
            |arrangement, bias| decide(&c4, &network(&c4, arrangement, bias, &fixed)).unwrap();
        let still = decided(Arrangement::GroupConv, &fixed);
        assert_eq!((still.is_exact(), still.layers[1].distinct()), (true, 2));
        // Rows that are equal differ by their biases.
        let moving = decided(Arrangement::GroupConv, &free);
        assert_eq!((moving.is_exact(), moving.layers[1].distinct()), (true, 4));
        assert!(decided(Arrangement::RowRolled, &fixed).is_exact());
        let rolled = decided(Arrangement::RowRolled, &free);
        assert_eq!(rolled.witness.map(|witness| witness.layer), Some(1));
    }

    #[test]
    fn a_readout_that_moves_needs_the_shift_one() {
        let c4 = Elements::of(&Cyclic::new(4).unwrap()).unwrap();
        let (free, fixed) = (Stabiliser::trivial(&c4), Stabiliser::whole(&c4));
        let decided = |arrangement| decide(&c4, &network(&c4, arrangement, &fixed, &free)).unwrap();
        assert!(decided(Arrangement::GroupConv).is_exact());
        assert!(decided(Arrangement::Diagonal).is_exact());
        let rolled = decided(Arrangement::RowRolled);
        assert_eq!(rolled.layers[1].shift, Some(2));
        assert_eq!(rolled.witness.map(|witness| witness.layer), Some(2));
    }

    #[test]
    fn classes_of_equal_columns_are_summed() {
        // After group-conv, blocks i and i + 2 of C_4 are the same, so that the next layer may tell them apart as
        // it likes: block (i, j) and (i, j + 2) exchanged in one row alone.
        let c4 = Elements::of(&Cyclic::new(4).unwrap()).unwrap();
        let (free, fixed) = (Stabiliser::trivial(&c4), Stabiliser::whole(&c4));
        let map = Arrangement::GroupConv.blocks(&c4).unwrap();
        let exchanged = super::super::BlockMap::from_fn(&c4, |i, j| {
            map.at(i, if i == 1 { (j + 2) % 4 } else { j })
        })
        .unwrap();
        let layers = |last| {
            let mut layers = network(&c4, Arrangement::GroupConv, &fixed, &fixed);
            layers.insert(2, Pattern::hidden(&c4, last, free.clone(), fixed.clone()));
            layers
        };
        assert!(decide(&c4, &layers(&exchanged)).unwrap().is_exact());
        // As a first hidden layer the same blocks are not exact.
        let mut first = network(&c4, Arrangement::GroupConv, &fixed, &fixed);
        first[1] = Pattern::hidden(&c4, &exchanged, free.clone(), fixed.clone());
        assert!(!decide(&c4, &first).unwrap().is_exact());
    }

    #[test]
    fn other_groups_and_misfits() {
        let d3 = Elements::of(&Dihedral::new(3).unwrap()).unwrap();
        let (free, fixed) = (Stabiliser::trivial(&d3), Stabiliser::whole(&d3));
        assert!(
            decide(&d3, &network(&d3, Arrangement::GroupConv, &free, &free)).unwrap().is_exact()
        );
        let constant =
            decide(&d3, &network(&d3, Arrangement::RowConstant, &fixed, &fixed)).unwrap();
        assert!(!constant.is_exact());
        assert_eq!(
            Arrangement::RowRolled.blocks(&d3),
            Err(ExpansionError::NotAbelian { arrangement: "row-rolled" })
        );
        let mut layers = network(&d3, Arrangement::GroupConv, &free, &free);
        layers.remove(0);
        assert!(matches!(decide(&d3, &layers), Err(ExpansionError::BlockCount { layer: 0, .. })));
    }
}
