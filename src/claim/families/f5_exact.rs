//! Exact twins of F5: what the density of a location–scale law is made of is rational, `Σ −ln f((θ_i − m_i)/b_i)` up to
//! constants, and `Π b_i`.

use super::super::Outcome;
use super::super::compare::distance;
use super::super::registry::location_scale::LocationScaleEntry;
use super::super::scene::{Scene, Which};
use crate::group::{AnyElement, AnyGroup};
use crate::law::Residual;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedOrbits, SignedPermutationRep,
};
use crate::scalar::Rational;
use num_traits::Zero;

type Rep = SignedPermutationRep<AnyGroup>;

/// A location and a scale.
struct Law {
    location: Vec<Rational>,
    scale: Vec<Rational>,
}

impl Law {
    fn of(scene: &Scene, rep: &Rep) -> Self {
        let dim = rep.dim();
        Self { location: scene.vector(Which::Q, dim), scale: scene.positive(Which::Q, dim) }
    }

    /// What the density is made of, but for constants: `Π e^{−energy}/b`.
    fn density<E: LocationScaleEntry>(&self, theta: &[Rational]) -> [Rational; 2] {
        let steps = theta.iter().zip(&self.location).map(|(x, m)| x - m);
        [
            steps
                .zip(&self.scale)
                .fold(Rational::zero(), |sum, (step, b)| sum + E::energy(&(step / b))),
            self.scale.iter().product(),
        ]
    }

    /// The push-forward; locations without their signs, unless `signed`.
    fn moved(&self, rep: &Rep, g: &AnyElement, signed: bool) -> Self {
        let map = rep.index_map(g);
        let (mut location, mut scale) = (self.location.clone(), self.scale.clone());
        let plain = map.clone().unsigned();
        if signed { &map } else { &plain }.act(&self.location, &mut location);
        plain.act(&self.scale, &mut scale);
        Self { location, scale }
    }

    /// `(Pm, |P|b)`; `(|P|m, |P|b)` unless `signed`.
    fn average(&self, rep: &Rep, signed: bool) -> Self {
        let orbits = SignedOrbits::of(rep);
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

pub(super) fn moved<E: LocationScaleEntry>(scene: &Scene, signed: bool) -> Outcome {
    let rep = E::rep(scene);
    let q = Law::of(scene, &rep);
    [0, 1].into_iter().fold(Outcome::vacuous(), |outcome, k| {
        let g = scene.element_of(rep.group(), k);
        let after = q.moved(&rep, &g, signed);
        // At the mode, and elsewhere.
        [q.location.clone(), scene.vector(Which::P, rep.dim())].into_iter().fold(
            outcome,
            |outcome, theta| {
                let image = rep.apply(&g, &theta);
                let (there, here) = (after.density::<E>(image.as_slice()), q.density::<E>(&theta));
                let residual = Residual::new(distance(&there, &here), 0.0);
                outcome.and("density at ρ(g)θ", residual)
            },
        )
    })
}

pub(super) fn projected(scene: &Scene, rep: &Rep, signed: bool) -> Outcome {
    let q = Law::of(scene, rep);
    let average = q.average(rep, signed);
    let again = average.average(rep, signed);
    [0, 1].into_iter().fold(
        Outcome::new("what is invariant stays", again.equals(&average)),
        |outcome, k| {
            let g = scene.element_of(rep.group(), k);
            let of_moved = q.moved(rep, &g, true).average(rep, signed);
            outcome
                .and("invariant", average.moved(rep, &g, true).equals(&average))
                .and("one projection for an orbit", of_moved.equals(&average))
        },
    )
}
