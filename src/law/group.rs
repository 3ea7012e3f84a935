//! The laws of groups (claim A1).

use super::draw::element;
use super::{ALPHA, Finding, Law, Laws, Residual};
use crate::group::{Finite, Haar};
use num_traits::One;
use rand::RngExt;
use std::collections::HashSet;

/// The largest order up to which groups are enumerated.
const ENUMERATED: usize = 10_000;

/// The largest order up to which the uniform law is tested, cell by cell.
const SAMPLED: usize = 720;

/// The most roundings that meet in one law of groups: `(ab)⁻¹ = b⁻¹a⁻¹` has two draws and five operations,
/// and `a⁻¹a = e` counts its draw twice. With a metric that no multiplication changes they add up.
pub(super) const ROUNDINGS: f64 = 8.0;

/// What every group satisfies: associativity, identity, inverses, and a metric that multiplication does
/// not change.
///
/// Elements are compared by [`Group::distance`](crate::group::Group::distance), with eight times
/// [`Group::rounding`](crate::group::Group::rounding) as the tolerance, which is `==` where nothing rounds.
/// A metric or a rounding under which different elements are the same is found out: different draws must
/// be further apart than that.
///
/// # Examples
/// ```
/// use equibayes::group::{Permutation, PermutationGroup};
/// use equibayes::law;
///
/// let cycle = Permutation::new(&[1, 2, 3, 4, 0])?;
/// law::group(&PermutationGroup::new(5, vec![cycle])?).assert();
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub fn group<G: Haar>(group: &G) -> Laws<'_> {
    let tolerance = ROUNDINGS * group.rounding();
    let same = move |a: &G::Element, b: &G::Element| within(group.distance(a, b), tolerance);
    group_up_to(group, same).and(Laws::new("", metric(group)))
}

/// An infinite distance, between elements that are just different, is an error like any other.
fn within(distance: f64, tolerance: f64) -> Residual {
    if tolerance.is_finite() { Residual::new(distance, tolerance) } else { Residual::failed() }
}

/// What [`Group::distance`](crate::group::Group::distance) promises.
fn metric<G: Haar>(group: &G) -> Vec<Law<'_>> {
    let tolerance = ROUNDINGS * group.rounding();
    // Two infinite distances are equal, though their difference is no number.
    let equal = move |left: f64, right: f64| {
        if left == right { Residual::exact(true) } else { within((left - right).abs(), tolerance) }
    };
    vec![
        Law::new("distance", "d(a, a) = 0 and d(a, b) = d(b, a)", move |rng| {
            let (a, b) = (element(group, rng), element(group, rng));
            let (there, back) = (group.distance(&a, &b), group.distance(&b, &a));
            let none = within(group.distance(&a, &a), 0.0);
            let witness = format!("a = {a:?}, b = {b:?}: {there} against {back}");
            Finding::new(none.worse(equal(there, back)), witness)
        }),
        Law::new("invariant distance", "d(ca, cb) = d(a, b) = d(ac, bc)", move |rng| {
            let (a, b, c) = (element(group, rng), element(group, rng), element(group, rng));
            let plain = group.distance(&a, &b);
            let left = group.distance(&group.compose(&c, &a), &group.compose(&c, &b));
            let right = group.distance(&group.compose(&a, &c), &group.compose(&b, &c));
            let witness =
                format!("a = {a:?}, b = {b:?}, c = {c:?}: d is {plain}, {left} and {right}");
            Finding::new(equal(plain, left).worse(equal(plain, right)), witness)
        }),
        Law::new("separation", "different draws are further apart than rounding", move |rng| {
            // Many pairs, so that even a rounding that hides few of them is found.
            let draws: Vec<G::Element> = (0..16).map(|_| group.haar(rng)).collect();
            let hidden = draws.iter().enumerate().find_map(|(i, a)| {
                let near = |b: &&G::Element| a != *b && !(group.distance(a, b) > tolerance);
                draws[..i].iter().find(near).map(|b| (a, b))
            });
            Finding::exact(
                hidden.is_none(),
                format!("two draws that a rounding of {tolerance} hides: {hidden:?}"),
            )
        }),
    ]
}

