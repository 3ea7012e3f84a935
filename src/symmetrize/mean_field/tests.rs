use super::*;
use crate::family::{DiagonalGaussian, Member};
use crate::group::Cyclic;
use crate::representation::{SignedPermutation, SignedPermutationRep};
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::Why;
use crate::symmetrize::{Gap, arithmetic, geometric, orbit_divergence::linear_form};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const U: f64 = f64::EPSILON / 2.0;

/// `C_4` turning four coordinates, with signs if asked for; the product of the signs decides whether
/// the orbit is killed.
fn turn(signs: [bool; 4]) -> SignedPermutationRep<Cyclic> {
    let order = if signs.iter().filter(|&&s| s).count() % 2 == 0 { 4 } else { 8 };
    SignedPermutationRep::from_fn(Cyclic::new(order).unwrap(), 4, move |&k| {
        SignedPermutation::from_fn(4, |i| {
            (0..k).fold((i, false), |(at, sign), _| ((at + 1) % 4, sign ^ signs[at]))
        })
    })
}

fn exact(x: f64) -> Rational {
    <Rational as Scalar>::from_f64(x).unwrap()
}

fn near(value: f64, oracle: &Rational, relative: f64) -> bool {
    let error = (exact(value) - oracle.clone()).magnitude();
    error <= oracle.magnitude() * exact(relative)
}

/// A number of any sign with an exponent from −`decades` to `decades`.
fn wide(rng: &mut ChaCha8Rng, decades: f64) -> f64 {
    let sign = if rng.random::<bool>() { 1.0 } else { -1.0 };
    sign * 10f64.powf(rng.random_range(-decades..decades))
}

fn square(x: &Rational) -> Rational {
    x.clone() * x.clone()
}

/// Averages and divergences against exact arithmetic, with scales from 1e-30 to 1e30.
#[test]
fn the_fast_path_keeps_its_relative_accuracy_at_any_scale() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for case in 0..300 {
        let signs = [(); 4].map(|()| case % 3 > 0 && rng.random::<bool>());
        let rep = turn(signs);
        let orbits = SignedOrbits::of(&rep);
        let means: Vec<f64> = (0..4).map(|_| wide(&mut rng, 30.0)).collect();
        let scales: Vec<f64> = (0..4).map(|_| wide(&mut rng, 30.0).abs()).collect();
        let m: Vec<Rational> = means.iter().map(|&x| exact(x)).collect();
        let v: Vec<Rational> = scales.iter().map(|&x| square(&exact(x))).collect();
        let q = DiagonalGaussian::with_variance(&m, &v).unwrap();
        let oracles: [(Method, Member<DiagonalGaussian, Rational>); 2] = [
            (Method::Geometric, geometric(&q, &rep).unwrap()),
            (Method::Arithmetic, arithmetic(&q, &rep).unwrap()),
        ];
        for (method, oracle) in oracles {
            let (new_mean, new_scale) = symmetrize(method, &orbits, &means, &scales);
            // Means are averages of either sign: what cancels is weighted like what is averaged.
            let weights: Vec<Rational> = match method {
                Method::Geometric => v.iter().map(|v| Rational::ratio(1, 1) / v.clone()).collect(),
                _ => vec![Rational::ratio(1, 1); 4],
            };
            let total = weights.iter().fold(Rational::ratio(0, 1), |sum, w| sum + w.clone());
            let size = weights
                .iter()
                .zip(&m)
                .fold(Rational::ratio(0, 1), |sum, (w, m)| sum + w.clone() * m.magnitude())
                / total;
            for i in 0..4 {
                let error = (exact(new_mean[i]) - oracle.mean()[i].clone()).magnitude();
                // The reference is within `4 size` (it has at least a quarter of the weight), offsets
                // within 5, with 3 roundings in a term, 4 in each sum, 2 after them: below 128 in all.
                assert!(error <= size.clone() * exact(128.0 * U), "{method} mean {case}");
                // Variance: 4 in a square, 4 in the sum, 2 for the root, twice for the square; offsets are
                // off by 11 at most, relative to a spread that they make up.
                let variance = square(&exact(new_scale[i]));
                let error = (variance - oracle.variance()[i].clone()).magnitude();
                assert!(error <= oracle.variance()[i].clone() * exact(64.0 * U), "{method} {case}");
            }
        }
        let found = asymmetry(&orbits, &means, &scales);
        let total = linear_form(&q, &rep).unwrap();
        assert!(near(found.orbit_divergence, &total, 64.0 * U), "divergence {case}");
        let split = found.geometric_gap + found.arithmetic_gap + found.remainder;
        assert!((split - found.orbit_divergence).abs() <= 128.0 * U * split, "split {case}");
        // avg_g W_2² by its definition, from coordinates (m, σ).
        let distance = rep_average_distance(&rep, &m, &scales);
        assert!(near(found.wasserstein, &distance, 64.0 * U), "Wasserstein {case}");
    }
}

