//! How a finite group moves the tensors of a posterior.

use crate::checkpoint::{Architecture, ArchitectureError, AxisRole, Posterior, TensorRoles};
use crate::group::{
    AnyElement, AnyGroup, Cyclic, Dihedral, Finite, FinitelyGenerated, GroupError, Permutation,
};
use crate::representation::{
    ActsOnGrid, Axis, Channels, GridSymmetry, Layout, PermutationRep, Representation,
    RepresentationError, SignedOrbits, TensorAxes, UnknownName, named,
};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

named! {
    /// A group of rotations, and reflections, of square images.
    NamedGroup, "group", "c4, c2 or d4",
    /// Quarter turns.
    C4 = "c4",
    /// Half turns.
    C2 = "c2",
    /// Quarter turns and reflections.
    D4 = "d4",
}

impl NamedGroup {
    /// The group.
    ///
    /// # Errors
    /// Never: the orders are positive.
    fn build(self) -> Result<AnyGroup, GroupError> {
        Ok(match self {
            Self::C4 => Cyclic::new(4)?.into(),
            Self::C2 => Cyclic::new(2)?.into(),
            Self::D4 => Dihedral::new(4)?.into(),
        })
    }
}

/// Why a group cannot act on a posterior as asked.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum ActionError {
    /// The tensors are not those of a network that the command knows.
    #[error(transparent)]
    Architecture(#[from] ArchitectureError),
    /// Regular channels come in blocks of `|G|`.
    #[error(
        "tensor {tensor}, axis {axis}: {channels} channels: expected a multiple of {order}, the order of the group, for regular channels"
    )]
    NotDivisible {
        /// The tensor pair.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
        /// Its length.
        channels: usize,
        /// The order of the group.
        order: usize,
    },
    /// Shifts that are not one for each hidden layer.
    #[error("{found} shifts of hidden channels: expected {expected}, one for each hidden layer")]
    ShiftCount {
        /// How many were given.
        found: usize,
        /// The number of hidden layers.
        expected: usize,
    },
    /// A power that is no homomorphism.
    #[error(
        "hidden channels shifted by {shift} under {group}: expected 0 or 1, for the elements of a non-abelian group have no other powers that respect products"
    )]
    NotAShift {
        /// The shift.
        shift: usize,
        /// The group.
        group: NamedGroup,
    },
    /// A representation of an axis could not be made.
    #[error("tensor {tensor}: {source}")]
    Representation {
        /// The tensor pair.
        tensor: String,
        /// What went wrong.
        source: RepresentationError,
    },
    /// The group could not be made.
    #[error(transparent)]
    Group(#[from] GroupError),
}

/// How the group moves one tensor pair.
#[derive(Clone, Debug)]
pub struct TensorAction {
    name: String,
    representation: TensorAxes<AnyGroup>,
}

impl TensorAction {
    /// The action on the entries of a tensor pair.
    pub(super) fn new(name: String, representation: TensorAxes<AnyGroup>) -> Self {
        Self { name, representation }
    }

    /// The name of the tensor pair.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The representation on the entries, in row-major order, axis by axis.
    pub fn representation(&self) -> &TensorAxes<AnyGroup> {
        &self.representation
    }

    /// The orbits of the entries: those of the axes that move, repeated along the others.
    pub fn orbits(&self) -> SignedOrbits {
        self.representation.orbits().expanded()
    }
}

/// How a finite group moves every tensor pair of a posterior, by (signed) permutations of the entries:
/// `ρ_Θ(g): W_l ↦ ρ_l(g) W_l ρ_{l−1}(g)⁻¹`, `b_l ↦ ρ_l(g) b_l`.
#[derive(Clone, Debug)]
pub struct PosteriorAction {
    group: AnyGroup,
    tensors: Vec<TensorAction>,
    /// The generators that a file names; absent where the group's elements say what they do to images.
    listed: Option<Vec<ListedGenerator>>,
}

/// A generator that a file names, whatever it is in the group: one that moves no parameter is the identity there, and may turn images.
#[derive(Clone, Debug)]
pub(super) struct ListedGenerator {
    pub(super) name: String,
    pub(super) element: AnyElement,
    /// What it does to images, as far as it is known.
    pub(super) symmetry: Option<GridSymmetry>,
}

impl PosteriorAction {
    /// The action of a group by these actions on its tensor pairs.
    pub(super) fn new(
        group: AnyGroup,
        tensors: Vec<TensorAction>,
        listed: Vec<ListedGenerator>,
    ) -> Self {
        Self { group, tensors, listed: Some(listed) }
    }

    /// The action on a convolutional network of the `augment-bnns` layout: kernels and flattened
    /// features move with the image, hidden channels as asked; image channels and classes do not
    /// move.
    ///
    /// # Errors
    /// [`ActionError`] where names and shapes are not such a network's, or hidden channels do not divide
    /// into blocks of `|G|`; it names the tensor and the axis.
    pub fn of_network(
        posterior: &Posterior,
        group: NamedGroup,
        channels: Channels,
        layout: Layout,
    ) -> Result<Self, ActionError> {
        let network = Architecture::of(posterior)?;
        let shifts = match channels {
            Channels::Trivial => None,
            Channels::Regular => Some(vec![1; network.convolutions().len()]),
        };
        Self::of_architecture(&network, group.build()?, shifts.as_deref(), layout)
    }

