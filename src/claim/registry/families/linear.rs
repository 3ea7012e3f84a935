//! The linear structure of a registered family, in rational arithmetic.
//!
//! Parameter maps of most families have logarithms in them, but how a closed family *moves* is linear
//! algebra: `μ ↦ τ(g)μ + c(g)` and `η ↦ τ(g)⁻ᵀη + a(g⁻¹)`. The numbers of a scene are dyadic and the matrices `τ(g)`
//! small integers, so that the library's own floating-point code computes these without rounding; a
//! [`Tracked`] number knows whether it did. What came out with the bound 0 *is* a rational number, and goes
//! on as one.
//!
//! Where `ρ(g)` has fractions, of denominator `D`, entries of `τ(g)` are multiples of `1/D^k`, as they are
//! polynomials of degree `k` in those of `ρ(g)` with whole coefficients. A number with a bound below half of that
//! step is one of these multiples and no other: which one is known without error as well.

use super::FamilyEntry;
use crate::action::{ClosedUnder, Tilt, push_forward};
use crate::claim::rounding::Tracked;
use crate::claim::scene::{Scene, Which};
use crate::family::{Coordinates, FamilyError, Member};
use crate::group::{AnyElement, AnyGroup, Finite, FinitelyGenerated, Group};
use crate::representation::{ActsOn, Dense, Representation, Reynolds, SignedOrbits};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::{One, Signed, Zero};

/// The rational number that was computed without rounding; `None` if it may have rounded.
fn unrounded(x: &Tracked) -> Option<Rational> {
    (x.bound() == 0.0).then(|| Rational::from_f64(x.value())).flatten()
}

/// The multiple of `1/steps` that was computed; `None` if rounding leaves several, or none.
fn exactly(x: &Tracked, steps: &Rational) -> Option<Rational> {
    if x.bound() == 0.0 {
        return unrounded(x);
    }
    let (value, bound) = (Rational::from_f64(x.value())?, Rational::from_f64(x.bound())?);
    let nearest = (&value * steps).round() / steps;
    let only = &bound * steps * Rational::count(2) < Rational::one();
    (only && (value - &nearest).abs() <= bound).then_some(nearest)
}

/// As [`exactly`], for all entries.
fn all_exactly(x: &DVector<Tracked>, steps: &Rational) -> Option<DVector<Rational>> {
    let entries: Option<Vec<Rational>> = x.iter().map(|x| exactly(x, steps)).collect();
    entries.map(DVector::from_vec)
}

/// The least common denominator.
fn denominator(entries: impl Iterator<Item = Rational>) -> Rational {
    entries.fold(Rational::one(), |common, entry| {
        // a/b in lowest terms has the denominator b/gcd(a, b).
        let missing = (&common / entry.denom()).denom().clone();
        common * missing
    })
}

/// A stored number, rounding behind it or not, taken as what it is.
fn as_stored(x: &DVector<Tracked>) -> Option<DVector<Rational>> {
    let entries: Option<Vec<Rational>> = x.iter().map(|x| Rational::from_f64(x.value())).collect();
    entries.map(DVector::from_vec)
}

/// A group element with its affine map on mean parameters.
#[derive(Clone)]
struct Move {
    element: AnyElement,
    tau: DMatrix<Rational>,
    shift: DVector<Rational>,
    tilt: Tilt<Rational>,
    /// The least common denominator of the entries of `ρ(g)`.
    denominator: Rational,
}

/// One family on one scene: how its parameters move, and two points to move.
pub(in crate::claim) struct Linear {
    group: AnyGroup,
    moves: Vec<Move>,
    reynolds: Reynolds<Rational>,
    /// Two natural parameters: the numbers that two members store.
    pub(in crate::claim) eta: [DVector<Rational>; 2],
    /// Their stored mean parameters, as any two vectors: what is linear holds for all.
    pub(in crate::claim) mu: [DVector<Rational>; 2],
}

/// What the statistic makes of a point and of its image, entry by entry, where both are rational.
pub(in crate::claim) struct Statistics {
    /// `T(ρ(g)θ)`.
    pub(in crate::claim) image: Vec<Rational>,
    /// `τ(g)T(θ) + c(g)`.
    pub(in crate::claim) moved: Vec<Rational>,
}

