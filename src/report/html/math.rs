//! Plain-text formulas in running text, set as MathML.
//!
//! Statements are one line of text in which words and formulas alternate: `θ ∼ P_#q is invariant draw by
//! draw`. What looks like a formula is set as one; what does not stays text, and so does everything about
//! which there is doubt. No character is lost on the way, except those that only say how others are to
//! be set (`_`, `^`, and braces around what they raise or lower).

mod markup;
mod parse;
#[cfg(test)]
mod tests;

use super::escape;

/// Names of functions, which are part of a formula though they look like words.
const FUNCTIONS: [&str; 27] = [
    "KL", "TV", "avg", "dim", "im", "ker", "tr", "det", "diag", "rank", "exp", "log", "ln", "max",
    "min", "sup", "inf", "arg", "argmax", "argmin", "Var", "Cov", "Stab", "Fix", "Hom", "End",
    "lcm",
];

/// Words of two letters; any other two letters in a row are a product.
const SHORT_WORDS: [&str; 20] = [
    "am", "an", "as", "at", "be", "by", "do", "go", "he", "if", "in", "is", "it", "no", "of", "on",
    "or", "so", "to", "we",
];

/// Text in which formulas are set as MathML, safe between tags.
///
/// A formula is a maximal row of words none of which is prose, with something in it that is more than a
/// number or a mark of punctuation.
pub(super) fn set(text: &str) -> String {
    let mut html = String::with_capacity(2 * text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (formula, prose) = next_formula(rest);
        let (before, after) = rest.split_at(formula.start);
        html.push_str(&escape(before));
        let formula = &after[..formula.end - formula.start];
        if !formula.is_empty() {
            html.push_str(&markup::formula(&parse::items(formula)));
        }
        rest = &rest[prose..];
    }
    html
}

/// Where the first formula is, and where the text after it begins. Empty at the end without one.
fn next_formula(text: &str) -> (std::ops::Range<usize>, usize) {
    let mut found: Option<std::ops::Range<usize>> = None;
    let words: Vec<(usize, &str)> = words(text).collect();
    for (index, &(start, word)) in words.iter().enumerate() {
        let prose = match word {
            "A" => index == 0,
            // The article, unless something is done with it.
            "a" => ![index.wrapping_sub(1), index + 1]
                .into_iter()
                .filter_map(|beside| words.get(beside))
                .any(|(_, word)| is_operator(word)),
            _ => is_prose(word),
        };
        match (prose, &mut found) {
            (false, None) => found = Some(start..start + word.len()),
            (false, Some(range)) => range.end = start + word.len(),
            (true, None) => {}
            (true, Some(range)) => {
                let trimmed = trimmed(text, range.clone());
                if is_formula(&text[trimmed.clone()]) {
                    let end = trimmed.end;
                    return (trimmed, end);
                }
                found = None;
            }
        }
    }
    let last =
        found.map(|range| trimmed(text, range)).filter(|range| is_formula(&text[range.clone()]));
    match last {
        Some(range) => (range.clone(), range.end),
        None => (text.len()..text.len(), text.len()),
    }
}

/// The words between spaces, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |place, word| {
        let start = *place;
        *place += word.len() + 1;
        Some((start, word))
    })
}

/// The range without the punctuation of the sentence around it.
fn trimmed(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let kept = text[range.clone()].trim_end_matches([',', ';', '.', ':', ' ']);
    range.start..range.start + kept.len()
}

/// Whether a word between spaces belongs to the sentence and not to a formula.
fn is_prose(word: &str) -> bool {
    let core = word.trim_matches(|c: char| "(),;.:\"'`".contains(c));
    if core.is_empty() || core == "-" || core == "–" || core == "…" || core.contains("::") {
        return true;
    }
    // Words, also with hyphens, apostrophes, slashes and ordinals (`I-projection`, `group's`), and
    // names in code (`mean_field`): an ASCII letter to begin with, and somewhere two in a row.
    let ascii_word =
        core.chars().all(|c| c.is_ascii_alphabetic() || "-–'’/_0123456789".contains(c));
    let long = core
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|part| is_word(part) && !FUNCTIONS.contains(&part));
    let sub_or_power = core.split_once('_').is_some_and(|(base, below)| {
        (!is_word(base) || FUNCTIONS.contains(&base)) && below.len() <= 2
    });
    // One letter or digit, a hyphen, a word.
    let hyphenated = core.split_once('-').is_some_and(|(_, tail)| {
        tail.len() > 2 && tail.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    });
    let very_long = !core.contains(['_', '^'])
        && core
            .split(|c: char| !c.is_ascii_alphabetic())
            .any(|part| part.len() >= 4 && !FUNCTIONS.contains(&part));
    hyphenated || very_long || (ascii_word && long && !sub_or_power)
}

/// Whether letters in a row are a word and no product.
fn is_word(letters: &str) -> bool {
    letters.len() > 2 || SHORT_WORDS.contains(&letters.to_ascii_lowercase().as_str())
}

/// Whether a word between spaces is an operator and nothing else.
fn is_operator(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| !c.is_alphanumeric() && !"(),;.:\"'`-–…".contains(c))
}

/// Whether there is something to set.
fn is_formula(run: &str) -> bool {
    let plain = |c: char| c.is_ascii_digit() || c == ' ' || c.is_ascii_punctuation();
    !run.chars().all(plain) || run.contains(['=', '<', '>', '^', '+'])
}
