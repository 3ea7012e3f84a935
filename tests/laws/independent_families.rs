//! Families of independent coordinates, Dirichlet distributions, and products.

use equibayes::action::push_forward;
use equibayes::family::{
    Bernoulli, Coordinates, DiagonalGaussian, Dirichlet, Exponential, FamilyError, Gamma,
    Independent, LogNormal, LogPartition, Member, Poisson, Product, SignedLogNormal,
};
use equibayes::group::{Cyclic, Dihedral};
use equibayes::law;
use equibayes::representation::{
    DirectSum, PermutationRep, SignedPermutation, SignedPermutationRep, Trivial,
};
use equibayes::scalar::{Rational, Scalar};
use equibayes::special::Special;
use equibayes::symmetrize::{arithmetic, geometric};
use nalgebra::DVector;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A power of ten between `10^low` and `10^high`.
fn scale<T: Special>(rng: &mut ChaCha8Rng, low: f64, high: f64) -> T {
    T::approximate(10_f64.powf(rng.random_range(low..high)), 0.0)
}

fn scales<T: Special>(rng: &mut ChaCha8Rng, dim: usize, low: f64, high: f64) -> Vec<T> {
    (0..dim).map(|_| scale(rng, low, high)).collect()
}

fn numbers<T: Special>(rng: &mut ChaCha8Rng, dim: usize, size: f64) -> Vec<T> {
    (0..dim).map(|_| T::approximate(rng.random_range(-size..size), 0.0)).collect()
}

fn exponential<T: Special>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<Independent<Exponential>, T> + Copy {
    move |rng| Exponential::with_rate(&scales::<T>(rng, dim, -3.0, 3.0)).unwrap()
}

fn gamma<T: Special>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<Independent<Gamma>, T> + Copy {
    move |rng| {
        let (shape, rate) = (scales::<T>(rng, dim, -1.0, 1.5), scales::<T>(rng, dim, -1.0, 1.0));
        Gamma::with_shape_rate(&shape, &rate).unwrap()
    }
}

fn poisson<T: Special>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<Independent<Poisson>, T> + Copy {
    move |rng| Poisson::with_mean(&scales::<T>(rng, dim, -1.0, 2.0)).unwrap()
}

fn bernoulli<T: Special>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<Independent<Bernoulli>, T> + Copy {
    move |rng| Bernoulli::with_log_odds(&numbers::<T>(rng, dim, 3.0)).unwrap()
}

fn log_normal<T: Special>(
    negative: &'static [bool],
) -> impl Fn(&mut ChaCha8Rng) -> Member<Independent<LogNormal>, T> + Copy {
    move |rng| {
        let (m, v) = (numbers(rng, negative.len(), 2.0), scales(rng, negative.len(), -1.0, 0.5));
        LogNormal::with_variance::<T>(negative, &m, &v).unwrap()
    }
}

fn signed<T: Special>(
    dim: usize,
) -> impl Fn(&mut ChaCha8Rng) -> Member<Independent<SignedLogNormal>, T> + Copy {
    move |rng| {
        let (odds, m) = (numbers::<T>(rng, dim, 3.0), numbers::<T>(rng, dim, 2.0));
        SignedLogNormal::with_log_odds(&odds, &m, &scales::<T>(rng, dim, -1.0, 0.5)).unwrap()
    }
}

fn dirichlet<T: Special>(k: usize) -> impl Fn(&mut ChaCha8Rng) -> Member<Dirichlet, T> + Copy {
    move |rng| Dirichlet::with_concentration(&scales::<T>(rng, k, -0.7, 1.0)).unwrap()
}

#[test]
fn blocks_are_exponential_families() {
    for dim in [1, 3] {
        law::family(&Independent::like(Exponential, dim), exponential::<f64>(dim)).assert();
        law::family(&Independent::like(Gamma, dim), gamma::<f64>(dim)).assert();
        law::family(&Independent::like(Poisson, dim), poisson::<f64>(dim)).assert();
        law::family(&Independent::like(Bernoulli, dim), bernoulli::<f64>(dim)).assert();
        law::family(&Independent::like(SignedLogNormal, dim), signed::<f64>(dim)).assert();
    }
    let blocks = [false, true].map(|negative| LogNormal { negative }).to_vec();
    law::family(&Independent::new(blocks), log_normal::<f64>(&[false, true])).assert();
    law::family(&Dirichlet::new(2).unwrap(), dirichlet::<f64>(2)).assert();
    law::family(&Dirichlet::new(4).unwrap(), dirichlet::<f64>(4)).assert();
}

