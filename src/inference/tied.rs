//! Tied training: invariant posteriors by free coordinates, one for each orbit (claim E8).

mod divergence;

use super::error::{InferenceError, check_length};
use super::posterior::{Posterior, scale_coordinates};
use super::prior::GaussianPrior;
use super::scale::ScaleLink;
use crate::representation::{Orbit, SignedOrbits};
use crate::scalar::Real;
use num_traits::Float;
use std::ops::Range;

/// Which invariant posteriors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TiedDraws {
    /// An invariant mean field: means and scales agree along orbits, the noise of every parameter is its own. The
    /// posterior is invariant and a single draw is not.
    Independent,
    /// The noise is tied too: every draw is a fixed vector, an equivariant network. Singular in `Θ`; the divergence
    /// is that on the fixed space, from the prior conditioned on it.
    Equivariant,
}

/// A mean field that is invariant under signed permutations, by one mean and one scale for each orbit of parameters.
///
/// Parameters that the group kills (an orbit that holds a vector and its negative) have mean 0, which is not a
/// coordinate; so rounding cannot move them. By claim E8 such a posterior is trained on raw data with the gradient that
/// full augmentation would give, at `1/|G|` of the cost: the gradient in free coordinates is the sum over the
/// orbit, and [`multiplicity`](Posterior::multiplicity) tells the trainer to divide by its length, which makes a tied
/// step the untied one.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::{Posterior, Tied, TiedDraws};
/// use equibayes::representation::{PermutationRep, SignedOrbits};
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let q = Tied::new(SignedOrbits::of(&shift), TiedDraws::Equivariant);
/// let w = q.tie(&[1.0, 2.0, 3.0], &[0.3; 3])?;
/// let mut theta = [0.0; 3];
/// q.draw(&w, &[0.0], &mut theta);
/// assert_eq!(theta, [2.0; 3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tied<T = f64> {
    orbits: SignedOrbits,
    draws: TiedDraws,
    link: ScaleLink,
    /// The orbits with a free mean.
    live: usize,
    multiplicity: Vec<T>,
    /// For each parameter where its mean is.
    places: Vec<Place>,
}

/// Where a parameter's mean is in `w`, if it has one, and whether it is negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    mean: Option<u32>,
    negative: bool,
}

impl<T: Real> Tied<T> {
    /// Posteriors that are invariant under a group with these orbits of parameters.
    pub fn new(orbits: SignedOrbits, draws: TiedDraws) -> Self {
        let live = orbits.fixed_dim();
        let length = |orbit: Orbit<'_>| T::count(orbit.len());
        let means = orbits.iter().filter(|orbit| !orbit.is_killed()).map(length);
        let scales = orbits.iter().filter(|orbit| has_scale(draws, orbit)).map(length);
        let multiplicity = means.chain(scales).collect();
        let mut places = vec![Place { mean: None, negative: false }; orbits.dim()];
        for (m, orbit) in orbits.iter().filter(|orbit| !orbit.is_killed()).enumerate() {
            for (i, negative) in orbit.members() {
                // There are no more orbits than parameters, which orbits number by 32 bits.
                places[i] = Place { mean: Some(m as u32), negative };
            }
        }
        Self { orbits, draws, link: ScaleLink::Softplus, live, multiplicity, places }
    }

    /// With another link for scales.
    pub fn with_link(self, link: ScaleLink) -> Self {
        Self { link, ..self }
    }

    /// The orbits of parameters.
    pub fn orbits(&self) -> &SignedOrbits {
        &self.orbits
    }

    /// Which draws.
    pub fn draws(&self) -> TiedDraws {
        self.draws
    }

