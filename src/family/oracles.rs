//! Families of independent coordinates and Dirichlet distributions against published digits,
//! independent quadrature, and another library.

use super::*;

#[cfg(feature = "catalogue")]
mod another_library;
#[cfg(feature = "catalogue")]
mod quadrature;

const U: f64 = f64::EPSILON / 2.0;

fn near(found: f64, exact: f64, tolerance: f64, what: &str) {
    assert!((found - exact).abs() <= tolerance, "{what}: {found} against {exact}");
}

/// From 80 digits. Relative errors of a few dozen roundings, even where the divergence is tiny.
#[test]
#[allow(clippy::type_complexity)]
fn divergences_keep_their_relative_accuracy() {
    let gammas = [
        ([1e-8, 3.0, 2e-8, 5.0], 0.306_852_815_890_208_96),
        ([2.0, 1.0, 2.000_000_1, 1.0], 3.224_670_256_333_978_7e-15),
        ([1e6, 2.0, 1_000_001.0, 2.0], 5.000_000_833_333_334e-7),
        ([1e6, 2.0, 1_000_001.0, 2.000_002], 2.499_999_166_667_117e-13),
        ([0.3, 1.0, 70.0, 9.0], 317.814_968_202_723_43),
        ([1e12, 1.0, 3e12, 3.0], 0.450_693_855_666_056_24),
    ];
    for ([a, b, c, d], exact) in gammas {
        let q = Gamma::with_shape_rate(&[a], &[b]).unwrap();
        let p = Gamma::with_shape_rate(&[c], &[d]).unwrap();
        // The means agree to 10⁻¹² at best, where their ratio is known to 10⁻¹⁶.
        near(q.family().kl(&q, &p), exact, 200.0 * U * exact, &format!("{q:?}, {p:?}"));
    }
    let dirichlets: [(&[f64], &[f64], f64); 4] = [
        (&[1.0, 2.0, 3.0], &[1.000_000_1, 2.0, 3.0], 7.318_055_168_880_448e-15),
        (&[1e6, 2e6, 3e6], &[1_000_001.0, 2e6, 3e6], 4.166_667_476_851_851_6e-7),
        (&[0.001, 5.0], &[0.002, 4.0], 0.307_132_106_155_564_74),
        (&[1e5, 2e5], &[1.5e5, 3e5], 0.047_267_607_982_954_846),
    ];
    for (from, to, exact) in dirichlets {
        let q = Dirichlet::with_concentration(from).unwrap();
        let p = Dirichlet::with_concentration(to).unwrap();
        // The sums of the concentrations are rounded, before their difference is taken.
        let (a, b): (f64, f64) = (from.iter().sum(), to.iter().sum());
        let relative = 400.0 * U + 8.0 * U * a / (a - b).abs();
        near(q.family().kl(&q, &p), exact, relative * exact, &format!("{q:?}, {p:?}"));
    }
    // p(1 − p)δ²/2 + …: for the Poisson distribution λδ²/2 + λδ³/6.
    let (q, p) =
        (Poisson::with_mean(&[5.0_f64]).unwrap(), Poisson::with_mean(&[5.000_005]).unwrap());
    let delta = (5.000_005_f64 / 5.0).ln();
    let exact = 2.5 * delta * delta * (1.0 + delta / 3.0);
    // The next term is δ²/12 of this. Here δ is off by the rounding of a ratio near 1, u, and in the library by no more
    // than two logarithms of 5, each known to 2u|ln 5|: by 8u together, twice that in δ².
    let relative = delta * delta / 12.0 + 16.0 * U / delta + 32.0 * U;
    near(q.family().kl(&q, &p), exact, relative * exact, "Poisson");
    let at = |odds: f64| Bernoulli::with_log_odds(&[odds]).unwrap();
    for odds in [-600.0, -2.0, 0.0, 3.0, 600.0_f64] {
        let small = 1.0 / (1.0 + odds.abs().exp());
        let (variance, delta) = (small * (1.0 - small), 1e-6);
        let moved = odds + delta;
        let step = moved - odds;
        // The third cumulant is below the variance.
        let kl = at(odds).family().kl(&at(odds), &at(moved));
        let leading = 0.5 * variance * step * step;
        near(kl, leading, leading * (delta + 100.0 * U), &format!("Bernoulli at {odds}"));
    }
}

/// From 80 digits; Poisson entropies by summation.
#[test]
fn entropies_at_the_edges() {
    for (shape, rate, exact) in [
        (1e-8, 3.0, -99_999_982.255_147_17),
        (0.5, 2.0, -0.602_537_250_645_957),
        (11.9, 1.0, 2.628_601_898_575_863),
        (12.1, 1.0, 2.637_418_006_063_596_6),
        (1e6, 2.0, 7.633_546_298_293_448),
        (1e12, 3.0, 14.135_836_802_500_505),
    ] {
        let q = Gamma::with_shape_rate(&[shape], &[rate]).unwrap();
        // ψ(α) and the conjugate are at most 12 ln 12 or the value itself, and cancel.
        let size = 30.0 + f64::abs(exact);
        near(q.family().entropy(&q), exact, 40.0 * U * size, &format!("{q:?}"));
    }
    for (mean, exact) in [
        (0.001, 0.007_908_101_804_632_483),
        (0.1, 0.333_676_996_501_232_6),
        (1.0, 1.304_842_242_256_251_5),
        (5.5, 2.254_128_397_205_34),
        (100.0, 3.720_686_072_260_259),
        (999.0, 4.872_232_463_975_691),
        (1001.0, 4.873_232_631_142_843),
        (20_000.0, 6.370_678_142_701_897),
    ] {
        let q = Poisson::with_mean(&[mean]).unwrap();
        let tolerance = 2000.0 * U * exact + if mean > 1000.0 { f64::powi(mean, -4) } else { 0.0 };
        near(q.family().entropy(&q), exact, tolerance, &format!("{q:?}"));
    }
    let alpha: [(&[f64], f64); 3] = [
        (&[1.0, 2.0, 3.0], -1.244_344_562_222_100_8),
        (&[0.01, 0.5], -93.064_829_202_260_04),
        (&[1e6, 2e6, 3e6], -14.561_152_818_900_034),
    ];
    for (alpha, exact) in alpha {
        let q = Dirichlet::with_concentration(alpha).unwrap();
        near(q.family().entropy(&q), exact, 100.0 * U * (60.0 + exact.abs()), &format!("{q:?}"));
    }
}

