//! Closedness of spin families under spin flips and automorphisms of the graph.

use super::{ClosedUnder, fits};
use crate::family::{Bits, FamilyError, Signs, SpinFamily, SpinGraph};
use crate::group::FinitelyGenerated;
use crate::representation::{
    ActsBySignedPermutations, ActsOn, ActsOrthogonally, ElementOf, Representation, SignedOrbits,
    SignedPermutation,
};
use crate::scalar::Scalar;
use crate::special::Special;
use nalgebra::DVector;
use std::sync::Arc;

/// Fails unless every generator maps edges to edges: then so does the whole group.
fn automorphisms<R>(graph: &SpinGraph, rep: &R) -> Result<(), FamilyError>
where
    R: ActsBySignedPermutations,
    R::Group: FinitelyGenerated,
{
    for g in rep.group().generators() {
        let map = rep.index_map(&g);
        for &edge in graph.edges() {
            let image = (map.image(edge.0).0, map.image(edge.1).0);
            if graph.edge_index(image.0, image.1).is_none() {
                return Err(FamilyError::NotAnAutomorphism { edge, image });
            }
        }
    }
    Ok(())
}

/// The edge that an edge goes to.
///
/// # Panics
/// If it is none: `admits` refuses such representations.
fn edge_image(graph: &SpinGraph, map: &SignedPermutation, (i, j): (usize, usize)) -> usize {
    let (a, b) = (map.image(i).0, map.image(j).0);
    match graph.edge_index(a, b) {
        Some(index) => index,
        None => panic!("the edge ({i}, {j}) goes to ({a}, {b}), which is no edge of the graph"),
    }
}

/// `ρ` on spins and the signed permutation that it induces on products over edges, whose signs
/// are products.
///
/// Acting panics if an edge goes to what is no edge; [`ClosedUnder::admits`] refuses such
/// representations.
#[derive(Clone, Debug)]
pub struct SpinProducts<R> {
    spins: R,
    graph: Arc<SpinGraph>,
}

impl<R: ActsBySignedPermutations> SpinProducts<R> {
    fn new(spins: R, graph: Arc<SpinGraph>) -> Self {
        Self { spins, graph }
    }
}

impl<R: ActsBySignedPermutations> Representation for SpinProducts<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.spins.group()
    }

    fn dim(&self) -> usize {
        self.graph.spins() + self.graph.edges().len()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        Some(self.index_map(g))
    }
}

impl<R: ActsBySignedPermutations> ActsBySignedPermutations for SpinProducts<R> {
    fn index_map(&self, g: &ElementOf<Self>) -> SignedPermutation {
        let (map, n) = (self.spins.index_map(g), self.graph.spins());
        SignedPermutation::from_fn(self.dim(), |k| match k.checked_sub(n) {
            None => map.image(k),
            Some(edge) => {
                let (i, j) = self.graph.edges()[edge];
                let image = edge_image(&self.graph, &map, (i, j));
                (n + image, map.image(i).1 != map.image(j).1)
            }
        })
    }
}

impl<R: ActsBySignedPermutations, T: Scalar> ActsOn<T> for SpinProducts<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act(x, out);
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        self.index_map(g).act_transposed(x, out);
    }
}

impl<R: ActsBySignedPermutations> ActsOrthogonally for SpinProducts<R> {}

/// How bits and their products over edges move: a flip is `x ↦ 1 − x`, so with `x_i x_j` comes
/// `x_j − x_i x_j` if `i` flips, and `1 − x_i − x_j + x_i x_j` if both do. This is the linear part.
///
/// With flips it is neither a signed permutation nor orthogonal. Acting panics as for
/// [`SpinProducts`].
#[derive(Clone, Debug)]
pub struct BitProducts<R> {
    spins: R,
    graph: Arc<SpinGraph>,
}

impl<R: ActsBySignedPermutations> BitProducts<R> {
    /// Calls `entry(row, column, negative)` for every entry, all of which are ±1.
    fn entries(&self, g: &ElementOf<Self>, mut entry: impl FnMut(usize, usize, bool)) {
        let (map, n) = (self.spins.index_map(g), self.graph.spins());
        for i in 0..n {
            let (image, flipped) = map.image(i);
            entry(image, i, flipped);
        }
        for (k, &(i, j)) in self.graph.edges().iter().enumerate() {
            let row = n + edge_image(&self.graph, &map, (i, j));
            let (i_flips, j_flips) = (map.image(i).1, map.image(j).1);
            entry(row, n + k, i_flips != j_flips);
            if i_flips {
                entry(row, j, j_flips);
            }
            if j_flips {
                entry(row, i, i_flips);
            }
        }
    }
}

