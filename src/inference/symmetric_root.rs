//! Gaussians with any covariance, by its symmetric root.

use super::error::{InferenceError, check_length, check_numbers};
use super::posterior::{Posterior, check_draw};
use super::prior::{GaussianPrior, Precision};
use super::symmetry::CoordinateSymmetry;
use crate::family::{FamilyError, FullGaussian, Member};
use crate::group::FinitelyGenerated;
use crate::linalg::eliminate;
use crate::representation::{ActsBySignedPermutations, SignedPermutation};
use crate::scalar::Real;
use nalgebra::{DMatrix, DMatrixViewMut, DVector};
use num_traits::Float;
use std::ops::Range;

/// `θ = m + Sε` with a symmetric `S`, so of covariance `S²`: `w = (m; S row by row below the diagonal)`, entries off the
/// diagonal times √2.
///
/// An orthogonal action takes `S` to `ρSρᵀ`, which in these coordinates is linear and orthogonal. So, other than with the
/// Cholesky factor of [`FullCovariance`](super::FullCovariance), gradient steps are equivariant under signed permutations and
/// orthogonal actions (claim E4), and with [orbit-closed noise](super::Noise::orbit_closed) the Monte-Carlo objective is
/// exactly invariant: the draw with `g·w` and `ρ(g)ε` is `ρ(g)` applied to the draw with `w` and `ε`.
///
/// `S` need not be positive definite: the divergence grows without bound towards singular `S`, where it is not a number,
/// and keeps small steps from crossing.
/// Divergences take `O(dim³)`, and memory of `dim²`; their logarithm of the determinant is off by about the condition
/// number of `S` times rounding, not its square.
///
/// # Examples
/// ```
/// use equibayes::inference::{Posterior, SymmetricRoot};
/// use nalgebra::dmatrix;
///
/// let q = SymmetricRoot::new(2);
/// let w: Vec<f64> = q.coordinates_of(&[1.0, 2.0], &dmatrix![2.0, 1.0; 1.0, 3.0])?;
/// let mut theta = [0.0; 2];
/// q.draw(&w, &[1.0, -1.0], &mut theta);
/// assert!((theta[0] - 2.0).abs() < 1e-15 && theta[1].abs() < 1e-15);
/// # Ok::<(), equibayes::inference::InferenceError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymmetricRoot {
    dim: usize,
}

/// Where `S_ij`, `i ≥ j`, is behind the means.
fn place(i: usize, j: usize) -> usize {
    let (i, j) = (i.max(j), i.min(j));
    i * (i + 1) / 2 + j
}

/// `S_ij` from the coordinates behind the means.
fn entry<T: Real>(entries: &[T], i: usize, j: usize) -> T {
    let value = entries[place(i, j)];
    if i == j { value } else { value * T::FRAC_1_SQRT_2() }
}

impl SymmetricRoot {
    /// With `dim` parameters.
    pub fn new(dim: usize) -> Self {
        Self { dim }
    }

    /// The coordinates of a mean and a symmetric root (of which the lower triangle is read).
    ///
    /// # Errors
    /// [`InferenceError`] if a size is wrong or an entry is not a number.
    pub fn coordinates_of<T: Real>(
        &self,
        mean: &[T],
        root: &DMatrix<T>,
    ) -> Result<Vec<T>, InferenceError> {
        check_length("means", mean.len(), self.dim)?;
        check_length("root rows", root.nrows(), self.dim)?;
        check_length("root columns", root.ncols(), self.dim)?;
        let mut w = mean.to_vec();
        for i in 0..self.dim {
            w.extend((0..i).map(|j| root[(i, j)] * T::SQRT_2()));
            w.push(root[(i, i)]);
        }
        check_numbers("coordinates", &w)?;
        Ok(w)
    }

    /// The mean and the root.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn root<T: Real>(&self, w: &[T]) -> (DVector<T>, DMatrix<T>) {
        assert_eq!(w.len(), self.dim + place(self.dim, 0), "coordinates of another posterior");
        let (mean, entries) = w.split_at(self.dim);
        let root = DMatrix::from_fn(self.dim, self.dim, |i, j| entry(entries, i, j));
        (DVector::from_column_slice(mean), root)
    }

    /// The posterior as a member of its exponential family.
    ///
    /// # Errors
    /// [`FamilyError`] if the covariance is not positive definite in the scalar's arithmetic.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn member<T: Real>(&self, w: &[T]) -> Result<Member<FullGaussian, T>, FamilyError> {
        let (mean, root) = self.root(w);
        FullGaussian::with_covariance(&mean, &(&root * &root))
    }

    /// The orbits of a group on these coordinates: `ρ` on the means, `S_ij ↦ ±S_{ρ(i)ρ(j)}`.
    ///
    /// # Panics
    /// If the representation has another dimension than the posterior.
    pub fn symmetry<R>(&self, rep: &R) -> CoordinateSymmetry
    where
        R: ActsBySignedPermutations,
        R::Group: FinitelyGenerated,
    {
        assert_eq!(rep.dim(), self.dim, "a representation on another space than the parameters");
        let dim = self.dim;
        let coordinates = dim + place(dim, 0);
        let pairs: Vec<(usize, usize)> =
            (0..dim).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
        let on_coordinates = |map: &SignedPermutation| {
            SignedPermutation::from_fn(coordinates, |k| match k.checked_sub(dim) {
                None => map.image(k),
                Some(k) => {
                    let ((i, flip), (j, flop)) = (map.image(pairs[k].0), map.image(pairs[k].1));
                    (dim + place(i, j), flip != flop)
                }
            })
        };
        let generators = rep.group().generators();
        let maps: Vec<_> = generators.iter().map(|g| on_coordinates(&rep.index_map(g))).collect();
        CoordinateSymmetry::new(coordinates, &maps)
    }
}

