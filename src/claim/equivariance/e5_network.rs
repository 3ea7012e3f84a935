//! E5 on networks: training that starts invariant stays invariant, with an objective that is estimated from draws.

use super::e5_run::{MARGIN, by_margin};
use super::regression::{Checked, measured, settled};
use super::trained_network::{NETWORKS, Net, batch, net, numbers, scenes, small_conv_net};
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{Optimiser, Rates, Sgd};
use crate::inference::{
    Augmentation, Augmenter, CoordinateSymmetry, GaussianPrior, Noise, SquaredError,
};
use crate::model::{Differentiable, Pointwise};
use crate::representation::Representation;
use crate::scalar::Scalar;
use num_traits::One;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let theorem = About {
        id: "E5.network",
        title: "training of a network stays invariant",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "after 200 steps from an invariant start w = Pw, for a mean field on a tanh network and on a convolutional one, orbits of data and of noise, \
                    gradient descent and heavy-ball",
        hypotheses: &[
            "signed permutations",
            "invariant prior and start",
            "full augmentation",
            "orbit-closed noise",
            "draws without kinks: no equal maxima above 0 in a window of a pool",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: NETWORKS,
        cost: 16,
    };
    let control = |id, title, hypotheses, check: fn(&Scene) -> Outcome| -> Box<dyn Claim> {
        let covers = &[Feature::NonAbelian, Feature::FreeOrbit];
        let about = About { tolerance: MARGIN, ..theorem.control(id, title, hypotheses, covers) };
        let about = about.saying("after 20 steps from an invariant start w = Pw");
        Box::new(Entry { about, instances: scenes, check, exact: None })
    };
    vec![
        Box::new(Entry {
            about: theorem,
            instances: scenes,
            check: |scene| settled(check(scene, Drops::Nothing)),
            exact: None,
        }),
        control(
            "E5.network-fresh-noise",
            "training of a network with independent noise",
            &["the noise is not closed under the group"],
            |scene| measured(check(scene, Drops::OrbitsOfNoise)),
        ),
        control(
            "E5.network-moving-prior",
            "training of a network with a prior that is not invariant",
            &["the prior is not invariant"],
            |scene| measured(check(scene, Drops::Prior)),
        ),
        control(
            "E5.network-subset",
            "training of a network with augmentation by a subset",
            &["the augmentation is by two elements"],
            |scene| measured(check(scene, Drops::Group)),
        ),
    ]
}

/// What a control does without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drops {
    Nothing,
    OrbitsOfNoise,
    Prior,
    Group,
}

/// Two optimisers on each of two networks.
const KINDS: [&str; 4] = [
    "perceptron, gradient descent",
    "perceptron, heavy-ball",
    "convolutional network, gradient descent",
    "convolutional network, heavy-ball",
];

fn check(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let perceptron = trained(&net(scene, Pointwise::Tanh)?, scene, drops)?;
    let convolutional = trained(&small_conv_net(scene)?, scene, drops)?;
    let found = perceptron.into_iter().chain(convolutional).enumerate();
    Ok(found.fold(Outcome::vacuous(), |outcome, (kind, found)| {
        outcome.and_kind(|kind| KINDS[kind], kind, Some(found))
    }))
}

fn trained<M>(net: &Net<M>, scene: &Scene, drops: Drops) -> Checked<[Outcome; 2]>
where
    M: Differentiable<Tracked> + Clone,
{
    let (rho, dim) = (net.joint.parameters(), net.dim());
    let policy = match drops {
        Drops::Group => Augmentation::Subset(vec![net.element(scene, 0), net.element(scene, 1)]),
        _ => Augmentation::Full,
    };
    let data = Augmenter::new(&net.joint, policy)?.expand(&net.data::<Tracked>(scene)?)?;
    let mut elbo = net.elbo(SquaredError, net.mean_field())?;
    if drops == Drops::Prior {
        let means: Vec<Tracked> = numbers(scene, rho.dim(), 733);
        elbo.prior = GaussianPrior::diagonal(&means, &vec![Tracked::one(); dim])?;
    }
    let symmetry = CoordinateSymmetry::of_mean_field(&elbo.posterior, rho);
    let closed = drops != Drops::OrbitsOfNoise;
    let orbits = if closed { Noise::orbit_closed(rho)? } else { Noise::fresh() };
    let mut memory = elbo.memory(data.len());
    let mut start: Vec<Tracked> = net.coordinates(scene);
    symmetry.project(&mut start);
    // In 200 steps small enough that a bound on rounding, which adds where errors cancel, stays far below what the
    // steps do.
    let steps = if drops == Drops::Nothing { 200 } else { 20 };
    let rate = Tracked::one() / Tracked::count(1 << 11);
    let optimisers =
        [(Sgd::new(), rate), (Sgd::new().momentum(Tracked::ratio(1, 2)), rate / Tracked::count(2))];
    let (mut gradient, mut noise) = (start.clone(), Vec::new());
    Ok(optimisers.map(|(mut optimiser, rate)| {
        let mut w = start.clone();
        for step in 0..steps {
            let base: Vec<Tracked> = numbers(scene, dim, 257 + dim * step);
            orbits.expand(&base, dim, &mut noise);
            elbo.gradient(&w, batch(&data), &noise, &mut gradient, &mut memory);
            optimiser.step(Rates::uniform(rate), &mut w, &gradient);
        }
        let mut projected = w.clone();
        symmetry.project(&mut projected);
        let residual = all_close(&w, &projected);
        let control = drops != Drops::Nothing;
        Outcome::new("w = Pw", if control { by_margin(residual) } else { residual })
    }))
}
