//! Chapter A: groups, representations, Reynolds operators.
//!
//! Proofs, and the derivations of the tolerances at length, are in `proofs-notes/a-algebra.md`.

mod adjoint;
mod constructions;
mod cyclic_subgroup;
mod duality;
mod elimination;
mod every;
mod exact;
mod generators;
mod group_laws;
mod growth;
mod induced;
mod lie;
mod lie_wide;
mod orbits;
mod powers;
mod representations;
mod reynolds;

use super::scene::{Scene, Which};
use super::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::scalar::Scalar;
use proptest::strategy::BoxedStrategy;

/// The entries of the chapter.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims = group_laws::claims();
    claims.extend(representations::claims());
    claims.extend(constructions::claims());
    claims.extend(powers::claims());
    claims.extend(induced::claims());
    claims.extend(duality::claims());
    claims.extend(every::homomorphism::claims());
    claims.extend(reynolds::claims());
    claims.extend(induced::reciprocity_claims());
    claims.extend(adjoint::claims());
    claims.extend(every::reynolds::claims());
    claims.extend(every::dual::claims());
    claims.extend(orbits::claims());
    claims.extend(generators::claims());
    claims.extend(every::fixed_spaces::claims());
    claims.extend(lie::claims());
    claims.extend(lie_wide::claims());
    claims.extend(exact::claims());
    claims.extend(every::exact::claims());
    claims
}

/// Scenes for matrices, where the exact twin costs `|G| · dim³` operations on fractions.
fn small(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(6, wanted)
}

/// Scenes for index maps.
fn medium(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(12, wanted)
}

/// A scene's vector in twelfths instead of quarters: sums of its entries are rounded.
fn vector<T: Scalar>(scene: &Scene, which: Which, dim: usize) -> Vec<T> {
    scene.vector::<T>(which, dim).into_iter().map(|entry| entry / T::ratio(3, 1)).collect()
}

/// A theorem of the chapter in floating point, of usual cost; fields are overridden where it differs.
const THEOREM: About = About {
    id: "",
    title: "",
    role: Role::Theorem,
    of: None,
    evidence: Evidence::Float,
    statement: "",
    hypotheses: &[],
    tolerance: "",
    covers: &[],
    cost: 1,
};

/// A control of the chapter.
const CONTROL: About = About { role: Role::Control, ..THEOREM };

/// Where nothing is rounded.
const NO_ROUNDING: &str = "0: nothing is rounded";

/// An entry whose instances are scenes.
fn entry(
    about: About,
    instances: fn(Option<Feature>) -> BoxedStrategy<Scene>,
    check: fn(&Scene) -> Outcome,
    exact: Option<fn(&Scene) -> Outcome>,
) -> Box<dyn Claim> {
    Box::new(Entry { about, instances, check, exact })
}
