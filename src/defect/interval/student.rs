//! Quantiles of Student's t, for whole degrees of freedom.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// `P(|t_ν| ≤ √ν tan θ)`, by the finite sums in `sin θ` and `cos θ` that whole `ν` allow.
fn central(theta: f64, freedom: usize) -> f64 {
    let (sin, cos) = theta.sin_cos();
    let square = cos * cos;
    let odd = freedom % 2 == 1;
    // Odd: cos θ (1 + 2/3 cos² θ + (2·4)/(3·5) cos⁴ θ + …); even: 1 + 1/2 cos² θ + (1·3)/(2·4) cos⁴ θ + …
    let terms = freedom / 2;
    let (mut term, mut sum) = (if odd { cos } else { 1.0 }, 0.0);
    for k in 0..terms {
        sum += term;
        let k = k as f64;
        let (above, below) =
            if odd { (2.0 * k + 2.0, 2.0 * k + 3.0) } else { (2.0 * k + 1.0, 2.0 * k + 2.0) };
        term *= square * above / below;
    }
    if odd { FRAC_2_PI * (theta + sin * sum) } else { sin * sum }
}

/// The `t` with `P(|t_ν| > t) = tail`, rounded up: by halving an interval of angles.
///
/// Infinite for no degree of freedom.
pub(in crate::defect) fn two_sided(tail: f64, freedom: usize) -> f64 {
    if freedom == 0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    // As far as an angle has digits.
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        match central(middle, freedom) < 1.0 - tail {
            true => low = middle,
            false => high = middle,
        }
    }
    (freedom as f64).sqrt() * high.tan()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms: `t_1` is Cauchy's, and `P(|t_2| ≤ t) = t/√(2 + t²)`.
    #[test]
    fn one_and_two_degrees_by_hand() {
        for tail in [0.5, 0.05, 1e-3] {
            let cauchy = (FRAC_PI_2 * (1.0 - tail)).tan();
            assert!((two_sided(tail, 1) / cauchy - 1.0).abs() < 1e-10);
            let p = 1.0 - tail;
            let two = (2.0 * p * p / (1.0 - p * p)).sqrt();
            assert!((two_sided(tail, 2) / two - 1.0).abs() < 1e-10);
        }
        assert_eq!(two_sided(0.05, 0), f64::INFINITY);
    }

    /// The figures of any table, rounded there to three decimals.
    #[test]
    fn as_in_the_tables() {
        for (freedom, tail, table) in [
            (3, 0.05, 3.182),
            (4, 0.01, 4.604),
            (15, 0.05, 2.131),
            (30, 0.05, 2.042),
            (30, 0.001, 3.646),
            (120, 0.05, 1.980),
        ] {
            let found = two_sided(tail, freedom);
            assert!((found - table).abs() <= 5.001e-4, "{freedom} {tail}: {found}");
        }
    }

    #[cfg(feature = "catalogue")]
    #[test]
    fn as_another_library_has_it() {
        use statrs::distribution::{ContinuousCDF, StudentsT};
        for freedom in 1..=40 {
            let law = StudentsT::new(0.0, 1.0, freedom as f64).unwrap();
            for tail in [0.3, 0.05, 0.0125, 1e-4] {
                let t = two_sided(tail, freedom);
                assert!((2.0 * law.sf(t) / tail - 1.0).abs() < 1e-8, "{freedom} {tail}");
            }
        }
    }
}
