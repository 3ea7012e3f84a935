//! What the marker traits of signed permutations promise.

use super::draw::{distance, element, floats, vector};
use super::{Finding, Law, Laws};
use crate::group::{Group, Haar};
use crate::representation::{ActsByPermutations, ActsBySignedPermutations, ActsOn};
use std::rc::Rc;

/// What [`ActsBySignedPermutations`] promises: `index_map` is a homomorphism, is what
/// `signed_permutation` returns, and is the action, to the last bit.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::{SignedPermutation, SignedPermutationRep};
///
/// let turns = SignedPermutationRep::from_fn(Cyclic::new(4)?, 2, |&k| {
///     SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
/// });
/// law::signed_permutations(&turns).assert();
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub fn signed_permutations<'a, R>(rep: &R) -> Laws<'a>
where
    R: ActsBySignedPermutations + ActsOn<f64> + 'a,
    R::Group: Haar,
{
    let subject = Rc::new(rep.clone());
    let (rep_1, rep_2, rep_3) = (Rc::clone(&subject), Rc::clone(&subject), subject);
    let laws = vec![
        Law::new("index map", "index_map(g) = signed_permutation(g)", move |rng| {
            let g = element(rep_1.group(), rng);
            let (map, found) = (rep_1.index_map(&g), rep_1.signed_permutation(&g));
            Finding::exact(
                map.dim() == rep_1.dim() && found.as_ref() == Some(&map),
                format!("g = {g:?}: index_map {map:?}, signed_permutation {found:?}"),
            )
        }),
        Law::new("index maps compose", "index_map(ab) = index_map(a) index_map(b)", move |rng| {
            let (a, b) = (element(rep_2.group(), rng), element(rep_2.group(), rng));
            let product = rep_2.index_map(&rep_2.group().compose(&a, &b));
            let (at_a, at_b) = (rep_2.index_map(&a), rep_2.index_map(&b));
            Finding::exact(
                at_a.dim() == at_b.dim() && product == at_a.compose(&at_b),
                format!("a = {a:?} by {at_a:?}, b = {b:?} by {at_b:?}, ab by {product:?}"),
            )
        }),
        Law::new("index map acts", "index_map(g)x = ρ(g)x", move |rng| {
            let g = element(rep_3.group(), rng);
            let x: Vec<f64> = vector(rng, rep_3.dim());
            let map = rep_3.index_map(&g);
            if map.dim() != rep_3.dim() {
                return Finding::failure(format!("g = {g:?}: {map:?} of another dimension"));
            }
            let mut mapped = vec![0.0; rep_3.dim()];
            map.act(&x, &mut mapped);
            let moved = rep_3.apply(&g, &x);
            Finding::exact(
                distance(&mapped, moved.as_slice()) == 0.0,
                format!(
                    "g = {g:?}, map {map:?}, x = {:?}: act gives {:?}",
                    floats(&x),
                    floats(&moved)
                ),
            )
        }),
    ];
    Laws::new(format!("signed permutations {rep:?}"), laws)
}

/// What [`ActsByPermutations`] promises: all of [`signed_permutations`], and no signs.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
///
/// law::permutations(&PermutationRep::regular(&Cyclic::new(5)?)?).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn permutations<'a, R>(rep: &R) -> Laws<'a>
where
    R: ActsByPermutations + ActsOn<f64> + 'a,
    R::Group: Haar,
{
    let subject = rep.clone();
    let unsigned = Law::new("no signs", "index_map(g) negates no coordinate", move |rng| {
        let g = element(subject.group(), rng);
        let map = subject.index_map(&g);
        Finding::exact(map.is_unsigned(), format!("g = {g:?} by {map:?}"))
    });
    signed_permutations(rep).and(Laws::new("", vec![unsigned]))
}
