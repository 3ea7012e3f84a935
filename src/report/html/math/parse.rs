//! Formulas in plain text, taken apart.

use super::FUNCTIONS;

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// A variable of one letter.
    Letter(char),
    /// A name of several letters.
    Word(String),
    /// A number.
    Number(String),
    /// An operator, a bracket, any other sign.
    Operator(char),
    /// What stands in brackets, with them.
    Brackets(char, Vec<Item>, char),
    /// With a mark above it.
    Accent(Box<Item>, char),
    /// With something lowered, raised, or both.
    Scripts(Box<Item>, Vec<Item>, Vec<Item>),
    /// A square root.
    Root(Box<Item>),
    /// A fraction of two numbers.
    Fraction(char, char),
    /// A space that keeps two items apart.
    Space,
}

/// Brackets deeper than this are single signs.
const DEEPEST: usize = 24;

/// The parts of a formula. Every text has some: what is not understood is an operator.
pub(super) fn items(formula: &str) -> Vec<Item> {
    let chars: Vec<char> = formula.chars().collect();
    Parser { chars: &chars, at: 0, depth: 0 }.row(None)
}

struct Parser<'a> {
    chars: &'a [char],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// The items up to the closing sign, which is not taken, or to the end.
    fn row(&mut self, until: Option<char>) -> Vec<Item> {
        let mut row: Vec<Item> = Vec::new();
        while let Some(c) = self.peek() {
            if Some(c) == until {
                break;
            }
            if c == ' ' {
                self.at += 1;
                row.push(Item::Space);
                continue;
            }
            let base = self.base(c);
            let base = self.scripts(base);
            row.push(base);
        }
        row
    }

    /// One item without scripts.
    fn base(&mut self, c: char) -> Item {
        self.at += 1;
        if let Some((over, under)) = fraction(c) {
            return Item::Fraction(over, under);
        }
        if c == '√' {
            return match self.peek() {
                Some(next) if next == '(' || is_letter(next) || next.is_ascii_digit() => {
                    let under = self.base(next);
                    // A bracket with scripts of its own is raised or lowered under the root.
                    Item::Root(Box::new(self.accent(under)))
                }
                _ => Item::Operator(c),
            };
        }
        if c.is_ascii_digit() {
            return Item::Number(self.number(c));
        }
        if is_letter(c) {
            return self.letters(c);
        }
        match closing(c).filter(|&close| self.closes(close)) {
            Some(close) if self.depth < DEEPEST => {
                self.depth += 1;
                let inner = self.row(Some(close));
                self.depth -= 1;
                self.at += 1;
                Item::Brackets(c, inner, close)
            }
            _ => Item::Operator(c),
        }
    }

    /// A number from its first digit on; a full stop counts if a digit follows.
    fn number(&mut self, first: char) -> String {
        let mut number = String::from(first);
        while let Some(c) = self.peek() {
            let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
            if c.is_ascii_digit() || (c == '.' && digit(self.chars.get(self.at + 1))) {
                number.push(c);
                self.at += 1;
            } else {
                break;
            }
        }
        number
    }

    /// A letter, or the name of a function that begins here.
    fn letters(&mut self, first: char) -> Item {
        if first.is_ascii_alphabetic() {
            let run: String =
                self.chars[self.at - 1..].iter().take_while(|c| c.is_ascii_alphabetic()).collect();
            let name = FUNCTIONS
                .iter()
                .filter(|name| run.starts_with(**name))
                .max_by_key(|name| name.len())
                .filter(|name| name.len() == run.len());
            // Three letters and more in a row are a word that nobody listed.
            if name.is_some() || run.len() > 2 {
                self.at += run.len() - 1;
                return Item::Word(run);
            }
        }
        let letter = Item::Letter(first);
        self.accent(letter)
    }

    /// The item with the marks that follow it.
    fn accent(&mut self, item: Item) -> Item {
        let mut item = item;
        while let Some(mark) = self.peek().and_then(accent) {
            self.at += 1;
            item = Item::Accent(Box::new(item), mark);
        }
        item
    }

    /// Whether a closing bracket for the one just read is still to come.
    fn closes(&self, close: char) -> bool {
        let open = self.chars[self.at - 1];
        let mut depth = 0;
        for &c in &self.chars[self.at..] {
            if c == close {
                if depth == 0 {
                    return true;
                }
                depth -= 1;
            } else if c == open {
                depth += 1;
            }
        }
        false
    }

    /// The base with what is lowered and raised beside it.
    fn scripts(&mut self, base: Item) -> Item {
        let (mut below, mut above) = (Vec::new(), Vec::new());
        while let Some(c) = self.peek() {
            match c {
                '_' | '^' if self.script_follows() => {
                    self.at += 1;
                    let script = self.script();
                    if c == '_' { below.extend(script) } else { above.extend(script) }
                }
                // `P*ξ` is the map P* of ξ: products are written without a sign.
                '*' | '′' if is_operand(&base) => {
                    self.at += 1;
                    above.push(Item::Operator(c));
                }
                _ if superscript(c).is_some() => above.extend(self.raised(superscript)),
                _ if subscript(c).is_some() => below.extend(self.raised(subscript)),
                _ => break,
            }
        }
        match (below.is_empty(), above.is_empty()) {
            (true, true) => base,
            _ => Item::Scripts(Box::new(base), below, above),
        }
    }

    /// Whether something that can be set small follows the sign at this place.
    fn script_follows(&self) -> bool {
        self.chars.get(self.at + 1).is_some_and(|&c| match c {
            '{' => self.chars[self.at + 1..].contains(&'}'),
            ' ' | '_' | '^' | '(' | ')' | ',' | '}' => false,
            _ => true,
        })
    }

    /// What is lowered or raised by `_` or `^`: in braces, or letters in a row, or a number, or one sign.
    fn script(&mut self) -> Vec<Item> {
        match self.peek() {
            Some('{') => {
                self.at += 1;
                let row = self.row(Some('}'));
                self.at += 1;
                row
            }
            Some(c) if c.is_ascii_alphabetic() => {
                let mut row = vec![self.base(c)];
                while let Some(c) = self.peek().filter(char::is_ascii_alphabetic) {
                    row.push(self.base(c));
                }
                row
            }
            Some(c) => vec![self.base(c)],
            None => Vec::new(),
        }
    }

    /// Small characters in a row, in full size.
    fn raised(&mut self, full: fn(char) -> Option<char>) -> Vec<Item> {
        let mut text = Vec::new();
        while let Some(c) = self.peek().and_then(full) {
            self.at += 1;
            text.push(c);
        }
        Parser { chars: &text, at: 0, depth: self.depth }.row(None)
    }
}

