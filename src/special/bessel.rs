//! Ratios and logarithms of modified Bessel functions `I_ν`, `ν = d/2 − 1`, as a distribution on the sphere
//! of `R^d` needs them.
//!
//! Everything is a function of the square `s = κ²`, in which all of it is smooth at zero. Two ways:
//!
//! - Gauss' continued fraction `I_{ν+1}(κ)/(κ I_ν(κ)) = 1/(d + κ²/(d + 2 + κ²/(d + 4 + …)))` from behind, begun with
//!   Amos' bounds (Math. Comp. 28, 1974, p. 239), and the power series of `₀F₁(; d/2; κ²/4)`: only
//!   positive terms. The cost grows as `√κ` and as `κ`.
//! - For `κ` large against `d²`, the formal solution of Riccati's equation `A′ = 1 − A² − (d − 1)A/κ` in powers
//!   of `1/κ`. It is no limit of anything, but it leaves a small residual in the equation, and since
//!   solutions approach one another as `e^{−2κ}`, a small residual is a small error.

use super::Special;
use crate::scalar::Scalar;
use num_traits::Float;

/// `₀F₁` and its logarithmic derivatives at one `κ`: with `A_d(κ) = I_{d/2}(κ)/I_{d/2−1}(κ)`,
/// the mean resultant length of the von Mises–Fisher distribution on the sphere of `R^d`.
///
/// # Examples
/// ```
/// use equibayes::special::SphericalBessel;
///
/// // On the sphere of R³, A(κ) = coth κ − 1/κ.
/// let at = SphericalBessel::new(3, 4.0_f64);
/// assert!((at.ratio() - (1.0 / 2.0_f64.tanh() - 0.5)).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SphericalBessel<T> {
    square: T,
    kappa: f64,
    per_kappa: T,
    slope: T,
    curvature: T,
    log_normaliser: T,
}

impl<T: Special> SphericalBessel<T> {
    /// At `κ = √square`, on the sphere of `R^dim`, `dim ≥ 2`. A `square` that is negative or not finite gives NaN.
    ///
    /// Relatively accurate to a few units in the last place; the slope, where `κ` is large but not
    /// against `dim²`, loses up to `κ^{3/2}/dim` units.
    pub fn new(dim: usize, square: T) -> Self {
        let kappa = square.value().sqrt();
        // √ was rounded, and for `f32` the scalar is coarser than κ.
        let exact = T::approximate(kappa, 0.0);
        let off = square.error() + 4.0 * T::UNIT_ROUNDOFF * square.value();
        let mut at = if kappa.is_finite() {
            expansion(dim, exact).unwrap_or_else(|| fraction(dim, exact))
        } else {
            let nan = T::nan();
            Core { per_kappa: nan, slope: nan, curvature: nan, log_normaliser: nan }
        };
        // Derivatives by s = κ²: of t = A/κ it is −g/2 with g = t(t − t₁); of ln ₀F₁ it is t/2; of A′, by
        // differentiating Riccati's equation, −tA′ + (d − 1)g/2; and |dg/ds| ≤ g, since neither t nor t − t₁
        // falls by more than its half.
        let (t, g, slope) = (at.per_kappa.value(), at.curvature.value(), at.slope.value());
        let shift = |error: f64| T::approximate(0.0, error * off);
        at.per_kappa += shift(g);
        at.log_normaliser += shift(t);
        at.slope += shift(t * slope + dim as f64 * g);
        at.curvature += shift(g);
        Self {
            square,
            kappa,
            per_kappa: at.per_kappa,
            slope: at.slope,
            curvature: at.curvature,
            log_normaliser: at.log_normaliser,
        }
    }

    /// `A_d(κ)`.
    pub fn ratio(&self) -> T {
        self.per_kappa * Float::sqrt(self.square)
    }

    /// `A_d(κ)/κ`, which is `1/d` at zero.
    pub fn per_kappa(&self) -> T {
        self.per_kappa
    }

    /// `A_d′(κ)`, without the cancellation of `1 − A² − (d − 1)A/κ`.
    pub fn slope(&self) -> T {
        self.slope
    }

    /// `(A_d(κ)/κ − A_d′(κ))/κ²`, which is `2/(d²(d + 2))` at zero.
    pub fn curvature(&self) -> T {
        self.curvature
    }

