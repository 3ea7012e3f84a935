//! Running claims.

use super::entry::STRATIFIED;
use super::report::{ClaimReport, Report, Twin, Verdict};
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
    /// Whether to run the twins in directed rounding as well.
    pub enclosed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seed: 1, cases: 256, exact: false, enclosed: false }
    }
}

/// Runs claims. The same seed gives the same report (but for the times) at any number of threads.
pub fn run(claims: &[Box<dyn Claim>], settings: &Settings) -> Report {
    run_with_progress(claims, settings, |_| {})
}

/// How many cases a claim runs.
fn cases_of(claim: &dyn Claim, settings: &Settings) -> usize {
    let about = claim.about();
    // What a statistical check draws was declared beforehand.
    if let Some(design) = claim.design() {
        return design.cases;
    }
    let share = |cases: usize| cases / about.cost.max(1);
    // A control needs one violation, and its first instances are made to have it: however few cases are
    // asked for it runs those, unless they are more than an ordinary run has.
    let least = match about.role {
        Role::Control => STRATIFIED.min(share(Settings::default().cases)),
        _ => 0,
    };
    share(settings.cases).max(least).max(1)
}

/// The checks of a claim that are run.
fn modes(claim: &dyn Claim, settings: &Settings) -> impl Iterator<Item = Mode> {
    let exact = (settings.exact && claim.has_exact_twin()).then_some(Mode::Exact);
    let enclosed = (settings.enclosed && claim.has_enclosed_twin()).then_some(Mode::Enclosed);
    [Some(Mode::Normal), exact, enclosed].into_iter().flatten()
}

/// The number of pieces of work that [`run_with_progress`] reports for these claims.
pub fn work(claims: &[Box<dyn Claim>], settings: &Settings) -> usize {
    claims
        .iter()
        .map(|claim| cases_of(claim.as_ref(), settings) * modes(claim.as_ref(), settings).count())
        .sum()
}

/// What a range of cases of one claim found.
#[derive(Clone)]
struct Tally {
    /// The worst ratio and the first case that had it.
    worst: (f64, usize),
    /// The largest tightness and the first case that had it.
    tightest: Option<(f64, usize)>,
    unchecked: usize,
    vacuous: usize,
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
        self.tightest = tighter(self.tightest, other.tightest);
        for (mine, theirs) in self.hits.iter_mut().zip(&other.hits) {
            *mine += theirs;
        }
        for (mine, theirs) in self.histogram.iter_mut().zip(&other.histogram) {
            *mine += theirs;
        }
        self.unchecked += other.unchecked;
        self.vacuous += other.vacuous;
        self.partial |= other.partial;
        self.kinds = together(self.kinds, other.kinds);
        self.time += other.time;
        self
    }
}

/// The tighter of two, the first of equals.
fn tighter(a: Option<(f64, usize)>, b: Option<(f64, usize)>) -> Option<(f64, usize)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.0 > a.0 { b } else { a }),
        (a, b) => a.or(b),
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
        tightest: None,
        unchecked: 0,
        vacuous: 0,
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
        let tightness = case.outcome.tightness().map(|tightness| (tightness, index));
        tally.tightest = tighter(tally.tightest, tightness);
        tally.unchecked += usize::from(case.outcome.is_unchecked());
        // What had nothing to check has met nothing.
        let vacuous = case.outcome.is_vacuous();
        tally.vacuous += usize::from(vacuous);
        tally.partial |= case.outcome.is_partial();
        tally.kinds = together(tally.kinds, case.outcome.kinds());
        for (hits, &feature) in tally.hits.iter_mut().zip(covers) {
            *hits += usize::from(!vacuous && case.features.contains(feature));
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
            let chunk = CHUNK.max(cases.div_ceil(PIECES));
            modes(claim.as_ref(), settings).flat_map(move |mode| {
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
            let twins = [Mode::Exact, Mode::Enclosed].map(|mode| merged(which, mode));
            Some(conclude(claims[which].as_ref(), settings, normal, twins))
        })
        .collect();
    Report { seed: settings.seed, cases: settings.cases, claims: reports, time: start.elapsed() }
}

