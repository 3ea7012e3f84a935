//! A stranger's families, each of which can be given a fault, and the proof that all sound strangers
//! pass.

use super::affine::{Affine, Functions, Map, P};
use equibayes::action::ClosedUnder;
use equibayes::family::{
    Coordinates, ExponentialFamily, Family, FamilyError, FisherInformation, LogPartition, Mean,
    Member, Natural, Sample, bregman,
};
use equibayes::group::{Finite, Permutation, PermutationGroup};
use equibayes::law;
use equibayes::representation::{
    ActsByPermutations, ActsOn, Dense, ElementOf, PermutationRep, Reynolds,
};
use equibayes::scalar::{Rational, Scalar};
use equibayes::symmetrize::{Arithmetic, Geometric};
use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

/// What is wrong with the family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FamilyFault {
    None,
    /// `μ` is a tenth of a percent too large.
    WrongMean,
    /// `η` from `μ` is a tenth of a percent too large.
    WrongNatural,
    /// `A` has a factor 1.01.
    WrongLogPartition,
    /// The Fisher information is that of twice the rate.
    WrongFisher,
    /// It is not symmetric.
    AsymmetricFisher,
    /// It has a negative diagonal.
    NegativeFisher,
    /// `A*` has the wrong sign.
    WrongConjugate,
    /// `KL(p‖q)` instead of `KL(q‖p)`.
    SwappedKl,
    /// `KL` with a constant.
    ShiftedKl,
    /// `KL` with the wrong sign.
    NegativeKl,
    /// The density lacks `A`.
    UnnormalisedDensity,
    /// Draws are a fifth too large.
    BiasedDraws,
    /// Draws are uniform, of the right mean.
    UniformDraws,
    /// The action is said to be that of the inverse.
    WrongTau,
    /// A shift where there is none.
    SpuriousShift,
    /// The average of the shifts is not zero where the shifts are.
    SpuriousMeanShift,
    /// The base measure prefers the first coordinate.
    UnevenBaseMeasure,
    /// The average is that of the natural parameters.
    WrongAverage,
}

/// Independent exponential distributions: `T(θ) = θ`, `η = −λ`, `A = −Σ ln λ`, `μ = 1/λ`, on positive numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exponentials {
    pub dim: usize,
    pub fault: FamilyFault,
}

impl Exponentials {
    fn is(&self, fault: FamilyFault) -> bool {
        self.fault == fault
    }

    /// A tenth of a percent more, where that is the fault.
    fn slip<T: Scalar>(&self, fault: FamilyFault) -> T {
        if self.is(fault) { T::ratio(1001, 1000) } else { T::one() }
    }
}

fn negative<T: Scalar>(what: &'static str, x: &[T], sign: i64) -> Result<(), FamilyError> {
    match x.iter().position(|value| !(value.clone() * T::ratio(sign, 1) > T::zero())) {
        Some(index) => Err(FamilyError::NotPositive { what, index, value: x[index].nearest_f64() }),
        None => Ok(()),
    }
}

impl Family for Exponentials {
    fn dim(&self) -> usize {
        self.dim
    }
}

impl ExponentialFamily for Exponentials {
    fn statistic_dim(&self) -> usize {
        self.dim
    }
}

impl<T: Scalar> Coordinates<T> for Exponentials {
    fn sufficient_statistic(&self, theta: &[T]) -> DVector<T> {
        DVector::from_column_slice(theta)
    }

    fn to_mean(&self, eta: &Natural<Self, T>) -> Result<Mean<Self, T>, FamilyError> {
        negative("rate −η", eta.as_slice(), -1)?;
        let slip: T = self.slip(FamilyFault::WrongMean);
        Ok(Mean::new(eta.coordinates().map(|eta| -slip.clone() / eta)))
    }

