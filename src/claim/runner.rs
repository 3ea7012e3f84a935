//! Running claims.

use super::entry::STRATIFIED;
use super::report::{ClaimReport, ExactTwin, Report, Verdict};
use super::{Claim, Evidence, Feature, Kinds, Mode, Role};
use rayon::prelude::*;
use std::time::{Duration, Instant};

/// A control's violation must exceed its tolerance by this factor to count as shown: rounding cannot.
pub const CONTROL_MARGIN: f64 = 1e3;

/// From this many cases on, a kind of instance that was never met is a failure.
const COVERAGE_FROM: usize = 64;

/// How many cases one piece of parallel work has, at least.
const CHUNK: usize = 32;

/// How many pieces of work a claim has, at most: what they found is kept until the end, so without a limit
/// the memory of a run would grow with its cases.
const PIECES: usize = 1024;

/// How to run the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The seed of all random instances.
    pub seed: u64,
    /// Random instances per claim (divided by the claim's cost), at least 1; a control runs its first 16
    /// in any case.
    pub cases: usize,
    /// Whether to run the twins in exact arithmetic as well.
    pub exact: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 1, cases: 256, exact: false }
    }
}

/// Runs claims. The same seed gives the same report (but for the times) at any number of threads.
pub fn run(claims: &[Box<dyn Claim>], settings: &Settings) -> Report {
    run_with_progress(claims, settings, |_| {})
}

/// How many cases a claim runs.
fn cases_of(claim: &dyn Claim, settings: &Settings) -> usize {
    let about = claim.about();
    let share = |cases: usize| cases / about.cost.max(1);
    // A control needs one violation, and its first instances are made to have it: however few cases are
    // asked for it runs those, unless they are more than an ordinary run has.
    let least = match about.role {
        Role::Control => STRATIFIED.min(share(Settings::default().cases)),
        _ => 0,
    };
    share(settings.cases).max(least).max(1)
}

/// The number of pieces of work that [`run_with_progress`] reports for these claims.
pub fn work(claims: &[Box<dyn Claim>], settings: &Settings) -> usize {
    claims
        .iter()
        .map(|claim| {
            let twins = usize::from(settings.exact && claim.has_exact_twin());
            cases_of(claim.as_ref(), settings) * (1 + twins)
        })
        .sum()
}

/// What a range of cases of one claim found.
#[derive(Clone)]
struct Tally {
    /// The worst ratio and the first case that had it.
    worst: (f64, usize),
    tightness: Option<f64>,
    unchecked: usize,
    partial: bool,
    kinds: Option<Kinds>,
    hits: Vec<usize>,
    histogram: [usize; ClaimReport::BINS],
    time: Duration,
}

impl Tally {
    fn merge(mut self, other: Self) -> Self {
        if other.worst.0 > self.worst.0 {
            self.worst = other.worst;
        }
        self.tightness = match (self.tightness, other.tightness) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        for (mine, theirs) in self.hits.iter_mut().zip(&other.hits) {
            *mine += theirs;
        }
        for (mine, theirs) in self.histogram.iter_mut().zip(&other.histogram) {
            *mine += theirs;
        }
        self.unchecked += other.unchecked;
        self.partial |= other.partial;
        self.kinds = together(self.kinds, other.kinds);
        self.time += other.time;
        self
    }
}

/// The kinds of subject that either met.
fn together(a: Option<Kinds>, b: Option<Kinds>) -> Option<Kinds> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.and(b)),
        (a, b) => a.or(b),
    }
}

fn tally(claim: &dyn Claim, seed: u64, range: std::ops::Range<usize>, mode: Mode) -> Tally {
    let start = Instant::now();
    let covers = claim.about().covers;
    let mut tally = Tally {
        worst: (f64::NEG_INFINITY, range.start),
        tightness: None,
        unchecked: 0,
        partial: false,
        kinds: None,
        hits: vec![0; covers.len()],
        histogram: [0; ClaimReport::BINS],
        time: Duration::ZERO,
    };
    for index in range {
        let case = claim.case(seed, index, mode);
        let ratio = claim.about().weigh(case.outcome.residual());
        if ratio > tally.worst.0 {
            tally.worst = (ratio, index);
        }
        if let Some(tightness) = case.outcome.tightness() {
            tally.tightness = Some(tally.tightness.map_or(tightness, |old| old.max(tightness)));
        }
        tally.unchecked += usize::from(case.outcome.is_unchecked());
        tally.partial |= case.outcome.is_partial();
        tally.kinds = together(tally.kinds, case.outcome.kinds());
        for (hits, &feature) in tally.hits.iter_mut().zip(covers) {
            *hits += usize::from(case.features.contains(feature));
        }
        tally.histogram[ClaimReport::bin(ratio)] += 1;
    }
    tally.time = start.elapsed();
    tally
}

