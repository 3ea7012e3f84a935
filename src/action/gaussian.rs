//! Closedness of the Gaussian families.

use super::{ClosedUnder, fits};
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, Member};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, DirectSum, Reynolds, SymmetricSquare, Unsigned, pair_index,
    pairs,
};
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// `τ = ρ ⊕ |ρ|`: means move with signs, squares without.
impl<R, T> ClosedUnder<R, T> for DiagonalGaussian
where
    T: Scalar,
    R: ActsBySignedPermutations + ActsOn<T>,
{
    type Statistic = DirectSum<R, Unsigned<R>>;

    fn statistic_action(&self, rep: &R) -> Self::Statistic {
        DirectSum::of_same_group(rep.clone(), Unsigned::new(rep.clone()))
    }

    /// `m̂ = Pm` and `σ̂² = |P|(σ² + (m − Pm)²)`: second moments about the new mean, where those about zero
    /// cancel if the mean is large against the scale.
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
        let mut spread = DVector::from_element(2 * n, T::zero());
        for (i, variance) in q.variance().into_iter().enumerate() {
            let step = mean[i].clone() - average[i].clone();
            spread[n + i] = variance.clone() + step.clone() * step;
        }
        let variance = reynolds.project(spread.as_slice()).rows(n, n).into_owned();
        Self::with_variance(average.as_slice(), variance.as_slice())
    }
}

/// `τ = ρ ⊕ Sym² ρ`: not orthogonal in these coordinates even for orthogonal `ρ`, so `P` and `P*`
/// differ.
impl<R, T> ClosedUnder<R, T> for FullGaussian
where
    T: Scalar,
    R: ActsOn<T>,
{
    type Statistic = DirectSum<R, SymmetricSquare<R>>;

    fn statistic_action(&self, rep: &R) -> Self::Statistic {
        DirectSum::of_same_group(rep.clone(), SymmetricSquare::new(rep.clone()))
    }

    /// `m̂ = Pm` and `Σ̂ = P_{Sym²}(Σ + (m − Pm)(m − Pm)ᵀ)`.
    fn average_mean(
        &self,
        rep: &R,
        reynolds: &Reynolds<T>,
        q: &Member<Self, T>,
    ) -> Result<Member<Self, T>, FamilyError> {
        fits(self, rep)?;
        let n = rep.dim();
        let average = reynolds.project(q.mean_parameter().as_slice()).rows(0, n).into_owned();
        let step = q.mean() - &average;
        let covariance = q.covariance();
        let mut spread = vec![T::zero(); n];
        spread.extend(
            pairs(n).map(|(i, j)| covariance[(i, j)].clone() + step[i].clone() * step[j].clone()),
        );
        let spread = reynolds.project(&spread);
        let covariance = DMatrix::from_fn(n, n, |i, j| spread[n + pair_index(n, i, j)].clone());
        Self::with_covariance(&average, &covariance)
    }
}
