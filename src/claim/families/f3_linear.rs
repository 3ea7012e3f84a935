//! F3 for the full Gaussian under any invertible matrix, volumes changed or not.

use super::super::rounding::{Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::symmetrisations::exact::{HalfLog, log_density, log_partition};
use super::super::{Claim, Entry, Feature, Features, Instance, Outcome, strategy};
use super::f1::small;
use super::integers::{Integers, powers};
use super::{control, settle, theorem, violating};
use crate::action::push_forward;
use crate::family::{FamilyError, FullGaussian, LogPartition, Member};
use crate::law::Residual;
use crate::representation::{ActsOn, Dense};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::FloatConst;
use proptest::collection::vec;
use proptest::strategy::{BoxedStrategy, Just, Strategy};

/// A scene with powers of two to stretch its coordinates by: the integers act by the powers of
/// `B = diag(2^e) S`, `S` the scene's unit triangular basis.
#[derive(Clone, Debug)]
pub(super) struct Stretched {
    pub(super) scene: Scene,
    exponents: Vec<i8>,
}

impl Stretched {
    fn exponent(&self, i: usize) -> i32 {
        i32::from(self.exponents[i % self.exponents.len()])
    }

    /// `e` and the representation.
    pub(super) fn rep<T: Scalar>(&self) -> (i32, Dense<Integers, T>) {
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

pub(super) fn stretched(wanted: Option<Feature>) -> BoxedStrategy<Stretched> {
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
            exact: Some(|instance| settle(|| exactly_linear(instance, true))),
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
            exact: Some(|instance| settle(|| exactly_linear(instance, false))),
        }),
    ]
}

/// As [`linear`], in rational arithmetic: `ln |det B| = ½ ln 4^e`.
fn exactly_linear(instance: &Stretched, with_jacobian: bool) -> Result<Outcome, FamilyError> {
    let small = Stretched { scene: small::<Rational>(&instance.scene), ..instance.clone() };
    let q: Member<FullGaussian, Rational> = small.scene.full(Which::Q)?;
    let (exponent, rep) = small.rep::<Rational>();
    let moved = push_forward(&q, &rep, &1)?;
    let theta: Vec<Rational> = small.scene.vector(Which::P, q.mean().len());
    let four = Rational::ratio(4, 1);
    let square = (0..exponent.abs()).fold(Rational::ratio(1, 1), |product, _| product * &four);
    let volume =
        HalfLog::half_ln(if exponent < 0 { Rational::ratio(1, 1) / square } else { square });
    let before = log_density(&q, &DVector::from_column_slice(&theta));
    let after = log_density(&moved, &rep.apply(&1, &theta));
    if !with_jacobian {
        return Ok(Outcome::new("q(θ) = q_{g·η}(Bθ)", Residual::exact(before == after)));
    }
    let matrix = rep.matrix(&1);
    let covariance = &matrix * q.covariance() * matrix.transpose();
    let normal = log_partition(&q) + volume.clone();
    Ok(Outcome::new("q(θ) = q_{g·η}(Bθ)|det B|", Residual::exact(before == after + volume))
        .and("A(g·η) = A(η) + ln|det B|", Residual::exact(log_partition(&moved) == normal))
        .and("mean Bm", all_close(&moved.mean(), &(&matrix * q.mean())))
        .and("covariance BΣBᵀ", all_close(&moved.covariance(), &covariance)))
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
