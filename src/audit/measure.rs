//! The defect of a posterior's predictions, measured on images.

use super::orbit_predictions::{Evaluator, Orbit, mean_of_draws};
use super::{NetworkError, PosteriorNetwork};
use crate::checkpoint::Posterior;
use crate::data::Images;
use crate::defect::{ScoreSums, Scores, SharedSums};
use crate::group::AnyGroup;
use crate::model::Model;
use crate::representation::RepresentationError;
use crate::symmetrize::log_mean_exp;
use thiserror::Error;

/// How many numbers the probabilities of a block of images may take: 16 MB.
const BLOCK: usize = 2 << 20;

/// The most images in a block, so that their orbits take little memory too.
const MOST_IMAGES: usize = 256;

/// Predictions of a posterior over the orbits of images, from `T` draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// How many images.
    pub images: usize,
    /// How many draws, `T`.
    pub draws: usize,
    /// Estimates of the defect.
    pub defect: DefectEstimates,
    /// Scores of `F_T(gx) = (1/T) Σ_t Φ(θ_t, gx)`, with the same draws for every `g`.
    pub scores: Scores,
    /// Scores of the orbit-sampled `F_{T,G}(gx) = (1/T) Σ_t avg_h Φ(θ_t, hgx)` (claim E9).
    pub orbit_sampled: Scores,
    /// The largest `|F_{T,G}(gx) − F_{T,G}(x)|` of a class: zero, since terms are added in an order that their
    /// values determine.
    pub orbit_sampled_error: f64,
}

/// Estimates of `Δ(F) = E_x avg_g ‖F(gx) − F(x)‖²`, the identity included, in squared probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DefectEstimates {
    /// With fresh draws for each group element, as in the paper's code.
    pub plug_in: f64,
    /// With the same draws for all.
    pub shared: f64,
    /// The U-statistic over shared draws, unbiased; `None` for one draw.
    pub unbiased: Option<f64>,
    /// Its standard error, over draws and images; `None` for fewer than three draws or two images.
    pub unbiased_se: Option<f64>,
}

/// Why nothing can be measured.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum MeasureError {
    /// The posterior is no network for these images.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The group does not move images.
    #[error("images: {0}")]
    Group(#[from] RepresentationError),
    /// No images, or no draws.
    #[error("{what}: 0: expected at least 1")]
    None {
        /// What there is none of.
        what: &'static str,
    },
    /// A label beyond the network's classes.
    #[error("label {label}: expected one of the network's {classes} classes, from 0")]
    Label {
        /// The label.
        label: usize,
        /// How many classes the network has.
        classes: usize,
    },
    /// A network that answers with numbers that are none.
    #[error("logits of image {image} are not finite: expected a posterior of moderate weights")]
    NotFinite {
        /// The image, from 0.
        image: usize,
    },
}

/// Measures the defect of a posterior's predictive probabilities on images, from `draws` draws of the weights
/// (and as many again for each group element but the identity, for the plug-in estimate).
///
/// Draws are numbered, and each has its own stream of random numbers under the seed: the result does not
/// depend on the number of threads. `progress` is told of every image whose network evaluations are done.
///
/// # Errors
/// [`MeasureError`].
pub fn measure(
    posterior: &Posterior,
    group: &AnyGroup,
    images: &Images,
    draws: usize,
    seed: u64,
    mut progress: impl FnMut(usize),
) -> Result<Measurement, MeasureError> {
    let network = PosteriorNetwork::of(posterior, images.shape())?;
    let net = network.net();
    let orbit = Orbit::new(group, images.shape())?;
    let classes = Model::<f64>::outputs(net);
    for (what, count) in [("images", images.len()), ("draws", draws)] {
        if count == 0 {
            return Err(MeasureError::None { what });
        }
    }
    if let Some(label) = images.labels().find(|&label| label >= classes) {
        return Err(MeasureError::Label { label, classes });
    }
    let network = &network;
    let mut sums = Sums::new(orbit.maps.len(), draws, classes);
    let mut evaluator = Evaluator::new(network, seed);
    let block = (BLOCK / (draws * orbit.maps.len() * classes)).clamp(1, MOST_IMAGES);
    let mut begin = 0;
    while begin < images.len() {
        let count = block.min(images.len() - begin);
        let inputs = orbit.inputs(images, begin, count);
        let labels = images.labels().skip(begin).take(count);
        sums.add_block(&mut evaluator, &orbit, &inputs, labels)
            .map_err(|image| MeasureError::NotFinite { image: begin + image })?;
        begin += count;
        progress(count);
    }
    Ok(sums.measurement())
}

/// What is collected over blocks of images.
struct Sums {
    order: usize,
    draws: usize,
    classes: usize,
    images: usize,
    shared: SharedSums,
    scores: ScoreSums,
    sampled: ScoreSums,
    /// `Σ_x Σ_g ‖F'_g(gx) − F(x)‖²` with fresh draws for each `g`.
    plug_in: f64,
    worst: f64,
}

