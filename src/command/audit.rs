//! `equibayes audit`: how far a posterior is from invariant.

use super::posterior::{ActionArgs, Moved};
use super::{CommandError, Common, Outcome};
use equibayes::audit::{Audit, DefectBound, Measurement, Measuring, NotJoint, PosteriorNetwork};
use equibayes::data::{Part, Source};
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

    /// Also measure the defect on images: digits (embedded), mnist:DIR, fashion-mnist:DIR, cifar10:DIR or
    /// idx:DIR; the test part, if there are two
    #[arg(long, value_name = "SOURCE")]
    data: Option<Source>,

    /// Draws of the weights for each prediction
    #[arg(long, value_name = "T", default_value_t = 64, requires = "data",
          allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    draws: u32,

    /// How sure the intervals for the defect are
    #[arg(long, value_name = "P", default_value_t = 0.95, requires = "data", value_parser = confidence,
          allow_negative_numbers = true)]
    confidence: f64,

    /// Also print the estimates after 1, 2, 4, … draws, at no further cost
    #[arg(long, requires = "data")]
    sweep: bool,

    /// Also print the PAC-Bayes bound, with the prior N(0, S²) on every weight: valid only for a prior that was fixed before, on
    /// images that are independent and that it does not depend on
    #[arg(long, value_name = "S", requires = "data", value_parser = scale, allow_negative_numbers = true)]
    prior_scale: Option<f64>,

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

fn scale(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x > 0.0 && x.is_finite() => Ok(x),
        _ => Err("expected a standard deviation above 0".into()),
    }
}

fn confidence(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // Of a smaller one nothing would be left beside 1.
        Ok(x) if x > 0.0 && x < 1.0 && 1.0 - x < 1.0 => Ok(x),
        _ => Err("expected a probability above 0 and below 1".into()),
    }
}

/// Audits a posterior.
///
/// # Errors
/// If the file is no posterior that the group acts on, or a result cannot be written.
pub(crate) fn run(args: &Args, common: &Common) -> Result<Outcome, CommandError> {
    let outputs = common.outputs()?;
    outputs.keep(&args.posterior)?;
    let mut moved = args.action.read(&args.posterior)?;
    let mut audit = Audit::of(&moved.posterior, &moved.action)
        .map_err(|error| CommandError::new(format!("{:?}: {error}", args.posterior)))?;
    let measured = measured(args, &mut moved, &mut audit, common)?;
    let found = audit.total.orbit_divergence;
    let limit = args.max_divergence.filter(|&limit| found > limit);
    outputs.deliver(
        |paint| {
            let mut text = report::audit::text(&moved.subject, &audit, &measured, paint);
            if let Some(limit) = limit {
                let refused = format!("Refused: orbit divergence {found:.4e} above {limit}.");
                text.push_str(&format!("\n{}\n", paint.bad(&refused)));
            }
            text
        },
        || report::audit::json(&moved.subject, &audit, &measured),
    )?;
    Ok(if limit.is_some() { Outcome::Refused } else { Outcome::Done })
}

/// What the images say, if there are any to ask: after all draws, or after more and more of them.
fn measured(
    args: &Args,
    moved: &mut Moved,
    audit: &mut Audit,
    common: &Common,
) -> Result<Vec<Measurement>, CommandError> {
    let Some(source) = &args.data else { return Ok(Vec::new()) };
    let about = |error: &dyn std::fmt::Display| {
        CommandError::new(format!("{:?} on {source}: {error}", args.posterior))
    };
    let images = source.load(Part::Test).map_err(|error| CommandError::new(error.to_string()))?;
    let network = PosteriorNetwork::of(&moved.posterior, images.shape()).map_err(|e| about(&e))?;
    if let Err(reason) = moved.action.joint_on(&moved.posterior, images.shape()[1]) {
        if let NotJoint::OddPool { .. } = reason {
            for (layer, side) in network.odd_pools() {
                moved.subject.notes.push(format!(
                    "the pool after conv_layers.{layer} meets an odd side, {side}: turns of the image are no turns of the features there"
                ));
            }
        }
        audit.withhold(reason);
    }
    let draws = args.draws as usize;
    let measuring = Measuring::new(&moved.posterior, &moved.action, &images, draws, common.seed)
        .and_then(|measuring| measuring.with_confidence(args.confidence))
        .map_err(|e| about(&e))?;
    let mut snapshots = vec![draws];
    if args.sweep {
        let powers = std::iter::successors(Some(1), |&count| Some(2 * count));
        snapshots = powers.take_while(|&count| count < draws).chain([draws]).collect();
    }
    let progress = common.progress(measuring.evaluations(), "evaluations");
    let found =
        measuring.sweep(&snapshots, |count| progress.advance(count)).map_err(|e| about(&e))?;
    if let Some(last) = found.last() {
        let bounds = measuring.bounds(&moved.posterior, &moved.action, last, args.prior_scale);
        let bounds = bounds.map_err(|e| about(&e))?;
        let by_layers = bounds.iter().find(|bound| bound.id == "B3").map(|bound| bound.value);
        audit.bounds.b3 = by_layers.filter(|value| value.is_finite());
        audit.ranking.extend(bounds);
        DefectBound::rank(&mut audit.ranking);
    }
    Ok(found)
}
