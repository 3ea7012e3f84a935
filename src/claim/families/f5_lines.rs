//! F5: Laplace laws with unknown location are no exponential family.

use super::super::rounding::{Tracked, close};
use super::super::{Claim, Entry, Feature, Features, Instance, Outcome};
use super::{control, settle, theorem};
use crate::family::{DiagonalGaussian, FamilyError, Laplace, LocationScale, LogPartition, Member};
use crate::law::Residual;
use crate::scalar::{Rational, Scalar};
use nalgebra::DMatrix;
use num_traits::{Signed, Zero};
use proptest::collection::vec;
use proptest::strategy::{BoxedStrategy, Strategy};

/// Distinct points on a line, in quarters, rising.
#[derive(Clone, Debug)]
struct Points {
    first: i8,
    /// Positive.
    gaps: Vec<u8>,
}

impl Points {
    fn list<T: Scalar>(&self) -> Vec<T> {
        let mut at = i64::from(self.first);
        let mut points = vec![T::ratio(at, 4)];
        for &gap in &self.gaps {
            at += i64::from(gap);
            points.push(T::ratio(at, 4));
        }
        points
    }
}

impl Instance for Points {
    fn features(&self) -> Features {
        Features::default()
    }
}

/// 4 to 8 points.
fn points(_: Option<Feature>) -> BoxedStrategy<Points> {
    (-16..=16i8, vec(1..=16u8, 3..=7)).prop_map(|(first, gaps)| Points { first, gaps }).boxed()
}

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: theorem(
                "F5.not-exponential",
                "Laplace laws with unknown location are no exponential family",
                "for k + 1 locations m the matrix [ln p_{m_i}(m_j) − ln p_{m_0}(m_j)], i ≥ 1, has rank k, however \
                 large k; with s statistics it would be at most s + 1",
                &["Laplace with unknown location, and so with unknown scale too"],
                &[],
            ),
            instances: points,
            check: |points| settle(|| laplace(points)),
            exact: Some(|points| {
                Outcome::new("rank = k", has_full_rank(laplace_ratios(points))).partial()
            }),
        }),
        Box::new(Entry {
            about: control(
                "F5.gaussian-rank",
                "F5.not-exponential",
                "Gaussians for Laplace laws",
                "the same matrix of Gaussians of variance 1 has rank k ≥ 3 too",
                &["an exponential family with one statistic has rank at most 2"],
            ),
            instances: points,
            check: |points| Outcome::new("rank = k", has_full_rank(gaussian_ratios(points))),
            // It is exact already.
            exact: Some(|points| Outcome::new("rank = k", has_full_rank(gaussian_ratios(points)))),
        }),
    ]
}

/// `−|x_j − x_i| + |x_j − x_0|`.
fn laplace_ratios<T: Scalar + Signed>(points: &Points) -> DMatrix<T> {
    ratios(points, |x: T, m: T| -(x - m).abs())
}

/// `−½(x_j − x_i)² + ½(x_j − x_0)²`.
fn gaussian_ratios(points: &Points) -> DMatrix<Rational> {
    ratios(points, |x: Rational, m: Rational| {
        let step = x - m;
        Rational::ratio(-1, 2) * step.clone() * step
    })
}

fn ratios<T: Scalar>(points: &Points, log: impl Fn(T, T) -> T) -> DMatrix<T> {
    let x = points.list::<T>();
    DMatrix::from_fn(x.len() - 1, x.len(), |i, j| {
        log(x[j].clone(), x[i + 1].clone()) - log(x[j].clone(), x[0].clone())
    })
}

fn has_full_rank(matrix: DMatrix<Rational>) -> Residual {
    let wanted = matrix.nrows();
    Residual::exact(rank(matrix) == wanted)
}

/// By elimination.
fn rank(mut matrix: DMatrix<Rational>) -> usize {
    let mut rank = 0;
    for column in 0..matrix.ncols() {
        let Some(pivot) = (rank..matrix.nrows()).find(|&row| !matrix[(row, column)].is_zero())
        else {
            continue;
        };
        matrix.swap_rows(rank, pivot);
        for row in rank + 1..matrix.nrows() {
            let factor = matrix[(row, column)].clone() / matrix[(rank, column)].clone();
            for k in column..matrix.ncols() {
                let step = factor.clone() * matrix[(rank, k)].clone();
                matrix[(row, k)] -= step;
            }
        }
        rank += 1;
    }
    rank
}

/// The crate's densities have these ratios, and those have full rank, exactly; the Gaussian ones, of an
/// exponential family, have rank 2.
fn laplace(points: &Points) -> Result<Outcome, FamilyError> {
    let x = points.list::<Tracked>();
    let one = Tracked::exact(1.0);
    let mut outcome = Outcome::new("rank = k", has_full_rank(laplace_ratios(points)))
        .and("rank 2 for Gaussians", Residual::exact(rank(gaussian_ratios(points)) == 2));
    let (laplace, gaussian) = (laplace_ratios::<Rational>(points), gaussian_ratios(points));
    let (first, first_gaussian) =
        (Laplace::new(&x[..1], &[one])?, DiagonalGaussian::with_variance(&x[..1], &[one])?);
    for (i, &m) in x[1..].iter().enumerate() {
        let law = Laplace::new(&[m], &[one])?;
        let normal: Member<DiagonalGaussian, Tracked> =
            DiagonalGaussian::with_variance(&[m], &[one])?;
        for (j, &point) in x.iter().enumerate() {
            let found = law.log_density(&[point]) - first.log_density(&[point]);
            let exact = Tracked::exact(laplace[(i, j)].nearest_f64());
            outcome = outcome.and("ratios of the densities", close(&found, &exact));
            let family = normal.family();
            let found = family.log_density(&normal, &[point])
                - family.log_density(&first_gaussian, &[point]);
            let exact = Tracked::exact(gaussian[(i, j)].nearest_f64());
            outcome = outcome.and("ratios of the Gaussian densities", close(&found, &exact));
        }
    }
    Ok(outcome)
}
