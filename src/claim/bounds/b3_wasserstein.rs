//! B3: the defect of models that are Lipschitz in their parameters, by Wasserstein distance.

use super::world::{is_enumerated, square};
use super::{TOLERANCE, at_most, bounded};
use crate::claim::equivariance::network::{Network, networks};
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::scene::{Block, Points, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Mutation, Outcome, Role, Seeking};
use crate::defect::{LipschitzInParameters, wasserstein_bound, wasserstein_defect_bound};
use crate::family::{Bures, DiagonalGaussian};
use crate::group::{AnyElement, AnyGroup, Finite, Group};
use crate::law::Residual;
use crate::model::predictive::{self, GaussianMoments, PredictiveMoments};
use crate::model::{Joint, LayerAction, Linear, Model};
use crate::representation::{ActsBySignedPermutations, ActsOn, Representation};
use crate::scalar::{Rational, Scalar};
use crate::special::Special;
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, FloatConst, One, Zero};
use proptest::prelude::*;

/// The claim for both families, with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "B3.diagonal",
        title: "the defect is bounded by Wasserstein distance: linear models, diagonal Gaussians",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "‖δ_g(x)‖ ≤ Lip W_2(q, g_#q), Lip = √(‖ρ_X(g)x‖² + 1) with a bias; and for each output |δ_g(x)| ≤ W_1 ≤ W_2 ≤ Lip W_2(q, g_#q), with the distances of its two laws in the middle",
        hypotheses: &["(J)", "linear model", "signed permutations"],
        tolerance: TOLERANCE,
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
        ],
        cost: 2,
    };
    let full = About {
        id: "B3.full",
        title: "the defect is bounded by Wasserstein distance: linear models, full Gaussians",
        hypotheses: &["(J)", "linear model", "any representations of inputs and outputs"],
        tolerance: "the rounding of both sides, bounded operation by operation, and the bound on the error of the distance that its decompositions have",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
            Feature::NonOrthogonal,
        ],
        ..diagonal
    };
    let dropped = &["(J): the parameters do not move"];
    let says = "‖δ_g(x)‖ ≤ Lip W_2(q, q)";
    vec![
        Box::new(
            Entry {
                about: diagonal,
                instances,
                check: |network| settled(of_diagonal(network, Constant::Moved)),
                exact: Some(|network| settled(by_shift_of_signed::<Rational>(network))),
            }
            .sought(OF_DIAGONAL),
        ),
        Box::new(Entry {
            about: diagonal
                .control(
                    "B3.diagonal-not-jointly",
                    "a model that is not jointly equivariant",
                    dropped,
                    &[Feature::NonAbelian],
                )
                .saying(says),
            instances,
            check: |network| measured(of_diagonal(network, Constant::Still)),
            exact: None,
        }),
        Box::new(
            Entry {
                about: full,
                instances: sheared,
                check: |network| settled(of_full(network, Constant::Moved)),
                exact: Some(|network| settled(by_shift_of_dense::<Rational>(network))),
            }
            .sought(OF_FULL),
        ),
        Box::new(Entry {
            about: full
                .control(
                    "B3.full-not-jointly",
                    "a model that is not jointly equivariant",
                    dropped,
                    &[Feature::NonAbelian],
                )
                .saying(says),
            instances,
            check: |network| measured(of_full(network, Constant::Still)),
            exact: None,
        }),
        Box::new(Entry {
            about: full
                .control(
                    "B3.full-wrong-side",
                    "the Lipschitz constant at the input that did not move",
                    &["the constant is that of ρ_X(g)x, which an orthogonal action cannot tell from x"],
                    &[Feature::NonOrthogonal],
                )
                .saying("‖δ_g(x)‖ ≤ √(‖x‖² + 1) W_2(q, g_#q)"),
            instances: |_| sheared(Some(Feature::NonOrthogonal)),
            check: |network| measured(of_full(network, Constant::WrongSide)),
            exact: None,
        }),
    ]
}

/// Linear models of at most three inputs and outputs, and moderate scales: covariances whose scales are far apart leave
/// their distance no digit.
fn instances(wanted: Option<Feature>) -> BoxedStrategy<Network> {
    networks(3, 0..=0, wanted)
        .prop_map(|mut network| {
            network.scene.spread = network.scene.spread.min(1);
            network
        })
        .boxed()
}

