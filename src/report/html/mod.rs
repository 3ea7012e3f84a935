//! Reports as a web page: one file, without scripts, that loads nothing.

mod axis;
mod chart;
mod claim;
mod date;
mod math;
mod plot;
mod tightness;

use super::{Build, counted};
use crate::claim::{Chapter, ClaimReport, Report, Role, Verdict};
use std::time::SystemTime;

const STYLE: &str = include_str!("style.css");

/// Text that is safe between tags and in quoted attributes.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// The sign of a verdict, with a word for those who do not see it.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "<span class=\"mark holds\" role=\"img\" aria-label=\"holds\">✓</span>",
        Verdict::Fails => "<span class=\"mark fails\" role=\"img\" aria-label=\"fails\">✗</span>",
    }
}

/// A claim with the controls that stand under it.
struct Group<'a> {
    claim: &'a ClaimReport,
    controls: Vec<&'a ClaimReport>,
}

/// Claims with their controls, in the order of the report. A control whose claim was not run stands
/// alone.
fn groups(report: &Report) -> Vec<Group<'_>> {
    let listed = |id: &str| report.claims.iter().any(|claim| claim.about.id == id);
    let belongs = |claim: &ClaimReport| claim.about.of.is_some_and(listed);
    report
        .claims
        .iter()
        .filter(|claim| !belongs(claim))
        .map(|claim| Group {
            claim,
            controls: report
                .claims
                .iter()
                .filter(|control| control.about.of == Some(claim.about.id))
                .collect(),
        })
        .collect()
}

