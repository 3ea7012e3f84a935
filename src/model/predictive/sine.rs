//! Networks with one hidden layer of sines, under Gaussians with any covariance.

use super::PredictiveMoments;
use super::correlated::{Posterior, Unit};
use crate::model::AffineLayer;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use num_traits::Float;

/// A summand of an output: a coefficient among the parameters, times the sine of a unit or times 1.
#[derive(Clone, Copy)]
struct Term<'a, T> {
    coefficient: usize,
    unit: Option<&'a Unit<T>>,
}

/// The predictive moments of `Φ_k = Σ_j V_kj sin z_j + c_k`.
///
/// For jointly Gaussian `V, V', u` with `p = Cov(V, u)`, `p' = Cov(V', u)`, `E e^{iu} = φ` and `C = Cov(V, V')`,
/// differentiating the characteristic function gives `E V e^{iu} = (m + ip) φ` and
/// `E VV'e^{iu} = (C + (m + ip)(m' + ip')) φ`; and `sin z sin z' = ½ (cos(z − z') − cos(z + z'))`.
pub(super) fn sine<T: Special>(
    layers: (&AffineLayer, &AffineLayer),
    mean: &DVector<T>,
    covariance: &DMatrix<T>,
    x: &[T],
) -> PredictiveMoments<T> {
    let (hidden, readout) = layers;
    let posterior = Posterior { mean, covariance };
    let units: Vec<Unit<T>> = (0..hidden.outputs()).map(|j| posterior.unit(hidden, j, x)).collect();
    let terms = |k: usize| {
        let weights = readout.row(k).zip(&units);
        let weights = weights.map(|(coefficient, unit)| Term { coefficient, unit: Some(unit) });
        let bias = readout.bias().map(|bias| Term { coefficient: bias.start + k, unit: None });
        weights.chain(bias)
    };
    let outputs = readout.outputs();
    let first = DVector::from_fn(outputs, |k, _| {
        terms(k).fold(T::zero(), |sum, term| sum + posterior.first(term))
    });
    let covariance = DMatrix::from_fn(outputs, outputs, |k, l| {
        // The larger index first, so that the matrix is symmetric to the last bit.
        let (k, l) = (k.max(l), k.min(l));
        terms(k).fold(T::zero(), |sum, a| {
            terms(l).fold(sum, |sum, b| {
                sum + posterior.second(a, b) - posterior.first(a) * posterior.first(b)
            })
        })
    });
    PredictiveMoments { mean: first, covariance }
}

impl<T: Special> Posterior<'_, T> {
    /// `E V sin z`, or `E V`.
    fn first(&self, term: Term<'_, T>) -> T {
        let mean = self.mean[term.coefficient];
        let Some(unit) = term.unit else { return mean };
        let p = unit.along[term.coefficient];
        unit.size() * (mean * Float::sin(unit.mean) + p * Float::cos(unit.mean))
    }

    /// The mean of the product of two terms.
    fn second(&self, a: Term<'_, T>, b: Term<'_, T>) -> T {
        let (i, j) = (a.coefficient, b.coefficient);
        let (m, n, c) = (self.mean[i], self.mean[j], self.covariance[(i, j)]);
        // Real and imaginary part of E VV'e^{iu}.
        let product = |u: &Unit<T>| {
            let (p, q) = (u.along[i], u.along[j]);
            let (real, imaginary) = (c + m * n - p * q, m * q + n * p);
            let (sin, cos) = (Float::sin(u.mean), Float::cos(u.mean));
            let size = u.size();
            (size * (real * cos - imaginary * sin), size * (real * sin + imaginary * cos))
        };
        match (a.unit, b.unit) {
            (None, None) => c + m * n,
            (Some(unit), None) | (None, Some(unit)) => product(unit).1,
            (Some(z), Some(w)) => {
                let half = T::ratio(1, 2);
                half * (product(&z.plus(w, -T::one())).0 - product(&z.plus(w, T::one())).0)
            }
        }
    }
}

impl<T: Special> Unit<T> {
    /// `|E e^{iz}| = e^{−Var z/2}`.
    fn size(&self) -> T {
        Float::exp(-T::ratio(1, 2) * self.variance)
    }

    /// `z ± w`.
    fn plus(&self, other: &Self, sign: T) -> Self {
        let shared =
            self.factors.iter().fold(T::zero(), |sum, &(i, factor)| sum + factor * other.along[i]);
        let theirs = other.factors.iter().map(|&(i, factor)| (i, sign * factor));
        Self {
            mean: self.mean + sign * other.mean,
            variance: self.variance + other.variance + sign * (shared + shared),
            factors: self.factors.iter().copied().chain(theirs).collect(),
            along: &self.along + &other.along * sign,
        }
    }
}
