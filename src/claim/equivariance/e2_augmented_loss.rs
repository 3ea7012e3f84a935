//! E2: the augmented loss is invariant.

use super::network::{Choice, Network, Piecewise, measured, networks, settled, unsigned};
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::{AnyElement, AnyGroup, Finite, Group};
use crate::law::Residual;
use crate::model::{Activation, Joint, Linear, Model, ModelError, Pointwise};
use crate::representation::{ActsOn, Representation};
use crate::scalar::{Rational, Real, Scalar};
use num_traits::Float;

/// The claim for each loss, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E2.squared",
        title: "the augmented squared error is invariant",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "L^G(ρ_Θ(g)θ) = L^G(θ) for L^G(θ) = avg_h (1/N) Σ_i ‖Φ(θ, ρ_X(h)x_i) − ρ_Y(h)y_i‖²",
        hypotheses: &["(J)", "ρ_Y orthogonal, so that the loss is invariant", "all of the group"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 8,
    };
    let instances = |wanted| networks(4, 0..=1, wanted);
    vec![
        Box::new(Entry {
            about,
            instances,
            check: |network| {
                settled(on_networks::<Tracked, Pointwise>(network, squared, Over::Group))
            },
            exact: Some(|network| {
                settled(on_networks::<Rational, Piecewise>(network, squared, Over::Group))
            }),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E2.squared-weighted",
                    "a loss that is not invariant",
                    &["the loss is not invariant"],
                    &[Feature::NonFreeOrbit],
                )
                .saying("L^G(ρ_Θ(g)θ) = L^G(θ) for the loss Σ_k (k + 1)(a_k − b_k)²"),
            instances,
            check: |network| {
                measured(on_networks::<Tracked, Pointwise>(network, weighted, Over::Group))
            },
            exact: Some(|network| {
                measured(on_networks::<Rational, Piecewise>(network, weighted, Over::Group))
            }),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E2.squared-subset",
                    "augmentation by a subset",
                    &["the subset is no union of right cosets of a subgroup that contains g"],
                    &[Feature::NonAbelian],
                )
                .saying(
                    "L^S(ρ_Θ(g)θ) = L^S(θ) for a loss augmented with some elements of the group",
                ),
            instances,
            check: |network| {
                measured(on_networks::<Tracked, Pointwise>(network, squared, Over::Subset))
            },
            exact: Some(|network| {
                measured(on_networks::<Rational, Piecewise>(network, squared, Over::Subset))
            }),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E2.squared-plain",
                    "no augmentation",
                    &["no augmentation: the data are not invariant"],
                    &[Feature::NonAbelian],
                )
                .saying("L(ρ_Θ(g)θ) = L(θ) for the plain loss"),
            instances,
            check: |network| {
                measured(on_networks::<Tracked, Pointwise>(network, squared, Over::Identity))
            },
            exact: Some(|network| {
                measured(on_networks::<Rational, Piecewise>(network, squared, Over::Identity))
            }),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E2.squared-sheared",
                    "the squared error under an action that is not orthogonal",
                    &["ρ_Y is not orthogonal"],
                    &[Feature::NonOrthogonal],
                )
                .saying("L^G(ρ_Θ(g)θ) = L^G(θ) for outputs that are moved by S ρ S⁻¹"),
            instances,
            check: |network| measured(sheared::<Tracked>(network)),
            exact: Some(|network| measured(sheared::<Rational>(network))),
        }),
        Box::new(Entry {
            about: About {
                id: "E2.subgroup",
                title: "augmentation by a union of right cosets",
                statement: "L^S(ρ_Θ(h)θ) = L^S(θ) for h in a subgroup K, and S a union of right cosets Kc",
                hypotheses: &["(J)", "ρ_Y orthogonal", "KS = S"],
                ..about
            },
            instances,
            check: |network| settled(on_cosets::<Tracked, Pointwise>(network)),
            exact: Some(|network| settled(on_cosets::<Rational, Piecewise>(network))),
        }),
        Box::new(Entry {
            about: About {
                id: "E2.cross-entropy",
                title: "the augmented cross-entropy is invariant",
                statement: "L^G(ρ_Θ(g)θ) = L^G(θ) for ℓ(a, b) = ln Σ_k e^{a_k} − ⟨a, b⟩ with Σ_k b_k = 1",
                hypotheses: &["(J)", "ρ_Y permutes the classes", "all of the group"],
                ..about
            },
            instances,
            check: |network| settled(on_classes::<Tracked>(network, false)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                of: Some("E2.cross-entropy"),
                ..about
                    .control(
                        "E2.cross-entropy-signs",
                        "cross-entropy of outputs that are moved with signs",
                        &["ρ_Y does not permute the classes"],
                        &[Feature::SignedOrbit, Feature::KilledOrbit],
                    )
                    .saying("L^G(ρ_Θ(g)θ) = L^G(θ) where ρ_Y negates outputs")
            },
            instances,
            check: |network| measured(on_classes::<Tracked>(network, true)),
            exact: None,
        }),
    ]
}

