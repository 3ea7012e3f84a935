//! The laws of Reynolds operators (claims A2 and A3).

use super::draw::{distance, element, floats, gap, max_norm, vector};
use super::error_model::{ActionError, relative_error};
use super::{Finding, Law, Laws};
use crate::group::{Finite, FinitelyGenerated, Group};
use crate::representation::{ActsOn, Dual, ElementOf, Reynolds};
use crate::scalar::{Scalar, dot};
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use std::cell::OnceCell;
use std::rc::Rc;

/// The largest order up to which `P` is compared with the average over the group.
const AVERAGED: usize = 1024;

/// The largest number of matrix entries, over all of the group, that the average may cost.
const ENTRIES: usize = 1 << 22;

/// What the Reynolds operators of every representation of a finite group satisfy, in `f64`: `P` is an
/// idempotent on the fixed space that absorbs the action, `P*` is its adjoint and does the same for the
/// dual, and for small groups both are the averages that they are defined to be.
///
/// A broken action shows here as well: averages over something that is no group are not idempotent.
///
/// # Examples
/// ```
/// use equibayes::group::Dihedral;
/// use equibayes::law;
/// use equibayes::representation::ActsOnGrid;
///
/// law::reynolds(&Dihedral::new(4)?.on_grid(3)?).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reynolds<'a, R>(rep: &R) -> Laws<'a>
where
    R: ActsOn<f64> + 'a,
    R::Group: Finite,
{
    reynolds_over::<f64, R>(rep, 1.0)
}

/// [`reynolds`] on vectors of `T`; `condition` as in
/// [`representation_over`](super::representation_over).
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::law;
/// use equibayes::representation::PermutationRep;
/// use equibayes::scalar::Rational;
///
/// let regular = PermutationRep::regular(&Cyclic::new(6)?)?;
/// law::reynolds_over::<Rational, _>(&regular, 1.0).assert();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reynolds_over<'a, T, R>(rep: &R, condition: f64) -> Laws<'a>
where
    T: Scalar,
    R: ActsOn<T> + 'a,
    R::Group: Finite,
{
    let subject = Rc::new(Subject { rep: rep.clone(), condition, operators: OnceCell::new() });
    let law = |name, statement, check: fn(&Subject<T, R>, &mut ChaCha8Rng) -> Finding| {
        let subject = Rc::clone(&subject);
        Law::new(name, statement, move |rng| check(&subject, rng))
    };
    let laws = vec![
        law("idempotent", "PPx = Px", idempotent),
        law("dual idempotent", "P*P*ξ = P*ξ", dual_idempotent),
        law("fixed", "ρ(s)Px = Px for every generator s", fixed),
        law("dual fixed", "ρ(s)⁻ᵀP*ξ = P*ξ for every generator s", dual_fixed),
        law("absorbs", "Pρ(g)x = Px", absorbs),
        law("adjoint", "⟨P*ξ, x⟩ = ⟨ξ, Px⟩", adjoint),
        law("average", "P = avg_g ρ(g)", average),
        law("matrix", "P as a matrix is P", matrix),
        law("rank", "rank = tr P", rank).once(),
    ];
    Laws::new(format!("Reynolds operator of {rep:?}"), laws)
}

struct Subject<T: Scalar, R> {
    rep: R,
    condition: f64,
    operators: OnceCell<Operators<T>>,
}

struct Operators<T: Scalar> {
    reynolds: Reynolds<T>,
    /// By averaging, where that is affordable.
    averaged: Option<Reynolds<T>>,
    error: ReynoldsError,
}

/// What rounding does to `P`. Like an action, it is `fl(Px) = Px + e`, `‖e‖∞ ≤ projection ‖x‖∞`.
#[derive(Clone, Copy)]
pub(super) struct ReynoldsError {
    /// `B ≥ ‖ρ(g)‖∞, ‖ρ(g)ᵀ‖∞` for every `g`, and so `‖P‖, ‖P*‖ ≤ B`.
    pub(super) size: f64,
    /// Of one action.
    action: f64,
    /// Of `P`.
    pub(super) projection: f64,
    /// Of `P` by averaging.
    averaging: f64,
}

