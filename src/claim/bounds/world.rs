//! The random instances of the chapter: finitely many parameters and inputs, so that every expectation is a
//! finite sum, and in rational arithmetic an exact one.

use crate::claim::Feature;
use crate::claim::equivariance::network::{Network, networks, unsigned};
use crate::claim::rounding::Judge;
use crate::claim::scene::{Block, Points, Which};
use crate::group::{AnyElement, Finite};
use crate::representation::{ActsBySignedPermutations, Representation, SignedPermutation};
use crate::scalar::{Scalar, dot};
use proptest::prelude::*;

/// Groups that are gone through in full.
pub(super) const ENUMERATED: usize = 48;

/// Three spaces that a group acts on, with at most four coordinates each: points for the parameters, points for
/// the inputs, and a signed permutation representation for the outputs. In every other instance the
/// parameters are one orbit of as few points as the group moves, often two, where the bounds are tight.
pub(super) fn worlds(wanted: Option<Feature>) -> BoxedStrategy<Network> {
    (networks(4, 1..=1, wanted), any::<bool>())
        .prop_map(move |(network, small)| {
            let free = matches!(wanted, None | Some(Feature::NonAbelian));
            if small && free { pointed(network) } else { network }
        })
        .boxed()
}

/// Instances whose parameters are one orbit of few points, and whose outputs do not move: where controls
/// show what they must.
pub(super) fn small_worlds(wanted: Option<Feature>) -> BoxedStrategy<Network> {
    networks(4, 1..=1, wanted)
        .prop_map(|network| {
            let mut network = pointed(network);
            network.later[1] = vec![Block { points: Points::Fixed, signed: false }];
            network
        })
        .boxed()
}

fn pointed(mut network: Network) -> Network {
    network.scene.blocks = vec![Block { points: Points::Quotient, signed: false }];
    network
}

/// Whether the group is small enough to be gone through.
pub(super) fn is_enumerated(network: &Network) -> bool {
    super::is_small(&network.group())
}

/// How one element moves the three spaces.
pub(super) struct Move {
    pub(super) theta: SignedPermutation,
    pub(super) x: SignedPermutation,
    pub(super) y: SignedPermutation,
}

/// A model on finitely many parameters and inputs, with a posterior.
pub(super) struct World<T> {
    /// How each element of the group moves the spaces; the identity first.
    pub(super) moves: Vec<Move>,
    /// Numbers of parameters, inputs, and outputs.
    pub(super) parameters: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// `Φ(θ, x)`, for each `θ` and in it for each `x`.
    table: Vec<Vec<T>>,
    /// The posterior.
    pub(super) q: Vec<T>,
}

impl<T: Judge> World<T> {
    /// The instance's model, averaged over the group so that it is jointly equivariant, or as it was drawn.
    /// `None` where the group is too large to go through.
    pub(super) fn of(network: &Network, jointly: bool) -> Option<Self> {
        if !is_enumerated(network) {
            return None;
        }
        let group = network.group();
        let spaces = network.signed();
        let (theta, x) = (unsigned(&spaces[0]), unsigned(&spaces[1]));
        let elements: Vec<AnyElement> = group.elements().collect();
        let moves: Vec<Move> = elements
            .iter()
            .map(|g| Move {
                theta: theta.index_map(g),
                x: x.index_map(g),
                y: spaces[2].index_map(g),
            })
            .collect();
        let (parameters, inputs, outputs) = (theta.dim(), x.dim(), spaces[2].dim());
        let drawn: Vec<Vec<T>> = network
            .numbers::<T>(0, parameters * inputs * outputs)
            .chunks_exact(outputs)
            .map(<[T]>::to_vec)
            .collect();
        let weights: Vec<T> = network.scene.positive(Which::Q, parameters);
        let mut world =
            Self { moves, parameters, inputs, outputs, table: drawn, q: normalised(weights) };
        if jointly {
            world.table = world.equivariant();
        }
        Some(world)
    }

