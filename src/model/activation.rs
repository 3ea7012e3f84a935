//! Functions that a network applies to every coordinate.

use crate::scalar::Scalar;
use crate::special::Special;
use num_traits::{Float, FloatConst};
use std::fmt::Debug;

/// A function `R → R` that is applied to every coordinate of a layer.
///
/// Which representations of the layer it commutes with follows from two facts about it: any pointwise
/// function commutes with permutations of the coordinates, an odd one with signed permutations as well, and the
/// identity with everything.
///
/// # Examples
/// One of your own, and a network with it:
/// ```
/// use equibayes::model::{Activation, Mlp, Model, Nonlinearity};
/// use equibayes::scalar::Scalar;
///
/// #[derive(Clone, Debug)]
/// struct Cube;
///
/// impl Nonlinearity for Cube {
///     fn is_odd(&self) -> bool {
///         true
///     }
/// }
///
/// impl<T: Scalar> Activation<T> for Cube {
///     fn value(&self, z: &T) -> T {
///         z.clone() * z.clone() * z.clone()
///     }
///
///     fn slope(&self, z: &T, _value: &T) -> T {
///         T::count(3) * z.clone() * z.clone()
///     }
/// }
///
/// let net = Mlp::new(&[1, 1, 1], Cube)?.without_bias();
/// assert_eq!(net.prediction(&[2.0, 1.0], &[1.0]).as_slice(), [8.0]);
/// # Ok::<(), equibayes::model::ModelError>(())
/// ```
pub trait Nonlinearity: Clone + Debug + Send + Sync {
    /// Whether `f(−z) = −f(z)`, in floating point to the last bit.
    fn is_odd(&self) -> bool;

    /// Whether this is the identity, which commutes with every representation.
    fn is_identity(&self) -> bool {
        false
    }
}

/// A [`Nonlinearity`] that can be computed in the scalar `T`.
pub trait Activation<T: Scalar>: Nonlinearity {
    /// `f(z)`.
    fn value(&self, z: &T) -> T;

    /// `f′(z)`, given `f(z)` as well, which often makes it cheap. Where `f` has a kink, the slope on one
    /// side.
    fn slope(&self, z: &T, value: &T) -> T;
}

/// Activations that are exact in every scalar, rationals too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PiecewiseLinear {
    /// `z`
    Identity,
    /// `max(z, 0)`, with slope 0 at 0.
    Relu,
}

impl Nonlinearity for PiecewiseLinear {
    fn is_odd(&self) -> bool {
        self.is_identity()
    }

    fn is_identity(&self) -> bool {
        *self == Self::Identity
    }
}

impl<T: Scalar> Activation<T> for PiecewiseLinear {
    fn value(&self, z: &T) -> T {
        match self {
            Self::Identity => z.clone(),
            Self::Relu if *z > T::zero() => z.clone(),
            // `0·z` would keep a NaN, and so does this.
            Self::Relu if *z <= T::zero() => T::zero(),
            Self::Relu => z.clone(),
        }
    }

    fn slope(&self, z: &T, _: &T) -> T {
        match self {
            Self::Identity => T::one(),
            Self::Relu if *z > T::zero() => T::one(),
            Self::Relu => T::zero(),
        }
    }
}

/// The usual activations, in floating point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pointwise {
    /// `z`
    Identity,
    /// `max(z, 0)`, with slope 0 at 0.
    Relu,
    /// `tanh z`
    Tanh,
    /// `erf z = 2/√π ∫_0^z e^{−t²} dt`
    Erf,
    /// `sin z`
    Sine,
}

impl Nonlinearity for Pointwise {
    fn is_odd(&self) -> bool {
        *self != Self::Relu
    }

    fn is_identity(&self) -> bool {
        *self == Self::Identity
    }
}

impl<T: Special> Activation<T> for Pointwise {
    fn value(&self, z: &T) -> T {
        match self {
            Self::Identity => *z,
            // `max` would drop a NaN, and a comparison the error of a scalar that tracks it.
            Self::Relu if Float::is_nan(*z) => *z,
            Self::Relu => Float::max(T::zero(), *z),
            Self::Tanh => Float::tanh(*z),
            Self::Erf => z.erf(),
            Self::Sine => Float::sin(*z),
        }
    }

    fn slope(&self, z: &T, value: &T) -> T {
        match self {
            Self::Identity => T::one(),
            Self::Relu => PiecewiseLinear::Relu.slope(z, value),
            Self::Tanh => T::one() - *value * *value,
            Self::Erf => <T as FloatConst>::FRAC_2_SQRT_PI() * Float::exp(-*z * *z),
            Self::Sine => Float::cos(*z),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dual::Dual;

    const ALL: [Pointwise; 5] =
        [Pointwise::Identity, Pointwise::Relu, Pointwise::Tanh, Pointwise::Erf, Pointwise::Sine];

    #[test]
    fn slopes_are_those_of_the_values() {
        for f in ALL {
            for z in [-3.0, -0.4, 0.2, 1.0, 2.5_f64] {
                let value = f.value(&Dual::variable(z));
                let slope = f.slope(&z, &f.value(&z));
                // 1 − tanh² cancels to within a few units of 1.
                assert!((value.slope() - slope).abs() <= 8.0 * f64::EPSILON, "{f:?} at {z}");
            }
        }
    }

    #[test]
    fn odd_is_what_is_odd() {
        for f in ALL {
            let odd = [0.3, 1.7].iter().all(|&z: &f64| f.value(&-z) == -f.value(&z));
            assert_eq!(f.is_odd(), odd, "{f:?}");
        }
    }

    #[test]
    fn no_activation_hides_a_nan() {
        for f in ALL {
            assert!(f.value(&f64::NAN).is_nan(), "{f:?}");
        }
    }
}
