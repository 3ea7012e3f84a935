//! F1 for Gaussians in rational arithmetic: derivatives of `A` and of `μ`, the conjugate, the density.

use super::super::Outcome;
use super::super::rounding::all_close;
use super::super::scene::{Scene, Which};
use super::super::symmetrisations::exact::{self, HalfLog};
use super::f1::small;
use super::logarithms::Exact;
use super::posed::{Factors, Kind, Posed, part};
use crate::family::{
    Exponential, FamilyError, FisherInformation, FullGaussian, IsotropicGaussian, Member,
};
use crate::law::Residual;
use crate::scalar::{Rational, Scalar, dot};
use nalgebra::DVector;
use num_traits::{One, Zero};

/// The derivative at the first node of the polynomial of degree below `nodes.len()` with these values: Newton's form
/// `Σ_j c_j Π_{i<j} (t − t_i)` has the derivative `Σ_{j≥1} c_j Π_{1≤i<j} (t_0 − t_i)` there.
fn slope(nodes: &[Rational], values: &[Rational]) -> Rational {
    let mut differences = values.to_vec();
    let (mut slope, mut product) = (Rational::zero(), Rational::one());
    for order in 1..nodes.len() {
        for i in 0..nodes.len() - order {
            let step = &differences[i + 1] - &differences[i];
            differences[i] = step / (&nodes[i + order] - &nodes[i]);
        }
        slope += &differences[0] * &product;
        product *= &nodes[0] - &nodes[order];
    }
    slope
}

/// What is differentiated along a segment, at its nodes.
struct Along {
    nodes: Vec<Rational>,
    /// `det Λ`: of degree `n`.
    determinant: Vec<Rational>,
    /// `det Λ · ½ lᵀΛ⁻¹l`, `l = Λm`: of degree `n + 1`.
    quadratic: Vec<Rational>,
    /// `det² Λ · μ`, entry by entry: of degree `2n`.
    mean: Vec<Vec<Rational>>,
}

/// `η + t(ζ − η)` at `2n + 1` values of `t` from 0 to 1, as many as a polynomial of degree `2n` takes. Both ends are natural
/// parameters, and so is all that is between them.
fn along<F: Exact>(
    q: &Member<F, Rational>,
    step: &DVector<Rational>,
) -> Result<Along, FamilyError> {
    let (eta, last) = (q.natural().coordinates(), 2 * q.family().dim());
    let mut found = Along {
        nodes: vec![],
        determinant: vec![],
        quadratic: vec![],
        mean: vec![vec![]; eta.len()],
    };
    for k in 0..=last {
        let t = Rational::count(k) / Rational::count(last);
        let member = Member::from_natural(q.family().clone(), eta + step * t.clone())?;
        let partition = exact::log_partition(&member);
        let determinant = Rational::one() / partition.argument();
        let square = &determinant * &determinant;
        for (values, mu) in found.mean.iter_mut().zip(member.mean_parameter().as_slice()) {
            values.push(&square * mu);
        }
        found.quadratic.push(partition.without_logarithm() * &determinant);
        found.determinant.push(determinant);
        found.nodes.push(t);
    }
    Ok(found)
}

/// `d/dt A(η + tδ)` and that of its rational part alone, `d/dt μ(η + tδ)`, at `t = 0`: from `A = N/D − ½ ln D`, `N` and `D`
/// polynomials, and `μ = M/D²`.
struct Slopes {
    partition: Rational,
    without_log_determinant: Rational,
    mean: DVector<Rational>,
}

fn slopes<F: Exact>(
    q: &Member<F, Rational>,
    step: &DVector<Rational>,
) -> Result<Slopes, FamilyError> {
    let found = along(q, step)?;
    let slope = |values: &[Rational]| slope(&found.nodes, values);
    let d = &found.determinant[0];
    let d_slope = slope(&found.determinant);
    let quadratic = (slope(&found.quadratic) - &found.quadratic[0] * &d_slope / d) / d;
    let two = Rational::count(2);
    let mean = found
        .mean
        .iter()
        .map(|values| (slope(values) - &values[0] * &two * &d_slope / d) / (d * d));
    Ok(Slopes {
        partition: &quadratic - &d_slope / (&two * d),
        mean: DVector::from_iterator(found.mean.len(), mean),
        without_log_determinant: quadratic,
    })
}

