//! Tolerances by running error analysis.
//!
//! A [`Tracked`] number is an `f64` that carries a bound on its own rounding error. The crate's code is
//! generic over its scalar, so a check that calls it with `Tracked` runs the same operations in the
//! same order as with `f64`, gets the same values, and learns how far each can be from the
//! result in exact arithmetic. The difference of two sides of an identity is then held against *its*
//! bound ([`close`]): a tolerance that counts every rounding of this very instance, multiplied by
//! everything that amplifies it, with nothing to tune. With [`Rational`] the same check has
//! tolerance zero and is `==`.
//!
//! What such a tolerance does not see is an unstable algorithm, because it grows with the
//! instability; the accuracy of an algorithm is a matter for unit tests against exact arithmetic.
//!
//! ```
//! use equibayes::claim::rounding::{Tracked, close};
//! use equibayes::scalar::Scalar;
//!
//! let third = Tracked::ratio(1, 3);
//! let sum = third + third + third;
//! assert!(close(&sum, &Tracked::exact(1.0)).holds());
//! assert!(!close(&sum, &Tracked::exact(1.0 + 1e-14)).holds());
//! ```

mod float;
mod special;
mod tracked;

pub use tracked::Tracked;

use super::compare::magnitude;
use crate::law::Residual;
use crate::scalar::{Rational, Scalar};

/// A scalar that knows how far it may be from the exact result.
pub trait Judge: Scalar {
    /// A bound on the distance to the result in exact arithmetic. NaN where no bound is known.
    fn error_bound(&self) -> f64;
}

impl Judge for Tracked {
    fn error_bound(&self) -> f64 {
        self.bound()
    }
}

impl Judge for Rational {
    fn error_bound(&self) -> f64 {
        0.0
    }
}

/// The distance of two numbers, held against what rounding can have put between them.
pub fn close<T: Judge>(a: &T, b: &T) -> Residual {
    close_within(a, b, 0.0)
}

/// As [`close`], with more tolerance for an error that is not of rounding: of a truncated series, say.
pub fn close_within<T: Judge>(a: &T, b: &T, truncation: f64) -> Residual {
    let step = a.clone() - b.clone();
    Residual::new(magnitude(&step), step.error_bound() + truncation)
}

/// The worst of [`close`] over corresponding entries. Lists of different length are infinitely far
/// apart.
pub fn all_close<'a, T: Judge>(
    a: impl IntoIterator<Item = &'a T>,
    b: impl IntoIterator<Item = &'a T>,
) -> Residual {
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    let mut worst = Residual::exact(true);
    loop {
        match (a.next(), b.next()) {
            (None, None) => return worst,
            (Some(x), Some(y)) => worst = worst.worse(close(x, y)),
            _ => return Residual::failed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rationals_are_compared_exactly() {
        let third = Rational::ratio(1, 3);
        assert_eq!(close(&third, &third).tolerance(), 0.0);
        assert!(close(&third, &third).holds());
        // A difference far below the smallest float.
        let tiny = (0..12).fold(Rational::ratio(1, 3), |x, _| x.clone() * x);
        assert!(!close(&third, &(third.clone() + tiny)).holds());
    }

    #[test]
    fn lists_of_different_length_are_apart() {
        let list = [Tracked::exact(1.0), Tracked::exact(2.0)];
        assert!(all_close(&list, &list).holds());
        assert!(!all_close(&list, &list[..1]).holds());
    }
}
