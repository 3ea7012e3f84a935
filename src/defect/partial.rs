//! Gradients under an augmentation by some of the group's elements (claim B10).

use super::error::{BoundError, count};
use crate::representation::Reynolds;
use crate::scalar::Real;

/// `E ‖(I − P)ĝ‖² = ‖(I − P)v‖² / k` for `ĝ = (1/k) Σ_i ρ(g_i)v` with `k` uniform elements, drawn with replacement, and an
/// orthogonal `ρ` (claim B10): how much of the gradient at an invariant parameter is not invariant.
///
/// `v` is the gradient without augmentation, and all examples share the elements. With elements of its own for each of `n`
/// examples it is the mean over examples of `‖(I − P)v_i‖²`, over `nk`.
///
/// # Errors
/// [`BoundError`] for `k = 0`.
///
/// # Panics
/// If `v` is not as long as the space has dimensions.
///
/// # Examples
/// ```
/// use equibayes::defect::partial_augmentation;
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{PermutationRep, Reynolds};
///
/// let rep = PermutationRep::regular(&Cyclic::new(2)?)?;
/// // (3, 1) less its average (2, 2) has the square 2.
/// assert_eq!(partial_augmentation(&Reynolds::of(&rep), &[3.0, 1.0], 4)?, 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn partial_augmentation<T: Real>(
    reynolds: &Reynolds<T>,
    v: &[T],
    elements: usize,
) -> Result<T, BoundError> {
    count("group elements", elements)?;
    let invariant = reynolds.project(v);
    let square = v
        .iter()
        .zip(invariant.iter())
        .fold(T::zero(), |sum, (&v, &average)| sum + (v - average) * (v - average));
    Ok(square / T::count(elements))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::{Cyclic, Finite};
    use crate::representation::{ActsOn, PermutationRep};

    /// Over all pairs of elements, each as likely as any other.
    #[test]
    fn as_the_mean_over_all_choices() {
        let group = Cyclic::new(3).unwrap();
        let rep = PermutationRep::regular(&group).unwrap();
        let reynolds = Reynolds::of(&rep);
        let v = [1.0, -2.0, 4.0];
        let mut mean = 0.0;
        for g in group.elements() {
            for h in group.elements() {
                let sum: Vec<f64> = rep
                    .apply(&g, &v)
                    .iter()
                    .zip(rep.apply(&h, &v).iter())
                    .map(|(a, b)| 0.5 * (a + b))
                    .collect();
                let invariant = reynolds.project(&sum);
                let square: f64 =
                    sum.iter().zip(invariant.iter()).map(|(a, b)| (a - b) * (a - b)).sum();
                mean += square / 9.0;
            }
        }
        let found = partial_augmentation(&reynolds, &v, 2).unwrap();
        assert!((found - mean).abs() < 1e-14, "{found} {mean}");
        assert!(partial_augmentation(&reynolds, &v, 0).is_err());
    }
}