type Pair<F> = (Member<F, Rational>, Member<F, Rational>);

fn pair<F: Exact>(scene: &Scene) -> Result<Pair<F>, FamilyError> {
    Ok((F::pose(scene, Which::Q)?, F::pose(scene, Which::P)?))
}

/// The derivatives at one end of the segment, of which the statement has the integrals.
pub(super) fn gradient<F>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError>
where
    F: Exact + FisherInformation<Rational>,
{
    let scene = &small::<Rational>(scene);
    let (q, p) = pair::<F>(scene)?;
    let step = p.natural().coordinates() - q.natural().coordinates();
    let slopes = slopes(&q, &step)?;
    let rise = dot(q.mean_parameter().as_slice(), step.as_slice());
    let change = q.family().fisher_information(&q) * &step;
    Ok(outcome
        .and(part!(F, Rational, "d/dt A = ⟨μ, δ⟩"), Residual::exact(slopes.partition == rise))
        .and(part!(F, Rational, "d/dt μ = Iδ"), all_close(&slopes.mean, &change))
        .on(scene)
        .partial())
}

/// The control: `½ mᵀΛm` alone.
pub(super) fn without_log_determinant(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (q, p) = pair::<FullGaussian>(&small::<Rational>(scene))?;
    let step = p.natural().coordinates() - q.natural().coordinates();
    let rise = dot(q.mean_parameter().as_slice(), step.as_slice());
    let same = slopes(&q, &step)?.without_log_determinant == rise;
    Ok(Outcome::new("d/dt ½ mᵀΛm = ⟨μ, δ⟩", Residual::exact(same)))
}

/// `A* = −½(n + ln det Σ)`, with the determinant from the data of the instance.
fn conjugate_of<F: Exact>(scene: &Scene) -> Result<HalfLog, FamilyError> {
    let Factors { diagonal, .. } = <F as Posed<Rational>>::factors(scene, Which::Q)?;
    let determinant: Rational = diagonal.iter().product();
    let dimension = HalfLog::rational(Rational::ratio(-1, 2) * Rational::count(diagonal.len()));
    Ok(dimension - HalfLog::half_ln(determinant))
}

/// `⟨η, μ⟩` of two members.
fn pairing<F: Exact>(eta: &Member<F, Rational>, mu: &Member<F, Rational>) -> HalfLog {
    HalfLog::rational(dot(eta.natural().as_slice(), mu.mean_parameter().as_slice()))
}

/// `A + A* = ⟨η, μ⟩`; what the two sides of the inequality differ by is a divergence.
pub(super) fn conjugate<F: Exact>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, p) = pair::<F>(scene)?;
    let conjugate = conjugate_of::<F>(scene)?;
    let sum = exact::log_partition(&q) + conjugate.clone();
    let gap = exact::log_partition(&p) + conjugate - pairing(&p, &q);
    Ok(outcome
        .and(part!(F, Rational, "A + A* = ⟨η, μ⟩"), Residual::exact(sum == pairing(&q, &q)))
        .and(
            part!(F, Rational, "A(ζ) + A*(μ) − ⟨ζ, μ⟩ = KL(q ‖ p)"),
            Residual::exact(gap == exact::kl(&q, &p)),
        )
        .on(scene)
        .partial())
}

/// The control: parameters of two members.
pub(super) fn unpaired(scene: &Scene) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let (q, p) = pair::<FullGaussian>(scene)?;
    let sum = exact::log_partition(&p) + conjugate_of::<FullGaussian>(scene)?;
    Ok(Outcome::new("A(ζ) + A*(μ) = ⟨ζ, μ⟩", Residual::exact(sum == pairing(&p, &q))))
}

