//! F1–F3 for every registered family: what holds for exponential families in general.

pub(in crate::claim) use super::super::registry::families::stored;
use super::super::registry::families::{FamilyEntry, every, refuted_by_every};
use super::super::rounding::{Tracked, all_close, close};
use super::super::scene::{EDGE, Scene, Which};
use super::super::{About, Claim, Entry, Feature, Outcome, strategy};
use super::{affine, at_most, control, f1_exact, settle, theorem, violating};
use crate::action::{ClosedUnder, push_forward};
use crate::dual::Dual;
use crate::family::{Coordinates, FamilyError, FisherInformation, LogPartition, Member, bregman};
use crate::group::{AnyElement, AnyGroup, Finite, Group};
use crate::representation::{ActsOn, Representation};
use crate::scalar::dot;
use nalgebra::DVector;
use num_traits::{One, Zero};
use proptest::strategy::{BoxedStrategy, Strategy};

const EVERY: &[&str] = &["every registered exponential family"];
const CLOSED: &[&str] =
    &["finite group", "every registered exponential family, under actions that it is closed under"];
/// Up to the edges of the families' domains.
const NUMBERS: &[Feature] = &[Feature::RepeatedVariances, Feature::DomainEdge];

/// And of actions.
const KINDS: &[Feature] = &[
    Feature::Registered,
    Feature::TrivialGroup,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::KilledOrbit,
    Feature::NonOrthogonal,
    Feature::Rotated,
    Feature::RepeatedVariances,
    Feature::DomainEdge,
];

/// A case goes through all the families.
const COST: usize = 4;

/// Scenes on which every family keeps its digits: at most three coordinates, and scales within a factor of a
/// hundred, but for those near the edges of domains.
fn posed(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(3, wanted)
        .prop_map(move |scene| {
            let most = if wanted == Some(Feature::DomainEdge) { EDGE } else { 1 };
            Scene { spread: scene.spread.min(most), invariant: false, ..scene }
        })
        .boxed()
}

/// As [`posed`], two thirds of those of any kind with a registered representation.
pub(in crate::claim) fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    let scenes = posed(wanted);
    if wanted.is_some() { scenes } else { strategy::under_registered(scenes) }
}

/// Two different members and an element that moves something.
fn distinct(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    violating::distinct(wanted)
        .prop_map(|scene| Scene {
            max_dim: scene.max_dim.min(3),
            spread: scene.spread.min(1),
            invariant: false,
            ..scene
        })
        .boxed()
}

/// A non-abelian group, which moves some of its coordinates.
pub(in crate::claim) fn moving(_: Option<Feature>) -> BoxedStrategy<Scene> {
    scenes(Some(Feature::NonAbelian))
}

/// A non-abelian group, all of which moves coordinates.
fn faithful(_: Option<Feature>) -> BoxedStrategy<Scene> {
    scenes(Some(Feature::NonFreeOrbit))
}

/// Two elements of a group, those of the scene's picks if they do not commute; else others, if any do not.
pub(super) fn elements(scene: &Scene, group: &AnyGroup, commute: bool) -> (AnyElement, AnyElement) {
    let picks = (scene.element_of(group, 0), scene.element_of(group, 1));
    let differ = |g: &AnyElement, h: &AnyElement| group.compose(g, h) != group.compose(h, g);
    if commute || differ(&picks.0, &picks.1) {
        return picks;
    }
    let mut pairs = group.elements().flat_map(|g| group.elements().map(move |h| (g.clone(), h)));
    pairs.find(|(g, h)| differ(g, h)).unwrap_or(picks)
}

/// A statement about closed families in general.
pub(in crate::claim) const fn closed_theorem(
    id: &'static str,
    title: &'static str,
    statement: &'static str,
) -> About {
    costly(theorem(id, title, statement, CLOSED, KINDS))
}

/// As [`closed_theorem`], with a hypothesis dropped.
pub(in crate::claim) const fn closed_control(
    id: &'static str,
    of: &'static str,
    title: &'static str,
    statement: &'static str,
    dropped: &'static [&'static str],
) -> About {
    costly(control(id, of, title, statement, dropped))
}

const fn costly(about: About) -> About {
    About { cost: COST, ..about }
}

