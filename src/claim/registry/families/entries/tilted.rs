//! Families written relative to base measures that are not invariant.

use super::*;
use crate::family::{Coordinates, ExponentialFamily, Natural, Tilted};

/// The member relative to the exponent whose entries are `1/4, 2/4, …` and as told after the first `n`.
fn relative<F, T>(
    q: &Member<F, T>,
    n: usize,
    last: &[T],
) -> Result<Member<Tilted<F>, T>, FamilyError>
where
    F: Coordinates<T>,
    T: Scalar,
{
    let size = q.family().statistic_dim();
    let entry = |k: usize| match k.checked_sub(n) {
        Some(beyond) => last[beyond].clone(),
        None => T::ratio(k as i64 + 1, 4),
    };
    Tilted::relative_to(q, &Natural::new(DVector::from_fn(size, |k, _| entry(k))))
}

// Relative to a Gaussian measure of precision ¼ with a mean that moves.
family! {
    TiltedGaussian, "isotropic Gaussian relative to another", Tilted<IsotropicGaussian>,
    under SignedPermutations,
    pose: <T> |scene, which, n| {
        let variance = scene.positive::<T>(which, 1)[0];
        let q = IsotropicGaussian::with_variance(&scene.vector(which, n), variance)?;
        relative(&q, n, &[T::ratio(-1, 8)])
    },
    point: <T> |scene, n| scene.vector(Which::P, n),
    moments: |q: &Member<Self::Family, Tracked>| Isotropic::moments(&q.untilted()),
    const TILTED: bool = true;
}

// With weights `e^{1/4}, e^{2/4}, …, 1` for the classes.
family! {
    TiltedClasses, "categorical with weighted classes", Tilted<Categorical>,
    under WithOneMore<Permutations>,
    pose: <T> |scene, which, _n| {
        let q = Classes::pose::<T>(scene, which)?;
        relative(&q, q.family().statistic_dim(), &[])
    },
    point: <T> |scene, n| one_of(scene, n),
    moments: Moments::by_enumeration,
    const SHIFTED: bool = true;
    const SKEW: bool = true;
    const TILTED: bool = true;
}
