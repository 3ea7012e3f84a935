//! Geometric and arithmetic averages by sampling a compact group.

use crate::action::ClosedUnder;
use crate::family::{FamilyError, Member};
use crate::group::Haar;
use crate::representation::{ActsOn, Dual, HaarAverage, Representation};
use crate::scalar::Real;
use rand::Rng;

/// A posterior averaged over draws of a group, with error bars.
///
/// It is invariant up to these only.
#[derive(Clone, Debug)]
pub struct Sampled<F, T: Real = f64> {
    /// The posterior whose coordinates are the estimate.
    pub posterior: Member<F, T>,
    /// The averaged coordinates, natural ones for the geometric average and mean ones for the arithmetic, with
    /// the standard error of each.
    pub average: HaarAverage<T>,
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
/// assert!(off < 4.0 * found.average.standard_error[2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn geometric_by_sampling<F, R, T, Q>(
    q: &Member<F, T>,
    rep: &R,
    draws: usize,
    rng: &mut Q,
) -> Result<Sampled<F, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
    Q: Rng + ?Sized,
{
    q.family().admits(rep)?;
    let dual = Dual::new(q.family().statistic_action(rep));
    let average = HaarAverage::of(dual.dim(), draws, || {
        Ok::<_, FamilyError>(dual.apply(&rep.group().haar(rng), q.natural().as_slice()))
    })?;
    let posterior = Member::from_natural(q.family().clone(), average.estimate.clone())?;
    Ok(Sampled { posterior, average })
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
/// assert!(found.average.estimate[0].abs() < 4.0 * found.average.standard_error[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arithmetic_by_sampling<F, R, T, Q>(
    q: &Member<F, T>,
    rep: &R,
    draws: usize,
    rng: &mut Q,
) -> Result<Sampled<F, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
    Q: Rng + ?Sized,
{
    let family = q.family();
    family.admits(rep)?;
    let tau = family.statistic_action(rep);
    let average = HaarAverage::of(tau.dim(), draws, || {
        let g = rep.group().haar(rng);
        let mut moved = tau.apply(&g, q.mean_parameter().as_slice());
        if let Some(shift) = family.statistic_shift(rep, &g) {
            moved += shift;
        }
        Ok::<_, FamilyError>(moved)
    })?;
    let posterior = Member::from_mean(family.clone(), average.estimate.clone())?;
    Ok(Sampled { posterior, average })
}
