//! Geometric and arithmetic averages by sampling a compact group.

use super::gaps::{by_generators, larger};
use super::{Gap, Gaps, Invariance, Symmetrized, Why};
use crate::action::{ClosedUnder, moved_natural};
use crate::family::{FamilyError, FisherInformation, LogPartition, Member};
use crate::group::{DenselyGenerated, Group, Haar};
use crate::linalg::inverse;
use crate::representation::{ActsOn, Dual, ElementOf, HaarAverage};
use crate::scalar::{Real, dot};
use nalgebra::DVector;
use rand::Rng;

/// A posterior averaged over draws of a group, with error bars.
///
/// It is invariant up to these only. It remembers what it is the average of, which [`with_gaps`](Self::with_gaps) needs.
#[derive(Clone, Debug)]
pub struct Sampled<F, R, T: Real = f64> {
    of: Member<F, T>,
    rep: R,
    /// The posterior whose coordinates are the estimate.
    pub posterior: Member<F, T>,
    /// The averaged coordinates, natural ones for the geometric average and mean ones for the arithmetic, with
    /// the standard error of each.
    pub average: HaarAverage<T>,
    /// Which coordinates these are.
    pub averaged: Averaged,
    /// `avg_g KL(q ‖ g_#q)` over the same draws, in nats.
    pub orbit_divergence: Gap<T>,
}

/// The coordinates that a [`Sampled`] average is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Averaged {
    /// Natural coordinates: a geometric average.
    Natural,
    /// Mean coordinates: an arithmetic average.
    Mean,
}

/// Averages coordinates over draws, and `KL(q ‖ g_#q) = ⟨η − g·η, μ⟩ − ⟨η, c(g⁻¹)⟩ − b(g⁻¹)` along with them.
fn averages<F, R, T, Q>(
    q: &Member<F, T>,
    rep: &R,
    draws: usize,
    rng: &mut Q,
    moved: impl Fn(&ElementOf<R>, &DVector<T>) -> DVector<T>,
) -> Result<(HaarAverage<T>, Gap<T>), FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
    Q: Rng + ?Sized,
{
    let family = q.family();
    family.admits(rep)?;
    let (eta, mu) = (q.natural().coordinates(), q.mean_parameter().as_slice());
    let dim = family.statistic_dim();
    let both = HaarAverage::of(dim + 1, draws, || {
        let g = rep.group().haar(rng);
        let image = moved_natural(family, rep, &g, eta.as_slice());
        let mut divergence = dot((eta - &image).as_slice(), mu);
        let back = rep.group().inverse(&g);
        if let Some(shift) = family.statistic_shift(rep, &back) {
            divergence -= dot(eta.as_slice(), shift.as_slice());
        }
        if let Some(tilt) = family.tilt(rep, &back) {
            divergence -= tilt.constant;
        }
        Ok::<_, FamilyError>(moved(&g, &image).push(divergence))
    })?;
    let (value, standard_error) = (both.estimate[dim], both.standard_error[dim]);
    let average = HaarAverage {
        estimate: both.estimate.remove_row(dim),
        standard_error: both.standard_error.remove_row(dim),
        draws,
    };
    Ok((average, Gap::Estimated { value, standard_error }))
}

impl<F, R, T> Sampled<F, R, T>
where
    F: ClosedUnder<R, T> + LogPartition<T> + FisherInformation<T>,
    R: ActsOn<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    /// The average with its gaps from the posterior `q` that it is the average of, and its residual; all with error
    /// bars.
    ///
    /// An estimate `f(x)` of a gap is off by `Σ_k |∂f/∂x_k| SE_k` at most, in standard errors and to first order,
    /// however the averaged coordinates `x` are correlated. The gradients are
    /// `I(ζ − η)` and `μ_ζ − μ` in the natural parameter `ζ` of the average for the two directions of the divergence,
    /// and `I⁻¹` times these in its mean parameter.
    ///
    /// The residual of an exact average is zero. That of the sampled one, which is measured, is off from there by what
    /// the error bars say: the standard error of the distance is what generators make of them, and that of the
    /// divergence half their square in the Fisher metric.
    ///
    /// # Errors
    /// [`FamilyError`] if rounding leads out of the parameter space.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::IsotropicGaussian;
    /// use equibayes::group::SpecialOrthogonal;
    /// use equibayes::representation::Standard;
    /// use equibayes::symmetrize::{Gap, geometric_by_sampling};
    /// use rand::SeedableRng;
    ///
    /// let space = Standard::new(SpecialOrthogonal::new(3)?);
    /// let q = IsotropicGaussian::with_variance(&[1.0_f64, 2.0, 2.0], 1.0)?;
    /// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
    /// let found = geometric_by_sampling(&q, &space, 4000, rng)?.with_gaps()?;
    /// // N(0, 1) is the geometric average: ‖m‖²/2 away.
    /// let Gap::Estimated { value, standard_error } = found.gaps.reverse else { panic!() };
    /// assert!((value - 4.5_f64).abs() < 7.0 * standard_error && standard_error < 0.2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_gaps(self) -> Result<Symmetrized<Self, T>, FamilyError> {
        let (q, rep) = (&self.of, &self.rep);
        let (family, found) = (q.family(), &self.posterior);
        let information = family.fisher_information(found);
        let of_natural = found.natural().coordinates() - q.natural().coordinates();
        let of_mean = found.mean_parameter().coordinates() - q.mean_parameter().coordinates();
        // The error bars in natural parameters, and the gradients in the coordinates that were averaged.
        let bars = &self.average.standard_error;
        let (natural_bars, of_reverse, of_forward) = match self.averaged {
            Averaged::Natural => (bars.clone(), &information * of_natural, of_mean),
            Averaged::Mean => {
                let inverse = inverse(&information).ok_or(FamilyError::NotPositiveDefinite {
                    what: "Fisher information",
                    row: 0,
                    value: f64::NAN,
                })?;
                let forward = &inverse * of_mean;
                (inverse.map(|entry| entry.magnitude()) * bars, of_natural, forward)
            }
        };
        let off = |gradient: &DVector<T>| {
            gradient.iter().zip(bars).fold(T::zero(), |sum, (g, bar)| sum + g.magnitude() * *bar)
        };
        let gaps = Gaps {
            reverse: Gap::Estimated {
                value: family.kl(found, q),
                standard_error: off(&of_reverse),
            },
            forward: Gap::Estimated {
                value: family.kl(q, found),
                standard_error: off(&of_forward),
            },
            wasserstein: Gap::Unknown(Why::NotSought),
            orbit_divergence: self.orbit_divergence,
        };
        let (divergence, distance) = by_generators(found, rep)?;
        let dual = Dual::new(family.statistic_action(rep));
        let (mut steps, mut squares) = (T::zero(), T::zero());
        let metric = information.map(|entry| entry.magnitude());
        for s in rep.group().dense_generators() {
            let step =
                dual.matrix(&s).map(|entry| entry.magnitude()) * &natural_bars + &natural_bars;
            steps = step.iter().fold(steps, |most, &x| larger(most, x));
            let square = dot((&metric * &step).as_slice(), step.as_slice());
            squares = larger(squares, square * T::ratio(1, 2));
        }
        let residual = Invariance {
            orbit_divergence: Gap::Unknown(Why::NoAverage),
            divergence: Gap::Estimated { value: divergence, standard_error: squares },
            distance: Gap::Estimated { value: distance, standard_error: steps },
        };
        Ok(Symmetrized { posterior: self, gaps, residual })
    }
}

