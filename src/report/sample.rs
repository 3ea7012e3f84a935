//! A report made by hand, for the tests of its renderings.

use crate::claim::{About, ClaimReport, Evidence, Feature, Report, Role, Twin, Verdict};
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
