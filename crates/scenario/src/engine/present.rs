//! What the programs are doing at the end of a scenario. Where a program sleeps or spins without a
//! call on a socket, no event tells.

use socklab_judge::{Activity, Present};
use socklab_kernel::process::{self, State, SystemCall};
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
