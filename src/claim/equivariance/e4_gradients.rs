//! E4: gradients move on the dual side, so which steps are equivariant depends on the coordinates.

use super::regression::{
    self, Checked, DIAGONAL, Diagonal, Drops, Full, Instances, Posed, Setting, measured, posed,
    settled, weight,
};
use super::trained_network::{NETWORKS, Net, batch, entry, numbers, on_both};
use crate::action::{ClosedUnder, push_forward};
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::family::{FisherInformation, FullGaussian, Member};
use crate::inference::optimiser::{Adam, NaturalGradient, Optimiser, Rates, RmsProp, Sgd};
use crate::inference::{
    FullCovariance, GaussianPrior, Posterior, SquaredError, natural_gradient_step, on_moments,
};
use crate::model::{Differentiable, Pointwise};
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Dual, Representation, SignedPermutationRep, Unsigned,
};
use crate::scalar::{Rational, Scalar};
use nalgebra::{DMatrix, DVector};
use num_traits::{Float, One, Zero};

/// The claim in natural and mean coordinates and in those of a mean field, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "E4.diagonal",
        title: "gradients and natural-gradient steps: diagonal Gaussians",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "∇_ηJ(g·η) = τ(g)∇_ηJ(η), ∇_μJ(g·μ) = τ(g)⁻ᵀ∇_μJ(μ), and η ↦ η − r∇_μJ commutes with g",
        hypotheses: &["J^G invariant (E3)"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 4,
    };
    let full = About {
        id: "E4.full",
        title: "gradients and natural-gradient steps: full Gaussians",
        ..diagonal
    };
    let networks = About {
        id: "E4.networks",
        title: "gradients and steps of every optimiser: mean fields on networks",
        statement: "∇J(g·w) = (ρ ⊕ |ρ|)(g)∇J(w) in coordinates w = (m; ρ), and a first step of Nesterov, AdamW, RMSprop and natural gradient commutes with g; for a tanh network and a convolutional one",
        hypotheses: &[
            "J^G invariant (E3)",
            "signed permutations: linear and orthogonal on w",
            "draws without kinks: no equal maxima above 0 in a window of a pool",
        ],
        covers: NETWORKS,
        cost: 4,
        ..diagonal
    };
    let moving_prior = diagonal.control(
        "E4.diagonal-moving-prior",
        "a prior that is not invariant",
        &["the prior is not invariant"],
        &[Feature::NonAbelian],
    );
    let plain_steps = full.control(
        "E4.full-plain-step",
        "plain gradient steps in natural coordinates",
        &[
            "the action on η is not orthogonal: a gradient, which moves by τ, is added to η, which moves by τ⁻ᵀ",
        ],
        &[Feature::NonOrthogonal],
    );
    let cholesky_factor = networks.control(
        "E4.cholesky",
        "gradient steps on a Cholesky factor",
        &["the action on L is not linear: a permuted factor is not triangular"],
        &[Feature::NonFreeOrbit],
    );
    vec![
        in_closed_form::<Diagonal>(diagonal),
        regression::entry::<Diagonal>(
            moving_prior,
            |scene| measured(check::<Diagonal, Tracked>(scene, Drops::Prior)),
            Some(|scene| measured(check::<Diagonal, Rational>(scene, Drops::Prior))),
        ),
        in_closed_form::<Full>(full),
        regression::entry::<Full>(
            plain_steps.saying("η ↦ η − r∇_ηJ commutes with g"),
            |scene| measured(plain_step::<Tracked>(scene)),
            Some(|scene| measured(plain_step::<Rational>(scene))),
        ),
        entry(networks, |scene| settled(on_networks(scene))),
        entry(
            cholesky_factor
                .saying("a gradient step on (m, L) with Σ = LLᵀ commutes with a permutation"),
            |scene| measured(cholesky(scene)),
        ),
    ]
}