impl Sums {
    fn new(order: usize, draws: usize, classes: usize) -> Self {
        Self {
            order,
            draws,
            classes,
            images: 0,
            shared: SharedSums::new(draws),
            scores: ScoreSums::new(order),
            sampled: ScoreSums::new(order),
            plug_in: 0.0,
            worst: 0.0,
        }
    }

    /// Evaluates the network on a block: `inputs` holds all images moved by the first element, then by the
    /// next. Fails with the number of an image whose logits are not finite.
    fn add_block(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        orbit: &Orbit,
        inputs: &[f64],
        labels: impl ExactSizeIterator<Item = usize>,
    ) -> Result<(), usize> {
        let (count, classes) = (labels.len(), self.classes);
        // Log-probabilities: draw, element, image, class.
        let per_draw = self.order * count * classes;
        let mut logs = vec![0.0; self.draws * per_draw];
        for (t, logs) in logs.chunks_exact_mut(per_draw).enumerate() {
            evaluator.draw(0, t);
            evaluator.log_probabilities(inputs, logs);
        }
        if let Some(at) = logs.iter().position(|log| !log.is_finite()) {
            return Err(at / classes % count);
        }
        // log F_T: element, image, class.
        let predictions = mean_of_draws(&logs, self.draws);
        self.add_fresh(evaluator, inputs, &predictions[..count * classes])?;
        let mut differences = vec![0.0; (self.order - 1) * self.draws * classes];
        for (i, label) in labels.enumerate() {
            let of =
                |t: usize, g: usize| &logs[t * per_draw + (g * count + i) * classes..][..classes];
            for (row, out) in differences.chunks_exact_mut(classes).enumerate() {
                let (g, t) = (row / self.draws + 1, row % self.draws);
                let pairs = of(t, g).iter().zip(of(t, 0));
                out.iter_mut().zip(pairs).for_each(|(d, (p, q))| *d = p.exp() - q.exp());
            }
            let elements = differences.chunks_exact(self.draws * classes);
            self.shared.add(self.order, classes, elements);
            let row = |g: usize| &predictions[(g * count + i) * classes..][..classes];
            let rows: Vec<&[f64]> = (0..self.order).map(row).collect();
            self.scores.add(&rows.concat(), label, classes);
            self.add_orbit_sampled(orbit, &rows, label);
            self.images += 1;
        }
        Ok(())
    }

    /// Fresh draws for each element but the identity, whose log-predictions are `still`.
    fn add_fresh(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        inputs: &[f64],
        still: &[f64],
    ) -> Result<(), usize> {
        let mut log = vec![0.0; still.len()];
        let mut fresh = vec![0.0; still.len()];
        for (g, inputs) in inputs.chunks_exact(inputs.len() / self.order).enumerate().skip(1) {
            fresh.fill(0.0);
            for t in 0..self.draws {
                evaluator.draw(g, t);
                evaluator.log_probabilities(inputs, &mut log);
                if let Some(at) = log.iter().position(|log| !log.is_finite()) {
                    return Err(at / self.classes);
                }
                fresh.iter_mut().zip(&log).for_each(|(sum, log)| *sum += log.exp());
            }
            let draws = self.draws as f64;
            let squares =
                fresh.iter().zip(still).map(|(sum, log)| (sum / draws - log.exp()).powi(2));
            self.plug_in += squares.sum::<f64>();
        }
        Ok(())
    }

    /// `rows` are the log-predictions of one image at each element.
    fn add_orbit_sampled(&mut self, orbit: &Orbit, rows: &[&[f64]], label: usize) {
        let mut averages = Vec::with_capacity(self.order * self.classes);
        for products in &orbit.products {
            averages.extend((0..self.classes).map(|class| {
                let mut terms: Vec<f64> =
                    products.iter().map(|&product| rows[product][class]).collect();
                // In an order that the values determine: the same all over the orbit, to the last bit.
                terms.sort_unstable_by(f64::total_cmp);
                log_mean_exp(&terms)
            }));
        }
        self.sampled.add(&averages, label, self.classes);
        let still = &averages[..self.classes];
        for row in averages.chunks_exact(self.classes) {
            for (moved, still) in row.iter().zip(still) {
                self.worst = f64::max(self.worst, (moved.exp() - still.exp()).abs());
            }
        }
    }

    fn measurement(&self) -> Measurement {
        let estimates = self.shared.estimates();
        Measurement {
            images: self.images,
            draws: self.draws,
            defect: DefectEstimates {
                plug_in: self.plug_in / (self.images * self.order) as f64,
                shared: estimates.shared,
                unbiased: estimates.unbiased,
                unbiased_se: estimates.unbiased_se,
            },
            scores: self.scores.scores(),
            orbit_sampled: self.sampled.scores(),
            orbit_sampled_error: self.worst,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Channels, Layout, NamedGroup, PosteriorAction};
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
        PosteriorAction::of_network(
            posterior,
            NamedGroup::C4,
            Channels::Trivial,
            Layout::Interleaved,
        )
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
            measure(&posterior, &group(&posterior), images, draws, 1, |_| ())
                .unwrap_err()
                .to_string()
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
}
