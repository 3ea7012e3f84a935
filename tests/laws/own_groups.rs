//! The crate's groups.

use equibayes::group::{AnyGroup, Cyclic, Dihedral, Permutation, PermutationGroup};
use equibayes::law;

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
