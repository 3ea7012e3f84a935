//! Symmetric, dicyclic, product and matrix groups: relations, actions, refusals.

use equibayes::group::{
    Alternating, Cyclic, Dicyclic, Dihedral, Direct, Finite, FinitelyGenerated, Group, GroupError,
    MatrixGroup, MovesPoints, MovesSignedPoints, Orthogonal, Permutation, Semidirect,
    SpecialOrthogonal, Symmetric, Wreath, WreathElement,
};
use equibayes::law;
use equibayes::representation::{PermutationRep, SignedPermutationRep};
use equibayes::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, dmatrix};
use std::collections::HashSet;
use std::panic::catch_unwind;

fn rational(matrix: DMatrix<i64>) -> DMatrix<Rational> {
    matrix.map(|entry| Rational::ratio(entry, 1))
}

#[test]
fn every_permutation_has_one_number() {
    let s5 = Symmetric::new(5).unwrap();
    let all: HashSet<Permutation> = s5.elements().collect();
    assert_eq!(all.len(), 120);
    let a5 = Alternating::new(5).unwrap();
    let even: HashSet<Permutation> = a5.elements().collect();
    assert_eq!(even, all.iter().filter(|g| g.is_even()).cloned().collect());
    for g in &all {
        assert_eq!(a5.index_of(g).is_some(), g.is_even());
        assert_eq!(s5.element(s5.index_of(g).unwrap()), *g);
    }
    assert_eq!(s5.index_of(&Permutation::identity(4)), None);
    assert!(catch_unwind(|| s5.element(120)).is_err());
    assert!(catch_unwind(|| a5.element(60)).is_err());
}

#[test]
fn relations_of_the_dicyclic_groups() {
    for n in 1..=6 {
        let group = Dicyclic::new(n).unwrap();
        let (a, x) = (group.element_of(1, false), group.element_of(0, true));
        let power = |k: usize| (0..k).fold(group.identity(), |p, _| group.compose(&p, &a));
        assert_eq!(power(2 * n), group.identity());
        assert_eq!(group.compose(&x, &x), power(n));
        let conjugate = group.compose(&group.inverse(&x), &group.compose(&a, &x));
        assert_eq!(conjugate, group.inverse(&a));
        // The central element is the only involution.
        let involutions = group
            .elements()
            .filter(|g| group.compose(g, g) == group.identity() && *g != group.identity());
        assert_eq!(involutions.collect::<Vec<_>>(), [group.element_of(n, false)]);
    }
    assert_eq!(Dicyclic::new(0), Err(GroupError::Empty { order: 0 }));
}

#[test]
fn hamiltons_multiplication_table() {
    let q8 = Dicyclic::quaternion();
    let basis = [(0, false), (1, false), (0, true), (1, true)].map(|(k, f)| q8.element_of(k, f));
    // Rows: left factor 1, i, j, k. Entries: which unit, and whether negated.
    let table = [
        [(0, false), (1, false), (2, false), (3, false)],
        [(1, false), (0, true), (3, false), (2, true)],
        [(2, false), (3, true), (0, true), (1, false)],
        [(3, false), (2, false), (1, true), (0, true)],
    ];
    for (g, row) in basis.iter().zip(table) {
        for (point, expected) in row.into_iter().enumerate() {
            assert_eq!(q8.signed_image(g, point), expected, "{g:?} on {point}");
        }
    }
}

#[test]
fn natural_actions_are_representations() {
    let c = |n| Cyclic::new(n).unwrap();
    law::permutations(&PermutationRep::natural(&c(5))).assert();
    for n in 1..=5 {
        law::permutations(&PermutationRep::natural(&Dihedral::new(n).unwrap())).assert();
    }
    law::permutations(&PermutationRep::natural(&Symmetric::new(5).unwrap())).assert();
    law::permutations(&PermutationRep::natural(&Alternating::new(5).unwrap())).assert();
    law::permutations(&PermutationRep::natural(&Direct::new(c(2), c(3)))).assert();
    let wreath = Wreath::new(Dihedral::new(3).unwrap(), Symmetric::new(3).unwrap());
    law::permutations(&PermutationRep::natural(&wreath)).assert();
    let cube = Wreath::hyperoctahedral(3).unwrap();
    law::permutations(&PermutationRep::natural(&cube)).assert();
    law::signed_permutations(&SignedPermutationRep::natural(&cube)).assert();
    for n in 1..=5 {
        let rep = SignedPermutationRep::natural(&Dicyclic::new(n).unwrap());
        law::signed_permutations(&rep).assert();
        law::representation(&rep).assert();
    }
    let nested = Wreath::new(Dicyclic::quaternion(), c(2));
    law::signed_permutations(&SignedPermutationRep::natural(&nested)).assert();
}

