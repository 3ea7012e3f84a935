//! Rounding of full Gaussians: in norms. What inverting `Λ` or `Σ` loses is their condition number.
//!
//! `tr Λ` and `tr Σ` stand for the norms (they are upper bounds of the spectral and the Frobenius norm),
//! `n` is the dimension. A solution by `LDLᵀ` is the exact one of a matrix `Λ + E` with
//! `|E| ≤ (3n + 1)u |L|D|Lᵀ|` (Higham 2002, theorem 10.4), and the entries of `|L|D|Lᵀ|` are at most
//! `√(λ_ii λ_jj)` by Cauchy–Schwarz, so `‖E‖ ≤ (3n + 1)u tr Λ`. So an inverse is off by
//! `(3n + 1)u tr Λ (tr Σ)²`.

use super::{Known, Reynolds, Rounded, U, projection_error};
use crate::family::{FullGaussian, Member};
use crate::linalg::Ldl;

/// Sizes of a member, and bounds in units of `u` on the errors of its parameters.
pub(in super::super) struct Errors {
    dim: f64,
    /// `tr Λ`, `tr Σ`, `Σ|ln d_i|` over the pivots, `‖m‖`, `‖η₁‖`.
    precision: f64,
    covariance: f64,
    logs: f64,
    mean: f64,
    first: f64,
    /// `Σ_k |η_k μ_k|`.
    pairing: f64,
    /// On `Λ`, `Σ`, `m` and `η₁`.
    precision_error: f64,
    covariance_error: f64,
    mean_error: f64,
    first_error: f64,
}

/// Where the errors of an inverse are no longer of first order, nothing is claimed.
fn first_order(relative_units: f64) -> f64 {
    if relative_units * U < 0.01 { 1.0 } else { f64::INFINITY }
}

impl Errors {
    /// The sizes, without errors.
    fn sizes(q: &Member<FullGaussian>) -> Self {
        let precision = q.precision();
        let logs = Ldl::new(&precision)
            .map_or(f64::INFINITY, |factor| factor.pivots().iter().map(|d| d.ln().abs()).sum());
        let (eta, mu) = (q.natural().as_slice(), q.mean_parameter().as_slice());
        let n = q.mean().len();
        Self {
            dim: n as f64,
            precision: precision.trace(),
            covariance: q.covariance().trace(),
            logs,
            mean: q.mean().norm(),
            first: q.natural().coordinates().rows(0, n).norm(),
            pairing: eta.iter().zip(mu).map(|(a, b)| (a * b).abs()).sum(),
            precision_error: 0.0,
            covariance_error: 0.0,
            mean_error: 0.0,
            first_error: 0.0,
        }
    }

    /// What an inversion loses, relative to the result.
    fn inversion(&self) -> f64 {
        (3.0 * self.dim + 1.0) * self.precision * self.covariance
    }

    /// The bounds that follow from ones on `η₁` and on `Λ`: `Σ = Λ⁻¹` and `m = Λ⁻¹η₁`.
    fn with_natural_errors(mut self, first_error: f64, precision_error: f64) -> Self {
        let relative = self.covariance * precision_error + self.inversion();
        let valid = first_order(relative);
        self.precision_error = precision_error;
        self.first_error = first_error;
        self.covariance_error = self.covariance * relative * valid;
        self.mean_error = (self.covariance * first_error + self.mean * relative) * valid;
        self
    }

    /// What `ln det Λ` is off by: `tr(Σ δΛ)`, with the factorisation's `‖E‖ ≤ (n + 1)u tr Λ`, and the
    /// rounding of the logarithms and of their sum.
    fn log_det_error(&self) -> f64 {
        self.covariance * (self.precision_error + (self.dim + 1.0) * self.precision)
            + (self.dim + 2.0) * self.logs
    }
}

/// `Σ|x_i|`.
fn total(x: &[f64]) -> f64 {
    x.iter().map(|x| x.abs()).sum()
}

impl Rounded for FullGaussian {
    type Errors = Errors;

    fn given(q: &Member<Self>, units: f64) -> Errors {
        let sizes = Errors::sizes(q);
        let n = sizes.dim;
        // n errors of η₁; n² entries of Λ, −2η_ii or −η_ij.
        sizes.with_natural_errors(n * units, 2.0 * n * n * units)
    }

    fn geometric(q: &Member<Self>, lower: &Member<Self>, reynolds: &Reynolds<f64>) -> Errors {
        let error = projection_error(reynolds, q.natural().as_slice(), true);
        let (first, second) = error.split_at(q.mean().len());
        // Every η_ij, i < j, is twice in Λ, and every η_ii counts twice.
        Errors::sizes(lower).with_natural_errors(total(first), 2.0 * total(second))
    }

