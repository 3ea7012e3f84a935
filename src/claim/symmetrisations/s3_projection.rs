//! S3: projection, and tying.

use super::rounding::{U, push_error};
use super::setting::{
    DIAGONAL, Diagonal, FULL, Full, Setting, diagonal_scenes, full_scenes, measured, settled,
};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, compare};
use crate::family::{DiagonalGaussian, FamilyError, Sample};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, Reynolds, SignedOrbits,
};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::{Tied, projection, tie};
use nalgebra::{DMatrix, DVector};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

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
    let tying = About {
        id: "S3.tying",
        title: "tying is the push-forward by P: diagonal Gaussians",
        statement: "θ ∼ P_#q is invariant draw by draw, with mean Pm and covariance PΣPᵀ = avg_{g,h} ρ(g)Σρ(h)ᵀ",
        tolerance: "count of roundings times the size of the terms",
        ..barycentre
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
                "S3.barycentre.variances",
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
                "S3.barycentre.signed-scales",
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
        Box::new(Entry {
            about: tying,
            instances: diagonal_scenes,
            check: |scene| settled(tying_holds::<Diagonal>(scene)),
            exact: Some(|scene| settled(tied_moments::<Diagonal, Rational>(scene))),
        }),
        Box::new(Entry {
            about: control(
                "S3.tying.projection",
                "S3.tying",
                "tying taken for projection",
                "the marginals of P_#q are the projection of q",
                &["P_#q is not (Pm, |P|σ): independent coordinates average down"],
                &[Feature::FreeOrbit, Feature::KilledOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(tied_is_projected(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S3.tying-full",
                title: "tying is the push-forward by P: full Gaussians",
                hypotheses: &["finite group", "full Gaussian", "any linear action"],
                covers: FULL,
                cost: 2,
                ..tying
            },
            instances: full_scenes,
            check: |scene| settled(tying_holds::<Full>(scene)),
            exact: Some(|scene| settled(tied_moments::<Full, Rational>(scene))),
        }),
        Box::new(Entry {
            about: control(
                "S3.tying-full.subset",
                "S3.tying-full",
                "tying by an average over a subset that is no subgroup",
                "avg_{g∈S} ρ(g)θ is invariant for every subset S",
                &["S need not be a subgroup"],
                &[Feature::NonOrthogonal],
            ),
            instances: full_scenes,
            check: subset,
            exact: None,
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

/// The mean and the covariance of a tied posterior.
trait TiedMoments<T: Scalar> {
    fn moments(&self) -> (DVector<T>, DMatrix<T>);
    fn untied(&self) -> (DVector<T>, DMatrix<T>);
}

impl<T: Scalar> TiedMoments<T> for Tied<DiagonalGaussian, T> {
    fn moments(&self) -> (DVector<T>, DMatrix<T>) {
        (self.mean(), self.covariance())
    }

    fn untied(&self) -> (DVector<T>, DMatrix<T>) {
        let q = self.posterior();
        (q.mean(), DMatrix::from_diagonal(&q.variance()))
    }
}

impl<T: Scalar> TiedMoments<T> for Tied<crate::family::FullGaussian, T> {
    fn moments(&self) -> (DVector<T>, DMatrix<T>) {
        (self.mean(), self.covariance())
    }

    fn untied(&self) -> (DVector<T>, DMatrix<T>) {
        let q = self.posterior();
        (q.mean(), q.covariance())
    }
}

/// Mean and covariance against sums over the group, and `Pθ` invariant for a vector of the scene.
fn tied_moments<S, T>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<T>,
    T: Scalar,
    Tied<S::Family, T>: TiedMoments<T>,
{
    let rep = S::rep(scene);
    let tied = tie(&S::member(scene, Which::Q)?, &rep)?;
    let n = rep.dim();
    let (mean, covariance) = tied.moments();
    let (m, sigma) = tied.untied();
    let matrices: Vec<DMatrix<T>> = rep.group().elements().map(|g| rep.matrix(&g)).collect();
    let order = T::count(matrices.len());
    let zero = DMatrix::from_element(n, n, T::zero());
    // Σ_{g,h} ρ(g)Σρ(h)ᵀ, by rows and columns.
    let sum = matrices.iter().fold(zero, |sum, matrix| sum + matrix);
    let expected_mean = (&sum * &m).map(|x| x / order.clone());
    let expected = (&sum * &sigma * sum.transpose()).map(|x| x / (order.clone() * order.clone()));
    let (size_m, size_s) = (compare::total(m.as_slice()), compare::total(sigma.as_slice()));
    // Entries of Σ_g ρ(g) are integers; those of P are them over |G|, rounded once and at most `growth`.
    // A mean is a sum of n products, by orbits of differences of twice the size of their terms; a
    // covariance is two such sums in a row. Here and there: 2(2n + 7) and twice that.
    let growth = compare::largest_entry(&sum) / order.nearest_f64();
    let terms = 4.0 * n as f64 + 14.0;
    let u = T::UNIT_ROUNDOFF;
    let theta = scene.vector::<T>(Which::P, n);
    let draw = tied.reynolds().project(&theta);
    let p = tied.reynolds().matrix();
    Ok(Outcome::new(
        "mean Pm",
        Residual::new(
            compare::distance(mean.as_slice(), expected_mean.as_slice()),
            // By orbits, m itself is what differences are taken from, however small P's entries.
            u * terms * (growth + 2.0) * size_m,
        ),
    )
    .and(
        "covariance PΣPᵀ",
        Residual::new(
            compare::matrix_distance(&covariance, &expected),
            2.0 * u * terms * growth * growth * size_s,
        ),
    )
    .and("Pθ is invariant", stays::<S, T>(&rep, &p, &theta, draw.as_slice())))
}

/// Whether `Pθ` stays where it is, against what rounding may do: `(n + 1) max|p_ij| Σ|θ_i|` units in `Pθ`,
/// before and after it is moved (which multiplies it by the shear at most), and those of moving it.
fn stays<S, T>(rep: &S::Rep, p: &DMatrix<T>, theta: &[T], draw: &[T]) -> Residual
where
    S: Setting<T>,
    T: Scalar,
{
    let (n, shear) = (rep.dim(), S::shear(rep));
    let floats: Vec<f64> = draw.iter().map(Scalar::nearest_f64).collect();
    let projected = (n + 1) as f64 * compare::largest_entry(p) * compare::total(theta);
    // Index maps round nothing, and an average by orbits gives every coordinate the same number.
    let tolerance = if shear == 0.0 {
        0.0
    } else {
        T::UNIT_ROUNDOFF * (push_error(shear, n, &floats) + (1.0 + shear) * projected)
    };
    rep.group().elements().fold(Residual::exact(true), |worst, g| {
        let moved = rep.apply(&g, draw);
        worst.worse(Residual::new(compare::distance(moved.as_slice(), draw), tolerance))
    })
}

/// The moments, and draws: `P` of what the untied posterior draws with the same generator.
fn tying_holds<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Sample<f64>,
    Tied<S::Family, f64>: TiedMoments<f64>,
{
    let rep = S::rep(scene);
    let tied = tie(&S::member(scene, Which::Q)?, &rep)?;
    let seed = scene.picks.first().map_or(0, |&pick| pick as u64);
    let draw = tied.sample(&mut ChaCha8Rng::seed_from_u64(seed));
    let theta =
        tied.posterior().family().sample(tied.posterior(), &mut ChaCha8Rng::seed_from_u64(seed));
    let same = draw == tied.reynolds().project(theta.as_slice());
    let p = tied.reynolds().matrix();
    let fixed = stays::<S, f64>(&rep, &p, theta.as_slice(), draw.as_slice());
    Ok(tied_moments::<S, f64>(scene)?
        .and("a draw is P of a draw", Residual::exact(same))
        .and("a draw is invariant", fixed))
}

/// The tied marginals against the projection.
fn tied_is_projected(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), scene.diagonal::<f64>(Which::Q)?);
    let covariance = tie(&q, &rep)?.covariance();
    let projected = projection(&q, &rep)?;
    let worst = (0..rep.dim()).fold(Residual::exact(true), |worst, i| {
        let (tied, scale) = (covariance[(i, i)].sqrt(), projected.std_dev()[i]);
        // n² terms of a variance, 2n + 16 roundings of a scale, relative to the largest scale.
        let n = rep.dim() as f64;
        let largest = q.std_dev().max();
        let tolerance = U * (n * n + 2.0 * n + 16.0) * largest;
        worst.worse(Residual::new((tied - scale).abs(), tolerance))
    });
    Ok(Outcome::new("scale", worst))
}

/// `avg_{g∈S} ρ(g)θ` for three elements of the scene.
fn subset(scene: &Scene) -> Outcome {
    let rep = <Full as Setting<f64>>::rep(scene);
    let few = [scene.element(0), scene.element(1), scene.element(2)];
    let p: DMatrix<f64> = Reynolds::<f64>::over_subset(&rep, &few);
    let theta = scene.vector::<f64>(Which::P, rep.dim());
    let draw = &p * DVector::from_vec(theta.clone());
    let fixed = stays::<Full, f64>(&rep, &p, &theta, draw.as_slice());
    Outcome::new("invariant", fixed)
}
