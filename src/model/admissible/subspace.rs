//! Architectures that are any affine subspace of the parameters.

use super::Inadmissible;
use crate::group::FinitelyGenerated;
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::{Rational, Scalar};

/// An affine subspace `L = p + span(v_1, …, v_k)` of the parameters, in exact arithmetic: weight sharing, say, which
/// no sparsity pattern describes.
///
/// Numbers that are floats are rationals too (`Rational::from_f64`), so nothing is lost by asking here.
///
/// # Examples
/// Two weights that share a value, under the swap and under a sign:
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::model::AffineSubspace;
/// use equibayes::representation::{PermutationRep, SignedPermutation, SignedPermutationRep};
/// use equibayes::scalar::{Rational, Scalar};
///
/// let numbers = |x: [i64; 2]| x.map(|x| Rational::ratio(x, 1)).to_vec();
/// let shared = AffineSubspace::new(numbers([0, 0]), &[numbers([1, 1])]);
/// let c2 = Cyclic::new(2)?;
/// assert!(shared.is_admissible(&PermutationRep::regular(&c2)?).is_ok());
/// let sign = SignedPermutationRep::from_fn(c2, 2, |&g| {
///     SignedPermutation::from_fn(2, |i| (i, g == 1 && i == 0))
/// });
/// assert!(shared.is_admissible(&sign).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AffineSubspace {
    point: Vec<Rational>,
    directions: Vec<Vec<Rational>>,
    /// A basis of the directions in reduced form, each with its pivot: 1 there, and 0 in all the others.
    echelon: Vec<(usize, Vec<Rational>)>,
}

impl AffineSubspace {
    /// The subspace through a point, with these directions (which need not be independent).
    ///
    /// # Panics
    /// If a direction has another length than the point.
    pub fn new(point: Vec<Rational>, directions: &[Vec<Rational>]) -> Self {
        let mut echelon: Vec<(usize, Vec<Rational>)> = Vec::new();
        for direction in directions {
            assert_eq!(direction.len(), point.len(), "length of a direction of {}", point.len());
            let mut left = reduced(&echelon, direction);
            let Some(pivot) = left.iter().position(|x| *x != Rational::count(0)) else { continue };
            let scale = left[pivot].clone();
            for x in &mut left {
                *x /= scale.clone();
            }
            for (_, row) in &mut echelon {
                let factor = row[pivot].clone();
                subtract(row, &factor, &left);
            }
            echelon.push((pivot, left));
        }
        Self { point, directions: directions.to_vec(), echelon }
    }

    /// The dimension of the subspace.
    pub fn dim(&self) -> usize {
        self.echelon.len()
    }

    /// Whether `θ` is in the subspace.
    ///
    /// # Panics
    /// If `theta` has another length than the point.
    pub fn contains(&self, theta: &[Rational]) -> bool {
        assert_eq!(theta.len(), self.point.len(), "length of the parameters");
        let step: Vec<Rational> = theta.iter().zip(&self.point).map(|(x, p)| x - p).collect();
        self.spans(&step)
    }

    fn spans(&self, direction: &[Rational]) -> bool {
        reduced(&self.echelon, direction).iter().all(|x| *x == Rational::count(0))
    }

    /// Whether `ρ(g)L = L` for every `g`, which it is if it holds for the generators.
    ///
    /// # Errors
    /// [`Inadmissible`], with a generator and what it moves out of `L`.
    pub fn is_admissible<R>(&self, rep: &R) -> Result<(), Inadmissible<ElementOf<R>>>
    where
        R: ActsOn<Rational>,
        R::Group: FinitelyGenerated,
    {
        if self.point.len() != rep.dim() {
            return Err(Inadmissible::Dimension { got: self.point.len(), expected: rep.dim() });
        }
        for element in rep.group().generators() {
            let leaves = |v: &Vec<Rational>| !self.spans(rep.apply(&element, v).as_slice());
            if let Some(direction) = self.directions.iter().position(leaves) {
                return Err(Inadmissible::LeavesSubspace { element, direction });
            }
            if !self.contains(rep.apply(&element, &self.point).as_slice()) {
                return Err(Inadmissible::MovesBasePoint { element });
            }
        }
        Ok(())
    }
}

/// `x −= factor · y`.
fn subtract(x: &mut [Rational], factor: &Rational, y: &[Rational]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x -= factor * y;
    }
}

/// What is left of a vector without its parts in a reduced basis.
fn reduced(echelon: &[(usize, Vec<Rational>)], vector: &[Rational]) -> Vec<Rational> {
    let mut left = vector.to_vec();
    for (pivot, row) in echelon {
        let factor = left[*pivot].clone();
        subtract(&mut left, &factor, row);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Cyclic;
    use crate::representation::PermutationRep;

    fn numbers<const N: usize>(x: [i64; N]) -> Vec<Rational> {
        x.map(|x| Rational::ratio(x, 2)).to_vec()
    }

    #[test]
    fn subspaces_are_what_they_span() {
        let plane = AffineSubspace::new(
            numbers([1, 1, 1]),
            &[numbers([1, -1, 0]), numbers([0, 2, -2]), numbers([1, 0, -1])],
        );
        assert_eq!(plane.dim(), 2);
        assert!(plane.contains(&numbers([3, 0, 0])));
        assert!(!plane.contains(&numbers([3, 0, 1])));
        let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
        assert_eq!(plane.is_admissible(&shift), Ok(()));
        let line = AffineSubspace::new(numbers([0, 0, 0]), &[numbers([1, -1, 0])]);
        let leaves = Inadmissible::LeavesSubspace { element: 1, direction: 0 };
        assert_eq!(line.is_admissible(&shift), Err(leaves));
        let point = AffineSubspace::new(numbers([1, 1, 2]), &[]);
        assert_eq!(point.is_admissible(&shift), Err(Inadmissible::MovesBasePoint { element: 1 }));
    }
}
