use equibayes::family::{
    Coordinates, FamilyError, FisherInformation, LogPartition, Member, Wishart,
};
use equibayes::group::Cyclic;
use equibayes::law;
use equibayes::representation::{Dense, PermutationRep, SymmetricSquare};
use nalgebra::{DMatrix, dmatrix, dvector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// `ν = d − 1 + excess`, up to a fifth.
fn member(rng: &mut ChaCha8Rng, size: usize, excess: &[f64]) -> Member<Wishart, f64> {
    let root = DMatrix::from_fn(size, size, |i, j| {
        if i == j { rng.random_range(0.5..2.0) } else { rng.random_range(-0.5..0.5) }
    });
    let excess = excess[rng.random_range(0..excess.len())];
    let nu = size as f64 - 1.0 + excess * rng.random_range(0.8..1.2);
    Wishart::with_scale(&(&root * root.transpose()), nu).unwrap()
}

/// The condition of a draw is above `K` with a probability of order `K^{−excess/2}`, and that much of the
/// relative accuracy of `ln det X` is lost when the entries of `X` are rounded, whatever is done with them.
/// The kits grant the statistic some tens of roundings, so their points come from laws that are not
/// near the edge `ν = d − 1`.
const CONDITIONED: &[f64] = &[8.0, 30.0, 100.0];

#[test]
fn is_an_exponential_family() {
    for size in [1, 2, 3] {
        let family = Wishart::new(size).unwrap();
        law::family(&family, |rng| member(rng, size, CONDITIONED)).assert();
    }
}

/// The parameters themselves are good near the edge and far from it too.
#[test]
fn has_coordinates_near_the_edge_and_far_from_it() {
    for size in [1, 2, 3] {
        let family = Wishart::new(size).unwrap();
        law::coordinates(&family, |rng| member(rng, size, &[0.1, 1.0, 5.0])).assert();
        // Of many degrees of freedom, where digammas and logarithms agree to most of their digits.
        law::coordinates(&family, |rng| member(rng, size, &[1e3, 1e5, 1e8])).assert();
    }
}

#[test]
fn is_closed_under_congruence() {
    let swap = SymmetricSquare::new(PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap());
    law::closed(&Wishart::new(3).unwrap(), &swap, |rng| member(rng, 3, CONDITIONED)).assert();
    // Of finite order, but not orthogonal.
    let shear = SymmetricSquare::new(Dense::from_fn(Cyclic::new(2).unwrap(), 2, |&k| {
        if k == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![1.0, 1.0; 0.0, -1.0] }
    }));
    law::closed(&Wishart::new(2).unwrap(), &shear, |rng| member(rng, 2, CONDITIONED)).assert();
}

/// A matrix with entries as precise as they come may have no determinant left.
#[test]
fn rounded_entries_cost_a_singular_matrix_its_determinant() {
    let family = Wishart::new(2).unwrap();
    let third = 1.0_f64 / 3.0;
    // Positive definite by less than its entries are rounded by.
    let at = |epsilon: f64| family.sufficient_statistic(&[third, 1.0, 3.0 + epsilon])[3];
    assert_eq!(at(0.0), f64::NEG_INFINITY);
    assert!(at(1e-12) > (0.3e-12_f64).ln() && at(1e-12) < (0.4e-12_f64).ln());
}

#[test]
fn bad_parameters_are_refused() {
    assert!(matches!(Wishart::new(0), Err(FamilyError::Size { .. })));
    let scale = dmatrix![2.0, 0.5; 0.5, 1.0];
    for nu in [1.0, 0.5, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Wishart::with_scale(&scale, nu).is_err(), "{nu}");
    }
    assert!(Wishart::with_scale(&dmatrix![1.0, 2.0; 2.0, 1.0], 4.0).is_err());
    assert!(Wishart::with_scale(&dmatrix![1.0, 2.0], 4.0).is_err());
    let family = Wishart::new(2).unwrap();
    // E ln det X above ln det E X.
    let refused = Member::from_mean(family, dvector![1.0, 0.0, 1.0, 0.0]);
    assert!(matches!(refused, Err(FamilyError::Outside { .. })));
    assert!(Member::from_mean(family, dvector![1.0, 2.0, 1.0, -1.0]).is_err());
    let q = Wishart::with_scale(&scale, 3.0).unwrap();
    assert_eq!(q.family().log_density(&q, &[1.0, 2.0, 1.0]), f64::NEG_INFINITY);
    assert_eq!(q.family().fisher_information(&q).shape(), (4, 4));
}
