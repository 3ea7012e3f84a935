//! Audits of posteriors, as text and as JSON.

use super::Paint;
use crate::audit::{Audit, Measurement, VACUOUS};
use crate::defect::Scores;
use crate::symmetrize::mean_field::{Asymmetry, Method};
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

#[derive(Serialize)]
struct JsonPair<'a> {
    method: &'a str,
    moved: &'a [String],
    before: Json<'a>,
    after: Json<'a>,
}

/// What was measured on images.
#[derive(Serialize)]
struct Data {
    images: usize,
    draws: usize,
    defect: Defect,
    #[serde(flatten)]
    scores: ScoreNumbers,
    orbit_sampled: OrbitSampled,
}

#[derive(Serialize)]
struct Defect {
    plug_in: f64,
    shared: f64,
    unbiased: Option<f64>,
    unbiased_se: Option<f64>,
}

#[derive(Serialize)]
struct ScoreNumbers {
    osp_majority: f64,
    osp_identity: f64,
    symmetric_kl: f64,
    accuracy: f64,
    nll: f64,
    ece: f64,
}

#[derive(Serialize)]
struct OrbitSampled {
    #[serde(flatten)]
    scores: ScoreNumbers,
    max_error: f64,
}

impl From<&Scores> for ScoreNumbers {
    fn from(scores: &Scores) -> Self {
        let &Scores { osp_majority, osp_identity, symmetric_kl, accuracy, nll, ece } = scores;
        Self { osp_majority, osp_identity, symmetric_kl, accuracy, nll, ece }
    }
}

impl From<&Measurement> for Data {
    fn from(found: &Measurement) -> Self {
        let defect = &found.defect;
        Self {
            images: found.images,
            draws: found.draws,
            defect: Defect {
                plug_in: defect.plug_in,
                shared: defect.shared,
                unbiased: defect.unbiased,
                unbiased_se: defect.unbiased_se,
            },
            scores: (&found.scores).into(),
            orbit_sampled: OrbitSampled {
                scores: (&found.orbit_sampled).into(),
                max_error: found.orbit_sampled_error,
            },
        }
    }
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
    measured: Option<&Measurement>,
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
        data: measured.map(Data::from),
        notes: &subject.notes,
    }
}

fn rendered(value: &impl Serialize) -> String {
    // Strings, finite numbers and arrays: serialising them cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// An audit as JSON, with what was measured on images, if anything was.
pub fn json(subject: &Subject, audit: &Audit, measured: Option<&Measurement>) -> String {
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
        before: json_of(subject, before, None, false),
        after: json_of(subject, after, None, method == Method::Tie),
    })
}

/// Four figures, as a reader wants them.
fn figure(x: f64) -> String {
    if x == 0.0 {
        "0".into()
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

fn bound(name: &str, what: &str, value: Option<f64>, trivial: f64) -> String {
    let said = match value {
        None => "none: a deep network has no global Lipschitz constant".to_owned(),
        // What cannot be told from the trivial bound says nothing either.
        Some(value) if value >= trivial * (1.0 - 1e-9) => format!("{}, vacuous", figure(value)),
        Some(value) => figure(value),
    };
    format!("  {name}  {what}: {said}\n")
}

fn bounds(subject: &Subject, audit: &Audit) -> String {
    // The identity contributes nothing to the defect, and every other element VACUOUS at most.
    let order = subject.order.to_f64().unwrap_or(f64::INFINITY);
    let trivial = VACUOUS * (1.0 - 1.0 / order);
    let mut text = format!(
        "Bounds on the mean squared defect of the predictive probabilities (trivially at most {}):\n",
        figure(trivial)
    );
    text.push_str(&bound("B1", "total variation", audit.bounds.b1, trivial));
    text.push_str(&bound("B2", "orbit divergence", audit.bounds.b2, trivial));
    text.push_str(&bound("B3", "Lipschitz × Wasserstein", audit.bounds.b3, trivial));
    if let Some(b2) = audit.bounds.b2.filter(|&b2| b2 >= trivial && trivial > 0.0) {
        text.push_str(&format!(
            "  B2 would say something at {} times less orbit divergence.\n",
            figure(b2 / trivial)
        ));
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

/// Estimates and scores, as far as they were measured.
fn measured(found: &Measurement, paint: Paint) -> String {
    let defect = &found.defect;
    let mut text = format!(
        "\n{}\n",
        paint.strong(&format!("Measured on {} images with {} draws:", found.images, found.draws))
    );
    let unbiased = match (defect.unbiased, defect.unbiased_se) {
        (Some(value), Some(se)) => format!("{} ± {}", figure(value), figure(se)),
        (Some(value), None) => figure(value),
        (None, _) => "takes two draws".to_owned(),
    };
    text.push_str(&format!(
        "  mean squared defect  unbiased {unbiased}; plug-in {} with shared draws, {} with fresh ones\n",
        figure(defect.shared),
        figure(defect.plug_in)
    ));
    let columns = ["accuracy", "NLL", "ECE", "majority", "identity", "symmetric KL"];
    let line = |name: &str, cells: [String; 6]| {
        let cells: Vec<String> = cells
            .iter()
            .zip(columns)
            .map(|(cell, name)| format!("{cell:>w$}", w = name.len().max(9)))
            .collect();
        format!("  {name:<19}  {}\n", cells.join("  "))
    };
    text.push_str(&line("", columns.map(str::to_owned)));
    for (name, scores) in [("posterior", &found.scores), ("orbit-sampled", &found.orbit_sampled)] {
        let share = |x: f64| format!("{:.2} %", 100.0 * x);
        text.push_str(&line(
            name,
            [
                share(scores.accuracy),
                figure(scores.nll),
                figure(scores.ece),
                share(scores.osp_majority),
                share(scores.osp_identity),
                figure(scores.symmetric_kl),
            ],
        ));
    }
    text.push_str(&format!(
        "  Majority and identity: the share of an orbit with the same class. Orbit-sampled probabilities \
         differ by at most {} over an orbit.\n",
        figure(found.orbit_sampled_error)
    ));
    text
}

/// An audit for a terminal, with what was measured on images, if anything was.
pub fn text(subject: &Subject, audit: &Audit, found: Option<&Measurement>, paint: Paint) -> String {
    format!(
        "{}\nDivergences in nats; all columns add over tensors.\n{}\n{}{}",
        head(subject),
        table(audit, false, paint),
        bounds(subject, audit),
        found.map_or_else(String::new, |found| measured(found, paint))
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