impl ReynoldsError {
    /// For the operator that `Reynolds::of` makes of the representation.
    pub(super) fn of<T, R>(rep: &R, reynolds: &Reynolds<T>, condition: f64) -> Self
    where
        T: Scalar,
        R: ActsOn<T>,
        R::Group: Finite,
    {
        let group = rep.group();
        let (n, u) = (rep.dim() as f64, T::UNIT_ROUNDOFF);
        // Signed permutations have norm 1; anything else was enumerated by `Reynolds::of` as well.
        let size = if reynolds.orbits().is_some() || u == 0.0 {
            1.0
        } else {
            group
                .elements()
                .map(|g| ActionError::of(rep, &g, condition))
                .fold(1.0, |size: f64, at| size.max(at.rows).max(at.columns))
        };
        let order = group.small_order().unwrap_or(usize::MAX) as f64;
        let action = relative_error::<T>(rep.dim(), condition) * size;
        // A matrix of |G| terms: n columns, each off by an action's error and by |G| roundings of sums
        // of size B; the product with x adds n roundings.
        let averaging = n * (action + order * u * size) + n * u * size;
        // By orbits: the mean of up to n differences of size 2‖x‖, n roundings for their sum, and four
        // for the differences, the quotient and the sum with the first.
        let projection = if reynolds.orbits().is_some() { (2.0 * n + 4.0) * u } else { averaging };
        Self { size, action, projection, averaging }
    }

    /// For the operator of a compact group, where a check involves one element `g` only: `B` bounds the norms
    /// of `ρ(g)`, `P` and their transposes. `P` is held to be as accurate as `ρ(g)` is, and the product with `x`
    /// adds `n` roundings.
    pub(super) fn at<T, R>(rep: &R, reynolds: &Reynolds<T>, g: &ElementOf<R>) -> Self
    where
        T: Scalar,
        R: ActsOn<T>,
    {
        if T::UNIT_ROUNDOFF == 0.0 {
            return Self { size: 1.0, action: 0.0, projection: 0.0, averaging: 0.0 };
        }
        let (n, u) = (rep.dim() as f64, T::UNIT_ROUNDOFF);
        // An element may be off by more than what is granted to a matrix.
        let condition = 1.0 + rep.group().rounding() / (n * u);
        let at = ActionError::of(rep, g, condition);
        let p = reynolds.matrix().map(|entry| entry.nearest_f64().abs());
        let norms = p.row_sum().iter().chain(p.column_sum().iter()).copied().fold(1.0, f64::max);
        let size = norms.max(at.rows).max(at.columns);
        let action = relative_error::<T>(rep.dim(), condition) * size;
        let projection = n * action + n * u * size;
        Self { size, action, projection, averaging: projection }
    }
}

impl<T: Scalar, R: ActsOn<T>> Subject<T, R>
where
    R::Group: Finite,
{
    fn operators(&self) -> &Operators<T> {
        self.operators.get_or_init(|| {
            let rep = &self.rep;
            let reynolds = Reynolds::of(rep);
            let order = rep.group().small_order().unwrap_or(usize::MAX);
            let affordable =
                order <= AVERAGED && order.saturating_mul(rep.dim() * rep.dim()) <= ENTRIES;
            let averaged = affordable.then(|| Reynolds::by_averaging(rep));
            let error = ReynoldsError::of(rep, &reynolds, self.condition);
            Operators { reynolds, averaged, error }
        })
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<T> {
        vector(rng, self.rep.dim())
    }

    /// A generator; the identity if there is none.
    fn generator(&self, rng: &mut ChaCha8Rng) -> <R::Group as Group>::Element {
        let generators = self.rep.group().generators();
        generators.choose(rng).cloned().unwrap_or_else(|| self.rep.group().identity())
    }
}

fn idempotent<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, x) = (subject.operators(), subject.draw(rng));
    let once = p.reynolds.project(&x);
    let twice = p.reynolds.project(once.as_slice());
    // P of a vector of size B‖x‖ that is off by the error, against one that is off by the error.
    let tolerance = p.error.projection * (2.0 * p.error.size + 1.0) * max_norm(&x);
    Finding::within(
        distance(once.as_slice(), twice.as_slice()),
        tolerance,
        format!("x = {:?}, Px = {:?}, PPx = {:?}", floats(&x), floats(&once), floats(&twice)),
    )
}

fn dual_idempotent<T: Scalar, R: ActsOn<T>>(
    subject: &Subject<T, R>,
    rng: &mut ChaCha8Rng,
) -> Finding
where
    R::Group: Finite,
{
    let (p, xi) = (subject.operators(), subject.draw(rng));
    let once = p.reynolds.project_dual(&xi);
    let twice = p.reynolds.project_dual(once.as_slice());
    // As for P; the n rows of a matrix that is right column by column are off by n errors.
    let n = subject.rep.dim().max(1) as f64;
    let tolerance = n * p.error.projection * (2.0 * p.error.size + 1.0) * max_norm(&xi);
    Finding::within(
        distance(once.as_slice(), twice.as_slice()),
        tolerance,
        format!("ξ = {:?}, P*ξ = {:?}, P*P*ξ = {:?}", floats(&xi), floats(&once), floats(&twice)),
    )
}

/// The action once on a vector of size `B‖x‖`, and `P` on either side, one of them moved.
fn moved(error: &ReynoldsError, x: f64) -> f64 {
    (error.action * error.size + error.projection * (error.size + 1.0)) * x
}

