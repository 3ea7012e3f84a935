//! Restricted architectures, and whether a group respects the restriction.

use crate::group::FinitelyGenerated;
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::{Rational, Scalar};
use std::fmt;
use thiserror::Error;

/// An affine subspace `L` of the parameters in which some coordinates are free, and the others have fixed values:
/// a sparsity pattern, the support of a filter.
///
/// A network that is restricted to `L` is jointly equivariant under a group only if `ρ_Θ(g)L = L` (Nordenfors &
/// Flinth 2024): otherwise a moved network is none of the architecture.
///
/// # Examples
/// A filter of three numbers on a line, under the reflection of the line. A support that is symmetric is
/// admissible, one that is not is refused with a witness:
/// ```
/// use equibayes::group::{Cyclic, Permutation};
/// use equibayes::model::Support;
/// use equibayes::representation::PermutationRep;
///
/// let reflect = PermutationRep::from_fn(Cyclic::new(2)?, 3, |&g| {
///     Permutation::from_fn(3, |i| if g == 1 { 2 - i } else { i })
/// });
/// assert!(Support::<f64>::new(&[true, false, true]).is_admissible(&reflect).is_ok());
/// let witness = Support::<f64>::new(&[true, true, false]).is_admissible(&reflect).unwrap_err();
/// assert_eq!(witness.to_string(), "1 moves coordinate 0 onto 2, which is fixed: expected ρ(g)L = L");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Support<T = f64> {
    /// The value of a coordinate that is not free.
    fixed: Vec<Option<T>>,
}

/// Why an architecture is not admissible.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Inadmissible<E: fmt::Debug> {
    /// The restriction is on a space of another dimension.
    #[error(
        "architecture of {got} parameters: expected {expected}, the dimension of the representation"
    )]
    Dimension {
        /// The coordinates of the subspace.
        got: usize,
        /// The dimension of the representation.
        expected: usize,
    },
    /// A direction within `L` leads out of it when it is moved.
    #[error("{element:?} moves coordinate {from} onto {to}, which is fixed: expected ρ(g)L = L")]
    LeavesSupport {
        /// The group element.
        element: E,
        /// A free coordinate.
        from: usize,
        /// A coordinate that is not free, which its basis vector has a part in when it is moved.
        to: usize,
    },
    /// A fixed value changes when it is moved.
    #[error(
        "{element:?} gives coordinate {at} another value than it is fixed at: expected ρ(g)L = L"
    )]
    MovesValue {
        /// The group element.
        element: E,
        /// The coordinate.
        at: usize,
    },
    /// A direction of `L` leads out of it when it is moved.
    #[error("{element:?} moves direction {direction} of L out of it: expected ρ(g)L = L")]
    LeavesSubspace {
        /// The group element.
        element: E,
        /// Which direction.
        direction: usize,
    },
    /// The point of `L` is moved out of it.
    #[error("{element:?} moves the base point of L out of it: expected ρ(g)L = L")]
    MovesBasePoint {
        /// The group element.
        element: E,
    },
}

impl<T: Scalar> Support<T> {
    /// Parameters of which only those where `free` holds are not 0.
    pub fn new(free: &[bool]) -> Self {
        Self { fixed: free.iter().map(|&free| (!free).then(T::zero)).collect() }
    }

    /// Parameters with a fixed value where there is one.
    pub fn with_values(fixed: &[Option<T>]) -> Self {
        Self { fixed: fixed.to_vec() }
    }

    /// The number of all parameters, free or not.
    pub fn dim(&self) -> usize {
        self.fixed.len()
    }

    /// Whether a parameter is free.
    ///
    /// # Panics
    /// If `i` is not below the dimension.
    pub fn is_free(&self, i: usize) -> bool {
        self.fixed[i].is_none()
    }

    /// Gives the parameters that are not free their values.
    ///
    /// # Panics
    /// If `theta` has another length.
    pub fn restrict(&self, theta: &mut [T]) {
        assert_eq!(theta.len(), self.dim(), "length of the parameters");
        for (value, fixed) in theta.iter_mut().zip(&self.fixed) {
            if let Some(fixed) = fixed {
                *value = fixed.clone();
            }
        }
    }

    /// Whether `ρ(g)L = L` for every `g`, which it is if it holds for the generators.
    ///
    /// Entries of `ρ(g)` are compared with 0, and fixed values with one another, exactly: right for (signed)
    /// permutations in every scalar, and for matrices where nothing rounds.
    ///
    /// # Errors
    /// [`Inadmissible`], with a generator and a coordinate that are a witness against it.
    pub fn is_admissible<R>(&self, rep: &R) -> Result<(), Inadmissible<ElementOf<R>>>
    where
        R: ActsOn<T>,
        R::Group: FinitelyGenerated,
    {
        let dim = self.dim();
        if dim != rep.dim() {
            return Err(Inadmissible::Dimension { got: dim, expected: rep.dim() });
        }
        let mut base = vec![T::zero(); dim];
        self.restrict(&mut base);
        for element in rep.group().generators() {
            let outside = |moved: &[T], expected: &[T]| {
                (0..dim).find(|&i| !self.is_free(i) && moved[i] != expected[i])
            };
            let zero = vec![T::zero(); dim];
            let mut direction = zero.clone();
            for from in (0..dim).filter(|&i| self.is_free(i)) {
                direction[from] = T::one();
                if let Some(to) = outside(rep.apply(&element, &direction).as_slice(), &zero) {
                    return Err(Inadmissible::LeavesSupport { element, from, to });
                }
                direction[from] = T::zero();
            }
            if let Some(at) = outside(rep.apply(&element, &base).as_slice(), &base) {
                return Err(Inadmissible::MovesValue { element, at });
            }
        }
        Ok(())
    }
}

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
    fn fixed_values_must_move_onto_one_another() {
        let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
        let constant = Support::with_values(&[Some(2.0), Some(2.0), Some(2.0)]);
        assert_eq!(constant.is_admissible(&shift), Ok(()));
        let other = Support::with_values(&[Some(2.0), Some(2.0), Some(1.0)]);
        assert_eq!(
            other.is_admissible(&shift),
            Err(Inadmissible::MovesValue { element: 1, at: 0 })
        );
        let short = Support::<f64>::new(&[true]);
        assert_eq!(
            short.is_admissible(&shift),
            Err(Inadmissible::Dimension { got: 1, expected: 3 })
        );
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
