//! The Wasserstein-2 barycentre of Gaussians with any covariance (claim S3).

use super::{Gaps, Invariance, Projection, Symmetrization, Symmetrized};
use crate::action::{ClosedUnder, fits};
use crate::family::{FamilyError, FullGaussian, Member, Wasserstein, symmetric};
use crate::group::DenselyGenerated;
use crate::linalg::{Spectrum, frobenius, units};
use crate::representation::{ActsOrthogonally, HasReynolds, SymmetricSquare, pair_index, pairs};
use crate::scalar::Real;
use nalgebra::{DMatrix, DVector};
use num_traits::Float;

/// A Wasserstein-2 barycentre, with how well it is known.
#[derive(Clone, Debug)]
pub struct Barycentre<T = f64> {
    /// The barycentre.
    pub posterior: Member<FullGaussian, T>,
    /// How many steps the iteration took.
    pub steps: usize,
    /// `‖avg_g T_g − 1‖_F` with the optimal maps `T_g` from the barycentre to the Gaussians: zero exactly at the
    /// barycentre. What rounding can add is included.
    pub residual: T,
    /// A bound on the distance of the posterior's covariance from the exact one in Frobenius norm, which follows
    /// from the residual and the conditioning: of the iteration, and of the precision that a posterior is stored
    /// by.
    pub error: T,
    /// `avg W_2²` to the Gaussians, which the barycentre makes smallest; in squared units of `θ`.
    pub mean_square: T,
}

/// The Wasserstein-2 barycentre of Gaussians with equal weights: the law `ν` with the smallest mean of
/// `W_2²(·, ν)`. It is Gaussian (Agueh and Carlier 2011).
///
/// The mean is the mean of the means. The covariance is the fixed point of
/// `S ↦ S^{-½} (avg (S^½ Σ_i S^½)^½)² S^{-½}` (Álvarez-Esteban, del Barrio, Cuesta-Albertos and Matrán 2016).
///
/// # Errors
/// [`FamilyError`] if there are no members, their dimensions differ, or the iteration does not settle to
/// what rounding allows.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::symmetrize::wasserstein_barycentre;
/// use nalgebra::{dmatrix, dvector};
///
/// let with = |sigma: f64| FullGaussian::with_covariance(&dvector![sigma], &dmatrix![sigma * sigma]);
/// let middle = wasserstein_barycentre(&[with(1.0)?, with(3.0)?])?.posterior;
/// assert!((middle.mean()[0] - 2.0).abs() < 1e-15);
/// assert!((middle.covariance()[(0, 0)] - 4.0).abs() < 1e-13);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
pub fn wasserstein_barycentre<T: Real>(
    members: &[Member<FullGaussian, T>],
) -> Result<Barycentre<T>, FamilyError> {
    let Some(first) = members.first() else {
        return Err(FamilyError::NoMembers { what: "a barycentre" });
    };
    let n = first.mean().len();
    let covariances: Vec<DMatrix<T>> =
        members.iter().map(Member::<FullGaussian, T>::covariance).collect();
    if let Some(other) = covariances.iter().find(|covariance| covariance.nrows() != n) {
        let got = other.nrows();
        return Err(FamilyError::WrongLength { what: "mean of a member", got, expected: n });
    }
    let weight = T::one() / T::count(members.len());
    let mean = members.iter().fold(DVector::from_element(n, T::zero()), |sum, q| sum + q.mean());
    let (mut low, mut high) = (T::zero(), T::zero());
    for covariance in &covariances {
        let spectrum = spectrum("covariance", covariance)?;
        low += spectrum.smallest() * spectrum.smallest() * weight;
        high = Float::max(high, spectrum.largest());
    }
    let start = covariances.iter().fold(DMatrix::from_element(n, n, T::zero()), |sum, c| sum + c);
    let average = |root: &DMatrix<T>, off: T| {
        let mut sum = DMatrix::from_element(n, n, T::zero());
        let mut error = T::zero();
        for covariance in &covariances {
            let (term, off) = root_of_product(root, covariance, off)?;
            sum += term;
            error += off * weight;
        }
        error += units::<T>(members.len() + 1) * frobenius(&sum) * weight;
        Ok((sum * weight, error))
    };
    let found = fixed_point(start * weight, average, |covariance| covariance)?;
    let posterior = FullGaussian::with_covariance(&(mean * weight), &found.covariance)?;
    let mut mean_square = T::zero();
    for q in members {
        let distance = q.family().wasserstein(q, &posterior)?;
        mean_square += weight * distance * distance;
    }
    Ok(found.about(posterior, mean_square, low, high))
}

