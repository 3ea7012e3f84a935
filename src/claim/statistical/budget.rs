//! The error probability that all statistical checks share.

/// The probability with which a full run of the suite is wrong by chance: a true statement fails, or a control is not refuted.
/// Half of it is the catalogue's; the other half is shared by the tests that draw, each of which takes its share by name.
pub const FAMILY_ALPHA: f64 = 1e-6;

/// The catalogue's half.
const CATALOGUE: f64 = FAMILY_ALPHA / 2.0;

/// At how many seeds the suite runs the statistical entries: 1 in `tests/chapter` and, with 2, 3, 5, 6 and 20260703, in
/// `tests/command_verify.rs`. The same seed draws the same numbers, and errs once.
#[cfg(test)]
const SEEDS: f64 = 6.0;

/// The most that one entry may declare is this part of the half. What they declare together, at all seeds, a test holds against it.
const ENTRIES: usize = 50;

/// The share of one entry. The shares are added (Bonferroni): nothing is assumed of how checks depend on each other.
pub(in crate::claim) const ALPHA: f64 = CATALOGUE / ENTRIES as f64;

#[cfg(test)]
mod tests {
    use super::super::super::{Evidence, Role, catalogue};
    use super::*;
    use crate::test_budget::{SHARES, TESTS_ALPHA, share};
    use std::collections::BTreeSet;

    #[test]
    fn a_full_run_is_wrong_with_a_probability_within_the_budget() {
        let mut sum = 0.0;
        for claim in catalogue() {
            let about = claim.about();
            let Some(design) = claim.design() else {
                assert_ne!(about.evidence, Evidence::Statistical, "{}: no design", about.id);
                continue;
            };
            assert_eq!(about.evidence, Evidence::Statistical, "{}", about.id);
            let wrong = design.wrong(about.role);
            assert!((0.0..=ALPHA).contains(&wrong), "{}: {wrong}", about.id);
            assert!(design.repetitions > 0 && !design.alternative.is_empty(), "{}", about.id);
            // A theorem's check could pass by saying nothing: it must have power against what it names.
            assert!(design.power() > 0.999 || about.role == Role::Control, "{}", about.id);
            sum += wrong;
        }
        assert!(sum > 0.0 && SEEDS * sum <= CATALOGUE, "{sum}");
        // The tests' half. A name that is there twice would be spent twice.
        let tests: f64 = SHARES.iter().map(|(_, share)| share).sum();
        let names: BTreeSet<&str> = SHARES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), SHARES.len());
        assert!(SHARES.iter().all(|(_, share)| *share > 0.0) && tests <= TESTS_ALPHA, "{tests}");
        assert!(CATALOGUE + TESTS_ALPHA <= FAMILY_ALPHA && SEEDS * sum + tests < FAMILY_ALPHA);
    }

    /// Room for the kits: each law that draws, on each type that it is run on.
    #[test]
    fn kits_have_room() {
        assert!(5000.0 * crate::law::ALPHA <= share("law kits"));
    }
}
