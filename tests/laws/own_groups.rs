//! The crate's groups.

use equibayes::group::{
    Alternating, AnyGroup, Cyclic, Dicyclic, Dihedral, Direct, MatrixGroup, Orthogonal,
    Permutation, PermutationGroup, Semidirect, Signs, SpecialOrthogonal, Symmetric, Wreath,
};
use equibayes::law;
use nalgebra::dmatrix;

/// The groups that the tests of representations go through as well.
pub(crate) fn permutation_groups() -> Vec<PermutationGroup> {
    let group = |degree: usize, generators: &[&[usize]]| {
        let generators =
            generators.iter().map(|images| Permutation::new(images).unwrap()).collect();
        PermutationGroup::new(degree, generators).unwrap()
    };
    vec![
        group(0, &[]),
        group(3, &[]),
        group(2, &[&[1, 0]]),
        // The alternating group on four points, and the symmetric one.
        group(4, &[&[1, 2, 0, 3], &[0, 2, 3, 1]]),
        group(4, &[&[1, 0, 2, 3], &[1, 2, 3, 0]]),
        // Not transitive: C_2 × C_3 on 2 + 3 points.
        group(5, &[&[1, 0, 2, 3, 4], &[0, 1, 3, 4, 2]]),
        // The quaternion group in its regular action.
        group(8, &[&[1, 2, 3, 0, 5, 6, 7, 4], &[4, 7, 6, 5, 2, 1, 0, 3]]),
    ]
}

#[test]
fn cyclic_groups() {
    for n in [1, 2, 3, 6, 12, 64] {
        law::finite_group(&Cyclic::new(n).unwrap()).assert();
    }
}

#[test]
fn dihedral_groups() {
    for n in [1, 2, 3, 4, 5, 12] {
        law::finite_group(&Dihedral::new(n).unwrap()).assert();
    }
}

#[test]
fn groups_of_the_largest_orders() {
    // Sums of two numbers of elements do not fit a machine word here.
    law::finite_group(&Cyclic::new(usize::MAX).unwrap()).assert();
    law::finite_group(&Dihedral::new(usize::MAX).unwrap()).assert();
    law::finite_group(&Dihedral::new(usize::MAX / 2 + 1).unwrap()).assert();
}

#[test]
fn generated_permutation_groups() {
    for group in permutation_groups() {
        law::finite_group(&group).assert();
    }
}

#[test]
fn symmetric_groups_too_large_to_enumerate() {
    for n in [8, 20, 30] {
        let swap = Permutation::from_fn(n, |i| if i < 2 { 1 - i } else { i });
        let cycle = Permutation::from_fn(n, |i| (i + 1) % n);
        law::finite_group(&PermutationGroup::new(n, vec![swap, cycle]).unwrap()).assert();
    }
}

#[test]
fn groups_chosen_at_run_time() {
    law::finite_group(&AnyGroup::from(Cyclic::new(5).unwrap())).assert();
    law::finite_group(&AnyGroup::from(Dihedral::new(3).unwrap())).assert();
    for group in permutation_groups() {
        law::finite_group(&AnyGroup::from(group)).assert();
    }
}

#[test]
fn symmetric_and_alternating_groups() {
    for n in [0, 1, 2, 3, 4, 5, 6, 7, 20, 21, 30] {
        law::finite_group(&Symmetric::new(n).unwrap()).assert();
        law::finite_group(&Alternating::new(n).unwrap()).assert();
    }
}

#[test]
fn dicyclic_groups() {
    law::finite_group(&Signs).assert();
    for n in [1, 2, 3, 4, 5, 8] {
        law::finite_group(&Dicyclic::new(n).unwrap()).assert();
    }
    law::finite_group(&Dicyclic::new(u32::MAX as usize / 2).unwrap()).assert();
}

#[test]
fn products() {
    let c = |n| Cyclic::new(n).unwrap();
    let s3 = Symmetric::new(3).unwrap();
    law::finite_group(&Direct::new(c(2), s3)).assert();
    law::finite_group(&Direct::new(s3, Direct::new(Signs, c(1)))).assert();
    law::finite_group(&Direct::new(Symmetric::new(25).unwrap(), c(usize::MAX))).assert();
    law::finite_group(&Semidirect::new(c(7), c(3), |h, t| (t << h) % 7).unwrap()).assert();
    // S_4 = V ⋊ S_3, and the holomorph of C_8 with its not cyclic group of units.
    let klein = Direct::new(Signs, Signs);
    let permuted = Semidirect::new(klein, s3, |h, &(a, b)| {
        // The three involutions are the points; the fourth element is the identity.
        let point = match (a, b) {
            (false, false) => return (false, false),
            (true, false) => 0,
            (false, true) => 1,
            (true, true) => 2,
        };
        [(true, false), (false, true), (true, true)][h.image(point)]
    });
    law::finite_group(&permuted.unwrap()).assert();
    let units = Direct::new(Signs, Signs);
    let holomorph = Semidirect::new(c(8), units, |&(a, b), t| {
        t * if a { 3 } else { 1 } * if b { 5 } else { 1 } % 8
    });
    law::finite_group(&holomorph.unwrap()).assert();
}

#[test]
fn wreath_products() {
    let c = |n| Cyclic::new(n).unwrap();
    for n in [0, 1, 2, 3, 4, 6, 12, 20] {
        law::finite_group(&Wreath::hyperoctahedral(n).unwrap()).assert();
    }
    law::finite_group(&Wreath::new(c(3), c(3))).assert();
    law::finite_group(&Wreath::new(c(1), Symmetric::new(4).unwrap())).assert();
    law::finite_group(&Wreath::new(Dicyclic::quaternion(), Dihedral::new(2).unwrap())).assert();
    // Not transitive above: every orbit needs its own generator below.
    law::finite_group(&Wreath::new(c(2), Direct::new(c(2), c(2)))).assert();
    for top in permutation_groups() {
        law::finite_group(&Wreath::new(c(2), top)).assert();
    }
    law::finite_group(&Wreath::new(Wreath::new(c(2), c(2)), c(2))).assert();
}

#[test]
fn matrix_groups() {
    let of = |n: usize, matrices: &[nalgebra::DMatrix<i64>]| {
        law::finite_group(&MatrixGroup::from_integers(n, matrices).unwrap()).assert();
    };
    of(1, &[]);
    of(1, &[dmatrix![-1]]);
    of(2, &[dmatrix![0, -1; 1, 1], dmatrix![0, 1; 1, 0]]);
    of(3, &[dmatrix![0, 0, 1; 1, 0, 0; 0, 1, 0], dmatrix![0, -1, 0; 1, 0, 0; 0, 0, 1]]);
    // Conjugates of signed permutations that are not orthogonal, of infinite order without them.
    of(2, &[dmatrix![1, 1; 0, -1], dmatrix![-1, 0; 0, -1]]);
}

#[test]
fn orthogonal_groups() {
    for n in [1, 2, 3, 4, 8] {
        law::lie_group(&Orthogonal::new(n).unwrap()).assert();
        law::lie_group(&SpecialOrthogonal::new(n).unwrap()).assert();
    }
    let mixed = Direct::new(Orthogonal::new(3).unwrap(), Cyclic::new(4).unwrap());
    law::group(&mixed).assert();
    law::group(&Wreath::new(SpecialOrthogonal::new(2).unwrap(), Cyclic::new(3).unwrap())).assert();
}
