//! The defect of a posterior's predictions, measured on images.

mod sums;
#[cfg(test)]
mod tests;

use super::orbit_predictions::{Evaluator, Orbit};
use super::{NetworkError, PosteriorAction, PosteriorNetwork};
use crate::checkpoint::{Architecture, AxisRole, Posterior};
use crate::data::Images;
use crate::defect::Scores;
use crate::group::{AnyGroup, FinitelyGenerated};
use crate::model::Model;
use crate::representation::{ActsBySignedPermutations, RepresentationError, SignedPermutation};
use sums::Sums;
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
    /// An action from a file that does not say what a generator does to images.
    #[error(
        "generator {generator:?}: expected r, s or a meaning under spatial, for images to be moved"
    )]
    NoGrid {
        /// The generator.
        generator: String,
    },
    /// An action from a file that moves what predictions are compared by.
    #[error(
        "tensor {tensor}, axis {axis}: moves {what} or changes signs: expected neither, for predictions are compared class by class on turned images"
    )]
    Moves {
        /// The tensor pair.
        tensor: String,
        /// The axis, from 0.
        axis: usize,
        /// What it is an axis of.
        what: &'static str,
    },
    /// A network that answers with numbers that are none.
    #[error("logits of image {image} are not finite: expected a posterior of moderate weights")]
    NotFinite {
        /// The image, from 0.
        image: usize,
    },
}

/// Measures the defect of a posterior's predictive probabilities on images, from `draws` draws of the weights
/// (and as many again for each group element but the identity, for the plug-in estimate), for a group that moves images
/// by itself. For any action, and to know how much there is to do, see [`Measuring`].
///
/// `progress` is told how many more network evaluations are done.
///
/// # Errors
/// [`MeasureError`].
pub fn measure(
    posterior: &Posterior,
    group: &AnyGroup,
    images: &Images,
    draws: usize,
    seed: u64,
    progress: impl FnMut(usize),
) -> Result<Measurement, MeasureError> {
    let orbit = Orbit::new(group, images.shape())?;
    Measuring::with(posterior, orbit, images, draws, seed)?.run(progress)
}

/// A measurement of the defect of a posterior's predictive probabilities on images, to be run.
///
/// Draws are numbered, and each has its own stream of random numbers under the seed: the result does not
/// depend on the number of threads.
///
/// # Examples
/// ```
/// use equibayes::audit::{Channels, Layout, Measuring, NamedGroup, PosteriorAction};
/// use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
/// use equibayes::data::digits;
///
/// let pair = |name: &str, shape: &[usize]| {
///     let n = shape.iter().product::<usize>();
///     let mean = (0..n).map(|i| f64::sin(i as f64)).collect();
///     TensorPair::new(name, shape.to_vec(), mean, vec![0.1; n], Precision::F64)
/// };
/// let posterior = Posterior::new(
///     Convention::AugmentBnns,
///     vec![pair("conv_layers.0.weight", &[2, 1, 3, 3])?, pair("classifier.weight", &[10, 2, 1, 1])?],
/// )?;
/// let action = PosteriorAction::of_network(
///     &posterior, NamedGroup::C4, Channels::Trivial, Layout::Interleaved,
/// )?;
/// let images = digits().select(0..3);
/// let measuring = Measuring::new(&posterior, &action, &images, 2, 1)?;
/// let (mut done, all) = (0, measuring.evaluations());
/// let found = measuring.run(|count| done += count)?;
/// assert_eq!((done, all), (42, 42)); // 3 images, 2 draws, 4 elements and 3 again
/// assert!(found.defect.shared > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Measuring<'a> {
    network: PosteriorNetwork,
    orbit: Orbit,
    images: &'a Images,
    draws: usize,
    seed: u64,
}

