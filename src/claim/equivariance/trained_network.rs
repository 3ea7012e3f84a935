//! Networks with a mean field on their parameters, and noise that is closed under the group: a perceptron with one
//! hidden layer, and a convolutional network.

use super::regression::{Check, Checked};
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Feature, Outcome};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::inference::{
    Augmentation, Augmenter, Batch, Dataset, Elbo, GaussianPrior, Loss, MeanField, Noise,
    Posterior, Weights,
};
use crate::model::conv::{ConvByDefinition, ConvHead, ConvNet, ConvSpec};
use crate::model::{Differentiable, Joint, Mlp, Nonlinearity};
use crate::representation::{
    ActsBySignedPermutations, Channels, Layout, Representation, SignedPermutationRep,
};
use crate::scalar::{Real, Scalar};
use proptest::strategy::{BoxedStrategy, Strategy};

type Rep = SignedPermutationRep<AnyGroup>;

/// Signed permutations of parameters, inputs and outputs.
pub(super) type Action = Joint<Rep, Rep, Rep>;

/// A network with the joint action of a group.
pub(super) struct Net<M> {
    pub(super) model: M,
    pub(super) joint: Action,
}

/// The perceptron of a scene: the scene's representation is on all three layer spaces.
pub(super) fn net<A: Nonlinearity>(scene: &Scene, activation: A) -> Checked<Net<Mlp<A>>> {
    let space = scene.signed();
    let dim = space.dim();
    let model = Mlp::new(&[dim, dim, dim], activation)?;
    let layers = model.joint(&[space.clone(), space.clone(), space.clone()])?;
    let on_layers = layers.parameters().clone();
    let (group, dim) = (scene.group(), on_layers.dim());
    let parameters = Rep::from_fn(group, dim, move |g| on_layers.index_map(g));
    Ok(Net { model, joint: Joint::new(parameters, space.clone(), space)? })
}

/// Whether the scene's first pick is odd, and its second: choices of a convolutional network.
fn choices(scene: &Scene) -> [bool; 2] {
    [0, 1].map(|k| scene.picks.get(k).is_some_and(|pick| pick % 2 == 1))
}

/// The convolutional network of a scene, on images of 4×4: under quarter turns if the scene's group is abelian, else
/// with reflections. Channels stay or are one regular block, and either head is met.
pub(super) fn conv_net(scene: &Scene) -> Checked<Net<ConvByDefinition>> {
    let [regular, dense] = choices(scene);
    let (order, group) = match scene.group().is_abelian() {
        true => (4, GroupSpec::Cyclic(4)),
        false => (8, GroupSpec::Dihedral(4)),
    };
    let (channels, count) =
        if regular { (Channels::Regular, order) } else { (Channels::Trivial, 2) };
    let head = if dense { ConvHead::Dense } else { ConvHead::Pointwise };
    turning(&group, channels, ConvSpec::new(1, 4, &[count], 2).with_head(head))
}

/// A convolutional network of one filter under quarter turns, for many steps.
pub(super) fn small_conv_net(scene: &Scene) -> Checked<Net<ConvByDefinition>> {
    let head = if choices(scene)[1] { ConvHead::Dense } else { ConvHead::Pointwise };
    let spec = ConvSpec::new(1, 4, &[1], 2).with_head(head);
    turning(&GroupSpec::Cyclic(4), Channels::Trivial, spec)
}

fn turning(
    group: &GroupSpec,
    channels: Channels,
    spec: ConvSpec,
) -> Checked<Net<ConvByDefinition>> {
    let net = ConvNet::new(spec)?;
    let joint = net.joint(&group.build(), channels, Layout::Interleaved)?;
    let [parameters, inputs, outputs] =
        [joint.parameters(), joint.inputs(), joint.outputs()].map(|rep| Rep::from(rep.clone()));
    Ok(Net { model: ConvByDefinition::new(net), joint: Joint::new(parameters, inputs, outputs)? })
}

/// What was found on the two kinds of network.
pub(super) fn both(perceptron: Outcome, convolutional: Outcome) -> Outcome {
    const NAMES: [&str; 2] = ["perceptron", "convolutional network"];
    Outcome::vacuous().and_kind(|kind| NAMES[kind], 0, Some(perceptron)).and_kind(
        |kind| NAMES[kind],
        1,
        Some(convolutional),
    )
}