/// `avg_g ‖(m, σ) − (ρ(g)m, |ρ(g)|σ)‖²`, exactly.
fn rep_average_distance(
    rep: &SignedPermutationRep<Cyclic>,
    m: &[Rational],
    scales: &[f64],
) -> Rational {
    use crate::group::Finite;
    use crate::representation::{ActsBySignedPermutations, Representation};
    let s: Vec<Rational> = scales.iter().map(|&x| exact(x)).collect();
    let mut sum = Rational::ratio(0, 1);
    for g in rep.group().elements() {
        let map = rep.index_map(&g);
        let (mut moved_m, mut moved_s) = (m.to_vec(), s.clone());
        map.act(m, &mut moved_m);
        map.unsigned().act(&s, &mut moved_s);
        for i in 0..4 {
            sum += square(&(m[i].clone() - moved_m[i].clone()));
            sum += square(&(s[i].clone() - moved_s[i].clone()));
        }
    }
    sum / Rational::count(rep.group().small_order().unwrap())
}

/// A tiny asymmetry is the square of what the values differ by; computed from the averages themselves
/// it would be lost in their rounding.
#[test]
fn a_tiny_asymmetry_is_not_lost() {
    let rep = turn([false; 4]);
    let orbits = SignedOrbits::of(&rep);
    let steps = [1.0, -2.0, 3.0, 0.5];
    let scales: Vec<f64> = steps.iter().map(|k| 0.01 * (1.0 + 1e-9 * k)).collect();
    for means in [vec![0.3; 4], steps.iter().map(|k| 0.3 + 1e-11 * k).collect()] {
        let m: Vec<Rational> = means.iter().map(|&x| exact(x)).collect();
        let v: Vec<Rational> = scales.iter().map(|&x| square(&exact(x))).collect();
        let q = DiagonalGaussian::with_variance(&m, &v).unwrap();
        let found = asymmetry(&orbits, &means, &scales);
        let total = linear_form(&q, &rep).unwrap();
        assert!(near(found.orbit_divergence, &total, 64.0 * U), "{found:?}");
    }
}

/// Before the offsets were taken from the most precise coordinate, the geometric mean here was 0: the
/// pull of the precise coordinate was lost in the average of the means.
#[test]
fn a_wild_coordinate_without_weight_has_no_say() {
    let orbits = SignedOrbits::of(&turn([false; 4]));
    let (mean, _) = symmetrize(
        Method::Geometric,
        &orbits,
        &[1e20, 1.0, 1e20, 1e20],
        &[1e30, 1e-30, 1e30, 1e30],
    );
    assert_eq!(mean, [1.0; 4]);
}

/// Scales a factor of 10⁶⁰ apart: `σ²/ς² − 1` rounds to −1, whose logarithm is infinite.
#[test]
fn divergences_of_very_different_scales_are_finite() {
    let orbits = SignedOrbits::of(&turn([false; 4]));
    let found = asymmetry(&orbits, &[0.0; 4], &[1e-30, 1e30, 1.0, 1.0]);
    assert!(found.arithmetic_gap.is_finite() && found.arithmetic_gap > 0.0, "{found:?}");
    assert!(found.geometric_gap.is_finite() && found.remainder.is_finite(), "{found:?}");
}

/// Means that differ in their last bit, with scales far below it: the spread of the means is the
/// whole variance, and the average mean is no floating-point number.
#[test]
fn means_that_differ_in_the_last_bit_have_their_spread() {
    let rep = turn([false; 4]);
    let means = [1.0, 1.0 + 2.0 * U, 1.0, 1.0];
    let (_, scale) = symmetrize(Method::Arithmetic, &SignedOrbits::of(&rep), &means, &[1e-30; 4]);
    // Offsets 0, 2u, 0, 0: variance (2u)² · 3/16.
    let exact_scale = 2.0 * U * 0.1875_f64.sqrt();
    assert!((scale[0] / exact_scale - 1.0).abs() < 1e-15, "{scale:?}");
}

#[test]
fn what_is_invariant_stays_bit_for_bit() {
    let rep = turn([true, true, false, false]);
    let orbits = SignedOrbits::of(&rep);
    let first = [0.1, -0.7, 0.3, 1e-9];
    let scales = [0.1, 0.3, 1e-30, 1e30];
    for method in Method::ALL {
        let (mean, scale) = symmetrize(method, &orbits, &first, &scales);
        assert_ne!(mean, first);
        if method != Method::Tie {
            let again = symmetrize(method, &orbits, &mean, &scale);
            assert_eq!((mean.clone(), scale.clone()), again);
        }
        assert_eq!(asymmetry(&orbits, &mean, &scale), Asymmetry::default());
    }
}

