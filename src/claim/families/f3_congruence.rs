//! F3 for Wishart laws under any invertible matrix, volumes changed or not: `ln det X` moves by a constant.

use super::super::rounding::{Tracked, all_close, close};
use super::super::scene::{Scene, Which};
use super::super::{Claim, Entry, Feature, Outcome};
use super::f3_linear::{Stretched, stretched};
use super::{control, settle, theorem};
use crate::family::{Coordinates, FamilyError, LogPartition, Member, Wishart};
use crate::representation::{ActsOn, Representation, SymmetricSquare, pairs};
use crate::scalar::Scalar;
use nalgebra::DMatrix;
use num_traits::{FloatConst, Zero};
use proptest::strategy::{BoxedStrategy, Strategy};

pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: theorem(
                "F3.congruence",
                "Wishart laws are closed under every invertible matrix",
                "X ↦ BXBᵀ: T moves by τ = Sym² B ⊕ 1 and c = (0, 2 ln|det B|); g·η = τ⁻ᵀη, \
                 q_η(X) = q_{g·η}(BXBᵀ)|det B|^{d+1}, A(g·η) = A(η) + 2a ln|det B|, μ(g·η) = τμ(η) + c",
                &["Wishart", "X ↦ BXBᵀ for an invertible B"],
                &[Feature::ChangesVolume, Feature::NonOrthogonal],
            ),
            instances,
            check: |instance| settle(|| moves(instance, true)),
            exact: None,
        }),
        Box::new(Entry {
            about: control(
                "F3.congruence-no-shift",
                "F3.congruence",
                "the determinant left out",
                "T(BXBᵀ) = τT(X) and A(g·η) = A(η)",
                &["c = 0 for |det B| = 1 only"],
            ),
            instances: |_| instances(Some(Feature::ChangesVolume)),
            check: |instance| settle(|| moves(instance, false)),
            exact: None,
        }),
    ]
}

/// Matrices of at most three rows, and scales of moderate condition.
fn instances(wanted: Option<Feature>) -> BoxedStrategy<Stretched> {
    let tame = |scene: Scene| Scene {
        spread: scene.spread.min(1),
        max_dim: scene.max_dim.min(3),
        invariant: false,
        ..scene
    };
    stretched(wanted)
        .prop_map(move |mut it| {
            it.scene = tame(it.scene);
            it
        })
        .boxed()
}

/// `L D Lᵀ`.
fn positive_definite(scene: &Scene, which: Which, n: usize) -> DMatrix<Tracked> {
    let (_, lower, diagonal) = scene.factors_of_dim::<Tracked>(which, n);
    &lower * DMatrix::from_diagonal(&diagonal) * lower.transpose()
}

fn moves(instance: &Stretched, with_shift: bool) -> Result<Outcome, FamilyError> {
    let (exponent, rep) = instance.rep::<Tracked>();
    let (n, scene) = (rep.dim(), &instance.scene);
    let scale = positive_definite(scene, Which::Q, n);
    let nu = Tracked::count(n) + scene.positive::<Tracked>(Which::Q, 1)[0];
    let matrix = rep.matrix(&1);
    let q: Member<Wishart, Tracked> = Wishart::with_scale(&scale, nu)?;
    let moved = Wishart::with_scale(&(&matrix * scale * matrix.transpose()), nu)?;
    let family = q.family();
    let square = SymmetricSquare::new(rep);
    let count = square.dim();
    // ln|det B|, and what c is made of.
    let volume = Tracked::ratio(i64::from(exponent), 1) * <Tracked as FloatConst>::LN_2();
    let shift = if with_shift { Tracked::count(2) * volume } else { Tracked::zero() };
    let carried = |x: &[Tracked]| {
        let mut carried = square.apply(&1, &x[..count]).as_slice().to_vec();
        carried.push(x[count] + shift);
        carried
    };
    let matrix = positive_definite(scene, Which::P, n);
    let theta: Vec<Tracked> = pairs(n).map(|(i, j)| matrix[(i, j)]).collect();
    let image = square.apply(&1, &theta);
    let (here, there) =
        (family.sufficient_statistic(&theta), family.sufficient_statistic(image.as_slice()));
    // τ⁻ᵀη: the transpose of the inverse element.
    let mut dual = vec![Tracked::zero(); count];
    square.act_transposed(&-1, &q.natural().as_slice()[..count], &mut dual);
    dual.push(q.natural().as_slice()[count]);
    let jacobian = Tracked::count(n + 1) * volume;
    let (before, after) =
        (family.log_density(&q, &theta), family.log_density(&moved, image.as_slice()));
    let tilt = q.natural().as_slice()[count] * shift;
    Ok(Outcome::new("T(BXBᵀ) = τT(X) + c", all_close(&there, &carried(here.as_slice())))
        .and("g·η = τ⁻ᵀη", all_close(moved.natural().as_slice(), &dual))
        .and("q(X) = q_{g·η}(BXBᵀ)|det B|^{d+1}", close(&before, &(after + jacobian)))
        .and(
            "A(g·η) = A(η) + 2a ln|det B|",
            close(&family.log_partition(&moved), &(family.log_partition(&q) + tilt)),
        )
        .and(
            "μ(g·η) = τμ(η) + c",
            all_close(moved.mean_parameter().as_slice(), &carried(q.mean_parameter().as_slice())),
        ))
}
