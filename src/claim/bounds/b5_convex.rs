//! B5 (b): the symmetric divergence of a minimiser from its image, for expected losses convex in the mean parameter.

use super::bounded;
use crate::action::{ClosedUnder, push_forward};
use crate::claim::families::every::{closed_control, closed_theorem, moving, scenes, stored};
use crate::claim::registry::families::{FamilyEntry, RepOf, every, refuted_by_every};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Mutation, Outcome, Role, Seeking};
use crate::defect::{prior_defect_bound, symmetric_divergence_bound};
use crate::family::{FamilyError, LogPartition, Member};
use crate::group::{AnyElement, Finite};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation, Reynolds};
use crate::scalar::{Scalar, dot};
use nalgebra::DVector;
use num_traits::{Float, One, Zero};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        role: Role::Bound,
        hypotheses: &[
            "finite group",
            "every registered exponential family, under actions that it is closed under",
            "prior in the family",
            "expected loss invariant, and convex in μ: affine in T (conjugate models), and the squared error of E⟨b, T⟩",
        ],
        ..closed_theorem(
            "B5.convex",
            "the symmetric divergence of a minimiser from its image: every family",
            "KL(q*‖g_#q*) + KL(g_#q*‖q*) ≤ ⟨η_p − g·η_p, μ* − g·μ*⟩, with equality for a loss affine in T, and strictly where the loss is strictly convex between μ* and g·μ*",
        )
    };
    vec![
        Box::new(
            Entry {
                about,
                instances: scenes,
                check: every!(|scene| check::<E>(scene, Variant::Bound), E),
                exact: None,
            }
            .sought(SEEKING),
        ),
        Box::new(Entry {
            about: closed_control(
                "B5.convex-moving-loss",
                "B5.convex",
                "an expected loss that is not invariant: every family",
                "KL(q*‖g_#q*) + KL(g_#q*‖q*) ≤ ⟨η_p − g·η_p, μ* − g·μ*⟩ for every expected loss convex in μ",
                &["the expected loss is not invariant"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| check::<E>(scene, Variant::Loss), E),
            exact: None,
        }),
        Box::new(Entry {
            about: closed_control(
                "B5.convex-concave",
                "B5.convex",
                "a stationary point of an objective whose expected loss is concave: every family",
                "KL(q*‖g_#q*) + KL(g_#q*‖q*) ≤ ⟨η_p − g·η_p, μ* − g·μ*⟩ at every stationary point",
                &["the expected loss is convex in μ"],
            ),
            instances: moving,
            check: refuted_by_every!(|scene| check::<E>(scene, Variant::Concave), E),
            exact: None,
        }),
    ]
}

/// What a control or a mutation changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    Bound,
    Loss,
    Concave,
    NineTenths,
    /// `⟨η_p, μ* − g·μ*⟩`.
    OneSide,
}

const SEEKING: Seeking<Scene> = Seeking {
    neighbour: Scene::nearby,
    mutations: &[
        Mutation {
            name: "0.9 ⟨η_p − g·η_p, μ* − g·μ*⟩",
            check: every!(|scene| check::<E>(scene, Variant::NineTenths), E),
        },
        Mutation {
            name: "⟨η_p, μ* − g·μ*⟩",
            check: every!(|scene| check::<E>(scene, Variant::OneSide), E),
        },
    ],
    // Equality is met at once.
    steps: 8,
};

/// A minimiser, the action, and the numbers of losses.
struct Minimiser<E: FamilyEntry> {
    q: Member<E::Family, Tracked>,
    rep: RepOf<E, Tracked>,
    raw: Vec<Tracked>,
}

impl<E: FamilyEntry> Minimiser<E> {
    /// `∇E(μ*)` for `E = ½ avg_g (⟨b, τ(g)μ + c(g)⟩ − 1)²`: convex, and invariant as an average.
    fn squared_error(&self) -> DVector<Tracked> {
        let (family, group) = (self.q.family(), self.rep.group());
        let tau = family.statistic_action(&self.rep);
        let mu = self.q.mean_parameter().coordinates();
        let (mut sum, mut order) = (DVector::from_element(mu.len(), Tracked::zero()), 0);
        for g in group.elements() {
            let mut moved = tau.apply(&g, mu.as_slice());
            if let Some(shift) = family.statistic_shift(&self.rep, &g) {
                moved += shift;
            }
            let error = dot(&self.raw, moved.as_slice()) - Tracked::one();
            let mut pulled = vec![Tracked::zero(); mu.len()];
            tau.act_transposed(&g, &self.raw, &mut pulled);
            sum += DVector::from_vec(pulled) * error;
            order += 1;
        }
        sum / Tracked::count(order)
    }

    /// The prior for which `q` is stationary, `η_p = η* + N∇E(μ*)`, with the largest weight `N = 1, ½, ¼, …` for which
    /// no coordinate moves by more than 4, and it and its images are parameters; `None` if that leaves nothing.
    fn prior(&self, slope: &DVector<Tracked>, movers: &[AnyElement]) -> Option<Prior<E>> {
        let eta = self.q.natural().coordinates();
        let largest = slope.iter().fold(0.0, |top, x| x.value().abs().max(top));
        (0..60).find_map(|halvings| {
            let weight = f64::from(-halvings).exp2();
            if weight * largest > 4.0 {
                return None;
            }
            let weight = Tracked::exact(weight);
            let family = self.q.family().clone();
            let member = Member::from_natural(family, eta + slope * weight).ok()?;
            let moves = |g: &AnyElement| push_forward(&member, &self.rep, g).is_ok();
            movers.iter().all(moves).then_some((member, weight))
        })
    }

