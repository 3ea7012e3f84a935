//! E5: training that starts invariant stays invariant, for hundreds of steps.

use super::regression::{
    Checked, DIAGONAL, Drops, data, diagonal_scenes, measured, risk, settled, weight,
};
use crate::claim::compare::row_sum_norm;
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{Adam, NaturalGradient, Optimiser, Rates, RmsProp, Sgd};
use crate::inference::{
    Augmentation, CoordinateSymmetry, Dataset, ExactElbo, GaussianPrior, MeanField, Weights,
};
use crate::law::Residual;
use crate::representation::{Dense, Representation, Reynolds, SignedOrbits};
use crate::scalar::{Real, Scalar};
use crate::symmetrize::geometric;
use nalgebra::DMatrix;
use num_traits::One;

/// The claim for linear optimisers and for adaptive ones, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let linear = About {
        id: "E5.linear-optimisers",
        title: "training stays invariant: linear optimisers",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "after 200 steps from an invariant start w = Pw, for gradient descent, heavy-ball, Nesterov, weight decay and natural gradient; after symmetrising coordinates and momentum too",
        hypotheses: &[
            "J^G invariant (E3)",
            "action linear and orthogonal on w",
            "invariant start and state",
        ],
        tolerance: "the rounding of all steps, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let adaptive = About {
        id: "E5.adaptive",
        title: "training stays invariant: Adam, AdamW, RMSprop",
        statement: "after 200 steps from an invariant start w = Pw: bit for bit if gradients are projected; to rounding if not, with ε of the order of gradients",
        hypotheses: &["J^G invariant (E3)", "signed permutations", "invariant start and state"],
        ..linear
    };
    let control = |about: About, id, title, statement, hypotheses, covers| About {
        id,
        of: Some(about.id),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..about
    };
    vec![
        Box::new(Entry {
            about: linear,
            instances: diagonal_scenes,
            check: |scene| settled(linear_optimisers(scene, Drops::Nothing)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                linear,
                "E5.linear-moving-prior",
                "a prior that is not invariant",
                "w = Pw after 200 steps",
                &["the prior is not invariant"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(linear_optimisers(scene, Drops::Prior)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                linear,
                "E5.linear-subset",
                "augmentation by a subset",
                "w = Pw after 200 steps",
                &["the augmentation is by two elements"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(linear_optimisers(scene, Drops::Group)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                linear,
                "E5.stale-momentum",
                "stale momentum after symmetrising",
                "w = Pw one step after the coordinates were symmetrised and the momentum was not",
                &["the state is not invariant"],
                &[Feature::FreeOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(symmetrised(scene, false)),
            exact: None,
        }),
        Box::new(Entry {
            about: adaptive,
            instances: diagonal_scenes,
            check: |scene| settled(adaptive_optimisers(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                adaptive,
                "E5.adaptive-turn",
                "Adam under an orthogonal action that is no signed permutation",
                "w = Pw after 10 steps of Adam, under the half turn about (1, 2, 2)/3",
                &["the action mixes coordinates"],
                &[Feature::FreeOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(turned(scene, &mut Adam::new())),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                adaptive,
                "E5.killed-coordinates",
                "Adam on coordinates that the group kills",
                "w = Pw after three steps of Adam in floating point, to the rounding of gradient descent",
                &["the gradient is not projected"],
                &[Feature::KilledOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| measured(killed(scene)),
            exact: None,
        }),
    ]
}

/// A mean field on a linear model, with an invariant start.
struct Run<T: Real> {
    objective: ExactElbo<T>,
    symmetry: CoordinateSymmetry,
    start: Vec<T>,
    /// A bound on the second derivatives.
    curvature: T,
}

const STEPS: usize = 200;

impl<T: Real> Run<T> {
    fn new(scene: &Scene, data: &Dataset<T>, drops: Drops) -> Checked<Self> {
        let rep = scene.signed();
        let dim = rep.dim();
        let free = scene.diagonal::<T>(Which::P)?;
        let p = if drops == Drops::Prior { free } else { geometric(&free, &rep)? };
        let policy = if drops == Drops::Group {
            Augmentation::Subset(vec![scene.element(0), scene.element(1)])
        } else {
            Augmentation::Full
        };
        let risk = risk(&rep, data, policy)?;
        let posterior = MeanField::new(dim);
        let prior = GaussianPrior::diagonal(p.mean().as_slice(), p.variance().as_slice())?;
        let symmetry = CoordinateSymmetry::of_mean_field(&posterior, &rep);
        let mut start: Vec<T> = scene.vector(Which::Q, 2 * dim);
        start.iter_mut().for_each(|x| *x *= T::ratio(1, 4));
        symmetry.project(&mut start);
        // N‖H‖ + ‖Λ‖ + 1 bounds the Hessian in (m, σ) up to a factor of few.
        let prior_norm = (0..dim).map(|i| prior.precision_of(i).nearest_f64()).fold(0.0, f64::max);
        let norm = weight::<f64>() * row_sum_norm(risk.hessian()) + prior_norm + 1.0;
        let curvature = T::count(norm.ceil() as usize);
        let weights = Weights { likelihood: weight(), divergence: T::one() };
        Ok(Self {
            objective: ExactElbo { risk, posterior, prior, weights },
            symmetry,
            start,
            curvature,
        })
    }

    fn train(
        &self,
        w: &mut [T],
        optimiser: &mut dyn Optimiser<T>,
        rate: T,
        steps: usize,
        projected: bool,
    ) {
        let mut gradient = w.to_vec();
        for _ in 0..steps {
            self.objective.gradient(w, &mut gradient);
            if projected {
                self.symmetry.project(&mut gradient);
            }
            optimiser.step(Rates::uniform(rate), w, &gradient);
        }
    }

    fn projected(&self, w: &[T]) -> Vec<T> {
        let mut projected = w.to_vec();
        self.symmetry.project(&mut projected);
        projected
    }
}

/// `w = Pw`, to rounding.
fn invariant(run: &Run<Tracked>, w: &[Tracked]) -> Residual {
    all_close(w, &run.projected(w))
}

fn linear_optimisers(scene: &Scene, drops: Drops) -> Checked<Outcome> {
    let run = Run::new(scene, &data(scene, scene.signed().dim())?, drops)?;
    let (tenth, momentum) = (Tracked::ratio(1, 10), Tracked::ratio(9, 10));
    // Rates at which a bound on rounding, which adds where errors cancel, grows by no more than e^12 or so.
    let rate = Tracked::one() / (Tracked::count(16) * run.curvature);
    let optimisers: [(&'static str, Box<dyn Optimiser<Tracked>>, Tracked); 5] = [
        ("gradient descent", Box::new(Sgd::new()), rate),
        ("weight decay", Box::new(Sgd::new().decay(tenth)), rate),
        ("heavy-ball", Box::new(Sgd::new().momentum(momentum)), rate * tenth),
        ("Nesterov", Box::new(Sgd::new().momentum(momentum).nesterov()), rate * tenth),
        (
            "natural gradient",
            Box::new(NaturalGradient::new(run.objective.posterior)),
            rate / Tracked::count(32),
        ),
    ];
    let mut outcome = Outcome::vacuous();
    for (name, mut optimiser, rate) in optimisers {
        let mut w = run.start.clone();
        run.train(&mut w, &mut *optimiser, rate, STEPS, false);
        outcome = outcome.and(name, invariant(&run, &w));
    }
    if drops != Drops::Nothing {
        return Ok(outcome);
    }
    let turned = turned(scene, &mut Sgd::new().momentum(momentum))?;
    Ok(outcome.and_of("symmetrised", symmetrised(scene, true)?).and_of("turned", turned))
}

/// Five steps from a start that is not invariant, symmetrisation, five more.
fn symmetrised(scene: &Scene, state_too: bool) -> Checked<Outcome> {
    let run = Run::<Tracked>::new(scene, &data(scene, scene.signed().dim())?, Drops::Nothing)?;
    let rate = Tracked::one() / (Tracked::count(16) * run.curvature);
    let mut w: Vec<Tracked> = scene.vector(Which::Q, run.start.len());
    let mut optimiser = Sgd::new().momentum(Tracked::ratio(9, 10));
    run.train(&mut w, &mut optimiser, rate, 5, false);
    run.symmetry.project(&mut w);
    if state_too {
        optimiser.state_mut().symmetrize(&run.symmetry);
    }
    run.train(&mut w, &mut optimiser, rate, if state_too { 5 } else { 1 }, false);
    Ok(Outcome::new("w = Pw after symmetrising", invariant(&run, &w)))
}

fn adaptive_optimisers(scene: &Scene) -> Checked<Outcome> {
    let dim = scene.signed().dim();
    let run = Run::<f64>::new(scene, &data(scene, dim)?, Drops::Nothing)?;
    let optimisers: [(&'static str, Box<dyn Optimiser<f64>>); 3] = [
        ("Adam, projected: bit for bit", Box::new(Adam::new())),
        ("AdamW, projected: bit for bit", Box::new(Adam::new().decoupled(0.1))),
        ("RMSprop, projected: bit for bit", Box::new(RmsProp::new().momentum(0.5))),
    ];
    let mut outcome = Outcome::vacuous();
    for (name, mut optimiser) in optimisers {
        let mut w = run.start.clone();
        run.train(&mut w, &mut *optimiser, 0.01, STEPS, true);
        outcome = outcome.and(name, Residual::exact(run.projected(&w) == w));
    }
    let run = Run::<Tracked>::new(scene, &data(scene, dim)?, Drops::Nothing)?;
    // A step is then Lipschitz in the gradient with the constant rate/ε.
    let epsilon = run.curvature;
    let optimisers: [(&'static str, Box<dyn Optimiser<Tracked>>); 2] = [
        ("Adam", Box::new(Adam::new().epsilon(epsilon))),
        ("RMSprop", Box::new(RmsProp::new().epsilon(epsilon))),
    ];
    for (name, mut optimiser) in optimisers {
        let mut w = run.start.clone();
        run.train(&mut w, &mut *optimiser, Tracked::ratio(1, 64), STEPS, false);
        outcome = outcome.and(name, invariant(&run, &w));
    }
    Ok(outcome)
}

/// Means alone, of fixed and equal scales, under the half turn `2uuᵀ − 1` about `u = (1, 2, 2)/3`.
fn turned(scene: &Scene, optimiser: &mut dyn Optimiser<Tracked>) -> Checked<Outcome> {
    let group = GroupSpec::Cyclic(2).build();
    let axis = [1, 2, 2];
    let turn = DMatrix::from_fn(3, 3, |i, j| {
        Tracked::ratio(2 * axis[i] * axis[j], 9) - Tracked::count(usize::from(i == j))
    });
    let identity = crate::group::Group::identity(&group);
    let rep = Dense::from_fn(group, 3, move |g| {
        if *g == identity {
            DMatrix::from_diagonal_element(3, 3, Tracked::one())
        } else {
            turn.clone()
        }
    });
    let risk = risk(&rep, &data(scene, 3)?, Augmentation::Full)?;
    let mut w: Vec<Tracked> = axis.map(|a| Tracked::ratio(a, 4)).to_vec();
    let bound = weight::<f64>() * row_sum_norm(risk.hessian()) + 1.0;
    let rate = Tracked::one() / Tracked::count(16 * bound.ceil() as usize);
    for _ in 0..10 {
        // N(Hw − b), and the prior N(0, 1).
        let gradient: Vec<Tracked> = risk
            .gradient(&w)
            .iter()
            .zip(&w)
            .map(|(&slope, &x)| weight::<Tracked>() * slope + x)
            .collect();
        optimiser.step(Rates::uniform(rate), &mut w, &gradient);
    }
    let fixed = Reynolds::by_averaging(&rep).project(&w);
    Ok(Outcome::new("w = Pw under a half turn", all_close(&w, fixed.iter())))
}

/// The means of killed orbits, which are 0 in exact arithmetic. The data are no dyadic fractions, so that sums over the
/// group round.
fn killed(scene: &Scene) -> Checked<Outcome> {
    fn uneven<T: Real>(scene: &Scene) -> Checked<Dataset<T>> {
        let data = data::<f64>(scene, scene.signed().dim())?;
        let scaled = |list: &[f64], factor: f64| -> Vec<T> {
            list.iter()
                .map(|x| <T as Scalar>::from_f64(factor * x).unwrap_or_else(T::zero))
                .collect()
        };
        let (x, y) = (scaled(data.inputs(), 0.3), scaled(data.targets(), 0.7));
        Ok(Dataset::new(data.input_size(), x, 1, y)?)
    }
    fn trained<T: Real>(scene: &Scene, optimiser: &mut dyn Optimiser<T>) -> Checked<Vec<T>> {
        let run = Run::<T>::new(scene, &uneven(scene)?, Drops::Nothing)?;
        let mut w = run.start.clone();
        run.train(&mut w, optimiser, T::ratio(1, 1000), 3, false);
        Ok(w)
    }
    let descent = trained::<Tracked>(scene, &mut Sgd::new())?;
    let usual = trained::<f64>(scene, &mut Adam::new())?;
    let small = trained::<f64>(scene, &mut Adam::new().epsilon(1e-30))?;
    let single = trained::<f32>(scene, &mut Adam::new())?;
    let coarser = <f32 as Scalar>::UNIT_ROUNDOFF / f64::UNIT_ROUNDOFF;
    let mut outcome = Outcome::vacuous();
    for orbit in SignedOrbits::of(&scene.signed()).iter().filter(|orbit| orbit.is_killed()) {
        for (i, _) in orbit.members() {
            let bound = Judge::error_bound(&descent[i]);
            outcome = outcome
                .and("f64, ε = 10⁻⁸", Residual::new(usual[i].abs(), bound))
                .and("f64, ε = 10⁻³⁰", Residual::new(small[i].abs(), bound))
                .and("f32, ε = 10⁻⁸", Residual::new(single[i].abs().into(), coarser * bound));
        }
    }
    Ok(outcome)
}
