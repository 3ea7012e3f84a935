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

/// Quarter turns, with channels that stay.
fn turns(posterior: &Posterior) -> PosteriorAction {
    let (c4, channels) = (NamedGroup::C4, Channels::Trivial);
    PosteriorAction::of_network(posterior, c4, channels, Layout::Interleaved).unwrap()
}

fn group(posterior: &Posterior) -> AnyGroup {
    turns(posterior).group().clone()
}

/// What is measured after so many draws, and the bounds with the prior `N(0, 1)`.
fn bounded(
    measuring: &Measuring<'_>,
    posterior: &Posterior,
    draws: usize,
) -> (Measurement, Vec<DefectBound>) {
    let found = measuring.sweep(&[draws], |_| ()).unwrap().remove(0);
    let bounds = measuring.bounds(posterior, &turns(posterior), &found, Some(1.0)).unwrap();
    (found, bounds)
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
    let DefectEstimates { plug_in, shared, unbiased, unbiased_se, single, intervals, .. } =
        found.defect;
    for estimate in [plug_in, shared, unbiased.unwrap(), single] {
        assert!((estimate - expected).abs() < tolerance, "{estimate} {expected}");
    }
    assert!(unbiased_se.unwrap() > 0.0); // between images
    // No draw differs from any other; seven images say little of all others.
    assert!((intervals.draws.high - intervals.draws.low).abs() < tolerance);
    assert!(intervals.both.contains(expected) && intervals.both.high > 10.0 * expected);
}

#[test]
fn a_sweep_is_a_run_at_every_number_of_draws_at_any_number_of_threads() {
    let posterior = posterior(0.3);
    let images = digits().select(0..6);
    let action = PosteriorAction::of_network(
        &posterior,
        NamedGroup::D4,
        Channels::Trivial,
        Layout::Interleaved,
    )
    .unwrap();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let measuring = |draws| Measuring::new(&posterior, &action, &images, draws, 5).unwrap();
    let counts = [1, 2, 3, 4, 8, 33];
    let mut evaluations = 0;
    let sweep = measuring(33).sweep(&counts, |count| evaluations += count).unwrap();
    assert_eq!(evaluations, measuring(33).evaluations());
    assert_eq!(sweep, pool(1).install(|| measuring(33).sweep(&counts, |_| ()).unwrap()));
    assert_eq!(sweep, pool(3).install(|| measuring(40).sweep(&counts, |_| ()).unwrap()));
    for (found, draws) in sweep.iter().zip(counts) {
        assert_eq!(*found, measuring(draws).run(|_| ()).unwrap());
        assert_eq!(found.draws, draws);
    }
    let refused = |counts: &[usize]| measuring(4).sweep(counts, |_| ()).unwrap_err().to_string();
    let expected = "snapshots after [2, 2] draws: expected ascending numbers from 1 to 4";
    assert_eq!(refused(&[2, 2]), expected);
    assert!(refused(&[0, 2]).contains("[0, 2]") && refused(&[1, 5]).contains("from 1 to 4"));
    assert_eq!(measuring(4).sweep(&[], |_| ()), Ok(vec![]));
    let unsure = measuring(4).with_confidence(1.0).err().unwrap().to_string();
    assert_eq!(unsure, "confidence: 1: expected a number above 0 and below 1");
}

