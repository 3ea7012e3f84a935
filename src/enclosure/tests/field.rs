//! Field operations and roots.

use super::super::Enclosure;
use super::super::round::{Way, add, div, mul, sqrt};
use super::super::series::to_f64;
use super::{exact, floats, intervals};
use crate::scalar::{Rational, Scalar};
use num_traits::{Float, Signed, Zero};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

/// An operation on ends, in directed rounding or not, and in exact arithmetic where it is defined.
struct Operation {
    name: &'static str,
    ends: fn(Way, f64, f64) -> f64,
    exact: fn(&Rational, &Rational) -> Option<Rational>,
}

const OPERATIONS: [Operation; 3] = [
    Operation { name: "+", ends: add, exact: |a, b| Some(a + b) },
    Operation { name: "×", ends: mul, exact: |a, b| Some(a * b) },
    Operation {
        name: "÷",
        ends: |way, a, b| if b == 0.0 { 0.0 } else { div(way, a, b) },
        exact: |a, b| (!b.is_zero()).then(|| a / b),
    },
];

/// The same operations as the processor rounds them: to nearest.
const NEAREST: [fn(Way, f64, f64) -> f64; 3] = [|_, a, b| a + b, |_, a, b| a * b, |_, a, b| a / b];

/// Whether the ends enclose the exact result; and are the floats next to it, where `next` is asked for.
fn encloses(
    operation: &Operation,
    ends: fn(Way, f64, f64) -> f64,
    (a, b): (f64, f64),
    next: bool,
) -> Result<(), TestCaseError> {
    let Some(result) = (operation.exact)(&exact(a), &exact(b)) else { return Ok(()) };
    let (low, high) = (ends(Way::Down, a, b), ends(Way::Up, a, b));
    let name = operation.name;
    prop_assert!(!low.is_nan() && !high.is_nan(), "{a:e} {name} {b:e}");
    // An end at infinity is no bound; the exact result is beyond the other largest float then.
    let below = low == f64::NEG_INFINITY || (low.is_finite() && exact(low) <= result);
    let above = high == f64::INFINITY || (high.is_finite() && exact(high) >= result);
    prop_assert!(below && above, "{a:e} {name} {b:e}: [{low:e}, {high:e}]");
    // Where the transformations are exact, the ends are as near as can be.
    if next && a.abs().min(b.abs()) > 1e-100 && result.abs() > Rational::ratio(1, 1) {
        prop_assert_eq!(low, to_f64(Way::Down, &result));
        prop_assert_eq!(high, to_f64(Way::Up, &result));
    }
    Ok(())
}

fn run(
    operation: &Operation,
    ends: fn(Way, f64, f64) -> f64,
    next: bool,
) -> Result<(), TestError<(f64, f64)>> {
    let mut runner = TestRunner::deterministic();
    runner.run(&(floats(), floats()), |pair| encloses(operation, ends, pair, next))
}

#[test]
fn ends_are_the_floats_around_the_exact_result() {
    for operation in &OPERATIONS {
        if let Err(error) = run(operation, operation.ends, true) {
            panic!("{}: {error}", operation.name);
        }
    }
}

/// The check above can fail: on ends that are rounded to nearest, and on ends that are rounded the wrong way.
#[test]
fn rounding_to_nearest_or_the_wrong_way_is_caught() {
    for (operation, nearest) in OPERATIONS.iter().zip(NEAREST) {
        assert!(run(operation, nearest, false).is_err(), "{} to nearest", operation.name);
    }
    fn other(way: Way) -> Way {
        if way == Way::Down { Way::Up } else { Way::Down }
    }
    let turned: [fn(Way, f64, f64) -> f64; 3] = [
        |way, a, b| add(other(way), a, b),
        |way, a, b| mul(other(way), a, b),
        |way, a, b| if b == 0.0 { 0.0 } else { div(other(way), a, b) },
    ];
    for (operation, turned) in OPERATIONS.iter().zip(turned) {
        assert!(run(operation, turned, false).is_err(), "{} the wrong way", operation.name);
    }
}

