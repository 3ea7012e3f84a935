//! E5 for Adam, AdamW and RMSprop: training that starts invariant stays invariant under signed permutations; and what
//! rounding does to it.

use super::e5_linear::turned;
use super::e5_run::{
    FEWEST, LEAST_SLOPE, Run, STEPS, adaptive_rate, by_margin, far_means, training,
};
use super::regression::{Checked, DIAGONAL, Drops, data, diagonal_scenes, measured, settled};
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::inference::Dataset;
use crate::inference::optimiser::{Adam, Optimiser, RmsProp, Sgd};
use crate::law::Residual;
use crate::representation::{Representation, SignedOrbits};
use crate::scalar::{Real, Scalar};

/// The claim, the one on projected gradients, and their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let adaptive = About {
        id: "E5.adaptive",
        title: "training stays invariant: Adam, AdamW, RMSprop",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "from an invariant start w = Pw after 200 steps with the usual ε = 10⁻⁸, or as many as keep every partial derivative above 1/64",
        hypotheses: &[
            "J^G invariant (E3)",
            "signed permutations",
            "invariant start and state",
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
        cost: 4,
    };
    let projected = About {
        id: "E5.projected",
        title: "projected gradients: invariant bit for bit",
        statement: "after 200 steps along P∇J from an invariant start w = Pw bit for bit, whatever J is, for every coordinatewise optimiser",
        hypotheses: &[
            "signed permutations",
            "invariant start and state",
            "the gradient is projected before each step",
        ],
        tolerance: "none: the bits are compared",
        covers: DIAGONAL,
        ..adaptive
    };
    let shown = &[Feature::NonAbelian, Feature::FreeOrbit];
    let moving_prior = adaptive.control(
        "E5.adaptive-moving-prior",
        "a prior that is not invariant",
        &["the prior is not invariant"],
        shown,
    );
    let subset = adaptive.control(
        "E5.adaptive-subset",
        "augmentation by a subset",
        &["the augmentation is by two elements"],
        shown,
    );
    let turn = adaptive.control(
        "E5.adaptive-turn",
        "an orthogonal action that is no signed permutation",
        &["the action mixes coordinates"],
        &[Feature::FreeOrbit],
    );
    let unprojected = projected.control(
        "E5.killed-coordinates",
        "Adam on coordinates that the group kills",
        &["the gradient is not projected"],
        &[Feature::KilledOrbit],
    );
    let entry = |about: About, check| training(about, diagonal_scenes, check);
    const FOR_ONE: &str = "w = Pw after 200 steps, for one of the optimisers";
    vec![
        entry(adaptive, |scene| settled(optimisers(scene, Drops::Nothing))),
        entry(moving_prior.saying(FOR_ONE), |scene| measured(optimisers(scene, Drops::Prior))),
        entry(subset.saying(FOR_ONE), |scene| measured(optimisers(scene, Drops::Group))),
        entry(
            turn.saying("w = Pw after 10 steps, under the half turn about (1, 2, 2)/3, for one of the optimisers"),
            |scene| measured(mixed(scene)),
        ),
        entry(projected, |scene| settled(bit_for_bit(scene))),
        entry(
            unprojected.saying("they are 0 after three steps of Adam in floating point, to the rounding of gradient descent: for ε = 10⁻⁸ or 10⁻³⁰ in double precision, or in single"),
            |scene| measured(killed(scene)),
        ),
    ]
}

const ADAPTIVE: [&str; 3] = ["Adam", "AdamW", "RMSprop"];

pub(super) fn adaptive<T: Real>() -> [Box<dyn Optimiser<T>>; 3] {
    [
        Box::new(Adam::new()),
        Box::new(Adam::new().decoupled(T::ratio(1, 10))),
        Box::new(RmsProp::new().momentum(T::ratio(1, 2))),
    ]
}

fn optimisers(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let orbits = SignedOrbits::of(&scene.signed());
    let Some(mut start) = far_means::<Tracked>(&orbits) else { return Ok(Outcome::vacuous()) };
    start.resize(2 * orbits.dim(), Tracked::count(2));
    let run = Run::<Tracked>::new(scene, drops)?;
    let mut outcome = Outcome::vacuous();
    for (kind, mut optimiser) in adaptive::<Tracked>().into_iter().enumerate() {
        let mut w = start.clone();
        let steps =
            run.train_above(&mut w, &mut *optimiser, adaptive_rate(), STEPS, LEAST_SLOPE)?;
        // A start that has not moved shows nothing.
        let found = (steps >= FEWEST).then(|| run.invariant(&w, drops != Drops::Nothing));
        outcome = outcome.and_kind(|kind| ADAPTIVE[kind], kind, found);
    }
    Ok(outcome)
}

