//! Predictions of drawn networks over the orbits of images.

use super::PosteriorNetwork;
use crate::data::Images;
use crate::group::{AnyGroup, Finite, Group, Permutation};
use crate::model::conv::ConvNet;
use crate::model::{Differentiable, Model};
use crate::representation::{ActsOnGrid, GridSymmetry, RepresentationError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::ops::Range;

/// Moved images that go through the network at a time, or those of one orbit if they are more: enough to keep all cores
/// busy, and no more memory than that needs.
const CHUNK: usize = 256;

/// How a group moves images, the identity first.
pub(super) struct Orbit {
    pub(super) maps: Vec<Permutation>,
    /// For each `g`, the numbers of `hg` for all `h`.
    pub(super) products: Vec<Vec<usize>>,
    channels: usize,
}

impl Orbit {
    pub(super) fn new(
        group: &AnyGroup,
        [channels, side, _]: [usize; 3],
    ) -> Result<Self, RepresentationError> {
        let grid = group.on_grid(side)?;
        let mut elements: Vec<_> = group.elements().collect();
        let identity = group.identity();
        // Stable: the others keep their order.
        elements.sort_by_key(|g| *g != identity);
        let maps = elements.iter().map(|g| grid.permutation(g)).collect();
        let number = |g| elements.iter().position(|other| *other == g).unwrap_or(0);
        let products = elements
            .iter()
            .map(|g| elements.iter().map(|h| number(group.compose(h, g))).collect())
            .collect();
        Ok(Self { maps, products, channels })
    }

    /// The group that these symmetries of images generate: the powers of the first one first, then their products
    /// with the second, and so on.
    pub(super) fn generated(generators: &[GridSymmetry], [channels, side, _]: [usize; 3]) -> Self {
        let generators: Vec<_> = generators.iter().map(|g| g.permutation(side)).collect();
        let mut maps = vec![Permutation::identity(side * side)];
        for known in 1..=generators.len() {
            let mut next = 0;
            while next < maps.len() {
                for generator in &generators[..known] {
                    let product = maps[next].compose(generator);
                    if !maps.contains(&product) {
                        maps.push(product);
                    }
                }
                next += 1;
            }
        }
        let number = |map| maps.iter().position(|other| *other == map).unwrap_or(0);
        let products =
            maps.iter().map(|g| maps.iter().map(|h| number(h.compose(g))).collect()).collect();
        Self { maps, products, channels }
    }

    /// Images from `begin` on, as many as the buffer has room for, each moved by every element of `elements`, one after the
    /// other.
    pub(super) fn inputs(
        &self,
        images: &Images,
        begin: usize,
        elements: Range<usize>,
        inputs: &mut [f64],
    ) {
        let dim = images.dim();
        let maps = &self.maps[elements];
        let mut image = vec![0.0; dim];
        for (i, orbit) in inputs.chunks_exact_mut((maps.len() * dim).max(1)).enumerate() {
            images.write(begin + i, &mut image);
            for (map, out) in maps.iter().zip(orbit.chunks_exact_mut(dim)) {
                let plane = dim / self.channels;
                for (from, to) in image.chunks_exact(plane).zip(out.chunks_exact_mut(plane)) {
                    for (value, &pixel) in from.iter().zip(map.images()) {
                        to[pixel as usize] = *value;
                    }
                }
            }
        }
    }
}

/// Draws weights and evaluates the network on orbits of images.
pub(super) struct Evaluator<'a> {
    network: &'a PosteriorNetwork,
    orbit: &'a Orbit,
    images: &'a Images,
    seed: u64,
    theta: Vec<f64>,
    workspace: <ConvNet as Differentiable<f64>>::Workspace,
    /// Moved images.
    inputs: Vec<f64>,
    /// Told how many evaluations are done.
    progress: &'a mut dyn FnMut(usize),
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        network: &'a PosteriorNetwork,
        orbit: &'a Orbit,
        images: &'a Images,
        seed: u64,
        progress: &'a mut dyn FnMut(usize),
    ) -> Self {
        // Whole orbits.
        let most = CHUNK.max(orbit.maps.len());
        let workspace = network.net().workspace(most);
        let (theta, inputs) = (network.mean().to_vec(), vec![0.0; most * images.dim()]);
        Self { network, orbit, images, seed, theta, workspace, inputs, progress }
    }

    /// Draw `t` of those that belong to group element `g`.
    pub(super) fn draw(&mut self, g: usize, t: usize) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(((g as u64) << 32) | t as u64);
        let parameters = self.network.mean().iter().zip(self.network.sigma());
        for (value, (mean, sigma)) in self.theta.iter_mut().zip(parameters) {
            let noise: f64 = StandardNormal.sample(&mut rng);
            *value = mean + sigma * noise;
        }
    }

    /// Log-probabilities of all classes for all images, each moved by these elements: `each` is given the number of the first
    /// image and theirs, some images at a time. Fails with the number of an image whose logits are not finite.
    pub(super) fn log_probabilities(
        &mut self,
        elements: Range<usize>,
        mut each: impl FnMut(usize, &[f64]),
    ) -> Result<(), usize> {
        let net = self.network.net();
        let (dim, classes) = (self.images.dim(), Model::<f64>::outputs(net));
        let of_image = elements.len();
        let at_once = self.inputs.len() / (dim * of_image);
        let mut logits = vec![0.0; at_once * of_image * classes];
        for begin in (0..self.images.len()).step_by(at_once) {
            let count = at_once.min(self.images.len() - begin) * of_image;
            let (inputs, logits) =
                (&mut self.inputs[..count * dim], &mut logits[..count * classes]);
            self.orbit.inputs(self.images, begin, elements.clone(), inputs);
            net.forward(&self.theta, inputs, logits, &mut self.workspace);
            (self.progress)(count);
            for logits in logits.chunks_exact_mut(classes) {
                let normaliser = log_sum_exp(logits.iter().copied());
                logits.iter_mut().for_each(|logit| *logit -= normaliser);
            }
            if let Some(at) = logits.iter().position(|log| !log.is_finite()) {
                return Err(begin + at / (of_image * classes));
            }
            each(begin, logits);
        }
        Ok(())
    }
}

fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    largest + values.map(|value| (value - largest).exp()).sum::<f64>().ln()
}
