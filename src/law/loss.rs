//! What a loss promises that is invariant under a representation.

use super::draw::{distance, element, floats, max_norm, vector};
use super::error_model::relative_error;
use super::{Finding, Law, Laws};
use crate::group::Haar;
use crate::inference::{InvariantUnder, Loss};
use crate::representation::{ActsOn, Dual};
use std::rc::Rc;

/// What [`InvariantUnder`] promises of a [`Loss`]: `ℓ(ρ(g)a, ρ(g)b) = ℓ(a, b)`, gradients that move by `ρ(g)⁻ᵀ`, and
/// that value and gradient go together.
///
/// Tolerances are for a loss and a gradient that are computed from `n` terms, `n` the dimension, of at most
/// `(1 + max|a| + max|b|)²` each; for a loss that is larger or less stable, a `condition` above 1 multiplies them.
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::inference::{CrossEntropy, SquaredError};
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
///
/// let classes = PermutationRep::regular(&Cyclic::new(5)?)?;
/// law::loss(SquaredError, &classes, 1.0).assert();
/// law::loss(CrossEntropy, &classes, 1.0).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn loss<'a, L, R>(loss: L, rep: &R, condition: f64) -> Laws<'a>
where
    L: Loss<f64> + InvariantUnder<R> + 'a,
    R: ActsOn<f64> + 'a,
    R::Group: Haar,
{
    let subject = Rc::new((loss, rep.clone()));
    let (invariance, gradients, together) =
        (Rc::clone(&subject), Rc::clone(&subject), Rc::clone(&subject));
    let tolerance = move |a: &[f64], b: &[f64]| {
        let (n, size) = (a.len(), 1.0 + max_norm(a) + max_norm(b));
        n as f64 * relative_error::<f64>(n, condition) * size * size
    };
    let laws = vec![
        Law::new("invariance", "ℓ(ρ(g)a, ρ(g)b) = ℓ(a, b)", move |rng| {
            let (loss, rep) = invariance.as_ref();
            let g = element(rep.group(), rng);
            let (a, b): (Vec<f64>, Vec<f64>) = (vector(rng, rep.dim()), vector(rng, rep.dim()));
            let (moved_a, moved_b) = (rep.apply(&g, &a), rep.apply(&g, &b));
            let (left, right) =
                (loss.value(moved_a.as_slice(), moved_b.as_slice()), loss.value(&a, &b));
            let size = tolerance(moved_a.as_slice(), moved_b.as_slice()).max(tolerance(&a, &b));
            let witness = format!("g = {g:?}, a = {a:?}, b = {b:?}: {left} against {right}");
            Finding::within((left - right).abs(), 2.0 * size, witness)
        }),
        Law::new("gradients", "∂ℓ(ρ(g)a, ρ(g)b) = ρ(g)⁻ᵀ ∂ℓ(a, b)", move |rng| {
            let (loss, rep) = gradients.as_ref();
            let g = element(rep.group(), rng);
            let (a, b): (Vec<f64>, Vec<f64>) = (vector(rng, rep.dim()), vector(rng, rep.dim()));
            let (moved_a, moved_b) = (rep.apply(&g, &a), rep.apply(&g, &b));
            let (mut here, mut there) = (a.clone(), a.clone());
            loss.gradient(&a, &b, &mut here);
            loss.gradient(moved_a.as_slice(), moved_b.as_slice(), &mut there);
            let expected = Dual::new(rep.clone()).apply(&g, &here);
            let size = tolerance(moved_a.as_slice(), moved_b.as_slice()).max(tolerance(&a, &b));
            let witness = format!("g = {g:?}, a = {a:?}, b = {b:?}: {:?}", floats(&there));
            Finding::within(distance(&there, expected.as_slice()), 2.0 * size, witness)
        }),
        Law::new("value and gradient", "ℓ is what comes with ∂ℓ", move |rng| {
            let (loss, rep) = together.as_ref();
            let (a, b): (Vec<f64>, Vec<f64>) = (vector(rng, rep.dim()), vector(rng, rep.dim()));
            let mut slope = a.clone();
            let (one, other) = (loss.gradient(&a, &b, &mut slope), loss.value(&a, &b));
            let witness = format!("a = {a:?}, b = {b:?}: {one} against {other}");
            Finding::within((one - other).abs(), 2.0 * tolerance(&a, &b), witness)
        }),
    ];
    Laws::new(format!("loss under {rep:?}"), laws)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::Cyclic;
    use crate::inference::SquaredError;
    use crate::representation::PermutationRep;

    /// Promises what it does not keep.
    struct First;

    impl<R: crate::representation::Representation> InvariantUnder<R> for First {}

    impl Loss<f64> for First {
        fn value(&self, a: &[f64], b: &[f64]) -> f64 {
            SquaredError.value(&a[..1], &b[..1])
        }

        fn gradient(&self, a: &[f64], b: &[f64], out: &mut [f64]) -> f64 {
            out.fill(0.0);
            out[0] = a[0] - b[0];
            0.0
        }
    }

    #[test]
    fn a_broken_promise_is_found() {
        let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
        let report = loss(First, &shift, 1.0).run(1, 64);
        assert_eq!(report.failures().count(), 3, "{report}");
    }
}