#[test]
fn killed_orbits_have_no_mean_and_a_tied_one_no_scale() {
    let orbits = SignedOrbits::of(&turn([true, false, false, false]));
    let (means, scales) = ([1.0, 2.0, -3.0, 4.0], [1.0; 4]);
    for method in Method::ALL {
        let (mean, scale) = symmetrize(method, &orbits, &means, &scales);
        assert_eq!(mean, [0.0; 4], "{method}");
        let variance = match method {
            Method::Geometric | Method::Projection => 1.0,
            Method::Arithmetic => 1.0 + 30.0 / 4.0,
            Method::Tie => 0.0,
        };
        assert!((scale[0] * scale[0] - variance).abs() < 1e-14, "{method} {scale:?}");
        // A tied posterior can be measured and symmetrised again, its zeros included.
        assert_eq!(symmetrize(Method::Geometric, &orbits, &mean, &scale).1, scale, "{method}");
    }
}

#[test]
fn methods_have_the_names_of_the_command_line() {
    for method in Method::ALL {
        assert_eq!(method.to_string().parse(), Ok(method));
    }
    let error = "mean".parse::<Method>().unwrap_err().to_string();
    assert_eq!(error, "method 'mean': expected geometric, arithmetic, projection or tie");
}

/// Point masses: tied, a moved one is no law of the same points, and one that stays is itself.
#[test]
fn a_point_mass_that_moves_is_infinitely_far() {
    let orbits = SignedOrbits::of(&turn([false; 4]));
    let scales = [0.0; 4];
    let moved = symmetrize_with_gaps(Method::Tie, &orbits, &[1.0, 7.0, 1.0, 7.0], &scales);
    assert_eq!(moved.gaps.forward, Gap::Infinite(Why::Singular));
    assert_eq!(moved.gaps.reverse, Gap::Infinite(Why::Singular));
    let still = symmetrize_with_gaps(Method::Tie, &orbits, &[4.0; 4], &scales);
    assert_eq!(still.gaps.forward, Gap::Known(0.0));
}

/// Gaps against the generic functions: signed, killed and plain orbits, every method.
#[test]
fn gaps_are_those_of_the_generic_symmetrisations() {
    use crate::family::Wasserstein;
    use crate::symmetrize::{Arithmetic, Geometric, Projection, Symmetrization, tie};
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for case in 0..60 {
        let signs = [(); 4].map(|()| case % 3 > 0 && rng.random::<bool>());
        let rep = turn(signs);
        let orbits = SignedOrbits::of(&rep);
        let mean: Vec<f64> = (0..4).map(|_| rng.random_range(-4.0..4.0)).collect();
        let std_dev: Vec<f64> = (0..4).map(|_| rng.random_range(0.5..2.0)).collect();
        let q = DiagonalGaussian::with_std_dev(&mean, &std_dev).unwrap();
        // Squares of numbers below 8, a dozen roundings of each, and conditions below 16.
        let near = |a: Gap, b: Gap| match (a, b) {
            (Gap::Known(a), Gap::Known(b)) => (a - b).abs() < 4.0 * 64.0 * 16.0 * 12.0 * U,
            (a, b) => a == b,
        };
        for method in Method::ALL {
            let found = symmetrize_with_gaps(method, &orbits, &mean, &std_dev);
            let (gaps, distance) = match method {
                Method::Tie => {
                    let tied = tie(&q, &rep).unwrap().with_gaps().unwrap();
                    (tied.gaps, tied.gaps.wasserstein)
                }
                _ => {
                    let generic = match method {
                        Method::Geometric => Geometric.symmetrize_with_gaps(&q, &rep),
                        Method::Arithmetic => Arithmetic.symmetrize_with_gaps(&q, &rep),
                        _ => Projection.symmetrize_with_gaps(&q, &rep),
                    };
                    let generic = generic.unwrap();
                    let distance: f64 = q.family().wasserstein(&q, &generic.posterior).unwrap();
                    (generic.gaps, Gap::Known(distance))
                }
            };
            let witness = format!("{method}, {signs:?}: {found:?} against {gaps:?}");
            assert!(near(found.gaps.forward, gaps.forward), "{witness}");
            assert!(near(found.gaps.reverse, gaps.reverse), "{witness}");
            assert!(near(found.gaps.orbit_divergence, gaps.orbit_divergence), "{witness}");
            assert!(near(found.gaps.wasserstein, distance), "{witness}");
            assert_eq!(found.residual.distance, Gap::Known(0.0), "{witness}");
        }
    }
}
