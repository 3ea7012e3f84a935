//! Closed forms against quadrature: of activations over the line, of whole networks over all parameters.

use super::*;
use crate::family::{DiagonalGaussian, FullGaussian};
use crate::model::{Linear, Mlp, Pointwise};
use crate::scalar::Rational;
use crate::special::normal_density;
use nalgebra::{dmatrix, dvector};

/// `E f(z)` for a standard normal `z`, by the trapezoidal rule with spacing `h` on `[−9, 9]`, where less than 10⁻¹⁸ of
/// the mass is missing. For `f` analytic around the line the error falls as `e^{−2π²/h²}` times the growth
/// of `f`.
fn grid(h: f64) -> Vec<(f64, f64)> {
    let n = (9.0 / h).ceil() as i32;
    (-n..=n).map(|k| f64::from(k) * h).map(|z| (z, h * normal_density(z))).collect()
}

/// The first two moments of `f(z)`, `z ∼ N(mean, variance)`, piece by piece where `f` has a kink at 0.
fn by_quadrature(f: Pointwise, mean: f64, variance: f64) -> (f64, f64) {
    let s = variance.sqrt();
    let value = |t: f64| crate::model::Activation::value(&f, &(mean + s * t));
    let add = |sums: (f64, f64), (t, weight): (f64, f64)| {
        (sums.0 + weight * value(t), sums.1 + weight * value(t).powi(2))
    };
    if f != Pointwise::Relu {
        return grid(1.0 / 16.0).into_iter().fold((0.0, 0.0), add);
    }
    // Simpson's rule from the kink to where nothing is left: the fourth derivatives of the integrands are below
    // 30 (|μ| + s + 1)².
    let kink = (-mean / s).clamp(-9.0, 9.0);
    let n = 4000;
    let h = (9.0 - kink) / f64::from(n);
    let weight = |k: i32| match k {
        0 => 1.0,
        k if k == n => 1.0,
        k if k % 2 == 1 => 4.0,
        _ => 2.0,
    };
    (0..=n)
        .map(|k| (k, kink + h * f64::from(k)))
        .map(|(k, t)| (t, weight(k) * h / 3.0 * normal_density(t)))
        .fold((0.0, 0.0), add)
}

#[test]
fn moments_of_activations_are_their_integrals() {
    for f in [Pointwise::Identity, Pointwise::Relu, Pointwise::Erf, Pointwise::Sine] {
        for mean in [-2.5, -0.3, 0.0, 0.7, 3.0] {
            for variance in [0.01, 0.5, 1.0, 4.0] {
                let exact = f.moments(mean, variance).unwrap();
                let (first, second) = by_quadrature(f, mean, variance);
                // Simpson: 18/180 h⁴ 30 (|μ| + s + 1)² < 5·10⁻⁹ for the widest step.
                let size = (mean.abs() + f64::sqrt(variance) + 1.0).powi(2);
                let tolerance = if f == Pointwise::Relu { 2e-10 } else { 1e-14 } * size;
                let at = format!("{f:?} at N({mean}, {variance})");
                assert!((exact.mean - first).abs() < tolerance, "{at}");
                assert!((exact.square - second).abs() < tolerance, "{at}");
                let gap = exact.variance - (second - first * first);
                assert!(gap.abs() < 2.0 * tolerance, "{at}");
            }
        }
    }
}

#[test]
fn without_variance_nothing_is_random() {
    for f in [Pointwise::Identity, Pointwise::Relu, Pointwise::Erf, Pointwise::Sine] {
        for mean in [-1.5, 0.0, 0.5] {
            let exact: ActivationMoments<f64> = f.moments(mean, 0.0).unwrap();
            let value: f64 = crate::model::Activation::value(&f, &mean);
            assert!((exact.mean - value).abs() < 1e-15, "{f:?}");
            assert!(exact.variance.abs() < 2e-15, "{f:?}");
        }
    }
}

/// The predictive moments by a grid over all parameters.
fn over_all_parameters(
    net: &Mlp<Pointwise>,
    mean: &[f64],
    variance: &[f64],
    x: &[f64],
) -> PredictiveMoments<f64> {
    let grid = grid(0.8);
    let outputs = net.widths().last().unwrap();
    let (mut first, mut second) = (DVector::zeros(outputs), DMatrix::zeros(outputs, outputs));
    let mut theta = vec![0.0; mean.len()];
    for code in 0..grid.len().pow(mean.len() as u32) {
        let (mut rest, mut weight) = (code, 1.0);
        for (i, value) in theta.iter_mut().enumerate() {
            let (t, w) = grid[rest % grid.len()];
            *value = mean[i] + variance[i].sqrt() * t;
            (rest, weight) = (rest / grid.len(), weight * w);
        }
        let out = net.prediction(&theta, x);
        first += weight * &out;
        second += weight * &out * out.transpose();
    }
    let covariance = second - &first * first.transpose();
    PredictiveMoments { mean: first, covariance }
}

