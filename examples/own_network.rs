//! A network of one's own, from its conformance test to exactly equivariant predictions.
//!
//! `cargo run --release --example own_network`
#![allow(clippy::print_stdout)]

use equibayes::group::{Cyclic, Finite, Permutation};
use equibayes::inference::optimiser::Adam;
use equibayes::inference::{
    Augmentation, Augmenter, Dataset, Elbo, GaussianPrior, MeanField, Noise, OrbitSampling,
    Posterior, Settings, SquaredError, Streams, Tied, TiedDraws, Trainer, Use, Weights,
};
use equibayes::law;
use equibayes::model::{Differentiable, Joint, Model};
use equibayes::representation::{ActsOn, PermutationRep, Representation, SignedOrbits, Trivial};
use equibayes::symmetrize::expansion::{Layer, OrbitExpansion, prediction};
use nalgebra::{DMatrix, DVector};
use rand_distr::{Distribution, StandardNormal};
use std::error::Error;
use std::ops::ControlFlow;

/// `Φ(θ, x) = Σ_u v_u tanh(⟨w_u, x⟩ + b_u)` for inputs on a ring. The parameters are those of one unit after the
/// other: `w_u`, `b_u`, `v_u`.
struct Ring {
    sites: usize,
    units: usize,
}

impl Ring {
    /// How many parameters a unit has.
    fn stride(&self) -> usize {
        self.sites + 2
    }

    fn activation(&self, unit: &[f64], x: &[f64]) -> f64 {
        let sum: f64 = unit.iter().zip(x).map(|(w, x)| w * x).sum();
        (sum + unit[self.sites]).tanh()
    }
}

impl Model for Ring {
    fn parameters(&self) -> usize {
        self.units * self.stride()
    }

    fn inputs(&self) -> usize {
        self.sites
    }

    fn outputs(&self) -> usize {
        1
    }

    fn predict(&self, theta: &[f64], x: &[f64], out: &mut [f64]) {
        let units = theta.chunks_exact(self.stride());
        out[0] = units.map(|unit| unit[self.sites + 1] * self.activation(unit, x)).sum();
    }
}

impl Differentiable for Ring {
    /// The activations of the last batch.
    type Workspace = Vec<f64>;

    fn workspace(&self, batch: usize) -> Vec<f64> {
        Vec::with_capacity(batch * self.units)
    }

    fn forward(&self, theta: &[f64], inputs: &[f64], outputs: &mut [f64], kept: &mut Vec<f64>) {
        kept.clear();
        for (x, out) in inputs.chunks_exact(self.sites).zip(outputs) {
            *out = 0.0;
            for unit in theta.chunks_exact(self.stride()) {
                let activation = self.activation(unit, x);
                *out += unit[self.sites + 1] * activation;
                kept.push(activation);
            }
        }
    }

    fn backward(
        &self,
        theta: &[f64],
        inputs: &[f64],
        cotangents: &[f64],
        gradient: &mut [f64],
        kept: &mut Vec<f64>,
    ) {
        let (n, stride) = (self.sites, self.stride());
        let examples = inputs.chunks_exact(n).zip(cotangents).zip(kept.chunks_exact(self.units));
        for ((x, v), activations) in examples {
            let units = theta.chunks_exact(stride).zip(gradient.chunks_exact_mut(stride));
            for ((unit, slopes), a) in units.zip(activations) {
                let inner = v * unit[n + 1] * (1.0 - a * a);
                slopes.iter_mut().zip(x).for_each(|(slope, x)| *slope += inner * x);
                slopes[n] += inner;
                slopes[n + 1] += v * a;
            }
        }
    }
}

type Rep = PermutationRep<Cyclic>;

/// Rotations of the ring: they shift the inputs, and with them the blocks of `width` hidden units. Outputs stay.
fn rotations(
    ring: Cyclic,
    width: usize,
) -> Result<Joint<Rep, Rep, Trivial<Cyclic>>, Box<dyn Error>> {
    let sites = ring.elements().count();
    let (units, stride) = (sites * width, sites + 2);
    let on_parameters = PermutationRep::from_fn(ring, units * stride, move |&g| {
        Permutation::from_fn(units * stride, |k| {
            let (unit, part) = (k / stride, k % stride);
            let part = if part < sites { (part + g) % sites } else { part };
            (unit + g * width) % units * stride + part
        })
    });
    Ok(Joint::new(on_parameters, PermutationRep::regular(&ring)?, Trivial::new(ring, 1))?)
}

