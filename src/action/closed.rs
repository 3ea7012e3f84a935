//! Closedness of a family under a representation, as a trait bound (claim F3).

use super::{Tilt, fits};
use crate::family::{Coordinates, FamilyError, Member};
use crate::representation::{ActsOn, ElementOf, Reynolds};
use crate::scalar::Scalar;
use nalgebra::DVector;

/// The family is closed under the action of `R`: push-forwards of members are members.
///
/// By claim F3 this holds when the base measure is invariant, `h(ρ(g)θ) |det ρ(g)| = h(θ)`, and
/// the statistic moves affinely, `T(ρ(g)θ) = τ(g)T(θ) + c(g)`. Implementing the trait is the promise
/// that both hold; [`law::closed`](crate::law::closed) checks it numerically.
///
/// The usual case is `c = 0`. Where it is not, override both shifts.
///
/// The base measure may also be tilted, `h(ρ(g)θ) |det ρ(g)| = h(θ) e^{⟨a(g), T(θ)⟩ + b(g)}`; natural parameters then
/// move by the affine maps `g·η = τ(g)⁻ᵀη + a(g⁻¹)`. Where it is, override both tilts; a family becomes such a one by
/// being written relative to another measure ([`Tilted`](crate::family::Tilted)).
///
/// # Examples
/// A diagonal Gaussian is closed under signed permutations:
/// ```
/// use equibayes::action::ClosedUnder;
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, Representation};
///
/// let shift = PermutationRep::regular(&Cyclic::new(3)?)?;
/// let tau = ClosedUnder::<_, f64>::statistic_action(&DiagonalGaussian::new(3), &shift);
/// assert_eq!(tau.dim(), 6); // θ and θ²
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Under a general matrix, a rotation say, it is not, and this is a compile error:
/// ```compile_fail,E0277
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::Dense;
/// use equibayes::symmetrize::geometric;
/// use nalgebra::dmatrix;
///
/// let third_turn = Dense::from_fn(Cyclic::new(3)?, 2, |&k| {
///     let (sin, cos) = (f64::from(k as u32) * std::f64::consts::TAU / 3.0).sin_cos();
///     dmatrix![cos, -sin; sin, cos]
/// });
/// let q = DiagonalGaussian::with_variance(&[1.0, 0.0], &[1.0, 2.0])?;
/// geometric(&q, &third_turn)?; // the trait bound is not satisfied
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait ClosedUnder<R: ActsOn<T>, T: Scalar = f64>: Coordinates<T> {
    /// The representation `τ` on the space of the statistic.
    type Statistic: ActsOn<T, Group = R::Group>;

    /// `τ`, with `T(ρ(g)θ) = τ(g)T(θ) + c(g)`.
    fn statistic_action(&self, rep: &R) -> Self::Statistic;

    /// Fails unless the family is closed under this very representation: a hypothesis that the types
    /// cannot state. The provided method compares dimensions; override it where more is needed, an
    /// automorphism of a graph say. Whatever moves or averages members asks first.
    ///
    /// # Errors
    /// [`FamilyError`] that says what the representation lacks.
    fn admits(&self, rep: &R) -> Result<(), FamilyError> {
        fits(self, rep)
    }

    /// `c(g)`, or `None` where it is zero for every `g`.
    fn statistic_shift(&self, rep: &R, g: &ElementOf<R>) -> Option<DVector<T>> {
        let _ = (rep, g);
        None
    }

    /// `avg_g c(g)`, or `None` where `c` is zero.
    fn mean_shift(&self, rep: &R) -> Option<DVector<T>> {
        let _ = rep;
        None
    }

    /// How the base measure moves under `g`, or `None` where it is invariant under every `g`.
    fn tilt(&self, rep: &R, g: &ElementOf<R>) -> Option<Tilt<T>> {
        let _ = (rep, g);
        None
    }

    /// `avg_g a(g)`, given the Reynolds operator of `τ`; or `None` where `a` is zero.
    ///
    /// It is the geometric average of the member with `η = 0`, were that a parameter, and `P*` sends it to zero.
    fn mean_tilt(&self, rep: &R, reynolds: &Reynolds<T>) -> Option<DVector<T>> {
        let _ = (rep, reynolds);
        None
    }

    /// The member whose mean parameter is the orbit average `Pμ + avg_g c(g)`, given the Reynolds
    /// operator of `τ`.
    ///
    /// Override it where mean coordinates cancel, as second moments do; the result must be the
    /// same in exact arithmetic.
    ///
    /// # Errors
    /// [`FamilyError`] if rounding leads out of the mean-parameter space.
    fn average_mean(
        &self,
        rep: &R,
        reynolds: &Reynolds<T>,
        q: &Member<Self, T>,
    ) -> Result<Member<Self, T>, FamilyError> {
        self.admits(rep)?;
        let mut mean = reynolds.mean(q.mean_parameter()).into_coordinates();
        if let Some(shift) = self.mean_shift(rep) {
            mean += shift;
        }
        Member::from_mean(self.clone(), mean)
    }
}