/// How many examples there are.
const EXAMPLES: usize = 2;

type Loss<T> = fn(&[T], &[T]) -> T;

fn squared<T: Scalar>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::zero(), |sum, (a, b)| {
        let error = a.clone() - b.clone();
        sum + error.clone() * error
    })
}

fn weighted<T: Scalar>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).enumerate().fold(T::zero(), |sum, (k, (a, b))| {
        let error = a.clone() - b.clone();
        sum + T::count(k + 1) * error.clone() * error
    })
}

/// `ln Σ e^{a_k} − ⟨a, b⟩`, with the largest of `a` taken out.
fn cross_entropy<T: Real>(a: &[T], b: &[T]) -> T {
    let largest = a.iter().fold(T::neg_infinity(), |largest, &a| Float::max(largest, a));
    let sum = a.iter().fold(T::zero(), |sum, &a| sum + Float::exp(a - largest));
    largest + Float::ln(sum) - crate::scalar::dot(a, b)
}

/// What the loss is augmented with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Group,
    Subset,
    Identity,
}

impl Over {
    fn elements(self, network: &Network) -> Vec<AnyElement> {
        let group = network.group();
        match self {
            Self::Group => group.elements().collect(),
            Self::Subset => {
                vec![group.identity(), network.scene.element(0), network.scene.element(1)]
            }
            Self::Identity => vec![group.identity()],
        }
    }
}

/// A model with its data.
struct Setting<'a, T, M, P, R> {
    model: &'a M,
    joint: &'a Joint<P, R, R>,
    inputs: Vec<Vec<T>>,
    targets: Vec<Vec<T>>,
    loss: Loss<T>,
}

impl<T, M, P, R> Setting<'_, T, M, P, R>
where
    T: Judge,
    M: Model<T>,
    P: ActsOn<T, Group = AnyGroup>,
    R: ActsOn<T, Group = AnyGroup>,
{
    /// `avg_{h∈S} (1/N) Σ_i ℓ(Φ(θ, ρ_X(h)x_i), ρ_Y(h)y_i)`.
    fn augmented(&self, theta: &[T], over: &[AnyElement]) -> T {
        let mut sum = T::zero();
        for h in over {
            for (x, y) in self.inputs.iter().zip(&self.targets) {
                let out = self.model.prediction(theta, self.joint.inputs().apply(h, x).as_slice());
                let target = self.joint.outputs().apply(h, y);
                sum += (self.loss)(out.as_slice(), target.as_slice());
            }
        }
        sum / T::count(over.len() * self.inputs.len())
    }

    /// The loss of moved parameters against that of the parameters.
    fn invariance(&self, theta: &[T], by: &[AnyElement], over: &[AnyElement]) -> Residual {
        let here = self.augmented(theta, over);
        by.iter().fold(Residual::exact(true), |worst, g| {
            let moved = self.joint.parameters().apply(g, theta);
            worst.worse(close(&self.augmented(moved.as_slice(), over), &here))
        })
    }
}