/// `count` standard normal numbers.
fn normal(seed: u64, count: usize) -> Vec<f64> {
    let mut rng = Streams::new(seed).stream(Use::Noise, 0, 0);
    (0..count).map(|_| StandardNormal.sample(&mut rng)).collect()
}

/// The mean product of neighbours, which rotations do not change.
fn correlation(x: &[f64]) -> f64 {
    let next = x.iter().cycle().skip(1);
    x.iter().zip(next).map(|(a, b)| a * b).sum::<f64>() / x.len() as f64
}

fn examples(sites: usize, count: usize, noise: f64, seed: u64) -> Result<Dataset, Box<dyn Error>> {
    let inputs = normal(seed, count * sites);
    let errors = normal(seed + 1, count);
    let targets = inputs.chunks_exact(sites).zip(errors).map(|(x, e)| correlation(x) + noise * e);
    let targets = targets.collect();
    Ok(Dataset::new(sites, inputs, 1, targets)?)
}

/// `max |F(ρ_X(g)x) − F(x)|` over the group and the inputs of the data: how far a predictor is from invariant.
fn defect(shift: &Rep, data: &Dataset, predictor: impl Fn(&[f64]) -> f64) -> f64 {
    let of = |i: usize| {
        let here = predictor(data.input(i));
        let moved = shift.group().elements().map(|g| shift.apply(&g, data.input(i)));
        moved.map(|x| (predictor(x.as_slice()) - here).abs()).fold(0.0, f64::max)
    };
    (0..data.len()).map(of).fold(0.0, f64::max)
}

/// The root mean square error.
fn rmse(data: &Dataset, predictor: impl Fn(&[f64]) -> f64) -> f64 {
    let square = |i: usize| (predictor(data.input(i)) - data.target(i)[0]).powi(2);
    ((0..data.len()).map(square).sum::<f64>() / data.len() as f64).sqrt()
}

