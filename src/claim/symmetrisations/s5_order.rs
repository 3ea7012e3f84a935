//! S5: the order of the three averages of diagonal Gaussians.

use super::rounding::{Known, U};
use super::setting::{DIAGONAL, diagonal_scenes, settled, shown};
use crate::action::ClosedUnder;
use crate::claim::scene::{GroupSpec, Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, Member};
use crate::group::AnyGroup;
use crate::law::Residual;
use crate::representation::{
    ActsBySignedPermutations, Representation, Reynolds, SignedOrbits, SignedPermutation,
    SignedPermutationRep,
};
use crate::scalar::Rational;
use crate::symmetrize::{arithmetic, geometric, projection};
use num_traits::Zero;
use proptest::strategy::{BoxedStrategy, Strategy};

/// The bound for diagonal Gaussians with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "S5.diagonal",
        title: "variances: geometric ≤ projection ≤ arithmetic",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "n/Σσ⁻² ≤ (Σσ/n)² ≤ Σσ²/n + spread of the means on every orbit; equalities where all σ agree, and where the means do too",
        hypotheses: &[
            "finite group",
            "diagonal Gaussian",
            "signed permutations",
            "all averages are over the whole group",
            "all averages are under the same action",
        ],
        tolerance: "relative error of each variance, by count of roundings",
        covers: DIAGONAL,
        cost: 1,
    };
    let control = |id, of, title, statement, hypotheses, covers| About {
        id,
        of: Some(of),
        role: Role::Control,
        title,
        statement,
        hypotheses,
        covers,
        ..diagonal
    };
    vec![
        Box::new(Entry {
            about: diagonal,
            instances: diagonal_scenes,
            check: |scene| settled(ordered(scene)),
            exact: Some(|scene| settled(ordered_exactly(scene)).partial()),
        }),
        Box::new(Entry {
            about: control(
                "S5.diagonal-subset",
                "S5.diagonal",
                "a geometric average over less than the group",
                "geometric ≤ projection ≤ arithmetic, whatever subgroup each of them averages over: {e} for the first",
                &["all averages are over the whole group"],
                &[Feature::NonFreeOrbit],
            ),
            instances: moving,
            check: |scene| shown(over_nothing(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S5.diagonal-other-action",
                "S5.diagonal",
                "a projection under another action of the group",
                "geometric ≤ projection ≤ arithmetic, under whatever actions: with the coordinates in another order for the projection",
                &["all averages are under the same action"],
                &[Feature::NonFreeOrbit],
            ),
            instances: moving,
            check: |scene| shown(another_action(scene)),
            exact: None,
        }),
    ]
}

/// The variances of the three averages, with bounds on their errors.
struct Three {
    lower: Vec<f64>,
    middle: Vec<f64>,
    upper: Vec<f64>,
    lower_error: Vec<f64>,
    middle_error: Vec<f64>,
    upper_error: Vec<f64>,
}

impl Three {
    /// The three averages, each with the action that it is under.
    fn of(
        scene: &Scene,
        [lowest, middle_one, highest]: [&SignedPermutationRep<AnyGroup>; 3],
    ) -> Result<(Self, Member<DiagonalGaussian>), FamilyError> {
        let stored = scene.diagonal::<f64>(Which::Q)?;
        let family = *stored.family();
        let eta = stored.natural().coordinates().clone();
        let q = Known::given(Member::from_natural(family, eta)?);
        let reynolds = |rep: &SignedPermutationRep<AnyGroup>| {
            Reynolds::of(&ClosedUnder::<_, f64>::statistic_action(&family, rep))
        };
        let lower = q.geometric(geometric(&q.member, lowest)?, &reynolds(lowest));
        let upper = q.arithmetic(arithmetic(&q.member, highest)?, &reynolds(highest));
        let middle = projection(&q.member, middle_one)?.variance();
        let scales = |known: &Known<DiagonalGaussian>| -> (Vec<f64>, Vec<f64>) {
            let variance = known.member.variance();
            let error = variance
                .iter()
                .zip(known.variance_errors())
                .map(|(v, e)| 2.0 * U * v * e)
                .collect();
            (variance.as_slice().to_vec(), error)
        };
        let ((lower, lower_error), (upper, upper_error)) = (scales(&lower), scales(&upper));
        // A scale is off by 2n + 16 units of the largest of the orbit, so its square by twice that
        // times the scale.
        let mut middle_error = vec![0.0; middle.len()];
        let own = q.member.std_dev();
        for orbit in SignedOrbits::of(middle_one).iter() {
            let largest = orbit.members().map(|(i, _)| own[i]).fold(0.0, f64::max);
            let units = 2.0 * orbit.len() as f64 + 16.0;
            for (i, _) in orbit.members() {
                middle_error[i] = 2.0 * U * units * largest * middle[i].sqrt();
            }
        }
        let middle = middle.as_slice().to_vec();
        let three = Self { lower, middle, upper, lower_error, middle_error, upper_error };
        Ok((three, q.member))
    }
}