/// `(ΛS)_ij` by the coordinates behind the means.
fn weighted<T: Real>(prior: &GaussianPrior<T>, entries: &[T], i: usize, j: usize) -> T {
    match prior.precision() {
        Precision::Diagonal(precision) => precision[i] * entry(entries, i, j),
        Precision::Full(matrix, _) => (0..matrix.nrows())
            .fold(T::zero(), |sum, k| sum + matrix[(i, k)] * entry(entries, k, j)),
    }
}

/// `S` column by column, followed by so many columns of the identity, in this memory.
fn lay_out<T: Real>(entries: &[T], dim: usize, identity: usize, scratch: &mut Vec<T>) {
    scratch.clear();
    scratch.extend((0..dim * dim).map(|k| entry(entries, k % dim, k / dim)));
    let unit = |k: usize| if k % dim == k / dim { T::one() } else { T::zero() };
    scratch.extend((0..dim * identity).map(unit));
}

impl<T: Real> Posterior<T> for SymmetricRoot {
    fn dim(&self) -> usize {
        self.dim
    }

    fn coordinates(&self) -> usize {
        self.dim + place(self.dim, 0)
    }

    fn noise_dim(&self) -> usize {
        self.dim
    }

    fn draw(&self, w: &[T], noise: &[T], theta: &mut [T]) {
        let (mean, entries) = w.split_at(self.dim);
        check_draw(self.dim, noise, theta);
        for (i, x) in theta.iter_mut().enumerate() {
            let spread =
                (0..self.dim).fold(T::zero(), |sum, j| sum + entry(entries, i, j) * noise[j]);
            *x = mean[i] + spread;
        }
    }

    fn pull_back(&self, _: &[T], noise: &[T], slope: &[T], gradient: &mut [T]) {
        let (on_mean, on_root) = gradient.split_at_mut(self.dim);
        for (i, sum) in on_mean.iter_mut().enumerate() {
            *sum += slope[i];
            for j in 0..i {
                let both = slope[i] * noise[j] + slope[j] * noise[i];
                on_root[place(i, j)] += both * T::FRAC_1_SQRT_2();
            }
            on_root[place(i, i)] += slope[i] * noise[i];
        }
    }

    /// `½ [tr(ΛS²) − n + (m − m_p)ᵀΛ(m − m_p) − ln det Λ] − ln |det S|`; not a number where `S` is singular.
    fn divergence(&self, w: &[T], prior: &GaussianPrior<T>) -> T {
        self.divergence_with(w, prior, &mut Vec::new())
    }

    fn divergence_with(&self, w: &[T], prior: &GaussianPrior<T>, scratch: &mut Vec<T>) -> T {
        let (n, (mean, entries)) = (self.dim, w.split_at(self.dim));
        let trace = (0..n).fold(T::zero(), |sum, i| {
            (0..n).fold(sum, |sum, j| sum + weighted(prior, entries, i, j) * entry(entries, j, i))
        });
        lay_out(entries, n, 0, scratch);
        let mut left = DMatrixViewMut::from_slice(scratch, n, n);
        let mut log_det = T::zero();
        let regular = eliminate(&mut left, &mut DMatrixViewMut::from_slice(&mut [], n, 0), |p| {
            log_det += Float::ln(p.magnitude());
        });
        if !regular {
            return T::nan();
        }
        let rest = trace - T::count(n) + prior.square(mean) - prior.log_det();
        T::ratio(1, 2) * rest - log_det
    }

    fn pull_back_divergence(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        self.pull_back_divergence_with(w, prior, weight, gradient, &mut Vec::new());
    }

    /// By `∂/∂S = ½(ΛS + SΛ) − S⁻¹`.
    fn pull_back_divergence_with(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
        scratch: &mut Vec<T>,
    ) {
        let (n, (mean, entries)) = (self.dim, w.split_at(self.dim));
        lay_out(entries, n, n, scratch);
        let (left, right) = scratch.split_at_mut(n * n);
        let mut back = DMatrixViewMut::from_slice(right, n, n);
        if !eliminate(&mut DMatrixViewMut::from_slice(left, n, n), &mut back, |_| {}) {
            back.fill(T::nan());
        }
        let (on_mean, on_root) = gradient.split_at_mut(n);
        let half = T::ratio(1, 2);
        for (i, sum) in on_mean.iter_mut().enumerate() {
            *sum += weight * prior.pull(mean, i);
            for j in 0..=i {
                // Rounding leaves the inverse a little asymmetric.
                let both = weighted(prior, entries, i, j) + weighted(prior, entries, j, i)
                    - back[(i, j)]
                    - back[(j, i)];
                // Off the diagonal the entry is there twice, and its coordinate √2 times as large.
                let factor = if i == j { half } else { T::FRAC_1_SQRT_2() };
                on_root[place(i, j)] += weight * factor * both;
            }
        }
    }

    /// The root, diagonal and not.
    fn scales(&self) -> Range<usize> {
        self.dim..self.dim + place(self.dim, 0)
    }
}
