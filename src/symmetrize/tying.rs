//! Tying: the push-forward by the Reynolds operator (claim S3).

use super::gaps::larger;
use super::orbit_divergence::linear_form;
use super::{Gap, Gaps, Invariance, Symmetrized, Why};
use crate::action::{ClosedUnder, fits};
use crate::family::{
    FamilyError, FullGaussian, GaussianFamily, Member, Sample, Wasserstein, symmetric,
};
use crate::group::DenselyGenerated;
use crate::representation::{ActsOn, HasReynolds, Reynolds};
use crate::scalar::{Real, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;
use std::cmp::Ordering;

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

impl<F: GaussianFamily<T>, T: Scalar> Tied<F, T> {
    /// The mean `Pm`.
    pub fn mean(&self) -> DVector<T> {
        let (mean, _) = self.untied();
        self.reynolds.project(mean.as_slice())
    }

    /// The covariance `PΣPᵀ`, of the rank of the fixed space.
    pub fn covariance(&self) -> DMatrix<T> {
        let p = self.reynolds.matrix();
        let (_, covariance) = self.untied();
        &p * covariance * p.transpose()
    }

    /// The mean and the covariance of the posterior that was tied.
    fn untied(&self) -> (DVector<T>, DMatrix<T>) {
        self.posterior.family().moments(&self.posterior)
    }
}

impl<F: GaussianFamily<T>, T: Real> Tied<F, T> {
    /// The tied posterior with its gaps and its residual, `rep` being the representation that it was tied by.
    ///
    /// Divergences from a singular law are infinite (unless the group moves nothing). The Wasserstein distance is
    /// in closed form. With the orthogonal projector `Π` on the fixed space, `W_2²(q, P_#q) = E‖θ − Πθ‖² +
    /// W_2²(Π_#q, P_#q)`; for an orthogonal action `P = Π`, the second term is 0, and no law on the fixed space is nearer
    /// to `q` (claim S3).
    ///
    /// # Errors
    /// [`FamilyError`] if the representation has another dimension than the family or no clear average, or
    /// conditioning leaves no digit of the distance.
    ///
    /// # Examples
    /// ```
    /// use equibayes::family::DiagonalGaussian;
    /// use equibayes::group::Cyclic;
    /// use equibayes::representation::PermutationRep;
    /// use equibayes::symmetrize::{Gap, Why, tie};
    ///
    /// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
    /// let q = DiagonalGaussian::with_variance(&[1.0, 5.0], &[1.0, 3.0])?;
    /// let found = tie(&q, &swap)?.with_gaps(&swap)?;
    /// // Both means move by 2, and half of the variance is lost: 8 + 2.
    /// assert_eq!(found.gaps.wasserstein, Gap::Known(10.0_f64.sqrt()));
    /// assert_eq!(found.gaps.forward, Gap::Infinite(Why::Singular));
    /// assert_eq!(found.residual.distance, Gap::Known(0.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_gaps<R>(self, rep: &R) -> Result<Symmetrized<Self, T>, FamilyError>
    where
        F: ClosedUnder<R, T>,
        F::Statistic: HasReynolds<T>,
        R: ActsOn<T>,
        R::Group: DenselyGenerated,
    {
        let orbit_divergence = Gap::Known(linear_form(&self.posterior, rep)?);
        let (divergence, residual) = if self.reynolds.rank() == self.reynolds.dim() {
            // Nothing is tied.
            (Gap::Known(T::zero()), Gap::Known(T::zero()))
        } else {
            (Gap::Infinite(Why::Singular), Gap::Unknown(Why::Singular))
        };
        let gaps = Gaps {
            reverse: divergence,
            forward: divergence,
            wasserstein: Gap::Known(self.wasserstein()?),
            orbit_divergence,
        };
        let residual = Invariance {
            orbit_divergence: residual,
            divergence: residual,
            distance: Gap::Known(self.motion(rep)),
        };
        Ok(Symmetrized { posterior: self, gaps, residual })
    }

    /// `√E‖ρ(s)θ − θ‖²` for draws `θ`, by the worst generator.
    fn motion<R>(&self, rep: &R) -> T
    where
        R: ActsOn<T>,
        R::Group: DenselyGenerated,
    {
        let (p, mean) = (self.reynolds.matrix(), self.mean());
        let (_, covariance) = self.untied();
        let mut worst = T::zero();
        for s in rep.group().dense_generators() {
            let step = rep.apply(&s, mean.as_slice()) - &mean;
            let mut moved = p.clone();
            for (column, mut out) in p.column_iter().zip(moved.column_iter_mut()) {
                out.copy_from(&(rep.apply(&s, column.as_slice()) - column));
            }
            worst = larger(worst, Float::sqrt(mean_square(&step, &moved, &covariance)));
        }
        worst
    }

    fn wasserstein(&self) -> Result<T, FamilyError> {
        let (n, p) = (self.reynolds.dim(), self.reynolds.matrix());
        let (mean, covariance) = self.untied();
        let one = DMatrix::from_diagonal(&DVector::from_element(n, T::one()));
        let tied = self.mean();
        if p == p.transpose() {
            let square = mean_square(&(&mean - tied), &(one - p), &covariance);
            return Ok(Float::sqrt(square));
        }
        let basis = orthonormal_image(&p, self.reynolds.rank());
        let off = one - &basis * basis.transpose();
        let across = mean_square(&(&off * &mean), &off, &covariance);
        if basis.ncols() == 0 {
            return Ok(Float::sqrt(across));
        }
        // Both laws on the fixed space, in the coordinates of the basis.
        let within = basis.transpose();
        let law = |mean: &DVector<T>, map: &DMatrix<T>| {
            let covariance = symmetric(&(map * &covariance * map.transpose()));
            FullGaussian::with_covariance(&(&within * mean), &covariance)
        };
        let (projected, tied) = (law(&mean, &within)?, law(&tied, &(&within * &p))?);
        let along = projected.family().wasserstein(&projected, &tied)?;
        Ok(Float::sqrt(across + along * along))
    }
}

/// `E‖v + A(θ − Eθ)‖² = |v|² + tr AΣAᵀ`.
fn mean_square<T: Real>(v: &DVector<T>, a: &DMatrix<T>, covariance: &DMatrix<T>) -> T {
    let scaled = a * covariance;
    dot(v.as_slice(), v.as_slice()) + dot(scaled.as_slice(), a.as_slice())
}

/// An orthonormal basis of the image of a matrix of known rank: Gram and Schmidt's process on the columns, the
/// longest that is left first, twice for each.
fn orthonormal_image<T: Real>(matrix: &DMatrix<T>, rank: usize) -> DMatrix<T> {
    let mut columns: Vec<DVector<T>> = matrix.column_iter().map(|c| c.into_owned()).collect();
    let mut basis: Vec<DVector<T>> = Vec::with_capacity(rank);
    let square = |v: &DVector<T>| dot(v.as_slice(), v.as_slice());
    for _ in 0..rank {
        let longest = (0..columns.len()).max_by(|&i, &j| {
            square(&columns[i]).partial_cmp(&square(&columns[j])).unwrap_or(Ordering::Equal)
        });
        let Some(longest) = longest else { break };
        let mut next = columns.swap_remove(longest);
        for b in &basis {
            next -= b * dot(b.as_slice(), next.as_slice());
        }
        let length = Float::sqrt(square(&next));
        next /= length;
        for column in &mut columns {
            *column -= &next * dot(next.as_slice(), column.as_slice());
        }
        basis.push(next);
    }
    let mut found = DMatrix::from_element(matrix.nrows(), basis.len(), T::zero());
    for (b, mut column) in basis.iter().zip(found.column_iter_mut()) {
        column.copy_from(b);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::DiagonalGaussian;
    use crate::group::Cyclic;
    use crate::representation::{ChangeOfBasis, PermutationRep};
    use nalgebra::{dmatrix, dvector};

    /// The swap in slanted coordinates fixes the line of (2, 1): `P = ½ [[2, 0], [1, 0]]`.
    #[test]
    fn a_slanted_action_ties_by_a_projector_that_is_not_orthogonal() {
        let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
        let slanted = ChangeOfBasis::new(swap, dmatrix![1.0, 1.0; 0.0, 1.0]).unwrap();
        let q = FullGaussian::with_covariance(&dvector![2.0, 3.0], &dmatrix![4.0, 0.0; 0.0, 1.0])
            .unwrap();
        let tied = tie(&q, &slanted).unwrap();
        assert_eq!(tied.reynolds().matrix(), dmatrix![1.0, 0.0; 0.5, 0.0]);
        let found = tied.with_gaps(&slanted).unwrap();
        // Along u = (2, 1)/√5: Π_#q = N(7/√5, 17/5), P_#q = N(5/√5, 5); across, (1, −2)/√5: N(−4/√5, 8/5).
        let along =
            (2.0 / 5.0_f64.sqrt()).powi(2) + ((17.0_f64 / 5.0).sqrt() - 5.0_f64.sqrt()).powi(2);
        let exact = (along + 16.0 / 5.0 + 8.0 / 5.0).sqrt();
        let distance = found.gaps.wasserstein.known().unwrap();
        assert!((distance - exact).abs() < 1e-14, "{distance} {exact}");
        // The coupling θ ↦ Pθ costs more: E (θ₂ − ½θ₁)² = 4 + 2.
        assert!(distance < 6.0_f64.sqrt());
        assert!(found.residual.distance.known() < Some(1e-15));
    }

    #[test]
    fn what_a_group_leaves_alone_has_no_gap() {
        let one = PermutationRep::natural(&Cyclic::new(1).unwrap());
        let q = DiagonalGaussian::with_variance(&[3.0], &[2.0]).unwrap();
        let found = tie(&q, &one).unwrap().with_gaps(&one).unwrap();
        assert_eq!((found.gaps.reverse, found.gaps.forward), (Gap::Known(0.0), Gap::Known(0.0)));
        assert_eq!(found.gaps.wasserstein, Gap::Known(0.0));
    }
}
