//! E5: training by linear optimisers that starts invariant stays invariant, for hundreds of steps.

use super::e5_run::{Run, STEPS, training};
use super::regression::{
    Checked, DIAGONAL, Drops, data, diagonal_scenes, measured, risk, settled, weight,
};
use crate::claim::compare::row_sum_norm;
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::{GroupSpec, Scene};
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{NaturalGradient, Optimiser, Rates, Sgd};
use crate::inference::{Augmentation, MeanField};
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
        statement: "after 200 steps from an invariant start w = Pw, for gradient descent, weight decay, heavy-ball, Nesterov, heavy-ball with decoupled weight decay, and natural gradient",
        hypotheses: &[
            "J^G invariant (E3)",
            "action linear and orthogonal on w",
            "invariant start and state",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let moving_prior = linear.control(
        "E5.linear-moving-prior",
        "a prior that is not invariant",
        &["the prior is not invariant"],
        &[Feature::NonAbelian],
    );
    let subset = linear.control(
        "E5.linear-subset",
        "augmentation by a subset",
        &["the augmentation is by two elements"],
        &[Feature::NonAbelian],
    );
    let entry = |about: About, check| training(about, diagonal_scenes, check);
    const FOR_ONE: &str = "w = Pw after 200 steps, for one of the optimisers";
    vec![
        entry(linear, |scene| settled(optimisers(scene, Drops::Nothing))),
        entry(moving_prior.saying(FOR_ONE), |scene| measured(optimisers(scene, Drops::Prior))),
        entry(subset.saying(FOR_ONE), |scene| measured(optimisers(scene, Drops::Group))),
    ]
}

const LINEAR: [&str; 6] = [
    "gradient descent",
    "weight decay",
    "heavy-ball",
    "Nesterov",
    "heavy-ball with decoupled weight decay",
    "natural gradient",
];

/// An optimiser and its rate.
type Rated = (Box<dyn Optimiser<Tracked>>, Tracked);

/// The linear optimisers for a mean field, with rates at which each moves about as fast as gradient descent with the
/// given rate where scales are `sigma`; and so do bounds on rounding, which add where errors cancel.
pub(super) fn linear(posterior: MeanField, rate: Tracked, sigma: usize) -> [Rated; 6] {
    let (tenth, momentum) = (Tracked::ratio(1, 10), Tracked::ratio(9, 10));
    let heavy_ball = || Sgd::new().momentum(momentum);
    let natural = rate / Tracked::count(2 * sigma * sigma);
    [
        (Box::new(Sgd::new()), rate),
        (Box::new(Sgd::new().decay(tenth)), rate),
        (Box::new(heavy_ball()), rate * tenth),
        (Box::new(heavy_ball().nesterov()), rate * tenth),
        (Box::new(heavy_ball().decoupled(tenth)), rate * tenth),
        (Box::new(NaturalGradient::new(posterior)), natural),
    ]
}

fn optimisers(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let run = Run::<Tracked>::new(scene, drops)?;
    // Rates at which a bound on rounding, which adds where errors cancel, grows by no more than e^12 or so.
    let rate = Tracked::one() / (Tracked::count(16) * run.curvature);
    let control = drops != Drops::Nothing;
    let mut outcome = Outcome::vacuous();
    for (kind, (mut optimiser, rate)) in
        linear(run.objective.posterior, rate, 4).into_iter().enumerate()
    {
        let mut w = run.start.clone();
        run.train(&mut w, &mut *optimiser, rate, STEPS, false)?;
        let found = run.invariant(&w, control);
        outcome = outcome.and_kind(|kind| LINEAR[kind], kind, Some(found));
    }
    if control {
        return Ok(outcome);
    }
    let turned = turned(scene, &mut Sgd::new().momentum(Tracked::ratio(9, 10)))?;
    Ok(outcome.and("w = Pw under a half turn", turned))
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
