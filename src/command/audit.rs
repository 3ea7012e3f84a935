//! `equibayes audit`: how far a posterior is from invariant.

use super::posterior::ActionArgs;
use super::{CommandError, Common, Outcome};
use equibayes::audit::Audit;
use equibayes::report;
use std::path::PathBuf;

/// Arguments of `equibayes audit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The posterior, a safetensors file
    #[arg(value_name = "POSTERIOR")]
    posterior: PathBuf,

    #[command(flatten)]
    action: ActionArgs,

    /// Exit with status 1 if the orbit divergence is above this, in nats
    #[arg(long, value_name = "X", value_parser = divergence, allow_negative_numbers = true)]
    max_divergence: Option<f64>,
}

fn divergence(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x >= 0.0 => Ok(x),
        _ => Err("expected a number of nats, 0 or more".into()),
    }
}

/// Audits a posterior.
///
/// # Errors
/// If the file is no posterior that the group acts on, or a result cannot be written.
pub(crate) fn run(args: &Args, common: &Common) -> Result<Outcome, CommandError> {
    let outputs = common.outputs()?;
    outputs.keep(&args.posterior)?;
    let moved = args.action.read(&args.posterior)?;
    let audit = Audit::of(&moved.posterior, &moved.action)
        .map_err(|error| CommandError::new(format!("{:?}: {error}", args.posterior)))?;
    let found = audit.total.orbit_divergence;
    let limit = args.max_divergence.filter(|&limit| found > limit);
    outputs.deliver(
        |paint| {
            let mut text = report::audit::text(&moved.subject, &audit, paint);
            if let Some(limit) = limit {
                let refused = format!("Refused: orbit divergence {found:.4e} above {limit}.");
                text.push_str(&format!("\n{}\n", paint.bad(&refused)));
            }
            text
        },
        || report::audit::json(&moved.subject, &audit),
    )?;
    Ok(if limit.is_some() { Outcome::Refused } else { Outcome::Done })
}
