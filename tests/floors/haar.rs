//! The Haar measures of `O(n)` and `SO(n)`, by moments that are known.
//!
//! Sample sizes and error probabilities are fixed beforehand, and so are the seeds.

use crate::budget::share;
use equibayes::group::{Group, Haar, LieGroup, Orthogonal, SpecialOrthogonal};
use nalgebra::{DMatrix, dmatrix};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const DRAWS: usize = 100_000;

/// How many samplers are right, each with the same part of the share. That a wrong one is not refuted has a probability below 1e-20: its
/// moment is off by 2.4 times what is allowed, or more (Hoeffding).
const SOUND: f64 = 8.0;

type Function = dyn Fn(&DMatrix<f64>) -> f64;

/// The mean of a function with values in an interval, with the mean that it should have.
struct Moment {
    name: String,
    expected: f64,
    /// The length of the interval.
    range: f64,
    of: Box<Function>,
}

fn moment(
    name: &str,
    expected: f64,
    range: f64,
    of: impl Fn(&DMatrix<f64>) -> f64 + 'static,
) -> Moment {
    Moment { name: name.into(), expected, range, of: Box::new(of) }
}

/// Moments of single entries, which are coordinates of a uniform point of the sphere:
/// `E q² = 1/n`, `E q⁴ = 3/(n(n + 2))`; and of products of entries in different rows or columns, which
/// vanish by the symmetry of a reflection or, in `SO(n)`, of half a turn about two axes.
fn moments(n: usize) -> Vec<Moment> {
    let size = n as f64;
    let fourth = 3.0 / (size * (size + 2.0));
    let mut moments = Vec::new();
    for i in 0..n {
        for j in 0..n {
            let name = |what: &str| format!("{what} of ({i}, {j})");
            moments.push(moment(&name("mean"), 0.0, 2.0, move |q| q[(i, j)]));
            moments.push(moment(&name("square"), 1.0 / size, 1.0, move |q| q[(i, j)].powi(2)));
            moments.push(moment(&name("fourth power"), fourth, 1.0, move |q| q[(i, j)].powi(4)));
        }
    }
    moments
}

/// By Hoeffding's inequality the mean of `N` draws of a function with values in an interval of length `r`
/// is off by more than `t` with probability at most `2 exp(−2Nt²/r²)`; `t = r √(ln(2K/α)/(2N))` makes that
/// `α` for `K` functions together. Returns the first moment that is off by more.
fn refuted(
    moments: &[Moment],
    draws: usize,
    mut draw: impl FnMut() -> DMatrix<f64>,
) -> Option<String> {
    let mut sums = vec![0.0; moments.len()];
    for _ in 0..draws {
        let q = draw();
        for (sum, moment) in sums.iter_mut().zip(moments) {
            *sum += (moment.of)(&q);
        }
    }
    let alpha = share("moments of Haar measures") / SOUND;
    let unit = ((2.0 * moments.len() as f64 / alpha).ln() / (2.0 * draws as f64)).sqrt();
    moments.iter().zip(sums).find_map(|(moment, sum)| {
        let mean = sum / draws as f64;
        let holds = (mean - moment.expected).abs() <= moment.range * unit;
        (!holds).then(|| format!("{}: {mean}, expected {}", moment.name, moment.expected))
    })
}

fn gaussian(n: usize, rng: &mut ChaCha8Rng) -> DMatrix<f64> {
    DMatrix::from_fn(n, n, |_, _| rng.sample::<f64, _>(StandardNormal))
}

#[test]
fn moments_of_the_orthogonal_groups() {
    for n in [1, 2, 3, 5] {
        let group = Orthogonal::new(n).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
        let mut tests = moments(n);
        // Reflections are half of it, in every direction.
        tests.push(moment("determinant", 0.0, 2.0, |q| q.determinant().signum()));
        if n > 1 {
            tests
                .push(moment("first times last", 0.0, 2.0, move |q| q[(0, 0)] * q[(n - 1, n - 1)]));
        }
        let draw = || group.haar(&mut rng).matrix().clone();
        assert_eq!(refuted(&tests, DRAWS, draw), None, "O({n})");
    }
}

#[test]
fn moments_of_the_rotation_groups() {
    for n in [2, 3, 5] {
        let group = SpecialOrthogonal::new(n).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(n as u64);
        let mut tests = moments(n);
        tests.push(moment("determinant", 1.0, 2.0, |q| q.determinant().signum()));
        if n == 3 {
            // The trace 1 + 2 cos t of a rotation by t, which has the density (1 − cos t)/π: E tr² = 1.
            tests.push(moment("squared trace", 1.0, 9.0, |q| q.trace().powi(2)));
        }
        let draw = || group.haar(&mut rng).matrix().clone();
        assert_eq!(refuted(&tests, DRAWS, draw), None, "SO({n})");
    }
    let one = SpecialOrthogonal::new(1).unwrap();
    assert_eq!(one.haar(&mut ChaCha8Rng::seed_from_u64(1)), one.identity());
}

