//! E5 on networks for Adam, AdamW and RMSprop, with an objective that is estimated from draws.

use super::e5_adaptive::adaptive;
use super::e5_network_run::{NetworkRun, on_both_networks};
use super::e5_run::{FEWEST, LEAST_SLOPE, STEPS, adaptive_rate, far_means, training};
use super::regression::{Checked, Drops, measured, settled};
use super::trained_network::{Net, few_elements, net, small_conv_net};
use crate::claim::rounding::Tracked;
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::inference::{ScaleLink, Weights};
use crate::model::{Differentiable, Pointwise};
use crate::representation::SignedOrbits;
use crate::scalar::Scalar;
use num_traits::One;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let theorem = About {
        id: "E5.network-adaptive",
        title: "training of a network stays invariant: Adam, AdamW, RMSprop",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "from an invariant start w = Pw after 200 steps with the usual ε = 10⁻⁸, or as many as keep every partial derivative above 1/64, for a mean field on a tanh network and on a convolutional one, orbits of data and of noise",
        hypotheses: &[
            "signed permutations",
            "invariant prior, start and state",
            "full augmentation",
            "orbit-closed noise",
            "draws without kinks: no equal maxima above 0 in a window of a pool",
            "to rounding: no coordinate that the group kills, no derivative near 0",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
        ],
        cost: 16,
    };
    let control = |id, title, dropped| {
        theorem.control(id, title, dropped, &[Feature::NonAbelian, Feature::FreeOrbit]).saying(
            "from an invariant start w = Pw after 8 steps, for one of the optimisers and networks",
        )
    };
    let fresh_noise = control(
        "E5.network-adaptive-fresh-noise",
        "adaptive training of a network with independent noise",
        &["the noise is not closed under the group"],
    );
    let subset = control(
        "E5.network-adaptive-subset",
        "adaptive training of a network with augmentation by a subset",
        &["the augmentation is by two elements"],
    );
    let entry = |about: About, check| training(about, few_elements, check);
    vec![
        entry(theorem, |scene| settled(check(scene, Drops::Nothing))),
        entry(fresh_noise, |scene| measured(check(scene, Drops::OrbitsOfNoise))),
        entry(subset, |scene| measured(check(scene, Drops::Group))),
    ]
}

/// Three optimisers on each of two networks.
const KINDS: [&str; 6] = [
    "perceptron, Adam",
    "perceptron, AdamW",
    "perceptron, RMSprop",
    "convolutional network, Adam",
    "convolutional network, AdamW",
    "convolutional network, RMSprop",
];

fn check(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let perceptron = trained(&net(scene, Pointwise::Tanh)?, scene, drops)?;
    let convolutional = trained(&small_conv_net(scene)?, scene, drops)?;
    Ok(on_both_networks(|kind| KINDS[kind], perceptron, convolutional))
}

fn trained<M>(net: &Net<M>, scene: &Scene, drops: Drops) -> Checked<[Option<Outcome>; 3]>
where
    M: Differentiable<Tracked> + Clone,
{
    let Some(mut start) = far_means::<Tracked>(&SignedOrbits::of(net.joint.parameters())) else {
        return Ok([None; 3]);
    };
    // Scales so small that noise turns no derivative round.
    start.resize(2 * net.dim(), ScaleLink::Softplus.coordinate(Tracked::ratio(1, 32)));
    let mut run = NetworkRun::new(net, scene, drops)?;
    // A control is shown in few steps, by a likelihood that weighs more, whatever derivatives there are.
    let (steps, fewest, least, likelihood) = match drops {
        Drops::Nothing => (STEPS, FEWEST, LEAST_SLOPE, Tracked::ratio(1, 16)),
        _ => (8, 8, 0.0, Tracked::one()),
    };
    run.elbo.weights = Weights { likelihood, divergence: Tracked::one() };
    let mut found = [None; 3];
    for (found, mut optimiser) in found.iter_mut().zip(adaptive::<Tracked>()) {
        let mut w = start.clone();
        let taken = run.train(&mut w, &mut *optimiser, adaptive_rate(), steps, least)?;
        // A start that has not moved shows nothing.
        *found = (taken >= fewest).then(|| run.invariant(&w));
    }
    Ok(found)
}
