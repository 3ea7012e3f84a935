//! What is decided from index maps, held against the networks: random architectures, groups and actions, sound ones and
//! broken ones, with weights drawn from the posterior and random images.

use super::*;
use crate::audit::{ActionsFile, PosteriorNetwork};
use crate::checkpoint::{Convention, Precision, TensorPair};
use crate::law::{Residual, prediction_error};
use crate::model::Model;
use crate::model::conv::ConvNet;
use crate::scalar::{Rational, Scalar};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write;

/// What a generator does to one axis: where coordinates go, and which change their signs.
#[derive(Clone, PartialEq)]
struct Images(Vec<usize>, Vec<bool>);

impl Images {
    fn still(n: usize) -> Self {
        Self((0..n).collect(), vec![false; n])
    }

    fn shuffled(n: usize, rng: &mut ChaCha8Rng) -> Self {
        let mut images = Self::still(n);
        images.0.shuffle(rng);
        images
    }

    fn map(&self) -> SignedPermutation {
        SignedPermutation::from_fn(self.0.len(), |i| (self.0[i], self.1[i]))
    }

    /// `self` on the outer coordinate, `inner` on the inner one.
    fn product(&self, inner: &[usize]) -> Self {
        let n = inner.len();
        let of = |i: usize| self.0[i / n] * n + inner[i % n];
        let all = 0..self.0.len() * n;
        Self(all.clone().map(of).collect(), all.map(|i| self.1[i / n]).collect())
    }
}

/// The entry of one axis of the file: what each generator does, or `"spatial"`.
#[derive(Clone)]
enum Entry {
    Spatial,
    Listed(Vec<Images>),
}

/// How an instance is broken, if at all.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    No,
    /// The channels of one axis move in another way.
    Channels,
    /// Kernels stay where images turn.
    Kernels,
    /// Signs on one axis, or on all axes of a layer's channels.
    OneSign,
    Signs,
    /// The rows of flattened features are shuffled.
    Features,
    /// A pool meets an odd side.
    Odd,
    /// Two axes are taken for rows and columns of an image.
    Mixed,
    /// Nothing moves but the images.
    Still,
}

struct Instance {
    posterior: Posterior,
    action: PosteriorAction,
    network: PosteriorNetwork,
    side: usize,
    /// For each generator, `ρ_X` and `ρ_Y`.
    ends: Vec<(SignedPermutation, SignedPermutation)>,
    text: String,
}

/// What generators are called, and what they do to images, so that every subgroup of the square's symmetries comes up.
const GENERATORS: [&[(&str, &str, u8, bool)]; 6] = [
    &[("r", "rot90", 1, false)],
    &[("s", "flip", 0, true)],
    &[("h", "rot180", 2, false)],
    &[("r", "rot90", 1, false), ("s", "flip", 0, true)],
    &[("t", "identity", 0, false), ("v", "rot270", 3, false)],
    &[("t", "identity", 0, false)],
];