proptest! {
    #![proptest_config(Config { cases: 2_000, ..Config::default() })]

    #[test]
    fn intervals_enclose_what_is_inside((a, x) in intervals(), (b, y) in intervals()) {
        prop_assert!(a.contains_exactly(&x) && b.contains_exactly(&y));
        prop_assert!((a + b).contains_exactly(&(&x + &y)));
        prop_assert!((a - b).contains_exactly(&(&x - &y)));
        prop_assert!((a * b).contains_exactly(&(&x * &y)));
        if !y.is_zero() {
            prop_assert!((a / b).contains_exactly(&(&x / &y)), "{a} / {b}");
        }
        prop_assert!((-a).contains_exactly(&-&x));
        prop_assert!(Float::abs(a).contains_exactly(&x.abs()));
        prop_assert!(Scalar::magnitude(&a).contains_exactly(&x.abs()));
        let (larger, smaller) = if x > y { (&x, &y) } else { (&y, &x) };
        prop_assert!(Float::max(a, b).contains_exactly(larger));
        prop_assert!(Float::min(a, b).contains_exactly(smaller));
        prop_assert!(Float::mul_add(a, b, a).contains_exactly(&(&x * &y + &x)));
        prop_assert!(Float::powi(a, 2).contains_exactly(&(&x * &x)) && Float::powi(a, 2).low() >= 0.0);
        prop_assert!(Float::powi(a, 3).contains_exactly(&(&x * &x * &x)));
        if !x.is_zero() {
            prop_assert!(Float::powi(a, -1).contains_exactly(&x.recip()));
        }
    }

    #[test]
    fn roots_enclose(x in floats()) {
        let x = x.abs();
        let (low, high) = (sqrt(Way::Down, x), sqrt(Way::Up, x));
        prop_assert!(low >= 0.0);
        prop_assert!(exact(low) * exact(low) <= exact(x) && exact(x) <= exact(high) * exact(high));
        // To nearest one of the two would fail, unless the root is exact.
        let root = exact(x.sqrt());
        prop_assert!(low < high || &root * &root == exact(x));
    }

    #[test]
    fn decisions_are_those_of_the_numbers((a, x) in intervals(), (b, y) in intervals()) {
        match a.at_most(&b) {
            super::super::Proof::Proved => prop_assert!(x <= y),
            super::super::Proof::Refuted => prop_assert!(x > y),
            super::super::Proof::Undecided => {}
        }
        prop_assert!(!a.surely_at_most(&b) || x <= y);
        if let Ok(answer) = super::super::decided(|| a < b) {
            prop_assert_eq!(answer, x < y);
        }
        if let Ok(answer) = super::super::decided(|| a.partial_cmp(&b)) {
            prop_assert_eq!(answer, Some(x.cmp(&y)));
        }
        if let Ok(answer) = super::super::decided(|| a == b) {
            prop_assert_eq!(answer, x == y);
        }
    }

    #[test]
    fn ratios_and_rationals_enclose(n in any::<i64>(), d in any::<i64>()) {
        let d = if d == 0 { 1 } else { d };
        let ratio = Rational::ratio(n, d);
        prop_assert!(<Enclosure as Scalar>::ratio(n, d).contains_exactly(&ratio));
        let of = Enclosure::of(&ratio);
        prop_assert!(of.contains_exactly(&ratio));
        prop_assert!(of.is_point() || of.low().next_up() == of.high());
    }
}

/// A chain of random operations, in any scalar.
fn chain<T: Scalar>(seed: u64) -> Vec<T> {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut values: Vec<T> = (0..4).map(|_| T::ratio(rng.random_range(-9..=9), 7)).collect();
    for _ in 0..12 {
        let a = values[rng.random_range(0..values.len())].clone();
        let b = values[rng.random_range(0..values.len())].clone();
        let square = b.clone() * b.clone();
        values.push(match rng.random_range(0..4) {
            0 => a + b,
            1 => a - b,
            2 => a * b,
            // Never near zero: 3 is more than what rounding can put below b².
            _ => a / (square + T::ratio(3, 1)),
        });
    }
    values
}

#[test]
fn chains_of_operations_stay_enclosed_and_narrow() {
    for seed in 0..300 {
        let chains = chain::<Enclosure>(seed).into_iter().zip(chain::<Rational>(seed));
        for ((enclosure, value), tracked) in
            chains.zip(chain::<crate::claim::rounding::Tracked>(seed))
        {
            assert!(enclosure.contains_exactly(&value), "{enclosure}");
            // Either end moves by up to two unit roundoffs where a running error bound grows by one, or by none where the value
            // happens to be exact.
            assert!(
                enclosure.width() <= 16.0 * tracked.bound() + f64::MIN_POSITIVE,
                "{enclosure}, {tracked}"
            );
        }
    }
}
