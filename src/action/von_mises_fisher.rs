//! Closedness of von Mises–Fisher distributions under orthogonal actions.

use super::ClosedUnder;
use crate::family::VonMisesFisher;
use crate::representation::{ActsOn, ActsOrthogonally};
use crate::special::Special;

/// `τ = ρ`: an orthogonal map moves the sphere to itself and keeps its uniform measure.
impl<R, T> ClosedUnder<R, T> for VonMisesFisher
where
    T: Special,
    R: ActsOrthogonally + ActsOn<T>,
{
    type Statistic = R;

    fn statistic_action(&self, rep: &R) -> R {
        rep.clone()
    }
}