    /// The coordinates of the tied posterior next to independent parameters with these means and standard deviations.
    /// With independent draws their projection (claim S3): averages of both along orbits. With equivariant draws
    /// the law of `Pθ`: a scale is `√(Σσ_i²)/l` for an orbit of `l`.
    ///
    /// # Errors
    /// [`InferenceError`] if a list has the wrong length, a mean is not a number or a scale not a positive one.
    pub fn tie(&self, mean: &[T], scale: &[T]) -> Result<Vec<T>, InferenceError> {
        check_length("means", mean.len(), self.orbits.dim())?;
        check_length("scales", scale.len(), self.orbits.dim())?;
        super::error::check_numbers("means", mean)?;
        let means: Vec<T> =
            self.orbits.iter().filter(|o| !o.is_killed()).map(|o| o.average(mean)).collect();
        let scales: Vec<T> = self
            .orbits
            .iter()
            .filter(|orbit| has_scale(self.draws, orbit))
            .map(|orbit| {
                let of = |f: fn(T) -> T| {
                    orbit.members().fold(T::zero(), |sum, (i, _)| sum + f(scale[i]))
                };
                let total = match self.draws {
                    TiedDraws::Independent => of(|s| s),
                    TiedDraws::Equivariant => Float::sqrt(of(|s| s * s)),
                };
                total / T::count(orbit.len())
            })
            .collect();
        scale_coordinates(self.link, &means, &scales)
    }

    /// Means and standard deviations of all parameters: the marginals, of equivariant draws too (0 where the group
    /// kills).
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn moments(&self, w: &[T]) -> (Vec<T>, Vec<T>) {
        assert_eq!(w.len(), self.multiplicity.len(), "coordinates of another posterior");
        let mut mean = vec![T::zero(); self.orbits.dim()];
        let mut scale = mean.clone();
        self.visit(|orbit, m, s| {
            for (i, negative) in orbit.members() {
                mean[i] = m.map_or(T::zero(), |m| signed(w[m], negative));
                scale[i] = s.map_or(T::zero(), |s| self.link.scale(w[s]));
            }
        });
        (mean, scale)
    }

    /// The coordinates of the untied [`MeanField`](super::MeanField) that is the same posterior; `None` for equivariant draws, which are
    /// not independent.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn untie(&self, w: &[T]) -> Option<Vec<T>> {
        assert_eq!(w.len(), self.multiplicity.len(), "coordinates of another posterior");
        (self.draws == TiedDraws::Independent).then(|| {
            let mut full: Vec<T> = (0..self.orbits.dim()).map(|i| self.mean_at(w, i)).collect();
            full.resize(2 * self.orbits.dim(), T::zero());
            self.visit(|orbit, _, s| {
                for (i, _) in orbit.members() {
                    full[self.orbits.dim() + i] = s.map_or(T::zero(), |s| w[s]);
                }
            });
            full
        })
    }

    /// The gradient by free coordinates of a function of the untied ones (of [`untie`](Tied::untie)) with this gradient:
    /// sums over orbits, with signs on the means. `None` for equivariant draws.
    ///
    /// # Panics
    /// If the gradient has the wrong length.
    pub fn sum_over_orbits(&self, untied: &[T]) -> Option<Vec<T>> {
        let dim = self.orbits.dim();
        assert_eq!(untied.len(), 2 * dim, "gradient of another posterior");
        if self.draws == TiedDraws::Equivariant {
            return None;
        }
        let mut sums = vec![T::zero(); self.multiplicity.len()];
        self.visit(|orbit, m, s| {
            for (i, negative) in orbit.members() {
                if let Some(m) = m {
                    sums[m] += signed(untied[i], negative);
                }
                if let Some(s) = s {
                    sums[s] += untied[dim + i];
                }
            }
        });
        Some(sums)
    }

    /// Each orbit with the places of its mean and its scale in `w`, where it has them.
    fn visit(&self, mut f: impl FnMut(Orbit<'_>, Option<usize>, Option<usize>)) {
        let (mut mean, mut scale) = (0, self.live);
        for orbit in self.orbits.iter() {
            let m = (!orbit.is_killed()).then_some(mean);
            let s = has_scale(self.draws, &orbit).then_some(scale);
            mean += usize::from(m.is_some());
            scale += usize::from(s.is_some());
            f(orbit, m, s);
        }
    }

    /// The mean of parameter `i`.
    fn mean_at(&self, w: &[T], i: usize) -> T {
        let Place { mean, negative, .. } = self.places[i];
        mean.map_or(T::zero(), |m| signed(w[m as usize], negative))
    }
}

