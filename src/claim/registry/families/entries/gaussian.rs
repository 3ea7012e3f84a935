//! Gaussians of three kinds, and a product.

use super::*;

impl FamilyEntry for Diagonal {
    type Family = DiagonalGaussian;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "diagonal Gaussian";

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        scene.diagonal(which)
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        scene.vector(Which::P, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::of_gaussian(
            q,
            &q.mean(),
            &DMatrix::from_diagonal(&q.variance().map(|v| Tracked::one() / v)),
        )
    }
}

impl FamilyEntry for Full {
    type Family = FullGaussian;
    type Rep<T: Scalar> = ChangeOfBasis<Signed, T>;
    const NAME: &'static str = "full Gaussian";
    const SKEW: bool = true;

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        scene.dense()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        scene.full(which)
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        scene.vector(Which::P, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Moments::of_gaussian(q, &q.mean(), &q.precision())
    }
}

impl FamilyEntry for Isotropic {
    type Family = IsotropicGaussian;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "isotropic Gaussian";

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let variance = scene.positive::<T>(which, 1)[0];
        IsotropicGaussian::with_variance(&scene.vector(which, dim(scene)), variance)
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        scene.vector(Which::P, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        {
            let n = q.family().dim();
            Moments::of_gaussian(q, &q.mean(), &(DMatrix::identity(n, n) / q.variance()))
        }
    }
}

impl FamilyEntry for GammaAndGaussian {
    type Family = Product<Independent<Gamma>, DiagonalGaussian>;
    type Rep<T: Scalar> = DirectSum<Plain, Signed>;
    const NAME: &'static str = "product of gamma and diagonal Gaussian";

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        DirectSum::of_same_group(plain(scene), scene.signed())
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Ok(Product::of(&Gammas::pose(scene, which)?, &Diagonal::pose(scene, which)?))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        [Gammas::point::<T>(scene, family.first()), Diagonal::point(scene, family.second())]
            .concat()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
        Gammas::moments(&q.first()).product(Diagonal::moments(&q.second()))
    }
}