#[test]
fn a_qr_factorisation_without_its_signs_is_refuted() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let tests = || {
        let mut tests = moments(3);
        tests.push(moment("determinant", 0.0, 2.0, |q| q.determinant().signum()));
        tests
    };
    // Householder's, with the signs that make it stable: the diagonal of R is −sign of what it meets.
    let unsigned = |rng: &mut ChaCha8Rng| {
        let mut a = gaussian(3, rng);
        let mut q: DMatrix<f64> = DMatrix::identity(3, 3);
        for k in 0..2 {
            let mut v = a.column(k).into_owned();
            v.rows_mut(0, k).fill(0.0);
            v[k] += v.norm() * v[k].signum();
            let reflection =
                DMatrix::identity(3, 3) - &v * v.transpose() * (2.0 / v.norm_squared());
            a = &reflection * a;
            q *= reflection;
        }
        (q, a)
    };
    assert!(refuted(&tests(), DRAWS, || unsigned(&mut rng).0).is_some());
    // The same, with the signs of R moved to Q, is Haar distributed.
    let signed = || {
        let (mut q, r) = unsigned(&mut rng);
        for k in 0..3 {
            let sign = r[(k, k)].signum();
            q.column_mut(k).iter_mut().for_each(|entry| *entry *= sign);
        }
        q
    };
    assert_eq!(refuted(&tests(), DRAWS, signed), None);
}

#[test]
fn other_wrong_samplers_are_refuted() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    // Gram–Schmidt of uniform entries favours the diagonals of the square: E q⁴ = 0.357, not 0.375.
    let uniform = || {
        let (x, y): (f64, f64) = (rng.random_range(-1.0..1.0), rng.random_range(-1.0..1.0));
        let r = x.hypot(y);
        dmatrix![x / r, -y / r; y / r, x / r]
    };
    let found = refuted(&moments(2), 4 * DRAWS, uniform).unwrap();
    assert!(found.starts_with("fourth power"), "{found}");
    // Rotations about a random axis by a uniform angle: E tr² = 3, not 1.
    let axis = || {
        let v = gaussian(3, &mut rng).column(0).normalize();
        let x = dmatrix![0.0, -v[2], v[1]; v[2], 0.0, -v[0]; -v[1], v[0], 0.0];
        let angle = rng.random_range(0.0..std::f64::consts::TAU);
        SpecialOrthogonal::new(3).unwrap().exp(&(x * angle)).matrix().clone()
    };
    let trace = [moment("squared trace", 1.0, 9.0, |q| q.trace().powi(2))];
    assert!(refuted(&trace, DRAWS, axis).is_some());
    // A rotation where a reflection is as likely.
    let rotation = SpecialOrthogonal::new(3).unwrap();
    let determinant = [moment("determinant", 0.0, 2.0, |q| q.determinant().signum())];
    let draw = || rotation.haar(&mut rng).matrix().clone();
    assert!(refuted(&determinant, DRAWS, draw).is_some());
}

#[test]
fn draws_are_orthogonal_to_their_rounding() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (n, draws) in [(1, 100), (2, 10_000), (3, 10_000), (10, 1_000), (50, 20)] {
        let group = Orthogonal::new(n).unwrap();
        for _ in 0..draws {
            let q = group.haar(&mut rng);
            let gram = q.matrix().tr_mul(q.matrix());
            // Twice the distance from the nearest orthogonal matrix, and the rounding of this product.
            let defect = (gram - DMatrix::identity(n, n)).norm();
            assert!(defect <= 3.0 * group.rounding(), "n = {n}: {defect}");
        }
    }
}

#[test]
fn exponentials_are_what_they_should_be() {
    let so3 = SpecialOrthogonal::new(3).unwrap();
    assert_eq!(so3.lie_algebra().len(), 3);
    let x = &so3.lie_algebra()[0];
    for angle in [0.0, 1e-9, 0.1, 1.0, 3.0, 100.0, -1e4] {
        let turn = so3.exp(&(x * angle));
        let (sin, cos) = f64::sin_cos(angle);
        let expected = dmatrix![cos, sin, 0.0; -sin, cos, 0.0; 0.0, 0.0, 1.0];
        let error = (turn.matrix() - expected).norm();
        let tolerance = (4.0 * x.norm() * angle.abs() + 3.0) * 2.0 * so3.rounding();
        assert!(error <= tolerance, "{angle}: {error} against {tolerance}");
        assert!(so3.element_of(turn.matrix().clone()).is_ok(), "{angle}");
    }
    let o4 = Orthogonal::new(4).unwrap();
    let determinants: Vec<f64> = o4.components().iter().map(|c| c.matrix().determinant()).collect();
    assert_eq!(determinants, [1.0, -1.0]);
    assert_eq!(SpecialOrthogonal::new(4).unwrap().components().len(), 1);
}