pub(super) fn of_f1() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: costly(theorem(
                "F1.derivatives",
                "μ is the gradient of A, and I the derivative of μ: every family",
                "d/dt A(η + tv) = ⟨μ(η), v⟩ and d/dt μ(η + tv) = I(η)v at t = 0, by forward-mode derivatives",
                EVERY,
                NUMBERS,
            )),
            instances: posed,
            check: every!(|scene| derivatives::<E>(scene, Which::Q), E),
            exact: None,
        }),
        Box::new(Entry {
            about: costly(control(
                "F1.derivatives-elsewhere",
                "F1.derivatives",
                "the gradient at another point: every family",
                "d/dt A(η + tv) = ⟨μ(ζ), v⟩ for every ζ",
                &["the gradient is taken at η"],
            )),
            instances: distinct,
            check: refuted_by_every!(|scene| derivatives::<E>(scene, Which::P), E),
            exact: None,
        }),
        Box::new(Entry {
            about: costly(theorem(
                "F1.integrals",
                "μ is the mean of T, I its covariance: every family",
                "∫ q = 1, E T = μ and Cov T = I, by sums, exact cubature, or quadrature with a bound on its error",
                EVERY,
                NUMBERS,
            )),
            instances: posed,
            check: every!(|scene| integrals::<E>(scene, Which::Q), E),
            exact: None,
        }),
        Box::new(Entry {
            about: costly(control(
                "F1.integrals-elsewhere",
                "F1.integrals",
                "the moments of another member: every family",
                "E_p T = μ(η) for every member p",
                &["the expectation is under q_η"],
            )),
            instances: distinct,
            check: refuted_by_every!(|scene| integrals::<E>(scene, Which::P), E),
            exact: None,
        }),
        Box::new(Entry {
            about: costly(theorem(
                "F1.inverses",
                "η ↔ μ is a bijection: every family",
                "η(μ(η)) = η and μ(η(μ)) = μ; ⟨μ(ζ) − μ(η), ζ − η⟩ ≥ 0",
                EVERY,
                NUMBERS,
            )),
            instances: posed,
            check: every!(|scene| inverses::<E>(scene, Which::Q), E),
            exact: Some(|scene| settle(|| f1_exact::inverses(scene, Which::Q))),
        }),
        Box::new(Entry {
            about: costly(control(
                "F1.inverses-elsewhere",
                "F1.inverses",
                "the mean parameter of another member: every family",
                "η(μ(ζ)) = η for every ζ",
                &["the mean parameter belongs to η"],
            )),
            instances: distinct,
            check: refuted_by_every!(|scene| inverses::<E>(scene, Which::P), E),
            exact: Some(|scene| settle(|| f1_exact::inverses(scene, Which::P))),
        }),
    ]
}

pub(super) fn of_f2() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: costly(theorem(
                "F2.divergences",
                "KL is the Bregman divergence of A, and not negative: every family",
                "KL(q_η‖q_ζ) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩ ≥ 0 = KL(q_η‖q_η)",
                EVERY,
                NUMBERS,
            )),
            instances: posed,
            check: every!(|scene| divergences::<E>(scene, false), E),
            exact: None,
        }),
        Box::new(Entry {
            about: costly(control(
                "F2.divergences-swapped",
                "F2.divergences",
                "arguments swapped: every family",
                "KL(q_ζ‖q_η) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩",
                &["the law that is averaged over comes first"],
            )),
            instances: distinct,
            check: refuted_by_every!(|scene| divergences::<E>(scene, true), E),
            exact: None,
        }),
    ]
}

