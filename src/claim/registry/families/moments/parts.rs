//! Independent coordinates: one integral, or sum, for each.

use super::Moments;
use super::gaussian::three_nodes;
use super::line::GammaLine;
use crate::claim::rounding::Tracked;
use crate::family::{
    Bernoulli, Exponential, Gamma, Independent, LogNormal, LogPartition, Member, Poisson,
    SignedLogNormal, UnivariateDensity,
};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, One, Zero};

/// Integrals over one coordinate, `∫ h e^{⟨η, T⟩}` and the mean and covariance of `T` under it.
struct Part {
    /// The logarithm of what is divided out of the total.
    log_scale: Tracked,
    total: Tracked,
    mean: Vec<Tracked>,
    covariance: Vec<Vec<Tracked>>,
}

impl Part {
    /// From `∫ f`, `∫ T f` and `∫ T Tᵀ f`.
    fn new(
        log_scale: Tracked,
        total: Tracked,
        first: Vec<Tracked>,
        second: Vec<Vec<Tracked>>,
    ) -> Self {
        let mean: Vec<Tracked> = first.into_iter().map(|x| x / total).collect();
        let covariance = second
            .into_iter()
            .enumerate()
            .map(|(k, row)| {
                row.into_iter().zip(&mean).map(|(x, &l)| x / total - mean[k] * l).collect()
            })
            .collect();
        Self { log_scale, total, mean, covariance }
    }

    /// The same integrals, of an integrand that was divided by `e^log_scale`.
    fn scaled(self, log_scale: Tracked) -> Self {
        Self { log_scale: self.log_scale + log_scale, ..self }
    }

    /// From points `(T, f w)`.
    fn of_nodes(nodes: &[(Vec<Tracked>, Tracked)]) -> Self {
        let size = nodes.first().map_or(0, |(statistic, _)| statistic.len());
        let mut total = Tracked::zero();
        let mut first = vec![Tracked::zero(); size];
        let mut second = vec![vec![Tracked::zero(); size]; size];
        for (statistic, weight) in nodes {
            total += *weight;
            for k in 0..size {
                first[k] += *weight * statistic[k];
                for l in 0..size {
                    second[k][l] += *weight * statistic[k] * statistic[l];
                }
            }
        }
        Self::new(Tracked::zero(), total, first, second)
    }
}

/// Coordinates are independent, since densities are products; statistics are listed copy by copy.
fn joined<U>(q: &Member<Independent<U>, Tracked>, part: impl Fn(&[Tracked]) -> Part) -> Moments
where
    U: UnivariateDensity<Tracked>,
{
    let (n, copies) = (q.family().blocks().len(), U::STATISTICS);
    let eta = q.natural().as_slice();
    let size = n * copies;
    let mut log_scale = -q.family().log_partition(q);
    let mut total = Tracked::one();
    let mut mean = DVector::from_element(size, Tracked::zero());
    let mut covariance = DMatrix::from_element(size, size, Tracked::zero());
    for i in 0..n {
        let of_one: Vec<Tracked> = (0..copies).map(|k| eta[k * n + i]).collect();
        let part = part(&of_one);
        log_scale += part.log_scale;
        total *= part.total;
        for k in 0..copies {
            mean[k * n + i] = part.mean[k];
            for l in 0..copies {
                covariance[(k * n + i, l * n + i)] = part.covariance[k][l];
            }
        }
    }
    Moments { total: total * Float::exp(log_scale), mean, covariance }
}

pub(in super::super) fn gamma(q: &Member<Independent<Gamma>, Tracked>) -> Moments {
    joined(q, |eta| {
        let line = GammaLine::new(eta[0], -eta[1]);
        let [one, log, log_log, theta, log_theta, square] = line.integrals;
        let second = vec![vec![log_log, log_theta], vec![log_theta, square]];
        Part::new(line.log_scale, one, vec![log, theta], second)
    })
}