impl<'a> Measuring<'a> {
    /// With the group of an action, which may be [listed](PosteriorAction::listed) in a file if it says what generators do
    /// to images and leaves classes and image channels alone.
    ///
    /// # Errors
    /// [`MeasureError`].
    pub fn new(
        posterior: &Posterior,
        action: &PosteriorAction,
        images: &'a Images,
        draws: usize,
        seed: u64,
    ) -> Result<Self, MeasureError> {
        let orbit = match action.on_images() {
            None => Orbit::new(action.group(), images.shape())?,
            Some(listed) => {
                let [_, rows, columns] = images.shape();
                let grid = listed.iter().map(|(generator, symmetry)| {
                    symmetry.ok_or_else(|| MeasureError::NoGrid { generator: generator.clone() })
                });
                let grid = grid.collect::<Result<Vec<_>, _>>()?;
                if rows != columns {
                    return Err(NetworkError::NotSquare { rows, columns }.into());
                }
                check_ends(posterior, action)?;
                Orbit::generated(&grid, images.shape())
            }
        };
        Self::with(posterior, orbit, images, draws, seed)
    }

    fn with(
        posterior: &Posterior,
        orbit: Orbit,
        images: &'a Images,
        draws: usize,
        seed: u64,
    ) -> Result<Self, MeasureError> {
        let network = PosteriorNetwork::of(posterior, images.shape())?;
        let classes = Model::<f64>::outputs(network.net());
        for (what, count) in [("images", images.len()), ("draws", draws)] {
            if count == 0 {
                return Err(MeasureError::None { what });
            }
        }
        if let Some(label) = images.labels().find(|&label| label >= classes) {
            return Err(MeasureError::Label { label, classes });
        }
        Ok(Self { network, orbit, images, draws, seed })
    }

    /// How many times the network is evaluated on one image, in all.
    pub fn evaluations(&self) -> usize {
        let order = self.orbit.maps.len();
        self.images.len().saturating_mul(self.draws).saturating_mul(2 * order - 1)
    }

    /// Measures. `progress` is told how many more evaluations are done, batch by batch.
    ///
    /// # Errors
    /// [`MeasureError::NotFinite`].
    pub fn run(self, mut progress: impl FnMut(usize)) -> Result<Measurement, MeasureError> {
        let Self { network, orbit, images, draws, seed } = self;
        let classes = Model::<f64>::outputs(network.net());
        let mut sums = Sums::new(orbit.maps.len(), draws, classes);
        let mut evaluator = Evaluator::new(&network, seed, &mut progress);
        let block = (BLOCK / (draws * orbit.maps.len() * classes)).clamp(1, MOST_IMAGES);
        let mut begin = 0;
        while begin < images.len() {
            let count = block.min(images.len() - begin);
            let inputs = orbit.inputs(images, begin, count);
            let labels = images.labels().skip(begin).take(count);
            sums.add_block(&mut evaluator, &orbit, &inputs, labels)
                .map_err(|image| MeasureError::NotFinite { image: begin + image })?;
            begin += count;
        }
        Ok(sums.measurement())
    }
}

/// Fails if an action moves classes or image channels: predictions are compared class by class, on images whose pixels
/// alone move.
fn check_ends(posterior: &Posterior, action: &PosteriorAction) -> Result<(), MeasureError> {
    let network = Architecture::of(posterior).map_err(NetworkError::from)?;
    for tensor in action.tensors() {
        let roles = network.roles(tensor.name()).unwrap_or_default();
        // Entries from one of the axis to the next.
        let mut stride: usize = roles.iter().map(|role| role.length()).product();
        for (axis, role) in roles.iter().enumerate() {
            stride /= role.length().max(1);
            let what = match role {
                AxisRole::Classes { .. } => "classes",
                AxisRole::InputChannels { .. } => "image channels",
                _ => continue,
            };
            let stays = |map: &SignedPermutation| {
                let of = |entry: usize| entry / stride % role.length();
                map.is_unsigned() && (0..map.dim()).all(|entry| of(map.image(entry).0) == of(entry))
            };
            let rep = tensor.representation();
            let generators = action.group().generators();
            if !generators.iter().all(|g| stays(&rep.index_map(g))) {
                let tensor = tensor.name().to_owned();
                return Err(MeasureError::Moves { tensor, axis, what });
            }
        }
    }
    Ok(())
}
