//! Predictions of drawn networks over the orbits of images.

use super::PosteriorNetwork;
use crate::data::Images;
use crate::group::{AnyGroup, Finite, Group, Permutation};
use crate::model::conv::ConvNet;
use crate::model::{Differentiable, Model};
use crate::representation::{ActsOnGrid, GridSymmetry, RepresentationError};
use crate::symmetrize::log_mean_exp;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Images that go through the network at a time: enough to keep all cores busy, and no more memory than
/// that needs.
const CHUNK: usize = 128;

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

    /// Images moved by every element, element after element.
    pub(super) fn inputs(&self, images: &Images, begin: usize, count: usize) -> Vec<f64> {
        let dim = images.dim();
        let mut inputs = vec![0.0; self.maps.len() * count * dim];
        let mut image = vec![0.0; dim];
        for i in 0..count {
            images.write(begin + i, &mut image);
            for (g, map) in self.maps.iter().enumerate() {
                let out = &mut inputs[(g * count + i) * dim..][..dim];
                let plane = dim / self.channels;
                for (from, to) in image.chunks_exact(plane).zip(out.chunks_exact_mut(plane)) {
                    for (value, &pixel) in from.iter().zip(map.images()) {
                        to[pixel as usize] = *value;
                    }
                }
            }
        }
        inputs
    }
}

/// Draws weights and evaluates the network on them.
pub(super) struct Evaluator<'a> {
    network: &'a PosteriorNetwork,
    seed: u64,
    theta: Vec<f64>,
    workspace: <ConvNet as Differentiable<f64>>::Workspace,
    /// Told how many evaluations are done.
    progress: &'a mut dyn FnMut(usize),
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        network: &'a PosteriorNetwork,
        seed: u64,
        progress: &'a mut dyn FnMut(usize),
    ) -> Self {
        let workspace = network.net().workspace(CHUNK);
        Self { network, seed, theta: network.mean().to_vec(), workspace, progress }
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

    /// Log-probabilities of all classes for each input.
    pub(super) fn log_probabilities(&mut self, inputs: &[f64], out: &mut [f64]) {
        let net = self.network.net();
        let (dim, classes) = (Model::<f64>::inputs(net), Model::<f64>::outputs(net));
        for (inputs, out) in inputs.chunks(CHUNK * dim).zip(out.chunks_mut(CHUNK * classes)) {
            net.forward(&self.theta, inputs, out, &mut self.workspace);
            (self.progress)(inputs.len() / dim);
        }
        for logits in out.chunks_exact_mut(classes) {
            let normaliser = log_sum_exp(logits.iter().copied());
            logits.iter_mut().for_each(|logit| *logit -= normaliser);
        }
    }
}

fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    largest + values.map(|value| (value - largest).exp()).sum::<f64>().ln()
}

/// The logarithms of the mean probabilities over draws.
pub(super) fn mean_of_draws(logs: &[f64], draws: usize) -> Vec<f64> {
    let len = logs.len() / draws;
    let mut terms = vec![0.0; draws];
    (0..len)
        .map(|at| {
            terms.iter_mut().enumerate().for_each(|(t, term)| *term = logs[t * len + at]);
            log_mean_exp(&terms)
        })
        .collect()
}