fn instance(broken: Broken, rng: &mut ChaCha8Rng) -> Option<Instance> {
    let generators = GENERATORS[rng.random_range(0..GENERATORS.len())];
    let layers = rng.random_range(1..=2);
    let kernel = [1, 3, 3, 2][rng.random_range(0..4)];
    let square = |n: usize| [n, n];
    let (image, classes) = (rng.random_range(1..=2), rng.random_range(2..=3));
    let hidden: Vec<usize> = (0..layers).map(|_| rng.random_range(2..=3)).collect();
    let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
    let mut before = image;
    for (l, &channels) in hidden.iter().enumerate() {
        let shape = [&[channels, before][..], &square(kernel)].concat();
        shapes.push((format!("conv_layers.{l}.weight"), shape));
        if rng.random_range(0..3) > 0 {
            shapes.push((format!("conv_layers.{l}.bias"), vec![channels]));
        }
        before = channels;
    }
    let named = |shapes: &[(String, Vec<usize>)]| {
        Architecture::from_shapes(shapes.iter().map(|(name, shape)| (name.as_str(), &shape[..])))
    };
    // A side that the pools like, or do not; dense heads are for one side.
    let pointwise = [("classifier.weight".to_owned(), vec![classes, before, 1, 1])];
    let architecture = named(&[&shapes[..], &pointwise].concat()).unwrap();
    let fits = |side: &usize| {
        let odd = !architecture.odd_pools(*side).is_empty();
        architecture.feature_side(*side).is_some() && odd == (broken == Broken::Odd)
    };
    let sides: Vec<usize> = (2..9).filter(fits).take(2).collect();
    let side = *sides.get(rng.random_range(0..sides.len().max(1)))?;
    let features = architecture.feature_side(side)?;
    let dense = rng.random_bool(0.5);
    match dense {
        true => shapes.push(("fc.weight".into(), vec![classes, before * features * features])),
        false => shapes.extend(pointwise),
    }
    if rng.random_bool(0.5) {
        shapes.push((if dense { "fc.bias" } else { "classifier.bias" }.into(), vec![classes]));
    }

    let draw = |n: usize, rng: &mut ChaCha8Rng| -> Vec<Images> {
        let one = |rng: &mut ChaCha8Rng| match rng.random_bool(0.3) {
            true => Images::still(n),
            false => Images::shuffled(n, rng),
        };
        generators.iter().map(|_| one(rng)).collect()
    };
    let mut images = draw(image, rng);
    for map in &mut images {
        map.1.iter_mut().for_each(|negative| *negative = rng.random_bool(0.2));
    }
    let mut channels: Vec<Vec<Images>> = hidden.iter().map(|&n| draw(n, rng)).collect();
    let outputs = draw(classes, rng);
    if broken == Broken::Signs {
        let layer = rng.random_range(0..layers);
        let which = rng.random_range(0..hidden[layer]);
        channels[layer][0].1[which] = true;
    }
    let symmetries: Vec<GridSymmetry> = generators
        .iter()
        .map(|&(.., quarter_turns, reflected)| GridSymmetry { quarter_turns, reflected })
        .collect();
    let still = |n: usize| Entry::Listed(generators.iter().map(|_| Images::still(n)).collect());
    let flattened = |maps: &[Images]| {
        let product = |(map, symmetry): (&Images, &GridSymmetry)| {
            let pixels = symmetry.permutation(features);
            map.product(&pixels.images().iter().map(|&i| i as usize).collect::<Vec<_>>())
        };
        Entry::Listed(maps.iter().zip(&symmetries).map(product).collect())
    };
    // What fits.
    let network = named(&shapes).unwrap();
    let mut axes: Vec<Vec<Entry>> = network
        .tensors()
        .iter()
        .map(|tensor| {
            let entry = |role: &AxisRole| match *role {
                AxisRole::InputChannels { .. } => Entry::Listed(images.clone()),
                AxisRole::HiddenChannels { layer, .. } => Entry::Listed(channels[layer].clone()),
                AxisRole::Classes { .. } => Entry::Listed(outputs.clone()),
                AxisRole::FlattenedFeatures { layer, .. } => flattened(&channels[layer]),
                AxisRole::KernelRows { side } | AxisRole::KernelColumns { side } => match side {
                    1 => still(1),
                    _ => Entry::Spatial,
                },
            };
            tensor.roles.iter().map(entry).collect()
        })
        .collect();
    // What does not.
    let places = |wanted: fn(&AxisRole) -> bool| -> Vec<(usize, usize)> {
        let of = |(t, tensor): (usize, &TensorRoles)| {
            let axes = (0..tensor.roles.len()).filter(|&axis| wanted(&tensor.roles[axis]));
            axes.map(|axis| (t, axis)).collect::<Vec<_>>()
        };
        network.tensors().iter().enumerate().flat_map(of).collect()
    };
    let pick = |all: Vec<(usize, usize)>, rng: &mut ChaCha8Rng| match all.len() {
        0 => None,
        count => Some(all[rng.random_range(0..count)]),
    };
    let moves = |role: &AxisRole| {
        matches!(role, AxisRole::HiddenChannels { .. } | AxisRole::Classes { .. })
    };
    let which = rng.random_range(0..generators.len());
    match broken {
        Broken::No | Broken::Signs | Broken::Odd => {}
        Broken::Channels | Broken::OneSign => {
            let (t, axis) = pick(places(moves), rng)?;
            let Entry::Listed(maps) = &mut axes[t][axis] else { return None };
            let n = maps[which].0.len();
            match broken {
                Broken::Channels => maps[which] = Images::shuffled(n, rng),
                _ => maps[which].1[rng.random_range(0..n)] = true,
            }
        }
        Broken::Kernels => {
            let rows = |role: &AxisRole| matches!(role, AxisRole::KernelRows { side } if *side > 1);
            let (t, axis) = pick(places(rows), rng)?;
            axes[t][axis] = still(kernel);
            axes[t][axis + 1] = still(kernel);
        }
        Broken::Features => {
            let flat = |role: &AxisRole| matches!(role, AxisRole::FlattenedFeatures { side, .. } if *side > 1);
            let (t, axis) = pick(places(flat), rng)?;
            let Entry::Listed(maps) = &mut axes[t][axis] else { return None };
            maps[which] = Images::shuffled(maps[which].0.len(), rng);
        }
        Broken::Mixed => {
            let square = |t: &usize| {
                let (name, shape) = &shapes[*t];
                name == "conv_layers.1.weight" && shape[0] == shape[1]
            };
            let t = (0..shapes.len()).find(square)?;
            let rest = shapes[t].1[2];
            axes[t] = vec![Entry::Spatial, Entry::Spatial, still(rest), still(rest)];
        }
        Broken::Still => {
            for (entries, (_, shape)) in axes.iter_mut().zip(&shapes) {
                *entries = shape.iter().map(|&n| still(n)).collect();
            }
            images = generators.iter().map(|_| Images::still(image)).collect();
        }
    }
    // Outputs move as the head's weights do, broken or not.
    let head = shapes
        .iter()
        .position(|(name, _)| ["classifier.weight", "fc.weight"].contains(&name.as_str()));
    let Some(Entry::Listed(outputs)) = head.map(|head| axes[head][0].clone()) else { return None };
    let text = file(generators, &shapes, &axes);
    let posterior = posterior(&shapes, rng);
    let actions: ActionsFile = text.parse().unwrap();
    let action = PosteriorAction::listed(&posterior, &actions).unwrap();
    let ends = images.iter().zip(&symmetries).zip(&outputs).map(|((map, symmetry), outputs)| {
        let pixels = symmetry.permutation(side);
        let pixels: Vec<usize> = pixels.images().iter().map(|&i| i as usize).collect();
        (map.product(&pixels).map(), outputs.map())
    });
    let ends = ends.collect();
    let network = PosteriorNetwork::of(&posterior, [image, side, side]).unwrap();
    Some(Instance { posterior, action, network, side, ends, text })
}

