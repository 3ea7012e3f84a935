//! How accurate the kits hold types to be: the assumptions that their tolerances follow from.

use crate::family::{FisherInformation, Member};
use crate::linalg;
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Scalar;
use nalgebra::DMatrix;

/// Roundings granted to one matrix entry, relative to the norm of the matrix: `sin` and `cos` of an
/// angle `2πk/n`, itself three roundings of a number up to 2π, take 20.
const ENTRY: f64 = 32.0;

/// Products of two errors, and the roundings of the norms in the tolerances, are far below the errors
/// themselves: a hundredth more covers them.
pub(super) const SECOND_ORDER: f64 = 1.01;

/// How accurately one group element is held to act.
///
/// The model is that of a matrix–vector product: every entry of the matrix is off by at most `ENTRY`
/// roundings relative to the norm of the matrix over the dimension, and a sum of `n` products adds `n`
/// more. So `‖fl(ρx) − ρx‖∞ ≤ (n + ENTRY) u κ ‖ρ‖ ‖x‖∞`, with the condition number `κ` of the way in
/// which the matrix was come by (1 where it is just there).
pub(super) struct ActionError {
    /// `‖ρ(g)‖∞`, the largest row sum.
    pub(super) rows: f64,
    /// `‖ρ(g)ᵀ‖∞`, the largest column sum.
    pub(super) columns: f64,
    /// `‖fl(ρx) − ρx‖∞ ≤ forward · ‖x‖∞`.
    pub(super) forward: f64,
    /// `‖fl(ρᵀx) − ρᵀx‖∞ ≤ transposed · ‖x‖∞`.
    pub(super) transposed: f64,
}

/// `(n + ENTRY) u κ`.
pub(super) fn relative_error<T: Scalar>(dim: usize, condition: f64) -> f64 {
    (dim as f64 + ENTRY) * T::UNIT_ROUNDOFF * condition
}

impl ActionError {
    pub(super) fn of<T: Scalar, R: ActsOn<T>>(rep: &R, g: &ElementOf<R>, condition: f64) -> Self {
        Self::of_matrix(&rep.matrix(g), condition)
    }

    pub(super) fn of_matrix<T: Scalar>(matrix: &DMatrix<T>, condition: f64) -> Self {
        let sum = |entries: &mut dyn Iterator<Item = &T>| -> f64 {
            entries.map(|entry| entry.nearest_f64().abs()).sum()
        };
        // `max` would drop a NaN.
        let largest = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
        let rows = matrix.row_iter().map(|row| sum(&mut row.iter())).fold(0.0, largest);
        let columns = matrix.column_iter().map(|column| sum(&mut column.iter())).fold(0.0, largest);
        let relative = relative_error::<T>(matrix.nrows(), condition);
        // A matrix whose entries are off by what its row sums allow is off by n times that in its
        // column sums at worst; the larger of the two norms is granted instead, and κ covers the rest.
        Self { rows, columns, forward: relative * rows, transposed: relative * columns.max(rows) }
    }
}

/// How accurately a member's parameters are held to be computed.
///
/// The model is mixed stability: a map between `η` and `μ` returns the exact image of a slightly moved
/// parameter, itself moved slightly, where slightly is `c u` relative to the scale of each coordinate.
/// The scale of `η_k` is `|η_k|`; that of `μ_k` is the root mean square `√(E T_k²) = √(I_kk + μ_k²)`,
/// the size of what is added up in it. Since `dμ = I dη`, errors pass from one side to the other through
/// the Fisher information, which is the condition number of the map. Each coordinate is a sum of at
/// most `s` products (`s` the dimension of the statistic) in at most three passes (factorise, solve,
/// multiply), and an elementary function is good to 4 units: `c = 8 (s + 4)` covers both.
pub(super) struct ParameterError {
    /// `c u`.
    pub(super) unit: f64,
    /// `|η_k|`.
    pub(super) eta: Vec<f64>,
    /// `√(E T_k²)`.
    pub(super) scale: Vec<f64>,
    /// The Fisher information.
    pub(super) information: DMatrix<f64>,
    /// Its inverse.
    pub(super) inverse: DMatrix<f64>,
}

