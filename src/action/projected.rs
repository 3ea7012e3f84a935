//! `P` for mean parameters and `P*` for natural ones, chosen by their types.

use crate::family::{Mean, Natural};
use crate::representation::Reynolds;
use crate::scalar::Scalar;

/// On parameters of a family, for the Reynolds operator of its statistic's action `τ`.
///
/// What is applied follows from the type, so that the two operators cannot be mixed up:
///
/// ```
/// use equibayes::action::ClosedUnder;
/// use equibayes::family::FullGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{ChangeOfBasis, PermutationRep, Reynolds};
/// use nalgebra::{dmatrix, dvector};
///
/// // A swap in slanted coordinates, where P* is not P.
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let slanted = ChangeOfBasis::new(swap, dmatrix![1.0, 1.0; 0.0, 1.0])?;
/// let q = FullGaussian::with_covariance(&dvector![1.0, 2.0], &dmatrix![1.0, 0.0; 0.0, 1.0])?;
/// let p = Reynolds::of(&q.family().statistic_action(&slanted));
/// assert_eq!(p.natural(q.natural()).coordinates(), &p.project_dual(q.natural().as_slice()));
/// assert_eq!(p.mean(q.mean_parameter()).coordinates(), &p.project(q.mean_parameter().as_slice()));
/// assert_ne!(p.project(q.natural().as_slice()), p.project_dual(q.natural().as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail,E0308
/// use equibayes::action::ClosedUnder;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, Reynolds};
///
/// let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
/// let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[1.0, 1.0]).unwrap();
/// let p = Reynolds::of(&q.family().statistic_action(&swap));
/// p.natural(q.mean_parameter()); // wants a natural parameter
/// ```
impl<T: Scalar> Reynolds<T> {
    /// `P*η`, which the dual action of `τ` fixes: the natural parameter of the geometric average (claim S1).
    ///
    /// # Panics
    /// If the parameter has another length than the dimension.
    pub fn natural<F>(&self, eta: &Natural<F, T>) -> Natural<F, T> {
        Natural::new(self.project_dual(eta.as_slice()))
    }

    /// `Pμ`, which `τ` fixes: the mean parameter of the arithmetic average (claim S2), less the average of
    /// `c(g)` where the action has one ([`ClosedUnder::mean_shift`]).
    ///
    /// [`ClosedUnder::mean_shift`]: crate::action::ClosedUnder::mean_shift
    ///
    /// # Panics
    /// If the parameter has another length than the dimension.
    pub fn mean<F>(&self, mu: &Mean<F, T>) -> Mean<F, T> {
        Mean::new(self.project(mu.as_slice()))
    }
}
