//! B3: linear models with inputs at which the bound is nearly met, and what may stand for their Lipschitz constant.

use super::world::square;
use crate::claim::equivariance::network::Network;
use crate::claim::equivariance::regression::Checked;
use crate::claim::rounding::{Judge, Tracked};
use crate::claim::scene::Which;
use crate::group::{AnyElement, AnyGroup, Group};
use crate::model::{Joint, LayerAction, Linear, Model};
use crate::representation::{ActsOn, Representation};
use crate::scalar::Scalar;
use num_traits::One;

/// What stands in the place of the Lipschitz constant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    Moved,
    NineTenths,
    /// At `x`.
    WrongSide,
    /// `‖ρ_X(g)x‖`, bias or not.
    NoBias,
    /// The largest coordinate in place of the norm.
    Largest,
    /// That of `ρ_X(g)x`, with parameters that do not move.
    Still,
}

impl Constant {
    /// Its square, given both inputs.
    pub(super) fn square<T: Judge>(self, x: &[T], moved: &[T], bias: bool) -> T {
        let one = if bias { T::one() } else { T::zero() };
        match self {
            Self::Moved => square(moved) + one,
            Self::NineTenths => (square(moved) + one) * T::ratio(81, 100),
            Self::WrongSide => square(x) + one,
            Self::NoBias => square(moved),
            Self::Largest => {
                let squares = moved.iter().map(|x| x.clone() * x.clone());
                squares.fold(one, |top, x| if x > top { x } else { top })
            }
            Self::Still => T::zero(),
        }
    }
}

/// A linear model with its action, and the mean of a posterior.
pub(super) struct Posed<R: Representation, T> {
    pub(super) model: Linear,
    pub(super) joint: Joint<LayerAction<R>, R, R>,
    pub(super) mean: Vec<T>,
    pub(super) bias: bool,
    /// Whether inputs are chosen so that the bound is nearly met: along the shift of the mean.
    aligned: bool,
    /// And whether that is for `Φ(·, ρ_X(g)x)`, or as long as can be for a given length of `x`.
    at_moved: bool,
}

impl<R, T> Posed<R, T>
where
    R: ActsOn<T, Group = AnyGroup>,
    T: Scalar,
{
    pub(super) fn new(network: &Network, [inputs, outputs]: [&R; 2]) -> Checked<Self> {
        let bias = network.bias;
        let (from, to) = (inputs.dim(), outputs.dim());
        let model = if bias { Linear::with_bias(from, to)? } else { Linear::new(from, to)? };
        let joint = model.joint(inputs, outputs)?;
        let mean = network.numbers(0, joint.parameters().dim());
        let aligned = network.activations.first().is_some_and(|code| code % 2 == 0);
        let at_moved = network.activations.first().is_none_or(|code| code % 4 == 0);
        Ok(Self { model, joint, mean, bias, aligned, at_moved })
    }

    /// `m − ρ_Θ(g)m`.
    pub(super) fn shift(&self, g: &AnyElement) -> Vec<T> {
        let moved = self.joint.parameters().apply(g, &self.mean);
        self.mean.iter().zip(moved.iter()).map(|(a, b)| a.clone() - b.clone()).collect()
    }

    /// `x` and `ρ_X(g)x`.
    pub(super) fn inputs(&self, network: &Network, g: &AnyElement) -> [Vec<T>; 2] {
        let rep = self.joint.inputs();
        if !self.aligned {
            let x: Vec<T> = network.numbers(3, rep.dim());
            let moved = rep.apply(g, &x).as_slice().to_vec();
            return [x, moved];
        }
        // The functional `(ρ_X(g)x, 1)` along the shift of the first output's weights and bias.
        let shift = self.shift(g);
        let mut moved = shift[..rep.dim()].to_vec();
        let last = shift.len() - self.joint.outputs().dim();
        if self.bias && !shift[last].is_zero() {
            moved.iter_mut().for_each(|entry| *entry /= shift[last].clone());
        }
        if self.at_moved {
            let x = rep.apply(&rep.group().inverse(g), &moved).as_slice().to_vec();
            return [x, moved];
        }
        let mut x = vec![T::zero(); rep.dim()];
        rep.act_transposed(g, &moved, &mut x);
        let moved = rep.apply(g, &x).as_slice().to_vec();
        [x, moved]
    }

    /// `δ_g(x)` for a predictive mean that is linear in the posterior's, and what `ρ_Y(g)` makes of that at `x`.
    pub(super) fn defect(&self, g: &AnyElement, [x, moved]: &[Vec<T>; 2]) -> Vec<T> {
        let there = self.model.prediction(&self.mean, moved);
        let here = self.model.prediction(&self.mean, x);
        let pushed = self.joint.outputs().apply(g, here.as_slice());
        there.iter().zip(pushed.iter()).map(|(a, b)| a.clone() - b.clone()).collect()
    }
}

/// Small ones where the input is chosen along the shift of the mean, which then makes up the distance.
pub(super) fn variances<R>(network: &Network, posed: &Posed<R, Tracked>) -> Vec<Tracked>
where
    R: Representation,
{
    let scale = if posed.aligned { Tracked::ratio(1, 1 << 20) } else { Tracked::one() };
    let drawn: Vec<Tracked> = network.scene.positive(Which::Q, posed.mean.len());
    drawn.into_iter().map(|variance| variance * scale).collect()
}
