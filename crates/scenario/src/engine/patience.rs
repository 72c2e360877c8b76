//! How long to wait until programs have settled. The time in which they were ready to go on, and others had
//! the processors, does not count: what a program does must not depend on how busy the machine is.

use std::collections::HashMap;
use std::time::Duration;

use socklab_kernel::Deadline;
use socklab_kernel::process::{self, scheduling};

/// However busy the machine is, no longer than this.
const AT_MOST: Duration = Duration::from_secs(5);

/// The patience with programs, which gets less while they, or the tracer, could run.
#[derive(Debug)]
pub(super) struct Patience {
    /// How long they may take.
    time: Duration,
    /// When that ends if nobody is kept waiting.
    soonest: Deadline,
    latest: Deadline,
    /// How long each thread had been kept waiting in the beginning.
    before: HashMap<u32, Duration>,
    /// How long one of them has been kept waiting since, at most.
    kept: Duration,
}

impl Patience {
    /// Patience for so long with these processes.
    pub(super) fn with(processes: impl Iterator<Item = u32>, time: Duration) -> Self {
        Self {
            time,
            soonest: Deadline::after(time),
            latest: Deadline::after(AT_MOST.max(time)),
            before: waited(processes).collect(),
            kept: Duration::ZERO,
        }
    }

    /// When it ends at the latest.
    pub(super) fn latest(&self) -> Deadline {
        self.latest
    }

    /// When it ends, as far as that is known now.
    pub(super) fn end(&mut self, processes: impl Iterator<Item = u32>) -> Deadline {
        let left = self.soonest.left();
        // As long as there is enough, nobody needs to know.
        if left > self.time / 2 {
            return self.soonest;
        }
        self.add(waited(processes));
        self.soonest
    }

    /// Adds the time in which somebody has been kept waiting since the last time.
    fn add(&mut self, waited: impl Iterator<Item = (u32, Duration)>) {
        let kept = waited.map(|(thread, waited)| {
            waited.saturating_sub(self.before.get(&thread).copied().unwrap_or_default())
        });
        let more = kept.max().unwrap_or_default().saturating_sub(self.kept);
        self.kept += more;
        self.soonest = Deadline::after(self.soonest.left() + more).min(self.latest);
    }
}

/// How long each thread of these processes, and the tracer, has been kept waiting for a processor.
fn waited(processes: impl Iterator<Item = u32>) -> impl Iterator<Item = (u32, Duration)> {
    let tracer = std::process::id();
    let of = |process| {
        process::threads(process).unwrap_or_default().into_iter().map(move |it| (process, it))
    };
    let threads = processes.flat_map(of).chain([(tracer, tracer)]);
    threads.map(|(process, thread)| (thread, scheduling(process, thread).waited))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_time_in_which_somebody_was_kept_waiting_does_not_count() {
        let mut patience = Patience::with(std::iter::empty(), Duration::ZERO);
        patience.latest = Deadline::after(10 * HOUR);
        patience.before = HashMap::from([(1, HOUR)]);
        patience.add([(1, HOUR)].into_iter());
        assert!(patience.soonest.has_passed(), "it waited before");
        patience.add([(1, 2 * HOUR), (2, HOUR / 2)].into_iter());
        let left = patience.soonest.left();
        assert!(left > HOUR / 2 && left <= HOUR, "{left:?}");
        // The same time again.
        patience.add([(1, 2 * HOUR)].into_iter());
        assert!(patience.soonest.left() <= HOUR);
        patience.add([(1, 100 * HOUR)].into_iter());
        assert!(patience.soonest.left() <= 10 * HOUR, "there is an end");
    }
}