/// A check on the two networks of a scene, the perceptron's with this activation.
macro_rules! on_both {
    ($scene:expr, $activation:expr, |$net:ident| $check:expr) => {{
        let perceptron = {
            let $net = $crate::claim::equivariance::trained_network::net($scene, $activation)?;
            $check?
        };
        let convolutional = {
            let $net = $crate::claim::equivariance::trained_network::conv_net($scene)?;
            $check?
        };
        Ok($crate::claim::equivariance::trained_network::both(perceptron, convolutional))
    }};
}
pub(super) use on_both;

/// `count` numbers of order one, without the small denominators that would hide rounding, the same in every scalar.
pub(super) fn numbers<T: Scalar>(scene: &Scene, count: usize, offset: usize) -> Vec<T> {
    let codes: Vec<f64> = scene.vector(Which::Q, 24);
    (0..count)
        .map(|k| {
            let code = codes[(k + offset) % 24] + (k + offset) as f64;
            T::from_f64((code * 1.618_033).sin()).unwrap_or_else(T::zero)
        })
        .collect()
}

/// The examples of every instance.
pub(super) const EXAMPLES: usize = 2;

impl<M> Net<M> {
    /// The element of the group with the scene's `k`-th pick.
    pub(super) fn element(&self, scene: &Scene, k: usize) -> AnyElement {
        let group = self.joint.group();
        let pick = scene.picks.get(k % scene.picks.len().max(1)).copied().unwrap_or(0);
        group.element(pick % group.small_order().unwrap_or(1))
    }

    /// The dimension of the parameters.
    pub(super) fn dim(&self) -> usize {
        self.joint.parameters().dim()
    }

    /// The scene's examples.
    pub(super) fn data<T: Scalar>(&self, scene: &Scene) -> Checked<Dataset<T>> {
        let (inputs, outputs) = (self.joint.inputs().dim(), self.joint.outputs().dim());
        let (x, y) =
            (numbers(scene, EXAMPLES * inputs, 5), numbers(scene, EXAMPLES * outputs, 131));
        Ok(Dataset::new(inputs, x, outputs, y)?)
    }

    /// The examples with all their images.
    pub(super) fn orbits<T: Scalar>(&self, data: &Dataset<T>) -> Checked<Dataset<T>> {
        Ok(Augmenter::new(&self.joint, Augmentation::Full)?.expand(data)?)
    }

    /// The noise of one draw, closed under the group or alone.
    pub(super) fn noise<T: Real>(&self, scene: &Scene, closed: bool) -> Checked<Vec<T>> {
        let base = numbers(scene, self.dim(), 257);
        if !closed {
            return Ok(base);
        }
        let mut out = Vec::new();
        Noise::orbit_closed(self.joint.parameters())?.expand(&base, self.dim(), &mut out);
        Ok(out)
    }

    /// The coordinates of a mean field with the scene's numbers.
    pub(super) fn coordinates<T: Real>(&self, scene: &Scene) -> Vec<T> {
        numbers(scene, 2 * self.dim(), 389)
    }

    /// The objective of a mean field, or of another posterior.
    pub(super) fn elbo<T, L, Q>(&self, loss: L, posterior: Q) -> Checked<Elbo<M, L, Q, T>>
    where
        M: Differentiable<T> + Clone,
        T: Real,
        L: Loss<T>,
        Q: Posterior<T>,
    {
        let prior = GaussianPrior::isotropic(self.dim(), T::ratio(3, 2))?;
        let weights = Weights::total(EXAMPLES);
        Ok(Elbo { model: self.model.clone(), loss, posterior, prior, weights })
    }

    /// The mean field on its parameters.
    pub(super) fn mean_field(&self) -> MeanField {
        MeanField::new(self.dim())
    }
}

/// A data set as one batch.
pub(super) fn batch<T: Scalar>(data: &Dataset<T>) -> Batch<'_, T> {
    Batch { inputs: data.inputs(), targets: data.targets() }
}

/// Scenes with spaces of at most three dimensions and groups of at most twelve elements: the objective costs
/// their square.
pub(super) fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    scenes_up_to(12, wanted)
}

/// The same with groups of at most eight elements, for hundreds of steps.
pub(super) fn few_elements(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    scenes_up_to(8, wanted)
}

fn scenes_up_to(elements: usize, wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    crate::claim::strategy::scenes_with(3, wanted)
        .prop_map(move |mut scene| {
            if scene.group().small_order().unwrap_or(usize::MAX) > elements {
                scene.group = GroupSpec::Cyclic(3);
            }
            scene
        })
        .boxed()
}

/// A theorem on networks, or its control.
pub(super) fn entry(about: About, check: Check) -> Box<dyn Claim> {
    Box::new(Entry { about, instances: scenes, check, exact: None })
}

/// The kinds of instance.
pub(super) const NETWORKS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
];
