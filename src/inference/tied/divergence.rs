//! The divergence of tied posteriors from a prior, orbit by orbit.

use super::{Tied, signed};
use crate::inference::posterior::{MeanField, Posterior};
use crate::inference::prior::{GaussianPrior, Precision};
use crate::representation::Orbit;
use crate::scalar::Real;
use nalgebra::DMatrix;
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
    /// it. That has the precision `BᵀΛB`.
    pub(super) fn divergence_on_fixed(&self, w: &[T], prior: &GaussianPrior<T>) -> T {
        if let Precision::Full(matrix, _) = prior.precision() {
            let free = MeanField::with_link(self.live, self.link);
            return free.divergence(w, &self.conditioned(prior, matrix));
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

    pub(super) fn pull_back_on_fixed(
        &self,
        w: &[T],
        prior: &GaussianPrior<T>,
        weight: T,
        gradient: &mut [T],
    ) {
        if let Precision::Full(matrix, _) = prior.precision() {
            let free = MeanField::with_link(self.live, self.link);
            let conditioned = self.conditioned(prior, matrix);
            free.pull_back_divergence(w, &conditioned, weight, gradient);
            return;
        }
        self.visit(|orbit, m, s| {
            if let (Some(m), Some(s)) = (m, s) {
                gradient[m] += weight * self.pull(w, prior, &orbit);
                let scale = self.link.scale(w[s]);
                let slope = precision(prior, &orbit) * scale - T::one() / scale;
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

    /// The prior of the free means, for a precision with correlations.
    fn conditioned(&self, prior: &GaussianPrior<T>, matrix: &DMatrix<T>) -> GaussianPrior<T> {
        let mut columns = Vec::with_capacity(self.live);
        self.visit(|orbit, m, _| {
            if m.is_some() {
                columns.push(orbit.members().collect::<Vec<_>>());
            }
        });
        let between = DMatrix::from_fn(self.live, self.live, |a, b| {
            columns[a].iter().fold(T::zero(), |sum, &(i, flip)| {
                columns[b]
                    .iter()
                    .fold(sum, |sum, &(j, flop)| sum + signed(matrix[(i, j)], flip != flop))
            })
        });
        let pull: Vec<T> = columns
            .iter()
            .map(|orbit| {
                orbit.iter().fold(T::zero(), |sum, &(i, flip)| {
                    // −Λ(0 − m_p) is Λm_p.
                    sum + signed(-prior.pull_by(|_| T::zero(), i), flip)
                })
            })
            .collect();
        GaussianPrior::of_canonical(&pull, &between)
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
