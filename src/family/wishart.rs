//! Random positive definite matrices.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample,
};
use crate::linalg::Ldl;
use crate::representation::{pair_count, pair_index, pairs};
use crate::scalar::{Real, Scalar, dot};
use crate::special::{Special, inverse_log_less_digammas, ln_gamma_conjugate};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, Exp1, Gamma, Open01, StandardNormal};

/// The family of Wishart distributions `W_d(V, ν)` on positive definite `d × d` matrices `X`, `ν > d − 1`.
///
/// A point `θ` holds the coordinates `X_ij`, `i ≤ j`, row by row: those on which
/// [`SymmetricSquare`](crate::representation::SymmetricSquare) acts. With `Λ = V⁻¹/2` and `a = ν/2` the density is proportional
/// to `|X|^{a − (d+1)/2} e^{−tr ΛX}`. Statistic `T = (θ, ln det X)`, natural parameter `η = (−Λ_ii, −2Λ_ij; a)`, mean
/// parameter `μ = (aΛ⁻¹, ψ_d(a) − ln det Λ)`, `A = ln Γ_d(a) − a ln det Λ`, with the multivariate gamma function. Base
/// measure `h = |X|^{−(d+1)/2}`, which together with `dX` every congruence leaves invariant.
///
/// Near the edge `ν = d − 1` most draws are nearly singular, and `ln det X` is worth as many digits as the
/// condition of `X` leaves of its rounded entries; `−∞` where it leaves none.
///
/// Closed under congruence `X ↦ ρ(g)Xρ(g)ᵀ` (claim F3), with `c(g) = (0, ln det ρ(g)²)`: zero for finite and
/// compact groups.
///
/// # Examples
/// ```
/// use equibayes::family::Wishart;
/// use nalgebra::dmatrix;
///
/// let q = Wishart::with_scale(&dmatrix![2.0, 0.5; 0.5, 1.0], 4.0)?;
/// // E X = νV, in the coordinates (X_00, X_01, X_11).
/// for (found, expected) in q.mean_parameter().as_slice().iter().zip([8.0, 2.0, 4.0]) {
///     assert!(f64::abs(found - expected) < 1e-14);
/// }
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishart {
    size: usize,
}

impl Wishart {
    /// The family on matrices of this size.
    ///
    /// # Errors
    /// [`FamilyError::Size`] for size 0.
    pub fn new(size: usize) -> Result<Self, FamilyError> {
        if size == 0 {
            let (what, expected) = ("size of the matrix", "at least 1");
            return Err(FamilyError::Size { what, got: size, expected });
        }
        Ok(Self { size })
    }

    /// The distribution with scale matrix `V`, of which the lower triangle is read, and `ν` degrees of
    /// freedom: mean `νV`.
    ///
    /// # Errors
    /// [`FamilyError`] unless the matrix is square and positive definite, and `ν > d − 1`.
    pub fn with_scale<T: Special>(
        scale: &DMatrix<T>,
        degrees_of_freedom: T,
    ) -> Result<Member<Self, T>, FamilyError> {
        let family = Self::new(scale.nrows())?;
        if scale.ncols() != family.size {
            let (what, got) = ("row of the scale matrix", scale.ncols());
            return Err(FamilyError::WrongLength { what, got, expected: family.size });
        }
        let precision = factorise("scale matrix", scale)?.inverse().map(|x| x * T::ratio(1, 2));
        let eta = family.natural_of(&precision, degrees_of_freedom * T::ratio(1, 2));
        Member::from_natural(family, eta)
    }

    /// The size `d` of the matrices.
    pub fn size(&self) -> usize {
        self.size
    }

    fn natural_of<T: Real>(&self, precision: &DMatrix<T>, shape: T) -> DVector<T> {
        let two = T::ratio(2, 1);
        let mut eta: Vec<T> = pairs(self.size)
            .map(|(i, j)| if i == j { -precision[(i, j)] } else { -two * precision[(i, j)] })
            .collect();
        eta.push(shape);
        DVector::from_vec(eta)
    }

    /// A symmetric matrix from its coordinates, off-diagonal ones multiplied by a weight.
    fn matrix<T: Real>(&self, coordinates: &[T], weight: T) -> DMatrix<T> {
        let n = self.size;
        DMatrix::from_fn(n, n, |i, j| {
            let value = coordinates[pair_index(n, i, j)];
            if i == j { value } else { value * weight }
        })
    }

    /// `Λ`.
    fn precision<T: Real>(&self, eta: &[T]) -> DMatrix<T> {
        -self.matrix(eta, T::ratio(1, 2))
    }

