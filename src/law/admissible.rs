//! The law of admissible architectures (claim E1).

use super::draw::{element, floats, vector};
use super::{Finding, Law, Laws};
use crate::group::{FinitelyGenerated, Haar};
use crate::model::Support;
use crate::representation::ActsOn;
use crate::scalar::Scalar;

/// What an admissible [`Support`] satisfies: moved parameters stay in it, and
/// [`is_admissible`](Support::is_admissible) says so. Compared exactly, as that does.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::model::Support;
/// use equibayes::representation::{ActsOnGrid, PermutationRep};
///
/// // The plus-shaped filters of a 3×3 grid, under the quarter turns.
/// let c4 = Cyclic::new(4)?;
/// let plus: Vec<bool> = (0..9).map(|i| i % 2 == 1 || i == 4).collect();
/// law::admissible(&Support::<f64>::new(&plus), &c4.on_grid(3)?).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn admissible<'a, T, R>(support: &'a Support<T>, rep: &'a R) -> Laws<'a>
where
    T: Scalar,
    R: ActsOn<T>,
    R::Group: Haar + FinitelyGenerated,
{
    let laws = vec![
        Law::new("generators", "ρ(s)L = L for the generators s", move |_| {
            let answer = support.is_admissible(rep);
            let witness = answer.as_ref().err().map(ToString::to_string);
            Finding::exact(answer.is_ok(), witness.unwrap_or_default())
        })
        .once(),
        Law::new("elements", "ρ(g)θ is in L for every θ in L", move |rng| {
            let g = element(rep.group(), rng);
            let mut theta: Vec<T> = vector(rng, rep.dim());
            support.restrict(&mut theta);
            let moved = rep.apply(&g, &theta);
            let mut restricted = moved.clone();
            support.restrict(restricted.as_mut_slice());
            let witness = format!("g = {g:?}, θ = {:?}", floats(&theta));
            Finding::exact(moved == restricted, witness)
        }),
    ];
    Laws::new("architecture", laws)
}
