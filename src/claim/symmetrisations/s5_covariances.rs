//! S5 for full covariances: the order of Loewner, and what is not between the two.

use super::exact::Gaussian;
use super::few::{Planes, planes};
use super::rounding::{Known, U};
use super::setting::{FULL, Full, Setting, full_scenes, orbit, settled, shown};
use crate::action::ClosedUnder;
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{FamilyError, FullGaussian, Member};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{Representation, Reynolds, SignedPermutation, SignedPermutationRep};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::{arithmetic, geometric};
use nalgebra::{DMatrix, DVector, dmatrix};
use num_traits::{One, Zero};

/// The bound for full Gaussians with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let full = About {
        id: "S5.full",
        title: "covariances: geometric ≼ arithmetic in the Loewner order",
        statement: "Σ̃ ≼ Σ̂ (the difference is positive semidefinite); coordinatewise, Σ̃_ii ≤ harmonic mean of (g_#Σ)_ii ≤ (avg_g √(g_#Σ)_ii)² ≤ Σ̂_ii",
        hypotheses: &[
            "finite group",
            "full Gaussian",
            "any linear action",
            "all averages are over the whole group",
        ],
        tolerance: "bounds on both covariances in norm, times the size of the inverse",
        covers: FULL,
        cost: 2,
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
    };
    let control = |id, of, title, statement, hypotheses, covers| About {
        id,
        of: Some(of),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        cost: 1,
        ..full
    };
    vec![
        Box::new(Entry {
            about: full,
            instances: full_scenes,
            check: |scene| settled(loewner(scene)),
            exact: Some(|scene| settled(loewner_exactly(scene)).partial()),
        }),
        Box::new(Entry {
            about: control(
                "S5.full-subset",
                "S5.full",
                "a geometric average over less than the group",
                "(avg_{g∈S} (g_#Σ)⁻¹)⁻¹ ≼ Σ̂ for every subset S, {e} among them",
                &["all averages are over the whole group"],
                &[Feature::NonOrthogonal],
            ),
            instances: full_scenes,
            check: |scene| shown(subset(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S5.full-marginals",
                "S5.full",
                "marginal variances of a full geometric average as if it were diagonal",
                "Σ̃_ii is the harmonic mean of the marginal variances (g_#Σ)_ii",
                &["the covariance need not be diagonal"],
                &[Feature::NonOrthogonal],
            ),
            instances: full_scenes,
            check: |scene| shown(marginals(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S5.full-barycentre",
                "S5.full",
                "the Wasserstein barycentre between the two, for full covariances",
                "for Σ = diag(A, B) under the swap of its two blocks, Σ̃_ii ≤ variance i of the Wasserstein-2 barycentre of the orbit",
                &["the covariances of the orbit need not commute"],
                &[],
            ),
            instances: planes,
            check: |planes| shown(below_barycentre(planes)),
            exact: None,
        }),
    ]
}

/// The two covariances, with a bound on the error of each in norm, and the orbit's marginal variances.
struct Pair {
    lower: DMatrix<f64>,
    upper: DMatrix<f64>,
    upper_precision: f64,
    error: f64,
    /// For each coordinate, its variance in every member of the orbit.
    marginals: Vec<Vec<f64>>,
    /// A bound on the error of each of them.
    marginal_error: f64,
}

impl Pair {
    fn of(scene: &Scene) -> Result<Self, FamilyError> {
        let rep = <Full as Setting<f64>>::rep(scene);
        let stored = <Full as Setting<f64>>::member(scene, Which::Q)?;
        let family = *stored.family();
        let eta = stored.natural().coordinates().clone();
        let q = Known::given(Member::from_natural(family, eta)?);
        let tau = ClosedUnder::<_, f64>::statistic_action(&family, &rep);
        let reynolds = Reynolds::of(&tau);
        let lower = q.geometric(geometric(&q.member, &rep)?, &reynolds);
        let upper = q.arithmetic(arithmetic(&q.member, &rep)?, &reynolds);
        let error = 2.0 * U * (lower.covariance_error() + upper.covariance_error());
        let shear = <Full as Setting<f64>>::shear(&rep);
        let pushed = super::rounding::push_error(shear, rep.dim(), q.member.natural().as_slice());
        let moved: Vec<Known<_>> = orbit::<Full, f64>(&q.member, &rep)?
            .into_iter()
            .map(|member| Known::moved(member, pushed))
            .collect();
        let marginal_error =
            moved.iter().map(|m| 2.0 * U * m.covariance_error()).fold(0.0, f64::max);
        let covariances: Vec<DMatrix<f64>> = moved.iter().map(|m| m.member.covariance()).collect();
        let marginals =
            (0..rep.dim()).map(|i| covariances.iter().map(|c| c[(i, i)]).collect()).collect();
        Ok(Self {
            lower: lower.member.covariance(),
            upper: upper.member.covariance(),
            upper_precision: upper.member.precision().trace(),
            error,
            marginals,
            marginal_error,
        })
    }
}

/// Three means of positive numbers: harmonic, the square of the mean root, arithmetic.
fn means(x: &[f64]) -> [f64; 3] {
    let n = x.len() as f64;
    let harmonic = n / x.iter().map(|x| 1.0 / x).sum::<f64>();
    let root = x.iter().map(|x| x.sqrt()).sum::<f64>() / n;
    [harmonic, root * root, x.iter().sum::<f64>() / n]
}

/// `lower ≼ upper` for the two covariances of a pair.
fn ordered(part: &'static str, pair: &Pair) -> Outcome {
    let n = pair.lower.nrows();
    // Σ̃ ≼ Σ̂ exactly if the largest eigenvalue of L⁻¹Σ̃L⁻ᵀ is at most 1, Σ̂ = LLᵀ. Errors of the covariances
    // count as `tr Λ̂` times them; factorising, solving and the symmetric eigenvalues (backward stable) round
    // 20 n³ times at most, relative to the condition number.
    let Some(factor) = pair.upper.clone().cholesky() else {
        return Outcome::new("Σ̂ is positive definite", Residual::exact(false));
    };
    let lower = factor.l();
    let Some(half) = lower.solve_lower_triangular(&pair.lower) else {
        return Outcome::new("Σ̂ is positive definite", Residual::exact(false));
    };
    let Some(whole) = lower.solve_lower_triangular(&half.transpose()) else {
        return Outcome::new("Σ̂ is positive definite", Residual::exact(false));
    };
    let symmetric = (&whole + whole.transpose()) * 0.5;
    let largest = symmetric.symmetric_eigenvalues().max();
    let condition = pair.upper_precision * pair.upper.trace();
    let tolerance = pair.upper_precision * pair.error + U * 20.0 * (n * n * n) as f64 * condition;
    Outcome::vacuous().bounded(part, largest, 1.0, tolerance)
}

/// The geometric average over the identity alone, which is `Σ` itself.
fn subset(scene: &Scene) -> Result<Outcome, FamilyError> {
    let pair = Pair::of(scene)?;
    let stored = <Full as Setting<f64>>::member(scene, Which::Q)?;
    let eta = stored.natural().coordinates().clone();
    let q = Known::given(Member::from_natural(*stored.family(), eta)?);
    let error = pair.error + 2.0 * U * q.covariance_error();
    Ok(ordered("Σ ≼ Σ̂", &Pair { lower: q.member.covariance(), error, ..pair }))
}

fn loewner(scene: &Scene) -> Result<Outcome, FamilyError> {
    let pair = Pair::of(scene)?;
    let mut outcome = ordered("Σ̃ ≼ Σ̂", &pair);
    for (i, marginals) in pair.marginals.iter().enumerate() {
        let [harmonic, root, _] = means(marginals);
        // Means of numbers that are off by `marginal_error` are off by as much (for the harmonic one and the
        // root, times the square of, and the root of, the largest ratio), and |G| + 4 roundings.
        let ratio = marginals.iter().fold(0.0_f64, |a, &b| a.max(b))
            / marginals.iter().fold(f64::INFINITY, |a, &b| a.min(b));
        let rounding =
            U * (2 * marginals.len() + 12) as f64 * ratio * root + pair.marginal_error * ratio;
        let off = pair.error + rounding;
        outcome = outcome
            .bounded("Σ̃_ii ≤ harmonic mean", pair.lower[(i, i)], harmonic, off)
            .bounded("harmonic mean ≤ squared mean scale", harmonic, root, off)
            .bounded("squared mean scale ≤ Σ̂_ii", root, pair.upper[(i, i)], off);
    }
    Ok(outcome)
}

/// Whether a symmetric matrix is positive semidefinite: by elimination, where a zero pivot must have a
/// zero column.
fn is_semidefinite(mut matrix: DMatrix<Rational>) -> bool {
    let n = matrix.nrows();
    for k in 0..n {
        let pivot = matrix[(k, k)].clone();
        if pivot < Rational::zero() {
            return false;
        }
        if pivot.is_zero() {
            if (k + 1..n).any(|i| !matrix[(i, k)].is_zero()) {
                return false;
            }
            continue;
        }
        for i in k + 1..n {
            let factor = matrix[(i, k)].clone() / pivot.clone();
            if factor.is_zero() {
                continue;
            }
            for j in k + 1..n {
                let step = factor.clone() * matrix[(k, j)].clone();
                matrix[(i, j)] -= step;
            }
        }
    }
    true
}

fn loewner_exactly(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<Rational>>::rep(scene);
    let q = <Full as Setting<Rational>>::member(scene, Which::Q)?;
    let covariance = |member: &Member<_, Rational>| {
        <crate::family::FullGaussian as Gaussian>::parts(member).covariance
    };
    let (lower, upper) = (covariance(&geometric(&q, &rep)?), covariance(&arithmetic(&q, &rep)?));
    let moved = orbit::<Full, Rational>(&q, &rep)?;
    let order = Rational::count(moved.len());
    let covariances: Vec<DMatrix<Rational>> = moved.iter().map(covariance).collect();
    let below = (0..rep.dim()).all(|i| {
        let inverses = covariances
            .iter()
            .fold(Rational::zero(), |sum, c| sum + Rational::one() / c[(i, i)].clone());
        lower[(i, i)] <= order.clone() / inverses
    });
    Ok(Outcome::new("Σ̃ ≼ Σ̂", Residual::exact(is_semidefinite(&upper - &lower)))
        .and("Σ̃_ii ≤ harmonic mean", Residual::exact(below)))
}

fn marginals(scene: &Scene) -> Result<Outcome, FamilyError> {
    let pair = Pair::of(scene)?;
    let mut outcome = Outcome::vacuous();
    for (i, marginals) in pair.marginals.iter().enumerate() {
        let [harmonic, root, _] = means(marginals);
        let ratio = marginals.iter().fold(0.0_f64, |a, &b| a.max(b))
            / marginals.iter().fold(f64::INFINITY, |a, &b| a.min(b));
        let tolerance = pair.error
            + pair.marginal_error * ratio
            + U * (2 * marginals.len() + 12) as f64 * ratio * root;
        let difference = (harmonic - pair.lower[(i, i)]).abs();
        outcome = outcome.and("harmonic mean", Residual::new(difference, tolerance));
    }
    Ok(outcome)
}

/// The Wasserstein-2 barycentre of two centred Gaussians on the plane with equal weights,
/// `¼ (A + B + R + Rᵀ)` with `R = (AB)^½`: the midpoint of the geodesic, since the optimal map `T` from `A`
/// to `B` has `AT = R` and `TAT = B`. A square root of a 2×2 matrix of positive eigenvalues is
/// `(M + √det M)/√(tr M + 2√det M)`.
fn planar_barycentre(a: &DMatrix<f64>, b: &DMatrix<f64>, determinant: f64) -> DMatrix<f64> {
    let product = a * b;
    let root = determinant.sqrt();
    let scale = (product.trace() + 2.0 * root).sqrt();
    let half = (product + DMatrix::identity(2, 2) * root) / scale;
    (a + b + &half + half.transpose()) * 0.25
}

/// Covariances `diag(A, B)` on the sum of two planes that the group swaps: the orbit is `diag(A, B)` and
/// `diag(B, A)`, which do not commute, and both of its means are `diag(X, X)` with the mean `X` of `A` and `B`.
fn below_barycentre(planes: &Planes) -> Result<Outcome, FamilyError> {
    let (scales, tilt) = (planes.scales(), planes.tilt());
    let a = dmatrix![1.0, tilt; tilt, tilt * tilt + scales[0]];
    let b = dmatrix![1.0, 0.0; 0.0, 16.0 * scales[1]];
    let mut covariance = DMatrix::zeros(4, 4);
    covariance.view_mut((0, 0), (2, 2)).copy_from(&a);
    covariance.view_mut((2, 2), (2, 2)).copy_from(&b);
    let stored = FullGaussian::with_covariance(&DVector::zeros(4), &covariance)?;
    let group = GroupSpec::Cyclic(2).build();
    let swap = group.element(1);
    let rep = SignedPermutationRep::from_fn(group, 4, move |g| {
        let step = if *g == swap { 2 } else { 0 };
        SignedPermutation::from_fn(4, |i| ((i + step) % 4, false))
    });
    let q = Known::given(Member::from_natural(
        *stored.family(),
        stored.natural().coordinates().clone(),
    )?);
    let tau = ClosedUnder::<_, f64>::statistic_action(stored.family(), &rep);
    let lower = q.geometric(geometric(&q.member, &rep)?, &Reynolds::of(&tau));
    let covariance = lower.member.covariance();
    // det A = σ₀² and det B = 16σ₁²; all terms of the barycentre are positive: 16 roundings at most. What q is
    // stored as differs from diag(A, B) by the two inversions between.
    let barycentre = planar_barycentre(&a, &b, 16.0 * scales[0] * scales[1]);
    let tolerance = 2.0 * U * (lower.covariance_error() + 2.0 * q.covariance_error())
        + U * 16.0 * barycentre.trace();
    Ok((0..2).fold(Outcome::vacuous(), |outcome, i| {
        outcome.bounded("Σ̃_ii ≤ barycentre", covariance[(i, i)], barycentre[(i, i)], tolerance)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planar_barycentre_is_the_midpoint() {
        let (a, b) = (dmatrix![1.0, 3.0; 3.0, 10.0], dmatrix![1.0, 0.0; 0.0, 16.0]);
        let middle = planar_barycentre(&a, &b, 16.0);
        // tr AB = 161 and √det AB = 4: the root has the scale 13.
        let exact = dmatrix![117.0, 292.5; 292.5, 2164.5] / 169.0;
        assert!((&middle - exact).amax() < 1e-14, "{middle}");
        // With the map T = A⁻¹R, R² = AB: TAT = B, and the midpoint is that of (1 + T)/2.
        let root = (&a * &b + DMatrix::identity(2, 2) * 4.0) / 13.0;
        assert!((&root * &root - &a * &b).amax() < 1e-11);
        let inverse = dmatrix![10.0, -3.0; -3.0, 1.0];
        let map = &inverse * &root;
        assert!((&map - map.transpose()).amax() < 1e-13);
        assert!((&map * &a * &map - &b).amax() < 1e-12);
        let half = (DMatrix::identity(2, 2) + &map) * 0.5;
        assert!((&half * &a * half.transpose() - middle).amax() < 1e-12);
    }

    #[test]
    fn semidefinite_is_told_from_indefinite() {
        let exact = |matrix: DMatrix<i64>| matrix.map(|x| Rational::ratio(x, 1));
        assert!(is_semidefinite(exact(dmatrix![0, 0; 0, 1])));
        assert!(is_semidefinite(exact(dmatrix![1, 2; 2, 4])));
        assert!(!is_semidefinite(exact(dmatrix![1, 2; 2, 3])));
        assert!(!is_semidefinite(exact(dmatrix![0, 1; 1, 5])));
    }
}
