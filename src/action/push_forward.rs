//! Moving one member.

use super::{ClosedUnder, moved_natural};
use crate::family::{FamilyError, Member};
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Scalar;

/// The push-forward `ρ(g)_# q_η = q_{g·η}`, `g·η = τ(g)⁻ᵀη` (plus `a(g⁻¹)`, where the base
/// measure is [tilted](super::Tilt)): the law of `ρ(g)θ` for `θ ∼ q_η` (claim F3).
///
/// # Errors
/// [`FamilyError`] if the family does not admit the representation (it has another dimension, say), or rounding leads
/// out of the natural parameter space.
///
/// # Examples
/// ```
/// use equibayes::action::push_forward;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[0.5, 4.0])?;
/// let moved = push_forward(&q, &swap, &1)?;
/// assert_eq!(moved.mean().as_slice(), [2.0, 1.0]);
/// assert_eq!(moved.variance().as_slice(), [4.0, 0.5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn push_forward<F, R, T>(
    q: &Member<F, T>,
    rep: &R,
    g: &ElementOf<R>,
) -> Result<Member<F, T>, FamilyError>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    q.family().admits(rep)?;
    let moved = moved_natural(q.family(), rep, g, q.natural().as_slice());
    Member::from_natural(q.family().clone(), moved)
}
