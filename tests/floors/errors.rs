//! What every constructor refuses, in one line that says what was expected.

use equibayes::group::{AnyGroup, Cyclic, Dihedral, GroupError, Permutation, PermutationGroup};
use equibayes::representation::{
    ActsOnGrid, ChangeOfBasis, DirectSum, PermutationRep, RepresentationError, SignedPermutation,
    Tensor, Trivial, hom,
};
use equibayes::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, dmatrix};
use std::error::Error;

/// Fails unless the result is an error with exactly this message, on one line.
#[track_caller]
fn refuses<T, E: Error>(result: Result<T, E>, message: &str) -> E {
    let Err(error) = result else { panic!("accepted, expected: {message}") };
    assert_eq!(error.to_string(), message);
    assert!(!message.contains('\n'));
    error
}

#[test]
fn groups_have_an_element() {
    let error = refuses(Cyclic::new(0), "order 0: a group has at least one element");
    assert_eq!(error, GroupError::Empty { order: 0 });
    refuses(Dihedral::new(0), "order 0: a group has at least one element");
}

#[test]
fn permutations_are_bijections() {
    let error = refuses(
        Permutation::new(&[0, 2, 2]),
        "image 2 of point 2: expected each of 0…2 exactly once",
    );
    assert_eq!(error, GroupError::NotAPermutation { point: 2, image: 2, degree: 3 });
    refuses(Permutation::new(&[3, 0, 1]), "image 3 of point 0: expected each of 0…2 exactly once");
    assert_eq!(Permutation::new(&[]).unwrap().degree(), 0);
}

#[test]
fn generators_have_one_degree() {
    let pair = Permutation::new(&[1, 0]).unwrap();
    let triple = Permutation::new(&[1, 0, 2]).unwrap();
    let error = refuses(
        PermutationGroup::new(3, vec![triple, pair]),
        "generator 1 moves 2 points: expected 3",
    );
    assert_eq!(error, GroupError::DegreeMismatch { index: 1, degree: 2, expected: 3 });
}

#[test]
fn degrees_fit_index_maps() {
    let degree = u32::MAX as usize + 1;
    let error = refuses(
        PermutationGroup::new(degree, vec![]),
        "degree 4294967296: expected at most 4294967295 points",
    );
    assert_eq!(error, GroupError::TooManyPoints { degree });
}

#[test]
fn regular_representations_fit_index_maps() {
    let error = refuses(
        PermutationRep::regular(&Cyclic::new(1 << 32).unwrap()),
        "group of order 4294967296: expected at most 4294967295 elements for the regular representation",
    );
    assert!(matches!(error, RepresentationError::GroupTooLarge { .. }));
    // Beyond a machine word as well.
    assert!(PermutationRep::regular(&Dihedral::new(usize::MAX).unwrap()).is_err());
}

#[test]
fn only_representations_of_the_same_group_combine() {
    let of = |n: usize| PermutationRep::regular(&Cyclic::new(n).unwrap()).unwrap();
    let message = "second representation is of Cyclic { order: 3 }: \
                   expected the first one's group, Cyclic { order: 2 }";
    refuses(DirectSum::new(of(2), of(3)), message);
    refuses(Tensor::new(of(2), of(3)), message);
    refuses(of(2).product(&of(3)), message);
    // Hom(V, W) = W ⊗ V*: the second one is V's.
    refuses(hom(of(3), of(2)), message);
}

#[test]
fn dimensions_fit_index_maps() {
    let c2 = Cyclic::new(2).unwrap();
    let large = |dim| Trivial::new(c2, dim);
    let error = refuses(
        Tensor::new(large(1 << 16), large(1 << 16)),
        "dimension 4294967296: expected at most 4294967295 coordinates",
    );
    assert_eq!(error, RepresentationError::TooManyCoordinates { dim: 1 << 32 });
    refuses(
        DirectSum::new(large(u32::MAX as usize), large(1)),
        "dimension 4294967296: expected at most 4294967295 coordinates",
    );
    refuses(c2.on_grid(1 << 16), "dimension 4294967296: expected at most 4294967295 coordinates");
    // Sums and products that overflow are refused too.
    assert!(DirectSum::new(large(usize::MAX), large(1)).is_err());
    assert!(Tensor::new(large(usize::MAX), large(2)).is_err());
    assert!(c2.on_grid(usize::MAX).is_err());
}

#[test]
fn grids_turn_by_quarters() {
    refuses(
        Cyclic::new(3).unwrap().on_grid(2),
        "Cyclic { order: 3 }: expected a cyclic or dihedral group whose rotation is a multiple of a \
         quarter turn",
    );
    assert!(Dihedral::new(8).unwrap().on_grid(2).is_err());
    let permutations = PermutationGroup::new(4, vec![]).unwrap();
    refuses(
        AnyGroup::from(permutations).on_grid(2),
        "⟨⟩ on 4 points: expected a cyclic or dihedral group whose rotation is a \
         multiple of a quarter turn",
    );
}

#[test]
fn signs_are_one_for_each_coordinate() {
    let error = refuses(
        SignedPermutation::new(Permutation::identity(3), &[true]),
        "1 signs for 3 coordinates: expected one sign for each",
    );
    assert_eq!(error, RepresentationError::SignCount { signs: 1, degree: 3 });
}

#[test]
fn bases_are_invertible() {
    let swap = || PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
    refuses(
        ChangeOfBasis::new(swap(), DMatrix::<f64>::identity(3, 3)),
        "basis matrix is 3×3: expected an invertible 2×2 matrix",
    );
    refuses(
        ChangeOfBasis::new(swap(), dmatrix![1.0, 2.0; 2.0, 4.0]),
        "basis matrix is 2×2 and singular: expected an invertible 2×2 matrix",
    );
    refuses(
        ChangeOfBasis::new(swap(), dmatrix![1.0, f64::NAN; 0.0, 1.0]),
        "basis matrix is 2×2 with entries that are not numbers: expected an invertible 2×2 matrix",
    );
    // Singular to the last digit, which only exact arithmetic can tell.
    let third = |k: i64| Rational::ratio(k, 3);
    let singular = dmatrix![third(1), third(2); third(2), third(4)];
    assert!(ChangeOfBasis::new(swap(), singular).is_err());
}
