//! Densities, moments, divergences and entropies against closed forms, sums and another family.

use super::rounding::{all_exact, assert_all_near, assert_integrates, assert_near, exact};
use equibayes::action::{ClosedUnder, push_forward};
use equibayes::claim::rounding::Tracked;
use equibayes::family::{
    BinaryIsing, Categorical, Coordinates, DiagonalGaussian, Entropy, FiniteSupport, FullGaussian,
    Ising, IsotropicGaussian, LogPartition, Member, VonMisesFisher, Wishart, bregman,
};
use equibayes::group::{Cyclic, Finite, Permutation, PermutationGroup};
use equibayes::representation::{PermutationRep, Representation};
use equibayes::scalar::Scalar;
use equibayes::symmetrize::{arithmetic, geometric, orbit_divergence};
use nalgebra::{DMatrix, DVector, dmatrix, dvector};
use num_traits::{Float, FloatConst, One, Zero};

fn ln(x: Tracked) -> Tracked {
    Float::ln(x)
}

fn categorical(weights: &[f64]) -> (Member<Categorical, Tracked>, Vec<Tracked>) {
    let weights = all_exact(weights);
    let sum = weights.iter().fold(Tracked::zero(), |sum, &w| sum + w);
    let probabilities = weights.iter().map(|&w| w / sum).collect();
    (Categorical::with_probabilities(&weights).unwrap(), probabilities)
}

#[test]
fn categorical_laws_are_tables() {
    use statrs::distribution::{Categorical as Oracle, Discrete};
    let weights = [0.3, 1.2, 0.5, 2.0];
    let (q, probabilities) = categorical(&weights);
    assert_all_near(&q.probabilities(), &probabilities, "probabilities");
    let nodes = q.family().support().map(|theta| (theta, Tracked::one()));
    assert_integrates(&q, nodes, 0.0);
    let oracle = Oracle::new(&weights).unwrap();
    let mut entropy = Tracked::zero();
    for (class, theta) in FiniteSupport::<Tracked>::support(q.family()).enumerate() {
        let (found, expected) =
            (q.family().log_density(&q, theta.as_slice()), ln(probabilities[class]));
        assert_near(found, expected, "density");
        // Theirs is the same formula in plain floating point.
        let theirs = Tracked::new(oracle.ln_pmf(class as u64), 2.0 * expected.bound());
        assert_near(found, theirs, "density, by statrs");
        entropy -= probabilities[class] * expected;
    }
    assert_near(q.family().entropy(&q), entropy, "entropy");
    assert_near(-q.family().conjugate(&q), entropy, "entropy as the conjugate");
    let (q, _) = categorical(&[0.125, 0.25, 0.5, 0.125]);
    let bits = Tracked::ratio(7, 4) * <Tracked as FloatConst>::LN_2();
    assert_near(q.family().entropy(&q), bits, "entropy of powers of two");
}

#[test]
fn a_permutation_permutes_the_probabilities() {
    let cycle = PermutationRep::regular(&Cyclic::new(3).unwrap()).unwrap();
    let (q, p) = categorical(&[0.5, 0.3, 0.2]);
    let moved = push_forward(&q, &cycle, &1).unwrap();
    assert_all_near(&moved.probabilities(), &[p[2], p[0], p[1]], "moved");
    let shift: Option<DVector<Tracked>> = q.family().statistic_shift(&cycle, &1);
    assert_eq!(shift, Some(dvector![Tracked::one(), Tracked::zero()]));
    let shift: Option<DVector<Tracked>> = q.family().mean_shift(&cycle);
    assert_all_near(shift.unwrap().as_slice(), &[Tracked::ratio(1, 3); 2], "mean shift");
}

