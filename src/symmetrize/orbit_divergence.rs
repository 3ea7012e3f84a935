//! The orbit divergence and its three parts (claims B2 and S4).

use super::{arithmetic, geometric};
use crate::action::{ClosedUnder, averaged_natural};
use crate::family::{FamilyError, LogPartition, Member};
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::{Real, Scalar, dot};

/// How far a posterior is from invariant, `avg_g KL(q ‖ g_#q)`, and what that consists of. In nats.
///
/// By claim S4, `total = geometric_gap + arithmetic_gap + remainder`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrbitDivergence<T = f64> {
    /// `avg_g KL(q ‖ g_#q)`.
    pub total: T,
    /// `KL(q̃ ‖ q)`, `q̃` the geometric average.
    pub geometric_gap: T,
    /// `KL(q ‖ q̂)`, `q̂` the arithmetic average.
    pub arithmetic_gap: T,
    /// `KL(q̂ ‖ q̃)`.
    pub remainder: T,
}

/// `avg_g KL(q_η ‖ q_{g·η}) = ⟨η − η̃, μ − μ̂⟩` with the two averages `η̃ = P*η + avg_g a(g)` and
/// `μ̂ = Pμ + avg_g c(g)`, in closed form (claim B2): linear, so exact for exact scalars, and never enumerating the
/// group where the action is by signed permutations.
///
/// Without tilt it is `⟨η − P*η, μ⟩ − ⟨η, avg_g c(g)⟩`, since `P` and `P*` are adjoint projectors and send the averages of
/// `c` and `a` to zero; this way it cancels less.
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family.
pub(crate) fn linear_form<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<T, FamilyError>
where
    F: ClosedUnder<R, T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    T: Scalar,
{
    q.family().admits(rep)?;
    let reynolds = q.family().statistic_action(rep).reynolds()?;
    let eta = q.natural().coordinates() - averaged_natural(q.family(), rep, &reynolds, q.natural());
    let mut mu = q.mean_parameter().coordinates() - reynolds.mean(q.mean_parameter()).coordinates();
    if let Some(shift) = q.family().mean_shift(rep) {
        mu -= shift;
    }
    Ok(dot(eta.as_slice(), mu.as_slice()))
}

/// The orbit divergence of `q` with its split.
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family, or rounding leads
/// out of a parameter space.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::orbit_divergence;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[1.0, 1.0])?;
/// let split = orbit_divergence(&q, &swap)?;
/// // Half the group leaves q alone; the swap moves both means by 1, at ½ nat each.
/// assert_eq!(split.total, 0.5);
/// let sum: f64 = split.geometric_gap + split.arithmetic_gap + split.remainder;
/// assert!((sum - split.total).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn orbit_divergence<F, R, T>(
    q: &Member<F, T>,
    rep: &R,
) -> Result<OrbitDivergence<T>, FamilyError>
where
    F: ClosedUnder<R, T> + LogPartition<T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    T: Real,
{
    let family = q.family();
    let (lower, upper) = (geometric(q, rep)?, arithmetic(q, rep)?);
    Ok(OrbitDivergence {
        total: linear_form(q, rep)?,
        geometric_gap: family.kl(&lower, q),
        arithmetic_gap: family.kl(q, &upper),
        remainder: family.kl(&upper, &lower),
    })
}
