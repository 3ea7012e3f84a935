//! Small networks under Gaussian posteriors that are nearly invariant: the instances of B1, B3 and B4 with closed forms.

use super::not_jointly;
use super::world::{minus, square};
use crate::action::push_forward;
use crate::claim::equivariance::network::{Network, networks};
use crate::claim::equivariance::regression::Checked;
use crate::claim::rounding::Tracked;
use crate::claim::scene::Which;
use crate::claim::{About, Claim, Entry, Feature, Mutation, Outcome, Seeking};
use crate::family::{DiagonalGaussian, Member};
use crate::group::{AnyElement, AnyGroup};
use crate::model::predictive::{self, GaussianMoments, PredictiveMoments};
use crate::model::{Joint, LayerAction, Mlp, Pointwise};
use crate::representation::{ActsOn, Representation, SignedPermutationRep};
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

/// A bound on networks of closed form.
pub(super) struct ClosedBound {
    pub(super) about: About,
    pub(super) instances: fn(Option<Feature>) -> BoxedStrategy<Network>,
    pub(super) check: fn(&Network) -> Outcome,
    pub(super) mutations: &'static [Mutation<Network>],
    /// Of the search for tight instances.
    pub(super) steps: usize,
    /// Id and statement of the control without (J), and its check.
    pub(super) not_jointly: (&'static str, &'static str),
    pub(super) still: fn(&Network) -> Outcome,
}

impl ClosedBound {
    /// The claim with its control.
    pub(super) fn claims(self) -> Vec<Box<dyn Claim>> {
        let Self { about, instances, check, mutations, steps, .. } = self;
        let (id, statement) = self.not_jointly;
        let sought = Seeking { neighbour: Network::nearby, mutations, steps };
        let control = not_jointly(about, id, statement);
        vec![
            Box::new(Entry { about, instances, check, exact: None }.sought(sought)),
            Box::new(Entry { about: control, instances, check: self.still, exact: None }),
        ]
    }
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
    /// `g_#q`; for parameters that do not move `q` itself.
    pub(super) fn pushed(
        &self,
        g: &AnyElement,
        moves: bool,
    ) -> Checked<Member<DiagonalGaussian, Tracked>> {
        if !moves {
            return Ok(self.q.clone());
        }
        Ok(push_forward(&self.q, self.joint.parameters(), g)?)
    }

    /// `‖δ_g(x)‖²`, given `x` and `ρ_X(g)x`, and the moments at `ρ_X(g)x`.
    pub(super) fn squared_defect(
        &self,
        g: &AnyElement,
        [x, moved]: [&[Tracked]; 2],
    ) -> Checked<(Tracked, PredictiveMoments<Tracked>)> {
        let moments = GaussianMoments::from(&self.q);
        let here = predictive::one_hidden_layer(&self.net, &moments, x)?;
        let there = predictive::one_hidden_layer(&self.net, &moments, moved)?;
        let pushed = self.joint.outputs().apply(g, here.mean.as_slice());
        Ok((square(&minus(there.mean.as_slice(), pushed.as_slice())), there))
    }
}
