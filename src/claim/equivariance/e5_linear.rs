//! E5: training by linear optimisers that starts invariant stays invariant, for hundreds of steps.

use super::e5_run::{MARGIN, Run, STEPS};
use super::regression::{
    Checked, DIAGONAL, Drops, data, diagonal_scenes, measured, risk, settled, weight,
};
use crate::claim::compare::row_sum_norm;
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::inference::Augmentation;
use crate::inference::optimiser::{NaturalGradient, Optimiser, Rates, Sgd};
use crate::law::Residual;
use crate::representation::{Dense, Reynolds};
use crate::scalar::Scalar;
use nalgebra::DMatrix;
use num_traits::One;

/// The claim, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let linear = About {
        id: "E5.linear-optimisers",
        title: "training stays invariant: linear optimisers",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "after 200 steps from an invariant start w = Pw, for gradient descent, weight decay, heavy-ball, Nesterov and natural gradient; after symmetrising coordinates and momentum too",
        hypotheses: &[
            "J^G invariant (E3)",
            "action linear and orthogonal on w",
            "invariant start and state",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let control = |id, title, statement, hypotheses, feature, check| -> Box<dyn Claim> {
        let about = About { tolerance: MARGIN, ..linear.control(id, title, hypotheses, feature) };
        let about = about.saying(statement);
        Box::new(Entry { about, instances: diagonal_scenes, check, exact: None })
    };
    let check: fn(&Scene) -> Outcome = |scene| settled(optimisers(scene, Drops::Nothing));
    vec![
        Box::new(Entry { about: linear, instances: diagonal_scenes, check, exact: None }),
        control(
            "E5.linear-moving-prior",
            "a prior that is not invariant",
            "w = Pw after 200 steps, for one of the optimisers",
            &["the prior is not invariant"],
            &[Feature::NonAbelian],
            |scene| measured(optimisers(scene, Drops::Prior)),
        ),
        control(
            "E5.linear-subset",
            "augmentation by a subset",
            "w = Pw after 200 steps, for one of the optimisers",
            &["the augmentation is by two elements"],
            &[Feature::NonAbelian],
            |scene| measured(optimisers(scene, Drops::Group)),
        ),
        control(
            "E5.stale-momentum",
            "stale momentum after symmetrising",
            "w = Pw one step after the coordinates were symmetrised and the momentum was not, for heavy-ball or Nesterov",
            &["the state is not invariant"],
            &[Feature::FreeOrbit],
            |scene| measured(symmetrised(scene, false)),
        ),
    ]
}

const OPTIMISERS: [&str; 5] =
    ["gradient descent", "weight decay", "heavy-ball", "Nesterov", "natural gradient"];

fn optimisers(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let run = Run::<Tracked>::new(scene, drops)?;
    let (tenth, momentum) = (Tracked::ratio(1, 10), Tracked::ratio(9, 10));
    // Rates at which a bound on rounding, which adds where errors cancel, grows by no more than e^12 or so.
    let rate = Tracked::one() / (Tracked::count(16) * run.curvature);
    let optimisers: [(Box<dyn Optimiser<Tracked>>, Tracked); 5] = [
        (Box::new(Sgd::new()), rate),
        (Box::new(Sgd::new().decay(tenth)), rate),
        (Box::new(Sgd::new().momentum(momentum)), rate * tenth),
        (Box::new(Sgd::new().momentum(momentum).nesterov()), rate * tenth),
        (Box::new(NaturalGradient::new(run.objective.posterior)), rate / Tracked::count(32)),
    ];
    let control = drops != Drops::Nothing;
    let mut outcome = Outcome::vacuous();
    for (kind, (mut optimiser, rate)) in optimisers.into_iter().enumerate() {
        let mut w = run.start.clone();
        run.train(&mut w, &mut *optimiser, rate, STEPS, false);
        let found = run.invariant(&w, control);
        outcome = outcome.and_kind(|kind| OPTIMISERS[kind], kind, Some(found));
    }
    if control {
        return Ok(outcome);
    }
    let turned = turned(scene, &mut Sgd::new().momentum(momentum))?;
    Ok(outcome
        .and_of("symmetrised", symmetrised(scene, true)?)
        .and("w = Pw under a half turn", turned))
}

/// Five steps from a start that is not invariant, symmetrisation, five more; one if the state is stale.
fn symmetrised(scene: &Scene, state_too: bool) -> Checked<Outcome> {
    const NAMES: [&str; 2] = ["heavy-ball", "Nesterov"];
    let run = Run::<Tracked>::new(scene, Drops::Nothing)?;
    let rate = Tracked::one() / (Tracked::count(16) * run.curvature);
    let heavy_ball = || Sgd::new().momentum(Tracked::ratio(9, 10));
    let mut outcome = Outcome::vacuous();
    for (kind, mut optimiser) in [heavy_ball(), heavy_ball().nesterov()].into_iter().enumerate() {
        let mut w: Vec<Tracked> = scene.vector(Which::Q, run.start.len());
        run.train(&mut w, &mut optimiser, rate, 5, false);
        run.symmetry.project(&mut w);
        if state_too {
            optimiser.state_mut().symmetrize(&run.symmetry);
        }
        run.train(&mut w, &mut optimiser, rate, if state_too { 5 } else { 1 }, false);
        let found = run.invariant(&w, !state_too);
        outcome = outcome.and_kind(|kind| NAMES[kind], kind, Some(found));
    }
    Ok(outcome)
}

/// Means alone, of fixed and equal scales, under the half turn `2uuᵀ − 1` about `u = (1, 2, 2)/3`: whether `w = Pw`
/// after ten steps.
pub(super) fn turned(scene: &Scene, optimiser: &mut dyn Optimiser<Tracked>) -> Checked<Residual> {
    let group = GroupSpec::Cyclic(2).build();
    let axis = [1, 2, 2];
    let turn = DMatrix::from_fn(3, 3, |i, j| {
        Tracked::ratio(2 * axis[i] * axis[j], 9) - Tracked::count(usize::from(i == j))
    });
    let identity = crate::group::Group::identity(&group);
    let rep = Dense::from_fn(group, 3, move |g| {
        if *g == identity {
            DMatrix::from_diagonal_element(3, 3, Tracked::one())
        } else {
            turn.clone()
        }
    });
    let risk = risk(&rep, &data(scene, 3)?, Augmentation::Full)?;
    let mut w: Vec<Tracked> = axis.map(|a| Tracked::ratio(a, 4)).to_vec();
    let bound = weight::<f64>() * row_sum_norm(risk.hessian()) + 1.0;
    let rate = Tracked::one() / Tracked::count(16 * bound.ceil() as usize);
    for _ in 0..10 {
        // N(Hw − b), and the prior N(0, 1).
        let gradient: Vec<Tracked> = risk
            .gradient(&w)
            .iter()
            .zip(&w)
            .map(|(&slope, &x)| weight::<Tracked>() * slope + x)
            .collect();
        optimiser.step(Rates::uniform(rate), &mut w, &gradient);
    }
    let fixed = Reynolds::by_averaging(&rep).project(&w);
    Ok(all_close(&w, fixed.iter()))
}
