//! Time that passes, or the time that processors work for this process.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use std::time::{Duration, Instant};

/// Measures what the environment variable `BENCH_TIME` says: `processor` is the processor time of all threads,
/// which other programs on the same cores hardly change (Linux only); otherwise the time that passes.
pub(crate) struct Timer {
    start: Instant,
    processor: bool,
}

impl Timer {
    /// As the environment says.
    pub(crate) fn from_environment() -> Self {
        let processor = std::env::var("BENCH_TIME").is_ok_and(|value| value == "processor");
        Self { start: Instant::now(), processor }
    }

    fn now(&self) -> Duration {
        if self.processor { processor_time() } else { self.start.elapsed() }
    }
}

/// Of all threads that still run.
fn processor_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").expect("processor time is for Linux");
    let nanoseconds = |thread: std::fs::DirEntry| -> Option<u64> {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    Duration::from_nanos(threads.flatten().filter_map(nanoseconds).sum())
}

impl Measurement for Timer {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        self.now()
    }

    fn end(&self, start: Duration) -> Duration {
        self.now().saturating_sub(start)
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
