//! Small networks and their expansions, from the numbers of a scene.

use crate::claim::scene::Scene;
use crate::claim::{Feature, compare, strategy};
use crate::group::{AnyGroup, Finite, FinitelyGenerated};
use crate::law::Residual;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutationRep,
};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::expansion::{ExpansionError, Layer, OrbitExpansion, prediction};
use nalgebra::{DMatrix, DVector};
use proptest::strategy::{BoxedStrategy, Strategy};

/// Expanded networks are `|G|` times as wide: small groups, of dimension 4 at most.
pub(super) fn scenes(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    const LARGEST: usize = 8;
    strategy::scenes_with(4, wanted)
        .prop_filter("a small group", |scene| {
            scene.group().small_order().is_some_and(|order| order <= LARGEST)
        })
        .boxed()
}

/// What the claims on scenes want to have met.
pub(super) const COVERS: &[Feature] =
    &[Feature::TrivialGroup, Feature::Abelian, Feature::NonAbelian, Feature::SignedOrbit];

/// The maximum of a number and 0.
pub(super) fn relu<T: Scalar>(x: T) -> T {
    if x > T::zero() { x } else { T::zero() }
}

/// `x|x|`: odd, so that it commutes with signs.
fn signed_square<T: Scalar>(x: T) -> T {
    x.clone() * x.magnitude()
}

type Rep = SignedPermutationRep<AnyGroup>;

/// A network whose spaces all carry the representation of a scene, and an input.
pub(super) struct Small {
    pub(super) expansion: OrbitExpansion<Rep>,
    pub(super) rep: Rep,
    pub(super) layers: Vec<Layer<Rational>>,
    pub(super) scales: Vec<Layer<Rational>>,
    /// Whether the group acts with signs, so that the nonlinearity is odd.
    signs: bool,
    pub(super) x: Vec<Rational>,
    numbers: Vec<i8>,
}

impl Small {
    /// Three or four layers with biases. Where signs occur the nonlinearity is odd, else it is ReLU.
    pub(super) fn of(scene: &Scene) -> Result<Self, ExpansionError> {
        let rep = scene.signed();
        let depth = 3 + scene.picks.first().copied().unwrap_or_default() % 2;
        let expansion = OrbitExpansion::new(vec![rep.clone(); depth + 1])?;
        let signs = rep.group().generators().iter().any(|g| !rep.index_map(g).is_unsigned());
        let mut small = Self {
            expansion,
            layers: Vec::new(),
            scales: Vec::new(),
            signs,
            x: read(&scene.shears, 0, rep.dim()),
            numbers: scene.means.clone(),
            rep,
        };
        let d = small.rep.dim();
        small.layers = (0..depth)
            .map(|l| Layer {
                weight: small.matrix(17 * l),
                bias: Some(DVector::from_vec(read(&scene.variances, 5 * l, d))),
            })
            .collect();
        small.scales = (0..depth)
            .map(|l| {
                let positive = |k| read(&scene.variances, k, d).into_iter().map(above_one);
                let entries: Vec<Rational> =
                    (0..d).flat_map(|i| positive(7 * l + 11 * i)).collect();
                Layer {
                    weight: DMatrix::from_row_slice(d, d, &entries),
                    bias: Some(DVector::from_iterator(d, positive(3 * l))),
                }
            })
            .collect();
        Ok(small)
    }

    /// Some matrix of the scene's numbers, another for every `start`.
    pub(super) fn matrix(&self, start: usize) -> DMatrix<Rational> {
        let d = self.rep.dim();
        DMatrix::from_row_slice(d, d, &read(&self.numbers, start, d * d))
    }

    /// What a network makes of an input.
    pub(super) fn predict<T: Scalar>(&self, layers: &[Layer<T>], x: &[T]) -> DVector<T> {
        prediction(layers, if self.signs { signed_square } else { relu }, x)
    }

    /// `Φ(ρ(h)x) = ρ(h)Φ(x)` for every `h`.
    pub(super) fn equivariance(&self, layers: &[Layer<Rational>]) -> Residual {
        let output = self.predict(layers, &self.x);
        self.rep.group().elements().fold(Residual::exact(true), |worst, h| {
            let of_moved = self.predict(layers, self.rep.apply(&h, &self.x).as_slice());
            let moved = self.rep.apply(&h, output.as_slice());
            worst.worse(same(of_moved.as_slice(), moved.as_slice()))
        })
    }

    /// Against `QΦ` at the input.
    pub(super) fn against_average(&self, layers: &[Layer<Rational>]) -> Residual {
        let average = self.expansion.group_average(&self.x, |x| self.predict(&self.layers, x));
        same(self.predict(layers, &self.x).as_slice(), average.as_slice())
    }
}

/// Equality of exact numbers.
pub(super) fn same(a: &[Rational], b: &[Rational]) -> Residual {
    Residual::new(compare::distance(a, b), 0.0)
}

/// Numbers of a list in quarters, read cyclically.
fn read(list: &[i8], start: usize, count: usize) -> Vec<Rational> {
    let at = |k: usize| list.get(k % list.len().max(1)).copied().unwrap_or_default();
    (start..start + count).map(|k| Rational::ratio(i64::from(at(k)), 4)).collect()
}

/// `1 + |x|`.
fn above_one(x: Rational) -> Rational {
    Rational::ratio(1, 1) + x.magnitude()
}
