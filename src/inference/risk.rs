//! The squared error of models that are affine in their parameters: expectations in closed form.

use super::data::Dataset;
use crate::model::Model;
use crate::scalar::{Scalar, dot};
use nalgebra::{DMatrix, DVector};

/// A promise: `θ ↦ Φ(θ, x)` is affine for every `x`.
pub trait AffineInParameters {}

impl AffineInParameters for crate::model::Linear {}

/// The mean squared error `L(θ) = ½ θᵀHθ − bᵀθ + c` of an affine model on a data set, for any scalar.
///
/// # Examples
/// ```
/// use equibayes::inference::QuadraticRisk;
/// use nalgebra::{dmatrix, dvector};
///
/// // ½ (θ − 3)²
/// let risk = QuadraticRisk::new(dmatrix![1.0], dvector![3.0], 4.5);
/// assert_eq!(risk.value(&[1.0]), 2.0);
/// // E ½ (θ − 3)² for θ ∼ N(1, 4)
/// assert_eq!(risk.expected(&dvector![1.0], &dmatrix![4.0]), 4.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct QuadraticRisk<T: Scalar = f64> {
    hessian: DMatrix<T>,
    linear: DVector<T>,
    constant: T,
}

impl<T: Scalar> QuadraticRisk<T> {
    /// From its coefficients; `H` is symmetric.
    ///
    /// # Panics
    /// If the sizes differ.
    pub fn new(hessian: DMatrix<T>, linear: DVector<T>, constant: T) -> Self {
        assert_eq!(hessian.shape(), (linear.len(), linear.len()), "H and b of different sizes");
        Self { hessian, linear, constant }
    }

    /// The mean over the data of `½ ‖Φ(θ, x) − y‖²`.
    ///
    /// # Panics
    /// If the data has other dimensions than the model.
    pub fn of_model<M: Model<T> + AffineInParameters>(model: &M, data: &Dataset<T>) -> Self {
        let dim = model.parameters();
        let mut hessian = DMatrix::from_element(dim, dim, T::zero());
        let mut linear = DVector::from_element(dim, T::zero());
        let mut constant = T::zero();
        let mut theta = vec![T::zero(); dim];
        for i in 0..data.len() {
            let (x, y) = (data.input(i), data.target(i));
            let offset = model.prediction(&theta, x);
            let design: Vec<DVector<T>> = (0..dim)
                .map(|j| {
                    theta[j] = T::one();
                    let column = model.prediction(&theta, x) - &offset;
                    theta[j] = T::zero();
                    column
                })
                .collect();
            let target = DVector::from_column_slice(y) - offset;
            for (j, column) in design.iter().enumerate() {
                linear[j] += dot(column.as_slice(), target.as_slice());
                for (k, other) in design.iter().enumerate().take(j + 1) {
                    hessian[(j, k)] += dot(column.as_slice(), other.as_slice());
                }
            }
            constant += dot(target.as_slice(), target.as_slice());
        }
        let count = T::count(data.len());
        let hessian = DMatrix::from_fn(dim, dim, |j, k| {
            let sum = if j >= k { &hessian[(j, k)] } else { &hessian[(k, j)] };
            sum.clone() / count.clone()
        });
        let linear = linear.map(|sum| sum / count.clone());
        Self { hessian, linear, constant: constant / count * T::ratio(1, 2) }
    }

    /// The dimension of `θ`.
    pub fn dim(&self) -> usize {
        self.linear.len()
    }

    /// `H`.
    pub fn hessian(&self) -> &DMatrix<T> {
        &self.hessian
    }

    /// `b`.
    pub fn linear(&self) -> &DVector<T> {
        &self.linear
    }

    /// `L(θ)`.
    ///
    /// # Panics
    /// If `θ` has another dimension; so do the other methods.
    pub fn value(&self, theta: &[T]) -> T {
        let pulled = &self.hessian * DVector::from_column_slice(theta);
        T::ratio(1, 2) * dot(pulled.as_slice(), theta) - dot(self.linear.as_slice(), theta)
            + self.constant.clone()
    }

    /// `∇L(θ) = Hθ − b`, which is also the derivative of the expectation by the mean.
    pub fn gradient(&self, theta: &[T]) -> DVector<T> {
        &self.hessian * DVector::from_column_slice(theta) - &self.linear
    }

    /// `E L(θ)` for mean `m` and covariance `Σ`: `L(m) + ½ tr(HΣ)`.
    pub fn expected(&self, mean: &DVector<T>, covariance: &DMatrix<T>) -> T {
        let trace = self.hessian.iter().zip(covariance.iter()).fold(T::zero(), |sum, (h, s)| {
            // Both are symmetric.
            sum + h.clone() * s.clone()
        });
        self.value(mean.as_slice()) + T::ratio(1, 2) * trace
    }

    /// `E L(θ)` for independent coordinates: `L(m) + ½ Σ_i H_ii σ_i²`.
    pub fn expected_diagonal(&self, mean: &[T], variance: &[T]) -> T {
        let trace = variance
            .iter()
            .enumerate()
            .fold(T::zero(), |sum, (i, v)| sum + self.hessian[(i, i)].clone() * v.clone());
        self.value(mean) + T::ratio(1, 2) * trace
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Rational;

    struct Line;

    impl<T: Scalar> Model<T> for Line {
        fn parameters(&self) -> usize {
            2
        }

        fn inputs(&self) -> usize {
            1
        }

        fn outputs(&self) -> usize {
            1
        }

        fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
            out[0] = theta[0].clone() * x[0].clone() + theta[1].clone() + T::one();
        }
    }

    impl AffineInParameters for Line {}

    #[test]
    fn the_quadratic_is_the_mean_squared_error() {
        let numbers =
            |list: &[i64]| list.iter().map(|&k| Rational::ratio(k, 3)).collect::<Vec<_>>();
        let data = Dataset::new(1, numbers(&[1, 5, -2]), 1, numbers(&[4, 0, 7])).unwrap();
        let risk = QuadraticRisk::of_model(&Line, &data);
        let theta = numbers(&[2, -7]);
        let direct = (0..3).fold(Rational::ratio(0, 1), |sum, i| {
            let step = Line.prediction(&theta, data.input(i))[0].clone() - &data.target(i)[0];
            sum + step.clone() * step
        });
        assert_eq!(risk.value(&theta), direct * Rational::ratio(1, 6));
    }
}