/// With a shift, the orbit divergence and its split are still those of the definition.
#[test]
fn orbit_divergences_with_a_shift() {
    let swap = Permutation::from_fn(4, |i| if i < 2 { 1 - i } else { i });
    let cycle = Permutation::from_fn(4, |i| (i + 1) % 4);
    let group = PermutationGroup::new(4, vec![swap, cycle]).unwrap();
    let rep = PermutationRep::natural(&group);
    let (q, _) = categorical(&[0.1, 0.2, 0.3, 0.4]);
    let (uniform, _) = categorical(&[0.25; 4]);
    for invariant in [geometric(&q, &rep).unwrap(), arithmetic(&q, &rep).unwrap()] {
        assert_near(q.family().kl(&invariant, &uniform), Tracked::zero(), "uniform");
    }
    let split = orbit_divergence(&q, &rep).unwrap();
    let (mut sum, mut order) = (Tracked::zero(), 0);
    for g in rep.group().elements() {
        sum += q.family().kl(&q, &push_forward(&q, &rep, &g).unwrap());
        order += 1;
    }
    assert_near(split.total, sum / Tracked::count(order), "total");
    let parts = split.geometric_gap + split.arithmetic_gap + split.remainder;
    assert_near(split.total, parts, "parts");
}

#[test]
fn spins_are_tables() {
    const SQUARE: [(usize, usize); 4] = [(0, 1), (1, 2), (3, 2), (0, 3)];
    let eta = DVector::from_fn(8, |i, _| exact(0.3 * i as f64 - 1.0));
    let q = Member::from_natural(BinaryIsing::new(4, &SQUARE).unwrap(), eta.clone()).unwrap();
    let theta = all_exact(&[1.0, -1.0, 1.0, 1.0]);
    // Bits, and their products over the edges in ascending order: (0, 1), (0, 3), (1, 2), (2, 3).
    let statistic = all_exact(&[1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(q.family().sufficient_statistic(&theta).as_slice(), statistic);
    assert_integrates(&q, q.family().support().map(|x| (x, Tracked::one())), 0.0);
    let signs = Member::from_natural(Ising::new(4, &SQUARE).unwrap(), eta).unwrap();
    assert_integrates(&signs, signs.family().support().map(|x| (x, Tracked::one())), 0.0);
    assert_near(q.family().entropy(&q), by_enumeration(&q), "entropy of bits");
    assert_near(signs.family().entropy(&signs), by_enumeration(&signs), "entropy of signs");
}

fn by_enumeration<F>(q: &Member<F, Tracked>) -> Tracked
where
    F: FiniteSupport<Tracked> + LogPartition<Tracked>,
{
    let family = q.family();
    let logs = family.support().map(|theta| family.log_density(q, theta.as_slice()));
    logs.fold(Tracked::zero(), |sum, log| sum - log * Float::exp(log))
}

#[test]
fn isotropic_gaussians_are_diagonal_ones() {
    let points = [([1.0, -2.0, 0.5], 0.3), ([0.5, 1.0, 0.0], 2.0)];
    let [q, p] =
        points.map(|(m, v)| IsotropicGaussian::with_variance(&all_exact(&m), exact(v)).unwrap());
    let [dq, dp] = points
        .map(|(m, v)| DiagonalGaussian::with_variance(&all_exact(&m), &[exact(v); 3]).unwrap());
    assert_near(q.family().kl(&q, &p), dq.family().kl(&dq, &dp), "divergence");
    let theta = all_exact(&[0.3, 0.1, -2.0]);
    let (ours, theirs) = (q.family().log_density(&q, &theta), dq.family().log_density(&dq, &theta));
    assert_near(ours, theirs, "density");
    assert_near(q.family().entropy(&q), dq.family().entropy(&dq), "entropy");
}

/// On the circle the trapezoidal rule converges faster than any power: for `|f| ≤ M` on the strip of half width `a` it
/// errs by `2M/(e^{aN} − 1)` (Trefethen and Weideman 2014, theorem 3.2).
#[test]
fn quadrature_on_the_circle_agrees() {
    const POINTS: usize = 400;
    for kappa in [0.0_f64, 0.5, 3.0, 20.0, 80.0] {
        let direction = [exact(0.6), exact(0.8)];
        let q = VonMisesFisher::with_direction(&direction, exact(kappa)).unwrap();
        // |e^{κ cos(t + ia)}| ≤ e^{κ cosh a}; statistics and their products are at most cosh²a. For the normaliser,
        // avg e^{−κ(1 − cos t)} is at least 1/e times the share √(2/(1 + κ))/π of angles with t² ≤ 2/(1 + κ).
        let cosh = 1.0_f64.cosh();
        let normaliser = (2.0 / (1.0 + kappa)).sqrt() / (std::f64::consts::PI * 1.0_f64.exp());
        let most = (kappa * (cosh - 1.0)).exp() * cosh * cosh / normaliser;
        let truncation = 2.0 * most / (POINTS as f64).exp_m1();
        let nodes = (0..POINTS).map(|k| {
            let angle = Tracked::count(k) * <Tracked as FloatConst>::TAU() / Tracked::count(POINTS);
            let (sin, cos) = Float::sin_cos(angle);
            (dvector![cos, sin], Tracked::ratio(1, POINTS as i64))
        });
        assert_integrates(&q, nodes, truncation);
    }
}

/// On both sides of where the divergence changes its formula.
#[test]
fn near_divergences_are_bregman_divergences() {
    for length in [0.149, 0.151] {
        let direction = all_exact(&[1.0, 0.0, 0.0]);
        let q = VonMisesFisher::with_direction(&direction, exact(2.0)).unwrap();
        let eta = dvector![exact(2.0), exact(length), exact(0.0)];
        let p = Member::from_natural(*q.family(), eta).unwrap();
        assert_near(q.family().kl(&q, &p), bregman(q.family(), &q, &p), "divergence");
    }
}

/// `H(q) = A(ζ) − ⟨ζ, μ(q)⟩ − ln h − KL(q‖p)` for any other member `p`, if `h` is constant: the
/// cross-entropy less the divergence.
#[track_caller]
fn agrees_with_the_divergence<F>(q: &Member<F, Tracked>, p: &Member<F, Tracked>, point: &[f64])
where
    F: Entropy<Tracked> + LogPartition<Tracked>,
{
    let family = q.family();
    let pairing = p.natural().coordinates().dot(q.mean_parameter().coordinates());
    let expected = family.log_partition(p)
        - pairing
        - family.log_base_measure(&all_exact(point))
        - family.kl(q, p);
    assert_near(family.entropy(q), expected, "entropy");
}

#[test]
fn entropies_are_cross_entropies_less_divergences() {
    let covariance = [dmatrix![2.0, 0.5; 0.5, 1.0], dmatrix![0.3, -0.1; -0.1, 4.0]];
    let [q, p] = [(0, [1.0, -2.0]), (1, [0.0, 0.5])].map(|(k, mean)| {
        let covariance: &DMatrix<f64> = &covariance[k];
        FullGaussian::with_covariance(&all_exact(&mean).into(), &covariance.map(exact)).unwrap()
    });
    agrees_with_the_divergence(&q, &p, &[0.0, 0.0]);
    // ½ ln((2πe)² det Σ).
    let log_tau = ln(<Tracked as FloatConst>::TAU());
    let closed = Tracked::one() + log_tau + Tracked::ratio(1, 2) * ln(exact(1.75));
    assert_near(q.family().entropy(&q), closed, "full Gaussian");

    let diagonal = |m: [f64; 2], v: [f64; 2]| {
        DiagonalGaussian::with_variance(&all_exact(&m), &all_exact(&v)).unwrap()
    };
    let (q, p) = (diagonal([1.0, 2.0], [0.5, 3.0]), diagonal([0.0, 1.0], [1.5, 2.0]));
    agrees_with_the_divergence(&q, &p, &[0.0, 0.0]);

    for dim in [2, 3, 5] {
        let family = VonMisesFisher::new(dim).unwrap();
        let mut eta = DVector::from_element(dim, exact(0.3));
        let p = Member::from_natural(family, eta.clone()).unwrap();
        eta[0] = exact(4.0);
        let q = Member::from_natural(family, eta).unwrap();
        let pole: Vec<f64> = (0..dim).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
        agrees_with_the_divergence(&q, &p, &pole);
    }
    // Uniform: minus the logarithm of the constant density.
    let family = VonMisesFisher::new(3).unwrap();
    let q = Member::from_natural(family, DVector::from_element(3, Tracked::zero())).unwrap();
    let density = family.log_density(&q, &all_exact(&[0.0, 1.0, 0.0]));
    assert_near(family.entropy(&q), -density, "uniform");
}

/// In one dimension the law of `X` is the gamma law with shape `ν/2` and rate `1/2V`. For shape 5/2 all of it is
/// elementary: `Γ(5/2) = ¾√π` and `ψ(5/2) = 8/3 − γ − 2 ln 2`.
#[test]
fn one_by_one_matrices_are_gamma() {
    let q = Wishart::with_scale(&dmatrix![exact(1.5)], exact(5.0)).unwrap();
    let (shape, rate) = (exact(2.5), Tracked::ratio(1, 3));
    let half = Tracked::ratio(1, 2);
    let log_gamma = ln(Tracked::ratio(3, 4)) + half * ln(<Tracked as FloatConst>::PI());
    for x in [0.1, 1.0, 7.5, 30.0] {
        let x = exact(x);
        let expected = shape * ln(rate) - log_gamma + (shape - Tracked::one()) * ln(x) - rate * x;
        assert_near(q.family().log_density(&q, &[x]), expected, "density");
    }
    let euler = Tracked::rounded(0.577_215_664_901_532_9);
    let psi = Tracked::ratio(8, 3) - euler - exact(2.0) * <Tracked as FloatConst>::LN_2();
    let entropy = shape - ln(rate) + log_gamma + (Tracked::one() - shape) * psi;
    assert_near(q.family().entropy(&q), entropy, "entropy");
}

/// `Γ_2(a) = √π Γ(a)Γ(a − ½) = π 2^{2−2a} Γ(2a − 1)` by duplication; and `V ↦ t²V` adds `(d + 1)/2 · d ln t²` to the
/// entropy, the logarithm of the Jacobian.
#[test]
fn the_normaliser_is_the_duplication_formula() {
    for a in [1.5, 2.0, 3.5, 10.0] {
        let eta = DVector::from_vec(all_exact(&[-1.0, 0.0, -1.0, a]));
        let q = Member::from_natural(Wishart::new(2).unwrap(), eta).unwrap();
        let factorial: f64 = (1..(2.0 * a - 1.0) as u32).map(f64::from).product();
        // Whole numbers below 2⁵³.
        let expected = ln(<Tracked as FloatConst>::PI())
            + exact(2.0 - 2.0 * a) * <Tracked as FloatConst>::LN_2()
            + ln(exact(factorial));
        assert_near(q.family().log_partition(&q), expected, "normaliser");
    }
    let scale = dmatrix![2.0, 0.5; 0.5, 1.0];
    let [small, large] = [1.0, 4.0].map(|s| {
        let q = Wishart::with_scale(&scale.map(|x| exact(s * x)), exact(6.5)).unwrap();
        q.family().entropy(&q)
    });
    assert_near(large - small, exact(3.0) * ln(exact(4.0)), "scaled");
}

#[test]
fn wishart_parameters_come_back() {
    let scale = dmatrix![2.0, 0.5; 0.5, 1.0].map(exact);
    for nu in [1.25, 3.0, 40.0, 1e4] {
        let q = Wishart::with_scale(&scale, exact(nu)).unwrap();
        let back = q.family().to_natural(q.mean_parameter()).unwrap();
        assert_all_near(back.as_slice(), q.natural().as_slice(), "natural parameter");
    }
}
