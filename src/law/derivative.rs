//! Derivatives along a line of members, with an error estimate.

use super::draw::distance;
use crate::family::{Coordinates, Member};
use crate::scalar::Scalar;
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
/// is an upper bound as long as the `O(h⁴)` is below two thirds of it. A step of unit Fisher norm is of
/// the size on which the family changes, so `h` is small; the cube root of the unit roundoff balances
/// `h²` against the roundings, `u/h`. It is a power of two, so that it adds none of its own.
pub(super) fn derivative<F, T>(
    q: &Member<F, T>,
    v: &DVector<T>,
    f: impl Fn(&Member<F, T>) -> Vec<T>,
) -> Result<Derivative<T>, String>
where
    F: Coordinates<T>,
    T: Scalar,
{
    let exponent =
        if T::UNIT_ROUNDOFF > 0.0 { (T::UNIT_ROUNDOFF.log2() / 3.0).round() as i64 } else { -18 };
    let h = T::ratio(1, 1 << -exponent);
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
    let truncation = value
        .iter()
        .zip(&coarse)
        .map(|(fine, coarse)| distance(std::slice::from_ref(fine), std::slice::from_ref(coarse)))
        .collect();
    Ok(Derivative { value, truncation, step: h.nearest_f64() })
}