    fn to_natural(&self, mu: &Mean<Self, T>) -> Result<Natural<Self, T>, FamilyError> {
        negative("mean", mu.as_slice(), 1)?;
        let slip: T = self.slip(FamilyFault::WrongNatural);
        Ok(Natural::new(mu.coordinates().map(|mu| -slip.clone() / mu)))
    }
}

impl LogPartition<f64> for Exponentials {
    fn log_partition(&self, q: &Member<Self>) -> f64 {
        let factor = if self.is(FamilyFault::WrongLogPartition) { 1.01 } else { 1.0 };
        q.natural().as_slice().iter().map(|eta| -factor * (-eta).ln()).sum()
    }

    fn log_base_measure(&self, theta: &[f64]) -> f64 {
        if self.is(FamilyFault::UnevenBaseMeasure) { -theta[0] } else { 0.0 }
    }

    fn log_density(&self, q: &Member<Self>, theta: &[f64]) -> f64 {
        let product: f64 = q.natural().as_slice().iter().zip(theta).map(|(a, b)| a * b).sum();
        let a = if self.is(FamilyFault::UnnormalisedDensity) { 0.0 } else { self.log_partition(q) };
        self.log_base_measure(theta) + product - a
    }

    fn conjugate(&self, q: &Member<Self>) -> f64 {
        let sign = if self.is(FamilyFault::WrongConjugate) { -1.0 } else { 1.0 };
        let product: f64 = q
            .natural()
            .as_slice()
            .iter()
            .zip(q.mean_parameter().as_slice())
            .map(|(eta, mu)| eta * mu)
            .sum();
        sign * (product - self.log_partition(q))
    }

    fn kl(&self, q: &Member<Self>, p: &Member<Self>) -> f64 {
        match self.fault {
            FamilyFault::SwappedKl => bregman(self, p, q),
            FamilyFault::ShiftedKl => bregman(self, q, p) + 1e-3,
            FamilyFault::NegativeKl => -bregman(self, q, p),
            _ => bregman(self, q, p),
        }
    }
}

impl<T: Scalar> FisherInformation<T> for Exponentials {
    fn fisher_information(&self, q: &Member<Self, T>) -> DMatrix<T> {
        let mut information = DMatrix::from_diagonal(
            &q.natural().coordinates().map(|eta| T::one() / (eta.clone() * eta)),
        );
        match self.fault {
            FamilyFault::WrongFisher => information *= T::ratio(1, 4),
            FamilyFault::NegativeFisher => information *= T::ratio(-1, 1),
            FamilyFault::AsymmetricFisher if self.dim > 1 => {
                information[(0, 1)] = information[(0, 0)].clone() * T::ratio(1, 100);
            }
            _ => {}
        }
        information
    }
}

impl Sample<f64> for Exponentials {
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self>, rng: &mut R) -> DVector<f64> {
        q.natural().coordinates().map(|eta| {
            let uniform: f64 = 1.0 - rng.random::<f64>();
            match self.fault {
                FamilyFault::UniformDraws => -2.0 * uniform / eta,
                FamilyFault::BiasedDraws => 1.2 * uniform.ln() / eta,
                _ => uniform.ln() / eta,
            }
        })
    }
}

