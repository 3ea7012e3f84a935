//! The group of integers, acting by powers of one matrix: the smallest infinite group, for actions whose
//! determinants are not ±1.

use crate::group::Group;
use crate::representation::Dense;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};

/// `(Z, +)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Integers;

impl Group for Integers {
    type Element = i32;

    fn identity(&self) -> i32 {
        0
    }

    fn compose(&self, a: &i32, b: &i32) -> i32 {
        a + b
    }

    fn inverse(&self, a: &i32) -> i32 {
        -a
    }
}

/// The representation `k ↦ Bᵏ`, given `B` and `B⁻¹`.
pub(super) fn powers<T: Scalar>(matrix: DMatrix<T>, inverse: DMatrix<T>) -> Dense<Integers, T> {
    let dim = matrix.nrows();
    let one = DMatrix::from_diagonal(&DVector::from_element(dim, T::one()));
    Dense::from_fn(Integers, dim, move |&k| {
        let factor = if k < 0 { &inverse } else { &matrix };
        (0..k.unsigned_abs()).fold(one.clone(), |power, _| power * factor)
    })
}
