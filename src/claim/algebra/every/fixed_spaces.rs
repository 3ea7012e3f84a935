//! A3: the fixed space of every registered representation, by each of the methods that there are.

use super::{
    EVERY_CONTROL, EVERY_THEOREM, Subject, all, every, moves, moving, near, not_orthogonal, scenes,
};
use crate::claim::algebra::entry;
use crate::claim::registry::representations::Posed;
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::FinitelyGenerated;
use crate::law::Residual;
use crate::linalg;
use crate::representation::{
    ActsOn, FixedSpace, FixedSpaceMethod, Representation, RepresentationError, Reynolds,
};
use crate::scalar::Rational;
use nalgebra::DMatrix;

pub(in crate::claim::algebra) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A3.every",
                title: "Every method finds the fixed space, in every representation",
                statement: "orbits, generators and averaging, where they apply, find V^G of the known dimension, \
                            with ρ(s)N = N, Yᵀρ(s) = Yᵀ and N(YᵀN)⁻¹Yᵀ = avg_g ρ(g); so does the projector \
                            from generators in floating point",
                ..EVERY_THEOREM
            },
            scenes,
            |scene| every::<Tracked>(scene, all, methods),
            Some(|scene| every::<Rational>(scene, all, methods)),
        ),
        entry(
            About {
                id: "A3.every-one-generator-short",
                title: "All generators but one, in every representation",
                of: Some("A3.every"),
                statement: "the projector from all generators but one is avg_g ρ(g)",
                hypotheses: &["dropped: one generator"],
                covers: &[Feature::NonAbelian],
                ..EVERY_CONTROL
            },
            moving,
            |scene| every::<Tracked>(scene, moves, one_generator_short),
            Some(|scene| every::<Rational>(scene, moves, one_generator_short)),
        ),
        entry(
            About {
                id: "A3.every-orthogonal-complement",
                title: "The orthogonal complement, in every representation that is not orthogonal",
                of: Some("A3.every"),
                statement: "the orthogonal projector on V^G, found from generators, is avg_g ρ(g)",
                hypotheses: &[
                    "dropped: the kernel is Σ im(ρ(s) − 1), for a ρ that is not orthogonal",
                ],
                covers: &[Feature::NonOrthogonal],
                ..EVERY_CONTROL
            },
            moving,
            |scene| every::<Tracked>(scene, not_orthogonal, orthogonal_complement),
            Some(|scene| every::<Rational>(scene, not_orthogonal, orthogonal_complement)),
        ),
    ]
}

fn methods<T: Posed>(subject: &Subject<T>) -> Outcome {
    let rep = &subject.rep;
    let Some(dimension) = subject.known_fixed_dim() else {
        return Outcome::new("avg χ(g) is a whole number", Residual::failed());
    };
    let average = Reynolds::by_averaging(rep).matrix();
    let generators = rep.group().generators();
    let mapped = generators.iter().all(|s| rep.signed_permutation(s).is_some());
    let expected = if mapped { FixedSpaceMethod::Orbits } else { FixedSpaceMethod::Generators };
    let mut outcome = Outcome::vacuous();
    let found: [(&'static str, Result<FixedSpace<T>, RepresentationError>); 3] = [
        ("by structure", FixedSpace::of(rep)),
        ("by generators", FixedSpace::by_generators(rep)),
        ("by averaging", FixedSpace::by_averaging(rep)),
    ];
    for (which, space) in &found {
        let Ok(space) = space else { return outcome.and(which, Residual::failed()) };
        outcome = outcome.and(which, space_of(subject, space, dimension, &average));
    }
    let chosen = found[0].1.as_ref().map(FixedSpace::method);
    outcome =
        outcome.and("the method is chosen by structure", Residual::exact(chosen == Ok(expected)));
    match Reynolds::by_generators(rep) {
        Ok(operator) => outcome.and(
            "the projector from generators is avg ρ(g)",
            near(operator.matrix().as_slice(), average.as_slice()),
        ),
        Err(_) => outcome.and("the projector from generators", Residual::failed()),
    }
}

/// Dimension, both bases, and the projector that they make.
fn space_of<T: Posed>(
    subject: &Subject<T>,
    space: &FixedSpace<T>,
    dimension: usize,
    average: &DMatrix<T>,
) -> Residual {
    let dimensions = [space.dim(), space.annihilator().ncols()];
    let (n, y) = (space.basis(), space.annihilator());
    let fixed = subject.group().generators().iter().fold(
        Residual::exact(dimensions == [dimension; 2]),
        |worst, s| {
            let rho = subject.rep.matrix(s);
            worst
                .worse(near((&rho * n).as_slice(), n.as_slice()))
                .worse(near((rho.transpose() * y).as_slice(), y.as_slice()))
        },
    );
    match space.projector() {
        Some(projector) => fixed.worse(near(projector.as_slice(), average.as_slice())),
        None => Residual::failed(),
    }
}

fn one_generator_short<T: Posed>(subject: &Subject<T>) -> Outcome {
    let rep = &subject.rep;
    let mut generators = rep.group().generators();
    if generators.pop().is_none() {
        return Outcome::vacuous();
    }
    let space = FixedSpace::fixed_by(rep, &generators);
    against_average(subject, space.ok().and_then(|space| space.projector()))
}

fn orthogonal_complement<T: Posed>(subject: &Subject<T>) -> Outcome {
    let complement = |space: FixedSpace<T>| {
        let n = space.basis();
        Some(n * linalg::inverse(&(n.transpose() * n))? * n.transpose())
    };
    against_average(subject, FixedSpace::by_generators(&subject.rep).ok().and_then(complement))
}

/// For a control, a projector that does not exist shows nothing.
fn against_average<T: Posed>(subject: &Subject<T>, projector: Option<DMatrix<T>>) -> Outcome {
    projector.map_or(Outcome::vacuous(), |projector| {
        let average = Reynolds::by_averaging(&subject.rep).matrix();
        Outcome::new("projector", near(projector.as_slice(), average.as_slice()))
    })
}
