use equibayes::action::{ClosedUnder, push_forward};
use equibayes::family::{
    BinaryIsing, Coordinates, ExponentialFamily, FamilyError, FiniteSupport, Ising, LogPartition,
    Member, SpinEncoding, SpinFamily,
};
use equibayes::group::{Cyclic, Dihedral, DihedralElement};
use equibayes::law;
use equibayes::representation::{ActsOn, PermutationRep, SignedPermutation, SignedPermutationRep};
use equibayes::symmetrize::{arithmetic, geometric, orbit_divergence};
use nalgebra::{DVector, dvector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const SQUARE: [(usize, usize); 4] = [(0, 1), (1, 2), (3, 2), (0, 3)];

/// Fields and couplings up to 3 either way: probabilities down to about 10⁻¹⁰.
fn member<E: SpinEncoding>(
    rng: &mut ChaCha8Rng,
    family: &SpinFamily<E>,
) -> Member<SpinFamily<E>, f64> {
    let reach = [0.5, 1.0, 3.0][rng.random_range(0..3)];
    let eta = DVector::from_fn(family.statistic_dim(), |_, _| rng.random_range(-reach..reach));
    Member::from_natural(family.clone(), eta).unwrap()
}

/// The rotations of a cycle, each step of which also flips the spin that comes to vertex 0.
fn twisted(n: usize) -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(2 * n).unwrap(), n, move |&k| {
        SignedPermutation::from_fn(n, |i| ((i + k) % n, (i + k) / n % 2 == 1))
    })
}

/// Rotations of a cycle, and a flip of everything.
fn with_flip(n: usize) -> SignedPermutationRep<Dihedral> {
    // Reflections of the polygon also flip all spins.
    SignedPermutationRep::from_fn(Dihedral::new(n).unwrap(), n, move |g: &DihedralElement| {
        SignedPermutation::from_fn(n, |i| {
            let start = if g.reflected { n - i } else { i };
            ((start + g.rotation) % n, g.reflected)
        })
    })
}

#[test]
fn is_an_exponential_family() {
    let (signs, bits) = (Ising::new(3, &[(0, 1), (1, 2)]), BinaryIsing::new(3, &[(0, 1), (1, 2)]));
    let (signs, bits) = (signs.unwrap(), bits.unwrap());
    law::family(&signs, |rng| member(rng, &signs)).assert();
    law::family(&bits, |rng| member(rng, &bits)).assert();
    let square = Ising::new(4, &SQUARE).unwrap();
    law::family(&square, |rng| member(rng, &square)).assert();
    let single = Ising::new(1, &[]).unwrap();
    law::family(&single, |rng| {
        Member::from_natural(single.clone(), dvector![rng.random_range(-1.0..1.0_f32)]).unwrap()
    })
    .assert();
}

#[test]
fn is_closed_under_flips_and_automorphisms() {
    for edges in [&SQUARE[..], &[(0, 2), (1, 3)], &[]] {
        let (signs, bits) = (Ising::new(4, edges).unwrap(), BinaryIsing::new(4, edges).unwrap());
        law::closed(&signs, &twisted(4), |rng| member(rng, &signs)).assert();
        law::closed(&bits, &twisted(4), |rng| member(rng, &bits)).assert();
        law::closed(&signs, &with_flip(4), |rng| member(rng, &signs)).assert();
        law::closed(&bits, &with_flip(4), |rng| member(rng, &bits)).assert();
        let shift = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
        law::closed(&bits, &shift, |rng| member(rng, &bits)).assert();
    }
}

#[test]
fn maps_that_are_no_automorphisms_are_refused() {
    let path = Ising::new(4, &[(0, 1), (1, 2), (2, 3)]).unwrap();
    let shift = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
    let q = Member::from_natural(path, DVector::from_element(7, 0.1)).unwrap();
    let refused = |result: Result<(), FamilyError>| {
        assert!(
            matches!(result, Err(FamilyError::NotAnAutomorphism { edge: (2, 3), image: (3, 0) })),
            "{result:?}"
        );
    };
    refused(push_forward(&q, &shift, &1).map(drop));
    refused(geometric(&q, &shift).map(drop));
    refused(arithmetic(&q, &shift).map(drop));
    refused(orbit_divergence(&q, &shift).map(drop));
    let other = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    assert!(matches!(
        push_forward(&q, &other, &1),
        Err(FamilyError::WrongRepresentation { representation: 3, family: 4 })
    ));
}