#[test]
fn dirichlet_parameters_come_back_at_all_scales() {
    use rand::RngExt;
    for (categories, low, high) in [(2, -1.0, 1.0), (3, -3.0, 4.0), (5, -1.0, 2.0)] {
        crate::law::coordinates(&Dirichlet::new(categories).unwrap(), |rng| {
            let alpha: Vec<f64> =
                (0..categories).map(|_| 10_f64.powf(rng.random_range(low..high))).collect();
            Dirichlet::with_concentration(&alpha).unwrap()
        })
        .assert();
    }
}

#[test]
fn probabilities_near_one_are_told_apart() {
    let q = Bernoulli::with_log_odds(&[690.0_f64]).unwrap();
    assert_eq!(q.mean_parameter().as_slice(), [1.0]);
    let variance = q.family().fisher_information(&q)[(0, 0)];
    // A logarithm is good to a unit in its last place, 2u of 690; the variance to a dozen roundings.
    near(variance.ln(), -690.0, (2.0 * 690.0 + 12.0) * U, "variance");
    let least = Bernoulli::with_probability(&[1e-300_f64]).unwrap();
    let exact = 1e-300_f64.ln();
    // Two logarithms, and a difference.
    near(least.natural().as_slice()[0], exact, 5.0 * U * exact.abs(), "log odds");
}

#[cfg(feature = "catalogue")]
mod with_the_catalogue {
    use super::*;
    use crate::claim::rounding::Tracked;

    /// The parameter that comes back, with its bound, contains the one that was sent.
    fn round_trip<F: Coordinates<Tracked>>(q: &Member<F, Tracked>, what: &str) {
        let back = q.family().to_natural(q.mean_parameter()).unwrap();
        for (sent, back) in q.natural().as_slice().iter().zip(back.as_slice()) {
            let gap = (sent.value() - back.value()).abs();
            assert!(gap <= sent.bound() + back.bound(), "{what}: {sent} came back as {back}");
            // For shapes up to 100 the condition number is below 10⁵.
            assert!(back.bound() <= 1e-8 * back.value().abs(), "{what}: idle bound {back}");
        }
    }

    #[test]
    fn inverses_know_their_error() {
        let t = |x: f64| Tracked::exact(x);
        for shape in [1e-6, 0.1, 1.0, 7.0, 100.0] {
            for rate in [1e-5, 1.0, 30.0] {
                let q = Gamma::with_shape_rate(&[t(shape)], &[t(rate)]).unwrap();
                round_trip(&q, "gamma");
            }
        }
        for alpha in [[1.0, 2.0, 3.0], [0.01, 0.5, 0.3], [50.0, 20.0, 0.5]] {
            let q = Dirichlet::with_concentration(&alpha.map(t)).unwrap();
            round_trip(&q, "Dirichlet");
        }
        round_trip(&Poisson::with_mean(&[t(1e-9), t(2.5), t(1e9)]).unwrap(), "Poisson");
        round_trip(&Bernoulli::with_log_odds(&[t(-300.0), t(0.5), t(3.0)]).unwrap(), "Bernoulli");
        let signed = SignedLogNormal::with_log_odds(&[t(1.0)], &[t(0.5)], &[t(2.0)]).unwrap();
        round_trip(&signed, "signed log-normal");
    }

    #[test]
    fn divergences_are_bregman_divergences_within_tracked_rounding() {
        let t = |x: f64| Tracked::exact(x);
        let check = |kl: Tracked, oracle: Tracked, what: &str| {
            let gap = (kl.value() - oracle.value()).abs();
            assert!(gap <= kl.bound() + oracle.bound(), "{what}: {kl} against {oracle}");
            assert!(kl.bound() <= 1e-9 * (1.0 + kl.value()), "{what}: idle bound {kl}");
        };
        for (a, b) in [(0.3, 0.5), (2.0, 2.1), (5.0, 60.0), (80.0, 81.0)] {
            let q = Gamma::with_shape_rate(&[t(a)], &[t(1.5)]).unwrap();
            let p = Gamma::with_shape_rate(&[t(b)], &[t(1.25)]).unwrap();
            check(q.family().kl(&q, &p), bregman(q.family(), &q, &p), "gamma");
            let q = Dirichlet::with_concentration(&[t(a), t(3.0)]).unwrap();
            let p = Dirichlet::with_concentration(&[t(b), t(2.0)]).unwrap();
            check(q.family().kl(&q, &p), bregman(q.family(), &q, &p), "Dirichlet");
        }
    }
}
