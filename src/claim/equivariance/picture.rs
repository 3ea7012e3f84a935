//! Random convolutional networks with a group that turns their images.

use crate::claim::folded::Folded;
use crate::claim::scene::GroupSpec;
use crate::claim::{Feature, Features, Instance};
use crate::group::{AnyElement, AnyGroup, Finite};
use crate::model::conv::{ConvError, ConvHead, ConvNet, ConvSpec, OddSides};
use crate::representation::{Channels, Layout, PermutationRep, RepresentationError};
use crate::scalar::Scalar;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;
use thiserror::Error;

/// How the hidden channels of an instance move.
type Action = (Channels, Layout);

/// A convolutional network and a group of turns, with or without reflections.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// The group.
    pub(super) group: GroupSpec,
    /// How channels move: not at all, or in blocks of `|G|`.
    pub(super) channels: Channels,
    /// How regular channels are numbered.
    pub(super) layout: Layout,
    /// Channels of the image.
    pub(super) image_channels: usize,
    /// Blocks of channels after each convolution: of `|G|` channels if they are regular, else of one.
    pub(super) blocks: Vec<usize>,
    /// The side of the kernels.
    pub(super) kernel: usize,
    /// The side of the last feature map.
    pub(super) side: usize,
    /// The last layer.
    pub(super) head: ConvHead,
    /// Whether the side of the image is one more than the layers ask for, so that the first pool cuts.
    pub(super) odd: bool,
    /// Parameters and pixels, in 32nds.
    pub(super) numbers: Vec<i8>,
    /// Numbers of group elements, modulo the order.
    pub(super) picks: Vec<usize>,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, channels, layout, image_channels, blocks, kernel, .. } = self;
        let Self { side, head, odd, numbers, picks, .. } = self;
        f.debug_struct("Picture")
            .field("group", group)
            .field("channels", channels)
            .field("layout", layout)
            .field("image_channels", image_channels)
            .field("blocks", blocks)
            .field("kernel", kernel)
            .field("side", side)
            .field("head", head)
            .field("odd", odd)
            .field("numbers", &Folded(numbers))
            .field("picks", &Folded(picks))
            .finish()
    }
}

