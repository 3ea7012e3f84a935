//! S2: arithmetic averaging.

use super::exact::{self, Gaussian};
use super::rounding::{Known, Rounded, U, projection_error, push_error};
use super::setting::{
    DIAGONAL, Diagonal, FULL, Full, Setting, TOLERANCE, average, averaging, control,
    diagonal_scenes, entrywise, full_scenes, largest, orbit, settled, shown,
};
use crate::action::ClosedUnder;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, Member};
use crate::group::Finite;
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds, SignedOrbits};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::arithmetic;
use nalgebra::{DMatrix, DVector};

const STATEMENT: &str = "q̂ with μ̂ = Pμ is invariant and has the moments of the orbit mixture avg_g g_#q; KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) for every invariant member ζ; KL(q‖q̂) = A*(μ) − A*(Pμ)";

/// The claim for both families, each with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let theorem = |id, title, hypotheses, covers, cost| About {
        id,
        title,
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: STATEMENT,
        hypotheses,
        tolerance: TOLERANCE,
        covers,
        cost,
    };
    vec![
        Box::new(Entry {
            about: theorem(
                "S2.diagonal",
                "arithmetic averaging is the M-projection: diagonal Gaussians",
                &["finite group", "diagonal Gaussian", "signed permutations"],
                DIAGONAL,
                1,
            ),
            instances: diagonal_scenes,
            check: |scene| settled(check::<Diagonal>(scene, Drop::Nothing)),
            exact: Some(|scene| settled(twin::<Diagonal>(scene, Drop::Nothing))),
        }),
        Box::new(Entry {
            about: control(
                "S2.diagonal-moving-zeta",
                "S2.diagonal",
                "the Pythagorean identity for a ζ that moves",
                "KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) for every ζ",
                &["ζ need not be invariant"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(check::<Diagonal>(scene, Drop::InvariantZeta)),
            exact: Some(|scene| shown(twin::<Diagonal>(scene, Drop::InvariantZeta))),
        }),
        Box::new(Entry {
            about: control(
                "S2.diagonal-no-spread",
                "S2.diagonal",
                "averages of means and variances, without the spread of the means",
                "(Pm, |P|σ²) has the moments of the orbit mixture",
                &["the spread of the means is left out"],
                &[Feature::NonAbelian, Feature::KilledOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(without_spread(scene)),
            exact: Some(|scene| shown(without_spread_twin(scene))),
        }),
        Box::new(Entry {
            about: theorem(
                "S2.full",
                "arithmetic averaging is the M-projection: full Gaussians",
                &["finite group", "full Gaussian", "any linear action"],
                FULL,
                4,
            ),
            instances: full_scenes,
            check: |scene| settled(check::<Full>(scene, Drop::Nothing)),
            exact: Some(|scene| settled(twin::<Full>(scene, Drop::Nothing))),
        }),
        Box::new(Entry {
            about: About {
                cost: 4,
                ..control(
                    "S2.full-moving-zeta",
                    "S2.full",
                    "the Pythagorean identity for a ζ that moves",
                    "KL(q‖ζ) = KL(q‖q̂) + KL(q̂‖ζ) for every ζ",
                    &["ζ need not be invariant"],
                    &[Feature::NonOrthogonal],
                )
            },
            instances: full_scenes,
            check: |scene| shown(check::<Full>(scene, Drop::InvariantZeta)),
            exact: Some(|scene| shown(twin::<Full>(scene, Drop::InvariantZeta))),
        }),
        Box::new(Entry {
            about: About {
                cost: 4,
                ..control(
                    "S2.full-p-star-for-p",
                    "S2.full",
                    "P* in place of P",
                    "avg_g τ(g) μ = P*μ",
                    &["P* for P, which are equal for orthogonal actions on the statistic only"],
                    &[Feature::NonOrthogonal],
                )
            },
            instances: full_scenes,
            check: |scene| shown(wrong_side(scene)),
            exact: Some(|scene| shown(wrong_side_twin(scene))),
        }),
    ]
}

/// Which hypothesis is dropped.
#[derive(Clone, Copy, PartialEq)]
enum Drop {
    Nothing,
    InvariantZeta,
}

fn check<S>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Rounded,
{
    let rep = S::rep(scene);
    let family = S::member(scene, Which::Q)?.family().clone();
    let reynolds = Reynolds::of(&family.statistic_action(&rep));
    let given = |which| -> Result<_, FamilyError> {
        let eta = S::member(scene, which)?.natural().coordinates().clone();
        Ok(Known::given(Member::from_natural(family.clone(), eta)?))
    };
    let (q, p) = (given(Which::Q)?, given(Which::P)?);
    let upper = q.arithmetic(arithmetic(&q.member, &rep)?, &reynolds);
    let zeta = match drop {
        Drop::Nothing => p.geometric(crate::symmetrize::geometric(&p.member, &rep)?, &reynolds),
        Drop::InvariantZeta => p,
    };
    let pythagoras = q.kl(&zeta).agrees(q.kl(&upper) + upper.kl(&zeta));
    if drop == Drop::InvariantZeta {
        return Ok(Outcome::new("Pythagoras", pythagoras));
    }

    // Invariance, in the coordinates that were averaged.
    let (n, shear) = (rep.dim(), S::shear(&rep));
    let mu = q.member.mean_parameter().as_slice();
    let mu_upper = upper.member.mean_parameter().as_slice();
    let error = mean_parameter_error(&reynolds, n, mu);
    let tau = family.statistic_action(&rep);
    let moved: Vec<DVector<f64>> = rep.group().elements().map(|g| tau.apply(&g, mu)).collect();
    let invariance = if shear == 0.0 {
        0.0
    } else {
        U * (push_error(shear, n, mu_upper)
            + (1.0 + 2.0 * shear * shear) * error.iter().sum::<f64>())
    };
    let invariant = rep.group().elements().fold(Residual::exact(true), |worst, g| {
        let moved = tau.apply(&g, mu_upper);
        worst.worse(Residual::distance(moved.as_slice(), mu_upper, invariance))
    });

    // Against the plain average of the moved mean parameters, which are the moments of the mixture.
    let sizes = largest(moved.iter().map(|mu| mu.as_slice()));
    let mixture = average(moved.iter().map(|mu| mu.as_slice()));
    let pushed = push_error(shear, n, mu);
    let summed = (moved.len() + 1) as f64;
    let tolerance = |i: usize| U * (error[i] + pushed + summed * sizes[i]);

    Ok(Outcome::new("invariant", invariant)
        .and("μ̂ = avg_g τ(g)μ", entrywise(mu_upper, &mixture, tolerance))
        .and("Pythagoras", pythagoras)
        .and("KL(q‖q̂) = A*(μ) − A*(Pμ)", q.kl(&upper).agrees(q.conjugate() - upper.conjugate())))
}

/// What `average_mean` may differ by from the exact `Pμ`, in units of `u`, entry by entry.
///
/// First moments are projected as they are. In place of `P E θ_iθ_j` there is
/// `P(Σ + (m − m̂)(m − m̂)ᵀ) + m̂m̂ᵀ`. With `G ≥ |m̂_i| / max|m_j|`, every term and every partial sum of it is at
/// most `4(1 + G)² max E θ_k²` (a mean is at most the root of a second moment), is formed with at most
/// 6 roundings and carries what `m̂` is off by, which is part of the projection's bound: three such
/// bounds cover it. For signed permutations `G ≤ 1` and the maximum is over the orbit.
fn mean_parameter_error(reynolds: &Reynolds<f64>, n: usize, mu: &[f64]) -> Vec<f64> {
    let plain = projection_error(reynolds, mu, false);
    let bound: Vec<f64> = if reynolds.orbits().is_some() {
        mu.iter().map(|x| 16.0 * x.abs()).collect()
    } else {
        let largest = mu[n..].iter().fold(0.0_f64, |worst, x| worst.max(x.abs()));
        let growth = reynolds
            .matrix()
            .view((0, 0), (n, n))
            .row_iter()
            .map(|row| row.iter().map(|x| x.abs()).sum::<f64>())
            .fold(1.0, f64::max);
        vec![4.0 * (1.0 + growth).powi(2) * largest; mu.len()]
    };
    let second = projection_error(reynolds, &bound, false);
    let second = |i: usize| 3.0 * f64::max(second[i], bound[i]);
    plain.iter().enumerate().map(|(i, e)| if i < n { *e } else { e + second(i) }).collect()
}

fn twin<S>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let rep = S::rep(scene);
    let (q, p) = (S::member(scene, Which::Q)?, S::member(scene, Which::P)?);
    let upper = arithmetic(&q, &rep)?;
    let zeta = if drop == Drop::Nothing { arithmetic(&p, &rep)? } else { p };
    let pythagoras = exact::kl(&q, &zeta) == exact::kl(&q, &upper) + exact::kl(&upper, &zeta);
    let outcome = Outcome::new("Pythagoras", Residual::exact(pythagoras));
    if drop == Drop::InvariantZeta {
        return Ok(outcome);
    }
    let invariant = orbit::<S, Rational>(&upper, &rep)?
        .iter()
        .all(|moved| *moved == upper && moved.mean_parameter() == upper.mean_parameter());
    // The plain formula, through the moments about zero.
    let plain = averaging::<S, Rational>(&q, &rep).project(q.mean_parameter().as_slice());
    let same = *upper.mean_parameter().coordinates() == plain
        && Member::from_mean(q.family().clone(), plain)? == upper;
    let mixture = average(
        orbit::<S, Rational>(&q, &rep)?.iter().map(|moved| moved.mean_parameter().as_slice()),
    );
    let gap = exact::conjugate(&q) - exact::conjugate(&upper);
    Ok(outcome
        .and("invariant", Residual::exact(invariant))
        .and("μ̂ = Pμ", Residual::exact(same))
        .and(
            "moments of the mixture",
            Residual::exact(upper.mean_parameter().as_slice() == mixture.as_slice()),
        )
        .and("moments by matrices", Residual::exact(moments_by_matrices::<S>(&q, &rep, &upper)))
        .and("KL(q‖q̂) = A*(μ) − A*(Pμ)", Residual::exact(exact::kl(&q, &upper) == gap)))
}

/// `m̂ = avg_g ρm` and `Σ̂ = avg_g [ρΣρᵀ + (ρm)(ρm)ᵀ] − m̂m̂ᵀ` with `ρ` alone, without any statistic.
/// (Diagonal families have the diagonal of it.)
fn moments_by_matrices<S>(
    q: &Member<S::Family, Rational>,
    rep: &S::Rep,
    upper: &Member<S::Family, Rational>,
) -> bool
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let (q, upper) = (S::Family::parts(q), S::Family::parts(upper));
    let n = rep.dim();
    let second = &q.covariance + &q.mean * q.mean.transpose();
    let mut sums = (
        DVector::from_element(n, Rational::ratio(0, 1)),
        DMatrix::from_element(n, n, Rational::ratio(0, 1)),
    );
    let mut order = 0;
    for g in rep.group().elements() {
        // ρ(ρS)ᵀ = ρSρᵀ for a symmetric S, column by column.
        let columns = |matrix: &DMatrix<Rational>| {
            let moved: Vec<_> =
                matrix.column_iter().map(|x| rep.apply(&g, x.clone_owned().as_slice())).collect();
            DMatrix::from_columns(&moved)
        };
        sums.0 += rep.apply(&g, q.mean.as_slice());
        sums.1 += columns(&columns(&second).transpose());
        order += 1;
    }
    let order = Rational::count(order);
    let mean = sums.0.map(|x| x / order.clone());
    let covariance = sums.1.map(|x| x / order.clone()) - &mean * mean.transpose();
    let is_diagonal = upper
        .covariance
        .iter()
        .enumerate()
        .all(|(k, x)| k % (n + 1) == 0 || *x == Rational::ratio(0, 1));
    mean == upper.mean
        && (0..n).all(|i| {
            (0..n)
                .all(|j| (i != j && is_diagonal) || covariance[(i, j)] == upper.covariance[(i, j)])
        })
}

/// `(Pm, |P|σ²)`.
fn naive<T: Scalar>(
    scene: &Scene,
    q: &Member<DiagonalGaussian, T>,
) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
    let orbits = SignedOrbits::of(&scene.signed());
    let (mut mean, mut variance) = (q.mean(), q.variance());
    orbits.project(q.mean().as_slice(), mean.as_mut_slice());
    orbits.unsigned().project(q.variance().as_slice(), variance.as_mut_slice());
    DiagonalGaussian::with_variance(mean.as_slice(), variance.as_slice())
}

