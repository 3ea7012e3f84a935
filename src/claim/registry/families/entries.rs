//! The list of families, each posed on the numbers of a scene.

use super::{FamilyEntry, FamilyVisitor, Moments};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::family::{
    Bernoulli, BinaryIsing, Categorical, DiagonalGaussian, Dirichlet, Exponential, Family,
    FamilyError, FullGaussian, Gamma, Independent, Ising, IsotropicGaussian, LogNormal, Member,
    Poisson, Product, SignedLogNormal, VonMisesFisher, Wishart,
};
use crate::group::AnyGroup;
use crate::representation::{
    ChangeOfBasis, DirectSum, Representation, SignedPermutationRep, SymmetricSquare, Trivial,
    Unsigned, pairs,
};
use crate::scalar::Scalar;
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use num_traits::Zero;

/// Shows a visitor every registered family. A new family is an implementation of [`FamilyEntry`] and
/// its name in this list.
macro_rules! families {
    ($($entry:ident),* $(,)?) => {
        $(
            /// A registered family.
            pub(super) struct $entry;
        )*

        /// Shows a visitor every registered family, in the order of the list.
        pub fn each_family(visitor: &mut impl FamilyVisitor) {
            $(visitor.visit::<$entry>();)*
        }
    };
}

families! {
    Diagonal, Full, Isotropic, Gammas, Exponentials, Poissons, Bernoullis, LogNormals,
    SignedLogNormals, Simplex, Classes, Spins, Bits, Sphere, Scatter, GammaAndGaussian,
}

type Signed = SignedPermutationRep<AnyGroup>;
type Plain = Unsigned<Signed>;

fn plain(scene: &Scene) -> Plain {
    Unsigned::new(scene.signed())
}

/// With a coordinate in front that stays, so that there are at least two.
fn with_a_fixed_one<R: Representation<Group = AnyGroup>>(
    rep: R,
) -> DirectSum<Trivial<AnyGroup>, R> {
    DirectSum::of_same_group(Trivial::new(rep.group().clone(), 1), rep)
}

fn dim(scene: &Scene) -> usize {
    scene.signed().dim()
}

/// Positive numbers for means and rates of the scene's other half.
fn others<T: Scalar>(scene: &Scene, which: Which, n: usize) -> Vec<T> {
    let magnitude = |x: T| T::ratio(1, 4) + x.magnitude();
    scene.vector::<T>(which, n).into_iter().map(magnitude).collect()
}

fn positive_point<T: Scalar>(scene: &Scene, n: usize) -> Vec<T> {
    others(scene, Which::P, n)
}

/// Whether the numbers for a point are odd: bits.
fn bits(scene: &Scene, n: usize) -> Vec<bool> {
    scene.vector::<f64>(Which::P, n).into_iter().map(|x| (4.0 * x) as i64 % 2 != 0).collect()
}

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
}

impl FamilyEntry for Full {
    type Family = FullGaussian;
    type Rep<T: Scalar> = ChangeOfBasis<Signed, T>;
    const NAME: &'static str = "full Gaussian";

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
}

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
}

impl FamilyEntry for Simplex {
    type Family = Dirichlet;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Plain>;
    const NAME: &'static str = "Dirichlet";
    // Its mean parameters are differences of digammas, by quadrature where these cancel.
    const DIFFERENTIABLE: bool = false;

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        with_a_fixed_one(plain(scene))
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Dirichlet::with_concentration(&scene.positive::<T>(which, dim(scene) + 1))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let weights: Vec<T> = positive_point(scene, family.dim());
        let sum = weights.iter().fold(T::zero(), |sum, &x| sum + x);
        weights.into_iter().map(|x| x / sum).collect()
    }
}

