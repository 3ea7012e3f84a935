//! The flags that every command has.

use super::CommandError;
use super::output::{OutputFile, Outputs, Target};
use super::progress::Progress;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The flags that every command has.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Common {
    /// Seed of everything random
    #[arg(long, global = true, value_name = "N", default_value = "1", value_parser = seed,
          allow_negative_numbers = true)]
    pub(crate) seed: u64,

    /// Number of threads [default: one per core]
    #[arg(long, global = true, value_name = "N", value_parser = threads,
          allow_negative_numbers = true)]
    pub(crate) threads: Option<usize>,

    /// No progress and no human-readable result; errors stay
    #[arg(long, global = true)]
    pub(crate) quiet: bool,

    /// Write the result as JSON; '-' puts it on standard output, instead of the human-readable one
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

impl Common {
    /// Sets the number of threads of all parallel work.
    ///
    /// # Errors
    /// If the system does not provide them.
    pub(crate) fn start_threads(&self) -> Result<(), CommandError> {
        let Some(threads) = self.threads else { return Ok(()) };
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().map_err(|error| {
            CommandError::new(format!(
                "--threads {threads}: expected a number of threads that can be started: {error}"
            ))
        })
    }

    /// Where the results go. Fails for a file that cannot be written, so call it before the work.
    ///
    /// # Errors
    /// If the file of `--json` cannot be written.
    pub(crate) fn outputs(&self) -> Result<Outputs, CommandError> {
        let json = match self.json.as_deref() {
            None => None,
            Some(path) if path == Path::new("-") => Some(Target::StandardOutput),
            Some(path) => Some(Target::File(OutputFile::at(path)?)),
        };
        Ok(Outputs::new(json, self.quiet))
    }

    /// A progress bar for work of this many units, if this is a place for one.
    pub(crate) fn progress(&self, length: usize, unit: &str) -> Progress {
        let shown = !self.quiet && std::io::stderr().is_terminal();
        if shown { Progress::new(length, unit) } else { Progress::none() }
    }
}

/// A number of threads: bounded, because the system might take minutes to find out that it has too few.
fn threads(text: &str) -> Result<usize, String> {
    const MOST: usize = 1024;
    match text.parse() {
        Ok(number @ 1..=MOST) => Ok(number),
        _ => Err(format!("expected a whole number from 1 to {MOST}")),
    }
}

/// A seed.
fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected a whole number from 0 to {}", u64::MAX))
}

/// A number of things of which there must be one at least.
pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse::<u32>() {
        Ok(number) if number > 0 => Ok(number as usize),
        _ => Err(format!("expected a whole number from 1 to {}", u32::MAX)),
    }
}