    /// `a − i/2`, `i = 0, …, d − 1`: the arguments of the gamma functions in `Γ_d(a)`.
    fn arguments<T: Real>(&self, shape: T) -> impl Iterator<Item = T> {
        (0..self.size).map(move |i| shape - T::count(i) * T::ratio(1, 2))
    }

    /// `ln Γ_d(a)`.
    fn ln_gamma<T: Special>(&self, shape: T) -> T {
        let (d, quarter) = (T::count(self.size), T::ratio(1, 4));
        let constant = quarter * d * (d - T::one()) * Float::ln(T::PI());
        self.arguments(shape).fold(constant, |sum, x| sum + Special::ln_gamma(x))
    }

    /// `ψ_d(a)` and `ψ_d′(a)`.
    fn polygamma<T: Special>(&self, order: u32, shape: T) -> T {
        self.arguments(shape).fold(T::zero(), |sum, x| sum + x.polygamma(order))
    }

    /// Fails unless `a > (d − 1)/2`.
    fn admissible<T: Special>(&self, shape: T) -> Result<(), FamilyError> {
        if self.arguments(shape).all(|x| x > T::zero()) {
            return Ok(());
        }
        let (what, expected) = ("shape ν/2", "more than (d − 1)/2");
        Err(FamilyError::Outside { what, value: shape.value(), expected })
    }
}

fn factorise<T: Scalar>(what: &'static str, matrix: &DMatrix<T>) -> Result<Ldl<T>, FamilyError> {
    Ldl::new(matrix).map_err(|(row, pivot)| FamilyError::NotPositiveDefinite {
        what,
        row,
        value: pivot.nearest_f64(),
    })
}

fn log_det<T: Real>(factor: &Ldl<T>) -> T {
    factor.pivots().iter().fold(T::zero(), |sum, &pivot| sum + Float::ln(pivot))
}

impl<T: Special> Member<Wishart, T> {
    /// The degrees of freedom `ν`.
    pub fn degrees_of_freedom(&self) -> T {
        self.shape() * T::ratio(2, 1)
    }

    /// The scale matrix `V`.
    pub fn scale(&self) -> DMatrix<T> {
        self.factor().inverse().map(|x| x * T::ratio(1, 2))
    }

    fn shape(&self) -> T {
        self.natural().as_slice()[self.family().dim()]
    }

    /// `Λ = L D Lᵀ`.
    fn factor(&self) -> Ldl<T> {
        match Ldl::new(&self.family().precision(self.natural().as_slice())) {
            Ok(factor) => factor,
            Err((row, pivot)) => {
                unreachable!(
                    "the precision of a member was factorised before, not {pivot} at {row}"
                )
            }
        }
    }
}

impl Family for Wishart {
    fn dim(&self) -> usize {
        pair_count(self.size)
    }
}

impl ExponentialFamily for Wishart {
    fn statistic_dim(&self) -> usize {
        pair_count(self.size) + 1
    }
}

impl<T: Special> Coordinates<T> for Wishart {
    /// With `−∞` for `ln det X` where `X` is not positive definite, off the support.
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.dim(), "θ of another dimension than the family's");
        let last = Ldl::new(&self.matrix(theta, T::one()))
            .map_or(T::neg_infinity(), |factor| log_det(&factor));
        DVector::from_column_slice(theta).push(last)
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.statistic_dim())?;
        let shape = eta.as_slice()[self.dim()];
        self.admissible(shape)?;
        let factor = factorise("precision", &self.precision(eta.as_slice()))?;
        let inverse = factor.inverse();
        let mut mu: Vec<T> = pairs(self.size).map(|(i, j)| shape * inverse[(i, j)]).collect();
        mu.push(self.polygamma(0, shape) - log_det(&factor));
        let mu = DVector::from_vec(mu);
        check("mean parameter", &mu, self.statistic_dim())?;
        Ok(Mean::new(mu))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.statistic_dim())?;
        let factor = factorise("mean matrix", &self.matrix(mu.as_slice(), T::one()))?;
        // By Jensen's inequality E ln det X < ln det E X.
        let gap = log_det(&factor) - mu.as_slice()[self.dim()];
        if !(gap > T::zero()) {
            let (what, expected) = ("ln det E X − E ln det X", "a positive number");
            return Err(FamilyError::Outside { what, value: gap.value(), expected });
        }
        // d ln a − ψ_d(a), of which the larger part cancels unless it is left out from the start.
        let excess = inverse_log_less_digammas(self.size, gap);
        if !excess.is_number() {
            return Err(FamilyError::NoNaturalParameter);
        }
        let shape = excess + T::count(self.size - 1) * T::ratio(1, 2);
        self.admissible(shape)?;
        let eta = self.natural_of(&factor.inverse().map(|x| x * shape), shape);
        check("natural parameter", &eta, self.statistic_dim())?;
        factorise("precision", &self.precision(eta.as_slice()))?;
        Ok(Natural::new(eta))
    }
}

