//! From the contents of a file to the action on a posterior.

use super::axis::AxisEntry;
use super::elements::Elements;
use super::points::{Block, Points};
use super::{ActionsError, ActionsFile, Axes, AxisProblem};
use crate::audit::action::{ListedGenerator, in_blocks};
use crate::audit::{Layout, PosteriorAction, TensorAction};
use crate::checkpoint::{Posterior, TensorPair};
use crate::group::{AnyElement, AnyGroup, Finite, Permutation, PermutationGroup};
use crate::representation::{
    Axis, GridSymmetry, SignedPermutation, SignedPermutationRep, TensorAxes,
};

impl PosteriorAction {
    /// The action that a file lists, on every tensor pair of a posterior.
    ///
    /// # Errors
    /// [`ActionsError`], naming tensor and axis, where what is listed and the shapes do not fit, a tensor
    /// pair is not listed, or one is listed that is not there.
    pub fn listed(posterior: &Posterior, actions: &ActionsFile) -> Result<Self, ActionsError> {
        let names: Vec<&str> = posterior.pairs().iter().map(TensorPair::name).collect();
        if let Some(stranger) = actions.tensors.keys().find(|name| !names.contains(&name.as_str()))
        {
            return Err(ActionsError::Unknown {
                tensor: stranger.clone(),
                expected: names
                    .iter()
                    .map(|name| format!("{name:?}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
        let mut points = Points::new(actions.generators.len());
        if let Some(images) = &actions.images {
            points.permuted(images);
        }
        let factors = posterior
            .pairs()
            .iter()
            .map(|pair| match actions.tensors.get(pair.name()) {
                None => Err(ActionsError::NotListed { tensor: pair.name().into() }),
                Some(axes) => factors(pair, axes, actions, &mut points),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let group = points.group()?;
        let regular = Regular::new(&points, &group)?;
        let mut tensors = Vec::with_capacity(factors.len());
        let mut elements = None;
        for (pair, factors) in posterior.pairs().iter().zip(factors) {
            for (axis, factor) in &factors {
                if let Factor::Regular { channels, .. } = *factor {
                    regular
                        .check(channels, &mut elements)
                        .map_err(|problem| ActionsError::axis(pair.name(), *axis, problem))?;
                }
            }
            let factors = factors.into_iter().map(|(_, factor)| factor).collect();
            tensors.push(tensor_action(pair, factors, &group, elements.as_ref())?);
        }
        let names = actions.generators.iter().cloned().zip(actions.grid.iter().copied());
        let generators = names.zip(points.generators()?);
        let generators = generators.map(|((name, symmetry), element)| ListedGenerator {
            name,
            element: AnyElement::of(element),
            symmetry,
        });
        Ok(Self::new(group.into(), tensors, generators.collect()))
    }
}

/// The action on one axis, or on two spatial ones.
#[derive(Clone)]
enum Factor {
    Fixed(usize),
    Regular { channels: usize, layout: Layout },
    Grid { side: usize, corners: Block },
    Listed(Block),
}

/// The factors of a tensor, each with its (first) axis.
fn factors(
    pair: &TensorPair,
    axes: &Axes,
    actions: &ActionsFile,
    points: &mut Points,
) -> Result<Vec<(usize, Factor)>, ActionsError> {
    let shape = pair.shape();
    let entries = match axes {
        Axes::Trivial => return Ok(vec![(0, Factor::Fixed(shape.iter().product()))]),
        Axes::Each(entries) => entries,
    };
    if entries.len() != shape.len() {
        return Err(ActionsError::Tensor {
            tensor: pair.name().into(),
            found: format!("{} entries for shape {shape:?}", entries.len()),
            expected: format!("{}, one for each axis", shape.len()),
        });
    }
    let mut factors = Vec::with_capacity(entries.len());
    for (axis, (entry, &len)) in entries.iter().zip(shape).enumerate() {
        let is_spatial = |axis: usize| matches!(entries.get(axis), Some(AxisEntry::Spatial));
        let factor = match entry {
            AxisEntry::Trivial => Ok(Factor::Fixed(len)),
            AxisEntry::Regular(layout) => Ok(Factor::Regular { channels: len, layout: *layout }),
            AxisEntry::Listed(maps) => listed(maps, len, actions, points).map(Factor::Listed),
            AxisEntry::Spatial => {
                let all: Vec<usize> = (0..entries.len()).filter(|&axis| is_spatial(axis)).collect();
                match all[..] {
                    [rows, columns] if columns == rows + 1 => {
                        if axis == columns {
                            continue;
                        }
                        grid(len, shape[columns], actions, points)
                    }
                    _ => Err(AxisProblem::Spatial { found: all.len() }),
                }
            }
        };
        let factor = factor.map_err(|problem| ActionsError::axis(pair.name(), axis, problem))?;
        factors.push((axis, factor));
    }
    Ok(factors)
}

/// Index maps, if they have the length of the axis.
fn listed(
    maps: &[SignedPermutation],
    expected: usize,
    actions: &ActionsFile,
    points: &mut Points,
) -> Result<Block, AxisProblem> {
    for (map, generator) in maps.iter().zip(&actions.generators) {
        if map.dim() != expected {
            let (generator, found) = (generator.clone(), map.dim());
            return Err(AxisProblem::Length { generator, found, expected });
        }
    }
    Ok(points.listed(maps))
}

/// Rows and columns, if they are as many and the generators are known to move them.
fn grid(
    rows: usize,
    columns: usize,
    actions: &ActionsFile,
    points: &mut Points,
) -> Result<Factor, AxisProblem> {
    if rows != columns {
        return Err(AxisProblem::NotSquare { rows, columns });
    }
    let symmetries: Vec<GridSymmetry> = actions
        .generators
        .iter()
        .zip(&actions.grid)
        .map(|(generator, symmetry)| {
            symmetry.ok_or_else(|| AxisProblem::NoGrid { generator: generator.clone() })
        })
        .collect::<Result<_, _>>()?;
    Ok(Factor::Grid { side: rows, corners: points.corners(&symmetries) })
}

/// What regular axes need to know of the group.
struct Regular {
    generators: Vec<Permutation>,
    points: usize,
    order: num_bigint::BigUint,
}

impl Regular {
    fn new(points: &Points, group: &PermutationGroup) -> Result<Self, ActionsError> {
        let generators = points.generators()?;
        Ok(Self { generators, points: points.count(), order: group.order() })
    }

    /// Whether so many channels can move; numbers the elements of the group when first asked.
    fn check(&self, channels: usize, elements: &mut Option<Elements>) -> Result<(), AxisProblem> {
        if self.points == 0 {
            return Err(AxisProblem::Undetermined);
        }
        // An order that divides the number of channels fits where that number does.
        let order =
            usize::try_from(&self.order).ok().filter(|order| channels.is_multiple_of(*order));
        let Some(order) = order else {
            return Err(AxisProblem::NotDivisible { channels, order: self.order.to_string() });
        };
        if elements.is_none() {
            *elements = Some(Elements::of(&self.generators, self.points, order)?);
        }
        Ok(())
    }
}

/// The product of the factors.
fn tensor_action(
    pair: &TensorPair,
    factors: Vec<Factor>,
    group: &PermutationGroup,
    elements: Option<&Elements>,
) -> Result<TensorAction, ActionsError> {
    let any = AnyGroup::from(group.clone());
    let axes = factors.into_iter().flat_map(|factor| factor.axes(&any, elements));
    let representation =
        TensorAxes::new(any.clone(), axes).map_err(|error| ActionsError::Tensor {
            tensor: pair.name().into(),
            found: error.to_string(),
            expected: "a tensor that index maps can address".into(),
        })?;
    Ok(TensorAction::new(pair.name().into(), representation))
}

/// An axis that elements of the group, which are permutations, move like this.
fn moved(
    group: &AnyGroup,
    dim: usize,
    map: impl Fn(&Permutation) -> SignedPermutation + Send + Sync + 'static,
) -> Axis<AnyGroup> {
    let rest = SignedPermutation::from(Permutation::identity(dim));
    Axis::Moved(SignedPermutationRep::from_fn(group.clone(), dim, move |g| {
        g.get::<Permutation>().map_or_else(|| rest.clone(), &map)
    }))
}

impl Factor {
    /// The axes of this factor, the outer one first.
    fn axes(self, group: &AnyGroup, elements: Option<&Elements>) -> Vec<Axis<AnyGroup>> {
        match self {
            Self::Fixed(len) => vec![Axis::Fixed(len)],
            Self::Listed(block) => {
                let dim = block.dim();
                vec![moved(group, dim, move |g| block.coordinates(g))]
            }
            Self::Grid { side, corners } => {
                vec![moved(group, side * side, move |g| corners.grid(g, side).into())]
            }
            Self::Regular { channels, layout } => {
                // Where there are regular axes the elements are numbered.
                let Some(elements) = elements.cloned() else { return vec![Axis::Fixed(channels)] };
                let order = elements.len();
                let regular = moved(group, order, move |g| elements.left(g).into());
                in_blocks(regular, channels / order, layout)
            }
        }
    }
}
