//! One claim on the page, with its controls.

use super::super::{declared, finding, ratio};
use super::{Group, chart, escape, mark, math, plot};
use crate::claim::{ClaimReport, Role, Verdict};

/// A claim: statement, hypotheses, what was met, the spread of errors, controls, and how to run it.
pub(super) fn article(group: &Group<'_>, seed: u64) -> String {
    let claim = group.claim;
    let about = &claim.about;
    let shows_witness = about.role == Role::Control || claim.verdict == Verdict::Fails;
    let controls: String = group.controls.iter().map(|control| section(control)).collect();
    let controls = match controls.is_empty() {
        true => controls,
        false => format!("<div class=\"controls\">\n{controls}</div>\n"),
    };
    format!(
        "<article id=\"{id}\" class=\"{verdict}\">\n<h3>{heading}</h3>\n{statement}{witness}\
         <div class=\"columns\">\n<div>\n{hypotheses}{hits}{tolerance}{design}</div>\n\
         <div>\n{charts}{mutations}</div>\n</div>\n{rates}{controls}\
         <p class=\"again\">Reproduce: <code>{again}</code></p>\n</article>\n",
        id = escape(about.id),
        verdict = claim.verdict,
        heading = heading(claim),
        statement = statement(claim),
        witness = if shows_witness { findings(claim) } else { String::new() },
        hypotheses = hypotheses(claim),
        hits = hits(claim),
        tolerance = paragraph("Tolerance", about.tolerance, "tolerance"),
        design = design(claim),
        charts = charts(claim),
        mutations = mutations(claim),
        rates = rates(claim),
        again = escape(&claim.reproduce(seed)),
    )
}

/// A control under its claim: what it drops, by how much it was refuted, and on which instance.
fn section(claim: &ClaimReport) -> String {
    format!(
        "<section id=\"{id}\" class=\"control {verdict}\">\n<h4>{heading}</h4>\n{statement}\
         <div class=\"columns\">\n<div>\n{hypotheses}</div>\n<div>\n{hits}{design}</div>\n</div>\n\
         {findings}</section>\n",
        id = escape(claim.about.id),
        verdict = claim.verdict,
        heading = heading(claim),
        statement = statement(claim),
        hypotheses = hypotheses(claim),
        hits = hits(claim),
        design = design(claim),
        findings = findings(claim),
    )
}

/// Verdict, id and title.
fn heading(claim: &ClaimReport) -> String {
    let (id, title) = (escape(claim.about.id), math::set(claim.about.title));
    format!("{} <a href=\"#{id}\">{id}</a> {title}", mark(claim.verdict))
}

/// The statement with what was found out about it in short. A control's is false, and says so.
fn statement(claim: &ClaimReport) -> String {
    let finding = match claim.about.role {
        Role::Control => format!("<strong>{}:</strong> ", escape(&finding(claim))),
        _ => String::new(),
    };
    format!(
        "{}<p class=\"statement\">{finding}{}</p>\n",
        tags(claim),
        math::set(claim.about.statement)
    )
}

/// The histogram; for a bound also its tightness.
fn charts(claim: &ClaimReport) -> String {
    let mut figures = match claim.statistical {
        // One test: nothing is spread.
        Some(_) => String::new(),
        None => figure(
            chart::histogram(claim),
            format!("error / tolerance over the cases, largest {}", ratio(claim.worst)),
        ),
    };
    if let Some(tightness) = claim.tightness.filter(|_| claim.about.role == Role::Bound) {
        let of = match claim.statistical {
            Some(_) => "largest quantile / its bound",
            None => "largest left side / right side",
        };
        figures +=
            &figure(chart::gauge(tightness), format!("tightness: {of} {}", ratio(tightness)));
    }
    figures
}

/// A chart with a caption.
fn figure(chart: String, caption: String) -> String {
    format!("<figure>{chart}<figcaption>{caption}</figcaption></figure>\n")
}

/// The fits of a claim about rates.
fn rates(claim: &ClaimReport) -> String {
    if claim.rates.is_empty() {
        return String::new();
    }
    let plots: String = claim
        .rates
        .iter()
        .map(|rate| figure(plot::log_log(rate), escape(&plot::caption(rate))))
        .collect();
    format!("<div class=\"rates\">\n{plots}</div>\n")
}

