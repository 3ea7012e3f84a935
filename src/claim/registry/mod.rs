//! What the claims are checked on: groups, representations and families, one entry each.
//!
//! An entry says how to build a subject, which instances of it to draw, and what is known about it from
//! elsewhere (the oracle). Whatever is in a list here inherits every law of its kind and every claim
//! that applies to it: the claims draw their instances from these lists, and the tests run the
//! conformance kits over them.

pub mod families;
mod groups;
pub mod location_scale;
pub mod representations;
mod small_group;

pub use groups::{Acting, GROUPS, GroupEntry, GroupSample, samples};
pub(super) use small_group::SmallGroup;
