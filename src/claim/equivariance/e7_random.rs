//! E7: random augmentation keeps the law of the iterates invariant, and its mean; by enumeration of all sequences.

use super::regression::{Checked, measured, settled};
use super::trained_network::{NETWORKS, net, scenes, small_conv_net};
use super::walk::{State, Walk, mean};
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::model::Pointwise;
use crate::scalar::Rational;

/// The claim, the one on affine updates, and their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let random = About {
        id: "E7.random",
        title: "random augmentation",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "ρ(h)η_t(g_1, …, g_t) = η_t(hg_1, …, hg_t), so for uniform g_i the law of η_t is invariant, and so is E η_t; for linear models and networks, up to four steps",
        hypotheses: &[
            "invariant start and prior",
            "equivariant update",
            "uniform g, independent of the state",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: NETWORKS,
        cost: 4,
    };
    let affine = About {
        id: "E7.affine",
        title: "the mean path of random augmentation is that of full augmentation",
        statement: "E η_t = the iterate of full augmentation: for t = 1 whatever the update, for every t if it is affine in the state",
        hypotheses: &[
            "uniform g, independent of the state",
            "the full update is the mean of those for one g",
            "from the second step on: an update that is affine in the state",
        ],
        ..random
    };
    let entry = |about, check, exact| -> Box<dyn Claim> {
        Box::new(Entry { about, instances: scenes, check, exact: Some(exact) })
    };
    vec![
        entry(random, |scene| settled(on_each(scene, law)), |scene| settled(twin(scene, law))),
        entry(
            random
                .control(
                    "E7.random-path",
                    "a single path",
                    &["one sequence of group elements"],
                    &[Feature::NonFreeOrbit],
                )
                .saying("ρ(h)η_t(g_1, …, g_t) = η_t(g_1, …, g_t)"),
            |scene| measured(on_each(scene, path)),
            |scene| measured(twin(scene, path)),
        ),
        entry(
            random
                .control(
                    "E7.random-subset",
                    "elements from a subset",
                    &["g is not uniform on the group"],
                    &[Feature::NonFreeOrbit],
                )
                .saying("ρ(h) E η_t = E η_t for uniform elements of a subset"),
            |scene| measured(on_each(scene, subset)),
            |scene| measured(twin(scene, subset)),
        ),
        entry(
            affine,
            |scene| settled(mean_paths::<Tracked>(scene, on_each(scene, first_step))),
            |scene| settled(mean_paths::<Rational>(scene, twin(scene, first_step))),
        ),
        entry(
            affine
                .control(
                    "E7.random-mean-path",
                    "the mean is not the path of full augmentation",
                    &["the update is not affine in the state"],
                    &[Feature::FreeOrbit],
                )
                .saying(
                    "E η_2 = the second iterate of full augmentation, for means and scales or for a network",
                ),
            |scene| measured(on_each(scene, second_step)),
            |scene| measured(twin(scene, second_step)),
        ),
    ]
}

const KINDS: [&str; 3] = ["linear model", "perceptron", "convolutional network"];

/// A check on means and scales of a linear model.
fn on_linear<T: Judge>(
    scene: &Scene,
    check: fn(&Walk<'_, T>, &Scene) -> Checked<Outcome>,
) -> Checked<Outcome> {
    let found = check(&Walk::on_linear_model(scene, State::MeansAndScales)?, scene)?;
    Ok(Outcome::vacuous().and_kind(|kind| KINDS[kind], 0, Some(found)))
}

/// In rationals, which do not follow a network.
fn twin(
    scene: &Scene,
    check: fn(&Walk<'_, Rational>, &Scene) -> Checked<Outcome>,
) -> Checked<Outcome> {
    Ok(on_linear(scene, check)?.partial())
}

/// A check on a linear model and on two networks.
fn on_each(
    scene: &Scene,
    check: fn(&Walk<'_, Tracked>, &Scene) -> Checked<Outcome>,
) -> Checked<Outcome> {
    let perceptron = net(scene, Pointwise::Tanh)?;
    let convolutional = small_conv_net(scene)?;
    let linear = on_linear(scene, check)?;
    let found = [
        check(&Walk::on_network(&perceptron, scene)?, scene)?,
        check(&Walk::on_network(&convolutional, scene)?, scene)?,
    ];
    Ok(found
        .into_iter()
        .zip(1..)
        .fold(linear, |all, (found, kind)| all.and_kind(|kind| KINDS[kind], kind, Some(found))))
}

fn law<T: Judge>(walk: &Walk<'_, T>, scene: &Scene) -> Checked<Outcome> {
    let (h, steps) = (walk.pick(scene, 0), walk.steps());
    let ends = walk.ends(&walk.all(), steps);
    let mut outcome = Outcome::vacuous();
    for (end, place) in ends.iter().zip(walk.coupled(h, steps)) {
        let residual = all_close(&walk.moved(h, end), &ends[place]);
        outcome = outcome.and("ρ(h)η_t(g…) = η_t(hg…)", residual);
    }
    let mean = mean(&ends);
    Ok(outcome.and("ρ(h) E η_t = E η_t", all_close(&walk.moved(h, &mean), &mean)))
}

fn path<T: Judge>(walk: &Walk<'_, T>, scene: &Scene) -> Checked<Outcome> {
    let end = walk.end(&[0, 0]);
    let residual = all_close(&walk.moved(walk.pick(scene, 0), &end), &end);
    Ok(Outcome::new("a path is invariant", residual))
}

fn subset<T: Judge>(walk: &Walk<'_, T>, scene: &Scene) -> Checked<Outcome> {
    let numbers = [0, 1].map(|k| walk.pick(scene, k));
    let mean = mean(&walk.ends(&numbers, 2));
    let residual = all_close(&walk.moved(walk.pick(scene, 2), &mean), &mean);
    Ok(Outcome::new("ρ(h) E η_t = E η_t", residual))
}

/// `E η_t` against full augmentation.
fn mean_path<T: Judge>(walk: &Walk<'_, T>, steps: usize) -> Outcome {
    let mean = mean(&walk.ends(&walk.all(), steps));
    Outcome::new("E η_t = the full path", all_close(&mean, &walk.full(steps)))
}

fn first_step<T: Judge>(walk: &Walk<'_, T>, _: &Scene) -> Checked<Outcome> {
    Ok(mean_path(walk, 1))
}

fn second_step<T: Judge>(walk: &Walk<'_, T>, _: &Scene) -> Checked<Outcome> {
    Ok(mean_path(walk, 2))
}

/// The first step of every update, and all steps of the affine one.
fn mean_paths<T: Judge>(scene: &Scene, first: Checked<Outcome>) -> Checked<Outcome> {
    let walk = Walk::<T>::on_linear_model(scene, State::Means)?;
    (1..=walk.steps())
        .try_fold(first?, |outcome, t| Ok(outcome.and_of("affine", mean_path(&walk, t))))
}
