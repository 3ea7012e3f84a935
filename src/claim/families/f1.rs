//! F1: the log-partition function, its derivatives and its conjugate.

use super::super::rounding::{Judge, Tracked, all_close, close, close_within};
use super::super::scene::{Scene, Which};
use super::super::{About, Claim, Entry, Feature, Outcome, strategy};
use super::cubature::degree_five;
use super::posed::{Factors, Kind, Posed, part};
use super::segment::{Segment, gauss_legendre};
use super::{at_most, both, f1_controls, f1_exact, settle, theorem};
use crate::family::{DiagonalGaussian, Family, FamilyError, FullGaussian, LogPartition, Member};
use crate::law::Residual;
use crate::representation::{Representation, pair_count, pair_index, pairs};
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, Zero};
use statrs::distribution::{Continuous, MultivariateNormal, Normal};
use statrs::statistics::Distribution;

const GAUSSIANS: &[&str] = &["diagonal or full Gaussian"];
const KINDS: &[Feature] = &[Feature::WideScales, Feature::RepeatedVariances, Feature::Invariant];
/// Of checks that no digit would be left for where scales are wide.
const TAME: &[Feature] = &[Feature::RepeatedVariances, Feature::Invariant];

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let mut claims: Vec<Box<dyn Claim>> = vec![Box::new(Entry {
        about: About {
            tolerance: "rounding tracked through every operation, and the truncation of 16 Gauss–Legendre \
                        nodes by the Bernstein ellipse ρ = 4",
            ..theorem(
                "F1.gradient",
                "μ is the gradient of A, I the derivative of μ",
                "A(ζ) − A(η) = ∫⟨μ, dη⟩ and μ(ζ) − μ(η) = ∫ I dη along the segment from η to ζ",
                GAUSSIANS,
                KINDS,
            )
        },
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(gradient),
        exact: Some(both!(f1_exact::gradient)),
    })];
    claims.extend(f1_controls::of_gradient());
    claims.push(Box::new(Entry {
        about: theorem(
            "F1.moments",
            "μ is the mean of T, I its covariance",
            "∇A(η) = E T and ∇²A(η) = Cov T, by a cubature that is exact for degree 5",
            GAUSSIANS,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(moments, Tracked),
        exact: Some(both!(moments, Rational)),
    }));
    claims.extend(f1_controls::of_moments());
    claims.push(Box::new(Entry {
        about: About {
            tolerance: "rounding tracked through every operation; wide scales, where a round trip keeps \
                        no digits, only in exact arithmetic",
            ..theorem(
                "F1.bijection",
                "η ↔ μ is a bijection",
                "η(μ(η)) = η, μ(η(μ)) = μ, and ⟨μ(ζ) − μ(η), ζ − η⟩ > 0 for η ≠ ζ",
                &["minimal family", "η in Ω, μ in the interior of the mean-parameter space"],
                TAME,
            )
        },
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(bijection, Tracked),
        exact: Some(both!(bijection, Rational)),
    }));
    claims.extend(f1_controls::of_bijection());
    claims.push(Box::new(Entry {
        about: theorem(
            "F1.conjugate",
            "A + A* = ⟨η, μ⟩",
            "A(η) + A*(μ(η)) = ⟨η, μ(η)⟩ with A* = −½(n + ln det Σ); A(ζ) + A*(μ(η)) ≥ ⟨ζ, μ(η)⟩ for every ζ",
            GAUSSIANS,
            KINDS,
        ),
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: both!(conjugate),
        exact: Some(both!(f1_exact::conjugate)),
    }));
    claims.extend(f1_controls::of_conjugate());
    claims.push(Box::new(Entry {
        about: About {
            tolerance: "rounding tracked on our side; on the oracle's, twice that of its formula, or for matrices the \
                        backward error of its factorisations; covariances of moderate condition",
            ..theorem(
                "F1.density",
                "the density is the Gaussian one",
                "ln h + ⟨η, T(θ)⟩ − A(η) = ln N(θ; m, Σ), and minus its mean is the entropy, as statrs has them",
                GAUSSIANS,
                TAME,
            )
        },
        instances: |wanted| strategy::scenes_with(4, wanted),
        check: |scene| settle(|| full_density(scene, diagonal_density(scene)?)),
        exact: Some(both!(f1_exact::density)),
    }));
    claims.extend(f1_controls::of_density());
    claims
}

