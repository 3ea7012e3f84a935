//! Families of independent coordinates.

use super::*;

impl FamilyEntry for Gammas {
    type Family = Independent<Gamma>;
    type Rep<T: Scalar> = Plain;
    const NAME: &'static str = "gamma";

    fn rep<T: Scalar>(scene: &Scene) -> Plain {
        plain(scene)
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        Gamma::with_shape_rate(&scene.positive(which, n), &others::<T>(scene, which, n))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        positive_point(scene, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        moments::gamma(q)
    }
}

impl FamilyEntry for Exponentials {
    type Family = Independent<Exponential>;
    type Rep<T: Scalar> = Plain;
    const NAME: &'static str = "exponential";

    fn rep<T: Scalar>(scene: &Scene) -> Plain {
        plain(scene)
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Exponential::with_rate(&scene.positive::<T>(which, dim(scene)))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        positive_point(scene, family.dim())
    }

    /// A variance of `μ²`.
    fn squares(mu: &[Tracked]) -> Option<Tracked> {
        Some(mu.iter().fold(Tracked::zero(), |sum, &mean| sum + Tracked::count(2) * mean * mean))
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        moments::exponential(q)
    }
}

impl FamilyEntry for Poissons {
    type Family = Independent<Poisson>;
    type Rep<T: Scalar> = Plain;
    const NAME: &'static str = "Poisson";

    fn rep<T: Scalar>(scene: &Scene) -> Plain {
        plain(scene)
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Poisson::with_mean(&scene.positive::<T>(which, dim(scene)))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let whole = |x: f64| T::ratio((4.0 * x).abs() as i64, 1);
        scene.vector(Which::P, family.dim()).into_iter().map(whole).collect()
    }

    /// A variance of `μ`.
    fn squares(mu: &[Tracked]) -> Option<Tracked> {
        Some(mu.iter().fold(Tracked::zero(), |sum, &mean| sum + mean * mean + mean))
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        moments::poisson(q)
    }
}

impl FamilyEntry for Bernoullis {
    type Family = Independent<Bernoulli>;
    type Rep<T: Scalar> = Plain;
    const NAME: &'static str = "Bernoulli";

    fn rep<T: Scalar>(scene: &Scene) -> Plain {
        plain(scene)
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Bernoulli::with_log_odds(&scene.vector::<T>(which, dim(scene)))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        bits(scene, family.dim()).into_iter().map(|bit| T::count(usize::from(bit))).collect()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        moments::bernoulli(q)
    }
}

impl FamilyEntry for LogNormals {
    type Family = Independent<LogNormal>;
    type Rep<T: Scalar> = Plain;
    const NAME: &'static str = "log-normal of one sign";

    fn rep<T: Scalar>(scene: &Scene) -> Plain {
        plain(scene)
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        // Negative throughout, so that the sign is not what is tested least.
        LogNormal::with_variance(
            &vec![true; n],
            &scene.vector(which, n),
            &scene.positive::<T>(which, n),
        )
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        positive_point::<T>(scene, family.dim()).into_iter().map(|x| -x).collect()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        moments::log_normal(q)
    }
}

impl FamilyEntry for SignedLogNormals {
    type Family = Independent<SignedLogNormal>;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "log-normal of either sign";

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        let mean: Vec<T> = scene.vector(which, n);
        let odds: Vec<T> = mean.iter().rev().copied().collect();
        SignedLogNormal::with_log_odds(&odds, &mean, &scene.positive(which, n))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let n = family.dim();
        let signs = bits(scene, n);
        let signed = |(x, negative): (T, bool)| if negative { -x } else { x };
        positive_point::<T>(scene, n).into_iter().zip(signs).map(signed).collect()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        moments::signed_log_normal(q)
    }
}
