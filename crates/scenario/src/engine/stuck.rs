//! Whether anything can still happen. A deadline needn't be waited for if nothing can.

use std::time::{Duration, Instant};

use socklab_kernel::process::{self, State, SystemCall};
use socklab_kernel::table::{self, Namespace, Table};
use socklab_kernel::waits_forever;

/// How often to look.
const EVERY: Duration = Duration::from_millis(20);
/// `futex(2)` on x86-64.
const FUTEX: i64 = 202;

/// Looks, from time to time, whether everybody waits for somebody else.
#[derive(Debug)]
pub(super) struct Standstill {
    looked: Instant,
    /// How much had happened when nobody could go on.
    before: Option<u64>,
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
    pub(super) fn has_come(&mut self, happened: u64, processes: &[u32]) -> bool {
        self.looked = Instant::now();
        let now = nobody_can_go_on(processes).then_some(happened);
        let same = now.is_some() && now == self.before;
        self.before = now;
        same
    }
}

fn nobody_can_go_on(processes: &[u32]) -> bool {
    !processes.is_empty()
        && nothing_to_report()
        && processes.iter().all(|process| waits_forever(*process))
        && nothing_under_way()
}

/// True if the tracer, the first thread of this process, waits for its tracees, so that there is
/// nothing that it has yet to report.
fn nothing_to_report() -> bool {
    let this = std::process::id();
    process::state(this, this) == Some(State::Sleeping)
        && matches!(
            process::system_call(this, this),
            Ok(SystemCall::Inside { number, .. }) if number != FUTEX
        )
}

fn nothing_under_way() -> bool {
    [Table::Tcp, Table::Tcp6].into_iter().all(|which| {
        // Without IPv6 there is no table of it.
        let entries = table::read(Namespace::Own, which).unwrap_or_default();
        !entries.iter().any(table::Entry::will_send)
    })
}
