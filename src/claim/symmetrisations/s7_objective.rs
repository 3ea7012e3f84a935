//! The objective before and after arithmetic averaging: what the entries of S7 check.

use crate::action::ClosedUnder;
use crate::claim::Outcome;
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::family::{FamilyError, LogPartition, Member};
use crate::group::Finite;
use crate::representation::{ActsOn, Reynolds};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::{arithmetic, geometric};
use num_traits::{One, Zero};

/// What a control leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Drop {
    Nothing,
    /// The invariance of the expected loss: without averages over the group.
    Loss,
    /// That of the prior.
    Prior,
}

/// The number of examples.
pub(super) const DATA: usize = 5;

/// Many examples, for controls: against them a divergence is nothing.
const MANY: usize = 1 << 20;

/// A posterior with its arithmetic average, and what their objectives are made of.
struct Step<'a, F, R> {
    scene: &'a Scene,
    q: &'a Member<F, Tracked>,
    rep: &'a R,
    upper: Member<F, Tracked>,
    /// The numbers of losses.
    raw: Vec<Tracked>,
    /// `KL(q‖q̂)`.
    gap: Tracked,
}

impl<F, R> Step<'_, F, R>
where
    F: ClosedUnder<R, Tracked> + LogPartition<Tracked>,
    R: ActsOn<Tracked>,
    R::Group: Finite,
{
    /// `J(q) − J(q̂)` for a loss, a function of `μ`, of so many examples and a prior.
    fn fall(
        &self,
        data: Tracked,
        loss: &dyn Fn(&[Tracked]) -> Tracked,
        prior: &Member<F, Tracked>,
    ) -> Tracked {
        let family = self.q.family();
        let (before, after) = (self.q.mean_parameter(), self.upper.mean_parameter());
        data * (loss(before.as_slice()) - loss(after.as_slice())) + family.kl(self.q, prior)
            - family.kl(&self.upper, prior)
    }

    /// `avg_g (⟨b, τ(g)μ + c(g)⟩ − 1)²`: convex in `μ`, and invariant as an average.
    fn square(&self, mu: &[Tracked]) -> Tracked {
        let (family, group) = (self.q.family(), self.rep.group());
        let tau = family.statistic_action(self.rep);
        let (mut sum, mut order) = (Tracked::zero(), 0);
        for g in group.elements() {
            let mut moved = tau.apply(&g, mu);
            if let Some(shift) = family.statistic_shift(self.rep, &g) {
                moved += shift;
            }
            let error = dot(&self.raw, moved.as_slice()) - Tracked::one();
            sum += error * error;
            order += 1;
        }
        sum / Tracked::count(order)
    }

    /// The bound for a loss of several examples, and of as few that what it gains is small against the divergence:
    /// there the bound is tight.
    fn descends(
        &self,
        outcome: Outcome,
        parts: [&'static str; 2],
        loss: &dyn Fn(&[Tracked]) -> Tracked,
        prior: &Member<F, Tracked>,
    ) -> Outcome {
        let drop = loss(self.q.mean_parameter().as_slice()).value()
            - loss(self.upper.mean_parameter().as_slice()).value();
        let few = self.gap.value() / drop / 32.0;
        let few = if few.is_normal() && few > 0.0 {
            // A power of two, so that it rounds nothing.
            Tracked::exact(few.log2().floor().clamp(-60.0, 0.0).exp2())
        } else {
            Tracked::one()
        };
        [Tracked::count(DATA), few].into_iter().zip(parts).fold(outcome, |outcome, (data, part)| {
            let fall = self.fall(data, loss, prior);
            let tolerance = (self.gap - fall).bound();
            outcome.bounded(part, self.gap.value(), fall.value(), tolerance)
        })
    }
}

/// All parts of the claim, for a posterior and another member; or what is left of it without a hypothesis. `squares`
/// is `E Σθ²` as a function of `μ`, where it is convex and not affine.
pub(super) fn check<F, R>(
    scene: &Scene,
    [q, other]: [&Member<F, Tracked>; 2],
    rep: &R,
    drop: Drop,
    squares: fn(&[Tracked]) -> Option<Tracked>,
) -> Result<Outcome, FamilyError>
where
    F: ClosedUnder<R, Tracked> + LogPartition<Tracked>,
    R: ActsOn<Tracked>,
    R::Group: Finite,
{
    let (family, upper) = (q.family(), arithmetic(q, rep)?);
    let before = q.mean_parameter().as_slice();
    let raw: Vec<Tracked> = scene.vector(Which::P, before.len());
    let gap = family.kl(q, &upper);
    let step = Step { scene, q, rep, upper, raw, gap };
    match drop {
        Drop::Nothing => {}
        Drop::Loss => return step.own_data(&geometric(other, rep)?),
        Drop::Prior => return Ok(step.own_prior()),
    }
    let prior = geometric(other, rep)?;
    let tau = family.statistic_action(rep);
    let a = Reynolds::of(&tau).project_dual(&step.raw);
    let affine = step.fall(Tracked::count(DATA), &|mu| dot(a.as_slice(), mu), &prior);
    let outcome = Outcome::new("affine loss: J(q) − J(q̂) = KL(q‖q̂)", close(&affine, &gap));
    let outcome = step.descends(
        outcome,
        ["squared error: KL(q‖q̂) ≤ J(q) − J(q̂)", "squared error, few examples"],
        &|mu| step.square(mu),
        &prior,
    );
    if squares(before).is_none() {
        return Ok(outcome);
    }
    let parts = ["E Σθ²: KL(q‖q̂) ≤ J(q) − J(q̂)", "E Σθ², few examples"];
    let loss = |mu: &[Tracked]| squares(mu).unwrap_or_else(Tracked::zero);
    Ok(step.descends(outcome, parts, &loss, &prior))
}

impl<F, R> Step<'_, F, R>
where
    F: ClosedUnder<R, Tracked> + LogPartition<Tracked>,
    R: ActsOn<Tracked>,
    R::Group: Finite,
{
    /// `J(q̂) ≤ J(q)` for the squared error `⟨b, μ − μ(q)⟩²`, convex but of data that only `q` fits.
    fn own_data(&self, prior: &Member<F, Tracked>) -> Result<Outcome, FamilyError> {
        let own = self.q.mean_parameter().as_slice();
        let numbers = self.scene.vector::<Tracked>(Which::P, own.len());
        let loss = |mu: &[Tracked]| {
            let error = dot(&numbers, mu) - dot(&numbers, own);
            error * error
        };
        let fall = self.fall(Tracked::count(MANY), &loss, prior);
        Ok(Outcome::vacuous().bounded("J(q̂) ≤ J(q)", -fall.value(), 0.0, fall.bound()))
    }

    /// `J(q̂) ≤ J(q)` without data, for the prior `q`.
    fn own_prior(&self) -> Outcome {
        let family = self.q.family();
        let (before, after) = (family.kl(self.q, self.q), family.kl(&self.upper, self.q));
        let tolerance = (after - before).bound();
        Outcome::vacuous().bounded("J(q̂) ≤ J(q)", after.value(), before.value(), tolerance)
    }
}
