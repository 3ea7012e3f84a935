//! S8 on rings: which maps of blocks commute with the regular representation, which networks are exact, and
//! how the shift of row-rolled blocks grows.

use super::network::{relu, same};
use super::ring::{Made, Ring, rings};
use super::{CONTROL, THEOREM, settled};
use crate::claim::{About, Claim, Entry, Feature, Outcome};
use crate::law::Residual;
use crate::representation::ActsOn;
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::expansion::{
    Arrangement, BlockMap, Decision, ExpansionError, Pattern, Stabiliser, decide, prediction,
};
use nalgebra::{DMatrix, DVector};
use num_traits::Zero;
use proptest::strategy::{BoxedStrategy, Strategy};

const COVERS: &[Feature] = &[Feature::TrivialGroup, Feature::Abelian];
const MOVING: &[Feature] = &[Feature::Abelian];

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        ring(
            About {
                id: "S8.iff",
                title: "which blocks commute with the regular representation",
                statement: "blocks R^{a(i,j)}W of C_n commute with ρ ⊗ left regular on both sides if and only if \
                            a(i, j) = i + φ(j − i)",
                hypotheses: &["W that only e fixes (for only if)"],
                covers: COVERS,
                ..THEOREM
            },
            |ring| settled(regular_iff(ring, &ring.weight(1))),
        ),
        ring(
            About {
                id: "S8.iff-fixed-weight",
                of: Some("S8.iff"),
                title: "a weight that the group fixes",
                statement: "blocks of a circulant weight commute if and only if a(i, j) = i + φ(j − i)",
                hypotheses: &["dropped: only e fixes W"],
                covers: MOVING,
                ..CONTROL
            },
            |ring| settled(regular_iff(ring, &ring.circulant())),
        ),
        ring(
            About {
                id: "S8.decision",
                title: "the decision on the composed network",
                statement: "where the permutations are found, the network of two to four hidden layers is invariant; they \
                            are found exactly if in every layer the moved rows of the matrix, summed over equal \
                            columns, are its rows",
                hypotheses: &[
                    "first hidden layer regular",
                    "weights that only e fixes",
                    "constant biases and readout",
                ],
                covers: COVERS,
                ..THEOREM
            },
            |ring| settled(decision(ring)),
        ),
        Box::new(Entry {
            about: About {
                id: "S8.decision-moved-readout",
                of: Some("S8.decision"),
                title: "a readout that moves, taken for one that does not",
                statement: "where the decision says exact for a constant readout, the network with a moving readout is invariant",
                hypotheses: &["dropped: the readout is constant over the blocks"],
                covers: MOVING,
                ..CONTROL
            },
            instances: rolled_further,
            check: |ring| settled(found_is_invariant(ring, true)),
            exact: None,
        }),
        ring(
            About {
                id: "S8.row-rolled",
                title: "row-rolled blocks shift once more in every layer",
                statement: "blocks R^{i−j}W of C_n, layer after layer: hidden layer l moves by i ↦ i + lh, and the \
                            network is invariant",
                hypotheses: &["C_n", "biases and readout constant over blocks"],
                covers: COVERS,
                ..THEOREM
            },
            |ring| settled(row_rolled(ring)),
        ),
        ring(
            About {
                id: "S8.row-rolled-regular",
                of: Some("S8.row-rolled"),
                title: "row-rolled blocks taken for regular ones",
                statement: "every hidden layer of row-rolled blocks moves by i ↦ i + h",
                hypotheses: &["dropped: the shift grows by one per layer"],
                covers: MOVING,
                ..CONTROL
            },
            |ring| settled(rolled_activations(ring, |_| 1)),
        ),
        ring(
            About {
                id: "S8.row-constant",
                of: Some("S8.row-rolled"),
                title: "row-constant blocks",
                statement: "blocks R^{−j}W of C_n give an invariant network",
                hypotheses: &["dropped: a(i, j) depends on i (for n ≥ 3)"],
                covers: MOVING,
                ..CONTROL
            },
            |ring| settled(invariant(ring, &Arrangement::RowConstant, ring.hidden, false)),
        ),
    ]
}

/// Row-rolled blocks whose last hidden layer moves otherwise than by one: by `l ≠ 1` modulo `n` after `l` layers.
fn rolled_further(_: Option<Feature>) -> BoxedStrategy<Ring> {
    rings(Some(Feature::Abelian))
        .prop_map(|ring| {
            let hidden = if ring.hidden % ring.n == 1 { 2 } else { ring.hidden };
            Ring { made: Made::Named(Arrangement::RowRolled), hidden, ..ring }
        })
        .boxed()
}