/// The geometric average `η̃ = ∫ g·η dg` of a posterior, estimated from `draws` Haar draws: for actions of
/// compact groups on families without a closed form of the average (claim S1).
///
/// The estimate is itself a natural parameter, because these form a convex set.
///
/// # Errors
/// [`FamilyError`] if the representation does not fit the family, there are less than two draws, or rounding
/// leads out of the parameter space.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::group::{LieGroup, SpecialOrthogonal};
/// use equibayes::representation::Dense;
/// use equibayes::symmetrize::geometric_by_sampling;
/// use nalgebra::{dmatrix, dvector};
/// use rand::SeedableRng;
///
/// // Rotations of the plane given by matrices, of which nothing else is known.
/// let so2 = SpecialOrthogonal::new(2)?;
/// let rep = Dense::from_fn(so2, 2, move |g| so2.matrix(g));
/// let q = FullGaussian::with_covariance(&dvector![1.0, 0.0], &dmatrix![1.0, 0.0; 0.0, 0.5])?;
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let found = geometric_by_sampling(&q, &rep, 1000, rng)?;
/// // The precisions 1 and 2 average to 3/2; natural parameters are −½ of them.
/// let off = (found.average.estimate[2] + 0.75).abs();
/// assert!(off < 7.0 * found.average.standard_error[2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn geometric_by_sampling<F, R, T, Q>(
    q: &Member<F, T>,
    rep: &R,
    draws: usize,
    rng: &mut Q,
) -> Result<Sampled<F, R, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
    Q: Rng + ?Sized,
{
    let (average, orbit_divergence) = averages(q, rep, draws, rng, |_, image| image.clone())?;
    let posterior = Member::from_natural(q.family().clone(), average.estimate.clone())?;
    Ok(Sampled {
        of: q.clone(),
        rep: rep.clone(),
        posterior,
        average,
        averaged: Averaged::Natural,
        orbit_divergence,
    })
}

/// The arithmetic average `μ̂ = ∫ (τ(g)μ + c(g)) dg` of a posterior, estimated from `draws` Haar draws
/// (claim S2).
///
/// # Errors
/// As [`geometric_by_sampling`].
///
/// # Examples
/// ```
/// use equibayes::family::IsotropicGaussian;
/// use equibayes::group::SpecialOrthogonal;
/// use equibayes::representation::Standard;
/// use equibayes::symmetrize::{arithmetic, arithmetic_by_sampling};
/// use rand::SeedableRng;
///
/// let space = Standard::new(SpecialOrthogonal::new(3)?);
/// let q = IsotropicGaussian::with_variance(&[1.0_f64, 2.0, 2.0], 1.0)?;
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let found = arithmetic_by_sampling(&q, &space, 1000, rng)?;
/// // No direction is left of the mean, and its length is spread: 1 + 9/3.
/// assert_eq!(arithmetic(&q, &space)?.variance(), 4.0);
/// assert!(found.average.estimate[0].abs() < 7.0 * found.average.standard_error[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arithmetic_by_sampling<F, R, T, Q>(
    q: &Member<F, T>,
    rep: &R,
    draws: usize,
    rng: &mut Q,
) -> Result<Sampled<F, R, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
    Q: Rng + ?Sized,
{
    let family = q.family();
    let tau = family.statistic_action(rep);
    let (average, orbit_divergence) = averages(q, rep, draws, rng, |g, _| {
        let mut moved = tau.apply(g, q.mean_parameter().as_slice());
        if let Some(shift) = family.statistic_shift(rep, g) {
            moved += shift;
        }
        moved
    })?;
    let posterior = Member::from_mean(family.clone(), average.estimate.clone())?;
    Ok(Sampled {
        of: q.clone(),
        rep: rep.clone(),
        posterior,
        average,
        averaged: Averaged::Mean,
        orbit_divergence,
    })
}
