//! Symmetrisations: from a posterior to an invariant one.
//!
//! All average the orbit `{g_# q}`, each in its own coordinates:
//!
//! | function | coordinates | what it is | claim |
//! |---|---|---|---|
//! | [`geometric`] | natural, `P*η` | the I-projection on the invariant members | S1 |
//! | [`arithmetic`] | mean, `Pμ` | the M-projection; moment matching of the orbit mixture | S2 |
//! | [`projection`] | location and scale, `(Pm, \|P\|σ)` | the Wasserstein-2 barycentre of the orbit | S3 |
//! | [`barycentre`] | covariances of any shape | the same for full Gaussians under orthogonal actions | S3 |
//! | [`tie`] | the draws themselves, `Pθ` | the push-forward by `P`: every draw is invariant | S3 |
//! | [`expansion`] | none: a wider network | one block of weights for every element; every network of the kind is equivariant | S8, S9 |
//! | [`mixture()`] | none: densities | the average of the orbit itself, outside the family | S6 |
//!
//! All serve finite groups, and compact Lie groups where the representation has a derivative
//! ([`HasReynolds`]): rotations acting on tensors, say. For other compact groups the first two are sampled,
//! with error bars ([`geometric_by_sampling`], [`arithmetic_by_sampling`]). Each says what it cost and how
//! invariant its result is ([`Symmetrized`]); what does not exist, a divergence from a singular law say, says
//! why ([`Gap`]).
//!
//! [`orbit_divergence`] measures how far a member is from invariant, and splits it (claims B2 and S4).
//! [`mean_field`] does all of this on plain slices of means and standard deviations, in one pass and
//! for any scale: that is what trained networks go through.

mod arithmetic;
mod barycentre;
pub mod expansion;
mod gap;
mod gaps;
mod geometric;
pub mod mean_field;
mod mixture;
mod orbit_divergence;
mod projection;
mod sampled;
mod tying;

pub use arithmetic::{Arithmetic, arithmetic};
pub use barycentre::{Barycentre, barycentre, barycentre_with_gaps, wasserstein_barycentre};
pub use gap::{Gap, Why};
pub use gaps::{Gaps, Invariance, Symmetrized};
pub use geometric::{Geometric, geometric};
#[cfg(all(feature = "checkpoint", feature = "data"))]
pub(crate) use mixture::log_mean_exp;
pub use mixture::{Mixture, mixture};
#[cfg(feature = "catalogue")]
pub(crate) use orbit_divergence::linear_form;
pub use orbit_divergence::{OrbitDivergence, orbit_divergence};
pub use projection::{Projection, projection};
pub use sampled::{Averaged, Sampled, arithmetic_by_sampling, geometric_by_sampling};
pub use tying::{Tied, tie};

use crate::action::ClosedUnder;
use crate::family::{Coordinates, FamilyError, LogPartition, Member};
use crate::group::DenselyGenerated;
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::{Real, Scalar};

/// A way from a member of the family `F` to an invariant one, under the action of `R`.
///
/// A symmetrisation returns a member that no group element moves, returns an invariant member
/// unchanged, and gives every member of an orbit the same result;
/// [`law::symmetrization`](crate::law::symmetrization) checks all three.
pub trait Symmetrization<F: Coordinates<T>, R: ActsOn<T>, T: Scalar = f64> {
    /// The name, as the command line knows it.
    fn name(&self) -> &'static str;

    /// The invariant member.
    ///
    /// # Errors
    /// [`FamilyError`] if the representation has another dimension than the family, or rounding leads
    /// out of the parameter space.
    fn symmetrize(&self, q: &Member<F, T>, rep: &R) -> Result<Member<F, T>, FamilyError>;

    /// `W_2(q, S(q))` where this is the distance that the symmetrisation makes small, else `None`, as provided.
    ///
    /// # Errors
    /// [`FamilyError`] if conditioning leaves no digit of the distance.
    fn wasserstein(
        &self,
        q: &Member<F, T>,
        posterior: &Member<F, T>,
    ) -> Result<Option<T>, FamilyError>
    where
        T: Real,
    {
        let _ = (q, posterior);
        Ok(None)
    }

    /// The invariant member, with its gaps from `q` and what rounding left of its motion.
    ///
    /// # Errors
    /// As [`symmetrize`](Self::symmetrize), and if the representation has no clear average.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::IsotropicGaussian;
    /// use equibayes::group::Orthogonal;
    /// use equibayes::representation::Standard;
    /// use equibayes::symmetrize::{Gap, Geometric, Symmetrization};
    ///
    /// // Rotations and reflections leave nothing of a mean.
    /// let space = Standard::new(Orthogonal::new(3)?);
    /// let q = IsotropicGaussian::with_variance(&[2.0, 0.0, 0.0], 0.5)?;
    /// let found = Geometric.symmetrize_with_gaps(&q, &space)?;
    /// assert_eq!(found.posterior.mean().as_slice(), [0.0; 3]);
    /// // ‖m‖²/2v either way; and, on average, between q and what it is moved to, twice that.
    /// assert_eq!((found.gaps.reverse, found.gaps.forward), (Gap::Known(4.0), Gap::Known(4.0)));
    /// assert_eq!(found.gaps.orbit_divergence, Gap::Known(8.0));
    /// assert!(found.residual.divergence.known() < Some(1e-15));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn symmetrize_with_gaps(
        &self,
        q: &Member<F, T>,
        rep: &R,
    ) -> Result<Symmetrized<Member<F, T>, T>, FamilyError>
    where
        T: Real,
        F: ClosedUnder<R, T> + LogPartition<T>,
        F::Statistic: HasReynolds<T>,
        R::Group: DenselyGenerated,
    {
        let posterior = self.symmetrize(q, rep)?;
        let gaps = Gaps::between(q, &posterior, rep, self.wasserstein(q, &posterior)?)?;
        let residual = Invariance::of(&posterior, rep)?;
        Ok(Symmetrized { posterior, gaps, residual })
    }
}
