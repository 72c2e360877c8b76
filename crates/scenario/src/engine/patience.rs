//! How long to wait until programs have settled. The time in which they were ready to go on, and others had
//! the processors, does not count: what a program does must not depend on how busy the machine is.

use std::collections::HashMap;
use std::time::Duration;

use socklab_kernel::process::{self, Scheduling, State, scheduling};
use socklab_kernel::{Deadline, clock};

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
    /// When threads were last looked at, and how long each had run and waited.
    looked: u64,
    before: HashMap<u32, Scheduling>,
}

/// A thread at one moment.
#[derive(Clone, Copy, Debug)]
struct Look {
    thread: u32,
    is_tracer: bool,
    /// It runs, or would if it had a processor.
    is_ready: bool,
    scheduling: Scheduling,
}

impl Patience {
    /// Patience for so long with these processes.
    pub(super) fn with(processes: impl Iterator<Item = u32>, time: Duration) -> Self {
        Self {
            time,
            soonest: Deadline::after(time),
            latest: Deadline::after(AT_MOST.max(time)),
            looked: clock::now(),
            before: looks(processes).map(|look| (look.thread, look.scheduling)).collect(),
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
        let now = clock::now();
        let since = Duration::from_nanos(now.saturating_sub(self.looked));
        self.looked = now;
        self.add(looks(processes), since);
        self.soonest
    }

    /// Adds the time in which somebody has been kept waiting since the last look, which was so long ago.
    fn add(&mut self, looks: impl Iterator<Item = Look>, since: Duration) {
        let (mut tracer, mut programs) = (Duration::ZERO, Duration::ZERO);
        for look in looks {
            let now = look.scheduling;
            let before = self.before.insert(look.thread, now).unwrap_or_default();
            // The kernel counts a wait when it has ended.
            let waited = if look.is_ready && now.ran == before.ran {
                since
            } else {
                now.waited.saturating_sub(before.waited)
            };
            let most = if look.is_tracer { &mut tracer } else { &mut programs };
            *most = waited.max(*most);
        }
        // A program at a call and the tracer wait one after the other.
        let more = tracer.saturating_add(programs).min(since);
        self.soonest = Deadline::after(self.soonest.left() + more).min(self.latest);
    }
}

/// Looks at each thread of these processes, and at the tracer.
fn looks(processes: impl Iterator<Item = u32>) -> impl Iterator<Item = Look> {
    let tracer = std::process::id();
    let of = |process| {
        process::threads(process).unwrap_or_default().into_iter().map(move |it| (process, it))
    };
    let threads = processes.flat_map(of).chain([(tracer, tracer)]);
    threads.map(move |(process, thread)| Look {
        thread,
        is_tracer: process == tracer,
        is_ready: process::state(process, thread) == Some(State::Running),
        scheduling: scheduling(process, thread),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How much patience is left after looks at threads that ran and waited for so many seconds.
    fn left_after(looks: &[&[(u32, bool, [u64; 2])]], since: Duration) -> Duration {
        let mut patience = Patience::with(std::iter::empty(), Duration::ZERO);
        patience.latest = Deadline::after(1000 * SECOND);
        patience.before.clear();
        for look in looks {
            let look = look.iter().map(|(thread, is_ready, [ran, waited])| {
                let mut scheduling = Scheduling::default();
                scheduling.ran = Duration::from_secs(*ran);
                scheduling.waited = Duration::from_secs(*waited);
                let is_tracer = *thread == TRACER;
                Look { thread: *thread, is_tracer, is_ready: *is_ready, scheduling }
            });
            patience.add(look, since);
        }
        // The test itself takes some time.
        Duration::from_secs((patience.soonest.left() + SECOND / 2).as_secs())
    }

    const TRACER: u32 = 1;

    #[test]
    fn the_time_in_which_somebody_was_kept_waiting_does_not_count() {
        let long = 100 * SECOND;
        assert_eq!(left_after(&[&[(7, false, [5, 0])]], long), Duration::ZERO, "it ran");
        assert_eq!(left_after(&[&[(7, false, [5, 3])]], long), 3 * SECOND);
        // Threads of programs may have waited at the same time; with the tracer, they take turns.
        assert_eq!(left_after(&[&[(7, false, [5, 3]), (8, false, [1, 2])]], long), 3 * SECOND);
        assert_eq!(left_after(&[&[(7, false, [5, 3]), (TRACER, false, [1, 4])]], long), 7 * SECOND);
        // Only what is new counts, and no more than has passed.
        let again = (7, false, [5, 3]);
        assert_eq!(left_after(&[&[again], &[again]], long), 3 * SECOND);
        assert_eq!(left_after(&[&[(7, false, [5, 30])]], 2 * SECOND), 2 * SECOND);
    }

    #[test]
    fn who_is_ready_and_does_not_run_is_kept_waiting() {
        let stands = (7, true, [5, 3]);
        assert_eq!(left_after(&[&[stands], &[stands]], 10 * SECOND), 13 * SECOND);
        let runs = (7, true, [6, 3]);
        assert_eq!(left_after(&[&[stands], &[runs]], 10 * SECOND), 3 * SECOND);
        let sleeps = (7, false, [5, 3]);
        assert_eq!(left_after(&[&[stands], &[sleeps]], 10 * SECOND), 3 * SECOND);
    }

    #[test]
    fn there_is_an_end() {
        let mut patience = Patience::with(std::iter::empty(), Duration::ZERO);
        let mut scheduling = Scheduling::default();
        scheduling.waited = 100 * SECOND;
        let look = Look { thread: 7, is_tracer: false, is_ready: false, scheduling };
        patience.add([look].into_iter(), 100 * SECOND);
        assert!(patience.soonest.left() <= AT_MOST);
    }
}
