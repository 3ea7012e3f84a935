//! The crate's symmetrisations.

use super::own_families::{diagonal, full};
use equibayes::group::{Cyclic, Dihedral};
use equibayes::law;
use equibayes::representation::{
    ChangeOfBasis, PermutationRep, SignedPermutation, SignedPermutationRep,
};
use equibayes::scalar::{Rational, Scalar};
use equibayes::symmetrize::{Arithmetic, Geometric, Projection};
use nalgebra::dmatrix;

fn regular() -> PermutationRep<Dihedral> {
    PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap()
}

/// The quarter turns, which kill both means.
fn turns() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    })
}

#[test]
fn of_diagonal_gaussians() {
    let (rep, turns) = (regular(), turns());
    law::symmetrization(&Geometric, &rep, diagonal::<f64>(6)).assert();
    law::symmetrization(&Arithmetic, &rep, diagonal::<f64>(6)).assert();
    law::symmetrization(&Projection, &rep, diagonal::<f64>(6)).assert();
    law::symmetrization(&Geometric, &turns, diagonal::<f64>(2)).assert();
    law::symmetrization(&Arithmetic, &turns, diagonal::<f64>(2)).assert();
    law::symmetrization(&Projection, &turns, diagonal::<f64>(2)).assert();
}

#[test]
fn of_diagonal_gaussians_in_single_precision() {
    let rep = regular();
    law::symmetrization(&Geometric, &rep, diagonal::<f32>(6)).assert();
    law::symmetrization(&Arithmetic, &rep, diagonal::<f32>(6)).assert();
    law::symmetrization(&Projection, &rep, diagonal::<f32>(6)).assert();
}

#[test]
fn of_diagonal_gaussians_exactly() {
    let (rep, turns) = (regular(), turns());
    law::symmetrization(&Geometric, &rep, diagonal::<Rational>(6)).assert();
    law::symmetrization(&Arithmetic, &rep, diagonal::<Rational>(6)).assert();
    law::symmetrization(&Geometric, &turns, diagonal::<Rational>(2)).assert();
    law::symmetrization(&Arithmetic, &turns, diagonal::<Rational>(2)).assert();
}

#[test]
fn of_full_gaussians() {
    let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    let basis = dmatrix![1i64, 0, 0; -2, 1, 0; 1, 1, 1];
    let sheared = ChangeOfBasis::new(shift.clone(), basis.map(|x| x as f64)).unwrap();
    law::symmetrization(&Geometric, &sheared, full::<f64>(3)).assert();
    law::symmetrization(&Arithmetic, &sheared, full::<f64>(3)).assert();
    let exact = ChangeOfBasis::new(shift, basis.map(|x| Rational::ratio(x, 1))).unwrap();
    law::symmetrization(&Geometric, &exact, full::<Rational>(3)).assert();
    law::symmetrization(&Arithmetic, &exact, full::<Rational>(3)).assert();
    let turns = turns();
    law::symmetrization(&Geometric, &turns, full::<f64>(2)).assert();
    law::symmetrization(&Arithmetic, &turns, full::<f64>(2)).assert();
}