impl<T: Special> LogPartition<T> for Wishart {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        self.ln_gamma(q.shape()) - q.shape() * log_det(&q.factor())
    }

    /// `−(d + 1)/2 · ln det X`; `−∞` where `X` is not positive definite.
    fn log_base_measure(&self, theta: &[T]) -> T {
        let log_det = self.sufficient_statistic(theta)[self.dim()];
        if log_det == T::neg_infinity() {
            return log_det;
        }
        T::ratio(-1, 2) * T::count(self.size + 1) * log_det
    }

    /// `−∞` where `X` is not positive definite.
    fn log_density(&self, q: &Member<Self, T>, theta: &[T]) -> T {
        let statistic = self.sufficient_statistic(theta);
        if statistic[self.dim()] == T::neg_infinity() {
            return T::neg_infinity();
        }
        self.log_base_measure(theta) + dot(q.natural().as_slice(), statistic.as_slice())
            - self.log_partition(q)
    }
}

impl<T: Special> Entropy<T> for Wishart {
    /// `ln Γ_d(a) + ad − aψ_d(a) + (d + 1)/2 · E ln det X`, of which terms of the size of `a ln a` cancel: with the convex
    /// conjugate `C(z) = zψ(z) − z − ln Γ(z)`, about `½ ln z`, and `z = a − i/2`,
    /// `Σ_{i<d} [(d + 1 − i)/2 · ψ(z) + i/2 − C(z)] + d(d − 1)/4 · ln π − (d + 1)/2 · ln det Λ`.
    fn entropy(&self, q: &Member<Self, T>) -> T {
        let (half, d) = (T::ratio(1, 2), T::count(self.size));
        let start = T::ratio(1, 4) * d * (d - T::one()) * Float::ln(T::PI())
            - half * (d + T::one()) * log_det(&q.factor());
        self.arguments(q.shape()).zip(0..self.size).fold(start, |sum, (z, i)| {
            let (weight, shift) = (half * T::count(self.size + 1 - i), half * T::count(i));
            sum + (weight * z.digamma() + shift - ln_gamma_conjugate(z))
        })
    }
}

impl<T: Special> FisherInformation<T> for Wishart {
    /// With `Σ = Λ⁻¹`: `Cov(X_ij, X_kl) = a/2 (Σ_ik Σ_jl + Σ_il Σ_jk)`, `Cov(X_ij, ln det X) = Σ_ij`,
    /// `Var ln det X = ψ_d′(a)`.
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let (s, a, n) = (q.factor().inverse(), q.shape(), self.dim());
        let all: Vec<(usize, usize)> = pairs(self.size).collect();
        DMatrix::from_fn(n + 1, n + 1, |row, column| match (all.get(row), all.get(column)) {
            (Some(&(i, j)), Some(&(k, l))) => {
                a * T::ratio(1, 2) * (s[(i, k)] * s[(j, l)] + s[(i, l)] * s[(j, k)])
            }
            (Some(&pair), None) | (None, Some(&pair)) => s[pair],
            (None, None) => self.polygamma(1, a),
        })
    }
}

impl<T: Special> Sample<T> for Wishart
where
    StandardNormal: Distribution<T>,
    Exp1: Distribution<T>,
    Open01: Distribution<T>,
{
    /// Bartlett's decomposition: `X = BAAᵀBᵀ` with `BBᵀ = Λ⁻¹` and a lower triangular `A` of independent entries,
    /// `A_ii²` of the gamma law with shape `a − i/2` and `A_ij` normal with variance ½.
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let (n, factor) = (self.size, q.factor());
        let half_root = Float::sqrt(T::ratio(1, 2));
        let mut root = DMatrix::from_element(n, n, T::zero());
        for (j, shape) in self.arguments(q.shape()).enumerate() {
            let mut column = DVector::from_element(n, T::zero());
            column[j] = match Gamma::new(shape, T::one()) {
                Ok(gamma) => Float::sqrt(gamma.sample(rng)),
                Err(_) => unreachable!("the shapes of a member are positive"),
            };
            for i in j + 1..n {
                let z: T = StandardNormal.sample(rng);
                column[i] = half_root * z;
            }
            for (entry, &pivot) in column.iter_mut().zip(factor.pivots()) {
                *entry /= Float::sqrt(pivot);
            }
            root.set_column(j, &factor.backward(&column));
        }
        let product = &root * root.transpose();
        DVector::from_iterator(self.dim(), pairs(n).map(|(i, j)| product[(i, j)]))
    }
}