/// The laws of [`group`], with elements compared by a `distance` of the caller's.
///
/// # Examples
/// Rotations of the plane by an angle in turns, which rounds:
/// ```
/// use equibayes::group::{Group, Haar};
/// use equibayes::law::{self, Residual};
/// use rand::{Rng, RngExt};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct Rotations;
///
/// impl Group for Rotations {
///     type Element = f64;
///     fn identity(&self) -> f64 {
///         0.0
///     }
///     fn compose(&self, a: &f64, b: &f64) -> f64 {
///         (a + b).rem_euclid(1.0)
///     }
///     fn inverse(&self, a: &f64) -> f64 {
///         (-a).rem_euclid(1.0)
///     }
/// }
///
/// impl Haar for Rotations {
///     fn haar<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
///         rng.random()
///     }
/// }
///
/// // No law has more than 8 operations, on angles of at most two turns: ε/2 · 2 · 8.
/// law::group_up_to(&Rotations, |a, b| {
///     let gap = (a - b).abs();
///     Residual::new(gap.min(1.0 - gap), 8.0 * f64::EPSILON)
/// })
/// .assert();
/// ```
pub fn group_up_to<'a, G: Haar>(
    group: &'a G,
    distance: impl Fn(&G::Element, &G::Element) -> Residual + Clone + 'a,
) -> Laws<'a> {
    let compare = move |left: G::Element, right: G::Element, instance: String| {
        let residual = distance(&left, &right);
        Finding::new(residual, format!("{instance}: {left:?} against {right:?}"))
    };
    let (same_1, same_2, same_3) = (compare.clone(), compare.clone(), compare.clone());
    let (same_4, same_5, same_6) = (compare.clone(), compare.clone(), compare);
    let laws = vec![
        Law::new("associativity", "(ab)c = a(bc)", move |rng| {
            let (a, b, c) = (element(group, rng), element(group, rng), element(group, rng));
            let left = group.compose(&group.compose(&a, &b), &c);
            let right = group.compose(&a, &group.compose(&b, &c));
            same_1(left, right, format!("a = {a:?}, b = {b:?}, c = {c:?}"))
        }),
        Law::new("left identity", "ea = a", move |rng| {
            let a = element(group, rng);
            same_2(group.compose(&group.identity(), &a), a.clone(), format!("a = {a:?}"))
        }),
        Law::new("right identity", "ae = a", move |rng| {
            let a = element(group, rng);
            same_3(group.compose(&a, &group.identity()), a.clone(), format!("a = {a:?}"))
        }),
        Law::new("left inverse", "a⁻¹a = e", move |rng| {
            let a = element(group, rng);
            let product = group.compose(&group.inverse(&a), &a);
            same_4(product, group.identity(), format!("a = {a:?}"))
        }),
        Law::new("right inverse", "aa⁻¹ = e", move |rng| {
            let a = element(group, rng);
            let product = group.compose(&a, &group.inverse(&a));
            same_5(product, group.identity(), format!("a = {a:?}"))
        }),
        Law::new("inverse of a product", "(ab)⁻¹ = b⁻¹a⁻¹", move |rng| {
            let (a, b) = (element(group, rng), element(group, rng));
            let left = group.inverse(&group.compose(&a, &b));
            let right = group.compose(&group.inverse(&b), &group.inverse(&a));
            same_6(left, right, format!("a = {a:?}, b = {b:?}"))
        }),
    ];
    Laws::new(format!("group {group:?}"), laws)
}

/// What every finite group satisfies: the group laws, a numbering that is a bijection and starts with
/// the identity, generators that generate, draws that are uniform, Lagrange's theorem.
///
/// Groups of at most 10 000 elements are enumerated; up to 720 elements the uniform law is tested
/// as well, so that a uniform sampler fails with probability at most 10⁻⁹ (and the seed is fixed).
///
/// # Examples
/// ```
/// use equibayes::group::Dihedral;
/// use equibayes::law;
///
/// law::finite_group(&Dihedral::new(4)?).assert();
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub fn finite_group<G: Finite>(group: &G) -> Laws<'_> {
    let laws = vec![
        Law::new("first element", "number 0 is e", move |_| {
            let (first, identity) = (group.element(0), group.identity());
            Finding::exact(
                first == identity && group.index_of(&identity) == Some(0),
                format!("element 0 is {first:?}, e has number {:?}", group.index_of(&identity)),
            )
        })
        .once(),
        Law::new("numbering", "index_of(element(i)) = i", move |rng| {
            let index = rng.random_range(0..group.small_order().unwrap_or(usize::MAX).max(1));
            let element = group.element(index);
            let found = group.index_of(&element);
            Finding::exact(
                found == Some(index),
                format!("number {index} is {element:?}, which has number {found:?}"),
            )
        }),
        Law::new("order", "|G| is the number of different elements", move |_| enumeration(group))
            .once(),
        Law::new("generators", "products of the generators make up G", move |_| closure(group))
            .once(),
        Law::new("members", "every draw and every product has a number below |G|", move |rng| {
            let (a, b) = (element(group, rng), element(group, rng));
            let product = group.compose(&a, &b);
            let bad = [&a, &b, &product].into_iter().find(|x| !is_member(group, x));
            Finding::exact(bad.is_none(), format!("a = {a:?}, b = {b:?}, not a member: {bad:?}"))
        }),
        Law::new("uniform draws", "Haar draws have the uniform law", move |rng| {
            uniform(group, rng)
        })
        .once(),
        Law::new("Lagrange", "a^|G| = e", move |rng| {
            let a = element(group, rng);
            let power = power(group, &a);
            Finding::exact(
                power == group.identity(),
                format!("a = {a:?}, |G| = {}, a^|G| = {power:?}", group.order()),
            )
        }),
    ];
    let mut kit = self::group(group).and(Laws::new("", laws));
    kit.subject = format!("finite group {group:?}");
    kit
}

