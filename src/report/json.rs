//! Reports as JSON.
//!
//! Every number is finite: JSON has no infinity, so an infinite `worst` (any error at all against a
//! tolerance of zero) is written as the largest finite number, `1.7976931348623157e308`. The same seed
//! gives the same text but for the fields named `seconds`, at any number of threads.

use super::Build;
use crate::claim::{self, About, Claim, ClaimReport, Mutated, Report, Role};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Run<'a> {
    #[serde(rename = "crate")]
    name: &'a str,
    version: &'a str,
    commit: Option<&'a str>,
    rustc: &'a str,
    features: &'a [&'static str],
    seed: u64,
    cases: usize,
    verdict: String,
    seconds: f64,
    claims: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    title: &'a str,
    role: String,
    of: Option<&'a str>,
    evidence: String,
    cases: usize,
    worst: f64,
    tightness: Option<f64>,
    verdict: String,
    seconds: f64,
    witness: Option<&'a str>,
    /// Cases in which some part had an infinite tolerance, and so nothing to be held against.
    unchecked: usize,
    reason: Option<&'a str>,
    statement: &'a str,
    hypotheses: &'a [&'static str],
    tolerance: &'a str,
    /// How often each kind of instance was met.
    hits: BTreeMap<&'static str, usize>,
    histogram: Histogram,
    exact: Option<Twin>,
    enclosed: Option<Twin>,
    /// How many instances a search for tight ones checked, and the tightest.
    sought: Option<Sought<'a>>,
    /// False variants of a bound: whether the search could tell them from it.
    mutations: Vec<Mutation<'a>>,
    /// What a statistical check declared in advance: `cases` is 1 for it, one test of `n` repetitions.
    statistical: Option<Statistical>,
    /// Fitted slopes, where the claim is about rates.
    rates: Vec<Rate>,
    reproduce: String,
}

#[derive(Serialize)]
struct Sought<'a> {
    evaluations: usize,
    tightness: Option<f64>,
    instance: Option<&'a str>,
}

#[derive(Serialize)]
struct Mutation<'a> {
    name: &'a str,
    verdict: &'static str,
    /// By how much it was violated, in tolerances.
    shown: f64,
    witness: Option<&'a str>,
}

#[derive(Serialize)]
struct Statistical {
    alpha: f64,
    n: usize,
    power: f64,
    /// What the power is against.
    alternative: &'static str,
}

impl Statistical {
    fn of(design: claim::Design) -> Self {
        let claim::Design { alpha, repetitions, alternative, .. } = design;
        Self { alpha, n: repetitions, power: design.power(), alternative }
    }
}

/// A line through `ln y` over `ln x`.
#[derive(Serialize)]
struct Rate {
    name: &'static str,
    x: &'static str,
    y: &'static str,
    window: [f64; 2],
    points: Vec<Point>,
    slope: f64,
    /// Of the slope of the line through the true values.
    interval: [f64; 2],
    expected: f64,
    /// By how much the slope over the window may differ from the expected limit.
    allowance: f64,
    /// How wide the interval may be.
    widest: f64,
}

#[derive(Serialize)]
struct Point {
    x: f64,
    y: f64,
    low: f64,
    high: f64,
}

impl Rate {
    fn of(rate: &claim::Rate) -> Self {
        let (first, last) = rate.window();
        let (low, high) = rate.interval;
        let point = |point: &claim::RatePoint| {
            let claim::RatePoint { x, y, low, high } = *point;
            Point { x, y: finite(y), low: finite(low), high: finite(high) }
        };
        Self {
            name: rate.name,
            x: rate.x,
            y: rate.y,
            window: [first, last],
            points: rate.points.iter().map(point).collect(),
            slope: finite(rate.slope),
            interval: [finite(low), finite(high)],
            expected: rate.expected,
            allowance: rate.allowance,
            widest: rate.widest,
        }
    }
}

/// How error/tolerance is spread: `counts[i]` cases are at most `at_most[i]` and above the edge before;
/// the last count has no edge.
#[derive(Serialize)]
struct Histogram {
    at_most: Vec<f64>,
    counts: Vec<usize>,
}

#[derive(Serialize)]
struct Twin {
    cases: usize,
    /// Whether it checks the whole statement, or only the parts without logarithms and square roots.
    whole: bool,
    /// Cases in which intervals overlapped, and nothing was proved.
    undecided: usize,
    verdict: String,
    seconds: f64,
}

impl Twin {
    fn of(twin: &claim::Twin) -> Self {
        Self {
            cases: twin.cases,
            whole: twin.whole,
            undecided: twin.undecided,
            verdict: twin.verdict.to_string(),
            seconds: twin.time.as_secs_f64(),
        }
    }
}

#[derive(Serialize)]
struct List<'a> {
    #[serde(rename = "crate")]
    name: &'a str,
    version: &'a str,
    claims: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    role: String,
    of: Option<&'a str>,
    evidence: String,
    exact_twin: bool,
    enclosed_twin: bool,
    statistical: Option<Statistical>,
    statement: &'a str,
    hypotheses: &'a [&'static str],
    tolerance: &'a str,
    covers: Vec<&'static str>,
    cost: usize,
}

/// The nearest number that JSON has.
fn finite(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX)
}

