//! Averages over a compact group by sampling, with error bars.

use super::{ActsOn, RepresentationError, check_len};
use crate::group::Haar;
use crate::scalar::Real;
use nalgebra::DVector;
use num_traits::Float;
use rand::Rng;

/// An average over a group, estimated from draws of its Haar measure.
#[derive(Clone, Debug, PartialEq)]
pub struct HaarAverage<T: Real = f64> {
    /// The mean over the draws: unbiased.
    pub estimate: DVector<T>,
    /// The standard error of each coordinate of the mean, `√(s²/N)` with the unbiased variance `s²` over the
    /// draws.
    pub standard_error: DVector<T>,
    /// The number of draws `N`.
    pub draws: usize,
}

impl<T: Real> HaarAverage<T> {
    /// The mean of draws of vectors, with their spread, in one pass (Welford's recursion, which does not
    /// subtract a large square from another).
    ///
    /// # Errors
    /// [`RepresentationError::TooFewDraws`] for less than two draws, of which no spread can be told.
    pub(crate) fn of<E>(
        dim: usize,
        draws: usize,
        mut draw: impl FnMut() -> Result<DVector<T>, E>,
    ) -> Result<Self, E>
    where
        E: From<RepresentationError>,
    {
        if draws < 2 {
            return Err(RepresentationError::TooFewDraws { draws }.into());
        }
        let mut mean = DVector::from_element(dim, T::zero());
        let mut squares = mean.clone();
        for count in 1..=draws {
            let sample = draw()?;
            for ((x, mean), squares) in sample.iter().zip(mean.iter_mut()).zip(squares.iter_mut()) {
                let step = *x - *mean;
                *mean += step / T::count(count);
                *squares += step * (*x - *mean);
            }
        }
        let weight = T::count(draws - 1) * T::count(draws);
        let standard_error = squares.map(|sum| Float::sqrt(sum / weight));
        Ok(Self { estimate: mean, standard_error, draws })
    }
}

/// An estimate of `Px = ∫ ρ(g)x dg` from `draws` Haar draws, with error bars: for representations of compact
/// groups without a closed form, and as an independent check on those with one
/// ([`HasReynolds`](super::HasReynolds)).
///
/// Off by about `1/√N`, and itself not invariant but for that.
///
/// # Errors
/// [`RepresentationError::TooFewDraws`] for less than two draws.
///
/// # Panics
/// If `x` is not as long as the dimension.
///
/// # Examples
/// ```
/// use equibayes::group::SpecialOrthogonal;
/// use equibayes::representation::{Standard, haar_average};
/// use rand::SeedableRng;
///
/// let plane = Standard::new(SpecialOrthogonal::new(2)?);
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let average = haar_average(&plane, &[3.0, 4.0], 400, rng)?;
/// // Each coordinate is 5 times a cosine, of variance ½.
/// assert!((average.standard_error[0] - 5.0 * (0.5_f64 / 400.0).sqrt()).abs() < 0.04);
/// assert!(average.estimate[0].abs() < 7.0 * average.standard_error[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn haar_average<R, T, Q>(
    rep: &R,
    x: &[T],
    draws: usize,
    rng: &mut Q,
) -> Result<HaarAverage<T>, RepresentationError>
where
    R: ActsOn<T>,
    R::Group: Haar,
    T: Real,
    Q: Rng + ?Sized,
{
    check_len(rep.dim(), x.len(), x.len());
    HaarAverage::of(rep.dim(), draws, || Ok(rep.apply(&rep.group().haar(rng), x)))
}
