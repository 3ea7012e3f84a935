//! E5 on networks: training that starts invariant stays invariant, with an objective that is estimated from draws.

use super::e5_linear::linear;
use super::e5_network_run::{NetworkRun, on_both_networks};
use super::e5_run::{STEPS, training};
use super::regression::{Checked, Drops, measured, settled};
use super::trained_network::{NETWORKS, Net, few_elements, net, small_conv_net};
use crate::claim::rounding::Tracked;
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::model::{Differentiable, Pointwise};
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
                    by gradient descent, weight decay, heavy-ball, Nesterov, heavy-ball with decoupled weight decay, and natural gradient",
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
    let control = |id, title, dropped| {
        let about = theorem.control(id, title, dropped, &[Feature::NonAbelian, Feature::FreeOrbit]);
        about.saying(
            "after 5 steps from an invariant start w = Pw, for one of the optimisers and networks",
        )
    };
    let fresh_noise = control(
        "E5.network-fresh-noise",
        "training of a network with independent noise",
        &["the noise is not closed under the group"],
    );
    let moving_prior = control(
        "E5.network-moving-prior",
        "training of a network with a prior that is not invariant",
        &["the prior is not invariant"],
    );
    let subset = control(
        "E5.network-subset",
        "training of a network with augmentation by a subset",
        &["the augmentation is by two elements"],
    );
    let entry = |about: About, check| training(about, few_elements, check);
    vec![
        entry(theorem, |scene| settled(check(scene, Drops::Nothing))),
        entry(fresh_noise, |scene| measured(check(scene, Drops::OrbitsOfNoise))),
        entry(moving_prior, |scene| measured(check(scene, Drops::Prior))),
        entry(subset, |scene| measured(check(scene, Drops::Group))),
    ]
}

/// Six optimisers on each of two networks.
const KINDS: [&str; 12] = [
    "perceptron, gradient descent",
    "perceptron, weight decay",
    "perceptron, heavy-ball",
    "perceptron, Nesterov",
    "perceptron, decoupled weight decay",
    "perceptron, natural gradient",
    "convolutional network, gradient descent",
    "convolutional network, weight decay",
    "convolutional network, heavy-ball",
    "convolutional network, Nesterov",
    "convolutional network, decoupled weight decay",
    "convolutional network, natural gradient",
];

fn check(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let perceptron = trained(&net(scene, Pointwise::Tanh)?, scene, drops)?;
    let convolutional = trained(&small_conv_net(scene)?, scene, drops)?;
    Ok(on_both_networks(|kind| KINDS[kind], perceptron, convolutional))
}

fn trained<M>(net: &Net<M>, scene: &Scene, drops: Drops) -> Checked<[Option<Outcome>; 6]>
where
    M: Differentiable<Tracked> + Clone,
{
    let mut run = NetworkRun::new(net, scene, drops)?;
    let start = run.start();
    let steps = if drops == Drops::Nothing { STEPS } else { 5 };
    // In 200 steps small enough that a bound on rounding, which adds where errors cancel, stays far below what the
    // steps do.
    let rate = Tracked::one() / Tracked::count(1 << 11);
    let mut found = [None; 6];
    for (found, (mut optimiser, rate)) in found.iter_mut().zip(linear(net.mean_field(), rate, 2)) {
        let mut w = start.clone();
        let taken = run.train(&mut w, &mut *optimiser, rate, steps, 0.0)?;
        if taken != steps {
            return Err(format!("{taken} of {steps} steps").into());
        }
        *found = Some(run.invariant(&w));
    }
    Ok(found)
}
