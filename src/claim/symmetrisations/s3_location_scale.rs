//! S3: projection in every registered location–scale family, exponential or not.

use crate::action::{project_location_scale, push_forward_location_scale};
use crate::claim::registry::location_scale::{LocationScaleEntry, every_location_scale};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{FamilyError, LocationScale};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, SignedOrbits, Unsigned};
use crate::scalar::{Rational, Scalar, dot};
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
            exact: Some(every_location_scale!(|scene| exactly::<E>(scene), E)),
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

/// The locations and scales themselves, by orbits: all of it is rational.
fn exactly<E: LocationScaleEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = E::rep(scene);
    let (n, group) = (rep.dim(), rep.group());
    let orbits = SignedOrbits::of(&rep);
    let Some(square) = <Rational as Scalar>::from_f64(E::SQUARE) else {
        return Ok(Outcome::new("E z² as a fraction", Residual::failed()));
    };
    let posed =
        |which| -> [Vec<Rational>; 2] { [scene.vector(which, n), scene.positive(which, n)] };
    let (q, other) = (posed(Which::Q), posed(Which::P));
    let mut average = q.clone();
    orbits.project(&q[0], &mut average[0]);
    orbits.unsigned().project(&q[1], &mut average[1]);
    let (signed, plain) = (&rep, Unsigned::new(rep.clone()));
    let orbit: Vec<[Vec<Rational>; 2]> = group
        .elements()
        .map(|g| {
            let [m, s] = [signed.apply(&g, &q[0]), plain.apply(&g, &q[1])];
            [m.as_slice().to_vec(), s.as_slice().to_vec()]
        })
        .collect();
    let apart = |[m, s]: &[Vec<Rational>; 2], [n, t]: &[Vec<Rational>; 2]| {
        let norm = |x: &[Rational], y: &[Rational]| {
            x.iter().zip(y).fold(Rational::zero(), |sum, (x, y)| {
                let step = x - y;
                sum + &step * &step
            })
        };
        norm(m, n) + &square * norm(s, t)
    };
    let objective = |nu: &[Vec<Rational>; 2]| {
        orbit.iter().fold(Rational::zero(), |sum, law| sum + apart(law, nu))
            / Rational::count(orbit.len())
    };
    let least = objective(&average);
    Ok(orbit.iter().take(4).chain([&other]).fold(Outcome::vacuous(), |outcome, nu| {
        let holds = objective(nu) == &least + apart(&average, nu);
        outcome.and("identity", Residual::exact(holds))
    }))
}
