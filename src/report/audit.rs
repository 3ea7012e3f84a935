//! Audits of posteriors, as text and as JSON.

mod measurement;

use super::Paint;
use crate::audit::{Audit, DefectBound, Measurement, NotJoint, VACUOUS};
use crate::symmetrize::mean_field::{Asymmetry, Method};
use measurement::Data;
use num_bigint::BigUint;
use num_traits::ToPrimitive;
use serde::Serialize;
use serde_json::value::RawValue;

/// What was audited, and how it was read.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The name of the group on the command line; of a listed group its generators, like `⟨r, s⟩`.
    pub group: String,
    /// Its order.
    pub order: BigUint,
    /// The convention of the file.
    pub convention: String,
    /// How hidden channels move; `None` where every axis is listed.
    pub channels: Option<String>,
    /// How regular channels are numbered; `None` where every axis is listed.
    pub layout: Option<String>,
    /// What the reader should know besides: choices made for them, tensors left alone.
    pub notes: Vec<String>,
}

#[derive(Serialize)]
struct Json<'a> {
    group: &'a str,
    order: Box<RawValue>,
    convention: &'a str,
    channels: Option<&'a str>,
    layout: Option<&'a str>,
    closed: bool,
    tensors: Vec<Tensor<'a>>,
    total: Numbers,
    bounds: Bounds,
    /// The bounds that apply, the best one first.
    ranked_bounds: Vec<Ranked>,
    joint: Joint,
    data: Option<Data>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Tensor<'a> {
    name: &'a str,
    shape: &'a [usize],
    #[serde(flatten)]
    numbers: Numbers,
}

/// The gaps are null after tying: a singular posterior has no geometric average, and its divergences
/// from regular ones are infinite. It is invariant all the same, so its orbit divergence is a number.
#[derive(Serialize)]
struct Numbers {
    orbit_divergence: f64,
    geometric_gap: Option<f64>,
    arithmetic_gap: Option<f64>,
    remainder: Option<f64>,
    wasserstein: f64,
}

#[derive(Serialize)]
struct Bounds {
    #[serde(rename = "B1")]
    b1: Option<f64>,
    #[serde(rename = "B2")]
    b2: Option<f64>,
    #[serde(rename = "B3")]
    b3: Option<f64>,
}

/// One bound; a value that is infinite is null. `informative_at` is the scale of what is `scaled` at which a vacuous one would say something.
#[derive(Serialize)]
struct Ranked {
    id: &'static str,
    name: &'static str,
    value: f64,
    vacuous: bool,
    scaled: Option<&'static str>,
    informative_at: Option<f64>,
}

/// Whether the network is jointly equivariant under the action, on images of which no pool meets an odd side, or on those that were
/// measured: `null` if that is not decided. The reason says why not, or what is missing.
#[derive(Serialize)]
struct Joint {
    holds: Option<bool>,
    reason: Option<String>,
}

impl Joint {
    fn of(refused: Option<&NotJoint>) -> Self {
        let holds = match refused {
            None => Some(true),
            Some(reason) => reason.is_decided().then_some(false),
        };
        Self { holds, reason: refused.map(ToString::to_string) }
    }
}

#[derive(Serialize)]
struct JsonPair<'a> {
    method: &'a str,
    moved: &'a [String],
    before: Json<'a>,
    after: Json<'a>,
}

fn numbers(asymmetry: &Asymmetry, singular: bool) -> Numbers {
    let unless_singular = |x: f64| (!singular).then_some(x);
    Numbers {
        orbit_divergence: asymmetry.orbit_divergence,
        geometric_gap: unless_singular(asymmetry.geometric_gap),
        arithmetic_gap: unless_singular(asymmetry.arithmetic_gap),
        remainder: unless_singular(asymmetry.remainder),
        wasserstein: asymmetry.wasserstein,
    }
}

