//! The crate's representations, in every scalar that they have.

use super::own_groups::permutation_groups;
use equibayes::group::{AnyGroup, Cyclic, Dihedral, Finite, Group};
use equibayes::law;
use equibayes::representation::{
    ActsByPermutations, ActsBySignedPermutations, ActsOn, ActsOnGrid, ActsOrthogonally,
    ChangeOfBasis, Dense, DirectSum, Dual, PermutationRep, Representation, SignedPermutation,
    SignedPermutationRep, SymmetricSquare, Tensor, Trivial, Unsigned, hom,
};
use equibayes::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, dmatrix};

fn holds_over<T: Scalar, R: ActsOn<T>>(rep: &R, condition: f64)
where
    R::Group: Finite,
{
    law::representation_over::<T, R>(rep, condition).assert();
    law::reynolds_over::<T, R>(rep, condition).assert();
}

fn holds<R>(rep: &R)
where
    R: ActsOn<f64> + ActsOn<Rational>,
    R::Group: Finite,
{
    holds_over::<f64, R>(rep, 1.0);
    holds_over::<Rational, R>(rep, 1.0);
}

fn holds_signed<R>(rep: &R)
where
    R: ActsBySignedPermutations + ActsOn<f64> + ActsOn<Rational>,
    R::Group: Finite,
{
    holds(rep);
    law::signed_permutations(rep).assert();
}

fn holds_orthogonally<R>(rep: &R)
where
    R: ActsOrthogonally + ActsOn<f64> + ActsOn<Rational>,
    R::Group: Finite,
{
    law::orthogonal(rep).assert();
    law::orthogonal_over::<Rational, R>(rep, 1.0).assert();
}

fn holds_unsigned<R>(rep: &R)
where
    R: ActsByPermutations + ActsOrthogonally + ActsOn<f64> + ActsOn<Rational>,
    R::Group: Finite,
{
    holds_signed(rep);
    law::permutations(rep).assert();
    holds_orthogonally(rep);
}

/// The quarter turns of the plane, `C_4`.
fn turns() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    })
}

/// The symmetries of the `n`-gon as rotations and reflections of the plane.
fn polygon(n: usize) -> Dense<Dihedral, f64> {
    Dense::from_fn(Dihedral::new(n).unwrap(), 2, move |g| {
        let (sin, cos) = (std::f64::consts::TAU * g.rotation as f64 / n as f64).sin_cos();
        let sign = if g.reflected { -1.0 } else { 1.0 };
        dmatrix![cos, -sin * sign; sin, cos * sign]
    })
}

/// `C_3` by an integer matrix of order 3, which is not orthogonal.
fn order_three<T: Scalar>() -> Dense<Cyclic, T> {
    Dense::from_fn(Cyclic::new(3).unwrap(), 2, |&k| {
        let power = [dmatrix![1, 0; 0, 1], dmatrix![0, -1; 1, -1], dmatrix![-1, 1; -1, 0]];
        power[k].map(|entry: i64| T::ratio(entry, 1))
    })
}

#[test]
fn trivial() {
    holds_unsigned(&Trivial::new(Dihedral::new(3).unwrap(), 4));
    holds_unsigned(&Trivial::new(Cyclic::new(1).unwrap(), 0));
}

#[test]
fn regular() {
    for n in [1, 2, 5] {
        holds_unsigned(&PermutationRep::regular(&Cyclic::new(n).unwrap()).unwrap());
        holds_unsigned(&PermutationRep::regular(&Dihedral::new(n).unwrap()).unwrap());
    }
    let any = AnyGroup::from(Dihedral::new(3).unwrap());
    holds_unsigned(&PermutationRep::regular(&any).unwrap());
}

#[test]
fn natural() {
    for group in permutation_groups() {
        holds_unsigned(&PermutationRep::natural(&group));
    }
}

#[test]
fn grids() {
    for side in 0..=4 {
        holds_unsigned(&Cyclic::new(2).unwrap().on_grid(side).unwrap());
        holds_unsigned(&Cyclic::new(4).unwrap().on_grid(side).unwrap());
        holds_unsigned(&Dihedral::new(4).unwrap().on_grid(side).unwrap());
    }
    for n in [1, 2] {
        holds_unsigned(&Dihedral::new(n).unwrap().on_grid(3).unwrap());
    }
    holds_unsigned(&AnyGroup::from(Dihedral::new(4).unwrap()).on_grid(3).unwrap());
}

#[test]
fn products_of_permutations() {
    let c4 = Cyclic::new(4).unwrap();
    let channels = PermutationRep::regular(&c4).unwrap();
    holds_unsigned(&channels.product(&c4.on_grid(2).unwrap()).unwrap());
}

#[test]
fn signed() {
    holds_signed(&turns());
    holds_orthogonally(&turns());
    // The sign of a reflection, on one coordinate.
    let sign = SignedPermutationRep::from_fn(Dihedral::new(3).unwrap(), 1, |g| {
        let reflected = g.reflected;
        SignedPermutation::from_fn(1, move |i| (i, reflected))
    });
    holds_signed(&sign);
    holds_unsigned(&Unsigned::new(turns()));
}

#[test]
fn dense() {
    for n in [1, 3, 5, 8] {
        holds_over::<f64, _>(&polygon(n), 1.0);
    }
    holds_over::<f64, _>(&order_three::<f64>(), 1.0);
    holds_over::<Rational, _>(&order_three::<Rational>(), 1.0);
}