impl Linear {
    /// `Ok(None)` where something of this rounds: fractions with large denominators do, which some registered
    /// representations have, but none that a scene makes of its own.
    pub(in crate::claim) fn of<E: FamilyEntry>(scene: &Scene) -> Result<Option<Self>, FamilyError> {
        let (q, p) = (pose::<E>(scene, Which::Q)?, pose::<E>(scene, Which::P)?);
        let (family, rep) = (q.family(), E::rep::<Tracked>(scene));
        let (group, tau) = (rep.group().clone(), family.statistic_action(&rep));
        let exact = E::rep::<Rational>(scene);
        let moves: Option<Vec<Move>> = group
            .elements()
            .map(|element| {
                let matrix = tau.matrix(&element);
                let denominator = denominator(exact.matrix(&element).iter().cloned());
                let steps = (0..E::DEGREE).fold(Rational::one(), |steps, _| steps * &denominator);
                let entries: Option<Vec<Rational>> =
                    matrix.iter().map(|x| exactly(x, &steps)).collect();
                let tau = DMatrix::from_vec(matrix.nrows(), matrix.ncols(), entries?);
                let shift = match family.statistic_shift(&rep, &element) {
                    Some(shift) => all_exactly(&shift, &steps)?,
                    None => DVector::from_element(tau.nrows(), Rational::zero()),
                };
                let tilt = match family.tilt(&rep, &element) {
                    Some(tilt) => Tilt {
                        linear: all_exactly(&tilt.linear, &steps)?,
                        constant: exactly(&tilt.constant, &steps)?,
                    },
                    None => Tilt {
                        linear: DVector::from_element(tau.nrows(), Rational::zero()),
                        constant: Rational::zero(),
                    },
                };
                Some(Move { element, tau, shift, tilt, denominator })
            })
            .collect();
        let stored = |[a, b]: [&DVector<Tracked>; 2]| Some([as_stored(a)?, as_stored(b)?]);
        let eta = stored([&q, &p].map(|member| member.natural().coordinates()));
        let mu = stored([&q, &p].map(|member| member.mean_parameter().coordinates()));
        let (Some(moves), Some(eta), Some(mu)) = (moves, eta, mu) else { return Ok(None) };
        // As the library chooses: by orbits where the generators permute, else by averaging.
        let maps: Option<Vec<_>> =
            group.generators().iter().map(|g| tau.signed_permutation(g)).collect();
        let reynolds = match maps {
            Some(maps) => SignedOrbits::new(tau.dim(), &maps).into(),
            None => {
                let table = moves.clone();
                Reynolds::by_averaging(&Dense::from_fn(group.clone(), tau.dim(), move |g| {
                    table[place(&table, g)].tau.clone()
                }))
            }
        };
        Ok(Some(Self { group, moves, reynolds, eta, mu }))
    }

    /// The group that acts.
    pub(in crate::claim) fn group(&self) -> &AnyGroup {
        &self.group
    }

    /// `|G|`.
    pub(in crate::claim) fn order(&self) -> usize {
        self.moves.len()
    }

    /// The indices of all elements.
    pub(in crate::claim) fn elements(&self) -> std::ops::Range<usize> {
        0..self.order()
    }

    /// The index of an element.
    pub(in crate::claim) fn index(&self, g: &AnyElement) -> usize {
        place(&self.moves, g)
    }

    /// The index of `gh`.
    pub(in crate::claim) fn product(&self, g: usize, h: usize) -> usize {
        self.index(&self.group.compose(&self.moves[g].element, &self.moves[h].element))
    }

    /// The index of `g⁻¹`.
    pub(in crate::claim) fn inverse(&self, g: usize) -> usize {
        self.index(&self.group.inverse(&self.moves[g].element))
    }

    /// `τ(g)`.
    pub(in crate::claim) fn tau(&self, g: usize) -> &DMatrix<Rational> {
        &self.moves[g].tau
    }

    /// `c(g)`.
    pub(in crate::claim) fn shift(&self, g: usize) -> &DVector<Rational> {
        &self.moves[g].shift
    }

    /// `a(g)` and `b(g)`.
    pub(in crate::claim) fn tilt(&self, g: usize) -> &Tilt<Rational> {
        &self.moves[g].tilt
    }

    /// `P*η + avg_g a(g)`.
    pub(in crate::claim) fn average_natural(&self, eta: &DVector<Rational>) -> DVector<Rational> {
        self.project_dual(eta) + self.mean_tilt()
    }

