//! S4 and B2: the orbit divergence in closed form, and in three parts.

use super::exact::{self, Gaussian, HalfLog};
use super::rounding::{Estimate, Known, Rounded, U, projection_error, push_error};
use super::setting::{
    DIAGONAL, Diagonal, FULL, Full, Setting, TOLERANCE, control, diagonal_scenes, full_scenes,
    orbit, settled, shown,
};
use crate::action::{ClosedUnder, push_forward};
use crate::claim::enclosed::with_enclosed;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{FamilyError, Member};
use crate::law::Residual;
use crate::representation::{Representation, Reynolds};
use crate::scalar::{Rational, dot};
use crate::symmetrize::{arithmetic, geometric, linear_form, orbit_divergence};
use num_traits::Zero;

/// The claim for both families, each with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "S4.diagonal",
        title: "the orbit divergence splits in three: diagonal Gaussians",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "avg_g KL(q‖g_#q) = ⟨η − P*η, μ⟩ = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃)",
        hypotheses: &["finite group", "diagonal Gaussian", "signed permutations"],
        tolerance: TOLERANCE,
        covers: DIAGONAL,
        cost: 1,
    };
    let full = About {
        id: "S4.full",
        title: "the orbit divergence splits in three: full Gaussians",
        hypotheses: &["finite group", "full Gaussian", "any linear action"],
        covers: FULL,
        cost: 4,
        ..diagonal
    };
    vec![
        Box::new(with_enclosed!(
            Entry {
                about: diagonal,
                instances: diagonal_scenes,
                check: |scene| settled(check::<Diagonal>(scene)),
                exact: Some(|scene| settled(twin::<Diagonal>(scene))),
            },
            super::s4_enclosed::check::<Diagonal>
        )),
        Box::new(with_enclosed!(
            Entry {
                about: control(
                    "S4.diagonal-turned-remainder",
                    "S4.diagonal",
                    "KL(q̃‖q̂) in place of KL(q̂‖q̃)",
                    "avg_g KL(q‖g_#q) = KL(q̃‖q) + KL(q‖q̂) + KL(q̃‖q̂)",
                    &["the last divergence is turned around"],
                    &[Feature::NonAbelian],
                ),
                instances: diagonal_scenes,
                check: |scene| shown(turned::<Diagonal>(scene)),
                exact: Some(|scene| shown(turned_twin::<Diagonal>(scene))),
            },
            super::s4_enclosed::turned::<Diagonal>
        )),
        Box::new(Entry {
            about: control(
                "S4.diagonal-subset",
                "S4.diagonal",
                "an average over a subset that is no subgroup",
                "avg_{g∈S} KL(q‖g_#q) = KL(q̃‖q) + KL(q‖q̂) + KL(q̂‖q̃) for every subset S of the group",
                &["the average is over a subset"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(subset::<Diagonal>(scene)),
            exact: Some(|scene| shown(subset_twin::<Diagonal>(scene))),
        }),
        Box::new(with_enclosed!(
            Entry {
                about: full,
                instances: full_scenes,
                check: |scene| settled(check::<Full>(scene)),
                exact: Some(|scene| settled(twin::<Full>(scene))),
            },
            super::s4_enclosed::check::<Full>
        )),
        Box::new(with_enclosed!(
            Entry {
                about: About {
                    cost: 4,
                    ..control(
                        "S4.full-turned-remainder",
                        "S4.full",
                        "KL(q̃‖q̂) in place of KL(q̂‖q̃)",
                        "avg_g KL(q‖g_#q) = KL(q̃‖q) + KL(q‖q̂) + KL(q̃‖q̂)",
                        &["the last divergence is turned around"],
                        &[Feature::NonOrthogonal],
                    )
                },
                instances: full_scenes,
                check: |scene| shown(turned::<Full>(scene)),
                exact: Some(|scene| shown(turned_twin::<Full>(scene))),
            },
            super::s4_enclosed::turned::<Full>
        )),
        Box::new(Entry {
            about: About {
                cost: 4,
                ..control(
                    "S4.full-p-for-p-star",
                    "S4.full",
                    "P in place of P*",
                    "avg_g KL(q‖g_#q) = ⟨η − Pη, μ⟩",
                    &["P for P*, which are equal for orthogonal actions on the statistic only"],
                    &[Feature::NonOrthogonal],
                )
            },
            instances: full_scenes,
            check: |scene| shown(wrong_side(scene)),
            exact: Some(|scene| shown(wrong_side_twin(scene))),
        }),
    ]
}

/// A member with its two averages.
struct Averages<F: Rounded> {
    q: Known<F>,
    lower: Known<F>,
    upper: Known<F>,
    reynolds: Reynolds<f64>,
}

impl<F: Rounded> Averages<F> {
    fn of<S>(scene: &Scene, rep: &S::Rep) -> Result<Self, FamilyError>
    where
        S: Setting<f64, Family = F>,
        F: ClosedUnder<S::Rep, f64>,
    {
        let stored = S::member(scene, Which::Q)?;
        let family = stored.family().clone();
        let reynolds = Reynolds::of(&family.statistic_action(rep));
        // What is stored as natural parameters is q.
        let eta = stored.natural().coordinates().clone();
        let q = Known::given(Member::from_natural(family, eta)?);
        let lower = q.geometric(geometric(&q.member, rep)?, &reynolds);
        let upper = q.arithmetic(arithmetic(&q.member, rep)?, &reynolds);
        Ok(Self { q, lower, upper, reynolds })
    }

    /// `avg KL(q ‖ g_#q)` over some members of the orbit.
    fn average(&self, moved: Vec<Member<F>>, pushed: f64) -> Estimate {
        let divergences: Vec<Estimate> =
            moved.into_iter().map(|member| self.q.kl(&Known::moved(member, pushed))).collect();
        Estimate::average(&divergences)
    }

    /// `⟨a, b⟩` for the `a` and `b` that approximate `η − P*η` and `μ − Pμ`: the errors of the two
    /// projections and differences, those of `μ`, and the rounding of a dot product.
    fn pairing(&self, value: f64) -> Estimate {
        let eta = self.q.member.natural().as_slice();
        let mu = self.q.member.mean_parameter().as_slice();
        let eta_error = projection_error(&self.reynolds, eta, true);
        let mu_error = projection_error(&self.reynolds, mu, false);
        let own = self.q.mean_parameter_error();
        let (averaged, projected) = (self.reynolds.project_dual(eta), self.reynolds.project(mu));
        let units: f64 = (0..eta.len())
            .map(|i| {
                let (a, b) = ((eta[i] - averaged[i]).abs(), (mu[i] - projected[i]).abs());
                let (off_a, off_b) = (eta_error[i] + a, mu_error[i] + own[i] + b);
                a * off_b + b * off_a + U * off_a * off_b + (eta.len() + 1) as f64 * a * b
            })
            .sum();
        Estimate::new(value, units)
    }

    fn split(&self) -> Estimate {
        self.lower.kl(&self.q) + self.q.kl(&self.upper) + self.upper.kl(&self.lower)
    }
}

fn check<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Rounded,
{
    let rep = S::rep(scene);
    let averages = Averages::<S::Family>::of::<S>(scene, &rep)?;
    let q = &averages.q;
    let pushed = push_error(S::shear(&rep), rep.dim(), q.member.natural().as_slice());
    let enumerated = averages.average(orbit::<S, f64>(&q.member, &rep)?, pushed);
    let library = orbit_divergence(&q.member, &rep)?;
    let closed = averages.pairing(library.total);
    let split = averages.split();
    let parts = library.geometric_gap == averages.lower.kl(q).value
        && library.arithmetic_gap == q.kl(&averages.upper).value
        && library.remainder == averages.upper.kl(&averages.lower).value;
    Ok(Outcome::new("avg_g KL(q‖g_#q) = ⟨η − P*η, μ⟩", enumerated.agrees(closed))
        .and("in three parts", enumerated.agrees(split))
        .and("closed form in three parts", closed.agrees(split))
        .and("the parts that are reported", Residual::exact(parts)))
}

/// The orbit with the divergences from `q`. Their logarithms vanish one by one: `|det ρ(g)| = 1`.
fn average_exactly<S>(
    q: &Member<S::Family, Rational>,
    rep: &S::Rep,
) -> Result<Option<HalfLog>, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let moved = orbit::<S, Rational>(q, rep)?;
    let sum = moved.iter().fold(HalfLog::zero(), |sum, member| sum + exact::kl(q, member));
    Ok(sum.over(moved.len()))
}

