//! What the marker trait of orthogonal actions promises.

use super::draw::{distance, element, floats, max_norm, vector};
use super::error_model::{ActionError, SECOND_ORDER, relative_error};
use super::{Finding, Law, Laws};
use crate::group::Haar;
use crate::representation::{ActsOn, ActsOrthogonally};
use crate::scalar::{Scalar, dot};
use std::rc::Rc;

/// What [`ActsOrthogonally`] promises, on vectors of `f64`: dot products are preserved, and the
/// transpose undoes the action.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
///
/// law::orthogonal(&PermutationRep::regular(&Cyclic::new(5)?)?).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn orthogonal<'a, R>(rep: &R) -> Laws<'a>
where
    R: ActsOn<f64> + ActsOrthogonally + 'a,
    R::Group: Haar,
{
    orthogonal_over::<f64, R>(rep, 1.0)
}

/// [`orthogonal`] on vectors of `T`; `condition` as in
/// [`representation_over`](super::representation_over).
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::Rational;
///
/// let regular = PermutationRep::regular(&Cyclic::new(5)?)?;
/// law::orthogonal_over::<Rational, _>(&regular, 1.0).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn orthogonal_over<'a, T, R>(rep: &R, condition: f64) -> Laws<'a>
where
    T: Scalar,
    R: ActsOn<T> + ActsOrthogonally + 'a,
    R::Group: Haar,
{
    let subject = Rc::new(rep.clone());
    let (rep_1, rep_2) = (Rc::clone(&subject), subject);
    let laws = vec![
        Law::new("dot product", "⟨ρ(g)x, ρ(g)y⟩ = ⟨x, y⟩", move |rng| {
            let g = element(rep_1.group(), rng);
            let n = rep_1.dim();
            let (x, y): (Vec<T>, Vec<T>) = (vector(rng, n), vector(rng, n));
            let (moved_x, moved_y) = (rep_1.apply(&g, &x), rep_1.apply(&g, &y));
            let left = dot(moved_x.as_slice(), moved_y.as_slice());
            let right = dot(&x, &y);
            // Either vector is off by the action's error, and either sum of n products by n roundings
            // of terms that are at most ‖ρ‖²‖x‖‖y‖: four times n relative errors of that size.
            let rows = ActionError::of(rep_1.as_ref(), &g, condition).rows.max(1.0);
            let tolerance = 4.0
                * n as f64
                * relative_error::<T>(n, condition)
                * rows
                * rows
                * max_norm(&x)
                * max_norm(&y);
            Finding::within(
                distance(&[left.clone()], &[right.clone()]),
                tolerance,
                format!(
                    "g = {g:?}, x = {:?}, y = {:?}: {left} against {right}",
                    floats(&x),
                    floats(&y)
                ),
            )
        }),
        Law::new("transpose is inverse", "ρ(g)ᵀρ(g)x = x", move |rng| {
            let g = element(rep_2.group(), rng);
            let x: Vec<T> = vector(rng, rep_2.dim());
            let mut back = vec![T::zero(); rep_2.dim()];
            rep_2.act_transposed(&g, rep_2.apply(&g, &x).as_slice(), &mut back);
            // One action after the other.
            let error = ActionError::of(rep_2.as_ref(), &g, condition);
            let tolerance = SECOND_ORDER
                * (error.transposed * error.rows + error.columns * error.forward)
                * max_norm(&x);
            Finding::within(
                distance(&back, &x),
                tolerance,
                format!("g = {g:?}, x = {:?}, ρᵀρx = {:?}", floats(&x), floats(&back)),
            )
        }),
    ];
    Laws::new(format!("orthogonal {rep:?}"), laws)
}
