//! B6: by how much the plug-in estimate of the defect is too large.

use super::world::{Move, World, minus, moved, small_worlds, square, weighted, worlds};
use super::{KINDS, TOLERANCE, control};
use crate::claim::equivariance::network::Network;
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::{About, Claim, Entry, Evidence, Outcome, Role};
use crate::defect::{DefectSweep, plug_in_bias};
use crate::law::Residual;
use crate::scalar::{Rational, Scalar, dot};

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "B6.finite",
        title: "the bias of the plug-in estimate, over all samples of two draws",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "E Δ̂_T = Δ + (1/T) avg_g tr Var d for shared draws, Δ + (1/(T|G|)) Σ_{g≠e} [tr Var Φ(gx) + tr Var Φ(x)] for draws of their own, and (‖Σ d_t‖² − Σ ‖d_t‖²)/(T(T−1)) is unbiased; T = 2",
        hypotheses: &["finite group", "independent draws", "ρ_Y orthogonal"],
        tolerance: TOLERANCE,
        covers: KINDS,
        cost: 8,
    };
    vec![
        Box::new(Entry {
            about,
            instances: worlds,
            check: |network| {
                World::<Tracked>::of(network, true)
                    .map_or_else(Outcome::vacuous, |world| estimates(&world, biases(&world)))
            },
            exact: Some(|network| {
                World::<Rational>::of(network, true)
                    .map_or_else(Outcome::vacuous, |world| biases(&world))
            }),
        }),
        Box::new(Entry {
            about: control(
                about,
                "B6.finite-unbiased",
                "the plug-in estimate taken for unbiased",
                "E Δ̂_T = Δ for shared draws, T = 2",
                &["the variance of the draws is added"],
            ),
            instances: small_worlds,
            check: unbiased::<Tracked>,
            exact: Some(unbiased::<Rational>),
        }),
        Box::new(Entry {
            about: control(
                about,
                "B6.finite-own-draws",
                "the bias of shared draws, for draws of their own",
                "E Δ̂_T = Δ + (1/T) avg_g tr Var d for draws of their own, T = 2",
                &["all group elements share the draws"],
            ),
            instances: small_worlds,
            check: exchanged::<Tracked>,
            exact: Some(exchanged::<Rational>),
        }),
    ]
}

/// The differences `d` of each parameter, and their mean and variance, for one element and input.
struct Differences<T> {
    d: Vec<Vec<T>>,
    defect: T,
    variance: T,
}

impl<T: Judge> Differences<T> {
    fn of(world: &World<T>, g: &Move, x: usize) -> Self {
        let d: Vec<Vec<T>> =
            (0..world.parameters).map(|theta| world.difference(g, theta, x)).collect();
        let mean = weighted(world.outputs, &world.q, |theta| &d[theta]);
        let variance = spread(&world.q, &d, &mean);
        Self { defect: square(&mean), d, variance }
    }

    /// `E f(d_1, d_2)` over both draws.
    fn over_pairs(&self, q: &[T], f: impl Fn(&[T], &[T]) -> T) -> T {
        let mut sum = T::zero();
        for (a, weight) in self.d.iter().zip(q) {
            for (b, other) in self.d.iter().zip(q) {
                sum += weight.clone() * other.clone() * f(a, b);
            }
        }
        sum
    }

    /// `E ‖(d_1 + d_2)/2‖²`.
    fn plug_in(&self, q: &[T]) -> T {
        self.over_pairs(q, |a, b| {
            let sum: Vec<T> = a.iter().zip(b).map(|(a, b)| a.clone() + b.clone()).collect();
            square(&sum) / T::count(4)
        })
    }
}

/// `Σ q_i ‖v_i − m‖²`.
fn spread<T: Judge>(q: &[T], vectors: &[Vec<T>], mean: &[T]) -> T {
    q.iter().zip(vectors).fold(T::zero(), |sum, (q, v)| sum + q.clone() * square(&minus(v, mean)))
}

/// `E ‖F_2(gx) − ρ_Y(g)F'_2(x)‖²` with two draws for each side: over all four.
fn own_draws<T: Judge>(world: &World<T>, g: &Move, x: usize) -> T {
    let there = g.x.image(x).0;
    let half = T::ratio(1, 2);
    let halves = |at: usize| {
        let mut means = Vec::new();
        for a in 0..world.parameters {
            for b in 0..world.parameters {
                let mean: Vec<T> = (world.model(a, at).iter().zip(world.model(b, at)))
                    .map(|(a, b)| half.clone() * (a.clone() + b.clone()))
                    .collect();
                means.push((world.q[a].clone() * world.q[b].clone(), mean));
            }
        }
        means
    };
    let (left, right) = (halves(there), halves(x));
    let mut sum = T::zero();
    for (p, v) in &left {
        for (q, w) in &right {
            sum += p.clone() * q.clone() * square(&minus(v, &moved(&g.y, w)));
        }
    }
    sum
}

