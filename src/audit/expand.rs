//! Orbit expansion of a posterior: `|G|` times as many hidden channels, each block of them moved by an element.

mod already;
mod assemble;
mod filling;
mod function;
mod shifts;

pub use filling::{Filling, UnknownFilling};
pub use shifts::{ShiftsError, recorded_shifts};

use super::{ActionError, Channels, Layout, NamedGroup, PosteriorAction, TIED_METADATA};
use crate::checkpoint::{Architecture, Posterior, Problem};
use crate::symmetrize::expansion::{
    Decision, Elements, ExpansionError, Pattern, Stabiliser, decide,
};
use assemble::{Blocks, HiddenBlocks, Part, Place};
use std::fmt;
use thiserror::Error;

/// The metadata key of an expanded file: the arrangement.
pub const EXPANDED_METADATA: &str = "equibayes.expanded";

/// The metadata key of the group that it was expanded with.
pub const EXPANDED_GROUP_METADATA: &str = "equibayes.expanded.group";

/// The metadata key of the shifts of its hidden layers, like `1,2`; absent where they are not shifts.
pub const EXPANDED_SHIFTS_METADATA: &str = "equibayes.expanded.shifts";

/// What the expanded mean network computes, next to the small one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// The same.
    Identical,
    /// The average of the small network's outputs over the group (claim S9).
    GroupAverage,
    /// Something else.
    Changed,
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Identical => "identical",
            Self::GroupAverage => "group-average",
            Self::Changed => "changed",
        })
    }
}

/// An expanded posterior, and what is true of it.
#[derive(Clone, Debug)]
pub struct Expanded {
    /// The posterior, as its file holds it.
    pub posterior: Posterior,
    /// How the hidden blocks were filled.
    pub arrangement: Filling,
    /// Whether the expanded mean network is equivariant.
    pub exact: bool,
    /// How many rows of blocks are different, in the layer between hidden channels where there are fewest; in the
    /// first layer, of a network that has no other.
    pub distinct_rows: usize,
    /// What the expanded mean network computes, by logits on a few images of arbitrary numbers; by theory where the
    /// network cannot be evaluated.
    pub function: Function,
    /// For each hidden layer the `s` with which `g` moves its blocks as `g^s` does from the left; `None` where
    /// no such shift makes the means and scales up to there intertwine.
    pub output_shift: Vec<Option<usize>>,
    /// Why the expanded mean network is not equivariant.
    pub witness: Option<String>,
    /// The names of the tensor pairs that were expanded.
    pub expanded: Vec<String>,
    /// Whether the original may itself have been an expanded network, for all that can be told: its hidden channels
    /// come in multiples of `|G|`, it says nothing of it, and training would have hidden it.
    pub may_be_expanded: bool,
}

