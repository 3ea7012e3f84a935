//! S6: the orbit mixture, on families with finitely many points.

use super::s6_exact;
use super::s6_tables::{Law, Tables, exponentials};
use super::setting::{average, shown};
use crate::claim::families::every::stored;
use crate::claim::registry::families::{Classes, FiniteEntry, every, refuted_by_every};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{FamilyError, Member};
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
            "checked on every registered family on finitely many points, summed over all of them",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: KINDS,
        cost: 16,
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
            check: every!(finite: |scene| check::<E>(scene), E),
            exact: Some(every!(finite: |scene| s6_exact::check::<E>(scene, true), E)),
        }),
        entry(
            control(
                "S6.moving-prior",
                "a prior that is not invariant",
                "J^G(q) − J^G(q̄) = avg_g KL(g_#q‖q̄) for every prior",
                &["the prior is not invariant"],
                &[Feature::NonAbelian],
            ),
            refuted_by_every!(finite: |scene| identity::<E>(scene, Law::Raw, Law::Invariant), E),
        ),
        entry(
            control(
                "S6.moving-loss",
                "a loss without augmentation",
                "J(q) − J(q̄) = avg_g KL(g_#q‖q̄) with the plain loss",
                &["the loss is not invariant"],
                &[Feature::NonAbelian],
            ),
            refuted_by_every!(finite: |scene| identity::<E>(scene, Law::Invariant, Law::Raw), E),
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
            check: refuted_by_every!(finite: |scene| predictions::<E>(scene, false), E),
            exact: Some(refuted_by_every!(finite: |scene| s6_exact::check::<E>(scene, false), E)),
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

/// Few spins: a table of a model has an entry for every pair of a state and an input. Two thirds of those of any
/// kind with a registered representation.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    let scenes = strategy::scenes_with(4, wanted);
    if wanted.is_some() { scenes } else { strategy::under_registered(scenes) }
}

fn prior<E: FiniteEntry>(
    scene: &Scene,
    law: Law,
) -> Result<Member<E::Family, Tracked>, FamilyError> {
    let drawn = stored::<E>(scene, Which::P)?;
    match law {
        Law::Raw => Ok(drawn),
        Law::Invariant => geometric(&drawn, &E::rep::<Tracked>(scene)),
    }
}

fn identity<E: FiniteEntry>(
    scene: &Scene,
    of_prior: Law,
    of_loss: Law,
) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
    let (prior, loss) = (prior::<E>(scene, of_prior)?, tables.table(scene, of_loss));
    let gained = tables.difference(&prior, &loss);
    Ok(Outcome::new("J(q) − J(q̄) = avg_g KL(g_#q‖q̄)", close(&gained, &tables.gain())))
}

/// `ln |orbit|` times a fraction.
fn most<E: FiniteEntry>(tables: &Tables<E>, share: Tracked) -> Tracked {
    share * Float::ln(Tracked::count(tables.orbit_size()))
}

fn check<E: FiniteEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
    let (prior, loss) = (prior::<E>(scene, Law::Invariant)?, tables.table(scene, Law::Invariant));
    let (gained, gain) = (tables.difference(&prior, &loss), tables.gain());
    let most = most(&tables, Tracked::count(1));
    // `q̄` is invariant and a law.
    let mixed = exponentials(&tables.log_mixture);
    let total = mixed.iter().fold(Tracked::zero(), |sum, &p| sum + p);
    let mut outcome = Outcome::new("J(q) − J(q̄) = avg_g KL(g_#q‖q̄)", close(&gained, &gain))
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
    Ok(outcome.and("F_q̄ = QF_q", predictions::<E>(scene, true)?.residual()))
}

fn half<E: FiniteEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
    let (gain, most) = (tables.gain(), most(&tables, Tracked::ratio(1, 2)));
    let tolerance = (gain - most).bound();
    Ok(Outcome::vacuous().bounded("gain ≤ ½ ln |orbit|", gain.value(), most.value(), tolerance))
}

/// A random model `Φ(θ, x) ∈ R^n`, made jointly equivariant by averaging, with inputs from the points too
/// and outputs that move as `θ` does: its mean under `q̄` is the Reynolds average of its mean under `q`.
fn predictions<E: FiniteEntry>(scene: &Scene, back: bool) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
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
