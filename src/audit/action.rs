//! How a finite group moves the tensors of a posterior.

use crate::checkpoint::{Architecture, ArchitectureError, AxisRole, Posterior, TensorRoles};
use crate::group::{AnyGroup, Cyclic, Dihedral, Finite, FinitelyGenerated, GroupError};
use crate::representation::{
    ActsOnGrid, Axis, PermutationRep, Representation, RepresentationError, SignedOrbits, TensorAxes,
};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A name that is none of those expected.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{what} '{name}': expected {expected}")]
pub struct UnknownName {
    what: &'static str,
    name: String,
    expected: &'static str,
}

macro_rules! named {
    ($(#[$docs:meta])* $type:ident, $what:literal, $expected:literal,
     $($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type {
            $($(#[$doc])* $variant,)*
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $name,)*
                })
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownName {
                        what: $what,
                        name: name.into(),
                        expected: $expected,
                    }),
                }
            }
        }
    };
}

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

named! {
    /// How hidden channels move.
    Channels, "channels", "trivial or regular",
    /// They do not.
    Trivial = "trivial",
    /// In blocks of `|G|`, by the left regular representation: under the generator the new channel
    /// `(block, g)` takes from `(block, g − 1)`.
    Regular = "regular",
}

named! {
    /// How regular channels are numbered.
    Layout, "layout", "interleaved or blocked",
    /// Channel `|G| · block + g`.
    Interleaved = "interleaved",
    /// Channel `g · blocks + block`.
    Blocked = "blocked",
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
        Channels::Trivial => Ok(vec![Axis::Fixed(count)]),
        Channels::Regular if !count.is_multiple_of(order) => Err(ActionError::NotDivisible {
            tensor: roles.name.clone(),
            axis,
            channels: count,
            order,
        }),
        Channels::Regular => {
            let regular = PermutationRep::regular(group).map_err(failed)?;
            Ok(in_blocks(regular.into(), count / order, layout))
        }
    };
    let mut axes: Vec<Axis<AnyGroup>> = Vec::new();
    for (axis, role) in roles.roles.iter().enumerate() {
        match *role {
            AxisRole::InputChannels { channels: count } | AxisRole::Classes { classes: count } => {
                axes.push(Axis::Fixed(count));
            }
            AxisRole::HiddenChannels { channels, .. } => axes.extend(hidden(axis, channels)?),
            // Rows and columns turn together: the pair is one axis, made at its first.
            AxisRole::KernelRows { side } => {
                axes.push(group.on_grid(side).map_err(failed)?.into());
            }
            AxisRole::KernelColumns { .. } => {}
            AxisRole::FlattenedFeatures { channels, side, .. } => {
                axes.extend(hidden(axis, channels)?);
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
