//! Which way things turn and in which order coordinates stand, against matrices written out by hand.

use equibayes::group::{AnyGroup, Cyclic, Dihedral, DihedralElement, Finite, Group};
use equibayes::representation::{
    ActsOn, ActsOnGrid, ChangeOfBasis, Dense, DirectSum, Dual, GridSymmetry, PermutationRep,
    Representation, SignedPermutation, SignedPermutationRep, SymmetricSquare, Tensor, Trivial,
    Unsigned, hom,
};
use nalgebra::{DMatrix, DVector, dmatrix};

const R: DihedralElement = DihedralElement { rotation: 1, reflected: false };
const S: DihedralElement = DihedralElement { rotation: 0, reflected: true };

/// The grid 0, 1, 2, … row by row, moved.
fn moved_grid<G: ActsOnGrid + Send + Sync + 'static>(
    group: &G,
    g: &G::Element,
    side: usize,
) -> Vec<f64> {
    let grid: Vec<f64> = (0..side * side).map(|pixel| pixel as f64).collect();
    group.on_grid(side).unwrap().apply(g, &grid).as_slice().to_vec()
}

/// The quarter turns of the plane.
fn turns() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    })
}

/// `C_3` by an integer matrix that is not orthogonal.
fn order_three() -> Dense<Cyclic, f64> {
    Dense::from_fn(Cyclic::new(3).unwrap(), 2, |&k| {
        [
            dmatrix![1.0, 0.0; 0.0, 1.0],
            dmatrix![0.0, -1.0; 1.0, -1.0],
            dmatrix![-1.0, 1.0; -1.0, 0.0],
        ][k]
            .clone()
    })
}

#[test]
fn a_quarter_turn_is_that_of_numpy() {
    // numpy.rot90([[0, 1], [2, 3]]) = [[1, 3], [0, 2]]
    let c4 = Cyclic::new(4).unwrap();
    assert_eq!(moved_grid(&c4, &1, 2), [1.0, 3.0, 0.0, 2.0]);
    assert_eq!(moved_grid(&c4, &2, 2), [3.0, 2.0, 1.0, 0.0]);
    assert_eq!(moved_grid(&c4, &3, 2), [2.0, 0.0, 3.0, 1.0]);
    // numpy.rot90(numpy.arange(9).reshape(3, 3)) = [[2, 5, 8], [1, 4, 7], [0, 3, 6]]
    assert_eq!(moved_grid(&c4, &1, 3), [2.0, 5.0, 8.0, 1.0, 4.0, 7.0, 0.0, 3.0, 6.0]);
}

#[test]
fn a_reflection_flips_the_last_axis_and_comes_first() {
    let d4 = Dihedral::new(4).unwrap();
    // numpy.flip([[0, 1], [2, 3]], axis=-1) = [[1, 0], [3, 2]]
    assert_eq!(moved_grid(&d4, &S, 2), [1.0, 0.0, 3.0, 2.0]);
    // rot90(flip(…)): [[1, 0], [3, 2]] turned is [[0, 2], [1, 3]], the transpose.
    assert_eq!(moved_grid(&d4, &d4.compose(&R, &S), 2), [0.0, 2.0, 1.0, 3.0]);
    // flip(rot90(…)): [[1, 3], [0, 2]] flipped is [[3, 1], [2, 0]].
    assert_eq!(moved_grid(&d4, &d4.compose(&S, &R), 2), [3.0, 1.0, 2.0, 0.0]);
}

