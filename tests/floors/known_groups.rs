//! Groups that are known from elsewhere, given by generators: for tests and for benches.

use equibayes::group::{Permutation, PermutationGroup};

/// The permutation with these cycles of the points `1…degree`.
pub(crate) fn cycles(degree: usize, cycles: &[&[usize]]) -> Permutation {
    let mut images: Vec<usize> = (0..degree).collect();
    for cycle in cycles {
        for (k, &point) in cycle.iter().enumerate() {
            images[point - 1] = cycle[(k + 1) % cycle.len()] - 1;
        }
    }
    Permutation::new(&images).unwrap()
}

pub(crate) fn generated(degree: usize, generators: &[&[&[usize]]]) -> PermutationGroup {
    PermutationGroup::new(degree, generators.iter().map(|g| cycles(degree, g)).collect()).unwrap()
}

/// The faces of Rubik's cube: what they do to its 48 movable stickers, the corners' being the first and
/// third of each row.
pub(crate) const CUBE: [&[&[usize]]; 6] = [
    &[&[1, 3, 8, 6], &[2, 5, 7, 4], &[9, 33, 25, 17], &[10, 34, 26, 18], &[11, 35, 27, 19]],
    &[&[9, 11, 16, 14], &[10, 13, 15, 12], &[1, 17, 41, 40], &[4, 20, 44, 37], &[6, 22, 46, 35]],
    &[&[17, 19, 24, 22], &[18, 21, 23, 20], &[6, 25, 43, 16], &[7, 28, 42, 13], &[8, 30, 41, 11]],
    &[&[25, 27, 32, 30], &[26, 29, 31, 28], &[3, 38, 43, 19], &[5, 36, 45, 21], &[8, 33, 48, 24]],
    &[&[33, 35, 40, 38], &[34, 37, 39, 36], &[3, 9, 46, 32], &[2, 12, 47, 29], &[1, 14, 48, 27]],
    &[
        &[41, 43, 48, 46],
        &[42, 45, 47, 44],
        &[14, 22, 30, 38],
        &[15, 23, 31, 39],
        &[16, 24, 32, 40],
    ],
];

pub(crate) fn m24() -> PermutationGroup {
    let cycle: Vec<usize> = (1..=23).collect();
    generated(
        24,
        &[
            &[&cycle],
            &[&[3, 17, 10, 7, 9], &[4, 13, 14, 19, 5], &[8, 18, 11, 12, 23], &[15, 20, 22, 21, 16]],
            &[
                &[1, 24],
                &[2, 23],
                &[3, 12],
                &[4, 16],
                &[5, 18],
                &[6, 10],
                &[7, 20],
                &[8, 14],
                &[9, 21],
                &[11, 17],
                &[13, 22],
                &[15, 19],
            ],
        ],
    )
}
