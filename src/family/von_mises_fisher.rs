//! Directions around a mean direction.

use super::member::check;
use super::{
    Coordinates, Entropy, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition,
    Mean, Member, Natural, Sample, bregman,
};
use crate::scalar::{Real, dot};
use crate::special::{Special, SphericalBessel, inverse_per_ratio};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;
use rand::Rng;
use rand_distr::{Distribution, Exp1, Gamma, Open01, StandardNormal};

/// The family of von Mises–Fisher distributions on the unit sphere of `R^d`, `d ≥ 2`: density
/// proportional to `e^{κ⟨m, θ⟩}`, with mean direction `m` and concentration `κ ≥ 0`.
///
/// Statistic `T(θ) = θ`, natural parameter `η = κm`, any vector; base measure the uniform probability on the
/// sphere, so densities are against that, and `η = 0` is the uniform distribution. Mean parameter
/// `μ = A_d(κ) m`, inside the unit ball, and `A = ln ₀F₁(; d/2; κ²/4)`, with Bessel functions of
/// [`SphericalBessel`].
///
/// Closed under orthogonal actions, with `τ = ρ` (claim F3).
///
/// A point counts as one of the sphere if its norm is 1 to within twice the square root of the unit
/// roundoff.
///
/// # Examples
/// ```
/// use equibayes::family::{LogPartition, VonMisesFisher};
///
/// let q = VonMisesFisher::with_direction(&[0.0, 0.0, 2.0], 4.0)?;
/// assert_eq!(q.natural().as_slice(), [0.0, 0.0, 4.0]);
/// // On the sphere of R³ the normaliser is sinh κ/κ.
/// let density = q.family().log_density(&q, &[0.0, 0.0, 1.0]);
/// assert!((density - (4.0 - (4.0_f64.sinh() / 4.0).ln())).abs() < 1e-14);
/// # Ok::<(), equibayes::family::FamilyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VonMisesFisher {
    dim: usize,
}

impl VonMisesFisher {
    /// The family on the unit sphere of `R^dim`.
    ///
    /// # Errors
    /// [`FamilyError::Size`] for fewer than two dimensions.
    pub fn new(dim: usize) -> Result<Self, FamilyError> {
        if dim < 2 {
            return Err(FamilyError::Size { what: "dimension", got: dim, expected: "at least 2" });
        }
        Ok(Self { dim })
    }

    /// The distribution around a direction, a vector of any positive length, with concentration `κ`.
    ///
    /// # Errors
    /// [`FamilyError`] if there are fewer than two coordinates, one of them is not a number, all of them
    /// are zero, or `κ` is negative or so large that the mean parameter rounds to the boundary.
    pub fn with_direction<T: Special>(
        direction: &[T],
        concentration: T,
    ) -> Result<Member<Self, T>, FamilyError> {
        let family = Self::new(direction.len())?;
        let direction = DVector::from_column_slice(direction);
        check("direction", &direction, family.dim)?;
        if !(concentration >= T::zero()) {
            let (what, expected) = ("concentration", "a number that is not negative");
            return Err(FamilyError::Outside { what, value: concentration.value(), expected });
        }
        let largest = direction.amax_by_value();
        if largest.is_zero() {
            let (what, expected) = ("largest coordinate of the direction", "a positive number");
            return Err(FamilyError::Outside { what, value: 0.0, expected });
        }
        // Scaled first, so that no square overflows or vanishes.
        let scaled = direction.map(|x| x / largest);
        let length = Float::sqrt(dot(scaled.as_slice(), scaled.as_slice()));
        Member::from_natural(family, scaled.map(|x| x / length * concentration))
    }

    fn bessel<T: Special>(&self, eta: &[T]) -> SphericalBessel<T> {
        SphericalBessel::new(self.dim, dot(eta, eta))
    }
}

/// The largest absolute value.
trait LargestValue<T> {
    fn amax_by_value(&self) -> T;
}

impl<T: Real> LargestValue<T> for DVector<T> {
    fn amax_by_value(&self) -> T {
        self.iter().fold(T::zero(), |largest, &x| {
            let size = Float::abs(x);
            if size > largest { size } else { largest }
        })
    }
}

impl<T: Special> Member<VonMisesFisher, T> {
    /// The concentration `κ = ‖η‖`.
    pub fn concentration(&self) -> T {
        Float::sqrt(dot(self.natural().as_slice(), self.natural().as_slice()))
    }

