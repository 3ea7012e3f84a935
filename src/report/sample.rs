//! A report made by hand, for the tests of its renderings.

use crate::claim::{
    About, ClaimReport, Design, Evidence, Feature, Rate, RatePoint, Report, Role, Twin, Verdict,
};
use std::time::Duration;

fn about(id: &'static str, title: &'static str, role: Role, of: Option<&'static str>) -> About {
    About {
        id,
        title,
        role,
        of,
        evidence: Evidence::Float,
        statement: "a < b & \"c\"",
        hypotheses: &["finite group", "x > 0"],
        tolerance: "8 n u ‖x‖",
        covers: &[Feature::KilledOrbit, Feature::FreeOrbit],
        cost: 1,
    }
}

fn claim(about: About, worst: f64) -> ClaimReport {
    let control = about.role == Role::Control;
    ClaimReport {
        about,
        evidence: Evidence::Float,
        cases: 256,
        worst,
        tightness: (about.role == Role::Bound).then_some(0.998),
        verdict: Verdict::Holds,
        unchecked: 0,
        reason: None,
        witness: control.then(|| "Scene { x: \"<&>\" }".into()),
        hits: vec![(Feature::KilledOrbit, 31), (Feature::FreeOrbit, 256)],
        histogram: if control { [0, 0, 0, 0, 0, 0, 6, 250] } else { [200, 0, 0, 1, 20, 35, 0, 0] },
        exact: None,
        enclosed: None,
        sought: None,
        statistical: None,
        rates: vec![],
        time: Duration::from_millis(125),
    }
}

/// A run in which everything holds.
pub(super) fn holding() -> Report {
    let theorem = ClaimReport {
        evidence: Evidence::Exact,
        exact: Some(Twin {
            cases: 256,
            whole: true,
            undecided: 0,
            verdict: Verdict::Holds,
            time: Duration::from_millis(1),
        }),
        ..claim(about("A3", "orbits & averages", Role::Theorem, None), 0.0)
    };
    Report {
        seed: 7,
        cases: 256,
        claims: vec![
            theorem,
            claim(about("A3.unsigned", "signs dropped", Role::Control, Some("A3")), f64::INFINITY),
            claim(about("S5.chain", "three variances", Role::Bound, None), 0.25),
            claim(
                about("S5.unrelated", "unrelated <posteriors>", Role::Control, Some("S5.chain")),
                3e12,
            ),
        ],
        time: Duration::from_millis(1500),
    }
}

/// A run in which a theorem and a control fail.
pub(super) fn failing() -> Report {
    let mut report = holding();
    let theorem = &mut report.claims[0];
    (theorem.verdict, theorem.worst, theorem.exact) = (Verdict::Fails, 4e5, None);
    theorem.witness = Some("Scene { x: \"<&>\" }".into());
    let control = &mut report.claims[3];
    (control.verdict, control.worst, control.witness) = (Verdict::Fails, 12.0, None);
    control.reason = Some("the violation was not shown".into());
    report
}

/// A fitted slope.
pub(super) fn rate() -> Rate {
    let at = |x: f64| RatePoint { x, y: 8.0 / x, low: 7.5 / x, high: 8.5 / x };
    Rate {
        name: "a < b",
        x: "draws T",
        y: "deviation",
        points: [16.0, 32.0, 64.0].map(at).into(),
        slope: -0.98,
        interval: (-1.1, -0.9),
        expected: -1.0,
        allowance: 0.005,
        widest: 0.25,
    }
}

/// A run of one statistical claim, about a rate.
pub(super) fn statistical() -> Report {
    let mut report = holding();
    report.claims.truncate(1);
    let claim = &mut report.claims[0];
    claim.statistical = Some(Design {
        alpha: 1e-8,
        cases: 1,
        repetitions: 4096,
        miss: 1e-6,
        alternative: "a slope that is off by <½>",
    });
    claim.rates = vec![rate()];
    (claim.cases, claim.worst, claim.evidence) = (1, 0.25, Evidence::Statistical);
    report
}
