//! Divergences of Gaussians in exact arithmetic: rational but for one logarithm of a rational.

use crate::family::{Coordinates, DiagonalGaussian, FullGaussian, Member};
use crate::linalg::Ldl;
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::{One, Zero};
use std::ops::{Add, Sub};

/// `rational + ½ ln argument`.
///
/// Two of these are the same number exactly if both parts are: `e` to a rational power other than 0
/// is transcendental (Lindemann), so a rational is never the logarithm of a rational but for
/// `0 = ln 1`. So `==` decides equality of divergences.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::claim) struct HalfLog {
    rational: Rational,
    argument: Rational,
}

impl HalfLog {
    /// A number without a logarithm.
    pub(in crate::claim) fn rational(value: Rational) -> Self {
        Self { rational: value, argument: Rational::one() }
    }

    /// Zero.
    pub(in crate::claim) fn zero() -> Self {
        Self::rational(Rational::zero())
    }

    /// `½ ln argument`, of a positive number.
    pub(in crate::claim) fn half_ln(argument: Rational) -> Self {
        Self { rational: Rational::zero(), argument }
    }

    /// The sum of numbers times weights that add up to 1; `None` unless all have the same logarithm, which the
    /// sum keeps.
    pub(in crate::claim) fn mean(terms: &[(Rational, Self)]) -> Option<Self> {
        let (_, first) = terms.first()?;
        let total = terms.iter().fold(Rational::zero(), |sum, (weight, _)| sum + weight);
        let same = terms.iter().all(|(_, term)| term.argument == first.argument);
        let sum = terms.iter().fold(Rational::zero(), |sum, (w, term)| sum + w * &term.rational);
        (same && total.is_one()).then(|| Self { rational: sum, argument: first.argument.clone() })
    }

    /// The rational part.
    pub(in crate::claim) fn without_logarithm(&self) -> &Rational {
        &self.rational
    }

    /// What the logarithm is of.
    pub(in crate::claim) fn argument(&self) -> &Rational {
        &self.argument
    }

    /// The number, where it has no logarithm.
    pub(in crate::claim) fn as_rational(&self) -> Option<&Rational> {
        self.argument.is_one().then_some(&self.rational)
    }

    /// The number, enclosed.
    #[cfg(feature = "enclosure")]
    pub(in crate::claim) fn enclosure(&self) -> crate::enclosure::Enclosure {
        let half = Rational::ratio(1, 2);
        crate::enclosure::Enclosure::with_ln(&self.rational, &half, &self.argument)
    }

    /// This number over a count, `None` where its logarithm would leave the rationals: a sum of
    /// logarithms over a count is kept only where it is 0.
    pub(in crate::claim) fn over(self, count: usize) -> Option<Self> {
        self.argument.is_one().then(|| Self::rational(self.rational / Rational::count(count)))
    }
}

impl Add for HalfLog {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { rational: self.rational + other.rational, argument: self.argument * other.argument }
    }
}

impl Sub for HalfLog {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { rational: self.rational - other.rational, argument: self.argument / other.argument }
    }
}

/// A Gaussian family, seen through its matrices.
pub(in crate::claim) trait Gaussian: Coordinates<Rational> {
    /// Mean, covariance, precision, and the determinant of the precision.
    fn parts(q: &Member<Self, Rational>) -> Parts;
}

/// A Gaussian by its matrices.
pub(in crate::claim) struct Parts {
    pub(in crate::claim) mean: DVector<Rational>,
    pub(in crate::claim) covariance: DMatrix<Rational>,
    precision: DMatrix<Rational>,
    determinant: Rational,
}

impl Gaussian for DiagonalGaussian {
    fn parts(q: &Member<Self, Rational>) -> Parts {
        let variance = q.variance();
        let precision = variance.map(|v| Rational::one() / v);
        let determinant = precision.iter().product();
        Parts {
            mean: q.mean(),
            covariance: DMatrix::from_diagonal(&variance),
            precision: DMatrix::from_diagonal(&precision),
            determinant,
        }
    }
}

