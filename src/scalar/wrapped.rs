//! What all scalars that wrap another one do alike.

/// `+=` and the like by `+` and the like: for a type, or `Type<T>, [T: Bound]`.
macro_rules! assign_operators {
    ($scalar:ty $(, [$($generics:tt)*])?) => {
        $crate::scalar::assign_operators!(@ [$($($generics)*)?] $scalar, AddAssign add_assign +);
        $crate::scalar::assign_operators!(@ [$($($generics)*)?] $scalar, SubAssign sub_assign -);
        $crate::scalar::assign_operators!(@ [$($($generics)*)?] $scalar, MulAssign mul_assign *);
        $crate::scalar::assign_operators!(@ [$($($generics)*)?] $scalar, DivAssign div_assign /);
        $crate::scalar::assign_operators!(@ [$($($generics)*)?] $scalar, RemAssign rem_assign %);
    };
    (@ [$($generics:tt)*] $scalar:ty, $trait:ident $method:ident $operator:tt) => {
        impl<$($generics)*> ::std::ops::$trait for $scalar {
            fn $method(&mut self, other: Self) {
                *self = *self $operator other;
            }
        }
    };
}
pub(crate) use assign_operators;

/// The constants of a type, each by a function of that of another type: `Type; |x: f64| …`.
macro_rules! float_constants {
    ($scalar:ty $(, [$($generics:tt)*])?; |$x:ident: $of:ty| $made:expr) => {
        $crate::scalar::float_constants! {
            @ [$($($generics)*)?] $scalar, $x, $of, $made,
            E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6
            FRAC_PI_8 LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2 TAU LOG10_2 LOG2_10
        }
    };
    (@ [$($generics:tt)*] $scalar:ty, $x:ident, $of:ty, $made:expr, $($name:ident)*) => {
        impl<$($generics)*> ::num_traits::FloatConst for $scalar {
            $(
                fn $name() -> Self {
                    let $x = <$of as ::num_traits::FloatConst>::$name();
                    $made
                }
            )*
        }
    };
}
pub(crate) use float_constants;

/// Draws of a type that holds floats: uniform ones between the floats nearest to two of its numbers, by a sampler of this
/// name, and normal ones. What is drawn is a float, and exact.
#[cfg(any(feature = "catalogue", feature = "enclosure"))]
macro_rules! float_draws {
    ($scalar:ident, $sampler:ident) => {
        #[doc = concat!("Samples floats, which are exact as [`", stringify!($scalar), "`].")]
        #[derive(Clone, Copy, Debug)]
        pub struct $sampler(::rand_distr::uniform::UniformFloat<f64>);

        impl ::rand_distr::uniform::UniformSampler for $sampler {
            type X = $scalar;

            fn new<A, B>(low: A, high: B) -> Result<Self, ::rand_distr::uniform::Error>
            where
                A: ::rand_distr::uniform::SampleBorrow<$scalar> + Sized,
                B: ::rand_distr::uniform::SampleBorrow<$scalar> + Sized,
            {
                let [low, high] =
                    [low.borrow(), high.borrow()].map($crate::scalar::Scalar::nearest_f64);
                ::rand_distr::uniform::UniformFloat::new(low, high).map(Self)
            }

            fn new_inclusive<A, B>(low: A, high: B) -> Result<Self, ::rand_distr::uniform::Error>
            where
                A: ::rand_distr::uniform::SampleBorrow<$scalar> + Sized,
                B: ::rand_distr::uniform::SampleBorrow<$scalar> + Sized,
            {
                let [low, high] =
                    [low.borrow(), high.borrow()].map($crate::scalar::Scalar::nearest_f64);
                ::rand_distr::uniform::UniformFloat::new_inclusive(low, high).map(Self)
            }

            fn sample<R: ::rand::Rng + ?Sized>(&self, rng: &mut R) -> $scalar {
                $scalar::exact(self.0.sample(rng))
            }
        }

        impl ::rand_distr::uniform::SampleUniform for $scalar {
            type Sampler = $sampler;
        }

        impl ::rand_distr::Distribution<$scalar> for ::rand_distr::StandardNormal {
            fn sample<R: ::rand::Rng + ?Sized>(&self, rng: &mut R) -> $scalar {
                $scalar::exact(self.sample(rng))
            }
        }
    };
}
#[cfg(any(feature = "catalogue", feature = "enclosure"))]
pub(crate) use float_draws;
