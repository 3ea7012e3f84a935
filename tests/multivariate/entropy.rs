//! `−E ln q` against what else is known of it.

use equibayes::family::{
    BinaryIsing, Categorical, DiagonalGaussian, Entropy, FiniteSupport, FullGaussian, Ising,
    IsotropicGaussian, LogPartition, Member, VonMisesFisher, Wishart,
};
use nalgebra::{dmatrix, dvector};

/// `H(q) = A(ζ) − ⟨ζ, μ(q)⟩ − ln h − KL(q‖p)` for any other member `p`, if `h` is constant: the
/// cross-entropy less the divergence. Sums of some tens of terms, each as good as a few roundings.
fn agrees_with_the_divergence<F: Entropy + LogPartition>(
    q: &Member<F>,
    p: &Member<F>,
    point: &[f64],
) {
    let family = q.family();
    let terms = [
        family.log_partition(p),
        -p.natural().coordinates().dot(q.mean_parameter().coordinates()),
        -family.log_base_measure(point),
        -family.kl(q, p),
    ];
    let (found, expected) = (family.entropy(q), terms.iter().sum::<f64>());
    let size: f64 = terms.iter().map(|term| term.abs()).sum();
    assert!((found - expected).abs() <= 256.0 * f64::EPSILON * size, "{found}, {expected}");
}

#[test]
fn gaussians() {
    let covariance = [dmatrix![2.0, 0.5; 0.5, 1.0], dmatrix![0.3, -0.1; -0.1, 4.0]];
    let [q, p] = [(0, [1.0, -2.0]), (1, [0.0, 0.5])].map(|(k, mean)| {
        FullGaussian::with_covariance(&mean.to_vec().into(), &covariance[k]).unwrap()
    });
    agrees_with_the_divergence(&q, &p, &[0.0, 0.0]);
    let full: f64 = q.family().entropy(&q);
    // ½ ln((2πe)² det Σ).
    let exact = 1.0 + std::f64::consts::TAU.ln() + 0.5 * 1.75_f64.ln();
    // A dozen roundings of terms of one sign on either side; the determinant comes from a Cholesky factor of a
    // matrix with condition number below 4.
    assert!((full - exact).abs() <= 24.0 * f64::EPSILON * exact, "{full}, {exact}");

    let q = DiagonalGaussian::with_variance(&[1.0, 2.0], &[0.5, 3.0]).unwrap();
    let p = DiagonalGaussian::with_variance(&[0.0, 1.0], &[1.5, 2.0]).unwrap();
    agrees_with_the_divergence(&q, &p, &[0.0, 0.0]);
    let q = IsotropicGaussian::with_variance(&[1.0, 2.0, 0.0], 0.7).unwrap();
    let p = IsotropicGaussian::with_variance(&[0.0, 2.0, 1.0], 3.0).unwrap();
    agrees_with_the_divergence(&q, &p, &[0.0; 3]);
}

#[test]
fn von_mises_fisher() {
    for dim in [2, 3, 5] {
        let family = VonMisesFisher::new(dim).unwrap();
        let mut eta = nalgebra::DVector::from_element(dim, 0.3);
        let p = Member::from_natural(family, eta.clone()).unwrap();
        eta[0] = 4.0;
        let q = Member::from_natural(family, eta).unwrap();
        let pole: Vec<f64> = (0..dim).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
        agrees_with_the_divergence(&q, &p, &pole);
    }
    // Uniform: minus the logarithm of the constant density.
    let family = VonMisesFisher::new(3).unwrap();
    let q = Member::from_natural(family, dvector![0.0, 0.0, 0.0]).unwrap();
    let density: f64 = family.log_density(&q, &[0.0, 1.0, 0.0]);
    // Two values of ln 4π, each with a few roundings of logarithms of that size.
    assert!((family.entropy(&q) + density).abs() <= 8.0 * f64::EPSILON * density.abs());
}

/// The sum over all points.
fn by_enumeration<F: Entropy + FiniteSupport>(q: &Member<F>) -> f64 {
    let family = q.family();
    let logs = family.support().map(|theta| family.log_density(q, theta.as_slice()));
    logs.map(|log: f64| -log * log.exp()).sum()
}

#[test]
fn finite_support() {
    let q = Categorical::with_probabilities(&[0.125, 0.25, 0.5, 0.125]).unwrap();
    assert!((q.family().entropy(&q) - 1.75 * std::f64::consts::LN_2).abs() < 1e-15);
    assert!((q.family().entropy(&q) - by_enumeration(&q)).abs() < 1e-15);
    let edges = [(0, 1), (1, 2)];
    let eta = dvector![0.5, -1.0, 0.25, 1.5, -0.75];
    let q = Member::from_natural(Ising::new(3, &edges).unwrap(), eta.clone()).unwrap();
    let bits = Member::from_natural(BinaryIsing::new(3, &edges).unwrap(), eta).unwrap();
    // Eight terms below 1/e.
    assert!((q.family().entropy(&q) - by_enumeration(&q)).abs() < 1e-14);
    assert!((bits.family().entropy(&bits) - by_enumeration(&bits)).abs() < 1e-14);
}

/// Nearly all on one point: p(1 − ln p) to first order, with every digit.
#[test]
fn rare_events_keep_their_entropy() {
    for odds in [-20.0_f64, -100.0, -600.0] {
        let family = Categorical::new(2).unwrap();
        let q: Member<Categorical> = Member::from_natural(family, dvector![odds]).unwrap();
        let p = odds.exp();
        let exact = p * (1.0 - odds);
        // The next terms, −p²/2 + p² ln p, are less than p of this; each side has a few dozen roundings.
        let relative = p + 64.0 * f64::EPSILON;
        assert!((family.entropy(&q) / exact - 1.0).abs() <= relative, "{odds}");
    }
}

/// One by one, the Wishart law is the gamma law; in general, tensor scaling `V ↦ t²V` adds
/// `(d + 1)/2 · d ln t²`, the logarithm of the Jacobian.
#[test]
fn wishart() {
    use statrs::statistics::Distribution;
    let q = Wishart::with_scale(&dmatrix![1.5], 5.0).unwrap();
    let oracle = statrs::distribution::Gamma::new(2.5, 1.0 / 3.0).unwrap();
    let (found, expected): (f64, f64) = (q.family().entropy(&q), oracle.entropy().unwrap());
    assert!((found - expected).abs() < 1e-12, "{found}, {expected}");

    let scale = dmatrix![2.0, 0.5; 0.5, 1.0];
    let [small, large] = [1.0, 4.0].map(|s| {
        let q: Member<Wishart> = Wishart::with_scale(&(&scale * s), 6.5).unwrap();
        q.family().entropy(&q)
    });
    assert!((large - small - 3.0 * 4.0_f64.ln()).abs() < 1e-13, "{small}, {large}");

    // The mean of −ln q over draws.
    use equibayes::family::Sample;
    use rand::SeedableRng;
    let q: Member<Wishart> = Wishart::with_scale(&scale, 6.5).unwrap();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let draws: Vec<f64> = (0..4096)
        .map(|_| {
            let x = q.family().sample(&q, &mut rng);
            -q.family().log_density(&q, x.as_slice())
        })
        .collect();
    let mean = draws.iter().sum::<f64>() / 4096.0;
    let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4095.0;
    let found: f64 = q.family().entropy(&q);
    // Six standard errors.
    assert!((found - mean).abs() < 6.0 * (variance / 4096.0).sqrt(), "{found}, {mean}");
}