/// What a statistical check declared in advance, and what came out.
fn design(claim: &ClaimReport) -> String {
    let Some(design) = claim.statistical else { return String::new() };
    let found = match claim.about.role {
        Role::Control => String::new(),
        _ => format!(" Found: {}.", finding(claim)),
    };
    format!(
        "<h5>Declared in advance</h5>\n<p class=\"declared\">{} against: {}.{found}</p>\n",
        escape(&declared(&design)),
        math::set(design.alternative)
    )
}

/// Role, evidence, cases and finding.
fn tags(claim: &ClaimReport) -> String {
    let mut tags = vec![
        claim.about.role.to_string(),
        format!("evidence: {}", claim.evidence),
        match claim.statistical {
            Some(design) => format!("n = {}", design.repetitions),
            None => super::counted(claim.cases, "case"),
        },
    ];
    if claim.about.role == Role::Control && claim.statistical.is_none() {
        let violated = claim.histogram[ClaimReport::BINS - 1];
        tags.push(format!("violated on {violated} of {}", claim.cases));
    }
    for (name, twin) in [("rational", &claim.exact), ("enclosed", &claim.enclosed)] {
        let Some(twin) = twin else { continue };
        // What holds may have been left open everywhere.
        let open = match (name, twin.undecided) {
            ("enclosed", open) => format!(", {} of {} decided", twin.cases - open, twin.cases),
            (_, 0) => String::new(),
            (_, count) => format!(", {count} undecided"),
        };
        let cases = super::counted(twin.cases, "case");
        tags.push(format!("{name} twin {} on {cases}{open}", twin.verdict));
    }
    let tags: String = tags.iter().map(|tag| format!("<li>{}</li>", escape(tag))).collect();
    format!("<ul class=\"tags\">{tags}</ul>\n")
}

/// What is assumed; for a control, what is dropped.
fn hypotheses(claim: &ClaimReport) -> String {
    if claim.about.hypotheses.is_empty() {
        return String::new();
    }
    let control = claim.about.role == Role::Control;
    let heading = if control { "Dropped hypothesis" } else { "Hypotheses" };
    let items: String = claim
        .about
        .hypotheses
        .iter()
        // The heading says already that a control's was dropped.
        .map(|hypothesis| hypothesis.strip_prefix("dropped: ").unwrap_or(hypothesis))
        .map(|hypothesis| format!("<li>{}</li>", math::set(hypothesis)))
        .collect();
    format!("<h5>{heading}</h5>\n<ul>{items}</ul>\n")
}

/// The variants of a bound, and whether the search could tell them from it: not all of them need be false.
fn mutations(claim: &ClaimReport) -> String {
    let Some(sought) = claim.sought.as_ref().filter(|sought| !sought.mutations.is_empty()) else {
        return String::new();
    };
    let rows: String = sought
        .mutations
        .iter()
        .map(|mutated| {
            let said = match mutated.is_refuted() {
                true => format!("refuted ×{}", ratio(mutated.shown)),
                false => "cannot tell".to_owned(),
            };
            let name = math::set(mutated.name);
            format!("<tr><th scope=\"row\">{name}</th><td>{}</td></tr>\n", escape(&said))
        })
        .collect();
    format!("<h5>Variants</h5>\n<table class=\"hits\">\n{rows}</table>\n")
}

/// How often each kind of instance was met.
fn hits(claim: &ClaimReport) -> String {
    if claim.hits.is_empty() {
        return String::new();
    }
    let rows: String = claim
        .hits
        .iter()
        .map(|(feature, hits)| {
            let class = if *hits == 0 { " class=\"never\"" } else { "" };
            format!("<tr{class}><th scope=\"row\">{feature}</th><td>{hits}</td></tr>\n")
        })
        .collect();
    format!("<h5>Met among {} cases</h5>\n<table class=\"hits\">\n{rows}</table>\n", claim.cases)
}

/// Why it failed, and the instance that shows it.
fn findings(claim: &ClaimReport) -> String {
    let failed = claim.verdict == Verdict::Fails;
    let label = if failed { "Counterexample" } else { "Witness" };
    let reason = claim.reason.as_deref().unwrap_or_default();
    let witness = claim.witness.as_deref().map_or(String::new(), |witness| {
        format!("<h5>{label}</h5>\n<pre>{}</pre>\n", escape(witness))
    });
    format!("{}{witness}", paragraph("Why", reason, "reason"))
}

/// A paragraph under a heading, if there is something to say.
fn paragraph(heading: &str, text: &str, class: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<h5>{heading}</h5>\n<p class=\"{class}\">{}</p>\n", math::set(text))
}