pub(in super::super) fn exponential(q: &Member<Independent<Exponential>, Tracked>) -> Moments {
    joined(q, |eta| {
        let line = GammaLine::new(Tracked::one(), -eta[0]);
        let [one, _, _, theta, _, square] = line.integrals;
        Part::new(line.log_scale, one, vec![theta], vec![vec![square]])
    })
}

/// `Σ λ^k/k!`, with `λ = e^η`, to where less than a geometric series is left.
pub(in super::super) fn poisson(q: &Member<Independent<Poisson>, Tracked>) -> Moments {
    joined(q, |eta| {
        let lambda = Float::exp(eta[0]);
        // From here on, terms k²λ^k/k! fall by more than half each.
        let least = 4.0 * lambda.value() + 8.0;
        let (mut term, mut k) = (Tracked::one(), 0);
        let mut nodes: Vec<(Vec<Tracked>, Tracked)> = Vec::new();
        let mut total = Tracked::zero();
        loop {
            nodes.push((vec![Tracked::count(k)], term));
            total += term;
            let size = (1.0 + k as f64).powi(2) * term.value();
            if (k as f64 > least && size < 1e-25 * total.value()) || k > 1 << 20 {
                let mut part = Part::of_nodes(&nodes);
                let missing = 4.0 * size / total.value();
                let wider = |x: Tracked| Tracked::new(x.value(), x.bound() + missing);
                part.total = Tracked::new(part.total.value(), part.total.bound() + 4.0 * size);
                part.mean = part.mean.into_iter().map(wider).collect();
                part.covariance[0] = part.covariance[0].iter().copied().map(wider).collect();
                return part;
            }
            k += 1;
            term = term * lambda / Tracked::count(k);
        }
    })
}

pub(in super::super) fn bernoulli(q: &Member<Independent<Bernoulli>, Tracked>) -> Moments {
    joined(q, |eta| {
        Part::of_nodes(&[
            (vec![Tracked::zero()], Tracked::one()),
            (vec![Tracked::one()], Float::exp(eta[0])),
        ])
    })
}

/// `∫ e^{η_1 z + η_2 z²} dz/√2π` at three nodes, exact: `(z, weight)`, with the weights divided by the
/// exponential of the second number, which is the largest exponent.
fn size_nodes(eta: &[Tracked]) -> (Vec<(Tracked, Tracked)>, Tracked) {
    let variance = Tracked::ratio(-1, 2) / eta[1];
    let (mean, deviation) = (eta[0] * variance, Float::sqrt(variance));
    let peak = Tracked::ratio(1, 2) * eta[0] * mean;
    let nodes = three_nodes()
        .map(|(zeta, weight)| {
            let z = mean + deviation * zeta;
            (z, weight * deviation * Float::exp(eta[0] * z + eta[1] * z * z - peak))
        })
        .collect();
    (nodes, peak)
}

/// With `z = ln|θ|`, `h dθ = dz/√2π` and `T = (z, z²)`.
pub(in super::super) fn log_normal(q: &Member<Independent<LogNormal>, Tracked>) -> Moments {
    joined(q, |eta| {
        let (nodes, peak) = size_nodes(eta);
        let nodes: Vec<_> = nodes.into_iter().map(|(z, weight)| (vec![z, z * z], weight)).collect();
        Part::of_nodes(&nodes).scaled(peak)
    })
}

/// As [`log_normal`], over both signs.
pub(in super::super) fn signed_log_normal(
    q: &Member<Independent<SignedLogNormal>, Tracked>,
) -> Moments {
    joined(q, |eta| {
        let (sizes, peak) = size_nodes(&eta[1..]);
        let mut nodes = Vec::new();
        for sign in [Tracked::one(), -Tracked::one()] {
            let odds = Float::exp(eta[0] * sign);
            for &(z, weight) in &sizes {
                nodes.push((vec![sign, z, z * z], weight * odds));
            }
        }
        Part::of_nodes(&nodes).scaled(peak)
    })
}