/// The Wasserstein-2 barycentre of the orbit `{g_# q}` under an orthogonal action: the
/// [`projection`](super::projection) of Gaussians with any covariance (claim S3).
///
/// It is invariant because the action is orthogonal, and so preserves distances. Under another action
/// the barycentre of the orbit ([`wasserstein_barycentre`]) is in general not invariant.
///
/// Each step takes two square roots, whatever the order of the group: at an invariant `S`,
/// `avg_g (S^½ ρΣρᵀ S^½)^½ = avg_g ρ (S^½ΣS^½)^½ ρᵀ`, which is a Reynolds projection.
///
/// # Errors
/// [`FamilyError`] if the representation has another dimension than the family, or the iteration does
/// not settle to what rounding allows.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::barycentre;
/// use nalgebra::{dmatrix, dvector};
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = FullGaussian::with_covariance(&dvector![1.0, 5.0], &dmatrix![1.0, 0.0; 0.0, 9.0])?;
/// let found = barycentre(&q, &swap)?;
/// // Diagonal covariances commute: standard deviations average.
/// assert!((found.posterior.covariance() - dmatrix![4.0, 0.0; 0.0, 4.0]).norm() < 1e-12);
/// assert!(found.residual < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn barycentre<R, T>(q: &Member<FullGaussian, T>, rep: &R) -> Result<Barycentre<T>, FamilyError>
where
    R: ActsOrthogonally + HasReynolds<T>,
    SymmetricSquare<R>: HasReynolds<T>,
    T: Real,
{
    fits(q.family(), rep)?;
    let on_means = rep.reynolds()?;
    let on_squares = SymmetricSquare::new(rep.clone()).reynolds()?;
    let n = rep.dim();
    let project = |matrix: &DMatrix<T>| {
        let entries: Vec<T> = pairs(n).map(|(i, j)| matrix[(i, j)]).collect();
        let averaged = on_squares.project(&entries);
        DMatrix::from_fn(n, n, |i, j| averaged[pair_index(n, i, j)])
    };
    let covariance = q.covariance();
    let spectrum = spectrum("covariance", &covariance)?;
    // Of averages by orbits `2l + 7` roundings, by a matrix as many as there are coordinates, plus 1; of
    // terms that are at most twice the norm (off-diagonal entries count once in these coordinates).
    let rounding = units::<T>(2 * (2 * on_squares.dim() + 7));
    let average = |root: &DMatrix<T>, off: T| {
        let (term, error) = root_of_product(root, &covariance, off)?;
        Ok((project(&term), error + rounding * frobenius(&term)))
    };
    // Every iterate is projected: with `K` invariant, the step `S^{-½}K²S^{-½}` turns what is not invariant in `S`
    // around and magnifies it, so that rounding would grow from step to step.
    let found = fixed_point(project(&covariance), average, |covariance| project(&covariance))?;
    let posterior =
        FullGaussian::with_covariance(&on_means.project(q.mean().as_slice()), &found.covariance)?;
    // The action preserves distances, and leaves the barycentre alone.
    let distance = q.family().wasserstein(q, &posterior)?;
    let (low, high) = (spectrum.smallest() * spectrum.smallest(), spectrum.largest());
    Ok(found.about(posterior, distance * distance, low, high))
}