    /// As [`of_network`](Self::of_network) with regular channels, but in hidden layer `l` the element `g` moves the
    /// blocks as `g^s` does, `s = shifts[l]`: under a generator the new channel `(block, g)` takes from
    /// `(block, g − s)`. So move the channels of a network whose blocks were rolled by its expansion; with
    /// all shifts 1 this is `of_network`.
    ///
    /// # Errors
    /// As [`of_network`](Self::of_network); [`ActionError::ShiftCount`], [`ActionError::NotAShift`].
    pub fn of_shifted_network(
        posterior: &Posterior,
        group: NamedGroup,
        shifts: &[usize],
        layout: Layout,
    ) -> Result<Self, ActionError> {
        let network = Architecture::of(posterior)?;
        let (found, expected) = (shifts.len(), network.convolutions().len());
        if found != expected {
            return Err(ActionError::ShiftCount { found, expected });
        }
        let built = group.build()?;
        if !built.is_abelian()
            && let Some(&shift) = shifts.iter().find(|&&shift| shift > 1)
        {
            return Err(ActionError::NotAShift { shift, group });
        }
        Self::of_architecture(&network, built, Some(shifts), layout)
    }

    /// Hidden channels move by powers of the regular representation, one for each layer, or not at all.
    fn of_architecture(
        network: &Architecture,
        group: AnyGroup,
        shifts: Option<&[usize]>,
        layout: Layout,
    ) -> Result<Self, ActionError> {
        let tensors = network
            .tensors()
            .iter()
            .map(|roles| tensor_action(&group, roles, shifts, layout))
            .collect::<Result<_, _>>()?;
        Ok(Self { group, tensors, listed: None })
    }

    /// The group.
    pub fn group(&self) -> &AnyGroup {
        &self.group
    }

    /// The action on each tensor pair, in the order of the posterior's pairs.
    pub fn tensors(&self) -> &[TensorAction] {
        &self.tensors
    }

    /// The generators that a file names; `None` where the group's elements say what they do to images.
    pub(super) fn listed_generators(&self) -> Option<&[ListedGenerator]> {
        self.listed.as_deref()
    }

    /// Whether no generator moves anything: then every posterior is invariant.
    pub fn is_trivial(&self) -> bool {
        let generators = self.group.generators();
        self.tensors.iter().all(|tensor| {
            generators.iter().all(|g| {
                tensor
                    .representation
                    .signed_permutation(g)
                    .is_none_or(|map| map.is_unsigned() && map.permutation().is_identity())
            })
        })
    }
}

/// What `g` does, `shift` times over.
fn power(rep: PermutationRep<AnyGroup>, shift: usize) -> PermutationRep<AnyGroup> {
    if shift == 1 {
        return rep;
    }
    let (group, dim) = (rep.group().clone(), rep.dim());
    PermutationRep::from_fn(group, dim, move |g| {
        let once = rep.permutation(g);
        (0..shift).fold(Permutation::identity(dim), |map, _| once.compose(&map))
    })
}

/// The action on one tensor: the product of the actions on its axes.
fn tensor_action(
    group: &AnyGroup,
    roles: &TensorRoles,
    shifts: Option<&[usize]>,
    layout: Layout,
) -> Result<TensorAction, ActionError> {
    let order = group.small_order().unwrap_or(usize::MAX);
    let failed = |source| ActionError::Representation { tensor: roles.name.clone(), source };
    // The shift of a layer that is not there is asked for by no role.
    let shift = |layer: usize| shifts.map(|shifts| shifts.get(layer).copied().unwrap_or(1));
    let hidden = |axis: usize, layer: usize, count: usize| match shift(layer) {
        None => Ok(vec![Axis::Fixed(count)]),
        Some(_) if !count.is_multiple_of(order) => Err(ActionError::NotDivisible {
            tensor: roles.name.clone(),
            axis,
            channels: count,
            order,
        }),
        Some(shift) => {
            // The order of an element divides that of the group.
            let regular = PermutationRep::regular(group).map_err(failed)?;
            let regular = power(regular, shift % order);
            Ok(in_blocks(regular.into(), count / order, layout))
        }
    };
    let mut axes: Vec<Axis<AnyGroup>> = Vec::new();
    for (axis, role) in roles.roles.iter().enumerate() {
        match *role {
            AxisRole::InputChannels { channels: count } | AxisRole::Classes { classes: count } => {
                axes.push(Axis::Fixed(count));
            }
            AxisRole::HiddenChannels { layer, channels } => {
                axes.extend(hidden(axis, layer, channels)?);
            }
            // Rows and columns turn together: the pair is one axis, made at its first.
            AxisRole::KernelRows { side } => {
                axes.push(group.on_grid(side).map_err(failed)?.into());
            }
            AxisRole::KernelColumns { .. } => {}
            AxisRole::FlattenedFeatures { layer, channels, side } => {
                axes.extend(hidden(axis, layer, channels)?);
                axes.push(group.on_grid(side).map_err(failed)?.into());
            }
        }
    }
    let representation = TensorAxes::new(group.clone(), axes).map_err(failed)?;
    Ok(TensorAction { name: roles.name.clone(), representation })
}

/// Channels in regular blocks, as two axes.
pub(super) fn in_blocks(
    regular: Axis<AnyGroup>,
    blocks: usize,
    layout: Layout,
) -> Vec<Axis<AnyGroup>> {
    match layout {
        Layout::Interleaved => vec![Axis::Fixed(blocks), regular],
        Layout::Blocked => vec![regular, Axis::Fixed(blocks)],
    }
}