#[test]
fn smaller_groups_turn_further() {
    // The generator of C_2 is a half turn, that of C_1 nothing.
    assert_eq!(moved_grid(&Cyclic::new(2).unwrap(), &1, 2), [3.0, 2.0, 1.0, 0.0]);
    assert_eq!(moved_grid(&Cyclic::new(1).unwrap(), &0, 2), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(moved_grid(&Dihedral::new(2).unwrap(), &R, 2), [3.0, 2.0, 1.0, 0.0]);
    let half = GridSymmetry { quarter_turns: 2, reflected: false };
    assert_eq!(Cyclic::new(2).unwrap().grid_symmetry(&1), Some(half));
    let any = AnyGroup::from(Cyclic::new(2).unwrap());
    assert_eq!(any.grid_symmetry(&any.element(1)), Some(half));
    assert_eq!(Cyclic::new(3).unwrap().grid_symmetry(&1), None);
    assert_eq!(Cyclic::new(8).unwrap().grid_symmetry(&1), None);
}

#[test]
fn the_regular_representation_is_the_left_one() {
    // ρ(1)e_h = e_{h+1}: the new channel (b, g) takes from (b, g − 1).
    let shift = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
    assert_eq!(shift.apply(&1, &[10.0, 11.0, 12.0, 13.0]).as_slice(), [13.0, 10.0, 11.0, 12.0]);
    let blocks = Trivial::new(Cyclic::new(4).unwrap(), 2);
    let interleaved = Tensor::new(blocks, shift).unwrap();
    let x: Vec<f64> = (0..8).map(f64::from).collect();
    let moved = interleaved.apply(&1, &x);
    assert_eq!(moved.as_slice(), [3.0, 0.0, 1.0, 2.0, 7.0, 4.0, 5.0, 6.0]);

    // For a group that does not commute: ρ(g)e_h = e_{gh}, and not e_{hg}.
    let d3 = Dihedral::new(3).unwrap();
    let regular = PermutationRep::regular(&d3).unwrap();
    for g in d3.elements() {
        for h in d3.elements() {
            let image = regular.permutation(&g).image(d3.index_of(&h).unwrap());
            assert_eq!(d3.element(image), d3.compose(&g, &h));
        }
    }
}

#[test]
fn characters_of_the_regular_representation() {
    let d4 = Dihedral::new(4).unwrap();
    let regular = PermutationRep::regular(&d4).unwrap();
    for g in d4.elements() {
        let character: f64 = regular.character(&g);
        assert_eq!(character, if g == d4.identity() { 8.0 } else { 0.0 });
    }
}

#[test]
fn a_direct_sum_lists_the_first_summand_first() {
    let c4 = Cyclic::new(4).unwrap();
    let sum = DirectSum::new(turns(), Trivial::new(c4, 1)).unwrap();
    let matrix: DMatrix<f64> = sum.matrix(&1);
    assert_eq!(matrix, dmatrix![0.0, -1.0, 0.0; 1.0, 0.0, 0.0; 0.0, 0.0, 1.0]);
    assert_eq!((sum.first().dim(), sum.second().dim()), (2, 1));
}

#[test]
fn a_tensor_product_is_row_major() {
    // e_i ⊗ f_j is coordinate 2i + j: the matrix is Kronecker's product, and X moves as A X Bᵀ.
    let product = Tensor::new(order_three(), order_three()).unwrap();
    let a: DMatrix<f64> = order_three().matrix(&1);
    assert_eq!(ActsOn::<f64>::matrix(&product, &1), a.kronecker(&a));
    let x = dmatrix![1.0, 2.0; 3.0, 4.0];
    let moved = &a * &x * a.transpose();
    assert_eq!(
        product.apply(&1, &[1.0, 2.0, 3.0, 4.0]),
        DVector::from_row_slice(moved.transpose().as_slice())
    );
    // Factors of different dimension, on either side.
    let mixed = Tensor::new(order_three(), Trivial::new(Cyclic::new(3).unwrap(), 3)).unwrap();
    let identity = DMatrix::<f64>::identity(3, 3);
    assert_eq!(ActsOn::<f64>::matrix(&mixed, &1), a.kronecker(&identity));
    let mixed = Tensor::new(Trivial::new(Cyclic::new(3).unwrap(), 3), order_three()).unwrap();
    assert_eq!(ActsOn::<f64>::matrix(&mixed, &1), identity.kronecker(&a));
}

#[test]
fn hom_conjugates_row_major_weights() {
    // W is dim-to × dim-from, and moves as ρ_to W ρ_from⁻¹.
    let c3 = Cyclic::new(3).unwrap();
    let (from, to) = (order_three(), PermutationRep::regular(&c3).unwrap());
    let weights = hom(from.clone(), to.clone()).unwrap();
    assert_eq!(weights.dim(), 6);
    let w = dmatrix![1.0, 2.0; 3.0, 4.0; 5.0, 6.0];
    for g in c3.elements() {
        let (left, right): (DMatrix<f64>, DMatrix<f64>) =
            (to.matrix(&g), from.matrix(&c3.inverse(&g)));
        let expected = left * &w * right;
        let row_major: Vec<f64> = w.transpose().iter().copied().collect();
        let moved = weights.apply(&g, &row_major);
        assert_eq!(DMatrix::from_row_slice(3, 2, moved.as_slice()), expected);
        // An equivariant map x ↦ Wx stays what it is: (gW)(gx) = g(Wx).
        let x = DVector::from_vec(vec![2.0, -1.0]);
        assert_eq!(&expected * from.apply(&g, x.as_slice()), to.apply(&g, (&w * &x).as_slice()));
    }
}

#[test]
fn a_dual_is_the_inverse_transpose() {
    let rep = order_three();
    let dual: DMatrix<f64> = Dual::new(rep.clone()).matrix(&1);
    let inverse: DMatrix<f64> = rep.matrix(&2);
    assert_eq!(dual, inverse.transpose());
    let primal: DMatrix<f64> = rep.matrix(&1);
    assert_ne!(dual, primal);
    assert_eq!(ActsOn::<f64>::matrix(&Dual::new(Dual::new(rep)), &1), primal);
}

#[test]
fn a_symmetric_square_is_how_second_moments_move() {
    // θθᵀ for θ = (x, y), in the coordinates (xx, xy, yy).
    let square = SymmetricSquare::new(order_three());
    let theta = [3.0, 5.0];
    let pairs = |t: &[f64]| vec![t[0] * t[0], t[0] * t[1], t[1] * t[1]];
    for g in 0..3 {
        let moved = order_three().apply(&g, &theta);
        assert_eq!(square.apply(&g, &pairs(&theta)).as_slice(), pairs(moved.as_slice()));
    }
    // A quarter turn sends xy to −xy.
    assert_eq!(
        SymmetricSquare::new(turns()).apply(&1, &[1.0, 2.0, 3.0]).as_slice(),
        [3.0, -2.0, 1.0]
    );
}

#[test]
fn a_change_of_basis_conjugates() {
    let basis = dmatrix![1.0, 2.0; 0.0, 1.0];
    let changed = ChangeOfBasis::new(turns(), basis.clone()).unwrap();
    let turn: DMatrix<f64> = turns().matrix(&1);
    let matrix: DMatrix<f64> = changed.matrix(&1);
    assert_eq!(matrix, &basis * turn * changed.inverse_basis());
    assert_eq!(changed.basis() * changed.inverse_basis(), DMatrix::identity(2, 2));
    assert_eq!(changed.condition(), 9.0);
    assert_eq!(
        ChangeOfBasis::new(turns(), DMatrix::<f64>::identity(2, 2)).unwrap().condition(),
        1.0
    );
}

#[test]
fn dropping_signs_leaves_the_permutation() {
    let unsigned: DMatrix<f64> = Unsigned::new(turns()).matrix(&1);
    assert_eq!(unsigned, dmatrix![0.0, 1.0; 1.0, 0.0]);
}

#[test]
fn an_index_map_knows_its_inverse() {
    let turn = turns().signed_permutation(&1).unwrap();
    let back = turns().signed_permutation(&3).unwrap();
    assert_eq!(turn.inverse(), back);
    assert_eq!(turn.compose(&turn), turns().signed_permutation(&2).unwrap());
    assert_eq!((turn.image(0), turn.image(1)), ((1, false), (0, true)));
    let mut out = [0.0; 2];
    turn.act_transposed(&[3.0, 4.0], &mut out);
    assert_eq!(out, [4.0, -3.0]);
    assert_eq!(format!("{turn:?}"), "(0 1) negating [1]");
}

#[test]
fn vectors_of_another_length_are_refused() {
    let refused = |f: &(dyn Fn() + std::panic::RefUnwindSafe)| std::panic::catch_unwind(f).is_err();
    assert!(refused(&|| drop(order_three().apply(&1, &[1.0]))));
    assert!(refused(&|| order_three().act_transposed(&1, &[1.0, 2.0], &mut [0.0; 1])));
    assert!(refused(&|| order_three().act_transposed(&1, &[1.0, 2.0], &mut [0.0; 3])));
    assert!(refused(&|| order_three().act_transposed(&1, &[1.0; 3], &mut [0.0; 2])));
    assert!(refused(&|| drop(turns().apply(&1, &[1.0; 3]))));
}
