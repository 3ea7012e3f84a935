//! The interval, what can be proved of it, and its comparisons.

use super::round::Way;
use super::series;
use crate::scalar::Rational;
use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;
use thiserror::Error;

/// A real number that lies between two floats.
///
/// See the [module](super) for what is sound.
///
/// # Examples
/// ```
/// use equibayes::enclosure::Enclosure;
/// use equibayes::scalar::Scalar;
/// use num_traits::Float;
///
/// let third = Enclosure::ratio(1, 3);
/// assert_eq!(third.low().next_up(), third.high());
/// assert!((third + third + third).contains(1.0));
/// let log = Float::ln(Enclosure::exact(2.0));
/// assert!(log.low() <= std::f64::consts::LN_2 && std::f64::consts::LN_2 <= log.high());
/// assert_eq!(log.low().next_up(), log.high());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Enclosure {
    low: f64,
    high: f64,
}

/// What two enclosures prove about `a ≤ b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Every number of the one is at most every number of the other.
    Proved,
    /// None is.
    Refuted,
    /// The intervals overlap.
    Undecided,
}

/// A comparison that the enclosures of its sides do not decide.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{count} comparisons of overlapping enclosures: expected that all are decided")]
pub struct Undecided {
    count: u64,
}

thread_local! {
    /// How many comparisons were not decided on this thread.
    static UNDECIDED: Cell<u64> = const { Cell::new(0) };
}

/// Runs a computation, and refuses its result if a comparison of enclosures in it was not decided.
///
/// Sound for what runs on this thread. An inner call that is refused refuses the outer one too.
///
/// # Errors
/// [`Undecided`] with the number of such comparisons.
///
/// # Examples
/// ```
/// use equibayes::enclosure::{Enclosure, decided};
/// use equibayes::scalar::Scalar;
///
/// let third = Enclosure::ratio(1, 3);
/// assert_eq!(decided(|| third < Enclosure::exact(0.5)), Ok(true));
/// // The same third or another in the interval: it cannot be told.
/// assert!(decided(|| third < Enclosure::ratio(1, 3)).is_err());
/// ```
pub fn decided<R>(computation: impl FnOnce() -> R) -> Result<R, Undecided> {
    let before = UNDECIDED.get();
    let result = computation();
    match UNDECIDED.get() - before {
        0 => Ok(result),
        count => Err(Undecided { count }),
    }
}

impl Enclosure {
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// The number itself; of NaN and infinities nothing is known.
    pub fn exact(value: f64) -> Self {
        if value.is_finite() { Self::between(value, value) } else { Self::UNKNOWN }
    }

    /// Some number in `[low, high]`; an infinite end is no bound. Unless `low ≤ high` nothing is known.
    pub fn between(low: f64, high: f64) -> Self {
        if low <= high && low < f64::INFINITY && high > f64::NEG_INFINITY {
            // −0 is 0.
            Self { low: low + 0.0, high: high + 0.0 }
        } else {
            Self::UNKNOWN
        }
    }

    /// The numbers within a unit in the last place.
    pub(super) fn around(value: f64) -> Self {
        Self::between(value.next_down(), value.next_up())
    }

    /// The narrowest enclosure of a rational number.
    pub fn of(x: &Rational) -> Self {
        Self::between(series::to_f64(Way::Down, x), series::to_f64(Way::Up, x))
    }

    /// The lower end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The upper end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// A bound on `high − low`.
    pub fn width(self) -> f64 {
        super::round::add(Way::Up, self.high, -self.low)
    }

    /// Whether the float is in the interval.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether the rational is in the interval.
    pub fn contains_exactly(self, value: &Rational) -> bool {
        // An infinite end is no bound.
        let exact = |end: f64| Rational::from_float(end);
        exact(self.low).is_none_or(|low| low <= *value)
            && exact(self.high).is_none_or(|high| *value <= high)
    }

    /// Whether only one number is in the interval.
    pub fn is_point(self) -> bool {
        self.low == self.high
    }

    /// What is proved about `self ≤ other`.
    ///
    /// # Examples
    /// ```
    /// use equibayes::enclosure::{Enclosure, Proof};
    ///
    /// let (a, b) = (Enclosure::between(0.0, 1.0), Enclosure::between(1.0, 2.0));
    /// assert_eq!(a.at_most(&b), Proof::Proved);
    /// assert_eq!(b.at_most(&a), Proof::Undecided);
    /// assert_eq!(Enclosure::exact(3.0).at_most(&b), Proof::Refuted);
    /// ```
    pub fn at_most(&self, other: &Self) -> Proof {
        if self.high <= other.low {
            Proof::Proved
        } else if self.low > other.high {
            Proof::Refuted
        } else {
            Proof::Undecided
        }
    }

    /// The answer to a question that is not decided; the thread remembers.
    pub(super) fn undecided<R>(answer: R) -> R {
        UNDECIDED.set(UNDECIDED.get() + 1);
        answer
    }
}

/// Whether the two are the same number. Of overlapping intervals that is not [`decided`].
impl PartialEq for Enclosure {
    fn eq(&self, other: &Self) -> bool {
        if self.low > other.high || self.high < other.low {
            false
        } else if self.is_point() && other.is_point() {
            true
        } else {
            Self::undecided(false)
        }
    }
}

/// The order of the two numbers. Of overlapping intervals it is not [`decided`].
impl PartialOrd for Enclosure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.high < other.low {
            Some(Ordering::Less)
        } else if self.low > other.high {
            Some(Ordering::Greater)
        } else if self.is_point() && other.is_point() {
            Some(Ordering::Equal)
        } else {
            Self::undecided(None)
        }
    }

    fn lt(&self, other: &Self) -> bool {
        if self.high < other.low {
            true
        } else if self.low >= other.high {
            false
        } else {
            Self::undecided(false)
        }
    }

    fn le(&self, other: &Self) -> bool {
        match self.at_most(other) {
            Proof::Proved => true,
            Proof::Refuted => false,
            Proof::Undecided => Self::undecided(false),
        }
    }

    fn gt(&self, other: &Self) -> bool {
        other < self
    }

    fn ge(&self, other: &Self) -> bool {
        other <= self
    }
}

impl fmt::Display for Enclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{:e}, {:e}]", self.low, self.high)
    }
}
