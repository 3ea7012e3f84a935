//! E6: invariant posteriors predict equivariantly, in closed form.

use super::network::{Network, networks};
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::law::Residual;
use crate::model::predictive::{
    GaussianExpectations, GaussianMoments, PredictiveError, PredictiveMoments, linear, mean,
    one_hidden_layer,
};
use crate::model::{Linear, Mlp, Model, ModelError, Pointwise};
use crate::representation::{ActsOn, Representation, SignedOrbits};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use thiserror::Error;

/// The claim for linear models and for networks, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E6.linear",
        title: "invariant posteriors predict equivariantly: linear models",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "F_q(ρ_X(g)x) = ρ_Y(g)F_q(x) and Cov(ρ_X(g)x) = ρ_Y(g) Cov(x) ρ_Y(g)ᵀ for every x, for a Gaussian q with any covariance",
        hypotheses: &["(J)", "invariant posterior"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
            Feature::NonOrthogonal,
        ],
        cost: 8,
    };
    let networks_about = About {
        id: "E6.networks",
        title: "invariant posteriors predict equivariantly: one hidden layer",
        statement: "F_q(ρ_X(g)x) = ρ_Y(g)F_q(x) and Cov(ρ_X(g)x) = ρ_Y(g) Cov(x) ρ_Y(g)ᵀ for every x, for ReLU, erf and sine and a mean-field Gaussian q",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
            Feature::WideScales,
        ],
        cost: 4,
        ..about
    };
    let correlated = About {
        id: "E6.correlated",
        title: "invariant posteriors predict equivariantly: correlated parameters",
        statement: "F_q(ρ_X(g)x) = ρ_Y(g)F_q(x) and Cov(ρ_X(g)x) = ρ_Y(g) Cov(x) ρ_Y(g)ᵀ for every x, for a hidden layer of sines and a Gaussian q with any covariance; the first for erf too",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
        ],
        cost: 16,
        ..about
    };
    let moving = |of: About, id| {
        let dropped = &["the posterior is not invariant"];
        of.control(id, "a posterior that is not invariant", dropped, &[Feature::NonFreeOrbit])
    };
    let moving_scales = networks_about.control(
        "E6.networks-moving-scales",
        "a posterior of which only the means are invariant",
        &["the scales are not invariant"],
        &[Feature::NonFreeOrbit],
    );
    let linear = |about, check, exact| -> Box<dyn Claim> {
        let instances = |wanted| networks(3, 0..=0, wanted);
        Box::new(Entry { about, instances, check, exact: Some(exact) })
    };
    let wide = |about, check| -> Box<dyn Claim> {
        Box::new(Entry {
            about,
            instances: |wanted| networks(6, 1..=1, wanted),
            check,
            exact: None,
        })
    };
    let narrow = |about, check| -> Box<dyn Claim> {
        Box::new(Entry {
            about,
            instances: |wanted| networks(3, 1..=1, wanted),
            check,
            exact: None,
        })
    };
    vec![
        linear(
            about,
            |network| settled(linear_models::<Tracked>(network, true)),
            |network| settled(linear_models::<Rational>(network, true)),
        ),
        linear(
            moving(about, "E6.linear-moving"),
            |network| measured(linear_models::<Tracked>(network, false)),
            |network| measured(linear_models::<Rational>(network, false)),
        ),
        wide(networks_about, |network| settled(hidden_layers(network, Kind::Invariant))),
        wide(moving(networks_about, "E6.networks-moving"), |network| {
            measured(hidden_layers(network, Kind::Moving))
        }),
        wide(moving_scales, |network| measured(hidden_layers(network, Kind::InvariantMeans))),
        narrow(correlated, |network| settled(sines(network, true))),
        narrow(moving(correlated, "E6.correlated-moving"), |network| {
            measured(sines(network, false))
        }),
    ]
}

