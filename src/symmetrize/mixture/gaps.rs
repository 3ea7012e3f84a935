//! How far the orbit mixture is from the posterior (claim S6).

use super::{MOST, Mixture, log_mean_exp};
use crate::action::{ClosedUnder, push_forward};
use crate::family::{FamilyError, LogPartition, Member};
use crate::group::{DenselyGenerated, Finite};
use crate::representation::{ActsOn, HasReynolds};
use crate::scalar::Real;
use crate::symmetrize::gaps::larger;
use crate::symmetrize::orbit_divergence::linear_form;
use crate::symmetrize::{Gap, Gaps, Invariance, Symmetrized, Why, arithmetic};

/// The smaller of two; a NaN stays.
fn smaller<T: Real>(a: T, b: T) -> T {
    if b < a || b.is_nan() { b } else { a }
}

/// What bounds the divergences, before any pair of members of the orbit is looked at.
struct Closed<T> {
    orbit_divergence: T,
    /// `KL(q ‖ q̂)`.
    to_upper: T,
    /// `KL(q̂ ‖ q)`.
    from_upper: T,
    /// `max |τ(s)μ̂ + c(s) − μ̂|` over generators.
    distance: T,
}

impl<F, R, T> Mixture<F, R, T>
where
    T: Real,
    F: ClosedUnder<R, T> + LogPartition<T>,
    F::Statistic: HasReynolds<T>,
    R: ActsOn<T>,
    R::Group: DenselyGenerated,
{
    /// The mixture with its gaps, in closed form: for compact groups, and finite ones beyond enumeration.
    ///
    /// There is no closed form of a divergence from a mixture. But `KL(q‖q̄) + KL(q̄‖q) = avg_g KL(q‖g_#q)`, and
    /// `KL(q‖q̄) = KL(q‖q̂) − KL(q̄‖q̂) ≤ KL(q‖q̂)` with the arithmetic average `q̂` (claim S6). For a group that can be
    /// enumerated [`with_gaps`](Self::with_gaps) is sharper.
    ///
    /// The mixture is invariant whatever is rounded, a uniform element times another being uniform; the residual's
    /// distance is that of its [mean parameter](Self::mean_parameter).
    ///
    /// # Errors
    /// As [`mean_parameter`](Self::mean_parameter).
    pub fn with_gaps_by_convexity(self) -> Result<Symmetrized<Self, T>, FamilyError> {
        let closed = self.closed()?;
        Ok(self.bounded(&closed, T::zero(), closed.to_upper))
    }

    fn closed(&self) -> Result<Closed<T>, FamilyError> {
        let (q, family) = (&self.posterior, self.posterior.family());
        let upper = arithmetic(q, &self.rep)?;
        let tau = family.statistic_action(&self.rep);
        let mu = upper.mean_parameter();
        let mut distance = T::zero();
        for s in self.rep.group().dense_generators() {
            let mut step = tau.apply(&s, mu.as_slice()) - mu.coordinates();
            if let Some(shift) = family.statistic_shift(&self.rep, &s) {
                step += shift;
            }
            distance = step.iter().fold(distance, |most, x| larger(most, x.magnitude()));
        }
        Ok(Closed {
            orbit_divergence: linear_form(q, &self.rep)?,
            to_upper: family.kl(q, &upper),
            from_upper: family.kl(&upper, q),
            distance,
        })
    }

    /// With `lower ≤ KL(q‖q̄) ≤ upper`; the other direction is what is left of the orbit divergence.
    fn bounded(self, closed: &Closed<T>, lower: T, upper: T) -> Symmetrized<Self, T> {
        let upper = smaller(upper, closed.to_upper);
        // By moments, KL(q̄‖q) = KL(q̄‖q̂) + KL(q̂‖q).
        let least = larger(closed.orbit_divergence - upper, closed.from_upper);
        let most = closed.orbit_divergence - lower;
        let between = |lower: T, upper: T| {
            // Bounds that meet may cross by rounding.
            let lower = larger(lower, T::zero());
            Gap::Between { lower, upper: larger(upper, lower) }
        };
        Symmetrized {
            gaps: Gaps {
                reverse: between(least, most),
                forward: between(lower, upper),
                wasserstein: Gap::Unknown(Why::NotSought),
                orbit_divergence: Gap::Known(closed.orbit_divergence),
            },
            residual: Invariance {
                orbit_divergence: Gap::Known(T::zero()),
                divergence: Gap::Known(T::zero()),
                distance: Gap::Known(closed.distance),
            },
            posterior: self,
        }
    }

    /// The mixture with its gaps, by a sum over the group:
    /// `−ln avg_g e^{−B(q, g_#q)} ≤ KL(q‖q̄) ≤ −ln avg_g e^{−KL(q‖g_#q)}`, with the Bhattacharyya distance
    /// `B(q, p) = min_r ½[KL(r‖q) + KL(r‖p)]` (claim S6); the upper bound is at most `ln |orbit of q|`. The rest is as
    /// [`with_gaps_by_convexity`](Self::with_gaps_by_convexity) says, which this is for more than 2²⁰ elements.
    ///
    /// # Errors
    /// As [`mean_parameter`](Self::mean_parameter), or if rounding leads out of the natural parameter space.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::DiagonalGaussian;
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::PermutationRep;
    /// use equibayes::symmetrize::{Gap, mixture};
    ///
    /// // Two modes that do not overlap: nearly ln 2 nats.
    /// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
    /// let q = DiagonalGaussian::with_variance(&[-9.0, 9.0], &[1.0, 1.0])?;
    /// let found = mixture(&q, &swap)?.with_gaps()?;
    /// let forward = found.gaps.forward;
    /// assert!(forward.lower() > Some(0.693147) && forward.upper() < Some(0.693148));
    /// // Back, the price is high: both together are 162 nats.
    /// assert_eq!(found.gaps.orbit_divergence, Gap::Known(162.0));
    /// assert!(found.gaps.reverse.lower() > Some(161.3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # References
    /// A. Kolchinsky and B. D. Tracey, "Estimating mixture entropy with pairwise distances", 2017.
    pub fn with_gaps(self) -> Result<Symmetrized<Self, T>, FamilyError>
    where
        R::Group: Finite,
    {
        let group = self.rep.group();
        if group.small_order().is_none_or(|order| order > MOST) {
            return self.with_gaps_by_convexity();
        }
        let (q, family) = (&self.posterior, self.posterior.family());
        let (mut overlaps, mut divergences) = (Vec::new(), Vec::new());
        for g in group.elements() {
            let moved = push_forward(q, &self.rep, &g)?;
            overlaps.push(-bhattacharyya(q, &moved)?);
            divergences.push(-family.kl(q, &moved));
        }
        let closed = self.closed()?;
        let (lower, upper) = (-log_mean_exp(&overlaps), -log_mean_exp(&divergences));
        Ok(self.bounded(&closed, lower, upper))
    }
}

/// `−ln ∫ √(qp) = ½[A(η) + A(ζ)] − A(½(η + ζ))`: half of `KL(r‖q) + KL(r‖p)` at the middle `r`, which does not
/// cancel.
fn bhattacharyya<F, T>(q: &Member<F, T>, p: &Member<F, T>) -> Result<T, FamilyError>
where
    F: LogPartition<T>,
    T: Real,
{
    if q.natural() == p.natural() {
        return Ok(T::zero());
    }
    let half = T::ratio(1, 2);
    let middle = (q.natural().coordinates() + p.natural().coordinates()) * half;
    let r = Member::from_natural(q.family().clone(), middle)?;
    Ok(half * (q.family().kl(&r, q) + q.family().kl(&r, p)))
}
