//! E5: a unique minimiser is invariant.

use super::regression::{
    Checked, DIAGONAL, Diagonal, Drops, Full, Instances, Setting, entry, measured, posed, settled,
    weight,
};
use crate::action::push_forward;
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::scalar::Rational;

/// The claim for both families, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "E5.minimisers-diagonal",
        title: "the unique minimiser is invariant: diagonal Gaussians",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "∇J^G(η*) = 0 has one solution, and g·η* = η*",
        hypotheses: &["J^G invariant (E3)", "unique minimiser: linear model with squared error"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let full = About {
        id: "E5.minimisers-full",
        title: "the conjugate posterior is invariant: full Gaussians",
        ..diagonal
    };
    let subset = diagonal.control(
        "E5.minimisers-subset",
        "augmentation by a subset",
        &["the augmentation is by two elements"],
        &[Feature::NonAbelian],
    );
    let moving_prior = full.control(
        "E5.minimisers-moving-prior",
        "a prior that is not invariant",
        &["the prior is not invariant"],
        &[Feature::NonAbelian],
    );
    vec![
        theorem::<Diagonal>(diagonal),
        entry::<Diagonal>(
            subset.saying("g·η* = η*"),
            |scene| measured(check::<Diagonal, Tracked>(scene, Drops::Group)),
            Some(|scene| measured(check::<Diagonal, Rational>(scene, Drops::Group))),
        ),
        theorem::<Full>(full),
        entry::<Full>(
            moving_prior.saying("g·η* = η*"),
            |scene| measured(check::<Full, Tracked>(scene, Drops::Prior)),
            Some(|scene| measured(check::<Full, Rational>(scene, Drops::Prior))),
        ),
    ]
}

/// The claim in one of the settings.
fn theorem<S: Setting<Tracked> + Setting<Rational> + Instances>(about: About) -> Box<dyn Claim> {
    entry::<S>(
        about,
        |scene| settled(check::<S, Tracked>(scene, Drops::Nothing)),
        Some(|scene| settled(check::<S, Rational>(scene, Drops::Nothing))),
    )
}

fn check<S: Setting<T>, T: Judge>(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let posed = posed::<S, T>(scene, drops)?;
    let q = S::minimiser(&posed.prior, &posed.risk, weight())?;
    // ∇_μJ = N∇_μE + η − η_p.
    let pull = S::slope(&posed.risk, &q).map(|x| weight::<T>() * x) + q.natural().coordinates();
    let stationary = all_close(&pull, posed.prior.natural().coordinates());
    let mut outcome = Outcome::new("∇_μJ(η*) = 0", stationary);
    for k in 0..2 {
        let moved = push_forward(&q, &posed.rep, &scene.element(k))?;
        let residual = all_close(moved.natural().as_slice(), q.natural().as_slice());
        outcome = outcome.and("g·η* = η*", residual);
    }
    Ok(outcome)
}
