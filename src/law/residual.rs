//! What a check found, and what it is held against.

use std::fmt;

/// An error with the tolerance that it is held against.
///
/// A tolerance is never tuned: it is a bound on what rounding can do, from the size and the
/// conditioning of the instance, derived where the check is written. Zero means that the check is
/// exact.
///
/// # Examples
/// ```
/// use equibayes::law::Residual;
///
/// let residual = Residual::new(1e-16, 4e-16);
/// assert!(residual.holds());
/// assert_eq!(residual.ratio(), 0.25);
/// assert!(!Residual::new(f64::NAN, 1.0).holds());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    error: f64,
    tolerance: f64,
}

impl Residual {
    /// An error and its tolerance, both non-negative. NaN in either never holds.
    pub fn new(error: f64, tolerance: f64) -> Self {
        Self { error, tolerance }
    }

    /// A yes-or-no law, which has no tolerance: no error, or an error of 1.
    pub fn exact(holds: bool) -> Self {
        Self::new(if holds { 0.0 } else { 1.0 }, 0.0)
    }

    /// The largest distance of corresponding entries, held against one tolerance.
    ///
    /// Vectors of different length are infinitely far apart.
    pub fn distance<'a>(
        a: impl IntoIterator<Item = &'a f64>,
        b: impl IntoIterator<Item = &'a f64>,
        tolerance: f64,
    ) -> Self {
        let (mut a, mut b) = (a.into_iter(), b.into_iter());
        let mut worst = 0.0_f64;
        loop {
            match (a.next(), b.next()) {
                (None, None) => return Self::new(worst, tolerance),
                (Some(x), Some(y)) => {
                    let distance = (x - y).abs();
                    // `max` would drop a NaN.
                    worst = if distance > worst || distance.is_nan() { distance } else { worst };
                }
                _ => return Self::new(f64::INFINITY, tolerance),
            }
        }
    }

    /// The error.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// The tolerance.
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// `error / tolerance`: at most 1 where the law holds. No error is ratio 0 whatever the tolerance;
    /// NaN counts as infinite.
    pub fn ratio(&self) -> f64 {
        if self.error == 0.0 && self.tolerance >= 0.0 {
            return 0.0;
        }
        let ratio = self.error / self.tolerance;
        if ratio.is_nan() { f64::INFINITY } else { ratio }
    }

    /// `error / tolerance` as evidence *against* a law, which is what a control looks for: NaN, which
    /// fails every law, is evidence of nothing and counts as 0.
    pub fn violation(&self) -> f64 {
        if self.error.is_nan() || self.tolerance.is_nan() { 0.0 } else { self.ratio() }
    }

    /// Whether the error is within the tolerance.
    pub fn holds(&self) -> bool {
        self.ratio() <= 1.0
    }

    /// The one with the larger ratio, the first of equals.
    pub fn worse(self, other: Self) -> Self {
        if other.ratio() > self.ratio() { other } else { self }
    }
}

impl fmt::Display for Residual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tolerance == 0.0 {
            write!(f, "{}", if self.error == 0.0 { "exact" } else { "violated" })
        } else {
            write!(f, "error {:.3e}, tolerance {:.3e}", self.error, self.tolerance)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_never_holds() {
        for residual in [
            Residual::new(f64::NAN, 1.0),
            Residual::new(1.0, f64::NAN),
            Residual::new(0.0, f64::NAN),
            Residual::distance(&[0.0, f64::NAN, 0.0], &[0.0; 3], 1.0),
            Residual::distance(&[0.0], &[0.0; 2], 1.0),
        ] {
            assert!(!residual.holds(), "{residual:?}");
        }
    }

    #[test]
    fn nan_refutes_nothing() {
        assert_eq!(Residual::new(f64::NAN, 1.0).violation(), 0.0);
        assert_eq!(Residual::new(1.0, f64::NAN).violation(), 0.0);
        assert_eq!(Residual::new(2.0, 1.0).violation(), 2.0);
        assert_eq!(Residual::exact(false).violation(), f64::INFINITY);
    }

    #[test]
    fn exact_laws_have_no_slack() {
        assert!(Residual::exact(true).holds());
        assert_eq!(Residual::exact(false).ratio(), f64::INFINITY);
    }
}
