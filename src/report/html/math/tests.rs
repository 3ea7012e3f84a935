//! Every statement of the catalogue, and what is hard to set.

use super::parse::{accent, subscript, superscript};
use super::set;
use crate::claim::catalogue;

/// What a reader sees of some markup; `Err` if it is not well-formed.
fn shown(html: &str) -> Result<String, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let end = rest[start..].find('>').ok_or(format!("open tag in {html}"))? + start;
        let tag = &rest[start + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> in {html}"));
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or_default());
        }
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    if !open.is_empty() || text.contains('>') {
        return Err(format!("{open:?} in {html}"));
    }
    Ok(text)
}

/// The text without what only says how it is to be set.
fn essence(text: &str) -> String {
    let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&#39;", "'").replace("&quot;", "\"");
    let fractions = text.replace('½', "12").replace('¼', "14").replace('√', "");
    fractions
        .chars()
        .filter(|c| !c.is_whitespace() && !"_^{}".contains(*c))
        .map(|c| superscript(c).or(subscript(c)).or(accent(c)).unwrap_or(c))
        .collect()
}

/// Scripts are set below before above, whatever their order in the text; so characters are compared as a
/// collection.
fn sorted(text: &str) -> Vec<char> {
    let mut characters: Vec<char> = essence(text).chars().collect();
    characters.sort_unstable();
    characters
}

#[track_caller]
fn check(text: &str) {
    let html = set(text);
    let shown = shown(&html).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(sorted(&shown), sorted(text), "{html}");
}

#[test]
fn statements_of_the_catalogue_lose_nothing() {
    let (mut texts, mut formulas) = (0, 0);
    for claim in catalogue() {
        let about = claim.about();
        for text in [about.statement, about.tolerance, about.title]
            .into_iter()
            .chain(about.hypotheses.iter().copied())
        {
            check(text);
            texts += 1;
            formulas += set(text).matches("<math>").count();
        }
    }
    assert!(texts > 200 && formulas > 50, "{texts} texts, {formulas} formulas");
}

#[test]
fn whatever_it_is_it_is_well_formed_and_whole() {
    for text in [
        "",
        " ",
        "(",
        ")",
        "((((",
        "_",
        "^",
        "a_",
        "x^",
        "x_{",
        "x_{a",
        "x^{}",
        "}{",
        "⟨x",
        "√",
        "√(x",
        "√(x)²",
        "a < b & \"c\"",
        "Scene { x: \"<&>\" }",
        "W₂²(q, g_#q), its",
        "ρ̃̂",
        "\u{303}x",
        "²x",
        "x²₁^{n}_k",
        "KL(q_η‖q_ζ) = A(ζ) − A(η) − ⟨ζ − η, μ(η)⟩",
        "½ Σ_i log σ_i² ≥ ¼",
        "P*ξ = P**",
        "x**y",
        "1 / 0",
        "f: G → H",
    ] {
        check(text);
    }
    check(&"(".repeat(500));
    check(&format!("x = {}y{}", "(".repeat(200), ")".repeat(200)));
    // Anything at all: every string of three of these.
    let parts = [
        "x", "ρ", "KL", "word", "_", "^", "{", "}", "(", ")", " ", "²", "\u{302}", "*", "√", "<",
        "&", "½", "1.5",
    ];
    for a in parts {
        for b in parts {
            for c in parts {
                check(&format!("{a}{b}{c}"));
                check(&format!("{a} {b}{c}"));
            }
        }
    }
}

#[test]
fn words_stay_words() {
    for text in [
        "the group is finite",
        "if it is so, or as in no table of it; iff",
        "mean_field::symmetrize gives the average",
        "a table of order 3 or more",
        "group's I-projection, Wasserstein-2 barycentre; (positive semidefinite)",
        "count of roundings times the size of the terms",
    ] {
        assert_eq!(set(text), super::escape(text));
    }
}

#[test]
fn formulas_are_set_as_they_are_meant() {
    for (text, markup) in [
        ("is Pᵀ, too", "is <math><msup><mi>P</mi><mi>T</mi></msup></math>, too"),
        ("x_i²", "<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>"),
        (
            "q̃",
            "<math><mover accent=\"true\"><mi>q</mi><mo stretchy=\"false\">˜</mo></mover></math>",
        ),
        ("½σ", "<math><mfrac><mn>1</mn><mn>2</mn></mfrac><mi>σ</mi></math>"),
        (
            "avg_g ρ",
            "<math><msub><mi>avg</mi><mi>g</mi></msub><mspace width=\"0.25em\"/><mi>ρ</mi></math>",
        ),
        (
            "x ≤ −y, z",
            "<math><mi>x</mi></math><wbr/><math><mo form=\"infix\">≤</mo><mo>−</mo><mi>y</mi><mo>,</mo></math><wbr/><math><mi>z</mi></math>",
        ),
        ("P_#q", "<math><msub><mi>P</mi><mi mathvariant=\"normal\">#</mi></msub><mi>q</mi></math>"),
    ] {
        assert_eq!(set(text), markup);
    }
    // The bracket is what is raised, not its closing sign.
    let raised = set("(Σσ/n)²");
    assert!(
        raised.contains("<msup><mrow>") && raised.contains("</mrow><mn>2</mn></msup>"),
        "{raised}"
    );
    let inverse = set("is ρ(g)⁻ᵀ");
    assert!(inverse.contains("<mrow><mo>−</mo><mi>T</mi></mrow></msup>"), "{inverse}");
}