/// Whether the orbit has a scale of its own: equivariant draws are 0 where the group kills.
fn has_scale(draws: TiedDraws, orbit: &Orbit<'_>) -> bool {
    draws == TiedDraws::Independent || !orbit.is_killed()
}

fn signed<T: Real>(x: T, negative: bool) -> T {
    if negative { -x } else { x }
}

impl<T: Real> Posterior<T> for Tied<T> {
    fn dim(&self) -> usize {
        self.orbits.dim()
    }

    fn coordinates(&self) -> usize {
        self.multiplicity.len()
    }

    fn noise_dim(&self) -> usize {
        match self.draws {
            TiedDraws::Independent => self.orbits.dim(),
            TiedDraws::Equivariant => self.live,
        }
    }

    fn draw(&self, w: &[T], noise: &[T], theta: &mut [T]) {
        assert_eq!(w.len(), self.multiplicity.len(), "coordinates of another posterior");
        assert_eq!(noise.len(), self.noise_dim(), "noise of another posterior");
        assert_eq!(theta.len(), self.orbits.dim(), "θ of another posterior");
        self.visit(|orbit, m, s| {
            let mean = m.map_or(T::zero(), |m| w[m]);
            let scale = s.map_or(T::zero(), |s| self.link.scale(w[s]));
            for (i, negative) in orbit.members() {
                theta[i] = match (self.draws, m) {
                    (TiedDraws::Independent, _) => signed(mean, negative) + scale * noise[i],
                    (TiedDraws::Equivariant, Some(m)) => signed(mean + scale * noise[m], negative),
                    (TiedDraws::Equivariant, None) => T::zero(),
                };
            }
        });
    }

    fn pull_back(&self, w: &[T], noise: &[T], slope: &[T], gradient: &mut [T]) {
        self.visit(|orbit, m, s| {
            let sum = orbit
                .members()
                .fold(T::zero(), |sum, (i, negative)| sum + signed(slope[i], negative));
            let along = match (self.draws, m) {
                (TiedDraws::Equivariant, Some(m)) => sum * noise[m],
                (TiedDraws::Equivariant, None) => T::zero(),
                (TiedDraws::Independent, _) => {
                    orbit.members().fold(T::zero(), |sum, (i, _)| sum + slope[i] * noise[i])
                }
            };
            if let Some(m) = m {
                gradient[m] += sum;
            }
            if let Some(s) = s {
                gradient[s] += along * self.link.slope(w[s]);
            }
        });
    }

    fn divergence(&self, w: &[T], prior: &GaussianPrior<T>) -> T {
        self.divergence_with(w, prior, &mut Vec::new())
    }

    /// Equivariant draws under a prior with correlations take `O(l³)` and memory of `l²` for `l` free means.
    fn divergence_with(&self, w: &[T], prior: &GaussianPrior<T>, scratch: &mut Vec<T>) -> T {
        match self.draws {
            TiedDraws::Independent => self.divergence_in_full(w, prior),
            TiedDraws::Equivariant => self.divergence_on_fixed(w, prior, scratch),
        }
    }

    fn pull_back_divergence(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        match self.draws {
            TiedDraws::Independent => self.pull_back_in_full(w, prior, weight, gradient),
            TiedDraws::Equivariant => self.pull_back_on_fixed(w, prior, weight, gradient),
        }
    }

    fn scales(&self) -> Range<usize> {
        self.live..self.multiplicity.len()
    }

    fn multiplicity(&self) -> Option<&[T]> {
        Some(&self.multiplicity)
    }
}
