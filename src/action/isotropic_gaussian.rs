//! Closedness of isotropic Gaussians under orthogonal actions.

use super::{ClosedUnder, fits};
use crate::family::{FamilyError, IsotropicGaussian, Member};
use crate::representation::{ActsOn, ActsOrthogonally, DirectSum, Reynolds, Trivial};
use crate::scalar::{Scalar, dot};

/// `τ = ρ ⊕ 1`: an orthogonal map moves the mean and leaves the norm alone.
impl<R, T> ClosedUnder<R, T> for IsotropicGaussian
where
    T: Scalar,
    R: ActsOrthogonally + ActsOn<T>,
{
    type Statistic = DirectSum<R, Trivial<R::Group>>;

    fn statistic_action(&self, rep: &R) -> Self::Statistic {
        DirectSum::of_same_group(rep.clone(), Trivial::new(rep.group().clone(), 1))
    }

    /// `m̂ = Pm` and `v̂ = v + ‖m − Pm‖²/n`: for an orthogonal projector `‖m‖² − ‖Pm‖² = ‖m − Pm‖²`, where the
    /// difference of the squares cancels if the mean is large against the scale.
    fn average_mean(
        &self,
        rep: &R,
        reynolds: &Reynolds<T>,
        q: &Member<Self, T>,
    ) -> Result<Member<Self, T>, FamilyError> {
        fits(self, rep)?;
        let n = rep.dim();
        let mean = q.mean();
        let average = reynolds.project(q.mean_parameter().as_slice()).rows(0, n).into_owned();
        let step = mean - &average;
        let spread = dot(step.as_slice(), step.as_slice()) / T::count(n);
        Self::with_variance(average.as_slice(), q.variance() + spread)
    }
}