#[test]
fn networks_are_integrated_over_all_parameters() {
    let networks = [
        Mlp::new(&[1, 1, 2], Pointwise::Sine).unwrap().without_bias(),
        Mlp::new(&[2, 1, 1], Pointwise::Sine).unwrap().without_bias(),
        Mlp::new(&[1, 1, 1], Pointwise::Identity).unwrap(),
        Mlp::new(&[1, 2], Pointwise::Sine).unwrap(),
    ];
    for net in networks {
        let count = Model::<f64>::parameters(&net);
        let mean: Vec<f64> = (0..count).map(|i| 0.6 - 0.35 * i as f64).collect();
        let variance: Vec<f64> = (0..count).map(|i| 0.3 + 0.2 * i as f64).collect();
        let x = &[0.8, -1.1][..Model::<f64>::inputs(&net)];
        let q = DiagonalGaussian::with_variance(&mean, &variance).unwrap();
        let exact = one_hidden_layer(&net, &(&q).into(), x).unwrap();
        let grid = over_all_parameters(&net, &mean, &variance, x);
        // For a factor e^{ikt} the rule is off by e^{−(2π/h − |k|)²/2}; |k| ≤ 2 here makes that 4·10⁻⁸, and the
        // coefficients are polynomials of degree 2.
        assert!((&exact.mean - &grid.mean).amax() < 1e-6, "{net:?}");
        assert!(
            (&exact.covariance - &grid.covariance).amax() < 1e-6,
            "{net:?}: {exact:?}, {grid:?}"
        );
    }
}

/// Two hidden units: they are independent, and both are read out twice.
#[test]
fn hidden_units_add_up() {
    let net = Mlp::new(&[1, 2, 1], Pointwise::Sine).unwrap().without_bias();
    let (mean, variance) = ([0.4, -0.7, 1.0, 0.5], [0.5, 0.2, 0.3, 0.8]);
    let q = DiagonalGaussian::with_variance(&mean, &variance).unwrap();
    let exact = one_hidden_layer(&net, &(&q).into(), &[1.2]).unwrap();
    let grid = over_all_parameters(&net, &mean, &variance, &[1.2]);
    assert!((exact.mean - grid.mean).amax() < 1e-6);
    assert!((exact.covariance - grid.covariance).amax() < 1e-6);
}

#[test]
fn linear_models_are_exact_in_rationals() {
    let model = Linear::with_bias(1, 2).unwrap();
    // θ = (w₀, w₁, b₀, b₁), x = 2: Φ = (2w₀ + b₀, 2w₁ + b₁).
    let covariance = dmatrix![4i64, 1, 1, 0; 1, 3, 0, 1; 1, 0, 2, 0; 0, 1, 0, 5];
    let covariance = covariance.map(|entry| Rational::ratio(entry, 1));
    let mean = dvector![1i64, -1, 3, 0].map(|entry| Rational::ratio(entry, 1));
    let q = FullGaussian::with_covariance(&mean, &covariance).unwrap();
    let f = linear(&model, &(&q).into(), &[Rational::ratio(2, 1)]).unwrap();
    assert_eq!(f.mean, dvector![5i64, -2].map(|entry| Rational::ratio(entry, 1)));
    let expected = dmatrix![22i64, 4; 4, 21].map(|entry| Rational::ratio(entry, 1));
    assert_eq!(f.covariance, expected);
}

#[test]
fn what_has_no_closed_form_is_refused() {
    let q = |n: usize| DiagonalGaussian::with_variance(&vec![0.0; n], &vec![1.0; n]).unwrap();
    let moments = |widths: &[usize], f, n: usize, x: &[f64]| {
        one_hidden_layer(&Mlp::new(widths, f).unwrap(), &(&q(n)).into(), x).unwrap_err()
    };
    use Pointwise::{Erf, Tanh};
    assert_eq!(
        moments(&[1, 1, 1], Erf, 3, &[0.0]),
        PredictiveError::Parameters { got: 3, expected: 4 }
    );
    assert_eq!(moments(&[1, 1, 1], Erf, 4, &[]), PredictiveError::Input { got: 0, expected: 1 });
    assert_eq!(moments(&[1; 4], Erf, 6, &[0.0]), PredictiveError::HiddenLayers { got: 2 });
    let tanh = moments(&[1, 1, 1], Tanh, 4, &[0.0]);
    assert_eq!(tanh, PredictiveError::Activation { activation: "Tanh".into() });
    let net = Mlp::new(&[1, 1], Erf).unwrap();
    let full = FullGaussian::with_covariance(&dvector![0.0, 0.0], &dmatrix![1.0, 0.5; 0.5, 1.0]);
    let refused = one_hidden_layer(&net, &(&full.unwrap()).into(), &[1.0]);
    assert_eq!(refused, Err(PredictiveError::Correlated));
}

