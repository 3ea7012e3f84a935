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
        // e^{−2π²/0.64} is below 10⁻¹³; 10⁴ to 10⁶ terms are added up.
        assert!((&exact.mean - &grid.mean).amax() < 1e-10, "{net:?}");
        assert!(
            (&exact.covariance - &grid.covariance).amax() < 1e-10,
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
    assert!((exact.mean - grid.mean).amax() < 1e-10);
    assert!((exact.covariance - grid.covariance).amax() < 1e-10);
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
