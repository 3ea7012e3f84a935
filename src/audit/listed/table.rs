//! From TOML to the checked contents of a file of actions.

use super::axis::{AxisEntry, described};
use super::{ActionsError, ActionsFile, Axes};
use crate::group::Permutation;
use crate::representation::GridSymmetry;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Group,
    #[serde(default)]
    tensor: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    generators: Vec<String>,
    #[serde(default)]
    spatial: BTreeMap<String, String>,
    images: Option<BTreeMap<String, Vec<usize>>>,
}

/// Reads the text of a file.
pub(super) fn parse(text: &str) -> Result<ActionsFile, ActionsError> {
    if text.trim().is_empty() {
        return Err(ActionsError::Empty);
    }
    let file: File = toml::from_str(text).map_err(|error| syntax(text, &error))?;
    let generators = file.group.generators;
    check_names(&generators)?;
    let grid = grid(&generators, &file.group.spatial)?;
    let images = file.group.images.map(|images| points(&generators, images)).transpose()?;
    let tensors = file
        .tensor
        .into_iter()
        .map(|(name, table)| {
            let axes = axes(&name, &generators, table)?;
            Ok((name, axes))
        })
        .collect::<Result<_, ActionsError>>()?;
    Ok(ActionsFile { generators, grid, images, tensors })
}

/// What the parser says, with the place counted out.
fn syntax(text: &str, error: &toml::de::Error) -> ActionsError {
    let place = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..place).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    ActionsError::Syntax { line, column, message: error.message().replace('\n', ", ") }
}

fn check_names(generators: &[String]) -> Result<(), ActionsError> {
    let different: BTreeSet<&str> = generators.iter().map(String::as_str).collect();
    let keyword = different.contains("sign") || different.contains("");
    if generators.is_empty() || different.len() < generators.len() || keyword {
        return Err(ActionsError::Generators { found: format!("{generators:?}") });
    }
    Ok(())
}

/// What each generator does to images: as the file says, or as its name does.
fn grid(
    generators: &[String],
    said: &BTreeMap<String, String>,
) -> Result<Vec<Option<GridSymmetry>>, ActionsError> {
    let wrong = |generator: &str, found: String, expected: &str| ActionsError::Group {
        key: "spatial",
        generator: generator.into(),
        found,
        expected: expected.into(),
    };
    if let Some(stranger) = said.keys().find(|name| !generators.contains(name)) {
        let expected = format!("one of {}", generators.join(", "));
        return Err(wrong(stranger, "no such generator".into(), &expected));
    }
    generators
        .iter()
        .map(|generator| {
            let symmetry = match (said.get(generator).map(String::as_str), generator.as_str()) {
                (Some("identity"), _) => (0, false),
                (Some("rot90"), _) | (None, "r") => (1, false),
                (Some("rot180"), _) => (2, false),
                (Some("rot270"), _) => (3, false),
                (Some("flip"), _) | (None, "s") => (0, true),
                (Some(other), _) => {
                    let expected = "identity, rot90, rot180, rot270 or flip";
                    return Err(wrong(generator, format!("{other:?}"), expected));
                }
                (None, _) => return Ok(None),
            };
            Ok(Some(GridSymmetry { quarter_turns: symmetry.0, reflected: symmetry.1 }))
        })
        .collect()
}

/// The permutations under `images`.
fn points(
    generators: &[String],
    mut images: BTreeMap<String, Vec<usize>>,
) -> Result<Vec<Permutation>, ActionsError> {
    let wrong = |generator: &str, found: String, expected: String| ActionsError::Group {
        key: "images",
        generator: generator.into(),
        found,
        expected,
    };
    let mut degree = None;
    let mut maps = Vec::with_capacity(generators.len());
    for generator in generators {
        let Some(list) = images.remove(generator) else {
            return Err(wrong(generator, "no images".into(), "a list for each generator".into()));
        };
        let map = Permutation::new(&list)
            .map_err(|error| wrong(generator, error.to_string(), "a permutation".into()))?;
        let degree = *degree.get_or_insert(map.degree());
        if map.degree() != degree {
            let found = format!("{} images", map.degree());
            return Err(wrong(generator, found, format!("{degree}, as for {:?}", generators[0])));
        }
        maps.push(map);
    }
    if let Some(stranger) = images.keys().next() {
        let expected = format!("one of {}", generators.join(", "));
        return Err(wrong(stranger, "no such generator".into(), expected));
    }
    Ok(maps)
}

/// The table of one tensor.
fn axes(tensor: &str, generators: &[String], table: Value) -> Result<Axes, ActionsError> {
    let expected = "axes = \"trivial\" or axes = [one entry per axis]";
    let wrong = |found: String, expected: &str| ActionsError::Tensor {
        tensor: tensor.into(),
        found,
        expected: expected.into(),
    };
    let Value::Table(mut table) = table else {
        return Err(wrong(described(&table), &format!("a table with {expected}")));
    };
    let Some(axes) = table.remove("axes") else {
        // The parts of a name with dots in it are tables in tables.
        let dotted = table.values().any(Value::is_table);
        let hint = if dotted { "; a name with dots needs quotes" } else { "" };
        return Err(wrong("no key axes".into(), &format!("{expected}{hint}")));
    };
    if let Some(key) = table.keys().next() {
        return Err(wrong(format!("key {key:?}"), "no other key than axes"));
    }
    match axes {
        Value::String(word) if word == "trivial" => Ok(Axes::Trivial),
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .map(|(axis, entry)| {
                AxisEntry::of(entry, generators)
                    .map_err(|problem| ActionsError::axis(tensor, axis, problem))
            })
            .collect::<Result<_, _>>()
            .map(Axes::Each),
        other => Err(wrong(format!("axes = {}", described(&other)), expected)),
    }
}
