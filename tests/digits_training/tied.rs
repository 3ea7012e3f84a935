//! E8 on handwritten digits: tied training of the convolutional network.

use super::{
    CLASSES, bounds, elbo, images, logits, network, roundings, start, steps, turned, turns,
};
use equibayes::inference::optimiser::{Adam, Sgd};
use equibayes::inference::{
    Augmentation, Augmenter, Batch, Dataset, MeanField, Noise, Posterior, Streams, Tied, TiedDraws,
};
use equibayes::model::conv::ConvNet;
use equibayes::representation::{Channels, SignedOrbits};
use equibayes::scalar::Scalar;

fn tied(net: &ConvNet, draws: TiedDraws) -> (Tied, Vec<f64>) {
    let orbits = SignedOrbits::of(turns(net, Channels::Regular).parameters());
    let tied = Tied::new(orbits, draws);
    let mean: Vec<f64> = start(net, 1).iter().map(|m| 2.0 * m).collect();
    let w = tied.tie(&mean, &vec![0.05; net.dim()]).unwrap();
    (tied, w)
}

/// `max |F(gx) − F(x)|` over quarter turns, images and classes.
fn defect(net: &ConvNet, data: &Dataset, predictor: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let still = predictor(data.inputs());
    let of = |g| {
        let moved = predictor(&turned(net, g, data.inputs()));
        moved.iter().zip(&still).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    (1..4).map(of).fold(0.0, f64::max)
}

/// How far two computations of one gradient may be apart by rounding, for each parameter: of means with slopes of the
/// loss alone.
fn tolerances(net: &ConvNet, thetas: &[Vec<f64>], examples: usize) -> Vec<f64> {
    let n = roundings(net, examples * thetas.len());
    let unit = f64::UNIT_ROUNDOFF;
    let mut worst = vec![0.0_f64; net.dim()];
    for theta in thetas {
        let (slopes, logit) = bounds(net, theta);
        // Softmax passes an error of a logit on, at most doubled, to a cotangent, which is at most 1.
        let cotangent = 2.0 * n * unit * logit;
        for (worst, slope) in worst.iter_mut().zip(slopes) {
            *worst = worst.max(slope * (n * unit + cotangent));
        }
    }
    // Each of two sides; first order, doubled for the rest.
    worst.iter().map(|x| 4.0 * x).collect()
}

/// The tied gradient on raw images is, in free coordinates, that of the untied posterior on their orbits.
#[test]
fn e8_tied_gradients_are_those_of_the_orbits() {
    let net = network(&[4, 8]);
    let joint = turns(&net, Channels::Regular);
    let dim = net.dim();
    let raw = images(0..24);
    let orbits = Augmenter::new(&joint, Augmentation::Full).unwrap().expand(&raw).unwrap();
    let (tied, free) = tied(&net, TiedDraws::Independent);
    let full = tied.untie(&free).unwrap();
    let (mean, scale) = tied.moments(&free);
    let gradients = |noise: &[f64]| {
        let (mut of_tied, mut of_orbits) = (vec![0.0; free.len()], vec![0.0; full.len()]);
        let on_raw = elbo(&net, tied.clone());
        let on_orbits = elbo(&net, MeanField::new(dim));
        let batch = Batch { inputs: raw.inputs(), targets: raw.targets() };
        on_raw.gradient(&free, batch, noise, &mut of_tied, &mut on_raw.memory(24));
        let batch = Batch { inputs: orbits.inputs(), targets: orbits.targets() };
        on_orbits.gradient(&full, batch, noise, &mut of_orbits, &mut on_orbits.memory(96));
        (of_tied, of_orbits)
    };
    let mut noise: Vec<f64> = Vec::new();
    Noise::orbit_closed(joint.parameters()).unwrap().fill(Streams::new(3), 0, dim, 2, &mut noise);
    let thetas: Vec<Vec<f64>> = noise
        .chunks_exact(dim)
        .map(|z| (0..dim).map(|i| mean[i] + scale[i] * z[i]).collect())
        .collect();
    let largest_noise = noise.iter().fold(1.0_f64, |top, z| top.max(z.abs()));
    let slopes = tolerances(&net, &thetas, orbits.len());
    // Coordinates of scales: times the noise and the slope of softplus, below 1. The divergences' slopes, at most
    // 1/1600 of m or of 1/σ = 20, differ by a few roundings: far below those of the loss here.
    let of_divergence = 16.0 * f64::UNIT_ROUNDOFF / 1600.0 * 20.0;
    let full_tolerance: Vec<f64> = slopes
        .iter()
        .map(|x| x + of_divergence)
        .chain(slopes.iter().map(|x| x * largest_noise + of_divergence))
        .collect();
    // A sum over an orbit is of so many terms with no signs.
    let tolerance = tied.sum_over_orbits(&full_tolerance).unwrap();
    let worst = |(of_tied, of_orbits): (Vec<f64>, Vec<f64>)| {
        let expected = tied.sum_over_orbits(&of_orbits).unwrap();
        let ratio = |k: usize| (of_tied[k] - expected[k]).abs() / tolerance[k];
        (0..free.len()).map(ratio).fold(0.0, f64::max)
    };
    let same = worst(gradients(&noise));
    assert!(same <= 1.0, "{same} of the tolerance");
    // With noise that is not closed it is another draw of the same mean: far from it.
    let fresh = worst(gradients(&noise[..2 * dim]));
    assert!(fresh > 1e6, "{fresh} of the tolerance");

    // Equivariant draws are fixed by the group: any noise.
    let (tied, free) = self::tied(&net, TiedDraws::Equivariant);
    let objective = elbo(&net, tied.clone());
    let mut noise: Vec<f64> = Vec::new();
    Noise::fresh().fill(Streams::new(4), 0, tied.noise_dim(), 3, &mut noise);
    let gradient = |data: &Dataset| {
        let mut gradient = vec![0.0; free.len()];
        let batch = Batch { inputs: data.inputs(), targets: data.targets() };
        objective.gradient(&free, batch, &noise, &mut gradient, &mut objective.memory(96));
        gradient
    };
    let mut theta = vec![0.0; dim];
    let thetas: Vec<Vec<f64>> = noise
        .chunks_exact(tied.noise_dim())
        .map(|z| {
            tied.draw(&free, z, &mut theta);
            theta.clone()
        })
        .collect();
    let slopes = tolerances(&net, &thetas, orbits.len());
    let largest_noise = noise.iter().fold(1.0_f64, |top, z| top.max(z.abs()));
    let (on_raw, on_orbits) = (gradient(&raw), gradient(&orbits));
    for (k, orbit) in tied.orbits().iter().enumerate() {
        let tolerance: f64 = orbit.members().map(|(i, _)| slopes[i]).sum();
        for (at, factor) in [(k, 1.0), (tied.orbits().len() + k, largest_noise)] {
            let gap = (on_raw[at] - on_orbits[at]).abs();
            assert!(gap <= tolerance * factor + of_divergence, "{at}: {gap:e}");
        }
    }
    assert!(on_raw.iter().any(|slope| slope.abs() > 1e-3));
}

/// Exact at the end of training, by Nesterov's momentum and by Adam, for both kinds of draws; the untied posterior
/// from the same start is not.
#[test]
fn e8_training_keeps_exactness() {
    let net = network(&[4, 8]);
    let test = images(600..640);
    let sgd = || Sgd::new().momentum(0.9).nesterov();
    for draws in [TiedDraws::Independent, TiedDraws::Equivariant] {
        let (tied, w) = tied(&net, draws);
        for adam in [false, true] {
            let (w, before, after) = if adam {
                steps(&net, tied.clone(), Adam::new(), w.clone(), (60, false))
            } else {
                steps(&net, tied.clone(), sgd(), w.clone(), (60, false))
            };
            assert!(after < 0.8 * before, "{draws:?}: loss {before} → {after}");
            let mean = tied.moments(&w).0;
            let of_mean = defect(&net, &test, |x| logits(&net, &mean, x));
            assert!(of_mean < 1e-12, "{draws:?}, Adam {adam}: {of_mean:e}");

            // Draws: each of an equivariant kind, and of the other all those of an orbit together.
            let mut noise: Vec<f64> = Vec::new();
            let closed = match draws {
                TiedDraws::Equivariant => Noise::fresh(),
                TiedDraws::Independent => {
                    let joint = turns(&net, Channels::Regular);
                    Noise::orbit_closed(joint.parameters()).unwrap()
                }
            };
            closed.fill(Streams::new(7), 0, tied.noise_dim(), 1, &mut noise);
            let predictive = |count: usize| {
                let (tied, noise, w, net) = (&tied, &noise, &w, &net);
                move |x: &[f64]| {
                    let mut theta = vec![0.0; net.dim()];
                    let mut sum = vec![0.0; x.len() / 64 * CLASSES];
                    for z in noise.chunks_exact(tied.noise_dim()).take(count) {
                        tied.draw(w, z, &mut theta);
                        sum.iter_mut().zip(logits(net, &theta, x)).for_each(|(s, y)| *s += y);
                    }
                    sum
                }
            };
            let of_orbit = defect(&net, &test, predictive(closed.copies()));
            assert!(of_orbit < 1e-12, "{draws:?}, Adam {adam}: {of_orbit:e}");
            let of_one = defect(&net, &test, predictive(1));
            let independent = draws == TiedDraws::Independent;
            assert_eq!(of_one > 1e-3, independent, "{draws:?}: {of_one:e}");
        }
    }
    let (tied, free) = tied(&net, TiedDraws::Independent);
    let field = MeanField::new(net.dim());
    let (w, ..) = steps(&net, field, sgd(), tied.untie(&free).unwrap(), (60, true));
    let untied = defect(&net, &test, |x| logits(&net, &field.moments(&w).0, x));
    assert!(untied > 1e-2, "{untied:e}");
}
