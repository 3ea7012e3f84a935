//! Base measures that are not invariant, and the affine action that follows (claim F3).

use super::ClosedUnder;
use crate::family::{FamilyError, Member, Natural, Tilted};
use crate::group::Group;
use crate::representation::{ActsOn, Dual, ElementOf, Reynolds};
use crate::scalar::{Scalar, dot};
use nalgebra::DVector;

/// How a base measure moves: `h(ρ(g)θ) |det ρ(g)| = h(θ) e^{⟨a(g), T(θ)⟩ + b(g)}`.
///
/// A cocycle: `a(gh) = τ(h)ᵀa(g) + a(h)` and `b(gh) = b(g) + b(h) + ⟨a(g), c(h)⟩`. The last term is why a shift `c` takes
/// a constant `b` along with `a`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tilt<T = f64> {
    /// `a(g)`, a covector like natural parameters.
    pub linear: DVector<T>,
    /// `b(g)`.
    pub constant: T,
}

/// `g·η = τ(g)⁻ᵀη + a(g⁻¹)`.
///
/// # Panics
/// If `eta` is not as long as the statistic.
pub(crate) fn moved_natural<F, R, T>(family: &F, rep: &R, g: &ElementOf<R>, eta: &[T]) -> DVector<T>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let moved = Dual::new(family.statistic_action(rep)).apply(g, eta);
    match family.tilt(rep, &rep.group().inverse(g)) {
        Some(tilt) => moved + tilt.linear,
        None => moved,
    }
}

/// `avg_g g·η = P*η + avg_g a(g)`, given the Reynolds operator of `τ`: what the affine action fixes.
pub(crate) fn averaged_natural<F, R, T>(
    family: &F,
    rep: &R,
    reynolds: &Reynolds<T>,
    eta: &Natural<F, T>,
) -> DVector<T>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    let average = reynolds.natural(eta).into_coordinates();
    match family.mean_tilt(rep, reynolds) {
        Some(tilt) => average + tilt,
        None => average,
    }
}

/// The sum of two tilts, of which either may be none.
fn sum<T: Scalar>(a: Option<DVector<T>>, b: DVector<T>) -> DVector<T> {
    match a {
        Some(a) => a + b,
        None => b,
    }
}

/// `τ` and `c` are those of the family; `a(g) = τ(g)ᵀβ − β` and `b(g) = ⟨β, c(g)⟩`, and what tilt it had before.
///
/// Of a compact group every tilt is like this: by the cocycle law `a(g) = τ(g)ᵀβ − β` with `β = −avg_g a(g)`, so that natural
/// parameters measured from `avg_g a(g)` move linearly (claim F3).
impl<F, R, T> ClosedUnder<R, T> for Tilted<F>
where
    F: ClosedUnder<R, T>,
    R: ActsOn<T>,
    T: Scalar,
{
    type Statistic = F::Statistic;

    fn statistic_action(&self, rep: &R) -> F::Statistic {
        self.inner().statistic_action(rep)
    }

    fn admits(&self, rep: &R) -> Result<(), FamilyError> {
        self.inner().admits(rep)
    }

    fn statistic_shift(&self, rep: &R, g: &ElementOf<R>) -> Option<DVector<T>> {
        self.inner().statistic_shift(rep, g)
    }

    fn mean_shift(&self, rep: &R) -> Option<DVector<T>> {
        self.inner().mean_shift(rep)
    }

    fn tilt(&self, rep: &R, g: &ElementOf<R>) -> Option<Tilt<T>> {
        let (family, origin) = (self.inner(), self.origin::<T>());
        let tau = family.statistic_action(rep);
        let mut moved = DVector::from_element(origin.len(), T::zero());
        tau.act_transposed(g, origin.as_slice(), moved.as_mut_slice());
        let constant = family
            .statistic_shift(rep, g)
            .map_or_else(T::zero, |shift| dot(origin.as_slice(), shift.as_slice()));
        let own = moved - origin;
        Some(match family.tilt(rep, g) {
            Some(tilt) => Tilt { linear: tilt.linear + own, constant: tilt.constant + constant },
            None => Tilt { linear: own, constant },
        })
    }

    fn mean_tilt(&self, rep: &R, reynolds: &Reynolds<T>) -> Option<DVector<T>> {
        let origin = self.origin::<T>();
        let own = reynolds.project_dual(origin.as_slice()) - origin;
        Some(sum(self.inner().mean_tilt(rep, reynolds), own))
    }

    /// As the family averages means, whatever they are measured from.
    fn average_mean(
        &self,
        rep: &R,
        reynolds: &Reynolds<T>,
        q: &Member<Self, T>,
    ) -> Result<Member<Self, T>, FamilyError> {
        let average = self.inner().average_mean(rep, reynolds, &q.untilted())?;
        let origin = Natural::new(self.origin::<T>());
        Tilted::relative_to(&average, &origin)
    }
}
