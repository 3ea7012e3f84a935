//! `equibayes verify`: run the catalogue.

use super::common::count;
use super::output::OutputFile;
use super::{CommandError, Common, Outcome};
use equibayes::claim::{self, Settings, Verdict};
use equibayes::report::{self, Build};
use std::path::PathBuf;

/// Arguments of `equibayes verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to check: a chapter (S), a claim with its controls (S4) or one entry (S4.slug)
    /// [default: everything]
    #[arg(value_name = "ID")]
    ids: Vec<String>,

    /// Random instances per claim
    #[arg(long, value_name = "N", default_value = "256", value_parser = count,
          allow_negative_numbers = true)]
    cases: usize,

    /// Also check the twins in rational arithmetic, of the claims that have one
    #[arg(long)]
    exact: bool,

    /// List the claims instead of checking them
    #[arg(long, conflicts_with = "html")]
    list: bool,

    /// Write the report as a web page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Whether these are the arguments of plain `equibayes`.
    #[arg(skip)]
    plain: bool,
}

impl Args {
    /// The same, given without naming the command.
    pub(super) fn without_command(self) -> Self {
        Self { plain: true, ..self }
    }
}

/// Checks the chosen claims.
///
/// # Errors
/// If an id names no claim or a result cannot be written.
pub(crate) fn run(args: &Args, common: &Common) -> Result<Outcome, CommandError> {
    let claims = claim::select(&args.ids).map_err(|error| {
        // Perhaps it was meant to be a command.
        let or = if args.plain { ", or a command that --help lists" } else { "" };
        CommandError::new(format!("{error}{or}"))
    })?;
    let outputs = common.outputs()?;
    let build = Build::of_this_crate();
    if args.list {
        outputs.deliver(
            |paint| report::text::catalogue(&claims, paint),
            || report::json::catalogue(&claims, &build),
        )?;
        return Ok(Outcome::Done);
    }
    let html = args.html.as_deref().map(OutputFile::at).transpose()?;
    if let (Some(html), Some(json)) = (&html, outputs.json_file())
        && html.is_same(json)
    {
        return Err(CommandError::new("--html and --json: expected two different files"));
    }

    let settings = Settings { seed: common.seed, cases: args.cases, exact: args.exact };
    let progress = common.progress(claim::work(&claims, &settings), "cases");
    let run = claim::run_with_progress(&claims, &settings, |cases| progress.advance(cases));
    drop(progress);

    if let Some(file) = html {
        file.write(report::html::page(&run, &build).as_bytes())?;
    }
    outputs.deliver(|paint| report::text::run(&run, paint), || report::json::run(&run, &build))?;
    Ok(match run.verdict() {
        Verdict::Holds => Outcome::Done,
        Verdict::Fails => Outcome::Refused,
    })
}