    fn arithmetic(q: &Member<Self>, upper: &Member<Self>, reynolds: &Reynolds<f64>) -> Errors {
        let own = Self::given(q, 0.0);
        let n = q.mean().len();
        let p = reynolds.matrix();
        let (on_means, on_seconds) =
            (p.view((0, 0), (n, n)).norm(), p.view((n, n), (p.nrows() - n, p.nrows() - n)).norm());
        // m̂ = Pm.
        let mut stacked = q.mean().as_slice().to_vec();
        stacked.resize(p.nrows(), 0.0);
        let mean_error =
            total(&projection_error(reynolds, &stacked, false)) + on_means * own.mean_error;
        // Σ + (m − m̂)(m − m̂)ᵀ: errors of Σ and of the step, and three roundings of what is added.
        let step = q.mean() - upper.mean();
        let off = own.mean_error + mean_error + step.norm();
        let spread = q.covariance() + &step * step.transpose();
        let spread_error = own.covariance_error
            + 2.0 * step.norm() * off
            + U * off * off
            + 3.0 * (own.covariance + step.norm_squared());
        // Its projection, in coordinates i ≤ j: twice the squares are what the matrix has.
        stacked = vec![0.0; n];
        stacked.extend(crate::representation::pairs(n).map(|(i, j)| spread[(i, j)]));
        let covariance_error = std::f64::consts::SQRT_2
            * (total(&projection_error(reynolds, &stacked, false)) + on_seconds * spread_error);
        // The natural parameters are those of an inverse, and the covariance is read off them again.
        let sizes = Errors::sizes(upper);
        let relative = sizes.precision * covariance_error + sizes.inversion();
        let valid = first_order(relative);
        let precision_error = sizes.precision * relative * valid;
        let first_error = (sizes.precision * mean_error + sizes.first * relative) * valid;
        Errors { mean_error, ..sizes.with_natural_errors(first_error, precision_error) }
    }

    fn mean_parameter_error(q: &Known<Self>) -> Vec<f64> {
        let n = q.member.mean().len();
        let errors = &q.errors;
        // Σ_ij + m_i m_j: two roundings more.
        let second = errors.covariance_error
            + 2.0 * errors.mean * errors.mean_error
            + 2.0 * (errors.covariance + errors.mean * errors.mean);
        let mut error = vec![errors.mean_error; n];
        error.resize(q.member.mean_parameter().as_slice().len(), second);
        error
    }

    fn kl_error(q: &Known<Self>, p: &Known<Self>) -> f64 {
        let step = (q.member.mean() - p.member.mean()).norm();
        let (q, p) = (&q.errors, &p.errors);
        // tr(Λ_p Σ_q): the errors of both, and n + 2 roundings of every term.
        let product = p.precision * q.covariance;
        let trace = p.precision * q.covariance_error
            + p.precision_error * q.covariance
            + U * p.precision_error * q.covariance_error
            + (q.dim + 2.0) * product;
        // (m_q − m_p)ᵀΛ_p(m_q − m_p).
        let off = q.mean_error + p.mean_error + step;
        let shift = p.precision * (2.0 * step * off + U * off * off)
            + p.precision_error * step * step
            + (2.0 * q.dim + 2.0) * p.precision * step * step;
        // Four sums of terms of these sizes.
        let sizes = product + q.dim + q.logs + p.logs + p.precision * step * step;
        0.5 * (trace + q.log_det_error() + p.log_det_error() + shift + 4.0 * sizes)
    }

    fn log_partition_error(q: &Known<Self>) -> f64 {
        let q = &q.errors;
        // ½ (⟨η₁, m⟩ − ln det Λ).
        let quadratic =
            q.first * q.mean_error + q.first_error * q.mean + (q.dim + 3.0) * q.first * q.mean;
        0.5 * (quadratic + q.log_det_error() + q.logs)
    }

    fn conjugate_error(q: &Known<Self>) -> f64 {
        let terms = q.member.natural().as_slice().len() as f64 + 3.0;
        let errors = &q.errors;
        let second = errors.covariance + errors.mean * errors.mean;
        let second_error =
            errors.covariance_error + 2.0 * errors.mean * errors.mean_error + 3.0 * second;
        let pairing = errors.first * errors.mean_error
            + errors.first_error * errors.mean
            + errors.precision * second_error
            + errors.precision_error * second
            + terms * errors.pairing;
        pairing + Self::log_partition_error(q)
    }
}

impl Known<FullGaussian> {
    /// A bound on the norm of the error of the covariance, in units of `u`.
    pub(in super::super) fn covariance_error(&self) -> f64 {
        self.errors.covariance_error
    }
}
