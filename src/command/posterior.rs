//! What commands on posterior files share: reading the file and moving it.

use super::CommandError;
use equibayes::audit::{ActionsFile, Channels, Layout, NamedGroup, PosteriorAction, TIED_METADATA};
use equibayes::checkpoint::{Convention, Posterior};
use equibayes::group::Finite;
use equibayes::report::audit::Subject;
use std::path::{Path, PathBuf};

/// How to read the tensors of a file and how the group moves them.
#[derive(Debug, clap::Args)]
pub(super) struct ActionArgs {
    /// How the file names means and scales: augment-bnns, plain, blitz, torchbnn, bayesian-torch or
    /// torch-uncertainty; auto decides from all names together
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = convention)]
    convention: Choice,

    /// The group: c4 (quarter turns), c2 (half turns) or d4 (quarter turns and reflections)
    #[arg(long, value_name = "GROUP", default_value = "c4")]
    group: NamedGroup,

    /// How hidden channels move: trivial or regular
    #[arg(long, value_name = "HOW", default_value = "trivial")]
    channels: Channels,

    /// How regular channels are numbered: interleaved (|G|·block + g) or blocked (g·blocks + block)
    #[arg(long, value_name = "HOW", default_value = "interleaved")]
    layout: Layout,

    /// A TOML file that lists, for any architecture and any finite permutation group, how each axis of
    /// each tensor pair moves; instead of --group, --channels and --layout
    #[arg(long, value_name = "FILE", conflicts_with_all = ["group", "channels", "layout"])]
    actions: Option<PathBuf>,
}

/// A convention, or the choice left to the names.
#[derive(Clone, Copy, Debug)]
struct Choice(Option<Convention>);

fn convention(name: &str) -> Result<Choice, String> {
    if name == "auto" {
        return Ok(Choice(None));
    }
    name.parse()
        .map(|convention| Choice(Some(convention)))
        .map_err(|error| format!("{error}, or auto"))
}

/// A posterior with the action on it.
pub(super) struct Moved {
    pub(super) posterior: Posterior,
    pub(super) action: PosteriorAction,
    pub(super) subject: Subject,
}

impl ActionArgs {
    /// Reads the file and finds out how the group moves it.
    ///
    /// # Errors
    /// If the file cannot be read or is no posterior, or the group does not act on it as asked.
    pub(super) fn read(&self, path: &Path) -> Result<Moved, CommandError> {
        let posterior = Posterior::read(path, self.convention.0).map_err(CommandError::new)?;
        let (action, group) = match &self.actions {
            None => PosteriorAction::of_network(&posterior, self.group, self.channels, self.layout)
                .map(|action| (action, self.group.to_string()))
                .map_err(|error| CommandError::new(format!("{path:?}: {error}")))?,
            Some(file) => ActionsFile::read(file)
                .and_then(|listed| {
                    let action = PosteriorAction::listed(&posterior, &listed)?;
                    Ok((action, format!("⟨{}⟩", listed.generators().join(", "))))
                })
                .map_err(|error| CommandError::new(format!("--actions {file:?}: {error}")))?,
        };
        let mut notes = Vec::new();
        if self.convention.0.is_none() {
            notes.push(format!("convention {} chosen from the names", posterior.convention()));
        }
        if action.is_trivial() {
            notes.push("nothing moves under this action".into());
        }
        if posterior.metadata().get(TIED_METADATA).is_some_and(|value| value == "true") {
            notes.push(
                "this file holds the marginals of a tied posterior; its draws are not equivariant \
                 one by one"
                    .into(),
            );
        }
        let kept: Vec<&str> = posterior.others().iter().map(|other| other.name()).collect();
        if !kept.is_empty() {
            notes.push(format!("left as they are, being no tensor pairs: {}", kept.join(", ")));
        }
        let subject = Subject {
            group,
            order: action.group().order(),
            convention: posterior.convention().to_string(),
            channels: self.actions.is_none().then(|| self.channels.to_string()),
            layout: self.actions.is_none().then(|| self.layout.to_string()),
            notes,
        };
        Ok(Moved { posterior, action, subject })
    }
}