/// The action itself, or that of the inverse.
impl<R, T> ClosedUnder<R, T> for Exponentials
where
    T: Scalar,
    R: ActsByPermutations + ActsOn<T> + Send + Sync + 'static,
    ElementOf<R>: 'static,
{
    type Statistic = Dense<R::Group, T>;

    fn statistic_action(&self, rep: &R) -> Self::Statistic {
        let (acting, inverted) = (rep.clone(), self.is(FamilyFault::WrongTau));
        Dense::from_fn(rep.group().clone(), rep.dim(), move |g| {
            let matrix = ActsOn::<T>::matrix(&acting, g);
            if inverted { matrix.transpose() } else { matrix }
        })
    }

    fn statistic_shift(&self, _: &R, _: &ElementOf<R>) -> Option<DVector<T>> {
        self.is(FamilyFault::SpuriousShift).then(|| DVector::from_element(self.dim, T::one()))
    }

    fn mean_shift(&self, _: &R) -> Option<DVector<T>> {
        let spurious =
            matches!(self.fault, FamilyFault::SpuriousShift | FamilyFault::SpuriousMeanShift);
        spurious.then(|| DVector::from_element(self.dim, T::one()))
    }

    fn average_mean(
        &self,
        rep: &R,
        reynolds: &Reynolds<T>,
        q: &Member<Self, T>,
    ) -> Result<Member<Self, T>, FamilyError> {
        if self.is(FamilyFault::WrongAverage) {
            let eta = reynolds.project_dual(q.natural().as_slice());
            return Member::from_natural(*self, eta);
        }
        let mut mean = reynolds.project(q.mean_parameter().as_slice());
        if let Some(shift) = ClosedUnder::<R, T>::mean_shift(self, rep) {
            mean += shift;
        }
        Member::from_mean(*self, mean)
    }
}

/// Members with rates between 1/4 and 4.
pub(crate) fn rates<T: Scalar>(
    family: Exponentials,
) -> impl Fn(&mut ChaCha8Rng) -> Member<Exponentials, T> + Copy {
    move |rng| {
        let eta = DVector::from_fn(family.dim, |_, _| T::ratio(-rng.random_range(2..=32), 8));
        Member::from_natural(family, eta).unwrap()
    }
}

/// One of three classes, as a unit vector: `T(θ) = (θ_0, θ_1)`, the minimal form, in which permutations of the
/// classes move the statistic with a shift. `η = (ln p_0/p_2, ln p_1/p_2)`, `A = ln(1 + e^{η_0} + e^{η_1})`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ThreeClasses {
    /// Leave out the shift.
    pub without_shift: bool,
}

impl Family for ThreeClasses {
    fn dim(&self) -> usize {
        3
    }
}

impl ExponentialFamily for ThreeClasses {
    fn statistic_dim(&self) -> usize {
        2
    }
}

impl Coordinates<f64> for ThreeClasses {
    fn sufficient_statistic(&self, theta: &[f64]) -> DVector<f64> {
        DVector::from_column_slice(&theta[..2])
    }

    fn to_mean(&self, eta: &Natural<Self>) -> Result<Mean<Self>, FamilyError> {
        let weights = eta.coordinates().map(f64::exp);
        let total = 1.0 + weights.sum();
        Ok(Mean::new(weights / total))
    }

    fn to_natural(&self, mu: &Mean<Self>) -> Result<Natural<Self>, FamilyError> {
        let rest = 1.0 - mu.coordinates().sum();
        negative("probability", mu.as_slice(), 1)?;
        negative("last probability", &[rest], 1)?;
        Ok(Natural::new(mu.coordinates().map(|p| (p / rest).ln())))
    }
}

impl LogPartition<f64> for ThreeClasses {
    fn log_partition(&self, q: &Member<Self>) -> f64 {
        q.natural().coordinates().map(f64::exp).sum().ln_1p()
    }

    fn log_base_measure(&self, _: &[f64]) -> f64 {
        0.0
    }
}

impl FisherInformation<f64> for ThreeClasses {
    fn fisher_information(&self, q: &Member<Self>) -> DMatrix<f64> {
        let p = q.mean_parameter().coordinates();
        DMatrix::from_diagonal(p) - p * p.transpose()
    }
}

impl Sample<f64> for ThreeClasses {
    fn sample<R: Rng + ?Sized>(&self, q: &Member<Self>, rng: &mut R) -> DVector<f64> {
        let (p, u) = (q.mean_parameter().as_slice(), rng.random::<f64>());
        let class = if u < p[0] {
            0
        } else if u < p[0] + p[1] {
            1
        } else {
            2
        };
        DVector::from_fn(3, |i, _| f64::from(u8::from(i == class)))
    }
}