/// A run as a page: the verdict and what was run at the top, then every claim by chapter.
///
/// # Examples
/// ```
/// use equibayes::claim::{Settings, run, select};
/// use equibayes::report::{Build, html};
///
/// let run = run(&select(&["A3"])?, &Settings { cases: 16, ..Settings::default() });
/// let page = html::page(&run, &Build::of_this_crate());
/// assert!(page.contains("<article") && !page.contains("http"));
/// # Ok::<(), equibayes::claim::UnknownId>(())
/// ```
pub fn page(report: &Report, build: &Build) -> String {
    let groups = groups(report);
    let chapters: Vec<(Chapter, Vec<&Group<'_>>)> = Chapter::ALL
        .into_iter()
        .map(|chapter| {
            let of = |group: &&Group<'_>| group.claim.about.chapter() == chapter;
            (chapter, groups.iter().filter(of).collect::<Vec<_>>())
        })
        .filter(|(_, groups)| !groups.is_empty())
        .collect();
    let contents: String = chapters.iter().map(|(chapter, of)| contents(*chapter, of)).collect();
    let sections: String = chapters
        .iter()
        .map(|(chapter, of)| {
            let articles: String =
                of.iter().map(|group| claim::article(group, report.seed)).collect();
            let (letter, title) = (chapter.letter(), chapter.title());
            format!(
                "<section id=\"{letter}\">\n<h2>{letter} · {title}</h2>\n{articles}</section>\n"
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{name} {version}: {verdict}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         {header}<nav aria-label=\"Claims\">\n{contents}</nav>\n{overview}<main>\n{sections}</main>\n\
         {LEGEND}</body>\n</html>\n",
        name = build.name,
        version = build.version,
        verdict = report.verdict(),
        header = header(report, build),
        overview = tightness::chart(report),
    )
}

/// How to read the page.
const LEGEND: &str = "<footer>\n\
<p>Each claim was checked on random instances. Its error on an instance is held against a tolerance \
derived from the size and the conditioning of that instance; the histogram shows how the ratio of the \
two is spread. A bound also says how tight it was: the largest left side over right side.</p>\n\
<p>A control drops a hypothesis and must then be refuted by a margin of a thousand tolerances, with a \
witness. Evidence is <em>exact</em> (rational or combinatorial), <em>enclosed</em> (directed rounding), \
<em>float</em> (against a derived tolerance) or <em>statistical</em> (an error probability declared in \
advance: α over the p-value takes the place of error over tolerance, and all statistical checks together are wrong with a \
probability below 10⁻⁶).</p>\n</footer>\n";

fn header(report: &Report, build: &Build) -> String {
    let verdict = if report.holds() {
        format!("{} Every claim holds", mark(Verdict::Holds))
    } else {
        let failed = report.failures().count();
        let (claims, verb) = if failed == 1 { ("entry", "fails") } else { ("entries", "fail") };
        format!("{} {failed} {claims} of {} {verb}", mark(Verdict::Fails), report.claims.len())
    };
    let counts = joined(
        [(Role::Theorem, "theorem"), (Role::Bound, "bound"), (Role::Control, "control")]
            .into_iter()
            .filter(|(role, _)| report.count(*role) > 0)
            .map(|(role, noun)| counted(report.count(role), noun))
            .collect(),
    );
    let facts = [
        ("Version", format!("{} {}", build.name, build.version)),
        ("Commit", build.commit.as_deref().unwrap_or("unknown").chars().take(12).collect()),
        ("Compiler", build.rustc.clone()),
        ("Features", build.features.join(", ")),
        ("Seed", report.seed.to_string()),
        ("Cases", format!("{} per claim", report.cases)),
        ("Run", date::utc(SystemTime::now())),
        ("Time", format!("{:.1} s", report.time.as_secs_f64())),
    ];
    let facts: String = facts
        .iter()
        .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>\n", escape(value)))
        .collect();
    format!(
        "<header>\n<h1>{}</h1>\n<p class=\"verdict {class}\">{verdict}</p>\n\
         <p>Statements about symmetry in Bayesian neural networks, checked on random instances: \
         {counts}.</p>\n<dl class=\"facts\">\n{facts}</dl>\n</header>\n",
        escape(build.name),
        class = report.verdict(),
    )
}

/// `a`, `a and b`, `a, b and c`.
fn joined(mut items: Vec<String>) -> String {
    let Some(last) = items.pop() else { return "none".into() };
    if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) }
}

/// A chapter's row in the table of contents.
fn contents(chapter: Chapter, groups: &[&Group<'_>]) -> String {
    let links: String = groups
        .iter()
        .map(|group| {
            let failed = std::iter::once(&group.claim)
                .chain(&group.controls)
                .any(|claim| claim.verdict == Verdict::Fails);
            let verdict = if failed { Verdict::Fails } else { Verdict::Holds };
            let id = escape(group.claim.about.id);
            let title = escape(group.claim.about.title);
            format!("<li><a href=\"#{id}\" title=\"{title}\">{} {id}</a></li>\n", mark(verdict))
        })
        .collect();
    format!(
        "<div><a class=\"chapter\" href=\"#{}\">{}</a>\n<ul>\n{links}</ul></div>\n",
        chapter.letter(),
        chapter.title()
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let page = page(&sample::failing(), &Build::of_this_crate());
        for (raw, safe) in [
            ("a < b & \"c\"", "&lt;</mo>"),
            ("orbits & averages", "orbits &amp; averages"),
            ("unrelated <posteriors>", "unrelated &lt;posteriors&gt;"),
            ("\"<&>\"", "&quot;&lt;&amp;&gt;&quot;"),
        ] {
            assert!(!page.contains(raw), "{raw}");
            assert!(page.contains(safe), "{safe}");
        }
    }

    #[test]
    fn controls_stand_in_their_claim_and_alone_without_it() {
        let mut report = sample::holding();
        assert_eq!(groups(&report).len(), 2);
        report.claims.remove(0);
        let groups = groups(&report);
        assert_eq!(groups[0].claim.about.id, "A3.unsigned");
        assert_eq!(groups[1].controls.len(), 1);
    }

    #[test]
    fn the_verdict_is_at_the_top() {
        let build = Build::of_this_crate();
        assert!(page(&sample::holding(), &build).contains("Every claim holds"));
        assert!(page(&sample::failing(), &build).contains("2 entries of 4 fail"));
    }
}
