//! E4 for full covariances: the symmetric root, in coordinates on which rotations are orthogonal.

use super::regression::{Checked, measured, settled};
use super::trained_network::{NETWORKS, entry, numbers};
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Evidence, Feature, Outcome, Role};
use crate::inference::optimiser::{Optimiser, Rates, Sgd};
use crate::inference::{GaussianPrior, Posterior, SymmetricRoot};
use crate::representation::ActsOn;
use crate::scalar::Scalar;
use nalgebra::{DMatrix, DVector};
use num_traits::{FloatConst, One, Zero};

/// The claim, and its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let root = About {
        id: "E4.symmetric-root",
        title: "gradient steps on a symmetric root",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "a gradient step of J = KL(·‖N(0, 1)) on (m; S_ii, √2 S_ij), Σ = S², commutes with m ↦ Qm, S ↦ QSQᵀ",
        hypotheses: &["Q orthogonal", "entries off the diagonal count √2"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: NETWORKS,
        cost: 4,
    };
    let unweighted = root
        .control(
            "E4.vech",
            "gradient steps on the entries of a symmetric root",
            &["entries off the diagonal count 1: rotations are not orthogonal on (S_ii, S_ij)"],
            &[Feature::NonFreeOrbit, Feature::NonAbelian],
        )
        .saying("a gradient step of J = KL(·‖N(0, 1)) on (m; S_ii, S_ij), Σ = S², commutes with m ↦ Qm, S ↦ QSQᵀ");
    vec![
        entry(root, |scene| settled(check(scene, true))),
        entry(unweighted, |scene| measured(check(scene, false))),
    ]
}

/// The objective is the divergence from `N(0, I)` alone, which all orthogonal `Q` keep. Here `Q` is a signed
/// permutation between two reflections: it mixes coordinates.
fn check(scene: &Scene, weighted: bool) -> Checked<Outcome> {
    let permutation: DMatrix<Tracked> = scene.signed().matrix(&scene.element(0));
    let n = permutation.nrows();
    let one = |i, j| Tracked::count(usize::from(i == j));
    let normal = DVector::from_vec(numbers::<Tracked>(scene, n, 3));
    let normal = normal.map(|x| x + Tracked::count(2));
    let share = Tracked::count(2) / normal.dot(&normal);
    let mirror = DMatrix::from_fn(n, n, |i, j| one(i, j) - share * normal[i] * normal[j]);
    let turn = &mirror * permutation * &mirror;

    let mean = DVector::from_vec(numbers::<Tracked>(scene, n, 61));
    let entries = numbers::<Tracked>(scene, n * n, 131);
    let root = DMatrix::from_fn(n, n, |i, j| {
        let both = entries[i * n + j] + entries[j * n + i];
        one(i, j) + both / Tracked::count(8 * n)
    });
    let (stepped, stepped_root) = step(&mean, &root, weighted)?;
    let moved = |root: &DMatrix<Tracked>| &turn * root * turn.transpose();
    let (after, after_root) = step(&(&turn * &mean), &moved(&root), weighted)?;
    let expected = &turn * stepped;
    Ok(Outcome::new("the mean", all_close(after.iter(), expected.iter()))
        .and("the root", all_close(after_root.iter(), moved(&stepped_root).iter())))
}

/// A step of gradient descent on `(m; S_ii, √2 S_ij)`, or without the weights.
fn step(
    mean: &DVector<Tracked>,
    root: &DMatrix<Tracked>,
    weighted: bool,
) -> Checked<(DVector<Tracked>, DMatrix<Tracked>)> {
    let n = mean.len();
    let q = SymmetricRoot::new(n);
    let mut w = q.coordinates_of(mean.as_slice(), root)?;
    let mut gradient = vec![Tracked::zero(); w.len()];
    let prior = GaussianPrior::isotropic(n, Tracked::one())?;
    q.pull_back_divergence(&w, &prior, Tracked::one(), &mut gradient);
    if !weighted {
        // With c = √2 S_ij a step on S_ij is twice as long: √2 for the slope and √2 for the coordinate.
        let count = |i, j| if i == j { Tracked::one() } else { Tracked::SQRT_2() };
        let factors = q.coordinates_of(&vec![Tracked::one(); n], &DMatrix::from_fn(n, n, count))?;
        gradient.iter_mut().zip(factors).for_each(|(slope, factor)| *slope *= factor);
    }
    Sgd::new().step(Rates::uniform(Tracked::ratio(1, 8)), &mut w, &gradient);
    Ok(q.root(&w))
}