/// As [`instances`], in every other one matrices that are not orthogonal, one output, and an input along the shift.
fn sheared(wanted: Option<Feature>) -> BoxedStrategy<Network> {
    let first = wanted.unwrap_or(Feature::NonOrthogonal);
    let tight = instances(Some(first)).prop_map(|mut network| {
        network.later = vec![vec![Block { points: Points::Fixed, signed: false }]];
        // One of the two alignments.
        for code in &mut network.activations {
            *code &= 2;
        }
        network
    });
    (instances(wanted), tight, any::<bool>())
        .prop_map(|(one, tight, which)| if which { one } else { tight })
        .boxed()
}

/// What stands in the place of the Lipschitz constant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Constant {
    Moved,
    NineTenths,
    /// At `x`.
    WrongSide,
    /// `‖ρ_X(g)x‖`, bias or not.
    NoBias,
    /// The largest coordinate in place of the norm.
    Largest,
    /// That of `ρ_X(g)x`, with parameters that do not move.
    Still,
}

impl Constant {
    /// Its square, given both inputs.
    fn square<T: Judge>(self, x: &[T], moved: &[T], bias: bool) -> T {
        let one = if bias { T::one() } else { T::zero() };
        match self {
            Self::Moved => square(moved) + one,
            Self::NineTenths => (square(moved) + one) * T::ratio(81, 100),
            Self::WrongSide => square(x) + one,
            Self::NoBias => square(moved),
            Self::Largest => {
                let squares = moved.iter().map(|x| x.clone() * x.clone());
                squares.fold(one, |top, x| if x > top { x } else { top })
            }
            Self::Still => T::zero(),
        }
    }
}

const OF_DIAGONAL: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: &[
        Mutation {
            name: "0.9 Lip",
            check: |network| measured(of_diagonal(network, Constant::NineTenths)),
        },
        Mutation {
            name: "a bias forgotten",
            check: |network| measured(of_diagonal(network, Constant::NoBias)),
        },
        Mutation {
            name: "the largest coordinate in place of the norm",
            check: |network| measured(of_diagonal(network, Constant::Largest)),
        },
    ],
    steps: 128,
};

const OF_FULL: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: &[
        Mutation {
            name: "0.9 Lip",
            check: |network| measured(of_full(network, Constant::NineTenths)),
        },
        Mutation {
            name: "Lip at x in place of ρ_X(g)x",
            check: |network| measured(of_full(network, Constant::WrongSide)),
        },
        Mutation {
            name: "a bias forgotten",
            check: |network| measured(of_full(network, Constant::NoBias)),
        },
        Mutation {
            name: "the largest coordinate in place of the norm",
            check: |network| measured(of_full(network, Constant::Largest)),
        },
    ],
    steps: 64,
};

/// A linear model with its action, and the mean of a posterior.
struct Posed<R: Representation, T> {
    model: Linear,
    joint: Joint<LayerAction<R>, R, R>,
    mean: Vec<T>,
    bias: bool,
    /// Whether inputs are chosen so that the bound is nearly met: along the shift of the mean.
    aligned: bool,
    /// And whether that is for `Φ(·, ρ_X(g)x)`, or as long as can be for a given length of `x`.
    at_moved: bool,
}

