//! The orbit mixture (claim S6).

use super::arithmetic;
use crate::action::{ClosedUnder, fits};
use crate::family::{Coordinates, FamilyError, LogPartition, Mean, Member, Sample};
use crate::group::{Finite, Group, Haar};
use crate::representation::{ActsOn, HasReynolds, Representation};
use crate::scalar::{Real, Scalar};
use nalgebra::DVector;
use rand::Rng;

mod gaps;

/// The largest group that a density is summed over.
const MOST: usize = 1 << 20;

/// The law of `ρ(g)θ` for `θ ∼ q` and an independent uniform `g`: the average `q̄ = avg_g g_#q` of the orbit
/// itself, which every symmetrisation inside the family approximates.
///
/// It is invariant for every family, closed under the action or not, and in general no member of it.
/// Its predictions are those of `q` averaged over the group (test-time augmentation), and for an
/// invariant prior and an invariant loss its objective is never above that of `q` (claim S6).
#[derive(Clone, Debug)]
pub struct Mixture<F, R, T = f64> {
    posterior: Member<F, T>,
    rep: R,
}

/// The orbit mixture `q̄ = avg_g g_#q` (claim S6).
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::mixture;
/// use rand::SeedableRng;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[-9.0, 9.0], &[1.0, 1.0])?;
/// let mixture = mixture(&q, &swap)?;
///
/// // Two modes of equal height, and every draw is near one of them.
/// assert_eq!(mixture.log_density(&[-9.0, 9.0])?, mixture.log_density(&[9.0, -9.0])?);
/// let draw: nalgebra::DVector<f64> = mixture.sample(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
/// assert!((draw[0] - draw[1]).abs() > 9.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mixture<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<Mixture<F, R, T>, FamilyError>
where
    F: Coordinates<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    fits(q.family(), rep)?;
    Ok(Mixture { posterior: q.clone(), rep: rep.clone() })
}

impl<F, R, T> Mixture<F, R, T> {
    /// The posterior whose orbit is averaged.
    pub fn posterior(&self) -> &Member<F, T> {
        &self.posterior
    }

    /// The representation on `θ`.
    pub fn representation(&self) -> &R {
        &self.rep
    }
}

impl<F, R: Representation, T: Scalar> Mixture<F, R, T> {
    /// One draw: `ρ(g)θ` with a uniform `g` and `θ ∼ q`. Takes a draw from the group but no enumeration of
    /// it, and so serves compact groups too.
    pub fn sample<Q: Rng + ?Sized>(&self, rng: &mut Q) -> DVector<T>
    where
        T: Real,
        F: Sample<T>,
        R: ActsOn<T>,
        R::Group: Haar,
    {
        let g = self.rep.group().haar(rng);
        let theta = self.posterior.family().sample(&self.posterior, rng);
        self.rep.apply(&g, theta.as_slice())
    }

    /// `ln q̄(θ) = ln avg_g q(ρ(g)⁻¹θ)`, one density for each group element, without overflow or
    /// underflow; `−∞` where no element brings `θ` into the support.
    ///
    /// With respect to the family's own reference measure, which the action is taken to preserve: Lebesgue
    /// measure always (`|det ρ(g)| = 1` for a finite group), and counting measures.
    ///
    /// # Errors
    /// [`FamilyError`] if `theta` has the wrong length, or the group more than 2²⁰ elements.
    pub fn log_density(&self, theta: &[T]) -> Result<T, FamilyError>
    where
        T: Real,
        F: LogPartition<T>,
        R: ActsOn<T>,
        R::Group: Finite,
    {
        let (got, expected) = (theta.len(), self.rep.dim());
        if got != expected {
            return Err(FamilyError::WrongLength { what: "parameter θ", got, expected });
        }
        let group = self.rep.group();
        let order = group.small_order().unwrap_or(usize::MAX);
        if order > MOST {
            let (what, expected) = ("order of the group", "at most 2^20, to sum over its elements");
            return Err(FamilyError::Size { what, got: order, expected });
        }
        let family = self.posterior.family();
        // Uniform over the group, g⁻¹ is as good as g; but written as it is defined.
        let terms: Vec<T> = group
            .elements()
            .map(|g| {
                let back = self.rep.apply(&group.inverse(&g), theta);
                family.log_density(&self.posterior, back.as_slice())
            })
            .collect();
        Ok(log_mean_exp(&terms))
    }

    /// The mean parameter `E_q̄ T = Pμ + avg_g c(g)`, that of the arithmetic average: `q̄` and that have the
    /// same moments.
    ///
    /// # Errors
    /// As [`arithmetic()`](super::arithmetic()).
    pub fn mean_parameter(&self) -> Result<Mean<F, T>, FamilyError>
    where
        F: ClosedUnder<R, T>,
        F::Statistic: HasReynolds<T>,
        R: ActsOn<T>,
    {
        Ok(arithmetic(&self.posterior, &self.rep)?.mean_parameter().clone())
    }
}

