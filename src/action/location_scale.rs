//! How signed permutations move location–scale families (claims F5 and S3).

use crate::family::{FamilyError, LocationScale};
use crate::group::FinitelyGenerated;
use crate::representation::{ActsBySignedPermutations, ElementOf, SignedOrbits};
use crate::scalar::Real;
use nalgebra::DVector;

/// Fails unless the representation acts on vectors of the location's length.
fn fits(representation: usize, family: usize) -> Result<(), FamilyError> {
    if representation == family {
        Ok(())
    } else {
        Err(FamilyError::WrongRepresentation { representation, family })
    }
}

/// The push-forward `ρ(g)_# q`, with location `ρ(g)m` and scale `|ρ(g)|s` (claim F5): the law of `ρ(g)θ` for `θ ∼ q`.
/// No exponential family is needed.
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the distribution.
pub fn push_forward_location_scale<Q, R, T>(
    q: &Q,
    rep: &R,
    g: &ElementOf<R>,
) -> Result<Q, FamilyError>
where
    Q: LocationScale<T>,
    R: ActsBySignedPermutations,
    T: Real,
{
    let (location, scale) = (q.location(), q.scale());
    fits(rep.dim(), location.len())?;
    let map = rep.index_map(g);
    let (mut moved, mut stretched) = (location.clone(), scale.clone());
    map.act(location.as_slice(), moved.as_mut_slice());
    map.unsigned().act(scale.as_slice(), stretched.as_mut_slice());
    Q::with_location_scale(moved.as_slice(), stretched.as_slice())
}

/// The invariant distribution `(Pm, |P|s)`: locations averaged over their orbits with signs, scales without
/// (claim S3).
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the distribution.
pub fn project_location_scale<Q, R, T>(q: &Q, rep: &R) -> Result<Q, FamilyError>
where
    Q: LocationScale<T>,
    R: ActsBySignedPermutations,
    R::Group: FinitelyGenerated,
    T: Real,
{
    let (location, scale) = (q.location(), q.scale());
    fits(rep.dim(), location.len())?;
    let orbits = SignedOrbits::of(rep);
    let mut average = DVector::from_element(location.len(), T::zero());
    let mut spread = average.clone();
    orbits.project(location.as_slice(), average.as_mut_slice());
    orbits.unsigned().project(scale.as_slice(), spread.as_mut_slice());
    Q::with_location_scale(average.as_slice(), spread.as_slice())
}
