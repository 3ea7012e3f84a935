//! S3: projection.

use super::setting::{DIAGONAL, diagonal_scenes, settled};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsBySignedPermutations, Representation, SignedOrbits};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::projection;

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let barycentre = About {
        id: "S3.barycentre",
        title: "projection is the Wasserstein-2 barycentre of the orbit",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "q̄ = (Pm, |P|σ) is invariant, and avg_g W₂²(g_#q, ν) = avg_g W₂²(g_#q, q̄) + W₂²(q̄, ν) for every diagonal Gaussian ν, so q̄ minimises it",
        hypotheses: &["finite group", "diagonal Gaussian", "signed permutations"],
        tolerance: "count of roundings times the sum of the squares that are added",
        covers: DIAGONAL,
        cost: 1,
    };
    let control = |id, of, title, statement, hypotheses, covers| About {
        id,
        of: Some(of),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..barycentre
    };
    vec![
        Box::new(Entry {
            about: barycentre,
            instances: diagonal_scenes,
            check: |scene| settled(barycentre_holds(scene)),
            exact: Some(|scene| minimises::<Rational>(scene, Scales::Averaged)),
        }),
        Box::new(Entry {
            about: control(
                "S3.barycentre-variances",
                "S3.barycentre",
                "averaging variances instead of standard deviations",
                "avg_g W₂²(g_#q, ν) is smallest at ν = (Pm, √(|P|σ²))",
                &["variances for standard deviations"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| minimises::<f64>(scene, Scales::RootMeanSquare),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S3.barycentre-signed-scales",
                "S3.barycentre",
                "averaging standard deviations with the signs of the means",
                "avg_g W₂²(g_#q, ν) is smallest at ν = (Pm, Pσ)",
                &["ρ in place of |ρ| on standard deviations"],
                &[Feature::SignedOrbit, Feature::KilledOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| minimises::<f64>(scene, Scales::Signed),
            exact: Some(|scene| minimises::<Rational>(scene, Scales::Signed)),
        }),
    ]
}

/// `W₂²` of two diagonal Gaussians by means and standard deviations: `|m − n|² + |σ − ς|²`, attained by
/// the monotone map of each coordinate.
fn wasserstein<T: Scalar>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::zero(), |sum, (x, y)| {
        let step = x.clone() - y.clone();
        sum + step.clone() * step
    })
}

/// How a candidate for the barycentre gets its scales.
#[derive(Clone, Copy, PartialEq)]
enum Scales {
    Averaged,
    Signed,
    RootMeanSquare,
}

/// A location–scale vector `(m, σ)`: the standard deviations are the scene's positive numbers.
fn coordinates<T: Scalar>(scene: &Scene, which: Which, n: usize) -> Vec<T> {
    let mut coordinates = scene.vector::<T>(which, n);
    coordinates.extend(scene.positive::<T>(which, n));
    if scene.invariant && which == Which::Q {
        let orbits = SignedOrbits::of(&scene.signed());
        let plain = coordinates.clone();
        orbits.project(&plain[..n], &mut coordinates[..n]);
        orbits.unsigned().project(&plain[n..], &mut coordinates[n..]);
    }
    coordinates
}

/// `(ρ(g)m, |ρ(g)|σ)` for every `g`.
fn moved<T: Scalar>(scene: &Scene, x: &[T]) -> Vec<Vec<T>> {
    let rep = scene.signed();
    let n = rep.dim();
    rep.group()
        .elements()
        .map(|g| {
            let map = rep.index_map(&g);
            let mut out = x.to_vec();
            map.act(&x[..n], &mut out[..n]);
            map.unsigned().act(&x[n..], &mut out[n..]);
            out
        })
        .collect()
}

/// The mean of `W₂²` to all of the orbit.
fn objective<T: Scalar>(orbit: &[Vec<T>], nu: &[T]) -> T {
    let sum = orbit.iter().fold(T::zero(), |sum, x| sum + wasserstein(x, nu));
    sum / T::count(orbit.len())
}

