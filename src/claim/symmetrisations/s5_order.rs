//! S5: the order of the three averages of diagonal Gaussians.

use super::rounding::{Known, U};
use super::setting::{DIAGONAL, diagonal_scenes, settled, shown};
use crate::action::ClosedUnder;
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{DiagonalGaussian, FamilyError, Member};
use crate::group::AnyGroup;
use crate::law::Residual;
use crate::representation::{Representation, Reynolds, SignedOrbits, SignedPermutationRep};
use crate::scalar::Rational;
use crate::symmetrize::{arithmetic, geometric, projection};
use num_traits::Zero;

/// The bound for diagonal Gaussians with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let diagonal = About {
        id: "S5.diagonal",
        title: "variances: geometric ≤ projection ≤ arithmetic",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "n/Σσ⁻² ≤ (Σσ/n)² ≤ Σσ²/n + spread of the means on every orbit; equalities where all σ agree, and where the means do too",
        hypotheses: &["finite group", "diagonal Gaussian", "signed permutations"],
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
                "S5.diagonal-reversed",
                "S5.diagonal",
                "the order reversed",
                "arithmetic ≤ projection ≤ geometric",
                &["≥ for ≤"],
                &[Feature::NonAbelian],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(reversed(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "S5.diagonal-across-orbits",
                "S5.diagonal",
                "the order between different orbits",
                "the geometric variance of any coordinate is at most the projected one of any other",
                &["the coordinates need not be in one orbit"],
                &[Feature::NonFreeOrbit],
            ),
            instances: diagonal_scenes,
            check: |scene| shown(across_orbits(scene)),
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
    fn of(
        scene: &Scene,
        rep: &SignedPermutationRep<AnyGroup>,
    ) -> Result<(Self, Member<DiagonalGaussian>), FamilyError> {
        let stored = scene.diagonal::<f64>(Which::Q)?;
        let family = *stored.family();
        let eta = stored.natural().coordinates().clone();
        let q = Known::given(Member::from_natural(family, eta)?);
        let tau = ClosedUnder::<_, f64>::statistic_action(&family, rep);
        let reynolds = Reynolds::of(&tau);
        let lower = q.geometric(geometric(&q.member, rep)?, &reynolds);
        let upper = q.arithmetic(arithmetic(&q.member, rep)?, &reynolds);
        let middle = projection(&q.member, rep)?.variance();
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
        for orbit in SignedOrbits::of(rep).iter() {
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

fn ordered(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let (three, q) = Three::of(scene, &rep)?;
    let mut outcome = Outcome::vacuous();
    for i in 0..rep.dim() {
        outcome = outcome
            .bounded(
                "geometric ≤ projection",
                three.lower[i],
                three.middle[i],
                three.lower_error[i] + three.middle_error[i],
            )
            .bounded(
                "projection ≤ arithmetic",
                three.middle[i],
                three.upper[i],
                three.middle_error[i] + three.upper_error[i],
            );
    }
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

fn reversed(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let (three, _) = Three::of(scene, &rep)?;
    Ok((0..rep.dim()).fold(Outcome::vacuous(), |outcome, i| {
        outcome.bounded(
            "arithmetic ≤ geometric",
            three.upper[i],
            three.lower[i],
            three.upper_error[i] + three.lower_error[i],
        )
    }))
}

fn across_orbits(scene: &Scene) -> Result<Outcome, FamilyError> {
    let rep = scene.signed();
    let (three, _) = Three::of(scene, &rep)?;
    let mut outcome = Outcome::vacuous();
    for i in 0..rep.dim() {
        for j in 0..rep.dim() {
            outcome = outcome.bounded(
                "geometric ≤ projection",
                three.lower[i],
                three.middle[j],
                three.lower_error[i] + three.middle_error[j],
            );
        }
    }
    Ok(outcome)
}