    /// `ln ₀F₁(; d/2; κ²/4) = ln[Γ(d/2) (2/κ)^ν I_ν(κ)]`: the logarithm of the mean of `e^{κ x_1}` over the
    /// sphere.
    pub fn log_normaliser(&self) -> T {
        self.log_normaliser
    }

    /// `κ`, rounded.
    pub fn kappa(&self) -> f64 {
        self.kappa
    }
}

struct Core<T> {
    per_kappa: T,
    slope: T,
    curvature: T,
    log_normaliser: T,
}

/// A number that is zero up to an error.
fn fuzz<T: Special>(error: f64) -> T {
    T::approximate(0.0, error)
}

fn integer<T: Scalar>(n: usize) -> T {
    T::count(n)
}

/// The continued fraction and the power series.
fn fraction<T: Special>(dim: usize, kappa: T) -> Core<T> {
    let (steps, damping) = steps_for::<T>(dim, kappa.value());
    let square = kappa * kappa;
    let upper = amos_upper(dim, steps, kappa.value());
    // t_k = 1/(d + 2k + κ² t_{k+1}) and e_k = 1 − κ²(t_k − t_{k+1}) = 1 − r_k r_{k+1}(1 + e_{k+1}), r_k = κ t_k:
    // at the far end any t between zero and the bound, and any e between 0 and 1.
    let mut next = T::approximate(upper, 0.0);
    let mut t = T::one() / (integer::<T>(dim + 2 * (steps - 1)) + square * next);
    let mut e = T::approximate(0.5, 0.0);
    let mut behind = e;
    for k in (0..steps - 1).rev() {
        next = t;
        t = T::one() / (integer::<T>(dim + 2 * k) + square * next);
        behind = e;
        let product = square * t * next;
        e = (T::one() - product) - product * e;
    }
    // An error at the far end reaches the second level times the damping, and e through t a few times
    // more; the first level is better still.
    let truncation = 8.0 * damping;
    t += fuzz::<T>(truncation * t.value());
    e += fuzz::<T>(truncation);
    // t₀ − t₁ = t₀ t₁ (1 + e₁).
    let curvature = t * t * next * (T::one() + behind);
    Core {
        per_kappa: t,
        slope: t * e,
        curvature: curvature + fuzz::<T>(2.0 * truncation * curvature.value()),
        log_normaliser: series(dim, square),
    }
}

/// The upper one of Amos' bounds on `I_{μ+1}(κ)/(κ I_μ(κ))`, `μ = d/2 − 1 + k`.
fn amos_upper(dim: usize, k: usize, kappa: f64) -> f64 {
    let m = (dim as f64 - 1.0) / 2.0 + k as f64;
    1.0 / (m + kappa.hypot(m))
}

/// How many levels of the fraction to take, and by what an error at the far end is damped on its way to
/// the second one: a step back multiplies it by `r_k r̃_k`, and both ratios are below Amos' bound or, every
/// other one, as little above it as the far end is off.
fn steps_for<T: Scalar>(dim: usize, kappa: f64) -> (usize, f64) {
    let wanted = T::UNIT_ROUNDOFF / (64.0 * (1.0 + kappa));
    let mut damping = 1.0;
    let mut k = 0;
    while k < 3 || damping > wanted {
        k += 1;
        let ratio = kappa * amos_upper(dim, k, kappa);
        damping *= ratio * ratio;
    }
    (k + 1, damping)
}

/// `ln Σ_k (κ²/4)^k/(k! (d/2)_k)`. What overflows is scaled down by powers of two.
fn series<T: Special>(dim: usize, square: T) -> T {
    const SCALE: i32 = 60;
    let (big, small) =
        (T::approximate(2f64.powi(SCALE), 0.0), T::approximate(2f64.powi(-SCALE), 0.0));
    let mut term = T::one();
    // Without the 1 at first, so that small sums keep their relative accuracy.
    let mut sum = T::zero();
    let mut scalings = 0;
    let mut k = 0;
    loop {
        let factor = square / integer::<T>(2 * (k + 1) * (dim + 2 * k));
        term *= factor;
        sum += term;
        k += 1;
        if sum > big {
            sum = if scalings == 0 { sum + T::one() } else { sum } * small;
            term *= small;
            scalings += 1;
        }
        // The next factors are smaller still: the tail is below a geometric series.
        let factor = factor.value();
        if factor < 0.5 && term.value() <= 0.125 * T::UNIT_ROUNDOFF * sum.value() {
            sum += fuzz::<T>(term.value() * factor / (1.0 - factor));
            break;
        }
    }
    if scalings == 0 {
        Float::ln_1p(sum)
    } else {
        Float::ln(sum) + integer::<T>(scalings * SCALE as usize) * T::LN_2()
    }
}