impl<R, T> Posed<R, T>
where
    R: ActsOn<T, Group = AnyGroup>,
    T: Scalar,
{
    fn new(network: &Network, [inputs, outputs]: [&R; 2]) -> Checked<Self> {
        let bias = network.bias;
        let (from, to) = (inputs.dim(), outputs.dim());
        let model = if bias { Linear::with_bias(from, to)? } else { Linear::new(from, to)? };
        let joint = model.joint(inputs, outputs)?;
        let mean = network.numbers(0, joint.parameters().dim());
        let aligned = network.activations.first().is_some_and(|code| code % 2 == 0);
        let at_moved = network.activations.first().is_none_or(|code| code % 4 == 0);
        Ok(Self { model, joint, mean, bias, aligned, at_moved })
    }

    /// `m − ρ_Θ(g)m`.
    fn shift(&self, g: &AnyElement) -> Vec<T> {
        let moved = self.joint.parameters().apply(g, &self.mean);
        self.mean.iter().zip(moved.iter()).map(|(a, b)| a.clone() - b.clone()).collect()
    }

    /// `x` and `ρ_X(g)x`.
    fn inputs(&self, network: &Network, g: &AnyElement) -> [Vec<T>; 2] {
        let rep = self.joint.inputs();
        if !self.aligned {
            let x: Vec<T> = network.numbers(3, rep.dim());
            let moved = rep.apply(g, &x).as_slice().to_vec();
            return [x, moved];
        }
        // The functional `(ρ_X(g)x, 1)` along the shift of the first output's weights and bias.
        let shift = self.shift(g);
        let mut moved = shift[..rep.dim()].to_vec();
        let last = shift.len() - self.joint.outputs().dim();
        if self.bias && !shift[last].is_zero() {
            moved.iter_mut().for_each(|entry| *entry /= shift[last].clone());
        }
        if self.at_moved {
            let x = rep.apply(&rep.group().inverse(g), &moved).as_slice().to_vec();
            return [x, moved];
        }
        let mut x = vec![T::zero(); rep.dim()];
        rep.act_transposed(g, &moved, &mut x);
        let moved = rep.apply(g, &x).as_slice().to_vec();
        [x, moved]
    }

    /// `δ_g(x)` for a predictive mean that is linear in the posterior's, and what `ρ_Y(g)` makes of that at `x`.
    fn defect(&self, g: &AnyElement, [x, moved]: &[Vec<T>; 2]) -> Vec<T> {
        let there = self.model.prediction(&self.mean, moved);
        let here = self.model.prediction(&self.mean, x);
        let pushed = self.joint.outputs().apply(g, here.as_slice());
        there.iter().zip(pushed.iter()).map(|(a, b)| a.clone() - b.clone()).collect()
    }
}

/// What the twins check, in any scalar: the shift of the mean in place of `W_2`, which is at least that.
fn by_shift<R, T>(network: &Network, spaces: [&R; 2]) -> Checked<Outcome>
where
    R: ActsOn<T, Group = AnyGroup>,
    T: Judge,
{
    let posed = Posed::<R, T>::new(network, spaces)?;
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let inputs = posed.inputs(network, &g);
        let lipschitz = Constant::Moved.square(&inputs[0], &inputs[1], posed.bias);
        let rhs = lipschitz * square(&posed.shift(&g));
        let defect = square(&posed.defect(&g, &inputs));
        outcome = bounded(outcome, "‖δ_g(x)‖² ≤ Lip² ‖m − ρ_Θ(g)m‖²", &defect, &rhs);
    }
    Ok(outcome.partial())
}

fn by_shift_of_signed<T: Judge>(network: &Network) -> Checked<Outcome> {
    let spaces = network.signed();
    by_shift::<_, T>(network, [&spaces[0], &spaces[1]])
}

fn by_shift_of_dense<T: Judge>(network: &Network) -> Checked<Outcome> {
    let [inputs, outputs] = [0, 1].map(|number| network.space(number).dense::<T>());
    by_shift::<_, T>(network, [&inputs, &outputs])
}

