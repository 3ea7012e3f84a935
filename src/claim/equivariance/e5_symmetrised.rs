//! E5 after symmetrising: the optimiser's state must be symmetrised, or cleared, with the coordinates.

use super::e5_run::{LEAST_SLOPE, Run, adaptive_rate, far_means, training};
use super::regression::{Checked, Drops, diagonal_scenes, measured, settled};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{Adam, Optimiser, RmsProp, Sgd};
use crate::representation::SignedOrbits;
use crate::scalar::Scalar;
use num_traits::One;

/// The claim, and its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let symmetrised = About {
        id: "E5.symmetrised",
        title: "training stays invariant after symmetrising coordinates and state",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "five steps from a start that is not invariant (for Adam and RMSprop one far from the minimum), w ↦ Pw with the state symmetrised (first moment by P, second by |P|) or cleared, and five steps more: w = Pw; for heavy-ball, Nesterov, Adam and RMSprop",
        hypotheses: &[
            "J^G invariant (E3)",
            "signed permutations",
            "the state is symmetrised or cleared with the coordinates",
            "to rounding, for Adam and RMSprop: no coordinate that the group kills, no derivative near 0",
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
    let stale = symmetrised
        .control(
            "E5.stale-momentum",
            "a stale moment after symmetrising",
            &["one moment of the optimiser's state stays as it was"],
            &[Feature::FreeOrbit],
        )
        .saying("w = Pw one step after the coordinates were symmetrised, and of the state all but one moment");
    vec![
        training(symmetrised, diagonal_scenes, |scene| settled(symmetrised_or_cleared(scene))),
        training(stale, diagonal_scenes, |scene| measured(one_moment_stale(scene))),
    ]
}

/// What becomes of the state when the coordinates are symmetrised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Symmetrised,
    Cleared,
    /// Symmetrised, but for the first moment.
    FirstStale,
    /// Symmetrised, but for the second.
    SecondStale,
}

/// An optimiser, and which.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    HeavyBall,
    Nesterov,
    Adam,
    RmsProp,
}

impl Method {
    fn is_adaptive(self) -> bool {
        matches!(self, Self::Adam | Self::RmsProp)
    }

    fn optimiser(self) -> Box<dyn Optimiser<Tracked>> {
        let heavy_ball = Sgd::new().momentum(Tracked::ratio(9, 10));
        match self {
            Self::HeavyBall => Box::new(heavy_ball),
            Self::Nesterov => Box::new(heavy_ball.nesterov()),
            Self::Adam => Box::new(Adam::new()),
            Self::RmsProp => Box::new(RmsProp::new().momentum(Tracked::ratio(1, 2))),
        }
    }
}

fn symmetrised_or_cleared(scene: &Scene) -> Checked<Outcome> {
    const METHODS: [(&str, Method); 4] = [
        ("heavy-ball", Method::HeavyBall),
        ("Nesterov", Method::Nesterov),
        ("Adam", Method::Adam),
        ("RMSprop", Method::RmsProp),
    ];
    let run = Run::<Tracked>::new(scene, Drops::Nothing)?;
    let mut outcome = Outcome::vacuous();
    for (kind, (_, method)) in METHODS.into_iter().enumerate() {
        let of = |state| trained(scene, &run, method, state);
        let found = of(State::Symmetrised)?
            .zip(of(State::Cleared)?)
            .map(|(one, other)| one.and_of("state cleared", other));
        outcome = outcome.and_kind(|kind| METHODS[kind].0, kind, found);
    }
    Ok(outcome)
}

fn one_moment_stale(scene: &Scene) -> Checked<Outcome> {
    const STALE: [(&str, Method, State); 6] = [
        ("heavy-ball", Method::HeavyBall, State::FirstStale),
        ("Nesterov", Method::Nesterov, State::FirstStale),
        ("Adam, first moment", Method::Adam, State::FirstStale),
        ("Adam, second moment", Method::Adam, State::SecondStale),
        ("RMSprop, momentum", Method::RmsProp, State::FirstStale),
        ("RMSprop, second moment", Method::RmsProp, State::SecondStale),
    ];
    let run = Run::<Tracked>::new(scene, Drops::Nothing)?;
    let mut outcome = Outcome::vacuous();
    for (kind, (_, method, state)) in STALE.into_iter().enumerate() {
        let found = trained(scene, &run, method, state)?;
        outcome = outcome.and_kind(|kind| STALE[kind].0, kind, found);
    }
    Ok(outcome)
}

/// Five steps from a start that is not invariant, symmetrisation, five more; one if the state is stale. `None` where
/// Adam or RMSprop meet a derivative near 0.
fn trained(
    scene: &Scene,
    run: &Run<Tracked>,
    method: Method,
    state: State,
) -> Checked<Option<Outcome>> {
    let stale = matches!(state, State::FirstStale | State::SecondStale);
    let (mut w, rate, least) = if method.is_adaptive() {
        let Some(start) = far(scene) else { return Ok(None) };
        (start, adaptive_rate(), LEAST_SLOPE)
    } else {
        let rate = Tracked::one() / (Tracked::count(16) * run.curvature);
        (scene.vector(Which::Q, run.start.len()), rate, 0.0)
    };
    let mut optimiser = method.optimiser();
    let all = |w: &mut [Tracked], optimiser: &mut dyn Optimiser<Tracked>, steps| {
        run.train_above(w, optimiser, rate, steps, least).map(|taken| taken == steps)
    };
    if !all(&mut w, &mut *optimiser, 5)? {
        return Ok(None);
    }
    run.symmetry.project(&mut w);
    let before = optimiser.state().clone();
    let after = optimiser.state_mut();
    match state {
        State::Cleared => after.clear(),
        _ => after.symmetrize(&run.symmetry),
    }
    match state {
        State::FirstStale => after.first = before.first,
        State::SecondStale => after.second = before.second,
        State::Symmetrised | State::Cleared => {}
    }
    let taken = all(&mut w, &mut *optimiser, if stale { 1 } else { 5 })?;
    Ok(taken.then(|| run.invariant(&w, stale)))
}

/// A start far from the minimum that is not invariant: other means and scales in every coordinate.
fn far(scene: &Scene) -> Option<Vec<Tracked>> {
    let means = far_means::<Tracked>(&SignedOrbits::of(&scene.signed()))?;
    let dim = means.len();
    let more = |i: usize| Tracked::one() + Tracked::ratio(i as i64, 4 * dim as i64);
    let scales = (0..dim).map(|i| Tracked::count(2) * more(i));
    Some(means.iter().enumerate().map(|(i, &mean)| mean * more(i)).chain(scales).collect())
}
