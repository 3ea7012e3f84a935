//! S3: the tied law is the nearest one on the fixed space whatever is tied: here, the uniform law on a few points.

use super::setting::{diagonal_scenes, full_scenes};
use super::transport::points;
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, compare};
use crate::law::Residual;
use crate::linalg::inverse;
use crate::representation::{ActsOn, FixedSpace, Representation, Reynolds};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::{DMatrix, DVector};

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let nearest = About {
        id: "S3.tying-points",
        title: "for an orthogonal action no law on the fixed space is nearer than the tied one: points",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "W₂²(q, P_#q) = E‖θ − Pθ‖² ≤ W₂²(q, ν) for every ν on V^G; for uniform laws on five points, by going \
                    through all assignments",
        hypotheses: &["finite group", "orthogonal action"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 2,
    };
    vec![
        Box::new(Entry {
            about: nearest,
            instances: diagonal_scenes,
            check: nearest_holds::<Tracked>,
            exact: Some(nearest_holds::<Rational>),
        }),
        Box::new(Entry {
            about: About {
                id: "S3.tying-points-sheared",
                of: Some("S3.tying-points"),
                role: Role::Control,
                title: "the tied points for the nearest ones under an action that is not orthogonal",
                statement: "W₂²(q, P_#q) ≤ W₂²(q, ν) for every ν on V^G: for ν = Π_#q",
                hypotheses: &[
                    "the action preserves the dot product, so that P is the orthogonal projector",
                ],
                covers: &[Feature::NonOrthogonal],
                ..nearest
            },
            instances: full_scenes,
            check: sheared::<Tracked>,
            exact: Some(sheared::<Rational>),
        }),
    ]
}

/// Five points from the numbers of the scene.
fn cloud<T: Scalar>(scene: &Scene, dim: usize) -> Vec<DVector<T>> {
    let (first, second) =
        (scene.vector::<T>(Which::Q, 5 * dim), scene.vector::<T>(Which::P, dim + 5));
    (0..5)
        .map(|k| {
            DVector::from_fn(dim, |i, _| {
                first[k * dim + i].clone() + T::count(k) * second[k + i].clone()
            })
        })
        .collect()
}

fn moved<T: Scalar>(map: &DMatrix<T>, cloud: &[DVector<T>]) -> Vec<DVector<T>> {
    cloud.iter().map(|x| map * x).collect()
}

/// `W_2²(q, A_#q) ≤ W_2²(q, ν)`.
fn below<T: Judge>(
    outcome: Outcome,
    part: &'static str,
    lhs: &(T, f64),
    rhs: &(T, f64),
) -> Outcome {
    let excess = lhs.0.clone() - rhs.0.clone();
    let error = if excess > T::zero() { compare::magnitude(&excess) } else { 0.0 };
    let tolerance = lhs.1 + rhs.1;
    outcome.and(part, Residual::new(error, tolerance)).bounded(
        part,
        lhs.0.nearest_f64(),
        rhs.0.nearest_f64(),
        tolerance,
    )
}

fn nearest_holds<T: Judge>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let reynolds = Reynolds::<T>::of(&rep);
    let cloud = cloud::<T>(scene, rep.dim());
    let tied: Vec<DVector<T>> = cloud.iter().map(|x| reynolds.project(x.as_slice())).collect();
    let transported = points(&cloud, &tied);
    let cost = cloud.iter().zip(&tied).fold(T::zero(), |sum, (x, y)| {
        let step = x - y;
        sum + dot(step.as_slice(), step.as_slice())
    });
    let cost = cost / T::count(cloud.len());
    let difference = compare::magnitude(&(transported.0.clone() - cost.clone()));
    let equal = Residual::new(difference, transported.1 + cost.error_bound());
    // Others on the fixed space, near and far.
    let aside = |weight: T| {
        let steps = scene.vector::<T>(Which::P, rep.dim());
        let others: Vec<DVector<T>> = (0..cloud.len())
            .map(|k| {
                let g = scene.element(k);
                let step = rep.apply(&g, &steps) + &cloud[(k + 1) % cloud.len()];
                &tied[k] + reynolds.project(step.map(|x| x * weight.clone()).as_slice())
            })
            .collect();
        points(&cloud, &others)
    };
    let outcome = Outcome::new("W₂²(q, P_#q) = E‖θ − Pθ‖²", equal);
    let outcome = below(outcome, "no law near it is nearer", &transported, &aside(T::ratio(1, 64)));
    below(outcome, "no law on V^G is nearer", &transported, &aside(T::one()))
}

fn sheared<T: Judge>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let (p, cloud) = (Reynolds::<T>::of(&rep).matrix(), cloud::<T>(scene, rep.dim()));
    let f = rep.basis() * FixedSpace::<T>::by_orbits(&scene.signed()).basis();
    let Some(gram) = inverse(&(f.transpose() * &f)) else {
        return Outcome::new("a basis of V^G", Residual::failed());
    };
    let orthogonal = &f * gram * f.transpose();
    // Both are on V^G.
    let fixed = all_close((&orthogonal * &p).iter(), p.iter())
        .worse(all_close((&p * &orthogonal).iter(), orthogonal.iter()));
    if !fixed.holds() {
        return Outcome::new("projectors on V^G", Residual::new(0.0, f64::INFINITY));
    }
    let (tied, other) =
        (points(&cloud, &moved(&p, &cloud)), points(&cloud, &moved(&orthogonal, &cloud)));
    below(Outcome::vacuous(), "W₂²(q, P_#q) ≤ W₂²(q, Π_#q)", &tied, &other)
}
