//! Orders and members of groups, against published orders and against enumeration.

use super::known_groups::{CUBE, cycles, generated, m24};
use equibayes::group::{
    Alternating, Cyclic, Dicyclic, Direct, Finite, FinitelyGenerated, Group, MatrixGroup,
    MovesPoints, Permutation, PermutationGroup, Semidirect, Signs, Symmetric, Wreath,
};
use nalgebra::{DMatrix, dmatrix};
use num_bigint::BigUint;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashSet;

/// The cycles of a face that move corners: those through an odd-numbered place of a sticker's row.
fn corners(face: &'static [&'static [usize]]) -> Vec<&'static [usize]> {
    const CORNERS: [usize; 24] =
        [1, 3, 6, 8, 9, 11, 14, 16, 17, 19, 22, 24, 25, 27, 30, 32, 33, 35, 38, 40, 41, 43, 46, 48];
    face.iter().copied().filter(|cycle| CORNERS.contains(&cycle[0])).collect()
}

#[test]
fn published_orders() {
    let orders: Vec<(&str, BigUint, &str)> = vec![
        ("S_20", Symmetric::new(20).unwrap().order(), "2432902008176640000"),
        ("A_20", Alternating::new(20).unwrap().order(), "1216451004088320000"),
        ("A_0", Alternating::new(0).unwrap().order(), "1"),
        ("S_1", Symmetric::new(1).unwrap().order(), "1"),
        ("B_8", Wreath::hyperoctahedral(8).unwrap().order(), "10321920"),
        ("Q_8", Dicyclic::quaternion().order(), "8"),
        ("Dic_5", Dicyclic::new(5).unwrap().order(), "20"),
        ("M_11", generated(11, &M11).order(), "7920"),
        ("M_12", m12().order(), "95040"),
        ("M_24", m24().order(), "244823040"),
        ("Rubik's cube", generated(48, &CUBE).order(), "43252003274489856000"),
    ];
    for (name, order, expected) in orders {
        assert_eq!(order.to_string(), expected, "{name}");
    }
}

const M11: [&[&[usize]]; 2] =
    [&[&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]], &[&[3, 7, 11, 8], &[4, 10, 5, 6]]];

fn m12() -> PermutationGroup {
    let swaps: &[&[usize]] = &[&[1, 12], &[2, 11], &[3, 6], &[4, 8], &[5, 9], &[7, 10]];
    generated(12, &[M11[0], M11[1], swaps])
}

#[test]
fn the_pocket_cube_with_one_corner_held() {
    // Three faces that meet in a corner leave the opposite one alone.
    let faces: Vec<Vec<&[usize]>> = [0, 2, 3].map(|face| corners(CUBE[face])).into();
    assert!(faces.iter().all(|cycles| cycles.len() == 3), "{faces:?}");
    let faces: Vec<&[&[usize]]> = faces.iter().map(Vec::as_slice).collect();
    assert_eq!(generated(48, &faces).order(), 3_674_160u32.into());
    // All six turn the cube as a whole as well.
    let all: Vec<Vec<&[usize]>> = CUBE.iter().map(|face| corners(face)).collect();
    let all: Vec<&[&[usize]]> = all.iter().map(Vec::as_slice).collect();
    assert_eq!(generated(48, &all).order(), (3_674_160u32 * 24).into());
}

#[test]
fn members_of_the_cube() {
    let cube = generated(48, &CUBE);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let scrambled = (0..50)
        .fold(cube.identity(), |g, _| cube.compose(&cycles(48, CUBE[rng.random_range(0..6)]), &g));
    assert!(cube.contains(&scrambled));
    // One flipped edge, one turned corner, two swapped edges: the three that need a screwdriver.
    for spoilt in
        [cycles(48, &[&[2, 34]]), cycles(48, &[&[1, 9, 35]]), cycles(48, &[&[2, 4], &[34, 10]])]
    {
        assert!(!cube.contains(&spoilt));
        assert!(!cube.contains(&cube.compose(&scrambled, &spoilt)));
    }
}

/// All products of the generators, by going through them: at most `limit` of them.
fn enumerated(
    degree: usize,
    generators: &[Permutation],
    limit: usize,
) -> Option<HashSet<Permutation>> {
    let mut found = HashSet::from([Permutation::identity(degree)]);
    let mut front = vec![Permutation::identity(degree)];
    while let Some(g) = front.pop() {
        for s in generators {
            let product = s.compose(&g);
            if found.insert(product.clone()) {
                front.push(product);
            }
        }
        if found.len() > limit {
            return None;
        }
    }
    Some(found)
}

fn shuffled(degree: usize, rng: &mut impl Rng) -> Permutation {
    // A product of few swaps or a few cycles: small groups as well as large ones.
    let mut images: Vec<usize> = (0..degree).collect();
    for _ in 0..rng.random_range(1..=degree) {
        images.swap(rng.random_range(0..degree), rng.random_range(0..degree));
    }
    Permutation::new(&images).unwrap()
}

