//! Whether anything can still happen. A deadline needn't be waited for if nothing can.

use std::time::{Duration, Instant};

use socklab_kernel::process::{self, State, SystemCall};
use socklab_kernel::table::{self, Entry, Namespace, Table};
use socklab_kernel::waits_forever;

/// How often to look.
const EVERY: Duration = Duration::from_millis(20);
/// `futex(2)` on x86-64.
const FUTEX: i64 = 202;

/// Looks, from time to time, whether everybody waits for somebody else.
#[derive(Debug)]
pub(super) struct Standstill {
    looked: Instant,
    /// What was seen when nobody could go on.
    before: Option<Still>,
}

/// A moment in which nobody could go on.
#[derive(Debug, PartialEq, Eq)]
struct Still {
    /// How much had happened.
    happened: u64,
    /// How often each thread had been given a processor.
    turns: Vec<u64>,
}

impl Standstill {
    pub(super) fn new() -> Self {
        Self { looked: Instant::now(), before: None }
    }

    /// How long until it is time to look.
    pub(super) fn due(&self) -> Duration {
        EVERY.saturating_sub(self.looked.elapsed())
    }

    /// True if nothing can happen any more: when looked at twice, each of these processes waited for
    /// another one, nothing was under way, and nothing had `happened` in between.
    ///
    /// They are looked at one after another, so a first one could be woken by a last one before that
    /// goes to sleep. But between two looks at threads that have not run meanwhile, all slept.
    pub(super) fn has_come(&mut self, happened: u64, processes: &[u32]) -> bool {
        self.looked = Instant::now();
        // Before it is asked whether they sleep: who runs in between has more turns the next time.
        let turns = processes.iter().flat_map(|process| turns(*process)).collect();
        let now = nobody_can_go_on(processes).then_some(Still { happened, turns });
        let same = now.is_some() && now == self.before;
        self.before = now;
        same
    }
}

fn turns(process: u32) -> impl Iterator<Item = u64> {
    let threads = process::threads(process).unwrap_or_default();
    threads.into_iter().map(move |thread| process::scheduling(process, thread).turns)
}

fn nobody_can_go_on(processes: &[u32]) -> bool {
    !processes.is_empty()
        && we_have_nothing_to_do()
        && nothing_to_report()
        && processes.iter().all(|process| waits_forever(*process))
        && nothing_under_way()
}

/// True if every other thread of this process sleeps: none is about to write a program's input, to
/// read what it has printed, or to answer for names.
fn we_have_nothing_to_do() -> bool {
    let this = std::process::id();
    let me = rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned();
    let threads = process::threads(this).unwrap_or_default();
    threads
        .iter()
        .all(|thread| *thread == me || process::state(this, *thread) == Some(State::Sleeping))
}

/// True if the tracer, the first thread of this process, waits for its tracees, so that there is
/// nothing that it has yet to report.
pub(super) fn nothing_to_report() -> bool {
    let this = std::process::id();
    process::state(this, this) == Some(State::Sleeping)
        && match process::system_call(this, this) {
            Ok(SystemCall::Inside { number, .. }) => number != FUTEX,
            Ok(_) => false,
            // Where the kernel does not say what it sleeps in, sleeping is all that is known.
            Err(_) => true,
        }
}

fn nothing_under_way() -> bool {
    !is_any(Entry::will_send)
}

/// True if what a socket here has sent by TCP may be on its way.
pub(super) fn is_under_way() -> bool {
    is_any(Entry::awaits_acknowledgement)
}

fn is_any(kind: fn(&Entry) -> bool) -> bool {
    [Table::Tcp, Table::Tcp6].into_iter().any(|which| {
        // Without IPv6 there is no table of it.
        let entries = table::read(Namespace::Own, which).unwrap_or_default();
        entries.iter().any(kind)
    })
}
