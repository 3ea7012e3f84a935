//! S3: projection in every registered location–scale family, exponential or not.

use crate::action::{project_location_scale, push_forward_location_scale};
use crate::claim::registry::location_scale::{LocationScaleEntry, every_location_scale};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{FamilyError, LocationScale};
use crate::group::Finite;
use crate::representation::Representation;
use crate::scalar::{Scalar, dot};
use nalgebra::DVector;
use num_traits::{Float, Zero};
use proptest::strategy::{BoxedStrategy, Strategy};

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let claim = About {
        id: "S3.location-scale",
        title: "projection is the Wasserstein-2 barycentre of the orbit: every location–scale family",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "avg_g W₂²(g_#q, ν) = avg_g W₂²(g_#q, q̄) + W₂²(q̄, ν) for q̄ with location Pm and scale |P|s and \
                    every ν of the family; W₂² = |m − n|² + E z²|s − ς|²",
        hypotheses: &[
            "finite group",
            "signed permutations",
            "every registered location–scale family, of which Laplace is no exponential family",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::Registered,
            Feature::NonAbelian,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
            Feature::FreeOrbit,
            Feature::WideScales,
        ],
        cost: 1,
    };
    let control = About {
        id: "S3.location-scale-squares",
        title: "averaging the squares of scales: every location–scale family",
        role: Role::Control,
        of: Some("S3.location-scale"),
        statement: "the same for q̄ with location Pm and scale √(|P|s²)",
        hypotheses: &["variances are averaged in place of scales"],
        covers: &[Feature::NonAbelian],
        ..claim
    };
    vec![
        Box::new(Entry {
            about: claim,
            instances: scenes,
            check: every_location_scale!(|scene| barycentre::<E>(scene, false), E),
            exact: None,
        }),
        Box::new(Entry {
            about: control,
            instances: moved,
            check: every_location_scale!(|scene| barycentre::<E>(scene, true), E),
            exact: None,
        }),
    ]
}

/// On at most six coordinates; two thirds of those of any kind with a registered representation.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    let scenes = strategy::scenes_with(6, wanted);
    if wanted.is_some() { scenes } else { strategy::under_registered(scenes) }
}

/// Scales of an orbit that differ.
fn moved(_: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(6, Some(Feature::NonFreeOrbit))
        .prop_map(|scene| Scene { variances: vec![0, 1, 2, 3], spread: 1, ..scene })
        .boxed()
}

/// By the monotone coupling `m + sz ↦ n + ςz` of each coordinate, `z` being centred.
fn wasserstein<E: LocationScaleEntry>(q: &E::Law, p: &E::Law) -> Tracked {
    let (step, scale) = (q.location() - p.location(), q.scale() - p.scale());
    let norm = |x: &DVector<Tracked>| dot(x.as_slice(), x.as_slice());
    norm(&step) + Tracked::exact(E::SQUARE) * norm(&scale)
}

fn barycentre<E: LocationScaleEntry>(scene: &Scene, squares: bool) -> Result<Outcome, FamilyError> {
    let (q, rep) = (E::pose(scene, Which::Q)?, E::rep(scene));
    let mut average = project_location_scale(&q, &rep)?;
    if squares {
        let square: Vec<Tracked> = q.scale().iter().map(|&s| s * s).collect();
        let of_squares = E::Law::with_location_scale(q.location().as_slice(), &square)?;
        let mean = project_location_scale(&of_squares, &rep)?.scale();
        let scale = mean.map(Float::sqrt);
        average = E::Law::with_location_scale(average.location().as_slice(), scale.as_slice())?;
    }
    let mut orbit = Vec::new();
    for g in rep.group().elements() {
        orbit.push(push_forward_location_scale(&q, &rep, &g)?);
    }
    let objective = |nu: &E::Law| {
        let sum = orbit.iter().fold(Tracked::zero(), |sum, law| sum + wasserstein::<E>(law, nu));
        sum / Tracked::count(orbit.len())
    };
    let least = objective(&average);
    let mut outcome = Outcome::vacuous();
    // ν: the scene's other law, and some of the orbit itself.
    for nu in orbit.iter().take(4).chain([&E::pose(scene, Which::P)?]) {
        let split = least + wasserstein::<E>(&average, nu);
        outcome = outcome.and("identity", close(&objective(nu), &split));
    }
    Ok(outcome)
}