pub(super) fn of_f3() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: costly(theorem(
                "F3.orbits",
                "push-forwards of a closed family: every family",
                "T(ρ(g)θ) = τ(g)T(θ) + c(g); q_{g·η}(ρ(g)θ) = q_η(θ); A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩ (less b(g⁻¹) where the base measure is tilted); μ(g·η) = τ(g)μ(η) + c(g); I(g·η) = τ(g)I(η)τ(g)ᵀ; (gh)·η = g·(h·η)",
                CLOSED,
                KINDS,
            )),
            instances: scenes,
            check: every!(|scene| orbits::<E>(scene, Drop::Nothing), E),
            exact: Some(every!(|scene| affine::orbits::<E>(scene), E)),
        }),
        Box::new(Entry {
            about: costly(control(
                "F3.orbits-no-shift",
                "F3.orbits",
                "a statistic that moves linearly: every family with c ≠ 0",
                "T(ρ(g)θ) = τ(g)T(θ), A(g·η) = A(η) and μ(g·η) = τ(g)μ(η) for every closed family",
                &["c = 0, which minimal categorical families and {0, 1}-statistics of spins lack"],
            )),
            instances: moving,
            check: refuted_by_every!(|scene| orbits::<E>(scene, Drop::Shift), E where E::SHIFTED),
            exact: Some(
                refuted_by_every!(|scene| affine::orbits_without_shift::<E>(scene), E where E::SHIFTED),
            ),
        }),
        Box::new(Entry {
            about: costly(control(
                "F3.orbits-transposed",
                "F3.orbits",
                "natural parameters that move like mean parameters: every family with a skew τ",
                "g·η = τ(g)η for every closed family",
                &["the dual action, which is another where τ is not orthogonal"],
            )),
            instances: |_| scenes(Some(Feature::NonOrthogonal)),
            check: refuted_by_every!(|scene| orbits::<E>(scene, Drop::Dual), E where E::SKEW),
            exact: Some(
                refuted_by_every!(|scene| affine::orbits_undualised::<E>(scene), E where E::SKEW),
            ),
        }),
        Box::new(Entry {
            about: costly(control(
                "F3.orbits-turned-around",
                "F3.orbits",
                "composition the other way round: every family",
                "(gh)·η = h·(g·η) for every group",
                &["the order of the factors, which matters in non-abelian groups"],
            )),
            instances: faithful,
            check: refuted_by_every!(|scene| orbits::<E>(scene, Drop::Order), E),
            exact: Some(refuted_by_every!(|scene| affine::orbits_turned_around::<E>(scene), E)),
        }),
    ]
}

/// A direction in the natural parameter space that is not zero.
fn direction(scene: &Scene, size: usize) -> DVector<Tracked> {
    let v = DVector::from_vec(scene.vector::<Tracked>(Which::P, size));
    if v.iter().all(Tracked::is_zero) { v.map(|_| Tracked::one()) } else { v }
}

fn derivatives<E: FamilyEntry>(scene: &Scene, at: Which) -> Result<Outcome, FamilyError> {
    let (q, other) = (stored::<E>(scene, Which::Q)?, stored::<E>(scene, at)?);
    let (family, eta) = (q.family(), q.natural().coordinates());
    let v = direction(scene, eta.len());
    let (height, mean) = E::differentiable(family, eta.zip_map(&v, Dual::new))?;
    let outcome = Outcome::new(
        "⟨∇A, v⟩ = ⟨μ, v⟩",
        close(&height.slope(), &dot(other.mean_parameter().as_slice(), v.as_slice())),
    );
    Ok(outcome
        .and(
            "∇μ v = Iv",
            all_close(&mean.map(Dual::slope), &(family.fisher_information(&other) * v)),
        )
        .and("A is differentiated", close(&height.value(), &family.log_partition(&q)))
        .and(
            "μ is differentiated",
            all_close(&mean.map(Dual::value), q.mean_parameter().coordinates()),
        ))
}

fn integrals<E: FamilyEntry>(scene: &Scene, under: Which) -> Result<Outcome, FamilyError> {
    let (q, p) = (stored::<E>(scene, Which::Q)?, stored::<E>(scene, under)?);
    let moments = E::moments(&p);
    Ok(Outcome::new("∫ q = 1", close(&moments.total, &Tracked::one()))
        .and("E T = μ", all_close(&moments.mean, q.mean_parameter().coordinates()))
        .and("Cov T = I", all_close(&moments.covariance, &q.family().fisher_information(&q))))
}

