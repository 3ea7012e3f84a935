//! E7: random augmentation keeps the law of the iterates invariant, and its mean; by enumeration of all sequences.

use super::regression::{Checked, data, measured, risk, settled};
use super::trained_network::scenes;
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::{AnyElement, Finite, Group};
use crate::inference::{Augmentation, QuadraticRisk, on_moments};
use crate::representation::{
    ActsBySignedPermutations, Representation, SignedOrbits, SignedPermutationRep,
};
use crate::scalar::{Rational, Scalar};

/// The claim, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E7.random",
        title: "random augmentation",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "ρ(h)η_t(g_1, …, g_t) = η_t(hg_1, …, hg_t), so for uniform g_i the law of η_t is invariant, and so is E η_t",
        hypotheses: &[
            "invariant start and prior",
            "equivariant update",
            "uniform g, independent of the state",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 4,
    };
    let control = |id, title, statement, hypotheses, covers| About {
        id,
        of: Some("E7.random"),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..about
    };
    vec![
        Box::new(Entry {
            about,
            instances: scenes,
            check: |scene| settled(check::<Tracked>(scene)),
            exact: Some(|scene| settled(check::<Rational>(scene))),
        }),
        Box::new(Entry {
            about: control(
                "E7.random-path",
                "a single path",
                "ρ(h)η_t(g_1, …, g_t) = η_t(g_1, …, g_t)",
                &["one sequence of group elements"],
                &[Feature::NonFreeOrbit],
            ),
            instances: scenes,
            check: |scene| measured(path::<Tracked>(scene)),
            exact: Some(|scene| measured(path::<Rational>(scene))),
        }),
        Box::new(Entry {
            about: control(
                "E7.random-mean-path",
                "the mean is not the path of full augmentation",
                "E η_t = the iterate of full augmentation",
                &["the update is not affine in the state"],
                &[Feature::FreeOrbit],
            ),
            instances: scenes,
            check: |scene| measured(mean_path::<Tracked>(scene)),
            exact: Some(|scene| measured(mean_path::<Rational>(scene))),
        }),
        Box::new(Entry {
            about: control(
                "E7.random-subset",
                "elements from a subset",
                "ρ(h) E η_t = E η_t for uniform elements of a subset",
                &["g is not uniform on the group"],
                &[Feature::NonFreeOrbit],
            ),
            instances: scenes,
            check: |scene| measured(subset::<Tracked>(scene)),
            exact: Some(|scene| measured(subset::<Rational>(scene))),
        }),
    ]
}

/// Gradient descent on `(m, σ)` with one example: rational, and not affine in `σ`.
struct Walk<T: Scalar> {
    rep: SignedPermutationRep<crate::group::AnyGroup>,
    elements: Vec<AnyElement>,
    /// The loss of the example, moved by each element.
    risks: Vec<QuadraticRisk<T>>,
    /// The loss of its orbit.
    whole: QuadraticRisk<T>,
    start: Vec<T>,
}

impl<T: Scalar> Walk<T> {
    fn new(scene: &Scene) -> Checked<Self> {
        let rep = scene.signed();
        let example = data::<T>(scene, rep.dim())?.subset(&[0])?;
        let elements: Vec<_> = rep.group().elements().collect();
        let alone = |g: &AnyElement| risk(&rep, &example, Augmentation::Subset(vec![g.clone()]));
        let risks = elements.iter().map(alone).collect::<Checked<_>>()?;
        let whole = risk(&rep, &example, Augmentation::Full)?;
        let orbits = SignedOrbits::of(&rep);
        let (mean, scale): (Vec<T>, Vec<T>) =
            (scene.vector(Which::Q, rep.dim()), scene.positive(Which::Q, rep.dim()));
        let mut start = [mean.clone(), scale.clone()].concat();
        orbits.project(&mean, &mut start[..rep.dim()]);
        orbits.unsigned().project(&scale, &mut start[rep.dim()..]);
        Ok(Self { rep, elements, risks, whole, start })
    }