/// `ln avg_i e^{x_i}`; exactly `x` where all are `x`.
pub(crate) fn log_mean_exp<T: Real>(terms: &[T]) -> T {
    // A NaN is a largest one too: it must not be dropped.
    let larger = |a: T, b: T| if a.is_nan() || a > b { a } else { b };
    let largest = terms.iter().copied().fold(T::neg_infinity(), larger);
    if largest == T::neg_infinity() {
        return largest;
    }
    let sum = terms.iter().fold(T::zero(), |sum, &term| sum + (term - largest).exp());
    largest + (sum / T::count(terms.len())).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::{Categorical, DiagonalGaussian, FiniteSupport};
    use crate::group::{Cyclic, Symmetric};
    use crate::representation::PermutationRep;
    use crate::test_budget::{hoeffding, share};
    use rand::SeedableRng;

    fn turn(n: usize) -> PermutationRep<Cyclic> {
        PermutationRep::regular(&Cyclic::new(n).unwrap()).unwrap()
    }

    #[test]
    fn densities_are_averages_of_moved_densities() {
        let q = DiagonalGaussian::with_variance(&[1.0, -2.0, 0.5], &[1.0, 0.25, 4.0]).unwrap();
        let law = mixture(&q, &turn(3)).unwrap();
        let theta = [0.5, 1.0, -1.5];
        let density = |x: &[f64]| q.family().log_density(&q, x).exp();
        let average =
            (density(&theta) + density(&[1.0, -1.5, 0.5]) + density(&[-1.5, 0.5, 1.0])) / 3.0;
        // Sixteen roundings at most of terms below 32.
        assert!((law.log_density(&theta).unwrap() - average.ln()).abs() < 16.0 * 32.0 * 2e-16);
    }

    #[test]
    fn far_out_densities_neither_underflow_nor_overflow() {
        let q = DiagonalGaussian::with_variance(&[0.0, 0.0], &[1e-6, 1e-6]).unwrap();
        let law = mixture(&q, &turn(2)).unwrap();
        // An invariant posterior is its own mixture, exactly.
        let theta = [40.0, -30.0];
        assert_eq!(law.log_density(&theta).unwrap(), q.family().log_density(&q, &theta));
        assert!(law.log_density(&theta).unwrap() < -1e9);
    }

    #[test]
    fn outside_the_support_there_is_no_mass() {
        let q = Categorical::with_probabilities(&[0.25_f64, 0.75]).unwrap();
        let law = mixture(&q, &turn(2)).unwrap();
        assert_eq!(law.log_density(&[0.5, 0.5]).unwrap(), f64::NEG_INFINITY);
        let total: f64 = q
            .family()
            .support()
            .map(|theta: DVector<f64>| law.log_density(theta.as_slice()).unwrap().exp())
            .sum();
        assert!((total - 1.0).abs() < 1e-15);
    }

    #[test]
    fn draws_have_the_density() {
        const DRAWS: usize = 20_000;
        let q = Categorical::with_probabilities(&[0.7_f64, 0.2, 0.1]).unwrap();
        // The last class is swapped with the first, the second stays.
        let swap = PermutationRep::from_fn(Cyclic::new(2).unwrap(), 3, |&g| {
            crate::group::Permutation::from_fn(3, |i| if g == 1 { 2 - i } else { i })
        });
        let law = mixture(&q, &swap).unwrap();
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let mut counts = [0.0; 3];
        for _ in 0..DRAWS {
            let draw = law.sample(&mut rng);
            draw.iter().enumerate().for_each(|(class, x)| counts[class] += x);
        }
        // For three frequencies.
        let band = hoeffding(DRAWS, 1.0, share("draws of an orbit mixture") / 3.0);
        let mu = law.mean_parameter().unwrap();
        for (class, expected) in [0.4, 0.2, 0.4].into_iter().enumerate() {
            assert!((counts[class] / DRAWS as f64 - expected).abs() < band, "{counts:?}");
            if class < 2 {
                assert!((mu.as_slice()[class] - expected).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let q = DiagonalGaussian::with_variance(&[0.0; 3], &[1.0; 3]).unwrap();
        assert!(matches!(
            mixture(&q, &turn(2)),
            Err(FamilyError::WrongRepresentation { representation: 2, family: 3 })
        ));
        let law = mixture(&q, &turn(3)).unwrap();
        assert!(matches!(
            law.log_density(&[0.0]),
            Err(FamilyError::WrongLength { got: 1, expected: 3, .. })
        ));
    }

    #[test]
    fn groups_beyond_enumeration_are_sampled_but_not_summed_over() {
        let group = Symmetric::new(12).unwrap();
        let rep = PermutationRep::from_fn(group, 12, Clone::clone);
        let q = DiagonalGaussian::with_variance(&[0.0; 12], &[1.0; 12]).unwrap();
        let law = mixture(&q, &rep).unwrap();
        assert!(matches!(law.log_density(&[0.0; 12]), Err(FamilyError::Size { .. })));
        let draw = law.sample(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
        assert_eq!(draw.len(), 12);
    }

    #[test]
    fn a_nan_is_not_dropped() {
        for terms in [[f64::NAN, 0.0], [0.0, f64::NAN]] {
            assert!(log_mean_exp(&terms).is_nan());
        }
        assert_eq!(log_mean_exp(&[f64::NEG_INFINITY; 2]), f64::NEG_INFINITY);
    }
}
