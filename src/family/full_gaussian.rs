//! Gaussians with any covariance.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample, excess,
};
use crate::linalg::Ldl;
use crate::representation::{pair_count, pair_index, pairs};
use crate::scalar::{Real, Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// The family of Gaussians `N(m, Σ)` on `R^n` with any positive definite covariance.
///
/// Statistic `T(θ) = (θ_i; θ_i θ_j for i ≤ j)`, pairs row by row. With the precision `Λ = Σ⁻¹` the
/// natural parameter is `η = (Λm; −½Λ_ii on the diagonal, −Λ_ij off it)`, so that `⟨η, T⟩` is the plain
/// dot product; the mean parameter is `μ = (m; Σ_ij + m_i m_j)`.
///
/// Closed under every invertible linear action (claim F3).
///
/// # Examples
/// ```
/// use equibayes::family::FullGaussian;
/// use nalgebra::{dmatrix, dvector};
///
/// let q = FullGaussian::with_covariance(&dvector![1.0, 2.0], &dmatrix![2.0, 1.0; 1.0, 2.0])?;
/// assert_eq!(q.mean_parameter().as_slice(), [1.0, 2.0, 3.0, 3.0, 6.0]);
/// let indefinite = dmatrix![1.0, 2.0; 2.0, 1.0];
/// assert!(FullGaussian::with_covariance(&dvector![0.0, 0.0], &indefinite).is_err());
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullGaussian {
    dim: usize,
}

impl FullGaussian {
    /// The family on `R^dim`.
    pub fn new(dim: usize) -> Self {
        Self { dim }
    }

    /// The Gaussian with this mean and covariance (of which the lower triangle is read).
    ///
    /// # Errors
    /// [`FamilyError`] if the sizes differ, an entry is not a number, or the covariance is not
    /// positive definite.
    pub fn with_covariance<T: Scalar>(
        mean: &DVector<T>,
        covariance: &DMatrix<T>,
    ) -> Result<Member<Self, T>, FamilyError> {
        let n = mean.len();
        for (what, got) in
            [("covariance rows", covariance.nrows()), ("covariance columns", covariance.ncols())]
        {
            if got != n {
                return Err(FamilyError::WrongLength { what, got, expected: n });
            }
        }
        check("mean", mean, n)?;
        let factor = factorise("covariance", covariance)?;
        let natural = natural_of(mean, &factor);
        check("natural parameter", &natural, natural.len())?;
        let moments = moments_of(mean, covariance);
        check("mean parameter", &moments, moments.len())?;
        let family = Self::new(n);
        // What cannot be factorised again later is refused now.
        factorise("precision", &family.precision_of(natural.as_slice()))?;
        Ok(Member::from_both(family, Natural::new(natural), Mean::new(moments)))
    }

    fn pairs_to_matrix<T: Scalar>(&self, pairs: &[T], off_diagonal: T) -> DMatrix<T> {
        let n = self.dim;
        DMatrix::from_fn(n, n, |i, j| {
            let value = pairs[pair_index(n, i, j)].clone();
            if i == j { value } else { value * off_diagonal.clone() }
        })
    }

    /// The precision matrix `Λ` that a natural parameter holds.
    fn precision_of<T: Scalar>(&self, eta: &[T]) -> DMatrix<T> {
        self.pairs_to_matrix(&eta[self.dim..], T::ratio(1, 2)) * T::ratio(-2, 1)
    }
}

fn factorise<T: Scalar>(what: &'static str, matrix: &DMatrix<T>) -> Result<Ldl<T>, FamilyError> {
    Ldl::new(matrix).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
        what,
        row,
        value: pivot.nearest_f64(),
    })
}

/// `η` from the mean and the factorised covariance.
fn natural_of<T: Scalar>(mean: &DVector<T>, covariance: &Ldl<T>) -> DVector<T> {
    let n = mean.len();
    let precision = covariance.inverse();
    let mut eta: Vec<T> = covariance.solve(mean).iter().cloned().collect();
    eta.extend(pairs(n).map(|(i, j)| {
        let entry = precision[(i, j)].clone();
        if i == j { entry * T::ratio(-1, 2) } else { -entry }
    }));
    DVector::from_vec(eta)
}

/// `μ` from the mean and the covariance.
fn moments_of<T: Scalar>(mean: &DVector<T>, covariance: &DMatrix<T>) -> DVector<T> {
    let n = mean.len();
    let mut mu: Vec<T> = mean.iter().cloned().collect();
    mu.extend(
        // The lower triangle, which is the one that was factorised.
        pairs(n).map(|(i, j)| covariance[(j, i)].clone() + mean[i].clone() * mean[j].clone()),
    );
    DVector::from_vec(mu)
}