/// The [`barycentre`] of the orbit of `q` with its gaps and its residual; the Wasserstein gap is the distance that it
/// makes smallest on average over the orbit, the same to every member of it.
///
/// # Errors
/// As [`barycentre`], and if the representation has no clear average.
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::PermutationRep;
/// use equibayes::symmetrize::barycentre_with_gaps;
/// use nalgebra::{dmatrix, dvector};
///
/// let swap = PermutationRep::regular(&Cyclic::new(2)?)?;
/// let q = FullGaussian::with_covariance(&dvector![1.0, 5.0], &dmatrix![1.0, 0.0; 0.0, 9.0])?;
/// let found = barycentre_with_gaps(&q, &swap)?;
/// // Both means are 2 away from the middle, both standard deviations 1.
/// let distance = found.gaps.wasserstein.known().unwrap_or(f64::NAN);
/// assert!((distance - 10.0_f64.sqrt()).abs() < 1e-12);
/// assert!(found.residual.divergence.known() < Some(1e-15));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn barycentre_with_gaps<R, T>(
    q: &Member<FullGaussian, T>,
    rep: &R,
) -> Result<Symmetrized<Barycentre<T>, T>, FamilyError>
where
    R: ActsOrthogonally + HasReynolds<T>,
    SymmetricSquare<R>: HasReynolds<T>,
    <FullGaussian as ClosedUnder<R, T>>::Statistic: HasReynolds<T>,
    R::Group: DenselyGenerated,
    T: Real,
{
    let found = barycentre(q, rep)?;
    let distance = q.family().wasserstein(q, &found.posterior)?;
    let gaps = Gaps::between(q, &found.posterior, rep, Some(distance))?;
    let residual = Invariance::of(&found.posterior, rep)?;
    Ok(Symmetrized { posterior: found, gaps, residual })
}

/// Where the iteration came to rest.
struct Found<T: Real> {
    covariance: DMatrix<T>,
    steps: usize,
    residual: T,
}

impl<T: Real> Found<T> {
    /// The result, given `avg α²` and `β` for Gaussians with covariances between `α` and `β`.
    ///
    /// `φ(S) = avg W_2²(·, S)` has the gradient `1 − avg T_g` and the second derivative
    /// `avg Σ_ij |H'_ij|²/(√(λ_i λ_j)(√λ_i + √λ_j))` in the direction `H`, with `H' = Σ_g^½ H Σ_g^½` in eigenvectors of
    /// `Σ_g^½ S Σ_g^½`, whose eigenvalues `λ` are at most `β²` for `S ≼ β`, as the barycentre is. So `φ` is strongly
    /// convex there, with the modulus `avg α²/(2β³)`, and `‖S − S*‖ ≤ ‖∇φ(S)‖ · 2β³/avg α²`.
    fn about(
        self,
        posterior: Member<FullGaussian, T>,
        mean_square: T,
        low: T,
        high: T,
    ) -> Barycentre<T> {
        let two = T::one() + T::one();
        let n = posterior.mean().len();
        let (precision, covariance) = (posterior.precision().trace(), self.covariance.trace());
        // Inverted to be stored and inverted back: `3n + 1` roundings of `tr Λ (tr Σ)²` each time, doubled for second
        // order.
        let stored = units::<T>(4 * (3 * n + 1)) * precision * covariance * covariance;
        let error = self.residual * two * high * high * high / low + stored;
        Barycentre { posterior, steps: self.steps, residual: self.residual, error, mean_square }
    }
}

fn spectrum<T: Real>(what: &'static str, matrix: &DMatrix<T>) -> Result<Spectrum<T>, FamilyError> {
    Spectrum::new(matrix).ok_or(FamilyError::NotPositiveDefinite { what, row: 0, value: f64::NAN })
}

/// `(HΣH)^½` with a bound on its error, if the root `H` is off by `off`.
fn root_of_product<T: Real>(
    root: &DMatrix<T>,
    covariance: &DMatrix<T>,
    off: T,
) -> Result<(DMatrix<T>, T), FamilyError> {
    let n = root.nrows();
    let two = T::one() + T::one();
    let spectrum = spectrum("product of covariances", &symmetric(&(root * covariance * root)))?;
    let size = frobenius(root);
    // Two products of n terms and a mean of two.
    let rounding = units::<T>(2 * n + 2) * size;
    let product_error = size * frobenius(covariance) * (rounding + two * off);
    Ok((spectrum.root(), spectrum.root_error(product_error)))
}

