//! A1: what is made from representations is a representation, and the one that its definition says.

use super::growth::Growth;
use super::representations::{COVERS, TOLERANCE, laws, reversed};
use super::{CONTROL, NO_ROUNDING, THEOREM, entry, small, vector};
use crate::claim::compare::{distance, largest, rounding};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{AnyElement, Cyclic, Dihedral, Finite, Group};
use crate::law::Residual;
use crate::representation::{
    ActsOn, ActsOnGrid, DirectSum, Dual, PermutationRep, Representation, SymmetricSquare, Tensor,
    Trivial, Unsigned, hom,
};
use crate::scalar::{Rational, Scalar, dot};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A1.constructions",
                title: "What is made from representations is one",
                statement: "V*, V ⊕ W, V ⊗ W, Hom(V, W), Sym² V, |ρ|, the trivial and the regular representation, \
                            products of permutation representations and C_2, C_4, D_4 on square grids are \
                            representations",
                hypotheses: &["representations of the same group"],
                tolerance: TOLERANCE,
                covers: COVERS,
                cost: 4,
                ..THEOREM
            },
            small,
            constructions::<f64>,
            Some(constructions::<Rational>),
        ),
        entry(
            About {
                id: "A1.hom-without-inverse",
                title: "Hom without the inverse",
                of: Some("A1.constructions"),
                statement: "W ↦ ρ(g) W ρ(g) is a homomorphism",
                hypotheses: &["dropped: the inverse on the input side"],
                tolerance: TOLERANCE,
                covers: &[Feature::NonAbelian],
                cost: 2,
                ..CONTROL
            },
            small,
            hom_without_inverse::<f64>,
            Some(hom_without_inverse::<Rational>),
        ),
        entry(
            About {
                id: "A1.definitions",
                title: "Constructions act as they are defined",
                statement: "g(v, w) = (gv, gw), g(v ⊗ w) = gv ⊗ gw, (gW)x = g(W(g⁻¹x)), g(xxᵀ) = (gx)(gx)ᵀ, \
                            |ρ(g)||x| = |ρ(g)x|, ge = g in R[G], gx = x in the trivial representation",
                hypotheses: &["representations of the same group"],
                tolerance: "γ_{2r+2} A |x|_∞ |y|_∞ for products of vectors, γ_{r+n} n (A + A') |W|_∞ |x|_∞ for \
                            maps, where one side takes r roundings of terms of A, the other as many of A'",
                covers: COVERS,
                ..THEOREM
            },
            small,
            definitions::<f64>,
            Some(definitions::<Rational>),
        ),
        entry(
            About {
                id: "A1.unsigned-factor",
                title: "A tensor product that drops the signs of a factor",
                of: Some("A1.definitions"),
                statement: "|π|(g)x ⊗ π(g)y = π(g)x ⊗ π(g)y: a representation, but another one",
                hypotheses: &["dropped: the signs of the first factor"],
                tolerance: NO_ROUNDING,
                covers: &[Feature::SignedOrbit, Feature::KilledOrbit],
                ..CONTROL
            },
            small,
            unsigned_factor::<f64>,
            Some(unsigned_factor::<Rational>),
        ),
    ]
}

