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

/// Relative to a Gaussian measure of precision ¼ with a mean that moves.
impl FamilyEntry for TiltedGaussian {
    type Family = Tilted<IsotropicGaussian>;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "isotropic Gaussian relative to another";
    const TILTED: bool = true;

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        relative(&Isotropic::pose::<T>(scene, which)?, dim(scene), &[T::ratio(-1, 8)])
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        Isotropic::point(scene, family.inner())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Isotropic::moments(&q.untilted())
    }
}

/// With weights `e^{1/4}, e^{2/4}, …, 1` for the classes.
impl FamilyEntry for TiltedClasses {
    type Family = Tilted<Categorical>;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Plain>;
    const NAME: &'static str = "categorical with weighted classes";
    const SHIFTED: bool = true;
    const SKEW: bool = true;
    const TILTED: bool = true;

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        Classes::rep::<T>(scene)
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let q = Classes::pose::<T>(scene, which)?;
        relative(&q, q.family().statistic_dim(), &[])
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        Classes::point(scene, family.inner())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::by_enumeration(q)
    }
}