fn mixed(scene: &Scene) -> Checked<Outcome> {
    let mut outcome = Outcome::vacuous();
    for (kind, mut optimiser) in adaptive().into_iter().enumerate() {
        let residual = by_margin(turned(scene, &mut *optimiser)?);
        let found = Outcome::new("w = Pw under a half turn", residual);
        outcome = outcome.and_kind(|kind| ADAPTIVE[kind], kind, Some(found));
    }
    Ok(outcome)
}

/// Even with a prior that moves: nothing is assumed of the objective.
fn bit_for_bit(scene: &Scene) -> Checked<Outcome> {
    const NAMES: [&str; 5] = ["Adam", "AdamW", "RMSprop", "heavy-ball", "Nesterov"];
    let run = Run::<f64>::new(scene, Drops::Prior)?;
    let heavy_ball = || Sgd::new().momentum(0.9);
    let linear: [Box<dyn Optimiser<f64>>; 2] =
        [Box::new(heavy_ball()), Box::new(heavy_ball().nesterov())];
    let all = adaptive::<f64>().into_iter().zip([0.01; 3]);
    let all = all.chain(linear.into_iter().zip([1.0 / (160.0 * run.curvature); 2]));
    let mut outcome = Outcome::vacuous();
    for (kind, (mut optimiser, rate)) in all.enumerate() {
        let mut w = run.start.clone();
        run.train(&mut w, &mut *optimiser, rate, STEPS, true)?;
        let found = Outcome::new("w = Pw, bit for bit", Residual::exact(run.projected(&w) == w));
        outcome = outcome.and_kind(|kind| NAMES[kind], kind, Some(found));
    }
    Ok(outcome)
}

/// The means of killed orbits, which are 0 in exact arithmetic. The data are no dyadic fractions, so that sums over the
/// group round.
fn killed(scene: &Scene) -> Checked<Outcome> {
    const NAMES: [&str; 3] = ["f64, ε = 10⁻⁸", "f64, ε = 10⁻³⁰", "f32, ε = 10⁻⁸"];
    fn uneven<T: Real>(scene: &Scene) -> Checked<Dataset<T>> {
        let data = data::<f64>(scene, scene.signed().dim())?;
        let scaled = |list: &[f64], factor: f64| -> Vec<T> {
            list.iter()
                .map(|x| <T as Scalar>::from_f64(factor * x).unwrap_or_else(T::zero))
                .collect()
        };
        let (x, y) = (scaled(data.inputs(), 0.3), scaled(data.targets(), 0.7));
        Ok(Dataset::new(data.input_size(), x, 1, y)?)
    }
    fn trained<T: Real>(scene: &Scene, optimiser: &mut dyn Optimiser<T>) -> Checked<Vec<T>> {
        let run = Run::<T>::on(scene, &uneven(scene)?, Drops::Nothing)?;
        let mut w = run.start.clone();
        run.train(&mut w, optimiser, T::ratio(1, 1000), 3, false)?;
        Ok(w)
    }
    let descent = trained::<Tracked>(scene, &mut Sgd::new())?;
    let usual = trained::<f64>(scene, &mut Adam::new())?;
    let small = trained::<f64>(scene, &mut Adam::new().epsilon(1e-30))?;
    let single = trained::<f32>(scene, &mut Adam::new())?;
    let coarser = <f32 as Scalar>::UNIT_ROUNDOFF / f64::UNIT_ROUNDOFF;
    let mut outcome = Outcome::vacuous();
    for orbit in SignedOrbits::of(&scene.signed()).iter().filter(|orbit| orbit.is_killed()) {
        for (i, _) in orbit.members() {
            let bound = Judge::error_bound(&descent[i]);
            let drifts = [
                (usual[i].abs(), bound),
                (small[i].abs(), bound),
                (single[i].abs().into(), coarser * bound),
            ];
            for (kind, (drift, bound)) in drifts.into_iter().enumerate() {
                let found = Outcome::new("a killed mean", by_margin(Residual::new(drift, bound)));
                outcome = outcome.and_kind(|kind| NAMES[kind], kind, Some(found));
            }
        }
    }
    Ok(outcome)
}