/// `⟨η, T(θ)⟩ − A(η)` against `−½ Σ y_i²/d_i − ½ ln det D`, `Ly = θ − m`, from the data of the instance; `h` is on both
/// sides.
pub(super) fn density<F: Exact>(scene: &Scene, outcome: Outcome) -> Result<Outcome, FamilyError> {
    let scene = &small::<Rational>(scene);
    let q: Member<F, Rational> = F::pose(scene, Which::Q)?;
    let Factors { mean, lower, diagonal } = <F as Posed<Rational>>::factors(scene, Which::Q)?;
    let theta = scene.vector::<Rational>(Which::P, mean.len());
    let mut log = HalfLog::zero();
    let mut y: Vec<Rational> = Vec::with_capacity(mean.len());
    for (i, d) in diagonal.iter().enumerate() {
        let known = (0..i).fold(Rational::zero(), |sum, k| sum + &lower[(i, k)] * &y[k]);
        let next = &theta[i] - &mean[i] - known;
        let share = &next * &next / d * Rational::ratio(1, 2);
        log = log - HalfLog::rational(share) - HalfLog::half_ln(d.clone());
        y.push(next);
    }
    let statistic = q.family().sufficient_statistic(&theta);
    let exponent = HalfLog::rational(dot(q.natural().as_slice(), statistic.as_slice()));
    let defined = exponent - exact::log_partition(&q);
    Ok(outcome
        .and(
            part!(F, Rational, "⟨η, T⟩ − A = ln N − ln h"),
            Residual::exact(defined == log && exact::log_density(&q, &theta.into()) == log),
        )
        .on(scene)
        .partial())
}

/// Round trips of two more families whose parameter maps are rational: from the parameters of one member to those of
/// another, or of the same.
pub(super) fn inverses(scene: &Scene, of: Which) -> Result<Outcome, FamilyError> {
    let n = crate::representation::Representation::dim(&scene.signed());
    let isotropic = |which| {
        let variance = scene.positive::<Rational>(which, 1).swap_remove(0);
        IsotropicGaussian::with_variance(&scene.vector::<Rational>(which, n), variance)
    };
    let exponential = |which| Exponential::with_rate(&scene.positive::<Rational>(which, n));
    let outcome = Outcome::vacuous()
        .and_of("isotropic Gaussian", round_trip(&isotropic(Which::Q)?, &isotropic(of)?)?)
        .and_of("exponential", round_trip(&exponential(Which::Q)?, &exponential(of)?)?);
    Ok(outcome.partial())
}

fn round_trip<F: crate::family::Coordinates<Rational>>(
    q: &Member<F, Rational>,
    other: &Member<F, Rational>,
) -> Result<Outcome, FamilyError> {
    let back = Member::from_mean(q.family().clone(), other.mean_parameter().coordinates().clone())?;
    let there = Member::from_natural(q.family().clone(), back.natural().coordinates().clone())?;
    let (eta, mu) = (q.natural().coordinates(), q.mean_parameter().coordinates());
    Ok(Outcome::new("η(μ(η)) = η", all_close(back.natural().coordinates(), eta))
        .and("μ(η(μ)) = μ", all_close(there.mean_parameter().coordinates(), mu)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_that_of_the_polynomial() {
        // 2 − 3t + 5t² − t³ at four nodes, the derivative at the first of which is −3 + 10t − 3t².
        let polynomial = |t: &Rational| {
            let (two, three, five) = (Rational::count(2), Rational::count(3), Rational::count(5));
            two - three * t + five * t * t - t * t * t
        };
        let nodes: Vec<Rational> = (1..5).map(|k| Rational::ratio(k, 3)).collect();
        let values: Vec<Rational> = nodes.iter().map(polynomial).collect();
        assert_eq!(slope(&nodes, &values), Rational::ratio(0, 1));
        let third = Rational::ratio(1, 3);
        let expected = Rational::count(10) * &third
            - Rational::count(3) * &third * &third
            - Rational::count(3);
        assert_eq!(expected, Rational::ratio(0, 1));
        let nodes: Vec<Rational> = [0, 1, 5, 7].into_iter().map(Rational::count).collect();
        let values: Vec<Rational> = nodes.iter().map(polynomial).collect();
        assert_eq!(slope(&nodes, &values), Rational::ratio(-3, 1));
    }
}