    /// `⟨∇E(μ*) − ∇E(g·μ*), μ* − g·μ*⟩` for the squared error: `avg_h ⟨b, τ(h)(μ* − g·μ*)⟩²`.
    fn gap(&self, step: &DVector<Tracked>) -> Tracked {
        let group = self.rep.group();
        let tau = self.q.family().statistic_action(&self.rep);
        let (mut sum, mut order) = (Tracked::zero(), 0);
        for h in group.elements() {
            let along = dot(&self.raw, tau.apply(&h, step.as_slice()).as_slice());
            sum += along * along;
            order += 1;
        }
        sum / Tracked::count(order)
    }
}

/// A prior, and the weight of the expected loss that it belongs to.
type Prior<E> = (Member<<E as FamilyEntry>::Family, Tracked>, Tracked);

fn check<E: FamilyEntry>(scene: &Scene, variant: Variant) -> Result<Outcome, FamilyError> {
    let (q, rep) = (stored::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
    let raw = scene.vector(Which::P, q.natural().coordinates().len());
    let it = Minimiser::<E> { q, rep, raw };
    let slope = match variant {
        // The gradient of −½⟨η*, μ⟩: data that says what the prior does not.
        Variant::Loss => it.q.natural().coordinates() / -Tracked::count(2),
        Variant::Concave => -it.squared_error(),
        _ => it.squared_error(),
    };
    let tau = it.q.family().statistic_action(&it.rep);
    let affine = Reynolds::of(&tau).project_dual(&it.raw);
    let movers = [0, 1].map(|k| scene.element_of(it.rep.group(), k));
    let mut outcome = Outcome::vacuous();
    if let Some((prior, weight)) = it.prior(&slope, &movers) {
        for g in &movers {
            let [both, bound, gap] = sides(&it, &prior, g, variant)?;
            outcome = bounded(outcome, "KL + KL ≤ ⟨η_p − g·η_p, μ* − g·μ*⟩", &both, &bound);
            if variant == Variant::Bound {
                let residual = close(&(bound - both), &(weight * gap));
                outcome = outcome.and("by N⟨∇E(μ*) − ∇E(g·μ*), μ* − g·μ*⟩", residual);
            }
        }
    }
    if matches!(variant, Variant::Bound | Variant::NineTenths)
        && let Some((prior, _)) = it.prior(&affine, &movers)
    {
        for g in &movers {
            let [both, bound, _] = sides(&it, &prior, g, variant)?;
            outcome = bounded(outcome, "and for an affine loss", &both, &bound);
            if variant == Variant::Bound {
                outcome = outcome.and("equality for an affine loss", close(&both, &bound));
            }
        }
        if variant == Variant::Bound && it.rep.group().elements().count() <= GROUP {
            outcome = of_defect(&it, &prior, outcome)?;
        }
    }
    Ok(outcome)
}

/// Groups up to this order are gone through.
const GROUP: usize = 8;

/// The library's bound on the defect for `D = 1`, by the divergences to which its pairings are equal for an affine loss.
fn of_defect<E: FamilyEntry>(
    it: &Minimiser<E>,
    prior: &Member<E::Family, Tracked>,
    outcome: Outcome,
) -> Result<Outcome, FamilyError> {
    // It is asked for all elements, some of which the prior may not allow.
    let Ok(found) = prior_defect_bound(&it.q, prior, &it.rep, 1.0) else { return Ok(outcome) };
    let (mut sum, mut rounding, mut order) = (Tracked::zero(), 0.0, 0.0);
    for g in it.rep.group().elements() {
        let moved = push_forward(&it.q, &it.rep, &g)?;
        let family = it.q.family();
        let half = (family.kl(&it.q, &moved) + family.kl(&moved, &it.q)) / Tracked::count(2);
        let (quarter, huber) = (half / Tracked::count(2), -Float::exp_m1(-half));
        sum += if quarter < huber { quarter } else { huber };
        order += 1.0;
        // The slope in the pairing is at most ½.
        rounding += 0.5 * symmetric_divergence_bound(&it.q, prior, &it.rep, &g)?.bound();
    }
    let mean = sum / Tracked::exact(order);
    let own = (order + 16.0) * f64::UNIT_ROUNDOFF * found;
    let tolerance = mean.bound() + rounding / order + own;
    let residual = Residual::new((found - mean.value()).abs(), tolerance);
    Ok(outcome.and("the library's bound on the defect", residual))
}

/// `KL(q*‖g_#q*) + KL(g_#q*‖q*)`, the library's bound on it, and the squared error's gap, for one element.
fn sides<E: FamilyEntry>(
    it: &Minimiser<E>,
    prior: &Member<E::Family, Tracked>,
    g: &AnyElement,
    variant: Variant,
) -> Result<[Tracked; 3], FamilyError> {
    let moved = push_forward(&it.q, &it.rep, g)?;
    let family = it.q.family();
    let both = family.kl(&it.q, &moved) + family.kl(&moved, &it.q);
    let step = it.q.mean_parameter().coordinates() - moved.mean_parameter().coordinates();
    let bound = symmetric_divergence_bound(&it.q, prior, &it.rep, g)?;
    let bound = match variant {
        Variant::NineTenths => bound * Tracked::ratio(9, 10),
        Variant::OneSide => dot(prior.natural().as_slice(), step.as_slice()),
        _ => bound,
    };
    Ok([both, bound, it.gap(&step)])
}
