//! How a group of rotations and reflections moves a convolutional network.

use super::{ConvHead, ConvNet};
use crate::group::{Finite, Permutation};
use crate::model::Joint;
use crate::representation::{
    ActsOnGrid, Channels, Layout, PermutationRep, Representation, RepresentationError,
};

impl ConvNet {
    /// The representations on parameters, images and logits under which the network is equivariant: the
    /// group turns images and kernels, permutes hidden channels as asked, and leaves image channels and
    /// classes alone.
    ///
    /// With odd sides before a pool ([`OddSides::Floor`](super::OddSides)) the representations are
    /// there, but the network is not equivariant under them.
    ///
    /// # Errors
    /// [`RepresentationError::NoGridAction`] for a group that does not act on a square grid,
    /// [`RepresentationError::NotInBlocks`] for regular channels that do not divide into blocks of `|G|`.
    ///
    /// # Examples
    /// ```
    /// use equibayes::group::{Cyclic, Finite};
    /// use equibayes::model::Model;
    /// use equibayes::model::conv::{ConvNet, ConvSpec};
    /// use equibayes::representation::{ActsOn, Channels, Layout};
    ///
    /// let net = ConvNet::new(ConvSpec::new(1, 8, &[4, 8], 10))?;
    /// let joint = net.joint(&Cyclic::new(4)?, Channels::Regular, Layout::Interleaved)?;
    /// let theta: Vec<f64> = (0..net.dim()).map(|i| (i as f64).sin()).collect();
    /// let image: Vec<f64> = (0..64).map(|i| (i as f64).cos()).collect();
    /// let turned = joint.parameters().apply(&1, &theta);
    /// let image_turned = joint.inputs().apply(&1, &image);
    /// let (a, b) = (
    ///     net.prediction(turned.as_slice(), image_turned.as_slice()),
    ///     net.prediction(&theta, &image),
    /// );
    /// assert!((a - b).amax() < 1e-13);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn joint<G>(
        &self,
        group: &G,
        channels: Channels,
        layout: Layout,
    ) -> Result<ConvJoint<G>, RepresentationError>
    where
        G: Finite + ActsOnGrid + Send + Sync + 'static,
    {
        let fixed = |n: usize| PermutationRep::fixed(group, n);
        let kernel = group.on_grid(self.spec.kernel)?;
        let mut before = fixed(self.spec.image_channels);
        let inputs = before.product(&group.on_grid(self.spec.image_side)?)?;
        let mut tensors = Vec::with_capacity(self.tensors.len());
        for layer in &self.layers {
            let after = channels.representation(group, layer.outputs, layout)?;
            tensors.push(after.product(&before)?.product(&kernel)?);
            tensors.push(after.clone());
            before = after;
        }
        let features = match self.spec.head {
            ConvHead::Pointwise => before,
            ConvHead::Dense => before.product(&group.on_grid(self.feature_side())?)?,
        };
        let outputs = fixed(self.spec.classes);
        tensors.push(outputs.product(&features)?);
        tensors.push(outputs.clone());
        Joint::new(concatenated(group, tensors), inputs, outputs)
    }
}

/// Index maps on parameters, images and logits.
pub type ConvJoint<G> = Joint<PermutationRep<G>, PermutationRep<G>, PermutationRep<G>>;

/// The direct sum, as one index map.
fn concatenated<G>(group: &G, parts: Vec<PermutationRep<G>>) -> PermutationRep<G>
where
    G: Finite + Send + Sync + 'static,
{
    let dim = parts.iter().map(Representation::dim).sum();
    PermutationRep::from_fn(group.clone(), dim, move |g| {
        let mut images = Vec::with_capacity(dim);
        for part in &parts {
            let start = images.len();
            let part = part.permutation(g);
            images.extend(part.images().iter().map(|&image| start + image as usize));
        }
        Permutation::from_fn(dim, |i| images[i])
    })
}