impl<R> ClosedUnder<R, f64> for ThreeClasses
where
    R: ActsByPermutations + ActsOn<f64> + Send + Sync + 'static,
    R::Group: Finite,
{
    type Statistic = Dense<R::Group, f64>;

    /// The class `i` after the action was the class `j` before; the last one is 1 less the others.
    fn statistic_action(&self, rep: &R) -> Self::Statistic {
        let acting = rep.clone();
        Dense::from_fn(rep.group().clone(), 2, move |g| {
            let back = acting.index_map(g).inverse();
            DMatrix::from_fn(2, 2, |i, j| match back.image(i).0 {
                2 => -1.0,
                class => f64::from(u8::from(class == j)),
            })
        })
    }

    fn statistic_shift(&self, rep: &R, g: &ElementOf<R>) -> Option<DVector<f64>> {
        let back = rep.index_map(g).inverse();
        let shift = DVector::from_fn(2, |i, _| f64::from(u8::from(back.image(i).0 == 2)));
        (!self.without_shift).then_some(shift)
    }

    fn mean_shift(&self, rep: &R) -> Option<DVector<f64>> {
        let order = rep.group().elements().count() as f64;
        let sum = rep
            .group()
            .elements()
            .filter_map(|g| self.statistic_shift(rep, &g))
            .fold(DVector::zeros(2), |sum, shift| sum + shift);
        (!self.without_shift).then(|| sum / order)
    }
}

/// Members with odds between e⁻² and e².
pub(crate) fn odds(
    family: ThreeClasses,
) -> impl Fn(&mut ChaCha8Rng) -> Member<ThreeClasses> + Copy {
    move |rng| {
        let eta = DVector::from_fn(2, |_, _| rng.random_range(-2.0..2.0));
        Member::from_natural(family, eta).unwrap()
    }
}

/// All permutations of three classes.
pub(crate) fn three_classes() -> PermutationRep<PermutationGroup> {
    let swap = Permutation::new(&[1, 0, 2]).unwrap();
    let cycle = Permutation::new(&[1, 2, 0]).unwrap();
    PermutationRep::natural(&PermutationGroup::new(3, vec![swap, cycle]).unwrap())
}

#[test]
fn a_strangers_group_passes() {
    law::group(&Affine::SOUND).assert();
    law::finite_group(&Affine::SOUND).assert();
    assert_eq!(Affine::SOUND.element(0), Map { scale: 1, shift: 0 });
}

#[test]
fn a_strangers_representation_passes() {
    let rep = Functions::SOUND;
    law::representation(&rep).assert();
    law::representation_over::<f32, _>(&rep, 1.0).assert();
    law::representation_over::<Rational, _>(&rep, 1.0).assert();
    law::signed_permutations(&rep).assert();
    law::permutations(&rep).assert();
    law::orthogonal(&rep).assert();
    law::reynolds(&rep).assert();
    law::reynolds_over::<Rational, _>(&rep, 1.0).assert();
}

#[test]
fn a_strangers_family_passes() {
    let family = Exponentials { dim: P, fault: FamilyFault::None };
    law::family(&family, rates(family)).assert();
    law::coordinates(&family, rates::<Rational>(family)).assert();
    let rep = Functions::SOUND;
    law::closed(&family, &rep, rates(family)).assert();
    law::averages(&family, &rep, rates::<Rational>(family)).assert();
    law::symmetrization(&Geometric, &rep, rates::<f64>(family)).assert();
    law::symmetrization(&Arithmetic, &rep, rates::<Rational>(family)).assert();
}

#[test]
fn a_strangers_family_with_shifts_passes() {
    let family = ThreeClasses { without_shift: false };
    law::family(&family, odds(family)).assert();
    let rep = three_classes();
    law::closed(&family, &rep, odds(family)).assert();
    law::symmetrization(&Geometric, &rep, odds(family)).assert();
    law::symmetrization(&Arithmetic, &rep, odds(family)).assert();
}
