//! A mean field on a network that is trained with other noise in every step.

use super::e5_run::{invariant, projected, train_above};
use super::regression::{Checked, Drops};
use super::trained_network::{Net, batch, numbers};
use crate::claim::Outcome;
use crate::claim::rounding::Tracked;
use crate::claim::scene::Scene;
use crate::inference::optimiser::Optimiser;
use crate::inference::{
    Augmenter, CoordinateSymmetry, Dataset, Elbo, GaussianPrior, MeanField, Memory, Noise,
    SquaredError,
};
use crate::model::Differentiable;
use num_traits::One;

/// A network with data and an objective that is estimated from one draw, or its orbit, in each step.
pub(super) struct NetworkRun<'a, M: Differentiable<Tracked>> {
    net: &'a Net<M>,
    scene: &'a Scene,
    data: Dataset<Tracked>,
    pub(super) elbo: Elbo<M, SquaredError, MeanField, Tracked>,
    symmetry: CoordinateSymmetry,
    orbits: Noise,
    memory: Memory<Tracked, M::Workspace>,
    control: bool,
}

impl<'a, M: Differentiable<Tracked> + Clone> NetworkRun<'a, M> {
    /// On the scene's data, without the hypothesis that is dropped.
    pub(super) fn new(net: &'a Net<M>, scene: &'a Scene, drops: Drops) -> Checked<Self> {
        let (rho, dim) = (net.joint.parameters(), net.dim());
        let policy = drops.augmentation(|k| net.element(scene, k));
        let data = Augmenter::new(&net.joint, policy)?.expand(&net.data::<Tracked>(scene)?)?;
        let mut elbo = net.elbo(SquaredError, net.mean_field())?;
        if drops == Drops::Prior {
            let means: Vec<Tracked> = numbers(scene, dim, 733);
            elbo.prior = GaussianPrior::diagonal(&means, &vec![Tracked::one(); dim])?;
        }
        let symmetry = CoordinateSymmetry::of_mean_field(&elbo.posterior, rho);
        let orbits = match drops {
            Drops::OrbitsOfNoise => Noise::fresh(),
            _ => Noise::orbit_closed(rho)?,
        };
        let memory = elbo.memory(data.len());
        let control = drops != Drops::Nothing;
        Ok(Self { net, scene, data, elbo, symmetry, orbits, memory, control })
    }

    /// The scene's coordinates, projected.
    pub(super) fn start(&self) -> Vec<Tracked> {
        projected(&self.symmetry, &self.net.coordinates::<Tracked>(self.scene))
    }

    /// [`train_above`] with other noise in every step.
    pub(super) fn train(
        &mut self,
        w: &mut [Tracked],
        optimiser: &mut dyn Optimiser<Tracked>,
        rate: Tracked,
        steps: usize,
        least: f64,
    ) -> Checked<usize> {
        let Self { net, scene, data, elbo, orbits, memory, .. } = self;
        let (dim, mut noise) = (net.dim(), Vec::new());
        train_above(w, optimiser, rate, steps, least, |step, w, out| {
            let base: Vec<Tracked> = numbers(scene, dim, 257 + dim * step);
            orbits.expand(&base, dim, &mut noise);
            elbo.gradient(w, batch(data), &noise, out, memory);
        })
    }

    /// [`invariant`] under the group that moves the network.
    pub(super) fn invariant(&self, w: &[Tracked]) -> Outcome {
        invariant(&self.symmetry, w, self.control)
    }
}

/// What was found for each of some optimisers on each of the two networks: kinds of these names.
pub(super) fn on_both_networks<const N: usize>(
    name: fn(usize) -> &'static str,
    perceptron: [Option<Outcome>; N],
    convolutional: [Option<Outcome>; N],
) -> Outcome {
    let found = perceptron.into_iter().chain(convolutional).enumerate();
    found.fold(Outcome::vacuous(), |outcome, (kind, found)| outcome.and_kind(name, kind, found))
}
