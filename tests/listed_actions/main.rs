//! `--actions FILE` on posteriors that other libraries wrote, as a user runs it, against averages over all elements of
//! the group that are computed here.
//!
//! The posteriors are those of `tests/fixtures/conventions`: a convolution with four channels and a dense layer from 16
//! features to three classes. What they mean is in their `.expected` files, in double precision.
#![cfg(feature = "cli")]

mod actions;
#[path = "../command/mod.rs"]
mod command;
mod expected;
mod fixtures;
mod refused;
mod results;
