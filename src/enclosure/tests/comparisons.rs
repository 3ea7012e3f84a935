//! What happens where a comparison is not decided.

use super::super::{Enclosure, Proof, decided};
use crate::family::{Categorical, DiagonalGaussian, FullGaussian, LogPartition, Member, bregman};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, dvector};
use num_traits::{Float, Zero};

fn third() -> Enclosure {
    Enclosure::ratio(1, 3)
}

#[test]
fn an_undecided_question_is_answered_no_and_remembered() {
    type Question = fn(Enclosure, Enclosure) -> bool;
    let questions: [Question; 7] = [
        |a, b| a < b,
        |a, b| a <= b,
        |a, b| a > b,
        |a, b| a >= b,
        |a, b| a == b,
        |a, b| (a - b).is_zero(),
        |a, b| a.partial_cmp(&b).is_some(),
    ];
    for question in questions {
        assert!(!question(third(), third()));
        assert!(decided(|| question(third(), third())).is_err());
        assert!(decided(|| question(third(), Enclosure::exact(2.0))).is_ok());
    }
    // Points, and intervals that only touch, are decided as far as they can be.
    let (a, b) = (Enclosure::between(0.0, 1.0), Enclosure::between(1.0, 2.0));
    assert_eq!(decided(|| a <= b), Ok(true));
    assert_eq!(decided(|| a > b), Ok(false));
    assert!(decided(|| a < b).is_err() && decided(|| a == b).is_err());
    assert_eq!(decided(|| Enclosure::exact(1.0) == Enclosure::exact(1.0)), Ok(true));
    assert_eq!(third().at_most(&third()), Proof::Undecided);
    assert!(!third().surely_at_most(&third()));
    assert_eq!(decided(|| third().surely_at_most(&third())), Ok(false));
}

#[test]
fn an_inner_refusal_refuses_the_outer_computation_too() {
    let outer = decided(|| {
        let inner = decided(|| third() < third());
        assert!(inner.is_err());
    });
    assert!(outer.is_err());
    // What was asked before does not count.
    assert!(decided(|| third() < Enclosure::exact(1.0)).is_ok());
}

/// Takes a wrong branch where the order is not known.
fn larger_plus_one<T: Real>(a: T, b: T) -> T {
    if a > b { a + T::one() } else { b + T::one() }
}

#[test]
fn a_branch_that_may_be_wrong_is_refused() {
    let (a, b) = (Enclosure::between(1.0, 4.0), Enclosure::between(2.0, 3.0));
    // 4 > 3, but the code went with b.
    assert!(!larger_plus_one(a, b).contains(5.0));
    assert!(decided(|| larger_plus_one(a, b)).is_err());
    assert!(decided(|| larger_plus_one(a, Enclosure::exact(5.0))).unwrap().contains(6.0));
}

/// Every formula of a family on intervals that are wide, against the same formula on points inside.
fn encloses<F>(
    make: impl Fn(&[Enclosure]) -> Member<F, Enclosure>,
    theta: &[Enclosure],
    inputs: &[f64],
) where
    F: LogPartition<Enclosure>,
{
    let numbers = |radius: f64, shift: f64| -> Vec<Enclosure> {
        inputs.iter().map(|x| Enclosure::between(x + shift - radius, x + shift + radius)).collect()
    };
    // Points within the wide intervals, whose ends are rounded.
    let values = |radius: f64, shifts: [f64; 2]| {
        decided(|| {
            let (q, p) =
                (make(&numbers(radius, shifts[0])), make(&numbers(radius, 0.25 + shifts[1])));
            let family = q.family();
            [
                family.log_partition(&q),
                family.kl(&q, &p),
                family.kl(&q, &q),
                bregman(family, &q, &p),
                family.conjugate(&q),
                family.log_density(&q, theta),
            ]
        })
        .unwrap()
    };
    let wide = values(1.0 / 1024.0, [0.0, 0.0]);
    for shifts in [[0.0, 0.0], [1.0 / 1024.0, -1.0 / 1024.0], [-1.0 / 2048.0, 1.0 / 1024.0]] {
        for (wide, narrow) in wide.iter().zip(values(0.0, shifts)) {
            assert!(wide.low() <= narrow.low() && narrow.high() <= wide.high(), "{wide}, {narrow}");
            assert!(narrow.width() < 1e-12 && wide.width() > narrow.width());
        }
    }
    let [_, kl, none, as_bregman, ..] = values(0.0, [0.0, 0.0]);
    assert_eq!(Enclosure::zero().at_most(&kl), Proof::Proved);
    assert!(none.contains(0.0) && (kl - as_bregman).contains(0.0));
}

#[test]
fn formulas_of_the_families_enclose_on_wide_intervals() {
    let theta = [Enclosure::exact(0.5), Enclosure::exact(-1.0)];
    encloses(
        |x| DiagonalGaussian::with_variance(&x[..2], &x[2..4]).unwrap(),
        &theta,
        &[0.5, -1.0, 1.0, 0.5],
    );
    encloses(
        |x| {
            let covariance = DMatrix::from_row_slice(2, 2, &[x[2], x[4], x[4], x[3]]);
            FullGaussian::with_covariance(&dvector![x[0], x[1]], &covariance).unwrap()
        },
        &theta,
        &[0.5, -1.0, 2.0, 1.5, 0.25],
    );
    // Equal weights, the largest of which nobody can tell.
    let class = [Enclosure::zero(), Enclosure::exact(1.0), Enclosure::zero()];
    encloses(|x| Categorical::with_probabilities(x).unwrap(), &class, &[1.0, 1.0, 0.5]);
}

#[test]
fn the_largest_weight_need_not_be_known() {
    // Two weights in the same interval, neither of which is surely the larger: ln(e^a + e^b) for all of them.
    let wide = Enclosure::between(-1.0, 1.0);
    let family = Categorical::new(3).unwrap();
    let log_partition = |a, b| {
        decided(|| {
            let q = Member::from_natural(family, dvector![a, b]).unwrap();
            family.log_partition(&q)
        })
        .unwrap()
    };
    let around = log_partition(wide, wide);
    for (a, b) in [(-1.0, 1.0), (1.0, -1.0), (0.3, 0.3), (1.0, 1.0)] {
        let inside = log_partition(Enclosure::exact(a), Enclosure::exact(b));
        let value = (a.exp() + b.exp() + 1.0).ln();
        assert!((inside.low() - value).abs() < 1e-14 && inside.width() < 1e-14);
        assert!(around.low() <= inside.low() && inside.high() <= around.high());
    }
    // Weights as they come out of a logarithm.
    let same =
        decided(|| Categorical::with_probabilities(&[third(), third(), third()])).unwrap().unwrap();
    assert!(decided(|| family.kl(&same, &same)).unwrap().contains(0.0));
    assert!(Float::abs(family.log_partition(&same) - Enclosure::ratio(3, 1).ln()).low() < 1e-15);
}
