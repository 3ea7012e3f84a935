//! The list of claims, and how to choose from it.

use super::{Claim, Settings, run};
use thiserror::Error;

/// All claims and controls, in the order of the theory: chapter, number, the claim before its
/// controls.
pub fn catalogue() -> Vec<Box<dyn Claim>> {
    let mut claims: Vec<Box<dyn Claim>> = Vec::new();
    claims.extend(super::algebra::claims());
    claims.extend(super::families::claims());
    claims.extend(super::equivariance::claims());
    claims.extend(super::bounds::claims());
    claims.extend(super::symmetrisations::claims());
    claims.extend(super::expansion::claims());
    claims
}

/// An id that names no claim.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("claim id '{id}': expected a chapter ({chapters}), a number like S4 or an id from --list")]
pub struct UnknownId {
    id: String,
    chapters: String,
}

/// Whether the selector chooses this id: `E` a chapter, `S1` a number (not `S10`), `S1.slug` one
/// entry.
fn selects(selector: &str, id: &str) -> bool {
    let chapter = selector.len() == 1 && id.starts_with(selector);
    let number =
        id.strip_prefix(selector).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    chapter || number
}

/// The claims that the selectors choose, in the order of the catalogue: `S` a chapter, `S4` a claim with
/// its parts and controls, `S4.slug` one entry with its controls. No selector chooses all.
///
/// # Errors
/// [`UnknownId`] for a selector that chooses nothing.
///
/// # Examples
/// ```
/// use equibayes::claim::select;
///
/// assert!(select(&["S4"])?.iter().all(|claim| claim.about().number() == "S4"));
/// assert!(select(&["Q7"]).is_err());
/// # Ok::<(), equibayes::claim::UnknownId>(())
/// ```
pub fn select<S: AsRef<str>>(selectors: &[S]) -> Result<Vec<Box<dyn Claim>>, UnknownId> {
    let all = catalogue();
    for selector in selectors {
        let selector = selector.as_ref();
        if !all.iter().any(|claim| selects(selector, claim.about().id)) {
            let chapters: Vec<String> =
                super::Chapter::ALL.iter().map(|chapter| chapter.letter().to_string()).collect();
            return Err(UnknownId { id: selector.into(), chapters: chapters.join(", ") });
        }
    }
    let chosen = |id: &str| selectors.iter().any(|selector| selects(selector.as_ref(), id));
    Ok(all
        .into_iter()
        .filter(|claim| {
            let about = claim.about();
            selectors.is_empty() || chosen(about.id) || about.of.is_some_and(chosen)
        })
        .collect())
}

/// Runs one entry of the catalogue, by its exact id, with its twins.
///
/// # Panics
/// If there is no such entry, or it fails: with the reason and the smallest instance found.
#[track_caller]
pub fn assert_holds(id: &str) {
    let claims: Vec<_> = catalogue().into_iter().filter(|claim| claim.about().id == id).collect();
    assert_eq!(claims.len(), 1, "entries of the catalogue with the id {id}");
    let report = run(&claims, &Settings { exact: true, enclosed: true, ..Settings::default() });
    assert!(report.holds(), "{report}");
}