fn fixed<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, x) = (subject.operators(), subject.draw(rng));
    let s = subject.generator(rng);
    let projected = p.reynolds.project(&x);
    let image = subject.rep.apply(&s, projected.as_slice());
    Finding::within(
        distance(projected.as_slice(), image.as_slice()),
        moved(&p.error, max_norm(&x)),
        format!(
            "s = {s:?}, x = {:?}, Px = {:?}, ρ(s)Px = {:?}",
            floats(&x),
            floats(&projected),
            floats(&image)
        ),
    )
}

fn dual_fixed<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, xi) = (subject.operators(), subject.draw(rng));
    let s = subject.generator(rng);
    let projected = p.reynolds.project_dual(&xi);
    let image = Dual::new(subject.rep.clone()).apply(&s, projected.as_slice());
    let n = subject.rep.dim().max(1) as f64;
    Finding::within(
        distance(projected.as_slice(), image.as_slice()),
        n * moved(&p.error, max_norm(&xi)),
        format!(
            "s = {s:?}, ξ = {:?}, P*ξ = {:?}, ρ(s)⁻ᵀP*ξ = {:?}",
            floats(&xi),
            floats(&projected),
            floats(&image)
        ),
    )
}

fn absorbs<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, x) = (subject.operators(), subject.draw(rng));
    let g = element(subject.rep.group(), rng);
    let plain = p.reynolds.project(&x);
    let image = p.reynolds.project(subject.rep.apply(&g, &x).as_slice());
    Finding::within(
        distance(plain.as_slice(), image.as_slice()),
        moved(&p.error, max_norm(&x)),
        format!(
            "g = {g:?}, x = {:?}, Px = {:?}, Pρ(g)x = {:?}",
            floats(&x),
            floats(&plain),
            floats(&image)
        ),
    )
}

fn adjoint<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, x, xi) = (subject.operators(), subject.draw(rng), subject.draw(rng));
    let left = dot(p.reynolds.project_dual(&xi).as_slice(), &x);
    let right = dot(&xi, p.reynolds.project(&x).as_slice());
    // Sums of n terms of size B‖ξ‖‖x‖ with n roundings, where P's error has n of size B already; and
    // P's own error on one side, n times it on the other.
    let n = subject.rep.dim().max(1) as f64;
    let tolerance = n * (n + 3.0) * p.error.projection * max_norm(&xi) * max_norm(&x);
    Finding::within(
        gap(&left, &right),
        tolerance,
        format!("ξ = {:?}, x = {:?}: {left} against {right}", floats(&xi), floats(&x)),
    )
}

fn average<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, x) = (subject.operators(), subject.draw(rng));
    let Some(oracle) = &p.averaged else {
        return Finding::exact(true, "too large to average over");
    };
    let n = subject.rep.dim().max(1) as f64;
    let tolerance = (p.error.projection + p.error.averaging) * n * max_norm(&x);
    let (fast, slow) = (p.reynolds.project(&x), oracle.project(&x));
    let (fast_dual, slow_dual) = (p.reynolds.project_dual(&x), oracle.project_dual(&x));
    Finding::within(
        distance(fast.as_slice(), slow.as_slice())
            .max(distance(fast_dual.as_slice(), slow_dual.as_slice())),
        tolerance,
        format!(
            "x = {:?}: P gives {:?} and {:?}, the average {:?} and {:?}",
            floats(&x),
            floats(&fast),
            floats(&fast_dual),
            floats(&slow),
            floats(&slow_dual)
        ),
    )
}

fn matrix<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, rng: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let (p, x) = (subject.operators(), subject.draw(rng));
    let projected = p.reynolds.project(&x);
    let product = p.reynolds.matrix() * nalgebra::DVector::from_column_slice(&x);
    let tolerance = 2.0 * p.error.projection * max_norm(&x);
    Finding::within(
        distance(projected.as_slice(), product.as_slice()),
        tolerance,
        format!(
            "x = {:?}, Px = {:?}, the matrix gives {:?}",
            floats(&x),
            floats(&projected),
            floats(&product)
        ),
    )
}

fn rank<T: Scalar, R: ActsOn<T>>(subject: &Subject<T, R>, _: &mut ChaCha8Rng) -> Finding
where
    R::Group: Finite,
{
    let p = subject.operators();
    let matrix = p.averaged.as_ref().unwrap_or(&p.reynolds).matrix();
    let trace = (0..matrix.nrows()).fold(T::zero(), |sum, i| sum + matrix[(i, i)].clone());
    let rank = p.reynolds.rank();
    // Each of n entries is off by less than the average of a unit vector is, the sum of n such entries
    // by n roundings.
    let tolerance = 2.0 * matrix.nrows() as f64 * p.error.averaging;
    Finding::within(gap(&trace, &T::count(rank)), tolerance, format!("rank {rank}, tr P = {trace}"))
}