fn twin<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let rep = S::rep(scene);
    let q = S::member(scene, Which::Q)?;
    let (lower, upper) = (geometric(&q, &rep)?, arithmetic(&q, &rep)?);
    let enumerated = average_exactly::<S>(&q, &rep)?;
    let split = exact::kl(&lower, &q) + exact::kl(&q, &upper) + exact::kl(&upper, &lower);
    let closed = HalfLog::rational(linear_form(&q, &rep)?);
    // As it stands in the theorem, with μ for μ − Pμ.
    let (eta, mu) = (q.natural().coordinates(), q.mean_parameter().as_slice());
    let plain = dot((eta - lower.natural().coordinates()).as_slice(), mu);
    Ok(Outcome::new("closed form = three parts", Residual::exact(closed == split))
        .and("enumeration = closed form", Residual::exact(enumerated.as_ref() == Some(&closed)))
        .and("enumeration = three parts", Residual::exact(enumerated == Some(split)))
        .and("⟨η − P*η, μ⟩", Residual::exact(closed == HalfLog::rational(plain)))
        .and("not negative", Residual::exact(linear_form(&q, &rep)? >= Rational::zero())))
}

fn turned<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Rounded,
{
    let rep = S::rep(scene);
    let averages = Averages::<S::Family>::of::<S>(scene, &rep)?;
    let (q, lower, upper) = (&averages.q, &averages.lower, &averages.upper);
    let closed = averages.pairing(linear_form(&q.member, &rep)?);
    let wrong = lower.kl(q) + q.kl(upper) + lower.kl(upper);
    Ok(Outcome::new("in three parts", closed.agrees(wrong)))
}