    /// The mean direction `η/κ`; `None` for the uniform distribution.
    pub fn direction(&self) -> Option<DVector<T>> {
        let kappa = self.concentration();
        (kappa > T::zero()).then(|| self.natural().coordinates().map(|eta| eta / kappa))
    }
}

impl Family for VonMisesFisher {
    fn dim(&self) -> usize {
        self.dim
    }
}

impl ExponentialFamily for VonMisesFisher {
    fn statistic_dim(&self) -> usize {
        self.dim
    }
}

/// Fails unless the squared length is below 1.
fn inside<T: Special>(square: T) -> Result<(), FamilyError> {
    if square < T::one() {
        return Ok(());
    }
    let (what, expected) = ("squared length of the mean parameter", "a number below 1");
    Err(FamilyError::Outside { what, value: square.value(), expected })
}

impl<T: Special> Coordinates<T> for VonMisesFisher {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        DVector::from_column_slice(theta)
    }

    /// Refuses concentrations so large that the mean parameter rounds to the boundary.
    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        check("natural parameter", eta.coordinates(), self.dim)?;
        let square = dot(eta.as_slice(), eta.as_slice());
        check("squared concentration", &DVector::from_element(1, square), 1)?;
        let factor = SphericalBessel::new(self.dim, square).per_kappa();
        let mu = eta.coordinates().map(|eta| eta * factor);
        inside(dot(mu.as_slice(), mu.as_slice()))?;
        Ok(Mean::new(mu))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        check("mean parameter", mu.coordinates(), self.dim)?;
        let square = dot(mu.as_slice(), mu.as_slice());
        inside(square)?;
        let Some(factor) = inverse_per_ratio(self.dim, square) else {
            let (what, expected) = ("squared length of the mean parameter", "a number below 1");
            return Err(FamilyError::Outside { what, value: square.value(), expected });
        };
        let eta = mu.coordinates().map(|mu| mu * factor);
        check("natural parameter", &eta, self.dim)?;
        Ok(Natural::new(eta))
    }
}

/// Gauss–Legendre nodes and weights on `[−1, 1]`, the positive half of six.
const GAUSS: [(f64, f64); 3] = [
    (0.238_619_186_083_196_9, 0.467_913_934_572_691),
    (0.661_209_386_466_264_5, 0.360_761_573_048_138_6),
    (0.932_469_514_203_152, 0.171_324_492_379_170_4),
];

/// `∫_0^1 (1 − u) δᵀI(η + uδ)δ du`, which is `KL(q_η‖q_{η+δ})` exactly: Taylor's formula for `A`.
///
/// For `‖δ‖ ≤ (1 + κ)/20` by six Gauss–Legendre nodes: `A` is analytic but where `κ² = −j²`, `j ≥ 2.4` a zero of a Bessel
/// function, which is more than ten steps away, so the error is below `40⁻¹²` relative to the largest
/// value.
fn along_the_segment<T: Special>(family: VonMisesFisher, eta: &DVector<T>, step: &DVector<T>) -> T {
    let half = T::ratio(1, 2);
    GAUSS.iter().flat_map(|&(x, w)| [(x, w), (-x, w)]).fold(T::zero(), |sum, (x, w)| {
        let (x, w) = (T::approximate(x, 1e-16), T::approximate(w, 1e-16));
        let u = half * (T::one() + x);
        let there = eta + step.map(|entry| entry * u);
        sum + half * w * (T::one() - u) * quadratic(family, &there, step)
    })
}

/// `δᵀI(η)δ`.
fn quadratic<T: Special>(family: VonMisesFisher, eta: &DVector<T>, step: &DVector<T>) -> T {
    let at = family.bessel(eta.as_slice());
    let along = dot(eta.as_slice(), step.as_slice());
    if at.kappa() <= 1.0 {
        let square = dot(step.as_slice(), step.as_slice());
        return at.per_kappa() * square - at.curvature() * along * along;
    }
    // Split into the parts along η and across, where the difference would cancel.
    let square = dot(eta.as_slice(), eta.as_slice());
    let across = step - eta.map(|entry| entry * along / square);
    at.slope() * along * along / square + at.per_kappa() * dot(across.as_slice(), across.as_slice())
}

impl<T: Special> LogPartition<T> for VonMisesFisher {
    fn log_partition(&self, q: &Member<Self, T>) -> T {
        self.bessel(q.natural().as_slice()).log_normaliser()
    }

