//! The laws of compact Lie groups (claim A1), and of their Haar measures.

use super::draw::element;
use super::group::ROUNDINGS;
use super::{ALPHA, Finding, Law, Laws, Residual};
use crate::group::LieGroup;
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const UNIT_ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// What every [`LieGroup`] satisfies: the group laws; orthogonal matrices that multiply as the elements
/// do; a Lie algebra of skew-symmetric matrices that is closed under brackets and under conjugation by the
/// group; an exponential that its matrices generate; components; a Haar measure that is invariant.
///
/// Invariance is tested on 10 000 draws, so that an invariant sampler fails with probability at most 10⁻⁹
/// (and the seed is fixed).
///
/// # Examples
/// ```
/// use equibayes::group::SpecialOrthogonal;
/// use equibayes::law;
///
/// law::lie_group(&SpecialOrthogonal::new(3)?).assert();
/// # Ok::<(), equibayes::group::GroupError>(())
/// ```
pub fn lie_group<G: LieGroup>(group: &G) -> Laws<'_> {
    let laws = vec![
        Law::new("orthogonality", "matrix(a)ᵀ matrix(a) = I", move |rng| {
            let a = element(group, rng);
            let matrix = group.matrix(&a);
            compare(group, &matrix.tr_mul(&matrix), &identity(group), 1.0, format!("a = {a:?}"))
        }),
        Law::new("matrices", "matrix(ab) = matrix(a) matrix(b)", move |rng| {
            let (a, b) = (element(group, rng), element(group, rng));
            let left = group.matrix(&group.compose(&a, &b));
            let right = group.matrix(&a) * group.matrix(&b);
            compare(group, &left, &right, 1.0, format!("a = {a:?}, b = {b:?}"))
        }),
        Law::new("Lie algebra", "X + Xᵀ = 0 for all X, which are independent", move |_| {
            basis(group)
        })
        .once(),
        Law::new("brackets", "XY − YX is in the Lie algebra", move |rng| {
            let (x, y) = (tangent(group, rng), tangent(group, rng));
            spanned(group, &(&x * &y - &y * &x), format!("X = {x}, Y = {y}"))
        }),
        Law::new("adjoint", "a X a⁻¹ is in the Lie algebra", move |rng| {
            let (a, x) = (element(group, rng), tangent(group, rng));
            let matrix = group.matrix(&a);
            spanned(group, &(&matrix * &x * matrix.transpose()), format!("a = {a:?}, X = {x}"))
        }),
        Law::new("exponential", "exp((s + t)X) = exp(sX) exp(tX)", move |rng| {
            let x = tangent(group, rng);
            // Halves and quarters, so that s, t and s + t are exact.
            let [s, t] = [(); 2].map(|()| f64::from(rng.random_range(-8..=8)) / 4.0);
            let left = group.exp(&(&x * (s + t)));
            let right = group.compose(&group.exp(&(&x * s)), &group.exp(&(&x * t)));
            // Scaling, squaring: an error that grows with the size of the argument.
            let growth = 4.0 * (s.abs() + t.abs() + (s + t).abs()) * x.norm() + 3.0;
            compare(
                group,
                &group.matrix(&left),
                &group.matrix(&right),
                growth,
                format!("s = {s}, t = {t}, X = {x}"),
            )
        }),
        Law::new("derivative", "exp(tX) = I + tX + t²X²/2 + O(t³)", move |rng| {
            let x = tangent(group, rng) / 1024.0;
            let size = x.norm();
            let series = identity(group) + &x + &x * &x / 2.0;
            let exp = group.matrix(&group.exp(&x));
            // The rest of the series is at most ‖X‖³/6 · e^‖X‖. No larger factor will do: a curve that is
            // exponential to second order only may be off by a multiple of ‖X‖³ as small as that.
            let rest = size.powi(3) / 6.0 * size.exp();
            let tolerance = rest + ROUNDINGS * rounding(group);
            Finding::within((exp - series).norm(), tolerance, format!("X = {x}"))
        }),
        Law::new("components", "they begin with e, and are different", move |_| components(group))
            .once(),
        Law::new("invariant draws", "a Haar draw g is distributed as hg and as gh", move |rng| {
            invariance(group, rng)
        })
        .once(),
    ];
    let mut kit = super::group(group).and(Laws::new("", laws));
    kit.subject = format!("Lie group {group:?}");
    kit
}

fn identity<G: LieGroup>(group: &G) -> DMatrix<f64> {
    DMatrix::identity(group.dimension(), group.dimension())
}

/// The group's own roundings, and those of a product of two orthogonal matrices in this kit: `nu` times
/// the product of their norms, `√n` each.
fn rounding<G: LieGroup>(group: &G) -> f64 {
    let n = group.dimension() as f64;
    group.rounding() + n * n * UNIT_ROUNDOFF
}

fn compare<G: LieGroup>(
    group: &G,
    left: &DMatrix<f64>,
    right: &DMatrix<f64>,
    growth: f64,
    witness: String,
) -> Finding {
    if left.shape() != right.shape() {
        return Finding::failure(format!("{witness}: {:?} entries", left.shape()));
    }
    let tolerance = growth * ROUNDINGS * rounding(group);
    Finding::within((left - right).norm(), tolerance, witness)
}

/// A random element of the Lie algebra, of norm 1 or so; 0 if there is no other.
fn tangent<G: LieGroup>(group: &G, rng: &mut ChaCha8Rng) -> DMatrix<f64> {
    let zero = DMatrix::zeros(group.dimension(), group.dimension());
    group.lie_algebra().iter().fold(zero, |sum, x| sum + x * rng.random_range(-1.0..1.0))
}

