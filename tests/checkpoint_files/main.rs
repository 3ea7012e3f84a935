//! Posterior files: what is read, what is written, and what is refused with which words.
#![cfg(feature = "checkpoint")]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod files;
mod header;
mod names;
mod reading;
mod round_trip;
mod trained;
mod whole_file;
mod writing;
