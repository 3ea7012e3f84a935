//! Orbits of a tensor's coordinates as a small pattern, repeated at regular strides.

use super::averaging::Rows;
use super::orbits::Run;
use super::{SignedOrbits, SignedPermutation, check_len};
use crate::scalar::Scalar;

/// From this width on, the coordinates of a block that lie next to each other are averaged together.
const WIDE: usize = 8;

/// The orbits of a tensor some of whose axes do not move: those of the axes that do, once for every
/// block of coordinates.
///
/// The same orbits as [`SignedOrbits`] would hold, and the same projections to the last bit, at a
/// fraction of the cost: building looks at the pattern only (144 coordinates for a kernel of any number
/// of `C_4`-regular channels), and projecting streams through the tensor.
///
/// Made by [`TensorAxes::orbits`](super::TensorAxes::orbits).
///
/// # Examples
/// ```
/// use equibayes::group::Cyclic;
/// use equibayes::representation::{Axis, PermutationRep, TensorAxes};
///
/// // Two blocks of C_2-regular channels, blocked.
/// let c2 = Cyclic::new(2)?;
/// let bias = TensorAxes::new(c2, [PermutationRep::regular(&c2)?.into(), Axis::Fixed(2)])?;
/// let mut out = [0.0; 4];
/// bias.orbits().project(&[1.0, 2.0, 3.0, 6.0], &mut out);
/// assert_eq!(out, [2.0, 4.0, 2.0, 4.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct AxisOrbits {
    dim: usize,
    /// The orbits of the coordinates of the axes that move.
    pattern: SignedOrbits,
    /// Where each of those coordinates is in the first block, ascending.
    offsets: Vec<u32>,
    /// How often the pattern is repeated along each axis that does not move, and at which stride; outermost
    /// first. Without the last one if that is innermost and wide.
    blocks: Vec<(usize, usize)>,
    /// How many blocks lie next to each other, and are averaged together.
    width: usize,
    /// The orbits of the pattern by size, their members as offsets.
    classes: Vec<Class>,
}

/// Orbits of the same size, killed or not alike.
#[derive(Clone, Debug)]
struct Class {
    size: usize,
    killed: bool,
    members: Vec<u32>,
    negative: Vec<bool>,
}

impl Class {
    fn run(&self) -> Run<'_> {
        Run {
            size: self.size,
            members: &self.members,
            negative: &self.negative,
            killed: self.killed,
        }
    }
}

impl AxisOrbits {
    /// From the lengths of the axes, each with whether it moves, and how the generators move the
    /// coordinates of those that do.
    pub(super) fn new(shape: &[(usize, bool)], generators: &[SignedPermutation]) -> Self {
        let mut stride = 1;
        let mut blocks = Vec::new();
        let mut moved = Vec::new();
        for &(len, moves) in shape.iter().rev() {
            if moves { &mut moved } else { &mut blocks }.push((len, stride));
            stride *= len;
        }
        let mut offsets = vec![0];
        for &(len, stride) in moved.iter().rev() {
            let outer = std::mem::take(&mut offsets);
            offsets.reserve(outer.len() * len);
            for start in outer {
                offsets.extend((0..len).map(|i| start + (i * stride) as u32));
            }
        }
        let width = match blocks.first() {
            Some(&(len, 1)) if len >= WIDE => {
                blocks.remove(0);
                len
            }
            _ => 1,
        };
        blocks.reverse();
        let pattern = SignedOrbits::new(offsets.len(), generators);
        Self { dim: stride, classes: classes(&pattern, &offsets), pattern, offsets, blocks, width }
    }

    /// The number of coordinates.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// How often the pattern is repeated.
    fn repeats(&self) -> usize {
        self.blocks.iter().map(|&(len, _)| len).product::<usize>() * self.width
    }

    /// The number of orbits, killed ones included.
    pub fn len(&self) -> usize {
        self.pattern.len() * self.repeats()
    }

    /// Whether there are no coordinates at all.
    pub fn is_empty(&self) -> bool {
        self.dim == 0
    }

