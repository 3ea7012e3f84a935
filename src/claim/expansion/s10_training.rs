//! S10: training keeps an expanded posterior invariant.

use super::conv::{Expanded, reading};
use super::network::{Small, scenes};
use super::{CONTROL, THEOREM, both};
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome};
use crate::group::{AnyGroup, Finite};
use crate::inference::optimiser::{Optimiser, Rates, Sgd};
use crate::inference::{
    Augmentation, Augmenter, Batch, CoordinateSymmetry, Dataset, Elbo, GaussianPrior, MeanField,
    Noise, ScaleLink, SquaredError, Streams, Use, Weights,
};
use crate::law::Residual;
use crate::model::conv::ConvByDefinition;
use crate::model::{Differentiable, Joint, Mlp, Pointwise};
use crate::representation::{ActsBySignedPermutations, Representation, SignedPermutationRep};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::expansion::Layer;
use num_traits::One;
use proptest::strategy::{BoxedStrategy, Strategy};
use rand_distr::{Distribution, StandardNormal};
use std::error::Error;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let theorem = About {
        id: "S10.training",
        title: "training keeps an expanded posterior invariant",
        evidence: Evidence::Float,
        statement: "an expanded mean field of a network of three layers and of a convolutional one, 50 steps of gradient descent with momentum, orbits of data and of noise: \
                    w = Pw at the end",
        hypotheses: &[
            "finite group",
            "signed permutations",
            "invariant prior and start",
            "full augmentation",
            "orbit-closed noise",
            "draws without kinks: no equal maxima above 0 in a window of a pool",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::Abelian,
            Feature::NonAbelian,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 16,
        ..THEOREM
    };
    let control = |id, title, hypotheses| About {
        id,
        of: Some(theorem.id),
        title,
        hypotheses,
        role: CONTROL.role,
        covers: &[Feature::Abelian, Feature::NonAbelian],
        ..theorem
    };
    vec![
        Box::new(Entry {
            about: theorem,
            instances: small_scenes,
            check: |scene| {
                let failed = || Outcome::new("set-up", Residual::failed());
                trained(scene, Drops::Nothing).unwrap_or_else(|_| failed())
            },
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S10.training-raw",
                "an expanded posterior on raw data",
                &["dropped: augmentation"],
            ),
            instances: small_scenes,
            check: |scene| {
                trained(scene, Drops::Augmentation).unwrap_or_else(|_| Outcome::vacuous())
            },
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S10.training-fresh-noise",
                "an expanded posterior with independent noise",
                &["dropped: orbits of noise"],
            ),
            instances: small_scenes,
            check: |scene| {
                trained(scene, Drops::OrbitsOfNoise).unwrap_or_else(|_| Outcome::vacuous())
            },
            exact: None,
        }),
    ]
}

/// The hypothesis that a control does without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drops {
    Nothing,
    Augmentation,
    OrbitsOfNoise,
}

/// A step costs the square of the order times that of the widths; three layers.
fn small_scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    const LARGEST: usize = 6;
    scenes(wanted)
        .prop_filter("six elements and three dimensions at most", |scene| {
            scene.group().small_order().is_some_and(|order| order <= LARGEST)
                && scene.signed().dim() <= 3
        })
        .prop_map(|mut scene| {
            // The first pick is of the depth.
            scene.picks.iter_mut().take(1).for_each(|pick| *pick = 0);
            scene
        })
        .boxed()
}

type Rep = SignedPermutationRep<AnyGroup>;
type Spaces = Joint<Rep, Rep, Rep>;

const STEPS: u64 = 50;

/// All parameters, layer by layer, weights row by row and then biases. They are rounded to floats here, equal ones
/// to equal ones.
fn parameters(layers: &[Layer<Rational>]) -> Vec<Tracked> {
    let mut theta = Vec::new();
    for layer in layers {
        // Row-major, as parameters are.
        let rows = layer.weight.transpose();
        let bias = layer.bias.iter().flat_map(|bias| bias.iter());
        theta.extend(rows.iter().chain(bias).map(|x| Tracked::exact(x.nearest_f64())));
    }
    theta
}

/// The expanded network, with how the group moves it.
fn network(small: &Small) -> Result<(Mlp<Pointwise>, Spaces), Box<dyn Error>> {
    let mut spaces = vec![small.rep.clone()];
    for space in 1..small.layers.len() {
        let hidden = small.expansion.hidden_space(space)?;
        let (group, dim) = (small.rep.group().clone(), hidden.dim());
        spaces.push(SignedPermutationRep::from_fn(group, dim, move |g| hidden.index_map(g)));
    }
    spaces.push(small.rep.clone());
    let widths: Vec<usize> = spaces.iter().map(Representation::dim).collect();
    let model = Mlp::new(&widths, Pointwise::Tanh)?;
    let joint = model.joint(&spaces)?;
    let layers = joint.parameters().clone();
    let (group, dim) = (small.rep.group().clone(), layers.dim());
    let parameters = Rep::from_fn(group, dim, move |g| layers.index_map(g));
    let joint = Joint::new(parameters, joint.inputs().clone(), joint.outputs().clone())?;
    Ok((model, joint))
}

