//! The inner loops of averaging over orbits.
//!
//! Both compute `first − (Σ_j (first − x_j)) / k`, term by term in the same order, so that they agree to
//! the last bit and an orbit of equal values (of zeros of either sign, too) is reproduced to the last
//! bit. They differ in what is next to each other in memory: *scattered* orbits of single numbers, or
//! orbits of whole *rows*, where the loop over a row is over contiguous memory and the compiler
//! vectorises it.

use crate::scalar::Scalar;

/// Division by the size of an orbit.
///
/// The reciprocal of a power of two is exact, and then multiplying by it rounds as dividing does.
enum Share<T> {
    Times(T),
    Over(T),
}

impl<T: Scalar> Share<T> {
    fn of(size: usize) -> Self {
        let count = T::count(size);
        if size.is_power_of_two() { Self::Times(T::one() / count) } else { Self::Over(count) }
    }

    #[inline(always)]
    fn of_sum(&self, sum: T) -> T {
        match self {
            Self::Times(share) => sum * share.clone(),
            Self::Over(count) => sum / count.clone(),
        }
    }
}

#[inline(always)]
fn signed<T: Scalar>(value: &T, negative: bool) -> T {
    if negative { -value.clone() } else { value.clone() }
}

/// The average of the values at `members`, all of one orbit; with signs relative to the first where
/// `negative` is not empty.
pub(super) fn average<T: Scalar>(x: &[T], members: &[u32], negative: &[bool]) -> T {
    let value =
        |k: usize| signed(&x[members[k] as usize], negative.get(k).copied().unwrap_or(false));
    match members.len() {
        0 => T::zero(),
        1 => value(0),
        size => {
            let first = value(0);
            let sum =
                (2..size).fold(first.clone() - value(1), |sum, k| sum + (first.clone() - value(k)));
            first - Share::of(size).of_sum(sum)
        }
    }
}

/// Averages many orbits of the same size, listed one after the other, none of them killed.
pub(super) fn scattered<T: Scalar>(
    size: usize,
    members: &[u32],
    negative: &[bool],
    x: &[T],
    out: &mut [T],
) {
    if !negative.is_empty() {
        let orbits = members.chunks_exact(size).zip(negative.chunks_exact(size));
        for (members, negative) in orbits {
            let mean = average(x, members, negative);
            for (&i, &negative) in members.iter().zip(negative) {
                out[i as usize] = signed(&mean, negative);
            }
        }
        return;
    }
    // Sizes of common groups, with the loops over an orbit unrolled.
    match size {
        0 => {}
        1 => {
            for &i in members {
                out[i as usize] = x[i as usize].clone();
            }
        }
        2 => unrolled::<T, 2>(members, x, out),
        3 => unrolled::<T, 3>(members, x, out),
        4 => unrolled::<T, 4>(members, x, out),
        6 => unrolled::<T, 6>(members, x, out),
        8 => unrolled::<T, 8>(members, x, out),
        _ => {
            for members in members.chunks_exact(size) {
                let mean = average(x, members, &[]);
                for &i in members {
                    out[i as usize] = mean.clone();
                }
            }
        }
    }
}

/// [`scattered`] without signs, for a size that the compiler knows.
fn unrolled<T: Scalar, const SIZE: usize>(members: &[u32], x: &[T], out: &mut [T]) {
    // One length for both: an index that is checked against the one is checked against the other.
    let out = &mut out[..x.len()];
    let share = T::one() / T::count(SIZE);
    let count = T::count(SIZE);
    for orbit in members.as_chunks::<SIZE>().0 {
        let first = x[orbit[0] as usize].clone();
        let mut sum = first.clone() - x[orbit[1] as usize].clone();
        for &i in &orbit[2..] {
            sum += first.clone() - x[i as usize].clone();
        }
        let step = if SIZE.is_power_of_two() { sum * share.clone() } else { sum / count.clone() };
        let mean = first - step;
        for &i in orbit {
            out[i as usize] = mean.clone();
        }
    }
}

/// How much of a row is averaged at a time: sums of this many numbers stay in the first cache.
const TILE: usize = 1024;

/// Where rows are: row `i` begins at `base + i · stride`, and is `width` numbers long.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) base: usize,
    pub(super) stride: usize,
    pub(super) width: usize,
}

/// Averages one orbit of rows that is not killed. `sums` is working space, reused between calls.
#[inline(always)]
pub(super) fn rows<T: Scalar>(
    Rows { base, stride, width }: Rows,
    members: &[u32],
    negative: &[bool],
    x: &[T],
    out: &mut [T],
    sums: &mut Vec<T>,
) {
    let Some((&leader, others)) = members.split_first() else { return };
    let share = Share::<T>::of(members.len());
    let mut start = 0;
    while start < width {
        let tile = usize::min(TILE, width - start);
        let at = |i: u32| {
            let begin = base + i as usize * stride + start;
            begin..begin + tile
        };
        let first = &x[at(leader)];
        if others.is_empty() {
            out[at(leader)].clone_from_slice(first);
            start += tile;
            continue;
        }
        sums.clear();
        sums.resize(tile, T::zero());
        if negative.is_empty() {
            add_differences(first, others, |i| &x[at(i)], sums);
        } else {
            for (k, (&i, &negative)) in others.iter().zip(&negative[1..]).enumerate() {
                for ((sum, first), value) in sums.iter_mut().zip(first).zip(&x[at(i)]) {
                    let difference = first.clone() - signed(value, negative);
                    *sum = if k == 0 { difference } else { sum.clone() + difference };
                }
            }
        }
        match &share {
            Share::Times(share) => finish(first, sums, |sum| sum * share.clone()),
            Share::Over(count) => finish(first, sums, |sum| sum / count.clone()),
        }
        for (k, &i) in members.iter().enumerate() {
            let target = &mut out[at(i)];
            if negative.get(k).copied().unwrap_or(false) {
                for (value, mean) in target.iter_mut().zip(sums.iter()) {
                    *value = -mean.clone();
                }
            } else {
                target.clone_from_slice(sums);
            }
        }
        start += tile;
    }
}

#[inline(always)]
fn finish<T: Scalar>(first: &[T], sums: &mut [T], share: impl Fn(T) -> T) {
    for (sum, first) in sums.iter_mut().zip(first) {
        *sum = first.clone() - share(sum.clone());
    }
}

/// `sums = Σ_j (first − row_j)`, four rows in one pass so that the sums are read and written once for
/// them; each sum still adds its terms in order.
#[inline(always)]
fn add_differences<'x, T: Scalar>(
    first: &[T],
    others: &[u32],
    row: impl Fn(u32) -> &'x [T],
    sums: &mut [T],
) {
    let (mut others, len) = (others, sums.len());
    let first = &first[..len];
    if let Some((&i, rest)) = others.split_first() {
        let a = &row(i)[..len];
        for j in 0..len {
            sums[j] = first[j].clone() - a[j].clone();
        }
        others = rest;
    }
    let (fours, rest) = others.as_chunks::<4>();
    for &[a, b, c, d] in fours {
        let (a, b) = (&row(a)[..len], &row(b)[..len]);
        let (c, d) = (&row(c)[..len], &row(d)[..len]);
        for j in 0..len {
            let first = &first[j];
            sums[j] = sums[j].clone()
                + (first.clone() - a[j].clone())
                + (first.clone() - b[j].clone())
                + (first.clone() - c[j].clone())
                + (first.clone() - d[j].clone());
        }
    }
    for &i in rest {
        let a = &row(i)[..len];
        for j in 0..len {
            sums[j] += first[j].clone() - a[j].clone();
        }
    }
}
