//! The error probability that all tests share that draw and compare, beside what the catalogue has of it.
//!
//! A test that draws takes a share by its name, at whatever seed: the seed is fixed, and it is never drawn again. The share is the
//! probability, at the most, that the test fails by chance where the code is right, or that a control in it is not seen. Shares are
//! added, so nothing is assumed of dependence. That their sum stays within [`TESTS_ALPHA`] is checked beside the catalogue's, in
//! `src/claim/statistical/budget.rs`.

// Each crate of tests uses what it needs.
#![allow(dead_code)]

/// What all tests together may spend: as much again as the catalogue.
pub(crate) const TESTS_ALPHA: f64 = 5e-7;

/// Who spends how much. Those marked ≈ rest on the normal law in place of an inequality.
pub(crate) const SHARES: &[(&str, f64)] = &[
    // Kits: each law of them that draws has `law::ALPHA` on each type that it is run on; room for 5000 such runs,
    // of which tests/laws, tests/multivariate and tests/floors make some 410.
    ("law kits", 1e-7),
    // ≈ Examples in the documentation: seven standard errors of averages of hundreds of draws.
    ("examples", 1e-10),
    // src/defect: the intervals of B6.
    ("intervals over draws", 1e-8),
    ("widths of intervals over draws", 1e-9),
    ("intervals over inputs and both", 1e-8),
    ("guaranteed intervals", 1e-8),
    // ≈
    ("standard errors", 1e-9),
    ("intervals by betting", 1e-8),
    ("an interval by betting", 1e-9),
    // ≈ src/audit: the low end of an interval, held against bounds.
    ("bounds from images", 1e-9),
    // Draws, by frequencies and means.
    ("draws of an orbit mixture", 1e-9),
    ("draws of a stabilizer chain", 1e-9),
    ("moments of Haar measures", 1e-9),
    ("entropy of a Wishart law", MEDIAN),
    ("draws of a Laplace law", 1e-9 + MEDIAN),
    ("draws of a narrow von Mises–Fisher law", MEDIAN),
    ("an average over turns", 1e-9),
    // Two for each of the families, of which there are fewer than ten.
    ("draws of standard laws", 10.0 * (1e-11 + MEDIAN)),
];

/// The share of a test.
#[track_caller]
pub(crate) fn share(name: &str) -> f64 {
    let found = SHARES.iter().find(|(test, _)| *test == name);
    found.unwrap_or_else(|| panic!("{name:?} has no share: expected a name of the table")).1
}

/// By how much the mean of `n` draws, in an interval of length `range`, is off at the most, but for a probability `a` (Hoeffding, both
/// sides).
pub(crate) fn hoeffding(n: usize, range: f64, a: f64) -> f64 {
    range * ((2.0 / a).ln() / (2.0 * n as f64)).sqrt()
}

/// The share of a test by [`median_of_means`].
pub(crate) const MEDIAN: f64 = 4e-12;

const BLOCKS: usize = 64;

/// The median of the means of 64 blocks of draws, and by how much it is off at the most, but for a probability [`MEDIAN`]: for any law
/// with at most this variance, however heavy its tails.
///
/// By Chebyshev's inequality the mean of a block of `b` draws is off by more than `√(8v/b)` with probability 1/8 at the most; that half of
/// 64 independent blocks are, so that their median is, has probability at most `e^{−64 D(½‖⅛)} < 4·10⁻¹²` (Chernoff, `D = 0.413`).
pub(crate) fn median_of_means(draws: &[f64], variance: f64) -> (f64, f64) {
    let of_block = draws.len() / BLOCKS;
    assert!(of_block > 0 && draws.len().is_multiple_of(BLOCKS), "blocks of equally many draws");
    let mean = |block: &[f64]| block.iter().sum::<f64>() / of_block as f64;
    let mut means: Vec<f64> = draws.chunks_exact(of_block).map(mean).collect();
    means.sort_by(f64::total_cmp);
    let median = 0.5 * (means[BLOCKS / 2 - 1] + means[BLOCKS / 2]);
    (median, (8.0 * variance / of_block as f64).sqrt())
}