impl<R: ActsBySignedPermutations> Representation for BitProducts<R> {
    type Group = R::Group;

    fn group(&self) -> &R::Group {
        self.spins.group()
    }

    fn dim(&self) -> usize {
        self.graph.spins() + self.graph.edges().len()
    }

    fn signed_permutation(&self, g: &ElementOf<Self>) -> Option<SignedPermutation> {
        // Without flips, bits move as signs do.
        self.spins
            .index_map(g)
            .is_unsigned()
            .then(|| SpinProducts::new(self.spins.clone(), Arc::clone(&self.graph)).index_map(g))
    }
}

impl<R: ActsBySignedPermutations, T: Scalar> ActsOn<T> for BitProducts<R> {
    fn act(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        let dim = self.dim();
        assert!(x.len() == dim && out.len() == dim, "vectors of another dimension than {dim}");
        out.fill(T::zero());
        self.entries(g, |row, column, negative| {
            let value = x[column].clone();
            out[row] += if negative { -value } else { value };
        });
    }

    fn act_transposed(&self, g: &ElementOf<Self>, x: &[T], out: &mut [T]) {
        let dim = self.dim();
        assert!(x.len() == dim && out.len() == dim, "vectors of another dimension than {dim}");
        out.fill(T::zero());
        self.entries(g, |row, column, negative| {
            let value = x[row].clone();
            out[column] += if negative { -value } else { value };
        });
    }
}

/// `τ = ρ ⊕` products of signs over the edges; no shift.
impl<R, T> ClosedUnder<R, T> for SpinFamily<Signs>
where
    T: Special,
    R: ActsBySignedPermutations + ActsOn<T>,
    R::Group: FinitelyGenerated,
{
    type Statistic = SpinProducts<R>;

    fn statistic_action(&self, rep: &R) -> SpinProducts<R> {
        SpinProducts::new(rep.clone(), Arc::clone(self.graph()))
    }

    fn admits(&self, rep: &R) -> Result<(), FamilyError> {
        fits(self, rep)?;
        automorphisms(self.graph(), rep)
    }
}

/// The linear part of what flips do to bits, and `c(g)`: 1 at the image of every flipped bit, and at that
/// of every edge between two of them.
impl<R, T> ClosedUnder<R, T> for SpinFamily<Bits>
where
    T: Special,
    R: ActsBySignedPermutations + ActsOn<T>,
    R::Group: FinitelyGenerated,
{
    type Statistic = BitProducts<R>;

    fn statistic_action(&self, rep: &R) -> BitProducts<R> {
        BitProducts { spins: rep.clone(), graph: Arc::clone(self.graph()) }
    }

    fn admits(&self, rep: &R) -> Result<(), FamilyError> {
        fits(self, rep)?;
        automorphisms(self.graph(), rep)
    }

    fn statistic_shift(&self, rep: &R, g: &ElementOf<R>) -> Option<DVector<T>> {
        let (map, graph) = (rep.index_map(g), self.graph());
        let n = graph.spins();
        let mut shift = DVector::from_element(n + graph.edges().len(), T::zero());
        for i in 0..n {
            let (image, flipped) = map.image(i);
            if flipped {
                shift[image] = T::one();
            }
        }
        for &(i, j) in graph.edges() {
            if map.image(i).1 && map.image(j).1 {
                shift[n + edge_image(graph, &map, (i, j))] = T::one();
            }
        }
        Some(shift)
    }

    /// A bit is flipped in the fraction `(1 − s)/2` of the group, `s` the mean sign with which vectors
    /// arrive at its coordinate; two at once in `(1 − s_i − s_j + s_ij)/4`. Mean signs are the average of a
    /// vector of ones.
    fn mean_shift(&self, rep: &R) -> Option<DVector<T>> {
        let graph = self.graph();
        let n = graph.spins();
        let tau = SpinProducts::new(rep.clone(), Arc::clone(graph));
        let ones = vec![T::one(); tau.dim()];
        let mut signs = vec![T::zero(); tau.dim()];
        SignedOrbits::of(&tau).project(&ones, &mut signs);
        let mut shift: Vec<T> =
            signs[..n].iter().map(|&sign| (T::one() - sign) * T::ratio(1, 2)).collect();
        for (k, &(i, j)) in graph.edges().iter().enumerate() {
            let both = T::one() - signs[i] - signs[j] + signs[n + k];
            shift.push(both * T::ratio(1, 4));
        }
        Some(DVector::from_vec(shift))
    }
}
