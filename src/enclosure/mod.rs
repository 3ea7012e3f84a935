//! Numbers that are proved to lie between two floats.
//!
//! An [`Enclosure`] is an interval `[low, high]` of `f64`. Every operation rounds its lower end down and its upper end
//! up, so the result encloses what exact arithmetic gives on any numbers in the operands. The crate's code is
//! generic over its scalar; run on enclosures of its inputs it computes an enclosure of its result, and an inequality
//! whose sides are apart is proved for that instance: [`Enclosure::at_most`].
//!
//! ```
//! use equibayes::enclosure::{Enclosure, Proof, decided};
//! use equibayes::family::{DiagonalGaussian, LogPartition};
//! use equibayes::scalar::Scalar;
//!
//! let kl = decided(|| {
//!     let exact = Enclosure::exact;
//!     let q = DiagonalGaussian::with_variance(&[exact(0.0)], &[exact(1.0)])?;
//!     let p = DiagonalGaussian::with_variance(&[exact(0.0)], &[exact(2.0)])?;
//!     Ok::<_, equibayes::family::FamilyError>(q.family().kl(&q, &p))
//! })??;
//! // ½ (½ − 1 + ln 2) = 0.0965735…
//! assert!(kl.low() < 0.096_573_591 && 0.096_573_590 < kl.high() && kl.width() < 1e-15);
//! assert_eq!(kl.at_most(&Enclosure::ratio(1, 10)), Proof::Proved);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is sound
//!
//! - `+ − × ÷`, [`ratio`](crate::scalar::Scalar::ratio), [`count`](crate::scalar::Scalar::count),
//!   [`from_f64`](crate::scalar::Scalar::from_f64), [`of`](Enclosure::of) a rational; of `Float`: `abs`, `sqrt`, `exp`,
//!   `exp2`, `exp_m1`, `ln`, `ln_1p`, `log`, `log2`, `log10`, `powi`, `powf`, `recip`, `mul_add`, `hypot`, `min`, `max`,
//!   `abs_sub`; the constants of `FloatConst`. `sin`, `cos` and `tanh` are known to be in `[−1, 1]` and no more. Every other function
//!   gives `(−∞, ∞)`, of which nothing can be proved. Field operations come from error-free transformations,
//!   logarithms and exponentials from series in integer arithmetic.
//! - **Outside the domain** (a logarithm of an interval that touches zero, a quotient by one that contains it, a NaN) the
//!   result is `(−∞, ∞)` too; an end past the largest float is infinite. Infinities themselves are no members: `T::infinity()` is some
//!   number that no float reaches.
//! - **Comparisons.** `a < b`, `a == b`, `is_zero` of intervals that overlap cannot be answered. The answer is then "no", and
//!   the thread remembers: [`decided`] runs a computation and refuses its result if any comparison in it was not decided. A
//!   result that it lets through took every branch that exact arithmetic takes. Without `decided` a result is
//!   sound only if the code asks nothing.
//! - **Branches that only choose a formula**, where either is right, ask
//!   [`surely_at_most`](crate::scalar::Scalar::surely_at_most), to which an undecided "no" is an answer. A series that is cut off
//!   adds [`neglected`](crate::scalar::Scalar::neglected) for the rest. The members, divergences, log-partitions, densities
//!   and averages of [`DiagonalGaussian`](crate::family::DiagonalGaussian),
//!   [`FullGaussian`](crate::family::FullGaussian) and [`Categorical`](crate::family::Categorical) do, and with them
//!   [`orbit_divergence`](crate::symmetrize::orbit_divergence), [`pinsker`](crate::defect::pinsker),
//!   [`bretagnolle_huber`](crate::defect::bretagnolle_huber) and
//!   [`mean_squared_defect_bound`](crate::defect::mean_squared_defect_bound).
//! - Code that asks for an `f64` ([`nearest_f64`](crate::scalar::Scalar::nearest_f64): the midpoint), for an integer or for a draw leaves
//!   the arithmetic; so do iterations and special functions, which is why an enclosure is no
//!   [`Special`](crate::special::Special). Work that goes to other threads is not watched.

mod arithmetic;
mod float;
mod interval;
mod round;
mod sampling;
mod series;
#[cfg(all(test, feature = "catalogue"))]
mod tests;

pub use interval::{Enclosure, Proof, Undecided, decided};
