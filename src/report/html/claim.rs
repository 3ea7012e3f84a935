//! One claim on the page, with its controls.

use super::super::{finding, ratio};
use super::{Group, chart, escape, mark};
use crate::claim::{ClaimReport, Role, Verdict};

/// A claim: statement, hypotheses, what was met, the spread of errors, controls, and how to run it.
pub(super) fn article(group: &Group<'_>, seed: u64) -> String {
    let claim = group.claim;
    let about = &claim.about;
    let control = about.role == Role::Control;
    let left = format!(
        "{}{}{}",
        hypotheses(claim),
        hits(claim),
        paragraph("Tolerance", about.tolerance, "tolerance"),
    );
    let tightness = claim.tightness.filter(|_| about.role == Role::Bound);
    let right = format!(
        "<figure>{}<figcaption>error / tolerance: {}</figcaption></figure>\n{}",
        chart::histogram(claim),
        escape(&finding(claim)),
        tightness.map_or(String::new(), |tightness| format!(
            "<figure>{}<figcaption>tightness: largest left side / right side {}</figcaption></figure>\n",
            chart::gauge(tightness),
            ratio(tightness)
        )),
    );
    let controls: String = group.controls.iter().map(|control| control_section(control)).collect();
    let controls = if controls.is_empty() {
        controls
    } else {
        format!("<div class=\"controls\">\n{controls}</div>\n")
    };
    let witness =
        if control || claim.verdict == Verdict::Fails { findings(claim) } else { String::new() };
    format!(
        "<article id=\"{id}\" class=\"{verdict}\">\n<h3>{mark} <a href=\"#{id}\">{id}</a> {title}</h3>\n\
         {tags}<p class=\"statement\">{statement}</p>\n{witness}\
         <div class=\"columns\">\n<div>\n{left}</div>\n<div>\n{right}</div>\n</div>\n{controls}\
         <p class=\"again\"><span>Reproduce</span> <code>{again}</code></p>\n</article>\n",
        id = escape(about.id),
        verdict = claim.verdict,
        mark = mark(claim.verdict),
        title = escape(about.title),
        tags = tags(claim),
        statement = escape(about.statement),
        again = escape(&claim.reproduce(seed)),
    )
}

/// A control under its claim: what it drops, by how much it was refuted, and on which instance.
fn control_section(claim: &ClaimReport) -> String {
    let about = &claim.about;
    format!(
        "<section id=\"{id}\" class=\"control {verdict}\">\n<h4>{mark} <a href=\"#{id}\">{id}</a> {title}</h4>\n\
         {tags}<p class=\"statement\">{statement}</p>\n{hypotheses}{hits}{findings}</section>\n",
        id = escape(about.id),
        verdict = claim.verdict,
        mark = mark(claim.verdict),
        title = escape(about.title),
        tags = tags(claim),
        statement = escape(about.statement),
        hypotheses = hypotheses(claim),
        hits = hits(claim),
        findings = findings(claim),
    )
}

/// Role, evidence, cases and finding.
fn tags(claim: &ClaimReport) -> String {
    let mut tags = vec![
        claim.about.role.to_string(),
        format!("evidence: {}", claim.evidence),
        super::counted(claim.cases, "case"),
    ];
    if claim.about.role == Role::Control {
        tags.push(finding(claim));
        let violated = claim.histogram[ClaimReport::BINS - 1];
        tags.push(format!("violated on {violated} of {}", claim.cases));
    }
    if let Some(twin) = &claim.exact {
        tags.push(format!(
            "rational twin {} on {}",
            twin.verdict,
            super::counted(twin.cases, "case")
        ));
    }
    let tags: String = tags.iter().map(|tag| format!("<li>{}</li>", escape(tag))).collect();
    format!("<ul class=\"tags\">{tags}</ul>\n")
}

/// What is assumed; for a control, what is dropped.
fn hypotheses(claim: &ClaimReport) -> String {
    if claim.about.hypotheses.is_empty() {
        return String::new();
    }
    let heading = if claim.about.role == Role::Control { "Dropped" } else { "Hypotheses" };
    let items: String = claim
        .about
        .hypotheses
        .iter()
        .map(|hypothesis| format!("<li>{}</li>", escape(hypothesis)))
        .collect();
    format!("<h5>{heading}</h5>\n<ul>{items}</ul>\n")
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
    format!("<h5>{heading}</h5>\n<p class=\"{class}\">{}</p>\n", escape(text))
}
