//! Arithmetic averaging: mean coordinates (claim S2).

use super::Symmetrization;
use crate::action::ClosedUnder;
use crate::family::{FamilyError, Member};
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Scalar;

/// Arithmetic averaging, as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arithmetic;

/// `μ̂ = Pμ + avg_g c(g)`: the moments of the orbit mixture, and the M-projection of `q` on the
/// invariant members (claim S2).
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family or no clear average
/// ([`HasReynolds`]), or rounding leads out of the mean-parameter space.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::arithmetic;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 5.0], &[1.0, 0.5])?;
/// let invariant = arithmetic(&q, &swap)?;
/// // The spread of the means, 4, adds to the average variance.
/// assert_eq!(invariant.mean().as_slice(), [3.0; 2]);
/// assert_eq!(invariant.variance().as_slice(), [4.75; 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arithmetic<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<Member<F, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    q.family().admits(rep)?;
    let reynolds = q.family().statistic_action(rep).reynolds()?;
    q.family().average_mean(rep, &reynolds, q)
}

impl<F, R, T> Symmetrization<F, R, T> for Arithmetic
where
    F: ClosedUnder<R, T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    fn name(&self) -> &'static str {
        "arithmetic"
    }

    fn symmetrize(&self, q: &Member<F, T>, rep: &R) -> Result<Member<F, T>, FamilyError> {
        arithmetic(q, rep)
    }
}