fn turned_twin<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let rep = S::rep(scene);
    let q = S::member(scene, Which::Q)?;
    let (lower, upper) = (geometric(&q, &rep)?, arithmetic(&q, &rep)?);
    let wrong = exact::kl(&lower, &q) + exact::kl(&q, &upper) + exact::kl(&lower, &upper);
    let same = HalfLog::rational(linear_form(&q, &rep)?) == wrong;
    Ok(Outcome::new("in three parts", Residual::exact(same)))
}

fn subset<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<f64>,
    S::Family: Rounded,
{
    let rep = S::rep(scene);
    let averages = Averages::<S::Family>::of::<S>(scene, &rep)?;
    let q = &averages.q.member;
    let pushed = push_error(S::shear(&rep), rep.dim(), q.natural().as_slice());
    let few =
        [push_forward(q, &rep, &scene.element(0))?, push_forward(q, &rep, &scene.element(1))?];
    let partial = averages.average(few.to_vec(), pushed);
    Ok(Outcome::new("in three parts", partial.agrees(averages.split())))
}

fn subset_twin<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Rational>,
    S::Family: Gaussian,
{
    let (rep, q) = (S::rep(scene), S::member(scene, Which::Q)?);
    let mut sum = HalfLog::zero();
    for k in 0..2 {
        sum = sum + exact::kl(&q, &push_forward(&q, &rep, &scene.element(k))?);
    }
    let closed = HalfLog::rational(linear_form(&q, &rep)?);
    Ok(Outcome::new("in three parts", Residual::exact(sum.over(2) == Some(closed))))
}

fn wrong_side_twin(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<Rational>>::rep(scene);
    let q = <Full as Setting<Rational>>::member(scene, Which::Q)?;
    let tau = ClosedUnder::<_, Rational>::statistic_action(q.family(), &rep);
    let wrong = q.natural().coordinates() - Reynolds::of(&tau).project(q.natural().as_slice());
    let same = dot(wrong.as_slice(), q.mean_parameter().as_slice()) == linear_form(&q, &rep)?;
    Ok(Outcome::new("⟨η − Pη, μ⟩", Residual::exact(same)))
}

fn wrong_side(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = <Full as Setting<f64>>::rep(scene);
    let averages = Averages::of::<Full>(scene, &rep)?;
    let q = &averages.q.member;
    let (eta, mu) = (q.natural().as_slice(), q.mean_parameter().as_slice());
    let wrong = q.natural().coordinates() - averages.reynolds.project(eta);
    let own = averages.q.mean_parameter_error();
    let errors = projection_error(&averages.reynolds, eta, false);
    let units: f64 = (0..eta.len())
        .map(|i| {
            (errors[i] + wrong[i].abs()) * (mu[i].abs() + U * own[i])
                + wrong[i].abs() * (own[i] + (eta.len() + 1) as f64 * mu[i].abs())
        })
        .sum();
    let value = Estimate::new(dot(wrong.as_slice(), mu), units);
    Ok(Outcome::new("⟨η − Pη, μ⟩", value.agrees(averages.split())))
}
