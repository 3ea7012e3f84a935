//! Draws, which are floats.

use super::Enclosure;
use crate::scalar::Scalar;
use rand::Rng;
use rand_distr::uniform::{Error, SampleBorrow, SampleUniform, UniformFloat, UniformSampler};
use rand_distr::{Distribution, StandardNormal};

/// Samples a float between the midpoints.
#[derive(Clone, Copy, Debug)]
pub struct EnclosureSampler(UniformFloat<f64>);

impl UniformSampler for EnclosureSampler {
    type X = Enclosure;

    fn new<A, B>(low: A, high: B) -> Result<Self, Error>
    where
        A: SampleBorrow<Enclosure> + Sized,
        B: SampleBorrow<Enclosure> + Sized,
    {
        let middle = |x: &Enclosure| Scalar::nearest_f64(x);
        UniformFloat::new(middle(low.borrow()), middle(high.borrow())).map(Self)
    }

    fn new_inclusive<A, B>(low: A, high: B) -> Result<Self, Error>
    where
        A: SampleBorrow<Enclosure> + Sized,
        B: SampleBorrow<Enclosure> + Sized,
    {
        let middle = |x: &Enclosure| Scalar::nearest_f64(x);
        UniformFloat::new_inclusive(middle(low.borrow()), middle(high.borrow())).map(Self)
    }

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Enclosure {
        Enclosure::exact(self.0.sample(rng))
    }
}

/// Samples a float.
impl Distribution<Enclosure> for StandardNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Enclosure {
        Enclosure::exact(self.sample(rng))
    }
}

impl SampleUniform for Enclosure {
    type Sampler = EnclosureSampler;
}
