//! Gaussian posteriors of affine models with squared error, in closed form.

use super::risk::QuadraticRisk;
use crate::family::{DiagonalGaussian, FamilyError, FullGaussian, Member, Natural};
use crate::linalg::Ldl;
use crate::representation::{pair_count, pairs};
use crate::scalar::Scalar;
use nalgebra::DVector;

/// The conjugate update: the minimiser of `weight · E_q L + KL(q ‖ p)` over all Gaussians. In natural parameters it
/// adds the data: `η = η_p + weight · (b; −½H_ii, −H_ij)`.
///
/// `L` is a mean, so the weight is `N/s²` for `N` examples with noise of variance `s²`.
///
/// # Errors
/// [`FamilyError`] if the dimensions differ, or rounding leads out of the family.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::inference::{QuadraticRisk, conjugate_update};
/// use nalgebra::{dmatrix, dvector};
///
/// let prior = FullGaussian::with_covariance(&dvector![0.0], &dmatrix![1.0])?;
/// let risk = QuadraticRisk::new(dmatrix![1.0], dvector![3.0], 4.5); // ½ (θ − 3)²
/// let posterior = conjugate_update(&prior, &risk, 1.0)?;
/// assert_eq!((posterior.mean()[0], posterior.covariance()[(0, 0)]), (1.5, 0.5));
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub fn conjugate_update<T: Scalar>(
    prior: &Member<FullGaussian, T>,
    risk: &QuadraticRisk<T>,
    weight: T,
) -> Result<Member<FullGaussian, T>, FamilyError> {
    let n = risk.dim();
    let family = *prior.family();
    let mut natural = prior.natural().coordinates().clone();
    if natural.len() != n + pair_count(n) {
        let expected = natural.len();
        return Err(FamilyError::WrongLength { what: "risk", got: n + pair_count(n), expected });
    }
    for (i, slope) in risk.linear().iter().enumerate() {
        natural[i] += weight.clone() * slope.clone();
    }
    for (k, (i, j)) in pairs(n).enumerate() {
        let share = if i == j { T::ratio(1, 2) } else { T::one() };
        natural[n + k] -= weight.clone() * share * risk.hessian()[(i, j)].clone();
    }
    Member::from_natural(family, natural)
}

/// The unique minimiser of `weight · E_q L + KL(q ‖ p)` over diagonal Gaussians: the mean of the exact posterior, and
/// `σ_i^{-2} = Λ_ii + weight · H_ii`.
///
/// # Errors
/// [`FamilyError`] if the dimensions differ, or rounding leads out of the family.
pub fn mean_field_update<T: Scalar>(
    prior: &Member<DiagonalGaussian, T>,
    risk: &QuadraticRisk<T>,
    weight: T,
) -> Result<Member<DiagonalGaussian, T>, FamilyError> {
    let variance = prior.variance();
    if variance.len() != risk.dim() {
        let (got, expected) = (risk.dim(), variance.len());
        return Err(FamilyError::WrongLength { what: "risk", got, expected });
    }
    let mut precision = risk.hessian().map(|h| weight.clone() * h);
    for (i, v) in variance.iter().enumerate() {
        precision[(i, i)] += T::one() / v.clone();
    }
    let pull: DVector<T> = DVector::from_fn(variance.len(), |i, _| {
        weight.clone() * risk.linear()[i].clone() + prior.natural().as_slice()[i].clone()
    });
    let factor = Ldl::new(&precision).map_err(|(row, value)| FamilyError::NotPositiveDefinite {
        what: "posterior precision",
        row,
        value: value.nearest_f64(),
    })?;
    let mean = factor.solve(&pull);
    let variance: Vec<T> =
        (0..variance.len()).map(|i| T::one() / precision[(i, i)].clone()).collect();
    DiagonalGaussian::with_variance(mean.as_slice(), &variance)
}

