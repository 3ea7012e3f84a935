//! Instances on rings: maps `a(i, j)` of `C_n`, and weights on `R[C_n]`.

use crate::claim::{Feature, Features, Instance};
use crate::group::Cyclic;
use crate::representation::PermutationRep;
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::expansion::{Arrangement, BlockMap, ExpansionError, Layer, OrbitExpansion};
use nalgebra::{DMatrix, DVector};
use proptest::collection::vec;
use proptest::prelude::*;

/// How the map of an instance is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// From any numbers.
    Any,
    /// `i + φ(j − i)`.
    Kernel,
    /// The same but for one block.
    AlmostKernel,
    /// One of the paper's.
    Named(Arrangement),
}

/// A ring with a map of blocks and numbers for weights.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    pub(super) n: usize,
    pub(super) made: Made,
    pub(super) hidden: usize,
    pub(super) picks: Vec<usize>,
    pub(super) numbers: Vec<i8>,
}

/// Rings of at most five, of the wanted kind.
pub(super) fn rings(wanted: Option<Feature>) -> BoxedStrategy<Ring> {
    let n = match wanted {
        Some(Feature::TrivialGroup) => 1..=1_usize,
        Some(Feature::Abelian) => 3..=5,
        _ => 1..=5,
    };
    let made = prop_oneof![
        Just(Made::Any),
        Just(Made::Kernel),
        Just(Made::AlmostKernel),
        Just(Made::Named(Arrangement::GroupConv)),
        Just(Made::Named(Arrangement::RowRolled)),
        Just(Made::Named(Arrangement::RowConstant)),
    ];
    (n, made, 2..=4_usize, vec(0..60_usize, 25), vec(-32..=32_i8, 60))
        .prop_map(|(n, made, hidden, picks, numbers)| Ring { n, made, hidden, picks, numbers })
        .boxed()
}

impl Instance for Ring {
    fn features(&self) -> Features {
        Features::default()
            .when(self.n == 1, Feature::TrivialGroup)
            .when(self.n > 1, Feature::Abelian)
    }
}

type Expansion = OrbitExpansion<PermutationRep<Cyclic>>;

impl Ring {
    /// The expansion of networks with this many hidden layers, all spaces `R[C_n]` but for the output's, which
    /// does not move.
    pub(super) fn expansion(&self, hidden: usize) -> Result<Expansion, ExpansionError> {
        // Rings have at least one element.
        let group =
            Cyclic::new(self.n).map_err(|_| ExpansionError::NotASubgroup { elements: 0 })?;
        let mut spaces = vec![PermutationRep::regular(&group)?; hidden + 1];
        spaces.push(PermutationRep::from_fn(group, 1, |_| crate::group::Permutation::identity(1)));
        OrbitExpansion::new(spaces)
    }

    /// The map of blocks.
    pub(super) fn map(&self, expansion: &Expansion) -> Result<BlockMap, ExpansionError> {
        let elements = expansion.elements();
        let pick = |k: usize| self.picks.get(k).copied().unwrap_or_default() % self.n;
        let kernel = || BlockMap::of_kernel(elements, |c| Some(pick(c)));
        match self.made {
            Made::Any => BlockMap::from_fn(elements, |i, j| Some(pick(self.n * i + j))),
            Made::Kernel => kernel(),
            Made::AlmostKernel => {
                let regular = kernel()?;
                let odd = (pick(6), pick(7));
                BlockMap::from_fn(elements, |i, j| {
                    let a = regular.at(i, j);
                    if (i, j) == odd { a.map(|a| elements.product(a, 1 % self.n)) } else { a }
                })
            }
            Made::Named(arrangement) => arrangement.blocks(elements),
        }
    }

    /// A number in quarters.
    fn number(&self, k: usize) -> Rational {
        let entry = self.numbers.get(k % self.numbers.len().max(1)).copied().unwrap_or_default();
        Rational::ratio(i64::from(entry), 4)
    }

    /// A weight on the ring that no element but the identity fixes: its entry (0, 0), which moves along the
    /// diagonal, is so much larger than all others that a sum of five moved weights tells which they are.
    pub(super) fn weight(&self, layer: usize) -> DMatrix<Rational> {
        DMatrix::from_fn(self.n, self.n, |i, j| {
            if (i, j) == (0, 0) {
                Rational::ratio(99, 1)
            } else {
                self.number(23 * layer + self.n * i + j)
            }
        })
    }

    /// A weight that every element fixes: a circulant.
    pub(super) fn circulant(&self) -> DMatrix<Rational> {
        DMatrix::from_fn(self.n, self.n, |i, j| self.number((self.n + i - j) % self.n))
    }

    /// A network with a constant bias in every layer, and a readout that nothing moves or, if `moving`, one that
    /// every element but the identity moves.
    pub(super) fn layers(&self, hidden: usize, moving: bool) -> Vec<Layer<Rational>> {
        let constant =
            |l: usize, dim: usize| Some(DVector::from_element(dim, self.number(7 * l + 1)));
        let mut layers: Vec<Layer<Rational>> = (0..hidden)
            .map(|l| Layer { weight: self.weight(l), bias: constant(l, self.n) })
            .collect();
        let readout = |j: usize| if moving && j == 0 { 9 } else { 1 };
        layers.push(Layer {
            weight: DMatrix::from_fn(1, self.n, |_, j| Rational::ratio(readout(j), 1)),
            bias: constant(hidden, 1),
        });
        layers
    }

    /// An input.
    pub(super) fn input(&self) -> Vec<Rational> {
        (0..self.n).map(|i| self.number(41 + i)).collect()
    }
}
