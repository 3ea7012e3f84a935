//! Progress bars on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
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
        let template = format!(
            "{{bar:32}} {{percent:>3}} % of {{len}} {unit}, {{per_sec}}, {{eta}} remaining"
        );
        // A template that does not parse is a slip in the line above: the default bar then.
        bar.set_style(
            ProgressStyle::with_template(&template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
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