/// Why an instance has no network.
#[derive(Debug, Error)]
pub(super) enum NoNetwork {
    #[error(transparent)]
    Shape(#[from] ConvError),
    #[error(transparent)]
    Action(#[from] RepresentationError),
}

/// Turns by 360° (the trivial group), 180° and 90°, and those with reflections.
fn groups(wanted: Option<Feature>) -> BoxedStrategy<GroupSpec> {
    let (turns, reflected) = (GroupSpec::Cyclic, GroupSpec::Dihedral);
    match wanted {
        Some(Feature::TrivialGroup) => Just(turns(1)).boxed(),
        Some(Feature::Abelian) => {
            prop_oneof![3 => Just(turns(4)), 1 => Just(turns(2)), 1 => Just(reflected(2))].boxed()
        }
        Some(Feature::NonAbelian) => Just(reflected(4)).boxed(),
        _ => prop_oneof![
            1 => Just(turns(1)),
            1 => Just(turns(2)),
            4 => Just(turns(4)),
            1 => Just(reflected(2)),
            4 => Just(reflected(4)),
        ]
        .boxed(),
    }
}

/// Random networks of one to three convolutions.
pub(super) fn pictures(wanted: Option<Feature>) -> BoxedStrategy<Picture> {
    let shape = (1..=2_usize, vec(1..=2_usize, 1..=3), 1..=2_usize);
    let kernel = prop_oneof![5 => Just(3), 1 => Just(1), 1 => Just(2), 1 => Just(5)];
    let channels = prop_oneof![Just(Channels::Trivial), Just(Channels::Regular)];
    let layout = prop_oneof![Just(Layout::Interleaved), Just(Layout::Blocked)];
    let head = prop_oneof![Just(ConvHead::Pointwise), Just(ConvHead::Dense)];
    let lists = (vec(-48..=48_i8, 48), vec(0..64_usize, 3));
    (groups(wanted), channels, layout, shape, kernel, head, lists)
        .prop_map(|(group, channels, layout, shape, kernel, head, (numbers, picks))| {
            let (image_channels, mut blocks, mut side) = shape;
            // Deep ones of small maps, and the first of many channels alone: regular channels are many.
            blocks.iter_mut().skip(1).for_each(|count| *count = 1);
            if blocks.len() > 2 {
                side = 1;
            }
            if kernel == 1 {
                // A map of 1×1 would have no image before it.
                side = 2;
            }
            if kernel == 5 {
                blocks.truncate(1);
            }
            let odd = false;
            Picture {
                group,
                channels,
                layout,
                image_channels,
                blocks,
                kernel,
                side,
                head,
                odd,
                numbers,
                picks,
            }
        })
        .boxed()
}

impl Instance for Picture {
    fn features(&self) -> Features {
        let group = self.group();
        let order = group.small_order().unwrap_or(usize::MAX);
        Features::default()
            .when(order == 1, Feature::TrivialGroup)
            .when(order > 1 && group.is_abelian(), Feature::Abelian)
            .when(!group.is_abelian(), Feature::NonAbelian)
            // The middle of an odd kernel, and a bias of a channel that stays.
            .when(order > 1 && self.channels == Channels::Trivial, Feature::FixedPoint)
            .when(order > 1 && self.channels == Channels::Regular, Feature::FreeOrbit)
    }
}

impl Picture {
    /// The group.
    pub(super) fn group(&self) -> AnyGroup {
        self.group.build()
    }

    /// How hidden channels move.
    pub(super) fn action(&self) -> Action {
        (self.channels, self.layout)
    }

    /// The side of the image: backwards through pools and convolutions.
    fn image_side(&self) -> usize {
        let before = |pooled: usize| (2 * pooled + self.kernel).saturating_sub(3).max(1);
        let side = self.blocks.iter().fold(self.side, |side, _| before(side));
        side + usize::from(self.odd)
    }

    /// The network.
    pub(super) fn network(&self) -> Result<ConvNet, NoNetwork> {
        let order = self.group().small_order().unwrap_or(1);
        let block = if self.channels == Channels::Regular { order } else { 1 };
        let channels: Vec<usize> = self.blocks.iter().map(|count| count * block).collect();
        let odd_sides = if self.odd { OddSides::Floor } else { OddSides::Refuse };
        let spec = ConvSpec::new(self.image_channels, self.image_side(), &channels, 2)
            .with_kernel(self.kernel)
            .with_head(self.head)
            .with_odd_sides(odd_sides);
        Ok(ConvNet::new(spec)?)
    }

    /// `count` numbers of magnitude below 2, in 32nds. Each `stream` has its own.
    pub(super) fn numbers<T: Scalar>(&self, stream: usize, count: usize) -> Vec<T> {
        let list = &self.numbers;
        (0..count)
            .map(|k| {
                let at = k + 11 * stream;
                let entry = if list.is_empty() { 0 } else { list[at % list.len()] };
                // The list repeats: a turn through it adds something of its own.
                let turn = (at / list.len().max(1)) as i64 % 7;
                T::ratio(i64::from(entry) + turn, 32)
            })
            .collect()
    }

    /// Some group elements: those picked, and the last one.
    pub(super) fn elements(&self) -> Vec<AnyElement> {
        let group = self.group();
        let order = group.small_order().unwrap_or(1);
        let picked = self.picks.iter().map(|pick| group.element(pick % order));
        picked.chain([group.element(order - 1)]).collect()
    }
}

/// The index maps of a representation, but for coordinates in `range`, which stay where they are. Of those it must
/// not move others to them.
pub(super) fn still(
    rep: &PermutationRep<AnyGroup>,
    range: std::ops::Range<usize>,
) -> PermutationRep<AnyGroup> {
    use crate::group::Permutation;
    use crate::representation::Representation;
    let moving = rep.clone();
    PermutationRep::from_fn(rep.group().clone(), rep.dim(), move |g| {
        let map = moving.permutation(g);
        Permutation::from_fn(
            map.images().len(),
            |i| if range.contains(&i) { i } else { map.image(i) },
        )
    })
}
