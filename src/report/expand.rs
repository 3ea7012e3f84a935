//! Expansions of posteriors, as text and as JSON.

use super::Paint;
use crate::audit::{Expanded, Function};
use serde::Serialize;

#[derive(Serialize)]
struct Json<'a> {
    arrangement: &'a str,
    exact: bool,
    distinct_rows: usize,
    function: String,
    output_shift: &'a [Option<usize>],
    witness: Option<&'a str>,
    group: &'a str,
    convention: String,
    expanded: &'a [String],
    notes: &'a [String],
}

/// What is true of an expanded posterior, as JSON.
pub fn json(group: &str, notes: &[String], expanded: &Expanded) -> String {
    let json = Json {
        arrangement: expanded.arrangement.name(),
        exact: expanded.exact,
        distinct_rows: expanded.distinct_rows,
        function: expanded.function.to_string(),
        output_shift: &expanded.output_shift,
        witness: expanded.witness.as_deref(),
        group,
        convention: expanded.posterior.convention().to_string(),
        expanded: &expanded.expanded,
        notes,
    };
    // Strings, booleans and integers: serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(&json).unwrap_or_default();
    text.push('\n');
    text
}

/// What is true of an expanded posterior, for a terminal.
pub fn text(group: &str, notes: &[String], expanded: &Expanded, paint: Paint) -> String {
    let mut text = format!(
        "Arrangement {} under {group}, channels blocked. Convention {}.\n",
        expanded.arrangement,
        expanded.posterior.convention()
    );
    for note in notes {
        text.push_str(&format!("Note: {note}.\n"));
    }
    text.push_str(&format!("Expanded {}.\n\n", expanded.expanded.join(", ")));
    text.push_str(&match &expanded.witness {
        None => format!("{}\n", paint.good("The expanded mean network is equivariant.")),
        Some(witness) => format!(
            "{}\n  {witness}.\n",
            paint.bad("No permutation of blocks makes the expanded mean network equivariant:")
        ),
    });
    let shifts: Vec<String> = expanded
        .output_shift
        .iter()
        .map(|shift| shift.map_or("none".to_owned(), |shift| shift.to_string()))
        .collect();
    text.push_str(&format!(
        "Blocks of hidden channels move by the regular representation, shifted by {}.\n",
        shifts.join(", ")
    ));
    text.push_str(&format!("Distinct rows of blocks: {}.\n", expanded.distinct_rows));
    text.push_str(match expanded.function {
        Function::Identical => "The mean network computes what the small one does.\n",
        Function::GroupAverage => "The mean network computes the group average of the small one.\n",
        Function::Changed => "The mean network computes something else than the small one.\n",
    });
    text
}