/// Numbers for inputs and targets.
fn data<T: Scalar>(network: &Network, stream: usize, dim: usize) -> Vec<Vec<T>> {
    (0..EXAMPLES).map(|i| network.numbers(stream + i, dim)).collect()
}

fn on_networks<T, A>(network: &Network, loss: Loss<T>, over: Over) -> Result<Outcome, ModelError>
where
    T: Judge,
    A: Choice + Activation<T>,
{
    let by = network.elements();
    invariance::<T, A>(network, loss, &by, &over.elements(network))
}

/// The cyclic subgroup of one element, augmented with two of its right cosets.
fn on_cosets<T, A>(network: &Network) -> Result<Outcome, ModelError>
where
    T: Judge,
    A: Choice + Activation<T>,
{
    let (group, generator) = (network.group(), network.scene.element(0));
    let mut subgroup = vec![group.identity()];
    let mut next = generator.clone();
    while next != group.identity() {
        subgroup.push(next.clone());
        next = group.compose(&generator, &next);
    }
    let shifts = [network.scene.element(1), network.scene.element(2)];
    let cosets: Vec<AnyElement> = shifts
        .iter()
        .flat_map(|c| subgroup.iter().map(|k| group.compose(k, c)).collect::<Vec<_>>())
        .collect();
    invariance::<T, A>(network, squared, &subgroup, &cosets)
}

fn invariance<T, A>(
    network: &Network,
    loss: Loss<T>,
    by: &[AnyElement],
    over: &[AnyElement],
) -> Result<Outcome, ModelError>
where
    T: Judge,
    A: Choice + Activation<T>,
{
    let spaces = network.suited::<A>();
    let model = network.mlp::<A, _>(&spaces)?;
    let joint = model.joint(&spaces)?;
    let inputs = data(network, 1, joint.inputs().dim());
    let targets = data(network, 3, joint.outputs().dim());
    let setting = Setting { model: &model, joint: &joint, inputs, targets, loss };
    let theta = network.numbers(0, Model::<T>::parameters(&model));
    Ok(Outcome::new("L(ρ_Θ(g)θ) = L(θ)", setting.invariance(&theta, by, over)))
}

/// A linear model from the inputs to the inputs, moved by matrices.
fn sheared<T: Judge>(network: &Network) -> Result<Outcome, ModelError> {
    let space = network.scene.dense::<T>();
    let model = Linear::new(space.dim(), space.dim())?;
    let joint = model.joint(&space, &space)?;
    let inputs = data(network, 1, space.dim());
    let targets = data(network, 3, space.dim());
    let setting = Setting { model: &model, joint: &joint, inputs, targets, loss: squared };
    let theta = network.numbers(0, Model::<T>::parameters(&model));
    let over = Over::Group.elements(network);
    let invariance = setting.invariance(&theta, &network.elements(), &over);
    Ok(Outcome::new("L(ρ_Θ(g)θ) = L(θ)", invariance))
}

/// Classes are the coordinates of the inputs, permuted, or moved with all signs.
fn on_classes<T: Judge + Real>(network: &Network, signs: bool) -> Result<Outcome, ModelError>
where
    Pointwise: Activation<T>,
{
    let inputs = network.scene.signed();
    let classes = if signs { inputs.clone() } else { unsigned(&inputs) };
    let model = Linear::with_bias(inputs.dim(), classes.dim())?;
    let joint = model.joint(&inputs, &classes)?;
    let targets = (0..EXAMPLES)
        .map(|i| {
            let class = network.scene.picks.get(i).copied().unwrap_or_default() % classes.dim();
            (0..classes.dim()).map(|k| T::count(usize::from(k == class))).collect()
        })
        .collect();
    let inputs = data(network, 1, joint.inputs().dim());
    let setting = Setting { model: &model, joint: &joint, inputs, targets, loss: cross_entropy };
    let theta = network.numbers(0, Model::<T>::parameters(&model));
    let over = Over::Group.elements(network);
    let invariance = setting.invariance(&theta, &network.elements(), &over);
    Ok(Outcome::new("L(ρ_Θ(g)θ) = L(θ)", invariance))
}