/// A bound on what rounding does to [`objective`], in units of `u`: for `2n` squares of differences,
/// 3 roundings of a square, `2n` in the sum over coordinates, `|G|` in the sum over the group, one of the
/// division, times the sum of squares that bounds every partial sum; and for what the coordinates of
/// `ν` are off by, `off` units of the largest of their orbit, twice that on each square.
fn objective_error(orbit: &[Vec<f64>], nu: &[f64], off: f64) -> f64 {
    let roundings = (2 * nu.len() + orbit.len() + 4) as f64;
    let size: f64 = orbit
        .iter()
        .map(|x| x.iter().zip(nu).map(|(a, b)| (a.abs() + b.abs()).powi(2)).sum::<f64>())
        .fold(0.0, f64::max);
    (roundings + 2.0 * off) * size
}

/// The identity, with its consequence, at the candidate: `avg W₂²(·, ν) − avg W₂²(·, x) = W₂²(x, ν)` holds for
/// the minimiser `x` only, since the left side at `ν = x̄` is `−W₂²(x, x̄)`.
fn minimises<T: Scalar>(scene: &Scene, scales: Scales) -> Outcome {
    let rep = scene.signed();
    let n = rep.dim();
    let q = coordinates::<T>(scene, Which::Q, n);
    let orbit = moved(scene, &q);
    let orbits = SignedOrbits::of(&rep);
    let mut candidate = q.clone();
    orbits.project(&q[..n], &mut candidate[..n]);
    match scales {
        Scales::Averaged => orbits.unsigned().project(&q[n..], &mut candidate[n..]),
        Scales::Signed => orbits.project(&q[n..], &mut candidate[n..]),
        Scales::RootMeanSquare => {
            let squares: Vec<T> = q[n..].iter().map(|s| s.clone() * s.clone()).collect();
            orbits.unsigned().project(&squares, &mut candidate[n..]);
            for value in &mut candidate[n..] {
                // Controls run in floating point; the root goes through the nearest f64.
                let root = value.nearest_f64().sqrt();
                *value = T::from_f64(root).unwrap_or_else(T::zero);
            }
        }
    }
    identity(scene, &orbit, &candidate, 2.0 * n as f64 + 12.0)
}

/// The identity at a candidate whose coordinates are off by `off` units of the largest of their orbit.
fn identity<T: Scalar>(scene: &Scene, orbit: &[Vec<T>], candidate: &[T], off: f64) -> Outcome {
    let n = candidate.len() / 2;
    let floats = |x: &[T]| -> Vec<f64> { x.iter().map(Scalar::nearest_f64).collect() };
    let approximate: Vec<Vec<f64>> = orbit.iter().map(|x| floats(x)).collect();
    let here = objective(orbit, candidate);
    let mut outcome = Outcome::vacuous();
    // ν: the scene's other Gaussian, and some of the orbit itself.
    let other = coordinates::<T>(scene, Which::P, n);
    for nu in orbit.iter().take(4).chain([&other]) {
        let there = objective(orbit, nu);
        let distance = wasserstein(candidate, nu);
        let difference =
            (there.clone() - here.clone() - distance.clone()).magnitude().nearest_f64();
        let units = objective_error(&approximate, &floats(candidate), off)
            + objective_error(&approximate, &floats(nu), off)
            + objective_error(&[floats(nu)], &floats(candidate), off);
        let tolerance = units * T::UNIT_ROUNDOFF;
        outcome = outcome.and("identity", Residual::new(difference, tolerance));
        // The inequality that follows.
        let excess = (here.clone() - there).nearest_f64();
        outcome = outcome.and("minimum", Residual::new(excess.max(0.0), tolerance));
    }
    outcome
}

fn barycentre_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let n = rep.dim();
    let x = coordinates::<f64>(scene, Which::Q, n);
    let q = DiagonalGaussian::with_std_dev(&x[..n], &x[n..])?;
    let projected = projection(&q, &rep)?;
    let mut candidate = projected.mean().as_slice().to_vec();
    candidate.extend(projected.std_dev().iter());
    // Projected by orbits of at most n coordinates: 2n + 7; the standard deviations become natural
    // parameters and come back twice: a square, two quotients and a root each, and half of what is
    // under the root.
    let off = 2.0 * n as f64 + 16.0;
    let mut outcome = identity(scene, &moved(scene, &x), &candidate, off);
    for moved in moved(scene, &candidate) {
        outcome = outcome.and("invariant", Residual::exact(moved == candidate));
    }
    Ok(outcome)
}
