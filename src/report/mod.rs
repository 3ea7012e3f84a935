//! Reports of a run of the catalogue: as text for a terminal, as JSON, as a web page.
//!
//! The command's `verify` writes them; a run of your own can be written the same way:
//!
//! ```
//! use equibayes::claim::{Settings, run, select};
//! use equibayes::report::{Build, Paint, html, json, text};
//!
//! let run = run(&select(&["A3"])?, &Settings { cases: 32, ..Settings::default() });
//! let build = Build::of_this_crate();
//! assert!(text::run(&run, Paint::Plain).contains("A3"));
//! assert!(json::run(&run, &build).starts_with('{'));
//! assert!(html::page(&run, &build).starts_with("<!DOCTYPE html>"));
//! # Ok::<(), equibayes::claim::UnknownId>(())
//! ```

pub mod audit;
mod build;
pub mod expand;
pub mod html;
pub mod json;
mod paint;
#[cfg(test)]
mod sample;
pub mod text;

pub use build::Build;
pub use paint::Paint;

use crate::claim::{ClaimReport, Design, Role, Verdict};

/// A ratio as a reader wants it: three figures, infinity as a sign.
fn ratio(value: f64) -> String {
    if value == f64::INFINITY {
        "∞".into()
    } else if value == 0.0 {
        "0".into()
    } else if (1e-2..1e3).contains(&value) {
        let decimals = match value {
            100.0.. => 0,
            10.0.. => 1,
            1.0.. => 2,
            0.1.. => 3,
            _ => 4,
        };
        format!("{value:.decimals$}")
    } else {
        format!("{value:.1e}")
    }
}

/// What a claim's worst error says, in words.
fn finding(claim: &ClaimReport) -> String {
    let unchecked = match claim.unchecked {
        0 => String::new(),
        cases => format!(", {cases} unchecked"),
    };
    worst(claim) + &unchecked
}

/// The false variants of a bound that the search could not refute, if there are any.
fn untold(claim: &ClaimReport) -> Option<String> {
    let mutations = claim.sought.iter().flat_map(|sought| &sought.mutations);
    let names: Vec<&str> =
        mutations.filter(|mutated| !mutated.is_refuted()).map(|mutated| mutated.name).collect();
    (!names.is_empty()).then(|| names.join("; "))
}

/// What a statistical check had declared, in one line.
fn declared(design: &Design) -> String {
    let Design { alpha, repetitions, .. } = design;
    format!("α = {alpha:e}, n = {repetitions}, power {}", design.power())
}

/// The largest error in words.
fn worst(claim: &ClaimReport) -> String {
    match (claim.about.role, claim.worst) {
        (Role::Control, worst) if worst > 1.0 => {
            let short = if claim.verdict == Verdict::Holds { "" } else { " only" };
            format!("refuted ×{}{short}", ratio(worst))
        }
        (Role::Control, _) => "not refuted".into(),
        (_, 0.0) => "no error".into(),
        (_, worst) if worst <= 1.0 => format!("{} of tolerance", ratio(worst)),
        (_, worst) => format!("{} × tolerance", ratio(worst)),
    }
}

/// A number with its noun: `1 theorem`, `2 theorems`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