/// The verdict over a claim's cases, with a witness where there is something to show.
fn conclude(
    claim: &dyn Claim,
    settings: &Settings,
    normal: Tally,
    [exact, enclosed]: [Option<Tally>; 2],
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
    let failing = [(Mode::Exact, &exact), (Mode::Enclosed, &enclosed)].into_iter().find_map(
        |(mode, tally)| {
            tally.as_ref().filter(|tally| !holds(tally)).map(|tally| (mode, tally.worst.1))
        },
    );
    // The search starts from the tightest case, and cannot make good what has failed already.
    let from = normal.tightest.map_or(0, |(_, index)| index);
    let sought = holds(&normal).then(|| claim.seek(settings.seed, cases, from)).flatten();
    let counterexample = sought.as_ref().and_then(|sought| sought.counterexample.as_ref());
    let witness = if control == holds(&normal) {
        let witness = claim.witness(settings.seed, normal.worst.1, Mode::Normal);
        // A control that is shown says on how many kinds of subject.
        Some(match shown_of(&normal).filter(|_| control) {
            Some(kinds) => format!("{kinds}; on one of them {witness}"),
            None => witness,
        })
    } else if let (false, Some((mode, index))) = (control, failing) {
        let witness = claim.witness(settings.seed, index, mode);
        Some(format!("{}: {witness}", arithmetic(mode)))
    } else {
        counterexample.map(|instance| format!("sought: {instance}"))
    };
    // A control is shown by one instance: the others may have nothing to show.
    let unchecked = normal.unchecked + if control { 0 } else { normal.vacuous };
    let idle = (2 * unchecked > cases)
        .then(|| format!("{unchecked} of {cases} cases had nothing to be held against"));
    let failed = !holds(&normal)
        || failing.is_some()
        || counterexample.is_some()
        || starvation.is_some()
        || idle.is_some();
    let whole = |tally: &Option<Tally>| {
        tally
            .as_ref()
            .is_some_and(|tally| holds(tally) && !tally.partial && 2 * tally.unchecked <= cases)
    };
    let evidence = match (whole(&exact), whole(&enclosed)) {
        (true, _) => Evidence::Exact,
        (_, true) => about.evidence.min(Evidence::Enclosed),
        _ => about.evidence,
    };
    let twin = |tally: Tally| Twin {
        cases,
        whole: !tally.partial,
        undecided: tally.unchecked,
        verdict: if holds(&tally) { Verdict::Holds } else { Verdict::Fails },
        time: tally.time,
    };
    let tightest = sought.as_ref().and_then(|sought| sought.tightest.as_ref());
    let tightness = tightest
        .map(|(tightness, _)| *tightness)
        .into_iter()
        .chain(normal.tightest.map(|(t, _)| t));
    ClaimReport {
        about,
        evidence,
        cases,
        worst: sought.as_ref().map_or(normal.worst.0, |sought| sought.worst.max(normal.worst.0)),
        // Of a bound: a control's is that of a false statement.
        tightness: tightness.reduce(f64::max).filter(|_| about.role == Role::Bound),
        verdict: if failed { Verdict::Fails } else { Verdict::Holds },
        unchecked,
        reason: unshown.or(starvation).or(idle).or_else(|| {
            failing.map(|(mode, _)| match control {
                true => format!("the violation was not shown {}", arithmetic(mode)),
                false => format!("it fails {}", arithmetic(mode)),
            })
        }),
        witness,
        hits,
        histogram: normal.histogram,
        exact: exact.map(twin),
        enclosed: enclosed.map(twin),
        sought,
        statistical: claim.design(),
        rates: claim.rates(settings.seed),
        time: normal.time,
    }
}

/// In which arithmetic a twin is checked.
fn arithmetic(mode: Mode) -> &'static str {
    match mode {
        Mode::Normal => "in floating point",
        Mode::Exact => "in exact arithmetic",
        Mode::Enclosed => "in directed rounding",
    }
}