fn gradient<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let segment = Segment::towards(&F::pose(scene, Which::Q)?, &F::pose(scene, Which::P)?)?;
    let family = segment.start.family().clone();
    let mut slope = Tracked::zero();
    let mut change = DVector::from_element(family.statistic_dim(), Tracked::zero());
    for (t, weight) in gauss_legendre() {
        let member = segment.at(t)?;
        slope += weight * dot(member.mean_parameter().as_slice(), segment.step.as_slice());
        change += family.fisher_information(&member) * &segment.step * weight;
    }
    let rise = family.log_partition(&segment.end) - family.log_partition(&segment.start);
    let mut outcome = outcome.and(
        part!(F, Tracked, "A(ζ) − A(η) = ∫⟨μ, dη⟩"),
        close_within(&rise, &slope, segment.scalar_truncation()),
    );
    let n = family.dim();
    let mean =
        segment.end.mean_parameter().coordinates() - segment.start.mean_parameter().coordinates();
    for (k, (a, b)) in mean.iter().zip(&change).enumerate() {
        let truncation = match (k < n, F::KIND) {
            (true, _) => segment.mean_truncation(k),
            (false, Kind::Diagonal) => segment.second_truncation(k - n, k - n),
            (false, Kind::Full) => {
                pairs(n).nth(k - n).map_or(f64::NAN, |(i, j)| segment.second_truncation(i, j))
            }
        };
        outcome =
            outcome.and(part!(F, Tracked, "μ(ζ) − μ(η) = ∫ I dη"), close_within(a, b, truncation));
    }
    Ok(outcome)
}

fn moments<F: Posed<T>, T: Judge>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    let scene = &small::<T>(scene);
    let q: Member<F, T> = F::pose(scene, Which::Q)?;
    let size = q.family().statistic_dim();
    let mut first = DVector::from_element(size, T::zero());
    let mut second = vec![T::zero(); pair_count(size)];
    for node in degree_five(&F::factors(scene, Which::Q)?) {
        let statistic = q.family().sufficient_statistic(node.theta.as_slice());
        let weighted = &statistic * node.weight;
        for (sum, (i, j)) in second.iter_mut().zip(pairs(size)) {
            *sum += weighted[i].clone() * statistic[j].clone();
        }
        first += weighted;
    }
    let covariance = DMatrix::from_fn(size, size, |i, j| {
        second[pair_index(size, i, j)].clone() - first[i].clone() * first[j].clone()
    });
    let information = q.family().fisher_information(&q);
    Ok(outcome
        .and(part!(F, T, "E T = μ"), all_close(&first, q.mean_parameter().coordinates()))
        .and(part!(F, T, "Cov T = I"), all_close(&covariance, &information))
        .on(scene))
}

/// In exact arithmetic, large matrices of large fractions take too long: at most three dimensions.
pub(super) fn small<T: Scalar>(scene: &Scene) -> Scene {
    let max_dim = if T::UNIT_ROUNDOFF > 0.0 { scene.max_dim } else { scene.max_dim.min(3) };
    Scene { max_dim, ..scene.clone() }
}

/// Where rounding is tracked, scales are not as wide as to lose every digit on a round trip.
pub(super) fn tame<T: Scalar>(scene: &Scene) -> Scene {
    let spread = if T::UNIT_ROUNDOFF > 0.0 { scene.spread.min(1) } else { scene.spread };
    Scene { spread, ..scene.clone() }
}

