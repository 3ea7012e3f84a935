//! Exact tails of the binomial law, and what follows from them for quantiles.

use statrs::function::gamma::ln_gamma;

/// `P(X = k)`.
fn mass(k: usize, n: usize, p: f64) -> f64 {
    let ln_factorial = |m: usize| ln_gamma(m as f64 + 1.0);
    let ways = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    (ways + k as f64 * p.ln() + (n - k) as f64 * (-p).ln_1p()).exp()
}

/// `P(X ≥ k)` for `X` the number of successes among `n`, of probability `p` each.
pub(in crate::claim) fn upper_tail(k: usize, n: usize, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return if k <= n { 1.0 } else { 0.0 };
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    if k as f64 <= n as f64 * p {
        return 1.0 - lower_tail(k - 1, n, p);
    }
    // Away from the mean each term is smaller than the one before by a factor that falls.
    let odds = p / (1.0 - p);
    let (mut term, mut sum, mut j) = (mass(k, n, p), 0.0, k);
    while term > f64::EPSILON * 0.01 * sum && j <= n {
        sum += term;
        term *= (n - j) as f64 / (j + 1) as f64 * odds;
        j += 1;
    }
    sum.min(1.0)
}

/// `P(X ≤ k)`.
pub(in crate::claim) fn lower_tail(k: usize, n: usize, p: f64) -> f64 {
    if k >= n { 1.0 } else { upper_tail(n - k, n, 1.0 - p) }
}

/// The least `k` with `P(X ≥ k) ≤ a`: `n + 1` if there is none.
pub(crate) fn critical(n: usize, p: f64, a: f64) -> usize {
    let (mut low, mut high) = (0, n + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if upper_tail(middle, n, p) <= a { high = middle } else { low = middle + 1 }
    }
    low
}

/// An interval that has the median of the law of a sample with probability `1 − a`, whatever that law is: between two order
/// statistics of the (sorted) sample, since each value is above the median with probability ½.
pub(in crate::claim) fn median_between(sorted: &[f64], a: f64) -> (f64, f64) {
    let n = sorted.len();
    // The number of values below the median reaches this with probability a/2 at the most.
    let many = critical(n, 0.5, a / 2.0);
    if many > n {
        return (f64::NEG_INFINITY, f64::INFINITY);
    }
    (sorted[n - many], sorted[many - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * b.abs()
    }

    #[test]
    fn tails_by_hand() {
        assert!(close(upper_tail(10, 10, 0.5), 2.0_f64.powi(-10)));
        assert!(close(upper_tail(9, 10, 0.5), 11.0 * 2.0_f64.powi(-10)));
        assert!(close(lower_tail(1, 3, 0.25), 0.421_875 + 0.421_875));
        assert!(close(upper_tail(1, 5, 1e-9), -(5.0 * (-1e-9_f64).ln_1p()).exp_m1()));
        assert_eq!((upper_tail(0, 5, 0.1), upper_tail(6, 5, 0.1)), (1.0, 0.0));
        assert_eq!((upper_tail(1, 5, 0.0), upper_tail(5, 5, 1.0)), (0.0, 1.0));
    }

    /// Against the incomplete beta function, far into the tail.
    #[test]
    fn tails_are_those_of_statrs() {
        use statrs::function::beta::beta_reg;
        for (k, n, p) in [(30, 100, 0.2), (60, 100, 0.2), (10, 1000, 0.001), (700, 1000, 0.5)] {
            let expected = beta_reg(k as f64, (n - k + 1) as f64, p);
            let found = upper_tail(k, n, p);
            assert!(
                (found - expected).abs() <= 1e-10 * expected,
                "{k} {n} {p}: {found} {expected}"
            );
            let both = upper_tail(k, n, p) + lower_tail(k - 1, n, p);
            assert!((both - 1.0).abs() < 1e-12, "{both}");
        }
    }

    #[test]
    fn the_critical_number_is_the_least() {
        for (n, p, a) in [(1000, 0.05, 1e-8), (10, 0.5, 0.5), (20_000, 0.01, 1e-10)] {
            let k = critical(n, p, a);
            assert!(upper_tail(k, n, p) <= a && upper_tail(k - 1, n, p) > a);
        }
        assert_eq!(critical(3, 0.9, 1e-9), 4);
    }

    #[test]
    fn the_interval_of_a_median() {
        let sample: Vec<f64> = (1..=10).map(f64::from).collect();
        // P(X ≥ 9) = 11/1024 and P(X ≥ 8) = 56/1024 for ten tosses: the second to the ninth value.
        assert_eq!(median_between(&sample, 0.05), (2.0, 9.0));
        assert_eq!(median_between(&sample, 1e-4), (f64::NEG_INFINITY, f64::INFINITY));
    }
}