    /// One step on `E_q ½(⟨θ, x⟩ − y)² + KL(q‖N(0, 1))`.
    fn step(&self, risk: &QuadraticRisk<T>, state: &[T]) -> Vec<T> {
        let (mean, scale) = state.split_at(self.rep.dim());
        let slope = risk.gradient(mean);
        let rate = T::ratio(1, 256);
        let means = mean
            .iter()
            .zip(slope.iter())
            .map(|(m, slope)| m.clone() - rate.clone() * (slope.clone() + m.clone()));
        let scales = scale.iter().enumerate().map(|(i, s)| {
            let h = risk.hessian()[(i, i)].clone() + T::one();
            s.clone() - rate.clone() * (h * s.clone() - T::one() / s.clone())
        });
        means.chain(scales).collect()
    }

    /// `η_2(g_i, g_j)`.
    fn end(&self, i: usize, j: usize) -> Vec<T> {
        self.step(&self.risks[j], &self.step(&self.risks[i], &self.start))
    }

    fn moved(&self, h: &AnyElement, state: &[T]) -> Vec<T> {
        let mut out = state.to_vec();
        on_moments(&self.rep.index_map(h)).act(state, &mut out);
        out
    }

    /// The number of `h g_i`.
    fn after(&self, h: &AnyElement, i: usize) -> usize {
        let group = self.rep.group();
        group.index_of(&group.compose(h, &self.elements[i])).unwrap_or(0)
    }

    /// The mean of `η_2` over elements with these numbers.
    fn mean(&self, numbers: &[usize]) -> Vec<T> {
        let mut sum = vec![T::zero(); self.start.len()];
        for &i in numbers {
            for &j in numbers {
                for (total, x) in sum.iter_mut().zip(self.end(i, j)) {
                    *total += x;
                }
            }
        }
        let count = T::count(numbers.len() * numbers.len());
        sum.into_iter().map(|total| total / count.clone()).collect()
    }
}

fn check<T: Judge>(scene: &Scene) -> Checked<Outcome> {
    let walk = Walk::<T>::new(scene)?;
    let h = scene.element(0);
    let all: Vec<usize> = (0..walk.elements.len()).collect();
    let mut outcome = Outcome::vacuous();
    for &i in &all {
        for &j in &all {
            let expected = walk.end(walk.after(&h, i), walk.after(&h, j));
            let residual = all_close(&walk.moved(&h, &walk.end(i, j)), &expected);
            outcome = outcome.and("ρ(h)η_t(g…) = η_t(hg…)", residual);
        }
    }
    let mean = walk.mean(&all);
    Ok(outcome.and("ρ(h) E η_t = E η_t", all_close(&walk.moved(&h, &mean), &mean)))
}

fn path<T: Judge>(scene: &Scene) -> Checked<Outcome> {
    let walk = Walk::<T>::new(scene)?;
    let end = walk.end(0, 0);
    let residual = all_close(&walk.moved(&scene.element(0), &end), &end);
    Ok(Outcome::new("a path is invariant", residual))
}

fn mean_path<T: Judge>(scene: &Scene) -> Checked<Outcome> {
    let walk = Walk::<T>::new(scene)?;
    let all: Vec<usize> = (0..walk.elements.len()).collect();
    let full = walk.step(&walk.whole, &walk.step(&walk.whole, &walk.start));
    Ok(Outcome::new("E η_t = the full path", all_close(&walk.mean(&all), &full)))
}

fn subset<T: Judge>(scene: &Scene) -> Checked<Outcome> {
    let walk = Walk::<T>::new(scene)?;
    let numbers = [0, 1].map(|k| walk.rep.group().index_of(&scene.element(k)).unwrap_or(0));
    let mean = walk.mean(&numbers);
    let residual = all_close(&walk.moved(&scene.element(2), &mean), &mean);
    Ok(Outcome::new("ρ(h) E η_t = E η_t", residual))
}
