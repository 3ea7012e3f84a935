//! S8: every kernel gives an equivariant network.

use super::network::{COVERS, Small, same, scenes};
use super::{CONTROL, THEOREM, settled};
use crate::claim::scene::Scene;
use crate::claim::{About, Claim, Entry, Feature, Outcome};
use crate::group::FinitelyGenerated;
use crate::representation::{ActsOn, Representation};
use crate::symmetrize::expansion::ExpansionError;
use nalgebra::DMatrix;

/// The claim with its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    vec![
        Box::new(Entry {
            about: About {
                id: "S8.kernel",
                title: "orbit expansion is equivariant whatever the kernel",
                statement: "with rows a·W, blocks a·K(a⁻¹b), readout avg_b b·C and biases a·b the network commutes \
                            with G, and every hidden layer with ρ ⊗ left regular",
                hypotheses: &[
                    "finite group",
                    "nonlinearity commutes with ρ_l (odd, or no signs)",
                    "K any maps G → Hom(U_{l−1}, U_l)",
                ],
                covers: COVERS,
                ..THEOREM
            },
            instances: scenes,
            check: |scene| settled(any_kernel(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S8.kernel-right",
                of: Some("S8.kernel"),
                title: "the kernel at the wrong quotient",
                statement: "blocks a·K(ba⁻¹) give an equivariant network",
                hypotheses: &[
                    "dropped: the kernel's argument a⁻¹b stays when both are multiplied from the left",
                ],
                covers: &[Feature::NonAbelian],
                ..CONTROL
            },
            instances: scenes,
            check: |scene| settled(wrong_quotient(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S8.kernel-tiled",
                of: Some("S8.kernel"),
                title: "a readout that does not move with its block",
                statement: "with readout avg_b C the network commutes with G",
                hypotheses: &[
                    "dropped: block b of the readout is b·C (tiling is enough where C is fixed)",
                ],
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            instances: scenes,
            check: |scene| settled(tiled_readout(scene)),
            exact: None,
        }),
    ]
}

/// Some kernel: another matrix for every layer and element.
fn kernel(small: &Small, layer: usize, c: usize) -> DMatrix<crate::scalar::Rational> {
    small.matrix(29 * layer + 13 * c)
}

fn any_kernel(scene: &Scene) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let wide = small.expansion.with_kernel(&small.layers, |l, c| kernel(&small, l, c))?;
    let mut outcome = Outcome::new("network", small.equivariance(&wide));
    // Layer by layer, on some vector of the expanded space.
    for l in 1..wide.len() - 1 {
        let (from, to) = (small.expansion.hidden_space(l)?, small.expansion.hidden_space(l + 1)?);
        let v = wide[l - 1].weight.column(0).into_owned();
        let image = wide[l].apply(&v);
        for h in from.group().generators() {
            let of_moved = wide[l].apply(&from.apply(&h, v.as_slice()));
            let moved = to.apply(&h, image.as_slice());
            outcome = outcome.and("hidden layer", same(of_moved.as_slice(), moved.as_slice()));
        }
    }
    Ok(outcome)
}

fn wrong_quotient(scene: &Scene) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let elements = small.expansion.elements();
    let wide = small.expansion.with_blocks(&small.layers, |l, a, b| {
        let c = elements.product(b, elements.inverse(a));
        small.expansion.moved(l, a, &kernel(&small, l, c))
    })?;
    Ok(Outcome::new("network", small.equivariance(&wide)))
}

fn tiled_readout(scene: &Scene) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let mut wide = small.expansion.with_kernel(&small.layers, |l, c| kernel(&small, l, c))?;
    if let (Some(readout), Some(trained)) = (wide.last_mut(), small.layers.last()) {
        let d = trained.weight.ncols();
        for block in 0..small.expansion.elements().order() {
            readout.weight.columns_mut(block * d, d).copy_from(&trained.weight);
        }
    }
    Ok(Outcome::new("network", small.equivariance(&wide)))
}
