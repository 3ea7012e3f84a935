use equibayes::action::push_forward;
use equibayes::family::{Categorical, FamilyError, LogPartition, Member};
use equibayes::group::{Cyclic, Permutation, PermutationGroup};
use equibayes::law;
use equibayes::representation::{ActsOn, PermutationRep};
use nalgebra::{DVector, dvector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Log-odds up to 20 either way.
fn member(rng: &mut ChaCha8Rng, classes: usize) -> Member<Categorical, f64> {
    let reach = [1.0, 1.0, 5.0, 20.0][rng.random_range(0..4)];
    let eta = DVector::from_fn(classes - 1, |_, _| rng.random_range(-reach..reach));
    Member::from_natural(Categorical::new(classes).unwrap(), eta).unwrap()
}

fn symmetric(n: usize) -> PermutationRep<PermutationGroup> {
    let swap = Permutation::from_fn(n, |i| if i < 2 { 1 - i } else { i });
    let cycle = Permutation::from_fn(n, |i| (i + 1) % n);
    PermutationRep::natural(&PermutationGroup::new(n, vec![swap, cycle]).unwrap())
}

#[test]
fn is_an_exponential_family() {
    for classes in [2, 3, 6] {
        law::family(&Categorical::new(classes).unwrap(), |rng| member(rng, classes)).assert();
    }
    law::family(&Categorical::new(3).unwrap(), |rng| {
        let weights: [f32; 3] = std::array::from_fn(|_| rng.random_range(0.1..1.0));
        Categorical::with_probabilities(&weights).unwrap()
    })
    .assert();
}

#[test]
fn is_closed_under_permutations_of_the_classes() {
    let cycle = PermutationRep::regular(&Cyclic::new(4).unwrap()).unwrap();
    law::closed(&Categorical::new(4).unwrap(), &cycle, |rng| member(rng, 4)).assert();
    law::closed(&Categorical::new(5).unwrap(), &symmetric(5), |rng| member(rng, 5)).assert();
    // The last class in an orbit of two among five.
    let partial = PermutationRep::from_fn(Cyclic::new(6).unwrap(), 5, |&k| {
        Permutation::from_fn(5, |i| if i < 3 { (i + k) % 3 } else { 3 + (i - 3 + k) % 2 })
    });
    law::closed(&Categorical::new(5).unwrap(), &partial, |rng| member(rng, 5)).assert();
}

#[test]
fn near_divergences_are_those_of_the_series() {
    // KL(p + sv ‖ p) = ½ s² Σ v²/p + O(s³).
    let p = [0.25, 0.25, 0.5];
    let q = Categorical::with_probabilities(&p).unwrap();
    for k in [10, 20, 30, 40] {
        let s = 2f64.powi(-k);
        let moved = Categorical::with_probabilities(&[p[0] + s, p[1] - s, p[2]]).unwrap();
        let kl = q.family().kl(&moved, &q);
        let expected = 0.5 * s * s * 8.0;
        // The next term of the series is relative s², this being symmetric in s; the probabilities
        // are rounded by u relative to a difference of s.
        assert!((kl / expected - 1.0).abs() < 8.0 * s * s + 32.0 * f64::EPSILON / s, "{k}: {kl:e}");
    }
}

#[test]
fn edges_and_refusals() {
    assert!(matches!(Categorical::new(1), Err(FamilyError::Size { got: 1, .. })));
    let with = |weights: &[f64]| Categorical::with_probabilities(weights);
    assert!(with(&[1.0]).is_err());
    assert!(matches!(with(&[1.0, 0.0]), Err(FamilyError::NotPositive { index: 1, .. })));
    assert!(with(&[1.0, f64::NAN]).is_err());
    assert!(with(&[f64::INFINITY, 1.0]).is_err());
    // Probabilities of 1e-300 are still told apart.
    let tiny = with(&[1e-300, 2e-300, 1.0]).unwrap();
    assert!(
        (tiny.natural().as_slice()[1] - tiny.natural().as_slice()[0] - 2f64.ln()).abs() < 1e-12
    );
    assert!(with(&[1e-300, 1e300]).is_err());
    let family = Categorical::new(3).unwrap();
    for mu in [[0.5, 0.5], [0.7, 0.7], [0.0, 0.5], [-0.1, 0.5]] {
        assert!(Member::from_mean(family, DVector::from_column_slice(&mu)).is_err(), "{mu:?}");
    }
    assert!(Member::from_natural(family, dvector![-800.0, 0.0]).is_err());
    assert!(Member::from_natural(family, dvector![f64::NAN, 0.0]).is_err());
    // Nothing has the density of what is no class.
    let q = with(&[0.2, 0.3, 0.5]).unwrap();
    for theta in [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.5, 0.5, 0.0], [2.0, 0.0, 0.0]] {
        assert_eq!(q.family().log_density(&q, &theta), f64::NEG_INFINITY);
    }
    let wrong = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
    assert!(push_forward(&q, &wrong, &1).is_err());
    assert_eq!(wrong.apply(&1, &[1.0, 2.0]).as_slice(), [2.0, 1.0]);
}