fn constructions<T: Scalar>(scene: &Scene) -> Outcome {
    let (signed, dense) = (scene.signed(), scene.dense::<T>());
    let group = signed.group().clone();
    let n = signed.dim();
    let (plain, growth) = (Growth::INDEX_MAP, Growth::of_basis(&dense));
    let g = (&scene.element(0), &scene.element(1));
    let mut outcome = Outcome::new("V*", laws(&Dual::new(dense.clone()), growth.dual(), g, scene))
        .and(
            "dual of signed permutations",
            laws::<T, _>(&Dual::new(signed.clone()), plain, g, scene),
        )
        .and(
            "Sym² V",
            laws(&SymmetricSquare::new(dense.clone()), growth.symmetric_square(n), g, scene),
        )
        .and(
            "Sym² of signed permutations",
            laws::<T, _>(&SymmetricSquare::new(signed.clone()), plain, g, scene),
        )
        .and("|ρ|", laws::<T, _>(&Unsigned::new(signed.clone()), plain, g, scene))
        .and("trivial", laws::<T, _>(&Trivial::new(group.clone(), n), plain, g, scene));
    // These can only fail for different groups or enormous dimensions.
    match (
        DirectSum::new(signed.clone(), dense.clone()),
        Tensor::new(signed.clone(), dense.clone()),
        hom(dense.clone(), signed.clone()),
        hom(signed.clone(), signed.clone()),
    ) {
        (Ok(sum), Ok(tensor), Ok(hom), Ok(signed_hom)) => {
            outcome = outcome
                .and("V ⊕ W", laws(&sum, plain.sum(growth), g, scene))
                .and("V ⊗ W", laws(&tensor, plain.tensor(growth), g, scene))
                .and("Hom(V, W)", laws(&hom, plain.tensor(growth.dual()), g, scene))
                .and("Hom of signed permutations", laws::<T, _>(&signed_hom, plain, g, scene));
        }
        _ => outcome = outcome.and("⊕, ⊗, Hom are made", Residual::exact(false)),
    }
    if group.small_order().is_some_and(|order| order <= 24) {
        outcome = match PermutationRep::regular(&group) {
            Ok(regular) => outcome.and("R[G]", laws::<T, _>(&regular, plain, g, scene)),
            Err(_) => outcome.and("R[G] is made", Residual::exact(false)),
        };
    }
    outcome.and("grids", on_grids::<T>(scene))
}

/// One of `C_2`, `C_4`, `D_4` on the pixels of a grid of side 1 to 4, and on its regular channels.
fn on_grids<T: Scalar>(scene: &Scene) -> Residual {
    let pick = |k: usize| scene.picks.get(k).copied().unwrap_or(0);
    let side = 1 + pick(3) % 4;
    let residual = match pick(2) % 3 {
        0 => Cyclic::new(2).map(|group| on_grid::<T, _>(&group, side, scene)),
        1 => Cyclic::new(4).map(|group| on_grid::<T, _>(&group, side, scene)),
        _ => Dihedral::new(4).map(|group| on_grid::<T, _>(&group, side, scene)),
    };
    residual.ok().flatten().unwrap_or(Residual::exact(false))
}

fn on_grid<T, G>(group: &G, side: usize, scene: &Scene) -> Option<Residual>
where
    T: Scalar,
    G: Finite + ActsOnGrid + Send + Sync + 'static,
{
    let pixels = group.on_grid(side).ok()?;
    let channels = PermutationRep::regular(group).ok()?.product(&pixels).ok()?;
    let order = group.small_order()?;
    let pick = |k: usize| group.element(scene.picks.get(k).copied().unwrap_or(0) % order);
    let g = (&pick(0), &pick(1));
    let plain = Growth::INDEX_MAP;
    let tensor = Tensor::new(PermutationRep::regular(group).ok()?, pixels.clone()).ok()?;
    let same = tensor.signed_permutation(g.0) == channels.signed_permutation(g.0);
    Some(
        laws::<T, _>(&pixels, plain, g, scene)
            .worse(laws::<T, _>(&channels, plain, g, scene))
            .worse(Residual::exact(same)),
    )
}

