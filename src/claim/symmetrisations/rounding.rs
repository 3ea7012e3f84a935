//! What rounding can do to the parameters and divergences of Gaussians.
//!
//! First-order bounds, in units of the unit roundoff `u`: a member is *given* by its natural parameters
//! (what is stored is exact by definition) or computed by an averaging; from the bounds on its
//! parameters follow those on `KL`, `A` and `A*`. Second-order terms are written where a first-order
//! one can vanish, and otherwise absorbed by [`SECOND_ORDER`].

mod diagonal;
mod full;

use crate::family::{LogPartition, Member};
use crate::representation::Reynolds;
use crate::scalar::Scalar;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// The unit roundoff of `f64`.
pub(super) const U: f64 = <f64 as Scalar>::UNIT_ROUNDOFF;

/// All bounds hold to first order; what they are multiplied by for the products of errors.
const SECOND_ORDER: f64 = 2.0;

/// A computed number with a bound on its distance from the exact one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Estimate {
    /// A number that is off by at most `units` times `u`.
    pub(super) fn new(value: f64, units: f64) -> Self {
        Self { value, error: units * U * SECOND_ORDER }
    }

    /// How far two estimates of the same number are apart, against the sum of their bounds.
    pub(super) fn agrees(self, other: Self) -> crate::law::Residual {
        let difference = self - other;
        crate::law::Residual::new(difference.value.abs(), difference.error)
    }

    /// The mean of estimates.
    pub(super) fn average(estimates: &[Self]) -> Self {
        let count = estimates.len() as f64;
        let sum: Self = estimates.iter().copied().sum();
        let value = sum.value / count;
        Self { value, error: sum.error / count + U * value.abs() }
    }
}

impl Add for Estimate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let value = self.value + other.value;
        Self { value, error: self.error + other.error + U * value.abs() }
    }
}

impl Sub for Estimate {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { value: -other.value, error: other.error }
    }
}

impl Sum for Estimate {
    fn sum<I: Iterator<Item = Self>>(estimates: I) -> Self {
        estimates.fold(Self { value: 0.0, error: 0.0 }, Add::add)
    }
}

/// A bound, in units of `u`, on the error of each entry of a projection `Px` (of `P*x` if `dual`).
///
/// By orbits: with `X` the largest magnitude in an orbit of `l` coordinates, the `l − 1` differences from
/// the first are at most `2X` and rounded once, their sum rounds each `l − 1` times; division by `l` and the
/// last sum add `2X` and `3X`: below `(2l + 7)X`. By the matrix: a dot product of `s` terms with entries
/// rounded once each, `(s + 1) Σ_j |p_ij||x_j|`.
pub(super) fn projection_error(reynolds: &Reynolds<f64>, x: &[f64], dual: bool) -> Vec<f64> {
    if let Some(orbits) = reynolds.orbits() {
        let mut error = vec![0.0; x.len()];
        for orbit in orbits.iter() {
            let largest = orbit.members().map(|(i, _)| x[i].abs()).fold(0.0, f64::max);
            for (i, _) in orbit.members() {
                error[i] = (2 * orbit.len() + 7) as f64 * largest;
            }
        }
        return error;
    }
    let mut magnitudes = reynolds.matrix().map(f64::abs);
    if dual {
        magnitudes.transpose_mut();
    }
    let x = nalgebra::DVector::from_iterator(x.len(), x.iter().map(|x| x.abs()));
    let terms = (x.len() + 1) as f64;
    (magnitudes * x).iter().map(|size| terms * size).collect()
}

/// A bound, in units of `u`, on the error of each natural parameter of a push-forward, by the sum of
/// the magnitudes of the parameters and [`shear`](super::setting::Setting::shear) `r`.
///
/// `S⁻ᵀρᵀSᵀη₁` is three products with sums of `n` terms at most, `3n r Σ|η|`; `ρᵀΛρ` is two such products
/// with the matrix `ρ`, whose entries are integers and at most `r` in sum, and weights 2: `2(2n + 4)r²Σ|η|`.
pub(super) fn push_error(shear: f64, dim: usize, eta: &[f64]) -> f64 {
    let total: f64 = eta.iter().map(|x| x.abs()).sum();
    (4 * dim + 8) as f64 * (shear + shear * shear) * total
}

/// A family whose rounding is understood.
pub(super) trait Rounded: LogPartition<f64> {
    /// Bounds on the errors of a member's parameters.
    type Errors;

    /// A member that is given by its natural parameters, each off by at most `units` times `u`.
    fn given(q: &Member<Self>, units: f64) -> Self::Errors;

    /// The geometric average of a member that is given, by the Reynolds operator of the statistic.
    fn geometric(q: &Member<Self>, lower: &Member<Self>, reynolds: &Reynolds<f64>) -> Self::Errors;

    /// The arithmetic average of a member that is given.
    fn arithmetic(q: &Member<Self>, upper: &Member<Self>, reynolds: &Reynolds<f64>)
    -> Self::Errors;

    /// Each mean parameter is off by at most so many units.
    fn mean_parameter_error(q: &Known<Self>) -> Vec<f64>;

    /// `KL(q ‖ p)` is off by at most so many units.
    fn kl_error(q: &Known<Self>, p: &Known<Self>) -> f64;

    /// `A(η)` is off by at most so many units.
    fn log_partition_error(q: &Known<Self>) -> f64;

    /// `A*(μ)` is off by at most so many units.
    fn conjugate_error(q: &Known<Self>) -> f64;
}

/// A member with bounds on the errors of its parameters.
pub(super) struct Known<F: Rounded> {
    pub(super) member: Member<F>,
    errors: F::Errors,
}

impl<F: Rounded> Known<F> {
    /// A member that is what it is stored as, in natural coordinates.
    pub(super) fn given(member: Member<F>) -> Self {
        Self::moved(member, 0.0)
    }

    /// A member whose natural parameters are off by at most `units` each.
    pub(super) fn moved(member: Member<F>, units: f64) -> Self {
        let errors = F::given(&member, units);
        Self { member, errors }
    }

    /// A geometric average.
    pub(super) fn geometric(&self, lower: Member<F>, reynolds: &Reynolds<f64>) -> Self {
        let errors = F::geometric(&self.member, &lower, reynolds);
        Self { member: lower, errors }
    }

    /// An arithmetic average.
    pub(super) fn arithmetic(&self, upper: Member<F>, reynolds: &Reynolds<f64>) -> Self {
        let errors = F::arithmetic(&self.member, &upper, reynolds);
        Self { member: upper, errors }
    }

    /// Bounds on the errors of the mean parameters, in units of `u`.
    pub(super) fn mean_parameter_error(&self) -> Vec<f64> {
        F::mean_parameter_error(self)
    }

    /// `KL(q ‖ p)`.
    pub(super) fn kl(&self, p: &Self) -> Estimate {
        let value = self.member.family().kl(&self.member, &p.member);
        Estimate::new(value, F::kl_error(self, p))
    }

    /// `A(η)`.
    pub(super) fn log_partition(&self) -> Estimate {
        let value = self.member.family().log_partition(&self.member);
        Estimate::new(value, F::log_partition_error(self))
    }

    /// `A*(μ)`.
    pub(super) fn conjugate(&self) -> Estimate {
        let value = self.member.family().conjugate(&self.member);
        Estimate::new(value, F::conjugate_error(self))
    }
}
