//! F3 for Wishart laws under any invertible matrix, volumes changed or not: `ln det X` moves by a constant.

use super::super::rounding::{Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Outcome};
use super::f3_linear::{Stretched, stretched};
use super::{control, settle, theorem};
use crate::family::{Coordinates, FamilyError, LogPartition, Member, Wishart};
use crate::law::Residual;
use crate::linalg::Ldl;
use crate::representation::{ActsOn, Representation, SymmetricSquare, pairs};
use crate::scalar::{Rational, Scalar};
use nalgebra::DMatrix;
use num_traits::{FloatConst, One, Zero};
use proptest::strategy::{BoxedStrategy, Strategy};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: theorem(
                "F3.congruence",
                "Wishart laws are closed under every invertible matrix",
                "X ↦ BXBᵀ: T moves by τ = Sym² B ⊕ 1 and c = (0, 2 ln|det B|); g·η = τ⁻ᵀη, \
                 q_η(X) = q_{g·η}(BXBᵀ)|det B|^{d+1}, A(g·η) = A(η) + 2a ln|det B|, μ(g·η) = τμ(η) + c",
                &["Wishart", "X ↦ BXBᵀ for an invertible B"],
                &[Feature::ChangesVolume, Feature::NonOrthogonal],
            ),
            instances,
            check: |instance| settle(|| moves(instance, true)),
            exact: Some(|instance| settle(|| exactly_moves(instance, true))),
        }),
        Box::new(Entry {
            about: control(
                "F3.congruence-no-shift",
                "F3.congruence",
                "the determinant left out",
                "T(BXBᵀ) = τT(X) and A(g·η) = A(η)",
                &["c = 0 for |det B| = 1 only"],
            ),
            instances: |_| instances(Some(Feature::ChangesVolume)),
            check: |instance| settle(|| moves(instance, false)),
            exact: Some(|instance| settle(|| exactly_moves(instance, false))),
        }),
    ]
}

/// Matrices of at most three rows, and scales of moderate condition.
fn instances(wanted: Option<Feature>) -> BoxedStrategy<Stretched> {
    let tame = |scene: Scene| Scene {
        spread: scene.spread.min(1),
        max_dim: scene.max_dim.min(3),
        invariant: false,
        ..scene
    };
    stretched(wanted)
        .prop_map(move |mut it| {
            it.scene = tame(it.scene);
            it
        })
        .boxed()
}

/// `L D Lᵀ`.
fn positive_definite<T: Scalar>(scene: &Scene, which: Which, n: usize) -> DMatrix<T> {
    let (_, lower, diagonal) = scene.factors_of_dim::<T>(which, n);
    &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose()
}

fn moves(instance: &Stretched, with_shift: bool) -> Result<Outcome, FamilyError> {
    let (exponent, rep) = instance.rep::<Tracked>();
    let (n, scene) = (rep.dim(), &instance.scene);
    let scale = positive_definite::<Tracked>(scene, Which::Q, n);
    let nu = Tracked::count(n) + scene.positive::<Tracked>(Which::Q, 1)[0];
    let matrix = rep.matrix(&1);
    let q: Member<Wishart, Tracked> = Wishart::with_scale(&scale, nu)?;
    let moved = Wishart::with_scale(&(&matrix * scale * matrix.transpose()), nu)?;
    let family = q.family();
    let square = SymmetricSquare::new(rep);
    let count = square.dim();
    // ln|det B|, and what c is made of.
    let volume = Tracked::ratio(i64::from(exponent), 1) * <Tracked as FloatConst>::LN_2();
    let shift = if with_shift { Tracked::count(2) * volume } else { Tracked::zero() };
    let carried = |x: &[Tracked]| {
        let mut carried = square.apply(&1, &x[..count]).as_slice().to_vec();
        carried.push(x[count] + shift);
        carried
    };
    let matrix = positive_definite::<Tracked>(scene, Which::P, n);
    let theta: Vec<Tracked> = pairs(n).map(|(i, j)| matrix[(i, j)]).collect();
    let image = square.apply(&1, &theta);
    let (here, there) =
        (family.sufficient_statistic(&theta), family.sufficient_statistic(image.as_slice()));
    // τ⁻ᵀη: the transpose of the inverse element.
    let mut dual = vec![Tracked::zero(); count];
    square.act_transposed(&-1, &q.natural().as_slice()[..count], &mut dual);
    dual.push(q.natural().as_slice()[count]);
    let jacobian = Tracked::count(n + 1) * volume;
    let (before, after) =
        (family.log_density(&q, &theta), family.log_density(&moved, image.as_slice()));
    let tilt = q.natural().as_slice()[count] * shift;
    Ok(Outcome::new("T(BXBᵀ) = τT(X) + c", all_close(&there, &carried(here.as_slice())))
        .and("g·η = τ⁻ᵀη", all_close(moved.natural().as_slice(), &dual))
        .and("q(X) = q_{g·η}(BXBᵀ)|det B|^{d+1}", close(&before, &(after + jacobian)))
        .and(
            "A(g·η) = A(η) + 2a ln|det B|",
            close(&family.log_partition(&moved), &(family.log_partition(&q) + tilt)),
        )
        .and(
            "μ(g·η) = τμ(η) + c",
            all_close(moved.mean_parameter().as_slice(), &carried(q.mean_parameter().as_slice())),
        ))
}