impl<T: Scalar> Member<FullGaussian, T> {
    /// The mean `m`.
    pub fn mean(&self) -> DVector<T> {
        self.mean_parameter().coordinates().rows(0, self.family().dim).into_owned()
    }

    /// The covariance `Σ`, as the inverse of the precision: taken from the second moments it would
    /// lose what `m mᵀ` is larger by.
    pub fn covariance(&self) -> DMatrix<T> {
        self.precision_factor().inverse()
    }

    /// The precision `Λ = Σ⁻¹`.
    pub fn precision(&self) -> DMatrix<T> {
        self.family().precision_of(self.natural().as_slice())
    }

    /// `Λ = L D Lᵀ`.
    fn precision_factor(&self) -> Ldl<T> {
        match Ldl::new(&self.precision()) {
            Ok(factor) => factor,
            Err((row, pivot)) => {
                unreachable!(
                    "the precision of a member was factorised before, not {pivot} at {row}"
                )
            }
        }
    }
}

impl Family for FullGaussian {
    fn dim(&self) -> usize {
        self.dim
    }
}

impl ExponentialFamily for FullGaussian {
    fn statistic_dim(&self) -> usize {
        self.dim + pair_count(self.dim)
    }
}

impl<T: Scalar> Coordinates<T> for FullGaussian {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        let mut statistic = theta.to_vec();
        statistic.extend(pairs(self.dim).map(|(i, j)| theta[i].clone() * theta[j].clone()));
        DVector::from_vec(statistic)
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let factor = factorise("precision", &self.precision_of(eta.as_slice()))?;
        let first = eta.coordinates().rows(0, self.dim).into_owned();
        let moments = moments_of(&factor.solve(&first), &factor.inverse());
        check("mean parameter", &moments, moments.len())?;
        Ok(Mean::new(moments))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        let mean = mu.coordinates().rows(0, self.dim).into_owned();
        let second = self.pairs_to_matrix(&mu.as_slice()[self.dim..], T::one());
        let factor = factorise("covariance", &(second - &mean * mean.transpose()))?;
        let natural = natural_of(&mean, &factor);
        check("natural parameter", &natural, natural.len())?;
        factorise("precision", &self.precision_of(natural.as_slice()))?;
        Ok(Natural::new(natural))
    }
}

/// `ln det Λ`.
fn log_det<T: Real>(precision: &Ldl<T>) -> T {
    precision.pivots().iter().fold(T::zero(), |sum, &pivot| sum + Float::ln(pivot))
}

impl<T: Real> LogPartition<T> for FullGaussian {
    /// `A = ½ mᵀΛm − ½ ln det Λ`.
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        let quadratic = dot(&q.natural().as_slice()[..self.dim], q.mean().as_slice());
        T::ratio(1, 2) * (quadratic - log_det(&q.precision_factor()))
    }

    fn log_base_measure(&self, _theta: &[T]) -> T {
        -T::ratio(1, 2) * T::count(self.dim) * Float::ln(T::TAU())
    }

    /// `−½ [(θ − m)ᵀΛ(θ − m) + n ln 2π − ln det Λ]`: the difference of `⟨η, T(θ)⟩` and `A` would lose what
    /// `mᵀΛm` is large by.
    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        let step = DVector::from_column_slice(theta) - q.mean();
        let quadratic = dot(step.as_slice(), (q.precision() * &step).as_slice());
        self.log_base_measure(theta) - T::ratio(1, 2) * (quadratic - log_det(&q.precision_factor()))
    }

    /// `½ [tr(Λ_p Σ_q) − n − ln det(Λ_p Σ_q) + (m_q − m_p)ᵀ Λ_p (m_q − m_p)]`.
    ///
    /// Near-equal members go through `near_excess`, which keeps the relative accuracy that the
    /// difference of trace and determinant loses.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let precision = p.precision();
        let step = q.mean() - p.mean();
        let shift = dot(step.as_slice(), (&precision * &step).as_slice());
        let factor = q.precision_factor();
        let spread = near_excess(&factor, &(&precision - q.precision())).unwrap_or_else(|| {
            let trace = (&precision * factor.inverse()).trace() - T::count(self.dim);
            trace + log_det(&factor) - log_det(&p.precision_factor())
        });
        T::ratio(1, 2) * (spread + shift)
    }
}

