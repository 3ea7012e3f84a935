//! Parts of a formula as MathML.

use super::escape;
use super::parse::Item;

/// Operators before which a line may be broken.
const BREAKS: [char; 16] =
    ['=', '≠', '≤', '≥', '<', '>', '≼', '≽', '∼', '≈', '↦', '→', '⇒', '⇔', '+', '−'];

/// The row as a formula in running text. MathML formulas are not broken across lines, so this is several,
/// with a place to break between: before relations and sums, and after commas, outside brackets.
pub(super) fn formula(row: &[Item]) -> String {
    let mut pieces: Vec<&[Item]> = Vec::new();
    let mut start = 0;
    for (place, item) in row.iter().enumerate() {
        let Item::Operator(c) = item else { continue };
        let before = row[start..place].iter().rfind(|item| **item != Item::Space);
        let infix = before.is_some_and(|item| !matches!(item, Item::Operator(_)));
        let cut = match c {
            ',' => place + 1,
            _ if infix && BREAKS.contains(c) => place,
            _ => continue,
        };
        pieces.push(&row[start..cut]);
        start = cut;
    }
    pieces.push(&row[start..]);
    let pieces = pieces.into_iter().enumerate().map(|(index, piece)| {
        let piece = if index > 0 { without_space(piece) } else { piece };
        match piece {
            // At the beginning of a formula a sign would be taken for a prefix.
            [Item::Operator(c), rest @ ..] if index > 0 && BREAKS.contains(c) => {
                format!("<math><mo form=\"infix\">{}</mo>{}</math>", sign(*c), mathml(rest))
            }
            _ => format!("<math>{}</math>", mathml(piece)),
        }
    });
    pieces.filter(|piece| piece != "<math></math>").collect::<Vec<_>>().join("<wbr/>")
}

fn without_space(row: &[Item]) -> &[Item] {
    match row {
        [Item::Space, rest @ ..] => without_space(rest),
        _ => row,
    }
}

/// The row as presentation markup, without the element around it.
pub(super) fn mathml(row: &[Item]) -> String {
    let mut markup = String::new();
    for (place, item) in row.iter().enumerate() {
        if *item != Item::Space {
            markup.push_str(&element(item));
            continue;
        }
        // Operators bring their own space; between two operands MathML sets none.
        let operand =
            |item: Option<&Item>| item.is_some_and(|item| !matches!(item, Item::Operator(_)));
        let (before, after) = (place.checked_sub(1).and_then(|p| row.get(p)), row.get(place + 1));
        if operand(before) && operand(after) {
            markup.push_str("<mspace width=\"0.25em\"/>");
        }
    }
    markup
}

/// One element for these items.
fn grouped(row: &[Item]) -> String {
    match row {
        [only] if *only != Item::Space => element(only),
        _ => format!("<mrow>{}</mrow>", mathml(row)),
    }
}

fn element(item: &Item) -> String {
    match item {
        Item::Letter(letter) => format!("<mi>{}</mi>", sign(*letter)),
        Item::Word(word) => format!("<mi>{}</mi>", escape(word)),
        Item::Number(number) => format!("<mn>{}</mn>", escape(number)),
        Item::Operator(c) => operator(*c),
        Item::Brackets(open, inner, close) => {
            format!("<mrow>{}{}{}</mrow>", operator(*open), mathml(inner), operator(*close))
        }
        Item::Accent(base, mark) => {
            format!(
                "<mover accent=\"true\">{}<mo stretchy=\"false\">{mark}</mo></mover>",
                element(base)
            )
        }
        Item::Scripts(base, below, above) => {
            let base = element(base);
            match (below.is_empty(), above.is_empty()) {
                (false, false) => {
                    format!("<msubsup>{base}{}{}</msubsup>", grouped(below), grouped(above))
                }
                (false, true) => format!("<msub>{base}{}</msub>", grouped(below)),
                (true, _) => format!("<msup>{base}{}</msup>", grouped(above)),
            }
        }
        Item::Root(under) => format!("<msqrt>{}</msqrt>", element(under)),
        Item::Fraction(over, under) => format!("<mfrac><mn>{over}</mn><mn>{under}</mn></mfrac>"),
        Item::Space => "<mspace width=\"0.25em\"/>".into(),
    }
}

fn operator(c: char) -> String {
    let text = sign(c);
    match c {
        // Bars have no sides: between two things they need a little air, around one none.
        '|' | '‖' => {
            format!("<mo stretchy=\"false\" lspace=\"0.06em\" rspace=\"0.06em\">{text}</mo>")
        }
        '(' | ')' | '[' | ']' | '{' | '}' | '⟨' | '⟩' | '⌊' | '⌋' | '⌈' | '⌉' => {
            format!("<mo stretchy=\"false\">{text}</mo>")
        }
        // Not division as an operation with space around it, but a quotient.
        '/' => format!("<mo lspace=\"0.1em\" rspace=\"0.1em\">{text}</mo>"),
        // A sign of push-forward, of a name.
        '#' => format!("<mi mathvariant=\"normal\">{text}</mi>"),
        _ => format!("<mo>{text}</mo>"),
    }
}

fn sign(c: char) -> String {
    escape(c.encode_utf8(&mut [0; 4]))
}