/// `X_ij`, `i ≤ j`, with off-diagonal entries times a weight.
fn coordinates(matrix: &DMatrix<Rational>, weight: i64) -> Vec<Rational> {
    pairs(matrix.nrows())
        .map(|(i, j)| &matrix[(i, j)] * Rational::ratio(if i == j { 1 } else { weight }, 1))
        .collect()
}

/// A positive definite matrix with what a density asks of it.
struct Factored {
    inverse: DMatrix<Rational>,
    determinant: Rational,
}

fn factored(what: &'static str, matrix: &DMatrix<Rational>) -> Result<Factored, FamilyError> {
    let factor = Ldl::new(matrix).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
        what,
        row,
        value: pivot.nearest_f64(),
    })?;
    let determinant = factor.pivots().iter().product();
    Ok(Factored { inverse: factor.inverse(), determinant })
}

/// The same in rational arithmetic, with parameters and densities written out: what has logarithms in it are determinants, and
/// those move by factors of `2^k`. A logarithm is its whole multiple of `ln 2`; the gamma functions of `a`, which does not
/// move, are the same on both sides.
fn exactly_moves(instance: &Stretched, with_shift: bool) -> Result<Outcome, FamilyError> {
    let (exponent, rep) = instance.rep::<Rational>();
    let (n, scene) = (rep.dim(), &instance.scene);
    let matrix = rep.matrix(&1);
    let moved = |x: &DMatrix<Rational>| &matrix * x * matrix.transpose();
    let square = SymmetricSquare::new(rep);
    let half = Rational::ratio(1, 2);
    // X and V with their images, Λ = V⁻¹/2 and a = ν/2.
    let [theta, scale] = [Which::P, Which::Q].map(|which| positive_definite(scene, which, n));
    let (image, moved_scale) = (moved(&theta), moved(&scale));
    let (x, x_moved) = (factored("X", &theta)?, factored("BXBᵀ", &image)?);
    let (v, v_moved) = (factored("V", &scale)?, factored("BVBᵀ", &moved_scale)?);
    let (lambda, lambda_moved) = (v.inverse * half.clone(), v_moved.inverse * half.clone());
    let a = (Rational::count(n) + scene.positive::<Rational>(Which::Q, 1).swap_remove(0)) * &half;
    // In units of ln 2: how ln det X and ln det Λ change, and c.
    let (Some(of_x), Some(of_v)) = (
        log_two(&(x_moved.determinant / x.determinant)),
        log_two(&(v_moved.determinant / v.determinant)),
    ) else {
        return Ok(Outcome::new("determinants move by powers of two", Residual::failed()));
    };
    let of_lambda = -of_v;
    let volume = Rational::ratio(i64::from(exponent), 1);
    let c = if with_shift { Rational::count(2) * &volume } else { Rational::zero() };
    let statistic = Outcome::new(
        "T(BXBᵀ) = τT(X) + c",
        all_close(&square.apply(&1, &coordinates(&theta, 1)), &coordinates(&image, 1))
            .worse(close(&of_x, &c)),
    );
    // A = ln Γ_d(a) − a ln det Λ.
    let rise = -(&a * &of_lambda);
    let normal = statistic.and("A(g·η) = A(η) + 2a ln|det B|", close(&rise, &(&a * &c)));
    if !with_shift {
        return Ok(normal);
    }
    let natural = |lambda: &DMatrix<Rational>| coordinates(&-lambda, 2);
    let mut dual = vec![Rational::zero(); square.dim()];
    square.act_transposed(&-1, &natural(&lambda), &mut dual);
    // ln q = (a − (d+1)/2) ln det X − tr ΛX + a ln det Λ − ln Γ_d(a).
    let trace = |lambda: &DMatrix<Rational>, x: &DMatrix<Rational>| (lambda * x).trace();
    let jacobian = Rational::count(n + 1) * &volume;
    let logarithms = (&a - Rational::count(n + 1) * &half) * &of_x + &a * &of_lambda + jacobian;
    let doubled = |x: &DMatrix<Rational>| coordinates(&(x * (Rational::count(2) * &a)), 1);
    Ok(normal
        .and("g·η = τ⁻ᵀη", all_close(&natural(&lambda_moved), &dual))
        .and(
            "q(X) = q_{g·η}(BXBᵀ)|det B|^{d+1}",
            close(&trace(&lambda, &theta), &trace(&lambda_moved, &image))
                .worse(close(&logarithms, &Rational::zero())),
        )
        .and(
            "μ(g·η) = τμ(η) + c",
            all_close(&square.apply(&1, &doubled(&scale)), &doubled(&moved_scale))
                .worse(close(&-of_lambda, &c)),
        ))
}

/// `k` for `2^k`; `None` for what is no power of two.
fn log_two(x: &Rational) -> Option<Rational> {
    let power = |bits: u64| Rational::from_integer(num_bigint::BigInt::one() << bits);
    let (up, down) = (x.numer().bits() - 1, x.denom().bits() - 1);
    (*x == power(up) / power(down)).then(|| Rational::ratio(up as i64 - down as i64, 1))
}
