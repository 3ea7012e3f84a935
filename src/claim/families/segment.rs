//! Integrals along segments of natural parameters, with every error bounded.

use super::super::rounding::Tracked;
use super::posed::Posed;
use crate::family::{FamilyError, Member};
use crate::scalar::dot;
use nalgebra::{DMatrix, DVector};

/// The Gauss–Legendre rule with 16 nodes on `[−1, 1]`: the positive nodes with their weights, to the
/// nearest float.
const RULE: [(f64, f64); 8] = [
    (0.9894009349916499, 0.027152459411754096),
    (0.9445750230732326, 0.062253523938647894),
    (0.8656312023878318, 0.09515851168249279),
    (0.755404408355003, 0.12462897125553388),
    (0.6178762444026438, 0.14959598881657674),
    (0.45801677765722737, 0.16915651939500254),
    (0.2816035507792589, 0.18260341504492358),
    (0.09501250983763744, 0.1894506104550685),
];

/// The rule on `[0, 1]`: nodes and weights, each known to within its rounding.
pub(super) fn gauss_legendre() -> impl Iterator<Item = (Tracked, Tracked)> {
    let half = Tracked::exact(0.5);
    RULE.into_iter().flat_map(move |(x, w)| {
        let (x, w) = (Tracked::rounded(x), Tracked::rounded(w) * half);
        [-x, x].map(|x| ((Tracked::exact(1.0) + x) * half, w))
    })
}

/// The parameter of the ellipses on which integrands are bounded.
const RHO: f64 = 4.0;

/// What the rule can be wrong by on `[0, 1]`, for an integrand that is analytic and at most `sup` in modulus
/// inside the Bernstein ellipse of `[0, 1]` with parameter `ρ`.
///
/// The Chebyshev coefficients of such a function are at most `2 sup ρ^{−k}`, so some polynomial of
/// degree `2N − 1` is within `2 sup ρ^{−(2N−1)}/(ρ − 1)` of it. The rule with `N` nodes integrates the
/// polynomial exactly, and it and the integral both have mass 1: the error is at most twice that.
fn truncation(sup: f64) -> f64 {
    let degree = (4 * RULE.len() - 1) as i32;
    4.0 * sup * RHO.powi(-degree) / (RHO - 1.0)
}

/// A segment `η + tδ`, `0 ≤ t ≤ 1`, in the natural parameters of a Gaussian, short enough for the
/// quadrature: with `E = Λ^{-1/2} δΛ Λ^{-1/2}`, `‖E‖ ≤ 1/2`.
///
/// On the Bernstein ellipse with `ρ = 4`, `|t| ≤ ½(1 + ½(ρ + 1/ρ)) = 1.5625`, so `‖tE‖ ≤ 0.78125` and
/// `‖(1 + tE)⁻¹‖ ≤ K = 1/(1 − 0.78125)`: everything below is analytic there.
pub(super) struct Segment<F> {
    pub(super) start: Member<F, Tracked>,
    pub(super) end: Member<F, Tracked>,
    /// `δ`.
    pub(super) step: DVector<Tracked>,
    /// Bounds on the `√Σ_ii` at the start.
    std_dev: Vec<f64>,
    /// A bound on `|a|`, `a = Λ^{-1/2} l`, where `l = Λm`.
    a: f64,
    /// A bound on `|d|`, `d = Λ^{-1/2} δl`.
    d: f64,
}

const T_MAX: f64 = 1.5625;
const K: f64 = 1.0 / (1.0 - T_MAX / 2.0);

/// An upper bound on the root of a tracked number; NaN where there is none.
fn largest_root(x: Tracked) -> f64 {
    let most = x.value() + x.bound();
    if most <= 0.0 { 0.0 } else { most.sqrt() * (1.0 + f64::EPSILON) }
}