    /// The dimension of the fixed space: the number of orbits that are not killed.
    pub fn fixed_dim(&self) -> usize {
        self.pattern.fixed_dim() * self.repeats()
    }

    /// The orbits of the axes that move, on their own coordinates in row-major order. Every block has these.
    pub fn pattern(&self) -> &SignedOrbits {
        &self.pattern
    }

    /// The orbits of the same coordinates when signs are dropped: none is killed.
    pub fn unsigned(&self) -> Self {
        let pattern = self.pattern.unsigned();
        Self { classes: classes(&pattern, &self.offsets), pattern, ..self.clone() }
    }

    /// Calls `f` with the first coordinate of every block.
    fn for_each_block(&self, mut f: impl FnMut(usize)) {
        fn walk(blocks: &[(usize, usize)], base: usize, f: &mut impl FnMut(usize)) {
            match blocks.split_first() {
                None => f(base),
                Some((&(len, stride), inner)) => {
                    for i in 0..len {
                        walk(inner, base + i * stride, f);
                    }
                }
            }
        }
        if self.dim > 0 {
            walk(&self.blocks, 0, &mut f);
        }
    }

    /// Writes `Px` to `out`, the same as [`SignedOrbits::project`] to the last bit.
    ///
    /// # Panics
    /// If a length is not the dimension.
    pub fn project<T: Scalar>(&self, x: &[T], out: &mut [T]) {
        check_len(self.dim, x.len(), out.len());
        if self.pattern.len() == self.pattern.dim()
            && self.pattern.fixed_dim() == self.pattern.len()
        {
            return out.clone_from_slice(x);
        }
        if self.width > 1 {
            let mut sums = Vec::new();
            self.for_each_block(|base| {
                let at = Rows { base, stride: 1, width: self.width };
                for class in &self.classes {
                    class.run().project_rows(at, x, out, &mut sums);
                }
            });
            return;
        }
        let span = self.offsets.last().map_or(0, |&last| last as usize + 1);
        self.for_each_block(|base| {
            let (x, out) = (&x[base..][..span], &mut out[base..][..span]);
            for class in &self.classes {
                class.run().project(x, out);
            }
        });
    }

    /// The same orbits one by one, as [`SignedOrbits::of`] finds them.
    pub fn expanded(&self) -> SignedOrbits {
        const NONE: u32 = u32::MAX;
        // The orbit that begins at each coordinate.
        let mut leaders = vec![NONE; self.dim];
        let firsts: Vec<usize> =
            self.pattern.iter().filter_map(|orbit| orbit.members().next()).map(|m| m.0).collect();
        self.for_each_block(|base| {
            for (orbit, &first) in firsts.iter().enumerate() {
                let start = base + self.offsets[first] as usize;
                leaders[start..start + self.width].fill(orbit as u32);
            }
        });
        let orbits: Vec<_> = self.pattern.iter().collect();
        let all = leaders.iter().enumerate().filter(|&(_, &orbit)| orbit != NONE).map(
            |(first, &orbit)| {
                let base = first - self.offsets[firsts[orbit as usize]] as usize;
                let members = orbits[orbit as usize]
                    .members()
                    .map(move |(i, negative)| (base + self.offsets[i] as usize, negative));
                (orbits[orbit as usize].is_killed(), members)
            },
        );
        SignedOrbits::listed(self.dim, all)
    }
}

/// The orbits of the pattern by size, their members as offsets.
fn classes(pattern: &SignedOrbits, offsets: &[u32]) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    for orbit in pattern.iter() {
        let (size, killed) = (orbit.len(), orbit.is_killed());
        let at = classes.iter().position(|class| (class.size, class.killed) == (size, killed));
        let at = at.unwrap_or_else(|| {
            classes.push(Class { size, killed, members: Vec::new(), negative: Vec::new() });
            classes.len() - 1
        });
        for (i, negative) in orbit.members() {
            classes[at].members.push(offsets[i]);
            classes[at].negative.push(negative);
        }
    }
    for class in &mut classes {
        if !class.negative.contains(&true) {
            class.negative = Vec::new();
        }
    }
    classes
}
