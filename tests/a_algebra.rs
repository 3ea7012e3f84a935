//! Chapter A: groups, representations, Reynolds operators.
//!
//! One test for each entry of the catalogue, then instances kept as regressions.
#![cfg(feature = "catalogue")]

#[macro_use]
mod chapter;

use equibayes::group::{
    Cyclic, Dihedral, DihedralElement, Finite, Group, Permutation, PermutationGroup,
};
use equibayes::representation::{
    ActsOn, ActsOnGrid, ChangeOfBasis, Dense, Dual, PermutationRep, Representation, Reynolds,
    SignedOrbits, SignedPermutation, SignedPermutationRep, SymmetricSquare,
};
use equibayes::scalar::{Rational, Scalar, dot};
use nalgebra::{DMatrix, dmatrix};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

entries! { Algebra:
    a1_group_laws_hold: "A1.group-laws",
    a1_control_a_table_with_one_product_changed_does_not_associate: "A1.changed-product",
    a1_representations_are_homomorphisms: "A1.homomorphism",
    a1_control_acting_by_the_inverse_reverses_products: "A1.inverted",
    a1_control_right_multiplication_reverses_products: "A1.right-multiplication",
    a1_what_is_made_from_representations_is_one: "A1.constructions",
    a1_control_hom_needs_the_inverse: "A1.hom-without-inverse",
    a1_constructions_act_as_defined: "A1.definitions",
    a1_control_a_factor_without_signs_is_another_product: "A1.unsigned-factor",
    a1_tensor_powers_and_restrictions: "A1.powers",
    a1_control_squares_are_no_homomorphism: "A1.restricted-along-squares",
    a1_induced_representations: "A1.induced",
    a1_control_what_is_induced_must_be_a_representation: "A1.induced-from-a-map",
    a1_control_induced_characters_sum_over_conjugates: "A1.induced-without-conjugates",
    a1_signed_permutations_are_orthogonal: "A1.orthogonal",
    a1_control_a_sheared_action_preserves_no_dot_product: "A1.sheared-orthogonal",
    a1_the_dual_action_preserves_the_pairing: "A1.dual-pairing",
    a1_control_transposes_preserve_no_pairing: "A1.transposed-dual",
    a1_control_transposes_are_no_representation: "A1.transposed-representation",
    a1_every_registered_representation_is_one: "A1.every",
    a1_control_acting_by_the_inverse_in_every_representation: "A1.every-inverted",
    a2_reynolds_operator_projects_on_the_fixed_space: "A2.projector",
    a2_control_averaging_over_no_subgroup_is_not_idempotent: "A2.not-a-subgroup",
    a2_trace_is_the_dimension_of_the_fixed_space: "A2.trace",
    a2_control_the_generators_do_not_count_the_dimension: "A2.average-over-generators",
    a2_frobenius_reciprocity: "A2.frobenius",
    a2_control_reciprocity_is_for_class_functions: "A2.no-class-function",
    a2_dual_operator_is_the_transpose: "A2.dual",
    a2_control_p_is_wrong_on_the_dual_side: "A2.primal-on-the-dual-side",
    a2_self_adjoint_iff_fixed_space_is_orthogonal_to_the_kernel: "A2.self-adjoint",
    a2_control_a_sheared_projector_is_not_self_adjoint: "A2.sheared-self-adjoint",
    a2_every_registered_representation_has_its_projector: "A2.every",
    a2_control_no_subgroup_in_every_representation: "A2.every-not-a-subgroup",
    a2_control_the_generators_count_no_dimension_in_every_representation: "A2.every-average-over-generators",
    a2_every_registered_representation_has_its_dual_operator: "A2.every-dual",
    a2_control_p_on_the_dual_side_in_every_representation: "A2.every-primal-on-the-dual-side",
    a3_averaging_over_the_group_is_averaging_over_orbits: "A3.orbits",
    a3_control_signs_matter: "A3.ignored-signs",
    a3_control_every_generator_matters_for_orbits: "A3.missing-generator",
    a3_generators_determine_the_projector: "A3.generators",
    a3_control_the_kernel_is_not_the_orthogonal_complement: "A3.orthogonal-complement",
    a3_control_every_generator_matters_for_the_fixed_space: "A3.one-generator-short",
    a3_every_method_finds_every_fixed_space: "A3.every",
    a3_control_every_generator_matters_in_every_representation: "A3.every-one-generator-short",
    a3_control_the_kernel_is_not_the_orthogonal_complement_in_every_representation: "A3.every-orthogonal-complement",
    a3_invariant_tensors_from_the_lie_algebra: "A3.lie",
    a3_control_every_component_matters: "A3.lie-without-components",
    a3_invariant_mixed_tensors: "A3.lie-mixed",
    a3_control_signed_permutations_have_more_invariants: "A3.lie-finite-subgroup",
    a4_equality_on_fractions_is_equality: "A4.exact",
    a4_control_floats_are_not_equal: "A4.floats",
    a4_equality_on_fractions_in_every_representation: "A4.every",
    a4_control_floats_are_equal_in_no_representation: "A4.every-floats",
}