    /// With another vector added for each input, far from those of the others, which moves with nothing: differences
    /// between parameters stay, those between inputs are larger than any of them.
    pub(super) fn shifted(mut self) -> Self {
        for (at, row) in self.table.iter_mut().enumerate() {
            let shift = T::count(256 * (at % self.inputs));
            row.iter_mut().for_each(|y| *y += shift.clone());
        }
        self
    }

    /// `avg_g ρ_Y(g)^{-1} Φ(gθ, gx)`.
    fn equivariant(&self) -> Vec<Vec<T>> {
        let mut table = vec![vec![T::zero(); self.outputs]; self.table.len()];
        for g in &self.moves {
            for theta in 0..self.parameters {
                for x in 0..self.inputs {
                    let there = self.model(g.theta.image(theta).0, g.x.image(x).0);
                    let out = &mut table[theta * self.inputs + x];
                    for (i, out) in out.iter_mut().enumerate() {
                        *out += coordinate_before(&g.y, there, i);
                    }
                }
            }
        }
        let order = T::count(self.moves.len());
        table.iter().map(|row| row.iter().map(|y| y.clone() / order.clone()).collect()).collect()
    }

    /// `Φ(θ, x)`.
    pub(super) fn model(&self, theta: usize, x: usize) -> &[T] {
        &self.table[theta * self.inputs + x]
    }

    /// `E Φ(θ, x)` under weights of the parameters.
    pub(super) fn mean(&self, q: &[T], x: usize) -> Vec<T> {
        weighted(self.outputs, q, |theta| self.model(theta, x))
    }

    /// `g_#q`.
    pub(super) fn pushed(&self, g: &Move) -> Vec<T> {
        let mut pushed = vec![T::zero(); self.parameters];
        for (theta, weight) in self.q.iter().enumerate() {
            pushed[g.theta.image(theta).0] = weight.clone();
        }
        pushed
    }

    /// `Φ(θ, gx) − ρ_Y(g)Φ(θ, x)`.
    pub(super) fn difference(&self, g: &Move, theta: usize, x: usize) -> Vec<T> {
        minus(self.model(theta, g.x.image(x).0), &moved(&g.y, self.model(theta, x)))
    }

    /// `δ_g(x) = F(gx) − ρ_Y(g)F(x)`.
    pub(super) fn defect(&self, g: &Move, x: usize) -> Vec<T> {
        minus(&self.mean(&self.q, g.x.image(x).0), &moved(&g.y, &self.mean(&self.q, x)))
    }
}

/// Weights that sum to one.
pub(super) fn normalised<T: Scalar>(weights: Vec<T>) -> Vec<T> {
    let sum = weights.iter().fold(T::zero(), |sum, weight| sum + weight.clone());
    weights.into_iter().map(|weight| weight / sum.clone()).collect()
}

/// `Σ_i w_i v_i`.
pub(super) fn weighted<'a, T: Scalar + 'a>(
    dim: usize,
    weights: &[T],
    vectors: impl Fn(usize) -> &'a [T],
) -> Vec<T> {
    let mut sum = vec![T::zero(); dim];
    for (i, weight) in weights.iter().enumerate() {
        for (sum, y) in sum.iter_mut().zip(vectors(i)) {
            *sum += weight.clone() * y.clone();
        }
    }
    sum
}

/// `ρ(g)v`.
pub(super) fn moved<T: Scalar>(g: &SignedPermutation, v: &[T]) -> Vec<T> {
    let mut out = vec![T::zero(); v.len()];
    for (i, value) in v.iter().enumerate() {
        let (image, negative) = g.image(i);
        out[image] = if negative { -value.clone() } else { value.clone() };
    }
    out
}

/// Coordinate `i` of `ρ(g)^{-1}v`.
pub(super) fn coordinate_before<T: Scalar>(g: &SignedPermutation, v: &[T], i: usize) -> T {
    let (image, negative) = g.image(i);
    if negative { -v[image].clone() } else { v[image].clone() }
}

/// `a − b`.
pub(super) fn minus<T: Scalar>(a: &[T], b: &[T]) -> Vec<T> {
    a.iter().zip(b).map(|(a, b)| a.clone() - b.clone()).collect()
}

/// `‖v‖²`.
pub(super) fn square<T: Scalar>(v: &[T]) -> T {
    dot(v, v)
}
