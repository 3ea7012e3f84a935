//! Gaussians of three kinds, and a product.

use super::*;

family! {
    Diagonal, "diagonal Gaussian", DiagonalGaussian, under SignedPermutations,
    pose: <T> |scene, which, n| {
        DiagonalGaussian::with_variance(&scene.vector(which, n), &scene.positive::<T>(which, n))
    },
    point: <T> |scene, n| scene.vector(Which::P, n),
    moments: |q: &Member<Self::Family, Tracked>| {
        let precision = DMatrix::from_diagonal(&q.variance().map(|v| Tracked::one() / v));
        Moments::of_gaussian(q, &q.mean(), &precision)
    }
}

family! {
    Full, "full Gaussian", FullGaussian, under Invertible,
    pose: <T> |scene, which, n| {
        let (mean, covariance) = mean_and_covariance::<T>(scene, which, n);
        FullGaussian::with_covariance(&mean, &covariance)
    },
    point: <T> |scene, n| scene.vector(Which::P, n),
    moments: |q: &Member<Self::Family, Tracked>| {
        Moments::of_gaussian(q, &q.mean(), &q.precision())
    },
    const SKEW: bool = true;
    const DEGREE: usize = 2;
}

/// A vector, and a positive definite matrix.
pub(super) fn mean_and_covariance<T: Scalar>(
    scene: &Scene,
    which: Which,
    n: usize,
) -> (DVector<T>, DMatrix<T>) {
    let (mean, lower, diagonal) = scene.factors_of_dim::<T>(which, n);
    (mean, &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose())
}

family! {
    Isotropic, "isotropic Gaussian", IsotropicGaussian, under Rotations,
    pose: <T> |scene, which, n| {
        let variance = scene.positive::<T>(which, 1)[0];
        IsotropicGaussian::with_variance(&scene.vector(which, n), variance)
    },
    point: <T> |scene, n| scene.vector(Which::P, n),
    moments: |q: &Member<Self::Family, Tracked>| {
        let n = q.family().dim();
        Moments::of_gaussian(q, &q.mean(), &(DMatrix::identity(n, n) / q.variance()))
    }
}

family! {
    GammaAndGaussian, "product of gamma and diagonal Gaussian",
    Product<Independent<Gamma>, DiagonalGaussian>, under Both<Permutations, SignedPermutations>,
    // Half of the coordinates are those of either factor.
    pose: <T> |scene, which, n| {
        let gammas = independent::gammas::<T>(scene, which, n / 2)?;
        let (mean, variance) = (scene.vector(which, n / 2), scene.positive::<T>(which, n / 2));
        Ok(Product::of(&gammas, &DiagonalGaussian::with_variance(&mean, &variance)?))
    },
    point: <T> |scene, n| {
        [positive_point::<T>(scene, n / 2), scene.vector(Which::P, n / 2)].concat()
    },
    moments: |q: &Member<Self::Family, Tracked>| {
        Gammas::moments(&q.first()).product(Diagonal::moments(&q.second()))
    }
}