/// The fixed point of `S ↦ S^{-½} K² S^{-½}`, `K = average(S^½)`, with a bound on its error.
///
/// With `K` off by `δ`, `avg T_g − 1 = S^{-½} K S^{-½} − 1` is off by `δ/λ_min(S)` and its own rounding: the iteration
/// stops when it is no larger. Iterates are kept by `restrict` in the space that `average` is right on.
fn fixed_point<T: Real>(
    start: DMatrix<T>,
    average: impl Fn(&DMatrix<T>, T) -> Result<(DMatrix<T>, T), FamilyError>,
    restrict: impl Fn(DMatrix<T>) -> DMatrix<T>,
) -> Result<Found<T>, FamilyError> {
    /// Each step makes the residual smaller by a factor, mostly below a half; this many mean that there is none.
    const STEPS: usize = 500;
    let n = start.nrows();
    let two = T::one() + T::one();
    let identity = DMatrix::from_fn(n, n, |i, j| if i == j { T::one() } else { T::zero() });
    let mut covariance = symmetric(&start);
    let mut last = (T::infinity(), T::zero());
    for steps in 0..STEPS {
        let spectrum = spectrum("barycentre", &covariance)?;
        let off = spectrum.root_error(T::zero());
        let root = spectrum.root();
        let inverse = spectrum.map(|value| T::one() / Float::sqrt(value));
        let (k, k_error) = average(&root, off)?;
        let map = symmetric(&(&inverse * &k * &inverse));
        let residual = frobenius(&(&map - &identity));
        // The roots of S are off by `off`, their inverses by that over λ_min; each product rounds its n terms.
        let smallest = spectrum.smallest();
        let allowed = k_error / smallest
            + two * off / smallest * frobenius(&inverse) * frobenius(&k)
            + units::<T>(2 * n + 6) * frobenius(&inverse) * frobenius(&inverse) * frobenius(&k);
        // What rounding alone can do is as large as the map itself: any matrix would do.
        if !(allowed < T::ratio(1, 2)) {
            return Err(FamilyError::NotConverged {
                what: "barycentre of covariances this ill-conditioned",
                steps,
                residual: allowed.nearest_f64(),
                tolerance: 0.5,
            });
        }
        if residual <= allowed {
            return Ok(Found { covariance, steps, residual: residual + allowed });
        }
        last = (residual, allowed);
        // S^{-½} K² S^{-½} = (S^{-½} K S^{-½}) S (S^{-½} K S^{-½}).
        covariance = restrict(symmetric(&(&map * &covariance * &map)));
    }
    Err(FamilyError::NotConverged {
        what: "barycentre",
        steps: STEPS,
        residual: last.0.nearest_f64(),
        tolerance: last.1.nearest_f64(),
    })
}