/// The file of actions.
fn file(
    generators: &[(&str, &str, u8, bool)],
    shapes: &[(String, Vec<usize>)],
    axes: &[Vec<Entry>],
) -> String {
    let names: Vec<String> = generators.iter().map(|(name, ..)| format!("{name:?}")).collect();
    let spatial: Vec<String> =
        generators.iter().map(|(name, what, ..)| format!("{name} = {what:?}")).collect();
    let mut text = format!(
        "[group]\ngenerators = [{}]\nspatial = {{ {} }}\n",
        names.join(", "),
        spatial.join(", ")
    );
    for ((name, _), entries) in shapes.iter().zip(axes) {
        let entry = |entry: &Entry| match entry {
            Entry::Spatial => "\"spatial\"".to_owned(),
            Entry::Listed(maps) => {
                let named = || generators.iter().zip(maps);
                let images: Vec<String> =
                    named().map(|((name, ..), map)| format!("{name} = {:?}", map.0)).collect();
                let signs = named().map(|((name, ..), map)| {
                    let signs = map.1.iter().map(|&negative| if negative { -1 } else { 1 });
                    format!("{name} = {:?}", signs.collect::<Vec<i32>>())
                });
                let signs: Vec<String> = signs.collect();
                format!("{{ {}, sign = {{ {} }} }}", images.join(", "), signs.join(", "))
            }
        };
        let entries: Vec<String> = entries.iter().map(entry).collect();
        write!(text, "[tensor.{name:?}]\naxes = [{}]\n", entries.join(", ")).unwrap();
    }
    text
}

fn posterior(shapes: &[(String, Vec<usize>)], rng: &mut ChaCha8Rng) -> Posterior {
    let pairs = shapes.iter().map(|(name, shape)| {
        let n: usize = shape.iter().product();
        let mean = (0..n).map(|_| rng.random_range(-1.0..1.0)).collect();
        let sigma = (0..n).map(|_| rng.random_range(0.1..0.5)).collect();
        TensorPair::new(name, shape.clone(), mean, sigma, Precision::F64).unwrap()
    });
    Posterior::new(Convention::AugmentBnns, pairs.collect()).unwrap()
}

