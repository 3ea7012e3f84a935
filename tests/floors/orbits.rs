//! Burnside's counts and Reynolds operators, against numbers known from elsewhere.

use equibayes::group::{
    Cyclic, Dihedral, Finite, FinitelyGenerated, Permutation, PermutationGroup, Symmetric,
};
use equibayes::representation::{
    ActsOn, ActsOnGrid, Dense, DirectSum, Dual, PermutationRep, Reynolds, SignedOrbits,
    SignedPermutation, SignedPermutationRep, Tensor, TensorPower, Trivial, hom,
};
use nalgebra::{DMatrix, dmatrix};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of orbits, by the lemma that is not Burnside's: the mean number of fixed points.
fn fixed_points<R>(rep: &R) -> f64
where
    R: ActsOn<f64>,
    R::Group: Finite,
{
    let (sum, order) = rep
        .group()
        .elements()
        .fold((0.0, 0.0), |(sum, order), g| (sum + rep.character(&g), order + 1.0));
    sum / order
}

#[test]
fn orbits_of_pixels() {
    // Pixels of a 3×3 image under C_4: corners, edges, centre; of a 4×4 one: 16/4.
    let c4 = Cyclic::new(4).unwrap();
    let d4 = Dihedral::new(4).unwrap();
    for (side, rotations, all) in
        [(1, 1, 1), (2, 1, 1), (3, 3, 3), (4, 4, 3), (5, 7, 6), (28, 196, 105)]
    {
        let (under_c4, under_d4) = (c4.on_grid(side).unwrap(), d4.on_grid(side).unwrap());
        assert_eq!(SignedOrbits::of(&under_c4).len(), rotations, "C_4 on side {side}");
        assert_eq!(SignedOrbits::of(&under_d4).len(), all, "D_4 on side {side}");
        if side < 6 {
            assert_eq!(fixed_points(&under_c4), rotations as f64);
            assert_eq!(fixed_points(&under_d4), all as f64);
        }
    }
}

/// All colourings of `beads` beads with `colours` colours, moved by permutations of the beads.
fn colourings(group: &PermutationGroup, colours: usize) -> PermutationRep<PermutationGroup> {
    let beads = group.degree();
    let count = colours.pow(beads as u32);
    PermutationRep::from_fn(group.clone(), count, move |g| {
        Permutation::from_fn(count, |colouring| {
            (0..beads).fold(0, |image, bead| {
                let colour = colouring / colours.pow(bead as u32) % colours;
                image + colour * colours.pow(g.image(bead) as u32)
            })
        })
    })
}

#[test]
fn necklaces_and_bracelets() {
    let turn = |n: usize| Permutation::from_fn(n, |i| (i + 1) % n);
    let flip = |n: usize| Permutation::from_fn(n, |i| n - 1 - i);
    // Necklaces of n beads in k colours, and bracelets, which may be turned over (OEIS A000031,
    // A000029 for two colours).
    for (n, k, necklaces, bracelets) in
        [(3, 2, 4, 4), (4, 2, 6, 6), (5, 2, 8, 8), (6, 2, 14, 13), (4, 3, 24, 21), (8, 2, 36, 30)]
    {
        let cyclic = PermutationGroup::new(n, vec![turn(n)]).unwrap();
        let dihedral = PermutationGroup::new(n, vec![turn(n), flip(n)]).unwrap();
        let (loose, rigid) = (colourings(&cyclic, k), colourings(&dihedral, k));
        assert_eq!(SignedOrbits::of(&loose).fixed_dim(), necklaces, "{n} beads, {k} colours");
        assert_eq!(SignedOrbits::of(&rigid).fixed_dim(), bracelets, "{n} beads, {k} colours");
        assert_eq!(fixed_points(&loose), necklaces as f64);
        assert_eq!(fixed_points(&rigid), bracelets as f64);
    }
}

#[test]
fn equivariant_maps_are_counted() {
    // Hom_G(R[G], R[G]) has dimension |G|; between permutation representations it is the number of
    // orbits on pairs.
    for n in [2, 3, 4] {
        let regular = PermutationRep::regular(&Dihedral::new(n).unwrap()).unwrap();
        let maps = hom(regular.clone(), regular).unwrap();
        assert_eq!(Reynolds::<f64>::by_orbits(&maps).rank(), 2 * n);
    }
    // S_4 is doubly transitive on 4 points: multiples of 1 and of the all-ones matrix, no more.
    let swap = Permutation::new(&[1, 0, 2, 3]).unwrap();
    let cycle = Permutation::new(&[1, 2, 3, 0]).unwrap();
    let natural = PermutationRep::natural(&PermutationGroup::new(4, vec![swap, cycle]).unwrap());
    let maps = hom(natural.clone(), natural).unwrap();
    let reynolds = Reynolds::<f64>::by_orbits(&maps);
    assert_eq!(reynolds.rank(), 2);
    let mut weights = [0.0; 16];
    weights[0] = 12.0;
    weights[1] = 12.0;
    let tied = reynolds.project(&weights);
    assert_eq!(
        DMatrix::from_row_slice(4, 4, tied.as_slice()),
        dmatrix![
        3.0, 1.0, 1.0, 1.0; 1.0, 3.0, 1.0, 1.0; 1.0, 1.0, 3.0, 1.0; 1.0, 1.0, 1.0, 3.0]
    );
}

