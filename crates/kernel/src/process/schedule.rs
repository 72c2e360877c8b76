//! How long threads have run and waited for a processor: their `schedstat`
//! (`Documentation/scheduler/sched-stats.rst`).

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

/// How long a thread has run, and how long it has waited for a processor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scheduling {
    /// How long it has run.
    pub ran: Duration,
    /// How long it has waited for a processor while it was ready to run.
    pub waited: Duration,
    /// How often it was given a processor.
    pub turns: u64,
}

/// How long the calling thread has run and waited so far: its `schedstat`
/// (`Documentation/scheduler/sched-stats.rst`). Zero if the kernel doesn't keep these statistics.
pub fn own_scheduling() -> Scheduling {
    parse_scheduling(&fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default())
}

/// How long a thread of a process has run and waited so far. Zero if there is no such thread, or
/// the kernel doesn't keep these statistics.
pub fn scheduling(process: u32, thread: u32) -> Scheduling {
    let path = format!("/proc/{process}/task/{thread}/schedstat");
    parse_scheduling(&fs::read_to_string(path).unwrap_or_default())
}

fn parse_scheduling(text: &str) -> Scheduling {
    let mut numbers = text.split_ascii_whitespace().map_while(|word| word.parse::<u64>().ok());
    let mut next = || numbers.next().unwrap_or(0);
    let (ran, waited) = (Duration::from_nanos(next()), Duration::from_nanos(next()));
    Scheduling { ran, waited, turns: next() }
}

/// The file that tells what [`scheduling`] does, kept open for those who ask often: that takes a third
/// of the time.
#[derive(Debug)]
pub struct Schedstat(File);

impl Schedstat {
    /// Opens that of a thread of a process.
    ///
    /// # Errors
    ///
    /// When there is no such thread, when the kernel doesn't keep these statistics, or `EMFILE` when
    /// this process has too many open files.
    pub fn of(process: u32, thread: u32) -> io::Result<Self> {
        File::open(format!("/proc/{process}/task/{thread}/schedstat")).map(Self)
    }

    /// Opens that of the calling thread.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn own() -> io::Result<Self> {
        File::open("/proc/thread-self/schedstat").map(Self)
    }

    /// What it says now; `None` if the thread has ended.
    pub fn read(&self) -> Option<Scheduling> {
        // Three numbers of at most 20 digits each, two spaces and a line feed.
        let mut text = [0; 64];
        let length = self.0.read_at(&mut text, 0).ok().filter(|length| *length > 0)?;
        Some(parse_scheduling(str::from_utf8(text.get(..length)?).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_open_file_tells_what_a_newly_opened_one_does() {
        let (us, thread) =
            (std::process::id(), rustix::thread::gettid().as_raw_pid().cast_unsigned());
        let kept = Schedstat::of(us, thread).expect("our own");
        let first = kept.read().expect("we run");
        // What it says of a running thread may be a tick behind; while the thread waits it is exact.
        let (mut before, mut kept_one, mut after) = Default::default();
        thread::scope(|scope| {
            scope.spawn(|| {
                before = scheduling(us, thread);
                kept_one = kept.read().unwrap_or_default();
                after = scheduling(us, thread);
            });
        });
        assert!(first.ran <= kept_one.ran && first.turns <= kept_one.turns);
        assert!(before.ran <= kept_one.ran && kept_one.ran <= after.ran);
        assert!(before.turns <= kept_one.turns && kept_one.turns <= after.turns);
    }

    #[test]
    fn of_a_thread_that_has_ended_nothing_is_told() {
        let mut child = std::process::Command::new("true").spawn().expect("a process");
        let kept = Schedstat::of(child.id(), child.id());
        child.wait().expect("its end");
        // It may have been too late to open it.
        assert!(kept.is_err() || kept.is_ok_and(|kept| kept.read().is_none()));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text: String, words in "[-0-9 ]{0,80}") {
            for text in [text, words] {
                let _ = parse_scheduling(&text);
            }
        }
    }
}
