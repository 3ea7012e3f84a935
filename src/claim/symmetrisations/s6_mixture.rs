//! S6: the orbit mixture, on families with finitely many points.

use super::s6_exact;
use super::s6_tables::{Classes, Law, Spins, Tables, exponentials};
use super::setting::{Setting, average, settled, shown};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{FamilyError, FiniteSupport, LogPartition, Member};
use crate::group::{Finite, Group};
use crate::law::Residual;
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;
use crate::symmetrize::geometric;
use nalgebra::DVector;
use num_traits::{Float, Zero};
use proptest::strategy::BoxedStrategy;

/// The claim and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let claim = About {
        id: "S6.mixture",
        title: "the orbit mixture gains the divergence from it, at most ln |orbit|",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "J^G(q) − J^G(q̄) = avg_g KL(g_#q‖q̄) ∈ [0, ln |orbit of q|], F_q̄ = QF_q; q̄ = avg_g g_#q",
        hypotheses: &[
            "finite group",
            "invariant prior",
            "invariant loss",
            "jointly equivariant model (for F_q̄)",
            "checked on Ising spins and categorical laws, summed over all points",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: KINDS,
        cost: 8,
    };
    let control = |id, title, statement, hypotheses, covers| About {
        id,
        of: Some("S6.mixture"),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..claim
    };
    let entry = |about, check| -> Box<dyn Claim> {
        Box::new(Entry { about, instances: scenes, check, exact: None })
    };
    vec![
        Box::new(Entry {
            about: claim,
            instances: scenes,
            check: |scene| {
                settled(check::<Spins>(scene).and_then(|spins| {
                    // One class leaves nothing to chance.
                    if scene.signed().dim() < 2 { Ok(spins) } else { on::<Classes>(scene, spins) }
                }))
            },
            exact: Some(|scene| settled(s6_exact::check(scene, true))),
        }),
        entry(
            control(
                "S6.moving-prior",
                "a prior that is not invariant",
                "J^G(q) − J^G(q̄) = avg_g KL(g_#q‖q̄) for every prior",
                &["the prior is not invariant"],
                &[Feature::NonAbelian],
            ),
            |scene| shown(identity::<Spins>(scene, Law::Raw, Law::Invariant)),
        ),
        entry(
            control(
                "S6.moving-loss",
                "a loss without augmentation",
                "J(q) − J(q̄) = avg_g KL(g_#q‖q̄) with the plain loss",
                &["the loss is not invariant"],
                &[Feature::NonAbelian],
            ),
            |scene| shown(identity::<Spins>(scene, Law::Invariant, Law::Raw)),
        ),
        entry(
            control(
                "S6.half-bound",
                "half of the bound",
                "J^G(q) − J^G(q̄) ≤ ½ ln |orbit of q|",
                &["the orbit may consist of laws that hardly overlap"],
                &[Feature::FreeOrbit],
            ),
            |scene| shown(half::<Classes>(scene)),
        ),
        Box::new(Entry {
            about: control(
                "S6.wrong-side",
                "outputs moved on instead of back",
                "F_q̄(x) = avg_g ρ_Y(g) F_q(ρ_X(g)x)",
                &["ρ_Y(g)⁻¹ in the Reynolds operator of functions"],
                &[Feature::NonAbelian],
            ),
            instances: scenes,
            check: |scene| shown(predictions::<Spins>(scene, false)),
            exact: Some(|scene| shown(s6_exact::check(scene, false))),
        }),
    ]
}

const KINDS: &[Feature] = &[
    Feature::TrivialGroup,
    Feature::Abelian,
    Feature::NonAbelian,
    Feature::FreeOrbit,
    Feature::NonFreeOrbit,
    Feature::SignedOrbit,
    Feature::KilledOrbit,
];

/// Few spins: a table of a model has an entry for every pair of a state and an input.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, wanted)
}

fn prior<S>(scene: &Scene, law: Law) -> Result<Member<S::Family, Tracked>, FamilyError>
where
    S: Setting<Tracked>,
{
    let drawn = S::member(scene, Which::P)?;
    match law {
        Law::Raw => Ok(drawn),
        Law::Invariant => geometric(&drawn, &S::rep(scene)),
    }
}

fn identity<S>(scene: &Scene, of_prior: Law, of_loss: Law) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    let tables = Tables::<S>::of(scene)?;
    let (prior, loss) = (prior::<S>(scene, of_prior)?, tables.table(scene, of_loss));
    let gained = tables.difference(&prior, &loss);
    Ok(Outcome::new("J(q) − J(q̄) = avg_g KL(g_#q‖q̄)", close(&gained, &tables.gain())))
}