#[derive(Debug, Error)]
enum Refused {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Predictive(#[from] PredictiveError),
}

fn settled(result: Result<Outcome, Refused>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a model is refused", Residual::failed()))
}

fn measured(result: Result<Outcome, Refused>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::vacuous())
}

/// Mean and covariance at an input, moved, against those at the moved input; for some elements and for two
/// inputs, of which the second has nothing to do with the numbers of the posterior.
fn equivariance<T: Judge, R: ActsOn<T, Group = AnyGroup>>(
    network: &Network,
    (inputs, outputs): (&R, &R),
    predict: impl Fn(&[T]) -> Result<PredictiveMoments<T>, PredictiveError>,
) -> Result<Outcome, Refused> {
    let (mut means, mut covariances) = (Residual::exact(true), Residual::exact(true));
    for stream in [1, 2] {
        let x: Vec<T> = network.numbers(stream, inputs.dim());
        let here = predict(&x)?;
        for g in &network.elements() {
            let there = predict(inputs.apply(g, &x).as_slice())?;
            let moved = outputs.apply(g, here.mean.as_slice());
            means = means.worse(all_close(there.mean.as_slice(), moved.as_slice()));
            let matrix = outputs.matrix(g);
            let moved = &matrix * here.covariance.clone() * matrix.transpose();
            covariances =
                covariances.worse(all_close(there.covariance.as_slice(), moved.as_slice()));
        }
    }
    Ok(Outcome::new("mean", means).and("covariance", covariances))
}

/// `avg_g` of what `moved` gives for `g`.
fn averaged<T: Scalar, R: Representation<Group = AnyGroup>>(
    rep: &R,
    zero: DMatrix<T>,
    moved: impl Fn(&AnyElement) -> DMatrix<T>,
) -> DMatrix<T> {
    let count = T::count(rep.group().small_order().unwrap_or(1));
    let sum = rep.group().elements().fold(zero, |sum, g| sum + moved(&g));
    sum.map(|entry| entry / count.clone())
}

/// A linear model between spaces that are moved by matrices, under a Gaussian with the covariance
/// `L D Lᵀ` or the average of its orbit.
fn linear_models<T: Judge>(network: &Network, invariant: bool) -> Result<Outcome, Refused> {
    let spaces = [network.space(0).dense::<T>(), network.space(1).dense::<T>()];
    let (from, to) = (&spaces[0], &spaces[1]);
    let model = if network.bias {
        Linear::with_bias(from.dim(), to.dim())?
    } else {
        Linear::new(from.dim(), to.dim())?
    };
    let joint = model.joint(from, to)?;
    let posterior = gaussian::<T, _>(network, joint.parameters(), invariant);
    equivariance(network, (from, to), |x| linear(&model, &posterior, x))
}

/// A Gaussian with the covariance `L Lᵀ`, `L` unit triangular, or the average of its orbit under `rho`.
fn gaussian<T, R>(network: &Network, rho: &R, invariant: bool) -> GaussianMoments<T>
where
    T: Judge,
    R: ActsOn<T, Group = AnyGroup>,
{
    let count = rho.dim();
    let mut mean = DMatrix::from_vec(count, 1, network.numbers::<T>(0, count));
    let shears = network.numbers::<T>(4, count * count);
    let lower = DMatrix::from_fn(count, count, |i, j| match i.cmp(&j) {
        std::cmp::Ordering::Less => T::zero(),
        std::cmp::Ordering::Equal => T::one(),
        std::cmp::Ordering::Greater => shears[i * count + j].clone() / T::count(4),
    });
    let mut covariance = &lower * lower.transpose();
    if invariant {
        // Columns, and with two turns rows as well, so that index maps are used where there are any.
        let moved = |g: &AnyElement, matrix: &DMatrix<T>| {
            let mut out = matrix.clone();
            for (column, mut target) in matrix.column_iter().zip(out.column_iter_mut()) {
                rho.act(g, column.as_slice(), target.as_mut_slice());
            }
            out
        };
        let zero = |columns| DMatrix::from_element(count, columns, T::zero());
        mean = averaged(rho, zero(1), |g| moved(g, &mean));
        covariance = averaged(rho, zero(count), |g| {
            let half = moved(g, &covariance).transpose();
            moved(g, &half)
        });
    }
    GaussianMoments::full(mean.column(0).into_owned(), covariance)
}