/// `T(ρ(g)θ)` at every state, by the definition, against `τ(g)T(θ) + c(g)`, for every element.
#[test]
fn flips_shift_bits_as_enumeration_says() {
    let (family, rep) = (BinaryIsing::new(4, &SQUARE).unwrap(), twisted(4));
    let tau = ClosedUnder::<_, f64>::statistic_action(&family, &rep);
    let mut shifted = 0;
    for g in 0..8 {
        let shift: DVector<f64> = family.statistic_shift(&rep, &g).unwrap();
        shifted += usize::from(shift.norm() > 0.0);
        for theta in FiniteSupport::<f64>::support(&family) {
            let moved = rep.apply(&g, theta.as_slice());
            let statistic = family.sufficient_statistic(theta.as_slice());
            let expected = tau.apply(&g, statistic.as_slice()) + &shift;
            assert_eq!(family.sufficient_statistic(moved.as_slice()), expected);
        }
    }
    assert_eq!(shifted, 7);
}

/// The partition function of a closed chain: `(2 cosh J)^n + (2 sinh J)^n` (Ising 1925).
#[test]
fn a_closed_chain_has_the_transfer_matrix_value() {
    for (n, coupling) in [(3, 0.4_f64), (5, -1.3), (9, 2.0)] {
        let edges: Vec<(usize, usize)> = (0..n).map(|i| (i, (i + 1) % n)).collect();
        let eta = DVector::from_fn(2 * n, |k, _| if k < n { 0.0 } else { coupling });
        let q = Member::from_natural(Ising::new(n, &edges).unwrap(), eta).unwrap();
        let power = n as i32;
        let exact =
            ((2.0 * coupling.cosh()).powi(power) + (2.0 * coupling.sinh()).powi(power)).ln();
        let found = q.family().log_partition(&q);
        // A sum of 2ⁿ terms, each the exponential of 2n roundings of numbers whose sizes sum to n|J|; the powers on
        // the other side have n roundings, and where they cancel the odd one is below the even one by tanhⁿ|J|.
        let size = n as f64 * coupling.abs();
        let kept = 1.0 - coupling.tanh().abs().powi(power);
        let roundings =
            2.0 * n as f64 * size + (1 << n) as f64 + (4 * n + 8) as f64 / kept + 2.0 * exact;
        let tolerance = roundings * f64::EPSILON / 2.0;
        assert!((found - exact).abs() <= tolerance, "{n}: {found}, expected {exact}");
    }
}

#[test]
fn bad_graphs_and_parameters_are_refused() {
    assert!(matches!(Ising::new(0, &[]), Err(FamilyError::Size { got: 0, .. })));
    assert!(matches!(Ising::new(13, &[]), Err(FamilyError::Size { got: 13, .. })));
    for edges in [&[(0, 0)][..], &[(0, 3)], &[(0, 1), (1, 0)]] {
        assert!(matches!(Ising::new(3, edges), Err(FamilyError::NotAnEdge { .. })));
    }
    let family = Ising::new(3, &[(0, 1), (1, 2), (0, 2)]).unwrap();
    // Three spins cannot be opposite to each other in pairs: E ab + E bc + E ac ≥ −1.
    for pairs in [-0.4, -0.34] {
        let mu = dvector![0.0, 0.0, 0.0, pairs, pairs, pairs];
        let refused = Member::from_mean(family.clone(), mu);
        assert!(matches!(refused, Err(FamilyError::NoNaturalParameter)), "{pairs}");
    }
    assert!(
        Member::from_mean(family.clone(), dvector![0.0, 0.0, 0.0, -0.33, -0.33, -0.33]).is_ok()
    );
    assert!(Member::from_mean(family.clone(), dvector![1.0, 0.0, 0.0, 0.0, 0.0, 0.0]).is_err());
    assert!(Member::from_mean(family.clone(), dvector![0.0]).is_err());
    assert!(Member::from_natural(family.clone(), DVector::from_element(6, f64::NAN)).is_err());
    assert!(Member::from_natural(family.clone(), DVector::from_element(6, 1e3)).is_err());
    let q = Member::from_natural(family, DVector::from_element(6, 0.5)).unwrap();
    assert_eq!(q.family().log_density(&q, &[1.0, 0.5, -1.0]), f64::NEG_INFINITY);
}