    /// 0 on the sphere, `−∞` off it.
    fn log_base_measure(&self, theta: &[T]) -> T {
        assert_eq!(theta.len(), self.dim, "θ of another dimension than the family's");
        let off = (dot(theta, theta).value() - 1.0).abs();
        if off <= 4.0 * T::UNIT_ROUNDOFF.sqrt() { T::zero() } else { T::neg_infinity() }
    }

    /// For near members an integral of the Fisher information, in which nothing cancels.
    fn kl(&self, q: &Member<Self, T>, p: &Member<Self, T>) -> T {
        let (eta, zeta) = (q.natural().coordinates(), p.natural().coordinates());
        let step = zeta - eta;
        let length = dot(step.as_slice(), step.as_slice()).value().sqrt();
        let kappa = dot(eta.as_slice(), eta.as_slice()).value().sqrt();
        if length <= 0.05 * (1.0 + kappa) {
            along_the_segment(*self, eta, &step)
        } else {
            bregman(self, q, p)
        }
    }
}

impl<T: Special> Entropy<T> for VonMisesFisher {
    /// `A(η) − ⟨η, μ⟩`, with respect to the measure of [`log_density`](LogPartition::log_density).
    fn entropy(&self, q: &Member<Self, T>) -> T {
        -self.conjugate(q)
    }
}

impl<T: Special> FisherInformation<T> for VonMisesFisher {
    /// `A′` along the mean direction and `A/κ` across it.
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let eta = q.natural().as_slice();
        let at = self.bessel(eta);
        let square = dot(eta, eta);
        DMatrix::from_fn(self.dim, self.dim, |i, j| {
            let outer = eta[i] * eta[j];
            let unit = if i == j { T::one() } else { T::zero() };
            if at.kappa() <= 1.0 {
                at.per_kappa() * unit - at.curvature() * outer
            } else {
                let along = outer / square;
                at.slope() * along + at.per_kappa() * (unit - along)
            }
        })
    }
}

impl<T: Special> Sample<T> for VonMisesFisher
where
    StandardNormal: Distribution<T>,
    Exp1: Distribution<T>,
    Open01: Distribution<T>,
{
    /// Wood's rejection sampling (Comm. Statist. Simulation Comput. 23, 1994) for the component along the
    /// mean direction, and a uniform direction across. All in terms of `1 − w`, the component's distance
    /// from 1, which is what is left of it for large concentrations.
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self, T>, rng: &mut R) -> DVector<T> {
        let kappa = q.concentration();
        let pole = q.direction().unwrap_or_else(|| {
            DVector::from_fn(self.dim, |i, _| if i == 0 { T::one() } else { T::zero() })
        });
        let one = T::one();
        let two = one + one;
        let across = T::count(self.dim - 1);
        // b = (√(4κ² + (d−1)²) − 2κ)/(d − 1); the envelope has its mode where w = (1 − b)/(1 + b).
        let b = across / (two * kappa + Float::hypot(two * kappa, across));
        let mode_gap = two * b / (one + b);
        let gap = match Gamma::new(across / two, one) {
            Ok(gamma) => loop {
                let (x, y): (T, T) = (gamma.sample(rng), gamma.sample(rng));
                // z = x/(x + y) is Beta; w = (1 − (1 + b)z)/(1 − (1 − b)z).
                let gap = two * b * x / (y + b * x);
                // ln of the ratio of the density to the envelope, which is largest at the mode.
                let tilt = (two * b + (one - b) * gap) / (one + b);
                let log_ratio = kappa * (mode_gap - gap)
                    + across * Float::ln(tilt / (mode_gap * (two - mode_gap)));
                let uniform: T = Open01.sample(rng);
                if log_ratio >= Float::ln(uniform) {
                    break gap;
                }
            },
            Err(_) => unreachable!("(d − 1)/2 is a positive shape"),
        };
        let normal = loop {
            let normal = DVector::from_fn(self.dim, |_, _| StandardNormal.sample(rng));
            let along = dot(normal.as_slice(), pole.as_slice());
            let normal: DVector<T> = normal - pole.map(|entry| entry * along);
            let length = Float::sqrt(dot(normal.as_slice(), normal.as_slice()));
            if length > T::zero() {
                break normal.map(|entry| entry / length);
            }
        };
        let radius = Float::sqrt(gap * (two - gap));
        pole.map(|entry| entry * (one - gap)) + normal.map(|entry| entry * radius)
    }
}
