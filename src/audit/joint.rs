//! Whether the network is jointly equivariant under an action: `Φ(ρ(g)θ, ρ_X(g)x) = ρ_Y(g)Φ(θ, x)`, assumption (J).

use super::PosteriorAction;
use super::action::ListedGenerator;
use crate::checkpoint::{
    Architecture, ArchitectureError, AxisRole, OddPool, Posterior, TensorRoles,
};
use crate::group::{AnyElement, FinitelyGenerated, Permutation};
use crate::representation::{
    ActsBySignedPermutations, ActsOnGrid, GridSymmetry, SignedPermutation,
};
use std::collections::BTreeMap;
use thiserror::Error;

/// Why bounds on the defect that rest on joint equivariance do not apply, or why nobody knows whether they do: see
/// [`is_decided`](Self::is_decided).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotJoint {
    /// A pool drops a row and a column.
    #[error(
        "the pool after conv_layers.{layer} meets an odd side, {side}, so no rotation of the image is one of the features"
    )]
    OddPool {
        /// The convolution before the pool, from 0.
        layer: usize,
        /// The side.
        side: usize,
    },
    /// Signs where a ReLU or a softmax does not pass them on.
    #[error(
        "tensor {tensor}: the action changes signs, which a ReLU and a softmax do not pass on: expected them on image channels of the first layer alone"
    )]
    Signs {
        /// The tensor pair.
        tensor: String,
    },
    /// Two tensors move the same channels, or classes, in two ways.
    #[error(
        "tensor {tensor}, axis {axis}: moves {what} in another way than tensor {other}: expected the same map"
    )]
    Inconsistent {
        /// The tensor pair.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
        /// What it is an axis of.
        what: &'static str,
        /// The tensor pair that came first.
        other: String,
    },
    /// Kernels, or flattened features, that do not turn as the images do.
    #[error("tensor {tensor}, axis {axis}: does not move as the pixels of the images do")]
    Spatial {
        /// The tensor pair.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
    },
    /// The network is not known.
    #[error("not decided: {0}")]
    Architecture(#[from] ArchitectureError),
    /// Nothing says what a generator does to images.
    #[error(
        "not decided: generator {generator:?}: expected r, s or a meaning under spatial, which says how images move"
    )]
    NoGrid {
        /// The generator.
        generator: String,
    },
    /// No tensor turns with the images, so that the listed group may not act on them.
    #[error(
        "not decided: no tensor has pixels: expected a kernel of side 2 or more, by which the listed group acts on images"
    )]
    NoPixels,
    /// A tensor is not moved axis by axis.
    #[error("not decided: tensor {tensor}, axis {axis}: where it goes depends on other axes")]
    Mixed {
        /// The tensor pair.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
    },
}

impl NotJoint {
    /// Whether the network is not jointly equivariant for this reason; if not, nobody knows.
    ///
    /// What is decided, for images of two rows or more and two classes or more: there are weights,
    /// images, and an element of the group with `Φ(ρ(g)θ, ρ_X(g)x) ≠ ρ(g)Φ(θ, x)`, and class probabilities that are not those at
    /// `(θ, x)` in any order. Tested on random networks, not proved; nor is it so of all weights (a ReLU that never fires makes the network
    /// constant). But for one case: of two classes that both change their signs a softmax makes two that are exchanged, and that
    /// is refused all the same. Images of one pixel do not turn, so that what is refused for turning may be equivariant there.
    ///
    /// # Examples
    /// ```
    /// use equibayes::audit::NotJoint;
    ///
    /// assert!(NotJoint::OddPool { layer: 0, side: 7 }.is_decided());
    /// assert!(!NotJoint::Mixed { tensor: "conv_layers.0.weight".into(), axis: 0 }.is_decided());
    /// ```
    #[must_use]
    pub fn is_decided(&self) -> bool {
        match self {
            Self::OddPool { .. }
            | Self::Signs { .. }
            | Self::Inconsistent { .. }
            | Self::Spatial { .. } => true,
            Self::Architecture(_) | Self::NoGrid { .. } | Self::NoPixels | Self::Mixed { .. } => {
                false
            }
        }
    }
}