impl Instance {
    /// `ρ_Θ(g)` on the network's parameters; a bias that the file does not have is zero, and stays.
    fn on_parameters(&self, g: &AnyElement) -> SignedPermutation {
        let net = self.network.net();
        let mut images: Vec<(usize, bool)> = (0..net.dim()).map(|i| (i, false)).collect();
        for tensor in net.tensors() {
            let own = self.action.tensors().iter().find(|own| own.name() == tensor.name);
            if let Some(own) = own {
                let (start, map) = (tensor.range.start, own.representation().index_map(g));
                for i in 0..map.dim() {
                    let (image, negative) = map.image(i);
                    images[start + i] = (start + image, negative);
                }
            }
        }
        SignedPermutation::from_fn(images.len(), |i| images[i])
    }

    /// Weights drawn from the posterior, or from a wide law, and an image, all with few digits.
    fn draw(&self, wide: bool, rng: &mut ChaCha8Rng) -> (Vec<f64>, Vec<f64>) {
        let short = |x: f64| (x * 256.0).round() / 256.0;
        let mut normal =
            || -> f64 { rand_distr::Distribution::sample(&rand_distr::StandardNormal, rng) };
        let parameters = self.network.mean().iter().zip(self.network.sigma());
        let theta = parameters.map(|(&m, &s)| match wide {
            // What the file does not have stays zero.
            true if s > 0.0 => short(normal()),
            _ => short(m + s * normal()),
        });
        let theta = theta.collect();
        let image = (0..Model::<f64>::inputs(self.network.net())).map(|_| short(normal()));
        (theta, image.collect())
    }

    /// `(Φ(ρ_Θ(g)θ, ρ_X(g)x), Φ(θ, x))`.
    fn both<T: Scalar>(&self, which: usize, theta: &[f64], x: &[f64]) -> (Vec<T>, Vec<T>) {
        let net: &ConvNet = self.network.net();
        let exact = |v: &[f64]| -> Vec<T> { v.iter().map(|&v| T::from_f64(v).unwrap()).collect() };
        let moved = |map: &SignedPermutation, v: &[T]| {
            let mut out = vec![T::zero(); v.len()];
            map.act(v, &mut out);
            out
        };
        let g = &self.action.generators()[which].1;
        let (theta, x) = (exact(theta), exact(x));
        let there =
            net.prediction(&moved(&self.on_parameters(g), &theta), &moved(&self.ends[which].0, &x));
        (there.as_slice().to_vec(), net.prediction(&theta, &x).as_slice().to_vec())
    }

    /// `|Φ(ρ_Θ(g)θ, ρ_X(g)x) − ρ_Y(g)Φ(θ, x)|` with the rounding of the two predictions: what is moved by index maps is moved
    /// without any.
    fn residual(&self, which: usize, theta: &[f64], x: &[f64]) -> Residual {
        let (there, here) = self.both::<f64>(which, theta, x);
        let net = self.network.net();
        let sizes = |v: &[f64]| v.iter().map(|v| v.abs()).collect::<Vec<f64>>();
        let error = prediction_error(net, (theta, x), (&sizes(theta), &sizes(x)));
        // At the moved point the same terms are added in another order, and each error is that of its image.
        let (mut expected, mut allowed) = (vec![0.0; here.len()], vec![0.0; here.len()]);
        self.ends[which].1.act(&here, &mut expected);
        self.ends[which].1.clone().unsigned().act(&error, &mut allowed);
        let worst = there
            .iter()
            .zip(&expected)
            .zip(&allowed)
            .map(|((a, b), allowed)| Residual::new((a - b).abs(), 2.0 * allowed));
        worst.fold(Residual::exact(true), Residual::worse)
    }

    /// How far the logarithms of the class probabilities are from those at `(θ, x)`, in any order of the classes.
    fn violation(&self, which: usize, theta: &[f64], x: &[f64]) -> f64 {
        let (there, here) = self.both::<f64>(which, theta, x);
        let sorted = |logits: &[f64]| {
            let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = logits.iter().map(|l| (l - largest).exp()).sum();
            let mut logs: Vec<f64> = logits.iter().map(|l| l - largest - sum.ln()).collect();
            logs.sort_by(f64::total_cmp);
            logs
        };
        // The best order is that of size.
        let pairs = sorted(&there).into_iter().zip(sorted(&here));
        pairs.map(|(p, q)| (p - q).abs()).fold(0.0, f64::max)
    }
}

