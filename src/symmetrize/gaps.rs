//! A symmetrised posterior with what it cost and how invariant it is.

use super::orbit_divergence::linear_form;
use super::{Gap, Why};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FamilyError, LogPartition, Member};
use crate::group::DenselyGenerated;
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Real;

/// A symmetrised posterior, with its gaps and its residual.
///
/// Every symmetrisation has it: [`Symmetrization::symmetrize_with_gaps`](super::Symmetrization::symmetrize_with_gaps)
/// with a [`Member`] for the law, `with_gaps` of the [`Mixture`](super::Mixture), the [`Tied`](super::Tied) posterior and
/// the [`Sampled`](super::Sampled) averages, which remember what they were made of, and
/// [`barycentre_with_gaps`](super::barycentre_with_gaps).
#[derive(Clone, Debug)]
pub struct Symmetrized<P, T = f64> {
    /// The invariant law `S(q)`.
    pub posterior: P,
    /// How far it is from `q`, and how far `q` was from invariant.
    pub gaps: Gaps<T>,
    /// How far from invariant it is after all.
    pub residual: Invariance<T>,
}

/// How far a symmetrised posterior is from the posterior `q`.
///
/// For the geometric and the arithmetic average, and for the orbit mixture, `reverse + forward =
/// orbit_divergence` (claim S4): what one gains in one direction it pays in the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaps<T = f64> {
    /// `KL(S(q) ‖ q)`, in nats: smallest, over the invariant members, for the geometric average (claim S1).
    pub reverse: Gap<T>,
    /// `KL(q ‖ S(q))`, in nats: smallest, over the invariant members, for the arithmetic average (claim S2).
    pub forward: Gap<T>,
    /// `W_2(q, S(q))`, in the units of `θ`, where that is what the symmetrisation makes small: the projection,
    /// the barycentre, the tied posterior (claim S3).
    pub wasserstein: Gap<T>,
    /// `avg_g KL(q ‖ g_#q)`, in nats: how far `q` was from invariant (claim S4).
    pub orbit_divergence: Gap<T>,
}

/// How far from invariant a law is. In exact arithmetic, and without sampling, all of it is zero.
///
/// Generators are enough: what moves under no generator moves under no element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Invariance<T = f64> {
    /// `avg_g KL(q ‖ g_#q)`, in nats, in closed form. Rounding may leave it a little below zero.
    pub orbit_divergence: Gap<T>,
    /// The largest `KL(s_#q ‖ q)` over [dense generators](DenselyGenerated) `s`, in nats.
    pub divergence: Gap<T>,
    /// The largest change by such a generator, in the coordinates that the law has: `max |s·η − η|` of a member,
    /// in the units of `η`; `max |τ(s)μ + c(s) − μ|` of a mixture, in the units of `μ`; and of a tied posterior the root
    /// mean square `√E‖ρ(s)θ − θ‖²`, in the units of `θ`.
    pub distance: Gap<T>,
}

/// The larger of two; a NaN, which `max` would drop, stays.
pub(super) fn larger<T: Real>(a: T, b: T) -> T {
    if b > a || b.is_nan() { b } else { a }
}

/// What the worst generator does to a member: `KL(s_#q ‖ q)`, and `max |s·η − η|`.
pub(super) fn by_generators<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<(T, T), FamilyError>
where
    T: Real,
    F: ClosedUnder<R, T> + LogPartition<T>,
    R: ActsOn<T>,
    R::Group: DenselyGenerated,
{
    let (mut divergence, mut distance) = (T::zero(), T::zero());
    for s in rep.group().dense_generators() {
        let moved = push_forward(q, rep, &s)?;
        divergence = larger(divergence, q.family().kl(&moved, q));
        let step = moved.natural().coordinates() - q.natural().coordinates();
        distance = step.iter().fold(distance, |most, x| larger(most, x.magnitude()));
    }
    Ok((divergence, distance))
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
    /// assert_eq!(found.orbit_divergence.known(), Some(0.5));
    /// assert_eq!((found.divergence.known(), found.distance.known()), (Some(1.0), Some(1.0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of<F, R>(q: &Member<F, T>, rep: &R) -> Result<Self, FamilyError>
    where
        F: ClosedUnder<R, T> + LogPartition<T>,
        F::Statistic: HasReynolds<T>,
        R: ActsOn<T>,
        R::Group: DenselyGenerated,
    {
        let orbit_divergence = Gap::Known(linear_form(q, rep)?);
        let (divergence, distance) = by_generators(q, rep)?;
        Ok(Self {
            orbit_divergence,
            divergence: Gap::Known(divergence),
            distance: Gap::Known(distance),
        })
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
            reverse: Gap::Known(q.family().kl(posterior, q)),
            forward: Gap::Known(q.family().kl(q, posterior)),
            wasserstein: wasserstein.map_or(Gap::Unknown(Why::NotSought), Gap::Known),
            orbit_divergence: Gap::Known(linear_form(q, rep)?),
        })
    }
}