impl Three {
    /// `geometric ≤ projection ≤ arithmetic`, coordinate by coordinate.
    fn in_order(&self) -> Outcome {
        let mut outcome = Outcome::vacuous();
        for i in 0..self.lower.len() {
            outcome = outcome
                .bounded(
                    "geometric ≤ projection",
                    self.lower[i],
                    self.middle[i],
                    self.lower_error[i] + self.middle_error[i],
                )
                .bounded(
                    "projection ≤ arithmetic",
                    self.middle[i],
                    self.upper[i],
                    self.middle_error[i] + self.upper_error[i],
                );
        }
        outcome
    }
}

fn ordered(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let (three, q) = Three::of(scene, [&rep; 3])?;
    let mut outcome = three.in_order();
    // Equality on orbits whose variances agree, and whose means do.
    let (mean, variance) = (q.mean(), q.variance());
    for orbit in SignedOrbits::of(&rep).iter() {
        let members: Vec<(usize, f64)> = orbit
            .members()
            .map(|(i, negative)| (i, if negative { -mean[i] } else { mean[i] }))
            .collect();
        let Some(&(first, m)) = members.first() else { continue };
        if !members.iter().all(|&(i, _)| variance[i] == variance[first]) {
            continue;
        }
        outcome = outcome.and(
            "equal variances: geometric = projection",
            Residual::new(
                (three.lower[first] - three.middle[first]).abs(),
                three.lower_error[first] + three.middle_error[first],
            ),
        );
        let still = members.iter().all(|&(_, x)| x == m) && (!orbit.is_killed() || m == 0.0);
        if still {
            outcome = outcome.and(
                "invariant: projection = arithmetic",
                Residual::new(
                    (three.upper[first] - three.middle[first]).abs(),
                    three.upper_error[first] + three.middle_error[first],
                ),
            );
        }
    }
    Ok(outcome)
}

/// With rational standard deviations all three variances are rational: the order and its equality
/// cases, strictly.
fn ordered_exactly(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let n = rep.dim();
    let orbits = SignedOrbits::of(&rep);
    let (mut mean, mut scale) =
        (scene.vector::<Rational>(Which::Q, n), scene.positive::<Rational>(Which::Q, n));
    if scene.invariant {
        let plain = (mean.clone(), scale.clone());
        orbits.project(&plain.0, &mut mean);
        orbits.unsigned().project(&plain.1, &mut scale);
    }
    let q = DiagonalGaussian::with_std_dev(&mean, &scale)?;
    let (lower, upper) = (geometric(&q, &rep)?.variance(), arithmetic(&q, &rep)?.variance());
    let mut projected = scale.clone();
    orbits.unsigned().project(&scale, &mut projected);
    let mut outcome = Outcome::vacuous();
    for orbit in orbits.iter() {
        let signed = |i: usize, negative: bool| {
            if negative { -mean[i].clone() } else { mean[i].clone() }
        };
        let Some((first, sign)) = orbit.members().next() else { continue };
        let same_scale = orbit.members().all(|(i, _)| scale[i] == scale[first]);
        let same_mean = orbit.members().all(|(i, s)| signed(i, s) == signed(first, sign))
            && (!orbit.is_killed() || mean[first].is_zero());
        for (i, _) in orbit.members() {
            let middle = projected[i].clone() * projected[i].clone();
            let first_step = if same_scale { lower[i] == middle } else { lower[i] < middle };
            let second_step =
                if same_scale && same_mean { middle == upper[i] } else { middle < upper[i] };
            outcome = outcome
                .and("geometric against projection", Residual::exact(first_step))
                .and("projection against arithmetic", Residual::exact(second_step));
        }
    }
    Ok(outcome)
}

/// Coordinates that are moved, with variances that are not invariant.
fn moving(_: Option<Feature>) -> BoxedStrategy<Scene> {
    diagonal_scenes(Some(Feature::NonFreeOrbit))
        .prop_map(|scene| Scene { invariant: false, ..scene })
        .boxed()
}

/// The geometric average over the trivial subgroup, which is `q` itself.
fn over_nothing(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let n = rep.dim();
    let still = SignedPermutationRep::from_fn(GroupSpec::Cyclic(1).build(), n, move |_| {
        SignedPermutation::from_fn(n, |i| (i, false))
    });
    Ok(Three::of(scene, [&still, &rep, &rep])?.0.in_order())
}

/// The projection with the coordinates in the opposite order.
fn another_action(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let (n, plain) = (rep.dim(), rep.clone());
    let turned = SignedPermutationRep::from_fn(rep.group().clone(), n, move |g| {
        let map = plain.index_map(g);
        SignedPermutation::from_fn(n, |i| {
            let (image, negative) = map.image(n - 1 - i);
            (n - 1 - image, negative)
        })
    });
    Ok(Three::of(scene, [&rep, &turned, &rep])?.0.in_order())
}
