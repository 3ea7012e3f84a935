//! Every entry of the catalogue has its place in the proof notes.
#![cfg(feature = "catalogue")]

use equibayes::claim::{Chapter, Evidence, Role, catalogue};
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

/// The ids in the first column of the table under a page's last heading.
fn without_twins(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs-notes").join(page);
    let text = fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("\n## Exact twins\n").expect(page);
    let section = section.split("\n## ").next().unwrap_or(section);
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (id, reason) = row.split_once("` | ").expect(row);
        assert!(reason.len() > 20, "{id}: no reason");
        id.to_owned()
    })
    .collect()
}

/// Every theorem and bound of chapters A, F and S1 to S7 is exact, has a twin in rational arithmetic, or stands in the table of
/// its chapter with the reason why it has none; and nothing else stands there.
#[test]
fn every_theorem_has_an_exact_twin_or_a_reason() {
    let pages = [
        (Chapter::Algebra, "a-algebra.md"),
        (Chapter::Families, "f-families.md"),
        (Chapter::Symmetrisations, "s-symmetrisations.md"),
    ];
    for (chapter, page) in pages {
        let mut wanted: Vec<String> = catalogue()
            .iter()
            .filter(|claim| {
                let about = claim.about();
                let later = ["S8", "S9", "S10"].contains(&about.number());
                about.chapter() == chapter && !later && about.role != Role::Control
            })
            .filter(|claim| !claim.has_exact_twin() && claim.about().evidence != Evidence::Exact)
            .map(|claim| claim.about().id.to_owned())
            .collect();
        let mut found = without_twins(page);
        wanted.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, wanted, "{page}");
    }
}