fn json_of<'a>(
    subject: &'a Subject,
    audit: &'a Audit,
    measured: &[Measurement],
    singular: bool,
) -> Json<'a> {
    Json {
        group: &subject.group,
        // Digits are a number in JSON, however many.
        order: RawValue::from_string(subject.order.to_string()).unwrap_or_default(),
        convention: &subject.convention,
        channels: subject.channels.as_deref(),
        layout: subject.layout.as_deref(),
        // Diagonal Gaussians under (signed) permutations of the coordinates, by construction (F3).
        closed: true,
        tensors: audit
            .tensors
            .iter()
            .map(|tensor| Tensor {
                name: &tensor.name,
                shape: &tensor.shape,
                numbers: numbers(&tensor.asymmetry, singular),
            })
            .collect(),
        total: numbers(&audit.total, singular),
        bounds: Bounds { b1: audit.bounds.b1, b2: audit.bounds.b2, b3: audit.bounds.b3 },
        ranked_bounds: audit
            .ranking
            .iter()
            .map(|&DefectBound { id, name, value, vacuous, scaled, informative_at }| Ranked {
                id,
                name,
                value,
                vacuous,
                scaled: Some(scaled).filter(|scaled| !scaled.is_empty()),
                informative_at,
            })
            .collect(),
        joint: Joint::of(audit.not_joint.as_ref()),
        data: measured.split_last().map(|(last, _)| Data::of(last, measured)),
        notes: &subject.notes,
    }
}

fn rendered(value: &impl Serialize) -> String {
    // Strings, finite numbers and arrays: serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// An audit as JSON, with what was measured on images: nothing, one measurement, or a sweep over numbers of draws, the most
/// of them last.
///
/// `joint` tells whether the network is jointly equivariant under the action, which bounds B1 to B4 rest on: `holds` is `true`, `false`, or
/// `null` where that is [not decided](NotJoint::is_decided), and `reason` says why it is not `true`.
pub fn json(subject: &Subject, audit: &Audit, measured: &[Measurement]) -> String {
    rendered(&json_of(subject, audit, measured, false))
}

/// The audits before and after a symmetrisation as JSON. After tying, divergences are null: the
/// posterior is singular.
pub fn symmetrized_json(
    subject: &Subject,
    method: Method,
    moved: &[String],
    before: &Audit,
    after: &Audit,
) -> String {
    rendered(&JsonPair {
        method: method.name(),
        moved,
        before: json_of(subject, before, &[], false),
        after: json_of(subject, after, &[], method == Method::Tie),
    })
}

/// Four figures, as a reader wants them.
fn figure(x: f64) -> String {
    if x == 0.0 {
        "0".into()
    } else if x == f64::INFINITY {
        "∞".into()
    } else if (1e-2..1e5).contains(&x) {
        let decimals = (3 - x.log10().floor() as i32).clamp(0, 5) as usize;
        format!("{x:.decimals$}")
    } else {
        format!("{x:.3e}")
    }
}

const COLUMNS: [&str; 7] = [
    "tensor",
    "shape",
    "orbit divergence",
    "geometric gap",
    "arithmetic gap",
    "remainder",
    "Wasserstein²",
];

fn shape(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

fn cells(name: &str, shape: String, asymmetry: &Asymmetry, singular: bool) -> [String; 7] {
    let gap = |x: f64| if singular { "–".to_owned() } else { figure(x) };
    [
        name.to_owned(),
        shape,
        figure(asymmetry.orbit_divergence),
        gap(asymmetry.geometric_gap),
        gap(asymmetry.arithmetic_gap),
        gap(asymmetry.remainder),
        figure(asymmetry.wasserstein),
    ]
}

/// The tensors, one line each, and their sum.
fn table(audit: &Audit, singular: bool, paint: Paint) -> String {
    let mut rows: Vec<[String; 7]> = vec![COLUMNS.map(str::to_owned)];
    for tensor in &audit.tensors {
        rows.push(cells(&tensor.name, shape(&tensor.shape), &tensor.asymmetry, singular));
    }
    rows.push(cells("total", String::new(), &audit.total, singular));
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let last = rows.len() - 1;
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            // Names and shapes to the left, numbers to the right.
            if column < 2 {
                line.push_str(&format!("{cell:width$}  "));
            } else {
                line.push_str(&format!("{cell:>width$}  "));
            }
        }
        let line = line.trim_end();
        let strong = index == 0 || index == last;
        text.push_str(&if strong { paint.strong(line) } else { line.to_owned() });
        text.push('\n');
    }
    text
}

