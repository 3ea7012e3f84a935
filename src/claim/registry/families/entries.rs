//! The list of families, each posed on the numbers of a scene.

use super::{FamilyEntry, FamilyVisitor, Moments, moments};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{EDGE, Scene, Which};
use crate::dual::Dual;
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
use crate::scalar::{Scalar, dot};
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, One, Zero};

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

mod gaussian;
mod independent;
mod joint;
mod tilted;

families! {
    Diagonal, Full, Isotropic, Gammas, Exponentials, Poissons, Bernoullis, LogNormals,
    SignedLogNormals, Simplex, Classes, Spins, Bits, Sphere, Scatter, GammaAndGaussian,
    TiltedGaussian, TiltedClasses,
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
