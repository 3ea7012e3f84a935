//! Orders and relations of groups.

use equibayes::group::{
    AnyGroup, Cyclic, Dihedral, DihedralElement, Finite, FinitelyGenerated, Group, Permutation,
    PermutationGroup,
};
use num_bigint::BigUint;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn permutation(images: &[usize]) -> Permutation {
    Permutation::new(images).unwrap()
}

fn generated(degree: usize, generators: &[&[usize]]) -> PermutationGroup {
    PermutationGroup::new(degree, generators.iter().map(|images| permutation(images)).collect())
        .unwrap()
}

/// The smallest `k ≥ 1` with `a^k = e`.
fn order_of<G: Group>(group: &G, a: &G::Element) -> usize {
    let mut power = a.clone();
    let mut k = 1;
    while power != group.identity() {
        power = group.compose(&power, a);
        k += 1;
    }
    k
}

/// How many elements have each order, as `(order, count)` in ascending order.
fn order_statistics<G: Finite>(group: &G) -> Vec<(usize, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for a in group.elements() {
        *counts.entry(order_of(group, &a)).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

#[test]
fn orders() {
    let order = |order: u64| BigUint::from(order);
    assert_eq!(Cyclic::new(7).unwrap().order(), order(7));
    assert_eq!(Dihedral::new(7).unwrap().order(), order(14));
    // Symmetries of the square on its corners; A_4; S_5; the Mathieu group M_11.
    assert_eq!(generated(4, &[&[1, 2, 3, 0], &[1, 0, 3, 2]]).order(), order(8));
    assert_eq!(generated(4, &[&[1, 2, 0, 3], &[0, 2, 3, 1]]).order(), order(12));
    assert_eq!(generated(5, &[&[1, 0, 2, 3, 4], &[1, 2, 3, 4, 0]]).order(), order(120));
    let m11 =
        generated(11, &[&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0], &[0, 1, 6, 9, 5, 3, 10, 2, 8, 4, 7]]);
    assert_eq!(m11.order(), order(7920));
    assert_eq!(generated(6, &[]).order(), order(1));
}

#[test]
fn orders_of_elements() {
    assert_eq!(order_statistics(&Cyclic::new(6).unwrap()), [(1, 1), (2, 1), (3, 2), (6, 2)]);
    assert_eq!(order_statistics(&Dihedral::new(4).unwrap()), [(1, 1), (2, 5), (4, 2)]);
    assert_eq!(order_statistics(&Dihedral::new(2).unwrap()), [(1, 1), (2, 3)]);
    assert_eq!(order_statistics(&Dihedral::new(1).unwrap()), [(1, 1), (2, 1)]);
    let a4 = generated(4, &[&[1, 2, 0, 3], &[0, 2, 3, 1]]);
    assert_eq!(order_statistics(&a4), [(1, 1), (2, 3), (3, 8)]);
    // The quaternion group: one involution, six elements of order 4.
    let q8 = generated(8, &[&[1, 2, 3, 0, 5, 6, 7, 4], &[4, 7, 6, 5, 2, 1, 0, 3]]);
    assert_eq!(order_statistics(&q8), [(1, 1), (2, 1), (4, 6)]);
}

#[test]
fn relations_of_the_square() {
    let d4 = Dihedral::new(4).unwrap();
    let r = DihedralElement { rotation: 1, reflected: false };
    let s = DihedralElement { rotation: 0, reflected: true };
    assert_eq!(order_of(&d4, &r), 4);
    assert_eq!(order_of(&d4, &s), 2);
    assert_eq!(d4.compose(&s, &d4.compose(&r, &s)), d4.inverse(&r));
    // rs = s r⁻¹, and rs is its own inverse.
    let rs = d4.compose(&r, &s);
    assert_eq!(rs, DihedralElement { rotation: 1, reflected: true });
    assert_eq!(rs, d4.compose(&s, &d4.inverse(&r)));
    assert_eq!(d4.inverse(&rs), rs);
    // The numbering: rotations, then rotations after the reflection.
    let numbered: Vec<(usize, bool)> = d4.elements().map(|g| (g.rotation, g.reflected)).collect();
    let expected: Vec<(usize, bool)> =
        (0..4).map(|k| (k, false)).chain((0..4).map(|k| (k, true))).collect();
    assert_eq!(numbered, expected);
    assert_eq!(d4.generators(), [r, s]);
}

#[test]
fn dihedral_elements_of_the_largest_groups_do_not_overflow() {
    let n = usize::MAX;
    let group = Dihedral::new(n).unwrap();
    let last = DihedralElement { rotation: n - 1, reflected: false };
    assert_eq!(group.compose(&last, &last).rotation, n - 2);
    assert_eq!(group.inverse(&last).rotation, 1);
    let reflected = DihedralElement { rotation: n - 1, reflected: true };
    assert_eq!(group.compose(&reflected, &reflected), group.identity());
    // Its number does not fit; that of the last rotation does.
    assert_eq!(group.index_of(&reflected), None);
    assert_eq!(group.index_of(&last), Some(n - 1));
    assert_eq!(group.small_order(), None);
}

#[test]
fn what_is_not_in_a_group_has_no_number() {
    assert_eq!(Cyclic::new(3).unwrap().index_of(&3), None);
    let foreign = DihedralElement { rotation: 4, reflected: true };
    assert_eq!(Dihedral::new(4).unwrap().index_of(&foreign), None);
    let a3 = generated(3, &[&[1, 2, 0]]);
    assert_eq!(a3.index_of(&permutation(&[1, 0, 2])), None);
    assert_eq!(a3.index_of(&permutation(&[1, 2, 0, 3])), None);
    assert!(!a3.contains(&permutation(&[1, 0, 2])));
    assert!(!a3.contains(&permutation(&[1, 2, 0, 3])));
    let any = AnyGroup::from(Cyclic::new(3).unwrap());
    let foreign = AnyGroup::from(Dihedral::new(3).unwrap()).element(4);
    assert_eq!(any.index_of(&foreign), None);
}

#[test]
fn composing_acts_with_the_second_factor_first() {
    let (swap, cycle) = (permutation(&[1, 0, 2]), permutation(&[1, 2, 0]));
    // 0 ↦ 1 by the cycle, then 1 ↦ 0 by the swap.
    assert_eq!(swap.compose(&cycle), permutation(&[0, 2, 1]));
    assert_eq!(cycle.compose(&swap), permutation(&[2, 1, 0]));
    assert_eq!(format!("{cycle} {swap} {}", Permutation::identity(3)), "(0 1 2) (0 1) ()");
}

#[test]
fn generators_that_move_nothing_are_dropped() {
    let group = generated(3, &[&[0, 1, 2], &[1, 0, 2]]);
    assert_eq!(group.generators(), [permutation(&[1, 0, 2])]);
    assert_eq!(format!("{group:?}"), "⟨(0 1)⟩ on 3 points");
}

#[test]
fn elements_are_enumerated_once_each() {
    let s4 = generated(4, &[&[1, 0, 2, 3], &[1, 2, 3, 0]]);
    let all: HashSet<Permutation> = s4.elements().collect();
    assert_eq!(all.len(), 24);
    // A number beyond the order is refused.
    assert!(std::panic::catch_unwind(|| s4.element(24)).is_err());
    assert!(std::panic::catch_unwind(|| Dihedral::new(4).unwrap().element(8)).is_err());
    assert!(std::panic::catch_unwind(|| Cyclic::new(4).unwrap().element(4)).is_err());
}

#[test]
fn abelian_groups_are_known() {
    assert!(AnyGroup::from(Cyclic::new(6).unwrap()).is_abelian());
    assert!(AnyGroup::from(Dihedral::new(2).unwrap()).is_abelian());
    assert!(!AnyGroup::from(Dihedral::new(3).unwrap()).is_abelian());
    assert!(AnyGroup::from(generated(5, &[&[1, 0, 2, 3, 4], &[0, 1, 3, 4, 2]])).is_abelian());
    assert!(!AnyGroup::from(generated(4, &[&[1, 2, 0, 3], &[0, 2, 3, 1]])).is_abelian());
}

#[test]
fn a_foreign_element_is_named() {
    let group = AnyGroup::from(Cyclic::new(3).unwrap());
    let own = group.element(1);
    let foreign = AnyGroup::from(Dihedral::new(3).unwrap()).element(3);
    for (a, b) in [(&own, &foreign), (&foreign, &own)] {
        let panic = catch_unwind(AssertUnwindSafe(|| group.compose(a, b))).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.starts_with("DihedralElement"), "{message}");
        assert!(message.ends_with("is not an element of Cyclic { order: 3 }"), "{message}");
    }
}