/// Numbers of moderate size, in 16ths of a scene's.
fn moderate(list: &[Rational]) -> Vec<Tracked> {
    list.iter().map(|x| Tracked::exact(x.nearest_f64() / 16.0)).collect()
}

/// The expanded perceptron of a scene, and the expanded convolutional network.
fn trained(scene: &Scene, drops: Drops) -> Result<Outcome, Box<dyn Error>> {
    let small = Small::of(scene)?;
    let kernel = |l: usize, c: usize| small.matrix(23 * l + 13 * c);
    let means = small.expansion.with_kernel(&small.layers, kernel)?;
    let scales = small
        .expansion
        .unsigned()
        .with_kernel(&small.scales, |l, _| small.scales[l].weight.clone())?;
    let (model, joint) = network(&small)?;
    let x = moderate(&small.x);
    let y = moderate(small.matrix(5).column(0).as_slice());
    let data = Dataset::new(x.len(), x, y.len(), y)?;
    let start = (parameters(&means), parameters(&scales));
    let perceptron = run(model, &joint, start, &data, drops)?;

    let expanded = Expanded::new()?;
    let float = |list: Vec<Rational>| -> Vec<Tracked> {
        list.iter().map(|x| Tracked::exact(x.nearest_f64())).collect()
    };
    let start = (float(expanded.means(scene)), float(expanded.scales(scene, true)));
    let mut numbers = reading(&scene.shears);
    let mut some = |count: usize| {
        moderate(&(0..count).map(|k| numbers() + Rational::count(k % 5)).collect::<Vec<_>>())
    };
    let data = Dataset::new(16, some(16), 2, some(2))?;
    let model = ConvByDefinition::new(expanded.net);
    Ok(both(perceptron, run(model, &expanded.joint, start, &data, drops)?))
}

/// Training of a mean field with these means and scales, in 16ths.
fn run<M: Differentiable<Tracked> + Clone>(
    model: M,
    joint: &Spaces,
    (means, scales): (Vec<Tracked>, Vec<Tracked>),
    data: &Dataset<Tracked>,
    drops: Drops,
) -> Result<Outcome, Box<dyn Error>> {
    let rho = joint.parameters();
    let dim = rho.dim();
    let posterior = MeanField::with_link(dim, ScaleLink::Exp);
    let share = Tracked::ratio(1, 16);
    let scaled = |list: Vec<Tracked>| list.into_iter().map(|x| x * share).collect::<Vec<_>>();
    let mut w = posterior.coordinates_of(&scaled(means), &scaled(scales))?;
    let augmenter = Augmenter::new(joint, Augmentation::Full)?;
    let raw = drops == Drops::Augmentation;
    let data = if raw { data.clone() } else { augmenter.expand(data)? };
    let orbits = match drops {
        Drops::OrbitsOfNoise => Noise::fresh(),
        _ => Noise::orbit_closed(rho)?,
    };

    let elbo = Elbo {
        model,
        loss: SquaredError,
        posterior,
        prior: GaussianPrior::isotropic(dim, Tracked::ratio(3, 2))?,
        weights: Weights::total(1),
    };
    let mut memory = elbo.memory(data.len());
    let mut gradient = w.clone();
    let mut noise = Vec::new();
    let mut optimiser = Sgd::new().momentum(Tracked::ratio(9, 10));
    // Small enough that a bound on rounding, which adds where errors cancel, stays far below what the steps do.
    let rate = Tracked::one() / Tracked::count(1 << 10);
    for step in 0..STEPS {
        let mut rng = Streams::new(1).stream(Use::Noise, step, 0);
        let base: Vec<Tracked> =
            (0..dim).map(|_| Tracked::exact(StandardNormal.sample(&mut rng))).collect();
        orbits.expand(&base, dim, &mut noise);
        let batch = Batch { inputs: data.inputs(), targets: data.targets() };
        elbo.gradient(&w, batch, &noise, &mut gradient, &mut memory);
        optimiser.step(Rates::uniform(rate), &mut w, &gradient);
    }
    let mut projected = w.clone();
    CoordinateSymmetry::of_mean_field(&posterior, rho).project(&mut projected);
    let (of_means, of_scales) = (0..dim, dim..2 * dim);
    Ok(Outcome::new("means", all_close(&w[of_means.clone()], &projected[of_means]))
        .and("scales", all_close(&w[of_scales.clone()], &projected[of_scales])))
}
