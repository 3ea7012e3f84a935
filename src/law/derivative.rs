//! Derivatives along a line of members, with an error estimate.

use super::draw::gap;
use crate::family::{FisherInformation, Member};
use crate::scalar::{Scalar, dot};
use nalgebra::DVector;

/// A central difference quotient.
pub(super) struct Derivative<T> {
    /// `(f(h) − f(−h)) / 2h`, one entry for each of `f`.
    pub(super) value: Vec<T>,
    /// The estimate of its truncation error.
    pub(super) truncation: Vec<f64>,
    /// `h`.
    pub(super) step: f64,
}

/// The derivative of `f(η + tv)` at `t = 0`, for a `v` of unit Fisher norm.
///
/// The quotient with step `h` is `f′ + a h² + O(h⁴)`. The truncation error is estimated from the
/// quotient with step `2h`: they differ by `3ah² + O(h⁴)`, three times the error, so the difference itself
/// is an upper bound as long as the `O(h⁴)` is below two thirds of it. Where a family changes on the scale
/// of a step of unit Fisher norm, the cube root of the unit roundoff balances `h²` against the roundings,
/// `u/h`. Where `T` is mostly constant and rarely far off, or an edge is near, it changes faster: `h` is
/// halved until the information along `v` moves by at most a quarter within `2h`. It is a power of two, so
/// that it adds no rounding of its own.
pub(super) fn derivative<F, T>(
    q: &Member<F, T>,
    v: &DVector<T>,
    f: impl Fn(&Member<F, T>) -> Vec<T>,
) -> Result<Derivative<T>, String>
where
    F: FisherInformation<T>,
    T: Scalar,
{
    let exponent =
        if T::UNIT_ROUNDOFF > 0.0 { (T::UNIT_ROUNDOFF.log2() / 3.0).round() as i64 } else { -18 };
    let along = |t: T| -> Option<f64> {
        let moved = q.natural().coordinates() + v.map(|entry| entry * t.clone());
        let member = Member::from_natural(q.family().clone(), moved).ok()?;
        let information = q.family().fisher_information(&member);
        Some(dot(v.as_slice(), (&information * v).as_slice()).nearest_f64())
    };
    let here = along(T::zero()).unwrap_or(f64::NAN);
    let smooth = |t: T| along(t).is_some_and(|side| (side - here).abs() <= here.abs() / 4.0);
    let mut h = T::ratio(1, 1 << -exponent);
    for _ in 0..60 {
        let reach = h.clone() + h.clone();
        if smooth(reach.clone()) && smooth(-reach) {
            break;
        }
        h /= T::ratio(2, 1);
    }
    let at = |t: T| -> Result<Vec<T>, String> {
        let moved = q.natural().coordinates() + v.map(|entry| entry * t.clone());
        Member::from_natural(q.family().clone(), moved)
            .map(|member| f(&member))
            .map_err(|why| format!("{q:?} plus {t} v with v = {v:?} is no member: {why}"))
    };
    let quotient = |h: T| -> Result<Vec<T>, String> {
        let (ahead, behind) = (at(h.clone())?, at(-h.clone())?);
        let width = h.clone() + h;
        Ok(ahead
            .into_iter()
            .zip(behind)
            .map(|(ahead, behind)| (ahead - behind) / width.clone())
            .collect())
    };
    let (value, coarse) = (quotient(h.clone())?, quotient(h.clone() + h.clone())?);
    let truncation = value.iter().zip(&coarse).map(|(fine, coarse)| gap(fine, coarse)).collect();
    Ok(Derivative { value, truncation, step: h.nearest_f64() })
}