/// One bound, and how much of it was found.
fn bound(bound: &DefectBound, measured: Option<f64>) -> String {
    let DefectBound { id, name, value, vacuous, scaled, informative_at } = bound;
    let mut line = format!("  {id}  {name}: {}", figure(*value));
    if *vacuous {
        line.push_str(", vacuous");
    }
    if let Some(scale) = informative_at {
        line.push_str(&format!("; says something from {} of {scaled} down", figure(*scale)));
    }
    // B8 is for other images than those that were measured.
    let comparable = *id != "B8" && *value > 0.0 && value.is_finite();
    if let Some(measured) = measured.filter(|_| comparable) {
        line.push_str(&format!("; measured {} of it", figure(measured.max(0.0) / value)));
    }
    line.push('\n');
    line
}

fn bounds(subject: &Subject, audit: &Audit, measured: Option<&Measurement>) -> String {
    // The identity contributes nothing to the defect, and every other element VACUOUS at most.
    let order = subject.order.to_f64().unwrap_or(f64::INFINITY);
    let trivial = VACUOUS * (1.0 - 1.0 / order);
    let mut text = format!(
        "Bounds on the mean squared defect of the predictive probabilities, best first (trivially at most {}):\n",
        figure(trivial)
    );
    let found = measured.map(|found| found.defect.unbiased.unwrap_or(found.defect.shared));
    for one in &audit.ranking {
        text.push_str(&bound(one, found));
    }
    if let Some(reason) = &audit.not_joint {
        text.push_str(&format!("  B1–B4 do not apply: {reason}\n"));
    // With images there is one that holds in the mean over the posterior.
    } else if audit.ranking.iter().all(|bound| bound.id != "B3") {
        text.push_str(
            "  B3  Lipschitz × Wasserstein: none: a deep network has no global Lipschitz constant\n",
        );
    }
    text
}

fn head(subject: &Subject) -> String {
    let moved = match (subject.channels.as_deref(), subject.layout.as_deref()) {
        (Some(channels), Some(layout)) if channels.starts_with("regular") => {
            format!("channels {channels} ({layout})")
        }
        (Some(channels), _) => format!("channels {channels}"),
        (None, _) => "every axis as listed".to_owned(),
    };
    let mut text = format!(
        "Convention {}. Group {} of order {}, {moved}. \
         Diagonal Gaussians are closed under this action.\n",
        subject.convention, subject.group, subject.order
    );
    for note in &subject.notes {
        text.push_str(&format!("Note: {note}.\n"));
    }
    text
}

/// An audit for a terminal, with what was measured on images: nothing, one measurement, or a sweep over numbers of draws, the
/// most of them last.
pub fn text(subject: &Subject, audit: &Audit, measured: &[Measurement], paint: Paint) -> String {
    let last = measured.last();
    format!(
        "{}\nDivergences in nats; all columns add over tensors.\n{}\n{}{}{}",
        head(subject),
        table(audit, false, paint),
        bounds(subject, audit, last),
        last.map_or_else(String::new, |found| measurement::text(found, paint)),
        measurement::sweep(measured, paint)
    )
}

/// The audits before and after a symmetrisation for a terminal.
pub fn symmetrized_text(
    subject: &Subject,
    method: Method,
    moved: &[String],
    before: &Audit,
    after: &Audit,
    paint: Paint,
) -> String {
    let singular = method == Method::Tie;
    let mut text = head(subject);
    text.push_str(&match moved {
        [] => format!("Method {method}: nothing moved.\n"),
        names => format!("Method {method} moved {}.\n", names.join(", ")),
    });
    text.push_str(&format!(
        "\n{}\n{}",
        paint.strong("Before, in nats:"),
        table(before, false, paint)
    ));
    text.push_str(&format!("\n{}\n{}", paint.strong("After:"), table(after, singular, paint)));
    if singular {
        text.push_str(
            "\nWarning: a tied posterior is singular. The file holds its marginals, and draws from the \
             reloaded file are not equivariant one by one.\n",
        );
    } else if after.total.orbit_divergence == 0.0 {
        text.push_str("\nThe result is invariant to the last bit.\n");
    } else {
        text.push_str(&format!(
            "\nResidual orbit divergence: {} nats.\n",
            figure(after.total.orbit_divergence)
        ));
    }
    text
}
