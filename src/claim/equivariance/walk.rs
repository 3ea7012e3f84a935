//! Training with random augmentation: what every sequence of group elements leads to.

use super::regression::{Checked, data, risk};
use super::trained_network::{Net, batch, numbers};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::group::{AnyElement, AnyGroup, Finite, Group};
use crate::inference::{Augmentation, Augmenter, Dataset, QuadraticRisk, SquaredError, on_moments};
use crate::model::Differentiable;
use crate::representation::{
    ActsBySignedPermutations, Representation, SignedOrbits, SignedPermutation, SignedPermutationRep,
};
use crate::scalar::Scalar;

/// A step on the example moved by the element with this number, or on all its images.
type Step<'a, T> = Box<dyn Fn(Option<usize>, &[T]) -> Vec<T> + 'a>;

/// How an element moves a state.
type Map<'a> = Box<dyn Fn(&AnyElement) -> SignedPermutation + 'a>;

/// Gradient descent from an invariant start, on one example that a group moves.
pub(super) struct Walk<'a, T> {
    group: AnyGroup,
    map: Map<'a>,
    start: Vec<T>,
    step: Step<'a, T>,
}

/// The state of a walk on a linear model.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Means; scales are fixed. A step is affine.
    Means,
    /// Means and scales: the entropy's `1/σ` is not affine.
    MeansAndScales,
}

impl<'a, T: Scalar> Walk<'a, T> {
    /// On a linear model and `E_q ½(⟨θ, x⟩ − y)² + KL(q‖N(0, 1))`: rational.
    pub(super) fn on_linear_model(scene: &Scene, state: State) -> Checked<Self> {
        let rep = scene.signed();
        let dim = rep.dim();
        let example = data::<T>(scene, dim)?.subset(&[0])?;
        let group = rep.group().clone();
        let alone = |g| risk(&rep, &example, Augmentation::Subset(vec![g]));
        let risks: Vec<QuadraticRisk<T>> = group.elements().map(alone).collect::<Checked<_>>()?;
        let whole = risk(&rep, &example, Augmentation::Full)?;
        let orbits = SignedOrbits::of(&rep);
        let (mean, scale): (Vec<T>, Vec<T>) =
            (scene.vector(Which::Q, dim), scene.positive(Which::Q, dim));
        let mut start = [mean.clone(), scale.clone()].concat();
        orbits.project(&mean, &mut start[..dim]);
        orbits.unsigned().project(&scale, &mut start[dim..]);
        if state == State::Means {
            start.truncate(dim);
        }
        let step = move |moved: Option<usize>, state: &[T]| {
            let risk = moved.map_or(&whole, |g| &risks[g]);
            let (mean, scale) = state.split_at(dim);
            let slope = risk.gradient(mean);
            let rate = T::ratio(1, 256);
            let means = mean
                .iter()
                .zip(slope.iter())
                .map(|(m, slope)| m.clone() - rate.clone() * (slope.clone() + m.clone()));
            let scales = scale.iter().enumerate().map(|(i, s)| {
                let h = risk.hessian()[(i, i)].clone() + T::one();
                s.clone() - rate.clone() * (h * s.clone() - T::one() / s.clone())
            });
            means.chain(scales).collect()
        };
        let map: Map<'a> = match state {
            State::Means => Box::new(move |g| rep.index_map(g)),
            State::MeansAndScales => Box::new(move |g| on_moments(&rep.index_map(g))),
        };
        Ok(Self { group, map, start, step: Box::new(step) })
    }

    /// As many steps as have few sequences: four at most, and two at least.
    pub(super) fn steps(&self) -> usize {
        const SEQUENCES: usize = 150;
        let order = self.group.small_order().unwrap_or(usize::MAX);
        (2..=4).rev().find(|&t| order.saturating_pow(t) <= SEQUENCES).unwrap_or(2) as usize
    }

    /// The numbers of all elements.
    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.group.small_order().unwrap_or(0)).collect()
    }

    /// The number of the element with the scene's `k`-th pick.
    pub(super) fn pick(&self, scene: &Scene, k: usize) -> usize {
        let pick = scene.picks.get(k % scene.picks.len().max(1)).copied().unwrap_or(0);
        pick % self.group.small_order().unwrap_or(1)
    }

    /// `η_t` for every sequence of `t` elements with these numbers: the last element changes fastest.
    pub(super) fn ends(&self, numbers: &[usize], steps: usize) -> Vec<Vec<T>> {
        (0..steps).fold(vec![self.start.clone()], |states, _| {
            let after = |state: &Vec<T>| -> Vec<Vec<T>> {
                numbers.iter().map(|&g| (self.step)(Some(g), state)).collect()
            };
            states.iter().flat_map(after).collect()
        })
    }

    /// The state after these elements.
    pub(super) fn end(&self, sequence: &[usize]) -> Vec<T> {
        sequence.iter().fold(self.start.clone(), |state, &g| (self.step)(Some(g), &state))
    }

    /// The state after so many steps of full augmentation.
    pub(super) fn full(&self, steps: usize) -> Vec<T> {
        (0..steps).fold(self.start.clone(), |state, _| (self.step)(None, &state))
    }

    /// The state moved by the element with this number.
    pub(super) fn moved(&self, h: usize, state: &[T]) -> Vec<T> {
        let mut out = state.to_vec();
        (self.map)(&self.group.element(h)).act(state, &mut out);
        out
    }

    /// For every sequence of `t` elements of the group, in the order of [`ends`](Self::ends), the place of the
    /// sequence whose every element is multiplied by `h` from the left.
    pub(super) fn coupled(&self, h: usize, steps: usize) -> Vec<usize> {
        let h = self.group.element(h);
        let after: Vec<usize> = self
            .group
            .elements()
            .map(|g| self.group.index_of(&self.group.compose(&h, &g)).unwrap_or(0))
            .collect();
        let order = after.len();
        (0..steps).fold(vec![0], |places, _| {
            let next = |&place: &usize| after.iter().map(move |&g| place * order + g);
            places.iter().flat_map(next).collect::<Vec<usize>>()
        })
    }
}

