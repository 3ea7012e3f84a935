//! Densities and entropies against statrs, to within what its formulas can be off by.
//!
//! The formulas are written here once more, with our special functions, each as far from the exact ones as theirs may be.
//! Run with bounds on all roundings, they say how far statrs may be from the exact value.

use super::*;
use crate::claim::rounding::Tracked;
use crate::special::Special;
use num_traits::Float;
use statrs::distribution::{Beta, Continuous, Discrete};
use statrs::statistics::Distribution;

fn t(x: f64) -> Tracked {
    Tracked::exact(x)
}

fn within(x: Tracked, error: f64) -> Tracked {
    Tracked::new(x.value(), x.bound() + error)
}

/// Lanczos' formula with the constants of Pugh (2004, p. 116), for `x ≥ ½`: `ln s + c + (x − ½) ln((x − ½ + r)/e)` with
/// `r = 10.900511` and a sum `s` of eleven terms, quotients by numbers of at least `x`, whose numerators have magnitudes
/// that sum to less than 14, one of them 2.5·10⁻⁵ and not divided. It is good to 10⁻¹⁵ in exact arithmetic. Constants and quotients round
/// once, the argument of a quotient up to twice, the sum 11 times: `15u` of the magnitudes, relative to `s`, which is known
/// from `Γ` itself.
fn ln_gamma(x: Tracked) -> Tracked {
    let exact = Special::ln_gamma(x);
    let constant = t(2.0 * (std::f64::consts::E / std::f64::consts::PI).sqrt()).ln();
    let power = (x - t(0.5)) * ((x - t(0.5) + t(10.900_511)) / t(std::f64::consts::E)).ln();
    let sum = (exact.value() - constant.value() - power.value()).exp();
    let cancelled = 15.0 * U * (14.0 / x.value() + 1e-4) / sum;
    // As much again as the terms themselves round, and the two additions.
    let added = 4.0 * U * (sum.ln().abs() + constant.value().abs() + power.value().abs());
    within(exact, 1e-15 + cancelled + added + constant.bound() + power.bound())
}

/// Shifted to `z ≥ 12`, where the first term of the series that is left out is `691/32760 z⁻¹²`; with up to twelve
/// reciprocals that are subtracted one by one, from a number that stays below `1/x + 3`.
fn digamma(x: Tracked) -> Tracked {
    let truncation = 691.0 / 32_760.0 * 12_f64.powi(-12);
    within(x.digamma(), truncation + 30.0 * U * (1.0 / x.value() + 3.0 + x.value().ln().abs()))
}

/// `k!` is a rounded product of numbers up to `k`.
fn ln_factorial(k: u32) -> Tracked {
    let exact = Special::ln_gamma(t(f64::from(k) + 1.0));
    within(exact, f64::from(k) * U + 2.0 * U * exact.value().abs())
}

/// Ours, theirs, and their formula with a bound on what it may be off by.
#[track_caller]
fn agree(ours: Tracked, theirs: f64, formula: Tracked, what: &str) {
    let (found, exact) = (ours - formula, (theirs - formula.value()).abs());
    assert!(found.value().abs() <= found.bound(), "{what}: {ours} against {formula}");
    assert!(exact <= 2.0 * formula.bound(), "{what}: {theirs} against {formula}");
    // Ten digits of what is added up, which is below 100.
    assert!(found.bound() < 1e-8, "{what}: idle bound {found}");
}

#[test]
fn gamma() {
    for (a, b) in [(0.5, 2.0), (3.0, 0.25), (40.0, 10.0)] {
        let q = Gamma::with_shape_rate(&[t(a)], &[t(b)]).unwrap();
        let other = statrs::distribution::Gamma::new(a, b).unwrap();
        let (shape, rate) = (t(a), t(b));
        let entropy = shape - rate.ln() + ln_gamma(shape) + (t(1.0) - shape) * digamma(shape);
        agree(q.family().entropy(&q), other.entropy().unwrap(), entropy, "entropy");
        let mean = q.mean_parameter().as_slice()[1];
        agree(mean, other.mean().unwrap(), shape / rate, "mean");
        for x in [0.01, 0.5, 2.0, 11.0] {
            let density =
                shape * rate.ln() + (shape - t(1.0)) * t(x).ln() - rate * t(x) - ln_gamma(shape);
            agree(q.family().log_density(&q, &[t(x)]), other.ln_pdf(x), density, "density");
        }
    }
}

