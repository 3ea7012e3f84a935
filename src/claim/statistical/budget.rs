//! The error probability that all statistical checks share.

/// The probability with which a full run of the catalogue is wrong by chance: a true statement fails, or a control is not
/// refuted. Of the catalogue: unit tests that draw are not in it, and state their own.
pub const FAMILY_ALPHA: f64 = 1e-6;

/// How many statistical entries the catalogue has room for.
const ENTRIES: usize = 100;

/// The share of one entry. The shares are added (Bonferroni): nothing is assumed of how checks depend on each other.
pub(in crate::claim) const ALPHA: f64 = FAMILY_ALPHA / ENTRIES as f64;

#[cfg(test)]
mod tests {
    use super::super::super::{Evidence, Role, catalogue};
    use super::*;

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
        assert!(sum > 0.0 && sum <= FAMILY_ALPHA, "{sum}");
    }
}
