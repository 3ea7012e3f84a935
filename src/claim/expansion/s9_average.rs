//! S9: expansions that compute the group average of the trained network.

use super::network::{COVERS, Small, scenes};
use super::{CONTROL, THEOREM, settled};
use crate::claim::rounding::{Tracked, all_close};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome};
use crate::representation::Representation;
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::expansion::{Arrangement, ExpansionError, Layer};
use num_traits::{Float, Zero};

const MOVING: &[Feature] = &[Feature::Abelian, Feature::NonAbelian];

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                id: "S9.diagonal",
                title: "the diagonal expansion is the group average",
                statement: "K(c) = δ_{c,e} W, hidden factor 1, readout avg_b b·C: the expanded network is QΦ",
                hypotheses: &["finite group", "nonlinearity commutes with ρ_l", "linear readout"],
                covers: COVERS,
                ..THEOREM
            },
            instances: scenes,
            check: |scene| settled(arranged(scene, Arrangement::Diagonal)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S9.group-conv",
                of: Some("S9.diagonal"),
                title: "the arrangement of the paper changes the function",
                statement: "blocks (i j⁻¹ i)·W give QΦ, with the hidden factor 1 or with the paper's |G|^{-1/2}",
                hypotheses: &["dropped: the kernel is W at e and 0 elsewhere"],
                evidence: Evidence::Float,
                tolerance: "with the factor 1 none: rational arithmetic; with the root running error analysis",
                covers: MOVING,
                ..CONTROL
            },
            instances: scenes,
            check: |scene| settled(group_conv(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S9.paired",
                title: "paired channels mix and keep the function",
                statement: "two copies of every channel, K(c)_{s,t} = ½ δ_{c,e} W + (−1)^t M_s(c) with any M: the expanded \
                            network is QΦ, and is equivariant",
                hypotheses: &[
                    "as S9.diagonal",
                    "both copies of a block start from the same weights",
                ],
                covers: COVERS,
                ..THEOREM
            },
            instances: scenes,
            check: |scene| settled(pairs(scene, true)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S9.paired-same-sign",
                of: Some("S9.paired"),
                title: "pairs that do not cancel",
                statement: "K(c)_{s,t} = ½ δ_{c,e} W + M_s(c) gives QΦ",
                hypotheses: &["dropped: the two copies of a block take opposite signs of M"],
                covers: MOVING,
                ..CONTROL
            },
            instances: scenes,
            check: |scene| settled(pairs(scene, false)),
            exact: None,
        }),
    ]
}

fn arranged(scene: &Scene, arrangement: Arrangement) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let map = arrangement.blocks(small.expansion.elements())?;
    let one = Rational::ratio(1, 1);
    let wide = small.expansion.with_map(&small.layers, &map, one, Rational::zero())?;
    Ok(Outcome::new("QΦ", small.against_average(&wide)))
}

/// With both factors.
fn group_conv(scene: &Scene) -> Result<Outcome, ExpansionError> {
    const FACTORS: [&str; 2] = ["factor 1", "factor |G|^{-1/2}"];
    let small = Small::of(scene)?;
    let float = |x: &Rational| Tracked::exact(x.nearest_f64());
    // All numbers are quarters, which floats hold.
    let layers: Vec<Layer<Tracked>> = small
        .layers
        .iter()
        .map(|layer| Layer {
            weight: layer.weight.map(|x| float(&x)),
            bias: layer.bias.as_ref().map(|bias| bias.map(|x| float(&x))),
        })
        .collect();
    let x: Vec<Tracked> = small.x.iter().map(float).collect();
    let elements = small.expansion.elements();
    let map = Arrangement::GroupConv.blocks(elements)?;
    let (top, bottom) = Arrangement::GroupConv.squared_factor(elements);
    let factor = Float::sqrt(Tracked::ratio(top, bottom));
    let wide = small.expansion.with_map(&layers, &map, factor, Tracked::zero())?;
    let average = small.expansion.group_average(&x, |x| small.predict(&layers, x));
    let residual = all_close(&small.predict(&wide, &x), &average);
    let found = [arranged(scene, Arrangement::GroupConv)?, Outcome::new("QΦ", residual)];
    Ok(found.into_iter().enumerate().fold(Outcome::vacuous(), |all, (factor, found)| {
        all.and_kind(|factor| FACTORS[factor], factor, Some(found))
    }))
}

fn pairs(scene: &Scene, opposite: bool) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let mixing = |sign: i64| {
        let small = &small;
        move |l: usize, c: usize| {
            [0, 1]
                .map(|copy| small.matrix(31 * l + 7 * c + 19 * copy + 3) * Rational::ratio(sign, 1))
        }
    };
    let mut wide = small.expansion.paired(&small.layers, mixing(1))?;
    if opposite {
        return Ok(Outcome::new("QΦ", small.against_average(&wide))
            .and("equivariant", small.equivariance(&wide)));
    }
    // With −M the second copies have what the first ones have with M.
    let turned = small.expansion.paired(&small.layers, mixing(-1))?;
    let d = small.rep.dim();
    let hidden = 1..wide.len() - 1;
    for (layer, turned) in wide[hidden.clone()].iter_mut().zip(&turned[hidden]) {
        for column in (0..layer.weight.ncols()).filter(|column| (column / d) % 2 == 1) {
            layer.weight.set_column(column, &turned.weight.column(column));
        }
    }
    Ok(Outcome::new("QΦ", small.against_average(&wide)))
}