fn main() -> Result<(), Box<dyn Error>> {
    const SITES: usize = 6;
    const WIDTH: usize = 3;
    const NOISE: f64 = 0.1;
    let ring = Cyclic::new(SITES)?;
    let net = || Ring { sites: SITES, units: SITES * WIDTH };
    let joint = rotations(ring, WIDTH)?;
    let dim = net().parameters();

    // (a) Is the network what its implementation and its representations promise?
    law::model(&net(), &joint).assert();
    law::differentiable(&net()).assert();
    law::representation(joint.parameters()).assert();
    println!("laws: joint equivariance, gradients and the representation of {dim} parameters hold");

    // (b) The expansion of a network with one unit where the large one has a whole orbit.
    let fixed = |dim| PermutationRep::from_fn(ring, dim, move |_| Permutation::identity(dim));
    let expansion = OrbitExpansion::new(vec![joint.inputs().clone(), fixed(WIDTH), fixed(1)])?;
    let small = [
        Layer {
            weight: DMatrix::from_vec(WIDTH, SITES, normal(1, WIDTH * SITES)) * 0.6,
            bias: Some(DVector::from_vec(normal(2, WIDTH))),
        },
        Layer { weight: DMatrix::from_vec(1, WIDTH, normal(3, WIDTH)), bias: None },
    ];
    // Without layers between hidden units there is no kernel to choose.
    let wide = expansion.with_blocks(&small, |_, _, _| DMatrix::zeros(0, 0))?;
    let bias = wide[0].bias.as_ref().ok_or("the hidden layer has a bias")?;
    let mut start = Vec::with_capacity(dim);
    for unit in 0..SITES * WIDTH {
        start.extend(wide[0].weight.row(unit).iter());
        start.extend([bias[unit], wide[1].weight[(0, unit)]]);
    }
    let test = examples(SITES, 100, 0.0, 20)?;
    let mean_of = |theta: &[f64], x: &[f64]| net().prediction(theta, x)[0];
    let kept = (0..test.len()).map(|i| {
        let average = expansion.group_average(test.input(i), |x| prediction(&small, f64::tanh, x));
        (mean_of(&start, test.input(i)) - average[0]).abs()
    });
    let kept = kept.fold(0.0, f64::max);
    let of_small = defect(joint.inputs(), &test, |x| prediction(&small, f64::tanh, x)[0]);
    let of_wide = defect(joint.inputs(), &test, |x| mean_of(&start, x));
    println!("expansion: {kept:.1e} from the group average of the small network");
    println!("  max |F(gx) − F(x)|: small network {of_small:.1e}, expanded {of_wide:.1e}");

    // (c) Tied on raw data, and untied with augmentation: as many steps, of as many examples.
    let train = examples(SITES, 64, NOISE, 10)?;
    let weights = Weights { likelihood: 64.0 / NOISE.powi(2), divergence: 1.0 };
    let prior = GaussianPrior::isotropic(dim, 1.0)?;
    let settings =
        Settings { batch: 64, draws: 2, rate: 0.02, scale_rate: 3.0, ..Settings::default() };
    const STEPS: u64 = 400;

    let tied = Tied::new(SignedOrbits::of(joint.parameters()), TiedDraws::Independent);
    let scales = vec![0.05; dim];
    let w = tied.tie(&start, &scales)?;
    let (prior_of_tied, free) = (prior.clone(), w.len());
    let elbo =
        Elbo { model: net(), loss: SquaredError, posterior: tied, prior: prior_of_tied, weights };
    let mut on_raw = Trainer::new(elbo, train.clone(), Adam::new(), w, settings)?;
    on_raw.run(STEPS, |_| ControlFlow::Continue(()))?;
    let (tied_mean, tied_scale) = on_raw.objective().posterior.moments(on_raw.coordinates());

    let field = MeanField::new(dim);
    let w = field.coordinates_of(&start, &scales)?;
    let elbo = Elbo { model: net(), loss: SquaredError, posterior: field, prior, weights };
    let mut augmented = Trainer::new(elbo, train, Adam::new(), w, settings)?
        .augmented(Augmenter::new(&joint, Augmentation::Random(1))?);
    augmented.run(STEPS, |_| ControlFlow::Continue(()))?;
    let (free_mean, _) = field.moments(augmented.coordinates());

    // The predictive mean of the tied posterior: over draws that come with their orbits it is equivariant too.
    let w = field.coordinates_of(&tied_mean, &tied_scale)?;
    let (mut noise, mut theta) = (Vec::new(), vec![0.0; dim]);
    Noise::orbit_closed(joint.parameters())?.fill(Streams::new(5), 0, dim, 4, &mut noise);
    let draws: Vec<Vec<f64>> = noise
        .chunks_exact(dim)
        .map(|noise| {
            field.draw(&w, noise, &mut theta);
            theta.clone()
        })
        .collect();
    let predictive =
        |x: &[f64]| draws.iter().map(|theta| mean_of(theta, x)).sum::<f64>() / draws.len() as f64;

    // (d) Draws of the untied posterior, each averaged over the orbit of its parameters.
    let orbits = OrbitSampling::new(&joint)?;
    let noise = normal(6, 4 * dim);
    let draws: Vec<f64> = noise
        .chunks_exact(dim)
        .flat_map(|noise| {
            field.draw(augmented.coordinates(), noise, &mut theta);
            theta.clone()
        })
        .collect();
    let orbit_sampled = |x: &[f64]| {
        let mut out = [0.0];
        orbits.predict(&net(), &draws, x, &mut out);
        out[0]
    };

    println!("after {STEPS} steps                    max |F(gx) − F(x)|    test error");
    let report = |name: &str, predictor: &dyn Fn(&[f64]) -> f64| {
        let off = defect(joint.inputs(), &test, predictor);
        println!("  {name:32} {off:>12.1e} {:>19.3}", rmse(&test, predictor));
        off
    };
    println!("tied, {free} coordinates, raw data:");
    let of_tied = report("posterior mean", &|x| mean_of(&tied_mean, x));
    let of_draws = report("4 draws with their orbits", &predictive);
    println!("untied, {} coordinates, augmented data:", 2 * dim);
    let of_free = report("posterior mean", &|x| mean_of(&free_mean, x));
    let of_orbits = report("4 draws, orbit sampling", &orbit_sampled);

    // Sums of 18 units, and of 24 draws of them, in another order: far fewer than 10³ roundings of terms of order 10.
    assert!(of_wide.max(of_tied).max(of_draws).max(kept) < 1e4 * f64::EPSILON);
    assert!(of_free > 1e-3 && of_small > 1e-3);
    assert_eq!(of_orbits, 0.0, "orbit sampling is exact to the last bit");
    Ok(())
}