/// Why a posterior cannot be expanded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExpandError {
    /// The group does not act on it.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The arrangement is none of this group.
    #[error(transparent)]
    Expansion(#[from] ExpansionError),
    /// It has been expanded before, or its channels move as if it had.
    #[error("the posterior is already expanded ({how}): expected one that is not")]
    AlreadyExpanded {
        /// How that is known.
        how: String,
    },
    /// Off the diagonal a scale is needed.
    #[error("fill scale {0}: expected a positive finite number")]
    FillScale(f64),
    /// The expanded network would be too large for a file, or a value does not fit it.
    #[error("the expanded posterior does not fit its file: {0}")]
    Problem(#[from] Problem),
}

/// Expands a posterior of the convolutional network: first layer, hidden layers and readout as the
/// [arrangement](Filling) says, hidden channels blocked (`c = g · blocks + block`). Hidden biases are repeated
/// with their scales, that of the readout is untouched. `fill_scale` is the scale off the diagonal of the
/// arrangements [`Diagonal`](crate::symmetrize::expansion::Arrangement::Diagonal) and [`Filling::Paired`].
///
/// The metadata of the result say how its channels move, for [`recorded_shifts`]; that the original held the marginals
/// of a tied posterior ([`TIED_METADATA`]) is not true of it, and dropped.
///
/// # Errors
/// [`ExpandError`].
///
/// # Examples
/// ```
/// use equibayes::audit::{Function, NamedGroup, expand};
/// use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
/// use equibayes::symmetrize::expansion::Arrangement;
///
/// let pair = |name: &str, shape: &[usize]| {
///     let n = shape.iter().product::<usize>();
///     let mean = (0..n).map(|i| f64::sin(i as f64)).collect();
///     TensorPair::new(name, shape.to_vec(), mean, vec![0.5; n], Precision::F64)
/// };
/// let small = Posterior::new(
///     Convention::AugmentBnns,
///     vec![
///         pair("conv_layers.0.weight", &[2, 1, 3, 3])?,
///         pair("conv_layers.1.weight", &[3, 2, 3, 3])?,
///         pair("classifier.weight", &[5, 3, 1, 1])?,
///     ],
/// )?;
/// let wide = expand(&small, NamedGroup::C4, Arrangement::RowRolled, 1e-6)?;
/// assert!(wide.exact);
/// assert_eq!(wide.output_shift, [Some(1), Some(2)]);
/// assert_eq!(wide.function, Function::Changed);
/// assert_eq!(wide.posterior.pairs()[1].shape(), [12, 8, 3, 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn expand(
    posterior: &Posterior,
    group: NamedGroup,
    arrangement: impl Into<Filling>,
    fill_scale: f64,
) -> Result<Expanded, ExpandError> {
    let arrangement = arrangement.into();
    if !(fill_scale > 0.0 && fill_scale.is_finite()) {
        return Err(ExpandError::FillScale(fill_scale));
    }
    let network = Architecture::of(posterior).map_err(ActionError::from)?;
    let action =
        PosteriorAction::of_network(posterior, group, Channels::Trivial, Layout::Interleaved)?;
    let elements = Elements::of(action.group())?;
    let hidden_blocks = match arrangement {
        Filling::Paired => HiddenBlocks::Paired,
        Filling::Blocks(named) => {
            let (numerator, denominator) = named.squared_factor(&elements);
            let factor = (numerator as f64 / denominator as f64).sqrt();
            HiddenBlocks::Map { map: named.blocks(&elements)?, factor }
        }
    };
    let moves = assemble::Moves::of(&action);
    let may_be_expanded = already::may_be(posterior, &network, elements.order())?;
    let blocks = Blocks { elements: &elements, hidden: hidden_blocks, fill_scale };
    let mut pairs = Vec::with_capacity(posterior.pairs().len());
    let mut expanded = Vec::new();
    for pair in posterior.pairs() {
        let place = Place::of(network.roles(pair.name()).unwrap_or_default());
        if place != Place::ReadoutBias {
            expanded.push(pair.name().to_owned());
        }
        pairs.push(blocks.expanded(pair, place, &moves)?);
    }
    let mut result = posterior.with_pairs(pairs)?;

    let of_means = of_network(posterior, &network, &blocks, &moves, &[Part::Mean])?;
    let of_both = of_network(posterior, &network, &blocks, &moves, &[Part::Mean, Part::Scale])?;
    let hidden = network.convolutions().len();
    let output_shift: Vec<Option<usize>> =
        (0..hidden).map(|l| of_both.decision.layers.get(l).and_then(|layer| layer.shift)).collect();
    // Scales that were marginals of tied draws are now those of independent weights.
    result.remove_metadata(TIED_METADATA);
    result.set_metadata(EXPANDED_METADATA, arrangement.name());
    result.set_metadata(EXPANDED_GROUP_METADATA, group.to_string());
    // Where the readout does not follow, no shift of hidden channels makes the network invariant.
    let shifts: Option<Vec<String>> =
        output_shift.iter().map(|shift| shift.map(|shift| shift.to_string())).collect();
    if let Some(shifts) = shifts.filter(|_| of_both.decision.is_exact()) {
        result.set_metadata(EXPANDED_SHIFTS_METADATA, shifts.join(","));
    }
    let wide = Posterior::from_bytes(&result.to_bytes()?, Some(posterior.convention()))?;
    // By logits; where there are none, by theory: S9, and S8 for all that mixes.
    let mixes = !arrangement.keeps_the_average() && hidden > 1 && elements.order() > 1;
    let function = function::measured(posterior, &wide, action.group()).unwrap_or(
        match (mixes, of_means.nothing_moves) {
            (true, _) => Function::Changed,
            (false, true) => Function::Identical,
            (false, false) => Function::GroupAverage,
        },
    );
    // Weights that are invariant in a way of their own, under channels that move already say, can make a
    // network equivariant in which no permutation of blocks intertwines.
    let exact = of_means.decision.is_exact()
        || function::is_equivariant(&wide, action.group()).unwrap_or(false);
    Ok(Expanded {
        posterior: wide,
        arrangement,
        exact,
        distinct_rows: of_both.distinct_rows,
        function,
        output_shift,
        witness: of_means.decision.witness.filter(|_| !exact).map(|witness| {
            let names = layer_names(&network);
            let name = names.get(witness.layer).map_or("", String::as_str);
            format!("{name}: {witness}")
        }),
        expanded,
        may_be_expanded,
    })
}

/// What the blocks of a network are found to do.
struct Found {
    decision: Decision,
    distinct_rows: usize,
    /// Whether the group fixes every weight.
    nothing_moves: bool,
}

/// The names of the weights, first layer to readout.
fn layer_names(network: &Architecture) -> Vec<String> {
    let weights = network.tensors().iter().filter(|tensor| Place::of(&tensor.roles).is_weight());
    weights.map(|tensor| tensor.name.clone()).collect()
}

/// The decision on the composed network, with the stabilisers of what the parts hold.
fn of_network(
    posterior: &Posterior,
    network: &Architecture,
    blocks: &Blocks<'_>,
    moves: &assemble::Moves,
    parts: &[Part],
) -> Result<Found, ExpansionError> {
    let elements = blocks.elements;
    let mut patterns = Vec::new();
    let mut nothing_moves = true;
    for (tensor, pair) in network.tensors().iter().zip(posterior.pairs()) {
        let fixed = Stabiliser::of(elements, |g| moves.fixes(pair, g, parts))?;
        nothing_moves &= fixed.order() == elements.order();
        // Channels do not move, and so biases do not.
        let bias = Stabiliser::whole(elements);
        patterns.extend(match Place::of(&tensor.roles) {
            Place::First => Some(Pattern::first(elements, fixed, bias)),
            Place::Hidden => Some(blocks.pattern(pair, moves, parts, bias)?),
            Place::Readout => Some(Pattern::readout(elements, fixed)),
            Place::HiddenBias | Place::ReadoutBias => None,
        });
    }
    let decision = decide(elements, &patterns)?;
    let hidden = patterns.get(1..patterns.len().saturating_sub(1)).unwrap_or_default();
    let first = patterns.first().map_or(0, Pattern::distinct_rows);
    let distinct_rows = hidden.iter().map(Pattern::distinct_rows).min().unwrap_or(first);
    Ok(Found { decision, distinct_rows, nothing_moves })
}