fn of_diagonal(network: &Network, constant: Constant) -> Checked<Outcome> {
    let spaces = network.signed();
    let posed = Posed::<_, Tracked>::new(network, [&spaces[0], &spaces[1]])?;
    let variances = variances(network, &posed);
    let q = DiagonalGaussian::with_variance(&posed.mean, &variances)?;
    let moments = GaussianMoments::diagonal(
        DVector::from_column_slice(&posed.mean),
        DVector::from_column_slice(&variances),
    );
    let rep = posed.joint.parameters();
    // Means and variances are dyadic fractions, and only change places: nothing but the roots rounds.
    let squared_distance = |g: &AnyElement| {
        let map = rep.index_map(g);
        (0..variances.len()).fold(square(&posed.shift(g)), |sum, i| {
            let step = spread(variances[map.image(i).0], variances[i]);
            sum + step * step
        })
    };
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let inputs = posed.inputs(network, &g);
        let distance = squared_distance(&g);
        outcome = chain(outcome, &posed, &moments, &g, &inputs, distance, constant)?;
        if constant == Constant::Moved {
            let bound = wasserstein_bound(&q, rep, &g, posed.model.lipschitz(&inputs[1]))?;
            let squared = constant.square(&inputs[0], &inputs[1], posed.bias) * distance;
            // A root of 0 has no slope, and the library has not kept that the numbers were dyadic.
            let residual = if bound.is_zero() {
                Residual::exact(squared.is_zero())
            } else {
                close(&(bound * bound), &squared)
            };
            outcome = outcome.and("the library's bound", residual);
        }
    }
    if constant != Constant::Moved || !is_enumerated(network) {
        return Ok(outcome);
    }
    // For the whole group, at one input.
    let x: Vec<Tracked> = network.numbers(3, posed.joint.inputs().dim());
    let (mut sum, mut rounding, mut order) = (Tracked::zero(), 0.0, 0.0);
    for g in rep.group().elements() {
        let moved = posed.joint.inputs().apply(&g, &x);
        let lipschitz = constant.square(&x, moved.as_slice(), posed.bias);
        sum += lipschitz * squared_distance(&g);
        order += 1.0;
        // The library's own distance, whose error it does not hand out; one that is zero is none.
        let own = wasserstein_bound(&q, rep, &g, Tracked::one())?;
        let error = if own.is_zero() { 0.0 } else { own.bound() };
        rounding += lipschitz.value() * error * (2.0 * own.value() + error);
    }
    let mean = sum / Tracked::exact(order);
    let found =
        wasserstein_defect_bound(&q, rep, posed.joint.inputs(), &posed.model, [x.as_slice()])?;
    // Positive terms, each a square of a root of some more of them.
    let lost = (order + 4.0 * x.len() as f64 + 16.0) * f64::UNIT_ROUNDOFF * found;
    let tolerance = mean.bound() + rounding / order + lost;
    let residual = Residual::new((found - mean.value()).abs(), tolerance);
    Ok(outcome.and("the library's bound for the group", residual))
}

/// `√v − √w`.
fn spread(v: Tracked, w: Tracked) -> Tracked {
    let roots = Float::sqrt(v) + Float::sqrt(w);
    if roots.is_zero() { roots } else { (v - w) / roots }
}

/// Small ones where the input is chosen along the shift of the mean, which then makes up the distance.
fn variances<R>(network: &Network, posed: &Posed<R, Tracked>) -> Vec<Tracked>
where
    R: Representation,
{
    let scale = if posed.aligned { Tracked::ratio(1, 1 << 20) } else { Tracked::one() };
    let drawn: Vec<Tracked> = network.scene.positive(Which::Q, posed.mean.len());
    drawn.into_iter().map(|variance| variance * scale).collect()
}

fn of_full(network: &Network, constant: Constant) -> Checked<Outcome> {
    let [inputs, outputs] = [0, 1].map(|number| network.space(number).dense::<Tracked>());
    let posed = Posed::<_, Tracked>::new(network, [&inputs, &outputs])?;
    let covariance = covariance(network, &variances(network, &posed));
    let moments =
        GaussianMoments::full(DVector::from_column_slice(&posed.mean), covariance.clone());
    let plain = covariance.map(Tracked::value);
    let mut outcome = Outcome::vacuous();
    for g in network.elements() {
        let inputs = posed.inputs(network, &g);
        let there = moved_covariance(posed.joint.parameters(), &g, &covariance);
        // All entries are dyadic fractions, and products of matrices of integers with them.
        let bound = there.iter().chain(covariance.iter()).map(|entry| entry.bound()).sum::<f64>();
        let bures = Bures::new(&plain, &there.map(Tracked::value))?;
        let error = if bound == 0.0 { bures.error } else { f64::INFINITY };
        let bures = Tracked::new(bures.distance, error);
        let distance = bures * bures + square(&posed.shift(&g));
        outcome = chain(outcome, &posed, &moments, &g, &inputs, distance, constant)?;
    }
    Ok(outcome)
}