/// The claim in one of the settings with closed forms.
fn in_closed_form<S>(about: About) -> Box<dyn Claim>
where
    S: Setting<Tracked> + Setting<Rational> + Instances,
    <S as Setting<Tracked>>::Family: FisherInformation<Tracked>,
    <S as Setting<Rational>>::Family: FisherInformation<Rational>,
{
    regression::entry::<S>(
        about,
        |scene| settled(check::<S, Tracked>(scene, Drops::Nothing)),
        Some(|scene| settled(check::<S, Rational>(scene, Drops::Nothing))),
    )
}

/// `N ∇_μ E_q L`.
fn pull<S: Setting<T>, T: Scalar>(posed: &Posed<S, T>, q: &Member<S::Family, T>) -> DVector<T> {
    S::slope(&posed.risk, q).map(|x| weight::<T>() * x)
}

/// `∇_μ J = N ∇_μ E_q L + η − η_p`.
fn slope<S: Setting<T>, T: Scalar>(posed: &Posed<S, T>, q: &Member<S::Family, T>) -> DVector<T> {
    pull(posed, q) + q.natural().coordinates() - posed.prior.natural().coordinates()
}

fn check<S, T>(scene: &Scene, drops: Drops) -> Checked<Outcome>
where
    S: Setting<T>,
    S::Family: FisherInformation<T>,
    T: Judge,
{
    let posed = posed::<S, T>(scene, drops)?;
    let (rep, q, g) = (&posed.rep, &posed.q, scene.element(0));
    let moved = push_forward(q, rep, &g)?;
    let tau = q.family().statistic_action(rep);
    let (here, there) = (slope(&posed, q), slope(&posed, &moved));
    let expected = Dual::new(tau.clone()).apply(&g, here.as_slice());
    let natural =
        |q: &Member<S::Family, T>, slope: &DVector<T>| q.family().fisher_information(q) * slope;
    let (by_eta, moved_by_eta) = (natural(q, &here), natural(&moved, &there));
    let expected_by_eta = tau.apply(&g, by_eta.as_slice());
    let step = |q: &Member<S::Family, T>| {
        natural_gradient_step(q, posed.prior.natural(), &pull(&posed, q), T::ratio(1, 4))
    };
    let (stepped, after) = (push_forward(&step(q)?, rep, &g)?, step(&moved)?);
    Ok(Outcome::new("∇_μJ(g·μ) = τ⁻ᵀ∇_μJ(μ)", all_close(&there, &expected))
        .and("∇_ηJ(g·η) = τ∇_ηJ(η)", all_close(&moved_by_eta, &expected_by_eta))
        .and(
            "natural step(g·η) = g·natural step(η)",
            all_close(after.natural().as_slice(), stepped.natural().as_slice()),
        ))
}

fn plain_step<T: Judge>(scene: &Scene) -> Checked<Outcome> {
    let posed = posed::<Full, T>(scene, Drops::Nothing)?;
    let (rep, q, g) = (&posed.rep, &posed.q, scene.element(0));
    let moved = push_forward(q, rep, &g)?;
    let step = |q: &Member<FullGaussian, T>| {
        let gradient = q.family().fisher_information(q) * slope(&posed, q);
        q.natural().coordinates() - gradient.map(|x| T::ratio(1, 64) * x)
    };
    let dual = Dual::new(ClosedUnder::<_, T>::statistic_action(q.family(), rep));
    let expected = dual.apply(&g, step(q).as_slice());
    Ok(Outcome::new("step(g·η) = g·step(η)", all_close(&step(&moved), &expected)))
}

/// Makes an optimiser with this `ε`.
type Fresh = fn(Tracked) -> Box<dyn Optimiser<Tracked>>;

fn on_networks(scene: &Scene) -> Checked<Outcome> {
    on_both!(scene, Pointwise::Tanh, |net| on_network(&net, scene))
}

