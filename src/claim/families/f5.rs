//! F5: location–scale families, Laplace distributions among them, are closed under signed permutations.

use super::super::registry::location_scale::{Laplaces, LocationScaleEntry, every_location_scale};
use super::super::rounding::{Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Outcome, strategy};
use super::turn::{Turn, turns};
use super::{control, f5_exact, settle, theorem, violating};
use crate::action::{project_location_scale, push_forward_location_scale};
use crate::family::{FamilyError, Laplace, LocationScale};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation as _, SignedOrbits};
use crate::scalar::{Rational, Scalar};
use num_traits::{Float, Signed, Zero};
use proptest::strategy::BoxedStrategy;

const MOVED: &[&str] = &[
    "every registered location–scale family, of which Laplace is no exponential family",
    "signed permutations",
];
const KINDS: &[Feature] = &[
    Feature::SignedOrbit,
    Feature::KilledOrbit,
    Feature::FreeOrbit,
    Feature::WideScales,
    Feature::Registered,
];

/// On at most four coordinates; two thirds of those of any kind with a registered representation.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    let scenes = strategy::scenes_with(4, wanted);
    if wanted.is_some() { scenes } else { strategy::under_registered(scenes) }
}

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: theorem(
                "F5.location-scale",
                "location–scale laws are closed under signed permutations: every family",
                "for θ = m + bz with independent symmetric z, ρ(g)θ has the law of ρ(g)m + (|ρ(g)|b)z: the densities \
                 agree at ρ(g)θ",
                MOVED,
                KINDS,
            ),
            instances: scenes,
            check: every_location_scale!(|scene| moved::<E>(scene), E),
            exact: Some(every_location_scale!(|scene| Ok(f5_exact::moved::<E>(scene, true)), E)),
        }),
        Box::new(Entry {
            about: control(
                "F5.unsigned",
                "F5.location-scale",
                "locations that move without their signs",
                "ρ(g)_# Laplace(m, b) = Laplace(|ρ(g)|m, |ρ(g)|b)",
                &["locations move by ρ(g), only scales by |ρ(g)|"],
            ),
            instances: violating::negated,
            check: |scene| settle(|| unsigned(scene)),
            exact: Some(|scene| f5_exact::moved::<Laplaces>(scene, false)),
        }),
        Box::new(Entry {
            about: theorem(
                "F5.projection",
                "the projection of a location–scale law is invariant: every family",
                "the law with location Pm and scale |P|b is invariant, and all of an orbit have one projection",
                MOVED,
                KINDS,
            ),
            instances: scenes,
            check: every_location_scale!(|scene| projection::<E>(scene), E),
            exact: Some(every_location_scale!(
                |scene| Ok(f5_exact::projected(scene, &E::rep(scene), true)),
                E
            )),
        }),
        Box::new(Entry {
            about: control(
                "F5.unsigned-average",
                "F5.projection",
                "locations averaged without their signs",
                "Laplace(|P|m, |P|b) is invariant",
                &["locations are averaged with the signs of ρ"],
            ),
            instances: violating::negated,
            check: |scene| settle(|| unsigned_average(scene)),
            exact: Some(|scene| f5_exact::projected(scene, &scene.signed(), false)),
        }),
        Box::new(Entry {
            about: theorem(
                "F5.rotation",
                "Laplace laws are closed under no other rotation of a coordinate plane",
                "ln p(0,0) − ln p(x,0) − ln p(0,y) + ln p(x,y), from the centre of ρ_#q, is 0 for a product \
                 density; for ρ_#q it is 0 iff the rotation is a signed permutation, equal scales or not",
                &["Laplace with unknown location and scale", "a rotation of a coordinate plane"],
                &[Feature::IsotropicPlane, Feature::QuarterTurn, Feature::MixingTurn],
            ),
            instances: turns,
            check: |turn| settle(|| rotation(turn)),
            exact: Some(|turn| settle(|| exact_rotation(turn)).partial()),
        }),
        Box::new(Entry {
            about: control(
                "F5.turned",
                "F5.rotation",
                "Laplace laws taken for closed under rotations if the scales are equal",
                "the four-point difference is 0 in a plane with equal scales, as it is for Gaussians",
                &["the rotation is a signed permutation"],
            ),
            instances: |_| turns(Some(Feature::IsotropicPlane)),
            check: |turn| {
                settle(|| {
                    let (found, _) = four_points(turn)?;
                    Ok(Outcome::new("four-point difference = 0", close(&found, &Tracked::zero())))
                })
            },
            exact: Some(|turn| {
                settle(|| {
                    let zero = expected::<Rational>(turn)?.is_zero();
                    Ok(Outcome::new("four-point difference = 0", Residual::exact(zero)).partial())
                })
            }),
        }),
    ]
}

type Law = Laplace<Tracked>;

/// The Laplace distribution of a scene.
fn posed(scene: &Scene) -> Result<Law, FamilyError> {
    let dim = scene.signed().dim();
    Laplace::new(&scene.vector(Which::Q, dim), &scene.positive(Which::Q, dim))
}

