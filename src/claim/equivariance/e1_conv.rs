//! E1 for convolutional networks: joint equivariance under turns and reflections of the image.

use super::picture::{NoNetwork, Picture, pictures, still};
use crate::claim::rounding::{Judge, Tracked, all_close};
use crate::claim::{About, Claim, Entry, Evidence, Feature, Outcome, Role};
use crate::group::Group;
use crate::law::Residual;
use crate::model::conv::ConvHead;
use crate::model::{Joint, Model};
use crate::representation::{ActsOn, Channels, PermutationRep, Representation};
use crate::scalar::Rational;
use proptest::strategy::{BoxedStrategy, Strategy};

/// The claim, and its controls.
pub(super) fn claims() -> Vec<Box<dyn Claim>> {
    let about = About {
        id: "E1.conv",
        title: "joint equivariance of convolutional networks",
        role: Role::Theorem,
        of: None,
        evidence: Evidence::Float,
        statement: "Φ(ρ_Θ(g)θ, ρ_X(g)x) = Φ(θ, x) for turns and reflections g of the image x, ρ_Θ(g) turning kernels and the weights of a dense head, and permuting regular channels",
        hypotheses: &[
            "[convolution, ReLU, max-pool 2] × n, then a 1×1 convolution and the mean, or a dense head",
            "an even side before every pool",
            "channels that stay, or in blocks of |G| by the regular representation",
        ],
        tolerance: "the rounding of both sides, bounded operation by operation (running error analysis)",
        covers: &[
            Feature::TrivialGroup,
            Feature::Abelian,
            Feature::NonAbelian,
            Feature::FixedPoint,
            Feature::FreeOrbit,
        ],
        cost: 4,
    };
    let entry = |id, title, hypotheses, instances, moved: Moved, twin: Moved| -> Box<dyn Claim> {
        let about = about.control(id, title, hypotheses, &[Feature::Abelian, Feature::NonAbelian]);
        Box::new(Entry { about, instances, check: moved, exact: Some(twin) })
    };
    vec![
        Box::new(Entry {
            about,
            instances: pictures,
            check: |picture| settled(check::<Tracked>(picture, Drops::Nothing)),
            exact: Some(|picture| settled(check::<Rational>(picture, Drops::Nothing))),
        }),
        entry(
            "E1.conv-odd-side",
            "an odd side before a pool",
            &["the side before the first pool is odd, and the pool drops the last row and column"],
            odd_sides,
            |picture| measured(check::<Tracked>(picture, Drops::Nothing)),
            |picture| measured(check::<Rational>(picture, Drops::Nothing)),
        ),
        entry(
            "E1.conv-still-kernels",
            "kernels that do not turn",
            &["the kernels of the first convolution stay as they are"],
            pictures,
            |picture| measured(check::<Tracked>(picture, Drops::Kernels)),
            |picture| measured(check::<Rational>(picture, Drops::Kernels)),
        ),
        entry(
            "E1.conv-turned-back",
            "kernels that turn the other way",
            &["kernels and channels move by g⁻¹ where the image moves by g"],
            pictures,
            |picture| measured(check::<Tracked>(picture, Drops::Direction)),
            |picture| measured(check::<Rational>(picture, Drops::Direction)),
        ),
        entry(
            "E1.conv-still-head",
            "a dense head that does not turn",
            &["the weights of the dense head stay where the last map turns"],
            dense_heads,
            |picture| measured(check::<Tracked>(picture, Drops::Head)),
            |picture| measured(check::<Rational>(picture, Drops::Head)),
        ),
    ]
}

type Moved = fn(&Picture) -> Outcome;

/// What a control does not move as it should.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Drops {
    Nothing,
    Kernels,
    Direction,
    Head,
}

/// Of kernels of 3×3, a side that the first pool cuts.
fn odd_sides(wanted: Option<Feature>) -> BoxedStrategy<Picture> {
    pictures(wanted)
        .prop_map(|mut picture| {
            (picture.kernel, picture.odd) = (3, true);
            picture
        })
        .boxed()
}

/// Dense heads on the four pixels of a map, channels that stay.
fn dense_heads(wanted: Option<Feature>) -> BoxedStrategy<Picture> {
    pictures(wanted)
        .prop_map(|mut picture| {
            (picture.side, picture.head) = (2, ConvHead::Dense);
            picture.channels = Channels::Trivial;
            picture.blocks.truncate(2);
            picture
        })
        .boxed()
}

fn settled(result: Result<Outcome, NoNetwork>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::new("a network is refused", Residual::failed()))
}

fn measured(result: Result<Outcome, NoNetwork>) -> Outcome {
    result.unwrap_or_else(|_| Outcome::vacuous())
}

fn check<T: Judge>(picture: &Picture, drops: Drops) -> Result<Outcome, NoNetwork> {
    let net = picture.network()?;
    let (channels, layout) = picture.action();
    let joint = net.joint(&picture.group(), channels, layout)?;
    let tensor = |index: usize| net.tensors()[index].range.clone();
    let parameters = match drops {
        Drops::Nothing => joint.parameters().clone(),
        Drops::Kernels => still(joint.parameters(), tensor(0)),
        Drops::Head => still(joint.parameters(), tensor(net.tensors().len() - 2)),
        Drops::Direction => {
            let rep = joint.parameters().clone();
            let group = rep.group().clone();
            let back = move |g: &_| rep.permutation(&group.inverse(g));
            PermutationRep::from_fn(picture.group(), net.dim(), back)
        }
    };
    let joint = Joint::new(parameters, joint.inputs().clone(), joint.outputs().clone())?;
    let theta: Vec<T> = picture.numbers(0, net.dim());
    let x: Vec<T> = picture.numbers(1, joint.inputs().dim());
    let here = net.prediction(&theta, &x);
    let worst = picture.elements().iter().fold(Residual::exact(true), |worst, g| {
        let moved = joint.parameters().apply(g, &theta);
        let there = net.prediction(moved.as_slice(), joint.inputs().apply(g, &x).as_slice());
        let expected = joint.outputs().apply(g, here.as_slice());
        worst.worse(all_close(there.as_slice(), expected.as_slice()))
    });
    Ok(Outcome::new("(J)", worst))
}