impl PosteriorAction {
    /// Whether the network of a posterior is jointly equivariant under the action, for images of which no pool meets an
    /// odd side: what bounds B1 to B4 rest on. Decided generator by generator, from the index maps alone: channels move alike in the layer
    /// that puts them out, its bias, and the layer that takes them in; kernels and flattened features turn with the images; signs
    /// change nowhere but on image channels. A pair that the action does not list counts as unmoved.
    ///
    /// `Ok` is a proof (`proofs-notes/e-equivariance.md`, E1); of what is refused, [`NotJoint::is_decided`] tells what is known.
    ///
    /// # Errors
    /// [`NotJoint`] where it is not, or it is not decided.
    ///
    /// # Examples
    /// ```
    /// use equibayes::audit::{ActionsFile, NotJoint, PosteriorAction};
    /// use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
    ///
    /// let pair = |name: &str, shape: &[usize]| {
    ///     let n = shape.iter().product::<usize>();
    ///     TensorPair::new(name, shape.to_vec(), vec![0.1; n], vec![0.5; n], Precision::F64)
    /// };
    /// let posterior = Posterior::new(
    ///     Convention::AugmentBnns,
    ///     vec![pair("conv_layers.0.weight", &[2, 1, 3, 3])?, pair("classifier.weight", &[3, 2, 1, 1])?],
    /// )?;
    /// // The head does not take its channels from where they went.
    /// let actions: ActionsFile = r#"
    ///     [group]
    ///     generators = ["r"]
    ///     [tensor."conv_layers.0.weight"]
    ///     axes = [{ r = [1, 0] }, "trivial", "spatial", "spatial"]
    ///     [tensor."classifier.weight"]
    ///     axes = "trivial"
    /// "#.parse()?;
    /// let found = PosteriorAction::listed(&posterior, &actions)?.joint(&posterior);
    /// assert!(matches!(found, Err(NotJoint::Inconsistent { axis: 1, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn joint(&self, posterior: &Posterior) -> Result<(), NotJoint> {
        let network = Architecture::of(posterior)?;
        let pixels = network.tensors().iter().flat_map(|tensor| &tensor.roles);
        let listed = self.listed_generators().is_some();
        if listed && !pixels.into_iter().any(|role| side(*role) > 1) {
            return Err(NotJoint::NoPixels);
        }
        for (name, g, symmetry) in self.generators() {
            let Some(symmetry) = symmetry else {
                return Err(NotJoint::NoGrid { generator: name });
            };
            let on_grid = |side: usize| symmetry.permutation(side);
            let mut seen = Seen::default();
            for tensor in network.tensors() {
                let lengths = tensor.roles.iter().map(|role| role.length());
                let map = match self.tensors().iter().find(|own| own.name() == tensor.name) {
                    Some(own) => own.representation().index_map(&g),
                    None => Permutation::identity(lengths.product()).into(),
                };
                seen.tensor(tensor, &map, on_grid)?;
            }
        }
        Ok(())
    }

    /// [`joint`](Self::joint), for images of a side: that no pool meets an odd side there, or that no generator minds.
    ///
    /// A pool that meets an odd side leaves out the last row and the last column. What turns the others onto themselves
    /// leaves the first pixel where it is, as the identity does; a rotation or a flip does not.
    ///
    /// # Errors
    /// [`NotJoint`] where it is not, or it is not decided.
    ///
    /// # Examples
    /// ```
    /// use equibayes::audit::{Channels, Layout, NamedGroup, NotJoint, PosteriorAction};
    /// use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
    ///
    /// let pair = |name: &str, shape: &[usize]| {
    ///     let n = shape.iter().product::<usize>();
    ///     TensorPair::new(name, shape.to_vec(), vec![0.1; n], vec![0.5; n], Precision::F64)
    /// };
    /// let posterior = Posterior::new(
    ///     Convention::AugmentBnns,
    ///     vec![pair("conv_layers.0.weight", &[2, 1, 3, 3])?, pair("classifier.weight", &[3, 2, 1, 1])?],
    /// )?;
    /// let action = PosteriorAction::of_network(
    ///     &posterior, NamedGroup::C4, Channels::Trivial, Layout::Interleaved,
    /// )?;
    /// assert_eq!(action.joint_on(&posterior, 28), Ok(()));
    /// let odd = NotJoint::OddPool { layer: 0, side: 7 };
    /// assert_eq!(action.joint_on(&posterior, 7), Err(odd));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn joint_on(&self, posterior: &Posterior, image_side: usize) -> Result<(), NotJoint> {
        self.joint(posterior)?;
        let mut symmetries = self.generators().into_iter().filter_map(|(.., symmetry)| symmetry);
        // Of a grid with a pixel in the middle.
        if symmetries.all(|symmetry| symmetry.permutation(3).image(0) == 0) {
            return Ok(());
        }
        match Architecture::of(posterior)?.odd_pools(image_side).first() {
            None => Ok(()),
            Some(&OddPool { layer, side }) => Err(NotJoint::OddPool { layer, side }),
        }
    }

    /// The generators with their names, if they have any, and what they do to images, as far as it is known. Those that a file
    /// lists are all here, also one that is the identity of the group.
    fn generators(&self) -> Vec<(String, AnyElement, Option<GridSymmetry>)> {
        match self.listed_generators() {
            Some(listed) => {
                let own = |g: &ListedGenerator| (g.name.clone(), g.element.clone(), g.symmetry);
                listed.iter().map(own).collect()
            }
            None => {
                let own = |g: AnyElement| {
                    let symmetry = self.group().grid_symmetry(&g);
                    (String::new(), g, symmetry)
                };
                self.group().generators().into_iter().map(own).collect()
            }
        }
    }
}