#[test]
fn signs_kill_orbits() {
    // Quarter turns fix no vector of the plane, and of its tensor square the span of 1 and of the turn.
    let c4 = Cyclic::new(4).unwrap();
    let turns = SignedPermutationRep::from_fn(c4, 2, |&k| {
        SignedPermutation::from_fn(2, |i| ((i + k) % 2, (i + k) % 4 >= 2))
    });
    assert_eq!(Reynolds::<f64>::by_orbits(&turns).rank(), 0);
    let square = Tensor::new(turns.clone(), turns.clone()).unwrap();
    let reynolds = Reynolds::<f64>::by_orbits(&square);
    assert_eq!(reynolds.rank(), 2);
    assert_eq!(reynolds.project(&[1.0, 2.0, 4.0, 3.0]).as_slice(), [2.0, -1.0, 1.0, 2.0]);
    // Three planes fix no more than one, and an invariant coordinate stays one.
    let planes = Tensor::new(turns.clone(), Trivial::new(c4, 3)).unwrap();
    assert_eq!(Reynolds::<f64>::by_orbits(&planes).rank(), 0);
    let with_room = DirectSum::new(turns, Trivial::new(c4, 1)).unwrap();
    assert_eq!(Reynolds::<f64>::by_orbits(&with_room).rank(), 1);
}

#[test]
fn the_two_reynolds_operators_differ_where_the_action_is_not_orthogonal() {
    // C_2 by the reflection (x, y) ↦ (x + y, −y): it fixes (1, 0), and the dual fixes (2, 1).
    let shear = Dense::from_fn(Cyclic::new(2).unwrap(), 2, |&k| {
        if k == 0 { dmatrix![1.0, 0.0; 0.0, 1.0] } else { dmatrix![1.0, 1.0; 0.0, -1.0] }
    });
    let reynolds = Reynolds::of(&shear);
    assert_eq!(reynolds.project(&[0.0, 4.0]).as_slice(), [2.0, 0.0]);
    assert_eq!(reynolds.project_dual(&[4.0, 0.0]).as_slice(), [4.0, 2.0]);
    assert_eq!(reynolds.matrix(), dmatrix![1.0, 0.5; 0.0, 0.0]);
    assert_eq!(reynolds.rank(), 1);
    assert!(reynolds.orbits().is_none());
    // P of the dual is P* of the primal.
    let of_dual = Reynolds::of(&Dual::new(shear));
    assert_eq!(of_dual.project(&[4.0, 0.0]).as_slice(), [4.0, 2.0]);
}

#[test]
fn a_mean_over_a_subset_is_not_a_projector() {
    let c4 = Cyclic::new(4).unwrap();
    let shift = PermutationRep::regular(&c4).unwrap();
    let half: DMatrix<f64> = Reynolds::over_subset(&shift, &[0, 1]);
    assert_ne!(&half * &half, half);
    let subgroup: DMatrix<f64> = Reynolds::over_subset(&shift, &[0, 2]);
    assert_eq!(&subgroup * &subgroup, subgroup);
    let all: DMatrix<f64> = Reynolds::over_subset(&shift, &[0, 1, 2, 3]);
    assert_eq!(all, Reynolds::<f64>::by_averaging(&shift).matrix());
}

/// A3: an index map for each generator and no more, of a group with 2.4·10¹⁸ elements; on pairs, triples and
/// quadruples of points there are as many orbits as ways to be equal or different (Bell's numbers).
#[test]
fn orbits_ask_for_generators_and_not_for_elements() {
    let group = Symmetric::new(20).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let points = PermutationRep::from_fn(group, 20, move |g: &Permutation| {
        count.fetch_add(1, Ordering::Relaxed);
        g.clone()
    });
    for (power, bell) in [(1, 1), (2, 2), (3, 5), (4, 15)] {
        asked.store(0, Ordering::Relaxed);
        let tensors = TensorPower::new(points.clone(), power).unwrap();
        assert_eq!(SignedOrbits::of(&tensors).fixed_dim(), bell);
        assert_eq!(asked.load(Ordering::Relaxed), group.generators().len());
    }
}