#[test]
fn blocks_in_single_precision() {
    law::family(&Independent::like(Exponential, 2), exponential::<f32>(2)).assert();
    law::family(&Independent::like(Gamma, 2), gamma::<f32>(2)).assert();
    law::family(&Independent::like(Poisson, 2), poisson::<f32>(2)).assert();
    law::family(&Independent::like(Bernoulli, 2), bernoulli::<f32>(2)).assert();
    law::family(&Independent::like(SignedLogNormal, 2), signed::<f32>(2)).assert();
    law::family(&Dirichlet::new(3).unwrap(), dirichlet::<f32>(3)).assert();
}

#[test]
fn edges_of_the_domains() {
    law::coordinates(&Independent::like(Gamma, 2), |rng| {
        let (shape, rate) = (scales(rng, 2, -8.0, 12.0), scales(rng, 2, -20.0, 20.0));
        Gamma::with_shape_rate::<f64>(&shape, &rate).unwrap()
    })
    .assert();
    law::coordinates(&Independent::like(Exponential, 2), |rng| {
        Exponential::with_rate::<f64>(&scales(rng, 2, -100.0, 100.0)).unwrap()
    })
    .assert();
    law::coordinates(&Independent::like(Poisson, 2), |rng| {
        // The kit's difference quotients step by 2⁻¹⁸ standard deviations of T, 2⁻¹⁸/√λ in η.
        Poisson::with_mean::<f64>(&scales(rng, 2, -6.0, 100.0)).unwrap()
    })
    .assert();
    law::coordinates(&Independent::like(Bernoulli, 2), |rng| {
        Bernoulli::with_probability::<f64>(&scales(rng, 2, -6.0, -0.01)).unwrap()
    })
    .assert();
}

#[test]
fn exponentials_are_exact_in_rational_arithmetic() {
    let members = |rng: &mut ChaCha8Rng| {
        let rate: [Rational; 3] =
            std::array::from_fn(|_| Rational::ratio(rng.random_range(1..=24), 7));
        Exponential::with_rate(&rate).unwrap()
    };
    let family = Independent::like(Exponential, 3);
    law::coordinates(&family, members).assert();
    let shift = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    law::averages(&family, &shift, members).assert();
    law::statistic(&family, &shift, |rng| {
        DVector::from_fn(3, |_, _| Rational::ratio(rng.random_range(1..=24), 7))
    })
    .assert();
}

fn shift() -> PermutationRep<Cyclic> {
    PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap()
}

fn turns() -> SignedPermutationRep<Cyclic> {
    SignedPermutationRep::from_fn(Cyclic::new(4).unwrap(), 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    })
}

#[test]
fn blocks_are_closed_under_permutations() {
    let d3 = PermutationRep::regular(&Dihedral::new(3).unwrap()).unwrap();
    law::closed(&Independent::like(Exponential, 6), &d3, exponential::<f64>(6)).assert();
    law::closed(&Independent::like(Gamma, 3), &shift(), gamma::<f64>(3)).assert();
    law::closed(&Independent::like(Gamma, 3), &shift(), gamma::<f32>(3)).assert();
    law::closed(&Independent::like(Poisson, 3), &shift(), poisson::<f64>(3)).assert();
    law::closed(&Independent::like(Bernoulli, 3), &shift(), bernoulli::<f64>(3)).assert();
    let like = Independent::like(LogNormal { negative: true }, 3);
    law::closed(&like, &shift(), log_normal::<f64>(&[true; 3])).assert();
    law::closed(&Dirichlet::new(3).unwrap(), &shift(), dirichlet::<f64>(3)).assert();
}

#[test]
fn log_normals_of_both_signs_are_closed_under_signed_permutations() {
    law::closed(&Independent::like(SignedLogNormal, 2), &turns(), signed::<f64>(2)).assert();
    law::closed(&Independent::like(SignedLogNormal, 3), &shift(), signed::<f64>(3)).assert();
}

