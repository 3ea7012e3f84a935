//! `equibayes expand`: make a trained network an equivariant one, `|G|` times as wide.

use super::output::OutputFile;
use super::posterior::FileArgs;
use super::{CommandError, Common, Outcome};
use equibayes::audit::{Filling, NamedGroup, TIED_METADATA, expand};
use equibayes::report;
use equibayes::symmetrize::expansion::Arrangement;
use std::path::PathBuf;

/// Arguments of `equibayes expand`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The posterior, a safetensors file
    #[arg(value_name = "IN")]
    input: PathBuf,

    /// Where the expanded posterior goes
    #[arg(value_name = "OUT")]
    output: PathBuf,

    /// Which element moves the weight in which hidden block: group-conv, row-rolled, row-constant,
    /// diagonal (blocks that mix nothing keep the group average of the function) or paired (two copies of
    /// every channel: keeps it too, and mixes)
    #[arg(long, value_name = "NAME")]
    arrangement: Filling,

    /// The scale of blocks off the diagonal, of the arrangements diagonal and paired [default: 1e-6]
    #[arg(long, value_name = "SIGMA", value_parser = scale, allow_negative_numbers = true)]
    fill_scale: Option<f64>,

    /// The group: c4 (quarter turns), c2 (half turns) or d4 (quarter turns and reflections)
    #[arg(long, value_name = "GROUP", default_value = "c4")]
    group: NamedGroup,

    #[command(flatten)]
    file: FileArgs,
}

/// Scale of what blocks mix in before they are trained, unless it is told.
const FILL_SCALE: f64 = 1e-6;

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x > 0.0 && x.is_finite() => Ok(x),
        _ => Err("expected a positive finite number".into()),
    }
}

/// Expands a posterior.
///
/// # Errors
/// If the file is no posterior of the network, is expanded already or has no such arrangement, the result does
/// not fit its element types, or it cannot be written.
pub(crate) fn run(args: &Args, common: &Common) -> Result<Outcome, CommandError> {
    let outputs = common.outputs()?;
    let file = OutputFile::at(&args.output)?;
    if outputs.json_file().is_some_and(|json| json.is_same(&file)) {
        return Err(CommandError::new("OUT and --json: expected two different files"));
    }
    let filled =
        matches!(args.arrangement, Filling::Paired | Filling::Blocks(Arrangement::Diagonal));
    outputs.keep(&args.input)?;
    let (posterior, mut notes) = args.file.read(&args.input)?;
    if args.fill_scale.is_some() && !filled {
        notes.push(format!(
            "--fill-scale has no effect: the arrangement {} has no blocks to fill, as diagonal and paired have",
            args.arrangement
        ));
    }
    let expanded =
        expand(&posterior, args.group, args.arrangement, args.fill_scale.unwrap_or(FILL_SCALE))
            .map_err(|error| CommandError::new(format!("{:?}: {error}", args.input)))?;
    let kept: Vec<&str> = posterior.others().iter().map(|other| other.name()).collect();
    if !kept.is_empty() {
        notes.push(format!("left as they are, being no tensor pairs: {}", kept.join(", ")));
    }
    if expanded.may_be_expanded {
        notes.push(
            "nothing in the file tells whether it was expanded before; its hidden channels are taken as those of a \
             small network"
                .into(),
        );
    }
    if posterior.metadata().get(TIED_METADATA).is_some_and(|value| value == "true") {
        notes.push(
            "the file holds the marginals of a tied posterior: their scales are taken as those of independent weights"
                .into(),
        );
    }
    file.write(&expanded.posterior.to_bytes().map_err(CommandError::new)?)?;
    let group = args.group.to_string();
    outputs.deliver(
        |paint| report::expand::text(&group, &notes, &expanded, paint),
        || report::expand::json(&group, &notes, &expanded),
    )?;
    Ok(Outcome::Done)
}
