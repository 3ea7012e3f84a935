//! A1: the laws of a group.

use super::{CONTROL, NO_ROUNDING, THEOREM, entry, small};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome};
use crate::group::{AnyGroup, Finite, FinitelyGenerated, Group};
use crate::law::Residual;
use std::collections::HashSet;

/// Up to this order the laws are checked on all triples of elements.
const EXHAUSTIVE: usize = 24;

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.group-laws",
                title: "Groups are groups",
                evidence: Evidence::Exact,
                statement: "(ab)c = a(bc), ea = a = ae, a⁻¹a = e = aa⁻¹; the numbering is a bijection of 0…|G| − 1; \
                            products of generators are all of G",
                hypotheses: &["finite group"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::TrivialGroup, Feature::Abelian, Feature::NonAbelian],
                ..THEOREM
            },
            small,
            group_laws,
            None,
        ),
        entry(
            About {
                id: "A1.changed-product",
                title: "One product changed",
                of: Some("A1.group-laws"),
                evidence: Evidence::Exact,
                statement: "a group table of order 3 or more with one product changed is associative",
                hypotheses: &["dropped: the table is a group's"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            small,
            changed_product,
            None,
        ),
    ]
}

/// A multiplication table by the numbers of the elements.
struct Table {
    order: usize,
    products: Vec<usize>,
}

impl Table {
    /// The table of a small group; `None` if it is large, or a product is no element.
    fn of(group: &AnyGroup) -> Option<Self> {
        let order = group.small_order().filter(|&order| order <= EXHAUSTIVE)?;
        let elements: Vec<_> = group.elements().collect();
        let products = elements
            .iter()
            .flat_map(|a| elements.iter().map(|b| group.index_of(&group.compose(a, b))))
            .collect::<Option<_>>()?;
        Some(Self { order, products })
    }

    fn product(&self, a: usize, b: usize) -> usize {
        self.products[a * self.order + b]
    }

    fn is_associative(&self) -> bool {
        let all = 0..self.order;
        all.clone().all(|a| {
            all.clone().all(|b| {
                let ab = self.product(a, b);
                all.clone().all(|c| self.product(ab, c) == self.product(a, self.product(b, c)))
            })
        })
    }

    /// Whether every equation `ax = b` and `xa = b` has exactly one solution.
    fn is_latin(&self) -> bool {
        (0..self.order).all(|a| {
            let row: HashSet<usize> = (0..self.order).map(|b| self.product(a, b)).collect();
            let column: HashSet<usize> = (0..self.order).map(|b| self.product(b, a)).collect();
            row.len() == self.order && column.len() == self.order
        })
    }

    fn is_commutative(&self) -> bool {
        (0..self.order).all(|a| (0..a).all(|b| self.product(a, b) == self.product(b, a)))
    }
}

fn group_laws(scene: &Scene) -> Outcome {
    let group = scene.group();
    let [a, b, c] = [scene.element(0), scene.element(1), scene.element(2)];
    let e = group.identity();
    let mul = |a: &_, b: &_| group.compose(a, b);
    let associative = mul(&mul(&a, &b), &c) == mul(&a, &mul(&b, &c));
    let neutral = mul(&e, &a) == a && mul(&a, &e) == a;
    let inverse = group.inverse(&a);
    let inverted = mul(&inverse, &a) == e && mul(&a, &inverse) == e;
    let order = group.small_order().unwrap_or(0);
    let numbered = group.elements().count() == order
        && group.elements().enumerate().all(|(k, g)| group.index_of(&g) == Some(k))
        && group.index_of(&e) == Some(0);
    let outcome = Outcome::new("(ab)c = a(bc)", Residual::exact(associative))
        .and("ea = a = ae", Residual::exact(neutral))
        .and("a⁻¹a = e = aa⁻¹", Residual::exact(inverted))
        .and("the numbering is a bijection", Residual::exact(numbered))
        .and("generators generate", Residual::exact(generated(&group) == order));
    if order > EXHAUSTIVE {
        return outcome;
    }
    // All triples. A table that does not close is none.
    let table = Table::of(&group);
    let holds = |law: fn(&Table) -> bool| Residual::exact(table.as_ref().is_some_and(law));
    let abelian = table.as_ref().is_some_and(|t| t.is_commutative() == group.is_abelian());
    outcome
        .and("all triples associate", holds(Table::is_associative))
        .and("every equation has one solution", holds(Table::is_latin))
        .and("abelian iff the table is symmetric", Residual::exact(abelian))
}

/// How many elements are products of generators.
fn generated(group: &AnyGroup) -> usize {
    let generators = group.generators();
    let mut found = HashSet::from([group.identity()]);
    let mut open = vec![group.identity()];
    while let Some(g) = open.pop() {
        for s in &generators {
            let next = group.compose(s, &g);
            if found.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    found.len()
}

fn changed_product(scene: &Scene) -> Outcome {
    let Some(mut table) = Table::of(&scene.group()).filter(|table| table.order >= 3) else {
        return Outcome::vacuous();
    };
    let n = table.order;
    let pick = |k: usize| scene.picks.get(k).copied().unwrap_or(0);
    let place = (pick(0) % n) * n + pick(1) % n;
    // Any element but the right one.
    table.products[place] = (table.products[place] + 1 + pick(2) % (n - 1)) % n;
    Outcome::new("(ab)c = a(bc)", Residual::exact(table.is_associative()))
}
