//! Families of one coordinate: the building blocks of [`Independent`](super::Independent).

use super::FamilyError;
use crate::scalar::{Real, Scalar};
use nalgebra::DMatrix;
use rand::Rng;
use std::fmt::Debug;

/// The symmetry of a block that moves under permutations of like coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permuted;

/// The symmetry of a block that moves under signed permutations: its support and its base measure do
/// not change under `θ ↦ −θ`, its statistics change sign or do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reflected;

/// An exponential family of one coordinate. A value is one kind of coordinate: two coordinates are alike,
/// and may be permuted, if their values are equal.
pub trait Univariate: Clone + PartialEq + Debug {
    /// [`Permuted`] or [`Reflected`].
    type Symmetry;

    /// How many statistics there are.
    const STATISTICS: usize;

    /// How many of them, the first ones, change sign with `θ`; not 0 only for [`Reflected`] blocks.
    const ODD: usize = 0;
}

/// As [`Coordinates`](super::Coordinates), for one coordinate; `index` is its number, for errors.
pub trait UnivariateCoordinates<T: Scalar>: Univariate {
    /// The statistics of `theta`.
    fn statistic(&self, theta: &T) -> Vec<T>;

    /// `η ↦ μ`.
    ///
    /// # Errors
    /// [`FamilyError`] if `eta` is outside the natural parameter space.
    fn mean(&self, eta: &[T], index: usize) -> Result<Vec<T>, FamilyError>;

    /// `μ ↦ η`.
    ///
    /// # Errors
    /// [`FamilyError`] if `mu` is not in the interior of the mean-parameter space.
    fn natural(&self, mu: &[T], index: usize) -> Result<Vec<T>, FamilyError>;

    /// The Fisher information, given both parameters.
    fn information(&self, eta: &[T], mu: &[T]) -> DMatrix<T>;
}

/// Both parameters of one coordinate.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a, T> {
    /// The natural parameter.
    pub eta: &'a [T],
    /// The mean parameter.
    pub mu: &'a [T],
}

/// As [`LogPartition`](super::LogPartition) and [`Entropy`](super::Entropy), for one coordinate.
pub trait UnivariateDensity<T: Real>: UnivariateCoordinates<T> {
    /// Whether `theta` is in the support.
    fn supports(&self, theta: T) -> bool;

    /// `A(η)`.
    fn log_partition(&self, q: Pair<'_, T>) -> T;

    /// `ln h(θ)` for a `theta` in the support.
    fn log_base_measure(&self, theta: T) -> T;

    /// `ln q(θ)` for a `theta` in the support, by the best formula there is.
    fn log_density(&self, q: Pair<'_, T>, theta: T) -> T;

    /// `A*(μ) = ⟨η, μ⟩ − A(η)`.
    fn conjugate(&self, q: Pair<'_, T>) -> T;

    /// `KL(q ‖ p)`, without cancellation for near-equal members.
    fn kl(&self, q: Pair<'_, T>, p: Pair<'_, T>) -> T;

    /// `−E ln q`.
    fn entropy(&self, q: Pair<'_, T>) -> T;
}

/// As [`Sample`](super::Sample), for one coordinate.
pub trait UnivariateSample<T: Real>: UnivariateCoordinates<T> {
    /// One draw.
    fn sample<R: Rng + ?Sized>(&self, q: Pair<'_, T>, rng: &mut R) -> T;
}

/// The value, if it is positive and finite.
pub(super) fn positive<T: Scalar>(
    what: &'static str,
    index: usize,
    value: &T,
) -> Result<T, FamilyError> {
    if !(*value > T::zero()) {
        return Err(FamilyError::NotPositive { what, index, value: value.nearest_f64() });
    }
    finite(what, index, value)
}

/// The value, if it is a number.
pub(super) fn finite<T: Scalar>(
    what: &'static str,
    index: usize,
    value: &T,
) -> Result<T, FamilyError> {
    if value.is_number() {
        Ok(value.clone())
    } else {
        Err(FamilyError::NotFinite { what, index, value: value.nearest_f64() })
    }
}