/// An orthonormal basis of the span, with the smallest part of a matrix that the earlier ones leave.
fn orthonormal(basis: &[DMatrix<f64>]) -> (Vec<DMatrix<f64>>, f64) {
    let mut done: Vec<DMatrix<f64>> = Vec::new();
    let mut smallest = 1.0_f64;
    for x in basis {
        let rest = outside(&done, x);
        smallest = smallest.min(rest.norm() / x.norm());
        done.push(&rest / rest.norm());
    }
    (done, smallest)
}

/// What is left of `x` without its part in the span of an orthonormal basis, taken away twice for the
/// sake of rounding.
fn outside(basis: &[DMatrix<f64>], x: &DMatrix<f64>) -> DMatrix<f64> {
    let mut rest = x.clone();
    for _ in 0..2 {
        for direction in basis {
            rest -= direction * direction.dot(&rest);
        }
    }
    rest
}

fn basis<G: LieGroup>(group: &G) -> Finding {
    let n = group.dimension();
    let basis = group.lie_algebra();
    if let Some(x) = basis.iter().find(|x| x.shape() != (n, n)) {
        return Finding::failure(format!("{:?} entries, not {n}×{n}", x.shape()));
    }
    let skew = basis.iter().find(|x| x.transpose() != -*x);
    let (_, smallest) = orthonormal(&basis);
    // A basis this close to a dependent one is of no use to anybody.
    let independent = smallest > f64::EPSILON.sqrt();
    Finding::exact(
        skew.is_none() && independent,
        format!("not skew: {skew:?}; the smallest part of its own of a matrix is {smallest}"),
    )
}

/// The matrices of this law have norm `‖X‖‖Y‖` or `‖X‖`, and come of at most two products, of relative
/// error `nu` each in the norms of the factors; the basis is orthonormal to `n²u` for each of its matrices,
/// over the smallest part of its own of one.
fn spanned<G: LieGroup>(group: &G, x: &DMatrix<f64>, witness: String) -> Finding {
    let (basis, smallest) = orthonormal(&group.lie_algebra());
    let n = group.dimension() as f64;
    let size = (basis.len() as f64).max(1.0);
    let factors = n * n * size + 1.0;
    let tolerance =
        2.0 * n * n * UNIT_ROUNDOFF * factors * size / smallest + 4.0 * group.rounding() * size;
    Finding::within(outside(&basis, x).norm(), tolerance, witness)
}

fn components<G: LieGroup>(group: &G) -> Finding {
    let components = group.components();
    let first = components.first().map_or(f64::INFINITY, |c| group.distance(c, &group.identity()));
    let apart = components.iter().enumerate().all(|(i, a)| {
        components[..i].iter().all(|b| group.distance(a, b) > ROUNDINGS * group.rounding())
    });
    let residual = if apart { Residual::new(first, 0.0) } else { Residual::failed() };
    Finding::new(residual, format!("{components:?}"))
}

/// Test functions `f(g) = ⟨u, M(g)v⟩` and `⟨u, M(g)v⟩²` for unit vectors, on independent draws of `g` and
/// of `hg` or `gh`. Each difference is in `[−2, 2]` and has mean zero for the Haar measure, so by
/// Hoeffding's inequality the mean of `N` of them is beyond `t` with probability at most
/// `2e^{−Nt²/8}`: `t = √(8 ln(2K/α)/N)` makes that `α` for all `K` together.
fn invariance<G: LieGroup>(group: &G, rng: &mut ChaCha8Rng) -> Finding {
    const DRAWS: usize = 10_000;
    const FUNCTIONS: usize = 8;
    let n = group.dimension();
    let unit = |rng: &mut ChaCha8Rng| {
        DVector::from_fn(n, |_, _| rng.sample::<f64, _>(StandardNormal)).normalize()
    };
    let components = group.components();
    let tests: Vec<_> = (0..FUNCTIONS)
        .map(|k| {
            // Draws would not find what they never draw: a component that is left out.
            let h = match components.get(k) {
                Some(other) => group.compose(other, &group.exp(&tangent(group, rng))),
                None => group.exp(&(tangent(group, rng) * 4.0)),
            };
            (unit(rng), unit(rng), group.matrix(&h), k % 2 == 0)
        })
        .collect();
    let mut sums = [[0.0; 2]; FUNCTIONS];
    for _ in 0..DRAWS {
        let (plain, moved) = (group.matrix(&group.haar(rng)), group.matrix(&group.haar(rng)));
        for ((u, v, h, left), sum) in tests.iter().zip(&mut sums) {
            let before = u.dot(&(&plain * v));
            let after = if *left { u.dot(&(h * (&moved * v))) } else { u.dot(&(&moved * (h * v))) };
            sum[0] += before - after;
            sum[1] += before * before - after * after;
        }
    }
    let worst = sums.iter().flatten().map(|sum| (sum / DRAWS as f64).abs()).fold(0.0, f64::max);
    let known = sums.iter().flatten().all(|sum| sum.is_finite());
    let functions = 2.0 * FUNCTIONS as f64;
    let allowed = (8.0 * (2.0 * functions / ALPHA).ln() / DRAWS as f64).sqrt();
    let worst = if known { worst } else { f64::NAN };
    Finding::new(Residual::new(worst, allowed), format!("means differ by {worst}"))
}