/// `tr M − n − ln det M` for `M = D^{-1/2} L⁻¹ (LDLᵀ + Δ) L⁻ᵀ D^{-1/2}`, where `M` is near the identity;
/// else `None`.
///
/// With `E = M − 1 = D^{-1/2} L⁻¹ Δ L⁻ᵀ D^{-1/2}`, taken from the difference `Δ` itself, and `M = K (1 + diag e) Kᵀ`
/// with a unit triangular `K`,
/// `tr M − n − ln det M = Σ_i [(e_i − ln(1 + e_i)) + Σ_{k<i} K_ik² (1 + e_k)]`: every term is non-negative, so
/// nothing cancels, and the pivots `1 + e_i` are computed from `E` without the 1.
fn near_excess<T: Real>(factor: &Ldl<T>, difference: &DMatrix<T>) -> Option<T> {
    let n = difference.nrows();
    let half = <T as Scalar>::ratio(1, 2);
    let whiten = |matrix: &DMatrix<T>| {
        let mut rows = DMatrix::from_element(n, n, T::zero());
        for (j, column) in matrix.column_iter().enumerate() {
            rows.set_column(j, &factor.forward(&column.into_owned()));
        }
        for (i, &pivot) in factor.pivots().iter().enumerate() {
            let scale = Float::sqrt(pivot);
            rows.row_mut(i).iter_mut().for_each(|entry| *entry /= scale);
        }
        rows
    };
    let excess_matrix = whiten(&whiten(difference).transpose());
    let mut lower = DMatrix::from_element(n, n, T::zero());
    let mut beyond = vec![T::zero(); n];
    let mut sum = T::zero();
    for i in 0..n {
        for j in 0..i {
            let entry = (0..j).fold(excess_matrix[(i, j)], |entry, k| {
                entry - lower[(i, k)] * lower[(j, k)] * (T::one() + beyond[k])
            });
            lower[(i, j)] = entry / (T::one() + beyond[j]);
        }
        let explained = (0..i).fold(T::zero(), |total, k| {
            total + lower[(i, k)] * lower[(i, k)] * (T::one() + beyond[k])
        });
        beyond[i] = excess_matrix[(i, i)] - explained;
        // Also refuses NaN.
        if !Float::abs(beyond[i]).surely_at_most(&half) {
            return None;
        }
        sum += excess(beyond[i]) + explained;
    }
    Some(sum)
}

impl<T: Scalar> FisherInformation<T> for FullGaussian {
    /// By Isserlis' theorem: the covariances of the monomials `θ_i` and `θ_i θ_j`.
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let n = self.dim;
        let (m, s) = (q.mean(), q.covariance());
        let monomials: Vec<(usize, Option<usize>)> =
            (0..n).map(|i| (i, None)).chain(pairs(n).map(|(i, j)| (i, Some(j)))).collect();
        let product =
            |i: usize, j: usize, k: usize, l: usize| s[(i, j)].clone() * s[(k, l)].clone();
        let shifted = |i: usize, k: usize, j: usize, l: usize| {
            m[i].clone() * m[k].clone() * s[(j, l)].clone()
        };
        let size = monomials.len();
        DMatrix::from_fn(size, size, |a, b| match (monomials[a], monomials[b]) {
            ((i, None), (k, None)) => s[(i, k)].clone(),
            ((i, None), (k, Some(l))) | ((k, Some(l)), (i, None)) => {
                m[k].clone() * s[(i, l)].clone() + m[l].clone() * s[(i, k)].clone()
            }
            ((i, Some(j)), (k, Some(l))) => {
                product(i, k, j, l)
                    + product(i, l, j, k)
                    + shifted(i, k, j, l)
                    + shifted(i, l, j, k)
                    + shifted(j, k, i, l)
                    + shifted(j, l, i, k)
            }
        })
    }
}

impl<T: Real> Sample<T> for FullGaussian
where
    StandardNormal: Distribution<T>,
{
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        // With Λ = L D Lᵀ, m + L⁻ᵀ D^{-1/2} z has covariance Λ⁻¹.
        let factor = q.precision_factor();
        let z: DVector<T> = DVector::from_iterator(
            self.dim,
            factor.pivots().iter().map(|&pivot| {
                let z: T = StandardNormal.sample(rng);
                z / Float::sqrt(pivot)
            }),
        );
        q.mean() + factor.backward(&z)
    }
}

impl<T: Real> Entropy<T> for FullGaussian {
    /// `½ [n ln 2πe − ln det Λ]`.
    fn entropy(&self, q: &Member<Self, T>) -> T {
        let constant = T::count(self.dim) * (T::one() + Float::ln(T::TAU()));
        T::ratio(1, 2) * (constant - log_det(&q.precision_factor()))
    }
}