fn entry<'a>(claim: &'a ClaimReport, seed: u64) -> Entry<'a> {
    let About { id, title, role, of, statement, hypotheses, tolerance, .. } = claim.about;
    Entry {
        id,
        title,
        role: role.to_string(),
        of,
        evidence: claim.evidence.to_string(),
        cases: claim.cases,
        worst: finite(claim.worst),
        tightness: claim.tightness.filter(|_| role == Role::Bound),
        verdict: claim.verdict.to_string(),
        seconds: claim.time.as_secs_f64(),
        witness: claim.witness.as_deref(),
        unchecked: claim.unchecked,
        reason: claim.reason.as_deref(),
        statement,
        hypotheses,
        tolerance,
        hits: claim.hits.iter().map(|(feature, hits)| (feature.text(), *hits)).collect(),
        histogram: Histogram {
            at_most: ClaimReport::BIN_EDGES[..ClaimReport::BINS - 1].to_vec(),
            counts: claim.histogram.to_vec(),
        },
        exact: claim.exact.as_ref().map(Twin::of),
        enclosed: claim.enclosed.as_ref().map(Twin::of),
        sought: claim.sought.as_ref().map(|sought| Sought {
            evaluations: sought.evaluations,
            tightness: sought.tightest.as_ref().map(|(tightness, _)| *tightness),
            instance: sought.tightest.as_ref().map(|(_, instance)| instance.as_str()),
        }),
        mutations: claim.sought.iter().flat_map(|sought| &sought.mutations).map(mutation).collect(),
        statistical: claim.statistical.map(Statistical::of),
        rates: claim.rates.iter().map(Rate::of).collect(),
        reproduce: claim.reproduce(seed),
    }
}

fn mutation(mutated: &Mutated) -> Mutation<'_> {
    Mutation {
        name: mutated.name,
        verdict: if mutated.is_refuted() { "refuted" } else { "cannot tell" },
        shown: finite(mutated.shown),
        witness: mutated.witness.as_deref(),
    }
}

/// A value as JSON, with a line break at the end.
fn written(value: &impl Serialize) -> String {
    match serde_json::to_string_pretty(value) {
        Ok(text) => text + "\n",
        Err(error) => unreachable!("maps with text for keys, and numbers, are JSON: {error}"),
    }
}

/// A run.
///
/// # Examples
/// ```
/// use equibayes::claim::{Settings, run, select};
/// use equibayes::report::{Build, json};
///
/// let run = run(&select(&["A3"])?, &Settings { cases: 16, ..Settings::default() });
/// let text = json::run(&run, &Build::of_this_crate());
/// let value: serde_json::Value = serde_json::from_str(&text)?;
/// assert_eq!(value["verdict"], "holds");
/// assert_eq!(value["claims"][0]["cases"], 16);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(report: &Report, build: &Build) -> String {
    written(&Run {
        name: build.name,
        version: build.version,
        commit: build.commit.as_deref(),
        rustc: &build.rustc,
        features: &build.features,
        seed: report.seed,
        cases: report.cases,
        verdict: report.verdict().to_string(),
        seconds: report.time.as_secs_f64(),
        claims: report.claims.iter().map(|claim| entry(claim, report.seed)).collect(),
    })
}

/// The list of claims.
pub fn catalogue(claims: &[Box<dyn Claim>], build: &Build) -> String {
    let claims = claims
        .iter()
        .map(|claim| {
            let about = claim.about();
            Listed {
                id: about.id,
                title: about.title,
                role: about.role.to_string(),
                of: about.of,
                evidence: about.evidence.to_string(),
                exact_twin: claim.has_exact_twin(),
                enclosed_twin: claim.has_enclosed_twin(),
                statistical: claim.design().map(Statistical::of),
                statement: about.statement,
                hypotheses: about.hypotheses,
                tolerance: about.tolerance,
                covers: about.covers.iter().map(|feature| feature.text()).collect(),
                cost: about.cost,
            }
        })
        .collect();
    written(&List { name: build.name, version: build.version, claims })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use serde_json::Value;

    fn value(report: &Report) -> Value {
        serde_json::from_str(&run(report, &Build::of_this_crate())).unwrap()
    }

    #[test]
    fn an_infinite_worst_is_the_largest_number() {
        let value = value(&sample::holding());
        assert_eq!(value["claims"][1]["worst"].as_f64(), Some(f64::MAX));
        assert_eq!(value["claims"][0]["worst"].as_f64(), Some(0.0));
    }

    #[test]
    fn only_bounds_have_a_tightness() {
        let mut report = sample::holding();
        report.claims[0].tightness = Some(0.5);
        let value = value(&report);
        assert_eq!(value["claims"][0]["tightness"], Value::Null);
        assert_eq!(value["claims"][2]["tightness"].as_f64(), Some(0.998));
    }

    #[test]
    fn what_was_declared_and_what_was_fitted() {
        let mut report = sample::statistical();
        report.claims[0].rates[0].points[0].high = f64::INFINITY;
        let value = value(&report);
        let claim = &value["claims"][0];
        assert_eq!(claim["statistical"]["n"], 4096);
        assert_eq!(claim["statistical"]["alpha"].as_f64(), Some(1e-8));
        assert_eq!(claim["statistical"]["power"].as_f64(), Some(1.0 - 1e-6));
        let rate = &claim["rates"][0];
        assert_eq!(rate["window"], serde_json::json!([16.0, 64.0]));
        assert_eq!(rate["points"][0]["high"].as_f64(), Some(f64::MAX));
        assert_eq!(rate["interval"], serde_json::json!([-1.1, -0.9]));
    }

    #[test]
    fn a_failure_shows() {
        let value = value(&sample::failing());
        assert_eq!(value["verdict"], "fails");
        assert_eq!(value["claims"][0]["verdict"], "fails");
        assert_eq!(value["claims"][0]["witness"], "Scene { x: \"<&>\" }");
        assert_eq!(value["claims"][3]["reason"], "the violation was not shown");
        assert_eq!(value["claims"][3]["of"], "S5.chain");
    }
}