fn on_network<M>(net: &Net<M>, scene: &Scene) -> Checked<Outcome>
where
    M: Differentiable<Tracked> + Clone,
{
    let elbo = net.elbo(SquaredError, net.mean_field())?;
    let data = net.orbits(&net.data(scene)?)?;
    let noise: Vec<Tracked> = net.noise(scene, true)?;
    let w = net.coordinates(scene);
    let map = on_moments(&net.joint.parameters().index_map(&net.element(scene, 0)));
    let moved = |w: &[Tracked]| {
        let mut out = w.to_vec();
        map.act(w, &mut out);
        out
    };
    let mut memory = elbo.memory(16);
    let mut gradient = |w: &[Tracked]| {
        let mut slope = w.to_vec();
        elbo.gradient(w, batch(&data), &noise, &mut slope, &mut memory);
        slope
    };
    let other = moved(&w);
    let (here, there) = (gradient(&w), gradient(&other));
    let mut outcome = Outcome::new("∇J(g·w) = (ρ ⊕ |ρ|)(g)∇J(w)", all_close(&there, &moved(&here)));
    let step = |optimiser: &mut dyn Optimiser<Tracked>, w: &[Tracked], slope: &[Tracked]| {
        let mut after = w.to_vec();
        optimiser.step(Rates::uniform(Tracked::ratio(1, 100)), &mut after, slope);
        after
    };
    // ε of the order of gradients: with a smaller one the first step divides a gradient by itself.
    let epsilon = Tracked::one();
    let fresh: [(&'static str, Fresh); 3] = [
        ("step of Nesterov", |_| Box::new(Sgd::new().momentum(Tracked::ratio(9, 10)).nesterov())),
        ("step of AdamW", |e| Box::new(Adam::new().decoupled(Tracked::ratio(1, 10)).epsilon(e))),
        ("step of RMSprop", |e| Box::new(RmsProp::new().epsilon(e))),
    ];
    for (name, make) in fresh {
        let one = moved(&step(&mut *make(epsilon), &w, &here));
        outcome = outcome.and(name, all_close(&step(&mut *make(epsilon), &other, &there), &one));
    }
    let mut natural = NaturalGradient::new(net.mean_field());
    let one = moved(&step(&mut natural, &w, &here));
    Ok(outcome.and("natural step", all_close(&step(&mut natural, &other, &there), &one)))
}

/// A positive definite matrix as `LLᵀ`.
fn factor(matrix: &DMatrix<Tracked>) -> DMatrix<Tracked> {
    let n = matrix.nrows();
    let mut lower = DMatrix::from_element(n, n, Tracked::zero());
    for j in 0..n {
        for i in j..n {
            let rest = (0..j).fold(matrix[(i, j)], |rest, k| rest - lower[(i, k)] * lower[(j, k)]);
            lower[(i, j)] = if i == j { Float::sqrt(rest) } else { rest / lower[(j, j)] };
        }
    }
    lower
}

/// The objective is the divergence from `N(0, I)` alone, which permutations keep.
fn cholesky(scene: &Scene) -> Checked<Outcome> {
    let rep: Unsigned<SignedPermutationRep<_>> = Unsigned::new(scene.signed());
    let n = rep.dim();
    let q = FullCovariance::new(n);
    let prior = GaussianPrior::isotropic(n, Tracked::one())?;
    let mut entries = numbers::<Tracked>(scene, n * n, 3).into_iter();
    let lower = DMatrix::from_fn(n, n, |i, j| {
        let x = entries.next().unwrap_or_else(Tracked::zero);
        if i > j { x } else { Tracked::count(usize::from(i == j)) * (x * x + Tracked::ratio(1, 2)) }
    });
    let step = |lower: &DMatrix<Tracked>| -> Checked<DMatrix<Tracked>> {
        let mut w = q.coordinates_of(&vec![Tracked::zero(); n], lower)?;
        let mut gradient = vec![Tracked::zero(); w.len()];
        q.pull_back_divergence(&w, &prior, Tracked::one(), &mut gradient);
        Sgd::new().step(Rates::uniform(Tracked::ratio(1, 8)), &mut w, &gradient);
        let (_, lower) = q.factor(&w);
        Ok(&lower * lower.transpose())
    };
    let matrix: DMatrix<Tracked> = rep.matrix(&scene.element(0));
    let moved = |covariance: DMatrix<Tracked>| &matrix * covariance * matrix.transpose();
    let expected = moved(step(&lower)?);
    let found = step(&factor(&moved(&lower * lower.transpose())))?;
    Ok(Outcome::new("step(g·Σ) = g·step(Σ)", all_close(found.iter(), expected.iter())))
}
