//! Chapter B: error bounds.

mod b10_partial;
mod b10_subgroup;
#[cfg(feature = "enclosure")]
mod b1_enclosed;
mod b1_networks;
mod b1_total_variation;
mod b2_categorical;
#[cfg(feature = "enclosure")]
mod b2_categorical_enclosed;
mod b2_orbit_divergence;
mod b3_chain;
mod b3_layers;
mod b3_linear;
mod b3_wasserstein;
mod b4_chi_squared;
mod b4_networks;
mod b5_conjugate;
mod b5_convex;
mod b5_location_scale;
mod b5_logistic;
mod b5_logistic_objective;
mod b5_ridge;
mod b6_bias;
mod b7_deviation;
mod b8_jensen;
mod b8_pac_bayes;
mod b9_average;
mod b9_models;
mod networks;
mod rates;
mod world;

use super::compare::magnitude;
use super::rounding::Judge;
use super::{About, Claim, Feature, Outcome, Role};
use crate::group::{AnyGroup, Finite};
use crate::law::Residual;

/// All entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = b1_total_variation::claims();
    claims.extend(b1_networks::claims());
    claims.extend(b2_orbit_divergence::claims());
    claims.extend(b2_categorical::claims());
    claims.extend(b3_wasserstein::claims());
    claims.extend(b3_layers::claims());
    claims.extend(b4_chi_squared::claims());
    claims.extend(b4_networks::claims());
    claims.extend(b5_conjugate::claims());
    claims.extend(b5_convex::claims());
    claims.extend(b5_ridge::claims());
    claims.extend(b5_logistic::claims());
    claims.extend(rates::of_asymmetry());
    claims.extend(b6_bias::claims());
    claims.extend(rates::of_bias());
    claims.extend(b7_deviation::claims());
    claims.extend(rates::of_deviation());
    claims.extend(b8_pac_bayes::claims());
    claims.extend(b8_jensen::claims());
    claims.extend(b9_average::claims());
    claims.extend(b9_models::claims());
    claims.extend(b10_partial::claims());
    claims.extend(b10_subgroup::claims());
    claims.extend(rates::of_partial_augmentation());
    claims
}

/// Where the tolerances come from.
const TOLERANCE: &str =
    "the rounding of both sides, bounded operation by operation (running error analysis)";

/// The kinds of instance: what the points of the parameters do.
const KINDS: &[Feature] =
    &[Feature::TrivialGroup, Feature::NonAbelian, Feature::FreeOrbit, Feature::NonFreeOrbit];

/// A control that differs from its claim in what is said and dropped.
fn control(
    about: About,
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    dropped: &'static [&'static str],
) -> About {
    About {
        id,
        title,
        statement,
        of: Some(about.id),
        role: Role::Control,
        hypotheses: dropped,
        covers: &[Feature::NonAbelian],
        ..about
    }
}

/// The control of a bound whose model is not jointly equivariant: its parameters do not move.
fn not_jointly(about: About, id: &'static str, statement: &'static str) -> About {
    let dropped = &["(J): the parameters do not move"];
    control(about, id, "a model that is not jointly equivariant", statement, dropped)
}

/// The variants of a bound that tight instances are to refute, by a check of an instance that is told which.
macro_rules! mutations {
    ($check:ident: $($name:literal => $variant:expr),+ $(,)?) => {
        &[$($crate::claim::Mutation {
            name: $name,
            check: |instance| {
                $crate::claim::equivariance::regression::measured($check(instance, $variant))
            },
        }),+]
    };
}
use mutations;

/// `lhs ≤ rhs`, within what rounding can have done to their difference.
fn bounded<T: Judge>(outcome: Outcome, part: &'static str, lhs: &T, rhs: &T) -> Outcome {
    let tolerance = (rhs.clone() - lhs.clone()).error_bound();
    // Rationals are compared as they are: the nearest floats may be equal.
    at_most(outcome, part, lhs, rhs).bounded(part, lhs.nearest_f64(), rhs.nearest_f64(), tolerance)
}

/// As [`bounded`], for a step on the way that does not count towards the tightness.
fn at_most<T: Judge>(outcome: Outcome, part: &'static str, lhs: &T, rhs: &T) -> Outcome {
    let excess = lhs.clone() - rhs.clone();
    // Not `max`, which would drop a NaN.
    let error = if excess <= T::zero() { 0.0 } else { magnitude(&excess) };
    outcome.and(part, Residual::new(error, excess.error_bound()))
}

/// Whether a group is small enough to go through the pairs of its elements.
fn is_small(group: &AnyGroup) -> bool {
    group.small_order().is_some_and(|order| order <= world::ENUMERATED)
}
