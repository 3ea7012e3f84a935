//! Near-tight instances, sought on purpose, and what they say of mutated bounds.

use super::{CONTROL_MARGIN, Entry, Instance, Mode, Outcome};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A false variant of a bound: its constant smaller, a norm or a factor lost.
///
/// If no instance refutes it, the search cannot tell the bound from the variant: either the bound can be sharpened,
/// or its tight instances are not among those that are drawn.
pub struct Mutation<I: 'static> {
    /// What was changed, in a few words.
    pub name: &'static str,
    /// The check of the variant.
    pub check: fn(&I) -> Outcome,
}

/// How tight instances of a bound are sought.
pub struct Seeking<I: 'static> {
    /// A random instance near another one: a step of the search, which keeps it if it is no less tight.
    pub neighbour: fn(&I, &mut ChaCha8Rng) -> I,
    /// Variants of the bound that tight instances are to refute.
    pub mutations: &'static [Mutation<I>],
    /// How many steps are tried, at most: in a run of few cases, four for each.
    pub steps: usize,
}

/// How many steps a search has for each case.
const STEPS_PER_CASE: usize = 4;

/// What a search for tight instances found.
#[derive(Clone, Debug)]
pub struct Sought {
    /// How many instances were checked.
    pub evaluations: usize,
    /// The largest lhs/rhs, and the instance that has it.
    pub tightest: Option<(f64, String)>,
    /// The largest error/tolerance of the bound itself, which must hold wherever the search goes.
    pub worst: f64,
    /// An instance on which the bound fails.
    pub counterexample: Option<String>,
    /// The variants, and whether they were refuted.
    pub mutations: Vec<Mutated>,
}

/// Whether a variant of a bound was refuted.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutated {
    /// What was changed.
    pub name: &'static str,
    /// By how much the variant was violated at the most, in tolerances.
    pub shown: f64,
    /// The instance that refutes it, by a factor of at least [`CONTROL_MARGIN`] over its tolerance.
    pub witness: Option<String>,
}

impl Mutated {
    /// Whether an instance refutes the variant; if not, the search cannot tell it from the bound.
    pub fn is_refuted(&self) -> bool {
        self.witness.is_some()
    }
}

/// Words for an instance and what was found on it.
pub(super) fn told<I: Instance>(instance: &I, outcome: &Outcome) -> String {
    format!("{instance:?}: {}: {}", outcome.part(), outcome.residual())
}

/// Climbs from the instance with this number to tighter ones, and holds the variants against what it found and, where
/// that is not enough, against the first `cases` instances.
pub(super) fn seek<I: Instance>(
    entry: &Entry<I>,
    seeking: &Seeking<I>,
    seed: u64,
    cases: usize,
    from: usize,
) -> Sought {
    let mut rng = ChaCha8Rng::from_seed(entry.stream(seed, u64::MAX));
    let (mut best, start) = (entry.instance(seed, from), None);
    let mut found = Sought {
        evaluations: 0,
        tightest: start,
        worst: 0.0,
        counterexample: None,
        mutations: vec![],
    };
    let mut height = f64::NEG_INFINITY;
    // A run of few cases is a quick look, and its search is one too.
    let steps = seeking.steps.min(STEPS_PER_CASE * cases);
    for step in 0..=steps {
        let next = if step == 0 { best.clone() } else { (seeking.neighbour)(&best, &mut rng) };
        let outcome = entry.outcome(&next, Mode::Normal);
        found.evaluations += 1;
        let ratio = outcome.residual().ratio();
        if ratio > found.worst {
            found.worst = ratio;
            found.counterexample = (ratio > 1.0).then(|| told(&next, &outcome));
        }
        if let Some(tightness) = outcome.tightness().filter(|&tightness| tightness >= height) {
            (height, best) = (tightness, next);
        }
    }
    if height > f64::NEG_INFINITY {
        found.tightest = Some((height, format!("{best:?}")));
    }
    found.mutations = seeking
        .mutations
        .iter()
        .map(|mutation| hold(entry, mutation, &best, seed, cases))
        .collect();
    found
}

/// Looks for an instance that refutes the variant: the tightest one first.
fn hold<I: Instance>(
    entry: &Entry<I>,
    mutation: &Mutation<I>,
    tightest: &I,
    seed: u64,
    cases: usize,
) -> Mutated {
    let mut mutated = Mutated { name: mutation.name, shown: 0.0, witness: None };
    let drawn = (0..cases).map(|index| entry.instance(seed, index));
    for instance in std::iter::once(tightest.clone()).chain(drawn) {
        let outcome = (mutation.check)(&instance);
        mutated.shown = mutated.shown.max(outcome.residual().violation());
        if mutated.shown >= CONTROL_MARGIN {
            mutated.witness = Some(told(&instance, &outcome));
            break;
        }
    }
    mutated
}

#[cfg(test)]
mod tests {
    use super::super::{
        About, Claim, ClaimReport, Evidence, Feature, Features, Role, Settings, Verdict, run,
    };
    use super::*;
    use proptest::prelude::*;
    use rand::RngExt;

    /// `n (1000 − n) ≤ 250 000`, with equality at 500.
    #[derive(Clone, Debug)]
    struct Number(i64);

    impl Instance for Number {
        fn features(&self) -> Features {
            Features::default().when(true, Feature::Abelian)
        }
    }

    fn product(n: &Number, limit: f64) -> Outcome {
        let product = (n.0 * (1000 - n.0)) as f64;
        Outcome::vacuous().bounded("n (1000 − n) ≤ c", product, limit, 1e-9)
    }

    fn report(check: fn(&Number) -> Outcome) -> ClaimReport {
        let about = About {
            id: "B0.test",
            title: "",
            role: Role::Bound,
            of: None,
            evidence: Evidence::Float,
            statement: "",
            hypotheses: &[],
            tolerance: "",
            covers: &[],
            cost: 1,
        };
        let instances = |_| (0..300_i64).prop_map(Number).boxed();
        let seeking = Seeking {
            neighbour: |n: &Number, rng| Number(n.0 + rng.random_range(-40..=40)),
            mutations: &[
                Mutation { name: "0.999 c", check: |n| product(n, 0.999 * 250_000.0) },
                Mutation { name: "c", check: |n| product(n, 250_000.0) },
            ],
            steps: 500,
        };
        let entry = Entry { about, instances, check, exact: None };
        let claims: Vec<Box<dyn Claim>> = vec![Box::new(entry.sought(seeking))];
        run(&claims, &Settings { cases: 64, ..Settings::default() }).claims.remove(0)
    }

    #[test]
    fn the_search_is_tighter_than_chance_and_tells_what_it_can() {
        let report = report(|n| product(n, 250_000.0));
        assert_eq!(report.verdict, Verdict::Holds);
        let sought = report.sought.unwrap();
        // The start, and four steps for each of the 64 cases.
        assert_eq!(sought.evaluations, 257);
        // No random instance is above 299: 0.84 at the most.
        assert!(report.tightness.unwrap() > 0.9999, "{:?}", report.tightness);
        let [smaller, same] = &sought.mutations[..] else { panic!("{:?}", sought.mutations) };
        assert!(smaller.is_refuted() && !same.is_refuted());
        assert_eq!(same.shown, 0.0);
    }

    /// No drawn instance violates it: the search does.
    #[test]
    fn a_bound_that_fails_where_the_search_goes_fails() {
        let report = report(|n| product(n, 230_000.0));
        assert_eq!(report.verdict, Verdict::Fails);
        assert!(report.witness.unwrap().starts_with("sought: Number("));
    }
}