fn is_operand(item: &Item) -> bool {
    !matches!(item, Item::Operator(_) | Item::Space | Item::Number(_))
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && superscript(c).is_none() && subscript(c).is_none()
}

fn closing(open: char) -> Option<char> {
    match open {
        '(' => Some(')'),
        '[' => Some(']'),
        '{' => Some('}'),
        '⟨' => Some('⟩'),
        '⌊' => Some('⌋'),
        '⌈' => Some('⌉'),
        _ => None,
    }
}

fn fraction(c: char) -> Option<(char, char)> {
    match c {
        '½' => Some(('1', '2')),
        '⅓' => Some(('1', '3')),
        '⅔' => Some(('2', '3')),
        '¼' => Some(('1', '4')),
        '¾' => Some(('3', '4')),
        '⅛' => Some(('1', '8')),
        _ => None,
    }
}

/// A combining mark as the sign that MathML sets above.
pub(super) fn accent(mark: char) -> Option<char> {
    match mark {
        '\u{303}' => Some('˜'),
        '\u{302}' => Some('ˆ'),
        '\u{304}' | '\u{305}' => Some('¯'),
        '\u{307}' => Some('˙'),
        '\u{20d7}' => Some('→'),
        _ => None,
    }
}

/// A raised character in full size.
pub(super) fn superscript(c: char) -> Option<char> {
    Some(match c {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from_digit(c as u32 - '⁰' as u32, 10)?,
        '⁻' => '−',
        '⁺' => '+',
        '⁽' => '(',
        '⁾' => ')',
        'ᵀ' => 'T',
        'ᴳ' => 'G',
        'ⁿ' => 'n',
        'ⁱ' => 'i',
        'ᵏ' => 'k',
        'ᵐ' => 'm',
        _ => return None,
    })
}

/// A lowered character in full size.
pub(super) fn subscript(c: char) -> Option<char> {
    Some(match c {
        '₀'..='₉' => char::from_digit(c as u32 - '₀' as u32, 10)?,
        '₋' => '−',
        '₊' => '+',
        'ᵢ' => 'i',
        'ⱼ' => 'j',
        'ₖ' => 'k',
        'ₗ' => 'l',
        'ₘ' => 'm',
        'ₙ' => 'n',
        'ₚ' => 'p',
        _ => return None,
    })
}
