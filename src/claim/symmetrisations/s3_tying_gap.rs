//! S3: how far a posterior is from its tied form, and from everything else on the fixed space.

use super::setting::{
    DIAGONAL, Diagonal, Full, Setting, diagonal_scenes, full_scenes, settled, shown,
};
use super::transport::{Between, gaussians};
use crate::claim::rounding::{Tracked, close};
use crate::claim::scene::{Scene, Which};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::family::{FamilyError, Member};
use crate::linalg::{Ldl, inverse};
use crate::representation::{FixedSpace, Reynolds};
use crate::scalar::{Scalar, dot};
use crate::symmetrize::tie;
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
                    W₂² by |step|² + tr Σ + tr B − 2 tr(Σ^½BΣ^½)^½, with ν = A_#q for linear maps A into V^G",
        hypotheses: &[
            "finite group",
            "orthogonal action",
            "diagonal Gaussian (for the closed form)",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis), and the gap \
                    between the two bounds on W₂² that duality gives",
        covers: DIAGONAL,
        cost: 2,
    };
    let full = About {
        id: "S3.tying-distance",
        title: "the distance of the tied posterior under any action",
        statement: "E‖θ − Πθ‖² + |Πm − Pm|² ≤ E‖θ − Πθ‖² + W₂²(Π_#q, P_#q) = W₂²(q, P_#q) ≤ E‖θ − Pθ‖², \
                    Π the orthogonal projector on V^G",
        hypotheses: &["finite group", "full Gaussian", "any linear action"],
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::KilledOrbit,
            Feature::NonOrthogonal,
        ],
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
                id: "S3.tying-nearest-sheared",
                of: Some("S3.tying-nearest"),
                role: Role::Control,
                title: "the tied law for the nearest one under an action that is not orthogonal",
                statement: "W₂²(q, P_#q) ≤ W₂²(q, ν) for every ν on V^G: for ν = Π_#q",
                hypotheses: &[
                    "the action preserves the dot product, so that P is the orthogonal projector",
                ],
                covers: &[Feature::NonOrthogonal],
                ..nearest
            },
            instances: full_scenes,
            check: |scene| shown(nearer_by_dropping(scene)),
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

/// A Gaussian `N(m, LLᵀ)` with the Reynolds operator of an action on it.
struct Picture {
    mean: DVector<Tracked>,
    factor: DMatrix<Tracked>,
    p: DMatrix<Tracked>,
}

impl Picture {
    fn diagonal(scene: &Scene) -> Result<Self, FamilyError> {
        let q = scene.diagonal::<Tracked>(Which::Q)?;
        let factor = DMatrix::from_diagonal(&q.std_dev());
        Ok(Self { mean: q.mean(), factor, p: Reynolds::of(&scene.signed()).matrix() })
    }

    fn full(scene: &Scene) -> Result<Self, FamilyError> {
        let q = scene.full::<Tracked>(Which::Q)?;
        let factor = Ldl::new(&q.covariance()).map_err(|(row, pivot)| {
            let value = pivot.value();
            FamilyError::NotPositiveDefinite { what: "covariance", row, value }
        })?;
        let rep = <Full as Setting<Tracked>>::rep(scene);
        Ok(Self { mean: q.mean(), factor: factor.root(), p: Reynolds::of(&rep).matrix() })
    }

    /// The orthogonal projector `F(FᵀF)⁻¹Fᵀ` on the fixed space, with the basis of that of the untwisted action, sheared,
    /// for `F`.
    fn orthogonal(&self, scene: &Scene) -> DMatrix<Tracked> {
        let base = FixedSpace::<Tracked>::by_orbits(&scene.signed());
        let f = <Full as Setting<Tracked>>::rep(scene).basis() * base.basis();
        let gram = inverse(&(f.transpose() * &f));
        // Columns of a basis are independent: without an inverse there is no bound, and nothing holds.
        let lost = DMatrix::from_element(f.ncols(), f.ncols(), Tracked::new(f64::NAN, f64::NAN));
        &f * gram.unwrap_or(lost) * f.transpose()
    }

    /// `W_2²(A_#q, B_#q)`.
    fn apart(&self, a: &DMatrix<Tracked>, b: &DMatrix<Tracked>) -> Between {
        let step = (a - b) * &self.mean;
        gaussians(&step, &(a * &self.factor), &(b * &self.factor))
    }

    /// `W_2²(q, A_#q)`.
    fn to(&self, a: &DMatrix<Tracked>) -> Between {
        self.apart(&self.one(), a)
    }

    /// `E‖θ − Aθ‖²`, what the coupling of `θ` with `Aθ` costs.
    fn cost(&self, a: &DMatrix<Tracked>) -> Tracked {
        let off = self.one() - a;
        let (step, spread) = (&off * &self.mean, &off * &self.factor);
        dot(step.as_slice(), step.as_slice()) + dot(spread.as_slice(), spread.as_slice())
    }

    fn one(&self) -> DMatrix<Tracked> {
        let n = self.mean.len();
        DMatrix::from_fn(n, n, |i, j| Tracked::count(usize::from(i == j)))
    }
}