fn whole(matrix: DMatrix<i64>) -> DMatrix<Rational> {
    matrix.map(|entry| Rational::ratio(entry, 1))
}

/// `C_2` as the reflection that fixes `(1, 0)` and negates `(1, −2)`: not orthogonal.
fn slanted() -> Dense<Cyclic, Rational> {
    Dense::from_fn(Cyclic::new(2).unwrap(), 2, |&g| {
        whole(if g == 0 { dmatrix![1, 0; 0, 1] } else { dmatrix![1, 1; 0, -1] })
    })
}

fn rationals(values: &[i64]) -> Vec<Rational> {
    values.iter().map(|&value| Rational::ratio(value, 1)).collect()
}

#[test]
fn a1_the_smallest_changed_table_still_associates() {
    // {e, z} with z·z = z instead of e: why the control asks for order 3. It has no inverses.
    let product = |a: usize, b: usize| a | b;
    for (a, b, c) in (0..8).map(|k| (k & 1, k >> 1 & 1, k >> 2)) {
        assert_eq!(product(product(a, b), c), product(a, product(b, c)));
    }
    assert!((0..2).all(|a| product(a, 1) != 0));
}

#[test]
fn a1_a_quarter_turn_turns_counter_clockwise_and_its_channels_shift() {
    let c4 = Cyclic::new(4).unwrap();
    let image = c4.on_grid(3).unwrap();
    let x = [0., 1., 2., 3., 4., 5., 6., 7., 8.];
    assert_eq!(image.apply(&1, &x).as_slice(), [2., 5., 8., 1., 4., 7., 0., 3., 6.]);
    assert_eq!(image.apply(&3, &x).as_slice(), [6., 3., 0., 7., 4., 1., 8., 5., 2.]);
    // D_4 acts from the left: flip the columns first, then turn.
    let d4 = Dihedral::new(4).unwrap().on_grid(2).unwrap();
    let turned_flip = DihedralElement { rotation: 1, reflected: true };
    assert_eq!(d4.apply(&turned_flip, &[0., 1., 2., 3.]).as_slice(), [0., 2., 1., 3.]);
}

#[test]
fn a1_the_pairing_needs_the_inverse_transpose() {
    let rep = slanted();
    let (x, xi) = (rationals(&[1, 2]), rationals(&[5, 7]));
    let moved = rep.apply(&1, &x);
    let dual = Dual::new(rep.clone()).apply(&1, &xi);
    assert_eq!(dot(dual.as_slice(), moved.as_slice()), dot(&xi, &x));
    // With ρ itself on both sides: 12·3 − 7·(−2)… is another number.
    let primal = rep.apply(&1, &xi);
    assert_ne!(dot(primal.as_slice(), moved.as_slice()), dot(&xi, &x));
}

#[test]
fn a1_the_symmetric_square_of_a_rotation_is_not_orthogonal_in_these_coordinates() {
    // A quarter turn permutes the squares and negates the product: orthogonal. A rotation with cosine
    // 3/5 is orthogonal on the plane, but not on (S_00, S_01, S_11).
    let rotation = Dense::from_fn(Cyclic::new(1).unwrap(), 2, |_| {
        dmatrix![3, -4; 4, 3].map(|entry: i64| Rational::ratio(entry, 5))
    });
    let once = SymmetricSquare::new(rotation).matrix(&0);
    assert_ne!(&once * once.transpose(), DMatrix::identity(3, 3));
}

#[test]
fn a2_a_slanted_reflection_has_two_different_projectors() {
    let rep = slanted();
    let p = Reynolds::of(&rep);
    let half = Rational::ratio(1, 2);
    let zero = Rational::ratio(0, 1);
    let one = Rational::ratio(1, 1);
    assert_eq!(p.matrix(), dmatrix![one.clone(), half.clone(); zero.clone(), zero.clone()]);
    // P* fixes ξ = (2, 1), which every ρ(g)⁻ᵀ fixes; P sends it elsewhere.
    let xi = rationals(&[2, 1]);
    assert_eq!(Dual::new(rep).apply(&1, &xi).as_slice(), xi);
    assert_eq!(p.project_dual(&xi).as_slice(), xi);
    assert_ne!(p.project(&xi).as_slice(), xi);
}

#[test]
fn a2_half_a_subgroup_is_no_projector() {
    // {0, 1} of C_3: the mean of 1 and the shift is not idempotent; {0, 2} of C_4 is a subgroup.
    let c3 = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    let mean: DMatrix<Rational> = Reynolds::over_subset(&c3, &[0, 1]);
    assert_ne!(&mean * &mean, mean);
    let c4 = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
    let mean: DMatrix<Rational> = Reynolds::over_subset(&c4, &[0, 2]);
    assert_eq!(&mean * &mean, mean);
}

