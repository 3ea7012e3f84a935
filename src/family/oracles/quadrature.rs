//! Densities against quadrature: the mass, the mean parameter, the Fisher information and the entropy, with bounds on the
//! rounding of both sides.

use super::*;
use crate::claim::rounding::Tracked;
use num_traits::{Float, Zero};

/// A node of a quadrature rule, with its weight.
type Node = (Vec<Tracked>, Tracked);

fn t(x: f64) -> Tracked {
    Tracked::exact(x)
}

#[track_caller]
fn near(found: Tracked, exact: Tracked, what: &str) {
    let gap = (found.value() - exact.value()).abs();
    assert!(gap <= found.bound() + exact.bound(), "{what}: {found} against {exact}");
    for side in [found, exact] {
        assert!(side.bound() <= 1e-7 * (1.0 + side.value().abs()), "{what}: idle bound {side}");
    }
}

/// Normalisation, mean, covariance and entropy by a sum over nodes. What a rule leaves out is said where it is made,
/// and is below the bounds on rounding by many orders of magnitude.
fn integrates<F>(q: &Member<F, Tracked>, nodes: &[Node])
where
    F: Entropy<Tracked> + FisherInformation<Tracked>,
{
    let family = q.family();
    let sum = |f: &dyn Fn(&[Tracked], Tracked) -> Tracked| {
        nodes.iter().fold(Tracked::zero(), |sum, (theta, weight)| {
            let log = family.log_density(q, theta);
            // Where there is no mass, no statistic counts.
            if log.value() > -700.0 { sum + *weight * Float::exp(log) * f(theta, log) } else { sum }
        })
    };
    near(sum(&|_, _| t(1.0)), t(1.0), &format!("mass of {q:?}"));
    near(family.entropy(q), sum(&|_, log| -log), &format!("entropy of {q:?}"));
    let mu = q.mean_parameter().as_slice();
    let information = family.fisher_information(q);
    for k in 0..mu.len() {
        let mean = sum(&|theta, _| family.sufficient_statistic(theta)[k]);
        near(mu[k], mean, &format!("μ[{k}] of {q:?}"));
        for l in 0..mu.len() {
            let second = sum(&|theta, _| {
                let t = family.sufficient_statistic(theta);
                (t[k] - mu[k]) * (t[l] - mu[l])
            });
            near(information[(k, l)], second, &format!("I[{k},{l}] of {q:?}"));
        }
    }
}

/// The trapezoidal rule in `ln θ`: for functions analytic in a strip of half width `a` its error is about
/// `e^{−2πa/h}`; here `a` is about 1 and `h` 1/16, which leaves `e^{−100}`.
fn positive_nodes(low: f64, high: f64) -> Vec<Node> {
    let h = 1.0 / 16.0;
    (0..=((high - low) / h) as usize)
        .map(|i| {
            let x = Float::exp(t(low) + t(i as f64 * h));
            (vec![x], x * t(h))
        })
        .collect()
}

#[test]
fn densities_have_the_moments_and_the_entropy_that_are_claimed() {
    for rate in [0.01, 1.0, 300.0_f64] {
        let middle = -rate.ln();
        let nodes = positive_nodes(middle - 45.0, middle + 6.0);
        integrates(&Exponential::with_rate(&[t(rate)]).unwrap(), &nodes);
    }
    for (shape, rate) in [(0.5, 1.0), (1.0, 3.0), (4.0, 0.1), (60.0, 7.0_f64)] {
        let middle = (shape / rate).ln();
        let nodes = positive_nodes(middle - 90.0, middle + 7.0);
        integrates(&Gamma::with_shape_rate(&[t(shape)], &[t(rate)]).unwrap(), &nodes);
    }
    let nodes = positive_nodes(-40.0, 40.0);
    let negative: Vec<Node> = nodes.iter().map(|(x, w)| (vec![-x[0]], *w)).collect();
    for (m, v) in [(0.0, 1.0), (2.0, 0.3), (-1.5, 4.0)] {
        let up = LogNormal::with_variance(&[false], &[t(m)], &[t(v)]).unwrap();
        integrates(&up, &nodes);
        integrates(&LogNormal::with_variance(&[true], &[t(m)], &[t(v)]).unwrap(), &negative);
        assert_eq!(up.family().log_density(&up, &[t(-1.0)]).value(), f64::NEG_INFINITY);
        let both = [nodes.clone(), negative.clone()].concat();
        integrates(&SignedLogNormal::with_log_odds(&[t(0.7)], &[t(m)], &[t(v)]).unwrap(), &both);
    }
}

#[test]
fn masses_have_the_moments_and_the_entropy_that_are_claimed() {
    for mean in [0.01, 1.0, 40.0] {
        let nodes: Vec<Node> = (0..400).map(|k| (vec![t(f64::from(k))], t(1.0))).collect();
        integrates(&Poisson::with_mean(&[t(mean)]).unwrap(), &nodes);
    }
    for odds in [-30.0, -1.0, 0.0, 0.5, 20.0] {
        let nodes = [(vec![t(0.0)], t(1.0)), (vec![t(1.0)], t(1.0))];
        integrates(&Bernoulli::with_log_odds(&[t(odds)]).unwrap(), &nodes);
    }
}

/// The trapezoidal rule in the log odds of the first weight.
#[test]
fn the_beta_distribution_integrates() {
    let h = 1.0 / 16.0;
    let nodes: Vec<Node> = (-500..=500)
        .map(|i| {
            let z = f64::from(i) * h;
            let share = |z: f64| t(1.0) / (t(1.0) + Float::exp(t(z)));
            let (x, y) = (share(-z), share(z));
            (vec![x, y], x * y * t(h))
        })
        .collect();
    for (a, b) in [(2.0, 3.0), (1.5, 1.5), (9.0, 2.5)] {
        integrates(&Dirichlet::beta(t(a), t(b)).unwrap(), &nodes);
    }
}