/// `∇_μ E_q L` for a diagonal Gaussian, in the coordinates of the statistic `(θ; θ²)`.
///
/// # Panics
/// If the dimensions differ.
pub fn mean_gradient_diagonal<T: Scalar>(
    risk: &QuadraticRisk<T>,
    q: &Member<DiagonalGaussian, T>,
) -> DVector<T> {
    let (n, mean) = (risk.dim(), q.mean());
    let slope = risk.gradient(mean.as_slice());
    // With σ² = μ₂ − m²: ∂/∂μ₂ = ½H_ii, and the mean also acts through the variance.
    DVector::from_fn(2 * n, |k, _| {
        let i = k % n;
        let h = risk.hessian()[(i, i)].clone();
        if k < n { slope[i].clone() - h * mean[i].clone() } else { T::ratio(1, 2) * h }
    })
}

/// `∇_μ E_q L` for a full Gaussian, in the coordinates of the statistic `(θ; θ_i θ_j, i ≤ j)`. The expectation is
/// linear in `μ`, so this does not depend on `q`.
pub fn mean_gradient_full<T: Scalar>(risk: &QuadraticRisk<T>) -> DVector<T> {
    let n = risk.dim();
    let quadratic = pairs(n).map(|(i, j)| {
        let share = if i == j { T::ratio(1, 2) } else { T::one() };
        share * risk.hessian()[(i, j)].clone()
    });
    DVector::from_iterator(
        n + pair_count(n),
        risk.linear().iter().map(|b| -b.clone()).chain(quadratic),
    )
}

/// One step of natural-gradient descent on `J = E + KL(q ‖ p)`: `η ← η − rate · ∇_μ J`, since `I(η)^{-1} ∇_η = ∇_μ`;
/// and `∇_μ KL(q ‖ p) = η − η_p`. `slope` is `∇_μ E`.
///
/// # Errors
/// [`FamilyError`] if the step leads out of the natural parameter space.
///
/// # Panics
/// If the slope has another dimension than the statistic.
pub fn natural_gradient_step<F, T>(
    q: &Member<F, T>,
    prior: &Natural<F, T>,
    slope: &DVector<T>,
    rate: T,
) -> Result<Member<F, T>, FamilyError>
where
    F: crate::family::Coordinates<T>,
    T: Scalar,
{
    let eta = q.natural().coordinates();
    let step = slope + eta - prior.coordinates();
    Member::from_natural(q.family().clone(), eta - step.map(|x| rate.clone() * x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;
    use nalgebra::DMatrix;

    fn instance() -> (QuadraticRisk<Rational>, DVector<Rational>, DVector<Rational>) {
        let r = |k| Rational::ratio(k, 4);
        let rows = [[9, 2, -1], [2, 7, 3], [-1, 3, 8]];
        let hessian = DMatrix::from_fn(3, 3, |i, j| r(rows[i][j]));
        let vector = |list: [i64; 3]| DVector::from_iterator(3, list.into_iter().map(r));
        (
            QuadraticRisk::new(hessian, vector([1, -5, 2]), r(3)),
            vector([3, 0, -2]),
            vector([4, 1, 6]),
        )
    }

    /// At the minimiser the gradient in mean coordinates is zero, exactly.
    #[test]
    fn minimisers_are_stationary() {
        let (risk, mean, variance) = instance();
        let weight = Rational::ratio(7, 1);
        let prior =
            FullGaussian::with_covariance(&mean, &DMatrix::from_diagonal(&variance)).unwrap();
        let q = conjugate_update(&prior, &risk, weight.clone()).unwrap();
        let slope = mean_gradient_full(&risk).map(|x| weight.clone() * x);
        let rate = Rational::ratio(1, 3);
        let after = natural_gradient_step(&q, prior.natural(), &slope, rate.clone()).unwrap();
        assert_eq!(after.natural(), q.natural());

        let prior = DiagonalGaussian::with_variance(mean.as_slice(), variance.as_slice()).unwrap();
        let q = mean_field_update(&prior, &risk, weight.clone()).unwrap();
        let slope = mean_gradient_diagonal(&risk, &q).map(|x| weight.clone() * x);
        let after = natural_gradient_step(&q, prior.natural(), &slope, rate).unwrap();
        assert_eq!(after.natural(), q.natural());
    }
}
