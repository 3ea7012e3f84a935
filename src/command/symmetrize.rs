//! `equibayes symmetrize`: make a posterior invariant.

use super::output::OutputFile;
use super::posterior::ActionArgs;
use super::{CommandError, Common, Outcome};
use equibayes::audit::{Symmetrized, symmetrize};
use equibayes::report;
use equibayes::symmetrize::mean_field::Method;
use std::path::PathBuf;

/// Arguments of `equibayes symmetrize`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The posterior, a safetensors file
    #[arg(value_name = "IN")]
    input: PathBuf,

    /// Where the invariant posterior goes
    #[arg(value_name = "OUT")]
    output: PathBuf,

    /// How: geometric, arithmetic, projection or tie
    #[arg(long, value_name = "METHOD")]
    method: Method,

    #[command(flatten)]
    action: ActionArgs,
}

/// Symmetrises a posterior.
///
/// # Errors
/// If the file is no posterior that the group acts on, the result does not fit its element types, or
/// it cannot be written.
pub(crate) fn run(args: &Args, common: &Common) -> Result<Outcome, CommandError> {
    let outputs = common.outputs()?;
    let file = OutputFile::at(&args.output)?;
    if outputs.json_file().is_some_and(|json| json.is_same(&file)) {
        return Err(CommandError::new("OUT and --json: expected two different files"));
    }
    outputs.keep(&args.input)?;
    let moved = args.action.read(&args.input)?;
    let Symmetrized { posterior, before, after, moved: names } =
        symmetrize(&moved.posterior, &moved.action, args.method)
            .map_err(|error| CommandError::new(format!("{:?}: {error}", args.input)))?;
    file.write(&posterior.to_bytes().map_err(CommandError::new)?)?;
    let subject = &moved.subject;
    outputs.deliver(
        |paint| {
            report::audit::symmetrized_text(subject, args.method, &names, &before, &after, paint)
        },
        || report::audit::symmetrized_json(subject, args.method, &names, &before, &after),
    )?;
    Ok(Outcome::Done)
}
