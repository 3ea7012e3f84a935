//! Geometric averaging: natural coordinates (claim S1).

use super::Symmetrization;
use crate::action::{ClosedUnder, averaged_natural};
use crate::family::{FamilyError, Member};
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Scalar;

/// Geometric averaging, as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Geometric;

/// `η̃ = P*η` (plus `avg_g a(g)`, where the base measure is tilted): the normalised geometric mean of the orbit, and the I-projection of `q` on the invariant
/// members (claim S1).
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family or no clear average
/// ([`HasReynolds`]), or rounding leads out of the natural parameter space.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::geometric;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 4.0], &[1.0, 0.5])?;
/// let invariant = geometric(&q, &swap)?;
/// // Precisions average, and means are weighted by them.
/// assert_eq!(invariant.variance().as_slice(), [1.0 / 1.5; 2]);
/// assert_eq!(invariant.mean().as_slice(), [3.0; 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn geometric<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<Member<F, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    q.family().admits(rep)?;
    let reynolds = q.family().statistic_action(rep).reynolds()?;
    let eta = averaged_natural(q.family(), rep, &reynolds, q.natural());
    Member::from_natural(q.family().clone(), eta)
}

impl<F, R, T> Symmetrization<F, R, T> for Geometric
where
    F: ClosedUnder<R, T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    fn name(&self) -> &'static str {
        "geometric"
    }

    fn symmetrize(&self, q: &Member<F, T>, rep: &R) -> Result<Member<F, T>, FamilyError> {
        geometric(q, rep)
    }
}