fn ring(about: About, check: fn(&Ring) -> Outcome) -> Box<dyn Claim> {
    Box::new(Entry { about, instances: rings, check, exact: None })
}

fn regular_iff(ring: &Ring, weight: &DMatrix<Rational>) -> Result<Outcome, ExpansionError> {
    let expansion = ring.expansion(3)?;
    let map = ring.map(&expansion)?;
    let (one, n) = (Rational::ratio(1, 1), ring.n);
    let mut layers = ring.layers(3, false);
    layers[1].weight = weight.clone();
    let wide = expansion.with_map(&layers, &map, one, Rational::zero())?;
    // As matrices: W̃ρ̃(h) against ρ̃(h)W̃ for the generator.
    let moves: DMatrix<Rational> = expansion.hidden_space(1)?.matrix(&(1 % n));
    let commutes = &wide[1].weight * &moves == &moves * &wide[1].weight;
    let at = |i: usize, j: usize| map.at(i, j).unwrap_or_default();
    // φ can only be row 0 of the map.
    let formula = (0..n).all(|i| (0..n).all(|j| at(i, j) == (i + at(0, (n + j - i) % n)) % n));
    Ok(Outcome::new("iff", Residual::exact(commutes == formula))
        .and("is_regular", Residual::exact(map.is_regular(expansion.elements()) == formula)))
}

/// The decision on a network with this map in every hidden layer, weights that only `e` fixes, and biases and a
/// readout that all fix.
fn decided(ring: &Ring, map: &BlockMap, hidden: usize) -> Result<Decision, ExpansionError> {
    let expansion = ring.expansion(hidden)?;
    let elements = expansion.elements();
    let (free, fixed) = (Stabiliser::trivial(elements), Stabiliser::whole(elements));
    let mut patterns = vec![Pattern::first(elements, free.clone(), fixed.clone())];
    for _ in 1..hidden {
        patterns.push(Pattern::hidden(elements, map, free.clone(), fixed.clone()));
    }
    patterns.push(Pattern::readout(elements, fixed));
    decide(elements, &patterns)
}

/// The maps that an instance may ask for.
trait Mapped {
    fn of(&self, ring: &Ring, hidden: usize) -> Result<BlockMap, ExpansionError>;
}

impl Mapped for Arrangement {
    fn of(&self, ring: &Ring, hidden: usize) -> Result<BlockMap, ExpansionError> {
        self.blocks(ring.expansion(hidden)?.elements())
    }
}

impl Mapped for BlockMap {
    fn of(&self, _: &Ring, _: usize) -> Result<BlockMap, ExpansionError> {
        Ok(self.clone())
    }
}

/// Whether the network does not tell an input from a moved one.
fn invariant(
    ring: &Ring,
    map: &impl Mapped,
    hidden: usize,
    moving_readout: bool,
) -> Result<Outcome, ExpansionError> {
    let expansion = ring.expansion(hidden)?;
    let map = map.of(ring, hidden)?;
    let layers = ring.layers(hidden, moving_readout);
    let wide = expansion.with_map(&layers, &map, Rational::ratio(1, 1), Rational::zero())?;
    let x = ring.input();
    let output = prediction(&wide, relu, &x);
    let worst = (0..ring.n).fold(Residual::exact(true), |worst, h| {
        let moved = expansion.spaces()[0].apply(&h, &x);
        let of_moved = prediction(&wide, relu, moved.as_slice());
        worst.worse(same(of_moved.as_slice(), output.as_slice()))
    });
    Ok(Outcome::new("network", worst))
}

fn found_is_invariant(ring: &Ring, moving_readout: bool) -> Result<Outcome, ExpansionError> {
    let map = ring.map(&ring.expansion(ring.hidden)?)?;
    if decided(ring, &map, ring.hidden)?.is_exact() {
        invariant(ring, &map, ring.hidden, moving_readout)
    } else {
        Ok(Outcome::vacuous())
    }
}

fn decision(ring: &Ring) -> Result<Outcome, ExpansionError> {
    let map = ring.map(&ring.expansion(ring.hidden)?)?;
    (2..=ring.hidden).try_fold(found_is_invariant(ring, false)?, |outcome, hidden| {
        let found = decided(ring, &map, hidden)?.is_exact();
        let closed = closed_by_matrices(ring, &map, hidden)?;
        Ok(outcome.and("found or not", Residual::exact(found == closed)))
    })
}

/// A row of blocks: their sums over classes of equal columns, and the bias.
type Sums = (Vec<DMatrix<Rational>>, DVector<Rational>);

