//! B5 (c): what controls and mutations change of a regression whose minimiser is bounded by location and scale.

use crate::claim::equivariance::regression::{Drops, EXAMPLES};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Feature};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::inference::Augmentation;
use crate::scalar::Scalar;

/// What a control or a mutation changes. The controls have a prior of mean 0, for which the bound says that nothing moves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    Bound,
    /// An augmentation by two elements.
    Subset,
    /// Variances of the prior that differ.
    WidePrior,
    /// Two draws of the noise, the first of which does not move the first coordinate alone.
    OpenNoise,
    NineTenths,
    /// The curvature of the loss at its largest.
    Largest,
    /// Examples counted with their copies.
    Copies,
    /// The minimiser of the mean of the examples' losses: a factor `N` lost.
    Mean,
    /// `σ_p` in place of `σ_p²`.
    Root,
}

impl Variant {
    pub(super) fn augmentation(self, scene: &Scene) -> Augmentation<AnyElement> {
        let drops = if self == Self::Subset { Drops::Group } else { Drops::Nothing };
        drops.augmentation(|k| scene.element(k))
    }

    pub(super) fn prior_mean<T: Scalar>(self, scene: &Scene, dim: usize) -> Vec<T> {
        match self {
            Self::Subset | Self::WidePrior | Self::OpenNoise => vec![T::zero(); dim],
            _ => scene.vector(Which::Q, dim),
        }
    }

    /// What the mean of the losses is multiplied by.
    pub(super) fn weight(self) -> usize {
        if self == Self::Mean { 1 } else { EXAMPLES }
    }

    /// How often the bound counts every example.
    pub(super) fn copies(self, group: &AnyGroup) -> usize {
        if self == Self::Copies { group.small_order().unwrap_or(1) } else { 1 }
    }
}

/// The control of a regression that is augmented by a subset.
pub(super) fn subset(about: About, id: &'static str) -> About {
    let dropped = &["the loss is invariant"];
    about.control(id, "augmentation by a subset", dropped, &[Feature::NonAbelian])
}