    /// `avg_g a(g)`.
    pub(in crate::claim) fn mean_tilt(&self) -> DVector<Rational> {
        self.average(|g| self.tilt(g).linear.clone())
    }

    /// `g·η = τ(g)⁻ᵀη + a(g⁻¹)`.
    pub(in crate::claim) fn move_natural(
        &self,
        g: usize,
        eta: &DVector<Rational>,
    ) -> DVector<Rational> {
        let inverse = self.inverse(g);
        self.tau(inverse).tr_mul(eta) + &self.tilt(inverse).linear
    }

    /// `P`.
    pub(in crate::claim) fn project(&self, mu: &DVector<Rational>) -> DVector<Rational> {
        self.reynolds.project(mu.as_slice())
    }

    /// `P*`.
    pub(in crate::claim) fn project_dual(&self, eta: &DVector<Rational>) -> DVector<Rational> {
        self.reynolds.project_dual(eta.as_slice())
    }

    /// The mean over the group.
    pub(in crate::claim) fn average(
        &self,
        term: impl Fn(usize) -> DVector<Rational>,
    ) -> DVector<Rational> {
        let zero = DVector::from_element(self.moves[0].shift.len(), Rational::zero());
        let sum = self.elements().fold(zero, |sum, g| sum + term(g));
        let order = Rational::count(self.order());
        sum.map(|entry| entry / order.clone())
    }

    /// `avg_g c(g)`.
    pub(in crate::claim) fn mean_shift(&self) -> DVector<Rational> {
        self.average(|g| self.shift(g).clone())
    }

    /// What the library's push-forward stores for `g·η`, where it computed that without rounding.
    pub(in crate::claim) fn pushed<E: FamilyEntry>(
        scene: &Scene,
        g: &AnyElement,
    ) -> Result<Option<DVector<Rational>>, FamilyError> {
        let moved = push_forward(&pose::<E>(scene, Which::Q)?, &E::rep::<Tracked>(scene), g)?;
        let entries: Option<Vec<Rational>> =
            moved.natural().as_slice().iter().map(unrounded).collect();
        Ok(entries.map(DVector::from_vec))
    }

    /// The statistic at the scene's point and at its image under `g`.
    pub(in crate::claim) fn statistics<E: FamilyEntry>(
        &self,
        scene: &Scene,
        g: &AnyElement,
    ) -> Result<Statistics, FamilyError> {
        let (q, rep) = (pose::<E>(scene, Which::Q)?, E::rep::<Tracked>(scene));
        let theta: Vec<Tracked> = E::point(scene, q.family());
        let statistic = |theta: &[Tracked]| q.family().sufficient_statistic(theta);
        let (here, there) = (statistic(&theta), statistic(rep.apply(g, &theta).as_slice()));
        let here: Vec<Option<Rational>> = here.iter().map(unrounded).collect();
        let step = &self.moves[self.index(g)];
        // Statistics that are no logarithms are polynomials of degree 2 at most.
        let of_point = denominator(theta.iter().filter_map(unrounded));
        let steps = &step.denominator * of_point;
        let steps = &steps * &steps;
        let (mut image, mut moved) = (vec![], vec![]);
        for (k, there) in there.iter().enumerate() {
            // An entry of τT is rational if all that enters it is.
            let sum = here.iter().zip(step.tau.row(k).iter()).try_fold(
                step.shift[k].clone(),
                |sum, (x, entry)| match x {
                    _ if entry.is_zero() => Some(sum),
                    Some(x) => Some(sum + entry * x),
                    None => None,
                },
            );
            // Else it is a logarithm.
            if let (Some(there), Some(sum)) = (exactly(there, &steps), sum) {
                image.push(there);
                moved.push(sum);
            }
        }
        Ok(Statistics { image, moved })
    }
}

/// Every element of the group is in the table of its elements.
fn place(moves: &[Move], g: &AnyElement) -> usize {
    moves.iter().position(|step| step.element == *g).unwrap_or(0)
}

/// A member of the scene, its natural parameter taken as it is stored.
pub(in crate::claim) fn pose<E: FamilyEntry>(
    scene: &Scene,
    which: Which,
) -> Result<Member<E::Family, Tracked>, FamilyError> {
    let q: Member<E::Family, Tracked> = E::pose(scene, which)?;
    let eta = q.natural().coordinates().map(|x| Tracked::exact(x.value()));
    Member::from_natural(q.family().clone(), eta)
}
