//! The divergence of tied posteriors from a prior, orbit by orbit.

use super::{Tied, signed};
use crate::inference::prior::{GaussianPrior, Precision};
use crate::linalg::eliminate;
use crate::representation::Orbit;
use crate::scalar::{Real, dot};
use nalgebra::{DMatrix, DMatrixViewMut};
use num_traits::Float;

impl<T: Real> Tied<T> {
    /// Of independent parameters: that of the mean field with the same moments.
    pub(super) fn divergence_in_full(&self, w: &[T], prior: &GaussianPrior<T>) -> T {
        let mut spread = T::zero();
        self.visit(|orbit, _, s| {
            if let Some(s) = s {
                let scale = self.link.scale(w[s]);
                let constant = T::one() + T::ratio(2, 1) * Float::ln(scale);
                for (i, _) in orbit.members() {
                    spread += prior.precision_of(i) * scale * scale - constant;
                }
            }
        });
        let square = prior.square_by(|i| self.mean_at(w, i));
        T::ratio(1, 2) * (spread - prior.log_det() + square)
    }

    pub(super) fn pull_back_in_full(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        self.visit(|orbit, m, s| {
            if let Some(m) = m {
                gradient[m] += weight * self.pull(w, prior, &orbit);
            }
            if let Some(s) = s {
                let (scale, count) = (self.link.scale(w[s]), T::count(orbit.len()));
                let slope = precision(prior, &orbit) * scale - count / scale;
                gradient[s] += weight * slope * self.link.slope(w[s]);
            }
        });
    }

    /// Of equivariant draws: on the fixed space, where `θ_i = ±u_o` along an orbit, from the prior conditioned on
    /// it. That has the precision `C = BᵀΛB`, and its mean is `C⁻¹BᵀΛm_p`.
    pub(super) fn divergence_on_fixed(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        scratch: &mut Vec<T>,
    ) -> T {
        if let Precision::Full(matrix, _) = prior.precision() {
            return self.divergence_with_correlations(w, prior, matrix, scratch);
        }
        let mut sum = T::zero();
        self.visit(|orbit, m, s| {
            if let (Some(m), Some(s)) = (m, s) {
                let scale = self.link.scale(w[s]);
                let of_orbit = precision(prior, &orbit);
                let logs = T::ratio(2, 1) * Float::ln(scale) + Float::ln(of_orbit);
                sum += of_orbit * scale * scale - T::one() - logs;
                // p (u − m)², with the slope p (u − m) and the conditioned mean m.
                let step = w[m] - pulled(prior, &orbit) / of_orbit;
                sum += step * step * of_orbit;
            }
        });
        T::ratio(1, 2) * sum
    }

    /// `½ [tr CS² − l − ln det CS² + rᵀC⁻¹r]` with the slope `r = BᵀΛ(Bu − m_p)`.
    fn divergence_with_correlations(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        matrix: &DMatrix<T>,
        scratch: &mut Vec<T>,
    ) -> T {
        let live = self.live;
        scratch.clear();
        scratch.resize(live * (live + 2), T::zero());
        let (between, slopes) = scratch.split_at_mut(live * live);
        let (slope, step) = slopes.split_at_mut(live);
        for (place, column) in self.places.iter().zip(matrix.column_iter()) {
            let Some(b) = place.mean else { continue };
            for (other, &entry) in self.places.iter().zip(column.iter()) {
                if let Some(a) = other.mean {
                    let flipped = other.negative != place.negative;
                    between[b as usize * live + a as usize] += signed(entry, flipped);
                }
            }
        }
        let mut sum = T::zero();
        self.visit(|orbit, m, s| {
            if let (Some(m), Some(s)) = (m, s) {
                slope[m] = self.pull(w, prior, &orbit);
                let scale = self.link.scale(w[s]);
                sum += between[m * live + m] * scale * scale;
                sum -= T::one() + T::ratio(2, 1) * Float::ln(scale);
            }
        });
        step.copy_from_slice(slope);
        let mut left = DMatrixViewMut::from_slice(between, live, live);
        let mut right = DMatrixViewMut::from_slice(step, live, 1);
        // Positive definite, as Λ is: no pivot vanishes but by rounding.
        let regular = eliminate(&mut left, &mut right, |p| sum -= Float::ln(p.magnitude()));
        let square = dot(slope, step);
        if regular { T::ratio(1, 2) * (sum + square) } else { T::nan() }
    }

    pub(super) fn pull_back_on_fixed(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        self.visit(|orbit, m, s| {
            if let (Some(m), Some(s)) = (m, s) {
                gradient[m] += weight * self.pull(w, prior, &orbit);
                let scale = self.link.scale(w[s]);
                let slope = conditioned(prior, &orbit) * scale - T::one() / scale;
                gradient[s] += weight * slope * self.link.slope(w[s]);
            }
        });
    }

    /// `Σ_i ±(Λ(Bu − m_p))_i` over an orbit.
    fn pull(&self, w: &[T], prior: &GaussianPrior<T>, orbit: &Orbit<'_>) -> T {
        orbit.members().fold(T::zero(), |sum, (i, negative)| {
            sum + signed(prior.pull_by(|j| self.mean_at(w, j), i), negative)
        })
    }
}

/// `C_oo = Σ_ij ±Λ_ij` over an orbit.
fn conditioned<T: Real>(prior: &GaussianPrior<T>, orbit: &Orbit<'_>) -> T {
    match prior.precision() {
        Precision::Diagonal(_) => precision(prior, orbit),
        Precision::Full(matrix, _) => orbit.members().fold(T::zero(), |sum, (i, flip)| {
            let row = orbit.members();
            row.fold(sum, |sum, (j, flop)| sum + signed(matrix[(i, j)], flip != flop))
        }),
    }
}

/// `Σ_i Λ_ii` over an orbit.
fn precision<T: Real>(prior: &GaussianPrior<T>, orbit: &Orbit<'_>) -> T {
    orbit.members().fold(T::zero(), |sum, (i, _)| sum + prior.precision_of(i))
}

/// `Σ_i ±Λ_ii m_i` over an orbit, for a diagonal precision.
fn pulled<T: Real>(prior: &GaussianPrior<T>, orbit: &Orbit<'_>) -> T {
    orbit.members().fold(T::zero(), |sum, (i, negative)| {
        sum + signed(prior.precision_of(i) * prior.mean()[i], negative)
    })
}