/// `tr Var Φ(gx) + tr Var Φ(x)`.
fn variances<T: Judge>(world: &World<T>, g: &Move, x: usize) -> T {
    [g.x.image(x).0, x].into_iter().fold(T::zero(), |sum, x| {
        let values: Vec<Vec<T>> =
            (0..world.parameters).map(|theta| world.model(theta, x).to_vec()).collect();
        sum + spread(&world.q, &values, &world.mean(&world.q, x))
    })
}

fn biases<T: Judge>(world: &World<T>) -> Outcome {
    let (mut shared, mut product, mut own) =
        (Residual::exact(true), Residual::exact(true), Residual::exact(true));
    for (index, g) in world.moves.iter().enumerate() {
        for x in 0..world.inputs {
            let found = Differences::of(world, g, x);
            let half = found.variance.clone() / T::count(2);
            shared = shared.worse(close(&found.plug_in(&world.q), &(found.defect.clone() + half)));
            let unbiased = found.over_pairs(&world.q, |a, b| dot(a, b));
            product = product.worse(close(&unbiased, &found.defect));
            // The identity has the same draws on both sides. Four nested sums: for a few elements.
            if index > 0 && index < 4 {
                let expected = found.defect + variances(world, g, x) / T::count(2);
                own = own.worse(close(&own_draws(world, g, x), &expected));
            }
        }
    }
    Outcome::new("shared draws", shared).and("unbiased", product).and("draws of their own", own)
}

/// The library's estimates, over all samples of two draws.
fn estimates(world: &World<Tracked>, outcome: Outcome) -> Outcome {
    let order = world.moves.len();
    let (mut shared, mut unbiased) = (Residual::exact(true), Residual::exact(true));
    for x in 0..world.inputs {
        let differences: Vec<Differences<Tracked>> =
            world.moves.iter().map(|g| Differences::of(world, g, x)).collect();
        let (mut found, mut largest) = ([0.0; 2], 0.0_f64);
        for a in 0..world.parameters {
            for b in 0..world.parameters {
                // The first element is the identity, where all is zero.
                let row = |a: usize| -> Vec<f64> {
                    differences.iter().skip(1).flat_map(|g| &g.d[a]).map(|d| d.value()).collect()
                };
                let rows = [row(a), row(b)];
                let mut sweep = DefectSweep::new(1, order, world.outputs, f64::INFINITY);
                rows.iter().for_each(|row| sweep.push(row));
                let weight = world.q[a].value() * world.q[b].value();
                let estimates = sweep.estimates();
                found[0] += weight * estimates.shared;
                found[1] += weight * estimates.unbiased.unwrap_or(f64::NAN);
                let square = |row: &Vec<f64>| row.iter().map(|d| d * d).sum::<f64>();
                largest = rows.iter().map(square).fold(largest, f64::max);
            }
        }
        let mean = |of: fn(&Differences<Tracked>) -> Tracked| {
            let sum = differences.iter().fold(Tracked::exact(0.0), |sum, each| sum + of(each));
            sum / Tracked::count(order)
        };
        let (defect, variance) = (mean(|each| each.defect), mean(|each| each.variance));
        let bias = plug_in_bias(variance.value().max(0.0), 2).unwrap_or(f64::NAN);
        // Sums over outputs, elements and samples, of terms that are at most twice the largest square.
        let lengths = 2 * world.outputs + order + world.parameters * world.parameters + 16;
        let rounding = 4.0 * lengths as f64 * f64::UNIT_ROUNDOFF * largest;
        // What is known of the differences to begin with enters through squares.
        let known = differences
            .iter()
            .flat_map(|each| each.d.iter().flatten())
            .fold(0.0_f64, |worst, d| worst.max(d.bound()));
        let inherited = 8.0 * world.outputs as f64 * known * largest.sqrt();
        let tolerance = rounding + inherited + defect.bound() + variance.bound();
        shared = shared.worse(Residual::new((found[0] - defect.value() - bias).abs(), tolerance));
        unbiased = unbiased.worse(Residual::new((found[1] - defect.value()).abs(), tolerance));
    }
    outcome.and("the library's shared estimate", shared).and("and its unbiased one", unbiased)
}

fn unbiased<T: Judge>(network: &Network) -> Outcome {
    let Some(world) = World::<T>::of(network, true) else { return Outcome::vacuous() };
    let mut residual = Residual::exact(true);
    for g in &world.moves {
        for x in 0..world.inputs {
            let found = Differences::of(&world, g, x);
            residual = residual.worse(close(&found.plug_in(&world.q), &found.defect));
        }
    }
    Outcome::new("without the variance", residual)
}

fn exchanged<T: Judge>(network: &Network) -> Outcome {
    let Some(world) = World::<T>::of(network, true) else { return Outcome::vacuous() };
    let mut residual = Residual::exact(true);
    for g in world.moves.iter().take(4).skip(1) {
        for x in 0..world.inputs {
            let found = Differences::of(&world, g, x);
            let expected = found.defect + found.variance / T::count(2);
            residual = residual.worse(close(&own_draws(&world, g, x), &expected));
        }
    }
    Outcome::new("the variance of the differences", residual)
}
