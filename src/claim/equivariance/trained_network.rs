//! A network with one hidden layer, a mean field on its parameters, and noise that is closed under the group.

use super::regression::Checked;
use crate::claim::Feature;
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::group::{AnyGroup, Finite};
use crate::inference::{
    Augmentation, Augmenter, Batch, Dataset, Elbo, GaussianPrior, Loss, MeanField, Noise,
    Posterior, Weights,
};
use crate::model::{Activation, Joint, LayerAction, Mlp, Nonlinearity};
use crate::representation::{Representation, SignedPermutationRep};
use crate::scalar::{Real, Scalar};
use proptest::strategy::{BoxedStrategy, Strategy};

/// One representation by signed permutations for all three layer spaces.
pub(super) type Action = Joint<
    LayerAction<SignedPermutationRep<AnyGroup>>,
    SignedPermutationRep<AnyGroup>,
    SignedPermutationRep<AnyGroup>,
>;

/// A network with the joint action of a scene's group.
pub(super) struct Net<A> {
    pub(super) model: Mlp<A>,
    pub(super) joint: Action,
}

/// The network of a scene: all three spaces are the scene's.
pub(super) fn net<A: Nonlinearity>(scene: &Scene, activation: A) -> Checked<Net<A>> {
    let space = scene.signed();
    let dim = space.dim();
    let model = Mlp::new(&[dim, dim, dim], activation)?;
    let joint = model.joint(&[space.clone(), space.clone(), space])?;
    Ok(Net { model, joint })
}

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

impl<A> Net<A> {
    /// The dimension of the parameters.
    pub(super) fn dim(&self) -> usize {
        self.joint.parameters().dim()
    }

    /// The scene's examples.
    pub(super) fn data<T: Scalar>(&self, scene: &Scene) -> Checked<Dataset<T>> {
        let dim = self.joint.inputs().dim();
        let (x, y) = (numbers(scene, EXAMPLES * dim, 5), numbers(scene, EXAMPLES * dim, 131));
        Ok(Dataset::new(dim, x, dim, y)?)
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
    pub(super) fn elbo<T, L, Q>(&self, loss: L, posterior: Q) -> Checked<Elbo<Mlp<A>, L, Q, T>>
    where
        A: Activation<T>,
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
    crate::claim::strategy::scenes_with(3, wanted)
        .prop_map(|mut scene| {
            if scene.group().small_order().unwrap_or(usize::MAX) > 12 {
                scene.group = GroupSpec::Cyclic(3);
            }
            scene
        })
        .boxed()
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
