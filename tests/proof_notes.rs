//! Every entry of the catalogue has its place in the proof notes.
#![cfg(feature = "catalogue")]

use equibayes::claim::catalogue;
use std::fs;
use std::path::Path;

/// Whether an id stands in the text by itself, and not as the beginning of a longer one.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let next = text[at + id.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

/// The sections of the pages.
fn sections() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs-notes");
    let pages = fs::read_dir(folder).unwrap().map(|page| page.unwrap().path());
    let text = pages.map(|page| fs::read_to_string(page).unwrap());
    text.flat_map(|page| page.split("\n## ").map(String::from).collect::<Vec<_>>()).collect()
}

/// A theorem or bound anywhere, a control in a section of the claim whose hypothesis it drops.
#[test]
fn every_entry_is_in_the_notes() {
    assert!(names("of `S1.full`, and", "S1.full"));
    assert!(!names("of `S1.full-moving-zeta`, and", "S1.full"));
    let sections = sections();
    let catalogue = catalogue();
    let missing: Vec<&str> = catalogue
        .iter()
        .map(|claim| claim.about())
        .filter(|about| {
            let of = about.of.unwrap_or(about.id);
            !sections.iter().any(|section| names(section, about.id) && names(section, of))
        })
        .map(|about| about.id)
        .collect();
    assert!(missing.is_empty(), "not in proofs-notes, or not with their claim: {missing:?}");
}
