//! Draws, which are floats: uniform ones between midpoints.

use super::Enclosure;
use crate::scalar::float_draws;

float_draws!(Enclosure, EnclosureSampler);