#[test]
fn a2_a_sheared_action_can_have_a_self_adjoint_projector() {
    // Self-adjointness asks for V^G ⊥ Σ im(ρ(g) − 1), not for orthogonality: this action of C_2 on
    // three coordinates is sheared inside the part that it negates or swaps, and fixes the third.
    let swap = PermutationRep::from_fn(Cyclic::new(2).unwrap(), 2, |&g| {
        Permutation::from_fn(2, |i| if g == 1 { 1 - i } else { i })
    });
    // Eigenvectors (1, 1) ↦ (1, 0) and (1, −1) ↦ (0, 1) stay orthogonal: ρ becomes a reflection.
    let basis =
        DMatrix::from_fn(2, 2, |i, j| Rational::ratio(if i == 1 && j == 1 { -1 } else { 1 }, 2));
    let straight = ChangeOfBasis::new(swap, basis).unwrap();
    let p = Reynolds::of(&straight).matrix();
    assert_eq!(p, p.transpose());
    // And a rotation by a third that is sheared has P = 0 = Pᵀ, though nothing about it is orthogonal.
    let third = Dense::from_fn(Cyclic::new(3).unwrap(), 2, |&g| {
        let once = whole(dmatrix![0, -1; 1, -1]);
        (0..g).fold(DMatrix::identity(2, 2), |product, _| product * &once)
    });
    let once = third.matrix(&1);
    assert_ne!(&once * once.transpose(), DMatrix::identity(2, 2));
    assert!(Reynolds::of(&third).matrix().iter().all(|entry| *entry == Rational::ratio(0, 1)));
}

#[test]
fn a3_the_average_over_two_quintillion_elements_is_immediate() {
    let swap = Permutation::from_fn(20, |i| if i < 2 { 1 - i } else { i });
    let cycle = Permutation::from_fn(20, |i| (i + 1) % 20);
    let s20 = PermutationGroup::new(20, vec![swap, cycle]).unwrap();
    assert_eq!(s20.order().to_string(), "2432902008176640000");
    let x: Vec<Rational> = (1..=20).map(|i| Rational::ratio(i, 1)).collect();
    let mean = Reynolds::of(&PermutationRep::natural(&s20)).project(&x);
    assert!(mean.iter().all(|value| *value == Rational::ratio(21, 2)));
}

#[test]
fn a3_orbits_ask_for_the_generators_and_nothing_else() {
    for n in [6, 600] {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let d = Dihedral::new(n).unwrap();
        let corners = PermutationRep::from_fn(d, n, move |g: &DihedralElement| {
            counter.fetch_add(1, Ordering::Relaxed);
            let g = *g;
            Permutation::from_fn(n, |i| (g.rotation + if g.reflected { n - i } else { i }) % n)
        });
        assert_eq!(Reynolds::<f64>::by_orbits(&corners).rank(), 1);
        assert_eq!(asked.load(Ordering::Relaxed), 2, "index maps of D_{n}");
    }
}

#[test]
fn a3_killed_orbits_have_no_signs_to_compare() {
    // e_0 ↦ −e_0 and e_0 ↦ e_1 in either order, or from all elements: the same orbits.
    let negate = SignedPermutation::from_fn(2, |i| (i, i == 0));
    let swap = SignedPermutation::from_fn(2, |i| (1 - i, false));
    let minus_swap = SignedPermutation::from_fn(2, |i| (1 - i, true));
    let one = SignedOrbits::new(2, &[negate.clone(), swap.clone()]);
    assert_eq!(one, SignedOrbits::new(2, &[minus_swap, negate, swap]));
    assert_eq!(one.fixed_dim(), 0);
}

#[test]
fn a3_a_sign_is_relative_to_the_way_round() {
    // C_4 on two coordinates as quarter turns: e_0 ↦ e_1 ↦ −e_0, so both are killed, though the
    // generator itself sends neither to its negative.
    let turns = SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    });
    assert_eq!(SignedOrbits::of(&turns).fixed_dim(), 0);
    assert!(
        Reynolds::<Rational>::by_averaging(&turns)
            .matrix()
            .iter()
            .all(|entry| { *entry == Rational::ratio(0, 1) })
    );
    // One generator of two is not enough: ⟨r⟩ of D_4 leaves one orbit of corners whole, ⟨s⟩ three.
    let d4 = Dihedral::new(4).unwrap();
    let corners = PermutationRep::from_fn(d4, 4, |g: &DihedralElement| {
        let g = *g;
        Permutation::from_fn(4, |i| (g.rotation + if g.reflected { 4 - i } else { i }) % 4)
    });
    let reflection = DihedralElement { rotation: 0, reflected: true };
    let map = corners.signed_permutation(&reflection).unwrap();
    assert_eq!(SignedOrbits::new(4, &[map]).len(), 3);
    assert_eq!(SignedOrbits::of(&corners).len(), 1);
    assert_eq!(corners.group().inverse(&reflection), reflection);
}