/// `ln |orbit|` times a fraction.
fn most<S>(tables: &Tables<S>, share: Tracked) -> Tracked
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    share * Float::ln(Tracked::count(tables.orbit_size()))
}

fn check<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    on::<S>(scene, Outcome::vacuous())
}

/// All parts of the claim, after what was found before.
fn on<S>(scene: &Scene, before: Outcome) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    let tables = Tables::<S>::of(scene)?;
    let (prior, loss) = (prior::<S>(scene, Law::Invariant)?, tables.table(scene, Law::Invariant));
    let (gained, gain) = (tables.difference(&prior, &loss), tables.gain());
    let most = most(&tables, Tracked::count(1));
    // `q̄` is invariant and a law.
    let mixed = exponentials(&tables.log_mixture);
    let total = mixed.iter().fold(Tracked::zero(), |sum, &p| sum + p);
    let mut outcome = before
        .and("J(q) − J(q̄) = avg_g KL(g_#q‖q̄)", close(&gained, &gain))
        .and("Σ q̄ = 1", close(&total, &Tracked::count(1)));
    for move_of in &tables.moves {
        for (i, &image) in move_of.iter().enumerate() {
            let (here, there) = (&tables.log_mixture[i], &tables.log_mixture[image]);
            outcome = outcome.and("q̄ is invariant", close(here, there));
        }
    }
    let outcome = outcome.bounded("0 ≤ J(q) − J(q̄)", -gained.value(), 0.0, gained.bound()).bounded(
        "J(q) − J(q̄) ≤ ln |orbit|",
        gained.value(),
        most.value(),
        (gained - most).bound(),
    );
    Ok(outcome.and("F_q̄ = QF_q", predictions::<S>(scene, true)?.residual()))
}

fn half<S>(scene: &Scene) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    let tables = Tables::<S>::of(scene)?;
    let (gain, most) = (tables.gain(), most(&tables, Tracked::ratio(1, 2)));
    let tolerance = (gain - most).bound();
    Ok(Outcome::vacuous().bounded("gain ≤ ½ ln |orbit|", gain.value(), most.value(), tolerance))
}

/// A random model `Φ(θ, x) ∈ R^n`, made jointly equivariant by averaging, with inputs from the points too
/// and outputs that move as `θ` does: its mean under `q̄` is the Reynolds average of its mean under `q`.
fn predictions<S>(scene: &Scene, back: bool) -> Result<Outcome, FamilyError>
where
    S: Setting<Tracked>,
    S::Family: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    let tables = Tables::<S>::of(scene)?;
    let (group, dim, count) = (tables.rep.group(), tables.rep.dim(), tables.points.len());
    let elements: Vec<_> = group.elements().collect();
    // Any numbers will do, as long as they differ: entry i of f(θ, x).
    let numbers = scene.vector::<Tracked>(Which::Q, 47);
    let raw = |theta: usize, x: usize| -> Vec<Tracked> {
        (0..dim).map(|i| numbers[(theta * count * dim + x * dim + i) % 47]).collect()
    };
    // Φ(θ, x) = avg_h ρ(h)⁻¹ f(ρ(h)θ, ρ(h)x).
    let model = |theta: usize, x: usize| -> Vec<Tracked> {
        let moved: Vec<DVector<Tracked>> = elements
            .iter()
            .zip(&tables.moves)
            .map(|(h, to)| tables.rep.apply(&group.inverse(h), &raw(to[theta], to[x])))
            .collect();
        average(moved.iter().map(DVector::as_slice))
    };
    let mean = |law: &[Tracked], x: usize| -> Vec<Tracked> {
        let mut sum = vec![Tracked::zero(); dim];
        for (theta, &p) in law.iter().enumerate() {
            for (total, value) in sum.iter_mut().zip(model(theta, x)) {
                *total += p * value;
            }
        }
        sum
    };
    let x = scene.picks.first().copied().unwrap_or(0) % count;
    let own = exponentials(&tables.orbit[0]);
    let turned: Vec<DVector<Tracked>> = elements
        .iter()
        .zip(&tables.moves)
        .map(|(g, to)| {
            let output = mean(&own, to[x]);
            let by = if back { group.inverse(g) } else { g.clone() };
            tables.rep.apply(&by, &output)
        })
        .collect();
    let averaged = average(turned.iter().map(DVector::as_slice));
    let mixed = mean(&exponentials(&tables.log_mixture), x);
    let mut worst = Residual::exact(true);
    for (a, b) in mixed.iter().zip(&averaged) {
        worst = worst.worse(close(a, b));
    }
    Ok(Outcome::new("F_q̄ = QF_q", worst))
}
