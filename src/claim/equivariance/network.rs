//! The random instances of the chapter: a group, a representation on every layer space, and numbers.

use crate::claim::folded::Folded;
use crate::claim::rounding::{Judge, all_close};
use crate::claim::scene::{Block, GroupSpec, Points, Scene};
use crate::claim::{Feature, Features, Instance, Outcome, strategy};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::law::Residual;
use crate::model::{Activation, Joint, Mlp, Model, ModelError, Nonlinearity, Pointwise};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutationRep,
};
use crate::scalar::Scalar;
use proptest::collection::vec;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;
use std::fmt;

/// A group that acts on the layer spaces of a network.
///
/// The scene has the group, and its representation is that of the inputs; its other numbers are parameters,
/// inputs and choices. They are read as dyadic fractions, so that every scalar represents them exactly.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::claim) struct Network {
    /// The group and the inputs.
    pub(in crate::claim) scene: Scene,
    /// The blocks of the spaces after the inputs: the outputs last.
    pub(in crate::claim) later: Vec<Vec<Block>>,
    /// Whether layers have biases.
    pub(in crate::claim) bias: bool,
    /// One code for each hidden layer.
    pub(in crate::claim) activations: Vec<u8>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scene, later, bias, activations } = self;
        f.debug_struct("Network")
            .field("scene", scene)
            .field("later", later)
            .field("bias", bias)
            .field("activations", &Folded(activations))
            .finish()
    }
}

impl Instance for Network {
    fn features(&self) -> Features {
        self.scene.features()
    }
}

fn block() -> impl Strategy<Value = Block> {
    let points = prop_oneof![
        Just(Points::Fixed),
        Just(Points::Natural),
        Just(Points::Quotient),
        Just(Points::Regular),
        Just(Points::Monomial)
    ];
    (points, any::<bool>()).prop_map(|(points, signed)| Block { points, signed })
}

/// Random networks with layer spaces of at most `max_dim` dimensions and the wanted kind of input space, with
/// `hidden` layers.
pub(in crate::claim) fn networks(
    max_dim: usize,
    hidden: std::ops::RangeInclusive<usize>,
    wanted: Option<Feature>,
) -> BoxedStrategy<Network> {
    let later = hidden.prop_flat_map(|hidden| vec(vec(block(), 1..=2), hidden + 1));
    (strategy::scenes_with(max_dim, wanted), later, any::<bool>(), vec(0..4u8, 4))
        .prop_map(|(mut scene, later, bias, activations)| {
            if let GroupSpec::Generated { degree, .. } = &mut scene.group {
                *degree = (*degree).min(4);
            }
            Network { scene, later, bias, activations }
        })
        .boxed()
}

/// The outcome of a check; a network that cannot be built refutes the claim.
pub(super) fn settled(result: Result<Outcome, ModelError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a network is refused", Residual::failed()))
}

/// The outcome of a control's check; what cannot be built shows nothing that can be measured.
pub(super) fn measured(result: Result<Outcome, ModelError>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::vacuous())
}

/// Activations that exact arithmetic can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piecewise {
    Identity,
    Relu,
    /// `z` kept within `[−1, 1]`: an odd function.
    Clip,
}

impl Nonlinearity for Piecewise {
    fn is_odd(&self) -> bool {
        *self != Self::Relu
    }

    fn is_identity(&self) -> bool {
        *self == Self::Identity
    }
}

impl<T: Scalar> Activation<T> for Piecewise {
    fn value(&self, z: &T) -> T {
        match self {
            Self::Identity => z.clone(),
            Self::Relu if *z < T::zero() => T::zero(),
            Self::Clip if *z > T::one() => T::one(),
            Self::Clip if *z < -T::one() => -T::one(),
            Self::Relu | Self::Clip => z.clone(),
        }
    }

    fn slope(&self, z: &T, value: &T) -> T {
        if z == value { T::one() } else { T::zero() }
    }
}

/// What a code stands for, in floating point and in exact arithmetic.
pub(in crate::claim) trait Choice: Nonlinearity {
    fn of(code: u8) -> Self;
}

impl Choice for Pointwise {
    fn of(code: u8) -> Self {
        match code % 4 {
            0 => Self::Relu,
            1 => Self::Tanh,
            2 => Self::Erf,
            _ => Self::Sine,
        }
    }
}

impl Choice for Piecewise {
    fn of(code: u8) -> Self {
        match code % 4 {
            0 => Self::Relu,
            1 => Self::Identity,
            _ => Self::Clip,
        }
    }
}