/// Correlated parameters `m + Lt` by a grid over `t`.
#[test]
fn networks_of_sines_are_integrated_over_correlated_parameters() {
    for net in [
        Mlp::new(&[1, 1, 2], Pointwise::Sine).unwrap().without_bias(),
        Mlp::new(&[1, 1, 1], Pointwise::Sine).unwrap(),
        Mlp::new(&[1, 2, 1], Pointwise::Sine).unwrap().without_bias(),
    ] {
        let count = Model::<f64>::parameters(&net);
        let lower = DMatrix::from_fn(count, count, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.7,
            std::cmp::Ordering::Greater => 0.4 - 0.3 * j as f64,
        });
        let mean = DVector::from_fn(count, |i, _| 0.5 - 0.4 * i as f64);
        let q = FullGaussian::with_covariance(&mean, &(&lower * lower.transpose())).unwrap();
        let exact = one_hidden_layer(&net, &(&q).into(), &[1.1]).unwrap();
        let grid = grid(0.8);
        let outputs = exact.mean.len();
        let (mut first, mut second) = (DVector::zeros(outputs), DMatrix::zeros(outputs, outputs));
        let mut t = DVector::zeros(count);
        for code in 0..grid.len().pow(count as u32) {
            let (mut rest, mut weight) = (code, 1.0);
            for value in t.iter_mut() {
                let (node, w) = grid[rest % grid.len()];
                *value = node;
                (rest, weight) = (rest / grid.len(), weight * w);
            }
            let theta = &mean + &lower * &t;
            let out = net.prediction(theta.as_slice(), &[1.1]);
            first += weight * &out;
            second += weight * &out * out.transpose();
        }
        let covariance = second - &first * first.transpose();
        // As above, |k| ≤ 2.
        assert!((&exact.mean - &first).amax() < 1e-6, "{exact:?}, {first}");
        assert!((&exact.covariance - &covariance).amax() < 1e-6, "{exact:?}, {covariance}");
    }
}

/// `E f′(z)` is the derivative of `E f(z)` by the mean of `z`.
#[test]
fn expected_slopes_are_slopes_of_expectations() {
    use crate::dual::Dual;
    for f in [Pointwise::Identity, Pointwise::Relu, Pointwise::Erf, Pointwise::Sine] {
        for mean in [-2.0, -0.4, 0.3, 1.5] {
            for variance in [0.1, 1.0, 3.0] {
                let moved = f.moments(Dual::variable(mean), Dual::constant(variance)).unwrap();
                let slope: f64 = f.expected_slope(mean, variance).unwrap();
                assert!((moved.mean.slope() - slope).abs() < 1e-15 * 20.0, "{f:?} at {mean}");
            }
        }
    }
}

/// Means under correlated parameters: of sines by both ways, of ReLU by differentiating along the
/// correlation.
#[test]
fn means_under_correlated_parameters() {
    let net = Mlp::new(&[2, 2, 2], Pointwise::Sine).unwrap();
    let count = Model::<f64>::parameters(&net);
    let lower = DMatrix::from_fn(count, count, |i, j| {
        if i < j { 0.0 } else { 0.5 * f64::cos((3 * i + 5 * j) as f64) + f64::from(i == j) }
    });
    let center = DVector::from_fn(count, |i, _| f64::sin(2.0 * i as f64));
    let posterior = GaussianMoments::full(center, &lower * lower.transpose());
    let x = [0.4, -0.9];
    let whole = one_hidden_layer(&net, &posterior, &x).unwrap();
    let stein = mean(&net, &posterior, &x).unwrap();
    assert!((whole.mean - stein).amax() < 1e-13);
    // V = a + bW + noise: E V f(W) = a E f(W) + b E W f(W), and E W max(W, 0) = E max(W, 0)².
    let relu = Mlp::new(&[1, 1, 1], Pointwise::Relu).unwrap().without_bias();
    let (m, v, a, b) = (0.3, 1.7, -0.6, 0.8);
    let posterior =
        GaussianMoments::full(dvector![m, a + b * m], dmatrix![v, b * v; b * v, b * b * v + 0.5]);
    let found = mean(&relu, &posterior, &[1.0]).unwrap()[0];
    let unit: ActivationMoments<f64> = Pointwise::Relu.moments(m, v).unwrap();
    assert!((found - a * unit.mean - b * unit.square).abs() < 1e-14);
}

/// Without correlations both ways are the same.
#[test]
fn both_ways_to_sines_meet() {
    let net = Mlp::new(&[2, 3, 2], Pointwise::Sine).unwrap();
    let count = Model::<f64>::parameters(&net);
    let mean: Vec<f64> = (0..count).map(|i| f64::sin(3.0 * i as f64)).collect();
    let variance: Vec<f64> = (0..count).map(|i| 0.2 + 0.1 * (i % 4) as f64).collect();
    let x = [0.7, -1.3];
    let diagonal = DiagonalGaussian::with_variance(&mean, &variance).unwrap();
    let fast = one_hidden_layer(&net, &(&diagonal).into(), &x).unwrap();
    let full = GaussianMoments::full(
        DVector::from_vec(mean),
        DMatrix::from_diagonal(&DVector::from_vec(variance)),
    );
    let slow = one_hidden_layer(&net, &full, &x).unwrap();
    // Sixteen terms of order 1 cancel in each entry.
    assert!((fast.mean - slow.mean).amax() < 1e-14);
    assert!((fast.covariance - slow.covariance).amax() < 1e-13);
}
