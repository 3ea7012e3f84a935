//! `−E ln q` against what else is known of it.

use crate::budget::{MEDIAN, median_of_means, share};
#[cfg(feature = "catalogue")]
use crate::rounding::exact;
use equibayes::family::{
    Categorical, Entropy, FisherInformation, LogPartition, Member, Sample, Wishart,
};
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

/// The mean of `−ln q` over draws: `A − ⟨η, T⟩ − ln h = A − ⟨ζ, T⟩` with `ζ = η − (0, …, (d + 1)/2)`, since `ln h = −(d + 1)/2 · ln det X`; of
/// variance `ζᵀIζ`. An entropy that is off by an eighth of its deviation is seen.
#[test]
fn wishart() {
    let scale = dmatrix![2.0, 0.5; 0.5, 1.0];
    let q: Member<Wishart> = Wishart::with_scale(&scale, 6.5).unwrap();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let draws: Vec<f64> = (0..32_768)
        .map(|_| {
            let x = q.family().sample(&q, &mut rng);
            -q.family().log_density(&q, x.as_slice())
        })
        .collect();
    let mut zeta = q.natural().coordinates().clone();
    let last = zeta.len() - 1;
    zeta[last] -= 1.5;
    let variance = zeta.dot(&(q.family().fisher_information(&q) * &zeta));
    let found: f64 = q.family().entropy(&q);
    let (mean, allowed) = median_of_means(&draws, variance);
    assert!((found - mean).abs() <= allowed, "{found}, {mean} ± {allowed}");
    assert!(share("entropy of a Wishart law") >= MEDIAN);
}

/// From 120 digits, for the scale matrices with diagonals 2, (2, 1) and (2, 1, 4): up to where terms of the size of `ν ln ν`, of
/// which the entropy used to be the difference, have no digit left after the point.
#[test]
#[cfg(feature = "catalogue")]
fn wishart_of_any_degrees_of_freedom() {
    let degrees = [2.5, 40.0, 1e4, 1e8, 1e12, 1e15];
    let entropies = [
        [
            2.594_885_908_042_144,
            4.286_222_695_718_553,
            7.063_762_820_032_593,
            11.668_999_669_354_107,
            16.274_169_862_008_2,
            19.728_047_501_499_933,
        ],
        [
            5.767_910_678_226_468,
            11.263_251_652_814_99,
            19.604_663_669_206_36,
            33.420_407_554_672_31,
            47.235_918_135_967_59,
            57.597_551_054_443_12,
        ],
        [
            10.719_216_879_042_35,
            24.334_703_622_107_237,
            41.039_606_318_093_67,
            68.671_177_434_030_32,
            96.302_198_604_953_37,
            117.025_464_441_905_28,
        ],
    ];
    let scale = dmatrix![2.0, 0.5, 0.0; 0.5, 1.0, 0.25; 0.0, 0.25, 4.0].map(exact);
    for (d, entropies) in (1..=3).zip(entropies) {
        for (nu, known) in degrees.into_iter().zip(entropies) {
            let part = scale.view((0, 0), (d, d)).into_owned();
            let q = Wishart::with_scale(&part, exact(nu)).unwrap();
            let found = q.family().entropy(&q);
            let off = (found.value() - known).abs();
            assert!(off <= found.bound() + f64::EPSILON * known, "{d}, {nu}: {found}, not {known}");
            // d digammas with weights up to (d + 1)/2 and d conjugates, all below 2 + ln ν, a dozen roundings of each; and
            // what inverting a matrix with a condition below 8 does to a logarithm.
            let size = (d * (d + 2)) as f64 * (2.0 + f64::ln(nu)) + 8.0 * (d * d) as f64;
            assert!(found.bound() <= 24.0 * f64::EPSILON * size, "{d}, {nu}: idle bound {found}");
        }
    }
}
