//! Families whose points can be listed.

use super::Coordinates;
use crate::scalar::Scalar;
use nalgebra::DVector;

/// A family on finitely many points, with the counting measure on them: expectations are finite sums,
/// and the oracle of everything else.
///
/// # Examples
/// ```
/// use equibayes::family::{Categorical, FiniteSupport, LogPartition};
///
/// let q = Categorical::with_probabilities(&[1.0, 2.0, 5.0])?;
/// let density = |theta: nalgebra::DVector<f64>| q.family().log_density(&q, theta.as_slice());
/// let total: f64 = q.family().support().map(|theta| f64::exp(density(theta))).sum();
/// assert!((total - 1.0).abs() < 1e-15);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub trait FiniteSupport<T: Scalar = f64>: Coordinates<T> {
    /// Every point of the support, once.
    fn support(&self) -> impl Iterator<Item = DVector<T>>;
}
