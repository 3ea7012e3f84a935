//! S3: how far a posterior is from its tied form, and from everything else on the fixed space.

use super::setting::{
    DIAGONAL, Diagonal, Full, Setting, diagonal_scenes, full_scenes, settled, shown,
};
use crate::action::ClosedUnder;
use crate::claim::compare;
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{FamilyError, GaussianFamily, Member};
use crate::law::Residual;
use crate::representation::{HasReynolds, Representation, Reynolds};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::{Gap, tie};
use nalgebra::{DMatrix, DVector};
use num_traits::Float;

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let nearest = About {
        id: "S3.tying-nearest",
        title: "for an orthogonal action no law on the fixed space is nearer than the tied one",
        role: Role::Bound,
        of: None,
        evidence: Evidence::Float,
        statement: "W₂²(q, P_#q) = E‖θ − Pθ‖² = |m − Pm|² + tr[(1 − P)Σ] ≤ W₂²(q, ν) for every ν on V^G; \
                    checked against E‖θ − Aθ‖² for linear maps A into V^G, with ν = A_#q",
        hypotheses: &[
            "finite group",
            "orthogonal action",
            "diagonal Gaussian (for the closed form)",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: DIAGONAL,
        cost: 1,
    };
    let full = About {
        id: "S3.tying-distance",
        title: "the distance of the tied posterior under any action",
        role: Role::Bound,
        statement: "E‖θ − Πθ‖² + |Πm − Pm|² ≤ W₂²(q, P_#q) ≤ E‖θ − Pθ‖², Π the orthogonal projector on V^G",
        hypotheses: &["finite group", "full Gaussian", "any linear action"],
        tolerance: "count of roundings times the size of the terms, and the condition of a basis of V^G",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
            Feature::NonOrthogonal,
        ],
        cost: 2,
        ..nearest
    };
    vec![
        Box::new(Entry {
            about: nearest,
            instances: diagonal_scenes,
            check: |scene| settled(nearest_holds(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S3.tying-nearest-projection",
                of: Some("S3.tying-nearest"),
                role: Role::Control,
                title: "the distance of the marginals in place of that of the law",
                statement: "W₂²(q, P_#q) = |m − Pm|² + Σ_i (σ_i − √(PΣPᵀ)_ii)²",
                hypotheses: &["the coordinates of P_#q are not independent, where P mixes any"],
                covers: &[Feature::FreeOrbit],
                ..nearest
            },
            instances: diagonal_scenes,
            check: |scene| shown(marginals(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: full,
            instances: full_scenes,
            check: |scene| settled(distance_holds(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S3.tying-distance-sheared",
                of: Some("S3.tying-distance"),
                role: Role::Control,
                title: "θ ↦ Pθ for the optimal map under an action that is not orthogonal",
                statement: "W₂²(q, P_#q) = E‖θ − Pθ‖²",
                hypotheses: &["the action preserves the dot product, so that P is symmetric"],
                covers: &[Feature::NonOrthogonal],
                ..full
            },
            instances: full_scenes,
            check: |scene| shown(sheared(scene)),
            exact: None,
        }),
    ]
}

/// `W_2(q, P_#q)` as the library tells it.
fn told<S, T>(q: &Member<S::Family, T>, rep: &S::Rep) -> Result<T, FamilyError>
where
    S: Setting<T>,
    S::Family: GaussianFamily<T>,
    <S::Family as ClosedUnder<S::Rep, T>>::Statistic: HasReynolds<T>,
    T: crate::scalar::Real,
{
    match tie(q, rep)?.with_gaps(rep)?.gaps.wasserstein {
        Gap::Known(distance) => Ok(distance),
        _ => Ok(T::nan()),
    }
}

/// Means and scales of a diagonal Gaussian with everything that is added up.
fn nearest_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), scene.diagonal::<Tracked>(Which::Q)?);
    let distance = told::<Diagonal, Tracked>(&q, &rep)?;
    let square = distance * distance;
    let p: DMatrix<Tracked> = Reynolds::of(&rep).matrix();
    let (mean, variance) = (q.mean(), q.variance());
    let off = &mean - &p * &mean;
    // P is a symmetric projector: tr[(1 − P)Σ(1 − P)] = tr[(1 − P)Σ].
    let lost = (0..rep.dim()).fold(dot(off.as_slice(), off.as_slice()), |sum, i| {
        sum + (Tracked::count(1) - p[(i, i)]) * variance[i]
    });
    // Whatever maps θ into the fixed space is a coupling of q with a law there.
    let coupled = coupling(scene, &p, &mean, &variance);
    let tolerance = (square - coupled).bound();
    Ok(Outcome::new("W₂²(q, P_#q) = |m − Pm|² + tr[(1 − P)Σ]", close(&square, &lost)).bounded(
        "W₂²(q, P_#q) ≤ E‖θ − Aθ‖²",
        square.value(),
        coupled.value(),
        tolerance,
    ))
}