fn moved<E: LocationScaleEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, rep) = (E::pose(scene, Which::Q)?, E::rep(scene));
    let mut outcome = Outcome::vacuous();
    for g in [0, 1].map(|k| scene.element_of(rep.group(), k)) {
        let after = push_forward_location_scale(&q, &rep, &g)?;
        let matrix = ActsOn::<Tracked>::matrix(&rep, &g);
        let sizes = matrix.map(Float::abs);
        outcome = outcome
            .and("location ρ(g)m", all_close(&after.location(), &(&matrix * q.location())))
            .and("scale |ρ(g)|b", all_close(&after.scale(), &(sizes * q.scale())));
        // At the mode, and elsewhere.
        for theta in [q.location().as_slice().to_vec(), scene.vector(Which::P, rep.dim())] {
            let image = rep.apply(&g, &theta);
            let (left, right) = (after.log_density(image.as_slice()), q.log_density(&theta));
            outcome = outcome.and("density at ρ(g)θ", close(&left, &right));
        }
    }
    Ok(outcome)
}

fn unsigned(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, rep, g) = (posed(scene)?, scene.signed(), scene.element(0));
    let sizes = ActsOn::<Tracked>::matrix(&rep, &g).map(Float::abs);
    let wrong = Law::new((&sizes * q.location()).as_slice(), (&sizes * q.scale()).as_slice())?;
    let mode = q.location();
    let image = rep.apply(&g, mode.as_slice());
    let (left, right) = (wrong.log_density(image.as_slice()), q.log_density(mode.as_slice()));
    Ok(Outcome::new("density at ρ(g)θ", close(&left, &right)))
}

fn same<L: LocationScale<Tracked>>(a: &L, b: &L) -> Residual {
    all_close(&a.location(), &b.location()).worse(all_close(&a.scale(), &b.scale()))
}

fn projection<E: LocationScaleEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, rep) = (E::pose(scene, Which::Q)?, E::rep(scene));
    let average = project_location_scale(&q, &rep)?;
    let mut outcome = Outcome::new(
        "what is invariant stays",
        same(&project_location_scale(&average, &rep)?, &average),
    );
    for g in [0, 1].map(|k| scene.element_of(rep.group(), k)) {
        let after = push_forward_location_scale(&average, &rep, &g)?;
        let of_moved = project_location_scale(&push_forward_location_scale(&q, &rep, &g)?, &rep)?;
        outcome = outcome
            .and("invariant", same(&after, &average))
            .and("one projection for an orbit", same(&of_moved, &average));
    }
    Ok(outcome)
}

fn unsigned_average(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, rep) = (posed(scene)?, scene.signed());
    let orbits = SignedOrbits::of(&rep).unsigned();
    let (mut location, mut scale) = (q.location(), q.scale());
    orbits.project(q.location().as_slice(), location.as_mut_slice());
    orbits.project(q.scale().as_slice(), scale.as_mut_slice());
    let wrong = Law::new(location.as_slice(), scale.as_slice())?;
    let after = push_forward_location_scale(&wrong, &rep, &scene.element(0))?;
    Ok(Outcome::new("invariant", same(&after, &wrong)))
}

/// `Σ_k [|u_k| + |w_k| − |u_k + w_k|]/b_k` with `u = ρ⁻¹e_i`, `w = ρ⁻¹e_j`: the four-point difference of `ln p`.
fn expected<T: Scalar + Signed>(turn: &Turn) -> Result<T, FamilyError> {
    let (i, j, _) = turn.turned_plane();
    let inverse = ActsOn::matrix(&turn.rep::<T>(), &-1);
    let scale = turn.q::<T>()?.variance();
    Ok((0..scale.len()).fold(T::zero(), |sum, k| {
        let (u, w) = (inverse[(k, i)].clone(), inverse[(k, j)].clone());
        sum + (u.abs() + w.abs() - (u + w).abs()) / scale[k].clone()
    }))
}

/// The four-point difference of `θ ↦ ln q(ρ⁻¹θ)` at the centre `ρm`, where Jacobians cancel; and that it is 0.
fn four_points(turn: &Turn) -> Result<(Tracked, bool), FamilyError> {
    let (i, j, signed_permutation) = turn.turned_plane();
    let base = turn.q::<Tracked>()?;
    let q = Law::new(base.mean().as_slice(), base.variance().as_slice())?;
    let inverse = ActsOn::<Tracked>::matrix(&turn.rep::<Tracked>(), &-1);
    let at = |x: bool, y: bool| {
        let mut theta = q.location();
        for (moves, column) in [(x, i), (y, j)] {
            if moves {
                theta += inverse.column(column);
            }
        }
        q.log_density(theta.as_slice())
    };
    let difference = at(false, false) - at(true, false) - at(false, true) + at(true, true);
    Ok((difference, signed_permutation))
}

fn rotation(turn: &Turn) -> Result<Outcome, FamilyError> {
    let (found, product) = four_points(turn)?;
    let exact = expected::<Rational>(turn)?;
    let outcome = Outcome::new(
        "Σ [|u| + |w| − |u + w|]/b",
        close(&found, &Tracked::rounded(exact.nearest_f64())),
    );
    Ok(if product {
        outcome.and("0 for a signed permutation", close(&found, &Tracked::zero()))
    } else {
        outcome.and("positive else", Residual::exact(found.value() > found.bound()))
    })
}

fn exact_rotation(turn: &Turn) -> Result<Outcome, FamilyError> {
    let (_, _, product) = turn.turned_plane();
    let difference = expected::<Rational>(turn)?;
    let right = if product { difference.is_zero() } else { difference.is_positive() };
    Ok(Outcome::new("0 iff a signed permutation", Residual::exact(right)))
}
