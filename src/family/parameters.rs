//! Natural and mean parameters, as different types.

use approx::{AbsDiffEq, RelativeEq};
use nalgebra::DVector;
use std::fmt;
use std::marker::PhantomData;

macro_rules! parameter {
    ($(#[$docs:meta])* $name:ident, $what:literal) => {
        $(#[$docs])*
        pub struct $name<F, T = f64> {
            coordinates: DVector<T>,
            family: PhantomData<fn() -> F>,
        }

        impl<F, T> $name<F, T> {
            /// Takes the coordinates as they are; a [`Member`](super::Member) checks them.
            pub fn new(coordinates: DVector<T>) -> Self {
                Self { coordinates, family: PhantomData }
            }

            /// The coordinates, in the order of the sufficient statistic.
            pub fn coordinates(&self) -> &DVector<T> {
                &self.coordinates
            }

            /// The coordinates as a slice.
            pub fn as_slice(&self) -> &[T] {
                self.coordinates.as_slice()
            }

            /// The coordinates, by value.
            pub fn into_coordinates(self) -> DVector<T> {
                self.coordinates
            }
        }

        impl<F, T: Clone> Clone for $name<F, T> {
            fn clone(&self) -> Self {
                Self::new(self.coordinates.clone())
            }
        }

        impl<F, T: PartialEq> PartialEq for $name<F, T> {
            fn eq(&self, other: &Self) -> bool {
                self.coordinates == other.coordinates
            }
        }

        /// Coordinate by coordinate; parameters of different length are never equal.
        impl<F, T> AbsDiffEq for $name<F, T>
        where
            T: nalgebra::Scalar + AbsDiffEq<Epsilon: Clone>,
        {
            type Epsilon = T::Epsilon;

            fn default_epsilon() -> T::Epsilon {
                T::default_epsilon()
            }

            fn abs_diff_eq(&self, other: &Self, epsilon: T::Epsilon) -> bool {
                self.coordinates.len() == other.coordinates.len()
                    && self.coordinates.abs_diff_eq(&other.coordinates, epsilon)
            }
        }

        /// Coordinate by coordinate; parameters of different length are never equal.
        impl<F, T> RelativeEq for $name<F, T>
        where
            T: nalgebra::Scalar + RelativeEq<Epsilon: Clone>,
        {
            fn default_max_relative() -> T::Epsilon {
                T::default_max_relative()
            }

            fn relative_eq(
                &self,
                other: &Self,
                epsilon: T::Epsilon,
                max_relative: T::Epsilon,
            ) -> bool {
                self.coordinates.len() == other.coordinates.len()
                    && self.coordinates.relative_eq(&other.coordinates, epsilon, max_relative)
            }
        }

        impl<F, T: fmt::Debug> fmt::Debug for $name<F, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($what, "{:?}"), self.coordinates.as_slice())
            }
        }
    };
}

parameter! {
    /// A natural parameter `η` of the family `F`: a covector, which moves by `τ(g)⁻ᵀ`.
    ///
    /// Compares with the macros of `approx`, coordinate by coordinate:
    ///
    /// ```
    /// use approx::{assert_relative_eq, assert_relative_ne};
    /// use equibayes::family::DiagonalGaussian;
    ///
    /// let by_variance = DiagonalGaussian::with_variance(&[1.0], &[0.01])?;
    /// let by_std_dev = DiagonalGaussian::with_std_dev(&[1.0], &[0.1])?;
    /// assert_relative_eq!(by_variance.natural(), by_std_dev.natural(), max_relative = 1e-15);
    /// let other = DiagonalGaussian::with_std_dev(&[1.0, 1.0], &[0.1, 0.1])?;
    /// assert_relative_ne!(by_variance.natural(), other.natural());
    /// # Ok::<(), equibayes::family::FamilyError>(())
    /// ```
    ///
    /// Natural and mean parameters do not mix:
    ///
    /// ```compile_fail,E0308
    /// use equibayes::family::{Coordinates, DiagonalGaussian, Natural};
    ///
    /// let family = DiagonalGaussian::new(1);
    /// let eta = Natural::new(nalgebra::dvector![0.0, -0.5]);
    /// family.to_natural(&eta); // wants a mean parameter
    /// ```
    Natural, "η"
}

parameter! {
    /// A mean parameter `μ = E T(θ)` of the family `F`: a vector, which moves by `τ(g)` (and `c(g)`).
    Mean, "μ"
}
