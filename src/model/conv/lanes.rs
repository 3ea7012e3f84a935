//! Floating-point numbers in vector registers, of whatever width the processor has.

use crate::scalar::Real;
use pulp::{Simd, WithSimd};
use std::marker::PhantomData;

/// Asks how many numbers a register of this processor holds.
pub(super) struct Width<T>(pub(super) PhantomData<T>);

impl<T: Lanes> WithSimd for Width<T> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        T::lanes::<S>()
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32` or `f64`: what the network's inner loops are written for.
///
/// The loops must not hand registers to closures (`array::map`, `from_fn`): those are compiled for plain
/// processors, and a call for each operation costs ten times the operation.
///
/// The loops are compiled once for plain code and once for each instruction set, and the processor's
/// best is taken when they are run. Rounding differs between instruction sets (a fused
/// multiply-add rounds once), never between runs on one machine.
pub trait Lanes: Real + sealed::Sealed {
    /// A register full of them.
    #[doc(hidden)]
    type Vector<S: Simd>: Copy;

    /// How many a register holds.
    #[doc(hidden)]
    fn lanes<S: Simd>() -> usize {
        size_of::<Self::Vector<S>>() / size_of::<Self>()
    }

    /// One number in every lane.
    #[doc(hidden)]
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Vector<S>;

    /// The whole registers that fit a slice, from its start.
    #[doc(hidden)]
    fn vectors<S: Simd>(x: &[Self]) -> &[Self::Vector<S>];

    /// The same, to be written.
    #[doc(hidden)]
    fn vectors_mut<S: Simd>(x: &mut [Self]) -> &mut [Self::Vector<S>];

    /// The first numbers of a slice, as many as a register holds, and zeros after them.
    #[doc(hidden)]
    fn load<S: Simd>(simd: S, x: &[Self]) -> Self::Vector<S>;

    /// Writes the first lanes, as many as the slice has room for.
    #[doc(hidden)]
    fn store<S: Simd>(simd: S, out: &mut [Self], x: Self::Vector<S>);

    /// `ab + c`, rounded once where the processor can.
    #[doc(hidden)]
    fn fused<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;

    /// `a + b`.
    #[doc(hidden)]
    fn plus<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;

    /// `a − b`.
    #[doc(hidden)]
    fn minus<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;

    /// The sum of all lanes.
    #[doc(hidden)]
    fn sum<S: Simd>(simd: S, x: Self::Vector<S>) -> Self;

    /// In each lane `(value, label)`, where the value is larger than the best so far or no number,
    /// otherwise the best so far. So the first of equals wins, and NaN is never lost.
    #[doc(hidden)]
    fn prefer<S: Simd>(
        simd: S,
        best: [Self::Vector<S>; 2],
        value: [Self::Vector<S>; 2],
    ) -> [Self::Vector<S>; 2];

    /// In each lane `(0, label)` where the value is at most 0, otherwise what it was.
    #[doc(hidden)]
    fn rectify<S: Simd>(
        simd: S,
        value: [Self::Vector<S>; 2],
        label: Self::Vector<S>,
    ) -> [Self::Vector<S>; 2];

    /// In each lane the value where the two labels are equal, elsewhere zero.
    #[doc(hidden)]
    fn keep_where_equal<S: Simd>(
        simd: S,
        value: Self::Vector<S>,
        labels: [Self::Vector<S>; 2],
    ) -> Self::Vector<S>;

    /// A label that a register can hold beside numbers: numbers that only their last bits tell apart.
    #[doc(hidden)]
    fn label(index: u8) -> Self;

    /// The label's index.
    #[doc(hidden)]
    fn index(self) -> usize;
}

macro_rules! lanes {
    ($type:ty, $bits:ty, $vector:ident, $splat:ident, $as:ident, $as_mut:ident,
     $partial_load:ident, $partial:ident, $fma:ident,
     $add:ident, $sub:ident, $sum:ident, $greater:ident, $equal:ident, $at_most:ident, $select:ident) => {
        impl Lanes for $type {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: Self) -> S::$vector {
                simd.$splat(x)
            }

            #[inline(always)]
            fn vectors<S: Simd>(x: &[Self]) -> &[S::$vector] {
                S::$as(x).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(x: &mut [Self]) -> &mut [S::$vector] {
                S::$as_mut(x).0
            }

            #[inline(always)]
            fn load<S: Simd>(simd: S, x: &[Self]) -> S::$vector {
                match S::$as(x) {
                    ([whole, ..], _) => *whole,
                    (_, part) => simd.$partial_load(part),
                }
            }

            #[inline(always)]
            fn store<S: Simd>(simd: S, out: &mut [Self], x: S::$vector) {
                match S::$as_mut(out) {
                    ([whole, ..], _) => *whole = x,
                    (_, part) => simd.$partial(part, x),
                }
            }

            #[inline(always)]
            fn fused<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$fma(a, b, c)
            }

            #[inline(always)]
            fn plus<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }

            #[inline(always)]
            fn minus<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$sub(a, b)
            }

            #[inline(always)]
            fn sum<S: Simd>(simd: S, x: S::$vector) -> Self {
                simd.$sum(x)
            }

            #[inline(always)]
            fn prefer<S: Simd>(
                simd: S,
                best: [S::$vector; 2],
                value: [S::$vector; 2],
            ) -> [S::$vector; 2] {
                let larger = simd.$greater(value[0], best[0]);
                let number = simd.$equal(value[0], value[0]);
                let of_numbers = [
                    simd.$select(larger, value[0], best[0]),
                    simd.$select(larger, value[1], best[1]),
                ];
                [
                    simd.$select(number, of_numbers[0], value[0]),
                    simd.$select(number, of_numbers[1], value[1]),
                ]
            }

            #[inline(always)]
            fn rectify<S: Simd>(
                simd: S,
                value: [S::$vector; 2],
                label: S::$vector,
            ) -> [S::$vector; 2] {
                let zero = simd.$splat(0.0);
                let off = simd.$at_most(value[0], zero);
                [simd.$select(off, zero, value[0]), simd.$select(off, label, value[1])]
            }

            #[inline(always)]
            fn keep_where_equal<S: Simd>(
                simd: S,
                value: S::$vector,
                labels: [S::$vector; 2],
            ) -> S::$vector {
                simd.$select(simd.$equal(labels[0], labels[1]), value, simd.$splat(0.0))
            }

            #[inline(always)]
            fn label(index: u8) -> Self {
                Self::from_bits(Self::to_bits(1.0) | <$bits>::from(index))
            }

            #[inline(always)]
            fn index(self) -> usize {
                usize::from(self.to_bits() as u8)
            }
        }
    };
}

lanes!(
    f32,
    u32,
    f32s,
    splat_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    partial_load_f32s,
    partial_store_f32s,
    mul_add_e_f32s,
    add_f32s,
    sub_f32s,
    reduce_sum_f32s,
    greater_than_f32s,
    equal_f32s,
    less_than_or_equal_f32s,
    select_f32s
);
lanes!(
    f64,
    u64,
    f64s,
    splat_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    partial_load_f64s,
    partial_store_f64s,
    mul_add_e_f64s,
    add_f64s,
    sub_f64s,
    reduce_sum_f64s,
    greater_than_f64s,
    equal_f64s,
    less_than_or_equal_f64s,
    select_f64s
);