impl ParameterError {
    /// `Err` with what is wrong, where the Fisher information has not the right size or no inverse.
    pub(super) fn of<F, T>(q: &Member<F, T>) -> Result<Self, String>
    where
        F: FisherInformation<T>,
        T: Scalar,
    {
        let dim = q.family().statistic_dim();
        let fisher = q.family().fisher_information(q);
        if fisher.shape() != (dim, dim) {
            return Err(format!("Fisher information of shape {:?} for {q:?}", fisher.shape()));
        }
        let information = fisher.map(|entry| entry.nearest_f64());
        let mu = q.mean_parameter().coordinates().map(|entry| entry.nearest_f64());
        let scale: Vec<f64> =
            (0..dim).map(|k| (information[(k, k)].abs() + mu[k] * mu[k]).sqrt()).collect();
        // Scaled to a unit diagonal, elimination does not mistake small statistics for singular ones.
        let root: Vec<f64> = (0..dim).map(|k| information[(k, k)].abs().sqrt()).collect();
        let scaled = DMatrix::from_fn(dim, dim, |k, l| information[(k, l)] / (root[k] * root[l]));
        let inverse = linalg::inverse(&scaled)
            .ok_or_else(|| format!("singular Fisher information {information} for {q:?}"))?;
        let inverse = DMatrix::from_fn(dim, dim, |k, l| inverse[(k, l)] / (root[k] * root[l]));
        Ok(Self {
            unit: 8.0 * (dim as f64 + 4.0) * T::UNIT_ROUNDOFF,
            eta: q.natural().as_slice().iter().map(|eta| eta.nearest_f64().abs()).collect(),
            scale,
            information,
            inverse,
        })
    }

    /// How far a computed `μ_k` may be off: `c u (√(E T_k²) + Σ_l |I_kl| |η_l|)`.
    pub(super) fn of_mean(&self, k: usize) -> f64 {
        self.unit * (self.scale[k] + row(&self.information, k, &self.eta))
    }

    /// How far a computed `η_k` may be off: `c u (|η_k| + Σ_l |I⁻¹_kl| √(E T_l²))`.
    pub(super) fn of_natural(&self, k: usize) -> f64 {
        self.unit * (self.eta[k] + row(&self.inverse, k, &self.scale))
    }

    /// How far a computed entry of the Fisher information may be off: a covariance is `E T_k T_l` less
    /// the product of the means, terms of the size of the product of the scales; and it varies with `η`
    /// about as much as `μ` does, relative to its scale.
    pub(super) fn of_information(&self, k: usize, l: usize) -> f64 {
        let condition = (0..self.scale.len())
            .map(|k| row(&self.information, k, &self.eta) / self.scale[k])
            .fold(1.0, f64::max);
        2.0 * self.unit * condition * self.scale[k] * self.scale[l]
    }

    /// How far a computed `A(η)` may be off: moving `η` by `c u |η|` moves it by `c u Σ|η_k||μ_k|`, and
    /// its own terms are products `η_k T_k` and logarithms of the scales in which `T` is measured.
    pub(super) fn of_log_partition(&self, value: f64) -> f64 {
        let terms: f64 = (0..self.eta.len())
            .map(|k| self.eta[k] * self.scale[k] + self.scale[k].ln().abs() + 1.0)
            .sum();
        self.unit * (value.abs() + terms)
    }
}

/// `Σ_l |M_kl| |x_l|`.
pub(super) fn row(matrix: &DMatrix<f64>, k: usize, x: &[f64]) -> f64 {
    matrix.row(k).iter().zip(x).map(|(entry, value)| entry.abs() * value.abs()).sum()
}