/// Runs claims, calling `progress` with the number of cases just finished.
pub fn run_with_progress(
    claims: &[Box<dyn Claim>],
    settings: &Settings,
    progress: impl Fn(usize) + Sync,
) -> Report {
    let start = Instant::now();
    // All pieces of all claims go to the pool at once: an expensive claim does not hold up the rest.
    let pieces: Vec<(usize, Mode, std::ops::Range<usize>)> = claims
        .iter()
        .enumerate()
        .flat_map(|(which, claim)| {
            let cases = cases_of(claim.as_ref(), settings);
            let twin = (settings.exact && claim.has_exact_twin()).then_some(Mode::Exact);
            let chunk = CHUNK.max(cases.div_ceil(PIECES));
            [Some(Mode::Normal), twin].into_iter().flatten().flat_map(move |mode| {
                (0..cases)
                    .step_by(chunk)
                    .map(move |first| (which, mode, first..cases.min(first + chunk)))
            })
        })
        .collect();
    let tallies: Vec<Tally> = pieces
        .par_iter()
        .map(|(which, mode, range)| {
            let tally = tally(claims[*which].as_ref(), settings.seed, range.clone(), *mode);
            progress(range.len());
            tally
        })
        .collect();
    let merged = |which: usize, mode: Mode| {
        pieces
            .iter()
            .zip(&tallies)
            .filter(|((w, m, _), _)| (*w, *m) == (which, mode))
            .map(|(_, tally)| tally.clone())
            .reduce(Tally::merge)
    };
    let reports = (0..claims.len())
        .into_par_iter()
        .filter_map(|which| {
            let normal = merged(which, Mode::Normal)?;
            let exact = merged(which, Mode::Exact);
            Some(conclude(claims[which].as_ref(), settings, normal, exact))
        })
        .collect();
    Report { seed: settings.seed, cases: settings.cases, claims: reports, time: start.elapsed() }
}

/// The verdict over a claim's cases, with a witness where there is something to show.
fn conclude(
    claim: &dyn Claim,
    settings: &Settings,
    normal: Tally,
    exact: Option<Tally>,
) -> ClaimReport {
    let about = *claim.about();
    let cases = cases_of(claim, settings);
    let control = about.role == Role::Control;
    // A control is shown by its worst case, with or without rounding, of each kind of subject where there
    // are several; a theorem must hold in both.
    let holds = |tally: &Tally| {
        let every = tally.kinds.is_none_or(|kinds| kinds.unrefuted().is_empty());
        if control { tally.worst.0 >= CONTROL_MARGIN && every } else { tally.worst.0 <= 1.0 }
    };
    let shown_of = |tally: &Tally| {
        tally
            .kinds
            .map(|kinds| format!("refuted on {} of {} kinds", kinds.refuted(), kinds.count()))
    };
    let hits: Vec<(Feature, usize)> =
        about.covers.iter().copied().zip(normal.hits.iter().copied()).collect();
    let starved: Vec<&str> =
        hits.iter().filter(|(_, count)| *count == 0).map(|(feature, _)| feature.text()).collect();
    // A costly claim runs fewer cases; the stratified ones among them have met everything.
    let judged = settings.cases >= COVERAGE_FROM && cases >= STRATIFIED;
    let starvation = (judged && !starved.is_empty())
        .then(|| format!("{cases} cases met none with: {}", starved.join(", ")))
        .or_else(|| {
            // The stratified cases are enough to meet every kind of subject.
            let missing = normal.kinds.filter(|_| cases >= STRATIFIED)?.missing();
            (!missing.is_empty())
                .then(|| format!("{cases} cases met none of the kind: {}", missing.join(", ")))
        });
    let unshown = (control && !holds(&normal)).then(|| match normal.kinds {
        Some(kinds) if normal.worst.0 >= CONTROL_MARGIN => {
            format!("the violation was not shown for: {}", kinds.unrefuted().join(", "))
        }
        _ => format!(
            "the violation was not shown: worst error/tolerance {:.2e}, expected {CONTROL_MARGIN:e}",
            normal.worst.0
        ),
    });
    let twin_fails = exact.as_ref().is_some_and(|tally| !holds(tally));
    let witness = if control == holds(&normal) {
        let witness = claim.witness(settings.seed, normal.worst.1, Mode::Normal);
        // A control that is shown says on how many kinds of subject.
        Some(match shown_of(&normal).filter(|_| control) {
            Some(kinds) => format!("{kinds}; on one of them {witness}"),
            None => witness,
        })
    } else if let (true, Some(tally)) = (twin_fails && !control, &exact) {
        let witness = claim.witness(settings.seed, tally.worst.1, Mode::Exact);
        Some(format!("in exact arithmetic: {witness}"))
    } else {
        None
    };
    let idle = (2 * normal.unchecked > cases)
        .then(|| format!("{} of {cases} cases had nothing to be held against", normal.unchecked));
    let failed = !holds(&normal) || twin_fails || starvation.is_some() || idle.is_some();
    let evidence = match &exact {
        Some(tally) if holds(tally) && !tally.partial => Evidence::Exact,
        _ => about.evidence,
    };
    ClaimReport {
        about,
        evidence,
        cases,
        worst: normal.worst.0,
        // Of a bound: a control's is that of a false statement.
        tightness: normal.tightness.filter(|_| about.role == Role::Bound),
        verdict: if failed { Verdict::Fails } else { Verdict::Holds },
        unchecked: normal.unchecked,
        reason: unshown.or(starvation).or(idle).or_else(|| {
            twin_fails.then(|| match control {
                true => "the violation was not shown in exact arithmetic".into(),
                false => "it fails in exact arithmetic".into(),
            })
        }),
        witness,
        hits,
        histogram: normal.histogram,
        exact: exact.map(|tally| ExactTwin {
            cases,
            whole: !tally.partial,
            verdict: if holds(&tally) { Verdict::Holds } else { Verdict::Fails },
            time: tally.time,
        }),
        time: normal.time,
    }
}
