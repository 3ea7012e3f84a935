//! Reports as text for a terminal.

use super::{Paint, counted, declared, finding, ratio};
use crate::claim::{About, Chapter, Claim, ClaimReport, Report, Role, Verdict};
use std::collections::BTreeMap;

/// How far a control stands to the right of its claim.
const INDENT: usize = 2;

/// A table's row, before it is known how wide the columns must be.
struct Row<'a> {
    about: &'a About,
    /// The sign in front, already coloured.
    mark: String,
    /// What stands between id and title.
    cells: Vec<String>,
    /// Lines below.
    notes: Vec<String>,
}

/// Rows by chapter, in columns.
fn table(rows: &[Row<'_>], paint: Paint) -> String {
    let indent = |about: &About| if about.role == Role::Control { INDENT } else { 0 };
    let wide = |text: &str| text.chars().count();
    let id_width = rows.iter().map(|row| indent(row.about) + wide(row.about.id)).max().unwrap_or(0);
    let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|row| row.cells.get(c)).map(|s| wide(s)).max().unwrap_or(0))
        .collect();
    let mut chapters: BTreeMap<Chapter, String> = BTreeMap::new();
    for row in rows {
        let chapter = row.about.chapter();
        let lines = chapters.entry(chapter).or_insert_with(|| {
            paint.strong(&format!("{}  {}\n", chapter.letter(), chapter.title()))
        });
        let indent = indent(row.about);
        let id_width = id_width - indent;
        let mut line = format!("{:indent$}{} {:id_width$}", "", row.mark, row.about.id);
        for (cell, width) in row.cells.iter().zip(&widths) {
            line.push_str(&format!("  {cell:width$}"));
        }
        line.push_str("  ");
        line.push_str(row.about.title);
        lines.push_str(line.trim_end());
        lines.push('\n');
        for note in &row.notes {
            lines.push_str(&format!("{:indent$}    {note}\n", ""));
        }
    }
    chapters.into_values().collect::<Vec<_>>().join("\n")
}

fn row<'a>(claim: &'a ClaimReport, seed: u64, paint: Paint) -> Row<'a> {
    let holds = claim.verdict == Verdict::Holds;
    let mut notes = Vec::new();
    if !holds {
        notes.extend(claim.reason.iter().map(|reason| paint.bad(reason)));
        notes.extend(claim.witness.iter().map(|witness| format!("witness: {witness}")));
        notes.push(format!("again: {}", claim.reproduce(seed)));
    }
    notes.extend(claim.enclosed.as_ref().map(|twin| {
        let decided = twin.cases - twin.undecided;
        format!("in directed rounding: {decided} of {} decided", twin.cases)
    }));
    notes.extend(super::untold(claim).map(|names| format!("cannot tell from: {names}")));
    let tight = claim.tightness.map(|tightness| format!("tight {}", ratio(tightness)));
    Row {
        about: &claim.about,
        mark: if holds { paint.good("✓") } else { paint.bad("✗") },
        cells: vec![
            match claim.statistical {
                Some(design) => format!("n = {}", design.repetitions),
                None => {
                    format!(
                        "{:>5} {}",
                        claim.cases,
                        if claim.cases == 1 { "case" } else { "cases" }
                    )
                }
            },
            finding(claim),
            tight.unwrap_or_default(),
            claim.evidence.to_string(),
        ],
        notes,
    }
}

/// A run: by chapter one line per claim, its controls indented below it, and a closing line.
///
/// A claim's line has the number of cases, the largest error against its tolerance (for a control, how
/// grossly it was refuted), for a bound how tight it was, the evidence and the title; where it fails,
/// the reason, the witness and the command that shows it again follow.
pub fn run(report: &Report, paint: Paint) -> String {
    let rows: Vec<Row<'_>> =
        report.claims.iter().map(|claim| row(claim, report.seed, paint)).collect();
    format!("{}\n{}\n", table(&rows, paint), closing(report, paint))
}

/// The verdict with what it is about.
fn closing(report: &Report, paint: Paint) -> String {
    let verdict = if report.holds() {
        paint.good("holds")
    } else {
        let failed: Vec<&str> = report.failures().map(|claim| claim.about.id).collect();
        format!("{} ({})", paint.bad("fails"), failed.join(", "))
    };
    format!(
        "{verdict}: {}, {}, {}; seed {}, {}, {:.1} s",
        counted(report.count(Role::Theorem), "theorem"),
        counted(report.count(Role::Bound), "bound"),
        counted(report.count(Role::Control), "control"),
        report.seed,
        counted(report.cases, "case"),
        report.time.as_secs_f64()
    )
}

/// The list of claims: id, role, evidence and title.
pub fn catalogue(claims: &[Box<dyn Claim>], paint: Paint) -> String {
    let rows: Vec<Row<'_>> = claims
        .iter()
        .map(|claim| {
            let about = claim.about();
            let exact = if claim.has_exact_twin() { ", exact with --exact" } else { "" };
            let declared =
                claim.design().map_or(String::new(), |design| format!(", {}", declared(&design)));
            Row {
                about,
                mark: " ".into(),
                cells: vec![about.role.to_string(), format!("{}{exact}{declared}", about.evidence)],
                notes: vec![],
            }
        })
        .collect();
    table(&rows, paint)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_run_in_columns() {
        assert_eq!(
            run(&sample::holding(), Paint::Plain),
            "\
A  Algebra
✓ A3                256 cases  no error                         exact  orbits & averages
  ✓ A3.unsigned     256 cases  refuted ×∞                       float  signs dropped

S  Symmetrisations
✓ S5.chain          256 cases  0.250 of tolerance  tight 0.998  float  three variances
  ✓ S5.unrelated    256 cases  refuted ×3.0e12                  float  unrelated <posteriors>

holds: 1 theorem, 1 bound, 2 controls; seed 7, 256 cases, 1.5 s
"
        );
    }

    #[test]
    fn a_statistical_check_says_how_often_it_drew() {
        let text = run(&sample::statistical(), Paint::Plain);
        assert!(text.contains("A3  n = 4096  0.250 of tolerance"), "{text}");
        let again = sample::statistical().claims[0].reproduce(7);
        assert_eq!(again, "equibayes verify A3 --seed 7");
    }

    #[test]
    fn failures_say_why_and_how_to_see_them_again() {
        let text = run(&sample::failing(), Paint::Plain);
        assert!(text.contains("✗ A3 "), "{text}");
        assert!(text.contains("witness: Scene { x: \"<&>\" }"), "{text}");
        assert!(text.contains("again: equibayes verify A3 --cases 256 --seed 7"), "{text}");
        assert!(text.contains("the violation was not shown"), "{text}");
        assert!(text.contains("\nfails (A3, S5.unrelated): "), "{text}");
    }

    #[test]
    fn only_colour_has_escapes() {
        assert!(!run(&sample::failing(), Paint::Plain).contains('\u{1b}'));
        assert!(run(&sample::failing(), Paint::Colour).contains("\u{1b}[1;31m✗\u{1b}[0m"));
    }
}