#[test]
fn enumeration_finds_the_same_members() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut orders = HashSet::new();
    for case in 0..200 {
        let degree = rng.random_range(2..=7);
        let generators: Vec<Permutation> =
            (0..rng.random_range(1..=3)).map(|_| shuffled(degree, &mut rng)).collect();
        let group = PermutationGroup::new(degree, generators.clone()).unwrap();
        let members = enumerated(degree, &generators, 5040).unwrap();
        assert_eq!(group.order(), members.len().into(), "case {case}: {group:?}");
        orders.insert(members.len());
        for _ in 0..50 {
            let g = Symmetric::new(degree)
                .unwrap()
                .element(rng.random_range(0..(1..=degree).product::<usize>()));
            assert_eq!(group.contains(&g), members.contains(&g), "case {case}: {g} in {group:?}");
            assert_eq!(group.index_of(&g).is_some(), members.contains(&g));
        }
    }
    // From groups of order 2 to all of S_7.
    assert!(orders.len() > 15 && orders.contains(&2) && orders.contains(&5040), "{orders:?}");
}

/// The order of a group that acts faithfully on its points, by Schreier–Sims.
fn faithful_order<G: MovesPoints + FinitelyGenerated>(group: &G) -> BigUint {
    PermutationGroup::image_of(group).unwrap().order()
}

#[test]
fn orders_agree_with_those_of_faithful_actions() {
    for n in 0..=9 {
        let (s, a) = (Symmetric::new(n).unwrap(), Alternating::new(n).unwrap());
        assert_eq!(s.order(), faithful_order(&s), "{s:?}");
        assert_eq!(a.order(), faithful_order(&a), "{a:?}");
        let b = Wreath::hyperoctahedral(n).unwrap();
        assert_eq!(b.order(), faithful_order(&b), "{b:?}");
    }
    let c = |n| Cyclic::new(n).unwrap();
    // Two orbits above: generators are needed in both.
    let two = Direct::new(c(2), c(3));
    let wreath = Wreath::new(c(4), two);
    assert_eq!(wreath.order(), faithful_order(&wreath));
    assert_eq!(wreath.order(), (4u32.pow(5) * 6).into());
    let tower = Wreath::new(Wreath::new(c(2), c(2)), c(2));
    assert_eq!(tower.order(), 128u32.into());
    assert_eq!(faithful_order(&tower), 128u32.into());
}

#[test]
fn a_wreath_product_of_signs_is_the_group_of_signed_permutation_matrices() {
    for n in 1..=5 {
        let cube = Wreath::hyperoctahedral(n).unwrap();
        let mut swap: DMatrix<i64> = DMatrix::identity(n, n);
        let mut cycle = DMatrix::zeros(n, n);
        let mut flip: DMatrix<i64> = DMatrix::identity(n, n);
        flip[(0, 0)] = -1;
        if n > 1 {
            swap.swap_rows(0, 1);
        }
        for i in 0..n {
            cycle[((i + 1) % n, i)] = 1;
        }
        let matrices = MatrixGroup::from_integers(n, &[swap, cycle, flip]).unwrap();
        assert_eq!(matrices.order(), cube.order());
        assert_eq!(matrices.vectors().len(), 2 * n);
    }
}

/// The reflections `x ↦ x − ⟨x, α_j^∨⟩α_j` of a Cartan matrix, in the basis of its simple roots.
fn weyl(cartan: &DMatrix<i64>) -> MatrixGroup {
    let n = cartan.nrows();
    let reflections: Vec<DMatrix<i64>> = (0..n)
        .map(|j| {
            DMatrix::from_fn(n, n, |i, k| {
                i64::from(i == k) - if i == j { cartan[(k, j)] } else { 0 }
            })
        })
        .collect();
    MatrixGroup::from_integers(n, &reflections).unwrap()
}

/// The Cartan matrix of a diagram with single bonds.
fn simply_laced(n: usize, bonds: &[(usize, usize)]) -> DMatrix<i64> {
    DMatrix::from_fn(n, n, |i, j| {
        if i == j { 2 } else { -i64::from(bonds.contains(&(i, j)) || bonds.contains(&(j, i))) }
    })
}

#[test]
fn weyl_groups() {
    let path = |n: usize| (1..n).map(|i| (i - 1, i)).collect::<Vec<_>>();
    // A_n: S_{n+1}.
    assert_eq!(weyl(&simply_laced(4, &path(4))).order(), 120u32.into());
    let g2 = weyl(&dmatrix![2, -1; -3, 2]);
    assert_eq!((g2.order(), g2.vectors().len()), (12u32.into(), 12));
    let f4 = dmatrix![2, -1, 0, 0; -1, 2, -2, 0; 0, -1, 2, -1; 0, 0, -1, 2];
    assert_eq!(weyl(&f4).order(), 1152u32.into());
    let mut e8 = path(7);
    e8.push((7, 2));
    let e8 = weyl(&simply_laced(8, &e8));
    assert_eq!((e8.order(), e8.vectors().len()), (696_729_600u32.into(), 240));
}

#[test]
fn semidirect_products_that_are_known() {
    let c = |n| Cyclic::new(n).unwrap();
    // Inversion makes the dihedral groups.
    let d5 =
        Semidirect::new(c(5), Signs, |&s, &t: &usize| if s { (5 - t) % 5 } else { t }).unwrap();
    assert_eq!(d5.order(), 10u32.into());
    // x ↦ ax + b over the field with 7 elements: sharply 2-transitive, of order 42.
    let affine = Semidirect::new(c(7), c(6), |&h, &t| t * [1, 3, 2, 6, 4, 5][h] % 7).unwrap();
    assert_eq!(affine.order(), 42u32.into());
    let maps: HashSet<[usize; 2]> = affine
        .elements()
        .map(|(b, h)| [0, 1].map(|x| ([1, 3, 2, 6, 4, 5][h] * x + b) % 7))
        .collect();
    assert_eq!(maps.len(), 42);
}