#[test]
fn products_are_closed_under_sums() {
    let c3 = Cyclic::new(3).unwrap();
    let sum = DirectSum::new(shift(), Trivial::new(c3, 1)).unwrap();
    let (a, b) = (Independent::like(Gamma, 3), Independent::like(Poisson, 1));
    let members =
        |rng: &mut ChaCha8Rng| Product::of(&gamma::<f64>(3)(rng), &poisson::<f64>(1)(rng));
    law::family(&Product::new(a.clone(), b.clone()), members).assert();
    law::closed(&Product::new(a, b), &sum, members).assert();

    let sum = DirectSum::new(turns(), turns()).unwrap();
    let family = Product::new(DiagonalGaussian::new(2), Independent::like(SignedLogNormal, 2));
    let members = |rng: &mut ChaCha8Rng| {
        let m = numbers::<f64>(rng, 2, 2.0);
        let gaussian = DiagonalGaussian::with_variance(&m, &scales(rng, 2, -1.0, 0.5)).unwrap();
        Product::of(&gaussian, &signed(2)(rng))
    };
    law::closed(&family, &sum, members).assert();
}

#[test]
fn unlike_coordinates_are_not_permuted() {
    let swap = PermutationRep::regular(&Cyclic::new(2).unwrap()).unwrap();
    let q = LogNormal::with_variance(&[false, true], &[0.0, 1.0], &[1.0, 2.0]).unwrap();
    let refused = |result: Result<Member<_, f64>, FamilyError>| {
        assert!(matches!(result, Err(FamilyError::Unlike { from: 0, to: 1, .. })), "{result:?}");
    };
    refused(push_forward(&q, &swap, &1));
    refused(geometric(&q, &swap));
    refused(arithmetic(&q, &swap));
    // The moved law has its mass where no member of the family has any: the family is not closed.
    let draw = [2.0, -1.0];
    assert!(q.family().log_density(&q, &draw) > f64::NEG_INFINITY);
    assert_eq!(q.family().log_density(&q, &[draw[1], draw[0]]), f64::NEG_INFINITY);

    // A product of the right total dimension, split elsewhere.
    let c2 = Cyclic::new(2).unwrap();
    let sum = DirectSum::new(swap, Trivial::new(c2, 1)).unwrap();
    let (one, two) = (Exponential::with_rate(&[1.0]), Exponential::with_rate(&[1.0, 2.0]));
    let q = Product::of(&one.unwrap(), &two.unwrap());
    assert!(matches!(
        push_forward(&q, &sum, &1),
        Err(FamilyError::WrongRepresentation { representation: 2, family: 1 })
    ));
}

#[test]
fn bad_parameters_are_typed_errors() {
    let not_positive = |error: FamilyError| matches!(error, FamilyError::NotPositive { .. });
    assert!(not_positive(Exponential::with_rate(&[1.0, 0.0]).unwrap_err()));
    assert!(not_positive(Gamma::with_shape_rate(&[f64::NAN], &[1.0]).unwrap_err()));
    assert!(not_positive(Poisson::with_mean(&[-1.0]).unwrap_err()));
    assert!(not_positive(Bernoulli::with_probability(&[1.0]).unwrap_err()));
    assert!(not_positive(Dirichlet::with_concentration(&[1.0, -2.0]).unwrap_err()));
    assert!(matches!(Dirichlet::new(1), Err(FamilyError::Size { got: 1, .. })));
    assert!(Gamma::with_shape_rate(&[1.0, 2.0], &[1.0]).is_err());
    assert!(LogNormal::with_variance(&[true], &[0.0], &[-1.0]).is_err());
    // Means that no member has.
    let gamma = Independent::like(Gamma, 1);
    assert!(not_positive(Member::from_mean(gamma, DVector::from_vec(vec![1.0, 2.0])).unwrap_err()));
    let simplex = Dirichlet::new(2).unwrap();
    let mean = DVector::from_vec(vec![-0.1, -0.1]);
    assert!(not_positive(Member::from_mean(simplex, mean).unwrap_err()));
    let outside = Coordinates::<f64>::sufficient_statistic(&simplex, &[0.5, 0.5]);
    assert_eq!(outside.len(), 2);
}
