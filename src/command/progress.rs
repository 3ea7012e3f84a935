//! Progress bars on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a second the bar is drawn.
const REFRESH_HZ: u8 = 10;

/// A bar with rate and remaining time, which appears after two seconds and goes away with the value.
pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: AtomicBool,
}

impl Progress {
    /// A bar for `length` units of work.
    pub(super) fn new(length: usize, unit: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
        let template =
            format!("{{bar:32}} {{percent:>3}} % of {{len}} {unit}, {{rate}}/s, {{eta}} remaining");
        // A template that does not parse is a slip in the line above: the default bar then.
        bar.set_style(
            ProgressStyle::with_template(&template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
                    // There is no error to tell anyone but the bar itself.
                    let _ = write!(out, "{}", three_figures(state.per_sec()));
                })
                .progress_chars("━╸ "),
        );
        Self { bar, start: Instant::now(), shown: AtomicBool::new(false) }
    }

    /// No bar.
    pub(super) fn none() -> Self {
        Self { bar: ProgressBar::hidden(), start: Instant::now(), shown: AtomicBool::new(true) }
    }

    /// Tells that this many units are done. Any thread may call it.
    pub(crate) fn advance(&self, units: usize) {
        self.bar.inc(units as u64);
        if self.start.elapsed() >= PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(REFRESH_HZ));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A rate to about three figures.
fn three_figures(rate: f64) -> String {
    let decimals = if rate < 1.0 { 3 } else { usize::from(rate < 100.0) };
    format!("{rate:.decimals$}")
}
