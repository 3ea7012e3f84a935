//! The list of representations, each made on a scene.

use super::known::{
    Sheared, Signed, chi, cosets, cyclic, fractional, frobenius, generated, included, kept, n,
    of_fractions, of_turns, one, order, points, powers, sheared, sheared_twice, sign, square,
    turned, unknown,
};
use super::{Builders, Matrices, RepresentationEntry};
use crate::claim::scene::Scene;
use crate::group::{AnyElement, AnyGroup, Group, Subgroup};
use crate::law;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, AnyRepresentation, Axis, Dense, DirectSum, Dual, Induced,
    Orthogonal, PermutationRep, Restriction, SignedPermutationRep, SymmetricSquare, Tensor,
    TensorAxes, TensorPower, Trivial, Unsigned, hom,
};
use crate::scalar::{Rational, Scalar};

/// Representations of more coordinates are not made: exact arithmetic on their matrices would take long.
const LARGEST: usize = 16;

/// What a kind promises as a type, as the bound and as the kits that check it.
macro_rules! promised {
    (nothing, $rep:ident, $kits:ident) => {};
    (orthogonal, $rep:ident, $kits:ident) => {
        $kits.push(law::orthogonal(&$rep));
    };
    (signed_permutations, $rep:ident, $kits:ident) => {
        $kits.push(law::signed_permutations(&$rep));
        promised!(orthogonal, $rep, $kits);
    };
    // Symmetric squares are not orthogonal in general, and their type says nothing of those that are.
    (signed_permutations_only, $rep:ident, $kits:ident) => {
        $kits.push(law::signed_permutations(&$rep));
    };
    (permutations, $rep:ident, $kits:ident) => {
        $kits.push(law::permutations(&$rep));
        promised!(orthogonal, $rep, $kits);
    };
}

/// What is known of the matrices from the promise.
macro_rules! matrices {
    (nothing) => {
        Matrices::Invertible
    };
    (orthogonal) => {
        Matrices::Orthogonal
    };
    (signed_permutations) => {
        Matrices::SignedPermutations
    };
    (signed_permutations_only) => {
        Matrices::SignedPermutations
    };
    (permutations) => {
        Matrices::Permutations
    };
}

/// An entry: the representation in any scalar `T`, and what is known of it from elsewhere.
macro_rules! entry {
    (
        $name:literal,
        promises: $promise:ident,
        moves: $moves:literal,
        condition: $condition:expr,
        rep: <$T:ident> |$scene:ident| -> $Rep:ty $rep:block,
        dim: $dim:expr,
        character: $character:expr,
        fixed: $fixed:expr $(,)?
    ) => {{
        // Index maps are the same in every scalar.
        #[allow(clippy::extra_unused_type_parameters)]
        fn rep<$T: Scalar>($scene: &Scene) -> Option<$Rep> $rep
        fn any<T: Scalar>(scene: &Scene) -> Option<AnyRepresentation<T>> {
            let dim: fn(&Scene) -> usize = $dim;
            if dim(scene) > LARGEST { None } else { rep::<T>(scene).map(AnyRepresentation::new) }
        }
        fn kits(scene: &Scene) -> Vec<law::Laws<'static>> {
            let condition: fn(&Scene) -> f64 = $condition;
            let (Some(float), Some(exact)) = (any::<f64>(scene), any::<Rational>(scene)) else {
                return vec![];
            };
            #[allow(unused_mut)]
            let mut kits = vec![
                law::representation_over::<f64, _>(&float, condition(scene)),
                law::reynolds_over::<f64, _>(&float, condition(scene)),
                law::representation_over::<Rational, _>(&exact, 1.0),
                law::reynolds_over::<Rational, _>(&exact, 1.0),
            ];
            if let Some(_typed) = rep::<f64>(scene) {
                promised!($promise, _typed, kits);
            }
            kits
        }
        RepresentationEntry {
            name: $name,
            moves: $moves,
            matrices: matrices!($promise),
            dim: $dim,
            character: $character,
            fixed: $fixed,
            kits,
            build: Builders { float: any, tracked: any, exact: any },
        }
    }};
}