impl Network {
    /// The group.
    pub(in crate::claim) fn group(&self) -> AnyGroup {
        self.scene.group()
    }

    /// A network near this one, for searches: see [`Scene::nearby`].
    pub(in crate::claim) fn nearby(&self, rng: &mut ChaCha8Rng) -> Self {
        Self { scene: self.scene.nearby(rng), ..self.clone() }
    }

    /// The number of hidden layers.
    pub(super) fn hidden(&self) -> usize {
        self.later.len() - 1
    }

    /// The scene of one layer space, the inputs being number 0.
    pub(in crate::claim) fn space(&self, number: usize) -> Scene {
        match number.checked_sub(1) {
            None => self.scene.clone(),
            Some(later) => Scene { blocks: self.later[later].clone(), ..self.scene.clone() },
        }
    }

    /// The signed permutation representations of all spaces.
    pub(in crate::claim) fn signed(&self) -> Vec<SignedPermutationRep<AnyGroup>> {
        (0..=self.later.len()).map(|number| self.space(number).signed()).collect()
    }

    /// The activation of each hidden layer.
    pub(in crate::claim) fn choices<A: Choice>(&self) -> Vec<A> {
        (0..self.hidden())
            .map(|layer| A::of(self.activations.get(layer).copied().unwrap_or_default()))
            .collect()
    }

    /// The representations of all spaces, without signs where the activation is not odd.
    pub(in crate::claim) fn suited<A: Choice>(&self) -> Vec<SignedPermutationRep<AnyGroup>> {
        let mut spaces = self.signed();
        for (space, activation) in spaces[1..].iter_mut().zip(self.choices::<A>()) {
            if !activation.is_odd() {
                *space = unsigned(space);
            }
        }
        spaces
    }

    /// The network with these layer spaces.
    pub(in crate::claim) fn mlp<A: Choice, R: Representation>(
        &self,
        spaces: &[R],
    ) -> Result<Mlp<A>, ModelError> {
        let widths: Vec<usize> = spaces.iter().map(Representation::dim).collect();
        let mlp = Mlp::with_activations(&widths, self.choices())?;
        Ok(if self.bias { mlp } else { mlp.without_bias() })
    }

    /// `count` numbers of magnitude below 3, in 32nds. Each `stream` has its own.
    pub(in crate::claim) fn numbers<T: Scalar>(&self, stream: usize, count: usize) -> Vec<T> {
        let means = &self.scene.means;
        (0..count)
            .map(|k| {
                let at = k + 11 * stream;
                let entry = if means.is_empty() { 0 } else { means[at % means.len()] };
                // The lists repeat: a turn through them adds something of its own.
                let turn = (at / means.len().max(1)) as i64 % 5;
                T::ratio(2 * i64::from(entry) + turn, 32)
            })
            .collect()
    }

    /// Some group elements: those picked, and the last one.
    pub(in crate::claim) fn elements(&self) -> Vec<AnyElement> {
        let group = self.group();
        let last = group.small_order().unwrap_or(1) - 1;
        let picked = (0..self.scene.picks.len().min(3)).map(|k| self.scene.element(k));
        picked.chain([group.element(last)]).collect()
    }
}

/// `|ρ|`.
pub(in crate::claim) fn unsigned(
    rep: &SignedPermutationRep<AnyGroup>,
) -> SignedPermutationRep<AnyGroup> {
    let signed = rep.clone();
    SignedPermutationRep::from_fn(rep.group().clone(), rep.dim(), move |g| {
        signed.index_map(g).unsigned()
    })
}

/// Joint equivariance on the instance's numbers and elements: `Φ(ρ_Θ(g)θ, ρ_X(g)x) = ρ_Y(g)Φ(θ, x)`.
pub(super) fn jointly<T, M, P, R>(network: &Network, model: &M, joint: &Joint<P, R, R>) -> Residual
where
    T: Judge,
    M: Model<T>,
    P: ActsOn<T, Group = AnyGroup>,
    R: ActsOn<T, Group = AnyGroup>,
{
    let theta: Vec<T> = network.numbers(0, model.parameters());
    let x: Vec<T> = network.numbers(1, model.inputs());
    let here = model.prediction(&theta, &x);
    network.elements().iter().fold(Residual::exact(true), |worst, g| {
        let moved = joint.parameters().apply(g, &theta);
        let there = model.prediction(moved.as_slice(), joint.inputs().apply(g, &x).as_slice());
        let expected = joint.outputs().apply(g, here.as_slice());
        worst.worse(all_close(there.as_slice(), expected.as_slice()))
    })
}
