//! S8: the named arrangements of any group, their rows, and the factor.

use super::network::{COVERS, Small, same, scenes};
use super::{CONTROL, THEOREM, settled};
use crate::claim::scene::Scene;
use crate::claim::strategy::scenes_with;
use crate::claim::{About, Claim, Entry, Feature, Outcome};
use crate::group::Finite;
use crate::law::Residual;
use crate::scalar::{Rational, Scalar};
use crate::symmetrize::expansion::{Arrangement, Elements, ExpansionError, Layer};
use num_traits::Zero;
use proptest::strategy::{BoxedStrategy, Strategy};

/// Any group, as large as its table allows in a test.
fn groups(wanted: Option<Feature>) -> BoxedStrategy<Scene> {
    const LARGEST: usize = 48;
    scenes_with(5, wanted)
        .prop_filter("a table of products", |scene| {
            scene.group().small_order().is_some_and(|order| order <= LARGEST)
        })
        .boxed()
}

/// The claims with their controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let covers = &[Feature::TrivialGroup, Feature::Abelian, Feature::NonAbelian];
    vec![
        Box::new(Entry {
            about: About {
                id: "S8.rows",
                title: "the named arrangements of any group",
                statement: "i j⁻¹ i and the diagonal commute with the regular representation; i j⁻¹ i has \
                            |G|/#{u central, u² = e} different rows (n/gcd(n, 2) for C_n), i j⁻¹ all, j⁻¹ one",
                hypotheses: &["finite group", "i j⁻¹: abelian", "a weight that only e fixes"],
                covers,
                tolerance: "0: combinatorial",
                ..THEOREM
            },
            instances: groups,
            check: |scene| settled(rows(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S8.rows-not-central",
                of: Some("S8.rows"),
                title: "rows counted by all involutions",
                statement: "i j⁻¹ i has |G|/#{u² = e} different rows",
                hypotheses: &["dropped: u is central"],
                covers: &[Feature::NonAbelian],
                tolerance: "0: combinatorial",
                ..CONTROL
            },
            instances: groups,
            check: |scene| settled(all_involutions(scene)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S8.variance",
                title: "the factors of an expansion",
                statement: "with factor |G|^{-1/2} every row of blocks has the sum of squares of the trained weight: \
                            sums of uncorrelated terms keep their variance; a readout of equal predictions keeps the mean",
                hypotheses: &[
                    "hidden weights a(i, j)·W with no block left out",
                    "readout |G|⁻¹ b·C",
                ],
                covers: COVERS,
                ..THEOREM
            },
            instances: scenes,
            check: |scene| settled(variance(scene, true)),
            exact: None,
        }),
        Box::new(Entry {
            about: About {
                id: "S8.variance-no-factor",
                of: Some("S8.variance"),
                title: "no factor",
                statement: "with factor 1 every row of blocks has the sum of squares of the trained weight",
                hypotheses: &["dropped: the factor |G|^{-1/2}"],
                covers: &[Feature::Abelian, Feature::NonAbelian],
                ..CONTROL
            },
            instances: scenes,
            check: |scene| settled(variance(scene, false)),
            exact: None,
        }),
    ]
}

fn rows(scene: &Scene) -> Result<Outcome, ExpansionError> {
    let elements = Elements::of(&scene.group())?;
    let n = elements.order();
    let group_conv = Arrangement::GroupConv.blocks(&elements)?;
    let diagonal = Arrangement::Diagonal.blocks(&elements)?;
    let constant = Arrangement::RowConstant.blocks(&elements)?;
    let equal = |a: usize, b: usize| Residual::exact(a == b);
    let mut outcome =
        Outcome::new("group-conv is regular", Residual::exact(group_conv.is_regular(&elements)))
            .and("diagonal is regular", Residual::exact(diagonal.is_regular(&elements)))
            .and(
                "rows of group-conv",
                equal(group_conv.distinct_rows() * elements.central_involutions(), n),
            )
            .and("rows of diagonal", equal(diagonal.distinct_rows(), n))
            .and("rows of row-constant", equal(constant.distinct_rows(), 1));
    match Arrangement::RowRolled.blocks(&elements) {
        Ok(rolled) => {
            outcome = outcome.and("rows of row-rolled", equal(rolled.distinct_rows(), n));
            // C_n by the order of an element.
            if elements.exponent() == n {
                let expected = if n.is_multiple_of(2) { n / 2 } else { n };
                outcome = outcome.and("n/gcd(n, 2)", equal(group_conv.distinct_rows(), expected));
            }
        }
        Err(_) => {
            outcome = outcome.and("no i − j", Residual::exact(!elements.is_abelian()));
        }
    }
    Ok(outcome)
}

fn all_involutions(scene: &Scene) -> Result<Outcome, ExpansionError> {
    let elements = Elements::of(&scene.group())?;
    let n = elements.order();
    let involutions = (0..n).filter(|&u| elements.inverse(u) == u).count();
    let found = Arrangement::GroupConv.blocks(&elements)?.distinct_rows();
    Ok(Outcome::new("rows of group-conv", Residual::exact(found * involutions == n)))
}

/// The sum of squares of the rows of blocks against `|W|²` times the square of the factor and the number of
/// blocks; and the readout on predictions that all blocks agree on.
fn variance(scene: &Scene, with_factor: bool) -> Result<Outcome, ExpansionError> {
    let small = Small::of(scene)?;
    let elements = small.expansion.elements();
    let (numerator, denominator) =
        if with_factor { Arrangement::GroupConv.squared_factor(elements) } else { (1, 1) };
    let squared_factor = Rational::ratio(numerator, denominator);
    let map = Arrangement::GroupConv.blocks(elements)?;
    let one = Rational::ratio(1, 1);
    let unsigned = small.expansion.unsigned();
    // The factor is not rational: its square multiplies the squares.
    let wide = unsigned.with_map(&small.scales, &map, one, Rational::zero())?;
    let squares = |weight: &[Rational]| {
        weight.iter().fold(Rational::zero(), |sum, x| sum + x.clone() * x.clone())
    };
    let d = small.scales[1].weight.nrows();
    let expected = squares(small.scales[1].weight.as_slice());
    let mut outcome = Outcome::vacuous();
    for i in 0..elements.order() {
        let row = wide[1].weight.rows(i * d, d).into_owned();
        let found = squares(row.as_slice()) * squared_factor.clone();
        outcome = outcome.and("sum of squares", same(&[found], std::slice::from_ref(&expected)));
    }
    // Block b moved by b holds the same prediction: the readout of all is the average of the moved ones.
    if with_factor {
        let readout: &Layer<Rational> = &wide[wide.len() - 1];
        let ones = nalgebra::DVector::from_element(readout.weight.ncols(), Rational::ratio(1, 1));
        let total = (&readout.weight * ones).sum();
        let trained = small.scales[small.scales.len() - 1].weight.sum();
        outcome = outcome.and("mean of the readout", same(&[total], &[trained]));
    }
    Ok(outcome)
}
