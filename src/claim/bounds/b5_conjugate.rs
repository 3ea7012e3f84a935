//! B5 (a): what a prior leaves of asymmetry in a conjugate posterior.

use crate::action::push_forward;
use crate::claim::equivariance::regression::{
    Checked, DIAGONAL, Diagonal, Drops, FULL, Full, Setting, diagonal_scenes, full_scenes,
    measured, posed, settled,
};
use crate::claim::rounding::{Judge, Tracked, all_close, close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::defect::symmetric_divergence_bound;
use crate::scalar::{Rational, dot};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B5.conjugate",
        title: "the asymmetry of a conjugate posterior is that of its prior, however many examples there are",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "η* − g·η* = η_p − g·η_p, and ⟨η* − g·η*, μ* − g·μ*⟩ = ⟨η_p − g·η_p, μ* − g·μ*⟩, for N = 1, 3, 1000",
        hypotheses: &[
            "invariant loss",
            "expected loss affine in μ: linear model with squared error, full Gaussians",
        ],
        tolerance: super::TOLERANCE,
        covers: FULL,
        cost: 4,
    };
    vec![
        Box::new(Entry {
            about,
            instances: full_scenes,
            check: |scene| settled(check::<Full, Tracked>(scene, Drops::Prior)),
            exact: Some(|scene| settled(check::<Full, Rational>(scene, Drops::Prior))),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "B5.conjugate-subset",
                    "augmentation by a subset",
                    &["the loss is invariant"],
                    &[Feature::NonAbelian],
                )
                .saying("η* − g·η* = η_p − g·η_p"),
            instances: full_scenes,
            check: |scene| measured(check::<Full, Tracked>(scene, Drops::Group)),
            exact: Some(|scene| measured(check::<Full, Rational>(scene, Drops::Group))),
        }),
        Box::new(Entry {
            about: About {
                covers: DIAGONAL,
                ..about.control(
                    "B5.conjugate-mean-field",
                    "an expected loss that is not affine in μ: diagonal Gaussians",
                    &["the expected loss is affine in μ"],
                    DIAGONAL,
                )
            }
            .saying("η* − g·η* = η_p − g·η_p"),
            instances: diagonal_scenes,
            check: |scene| measured(check::<Diagonal, Tracked>(scene, Drops::Prior)),
            exact: Some(|scene| measured(check::<Diagonal, Rational>(scene, Drops::Prior))),
        }),
    ]
}

/// The prior moves; unless something else is dropped in its place.
fn check<S, T>(scene: &Scene, drops: Drops) -> Checked<Outcome>
where
    S: Setting<T>,
    T: Judge,
{
    let posed = posed::<S, T>(scene, drops)?;
    let mut outcome = Outcome::vacuous();
    for examples in [1, 3, 1000] {
        let q = S::minimiser(&posed.prior, &posed.risk, T::count(examples))?;
        for k in 0..2 {
            let g = scene.element(k);
            let (moved, moved_prior) =
                (push_forward(&q, &posed.rep, &g)?, push_forward(&posed.prior, &posed.rep, &g)?);
            let eta = q.natural().coordinates() - moved.natural().coordinates();
            let of_prior =
                posed.prior.natural().coordinates() - moved_prior.natural().coordinates();
            outcome = outcome.and("η* − g·η* = η_p − g·η_p", all_close(&eta, &of_prior));
            // By F2 the symmetric divergence is this pairing, without logarithms.
            let mu = q.mean_parameter().coordinates() - moved.mean_parameter().coordinates();
            let bound = symmetric_divergence_bound(&q, &posed.prior, &posed.rep, &g)?;
            let residual = close(&dot(eta.as_slice(), mu.as_slice()), &bound);
            outcome = outcome.and("⟨η* − g·η*, μ* − g·μ*⟩ = the library's bound", residual);
        }
    }
    Ok(outcome)
}