/// `L D Lᵀ` with the scene's numbers, in quarters, next to the diagonal of `L`.
fn covariance(network: &Network, variances: &[Tracked]) -> DMatrix<Tracked> {
    let n = variances.len();
    let steps: Vec<Tracked> = network.scene.vector(Which::P, n);
    let lower = DMatrix::from_fn(n, n, |i, j| match (i == j, i == j + 1) {
        (true, _) => Tracked::one(),
        (_, true) => steps[i] * Tracked::ratio(1, 8),
        _ => Tracked::zero(),
    });
    let diagonal = DMatrix::from_diagonal(&DVector::from_column_slice(variances));
    &lower * diagonal * lower.transpose()
}

/// `ρ(g) Σ ρ(g)ᵀ`.
fn moved_covariance<R: ActsOn<Tracked, Group = AnyGroup>>(
    rep: &R,
    g: &AnyElement,
    covariance: &DMatrix<Tracked>,
) -> DMatrix<Tracked> {
    let columns = |matrix: &DMatrix<Tracked>| {
        let moved: Vec<DVector<Tracked>> = matrix
            .column_iter()
            .map(|column| rep.apply(g, column.clone_owned().as_slice()))
            .collect();
        DMatrix::from_columns(&moved)
    };
    columns(&columns(covariance).transpose())
}

/// The whole chain for one element and input, given `W_2(q, g_#q)²`; with another constant than the moved
/// input's, its first part.
fn chain<R>(
    outcome: Outcome,
    posed: &Posed<R, Tracked>,
    moments: &GaussianMoments<Tracked>,
    g: &AnyElement,
    inputs: &[Vec<Tracked>; 2],
    distance: Tracked,
    constant: Constant,
) -> Checked<Outcome>
where
    R: ActsOn<Tracked, Group = AnyGroup>,
{
    let defect = posed.defect(g, inputs);
    let rhs = constant.square(&inputs[0], &inputs[1], posed.bias) * distance;
    let mut outcome = bounded(outcome, "‖δ_g(x)‖² ≤ Lip² W_2²", &square(&defect), &rhs);
    if constant != Constant::Moved {
        return Ok(outcome);
    }
    let laws = [&inputs[1], &inputs[0]].map(|x| predictive::linear(&posed.model, moments, x));
    let [there, here] = laws;
    let (there, here): (PredictiveMoments<_>, PredictiveMoments<_>) = (there?, here?);
    // The law of Φ(θ, ρ_X(g)x) under g_#q is that of ρ_Y(g)Φ(θ, x) under q.
    let pushed = moved_covariance(posed.joint.outputs(), g, &here.covariance);
    for (k, &step) in defect.iter().enumerate() {
        let (v, w) = (there.covariance[(k, k)], pushed[(k, k)]);
        let spread = spread(v, w);
        let (first, second) = (mean_distance(step, spread), step * step + spread * spread);
        outcome = at_most(outcome, "|δ_g(x)| ≤ W_1 of an output", &Float::abs(step), &first);
        outcome = at_most(outcome, "W_1 ≤ W_2 of an output", &(first * first), &second);
        outcome = at_most(outcome, "W_2 of an output ≤ Lip W_2", &second, &rhs);
    }
    Ok(outcome)
}

/// `W_1` of two Gaussians on the line whose means and standard deviations differ by these: the coupling that keeps
/// the order is optimal, so it is `E|step + spread Z|`, the mean of a folded normal law.
fn mean_distance(step: Tracked, spread: Tracked) -> Tracked {
    let (d, e) = (Float::abs(step), Float::abs(spread));
    if e.value() <= 2.0 * e.bound() {
        // Between d and d + e.
        return Tracked::new(d.value(), d.bound() + e.value() + e.bound());
    }
    let t = d / (e * Tracked::SQRT_2());
    if t.value() > 40.0 {
        // What spread adds is below e·exp(−t²), which is no number any more.
        return Tracked::new(d.value(), d.bound() + f64::MIN_POSITIVE);
    }
    let density = Tracked::FRAC_2_SQRT_PI() * Float::exp(-(t * t)) / Tracked::SQRT_2();
    e * density + d * t.erf()
}
