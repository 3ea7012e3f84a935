//! Small networks under Gaussian posteriors that are nearly invariant: the instances of B1 and B4 with closed forms.

use crate::claim::Feature;
use crate::claim::equivariance::network::{Network, networks};
use crate::claim::equivariance::regression::Checked;
use crate::claim::rounding::Tracked;
use crate::claim::scene::Which;
use crate::family::{DiagonalGaussian, Member};
use crate::group::AnyGroup;
use crate::model::{Joint, LayerAction, Mlp, Pointwise};
use crate::representation::{Representation, SignedPermutationRep};
use crate::scalar::Scalar;
use proptest::strategy::{BoxedStrategy, Strategy};

type Rep = SignedPermutationRep<AnyGroup>;

/// Networks with this many hidden layers, and activations whose predictive is known.
pub(super) fn closed(
    hidden: std::ops::RangeInclusive<usize>,
    wanted: Option<Feature>,
) -> BoxedStrategy<Network> {
    networks(3, hidden, wanted)
        .prop_map(|mut network| {
            for code in &mut network.activations {
                // Of tanh no moment is known: erf takes its place.
                if *code % 4 == 1 {
                    *code += 1;
                }
            }
            network
        })
        .boxed()
}

/// A network with its action and a diagonal Gaussian.
pub(super) struct Posed {
    pub(super) net: Mlp<Pointwise>,
    pub(super) joint: Joint<LayerAction<Rep>, Rep, Rep>,
    pub(super) q: Member<DiagonalGaussian, Tracked>,
}

impl Posed {
    /// Variances within an eighth of one another, or all equal, so that no tail is too heavy; means of at most 3 divided
    /// by `scale`.
    pub(super) fn of(network: &Network, scale: i64, equal: bool) -> Checked<Self> {
        let spaces = network.suited::<Pointwise>();
        let net = network.mlp::<Pointwise, _>(&spaces)?;
        let joint = net.joint(&spaces)?;
        let n = joint.parameters().dim();
        let by = Tracked::ratio(1, scale);
        let mean: Vec<Tracked> =
            network.numbers::<Tracked>(0, n).into_iter().map(|m| m * by).collect();
        let base = network.scene.positive::<Tracked>(Which::P, 1)[0];
        let variance: Vec<Tracked> = (0..n)
            .map(|i| {
                let codes = &network.scene.variances;
                let code = codes.get(i % codes.len().max(1)).copied().unwrap_or_default();
                let code = if equal { 0 } else { code.unsigned_abs() };
                base * (Tracked::count(1) + Tracked::ratio(i64::from(code), 256))
            })
            .collect();
        Ok(Self { net, joint, q: DiagonalGaussian::with_variance(&mean, &variance)? })
    }
}
