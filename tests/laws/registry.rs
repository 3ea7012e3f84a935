//! What is in the registry inherits the laws of its kind.

use equibayes::claim::registry;
use equibayes::group::Finite;
use equibayes::law;

#[test]
fn registered_groups_obey_the_laws_and_have_their_known_orders() {
    for sample in registry::samples() {
        let group = sample.build();
        assert_eq!(group.order(), sample.order().into(), "{sample:?}");
        law::finite_group(&group).assert();
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = registry::GROUPS.iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), registry::GROUPS.len());
}
