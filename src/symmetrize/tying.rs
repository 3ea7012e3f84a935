//! Tying: the push-forward by the Reynolds operator (claim S3).

use crate::action::fits;
use crate::family::{
    DiagonalGaussian, FamilyError, FullGaussian, IsotropicGaussian, Member, Sample,
};
use crate::representation::{HasReynolds, Reynolds};
use crate::scalar::{Real, Scalar};
use nalgebra::{DMatrix, DVector};
use rand::Rng;

/// The law of `Pθ` for `θ ∼ q`: every draw is an invariant parameter, so an equivariant network. It is
/// singular (it lives on the fixed space), so it has no density and no divergence from `q`.
#[derive(Clone, Debug)]
pub struct Tied<F, T: Scalar = f64> {
    posterior: Member<F, T>,
    reynolds: Reynolds<T>,
}

/// `P_# q`, the push-forward of `q` by the Reynolds operator on the parameters (claim S3, second
/// form).
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family, or no clear average
/// ([`HasReynolds`]).
///
/// # Examples
/// ```
/// use equibayes::family::DiagonalGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::tie;
/// use rand::SeedableRng;
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = DiagonalGaussian::with_variance(&[1.0, 5.0], &[1.0, 3.0])?;
/// let tied = tie(&q, &swap)?;
/// let draw = tied.sample(&mut rand_chacha::ChaCha8Rng::seed_from_u64(1));
/// assert_eq!(draw[0], draw[1]);
/// assert_eq!(tied.covariance(), nalgebra::dmatrix![1.0, 1.0; 1.0, 1.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tie<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<Tied<F, T>, FamilyError>
where
    F: crate::family::Coordinates<T>,
    R: HasReynolds<T>,
    T: Scalar,
{
    fits(q.family(), rep)?;
    Ok(Tied { posterior: q.clone(), reynolds: rep.reynolds()? })
}

impl<F, T: Scalar> Tied<F, T> {
    /// The posterior that was tied.
    pub fn posterior(&self) -> &Member<F, T> {
        &self.posterior
    }

    /// The Reynolds operator on the parameters.
    pub fn reynolds(&self) -> &Reynolds<T> {
        &self.reynolds
    }

    /// One draw `Pθ`, `θ ∼ q`: an invariant parameter.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> DVector<T>
    where
        T: Real,
        F: Sample<T>,
    {
        let theta = self.posterior.family().sample(&self.posterior, rng);
        self.reynolds.project(theta.as_slice())
    }
}

impl<T: Scalar> Tied<DiagonalGaussian, T> {
    /// The mean `Pm`.
    pub fn mean(&self) -> DVector<T> {
        self.reynolds.project(self.posterior.mean().as_slice())
    }

    /// The covariance `P diag(σ²) Pᵀ`, of the rank of the fixed space.
    pub fn covariance(&self) -> DMatrix<T> {
        let p = self.reynolds.matrix();
        &p * DMatrix::from_diagonal(&self.posterior.variance()) * p.transpose()
    }
}

impl<T: Scalar> Tied<IsotropicGaussian, T> {
    /// The mean `Pm`.
    pub fn mean(&self) -> DVector<T> {
        self.reynolds.project(self.posterior.mean().as_slice())
    }

    /// The covariance `v PPᵀ`, of the rank of the fixed space.
    pub fn covariance(&self) -> DMatrix<T> {
        let p = self.reynolds.matrix();
        &p * p.transpose() * self.posterior.variance()
    }
}

impl<T: Scalar> Tied<FullGaussian, T> {
    /// The mean `Pm`.
    pub fn mean(&self) -> DVector<T> {
        self.reynolds.project(self.posterior.mean().as_slice())
    }

    /// The covariance `PΣPᵀ`, of the rank of the fixed space.
    pub fn covariance(&self) -> DMatrix<T> {
        let p = self.reynolds.matrix();
        &p * self.posterior.covariance() * p.transpose()
    }
}
