//! S10: the expanded posterior is invariant.

use super::conv::Expanded;
use super::network::{COVERS, Small, same, scenes};
use super::{CONTROL, THEOREM, both, settled};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Feature, Outcome};
use crate::group::{AnyGroup, FinitelyGenerated};
use crate::law::Residual;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, Representation, SignedPermutationRep, Unsigned, hom,
};
use crate::scalar::Rational;
use crate::symmetrize::expansion::{ExpansionError, Layer};
use nalgebra::DMatrix;
use std::error::Error;

/// The claim with its control.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                id: "S10.posterior",
                title: "an expanded posterior is invariant",
                statement: "means expanded by K_m under ρ and scales by K_s under |ρ|: every g_# fixes the diagonal \
                            Gaussian of all weights and biases, first layer and readout among them",
                hypotheses: &[
                    "finite group",
                    "signed permutations, or turns of images and regular channels",
                    "independent normal weights",
                ],
                covers: COVERS,
                ..THEOREM
            },
            instances: scenes,
            check: |scene| settled(on_both(scene, true)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S10.posterior-tiled-scales",
                of: Some("S10.posterior"),
                title: "scales that are tiled and not moved",
                statement: "means expanded, scales repeated in every block: the posterior is invariant",
                hypotheses: &["dropped: scales move with their means"],
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            instances: scenes,
            check: |scene| settled(on_both(scene, false)),
            exact: None,
        }),
    ]
}

/// The space of a layer of the expanded network: the inputs and the outputs are those of the small one.
fn space(small: &Small, number: usize) -> Result<SignedPermutationRep<AnyGroup>, ExpansionError> {
    if number == 0 || number == small.layers.len() {
        return Ok(small.rep.clone());
    }
    let hidden = small.expansion.hidden_space(number)?;
    let (group, dim) = (small.rep.group().clone(), hidden.dim());
    Ok(SignedPermutationRep::from_fn(group, dim, move |g| hidden.index_map(g)))
}

/// How far moving the weights as maps between the expanded spaces moves them; `signed` for means.
fn moved<R: ActsOn<Rational>>(rep: &R, weight: &DMatrix<Rational>) -> Residual
where
    R::Group: FinitelyGenerated,
{
    // Row-major, as maps are.
    let entries = weight.transpose();
    rep.group().generators().iter().fold(Residual::exact(true), |worst, g| {
        worst.worse(same(rep.apply(g, entries.as_slice()).as_slice(), entries.as_slice()))
    })
}

fn on_both(scene: &Scene, scales_move: bool) -> Result<Outcome, Box<dyn Error>> {
    let expanded = Expanded::new()?;
    let rho = expanded.joint.parameters();
    let (means, scales) = (expanded.means(scene), expanded.scales(scene, scales_move));
    let row = |theta: &[Rational]| DMatrix::from_row_slice(1, theta.len(), theta);
    let convolutional = Outcome::new("means", moved(rho, &row(&means)))
        .and("scales", moved(&Unsigned::new(rho.clone()), &row(&scales)));
    Ok(both(posterior(scene, scales_move)?, convolutional))
}

fn posterior(scene: &Scene, scales_move: bool) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let kernel = |l: usize, c: usize| small.matrix(23 * l + 13 * c);
    let means = small.expansion.with_kernel(&small.layers, kernel)?;
    let unsigned = small.expansion.unsigned();
    let trained = |l: usize| small.scales[l].weight.clone();
    let scales: Vec<Layer<Rational>> = if scales_move {
        unsigned.with_kernel(&small.scales, |l, _| trained(l))?
    } else {
        unsigned.with_blocks(&small.scales, |l, _, _| trained(l))?
    };
    let mut outcome = Outcome::vacuous();
    for l in 0..means.len() {
        let (from, to) = (space(&small, l)?, space(&small, l + 1)?);
        let maps = hom(from, to.clone())?;
        outcome = outcome
            .and("means of a weight", moved(&maps, &means[l].weight))
            .and("scales of a weight", moved(&Unsigned::new(maps), &scales[l].weight));
        for (part, bias) in [("means", &means[l].bias), ("scales", &scales[l].bias)] {
            let Some(bias) = bias else { continue };
            let bias = DMatrix::from_column_slice(bias.len(), 1, bias.as_slice());
            let residual = match part {
                "means" => moved(&to, &bias),
                _ => moved(&Unsigned::new(to.clone()), &bias),
            };
            outcome = outcome.and("a bias", residual);
        }
    }
    Ok(outcome)
}
