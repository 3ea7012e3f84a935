//! From arguments to a command, and the parser's errors as one line each.

use super::{Command, CommandError, Common, verify};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use equibayes::report::Build;
use std::ffi::OsString;

/// Checked theory of symmetry in Bayesian neural networks, and symmetrisation of real posteriors.
///
/// Without a command, `verify` is run with the options given.
#[derive(Debug, clap::Parser)]
#[command(name = "equibayes", version, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    verify: verify::Args,
    #[command(flatten)]
    common: Common,
}

/// Version, commit, compiler and features.
fn version() -> String {
    let build = Build::of_this_crate();
    let commit = build.commit.as_deref().unwrap_or("unknown");
    let features = build.features.join(", ");
    format!(
        "{} {}\ncommit {commit}\n{}\nfeatures {features}\n",
        build.name, build.version, build.rustc
    )
}

/// What the arguments ask for.
pub(super) enum Parsed {
    /// Run a command.
    Run { command: Command, common: Common },
    /// Print a help text or the version.
    Print(String),
}

/// Reads the arguments, the program's name first.
///
/// # Errors
/// If they are not understood.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Parsed, CommandError> {
    let mut grammar = Line::command();
    let parsed = grammar.try_get_matches_from_mut(arguments).and_then(|matches| {
        refuse_stray_options(&mut grammar, &matches)?;
        Line::from_arg_matches(&matches)
    });
    match parsed {
        Ok(Line { command, verify, common }) => {
            let command = command.unwrap_or_else(|| Command::Verify(verify.without_command()));
            Ok(Parsed::Run { command, common })
        }
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp => Ok(Parsed::Print(error.render().to_string())),
            ErrorKind::DisplayVersion => Ok(Parsed::Print(version())),
            _ => Err(one_line(&error)),
        },
    }
}

/// Options of plain `equibayes` in front of a command would be dropped in silence.
fn refuse_stray_options(
    grammar: &mut clap::Command,
    matches: &ArgMatches,
) -> Result<(), clap::Error> {
    let Some(command) = matches.subcommand_name() else { return Ok(()) };
    let stray = grammar.get_arguments().find(|argument| {
        !argument.is_global_set()
            && matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
    });
    let Some(stray) = stray.map(ToString::to_string) else { return Ok(()) };
    let message = format!("'{stray}' before '{command}': expected after it");
    Err(grammar.error(ErrorKind::ArgumentConflict, message))
}

/// The parser's message without its layout: the first paragraph, then what it takes the reader to have
/// meant.
fn one_line(error: &clap::Error) -> CommandError {
    let rendered = error.render().to_string();
    let rendered = rendered.strip_prefix("error: ").unwrap_or(&rendered);
    let mut paragraphs = rendered.split("\n\n");
    let mut line = words(paragraphs.next().unwrap_or_default());
    let tips: Vec<String> = paragraphs
        .filter_map(|paragraph| paragraph.trim().strip_prefix("tip: "))
        // How to pass as a value what looks like an option: nothing here takes such values.
        .filter(|tip| !tip.starts_with("to pass"))
        .map(words)
        .collect();
    if !tips.is_empty() {
        line.push_str(": ");
        line.push_str(&tips.join("; "));
    } else if error.kind() == ErrorKind::UnknownArgument {
        line.push_str(": expected an option that --help lists");
    }
    CommandError::new(line)
}

/// Text on one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
