//! What commands on posterior files share: reading the file and moving it.

use super::CommandError;
use super::hidden::Hidden;
use equibayes::audit::{
    ActionsFile, EXPANDED_GROUP_METADATA, Layout, NamedGroup, PosteriorAction, TIED_METADATA,
    recorded_shifts,
};
use equibayes::checkpoint::{Convention, Posterior};
use equibayes::group::Finite;
use equibayes::report::audit::Subject;
use std::path::{Path, PathBuf};

/// How to read the tensors of a file.
#[derive(Debug, clap::Args)]
pub(super) struct FileArgs {
    /// How the file names means and scales: augment-bnns, plain, blitz, torchbnn, bayesian-torch or
    /// torch-uncertainty; auto decides from all names together
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = convention)]
    convention: Choice,
}

impl FileArgs {
    /// Reads the file; what was chosen or found in it that the reader should know.
    ///
    /// # Errors
    /// If the file cannot be read or is no posterior.
    pub(super) fn read(&self, path: &Path) -> Result<(Posterior, Vec<String>), CommandError> {
        let posterior = Posterior::read(path, self.convention.0).map_err(CommandError::new)?;
        let mut notes = Vec::new();
        if self.convention.0.is_none() {
            notes.push(format!("convention {} chosen from the names", posterior.convention()));
        }
        Ok((posterior, notes))
    }
}

/// How to read the tensors of a file and how the group moves them.
#[derive(Debug, clap::Args)]
pub(super) struct ActionArgs {
    #[command(flatten)]
    file: FileArgs,

    /// The group: c4 (quarter turns), c2 (half turns) or d4 (quarter turns and reflections) [default: c4,
    /// or what an expanded file says]
    #[arg(long, value_name = "GROUP")]
    group: Option<NamedGroup>,

    /// How hidden channels move: trivial, regular, or regular:S with the shift of each hidden layer (1,2,3, or
    /// one number for 1, S, 2S − 1, …) [default: trivial, or what an expanded file says]
    #[arg(long, value_name = "HOW")]
    channels: Option<Hidden>,

    /// How regular channels are numbered: interleaved (|G|·block + g) or blocked (g·blocks + block) [default:
    /// interleaved, or what an expanded file says]
    #[arg(long, value_name = "HOW")]
    layout: Option<Layout>,

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
        let (posterior, mut notes) = self.file.read(path)?;
        let (action, group, named) = match &self.actions {
            None => {
                let Named { action, group, channels, layout } =
                    self.named(path, &posterior, &mut notes)?;
                (action, group.to_string(), Some((channels, layout)))
            }
            Some(file) => ActionsFile::read(file)
                .and_then(|listed| {
                    let action = PosteriorAction::listed(&posterior, &listed)?;
                    Ok((action, format!("⟨{}⟩", listed.generators().join(", ")), None))
                })
                .map_err(|error| CommandError::new(format!("--actions {file:?}: {error}")))?,
        };
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
            channels: named.as_ref().map(|(channels, _)| channels.to_string()),
            layout: named.as_ref().map(|(_, layout)| layout.to_string()),
            notes,
        };
        Ok(Moved { posterior, action, subject })
    }

    /// The action by names: as asked, and where nothing was asked as an expanded file says, or by default.
    fn named(
        &self,
        path: &Path,
        posterior: &Posterior,
        notes: &mut Vec<String>,
    ) -> Result<Named, CommandError> {
        let located =
            |error: &dyn std::fmt::Display| CommandError::new(format!("{path:?}: {error}"));
        let recorded = recorded_shifts(posterior).map_err(|error| located(&error))?;
        let unrecorded = match recorded {
            None => posterior.metadata().get(EXPANDED_GROUP_METADATA),
            Some(_) => None,
        };
        let asked = self.channels.is_some() || self.layout.is_some();
        let (group, channels, layout) = match recorded {
            Some((expanded, shifts)) if !asked && self.group.is_none_or(|g| g == expanded) => {
                let channels = Hidden::of_shifts(shifts);
                notes.push(format!(
                    "channels {channels}, blocked, under {expanded}: so the file was expanded"
                ));
                (expanded, channels, Layout::Blocked)
            }
            recorded => {
                let expanded = recorded.map(|(group, _)| group);
                let group = self.group.or(expanded).unwrap_or(NamedGroup::C4);
                if let Some(expanded) = expanded.filter(|_| !asked) {
                    notes.push(format!(
                        "the file was expanded under {expanded}, of which nothing is used under {group}"
                    ));
                }
                let channels = self.channels.clone().unwrap_or(Hidden::Trivial);
                if let Some(group) = unrecorded.filter(|_| !asked) {
                    notes.push(format!(
                        "the file was expanded under {group} in a way that is not equivariant: its channels are \
                         taken as {channels}, unless --channels says otherwise"
                    ));
                }
                (group, channels, self.layout.unwrap_or(Layout::Interleaved))
            }
        };
        let action = channels.action(posterior, group, layout).map_err(|error| located(&error))?;
        Ok(Named { action, group, channels, layout })
    }
}

/// An action by the names of the command line.
struct Named {
    action: PosteriorAction,
    group: NamedGroup,
    channels: Hidden,
    layout: Layout,
}