/// A hidden layer of sines under correlated parameters, and the means of one of erf.
fn sines(network: &Network, invariant: bool) -> Result<Outcome, Refused> {
    let spaces = network.signed();
    let widths: Vec<usize> = spaces.iter().map(Representation::dim).collect();
    let model = Mlp::new(&widths, Pointwise::Sine)?;
    let model = if network.bias { model } else { model.without_bias() };
    let joint = model.joint(&spaces)?;
    let posterior = gaussian::<Tracked, _>(network, joint.parameters(), invariant);
    let outcome = equivariance(network, (joint.inputs(), joint.outputs()), |x| {
        one_hidden_layer(&model, &posterior, x)
    })?;
    // Means of erf networks on the same spaces, without covariances.
    let model = Mlp::new(&widths, Pointwise::Erf)?;
    let model = if network.bias { model } else { model.without_bias() };
    let of_erf = equivariance(network, (joint.inputs(), joint.outputs()), |x| {
        let mean = mean(&model, &posterior, x)?;
        let covariance = DMatrix::from_element(mean.len(), mean.len(), Tracked::exact(0.0));
        Ok(PredictiveMoments { mean, covariance })
    })?;
    Ok(outcome.and_of("erf", of_erf))
}

/// Which posterior a network has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invariant,
    Moving,
    InvariantMeans,
}

/// Networks with a hidden layer of ReLU, erf and sine.
fn hidden_layers(network: &Network, kind: Kind) -> Result<Outcome, Refused> {
    let mut outcome = Outcome::vacuous();
    for (name, activation) in
        [("ReLU", Pointwise::Relu), ("erf", Pointwise::Erf), ("sine", Pointwise::Sine)]
    {
        outcome = outcome.and_of(name, hidden_layer(network, activation, kind)?);
    }
    Ok(outcome)
}

fn hidden_layer(network: &Network, activation: Pointwise, kind: Kind) -> Result<Outcome, Refused>
where
    Pointwise: GaussianExpectations<Tracked>,
{
    let mut spaces = network.signed();
    if activation == Pointwise::Relu {
        spaces[1] = super::network::unsigned(&spaces[1]);
    }
    let widths: Vec<usize> = spaces.iter().map(Representation::dim).collect();
    let model = Mlp::new(&widths, activation)?;
    let model = if network.bias { model } else { model.without_bias() };
    let joint = model.joint(&spaces)?;
    let orbits = SignedOrbits::of(joint.parameters());
    let count = Model::<Tracked>::parameters(&model);
    let mut mean = network.numbers::<Tracked>(0, count);
    let mut variance = variances(&network.scene, count);
    if kind != Kind::Moving {
        let plain = mean.clone();
        orbits.project(&plain, &mut mean);
    }
    if kind == Kind::Invariant {
        let plain = variance.clone();
        orbits.unsigned().project(&plain, &mut variance);
    }
    let posterior = GaussianMoments::diagonal(DVector::from_vec(mean), DVector::from_vec(variance));
    equivariance(network, (joint.inputs(), joint.outputs()), |x| {
        one_hidden_layer(&model, &posterior, x)
    })
}

/// Positive numbers, from 2⁻⁴ or, with wide scales, from 2⁻¹⁶.
fn variances(scene: &Scene, count: usize) -> Vec<Tracked> {
    let wide = if scene.spread > 1 { 3 } else { 0 };
    (0..count)
        .map(|i| {
            let codes = &scene.variances;
            let code = if codes.is_empty() { 0 } else { i64::from(codes[i % codes.len()]) };
            let power = 4 + wide * code.rem_euclid(5);
            Tracked::ratio(8 + code.abs(), 1 << power)
        })
        .collect()
}
