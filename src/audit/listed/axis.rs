//! The entry of one axis.

use super::AxisProblem;
use crate::audit::Layout;
use crate::group::Permutation;
use crate::representation::SignedPermutation;
use toml::{Table, Value};

/// How one axis moves.
#[derive(Clone, Debug)]
pub(super) enum AxisEntry {
    /// Not at all.
    Trivial,
    /// By the left regular representation, in blocks.
    Regular(Layout),
    /// As rows or columns of an image.
    Spatial,
    /// By index maps with signs, one for each generator, all of one dimension or not: that is seen where
    /// the length of the axis is known.
    Listed(Vec<SignedPermutation>),
}

impl AxisEntry {
    /// Reads an entry.
    pub(super) fn of(entry: &Value, generators: &[String]) -> Result<Self, AxisProblem> {
        match entry {
            Value::String(word) => match word.as_str() {
                "trivial" => Ok(Self::Trivial),
                "regular" | "regular:interleaved" => Ok(Self::Regular(Layout::Interleaved)),
                "regular:blocked" => Ok(Self::Regular(Layout::Blocked)),
                "spatial" => Ok(Self::Spatial),
                shifted if is_shifted(shifted) => {
                    Err(AxisProblem::Shifted { found: described(entry) })
                }
                _ => Err(AxisProblem::Entry { found: described(entry) }),
            },
            Value::Table(table) => index_maps(table, generators).map(Self::Listed),
            _ => Err(AxisProblem::Entry { found: described(entry) }),
        }
    }
}

/// Whether the word asks for regular channels with a shift, as `regular:2`.
fn is_shifted(word: &str) -> bool {
    word.strip_prefix("regular:")
        .is_some_and(|rest| rest.split(':').any(|part| part.parse::<i64>().is_ok()))
}

/// One index map with signs for each generator.
fn index_maps(table: &Table, generators: &[String]) -> Result<Vec<SignedPermutation>, AxisProblem> {
    if let Some(key) = table.keys().find(|key| *key != "sign" && !generators.contains(key)) {
        let expected = format!("{} or sign", generators.join(", "));
        return Err(AxisProblem::Key { key: key.clone(), expected });
    }
    let mut signs = match table.get("sign") {
        None => Table::new(),
        Some(Value::Array(list)) => match generators {
            [only] => Table::from_iter([(only.clone(), Value::Array(list.clone()))]),
            several => {
                return Err(AxisProblem::Signs {
                    found: "one list".into(),
                    expected: format!("a table with a list for any of {}", several.join(", ")),
                });
            }
        },
        Some(Value::Table(table)) => table.clone(),
        Some(other) => {
            return Err(AxisProblem::Signs {
                found: described(other),
                expected: "a list of 1 and -1".into(),
            });
        }
    };
    let maps = generators
        .iter()
        .map(|generator| {
            let Some(images) = table.get(generator) else {
                return Err(AxisProblem::Missing { generator: generator.clone() });
            };
            let map = permutation(generator, images)?;
            match signs.remove(generator) {
                None => Ok(map.into()),
                Some(list) => signed(generator, map, &list),
            }
        })
        .collect::<Result<_, _>>()?;
    match signs.keys().next() {
        None => Ok(maps),
        Some(stranger) => Err(AxisProblem::Signs {
            found: format!("key {stranger:?}"),
            expected: format!("one of {}", generators.join(", ")),
        }),
    }
}

fn permutation(generator: &str, images: &Value) -> Result<Permutation, AxisProblem> {
    let not_a_list = |found: &Value| AxisProblem::NotAList {
        generator: generator.into(),
        found: described(found),
    };
    let Value::Array(images) = images else { return Err(not_a_list(images)) };
    let images = images
        .iter()
        .map(|image| {
            let number = image.as_integer().and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| not_a_list(image))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Permutation::new(&images)
        .map_err(|source| AxisProblem::NotAPermutation { generator: generator.into(), source })
}

fn signed(
    generator: &str,
    map: Permutation,
    list: &Value,
) -> Result<SignedPermutation, AxisProblem> {
    let wrong = |found: String| AxisProblem::Signs {
        found,
        expected: format!("{} signs, 1 or -1, one for each image of {generator:?}", map.degree()),
    };
    let Value::Array(list) = list else { return Err(wrong(described(list))) };
    let negative = list
        .iter()
        .map(|sign| match sign.as_integer() {
            Some(1) => Ok(false),
            Some(-1) => Ok(true),
            _ => Err(wrong(described(sign))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    SignedPermutation::new(map.clone(), &negative)
        .map_err(|_| wrong(format!("{} signs", negative.len())))
}

/// A value of the file on one line of bearable length.
pub(super) fn described(value: &Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::String(word) if word.chars().count() <= LONGEST => format!("{word:?}"),
        Value::String(_) => "a long text".into(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Datetime(_) => "a date".into(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Table(_) => "a table".into(),
    }
}