fn bijection<F: Posed<T>, T: Judge>(
    scene: &Scene,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    let scene = &tame::<T>(scene);
    let (q, p): (Member<F, T>, Member<F, T>) =
        (F::pose(scene, Which::Q)?, F::pose(scene, Which::P)?);
    let family = q.family().clone();
    let (eta, mu) = (q.natural().coordinates(), q.mean_parameter().coordinates());
    let there = Member::from_natural(family.clone(), eta.clone())?;
    let back = Member::from_mean(family.clone(), there.mean_parameter().coordinates().clone())?;
    let other = Member::from_mean(family.clone(), mu.clone())?;
    let and_back = Member::from_natural(family, other.natural().coordinates().clone())?;
    let step = p.natural().coordinates() - eta;
    let change = p.mean_parameter().coordinates() - mu;
    let rise = dot(step.as_slice(), change.as_slice());
    let strict = rise > T::zero() || step.iter().all(T::is_zero);
    // In floating point a rise can be lost in rounding.
    let monotone = match (strict, T::UNIT_ROUNDOFF == 0.0) {
        (true, _) => Residual::exact(true),
        (false, true) => Residual::exact(false),
        (false, false) => at_most(&T::zero(), &rise),
    };
    Ok(outcome
        .and(part!(F, T, "μ(η) is the pair's"), all_close(there.mean_parameter().coordinates(), mu))
        .and(part!(F, T, "η(μ(η)) = η"), all_close(back.natural().coordinates(), eta))
        .and(part!(F, T, "μ(η(μ)) = μ"), all_close(and_back.mean_parameter().coordinates(), mu))
        .and(part!(F, T, "μ is strictly monotone"), monotone)
        .on(scene))
}

fn conjugate<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Posed<Tracked> + LogPartition<Tracked>,
{
    let (q, p) = (F::pose(scene, Which::Q)?, F::pose(scene, Which::P)?);
    let family = q.family();
    let factors = F::factors(scene, Which::Q)?;
    // det L = 1.
    let log_det = factors.diagonal.iter().fold(Tracked::zero(), |sum, &d| sum + Float::ln(d));
    let minus_entropy = Tracked::ratio(-1, 2) * (Tracked::count(family.dim()) + log_det);
    let pairing =
        |eta: &Member<F, Tracked>| dot(eta.natural().as_slice(), q.mean_parameter().as_slice());
    Ok(outcome
        .and(
            part!(F, Tracked, "A* is −½(n + ln det Σ)"),
            close(&family.conjugate(&q), &minus_entropy),
        )
        .and(
            part!(F, Tracked, "A + A* = ⟨η, μ⟩"),
            close(&(family.log_partition(&q) + minus_entropy), &pairing(&q)),
        )
        .and(
            part!(F, Tracked, "A(ζ) + A*(μ) ≥ ⟨ζ, μ⟩"),
            at_most(&pairing(&p), &(family.log_partition(&p) + minus_entropy)),
        ))
}

/// `ln h + ⟨η, T(θ)⟩ − A(η)`, as the definition has it.
pub(super) fn by_definition<F: LogPartition<Tracked>>(
    q: &Member<F, Tracked>,
    theta: &[Tracked],
) -> Tracked {
    let statistic = q.family().sufficient_statistic(theta);
    q.family().log_base_measure(theta) + dot(q.natural().as_slice(), statistic.as_slice())
        - q.family().log_partition(q)
}

/// Something that statrs computed by a formula that rounds as `ours` does, or twice as much.
fn oracle(theirs: f64, ours: Tracked) -> Tracked {
    Tracked::new(theirs, 2.0 * ours.bound())
}