#[test]
fn signed_actions_are_faithful() {
    fn images<G: MovesSignedPoints + Finite>(group: &G) -> usize {
        let image =
            |g| (0..group.signed_points()).map(|p| group.signed_image(&g, p)).collect::<Vec<_>>();
        group.elements().map(image).collect::<HashSet<_>>().len()
    }
    assert_eq!(images(&Dicyclic::new(3).unwrap()), 12);
    assert_eq!(images(&Dicyclic::quaternion()), 8);
    assert_eq!(images(&Wreath::hyperoctahedral(3).unwrap()), 48);
}

#[test]
fn a_wreath_product_moves_before_it_turns() {
    let group = Wreath::new(Cyclic::new(3).unwrap(), Symmetric::new(2).unwrap());
    let swap = Permutation::new(&[1, 0]).unwrap();
    let g = WreathElement { parts: [1, 0].into(), top: swap };
    // Part 0 goes to place 1, which turns nothing; part 1 goes to place 0 and is turned by one.
    assert_eq!(group.permutation(&g).images(), [3, 4, 5, 1, 2, 0]);
    // Both parts are turned once when both have been at place 0.
    let square = group.compose(&g, &g);
    assert_eq!((&*square.parts, square.top.is_identity()), (&[1, 1][..], true));
    let short = WreathElement { parts: [1].into(), top: Permutation::identity(2) };
    assert_eq!(group.index_of(&short), None);
}

#[test]
fn numbers_of_products_of_the_largest_groups() {
    let largest = Cyclic::new(usize::MAX).unwrap();
    let group = Direct::new(Cyclic::new(2).unwrap(), largest);
    let half = usize::MAX / 2;
    assert_eq!(group.index_of(&(1, half)), Some(usize::MAX));
    assert_eq!(group.index_of(&(0, half + 1)), None);
    assert_eq!(group.small_order(), None);
    let huge = Direct::new(Symmetric::new(30).unwrap(), largest);
    let number = 123_456_789_123_456_789;
    assert_eq!(huge.index_of(&huge.element(number)), Some(number));
}

#[test]
fn what_is_no_action_is_refused_with_the_elements() {
    let c = |n| Cyclic::new(n).unwrap();
    let outside = Semidirect::new(c(3), c(2), |h, t| t + 3 * h).unwrap_err();
    assert_eq!(
        outside.to_string(),
        "the action of 1 sends 0 to 3: expected an element of the group acted on"
    );
    // A bijection that moves the identity.
    let shifted = Semidirect::new(c(3), c(3), |h, t| (t + h) % 3).unwrap_err();
    assert!(
        matches!(&shifted, GroupError::NotAnAutomorphism { acting, .. } if acting == "1"),
        "{shifted}"
    );
    let folded = Semidirect::new(c(4), c(2), |h, t| (t << h) % 4).unwrap_err();
    assert!(matches!(&folded, GroupError::NotInjective { .. }), "{folded}");
    // Tripling modulo 7 has order 6, not 2.
    let wrong =
        Semidirect::new(c(7), c(2), |h, t| if *h == 1 { t * 3 % 7 } else { *t }).unwrap_err();
    assert!(matches!(&wrong, GroupError::NotAnAction { .. }), "{wrong}");
    assert!(wrong.to_string().starts_with("acting on 1 by 1, then by 1, is not acting"), "{wrong}");
    // The identity has to act as the identity.
    let twisted = Semidirect::new(c(3), c(1), |_, t| (3 - t) % 3).unwrap_err();
    assert!(matches!(&twisted, GroupError::NotAnAction { .. }), "{twisted}");
    let large = Semidirect::new(c(2_000), c(501), |_, t| *t).unwrap_err();
    assert_eq!(large, GroupError::TooManyPairs { pairs: "1002000".into(), max: 1_000_000 });
    // What is promised falsely is found by the kit.
    let broken = Semidirect::from_fn(c(7), c(2), |h, t| if *h == 1 { t * 3 % 7 } else { *t });
    assert!(!law::group(&broken).run(1, 64).holds());
    assert_ne!(broken, Semidirect::from_fn(c(7), c(2), |_, t| *t));
    assert_eq!(broken, broken.clone());
}