impl<'a> Walk<'a, Tracked> {
    /// On a mean field on the parameters of a network, with one draw's orbit of noise.
    pub(super) fn on_network<M>(net: &'a Net<M>, scene: &Scene) -> Checked<Self>
    where
        M: Differentiable<Tracked> + Clone,
    {
        let rho: &SignedPermutationRep<AnyGroup> = net.joint.parameters();
        let group = rho.group().clone();
        let example = net.data::<Tracked>(scene)?.subset(&[0])?;
        let moved = |policy| -> Checked<Dataset<Tracked>> {
            Ok(Augmenter::new(&net.joint, policy)?.expand(&example)?)
        };
        let alone = |g| moved(Augmentation::Subset(vec![g]));
        let images: Vec<_> = group.elements().map(alone).collect::<Checked<_>>()?;
        let whole = moved(Augmentation::Full)?;
        let elbo = net.elbo(SquaredError, net.mean_field())?;
        let noise: Vec<Tracked> = net.noise(scene, true)?;
        let free: Vec<Tracked> = numbers(scene, 2 * net.dim(), 389);
        let mut start = free.clone();
        crate::inference::CoordinateSymmetry::of_mean_field(&elbo.posterior, rho)
            .project(&mut start);
        let step = move |g: Option<usize>, state: &[Tracked]| {
            let data = g.map_or(&whole, |g| &images[g]);
            let mut slope = state.to_vec();
            let mut memory = elbo.memory(data.len());
            elbo.gradient(state, batch(data), &noise, &mut slope, &mut memory);
            let rate = Tracked::ratio(1, 16);
            state.iter().zip(slope).map(|(&x, slope)| x - rate * slope).collect()
        };
        let map = move |g: &AnyElement| on_moments(&rho.index_map(g));
        Ok(Self { group, map: Box::new(map), start, step: Box::new(step) })
    }
}

/// The mean of states.
pub(super) fn mean<T: Scalar>(states: &[Vec<T>]) -> Vec<T> {
    let mut sum = vec![T::zero(); states.first().map_or(0, Vec::len)];
    for state in states {
        for (total, x) in sum.iter_mut().zip(state) {
            *total += x.clone();
        }
    }
    let count = T::count(states.len());
    sum.into_iter().map(|total| total / count.clone()).collect()
}
