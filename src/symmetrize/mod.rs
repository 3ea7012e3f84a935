//! Symmetrisations: from a posterior to an invariant one.
//!
//! All average the orbit `{g_# q}`, each in its own coordinates:
//!
//! | function | coordinates | what it is | claim |
//! |---|---|---|---|
//! | [`geometric`] | natural, `P*η` | the I-projection on the invariant members | S1 |
//! | [`arithmetic`] | mean, `Pμ` | the M-projection; moment matching of the orbit mixture | S2 |
//! | [`projection`] | location and scale, `(Pm, \|P\|σ)` | the Wasserstein-2 barycentre of the orbit | S3 |
//! | [`barycentre`] | covariances of any shape | the same for full Gaussians under orthogonal actions | S3 |
//! | [`tie`] | the draws themselves, `Pθ` | the push-forward by `P`: every draw is invariant | S3 |
//! | [`expansion`] | none: a wider network | one block of weights for every element; every network of the kind is equivariant | S8, S9 |
//! | [`mixture()`] | none: densities | the average of the orbit itself, outside the family | S6 |
//!
//! [`orbit_divergence`] measures how far a member is from invariant, and splits it (claims B2 and S4).
//! [`mean_field`] does all of this on plain slices of means and standard deviations, in one pass and
//! for any scale: that is what trained networks go through.

mod arithmetic;
mod barycentre;
pub mod expansion;
mod geometric;
pub mod mean_field;
mod mixture;
mod orbit_divergence;
mod projection;
mod tying;

pub use arithmetic::{Arithmetic, arithmetic};
pub use barycentre::{Barycentre, barycentre, wasserstein_barycentre};
pub use geometric::{Geometric, geometric};
pub use mixture::{Mixture, mixture};
#[cfg(feature = "catalogue")]
pub(crate) use orbit_divergence::linear_form;
pub use orbit_divergence::{OrbitDivergence, orbit_divergence};
pub use projection::{Projection, projection};
pub use tying::{Tied, tie};

use crate::family::{Coordinates, FamilyError, Member};
use crate::representation::ActsOn;
use crate::scalar::Scalar;

/// A way from a member of the family `F` to an invariant one, under the action of `R`.
///
/// A symmetrisation returns a member that no group element moves, returns an invariant member
/// unchanged, and gives every member of an orbit the same result;
/// [`law::symmetrization`](crate::law::symmetrization) checks all three.
pub trait Symmetrization<F: Coordinates<T>, R: ActsOn<T>, T: Scalar = f64> {
    /// The name, as the command line knows it.
    fn name(&self) -> &'static str;

    /// The invariant member.
    ///
    /// # Errors
    /// [`FamilyError`] if the representation has another dimension than the family, or rounding leads
    /// out of the parameter space.
    fn symmetrize(&self, q: &Member<F, T>, rep: &R) -> Result<Member<F, T>, FamilyError>;
}
