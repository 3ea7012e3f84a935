//! Known facts of the first two floors, groups and representations: orders, relations, conventions
//! against matrices written out by hand, layouts, and what every constructor refuses.

mod errors;
mod groups;
mod layouts;
mod orbits;