fn hom_without_inverse<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.dense::<T>();
    let group = scene.group();
    let (g, h) = (scene.element(0), scene.element(1));
    let n = rep.dim();
    let x: Vec<T> = vector(scene, Which::Q, n * n);
    let elements = (&g, &h, &group.compose(&g, &h));
    // X ↦ ρXρ is two products with a matrix that carries the roundings of the action.
    let base = Growth::of_basis(&rep);
    let both = base.tensor(base.dual());
    let growth = Growth { roundings: both.roundings + 2 * n, ..both };
    let residual = reversed(growth, &x, elements, |g, x| {
        let matrix = rep.matrix(g);
        let moved = &matrix * nalgebra::DMatrix::from_column_slice(n, n, x) * &matrix;
        moved.as_slice().to_vec()
    });
    Outcome::new("ρ(gh)Wρ(gh) = ρ(g)ρ(h)Wρ(h)ρ(g)", residual)
}

/// `x ⊗ y`, row by row. For scalars that round, one rounding per entry.
fn outer<T: Scalar>(x: &[T], y: &[T]) -> Vec<T> {
    x.iter().flat_map(|x| y.iter().map(move |y| x.clone() * y.clone())).collect()
}

/// The coordinates `x_i x_j`, `i ≤ j`, of `xxᵀ`.
fn square<T: Scalar>(x: &[T]) -> Vec<T> {
    (0..x.len())
        .flat_map(|i| (i..x.len()).map(move |j| (i, j)))
        .map(|(i, j)| x[i].clone() * x[j].clone())
        .collect()
}

fn definitions<T: Scalar>(scene: &Scene) -> Outcome {
    let (signed, dense) = (scene.signed(), scene.dense::<T>());
    let group = signed.group().clone();
    let n = signed.dim();
    let g = &scene.element(0);
    let (plain, growth) = (Growth::INDEX_MAP, Growth::of_basis(&dense));
    let (x, y) = (vector::<T>(scene, Which::Q, n), vector::<T>(scene, Which::P, n));
    let (signed_x, dense_y) = (signed.apply(g, &x), dense.apply(g, &y));
    // One rounding makes each entry of a product of vectors; the construction and the factors by
    // themselves carry r more of the same terms.
    let product = |left: &[T], right: &[T], growth: Growth| {
        let terms = growth.forward * largest(&x).max(largest(&y)).powi(2);
        let tolerance = rounding::<T>(2 * growth.roundings + 2) * terms;
        Residual::new(distance(left, right), tolerance)
    };
    let exactly = |left: &[T], right: &[T]| Residual::new(distance(left, right), 0.0);
    let absolute = |x: &[T]| x.iter().map(Scalar::magnitude).collect::<Vec<T>>();

    let unsigned = Unsigned::new(signed.clone()).apply(g, &absolute(&x));
    let square_of_dense = SymmetricSquare::new(dense.clone()).apply(g, &square(&y));
    let square_of_signed = SymmetricSquare::new(signed.clone()).apply(g, &square(&x));
    let mut outcome = Outcome::new(
        "|ρ(g)||x| = |ρ(g)x|",
        exactly(unsigned.as_slice(), &absolute(signed_x.as_slice())),
    )
    .and(
        "g(xxᵀ) = (gx)(gx)ᵀ",
        product(
            square_of_dense.as_slice(),
            &square(dense_y.as_slice()),
            growth.symmetric_square(n),
        ),
    )
    .and(
        "g(xxᵀ) = (gx)(gx)ᵀ for signed permutations",
        product(square_of_signed.as_slice(), &square(signed_x.as_slice()), plain),
    )
    .and(
        "gx = x in the trivial representation",
        exactly(Trivial::new(group.clone(), n).apply(g, &x).as_slice(), &x),
    );
    match (
        DirectSum::new(signed.clone(), dense.clone()),
        Tensor::new(signed.clone(), dense.clone()),
        Tensor::new(signed.clone(), signed.clone()),
    ) {
        (Ok(sum), Ok(tensor), Ok(signed_tensor)) => {
            let both = [x.clone(), y.clone()].concat();
            let parts = [signed_x.as_slice(), dense_y.as_slice()].concat();
            let signed_y = signed.apply(g, &y);
            outcome = outcome
                .and("g(v, w) = (gv, gw)", exactly(sum.apply(g, &both).as_slice(), &parts))
                .and(
                    "g(v ⊗ w) = gv ⊗ gw",
                    product(
                        tensor.apply(g, &outer(&x, &y)).as_slice(),
                        &outer(signed_x.as_slice(), dense_y.as_slice()),
                        plain.tensor(growth),
                    ),
                )
                .and(
                    "g(v ⊗ w) = gv ⊗ gw for signed permutations",
                    product(
                        signed_tensor.apply(g, &outer(&x, &y)).as_slice(),
                        &outer(signed_x.as_slice(), signed_y.as_slice()),
                        plain,
                    ),
                );
        }
        _ => outcome = outcome.and("⊕ and ⊗ are made", Residual::exact(false)),
    }
    if let Ok(regular) = PermutationRep::regular(&group)
        && let Some(order) = group.small_order()
    {
        let e: Vec<T> = (0..order).map(|k| T::count(usize::from(k == 0))).collect();
        let moved = regular.apply(g, &e);
        let at = moved.iter().position(|entry| *entry == T::one());
        outcome = outcome.and("ge = g in R[G]", Residual::exact(at == group.index_of(g)));
    }
    outcome
        .and("(gW)x = g(W(g⁻¹x))", hom_moves_maps(&dense, growth, &signed, plain, g, scene))
        .and("Hom, the other way", hom_moves_maps(&signed, plain, &dense, growth, g, scene))
        .and("Hom of signed permutations", {
            hom_moves_maps::<T, _, _>(&signed, plain, &signed, plain, g, scene)
        })
}