#[test]
fn beta() {
    for (a, b) in [(0.5, 0.5), (2.0, 7.0)] {
        let q = Dirichlet::beta(t(a), t(b)).unwrap();
        let other = Beta::new(a, b).unwrap();
        let (first, second, one) = (t(a), t(b), t(1.0));
        let ln_beta = ln_gamma(first) + ln_gamma(second) - ln_gamma(first + second);
        let entropy = ln_beta - (first - one) * digamma(first) - (second - one) * digamma(second)
            + (first + second - t(2.0)) * digamma(first + second);
        agree(q.family().entropy(&q), other.entropy().unwrap(), entropy, "entropy");
        for x in [0.125, 0.5, 0.875] {
            let density = -ln_beta + (first - one) * t(x).ln() + (second - one) * (one - t(x)).ln();
            let found = q.family().log_density(&q, &[t(x), t(1.0 - x)]);
            agree(found, other.ln_pdf(x), density, "density");
        }
    }
}

#[test]
fn log_normal_and_exponential() {
    let root = Float::sqrt(t(std::f64::consts::TAU)).ln();
    let root = within(root, U);
    let q = LogNormal::with_variance(&[false], &[t(0.5)], &[t(4.0)]).unwrap();
    let other = statrs::distribution::LogNormal::new(0.5, 2.0).unwrap();
    let entropy = t(0.5) + t(2.0).ln() + t(0.5) + root;
    agree(q.family().entropy(&q), other.entropy().unwrap(), entropy, "log-normal entropy");
    let d = (t(3.0).ln() - t(0.5)) / t(2.0);
    let density = -(t(0.5) * d * d) - root - (t(3.0) * t(2.0)).ln();
    let found = q.family().log_density(&q, &[t(3.0)]);
    agree(found, other.ln_pdf(3.0), density, "log-normal density");

    let q = Exponential::with_rate(&[t(3.0)]).unwrap();
    let other = statrs::distribution::Exp::new(3.0).unwrap();
    let entropy = t(1.0) - t(3.0).ln();
    agree(q.family().entropy(&q), other.entropy().unwrap(), entropy, "exponential entropy");
    let density = t(3.0).ln() - t(3.0) * t(0.3);
    let found = q.family().log_density(&q, &[t(0.3)]);
    agree(found, other.ln_pdf(0.3), density, "exponential density");
}

#[test]
fn poisson_and_bernoulli() {
    let q = Poisson::with_mean(&[t(7.5)]).unwrap();
    let other = statrs::distribution::Poisson::new(7.5).unwrap();
    for k in 0..30_u32 {
        let mass = -t(7.5) + t(f64::from(k)) * t(7.5).ln() - ln_factorial(k);
        let found = q.family().log_density(&q, &[t(f64::from(k))]);
        agree(found, other.ln_pmf(u64::from(k)), mass, "Poisson mass");
    }
    let q = Bernoulli::with_probability(&[t(0.3)]).unwrap();
    let other = statrs::distribution::Bernoulli::new(0.3).unwrap();
    // Theirs exponentiates logarithms of probabilities first.
    let share = |p: Tracked| {
        let p = p.ln().exp();
        -p * p.ln()
    };
    let entropy = share(t(1.0) - t(0.3)) + share(t(0.3));
    agree(q.family().entropy(&q), other.entropy().unwrap(), entropy, "Bernoulli entropy");
    let found = q.family().log_density(&q, &[t(1.0)]);
    agree(found, other.ln_pmf(1), t(0.3).ln(), "Bernoulli mass");
}