/// How many pixels an axis sees from one side to the other.
fn side(role: AxisRole) -> usize {
    match role {
        AxisRole::KernelRows { side } | AxisRole::FlattenedFeatures { side, .. } => side,
        _ => 1,
    }
}

/// What two axes have in common that must move alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Channels {
    Image,
    Hidden(usize),
    Classes,
}

impl Channels {
    fn what(self) -> &'static str {
        match self {
            Self::Image => "image channels",
            Self::Hidden(_) => "hidden channels",
            Self::Classes => "classes",
        }
    }
}

/// How channels move under one generator, and which tensor said so.
#[derive(Default)]
struct Seen(BTreeMap<Channels, (Vec<usize>, String)>);

impl Seen {
    fn tensor(
        &mut self,
        tensor: &TensorRoles,
        map: &SignedPermutation,
        on_grid: impl Fn(usize) -> Permutation,
    ) -> Result<(), NotJoint> {
        // Each factor with its first axis: of the entries that a factor passes over, how many, and how long it is.
        let mut stride: usize = tensor.roles.iter().map(|role| role.length()).product();
        for (axis, &role) in tensor.roles.iter().enumerate() {
            let length = match role {
                // Rows and columns are one factor.
                AxisRole::KernelColumns { .. } => continue,
                AxisRole::KernelRows { side } => side * side,
                _ => role.length(),
            };
            stride /= length.max(1);
            let own = factor(map, stride, length)
                .ok_or_else(|| NotJoint::Mixed { tensor: tensor.name.clone(), axis })?;
            let spatial = || NotJoint::Spatial { tensor: tensor.name.clone(), axis };
            let (channels, own) = match role {
                AxisRole::InputChannels { .. } => {
                    if !signs_follow(map, stride, length) {
                        return Err(NotJoint::Signs { tensor: tensor.name.clone() });
                    }
                    (Channels::Image, own)
                }
                AxisRole::HiddenChannels { layer, .. } => (Channels::Hidden(layer), own),
                AxisRole::Classes { .. } => (Channels::Classes, own),
                AxisRole::KernelRows { side } => {
                    if own.iter().zip(on_grid(side).images()).any(|(a, &b)| *a != b as usize) {
                        return Err(spatial());
                    }
                    continue;
                }
                AxisRole::FlattenedFeatures { layer, side, .. } => {
                    let each = side * side;
                    let turned = on_grid(side);
                    let channel = |c: usize| own[c * each] / each;
                    let fits = |(i, &to): (usize, &usize)| {
                        to == channel(i / each) * each + turned.images()[i % each] as usize
                    };
                    if !own.iter().enumerate().all(fits) {
                        return Err(spatial());
                    }
                    let count = own.len() / each.max(1);
                    (Channels::Hidden(layer), (0..count).map(channel).collect())
                }
                AxisRole::KernelColumns { .. } => continue,
            };
            self.alike(tensor, axis, channels, own)?;
        }
        let takes_images =
            tensor.roles.iter().any(|role| matches!(role, AxisRole::InputChannels { .. }));
        match map.is_unsigned() || takes_images {
            true => Ok(()),
            false => Err(NotJoint::Signs { tensor: tensor.name.clone() }),
        }
    }

    /// Remembers how channels move; fails if it is not as before.
    fn alike(
        &mut self,
        tensor: &TensorRoles,
        axis: usize,
        channels: Channels,
        own: Vec<usize>,
    ) -> Result<(), NotJoint> {
        let (first, other) =
            self.0.entry(channels).or_insert_with(|| (own.clone(), tensor.name.clone()));
        if *first == own {
            return Ok(());
        }
        let (tensor, other) = (tensor.name.clone(), other.clone());
        Err(NotJoint::Inconsistent { tensor, axis, what: channels.what(), other })
    }
}

/// Where a factor of a product of index maps sends its coordinates; `None` if that depends on the others.
fn factor(map: &SignedPermutation, stride: usize, length: usize) -> Option<Vec<usize>> {
    let of = |entry: usize| entry / stride % length;
    let own: Vec<usize> = (0..length).map(|i| of(map.image(i * stride).0)).collect();
    (0..map.dim()).all(|entry| of(map.image(entry).0) == own[of(entry)]).then_some(own)
}

/// Whether signs depend on this factor alone.
fn signs_follow(map: &SignedPermutation, stride: usize, length: usize) -> bool {
    let sign = |entry: usize| map.image(entry).1;
    (0..map.dim()).all(|entry| sign(entry) == sign(entry / stride % length * stride))
}

#[cfg(test)]
mod numerical;
#[cfg(test)]
mod tests;
