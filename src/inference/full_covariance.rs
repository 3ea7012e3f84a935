//! Gaussians with any covariance, by a Cholesky factor.

use super::error::{InferenceError, check_length};
use super::posterior::{Posterior, check_draw};
use super::prior::{GaussianPrior, Precision};
use super::scale::ScaleLink;
use crate::family::{FamilyError, FullGaussian, Member};
use crate::scalar::Real;
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use std::ops::Range;

/// `θ = m + Lε` with a lower triangular `L`: `w = (m; L row by row)`, the diagonal of `L` by softplus.
///
/// The action of a group on these coordinates is not linear (a permuted `L` is not triangular), so gradient steps
/// in them are not equivariant even under permutations; natural-gradient steps are (claim E4), and so are
/// gradient steps by the [symmetric root](super::SymmetricRoot).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullCovariance {
    dim: usize,
}

const LINK: ScaleLink = ScaleLink::Softplus;

/// Where `L_ij` is, behind the means.
fn place(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}

impl FullCovariance {
    /// With `dim` parameters.
    pub fn new(dim: usize) -> Self {
        Self { dim }
    }

    /// The coordinates of a mean and a lower triangular factor (whose upper triangle is not read).
    ///
    /// # Errors
    /// [`InferenceError`] if a size is wrong, an entry is not a number, or the diagonal is not positive.
    pub fn coordinates_of<T: Real>(
        &self,
        mean: &[T],
        factor: &DMatrix<T>,
    ) -> Result<Vec<T>, InferenceError> {
        check_length("means", mean.len(), self.dim)?;
        check_length("factor rows", factor.nrows(), self.dim)?;
        check_length("factor columns", factor.ncols(), self.dim)?;
        let mut w = mean.to_vec();
        for i in 0..self.dim {
            w.extend((0..i).map(|j| factor[(i, j)]));
            let pivot = factor[(i, i)];
            if !(pivot > T::zero()) {
                let value = pivot.nearest_f64();
                return Err(InferenceError::NotPositiveDefinite { what: "factor", row: i, value });
            }
            w.push(LINK.coordinate(pivot));
        }
        super::error::check_numbers("coordinates", &w)?;
        Ok(w)
    }

    /// The mean and the factor.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn factor<T: Real>(&self, w: &[T]) -> (DVector<T>, DMatrix<T>) {
        assert_eq!(w.len(), self.dim + place(self.dim, 0), "coordinates of another posterior");
        let (mean, entries) = w.split_at(self.dim);
        let factor = DMatrix::from_fn(self.dim, self.dim, |i, j| entry(entries, i, j));
        (DVector::from_column_slice(mean), factor)
    }

    /// The posterior as a member of its exponential family.
    ///
    /// # Errors
    /// [`FamilyError`] if the covariance is not positive definite in the scalar's arithmetic.
    ///
    /// # Panics
    /// If `w` has the wrong length.
    pub fn member<T: Real>(&self, w: &[T]) -> Result<Member<FullGaussian, T>, FamilyError> {
        let (mean, factor) = self.factor(w);
        FullGaussian::with_covariance(&mean, &(&factor * factor.transpose()))
    }
}

/// `L_ij` from the coordinates behind the means.
fn entry<T: Real>(entries: &[T], i: usize, j: usize) -> T {
    match i.cmp(&j) {
        std::cmp::Ordering::Less => T::zero(),
        std::cmp::Ordering::Equal => LINK.scale(entries[place(i, i)]),
        std::cmp::Ordering::Greater => entries[place(i, j)],
    }
}

/// Adds a slope by `L_ij` to the gradient behind the means.
fn add<T: Real>(gradient: &mut [T], entries: &[T], i: usize, j: usize, slope: T) {
    let at = place(i, j);
    gradient[at] += if i == j { slope * LINK.slope(entries[at]) } else { slope };
}

impl<T: Real> Posterior<T> for FullCovariance {
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
            *x = (0..=i).fold(mean[i], |sum, j| sum + entry(entries, i, j) * noise[j]);
        }
    }

    fn pull_back(&self, w: &[T], noise: &[T], slope: &[T], gradient: &mut [T]) {
        let entries = &w[self.dim..];
        let (on_mean, on_factor) = gradient.split_at_mut(self.dim);
        for (i, &slope) in slope.iter().enumerate() {
            on_mean[i] += slope;
            for (j, &z) in noise.iter().enumerate().take(i + 1) {
                add(on_factor, entries, i, j, slope * z);
            }
        }
    }

    /// `½ [tr(ΛLLᵀ) − n + (m − m_p)ᵀΛ(m − m_p) − ln det Λ] − Σ_i ln L_ii`.
    fn divergence(&self, w: &[T], prior: &GaussianPrior<T>) -> T {
        let (mean, entries) = w.split_at(self.dim);
        let trace = (0..self.dim).fold(T::zero(), |sum, j| {
            (j..self.dim).fold(sum, |sum, i| {
                sum + entry(entries, i, j) * weighted(prior, entries, i, j, self.dim)
            })
        });
        let logs = (0..self.dim).fold(T::zero(), |sum, i| sum + Float::ln(entry(entries, i, i)));
        let rest = trace - T::count(self.dim) + prior.square(mean) - prior.log_det();
        T::ratio(1, 2) * rest - logs
    }

    fn pull_back_divergence(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        let (mean, entries) = w.split_at(self.dim);
        let (on_mean, on_factor) = gradient.split_at_mut(self.dim);
        for (i, sum) in on_mean.iter_mut().enumerate() {
            *sum += weight * prior.pull(mean, i);
            for j in 0..=i {
                let mut slope = weighted(prior, entries, i, j, self.dim);
                if i == j {
                    slope -= T::one() / entry(entries, i, i);
                }
                add(on_factor, entries, i, j, weight * slope);
            }
        }
    }

    /// The factor, diagonal and not.
    fn scales(&self) -> Range<usize> {
        self.dim..self.dim + place(self.dim, 0)
    }
}

/// `(ΛL)_ij`.
fn weighted<T: Real>(prior: &GaussianPrior<T>, entries: &[T], i: usize, j: usize, dim: usize) -> T {
    match prior.precision() {
        Precision::Diagonal(precision) => precision[i] * entry(entries, i, j),
        Precision::Full(matrix, _) => {
            (j..dim).fold(T::zero(), |sum, k| sum + matrix[(i, k)] * entry(entries, k, j))
        }
    }
}
