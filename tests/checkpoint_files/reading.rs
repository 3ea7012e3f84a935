//! Values, and how they are read.

use crate::files::{assert_refused, f32s, f64s, library_file, network, set};
use equibayes::checkpoint::{Architecture, Convention, Posterior, Problem, TensorPair};

#[test]
fn values_that_are_not_finite_are_refused_with_their_place() {
    for (value, text) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        for (tensor, part) in [("fc.weight_mu", "mean"), ("fc.weight_rho", "scale")] {
            let values = [1.0, 1.0, 1.0, value, 1.0, value];
            assert_refused!(
                network(|tensors| set(tensors, f32s(tensor, &[3, 2], &values))),
                None,
                Problem::NotFinite { ref index, .. } if *index == [1, 1],
                format!(r#"{part} of "{tensor}" is {text} at [1, 1], expected a finite number"#)
            );
        }
    }
}

#[test]
fn scales_that_make_no_sigma_are_refused_with_their_place() {
    let plain = |scale: f64| {
        library_file(&[f64s("a.mean", &[2], &[0.0; 2]), f64s("a.scale", &[2], &[1.0, scale])], &[])
    };
    for (scale, text) in [(0.0, "0.0"), (-0.0, "-0.0"), (-1e-3, "-0.001")] {
        assert_refused!(
            plain(scale),
            None,
            Problem::BadSigma { .. },
            format!(
                r#"scale of "a.scale" is {text} at [1], which makes σ = {text}, expected 0 < σ < ∞"#
            )
        );
    }
    assert_refused!(
        network(|tensors| set(tensors, f32s("conv_layers.0.bias_rho", &[2], &[-800.0, -3.0]))),
        None,
        Problem::BadSigma { ref index, value: -800.0, sigma: 0.0, .. } if *index == [0],
        r#"scale of "conv_layers.0.bias_rho" is -800.0 at [0], which makes σ = 0.0, expected 0 < σ < ∞"#
    );
    assert_refused!(
        library_file(&[f32s("weight_mu", &[], &[0.0]), f32s("weight_log_sigma", &[], &[1000.0])], &[]),
        None,
        Problem::BadSigma { ref index, .. } if index.is_empty(),
        r#"scale of "weight_log_sigma" is 1000.0 at [], which makes σ = inf, expected 0 < σ < ∞"#
    );
}

#[test]
fn a_posterior_is_read_in_network_order_and_in_f64() {
    let posterior =
        Posterior::from_bytes(&network(|tensors| tensors.push(f32s("step", &[], &[7.0]))), None)
            .unwrap();
    assert_eq!(posterior.convention(), Convention::AugmentBnns);
    let names: Vec<&str> = posterior.pairs().iter().map(TensorPair::name).collect();
    assert_eq!(names, ["conv_layers.0.weight", "conv_layers.0.bias", "fc.weight"]);
    let bias = posterior.pair("conv_layers.0.bias").unwrap();
    assert_eq!((bias.shape(), bias.mean()), ([2].as_slice(), [0.125, 1.5].as_slice()));
    // softplus(−3.25) and softplus(−1), computed with 50 digits.
    for (sigma, expected) in bias.sigma().iter().zip([0.038041371687783126, 0.3132616875182228]) {
        assert!((sigma / expected - 1.0).abs() < 1e-15, "σ = {sigma}, not {expected}");
    }
    let other = &posterior.others()[0];
    assert_eq!(
        (other.name(), other.dtype(), other.bytes()),
        ("step", "F32".to_owned(), 7f32.to_le_bytes().as_slice())
    );
    let architecture = Architecture::of(&posterior).unwrap();
    assert_eq!(architecture.convolutions().len(), 1);
}

#[test]
fn each_convention_reads_its_own_sigma() {
    let read = |mean, scale, convention: Convention| {
        let bytes = library_file(&[f64s(mean, &[1], &[0.25]), f64s(scale, &[1], &[0.5])], &[]);
        let posterior = Posterior::from_bytes(&bytes, None).unwrap();
        assert_eq!(posterior.convention(), convention);
        assert_eq!(posterior.to_bytes().unwrap(), bytes);
        posterior.pairs()[0].sigma()[0]
    };
    let softplus = 0.974_076_984_180_106_7;
    let close = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-15;
    assert_eq!(read("a.mean", "a.scale", Convention::Plain), 0.5);
    assert!(close(read("a.weight_mu", "a.weight_rho", Convention::Blitz), softplus));
    assert!(close(
        read("a.weight_sampler.mu", "a.weight_sampler.rho", Convention::Blitz),
        softplus
    ));
    assert!(close(read("a.bias_mu", "a.bias_log_sigma", Convention::Torchbnn), 0.5f64.exp()));
    assert!(close(read("a.mu_kernel", "a.rho_kernel", Convention::BayesianTorch), softplus));
    assert!(close(read("a.weight_mu", "a.weight_sigma", Convention::TorchUncertainty), softplus));
}
