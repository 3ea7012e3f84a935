//! A2: the Reynolds operator of every registered representation, and its trace.

use super::{EVERY_CONTROL, EVERY_THEOREM, Near, Subject, all, every, moves, moving, near, scenes};
use crate::claim::algebra::entry;
use crate::claim::registry::representations::Posed;
use crate::claim::rounding::Tracked;
use crate::claim::{About, Claim, Feature, Outcome};
use crate::group::{Finite, FinitelyGenerated, Group};
use crate::law::Residual;
use crate::representation::{ActsOn, Reynolds};
use crate::scalar::Rational;
use nalgebra::DMatrix;

pub(in crate::claim::algebra) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        entry(
            About {
                id: "A2.every",
                title: "P projects on the fixed space, in every representation",
                statement: "P = avg_g ρ(g) by whatever way it is found; P² = P, ρ(g)P = P = Pρ(g); \
                            tr P = avg_g χ(g) = dim V^G for the known χ",
                ..EVERY_THEOREM
            },
            scenes,
            |scene| every::<Tracked>(scene, all, |subject| projector(subject, near)),
            Some(|scene| every::<Rational>(scene, all, |subject| projector(subject, near))),
        ),
        entry(
            About {
                id: "A2.every-not-a-subgroup",
                title: "Averaging over what is no subgroup, in every representation",
                of: Some("A2.every"),
                statement: "(1 + ρ(g))/2 is idempotent",
                hypotheses: &["dropped: the average is over a subgroup"],
                covers: &[Feature::NonAbelian],
                ..EVERY_CONTROL
            },
            moving,
            |scene| every::<Tracked>(scene, moves, not_a_subgroup),
            Some(|scene| every::<Rational>(scene, moves, not_a_subgroup)),
        ),
        entry(
            About {
                id: "A2.every-average-over-generators",
                title: "The mean character of the generators, in every representation",
                of: Some("A2.every"),
                statement: "dim V^G is the mean of χ over the identity and the generators",
                hypotheses: &["dropped: the average is over all of G"],
                covers: &[Feature::NonAbelian],
                ..EVERY_CONTROL
            },
            moving,
            |scene| every::<Tracked>(scene, moves, average_over_generators),
            Some(|scene| every::<Rational>(scene, moves, average_over_generators)),
        ),
    ]
}

pub(super) fn projector<T: Posed>(subject: &Subject<T>, near: Near<T>) -> Outcome {
    let Subject { entry, scene, rep } = subject;
    let same = |a: &DMatrix<T>, b: &DMatrix<T>| near(a.as_slice(), b.as_slice());
    let reynolds = Reynolds::of(rep);
    let (p, average) = (reynolds.matrix(), Reynolds::by_averaging(rep).matrix());
    let Some(dimension) = subject.known_fixed_dim() else {
        return Outcome::new("avg χ(g) is a whole number", Residual::failed());
    };
    let mut outcome = Outcome::new("P = avg ρ(g)", same(&p, &average))
        .and("P² = P", same(&(&p * &p), &p))
        .and("tr P = avg χ(g)", near(&[average.trace()], &[T::count(dimension)]))
        .and("rank is avg χ(g)", Residual::exact(reynolds.rank() == dimension));
    if let Some(fixed) = (entry.fixed)(scene) {
        outcome = outcome.and("dim V^G", Residual::exact(fixed == dimension));
    }
    for g in [subject.generator(), subject.element(1)] {
        let moved = rep.matrix(&g);
        outcome = outcome
            .and("ρ(g)P = P", same(&(&moved * &p), &p))
            .and("Pρ(g) = P", same(&(&p * &moved), &p));
    }
    outcome
}

fn not_a_subgroup<T: Posed>(subject: &Subject<T>) -> Outcome {
    let group = subject.group();
    let identity = group.identity();
    // With a g of order 2 it would be a subgroup.
    let Some(g) = group.elements().find(|g| group.compose(g, g) != identity) else {
        return Outcome::vacuous();
    };
    let mean = Reynolds::over_subset(&subject.rep, &[identity, g]);
    Outcome::new("M² = M", near((&mean * &mean).as_slice(), mean.as_slice()))
}

fn average_over_generators<T: Posed>(subject: &Subject<T>) -> Outcome {
    let Some(dimension) = subject.known_fixed_dim() else { return Outcome::vacuous() };
    let mut subset = subject.group().generators();
    subset.push(subject.group().identity());
    let sum = subset.iter().fold(T::zero(), |sum, g| sum + subject.rep.character(g));
    let mean = sum / T::count(subset.len());
    Outcome::new("avg_s χ(s) = dim V^G", near(&[mean], &[T::count(dimension)]))
}