fn diagonal_density(scene: &Scene) -> Result<Outcome, FamilyError> {
    let mean: Vec<f64> = scene.vector(Which::Q, scene.signed().dim());
    let theta: Vec<f64> = scene.vector(Which::P, mean.len());
    // Standard deviations that both sides take as they are.
    let std_dev: Vec<f64> =
        scene.positive::<f64>(Which::Q, mean.len()).into_iter().map(Float::sqrt).collect();
    let exact = |x: &[f64]| x.iter().map(|&x| Tracked::exact(x)).collect::<Vec<_>>();
    let (m, x, s) = (exact(&mean), exact(&theta), exact(&std_dev));
    let q = DiagonalGaussian::with_std_dev(&m, &s)?;
    let (mut density, mut entropy) = (Tracked::zero(), Tracked::zero());
    let half = Tracked::ratio(1, 2);
    let log_tau = Float::ln(<Tracked as num_traits::FloatConst>::TAU());
    for i in 0..mean.len() {
        let normal = Normal::new(mean[i], std_dev[i]).ok();
        let z = (x[i] - m[i]) / s[i];
        let ours = -half * z * z - Float::ln(s[i]) - half * log_tau;
        density += oracle(normal.map_or(f64::NAN, |n| n.ln_pdf(theta[i])), ours);
        let ours = Float::ln(s[i]) + half * (log_tau + Tracked::exact(1.0));
        entropy += oracle(normal.and_then(|n| n.entropy()).unwrap_or(f64::NAN), ours);
    }
    let from_conjugate = -q.family().conjugate(&q) - q.family().log_base_measure(&x);
    Ok(Outcome::new(
        "diagonal Gaussian: density by definition",
        close(&by_definition(&q, &x), &density),
    )
    .and("diagonal Gaussian: log_density", close(&q.family().log_density(&q, &x), &density))
    .and("diagonal Gaussian: entropy", close(&from_conjugate, &entropy)))
}

fn full_density(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    // The oracle's determinant keeps no digits of a badly conditioned covariance.
    let scene = &tame::<Tracked>(scene);
    let q: Member<FullGaussian, Tracked> = scene.full(Which::Q)?;
    let n = q.family().dim();
    let x: Vec<Tracked> = scene.vector(Which::P, n);
    let Factors { mean, lower, diagonal } =
        <FullGaussian as Posed<Tracked>>::factors(scene, Which::Q)?;
    // Entries are dyadic, so the covariance is exact and symmetric.
    let covariance = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
    let floats = |x: &DVector<Tracked>| x.map(Tracked::value);
    let theta = floats(&DVector::from_vec(x.clone()));
    let theirs =
        MultivariateNormal::new_from_nalgebra(floats(&mean), covariance.map(Tracked::value)).ok();
    let precision_norm = q.precision().map(Tracked::value).norm();
    let condition = covariance.map(Tracked::value).norm() * precision_norm;
    // What statrs rounds by, relative to det Σ and Λ. LU and Cholesky factors reproduce Σ up to
    // γ_{n+1} n 2^{n−1} ‖Σ‖ (2^{n−1} bounds the growth of LU's entries); that moves ln det Σ by n‖Λ‖ times as
    // much, and each of the n columns of the inverse by κ‖Λ‖ of it. Up to n = 3 the determinant is the sum
    // over permutations instead, n + 2 roundings of a sum of moduli below the product of the row sums.
    let size = n as f64;
    let row_sums: f64 =
        covariance.row_iter().map(|row| row.iter().map(|x| x.value().abs()).sum::<f64>()).product();
    let det: f64 = diagonal.iter().map(|d| d.value()).product();
    let factored = 2f64.powi(n as i32) * size.powi(4) * (size + 2.0) * condition;
    // Twice, for ln(1 + r) ≤ 2|r|.
    let unit = 2.0 * Tracked::UNIT_ROUNDOFF * (factored + (size + 2.0) * row_sums / det);
    let distance = (&theta - floats(&mean)).norm_squared();
    let density = theirs.as_ref().map_or(f64::NAN, |normal| normal.ln_pdf(&theta));
    let density = Tracked::new(density, unit * (1.0 + distance * precision_norm));
    let entropy = theirs.as_ref().and_then(|normal| normal.entropy()).unwrap_or(f64::NAN);
    let entropy = Tracked::new(entropy, unit);
    let from_conjugate = -q.family().conjugate(&q) - q.family().log_base_measure(&x);
    Ok(outcome
        .and("full Gaussian: density by definition", close(&by_definition(&q, &x), &density))
        .and("full Gaussian: log_density", close(&q.family().log_density(&q, &x), &density))
        .and("full Gaussian: entropy", close(&from_conjugate, &entropy))
        .on(scene))
}