/// By definition, from the very draws: fresh ones for every element, shared ones, their products, the scores.
#[test]
fn estimates_as_they_are_defined() {
    let posterior = posterior(0.3);
    let images = digits().select(0..4);
    let group = group(&posterior);
    let orbit = Orbit::new(&group, images.shape()).unwrap();
    let network = PosteriorNetwork::of(&posterior, images.shape()).unwrap();
    let found = measure(&posterior, &group, &images, 3, 1, |_| ()).unwrap();
    // Draw, element that it belongs to, image, element that moves, class.
    let mut nothing = |_| ();
    let mut evaluator = Evaluator::new(&network, &orbit, &images, 1, &mut nothing);
    let mut all = vec![vec![Vec::new(); 4]; 3];
    for (t, all) in all.iter_mut().enumerate() {
        for (g, all) in all.iter_mut().enumerate() {
            evaluator.draw(g, t);
            evaluator
                .log_probabilities(0..4, |first, logs| {
                    assert_eq!(first * 40, all.len());
                    all.extend(logs.iter().map(|log| log.exp()));
                })
                .unwrap();
        }
    }
    let p = |t: usize, own: usize, x: usize, g: usize, c: usize| -> f64 {
        all[t][own][(x * 4 + g) * 10 + c]
    };
    let (mut fresh, mut shared, mut pairs, mut single) = (0.0, 0.0, 0.0, 0.0);
    let (mut brier, mut variance) = (0.0, 0.0);
    for x in 0..4 {
        for c in 0..10 {
            for g in 0..4 {
                let own = |t: usize| if g == 0 { 0.0 } else { p(t, g, x, g, c) - p(t, 0, x, 0, c) };
                let d = |t: usize| p(t, 0, x, g, c) - p(t, 0, x, 0, c);
                fresh += ((own(0) + own(1) + own(2)) / 3.0).powi(2) / 16.0;
                shared += ((d(0) + d(1) + d(2)) / 3.0).powi(2) / 16.0;
                pairs += (d(0) * d(1) + d(0) * d(2) + d(1) * d(2)) / 3.0 / 16.0;
                let mean = (p(0, 0, x, g, c) + p(1, 0, x, g, c) + p(2, 0, x, g, c)) / 3.0;
                variance +=
                    (0..3).map(|t| (p(t, 0, x, g, c) - mean).powi(2)).sum::<f64>() / 2.0 / 16.0;
                single += (d(0).powi(2) + d(1).powi(2) + d(2).powi(2)) / 3.0 / 16.0;
            }
            let right = if images.labels().nth(x) == Some(c) { 1.0 } else { 0.0 };
            let mean = (0..3).map(|t| p(t, 0, x, 0, c)).sum::<f64>() / 3.0;
            brier += (mean - right).powi(2) / 4.0;
        }
    }
    let defect = found.defect;
    let near = [
        (defect.plug_in, fresh),
        (defect.shared, shared),
        (defect.unbiased.unwrap(), pairs),
        (defect.single, single),
        (found.scores.brier, brier),
        (found.variance.unwrap(), variance),
    ];
    for (found, expected) in near {
        assert!((found - expected).abs() < 1e-14, "{found} {expected}");
    }
    assert!(fresh != shared && pairs < shared && shared < single);
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

/// With small deviations the bounds by variance and by layers speak, and hold; every one is that of its parts.
#[test]
fn bounds_from_images_hold() {
    let pair = |name: &str, shape: &[usize], size: f64, apart: f64, sigma: f64| {
        let n = shape.iter().product::<usize>();
        let mean = (0..n).map(|i| size + apart * (i as f64 * 1.7).sin()).collect();
        TensorPair::new(name, shape.to_vec(), mean, vec![sigma; n], Precision::F64).unwrap()
    };
    // Nearly invariant kernels, for the same numbers are everywhere.
    let posterior = Posterior::new(
        Convention::AugmentBnns,
        vec![
            pair("conv_layers.0.weight", &[2, 1, 3, 3], 0.1, 0.01, 0.02),
            pair("conv_layers.0.bias", &[2], 0.1, 0.0, 0.02),
            pair("classifier.weight", &[10, 2, 1, 1], 0.0, 0.5, 0.02),
        ],
    )
    .unwrap();
    let action = turns(&posterior);
    let images = digits().select(0..9);
    // The low end of an interval as sure as the test is, by the normal law: from so many draws that it is not zero.
    let sure = 1.0 - crate::test_budget::share("bounds from images");
    let measuring = Measuring::new(&posterior, &action, &images, 2048, 1).unwrap();
    let measuring = measuring.with_confidence(sure).unwrap();
    let (found, bounds) = bounded(&measuring, &posterior, 2048);
    let ids: Vec<&str> = bounds.iter().map(|bound| bound.id).collect();
    assert_eq!(ids, ["B3", "B4", "B8"]);
    let defect = found.defect.intervals.draws.low;
    assert!(defect > 0.0);
    for bound in &bounds {
        assert!(defect <= bound.value, "{bound:?}, defect at least {defect}");
        assert_eq!(bound.vacuous, bound.value >= 1.5 * (1.0 - 1e-9), "{bound:?}");
        assert_eq!(bound.informative_at.is_some(), bound.vacuous && bound.id != "B8");
    }
    assert!(!bounds[0].vacuous, "{:?}", bounds[0]);
    // Without a prior none of it; with one draw no variance.
    let one = measuring.sweep(&[1], |_| ()).unwrap().remove(0);
    let bounds = measuring.bounds(&posterior, &action, &one, None).unwrap();
    assert_eq!(bounds.len(), 1);
    // Half as far apart in means, with the same rest: a quarter of the squared bound.
    let means = posterior.pairs()[0].mean().iter().map(|m| 0.1 + 0.5 * (m - 0.1)).collect();
    let mut pairs = posterior.pairs().to_vec();
    pairs[0] = pairs[0].with_values(means, vec![0.02; 18]).unwrap();
    let nearer = Posterior::new(Convention::AugmentBnns, pairs).unwrap();
    let measuring = Measuring::new(&nearer, &action, &images, 1, 1).unwrap();
    let quarter = measuring.bounds(&nearer, &action, &one, None).unwrap().remove(0);
    assert!((quarter.value / bounds[0].value - 0.25).abs() < 1e-9, "{quarter:?}");
}

/// Draws that differ in no digit: their variance is measured as nothing, χ² is infinite, and the defect is there all the same.
#[test]
fn no_variance_and_infinite_divergence_are_no_bound() {
    let posterior = posterior(1e-30);
    let images = digits().select(0..7);
    let action = turns(&posterior);
    let measuring = Measuring::new(&posterior, &action, &images, 3, 1).unwrap();
    let (found, bounds) = bounded(&measuring, &posterior, 3);
    assert!(found.defect.shared > 1e-3);
    let by_variance = bounds.iter().find(|bound| bound.id == "B4").unwrap();
    assert!(by_variance.value.is_infinite() && by_variance.vacuous, "{by_variance:?}");
    assert!(bounds.iter().all(|bound| bound.value >= found.defect.shared), "{bounds:?}");
    // Of a small variance the digits are right: it goes like σ².
    let variance = |sigma: f64| {
        let posterior = self::posterior(sigma);
        let measured = measure(&posterior, &group(&posterior), &images, 3, 1, |_| ()).unwrap();
        measured.variance.unwrap()
    };
    let ratio = variance(1e-9) / variance(1e-6);
    // Probabilities are off by 1e-15 of 1e-9, and the second derivative counts 1e-6 of the first.
    assert!((ratio / 1e-6 - 1.0).abs() < 1e-3, "{ratio:e}");
}

/// B8 allows for what the mean over draws may be off by: `1.5 √(ln(2/δ)/(2T))` at the least.
#[test]
fn pac_bayes_allows_for_the_draws() {
    let posterior = posterior(0.3);
    let images = digits().select(0..6);
    let action = turns(&posterior);
    let measuring = Measuring::new(&posterior, &action, &images, 2, 1).unwrap();
    let (found, bounds) = bounded(&measuring, &posterior, 2);
    let bound = bounds.iter().find(|bound| bound.id == "B8").unwrap();
    let kl: f64 = posterior
        .pairs()
        .iter()
        .flat_map(|pair| pair.mean().iter().zip(pair.sigma()))
        .map(|(m, s)| 0.5 * (m * m + s * s - 1.0) - s.ln())
        .sum();
    let draws = 1.5 * ((2.0 / 0.05_f64).ln() / 4.0).sqrt();
    let images = 2.0 * ((kl + (4.0 * 6.0_f64.sqrt() / 0.05).ln()) / 12.0).sqrt();
    let expected = found.defect.single + draws + images;
    assert!((bound.value / expected - 1.0).abs() < 1e-12, "{} {expected}", bound.value);
    assert!(measuring.with_confidence(1e-300).is_err());
}

/// Images of side 6 meet a pool at side 3: nothing is equivariant, and B3 and B4 are no bounds.
#[test]
fn odd_sides_leave_no_bound_that_needs_equivariance() {
    let mut pairs = posterior(0.3).pairs().to_vec();
    let second: &[usize] = &[4, 4, 3, 3];
    let n = second.iter().product();
    let second = ("conv_layers.1.weight", second.to_vec(), vec![0.1; n], vec![0.3; n]);
    pairs.push(TensorPair::new(second.0, second.1, second.2, second.3, Precision::F64).unwrap());
    let posterior = Posterior::new(Convention::AugmentBnns, pairs).unwrap();
    let action = turns(&posterior);
    for (side, expected) in [(8, &["B3", "B4", "B8"][..]), (6, &["B8"])] {
        let pixels = (0..2 * side * side).map(|i| (i * 37 % 251) as u8).collect();
        let images = Images::new([1, side, side], 255, pixels, vec![0, 1]).unwrap();
        let measuring = Measuring::new(&posterior, &action, &images, 2, 1).unwrap();
        let (_, bounds) = bounded(&measuring, &posterior, 2);
        let ids: Vec<&str> = bounds.iter().map(|bound| bound.id).collect();
        assert_eq!(ids, expected);
    }
}
