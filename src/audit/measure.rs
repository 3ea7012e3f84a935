//! The defect of a posterior's predictions, measured on images.

mod bounds;
mod sums;
#[cfg(test)]
mod tests;

use super::orbit_predictions::{Evaluator, Orbit};
use super::{DefectBound, NetworkError, PosteriorAction, PosteriorNetwork};
use crate::checkpoint::{Architecture, AxisRole, Posterior};
use crate::data::Images;
use crate::defect::{Intervals, Scores, StandardErrors};
use crate::group::{AnyGroup, FinitelyGenerated};
use crate::model::Model;
use crate::representation::{ActsBySignedPermutations, RepresentationError, SignedPermutation};
use sums::Sums;
use thiserror::Error;

/// How sure intervals are, unless it is said otherwise.
const CONFIDENCE: f64 = 0.95;

/// Predictions of a posterior over the orbits of images, from `T` draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// How many images.
    pub images: usize,
    /// How many draws, `T`.
    pub draws: usize,
    /// Estimates of the defect.
    pub defect: DefectEstimates,
    /// `tr Var Φ(θ, gx)`, the mean over images and elements: unbiased; `None` for one draw.
    pub variance: Option<f64>,
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
    /// Its standard errors, over draws, over images, and over both.
    pub standard_errors: StandardErrors,
    /// The mean defect of the networks that were drawn, one by one.
    pub single: f64,
    /// Intervals for the defect, over draws, over images, and over both (see
    /// [`SharedEstimates::intervals`](crate::defect::SharedEstimates::intervals)); all that is possible for one draw.
    pub intervals: Intervals,
    /// The same whatever the number of draws and their law, for draws whose number was fixed beforehand, and images that are independent (see
    /// [`SharedEstimates::guaranteed_intervals`](crate::defect::SharedEstimates::guaranteed_intervals)).
    pub guaranteed_intervals: Intervals,
    /// How sure each of them is.
    pub confidence: f64,
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
    /// A confidence that is none.
    #[error("confidence: {0}: expected a number above 0 and below 1")]
    Confidence(f64),
    /// Numbers of draws that cannot be snapshots of one pass.
    #[error("snapshots after {found:?} draws: expected ascending numbers from 1 to {draws}")]
    Snapshots {
        /// The numbers.
        found: Vec<usize>,
        /// How many draws there are.
        draws: usize,
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
    confidence: f64,
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
        let orbit = match action.listed_generators() {
            None => Orbit::new(action.group(), images.shape())?,
            Some(listed) => {
                let [_, rows, columns] = images.shape();
                let grid = listed.iter().map(|generator| {
                    let unknown = || MeasureError::NoGrid { generator: generator.name.clone() };
                    generator.symmetry.ok_or_else(unknown)
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
        Ok(Self { network, orbit, images, draws, seed, confidence: CONFIDENCE })
    }

    /// With intervals that are as sure as this, in place of 0.95.
    ///
    /// # Errors
    /// [`MeasureError::Confidence`].
    pub fn with_confidence(self, confidence: f64) -> Result<Self, MeasureError> {
        // Nothing would be left to fail, or everything.
        match confidence > 0.0 && confidence < 1.0 && 1.0 - confidence < 1.0 {
            true => Ok(Self { confidence, ..self }),
            false => Err(MeasureError::Confidence(confidence)),
        }
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
    pub fn run(self, progress: impl FnMut(usize)) -> Result<Measurement, MeasureError> {
        let mut last = None;
        self.pass(&[self.draws], progress, |found| last = Some(found))?;
        // There is at least one draw.
        last.ok_or(MeasureError::None { what: "draws" })
    }

    /// What runs with each of these numbers of draws would measure, bit by bit, in one pass of the last of them.
    ///
    /// # Errors
    /// [`MeasureError::Snapshots`] unless the numbers ascend, and are not beyond the draws;
    /// [`MeasureError::NotFinite`].
    ///
    /// # Examples
    /// ```
    /// # use equibayes::audit::{Channels, Layout, Measuring, NamedGroup, PosteriorAction};
    /// # use equibayes::checkpoint::{Convention, Posterior, Precision, TensorPair};
    /// # use equibayes::data::digits;
    /// # let pair = |name: &str, shape: &[usize]| {
    /// #     let n = shape.iter().product::<usize>();
    /// #     let mean = (0..n).map(|i| f64::sin(i as f64)).collect();
    /// #     TensorPair::new(name, shape.to_vec(), mean, vec![0.1; n], Precision::F64)
    /// # };
    /// # let posterior = Posterior::new(
    /// #     Convention::AugmentBnns,
    /// #     vec![pair("conv_layers.0.weight", &[2, 1, 3, 3])?, pair("classifier.weight", &[10, 2, 1, 1])?],
    /// # )?;
    /// # let action = PosteriorAction::of_network(
    /// #     &posterior, NamedGroup::C4, Channels::Trivial, Layout::Interleaved,
    /// # )?;
    /// # let images = digits().select(0..3);
    /// let measuring = Measuring::new(&posterior, &action, &images, 4, 1)?;
    /// let sweep = measuring.sweep(&[1, 2, 4], |_| ())?;
    /// // The plug-in estimate falls towards the defect.
    /// assert!(sweep[0].defect.shared > sweep[2].defect.shared);
    /// assert_eq!(sweep[2], measuring.run(|_| ())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sweep(
        &self,
        snapshots: &[usize],
        progress: impl FnMut(usize),
    ) -> Result<Vec<Measurement>, MeasureError> {
        let ascend = snapshots.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascend || snapshots.iter().any(|&draws| draws == 0 || draws > self.draws) {
            let (found, draws) = (snapshots.to_vec(), self.draws);
            return Err(MeasureError::Snapshots { found, draws });
        }
        let mut all = Vec::with_capacity(snapshots.len());
        self.pass(snapshots, progress, |found| all.push(found))?;
        Ok(all)
    }

    /// Draws up to the last snapshot, and gives each of them.
    fn pass(
        &self,
        snapshots: &[usize],
        mut progress: impl FnMut(usize),
        mut found: impl FnMut(Measurement),
    ) -> Result<(), MeasureError> {
        let Self { network, orbit, images, seed, .. } = self;
        let classes = Model::<f64>::outputs(network.net());
        let (count, order) = (images.len(), orbit.maps.len());
        let mut sums = Sums::new(count, order, classes);
        let mut evaluator = Evaluator::new(network, orbit, images, *seed, &mut progress);
        // Log-probabilities of one draw: image, element, class.
        let mut shared = vec![0.0; count * order * classes];
        let mut fresh = vec![0.0; count * (order - 1) * classes];
        for t in 0..snapshots.last().copied().unwrap_or(0) {
            evaluator.draw(0, t);
            evaluator
                .log_probabilities(0..order, |first, logs| {
                    shared[first * order * classes..][..logs.len()].copy_from_slice(logs);
                })
                .map_err(|image| MeasureError::NotFinite { image })?;
            for g in 1..order {
                evaluator.draw(g, t);
                evaluator
                    .log_probabilities(g..g + 1, |first, logs| {
                        for (i, row) in logs.chunks_exact(classes).enumerate() {
                            let at = (first + i) * (order - 1) + g - 1;
                            fresh[at * classes..][..classes].copy_from_slice(row);
                        }
                    })
                    .map_err(|image| MeasureError::NotFinite { image })?;
            }
            sums.push(&shared, &fresh);
            if snapshots.contains(&(t + 1)) {
                found(sums.measurement(orbit, images.labels(), 1.0 - self.confidence));
            }
        }
        Ok(())
    }
}

impl Measuring<'_> {
    /// Bounds on the defect of these images' predictions that need more than the posterior: by Wasserstein distance, layer
    /// by layer (B3, from the images' lengths), by the measured variance (B4, as far as that is known), and
    /// with the prior `N(0, s²)` on every weight PAC-Bayes (B8, for other images, with the confidence of the intervals, half of
    /// whose failures are for the draws): valid only for a prior that was fixed before any of these images was seen.
    ///
    /// B3 and B4 are left out where the network is not [jointly equivariant](PosteriorAction::joint), or that is not decided, or
    /// a pool meets an odd side. B4 is infinite where χ² is, however small the variance is measured to be.
    ///
    /// # Errors
    /// [`MeasureError`] if the posterior is no known network.
    pub fn bounds(
        &self,
        posterior: &Posterior,
        action: &PosteriorAction,
        found: &Measurement,
        prior_scale: Option<f64>,
    ) -> Result<Vec<DefectBound>, MeasureError> {
        bounds::bounds(self, posterior, action, found, prior_scale)
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