#[test]
fn matrices_are_read_off_and_found() {
    // A quarter turn and a reflection in a skewed basis with a fraction.
    let skewed = DMatrix::from_fn(2, 2, |i, j| Rational::ratio([[2, 1], [0, 3]][i][j], 3));
    let inverse = dmatrix![3i64, -1; 0, 2].map(|x| Rational::ratio(x, 2));
    assert_eq!(&skewed * &inverse, DMatrix::identity(2, 2));
    let turn = &skewed * rational(dmatrix![0, -1; 1, 0]) * &inverse;
    let flip = &skewed * rational(dmatrix![1, 0; 0, -1]) * &inverse;
    let group = MatrixGroup::new(2, &[turn.clone(), flip.clone()]).unwrap();
    assert_eq!(group.order(), 8u32.into());
    for (a, b) in group.elements().flat_map(|a| group.elements().map(move |b| (a.clone(), b))) {
        let product = group.matrix(&a) * group.matrix(&b);
        assert_eq!(group.matrix(&group.compose(&a, &b)), product);
        assert_eq!(group.element_of(&product), Some(group.compose(&a, &b)));
    }
    assert_eq!(group.element_of(&turn), Some(group.generators()[0].clone()));
    // A matrix that is not in the group, one that moves the vectors all the same, and one of another size.
    assert_eq!(group.element_of(&(turn * Rational::ratio(2, 1))), None);
    let third = MatrixGroup::from_integers(2, &[dmatrix![0, -1; 1, -1]]).unwrap();
    assert_eq!(third.order(), 3u32.into());
    assert_eq!(third.element_of(&rational(dmatrix![0, 1; 1, 0])), None);
    assert_eq!(third.element_of(&rational(DMatrix::identity(3, 3))), None);
}

#[test]
fn matrix_groups_refuse() {
    let of = |matrices: &[DMatrix<i64>]| MatrixGroup::from_integers(2, matrices).unwrap_err();
    assert_eq!(of(&[dmatrix![1, 2; 2, 4]]), GroupError::Singular { index: 0 });
    let shape = GroupError::WrongShape { index: 1, rows: 1, columns: 2, expected: 2 };
    assert_eq!(of(&[DMatrix::identity(2, 2), dmatrix![1, 0]]), shape);
    let infinite = |e| matches!(e, GroupError::TooManyVectors { vectors: 2000, .. });
    // A shear, a group of two reflections, a map that stretches, a scalar.
    assert!(infinite(of(&[dmatrix![1, 1; 0, 1]])));
    assert!(infinite(of(&[dmatrix![-1, 0; 0, 1], dmatrix![-1, 1; 0, 1]])));
    assert!(infinite(of(&[dmatrix![2, 1; 1, 1]])));
    assert!(infinite(of(&[dmatrix![1_000_000_007, 0; 0, 1]])));
    assert_eq!(MatrixGroup::new(0, &[]).unwrap_err(), GroupError::NoDimension);
    let small = MatrixGroup::with_limit(2, &[rational(dmatrix![0, -1; 1, 0])], 3);
    assert!(matches!(small, Err(GroupError::TooManyVectors { vectors: 3, .. })));
    assert_eq!(MatrixGroup::new(2, &[]).unwrap().order(), 1u32.into());
}

#[test]
fn orthogonal_groups_refuse() {
    assert_eq!(Orthogonal::new(0), Err(GroupError::NoDimension));
    assert_eq!(SpecialOrthogonal::new(0), Err(GroupError::NoDimension));
    let (o2, so2) = (Orthogonal::new(2).unwrap(), SpecialOrthogonal::new(2).unwrap());
    let swap = dmatrix![0.0, 1.0; 1.0, 0.0];
    assert!(o2.element_of(swap.clone()).is_ok());
    assert_eq!(so2.element_of(swap), Err(GroupError::Reflection));
    for bad in [dmatrix![1.0, 1e-12; 0.0, 1.0], dmatrix![f64::NAN, 0.0; 0.0, 1.0]] {
        assert!(matches!(o2.element_of(bad), Err(GroupError::NotOrthogonal { .. })));
    }
    let shape = GroupError::WrongShape { index: 0, rows: 3, columns: 3, expected: 2 };
    assert_eq!(o2.element_of(DMatrix::identity(3, 3)), Err(shape));
    // A rotation that has been rounded entry by entry is one.
    let (sin, cos) = 0.3_f64.sin_cos();
    assert!(so2.element_of(dmatrix![cos, -sin; sin, cos]).is_ok());
}