impl Gaussian for FullGaussian {
    fn parts(q: &Member<Self, Rational>) -> Parts {
        let precision = q.precision();
        let determinant = match Ldl::new(&precision) {
            Ok(factor) => factor.pivots().iter().product(),
            Err(_) => Rational::zero(),
        };
        Parts { mean: q.mean(), covariance: q.covariance(), precision, determinant }
    }
}

/// `Σ_ij a_ij b_ij = tr(ABᵀ)`.
fn inner(a: &DMatrix<Rational>, b: &DMatrix<Rational>) -> Rational {
    a.iter().zip(b.iter()).fold(Rational::zero(), |sum, (x, y)| {
        if x.is_zero() || y.is_zero() { sum } else { sum + x * y }
    })
}

/// `xᵀAx`.
fn quadratic(a: &DMatrix<Rational>, x: &DVector<Rational>) -> Rational {
    let outer = DMatrix::from_fn(x.len(), x.len(), |i, j| x[i].clone() * x[j].clone());
    inner(a, &outer)
}

/// `KL(q ‖ p) = ½ [tr(Λ_p Σ_q) − n + (m_q − m_p)ᵀΛ_p(m_q − m_p)] + ½ ln(det Λ_q / det Λ_p)`: written
/// out here once more, apart from the families' own formulas.
pub(in crate::claim) fn kl<F: Gaussian>(
    q: &Member<F, Rational>,
    p: &Member<F, Rational>,
) -> HalfLog {
    let (q, p) = (F::parts(q), F::parts(p));
    let step = &q.mean - &p.mean;
    let trace = inner(&p.precision, &q.covariance) - Rational::count(step.len());
    HalfLog {
        rational: (trace + quadratic(&p.precision, &step)) * Rational::ratio(1, 2),
        argument: q.determinant / p.determinant,
    }
}

/// `A(η) = ½ mᵀΛm − ½ ln det Λ`.
pub(in crate::claim) fn log_partition<F: Gaussian>(q: &Member<F, Rational>) -> HalfLog {
    let q = F::parts(q);
    HalfLog {
        rational: quadratic(&q.precision, &q.mean) * Rational::ratio(1, 2),
        argument: Rational::one() / q.determinant,
    }
}

/// `ln q(θ) + ½ n ln 2π = −½ (θ − m)ᵀΛ(θ − m) + ½ ln det Λ`.
pub(in crate::claim) fn log_density<F: Gaussian>(
    q: &Member<F, Rational>,
    theta: &DVector<Rational>,
) -> HalfLog {
    let q = F::parts(q);
    HalfLog {
        rational: -quadratic(&q.precision, &(theta - &q.mean)) * Rational::ratio(1, 2),
        argument: q.determinant,
    }
}

/// `A*(μ) = ⟨η, μ⟩ − A(η)`.
pub(in crate::claim) fn conjugate<F: Gaussian>(q: &Member<F, Rational>) -> HalfLog {
    let pairing = crate::scalar::dot(q.natural().as_slice(), q.mean_parameter().as_slice());
    HalfLog::rational(pairing) - log_partition(q)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::LogPartition;

    fn value(x: &HalfLog) -> f64 {
        x.rational.nearest_f64() + 0.5 * x.argument.nearest_f64().ln()
    }

    #[test]
    fn exact_and_floating_point_formulas_agree() {
        let q = DiagonalGaussian::with_variance(&[0.5, -1.0], &[2.0, 0.25]).unwrap();
        let p = DiagonalGaussian::with_variance(&[1.5, 3.0], &[1.0, 4.0]).unwrap();
        let exact = |x: &[f64]| -> Vec<Rational> {
            x.iter().map(|&x| <Rational as Scalar>::from_f64(x).unwrap()).collect()
        };
        let twin = |q: &Member<DiagonalGaussian>| {
            let (m, v) = (q.mean(), q.variance());
            DiagonalGaussian::with_variance(&exact(m.as_slice()), &exact(v.as_slice())).unwrap()
        };
        let family = q.family();
        assert!((value(&kl(&twin(&q), &twin(&p))) - family.kl(&q, &p)).abs() < 1e-14);
        assert!((value(&log_partition(&twin(&q))) - family.log_partition(&q)).abs() < 1e-14);
        assert!((value(&conjugate(&twin(&p))) - family.conjugate(&p)).abs() < 1e-14);
    }
}