impl FamilyEntry for Classes {
    type Family = Categorical;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Plain>;
    const NAME: &'static str = "categorical";

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        with_a_fixed_one(plain(scene))
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        Categorical::with_probabilities(&scene.positive::<T>(which, dim(scene) + 1))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let n = family.dim();
        let class = scene.vector::<f64>(Which::P, 1)[0].abs() as usize % n;
        (0..n).map(|i| T::count(usize::from(i == class))).collect()
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Option<Moments> {
        Some(Moments::by_enumeration(q))
    }
}

/// All pairs of spins: a graph that every permutation leaves alone.
fn complete(n: usize) -> Vec<(usize, usize)> {
    (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).collect()
}

/// Fields and couplings, for `n` spins and all their pairs.
fn couplings<T: Special>(scene: &Scene, which: Which, n: usize) -> DVector<T> {
    let weak =
        scene.vector::<T>(which, n + n * (n - 1) / 2).into_iter().map(|x| x * T::ratio(1, 4));
    DVector::from_iterator(n + n * (n - 1) / 2, weak)
}

/// A configuration of spins.
fn signs<T: Scalar>(scene: &Scene, n: usize) -> Vec<T> {
    bits(scene, n).into_iter().map(|down| T::ratio(if down { -1 } else { 1 }, 1)).collect()
}

impl FamilyEntry for Spins {
    type Family = Ising;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "Ising, spins ±1";

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        Member::from_natural(Ising::new(n, &complete(n))?, couplings(scene, which, n))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        signs(scene, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Option<Moments> {
        Some(Moments::by_enumeration(q))
    }
}

impl FamilyEntry for Bits {
    type Family = BinaryIsing;
    type Rep<T: Scalar> = Signed;
    const NAME: &'static str = "Ising, statistics of {0, 1}";

    fn rep<T: Scalar>(scene: &Scene) -> Signed {
        scene.signed()
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let n = dim(scene);
        Member::from_natural(BinaryIsing::new(n, &complete(n))?, couplings(scene, which, n))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        signs(scene, family.dim())
    }

    fn moments(q: &Member<Self::Family, Tracked>) -> Option<Moments> {
        Some(Moments::by_enumeration(q))
    }
}

impl FamilyEntry for Sphere {
    type Family = VonMisesFisher;
    type Rep<T: Scalar> = DirectSum<Trivial<AnyGroup>, Signed>;
    const NAME: &'static str = "von Mises–Fisher";
    // Bessel functions come from continued fractions.
    const DIFFERENTIABLE: bool = false;

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        with_a_fixed_one(scene.signed())
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let eta: Vec<T> = scene.vector(which, dim(scene) + 1);
        Member::from_natural(VonMisesFisher::new(eta.len())?, DVector::from_vec(eta))
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        // A coordinate of 1 and the others 0: on the sphere without rounding.
        let n = family.dim();
        let axis = scene.vector::<f64>(Which::P, 1)[0].abs() as usize % n;
        (0..n).map(|i| T::count(usize::from(i == axis))).collect()
    }
}

impl FamilyEntry for Scatter {
    type Family = Wishart;
    type Rep<T: Scalar> = SymmetricSquare<ChangeOfBasis<Signed, T>>;
    const NAME: &'static str = "Wishart";

    fn rep<T: Scalar>(scene: &Scene) -> Self::Rep<T> {
        SymmetricSquare::new(scene.dense())
    }

    fn pose<T: Special>(
        scene: &Scene,
        which: Which,
    ) -> Result<Member<Self::Family, T>, FamilyError> {
        let (_, lower, diagonal) = scene.factors::<T>(which);
        let scale = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
        let excess = scene.positive::<T>(which, 1)[0];
        // Draws near the edge, where there is no excess, are nearly singular.
        Wishart::with_scale(&scale, T::count(scale.nrows() + 7) + excess)
    }

    fn point<T: Special>(scene: &Scene, family: &Self::Family) -> Vec<T> {
        let (_, lower, diagonal) = scene.factors::<T>(Which::P);
        let matrix = &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose();
        pairs(family.size()).map(|(i, j)| matrix[(i, j)]).collect()
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
}