/// The most coefficients that are taken.
const COEFFICIENTS: usize = 40;

/// Below this, `e^{−2κ}` is no longer negligible.
const LARGE: f64 = 40.0;

/// `A = 1 − Σ_j c_j y^j`, `y = 1/κ`, with `c_1 = (d − 1)/2` and `2c_j = (j − d) c_{j−1} + Σ_i c_i c_{j−i}`; `None` where it does
/// not reach the accuracy of the scalar.
///
/// Put in the equation, the sum up to `J` leaves a residual whose terms are of order `y^{J+1}` to `y^{2J}`. The
/// difference `δ` to the solution obeys `δ′ = −(A + Â + (d − 1)/κ)δ + residual`; from `κ/2`, where it is at most 1,
/// to `κ` it shrinks by `e^{−ρκ/2}`, `ρ` a lower bound of `A + Â` in between, and the residual, which is largest
/// at `κ/2`, adds at most its size over `ρ`.
fn expansion<T: Special>(dim: usize, kappa: T) -> Option<Core<T>> {
    let at = kappa.value();
    if at < LARGE {
        return None;
    }
    let d = dim as f64;
    let m = (d - 1.0) / 2.0;
    let wanted = T::UNIT_ROUNDOFF * m / (8.0 * at * at);
    let mut c = vec![(integer::<T>(dim) - T::one()) / integer::<T>(2)];
    let size = |c: &[T], from: usize, y: f64| -> f64 {
        c.iter().enumerate().skip(from).map(|(j, c)| c.value().abs() * y.powi(j as i32 + 1)).sum()
    };
    let mut error = f64::INFINITY;
    while c.len() < COEFFICIENTS {
        // c[j − 1] is c_j: the next one is of index j = len + 1.
        let j = c.len() + 1;
        let products = (0..c.len()).fold(T::zero(), |sum, i| sum + c[i] * c[j - 2 - i]);
        let next = ((integer::<T>(j) - integer::<T>(dim)) * c[j - 2] + products) / integer::<T>(2);
        let y = 2.0 / at;
        // Products of total order above J + 1.
        let beyond: f64 = (0..c.len())
            .map(|i| {
                let from = (c.len() - i).min(c.len());
                c[i].value().abs() * y.powi(i as i32 + 1) * size(&c, from, y)
            })
            .sum();
        let residual = 2.0 * next.value().abs() * y.powi(j as i32) + beyond;
        let approximate = 1.0 - size(&c, 0, y);
        let lower = (at / 2.0) / (m + (at / 2.0).hypot(m + 1.0));
        let rate = lower + approximate;
        if approximate >= 0.0 {
            error = (-rate * at / 2.0).exp() + residual / rate;
            // What the slope is off by: its own equation has δ times at most this, and the residual.
            error = (2.0 + 2.0 * m / at) * error + residual;
            if error <= wanted {
                break;
            }
        }
        c.push(next);
    }
    if !(error <= wanted) {
        return None;
    }
    let y = T::one() / kappa;
    let horner = |weight: &dyn Fn(usize) -> T| {
        (0..c.len()).rev().fold(T::zero(), |sum, j| sum * y + weight(j) * c[j])
    };
    let ratio = T::one() - y * horner(&|_| T::one()) + fuzz::<T>(error);
    let slope = y * y * horner(&|j| integer::<T>(j + 1)) + fuzz::<T>(error);
    let per_kappa = ratio / kappa;
    // ln ₀F₁ = κ − c_1 ln κ + ln Γ(d/2) + ν ln 2 − ½ ln 2π + Σ_{j≥2} c_j y^{j−1}/(j − 1); beyond κ the error falls at
    // least as 1/κ², so its integral is at most κ times it.
    let half_dim = integer::<T>(dim) / integer::<T>(2);
    let constant = Special::ln_gamma(half_dim) + (half_dim - T::one()) * T::LN_2()
        - Float::ln(T::TAU()) / integer::<T>(2);
    let tail = (1..c.len()).rev().fold(T::zero(), |sum, j| (sum + c[j] / integer::<T>(j)) * y);
    let log_normaliser = kappa - c[0] * Float::ln(kappa) + constant + tail + fuzz::<T>(error * at);
    let curvature = (per_kappa - slope) * y * y;
    Some(Core { per_kappa, slope, curvature, log_normaliser })
}