/// An inequality between two numbers that are each known to be between two others.
fn below(outcome: Outcome, part: &'static str, lhs: Between, rhs: Between) -> Outcome {
    outcome.bounded(part, lhs.value(), rhs.value(), lhs.radius() + rhs.radius())
}

/// `W_2²(q, P_#q)` as the library tells it.
fn told(
    q: &Member<<Diagonal as Setting<Tracked>>::Family, Tracked>,
    scene: &Scene,
) -> Result<Tracked, FamilyError> {
    let distance = tie(q, &scene.signed())?.with_gaps()?.gaps.wasserstein.known();
    Ok(distance.map_or(Tracked::new(f64::NAN, f64::NAN), |distance| distance * distance))
}

fn nearest_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let (picture, q) = (Picture::diagonal(scene)?, scene.diagonal::<Tracked>(Which::Q)?);
    let (p, variance) = (&picture.p, q.variance());
    let told = told(&q, scene)?;
    let transported = picture.to(p);
    let off = &picture.mean - p * &picture.mean;
    // P is a symmetric projector: tr[(1 − P)Σ(1 − P)] = tr[(1 − P)Σ].
    let lost = (0..off.len()).fold(dot(off.as_slice(), off.as_slice()), |sum, i| {
        sum + (Tracked::count(1) - p[(i, i)]) * variance[i]
    });
    let outcome = Outcome::new("W₂²(q, P_#q), as told", transported.is(told.value(), told.bound()))
        .and("W₂²(q, P_#q) = E‖θ − Pθ‖²", transported.meets(picture.cost(p).into()))
        .and("W₂²(q, P_#q), as told = |m − Pm|² + tr[(1 − P)Σ]", close(&told, &lost));
    Ok(below(outcome, "W₂²(q, P_#q) ≤ W₂²(q, A_#q)", transported, picture.to(&near(scene, p))))
}

/// The map `P(1 + D/32)` into the fixed space, with the numbers of the scene for the diagonal `D`.
fn near(scene: &Scene, p: &DMatrix<Tracked>) -> DMatrix<Tracked> {
    let d = scene.vector::<Tracked>(Which::P, p.ncols());
    DMatrix::from_fn(p.nrows(), p.ncols(), |i, j| {
        p[(i, j)] * (Tracked::count(1) + d[j] * Tracked::ratio(1, 32))
    })
}

fn nearer_by_dropping(scene: &Scene) -> Result<Outcome, FamilyError> {
    let picture = Picture::full(scene)?;
    let (tied, other) = (picture.to(&picture.p), picture.to(&picture.orthogonal(scene)));
    Ok(below(Outcome::vacuous(), "W₂²(q, P_#q) ≤ W₂²(q, Π_#q)", tied, other))
}

fn marginals(scene: &Scene) -> Result<Outcome, FamilyError> {
    let q = scene.diagonal::<Tracked>(Which::Q)?;
    let tied = tie(&q, &scene.signed())?;
    let (step, covariance, scale) = (q.mean() - tied.mean(), tied.covariance(), q.std_dev());
    let sum = (0..step.len()).fold(dot(step.as_slice(), step.as_slice()), |sum, i| {
        let drop = scale[i] - Float::sqrt(covariance[(i, i)]);
        sum + drop * drop
    });
    let picture = Picture::diagonal(scene)?;
    Ok(Outcome::new("W₂² of the marginals", picture.to(&picture.p).meets(sum.into())))
}

fn distance_holds(scene: &Scene) -> Result<Outcome, FamilyError> {
    let picture = Picture::full(scene)?;
    let (p, orthogonal) = (&picture.p, picture.orthogonal(scene));
    let transported = picture.to(p);
    let q = <Full as Setting<f64>>::member(scene, Which::Q)?;
    let (told, error) = tie(&q, &<Full as Setting<f64>>::rep(scene))?.transport()?;
    let (across, along) = (picture.cost(&orthogonal), picture.apart(&orthogonal, p));
    let step = (&orthogonal - p) * &picture.mean;
    let least = across + dot(step.as_slice(), step.as_slice());
    let sum = Between::from(across);
    let split = transported.is(sum.value() + along.value(), sum.radius() + along.radius());
    let outcome = Outcome::new("W₂²(q, P_#q), as told", transported.is(told, error))
        .and("W₂²(q, P_#q) = E‖θ − Πθ‖² + W₂²(Π_#q, P_#q)", split);
    let outcome = below(outcome, "E‖θ − Πθ‖² + |Πm − Pm|² ≤ W₂²", least.into(), transported);
    Ok(below(outcome, "W₂² ≤ E‖θ − Pθ‖²", transported, picture.cost(p).into()))
}

fn sheared(scene: &Scene) -> Result<Outcome, FamilyError> {
    let picture = Picture::full(scene)?;
    let (transported, cost) = (picture.to(&picture.p), picture.cost(&picture.p));
    Ok(Outcome::new("W₂² = E‖θ − Pθ‖²", transported.meets(cost.into())))
}