/// The Wasserstein-2 barycentre of the orbit.
impl<R, T> Symmetrization<FullGaussian, R, T> for Projection
where
    R: ActsOrthogonally + HasReynolds<T>,
    SymmetricSquare<R>: HasReynolds<T>,
    T: Real,
{
    fn name(&self) -> &'static str {
        "projection"
    }

    fn symmetrize(
        &self,
        q: &Member<FullGaussian, T>,
        rep: &R,
    ) -> Result<Member<FullGaussian, T>, FamilyError> {
        Ok(barycentre(q, rep)?.posterior)
    }

    fn wasserstein(
        &self,
        q: &Member<FullGaussian, T>,
        posterior: &Member<FullGaussian, T>,
    ) -> Result<Option<T>, FamilyError> {
        Ok(Some(q.family().wasserstein(q, posterior)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Cyclic;
    use crate::representation::{SignedPermutation, SignedPermutationRep};
    use nalgebra::{dmatrix, dvector};

    fn swap_of_planes() -> SignedPermutationRep<Cyclic> {
        SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 4, |&g| {
            SignedPermutation::from_fn(4, |i| ((i + 2 * g) % 4, false))
        })
    }

    /// Covariances `A = [[1, 3], [3, 10]]` and `B = diag(1, 16)`: the midpoint of the geodesic is
    /// `¼(A + B + R + Rᵀ)`, `R = (AB)^½ = (AB + 4)/13`.
    #[test]
    fn a_known_case_that_does_not_commute() {
        let mut covariance = DMatrix::zeros(4, 4);
        covariance.view_mut((0, 0), (2, 2)).copy_from(&dmatrix![1.0, 3.0; 3.0, 10.0]);
        covariance.view_mut((2, 2), (2, 2)).copy_from(&dmatrix![1.0, 0.0; 0.0, 16.0]);
        let q = FullGaussian::with_covariance(&dvector![1.0, 2.0, 3.0, 4.0], &covariance).unwrap();
        let exact = dmatrix![117.0, 292.5; 292.5, 2164.5] / 169.0;
        let by_orbits = barycentre(&q, &swap_of_planes()).unwrap();
        let moved = crate::action::push_forward(&q, &swap_of_planes(), &1).unwrap();
        let by_list = wasserstein_barycentre(&[q, moved]).unwrap();
        for found in [by_orbits, by_list] {
            let covariance = found.posterior.covariance();
            let block = covariance.view((2, 2), (2, 2)).into_owned();
            assert!((&block - &exact).norm() < 1e-9, "{found:?}");
            assert!((&block - &exact).norm() <= found.error);
            assert!(found.residual < 1e-8 && found.steps < 60, "{found:?}");
            assert!((found.posterior.mean() - dvector![2.0, 3.0, 2.0, 3.0]).norm() < 1e-14);
        }
    }

    /// Iterates that are not projected leave the invariant matrices by rounding, a little more each step: the
    /// residual was 223 after 500 steps.
    #[test]
    fn rounding_does_not_lead_away_from_the_invariant_covariances() {
        use crate::group::Dihedral;
        use crate::representation::PermutationRep;
        let square = PermutationRep::natural(&Dihedral::new(4).unwrap());
        let lower = dmatrix![
            1.0, 0.0, 0.0, 0.0; -0.25, 1.0, 0.0, 0.0; -0.5, 0.75, 1.0, 0.0; 0.25, 0.0, -0.5, 1.0_f64
        ];
        for variances in [[0.25, 18.5, 0.40625, 7.0], [1.0, 2.0, 4.0, 0.25], [9.0, 0.25, 0.5, 8.0]]
        {
            let diagonal = DMatrix::from_diagonal(&DVector::from_row_slice(&variances));
            let covariance = &lower * diagonal * lower.transpose();
            let q = FullGaussian::with_covariance(&DVector::zeros(4), &covariance).unwrap();
            let found = barycentre(&q, &square).unwrap();
            assert!(found.residual < 1e-8 && found.steps < 60, "{found:?}");
        }
    }

    #[test]
    fn lists_without_a_barycentre_are_refused() {
        let error = wasserstein_barycentre::<f64>(&[]).unwrap_err().to_string();
        assert_eq!(error, "no members: expected at least one for a barycentre");
        let of = |n: usize| {
            FullGaussian::with_covariance(&DVector::zeros(n), &DMatrix::<f64>::identity(n, n))
                .unwrap()
        };
        let error = wasserstein_barycentre(&[of(2), of(3)]).unwrap_err().to_string();
        assert_eq!(error, "mean of a member has length 3: expected 2");
    }

    #[test]
    fn an_iteration_that_cannot_settle_says_so() {
        // An average that keeps turning: the residual never comes down.
        let wrong = |root: &DMatrix<f64>, _| Ok((root * root * 1.01, 0.0));
        let error = fixed_point(dmatrix![1.0], wrong, |s| s).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.starts_with("barycentre is still off by ")));
    }

    /// The arithmetic mean came back, because an infinite tolerance allowed everything.
    #[test]
    fn covariances_without_digits_are_refused() {
        let swap = SignedPermutationRep::from_fn(Cyclic::new(2).unwrap(), 2, |&g| {
            SignedPermutation::from_fn(2, |i| ((i + g) % 2, false))
        });
        let covariance = dmatrix![1.0, 0.0; 0.0, 1e-20];
        let q = FullGaussian::with_covariance(&dvector![0.0, 0.0], &covariance).unwrap();
        let error = barycentre(&q, &swap).unwrap_err();
        assert!(matches!(error, FamilyError::NotConverged { .. }), "{error}");
    }
}
