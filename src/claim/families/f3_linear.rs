//! F3 for the full Gaussian under any invertible matrix, volumes changed or not.

use super::super::rounding::{Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Features, Instance, Outcome, strategy};
use super::integers::{Integers, powers};
use super::{control, settle, theorem, violating};
use crate::action::push_forward;
use crate::family::{FamilyError, FullGaussian, LogPartition, Member};
use crate::representation::{ActsOn, Dense};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::FloatConst;
use proptest::collection::vec;
use proptest::strategy::{BoxedStrategy, Just, Strategy};

/// A scene with powers of two to stretch its coordinates by: the integers act by the powers of
/// `B = diag(2^e) S`, `S` the scene's unit triangular basis.
#[derive(Clone, Debug)]
pub(super) struct Stretched {
    scene: Scene,
    exponents: Vec<i8>,
}

impl Stretched {
    fn exponent(&self, i: usize) -> i32 {
        i32::from(self.exponents[i % self.exponents.len()])
    }

    /// `e` and the representation.
    fn rep<T: Scalar>(&self) -> (i32, Dense<Integers, T>) {
        let dense = self.scene.dense::<T>();
        let n = dense.basis().nrows();
        let power = |e: i32| {
            let power = T::ratio(1 << e.unsigned_abs(), 1);
            if e < 0 { T::one() / power } else { power }
        };
        let scaled = |sign: i32| {
            DMatrix::from_diagonal(&DVector::from_fn(n, |i, _| power(sign * self.exponent(i))))
        };
        let total = (0..n).map(|i| self.exponent(i)).sum();
        (total, powers(scaled(1) * dense.basis(), dense.inverse_basis() * scaled(-1)))
    }
}

impl Instance for Stretched {
    fn features(&self) -> Features {
        let (total, _) = self.rep::<f64>();
        self.scene.features().when(total != 0, Feature::ChangesVolume)
    }
}

fn stretched(wanted: Option<Feature>) -> BoxedStrategy<Stretched> {
    let exponents = match wanted {
        Some(Feature::ChangesVolume) => Just(vec![1i8]).boxed(),
        _ => vec(-3..=3i8, 1..=4).boxed(),
    };
    (strategy::scenes_with(4, wanted), exponents)
        .prop_map(|(scene, exponents)| Stretched { scene, exponents })
        .boxed()
}

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: theorem(
                "F3.linear",
                "the full Gaussian is closed under every invertible matrix",
                "q_η(θ) = q_{g·η}(Bθ)|det B|, A(g·η) = A(η) + ln|det B|, mean Bm, covariance BΣBᵀ",
                &["full Gaussian", "θ ↦ Bθ for an invertible B"],
                &[Feature::ChangesVolume, Feature::NonOrthogonal, Feature::WideScales],
            ),
            instances: stretched,
            check: |instance| settle(|| linear(instance, true)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "F3.no-jacobian",
                "F3.linear",
                "the determinant left out",
                "q_η(θ) = q_{g·η}(Bθ)",
                &["densities change by |det B|"],
            ),
            instances: |_| {
                stretched(Some(Feature::ChangesVolume))
                    .prop_map(|it| Stretched { scene: violating::plain(it.scene), ..it })
                    .boxed()
            },
            check: |instance| settle(|| linear(instance, false)),
            exact: None,
        }),
    ]
}

fn linear(instance: &Stretched, with_jacobian: bool) -> Result<Outcome, FamilyError> {
    let q: Member<FullGaussian, Tracked> = instance.scene.full(Which::Q)?;
    let family = q.family();
    let (exponent, rep) = instance.rep::<Tracked>();
    let moved = push_forward(&q, &rep, &1)?;
    let theta: Vec<Tracked> = instance.scene.vector(Which::P, q.mean().len());
    let volume = Tracked::ratio(i64::from(exponent), 1) * <Tracked as FloatConst>::LN_2();
    let before = family.log_density(&q, &theta);
    let after = family.log_density(&moved, rep.apply(&1, &theta).as_slice());
    if !with_jacobian {
        return Ok(Outcome::new("q(θ) = q_{g·η}(Bθ)", close(&before, &after)));
    }
    let matrix = rep.matrix(&1);
    let covariance = &matrix * q.covariance() * matrix.transpose();
    Ok(Outcome::new("q(θ) = q_{g·η}(Bθ)|det B|", close(&before, &(after + volume)))
        .and(
            "A(g·η) = A(η) + ln|det B|",
            close(&family.log_partition(&moved), &(family.log_partition(&q) + volume)),
        )
        .and("mean Bm", all_close(&moved.mean(), &(&matrix * q.mean())))
        .and("covariance BΣBᵀ", all_close(&moved.covariance(), &covariance)))
}
