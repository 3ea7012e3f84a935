//! The list of families, each posed on the numbers of a scene.

use super::{
    Both, Congruences, FamilyEntry, FamilyVisitor, FiniteVisitor, Invertible, Moments,
    Permutations, RingSymmetries, Rotations, RotationsOfMore, SignedPermutations, WithOneMore,
    moments,
};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{EDGE, Scene, Which};
use crate::dual::Dual;
use crate::family::{
    Bernoulli, BinaryIsing, Categorical, DiagonalGaussian, Dirichlet, Exponential, Family,
    FamilyError, FullGaussian, Gamma, Independent, Ising, IsotropicGaussian, LogNormal, Member,
    Poisson, Product, SignedLogNormal, VonMisesFisher, Wishart,
};
use crate::representation::{Representation, pairs};
use crate::scalar::{Scalar, dot};
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, One, Zero};

/// Shows visitors the registered families. A new family is an implementation of [`FamilyEntry`], by
/// [`family!`] where that will do, and its name in this list; one on finitely many points says so.
macro_rules! families {
    ($($entry:ident $(: $finite:ident)?),* $(,)?) => {
        $(
            /// A registered family.
            pub(in crate::claim) struct $entry;
        )*

        /// Shows a visitor every registered family, in the order of the list.
        pub fn each_family(visitor: &mut impl FamilyVisitor) {
            $(visitor.visit::<$entry>();)*
        }

        /// Shows a visitor every registered family on finitely many points, in the order of the list.
        pub fn each_finite_family(visitor: &mut impl FiniteVisitor) {
            $($(families!(@ $finite, visitor.visit::<$entry>());)?)*
        }
    };
    (@ finite, $visit:expr) => {
        $visit
    };
}

/// An entry: its name, the family, what it is closed under; two members and a point in any scalar `T`, given
/// the scene and the dimension of `θ`; the integrals; and whatever else of [`FamilyEntry`] is not as usual.
macro_rules! family {
    (
        $entry:ident, $name:literal, $Family:ty, under $Action:ty,
        pose: <$T:ident> |$scene:ident, $which:ident, $n:ident| $pose:expr,
        point: <$P:ident> |$here:ident, $m:ident| $point:expr,
        moments: $moments:expr
        $(, $($rest:item)*)?
    ) => {
        impl FamilyEntry for $entry {
            type Family = $Family;
            type Action = $Action;
            const NAME: &'static str = $name;

            fn pose<$T: Special>(
                $scene: &Scene,
                $which: Which,
            ) -> Result<Member<Self::Family, $T>, FamilyError> {
                let $n = Self::dim($scene);
                $pose
            }

            fn point<$P: Special>($here: &Scene, family: &Self::Family) -> Vec<$P> {
                let $m = family.dim();
                $point
            }

            fn moments(q: &Member<Self::Family, Tracked>) -> Moments {
                $moments(q)
            }

            $($($rest)*)?
        }
    };
}

mod gaussian;
mod independent;
mod joint;
mod spins;
mod tilted;

families! {
    Diagonal, Full, Isotropic, Gammas, Exponentials, Poissons, Bernoullis, LogNormals,
    SignedLogNormals, Simplex, Classes: finite, Spins: finite, Bits: finite, Ring: finite, Sphere,
    Scatter, GammaAndGaussian, TiltedGaussian, TiltedClasses,
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

/// One of `n` things, by the first of the numbers for a point: 1 there, else 0.
fn one_of<T: Scalar>(scene: &Scene, n: usize) -> Vec<T> {
    let one = scene.vector::<f64>(Which::P, 1)[0].abs() as usize % n;
    (0..n).map(|i| T::count(usize::from(i == one))).collect()
}