/// Numbers beyond `usize` may be missing, those of small groups may not.
fn is_member<G: Finite>(group: &G, element: &G::Element) -> bool {
    match (group.index_of(element), group.small_order()) {
        (Some(index), Some(order)) => index < order,
        (None, Some(_)) => false,
        (_, None) => true,
    }
}

fn enumeration<G: Finite>(group: &G) -> Finding {
    let order = group.order();
    let Some(small) = group.small_order().filter(|&order| order <= ENUMERATED) else {
        return Finding::exact(order >= One::one(), format!("|G| = {order}"));
    };
    let elements: Vec<G::Element> = group.elements().collect();
    let different: HashSet<&G::Element> = elements.iter().collect();
    Finding::exact(
        small > 0 && elements.len() == small && different.len() == small,
        format!("|G| = {order}, {} elements, {} different", elements.len(), different.len()),
    )
}

/// Multiplies by generators until nothing new appears.
fn closure<G: Finite>(group: &G) -> Finding {
    let generators = group.generators();
    let Some(order) = group.small_order().filter(|&order| order <= ENUMERATED) else {
        let bad = generators.iter().find(|g| !is_member(group, g));
        return Finding::exact(bad.is_none(), format!("generator {bad:?} is not a member"));
    };
    let mut reached: HashSet<G::Element> = HashSet::from([group.identity()]);
    let mut front = vec![group.identity()];
    while let Some(a) = front.pop() {
        for s in &generators {
            let product = group.compose(s, &a);
            if reached.insert(product.clone()) {
                front.push(product);
            }
        }
        if reached.len() > order {
            break;
        }
    }
    Finding::exact(
        reached.len() == order,
        format!("|G| = {order}, the generators {generators:?} reach {}", reached.len()),
    )
}

/// Counts draws per element. A count is binomial with `n` trials of probability `1/|G|`, so by
/// Bernstein's inequality it is off by more than `√(2vx) + x/3`, `v` its variance, with
/// probability at most `2e^{−x}`; `x = ln(2|G|/α)` makes that `α` for all elements together.
fn uniform<G: Finite>(group: &G, rng: &mut rand_chacha::ChaCha8Rng) -> Finding {
    const PER_ELEMENT: usize = 400;
    let Some(order) = group.small_order().filter(|&order| (1..=SAMPLED).contains(&order)) else {
        return Finding::exact(true, "too large to count draws");
    };
    let mut counts = vec![0usize; order];
    for _ in 0..PER_ELEMENT * order {
        let draw = group.haar(rng);
        match group.index_of(&draw).and_then(|index| counts.get_mut(index)) {
            Some(count) => *count += 1,
            None => return Finding::failure(format!("drew {draw:?}, which is no member")),
        }
    }
    let x = (2.0 * order as f64 / ALPHA).ln();
    let variance = PER_ELEMENT as f64 * (1.0 - 1.0 / order as f64);
    let allowed = (2.0 * variance * x).sqrt() + x / 3.0;
    let off = |count: usize| count.abs_diff(PER_ELEMENT);
    let (index, worst) = counts
        .iter()
        .enumerate()
        .max_by_key(|(_, count)| off(**count))
        .map_or((0, 0), |(index, &count)| (index, count));
    Finding::new(
        Residual::new(off(worst) as f64, allowed),
        format!("{worst} draws of {:?}, expected {PER_ELEMENT}", group.element(index)),
    )
}

/// `a^|G|` by repeated squaring, so that the order may have any size.
fn power<G: Finite>(group: &G, a: &G::Element) -> G::Element {
    let order = group.order();
    (0..order.bits()).rev().fold(group.identity(), |power, bit| {
        let square = group.compose(&power, &power);
        if order.bit(bit) { group.compose(&square, a) } else { square }
    })
}
