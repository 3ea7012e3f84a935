//! The `equibayes` command.

fn main() {}