const ALL: [Broken; 10] = [
    Broken::No,
    Broken::Channels,
    Broken::Kernels,
    Broken::OneSign,
    Broken::Signs,
    Broken::Features,
    Broken::Odd,
    Broken::Mixed,
    Broken::Still,
    Broken::Mixed,
];

/// What [`NotJoint`] it is, for the count of what came up.
fn kind(found: &Result<(), NotJoint>) -> &'static str {
    match found {
        Ok(()) => "joint",
        Err(NotJoint::OddPool { .. }) => "odd pool",
        Err(NotJoint::Signs { .. }) => "signs",
        Err(NotJoint::Inconsistent { .. }) => "inconsistent",
        Err(NotJoint::Spatial { .. }) => "spatial",
        Err(NotJoint::NoPixels) => "no pixels",
        Err(NotJoint::Mixed { .. }) => "mixed",
        Err(other) => panic!("{other}"),
    }
}

/// Far above what rounding does to logarithms of probabilities, some 1e-13 here.
const GROSS: f64 = 1e-6;

#[test]
fn what_is_decided_is_what_networks_do() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut seen = BTreeMap::<&str, usize>::new();
    for case in 0..400 {
        let Some(instance) = instance(ALL[case % ALL.len()], &mut rng) else { continue };
        let found = instance.action.joint_on(&instance.posterior, instance.side);
        *seen.entry(kind(&found)).or_default() += 1;
        let generators = instance.ends.len();
        match &found {
            Ok(()) => {
                for which in 0..generators {
                    let (theta, x) = instance.draw(false, &mut rng);
                    let residual = instance.residual(which, &theta, &x);
                    assert!(residual.holds(), "{residual} {}", instance.text);
                    // Without any rounding, where numbers are fractions.
                    let (there, here) = instance.both::<Rational>(which, &theta, &x);
                    let mut expected = here.clone();
                    instance.ends[which].1.act(&here, &mut expected);
                    assert_eq!(there, expected, "{}", instance.text);
                }
            }
            // Of mixed axes nothing is said, but all that come up here are no equivariant networks either.
            Err(reason) if reason.is_decided() || matches!(reason, NotJoint::Mixed { .. }) => {
                let mut worst = 0.0_f64;
                for draw in 0..48 {
                    // Where nearly all of the posterior is of networks that are constant, others are equivariant no more.
                    let (theta, x) = instance.draw(draw >= 8, &mut rng);
                    for which in 0..generators {
                        worst = worst.max(instance.violation(which, &theta, &x));
                    }
                }
                assert!(
                    worst > GROSS,
                    "{reason}: {worst:e}, side {}, {}",
                    instance.side,
                    instance.text
                );
            }
            Err(_) => {}
        }
    }
    for kind in ["joint", "odd pool", "signs", "inconsistent", "spatial", "no pixels", "mixed"] {
        assert!(seen.get(kind).is_some_and(|&count| count >= 5), "{kind}: {seen:?}");
    }
}

/// The one refusal that a softmax takes back: two classes that both change their signs are exchanged.
#[test]
fn two_negated_classes_are_exchanged() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let shapes = [
        ("conv_layers.0.weight".to_owned(), vec![2, 1, 1, 1]),
        ("fc.weight".to_owned(), vec![2, 2 * 9]),
    ];
    let text = r#"
        [group]
        generators = ["n"]
        spatial = { n = "identity" }
        [tensor."conv_layers.0.weight"]
        axes = "trivial"
        [tensor."fc.weight"]
        axes = [{ n = [0, 1], sign = [-1, -1] }, "trivial"]
    "#;
    let posterior = posterior(&shapes, &mut rng);
    let actions: ActionsFile = text.parse().unwrap();
    let action = PosteriorAction::listed(&posterior, &actions).unwrap();
    let network = PosteriorNetwork::of(&posterior, [1, 4, 4]).unwrap();
    let still = || Images::still(16).map();
    let ends = vec![(still(), Images(vec![0, 1], vec![true; 2]).map())];
    let found = action.joint(&posterior);
    let instance = Instance { posterior, action, network, side: 4, ends, text: text.into() };
    assert!(found.is_err_and(|reason| reason.is_decided()));
    let (theta, x) = instance.draw(false, &mut rng);
    // Rounding is odd and sums commute: not even the last bit differs.
    assert_eq!(instance.violation(0, &theta, &x), 0.0);
    // The logits themselves change their signs.
    assert!(instance.residual(0, &theta, &x).holds());
}