/// `(gW)x = g(W(g⁻¹x))` for a map `W` from one representation to the other.
///
/// The left side takes the `r` roundings of the action on `W` and `n` for the product with `x`, of terms
/// that add up to `n A |W| |x|`; the right side the roundings of both actions and as many `n`, of
/// `n A_W A_V |W| |x|`.
fn hom_moves_maps<T, V, W>(
    from: &V,
    from_growth: Growth,
    to: &W,
    to_growth: Growth,
    g: &AnyElement,
    scene: &Scene,
) -> Residual
where
    T: Scalar,
    V: ActsOn<T, Group = crate::group::AnyGroup>,
    W: ActsOn<T, Group = crate::group::AnyGroup>,
{
    let (n, rows) = (from.dim(), to.dim());
    let (map, x) = (vector::<T>(scene, Which::P, rows * n), vector::<T>(scene, Which::Q, n));
    let Ok(maps) = hom(from.clone(), to.clone()) else { return Residual::exact(false) };
    // A map is a matrix in row-major order.
    let times = |map: &[T], x: &[T]| map.chunks(n).map(|row| dot(row, x)).collect::<Vec<T>>();
    let left = times(maps.apply(g, &map).as_slice(), &x);
    let back = from.apply(&from.group().inverse(g), &x);
    let right = to.apply(g, &times(&map, back.as_slice()));
    let growth = to_growth.tensor(from_growth.dual());
    let terms = n as f64
        * (growth.forward + to_growth.forward * from_growth.forward)
        * largest(&map)
        * largest(&x);
    let tolerance = rounding::<T>(growth.roundings + n) * terms;
    Residual::new(distance(&left, right.as_slice()), tolerance)
}

fn unsigned_factor<T: Scalar>(scene: &Scene) -> Outcome {
    let rep = scene.signed();
    let g = &scene.element(0);
    let (x, y) = (vector::<T>(scene, Which::Q, rep.dim()), vector::<T>(scene, Which::P, rep.dim()));
    let moved = |x: &[T]| outer(x, rep.apply(g, &y).as_slice());
    let wrong = moved(Unsigned::new(rep.clone()).apply(g, &x).as_slice());
    let error = distance(&wrong, &moved(rep.apply(g, &x).as_slice()));
    Outcome::new("|π|x ⊗ πy = πx ⊗ πy", Residual::new(error, 0.0))
}
