//! Measurements against their definition, and what cannot be measured.

use super::*;
use crate::audit::{ActionsFile, Channels, Layout, NamedGroup};
use crate::checkpoint::{Convention, Precision, TensorPair};
use crate::data::digits;
use crate::group::Finite;
use crate::representation::ActsOnGrid;

fn posterior(sigma: f64) -> Posterior {
    let pair = |name: &str, shape: &[usize], salt: f64| {
        let n = shape.iter().product::<usize>();
        let mean = (0..n).map(|i| (i as f64 * 1.7 + salt).sin()).collect();
        TensorPair::new(name, shape.to_vec(), mean, vec![sigma; n], Precision::F64).unwrap()
    };
    let pairs = vec![
        pair("conv_layers.0.weight", &[4, 1, 3, 3], 0.0),
        pair("conv_layers.0.bias", &[4], 1.0),
        pair("classifier.weight", &[10, 4, 1, 1], 2.0),
    ];
    Posterior::new(Convention::AugmentBnns, pairs).unwrap()
}

fn group(posterior: &Posterior) -> AnyGroup {
    PosteriorAction::of_network(posterior, NamedGroup::C4, Channels::Trivial, Layout::Interleaved)
        .unwrap()
        .group()
        .clone()
}

#[test]
fn without_noise_all_estimates_are_the_defect_of_the_means() {
    // Added to any weight but zero it is lost, and to that it does not matter.
    let posterior = posterior(1e-30);
    let images = digits().select(0..7);
    let found = measure(&posterior, &group(&posterior), &images, 3, 1, |_| ()).unwrap();
    // By definition, with the network's definition as the model.
    let network = PosteriorNetwork::of(&posterior, images.shape()).unwrap();
    let turn = group(&posterior).on_grid(8).unwrap();
    let probabilities = |x: &[f64]| {
        let logits = network.net().prediction(network.mean(), x);
        let exp = logits.map(f64::exp);
        let sum = exp.sum();
        exp / sum
    };
    let mut expected = 0.0;
    for x in images.to_inputs::<f64>().chunks_exact(64) {
        for g in group(&posterior).elements() {
            let mut moved = vec![0.0; 64];
            for (value, &to) in x.iter().zip(turn.permutation(&g).images()) {
                moved[to as usize] = *value;
            }
            expected += (probabilities(&moved) - probabilities(x)).norm_squared() / 28.0;
        }
    }
    // Sums of at most 40 products in the network and 28 squares: far from where it would matter.
    let tolerance = 1000.0 * f64::EPSILON * expected;
    assert!(expected > 1e-3);
    let DefectEstimates { plug_in, shared, unbiased, unbiased_se } = found.defect;
    for estimate in [plug_in, shared, unbiased.unwrap()] {
        assert!((estimate - expected).abs() < tolerance, "{estimate} {expected}");
    }
    assert!(unbiased_se.unwrap() > 0.0); // between images
}

#[test]
fn orbit_sampling_is_equivariant_and_a_seed_is_a_result() {
    let posterior = posterior(0.3);
    let images = digits().select(0..5);
    let run = |seed| measure(&posterior, &group(&posterior), &images, 4, seed, |_| ()).unwrap();
    let found = run(1);
    assert_eq!(found, run(1));
    assert_ne!(found.defect, run(2).defect);
    assert_eq!(found.orbit_sampled_error, 0.0);
    assert_eq!(found.orbit_sampled.osp_identity, 1.0);
    assert!(found.scores.symmetric_kl > 0.0);
    assert_eq!(found.orbit_sampled.symmetric_kl, 0.0);
}

#[test]
fn what_cannot_be_measured_says_why() {
    let posterior = posterior(0.1);
    let run = |images: &Images, draws| {
        measure(&posterior, &group(&posterior), images, draws, 1, |_| ()).unwrap_err().to_string()
    };
    let digits = digits();
    assert_eq!(run(&digits, 0), "draws: 0: expected at least 1");
    assert_eq!(run(&digits.select([]), 1), "images: 0: expected at least 1");
    let colours = Images::new([3, 8, 8], 255, vec![0; 192], vec![0]).unwrap();
    assert!(run(&colours, 1).starts_with("images of 3 channels: expected 1"));
    let wide = Images::new([1, 4, 8], 255, vec![0; 32], vec![0]).unwrap();
    assert!(run(&wide, 1).starts_with("images of 4×8 pixels: expected square"));
    let label = Images::new([1, 8, 8], 255, vec![0; 64], vec![10]).unwrap();
    assert!(run(&label, 1).starts_with("label 10: expected one of the network's 10"));
}

#[test]
fn a_listed_action_measures_as_the_named_one() {
    let posterior = posterior(0.3);
    let images = digits().select(0..5);
    let listed = |generators: &str, classes: &str, channels: &str| {
        let file = format!(
            r#"
            [group]
            generators = {generators}
            [tensor."conv_layers.0.weight"]
            axes = ["trivial", {channels}, "spatial", "spatial"]
            [tensor."conv_layers.0.bias"]
            axes = "trivial"
            [tensor."classifier.weight"]
            axes = [{classes}, "trivial", "trivial", "trivial"]
            "#
        );
        PosteriorAction::listed(&posterior, &file.parse().unwrap()).unwrap()
    };
    let mut counts = Vec::new();
    let mut run = |action: &PosteriorAction| {
        let measuring = Measuring::new(&posterior, action, &images, 3, 1).unwrap();
        let (mut done, all) = (0, measuring.evaluations());
        let found = measuring.run(|count| done += count).unwrap();
        assert_eq!(done, all);
        counts.push(all);
        found
    };
    let trivial = "\"trivial\"";
    for (group, generators) in [(NamedGroup::C4, r#"["r"]"#), (NamedGroup::D4, r#"["r", "s"]"#)] {
        let named =
            PosteriorAction::of_network(&posterior, group, Channels::Trivial, Layout::Interleaved);
        assert_eq!(run(&named.unwrap()), run(&listed(generators, trivial, trivial)));
    }
    // Images, draws, elements and elements but one.
    assert_eq!(counts, [5 * 3 * 7, 5 * 3 * 7, 5 * 3 * 15, 5 * 3 * 15]);

    let refused = |action: &PosteriorAction| {
        let measuring = Measuring::new(&posterior, action, &images, 3, 1);
        measuring.err().unwrap().to_string()
    };
    let cycle = "{ r = [1, 2, 3, 0, 4, 5, 6, 7, 8, 9] }";
    assert!(refused(&listed(r#"["r"]"#, cycle, trivial)).contains("classifier.weight, axis 0"));
    let sign = "{ r = [0], sign = [-1] }";
    let signed = refused(&listed(r#"["r"]"#, trivial, sign));
    assert!(signed.contains("conv_layers.0.weight, axis 1: moves image channels"), "{signed}");
    let unknown: ActionsFile = r#"
        [group]
        generators = ["t"]
        [tensor."conv_layers.0.weight"]
        axes = "trivial"
        [tensor."conv_layers.0.bias"]
        axes = { t = [1, 0, 2, 3] }
        [tensor."classifier.weight"]
        axes = "trivial"
    "#
    .replace("axes = { t", "axes = [{ t")
    .replace("3] }", "3] }]")
    .parse()
    .unwrap();
    let action = PosteriorAction::listed(&posterior, &unknown).unwrap();
    assert!(refused(&action).starts_with("generator \"t\": expected r, s"));
}