fn inverses<E: FamilyEntry>(scene: &Scene, of: Which) -> Result<Outcome, FamilyError> {
    let (q, p) = (stored::<E>(scene, Which::Q)?, stored::<E>(scene, Which::P)?);
    let other = stored::<E>(scene, of)?;
    let (eta, mu) = (q.natural().coordinates(), q.mean_parameter().coordinates());
    let back = Member::from_mean(q.family().clone(), other.mean_parameter().coordinates().clone())?;
    let there = Member::from_natural(q.family().clone(), back.natural().coordinates().clone())?;
    let (step, change) = (p.natural().coordinates() - eta, p.mean_parameter().coordinates() - mu);
    Ok(Outcome::new("η(μ(η)) = η", all_close(back.natural().coordinates(), eta))
        .and("μ(η(μ)) = μ", all_close(there.mean_parameter().coordinates(), mu))
        .and(
            "⟨μ(ζ) − μ(η), ζ − η⟩ ≥ 0",
            at_most(&Tracked::zero(), &dot(step.as_slice(), change.as_slice())),
        ))
}

fn divergences<E: FamilyEntry>(scene: &Scene, swapped: bool) -> Result<Outcome, FamilyError> {
    let (q, p) = (stored::<E>(scene, Which::Q)?, stored::<E>(scene, Which::P)?);
    let family = q.family();
    let kl = if swapped { family.kl(&p, &q) } else { family.kl(&q, &p) };
    Ok(Outcome::new("KL = Bregman", close(&kl, &bregman(family, &q, &p)))
        .and("KL ≥ 0", at_most(&Tracked::zero(), &family.kl(&q, &p)))
        .and("KL(q‖q) = 0", close(&family.kl(&q, &q), &Tracked::zero())))
}

/// What a control leaves out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drop {
    Nothing,
    Shift,
    Dual,
    Order,
}

fn orbits<E: FamilyEntry>(scene: &Scene, drop: Drop) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let (family, group) = (q.family(), rep.group());
    let (g, h) = elements(scene, group, drop != Drop::Order);
    let tau = family.statistic_action(&rep);
    let shift = |g| match drop {
        Drop::Shift => None,
        _ => family.statistic_shift(&rep, g),
    };
    let shifted = |x: DVector<Tracked>, g| match shift(g) {
        Some(c) => x + c,
        None => x,
    };
    let theta: Vec<Tracked> = E::point(scene, family);
    let image = rep.apply(&g, &theta);
    let statistic = family.sufficient_statistic(&theta);
    let moved = match drop {
        Drop::Dual => {
            let eta = tau.apply(&g, q.natural().as_slice());
            // What leaves the parameter space is no push-forward, and shows nothing.
            match Member::from_natural(family.clone(), eta) {
                Ok(moved) => moved,
                Err(_) => return Ok(Outcome::vacuous()),
            }
        }
        _ => push_forward(&q, &rep, &g)?,
    };
    let inverse = group.inverse(&g);
    let back =
        shift(&inverse).map_or(Tracked::zero(), |c| dot(q.natural().as_slice(), c.as_slice()));
    let back = match family.tilt(&rep, &inverse) {
        Some(tilt) => back + tilt.constant,
        None => back,
    };
    let matrix = tau.matrix(&g);
    let information = &matrix * family.fisher_information(&q) * matrix.transpose();
    let at_once = push_forward(&q, &rep, &group.compose(&g, &h))?;
    let (first, last) = if drop == Drop::Order { (&g, &h) } else { (&h, &g) };
    let in_turn = push_forward(&push_forward(&q, &rep, first)?, &rep, last)?;
    Ok(Outcome::new(
        "T(ρθ) = τT(θ) + c",
        all_close(
            &family.sufficient_statistic(image.as_slice()),
            &shifted(tau.apply(&g, statistic.as_slice()), &g),
        ),
    )
    .and(
        "q_{g·η}(ρθ) = q_η(θ)",
        close(&family.log_density(&moved, image.as_slice()), &family.log_density(&q, &theta)),
    )
    .and(
        "A(g·η) = A(η) − ⟨η, c(g⁻¹)⟩ − b(g⁻¹)",
        close(&family.log_partition(&moved), &(family.log_partition(&q) - back)),
    )
    .and(
        "μ(g·η) = τμ(η) + c",
        all_close(
            moved.mean_parameter().coordinates(),
            &shifted(tau.apply(&g, q.mean_parameter().as_slice()), &g),
        ),
    )
    .and("I(g·η) = τIτᵀ", all_close(&family.fisher_information(&moved), &information))
    .and(
        "(gh)·η = g·(h·η)",
        all_close(at_once.natural().coordinates(), in_turn.natural().coordinates()),
    ))
}