/// All representations, the simplest first.
pub static REPRESENTATIONS: &[RepresentationEntry] = &[
    entry! {
        "trivial",
        promises: permutations,
        moves: false,
        condition: one,
        rep: <T> |scene| -> Trivial<AnyGroup> { Some(Trivial::new(scene.group(), n(scene))) },
        dim: n,
        character: |scene, _| n(scene) as i64,
        fixed: |scene| Some(n(scene)),
    },
    entry! {
        "natural permutation",
        promises: permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> PermutationRep<AnyGroup> {
            let small = scene.group.small();
            let degree = points(&small, &small.group().identity()).degree();
            let group = small.group().clone();
            Some(PermutationRep::from_fn(group, degree, move |g| points(&small, g)))
        },
        dim: |scene| {
            let small = scene.group.small();
            points(&small, &small.group().identity()).degree()
        },
        character: |scene, g| {
            let map = points(&scene.group.small(), g);
            (0..map.degree()).filter(|&i| map.image(i) == i).count() as i64
        },
        fixed: unknown,
    },
    entry! {
        "regular",
        promises: permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> PermutationRep<AnyGroup> {
            PermutationRep::regular(&scene.group()).ok()
        },
        dim: order,
        character: |scene, g| if *g == scene.group().identity() { order(scene) as i64 } else { 0 },
        fixed: |_| Some(1),
    },
    entry! {
        "signed permutation",
        promises: signed_permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> Signed { Some(scene.signed()) },
        dim: n,
        character: chi,
        fixed: unknown,
    },
    entry! {
        "without signs",
        promises: permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> Unsigned<Signed> { Some(Unsigned::new(scene.signed())) },
        dim: n,
        character: kept,
        fixed: unknown,
    },
    entry! {
        "cosets",
        promises: permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> Induced<AnyGroup, Trivial<Subgroup<AnyGroup>>> {
            Induced::new(Trivial::new(cyclic(scene)?, 1)).ok()
        },
        dim: cosets,
        character: |scene, g| frobenius(scene, g, |_| 1),
        // One orbit.
        fixed: |_| Some(1),
    },
    entry! {
        "monomial",
        promises: signed_permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> Induced<AnyGroup, SignedPermutationRep<Subgroup<AnyGroup>>> {
            let powers = powers(scene);
            let negative = move |h: &AnyElement| {
                let k = powers.iter().position(|power| power == h).unwrap_or(0);
                sign(powers.len(), k) < 0
            };
            Induced::monomial(&cyclic(scene)?, negative).ok()
        },
        dim: cosets,
        character: |scene, g| {
            let order = powers(scene).len();
            frobenius(scene, g, |k| sign(order, k))
        },
        // By reciprocity: 1 is the sign of the powers, or it is not.
        fixed: |scene| Some(powers(scene).len() % 2),
    },
    entry! {
        "induced",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> Induced<AnyGroup, Restriction<Subgroup<AnyGroup>, Sheared<T>>> {
            Induced::new(Restriction::new(scene.dense::<T>(), cyclic(scene)?, Clone::clone)).ok()
        },
        dim: |scene| cosets(scene) * n(scene),
        // Ind Res V = V ⊗ R[G/H].
        character: |scene, g| chi(scene, g) * frobenius(scene, g, |_| 1),
        fixed: unknown,
    },
    entry! {
        "restriction",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> Restriction<AnyGroup, Sheared<T>> {
            let subgroup = AnyGroup::new(generated(scene)?);
            Some(Restriction::new(scene.dense::<T>(), subgroup, included))
        },
        dim: n,
        character: |scene, h| chi(scene, &included(h)),
        fixed: unknown,
    },
    entry! {
        "change of basis",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> Sheared<T> { Some(scene.dense()) },
        dim: n,
        character: chi,
        fixed: unknown,
    },
    entry! {
        "change of basis by fractions",
        promises: nothing,
        moves: true,
        condition: of_fractions,
        rep: <T> |scene| -> Sheared<T> { fractional(scene) },
        dim: n,
        character: chi,
        fixed: unknown,
    },
    entry! {
        "orthogonal change of basis",
        promises: orthogonal,
        moves: true,
        condition: of_turns,
        rep: <T> |scene| -> Orthogonal<Sheared<T>> { turned(scene).map(Orthogonal::new) },
        dim: n,
        character: chi,
        fixed: unknown,
    },
    entry! {
        "dense",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> Dense<AnyGroup, T> {
            let rep = scene.dense::<T>();
            let matrices = move |g: &AnyElement| rep.matrix(g);
            Some(Dense::from_fn(scene.group(), n(scene), matrices))
        },
        dim: n,
        character: chi,
        fixed: unknown,
    },
    entry! {
        "dual",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> Dual<Sheared<T>> { Some(Dual::new(scene.dense())) },
        dim: n,
        character: |scene, g| chi(scene, &scene.group().inverse(g)),
        fixed: unknown,
    },
    entry! {
        "direct sum",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> DirectSum<Signed, Sheared<T>> {
            DirectSum::new(scene.signed(), scene.dense()).ok()
        },
        dim: |scene| 2 * n(scene),
        character: |scene, g| 2 * chi(scene, g),
        fixed: unknown,
    },
    entry! {
        "tensor product",
        promises: nothing,
        moves: true,
        condition: sheared,
        rep: <T> |scene| -> Tensor<Signed, Sheared<T>> {
            Tensor::new(scene.signed(), scene.dense()).ok()
        },
        dim: |scene| n(scene).pow(2),
        character: |scene, g| chi(scene, g).pow(2),
        fixed: unknown,
    },
    entry! {
        "Hom",
        promises: nothing,
        moves: true,
        condition: sheared_twice,
        rep: <T> |scene| -> Tensor<Sheared<T>, Dual<Sheared<T>>> {
            hom(scene.dense(), scene.dense()).ok()
        },
        dim: |scene| n(scene).pow(2),
        character: |scene, g| chi(scene, g) * chi(scene, &scene.group().inverse(g)),
        fixed: unknown,
    },
    entry! {
        "tensor power",
        promises: nothing,
        moves: true,
        condition: sheared_twice,
        rep: <T> |scene| -> TensorPower<Sheared<T>> {
            TensorPower::new(scene.dense(), 2).ok()
        },
        dim: |scene| n(scene).pow(2),
        character: |scene, g| chi(scene, g).pow(2),
        fixed: unknown,
    },
    entry! {
        "symmetric square",
        promises: nothing,
        moves: true,
        condition: sheared_twice,
        rep: <T> |scene| -> SymmetricSquare<Sheared<T>> {
            Some(SymmetricSquare::new(scene.dense()))
        },
        dim: |scene| n(scene) * (n(scene) + 1) / 2,
        character: |scene, g| (chi(scene, g).pow(2) + chi(scene, &square(scene, g))) / 2,
        fixed: unknown,
    },
    entry! {
        "symmetric square of signed permutations",
        promises: signed_permutations_only,
        moves: true,
        condition: one,
        rep: <T> |scene| -> SymmetricSquare<Signed> { Some(SymmetricSquare::new(scene.signed())) },
        dim: |scene| n(scene) * (n(scene) + 1) / 2,
        character: |scene, g| (chi(scene, g).pow(2) + chi(scene, &square(scene, g))) / 2,
        fixed: unknown,
    },
    entry! {
        "tensor axes",
        promises: signed_permutations,
        moves: true,
        condition: one,
        rep: <T> |scene| -> TensorAxes<AnyGroup> {
            let moved = Axis::from(scene.signed());
            let plain: Signed = {
                let rep = Unsigned::new(scene.signed());
                SignedPermutationRep::from_fn(scene.group(), n(scene), move |g| rep.index_map(g))
            };
            TensorAxes::new(scene.group(), [moved, Axis::Fixed(1), plain.into()]).ok()
        },
        dim: |scene| n(scene).pow(2),
        character: |scene, g| chi(scene, g) * kept(scene, g),
        fixed: unknown,
    },
];
