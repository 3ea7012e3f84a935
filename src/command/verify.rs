//! `equibayes verify`: run the catalogue.

use super::common::count;
use super::output::OutputFile;
use super::{CommandError, Common, Outcome};
use equibayes::claim::{self, Claim, Settings, Verdict};
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

    /// Also check the twins in directed rounding, of the claims that have one (feature enclosure)
    #[arg(long)]
    enclosed: bool,

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
    check(&claims, args, common)
}

/// Lists or checks these claims, and writes what came out.
fn check(claims: &[Box<dyn Claim>], args: &Args, common: &Common) -> Result<Outcome, CommandError> {
    let outputs = common.outputs()?;
    let build = Build::of_this_crate();
    if args.list {
        outputs.deliver(
            |paint| report::text::catalogue(claims, paint),
            || report::json::catalogue(claims, &build),
        )?;
        return Ok(Outcome::Done);
    }
    let html = args.html.as_deref().map(OutputFile::at).transpose()?;
    if let (Some(html), Some(json)) = (&html, outputs.json_file())
        && html.is_same(json)
    {
        return Err(CommandError::new("--html and --json: expected two different files"));
    }

    let Args { cases, exact, enclosed, .. } = *args;
    if enclosed && !cfg!(feature = "enclosure") {
        return Err(CommandError::new("--enclosed: expected a build with the feature enclosure"));
    }
    let settings = Settings { seed: common.seed, cases, exact, enclosed };
    let progress = common.progress(claim::work(claims, &settings), "cases");
    let run = claim::run_with_progress(claims, &settings, |cases| progress.advance(cases));
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

#[cfg(test)]
mod tests {
    use super::*;
    use equibayes::claim::scene::Scene;
    use equibayes::claim::{About, Entry, Evidence, Role, strategy};
    use equibayes::law::Residual;

    /// A claim that no instance satisfies.
    fn false_claim() -> Box<dyn Claim> {
        Box::new(Entry::<Scene> {
            about: About {
                id: "A1.false",
                title: "what is false",
                role: Role::Theorem,
                of: None,
                evidence: Evidence::Exact,
                statement: "0 = 1",
                hypotheses: &[],
                tolerance: "0",
                covers: &[],
                cost: 1,
            },
            instances: |_| strategy::scenes(2),
            check: |_| claim::Outcome::new("0 = 1", Residual::exact(false)),
            exact: None,
        })
    }

    #[test]
    fn a_claim_that_fails_is_refused_and_reported() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.json");
        let args = Args {
            ids: vec![],
            cases: 3,
            exact: false,
            enclosed: false,
            list: false,
            html: None,
            plain: false,
        };
        let common = Common { seed: 1, threads: None, quiet: true, json: Some(file.clone()) };
        assert_eq!(check(&[false_claim()], &args, &common), Ok(Outcome::Refused));
        let run: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(run["verdict"], "fails");
        assert_eq!(run["claims"][0]["worst"].as_f64(), Some(f64::MAX));
        assert!(run["claims"][0]["witness"].as_str().unwrap().contains("0 = 1: violated"));
    }
}
