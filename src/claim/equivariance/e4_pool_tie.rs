//! E4 where a gradient is one of several: equal maxima in a window of a pool.

use super::regression::{Checked, measured};
use super::trained_network::scenes;
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::{GroupSpec, Scene};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::model::Differentiable;
use crate::model::conv::{ConvByDefinition, ConvNet, ConvSpec};
use crate::representation::{Channels, Layout, SignedOrbits};
use crate::scalar::Scalar;
use num_traits::{One, Zero};

/// The control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![Box::new(Entry {
        about: About {
            id: "E4.pool-tie",
            title: "equal maxima in the windows of a pool",
            role: Role::Control,
            of: Some("E4.networks"),
            evidence: Evidence::Float,
            statement: "∇Φ = ρ_Θ(g)∇Φ at an invariant kernel θ and a constant image, for the gradient that goes to the first of equal maxima",
            hypotheses: &[
                "Φ is not differentiable: invariance forces two maxima in every corner of the image",
            ],
            tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
            covers: &[Feature::Abelian, Feature::NonAbelian],
            cost: 4,
        },
        instances: scenes,
        check: |scene| measured(check(scene)),
        exact: None,
    })]
}

/// With `s` on the sides of the kernel and `−cs` in its corners, `1/2 < c < 1`, the pixels of a corner window have
/// `(2 − c)s`, twice `(3 − 2c)s`, which is the largest, and `4(1 − c)s`, all above what the middle of the kernel adds.
fn check(scene: &Scene) -> Checked<Outcome> {
    let number = |k: usize| i64::from(scene.means.get(k).copied().unwrap_or(0)).abs();
    let side: Tracked = Scalar::ratio(8 + number(0), 8);
    let corner = -side * Tracked::ratio(9 + number(1) % 7, 16);
    let middle = Tracked::ratio(number(2), 8);
    let kernel = [corner, side, corner, side, middle, side, corner, side, corner];
    let head = [Tracked::one(), Tracked::zero()];
    let theta = [&kernel[..], &[Tracked::zero()], &head].concat();
    let image = vec![Tracked::ratio(8 + number(3), 8); 16];

    let net = ConvNet::new(ConvSpec::new(1, 4, &[1], 1))?;
    let group = match scene.group().is_abelian() {
        true => GroupSpec::Cyclic(4),
        false => GroupSpec::Dihedral(4),
    };
    let joint = net.joint(&group.build(), Channels::Trivial, Layout::Interleaved)?;
    let orbits = SignedOrbits::of(joint.parameters());
    let mut gradient = vec![Tracked::zero(); net.dim()];
    let net = ConvByDefinition::new(net);
    let mut workspace = Differentiable::<Tracked>::workspace(&net, 1);
    net.forward(&theta, &image, &mut [Tracked::zero()], &mut workspace);
    net.backward(&theta, &image, &[Tracked::one()], &mut gradient, &mut workspace);
    let mut projected = gradient.clone();
    orbits.project(&gradient, &mut projected);
    Ok(Outcome::new("∇Φ = P∇Φ", all_close(&gradient, &projected)))
}
