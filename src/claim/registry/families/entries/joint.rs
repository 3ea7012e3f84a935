//! Families whose coordinates depend on one another.

use super::gaussian::mean_and_covariance;
use super::*;

family! {
    Simplex, "Dirichlet", Dirichlet, under WithOneMore<Permutations>,
    pose: <T> |scene, which, n| Dirichlet::with_concentration(&scene.positive::<T>(which, n)),
    point: <T> |scene, n| {
        let weights: Vec<T> = positive_point(scene, n);
        let sum = weights.iter().fold(T::zero(), |sum, &x| sum + x);
        weights.into_iter().map(|x| x / sum).collect()
    },
    moments: Moments::of_dirichlet,
    /// The library takes differences of digammas by quadrature where they cancel.
    fn differentiable(
        _: &Self::Family,
        eta: DVector<Dual<Tracked>>,
    ) -> Result<(Dual<Tracked>, DVector<Dual<Tracked>>), FamilyError> {
        let total = eta.iter().fold(Dual::zero(), |sum, &alpha| sum + alpha);
        let logs = eta.iter().fold(Dual::zero(), |sum, &alpha| sum + Special::ln_gamma(alpha));
        let mean = eta.map(|alpha| alpha.digamma() - total.digamma());
        Ok((logs - Special::ln_gamma(total), mean))
    }
}

family! {
    Classes, "categorical", Categorical, under WithOneMore<Permutations>,
    pose: <T> |scene, which, n| Categorical::with_probabilities(&scene.positive::<T>(which, n)),
    point: <T> |scene, n| one_of(scene, n),
    moments: Moments::by_enumeration,
    const SHIFTED: bool = true;
    const SKEW: bool = true;
}

/// `₀F₁(; d/2; x) = Σ x^k / (k! (d/2)_k)`, until the rest is below a geometric series that does not matter.
fn confluent(d: usize, x: Dual<Tracked>) -> Dual<Tracked> {
    let (mut term, mut sum) = (Dual::<Tracked>::one(), Dual::<Tracked>::one());
    for k in 0.. {
        let factors = Dual::count(k + 1) * Dual::ratio((d + 2 * k) as i64, 2);
        let ratio = x / factors;
        term *= ratio;
        sum += term;
        if !sum.value().value().is_finite() {
            return Dual::new(Tracked::new(f64::NAN, f64::NAN), Tracked::new(f64::NAN, f64::NAN));
        }
        let left = [term.value(), term.slope()].map(|part| part.value().abs());
        // Terms fall by more than 4 from here, their slopes by more than 2.
        let falling = ratio.value().value() < 0.25 && k > 1;
        if falling && left[0] <= 1e-25 && left[1] <= 1e-25 {
            let wider = |part: Tracked, left: f64| Tracked::new(part.value(), part.bound() + left);
            return Dual::new(wider(sum.value(), left[0]), wider(sum.slope(), left[1]));
        }
    }
    sum
}

family! {
    Sphere, "von Mises–Fisher", VonMisesFisher, under RotationsOfMore,
    pose: <T> |scene, which, n| {
        // Of moderate concentration, unless the scene is one of extremes.
        let scale = if scene.spread < EDGE {
            T::one()
        } else {
            Float::min(scene.positive(which, 1)[0], T::count(8))
        };
        let eta = scene.vector::<T>(which, n).into_iter().map(|entry| entry * scale);
        Member::from_natural(VonMisesFisher::new(n)?, DVector::from_iterator(n, eta))
    },
    // On the sphere without rounding.
    point: <T> |scene, n| one_of(scene, n),
    moments: Moments::of_von_mises_fisher,
    /// The library has Bessel ratios from continued fractions; these are power series.
    fn differentiable(
        _: &Self::Family,
        eta: DVector<Dual<Tracked>>,
    ) -> Result<(Dual<Tracked>, DVector<Dual<Tracked>>), FamilyError> {
        let n = eta.len();
        let x = dot(eta.as_slice(), eta.as_slice()) * Dual::ratio(1, 4);
        let (series, next) = (confluent(n, x), confluent(n + 2, x));
        Ok((Float::ln(series), eta.map(|entry| entry * next / (series * Dual::count(n)))))
    }
}

family! {
    Scatter, "Wishart", Wishart, under Congruences<Invertible>,
    pose: <T> |scene, which, _n| {
        let size = Self::rep::<f64>(scene).base().dim();
        let (_, scale) = mean_and_covariance::<T>(scene, which, size);
        let excess = scene.positive::<T>(which, 1)[0];
        // Draws near the lower end of the degrees of freedom, d − 1, are nearly singular: they are not for every scene.
        let least = if scene.spread < EDGE { size + 7 } else { size - 1 };
        Wishart::with_scale(&scale, T::count(least) + excess)
    },
    point: <T> |scene, n| {
        // As many rows as there are diagonal entries among the coordinates.
        let size = (1..=n).find(|d| d * (d + 1) / 2 == n).unwrap_or(0);
        let (_, matrix) = mean_and_covariance::<T>(scene, Which::P, size);
        pairs(size).map(|(i, j)| matrix[(i, j)]).collect()
    },
    moments: Moments::of_wishart,
    const SKEW: bool = true;
}
