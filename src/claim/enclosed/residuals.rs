//! From enclosures to residuals: proved, refuted, or left open.

use crate::claim::Outcome;
use crate::enclosure::{Enclosure, Proof, decided};
use crate::family::FamilyError;
use crate::law::Residual;

/// An identity is never proved by intervals. It counts as checked where the interval that the difference lies in is no wider
/// than this share of the sides: half of the digits. A side that may be zero has no digits: there the width itself must be below
/// this, for numbers that are made of such of the size of 1.
const NARROW: f64 = 1.0 / (1 << 26) as f64;

/// What proves nothing and refutes nothing.
fn open() -> Residual {
    Residual::new(0.0, f64::INFINITY)
}

/// `lhs ≤ rhs`. The error of one that is refuted is the least that the sides can be apart.
pub(in crate::claim) fn at_most(lhs: &Enclosure, rhs: &Enclosure) -> Residual {
    match lhs.at_most(rhs) {
        Proof::Proved => Residual::exact(true),
        Proof::Refuted => Residual::new(lhs.low() - rhs.high(), 0.0),
        Proof::Undecided => open(),
    }
}

/// `lhs < rhs`.
pub(in crate::claim) fn below(lhs: &Enclosure, rhs: &Enclosure) -> Residual {
    if lhs.high() < rhs.low() {
        Residual::exact(true)
    } else if rhs.at_most(lhs) == Proof::Proved {
        Residual::exact(false)
    } else {
        open()
    }
}

/// `lhs = rhs` where `lhs` is a sum with terms of at most this size, which cancel: half of the digits of the terms is what
/// it can be asked for.
pub(in crate::claim) fn equal_to_terms(lhs: &Enclosure, rhs: &Enclosure, size: f64) -> Residual {
    let difference = *lhs - *rhs;
    if !difference.contains(0.0) {
        Residual::new(f64::max(difference.low(), -difference.high()), 0.0)
    } else if size.is_finite() && difference.width() <= NARROW * size {
        Residual::exact(true)
    } else {
        open()
    }
}

/// `lhs = rhs`: refuted if zero is not in the difference, and left open if it says too little.
pub(in crate::claim) fn equal(lhs: &Enclosure, rhs: &Enclosure) -> Residual {
    let size = if lhs.contains(0.0) || rhs.contains(0.0) {
        1.0
    } else {
        let ends = [lhs.low(), lhs.high(), rhs.low(), rhs.high()];
        ends.into_iter().fold(0.0, |size, end| f64::max(size, end.abs()))
    };
    equal_to_terms(lhs, rhs, size)
}

/// The outcome of a check on enclosures. If one of its comparisons was not decided, it is left open; if all were, a
/// parameter that was refused is refused in exact arithmetic too.
pub(in crate::claim) fn settle(check: impl FnOnce() -> Result<Outcome, FamilyError>) -> Outcome {
    match decided(check) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Outcome::new("a parameter was refused", Residual::failed()),
        Err(_) => Outcome::new("a comparison was not decided", open()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;

    fn between(low: f64, high: f64) -> Enclosure {
        Enclosure::between(low, high)
    }

    #[test]
    fn inequalities_are_proved_refuted_or_left_open() {
        let (a, b) = (between(0.0, 1.0), between(1.0, 2.0));
        assert!(at_most(&a, &b).holds() && at_most(&a, &b).is_checked());
        assert!(!at_most(&b, &between(0.0, 0.5)).holds());
        assert!(at_most(&b, &between(0.0, 0.5)).violation().is_infinite());
        assert!(!at_most(&b, &a).is_checked());
        assert!(!below(&a, &b).is_checked());
        assert!(below(&a, &between(1.5, 2.0)).is_checked());
        assert!(!below(&b, &a).holds());
    }

    #[test]
    fn identities_are_refuted_met_or_left_open() {
        let third = Enclosure::ratio(1, 3);
        let met = equal(&third, &third);
        assert!(met.holds() && met.is_checked());
        assert!(!equal(&third, &Enclosure::exact(0.333)).holds());
        assert!(equal(&third, &Enclosure::exact(0.333)).violation().is_infinite());
        assert!(!equal(&third, &between(0.0, 1.0)).is_checked());
        assert!(!equal(&third, &Enclosure::exact(f64::NAN)).is_checked());
        // Small sides need as many digits as large ones; where zero is possible, the width is all there is.
        let small = between(1e-9, 2e-9);
        assert!(!equal(&small, &small).is_checked());
        let zero = between(-1e-9, 1e-9);
        assert!(equal(&zero, &small).is_checked() && equal(&zero, &zero).is_checked());
        assert!(!equal(&zero, &between(-1.0, 1.0)).is_checked());
    }

    #[test]
    fn sums_are_asked_for_the_digits_of_their_terms() {
        let small = between(1e-9, 2e-9);
        assert!(equal_to_terms(&small, &small, 1.0).is_checked());
        assert!(!equal_to_terms(&small, &small, 1e-3).is_checked());
        assert!(!equal_to_terms(&small, &Enclosure::exact(3e-9), 1.0).holds());
        assert!(!equal_to_terms(&small, &small, f64::INFINITY).is_checked());
    }

    #[test]
    fn what_was_not_decided_is_left_open() {
        let third = Enclosure::ratio(1, 3);
        let asked = settle(|| {
            let holds = third <= third;
            Ok(Outcome::new("a third", Residual::exact(holds)))
        });
        assert!(asked.is_unchecked() && asked.residual().holds());
        assert!(!settle(|| Err(FamilyError::NoNaturalParameter)).residual().holds());
    }
}
