//! Tying: the push-forward by the Reynolds operator (claim S3).

use super::gaps::larger;
use super::orbit_divergence::linear_form;
use super::{Gap, Gaps, Invariance, Symmetrized, Why};
use crate::action::{ClosedUnder, fits};
use crate::family::{FamilyError, GaussianFamily, Member, Sample};
use crate::group::DenselyGenerated;
use crate::linalg::{Alignment, Ldl, frobenius, units};
use crate::representation::{ActsOn, HasReynolds, Reynolds};
use crate::scalar::{Real, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;

/// The law of `Pθ` for `θ ∼ q`: every draw is an invariant parameter, so an equivariant network. It is
/// singular (it lives on the fixed space), so it has no density and no divergence from `q`.
#[derive(Clone, Debug)]
pub struct Tied<F, R, T: Scalar = f64> {
    posterior: Member<F, T>,
    rep: R,
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
pub fn tie<F, R, T>(q: &Member<F, T>, rep: &R) -> Result<Tied<F, R, T>, FamilyError>
where
    F: crate::family::Coordinates<T>,
    R: HasReynolds<T>,
    T: Scalar,
{
    fits(q.family(), rep)?;
    Ok(Tied { posterior: q.clone(), rep: rep.clone(), reynolds: rep.reynolds()? })
}

impl<F, R, T: Scalar> Tied<F, R, T> {
    /// The posterior that was tied.
    pub fn posterior(&self) -> &Member<F, T> {
        &self.posterior
    }

    /// The representation that it was tied by.
    pub fn representation(&self) -> &R {
        &self.rep
    }

    /// The Reynolds operator on the parameters.
    pub fn reynolds(&self) -> &Reynolds<T> {
        &self.reynolds
    }

    /// One draw `Pθ`, `θ ∼ q`: an invariant parameter.
    pub fn sample<Q: Rng + ?Sized>(&self, rng: &mut Q) -> DVector<T>
    where
        T: Real,
        F: Sample<T>,
    {
        let theta = self.posterior.family().sample(&self.posterior, rng);
        self.reynolds.project(theta.as_slice())
    }
}

impl<F: GaussianFamily<T>, R, T: Scalar> Tied<F, R, T> {
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

impl<F: GaussianFamily<T>, R, T: Real> Tied<F, R, T> {
    /// The tied posterior with its gaps and its residual.
    ///
    /// Divergences from a singular law are infinite (unless the group moves nothing). The Wasserstein distance is
    /// in closed form. With the orthogonal projector `Π` on the fixed space, `W_2²(q, P_#q) = E‖θ − Πθ‖² +
    /// W_2²(Π_#q, P_#q)`; for an orthogonal action `P = Π`, the second term is 0, and no law on the fixed space is nearer
    /// to `q` (claim S3).
    ///
    /// # Errors
    /// [`FamilyError`] if the action on the statistic has no clear average, or a covariance is not positive definite to
    /// working accuracy.
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
    /// let found = tie(&q, &swap)?.with_gaps()?;
    /// // Both means move by 2, and half of the variance is lost: 8 + 2.
    /// assert_eq!(found.gaps.wasserstein, Gap::Known(10.0_f64.sqrt()));
    /// assert_eq!(found.gaps.forward, Gap::Infinite(Why::Singular));
    /// assert_eq!(found.residual.distance, Gap::Known(0.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_gaps(self) -> Result<Symmetrized<Self, T>, FamilyError>
    where
        F: ClosedUnder<R, T>,
        F::Statistic: HasReynolds<T>,
        R: ActsOn<T>,
        R::Group: DenselyGenerated,
    {
        let orbit_divergence = Gap::Known(linear_form(&self.posterior, &self.rep)?);
        let (divergence, residual) = if self.reynolds.rank() == self.reynolds.dim() {
            // Nothing is tied.
            (Gap::Known(T::zero()), Gap::Known(T::zero()))
        } else {
            (Gap::Infinite(Why::Singular), Gap::Unknown(Why::Singular))
        };
        let gaps = Gaps {
            reverse: divergence,
            forward: divergence,
            wasserstein: Gap::Known(Float::sqrt(self.transport()?.0)),
            orbit_divergence,
        };
        let residual = Invariance {
            orbit_divergence: residual,
            divergence: residual,
            distance: Gap::Known(self.motion()),
        };
        Ok(Symmetrized { posterior: self, gaps, residual })
    }

    /// `√E‖ρ(s)θ − θ‖²` for draws `θ`, by the worst generator.
    fn motion(&self) -> T
    where
        R: ActsOn<T>,
        R::Group: DenselyGenerated,
    {
        let (p, mean) = (self.reynolds.matrix(), self.mean());
        let (_, covariance) = self.untied();
        let mut worst = T::zero();
        for s in self.rep.group().dense_generators() {
            let step = self.rep.apply(&s, mean.as_slice()) - &mean;
            let mut moved = p.clone();
            for (column, mut out) in p.column_iter().zip(moved.column_iter_mut()) {
                out.copy_from(&(self.rep.apply(&s, column.as_slice()) - column));
            }
            worst = larger(worst, Float::sqrt(mean_square(&step, &moved, &covariance)));
        }
        worst
    }

    /// `W_2²(q, P_#q)`, and a bound on its error for `m`, `Σ` and `P` as they are stored.
    ///
    /// With `Σ = LLᵀ`, `|m − Pm|² + min_O ‖L − PLO‖²` over orthogonal `O`: a draw `m + Lz` goes with `Pm + PLOz`. Where `P` is
    /// symmetric, `O = 1` is best (claim S3), so `θ` with `Pθ`. The factor belongs to a covariance that is `(n + 1)u tr Σ` away
    /// (Higham 2002, theorem 10.3), whose root is away by that over the root of the smallest eigenvalue of `Σ`, `√(tr Λ)` at
    /// most; that of the tied law, by `‖P‖` times as much.
    pub(crate) fn transport(&self) -> Result<(T, T), FamilyError> {
        let (n, p) = (self.reynolds.dim(), self.reynolds.matrix());
        let (mean, covariance) = self.untied();
        let two = T::one() + T::one();
        let step = &mean - self.mean();
        let moved = dot(step.as_slice(), step.as_slice());
        let grown = T::one() + frobenius(&p);
        let length = Float::sqrt(dot(mean.as_slice(), mean.as_slice()));
        // Pm rounds n + 1 times, the step and the sum of squares n + 2 times.
        let off = units::<T>(2 * n + 3) * grown * length;
        let moved_error = two * (Float::sqrt(moved) * off + off * off);
        if p == p.transpose() {
            let one = DMatrix::from_diagonal(&DVector::from_element(n, T::one()));
            let spread =
                mean_square(&DVector::from_element(n, T::zero()), &(one - &p), &covariance);
            // A = 1 − P rounds once in each of two factors, AΣ n times, its product with A and the sum of n² terms n² + 1 times, and
            // the whole once: n² + n + 4 ≤ n(2n + 4) in all. By |Σ_jk| ≤ √(Σ_jj Σ_kk), with s_j = √Σ_jj, what rounds is at most
            // Σ_ijk |A_ij||Σ_jk||A_ik| ≤ ‖|A|s‖² ≤ ‖|A|‖₂² tr Σ, and ‖|1 − P|‖₂ ≤ 1 + ‖|P|‖₂ ≤ 1 + ‖P‖_F.
            let size = grown * grown * covariance.trace();
            return Ok((moved + spread, moved_error + units::<T>(n * (2 * n + 4)) * size));
        }
        let factor = Ldl::new(&covariance).map_err(|(row, pivot)| {
            let value = pivot.nearest_f64();
            FamilyError::NotPositiveDefinite { what: "covariance", row, value }
        })?;
        let root = factor.root();
        let found = Alignment::new(&root, &(&p * &root), self.reynolds.rank());
        let spread = covariance.trace();
        let inverse = Float::sqrt(factor.inverse().trace());
        // PL rounds n times.
        let off = grown * units::<T>(n + 1) * (spread * inverse + Float::sqrt(spread));
        let error = two * (Float::sqrt(found.square) * off + off * off) + found.error;
        Ok((moved + found.square, moved_error + error))
    }
}

/// `E‖v + A(θ − Eθ)‖² = |v|² + tr AΣAᵀ`.
fn mean_square<T: Real>(v: &DVector<T>, a: &DMatrix<T>, covariance: &DMatrix<T>) -> T {
    let scaled = a * covariance;
    dot(v.as_slice(), v.as_slice()) + dot(scaled.as_slice(), a.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::family::{DiagonalGaussian, FullGaussian};
    use crate::group::{Cyclic, Symmetric};
    use crate::representation::{ChangeOfBasis, PermutationRep};
    use crate::symmetrize::orbit_divergence;
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
        let found = tied.with_gaps().unwrap();
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
        let found = tie(&q, &one).unwrap().with_gaps().unwrap();
        assert_eq!((found.gaps.reverse, found.gaps.forward), (Gap::Known(0.0), Gap::Known(0.0)));
        assert_eq!(found.gaps.wasserstein, Gap::Known(0.0));
    }

    /// `C_4` and `S_4` have the same `P` on four points, but not on pairs of them: a tied posterior remembers by which it
    /// was tied.
    #[test]
    fn gaps_are_those_of_the_representation_that_tied() {
        let c4 = PermutationRep::natural(&Cyclic::new(4).unwrap());
        let s4 = PermutationRep::natural(&Symmetric::new(4).unwrap());
        let mut covariance = DMatrix::from_diagonal(&dvector![1.0, 2.0, 3.0, 4.0]);
        (covariance[(0, 1)], covariance[(1, 0)]) = (0.5, 0.5);
        let q = FullGaussian::with_covariance(&dvector![1.0, 0.0, 0.0, 2.0], &covariance).unwrap();
        let (by_turns, by_all) = (tie(&q, &c4).unwrap(), tie(&q, &s4).unwrap());
        assert_eq!(by_turns.reynolds().matrix(), by_all.reynolds().matrix());
        let divergence = |found: Gap| found.known().unwrap();
        let turns = divergence(by_turns.with_gaps().unwrap().gaps.orbit_divergence);
        let all = divergence(by_all.with_gaps().unwrap().gaps.orbit_divergence);
        assert_eq!(turns, orbit_divergence(&q, &c4).unwrap().total);
        assert_eq!(all, orbit_divergence(&q, &s4).unwrap().total);
        assert!((turns - all).abs() > 0.01, "{turns}, {all}");
    }

    /// Where the group leaves nothing, or nearly nothing of a law, there is still a distance.
    #[test]
    fn laws_that_are_tied_to_a_point_have_a_distance() {
        // −1 in slanted coordinates, which keeps the matrix from being held by orbits.
        let minus = crate::representation::Dense::from_fn(Cyclic::new(2).unwrap(), 2, |&k| {
            if k == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![-1.0, 0.0; 0.0, -1.0] }
        });
        let q = FullGaussian::with_covariance(&dvector![3.0, 0.0], &dmatrix![4.0, 0.0; 0.0, 3.0])
            .unwrap();
        let found = tie(&q, &minus).unwrap().with_gaps().unwrap();
        assert_eq!(found.gaps.wasserstein, Gap::Known(4.0));
        // A reflection that is not orthogonal, θ₁ ↦ −θ₁ and θ₂ ↦ θ₂ + 2cθ₁, of which P = [[0, 0], [c, 1]].
        for c in [1e-9, 1.0, 1e9] {
            let slanted =
                crate::representation::Dense::from_fn(Cyclic::new(2).unwrap(), 2, move |&k| {
                    if k == 0 {
                        dmatrix![1.0, 0.0; 0.0, 1.0]
                    } else {
                        dmatrix![-1.0, 0.0; 2.0 * c, 1.0]
                    }
                });
            let tied = tie(&q, &slanted).unwrap();
            assert_eq!(tied.reynolds().matrix(), dmatrix![0.0, 0.0; c, 1.0]);
            let (square, error) = tied.transport().unwrap();
            // θ₁ is lost, 9 + 4, and θ₂ of variance 3 becomes cθ₁ + θ₂, of mean 3c and variance 4c² + 3.
            let (before, after) = (3.0_f64.sqrt(), (4.0 * c * c + 3.0).sqrt());
            let along = 4.0 * c * c / (before + after);
            let exact = 13.0 + 9.0 * c * c + along * along;
            assert!((square - exact).abs() <= error, "{c}: {square} ± {error}, not {exact}");
            assert!(error < 1e-12 * exact, "{c}: {error}");
        }
    }
}
