//! How a representation moves a family of distributions.
//!
//! If `θ ∼ q_η`, then `ρ(g)θ` has the *push-forward* `ρ(g)_# q_η`. A family is *closed* under the action
//! when that is again a member, `q_{g·η}`; this is the hypothesis of every exact statement of the
//! theory, so it is a bound of the type system, [`ClosedUnder`]. Where it fails there is
//! [`closedness_gap`], a number.

mod categorical;
mod closed;
mod closedness_gap;
mod gaussian;
mod independent;
mod ising;
mod isotropic_gaussian;
mod location_scale;
mod projected;
mod push_forward;
mod tilt;
mod von_mises_fisher;
mod wishart;

pub use categorical::FirstClasses;
pub use closed::ClosedUnder;
pub use closedness_gap::{closedness_gap, isotropic_closedness_gap};
pub use independent::{Components, Moves};
pub use ising::{BitProducts, SpinProducts};
pub use location_scale::{project_location_scale, push_forward_location_scale};
pub use push_forward::push_forward;
pub use tilt::Tilt;
pub(crate) use tilt::{averaged_natural, moved_natural};

use crate::family::{Family, FamilyError};
use crate::representation::Representation;

/// Fails unless the representation acts on the family's `θ`.
pub(crate) fn fits<F: Family, R: Representation>(family: &F, rep: &R) -> Result<(), FamilyError> {
    if rep.dim() == family.dim() {
        Ok(())
    } else {
        Err(FamilyError::WrongRepresentation { representation: rep.dim(), family: family.dim() })
    }
}