fn without_spread_twin(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), scene.diagonal::<Rational>(Which::Q)?);
    let tau = ClosedUnder::<_, Rational>::statistic_action(q.family(), &rep);
    let moments = Reynolds::of(&tau).project(q.mean_parameter().as_slice());
    let same = *naive(scene, &q)?.mean_parameter().coordinates() == moments;
    Ok(Outcome::new("moments", Residual::exact(same)))
}

fn wrong_side_twin(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<Rational>>::rep(scene);
    let q = <Full as Setting<Rational>>::member(scene, Which::Q)?;
    let mu = q.mean_parameter().as_slice();
    let tau = ClosedUnder::<_, Rational>::statistic_action(q.family(), &rep);
    let moved: Vec<DVector<Rational>> = rep.group().elements().map(|g| tau.apply(&g, mu)).collect();
    let mixture = average(moved.iter().map(|mu| mu.as_slice()));
    let same = Reynolds::of(&tau).project_dual(mu).as_slice() == mixture.as_slice();
    Ok(Outcome::new("P*μ", Residual::exact(same)))
}

/// `(Pm, |P|σ²)` against the moments of the mixture.
fn without_spread(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let q = scene.diagonal::<f64>(Which::Q)?;
    let naive = naive(scene, &q)?;
    let tau = ClosedUnder::<_, f64>::statistic_action(q.family(), &rep);
    let reynolds = Reynolds::of(&tau);
    let mu = q.mean_parameter().as_slice();
    let error = mean_parameter_error(&reynolds, rep.dim(), mu);
    let moments = reynolds.project(mu);
    Ok(Outcome::new(
        "moments",
        entrywise(naive.mean_parameter().as_slice(), moments.as_slice(), |i| 2.0 * U * error[i]),
    ))
}

/// `P*μ` against the average of the moved mean parameters.
fn wrong_side(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<f64>>::rep(scene);
    let q = <Full as Setting<f64>>::member(scene, Which::Q)?;
    let mu = q.mean_parameter().as_slice();
    let tau = ClosedUnder::<_, f64>::statistic_action(q.family(), &rep);
    let reynolds = Reynolds::of(&tau);
    let moved: Vec<DVector<f64>> = rep.group().elements().map(|g| tau.apply(&g, mu)).collect();
    let mixture = average(moved.iter().map(|mu| mu.as_slice()));
    let sizes = largest(moved.iter().map(|mu| mu.as_slice()));
    let wrong = reynolds.project_dual(mu);
    let error = projection_error(&reynolds, mu, true);
    let pushed = push_error(<Full as Setting<f64>>::shear(&rep), rep.dim(), mu);
    let summed = (moved.len() + 1) as f64;
    Ok(Outcome::new(
        "P*μ",
        entrywise(wrong.as_slice(), &mixture, |i| U * (error[i] + pushed + summed * sizes[i])),
    ))
}
