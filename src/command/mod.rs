//! The command line: one module per command, with its `Args` and a `run` that returns an [`Outcome`].
//!
//! What every command shares is here: the flags ([`Common`]), the exit status ([`Outcome`],
//! [`CommandError`]), files that are written whole or not at all and the choice between text and JSON
//! ([`output`]), and progress bars ([`progress`]). A command
//!
//! 1. reads its arguments and asks [`Common::outputs`] whether its results can be written,
//! 2. does its work, and prints nothing meanwhile but progress,
//! 3. hands text and JSON to [`output::Outputs::deliver`].
//!
//! So a command that fails leaves no half result, and one line on standard error.

mod arguments;
mod audit;
mod common;
mod error;
mod expand;
mod hidden;
mod output;
mod posterior;
mod progress;
mod symmetrize;
mod verify;

pub(crate) use common::Common;
pub(crate) use error::{CommandError, Outcome};

use arguments::Parsed;
use std::ffi::OsString;
use std::process::ExitCode;

/// The commands. Without one, `verify` is run.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check the claims of the theory on random instances
    Verify(verify::Args),
    /// Tell how far a trained posterior is from invariant
    Audit(audit::Args),
    /// Make a trained posterior invariant
    Symmetrize(symmetrize::Args),
    /// Make a trained posterior an equivariant one that is |G| times as wide
    Expand(expand::Args),
}

impl Command {
    fn run(&self, common: &Common) -> Result<Outcome, CommandError> {
        match self {
            Self::Verify(args) => verify::run(args, common),
            Self::Audit(args) => audit::run(args, common),
            Self::Symmetrize(args) => symmetrize::run(args, common),
            Self::Expand(args) => expand::run(args, common),
        }
    }
}

/// Parses the arguments, runs the command and turns what comes back into an exit status.
pub(crate) fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = arguments::parse(arguments).and_then(|parsed| match parsed {
        Parsed::Run { command, common } => {
            common.start_threads()?;
            command.run(&common)
        }
        Parsed::Print(text) => output::print(&text).map(|()| Outcome::Done),
    });
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(1),
        Err(error) => {
            error.report();
            ExitCode::from(2)
        }
    }
}
