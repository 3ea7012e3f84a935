//! The conformance kits: they hold for the crate's own types and for types that it has never seen, and
//! they reject every one of those with a fault in it, naming the law.

mod affine;
#[path = "../budget/mod.rs"]
mod budget;
mod compact_groups;
mod conv_networks;
mod faults;
mod independent_families;
mod own_families;
mod own_groups;
mod own_lie_groups;
mod own_models;
mod own_representations;
mod own_symmetrisations;
#[cfg(feature = "catalogue")]
mod registry;
mod strangers;

use equibayes::law::{LawReport, Laws};

/// The names of the laws that fail.
fn failures(report: &LawReport) -> Vec<String> {
    report.failures().map(|result| result.name.to_string()).collect()
}

/// Fails unless the kit rejects its subject, the named laws are among those that fail, and each says
/// at which instance.
#[track_caller]
fn assert_rejected(kit: &Laws<'_>, expected: &[&str]) {
    let report = kit.run(1, 64);
    let found = failures(&report);
    for name in expected {
        assert!(found.iter().any(|law| law == name), "{name} should fail, not {found:?}\n{report}");
    }
    for result in report.failures() {
        assert!(!result.worst.witness.is_empty(), "{} has no witness", result.name);
        assert!(
            report.to_string().contains(&result.worst.witness),
            "the message of {} lacks its witness",
            result.name
        );
    }
}

/// Fails unless exactly the named laws fail.
#[track_caller]
fn assert_only(kit: &Laws<'_>, expected: &[&str]) {
    let report = kit.run(1, 64);
    assert_eq!(failures(&report), expected, "{report}");
}
