//! How a finite group moves the tensors of a posterior.

use crate::checkpoint::{Architecture, ArchitectureError, AxisRole, Posterior, TensorRoles};
use crate::group::{AnyGroup, Cyclic, Dihedral, Finite, FinitelyGenerated, GroupError};
use crate::representation::{
    ActsOnGrid, Channels, Layout, PermutationRep, Representation, RepresentationError,
    SignedOrbits, SignedPermutationRep, UnknownName, named,
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
    representation: SignedPermutationRep<AnyGroup>,
}

impl TensorAction {
    /// The action on the entries of a tensor pair.
    pub(super) fn new(name: String, representation: SignedPermutationRep<AnyGroup>) -> Self {
        Self { name, representation }
    }

    /// The name of the tensor pair.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The representation on the entries, in row-major order.
    pub fn representation(&self) -> &SignedPermutationRep<AnyGroup> {
        &self.representation
    }

    /// The orbits of the entries.
    pub fn orbits(&self) -> SignedOrbits {
        SignedOrbits::of(&self.representation)
    }
}

/// How a finite group moves every tensor pair of a posterior, by (signed) permutations of the entries:
/// `ρ_Θ(g): W_l ↦ ρ_l(g) W_l ρ_{l−1}(g)⁻¹`, `b_l ↦ ρ_l(g) b_l`.
#[derive(Clone, Debug)]
pub struct PosteriorAction {
    group: AnyGroup,
    tensors: Vec<TensorAction>,
}

impl PosteriorAction {
    /// The action of a group by these actions on its tensor pairs.
    pub(super) fn new(group: AnyGroup, tensors: Vec<TensorAction>) -> Self {
        Self { group, tensors }
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
        let group = group.build()?;
        let tensors = network
            .tensors()
            .iter()
            .map(|roles| tensor_action(&group, roles, channels, layout))
            .collect::<Result<_, _>>()?;
        Ok(Self { group, tensors })
    }

    /// The group.
    pub fn group(&self) -> &AnyGroup {
        &self.group
    }

    /// The action on each tensor pair, in the order of the posterior's pairs.
    pub fn tensors(&self) -> &[TensorAction] {
        &self.tensors
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

/// The action on one tensor: the product of the actions on its axes.
fn tensor_action(
    group: &AnyGroup,
    roles: &TensorRoles,
    channels: Channels,
    layout: Layout,
) -> Result<TensorAction, ActionError> {
    let order = group.small_order().unwrap_or(usize::MAX);
    let failed = |source| ActionError::Representation { tensor: roles.name.clone(), source };
    let hidden = |axis: usize, count: usize| match channels {
        Channels::Regular if !count.is_multiple_of(order) => Err(ActionError::NotDivisible {
            tensor: roles.name.clone(),
            axis,
            channels: count,
            order,
        }),
        _ => channels.representation(group, count, layout).map_err(failed),
    };
    let mut product: Option<PermutationRep<AnyGroup>> = None;
    for (axis, role) in roles.roles.iter().enumerate() {
        let factor = match *role {
            AxisRole::InputChannels { channels } => PermutationRep::fixed(group, channels),
            AxisRole::Classes { classes } => PermutationRep::fixed(group, classes),
            AxisRole::HiddenChannels { channels, .. } => hidden(axis, channels)?,
            // Rows and columns turn together: the pair is one factor, made at its first axis.
            AxisRole::KernelRows { side } => group.on_grid(side).map_err(failed)?,
            AxisRole::KernelColumns { .. } => continue,
            AxisRole::FlattenedFeatures { channels, side, .. } => {
                let grid = group.on_grid(side).map_err(failed)?;
                hidden(axis, channels)?.product(&grid).map_err(failed)?
            }
        };
        product = Some(match product {
            None => factor,
            Some(before) => before.product(&factor).map_err(failed)?,
        });
    }
    let product = product.unwrap_or_else(|| PermutationRep::fixed(group, 1));
    let representation = product.into();
    Ok(TensorAction { name: roles.name.clone(), representation })
}
