//! `−E ln q` against what else is known of it.

use equibayes::family::{Categorical, Entropy, LogPartition, Member, Sample, Wishart};
use nalgebra::{dmatrix, dvector};
use rand::SeedableRng;

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

/// The mean of `−ln q` over draws.
#[test]
fn wishart() {
    let scale = dmatrix![2.0, 0.5; 0.5, 1.0];
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
    // Six standard errors: by the normal approximation an error probability of 2·10⁻⁹.
    assert!((found - mean).abs() < 6.0 * (variance / 4096.0).sqrt(), "{found}, {mean}");
}