/// `κ/ρ` for the `κ ≥ 0` with `A_d(κ) = ρ`, from the square of `ρ`: `d` at zero. `None` unless the square is in
/// `[0, 1)`, or if `κ²` overflows.
///
/// By Newton's method in double precision, from `ρ(d − ρ²)/(1 − ρ²)` (Banerjee et al., JMLR 6, 2005). `A_d` is concave,
/// so from the first step on `κ` increases to the solution. A last step in the scalar's own arithmetic
/// bounds the error.
pub(crate) fn inverse_per_ratio<T: Special>(dim: usize, square: T) -> Option<T> {
    let s = square.value();
    if !(0.0..1.0).contains(&s) {
        return None;
    }
    let (d, rho) = (dim as f64, s.sqrt());
    if s == 0.0 && square.error() == 0.0 {
        return Some(integer(dim));
    }
    // 1 − ρ as (1 − ρ²)/(1 + ρ) keeps what the square holds.
    let mut kappa = rho * (d - s) / (1.0 - s);
    for _ in 0..100 {
        let at = SphericalBessel::new(dim, kappa * kappa);
        if !at.slope.is_finite() {
            return None;
        }
        let residual = rho - at.per_kappa * kappa;
        let next = (kappa + residual / at.slope).max(kappa / 4.0);
        let step = (next - kappa).abs();
        kappa = next;
        if step <= 4.0 * f64::EPSILON * kappa || residual.abs() <= f64::EPSILON * rho {
            break;
        }
    }
    let exact = T::approximate(kappa, 0.0);
    let at = SphericalBessel::new(dim, exact * exact);
    if !at.slope.value().is_finite() {
        return None;
    }
    // d(κ/ρ)/d(ρ²) = (1/A′ − κ/ρ)/(2ρ²) = κ²g/(2ρ²A′), g the curvature: so it is finite at zero.
    let per_ratio = T::one() / at.per_kappa;
    let slope = per_ratio * per_ratio * at.curvature / (integer::<T>(2) * at.slope);
    let reached = at.per_kappa * exact;
    let off = (T::approximate(s, 0.0) - reached * reached) + fuzz::<T>(square.error());
    // The change of the derivative itself, over a step that is rounding, is of second order.
    Some(per_ratio + slope * off)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(dim: usize, kappa: f64) -> SphericalBessel<f64> {
        SphericalBessel::new(dim, kappa * kappa)
    }

    #[track_caller]
    fn near(found: f64, expected: f64, units: f64) {
        let tolerance = units * f64::EPSILON * expected.abs();
        assert!((found - expected).abs() <= tolerance, "{found:e}, expected {expected:e}");
    }

    #[test]
    fn half_integer_orders_are_elementary() {
        // d = 3: A = coth κ − 1/κ, ln ₀F₁ = ln(sinh κ/κ), A′ = 1/κ² − 1/sinh² κ.
        for kappa in [0.5, 1.0, 3.0, 10.0, 39.0, 41.0, 59.0, 200.0, 700.0] {
            let found = at(3, kappa);
            near(found.ratio(), 1.0 / kappa.tanh() - 1.0 / kappa, 16.0 / kappa.min(1.0).powi(2));
            near(found.log_normaliser(), (kappa.sinh() / kappa).ln(), 16.0);
            let slope = 1.0 / (kappa * kappa) - 1.0 / kappa.sinh().powi(2);
            near(found.slope(), slope, 16.0 + 16.0 / kappa.powi(2) + kappa.powf(1.5));
        }
        // d = 5: I_{5/2}/I_{3/2} = (sinh κ (1 + 3/κ²) − 3 cosh κ/κ)/(cosh κ − sinh κ/κ).
        for kappa in [2.0_f64, 5.0, 20.0, 100.0] {
            let (sinh, cosh) = (kappa.sinh(), kappa.cosh());
            let ratio =
                (sinh * (1.0 + 3.0 / kappa.powi(2)) - 3.0 * cosh / kappa) / (cosh - sinh / kappa);
            near(at(5, kappa).ratio(), ratio, 64.0);
        }
    }

    #[test]
    fn published_values() {
        // Abramowitz & Stegun, table 9.8: e^{−x} I_0(x) and e^{−x} I_1(x).
        for (x, i0, i1) in [
            (1.0_f64, 0.465_759_607_6, 0.207_910_415_4),
            (2.0, 0.308_508_322_5, 0.215_269_289_2),
            (5.0, 0.183_540_812_6, 0.163_972_266_9),
            (10.0, 0.127_833_337_1, 0.121_262_681_4),
        ] {
            let found = at(2, x);
            assert!(((found.log_normaliser() - x).exp() - i0).abs() < 1e-10, "I_0({x})");
            assert!((found.ratio() * i0 - i1).abs() < 2e-10, "I_1({x})");
        }
    }

    #[test]
    fn the_two_ways_meet() {
        for (dim, kappa) in [(2, 60.0), (2, 300.0), (4, 80.0), (10, 500.0), (30, 4000.0)] {
            let long = expansion::<f64>(dim, kappa).unwrap();
            let short = fraction::<f64>(dim, kappa);
            near(long.per_kappa, short.per_kappa, 8.0);
            near(long.slope, short.slope, 16.0 + kappa.powf(1.5));
            near(long.log_normaliser, short.log_normaliser, 8.0 + kappa.sqrt());
            near(long.curvature, short.curvature, 64.0);
        }
    }

    #[test]
    fn small_and_huge_arguments() {
        let zero = at(4, 0.0);
        assert_eq!((zero.per_kappa(), zero.slope()), (0.25, 0.25));
        assert_eq!((zero.log_normaliser(), zero.ratio()), (0.0, 0.0));
        near(zero.curvature(), 2.0 / 96.0, 4.0);
        // A = κ/d, ln ₀F₁ = κ²/2d.
        let tiny = at(7, 1e-100);
        near(tiny.log_normaliser(), 1e-200 / 14.0, 8.0);
        near(tiny.ratio(), 1e-100 / 7.0, 8.0);
        let huge = at(6, 1e8);
        near(1.0 - huge.ratio(), 2.5e-8, 1e8);
        near(huge.slope(), 2.5e-16, 1e10);
        assert!(SphericalBessel::new(3, f64::NAN).ratio().is_nan());
        assert!(SphericalBessel::new(3, -1.0).ratio().is_nan());
    }

    #[test]
    fn ratios_are_inverted() {
        for dim in [2, 3, 5, 20, 500] {
            for kappa in [1e-150, 1e-8, 0.1, 1.0, 10.0, 80.0, 1e3, 1e5] {
                let found = at(dim, kappa);
                let ratio = found.ratio();
                let per_ratio = inverse_per_ratio(dim, ratio * ratio).unwrap();
                // κ is off by u A/A′, and the square costs two roundings more.
                let condition = ratio / (found.slope() * kappa);
                near(per_ratio * ratio, kappa, 8.0 + 8.0 * condition);
            }
            assert_eq!(inverse_per_ratio(dim, 0.0), Some(dim as f64));
            assert!(inverse_per_ratio(dim, 1.0).is_none());
            assert!(inverse_per_ratio(dim, f64::NAN).is_none());
        }
    }

    #[cfg(feature = "catalogue")]
    #[test]
    fn tracked_bounds_enclose_the_closed_form() {
        use crate::claim::rounding::Tracked;
        for kappa in [0.25, 0.75, 4.0, 50.0, 64.0] {
            let exact = Tracked::exact(kappa);
            let found = SphericalBessel::new(3, exact * exact);
            let sinh = (exact.exp() - (-exact).exp()) / Tracked::exact(2.0);
            let cosh = (exact.exp() + (-exact).exp()) / Tracked::exact(2.0);
            for (found, expected) in [
                (found.ratio(), cosh / sinh - Tracked::exact(1.0) / exact),
                (found.log_normaliser(), (sinh / exact).ln()),
                (
                    found.slope(),
                    Tracked::exact(1.0) / (exact * exact) - Tracked::exact(1.0) / (sinh * sinh),
                ),
            ] {
                let gap = (found - expected).value().abs();
                assert!(gap <= found.bound() + expected.bound(), "{found} against {expected}");
                assert!(found.bound() <= 1e-11 * found.value().abs(), "{found} is idle");
            }
        }
    }
}
