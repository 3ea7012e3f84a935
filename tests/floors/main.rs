//! Known facts of the first two floors, groups and representations: orders, relations, conventions
//! against matrices written out by hand, layouts, and what every constructor refuses.

#[path = "../budget/mod.rs"]
mod budget;
mod errors;
mod group_constructions;
mod group_orders;
mod groups;
mod haar;
mod known_groups;
mod layouts;
mod orbits;
