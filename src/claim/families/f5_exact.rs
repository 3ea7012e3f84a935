//! Exact twins of F5: what the density of a Laplace law is made of is rational, `Σ|θ_i − m_i|/b_i` and `Π b_i`.

use super::super::Outcome;
use super::super::compare::distance;
use super::super::scene::{Scene, Which};
use crate::law::Residual;
use crate::representation::{ActsBySignedPermutations, ActsOn, Representation, SignedOrbits};
use crate::scalar::Rational;
use num_traits::{One, Signed, Zero};

/// A location and a scale.
struct Law {
    location: Vec<Rational>,
    scale: Vec<Rational>,
}

impl Law {
    fn of(scene: &Scene) -> Self {
        let dim = scene.signed().dim();
        Self { location: scene.vector(Which::Q, dim), scale: scene.positive(Which::Q, dim) }
    }

    /// `Σ|θ_i − m_i|/b_i` and `Π b_i`: the density is `2⁻ⁿ e^{−Σ} / Π`.
    fn density(&self, theta: &[Rational]) -> [Rational; 2] {
        let steps = theta.iter().zip(&self.location).map(|(x, m)| (x - m).abs());
        [
            steps.zip(&self.scale).fold(Rational::zero(), |sum, (step, b)| sum + step / b),
            self.scale.iter().fold(Rational::one(), |product, b| product * b),
        ]
    }

    /// The push-forward; locations without their signs, unless `signed`.
    fn moved(&self, scene: &Scene, k: usize, signed: bool) -> Self {
        let map = scene.signed().index_map(&scene.element(k));
        let (mut location, mut scale) = (self.location.clone(), self.scale.clone());
        let plain = map.clone().unsigned();
        if signed { &map } else { &plain }.act(&self.location, &mut location);
        plain.act(&self.scale, &mut scale);
        Self { location, scale }
    }

    /// `(Pm, |P|b)`; `(|P|m, |P|b)` unless `signed`.
    fn average(&self, scene: &Scene, signed: bool) -> Self {
        let orbits = SignedOrbits::of(&scene.signed());
        let (mut location, mut scale) = (self.location.clone(), self.scale.clone());
        if signed {
            orbits.project(&self.location, &mut location);
        } else {
            orbits.unsigned().project(&self.location, &mut location);
        }
        orbits.unsigned().project(&self.scale, &mut scale);
        Self { location, scale }
    }

    fn equals(&self, other: &Self) -> Residual {
        let same = |a: &[Rational], b: &[Rational]| Residual::new(distance(a, b), 0.0);
        same(&self.location, &other.location).worse(same(&self.scale, &other.scale))
    }
}

pub(super) fn moved(scene: &Scene, signed: bool) -> Outcome {
    let (q, rep) = (Law::of(scene), scene.signed());
    [0, 1].into_iter().fold(Outcome::vacuous(), |outcome, k| {
        let after = q.moved(scene, k, signed);
        // At the mode, and elsewhere.
        [q.location.clone(), scene.vector(Which::P, rep.dim())].into_iter().fold(
            outcome,
            |outcome, theta| {
                let image = rep.apply(&scene.element(k), &theta);
                let (there, here) = (after.density(image.as_slice()), q.density(&theta));
                let residual = Residual::new(distance(&there, &here), 0.0);
                outcome.and("density at ρ(g)θ", residual)
            },
        )
    })
}

pub(super) fn projected(scene: &Scene, signed: bool) -> Outcome {
    let q = Law::of(scene);
    let average = q.average(scene, signed);
    let again = average.average(scene, signed);
    [0, 1].into_iter().fold(
        Outcome::new("what is invariant stays", again.equals(&average)),
        |outcome, k| {
            let of_moved = q.moved(scene, k, true).average(scene, signed);
            outcome
                .and("invariant", average.moved(scene, k, true).equals(&average))
                .and("one projection for an orbit", of_moved.equals(&average))
        },
    )
}