/// The decision by the numbers of the expanded network, layer by layer, for the generator: whether every row of
/// blocks, moved, is a row of blocks, as the next layer sees them, which is summed over equal rows.
fn closed_by_matrices(ring: &Ring, map: &BlockMap, hidden: usize) -> Result<bool, ExpansionError> {
    let expansion = ring.expansion(hidden)?;
    let layers = ring.layers(hidden, false);
    let wide = expansion.with_map(&layers, map, Rational::ratio(1, 1), Rational::zero())?;
    let h = 1 % ring.n;
    // The class of each block of columns, and where the generator sends each class.
    let (mut classes, mut moves) = (vec![0], vec![0]);
    for (l, layer) in wide.iter().enumerate() {
        let [from, to]: [DMatrix<Rational>; 2] =
            [l, l + 1].map(|space| expansion.spaces()[space].matrix(&h));
        let (columns, rows) = (from.nrows(), to.nrows());
        let sums = |i: usize| -> Sums {
            let mut sums =
                vec![DMatrix::from_element(rows, columns, Rational::zero()); moves.len()];
            for (j, &class) in classes.iter().enumerate() {
                sums[class] += layer.weight.view((i * rows, j * columns), (rows, columns));
            }
            let none = || DVector::from_element(rows, Rational::zero());
            let bias = layer.bias.as_ref().map(|bias| bias.rows(i * rows, rows).into_owned());
            (sums, bias.unwrap_or_else(none))
        };
        let moved = |(sums, bias): &Sums| -> Sums {
            let mut moved = sums.clone();
            for (class, sum) in sums.iter().enumerate() {
                moved[moves[class]] = &to * sum * from.transpose();
            }
            (moved, &to * bias)
        };
        let mut known: Vec<Sums> = Vec::new();
        let mut next = Vec::new();
        for row in (0..layer.weight.nrows() / rows).map(sums) {
            next.push(known.iter().position(|other| *other == row).unwrap_or(known.len()));
            if next.last() == Some(&known.len()) {
                known.push(row);
            }
        }
        let images: Option<Vec<usize>> = known
            .iter()
            .map(|row| {
                let moved = moved(row);
                known.iter().position(|other| *other == moved)
            })
            .collect();
        let Some(images) = images else { return Ok(false) };
        (classes, moves) = (next, images);
    }
    Ok(true)
}

/// Hidden activations at a moved input against the activations moved by `i ↦ i + s(l)h`.
fn rolled_activations(
    ring: &Ring,
    shift: impl Fn(usize) -> usize,
) -> Result<Outcome, ExpansionError> {
    let (expansion, n) = (ring.expansion(ring.hidden)?, ring.n);
    let map = Arrangement::RowRolled.blocks(expansion.elements())?;
    let layers = ring.layers(ring.hidden, false);
    let wide = expansion.with_map(&layers, &map, Rational::ratio(1, 1), Rational::zero())?;
    let x = ring.input();
    let mut outcome = Outcome::vacuous();
    for h in 0..n {
        let moved_x = expansion.spaces()[0].apply(&h, &x);
        for depth in 1..=ring.hidden {
            let of = |x: &[Rational]| prediction(&wide[..depth], relu, x);
            let (at_x, at_moved) = (of(&x), of(moved_x.as_slice()));
            let step = shift(depth) * h % n;
            let mut expected = at_x.clone();
            for block in 0..n {
                let moved = expansion.spaces()[depth]
                    .apply(&h, &at_x.as_slice()[block * n..(block + 1) * n]);
                expected.rows_mut((block + step) % n * n, n).copy_from(&moved);
            }
            outcome =
                outcome.and("hidden activations", same(at_moved.as_slice(), expected.as_slice()));
        }
    }
    Ok(outcome)
}

fn row_rolled(ring: &Ring) -> Result<Outcome, ExpansionError> {
    let map = Arrangement::RowRolled.of(ring, ring.hidden)?;
    let decision = decided(ring, &map, ring.hidden)?;
    // Powers modulo the order; the first of 1, 2, …, 0 where they coincide, as for n = 1.
    let expected = |l: usize| if ring.n == 1 { 1 } else { l % ring.n };
    let shifts = (1..=ring.hidden)
        .all(|l| decision.layers.get(l - 1).is_some_and(|found| found.shift == Some(expected(l))));
    let network = invariant(ring, &map, ring.hidden, false)?;
    Ok(rolled_activations(ring, |l| l)?
        .and("shifts found", Residual::exact(shifts && decision.is_exact()))
        .and("network", network.residual()))
}