/// `E‖θ − Aθ‖²` of the map `A = P(1 + D/32)` into the fixed space, with the numbers of the scene for the diagonal `D`.
fn coupling(
    scene: &Scene,
    p: &DMatrix<Tracked>,
    mean: &DVector<Tracked>,
    variance: &DVector<Tracked>,
) -> Tracked {
    let n = mean.len();
    let d = scene.vector::<Tracked>(Which::P, n);
    let one = Tracked::count(1);
    let map = DMatrix::from_fn(n, n, |i, j| {
        let entry = p[(i, j)] * (one + d[j] * Tracked::ratio(1, 32));
        if i == j { one - entry } else { -entry }
    });
    let step = &map * mean;
    let spread = (0..n).fold(Tracked::count(0), |sum, j| {
        (0..n).fold(sum, |sum, i| sum + map[(i, j)] * map[(i, j)] * variance[j])
    });
    dot(step.as_slice(), step.as_slice()) + spread
}

fn marginals(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (rep, q) = (scene.signed(), scene.diagonal::<Tracked>(Which::Q)?);
    let distance = told::<Diagonal, Tracked>(&q, &rep)?;
    let tied = tie(&q, &rep)?;
    let (step, covariance, scale) = (q.mean() - tied.mean(), tied.covariance(), q.std_dev());
    let sum = (0..rep.dim()).fold(dot(step.as_slice(), step.as_slice()), |sum, i| {
        let drop = scale[i] - Float::sqrt(covariance[(i, i)]);
        sum + drop * drop
    });
    Ok(Outcome::new("W₂² of the marginals", close(&(distance * distance), &sum)))
}

/// `m`, `Σ`, `P` and `Π`, in `f64`, with what their products are off by.
struct Parts {
    square: f64,
    by_p: f64,
    by_orthogonal: f64,
    tolerance: f64,
}

fn parts(scene: &Scene) -> Result<Parts, FamilyError> {
    let rep = <Full as Setting<f64>>::rep(scene);
    let q = <Full as Setting<f64>>::member(scene, Which::Q)?;
    let distance = told::<Full, f64>(&q, &rep)?;
    let (m, sigma) = (q.mean(), q.covariance());
    let n = rep.dim();
    let p: DMatrix<f64> = Reynolds::of(&rep).matrix();
    // Π = F(FᵀF)⁻¹Fᵀ for a basis F of the fixed space: the basis of the untwisted action, sheared.
    let base = crate::representation::FixedSpace::<f64>::by_orbits(&scene.signed());
    let f = rep.basis() * base.basis();
    let gram = f.transpose() * &f;
    let one = DMatrix::identity(n, n);
    let (orthogonal, condition) = match gram.clone().try_inverse() {
        Some(inverse) => {
            let condition = f64::max(gram.norm() * inverse.norm(), 1.0);
            (&f * inverse * f.transpose(), condition)
        }
        None => (DMatrix::from_element(n, n, f64::NAN), f64::NAN),
    };
    let cost = |map: &DMatrix<f64>| {
        let off = &one - map;
        (&off * &m).norm_squared() + (&off * &sigma * off.transpose()).trace()
    };
    let across = cost(&orthogonal);
    let step = (&orthogonal - &p) * &m;
    // Entries of P and Π are off by n² roundings of their size times the condition of the Gram matrix, squares by
    // twice that; the covariance is the same for all.
    let size =
        (1.0 + p.norm_squared() + orthogonal.norm_squared()) * (m.norm_squared() + sigma.trace());
    let roundings = 16.0 * (n * n + 8) as f64 * condition * f64::UNIT_ROUNDOFF;
    // On the fixed space the library takes roots of covariances: their error is that of a root of a product.
    let inner = 64.0
        * (n * n * n) as f64
        * f64::UNIT_ROUNDOFF
        * sigma.trace()
        * p.norm_squared()
        * q.precision().trace()
        * sigma.trace();
    Ok(Parts {
        square: distance * distance,
        by_p: cost(&p),
        by_orthogonal: across + step.norm_squared(),
        tolerance: roundings * size + inner,
    })
}

fn distance_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let it = parts(scene)?;
    let known = Residual::exact(compare::magnitude(&it.square).is_finite());
    Ok(Outcome::new("a number", known)
        .bounded("E‖θ − Πθ‖² + |Πm − Pm|² ≤ W₂²", it.by_orthogonal, it.square, it.tolerance)
        .bounded("W₂² ≤ E‖θ − Pθ‖²", it.square, it.by_p, it.tolerance))
}

fn sheared(scene: &Scene) -> Result<Outcome, FamilyError> {
    let it = parts(scene)?;
    let difference = (it.square - it.by_p).abs();
    Ok(Outcome::new("W₂² = E‖θ − Pθ‖²", Residual::new(difference, it.tolerance)))
}
