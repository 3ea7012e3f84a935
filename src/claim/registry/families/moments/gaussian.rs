//! Gaussians, by Gauss–Hermite rules with three nodes in every direction: exact up to degree 5.

use super::Moments;
use crate::claim::rounding::Tracked;
use crate::family::{LogPartition, Member};
use crate::linalg::Ldl;
use crate::scalar::{Scalar, dot};
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, FloatConst, One, Zero};

/// Nodes `ζ` and weights `w e^{ζ²/2}`: `∫ f(ζ) dζ/√2π = Σ w e^{ζ²/2} f(ζ)` for `f = e^{−ζ²/2}` times a polynomial of degree 5.
pub(super) fn three_nodes() -> impl Iterator<Item = (Tracked, Tracked)> {
    let root = Float::sqrt(Tracked::count(3));
    let side = Tracked::ratio(1, 6) * Float::exp(Tracked::ratio(3, 2));
    [(Tracked::zero(), Tracked::ratio(2, 3)), (root, side), (-root, side)].into_iter()
}

/// `R` with `R Rᵀ = Λ⁻¹`, and `det R`; NaN where `Λ` is not positive definite.
pub(super) fn root_of_inverse(precision: &DMatrix<Tracked>) -> (DMatrix<Tracked>, Tracked) {
    let n = precision.nrows();
    let Ok(factor) = Ldl::new(precision) else {
        let nan = Tracked::new(f64::NAN, f64::NAN);
        return (DMatrix::from_element(n, n, nan), nan);
    };
    let mut root = DMatrix::from_element(n, n, Tracked::zero());
    let mut det = Tracked::one();
    for (j, &pivot) in factor.pivots().iter().enumerate() {
        let scale = Tracked::one() / Float::sqrt(pivot);
        let mut unit = DVector::from_element(n, Tracked::zero());
        unit[j] = scale;
        root.set_column(j, &factor.backward(&unit));
        det *= scale;
    }
    (root, det)
}

impl Moments {
    /// Of a Gaussian in any coordinates, at the nodes `θ = m + Rζ`. `h e^{⟨η, T⟩ − A}` is taken as it is defined: were it
    /// not the Gaussian density with this mean and precision, the sums would be others.
    pub(in super::super) fn of_gaussian<F: LogPartition<Tracked>>(
        q: &Member<F, Tracked>,
        mean: &DVector<Tracked>,
        precision: &DMatrix<Tracked>,
    ) -> Self {
        let (family, n) = (q.family(), mean.len());
        let (root, det) = root_of_inverse(precision);
        // dθ = det R dζ, and dζ = √2π dζ/√2π in each direction.
        let volume = (0..n).fold(det, |volume, _| volume * Float::sqrt(Tracked::TAU()));
        let rule: Vec<(Tracked, Tracked)> = three_nodes().collect();
        let log_partition = family.log_partition(q);
        let nodes = (0..rule.len().pow(n as u32)).map(|code| {
            let (mut theta, mut weight, mut code) = (mean.clone(), volume, code);
            for column in root.column_iter() {
                let (zeta, w) = rule[code % rule.len()];
                theta += column * zeta;
                weight *= w;
                code /= rule.len();
            }
            let statistic = family.sufficient_statistic(theta.as_slice());
            let exponent = family.log_base_measure(theta.as_slice())
                + dot(q.natural().as_slice(), statistic.as_slice())
                - log_partition;
            (statistic, weight * Float::exp(exponent))
        });
        Self::of_nodes(family.statistic_dim(), nodes)
    }
}
