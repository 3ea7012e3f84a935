//! Tied training: invariant posteriors by free coordinates, one for each orbit (claim E8).

use super::error::{InferenceError, check_length};
use super::posterior::{MeanField, Posterior, scale_coordinates};
use super::prior::{GaussianPrior, Precision};
use super::scale::ScaleLink;
use crate::representation::{Orbit, SignedOrbits};
use crate::scalar::Real;
use nalgebra::DMatrix;
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
}

impl<T: Real> Tied<T> {
    /// Posteriors that are invariant under a group with these orbits of parameters.
    pub fn new(orbits: SignedOrbits, draws: TiedDraws) -> Self {
        let live = orbits.fixed_dim();
        let length = |orbit: Orbit<'_>| T::count(orbit.len());
        let means = orbits.iter().filter(|orbit| !orbit.is_killed()).map(length);
        let scales = orbits.iter().filter(|orbit| has_scale(draws, orbit)).map(length);
        let multiplicity = means.chain(scales).collect();
        Self { orbits, draws, link: ScaleLink::Softplus, live, multiplicity }
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

    /// The coordinates of the untied [`MeanField`] that is the same posterior; `None` for equivariant draws, which are
    /// not independent.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn untie(&self, w: &[T]) -> Option<Vec<T>> {
        assert_eq!(w.len(), self.multiplicity.len(), "coordinates of another posterior");
        (self.draws == TiedDraws::Independent).then(|| self.untied(w).1)
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

    /// The coordinates of the untied posterior with the same means and scales.
    fn untied(&self, w: &[T]) -> (MeanField, Vec<T>) {
        let dim = self.orbits.dim();
        let mut full = vec![T::zero(); 2 * dim];
        self.visit(|orbit, m, s| {
            for (i, negative) in orbit.members() {
                full[i] = m.map_or(T::zero(), |m| signed(w[m], negative));
                full[dim + i] = s.map_or(T::zero(), |s| w[s]);
            }
        });
        (MeanField::with_link(dim, self.link), full)
    }

    /// The prior of the free means, conditioned on the fixed space: with `θ_i = ±u_o`, precision `BᵀΛB`.
    fn conditioned(&self, prior: &GaussianPrior<T>) -> GaussianPrior<T> {
        let mut columns = Vec::with_capacity(self.live);
        self.visit(|orbit, m, _| {
            if m.is_some() {
                columns.push(orbit.members().collect::<Vec<_>>());
            }
        });
        let pulled = |i: usize| {
            // −Λ(0 − m_p) is Λm_p.
            -prior.pull(&vec![T::zero(); self.orbits.dim()], i)
        };
        match prior.precision() {
            Precision::Diagonal(precision) => {
                let total = |orbit: &Vec<(usize, bool)>| {
                    orbit.iter().fold(T::zero(), |sum, &(i, _)| sum + precision[i])
                };
                let mean = |orbit: &Vec<(usize, bool)>| {
                    orbit.iter().fold(T::zero(), |sum, &(i, negative)| {
                        sum + signed(precision[i] * prior.mean()[i], negative)
                    })
                };
                let means: Vec<T> = columns.iter().map(|o| mean(o) / total(o)).collect();
                GaussianPrior::of_precision(
                    means,
                    Precision::Diagonal(columns.iter().map(total).collect()),
                )
            }
            Precision::Full(matrix, _) => {
                let between = DMatrix::from_fn(self.live, self.live, |a, b| {
                    columns[a].iter().fold(T::zero(), |sum, &(i, flip)| {
                        columns[b]
                            .iter()
                            .fold(sum, |sum, &(j, flop)| sum + signed(matrix[(i, j)], flip != flop))
                    })
                });
                let pull: Vec<T> = columns
                    .iter()
                    .map(|orbit| {
                        orbit
                            .iter()
                            .fold(T::zero(), |sum, &(i, flip)| sum + signed(pulled(i), flip))
                    })
                    .collect();
                GaussianPrior::of_canonical(&pull, &between)
            }
        }
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
        match self.draws {
            TiedDraws::Independent => {
                let (untied, full) = self.untied(w);
                untied.divergence(&full, prior)
            }
            TiedDraws::Equivariant => {
                MeanField::with_link(self.live, self.link).divergence(w, &self.conditioned(prior))
            }
        }
    }

    fn pull_back_divergence(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        if self.draws == TiedDraws::Equivariant {
            let free = MeanField::with_link(self.live, self.link);
            free.pull_back_divergence(w, &self.conditioned(prior), weight, gradient);
            return;
        }
        let (untied, full) = self.untied(w);
        let dim = self.orbits.dim();
        let mut slopes = vec![T::zero(); 2 * dim];
        untied.pull_back_divergence(&full, prior, weight, &mut slopes);
        self.visit(|orbit, m, s| {
            for (i, negative) in orbit.members() {
                if let Some(m) = m {
                    gradient[m] += signed(slopes[i], negative);
                }
                if let Some(s) = s {
                    gradient[s] += slopes[dim + i];
                }
            }
        });
    }

    fn scales(&self) -> Range<usize> {
        self.live..self.multiplicity.len()
    }

    fn multiplicity(&self) -> Option<&[T]> {
        Some(&self.multiplicity)
    }
}
