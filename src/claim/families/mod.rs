//! Chapter F: exponential families and closedness, for the diagonal and the full Gaussian.
//!
//! Checks are generic over the scalar: with [`Tracked`] they run in floating point and derive their
//! tolerance from the rounding of every operation (see [`rounding`](super::rounding)), with
//! [`Rational`] they are the exact twins. The proofs are in `proofs-notes/f-families.md`.

pub(super) mod affine;
mod cubature;
pub(super) mod every;
mod f1;
mod f1_controls;
mod f1_exact;
mod f2;
#[cfg(feature = "enclosure")]
mod f2_enclosed;
mod f3;
mod f3_congruence;
mod f3_controls;
mod f3_linear;
mod f3_tilt;
mod f4;
mod f4_isotropic;
mod f5;
mod f5_exact;
mod f5_lines;
mod fixed_signs;
mod integers;
mod logarithms;
mod posed;
mod segment;
mod turn;
mod violating;

use super::rounding::{Judge, close};
use super::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::family::FamilyError;
use crate::law::Residual;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = f1::claims();
    claims.extend(every::of_f1());
    claims.extend(f2::claims());
    claims.extend(every::of_f2());
    claims.extend(f3::claims());
    claims.extend(f3_linear::claims());
    claims.extend(f3_congruence::claims());
    claims.extend(every::of_f3());
    claims.push(fixed_signs::of_orbits());
    claims.extend(affine::claims());
    claims.extend(f3_tilt::claims());
    claims.extend(f4::claims());
    claims.extend(f4_isotropic::claims());
    claims.extend(f5::claims());
    claims.extend(f5_lines::claims());
    claims
}

/// Where most tolerances of the chapter come from.
const TRACKED: &str =
    "the rounding of both sides, bounded operation by operation (running error analysis)";

/// What a theorem of the chapter says about itself.
const fn theorem(
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    hypotheses: &'static [&'static str],
    covers: &'static [Feature],
) -> About {
    About {
        id,
        title,
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement,
        hypotheses,
        tolerance: TRACKED,
        covers,
        cost: 1,
    }
}

/// As [`theorem`], for an inequality.
const fn bound(
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    hypotheses: &'static [&'static str],
    covers: &'static [Feature],
) -> About {
    About { role: Role::Bound, ..theorem(id, title, statement, hypotheses, covers) }
}

/// What a control says: the false statement, and the hypothesis that it drops.
const fn control(
    id: &'static str,
    of: &'static str,
    title: &'static str,
    statement: &'static str,
    dropped: &'static [&'static str],
) -> About {
    About { role: Role::Control, of: Some(of), ..theorem(id, title, statement, dropped, &[]) }
}

/// The outcome of a check; a member that was refused is a failure.
pub(super) fn settle(check: impl FnOnce() -> Result<Outcome, FamilyError>) -> Outcome {
    match check() {
        Ok(outcome) => outcome,
        Err(_) => Outcome::new("a parameter was refused", Residual::failed()),
    }
}

/// `a ≤ b`, up to the rounding of both.
fn at_most<T: Judge>(a: &T, b: &T) -> Residual {
    let near = close(a, b);
    // Of a number without a known digit it is not known that it is smaller.
    if a <= b && near.tolerance().is_finite() { Residual::exact(true) } else { near }
}

/// A generic check of one family on a scene, for the diagonal and then for the full Gaussian, as the
/// plain function that an entry wants.
macro_rules! both {
    ($($check:ident)::+) => {
        |scene: &Scene| {
            settle(|| {
                let diagonal = $($check)::+::<DiagonalGaussian>(scene, Outcome::vacuous())?;
                $($check)::+::<FullGaussian>(scene, diagonal)
            })
        }
    };
    ($($check:ident)::+, $scalar:ty) => {
        |scene: &Scene| {
            settle(|| {
                let diagonal = $($check)::+::<DiagonalGaussian, $scalar>(scene, Outcome::vacuous())?;
                $($check)::+::<FullGaussian, $scalar>(scene, diagonal)
            })
        }
    };
}
use both;
