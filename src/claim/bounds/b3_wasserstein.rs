//! B3: the defect of models that are Lipschitz in their parameters, by Wasserstein distance.

use super::b3_chain::{chain, moved_covariance, spread};
use super::b3_linear::{Constant, Posed, variances};
use super::world::{is_enumerated, square};
use super::{TOLERANCE, bounded, mutations, not_jointly};
use crate::claim::equivariance::network::{Network, networks};
use crate::claim::equivariance::regression::{Checked, measured, settled};
use crate::claim::rounding::{Judge, Tracked, close};
use crate::claim::scene::{Block, Points, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role, Seeking};
use crate::defect::{LipschitzInParameters, wasserstein_bound, wasserstein_defect_bound};
use crate::family::{Bures, DiagonalGaussian};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::law::Residual;
use crate::model::predictive::GaussianMoments;
use crate::representation::{ActsBySignedPermutations, ActsOn, Representation};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::{One, Zero};
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
            about: not_jointly(diagonal, "B3.diagonal-not-jointly", says),
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
            about: not_jointly(full, "B3.full-not-jointly", says),
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

const OF_DIAGONAL: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: mutations!(of_diagonal:
        "0.9 Lip" => Constant::NineTenths,
        "a bias forgotten" => Constant::NoBias,
        "the largest coordinate in place of the norm" => Constant::Largest,
    ),
    steps: 128,
};

const OF_FULL: Seeking<Network> = Seeking {
    neighbour: Network::nearby,
    mutations: mutations!(of_full:
        "0.9 Lip" => Constant::NineTenths,
        "Lip at x in place of ρ_X(g)x" => Constant::WrongSide,
        "a bias forgotten" => Constant::NoBias,
        "the largest coordinate in place of the norm" => Constant::Largest,
    ),
    steps: 64,
};

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
