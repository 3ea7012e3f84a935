//! S6: the two divergences between a posterior and its orbit mixture, by bounds and in exact sums.

use super::s6_exact;
use super::s6_tables::{Tables, divergence};
use super::setting::shown;
use crate::claim::families::every::stored;
use crate::claim::registry::families::{Classes, FiniteEntry, Spins, every};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, strategy};
use crate::family::{FamilyError, LogPartition, Member};
use crate::law::Residual;
use crate::scalar::Scalar;
use crate::symmetrize::{Gap, Mixture, mixture};
use num_traits::{Float, Zero};
use proptest::strategy::BoxedStrategy;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let claim = About {
        id: "S6.gaps",
        title: "how far the orbit mixture is from the posterior",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "KL(q‖q̄) + KL(q̄‖q) = avg_g KL(q‖g_#q) = KL(q‖q̂) + KL(q̂‖q) = KL(q‖q̃) + KL(q̃‖q); \
                    −ln avg_g e^{−B(q, g_#q)} ≤ KL(q‖q̄) ≤ −ln avg_g e^{−KL(q‖g_#q)} and KL(q‖q̄) ≤ KL(q‖q̂), B the Bhattacharyya \
                    distance; KL(q̄‖q) is between what these leave",
        hypotheses: &[
            "finite group",
            "closed exponential family",
            "checked on every registered family on finitely many points, summed over all of them",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: KINDS,
        cost: 8,
    };
    let control = |id, title, statement, hypotheses| About {
        id,
        of: Some("S6.gaps"),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers: &[Feature::NonFreeOrbit],
        ..claim
    };
    let entry = |about: About, check| -> Box<dyn Claim> {
        Box::new(Entry { about, instances: moved, check, exact: None })
    };
    vec![
        Box::new(Entry {
            about: claim,
            instances: scenes,
            check: every!(finite: |scene| gaps::<E>(scene), E),
            exact: Some(every!(finite: |scene| s6_exact::both_ways::<E>(scene), E)),
        }),
        entry(
            control(
                "S6.gaps-kl-below",
                "divergences in place of Bhattacharyya distances below",
                "−ln avg_g e^{−KL(q‖g_#q)} ≤ KL(q‖q̄)",
                &["B(q, p) ≤ ½ KL(q‖p), and a lower bound by Jensen's inequality needs it"],
            ),
            |scene| shown(below(scene)),
        ),
        entry(
            control(
                "S6.gaps-overlap-above",
                "Bhattacharyya distances in place of divergences above",
                "KL(q‖q̄) ≤ −ln avg_g e^{−B(q, g_#q)}",
                &["E ln ≤ ln E"],
            ),
            |scene| shown(above(scene)),
        ),
        entry(
            control(
                "S6.gaps-any-member",
                "the sum of both divergences for any invariant member",
                "KL(q‖ζ) + KL(ζ‖q) = avg_g KL(q‖g_#q) for every invariant member ζ",
                &["ζ has the average natural parameter or the average mean"],
            ),
            |scene| shown(any_member(scene)),
        ),
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

/// Few points, which everything is summed over.
fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    strategy::scenes_with(4, wanted)
}

/// Points that are moved.
fn moved(_: Option<Feature>) -> BoxedStrategy<Scene> {
    scenes(Some(Feature::NonFreeOrbit))
}

/// The two divergences by sums over all points, `KL(q‖q̄)` and `KL(q̄‖q)`.
fn summed<E: FiniteEntry>(tables: &Tables<E>) -> [Tracked; 2] {
    let (own, mixed) = (&tables.orbit[0], &tables.log_mixture);
    [divergence(own, mixed), divergence(mixed, own)]
}

fn gaps<E: FiniteEntry>(scene: &Scene) -> Result<Outcome, FamilyError> {
    let tables = Tables::<E>::of(scene)?;
    let [forward, reverse] = summed(&tables);
    let found = mixture(&tables.q, &tables.rep).and_then(Mixture::with_gaps)?;
    let by_convexity = mixture(&tables.q, &tables.rep).and_then(Mixture::with_gaps_by_convexity)?;
    let Some(total) = found.gaps.orbit_divergence.known() else {
        return Ok(Outcome::new("the orbit divergence", Residual::failed()));
    };
    let both = |s: [Tracked; 2]| s[0] + s[1];
    let family = tables.q.family();
    let pair = |other: &Member<E::Family, Tracked>| {
        family.kl(&tables.q, other) + family.kl(other, &tables.q)
    };
    let lower = crate::symmetrize::geometric(&tables.q, &tables.rep)?;
    let upper = crate::symmetrize::arithmetic(&tables.q, &tables.rep)?;
    let mut outcome = Outcome::new(
        "KL(q‖q̄) + KL(q̄‖q) = avg_g KL(q‖g_#q)",
        close(&both([forward, reverse]), &total),
    )
    .and("KL(q‖q̂) + KL(q̂‖q) = avg_g KL(q‖g_#q)", close(&pair(&upper), &total))
    .and("KL(q‖q̃) + KL(q̃‖q) = avg_g KL(q‖g_#q)", close(&pair(&lower), &total));
    for (gap, actual, below, above) in [
        (found.gaps.forward, forward, "lower ≤ KL(q‖q̄)", "KL(q‖q̄) ≤ upper"),
        (found.gaps.reverse, reverse, "lower ≤ KL(q̄‖q)", "KL(q̄‖q) ≤ upper"),
        (by_convexity.gaps.forward, forward, "0 ≤ KL(q‖q̄)", "KL(q‖q̄) ≤ KL(q‖q̂)"),
        (by_convexity.gaps.reverse, reverse, "KL(q̂‖q) ≤ KL(q̄‖q)", "KL(q̄‖q) ≤ avg_g KL(q‖g_#q)"),
    ] {
        let Gap::Between { lower, upper } = gap else {
            return Ok(Outcome::new("bounds", Residual::failed()));
        };
        outcome = outcome
            .bounded(below, lower.value(), actual.value(), (lower - actual).bound())
            .bounded(above, actual.value(), upper.value(), (actual - upper).bound());
    }
    Ok(outcome)
}

/// `−ln avg_g e^{−KL(q‖g_#q)}` and the true divergence.
fn pairwise(scene: &Scene) -> Result<(Tracked, Tracked), FamilyError> {
    let tables = Tables::<Classes>::of(scene)?;
    let overlap = |law: &Vec<Tracked>| Float::exp(-divergence(&tables.orbit[0], law));
    let sum = tables.orbit.iter().map(overlap).fold(Tracked::zero(), |sum, x| sum + x);
    let mean = sum / Tracked::count(tables.orbit.len());
    Ok((-Float::ln(mean), summed(&tables)[0]))
}

fn below(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (bound, actual) = pairwise(scene)?;
    let tolerance = (bound - actual).bound();
    Ok(Outcome::vacuous().bounded("lower ≤ KL(q‖q̄)", bound.value(), actual.value(), tolerance))
}

fn above(scene: &Scene) -> Result<Outcome, FamilyError> {
    let tables = Tables::<Classes>::of(scene)?;
    let half = Tracked::ratio(1, 2);
    let overlap = |law: &[Tracked]| {
        law.iter()
            .zip(&tables.orbit[0])
            .fold(Tracked::zero(), |sum, (&a, &b)| sum + Float::exp(half * (a + b)))
    };
    let sum = tables.orbit.iter().fold(Tracked::zero(), |sum, law| sum + overlap(law));
    let bound = -Float::ln(sum / Tracked::count(tables.orbit.len()));
    let actual = summed(&tables)[0];
    let tolerance = (bound - actual).bound();
    Ok(Outcome::vacuous().bounded("KL(q‖q̄) ≤ upper", actual.value(), bound.value(), tolerance))
}

/// The geometric average of another member is invariant, and no average of `q`.
fn any_member(scene: &Scene) -> Result<Outcome, FamilyError> {
    let tables = Tables::<Spins>::of(scene)?;
    let other = stored::<Spins>(scene, Which::P)?;
    let zeta = crate::symmetrize::geometric(&other, &tables.rep)?;
    let family = tables.q.family();
    let sum = family.kl(&tables.q, &zeta) + family.kl(&zeta, &tables.q);
    let total = crate::symmetrize::linear_form(&tables.q, &tables.rep)?;
    Ok(Outcome::new("KL(q‖ζ) + KL(ζ‖q) = avg_g KL(q‖g_#q)", close(&sum, &total)))
}