#[test]
fn single_precision() {
    // One of each kind: index maps, products of them, matrices that round, and both together.
    let d4 = Dihedral::new(4).unwrap();
    let grid = d4.on_grid(3).unwrap();
    holds_over::<f32, _>(&grid, 1.0);
    law::orthogonal_over::<f32, _>(&grid, 1.0).assert();
    holds_over::<f32, _>(&Tensor::new(turns(), turns()).unwrap(), 1.0);
    let polygon = Dense::from_fn(Cyclic::new(7).unwrap(), 2, |&k| {
        let (sin, cos) = (std::f32::consts::TAU * k as f32 / 7.0).sin_cos();
        dmatrix![cos, -sin; sin, cos]
    });
    holds_over::<f32, _>(&polygon, 1.0);
    holds_over::<f32, _>(&SymmetricSquare::new(Dual::new(polygon)), 1.0);
}

#[test]
fn duals() {
    holds_unsigned(&Dual::new(PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap()));
    holds_signed(&Dual::new(turns()));
    holds_over::<f64, _>(&Dual::new(polygon(5)), 1.0);
    holds_over::<Rational, _>(&Dual::new(order_three::<Rational>()), 1.0);
}

#[test]
fn direct_sums() {
    let sum = DirectSum::new(turns(), Trivial::new(Cyclic::new(4).unwrap(), 2)).unwrap();
    holds_signed(&sum);
    holds_orthogonally(&sum);
    let c3 = Cyclic::new(3).unwrap();
    holds_unsigned(
        &DirectSum::new(PermutationRep::regular(&c3).unwrap(), Trivial::new(c3, 1)).unwrap(),
    );
    let mixed =
        DirectSum::new(order_three::<Rational>(), PermutationRep::regular(&c3).unwrap()).unwrap();
    holds_over::<Rational, _>(&mixed, 1.0);
}

#[test]
fn tensor_products() {
    let c4 = Cyclic::new(4).unwrap();
    let signed = Tensor::new(turns(), PermutationRep::regular(&c4).unwrap()).unwrap();
    holds_signed(&signed);
    holds_orthogonally(&signed);
    let regular = PermutationRep::regular(&c4).unwrap();
    holds_unsigned(&Tensor::new(regular.clone(), regular).unwrap());
    // A factor that is no signed permutation, on either side.
    let c3 = Cyclic::new(3).unwrap();
    let shift = PermutationRep::regular(&c3).unwrap();
    let left = Tensor::new(order_three::<Rational>(), shift.clone()).unwrap();
    holds_over::<Rational, _>(&left, 1.0);
    let right = Tensor::new(shift, order_three::<Rational>()).unwrap();
    holds_over::<Rational, _>(&right, 1.0);
    holds_over::<f64, _>(&Tensor::new(polygon(5), polygon(5)).unwrap(), 1.0);
    // One factor of dimension 0.
    holds_unsigned(&Tensor::new(Trivial::new(c3, 0), Trivial::new(c3, 2)).unwrap());
}

#[test]
fn hom_spaces() {
    let c3 = Cyclic::new(3).unwrap();
    let shift = PermutationRep::regular(&c3).unwrap();
    holds_unsigned(&hom(shift.clone(), Trivial::new(c3, 2)).unwrap());
    holds_over::<Rational, _>(&hom(order_three::<Rational>(), shift).unwrap(), 1.0);
    holds_over::<f64, _>(&hom(polygon(3), polygon(3)).unwrap(), 1.0);
}

#[test]
fn symmetric_squares() {
    holds_signed(&SymmetricSquare::new(turns()));
    let regular = SymmetricSquare::new(PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap());
    holds_signed(&regular);
    law::permutations(&regular).assert();
    holds_over::<f64, _>(&SymmetricSquare::new(polygon(5)), 1.0);
    holds_over::<Rational, _>(&SymmetricSquare::new(order_three::<Rational>()), 1.0);
}

#[test]
fn changes_of_basis() {
    let regular = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
    let triangular = |scale: i64| {
        DMatrix::from_fn(6, 6, move |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => scale,
            std::cmp::Ordering::Greater => (i * 7 + j * 3) as i64 % 5 - 2,
        })
    };
    // Integers with a unit diagonal have integer inverses: exact even in floating point.
    let whole = ChangeOfBasis::new(regular.clone(), triangular(1).map(|x| x as f64)).unwrap();
    holds_over::<f64, _>(&whole, 1.0);
    let exact =
        ChangeOfBasis::new(regular.clone(), triangular(3).map(|x| Rational::ratio(x, 1))).unwrap();
    holds_over::<Rational, _>(&exact, 1.0);
    // With a diagonal of 3 the inverse rounds, and the condition number says by how much.
    let rounded = ChangeOfBasis::new(regular, triangular(3).map(|x| x as f64)).unwrap();
    holds_over::<f64, _>(&rounded, rounded.condition());
}

#[test]
fn an_ill_conditioned_basis_needs_its_condition_number() {
    let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
    let basis = dmatrix![1.0, 1.0; 1.0, 1.0 + 1e-7] / 3.0;
    let rep = ChangeOfBasis::new(swap, basis).unwrap();
    assert!(rep.condition() > 1e7);
    law::representation_over::<f64, _>(&rep, rep.condition()).assert();
    let group = rep.group();
    assert_eq!(group.inverse(&1), 1);
}
