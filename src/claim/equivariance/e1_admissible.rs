//! E1 for restricted architectures: admissible supports.

use super::network::{Choice, Network, jointly, measured, networks, settled};
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::law::Residual;
use crate::model::{
    Activation, AffineSubspace, Inadmissible, Mlp, Model, ModelError, Pointwise, Support,
};
use crate::representation::{ActsBySignedPermutations, SignedOrbits};
use crate::scalar::{Rational, Scalar};

/// The claim, and its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E1.admissible",
        title: "joint equivariance of restricted architectures",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "ρ_Θ(g)L = L for all g exactly if the support is a union of orbits; then the network restricted to L satisfies (J)",
        hypotheses: &["(J) without the restriction", "an affine subspace that the group keeps"],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::NonAbelian,
            Feature::FreeOrbit,
            Feature::NonFreeOrbit,
            Feature::SignedOrbit,
            Feature::KilledOrbit,
        ],
        cost: 4,
    };
    vec![
        Box::new(Entry {
            about,
            instances: |wanted| networks(4, 0..=1, wanted),
            check: |network| settled(whole_orbits::<Tracked, Pointwise>(network)),
            exact: Some(|network| {
                settled(whole_orbits::<Rational, super::network::Piecewise>(network))
            }),
        }),
        Box::new(Entry {
            about: about
                .control(
                    "E1.admissible-cut-orbit",
                    "a support that cuts an orbit",
                    &["the support is no union of orbits: a filter that the group does not keep"],
                    &[Feature::FreeOrbit, Feature::NonFreeOrbit],
                )
                .saying("(J) for a network of which one weight is missing"),
            instances: |wanted| networks(4, 0..=1, wanted),
            check: |network| measured(cut_orbit::<Tracked, Pointwise>(network)),
            exact: Some(|network| {
                measured(cut_orbit::<Rational, super::network::Piecewise>(network))
            }),
        }),
    ]
}

/// A network on a support, which predicts whatever the other parameters are.
struct Restricted<A, T> {
    network: Mlp<A>,
    support: Support<T>,
}

impl<T: Scalar, A: Activation<T>> Model<T> for Restricted<A, T> {
    fn parameters(&self) -> usize {
        self.network.parameters()
    }

    fn inputs(&self) -> usize {
        self.network.inputs()
    }

    fn outputs(&self) -> usize {
        self.network.outputs()
    }

    fn predict(&self, theta: &[T], x: &[T], out: &mut [T]) {
        let mut theta = theta.to_vec();
        self.support.restrict(&mut theta);
        self.network.predict(&theta, x, out);
    }
}

/// The orbits whose number is even or odd, as the instance says, are free.
fn union_of_orbits(network: &Network, orbits: &SignedOrbits) -> Vec<bool> {
    let parity = network.scene.picks.first().map_or(0, |pick| pick % 2);
    let mut free = vec![false; orbits.dim()];
    for (number, orbit) in orbits.iter().enumerate() {
        for (i, _) in orbit.members() {
            free[i] = number % 2 == parity;
        }
    }
    free
}

fn whole_orbits<T, A>(network: &Network) -> Result<Outcome, ModelError>
where
    T: Judge,
    A: Choice + Activation<T>,
{
    let spaces = network.suited::<A>();
    let mlp = network.mlp::<A, _>(&spaces)?;
    let joint = mlp.joint(&spaces)?;
    let rho = joint.parameters();
    let orbits = SignedOrbits::of(rho);
    let mut free = union_of_orbits(network, &orbits);
    let support = Support::<T>::new(&free);
    let admissible = support.is_admissible(rho).is_ok();
    let subspace = |free: &[bool]| {
        let axis = |i: usize| -> Vec<Rational> {
            (0..free.len()).map(|j| Rational::count(usize::from(i == j))).collect()
        };
        let axes: Vec<_> = (0..free.len()).filter(|&i| free[i]).map(axis).collect();
        AffineSubspace::new(vec![Rational::count(0); free.len()], &axes)
    };
    let as_subspace = subspace(&free).is_admissible(rho).is_ok();
    let restricted = Restricted { network: mlp, support };
    let mut outcome =
        Outcome::new("(J) on the support", jointly::<T, _, _, _>(network, &restricted, &joint))
            .and("a union of orbits is admissible", Residual::exact(admissible))
            .and("so it is as a subspace", Residual::exact(as_subspace));
    // One coordinate of an orbit more or less: a witness must say which.
    if let Some(orbit) = orbits.iter().find(|orbit| orbit.len() > 1) {
        if let Some((i, _)) = orbit.members().last() {
            free[i] = !free[i];
        }
        let found = match Support::<T>::new(&free).is_admissible(rho) {
            Err(Inadmissible::LeavesSupport { element, from, to }) => {
                free[from] && !free[to] && rho.index_map(&element).image(from).0 == to
            }
            _ => false,
        };
        let refused = subspace(&free).is_admissible(rho).is_err();
        outcome = outcome
            .and("a cut orbit has a witness", Residual::exact(found))
            .and("and is refused as a subspace", Residual::exact(refused));
    }
    Ok(outcome)
}

/// All parameters but one of the longest orbit.
fn cut_orbit<T, A>(network: &Network) -> Result<Outcome, ModelError>
where
    T: Judge,
    A: Choice + Activation<T>,
{
    let spaces = network.suited::<A>();
    let mlp = network.mlp::<A, _>(&spaces)?;
    let joint = mlp.joint(&spaces)?;
    let orbits = SignedOrbits::of(joint.parameters());
    let mut free = vec![true; orbits.dim()];
    let longest = orbits.iter().max_by_key(|orbit| orbit.len());
    if let Some((i, _)) = longest.and_then(|orbit| orbit.members().next()) {
        free[i] = false;
    }
    let restricted = Restricted { network: mlp, support: Support::new(&free) };
    Ok(Outcome::new("(J)", jointly::<T, _, _, _>(network, &restricted, &joint)))
}
