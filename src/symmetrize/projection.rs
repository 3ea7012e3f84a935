//! Projection: location–scale coordinates (claim S3).

use super::Symmetrization;
use crate::action::fits;
use crate::family::{DiagonalGaussian, FamilyError, IsotropicGaussian, Member, Wasserstein};
use crate::group::FinitelyGenerated;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, ActsOrthogonally, HasReynolds, SignedOrbits,
};
use crate::scalar::Real;
use nalgebra::DVector;

/// Projection, as a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Projection;

/// `(Pm, |P|σ)`: means averaged with signs, standard deviations without. For diagonal Gaussians under
/// signed permutations this is the Wasserstein-2 barycentre of the orbit (claim S3).
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family.
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::projection;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_std_dev(&[1.0, 5.0], &[1.0, 3.0])?;
/// let invariant = projection(&q, &swap)?;
/// assert_eq!(invariant.mean().as_slice(), [3.0; 2]);
/// assert_eq!(invariant.std_dev().as_slice(), [2.0; 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn projection<R, T>(
    q: &Member<DiagonalGaussian, T>,
    rep: &R,
) -> Result<Member<DiagonalGaussian, T>, FamilyError>
where
    R: ActsBySignedPermutations + ActsOn<T>,
    R::Group: FinitelyGenerated,
    T: Real,
{
    fits(q.family(), rep)?;
    let orbits = SignedOrbits::of(rep);
    let mut mean = DVector::from_element(rep.dim(), T::zero());
    let mut std_dev = mean.clone();
    orbits.project(q.mean().as_slice(), mean.as_mut_slice());
    orbits.unsigned().project(q.std_dev().as_slice(), std_dev.as_mut_slice());
    DiagonalGaussian::with_std_dev(mean.as_slice(), std_dev.as_slice())
}

impl<R, T> Symmetrization<DiagonalGaussian, R, T> for Projection
where
    R: ActsBySignedPermutations + ActsOn<T>,
    R::Group: FinitelyGenerated,
    T: Real,
{
    fn name(&self) -> &'static str {
        "projection"
    }

    fn symmetrize(
        &self,
        q: &Member<DiagonalGaussian, T>,
        rep: &R,
    ) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
        projection(q, rep)
    }

    fn wasserstein(
        &self,
        q: &Member<DiagonalGaussian, T>,
        posterior: &Member<DiagonalGaussian, T>,
    ) -> Result<Option<T>, FamilyError> {
        Ok(Some(q.family().wasserstein(q, posterior)?))
    }
}

/// `N(Pm, v)`: an orthogonal action moves the mean only, and `W_2` is then the distance of the means.
impl<R, T> Symmetrization<IsotropicGaussian, R, T> for Projection
where
    R: ActsOrthogonally + HasReynolds<T>,
    T: Real,
{
    fn name(&self) -> &'static str {
        "projection"
    }

    fn symmetrize(
        &self,
        q: &Member<IsotropicGaussian, T>,
        rep: &R,
    ) -> Result<Member<IsotropicGaussian, T>, FamilyError> {
        fits(q.family(), rep)?;
        let mean = rep.reynolds()?.project(q.mean().as_slice());
        IsotropicGaussian::with_variance(mean.as_slice(), q.variance())
    }

    fn wasserstein(
        &self,
        q: &Member<IsotropicGaussian, T>,
        posterior: &Member<IsotropicGaussian, T>,
    ) -> Result<Option<T>, FamilyError> {
        Ok(Some(q.family().wasserstein(q, posterior)?))
    }
}
