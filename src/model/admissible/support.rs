//! Architectures in which some parameters are free, and the others have fixed values.

use super::Inadmissible;
use crate::group::FinitelyGenerated;
use crate::representation::{ActsOn, ElementOf};
use crate::scalar::Scalar;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Cyclic;
    use crate::representation::PermutationRep;

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
}
