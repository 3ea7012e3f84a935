//! A symmetrised posterior with what it cost and how invariant it is.

use super::orbit_divergence::linear_form;
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FamilyError, LogPartition, Member};
use crate::group::DenselyGenerated;
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Real;

/// A symmetrised posterior, with its gaps and its residual
/// ([`Symmetrization::symmetrize_with_gaps`](super::Symmetrization::symmetrize_with_gaps)).
#[derive(Clone, Debug)]
pub struct Symmetrized<F, T = f64> {
    /// The invariant posterior `S(q)`.
    pub posterior: Member<F, T>,
    /// How far it is from `q`, and how far `q` was from invariant.
    pub gaps: Gaps<T>,
    /// How far from invariant rounding left it.
    pub residual: Invariance<T>,
}

/// How far a symmetrised posterior is from the posterior `q`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaps<T = f64> {
    /// `KL(S(q) ‖ q)`, in nats: smallest, over the invariant members, for the geometric average (claim S1).
    pub reverse: T,
    /// `KL(q ‖ S(q))`, in nats: smallest, over the invariant members, for the arithmetic average (claim S2).
    pub forward: T,
    /// `W_2(q, S(q))`, in the units of `θ`, where that is what the symmetrisation makes small: the projection
    /// and the barycentre (claim S3).
    pub wasserstein: Option<T>,
    /// `avg_g KL(q ‖ g_#q)`, in nats: how far `q` was from invariant (claim S4).
    pub orbit_divergence: T,
}

/// How far from invariant a posterior is. In exact arithmetic all of it is zero.
///
/// Generators are enough: what moves under no generator moves under no element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Invariance<T = f64> {
    /// `avg_g KL(q ‖ g_#q)`, in nats, in closed form. Rounding may leave it a little below zero.
    pub orbit_divergence: T,
    /// The largest `KL(s_#q ‖ q)` over [dense generators](DenselyGenerated) `s`, in nats.
    pub divergence: T,
    /// The largest change of a natural parameter by such a generator, `max |s·η − η|`, in the units of `η`.
    pub distance: T,
}

/// The larger of two; a NaN, which `max` would drop, stays.
fn larger<T: Real>(a: T, b: T) -> T {
    if b > a || b.is_nan() { b } else { a }
}

impl<T: Real> Invariance<T> {
    /// How far a posterior is from invariant.
    ///
    /// # Errors
    /// [`FamilyError`] if the representation does not fit the family or has no clear average, or rounding leads
    /// out of the parameter space.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::DiagonalGaussian;
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::PermutationRep;
    /// use equibayes::symmetrize::Invariance;
    ///
    /// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
    /// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[1.0, 1.0])?;
    /// let found = Invariance::of(&q, &swap)?;
    /// assert_eq!((found.orbit_divergence, found.divergence, found.distance), (0.5, 1.0, 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of<F, R>(q: &Member<F, T>, rep: &R) -> Result<Self, FamilyError>
    where
        F: ClosedUnder<R, T> + LogPartition<T>,
        F::Statistic: HasReynolds<T>,
        R: ActsOn<T>,
        R::Group: DenselyGenerated,
    {
        let orbit_divergence = linear_form(q, rep)?;
        let mut found = Self { orbit_divergence, divergence: T::zero(), distance: T::zero() };
        for s in rep.group().dense_generators() {
            let moved = push_forward(q, rep, &s)?;
            found.divergence = larger(found.divergence, q.family().kl(&moved, q));
            let step = moved.natural().coordinates() - q.natural().coordinates();
            found.distance =
                step.iter().fold(found.distance, |most, x| larger(most, x.magnitude()));
        }
        Ok(found)
    }
}

impl<T: Real> Gaps<T> {
    /// The gaps between `q` and an invariant member, with what is known of their Wasserstein distance.
    pub(super) fn between<F, R>(
        q: &Member<F, T>,
        posterior: &Member<F, T>,
        rep: &R,
        wasserstein: Option<T>,
    ) -> Result<Self, FamilyError>
    where
        F: ClosedUnder<R, T> + LogPartition<T>,
        F::Statistic: HasReynolds<T>,
        R: ActsOn<T>,
    {
        Ok(Self {
            reverse: q.family().kl(posterior, q),
            forward: q.family().kl(q, posterior),
            wasserstein,
            orbit_divergence: linear_form(q, rep)?,
        })
    }
}
