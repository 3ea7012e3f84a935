//! E5 on networks: training that starts invariant stays invariant, with an objective that is estimated from draws.

use super::regression::{Checked, measured, settled};
use super::trained_network::{NETWORKS, batch, net, numbers, scenes};
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{Optimiser, Rates, Sgd};
use crate::inference::{CoordinateSymmetry, Noise, SquaredError};
use crate::model::Pointwise;
use crate::scalar::Scalar;
use num_traits::One;

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let theorem = About {
        id: "E5.network",
        title: "training of a network stays invariant",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "after 200 steps from an invariant start w = Pw, for a mean field on a tanh network, orbits of data and of noise, \
                    gradient descent and heavy-ball",
        hypotheses: &[
            "signed permutations",
            "invariant prior and start",
            "full augmentation",
            "orbit-closed noise",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: NETWORKS,
        cost: 16,
    };
    let control = About {
        id: "E5.network-fresh-noise",
        title: "training of a network with independent noise",
        role: Role::Control,
        of: Some(theorem.id),
        hypotheses: &["the noise is not closed under the group"],
        covers: &[Feature::NonAbelian, Feature::FreeOrbit],
        ..theorem
    };
    vec![
        Box::new(Entry {
            about: theorem,
            instances: scenes,
            check: |scene| settled(check(scene, true)),
            exact: None,
        }),
        Box::new(Entry {
            about: control,
            instances: scenes,
            check: |scene| measured(check(scene, false)),
            exact: None,
        }),
    ]
}

const STEPS: usize = 200;

fn check(scene: &Scene, closed: bool) -> Checked<Outcome> {
    let net = net(scene, Pointwise::Tanh)?;
    let (rho, dim) = (net.joint.parameters(), net.dim());
    let data = net.orbits::<Tracked>(&net.data(scene)?)?;
    let elbo = net.elbo(SquaredError, net.mean_field())?;
    let symmetry = CoordinateSymmetry::of_mean_field(&elbo.posterior, rho);
    let orbits = if closed { Noise::orbit_closed(rho)? } else { Noise::fresh() };
    let mut memory = elbo.memory(data.len());
    let mut start: Vec<Tracked> = net.coordinates(scene);
    symmetry.project(&mut start);
    // In 200 steps small enough that a bound on rounding, which adds where errors cancel, stays far below what the
    // steps do.
    let rate = Tracked::one() / Tracked::count(1 << 11);
    let optimisers = [
        ("gradient descent", Sgd::new(), rate),
        ("heavy-ball", Sgd::new().momentum(Tracked::ratio(1, 2)), rate / Tracked::count(2)),
    ];
    let mut outcome = Outcome::vacuous();
    let (mut gradient, mut noise) = (start.clone(), Vec::new());
    for (name, mut optimiser, rate) in optimisers {
        let mut w = start.clone();
        for step in 0..STEPS {
            let base: Vec<Tracked> = numbers(scene, dim, 257 + dim * step);
            orbits.expand(&base, dim, &mut noise);
            elbo.gradient(&w, batch(&data), &noise, &mut gradient, &mut memory);
            optimiser.step(Rates::uniform(rate), &mut w, &gradient);
        }
        let mut projected = w.clone();
        symmetry.project(&mut projected);
        outcome = outcome.and(name, all_close(&w, &projected));
    }
    Ok(outcome)
}