impl<F: Posed<Tracked>> Segment<F> {
    /// A segment from `q` towards `p`, shortened by a power of two until the quadrature can be trusted.
    pub(super) fn towards(
        q: &Member<F, Tracked>,
        p: &Member<F, Tracked>,
    ) -> Result<Self, FamilyError> {
        // How well the parameters are known does not matter here: they are data.
        let data = |member: &Member<F, Tracked>| {
            let eta = member.natural().coordinates().map(|x| Tracked::exact(x.value()));
            Member::from_natural(member.family().clone(), eta)
        };
        let (start, other) = (data(q)?, data(p)?);
        let difference = other.natural().coordinates() - start.natural().coordinates();
        let covariance = F::covariance(&start);
        let relative: DMatrix<Tracked> =
            &covariance * (F::precision(&other) - F::precision(&start));
        // ‖E‖² ≤ ‖E‖_F² = tr E² = tr (Σ δΛ)². The logarithm rounds by far less than a thousandth.
        let norm = largest_root((&relative * &relative).trace());
        let halvings = (2.002 * norm).log2().ceil();
        let shrink = if halvings > 0.0 || halvings.is_nan() { 0.5_f64.powf(halvings) } else { 1.0 };
        let step = difference.map(|x| Tracked::exact(x.value() * shrink));
        let end =
            Member::from_natural(start.family().clone(), start.natural().coordinates() + &step)?;
        let dim = start.family().dim();
        let length = |x: &DVector<Tracked>| {
            let linear = x.rows(0, dim).into_owned();
            largest_root(dot(linear.as_slice(), (&covariance * &linear).as_slice()))
        };
        let std_dev = covariance.diagonal().iter().map(|&v| largest_root(v)).collect();
        let (a, d) = (length(start.natural().coordinates()), length(&step));
        Ok(Self { start, end, step, std_dev, a, d })
    }

    /// The member at `t`.
    pub(super) fn at(&self, t: Tracked) -> Result<Member<F, Tracked>, FamilyError> {
        let eta = self.start.natural().coordinates() + &self.step * t;
        Member::from_natural(self.start.family().clone(), eta)
    }

    /// `sup |a + td|`.
    fn reach(&self) -> f64 {
        self.a + T_MAX * self.d
    }

    /// How far the rule can be from `∫ ⟨μ(η + tδ), δ⟩ dt`.
    ///
    /// With `R = (1 + tE)⁻¹`: `m = Λ^{-1/2}R(a + td)`, so `|⟨m, δl⟩| ≤ K|a + td||d|`; the rest is
    /// `−½ tr(ER) − ½ (a + td)ᵀRER(a + td)`, and `|tr(ER)| ≤ ‖E‖_F ‖R‖_F ≤ ½ √n K`.
    pub(super) fn scalar_truncation(&self) -> f64 {
        let n = self.std_dev.len() as f64;
        let reach = self.reach();
        truncation(K * reach * self.d + 0.25 * n.sqrt() * K + 0.25 * K * K * reach * reach)
    }

    /// How far the rule can be from the change of the mean, `∫ m_i' dt`.
    ///
    /// `|(Λ^{-1/2}v)_i| ≤ σ_i|v|`, so `|m_i| ≤ σ_i K|a + td|` and, differentiating,
    /// `|m_i'| ≤ σ_i K(|d| + ½K|a + td|)`.
    pub(super) fn mean_truncation(&self, i: usize) -> f64 {
        truncation(self.std_dev[i] * K * (self.d + 0.5 * K * self.reach()))
    }

    /// How far the rule can be from the change of `Σ_ij + m_i m_j`: as for the mean, and
    /// `Σ' = −Λ^{-1/2}RERΛ^{-1/2}` gives `|Σ_ij'| ≤ ½σ_iσ_jK²`.
    pub(super) fn second_truncation(&self, i: usize, j: usize) -> f64 {
        let mean = K * self.reach();
        let slope = K * (self.d + 0.5 * K * self.reach());
        truncation(self.std_dev[i] * self.std_dev[j] * (0.5 * K * K + 2.0 * mean * slope))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::rounding::close;
    use super::*;
    use crate::scalar::Scalar;
    use num_traits::One;

    #[test]
    fn the_rule_is_exact_up_to_degree_31() {
        for degree in 0..32 {
            let sum = gauss_legendre().fold(Tracked::exact(0.0), |sum, (t, w)| {
                sum + w * (0..degree).fold(Tracked::one(), |power, _| power * t)
            });
            assert!(close(&sum, &Tracked::ratio(1, degree + 1)).holds(), "{degree}: {sum}");
        }
    }

    #[test]
    fn the_bound_on_its_error_is_one() {
        // The ellipse reaches from −0.5625 to 1.5625. With a double pole at −0.6, just outside, the
        // error stands above rounding, and still below its bound.
        let sum =
            gauss_legendre().fold(0.0, |sum, (t, w)| sum + w.value() / (t.value() + 0.6).powi(2));
        let error = (sum - (1.0 / 0.6 - 1.0 / 1.6)).abs();
        assert!(error <= truncation(1.0 / (0.6_f64 - 0.5625).powi(2)), "{error:e}");
    }
}
