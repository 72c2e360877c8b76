//! What the programs are doing at the end of a scenario. Where a program sleeps or spins without a
//! call on a socket, no event tells.

use socklab_judge::{Activity, Present};
use socklab_kernel::process::{self, Scheduling, State, SystemCall};
use socklab_trace::{WaitsFor, waits_for};

use super::asleep;
use super::watch::Seen;
use crate::format::STDIN;

/// Looks at every thread of the programs that are still running.
pub(super) fn look(seen: &Seen) -> Vec<Present> {
    let mut found = Vec::new();
    for process in seen.processes() {
        for thread in process::threads(process).unwrap_or_default() {
            let ran = process::scheduling(process, thread).ran.as_nanos();
            let activity = activity(seen, process, thread);
            let ran = u64::try_from(ran).unwrap_or(u64::MAX);
            found.extend(activity.map(|activity| Present { process, thread, activity, ran }));
        }
    }
    found
}

/// How long the thread that was kept waiting longest waited for a processor, in ms, of those that
/// programs and peers still have.
pub(super) fn starved_ms(seen: &Seen) -> u64 {
    let threads = |process| process::threads(process).unwrap_or_default().into_iter();
    let all = seen.processes().flat_map(|process| threads(process).map(move |one| (process, one)));
    let waited = all.map(|(process, thread)| {
        starved(Scheduling::default(), process::scheduling(process, thread))
    });
    waited.max().unwrap_or(0)
}

/// How long a thread waited for a processor in between, in ms; 0 if that is no more than a single
/// busy program can cause. The thread may share a processor with such a program, and then waits
/// about as long as it runs.
pub(super) fn starved(before: Scheduling, after: Scheduling) -> u64 {
    let ran = after.ran.saturating_sub(before.ran);
    let waited = after.waited.saturating_sub(before.waited);
    if waited > 2 * ran { u64::try_from(waited.as_millis()).unwrap_or(u64::MAX) } else { 0 }
}

/// `None` for a thread that has ended.
fn activity(seen: &Seen, process: u32, thread: u32) -> Option<Activity> {
    match process::state(process, thread)? {
        State::Running => return Some(Activity::Runs),
        State::Sleeping => {}
        state if state.has_ended() => return None,
        _ => return Some(Activity::Other),
    }
    if let Some(inside) = seen.inside.get(&thread)
        && asleep::is_asleep_in(inside, thread)
    {
        return Some(if inside.call == STDIN { Activity::Stdin } else { Activity::Socket });
    }
    let Ok(SystemCall::Inside { number, .. }) = process::system_call(process, thread) else {
        return Some(Activity::Other);
    };
    Some(match waits_for(number) {
        Some(WaitsFor::Time) => Activity::Sleeps,
        Some(WaitsFor::Lock) => Activity::Lock,
        Some(WaitsFor::Child) => Activity::Child,
        Some(WaitsFor::Signal) => Activity::Signal,
        _ => Activity::Other,
    })
}
