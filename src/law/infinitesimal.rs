//! The laws of derivatives of representations (claim A3).

use super::draw::distance;
use super::error_model::{ActionError, SECOND_ORDER};
use super::group::ROUNDINGS;
use super::{Finding, Law, Laws};
use crate::group::{Group as _, LieGroup};
use crate::representation::ActsInfinitesimally;
use nalgebra::DMatrix;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// What every [`ActsInfinitesimally`] satisfies, in `f64`: `dρ` is linear, sends brackets to brackets, and is the
/// derivative of the action along exponentials.
///
/// # Examples
/// ```
/// use equibayes::group::Orthogonal;
/// use equibayes::law;
/// use equibayes::representation::{Standard, SymmetricSquare};
///
/// law::infinitesimal(&SymmetricSquare::new(Standard::new(Orthogonal::new(3)?))).assert();
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub fn infinitesimal<R: ActsInfinitesimally<f64>>(rep: &R) -> Laws<'_> {
    let laws = vec![
        Law::new("linearity", "dρ(aX + bY) = a dρ(X) + b dρ(Y)", move |rng| linear(rep, rng)),
        Law::new("brackets", "dρ(XY − YX) = dρ(X)dρ(Y) − dρ(Y)dρ(X)", move |rng| {
            bracket(rep, rng)
        }),
        Law::new("derivative", "ρ(exp X) = 1 + dρ(X) + dρ(X)²/2 + O(X³)", move |rng| {
            derivative(rep, rng)
        }),
    ];
    Laws::new(format!("derivative of {rep:?}"), laws)
}

/// A random element of the Lie algebra; 0 if there is no other.
fn tangent<G: LieGroup>(group: &G, rng: &mut ChaCha8Rng) -> DMatrix<f64> {
    let zero = DMatrix::zeros(group.dimension(), group.dimension());
    group.lie_algebra().iter().fold(zero, |sum, x| sum + x * rng.random_range(-1.0..1.0))
}

/// How much `dρ` can magnify an entry of `X`: the sum of the entries of all `dρ(X)`, over a basis.
///
/// Linear maps between matrices are held to be as accurate as if each entry were a sum over all entries of `X`
/// and of all `dρ(X)`: `(n² + d²)` roundings of that size.
fn size<R: ActsInfinitesimally<f64>>(rep: &R) -> f64 {
    let entries = |x: &DMatrix<f64>| x.iter().map(|entry| entry.abs()).sum::<f64>();
    rep.group().lie_algebra().iter().map(|x| entries(&rep.derivative(x))).sum::<f64>()
}

fn within(
    rep_dim: usize,
    found: &DMatrix<f64>,
    expected: &DMatrix<f64>,
    tolerance: f64,
    witness: String,
) -> Finding {
    if found.shape() != (rep_dim, rep_dim) {
        return Finding::failure(format!("{witness}: {:?} entries", found.shape()));
    }
    Finding::within(distance(found.as_slice(), expected.as_slice()), tolerance, witness)
}

fn linear<R: ActsInfinitesimally<f64>>(rep: &R, rng: &mut ChaCha8Rng) -> Finding {
    let (x, y) = (tangent(rep.group(), rng), tangent(rep.group(), rng));
    let [a, b] = [(); 2].map(|()| rng.random_range(-2.0..2.0));
    let found = rep.derivative(&(&x * a + &y * b));
    let expected = rep.derivative(&x) * a + rep.derivative(&y) * b;
    let roundings = (rep.group().dimension().pow(2) + rep.dim().pow(2) + 4) as f64;
    let tolerance = 4.0 * roundings * UNIT_ROUNDOFF * size(rep) * (a.abs() + b.abs());
    within(rep.dim(), &found, &expected, tolerance, format!("X = {x}, Y = {y}, a = {a}, b = {b}"))
}

fn bracket<R: ActsInfinitesimally<f64>>(rep: &R, rng: &mut ChaCha8Rng) -> Finding {
    let (x, y) = (tangent(rep.group(), rng), tangent(rep.group(), rng));
    let found = rep.derivative(&(&x * &y - &y * &x));
    let (dx, dy) = (rep.derivative(&x), rep.derivative(&y));
    let expected = &dx * &dy - &dy * &dx;
    let n = rep.group().dimension() as f64;
    let roundings = 2.0 * n * n + (rep.dim().pow(2) + 4) as f64;
    // Entries of X, Y are at most 1, those of XY − YX at most 2n.
    let size = size(rep);
    let tolerance = 4.0 * roundings * UNIT_ROUNDOFF * size * (size + 2.0 * n);
    within(rep.dim(), &found, &expected, tolerance, format!("X = {x}, Y = {y}"))
}

fn derivative<R: ActsInfinitesimally<f64>>(rep: &R, rng: &mut ChaCha8Rng) -> Finding {
    let group = rep.group();
    let x = tangent(group, rng) / 1024.0;
    let (g, d) = (group.exp(&x), rep.derivative(&x));
    let dim = rep.dim();
    let witness = format!("X = {x}");
    if d.shape() != (dim, dim) {
        return Finding::failure(format!("{witness}: {:?} entries", d.shape()));
    }
    let series = DMatrix::identity(dim, dim) + &d + &d * &d / 2.0;
    // What the series leaves out is at most ‖D‖³/6 · e^‖D‖. An element that is off by its group's rounding is
    // moved by that times what dρ magnifies by, and the action rounds in each column.
    let norm = d.norm();
    let rest = norm.powi(3) / 6.0 * norm.exp();
    let element = ROUNDINGS * group.rounding() * size(rep);
    let action = ActionError::of(rep, &g, 1.0).forward;
    let tolerance = SECOND_ORDER * (rest + element + action + 4.0 * dim as f64 * UNIT_ROUNDOFF);
    within(dim, &rep.matrix(&g), &series, tolerance, witness)
}
