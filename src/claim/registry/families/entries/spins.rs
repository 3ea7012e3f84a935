//! Spins on the vertices of graphs.

use super::*;

/// All pairs of spins: a graph that every permutation leaves alone.
fn complete(n: usize) -> Vec<(usize, usize)> {
    (0..n).flat_map(|j| (0..j).map(move |i| (i, j))).collect()
}

/// Neighbours on a ring.
fn ring(n: usize) -> Vec<(usize, usize)> {
    (0..n).map(|i| (i, (i + 1) % n)).collect()
}

/// Fields and couplings. The energies of two states differ by at most twice the sum of their magnitudes; where
/// that would be above 16, and at the edge of the domain in any case, it is made 16: probabilities differ by up
/// to a factor of `e^16`, and the way back from the means, whose condition number that is, keeps digits and knows
/// how many: its certificate wants the square of it below the reciprocal of a rounding.
fn couplings<T: Special>(scene: &Scene, which: Which, count: usize) -> DVector<T> {
    let weak = scene.vector::<T>(which, count).into_iter().map(|x| x * T::ratio(1, 4));
    let weak = DVector::from_iterator(count, weak);
    let sum = weak.iter().fold(T::zero(), |sum, &x| sum + Float::abs(x));
    let most = T::count(8);
    if sum > most || (scene.spread >= EDGE && sum > T::zero()) { weak * (most / sum) } else { weak }
}

/// A configuration of spins.
fn signs<T: Scalar>(scene: &Scene, n: usize) -> Vec<T> {
    bits(scene, n).into_iter().map(|down| T::ratio(if down { -1 } else { 1 }, 1)).collect()
}

/// An entry for the spins of a type on a graph.
macro_rules! spins {
    ($entry:ident, $name:literal, $Family:ty, under $Action:ty, $edges:ident $(, $($rest:item)*)?) => {
        family! {
            $entry, $name, $Family, under $Action,
            pose: <T> |scene, which, n| {
                let edges = $edges(n);
                let eta = couplings(scene, which, n + edges.len());
                Member::from_natural(<$Family>::new(n, &edges)?, eta)
            },
            point: <T> |scene, n| signs(scene, n),
            moments: Moments::by_enumeration
            $(, $($rest)*)?
        }
    };
}

spins!(Spins, "Ising, spins ±1", Ising, under SignedPermutations, complete);

spins!(
    Bits, "Ising, statistics of {0, 1}", BinaryIsing, under SignedPermutations, complete,
    const SHIFTED: bool = true;
);

spins!(Ring, "Ising on a ring", Ising, under RingSymmetries, ring);
