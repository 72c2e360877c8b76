//! Whether a program has digested what was sent to it.

use std::time::Duration;

use socklab_kernel::process::{self, State, SystemCall};
use socklab_kernel::{clock, timeout};

use super::pulse::Pulse;

/// A sleeping thread that has made the same call without effect this often, and sleeps again, has
/// gone round its loop twice.
const ROUNDS_ASLEEP: u32 = 2;
/// The same of a thread that never sleeps.
const ROUNDS_AWAKE: u32 = 3;
/// A thread that only naps has gone round twice when it has woken up this often.
const NAPS: u32 = 2;
/// A thread that waits this long for another thread is not polling.
const LONG: Duration = Duration::from_secs(30);

/// True if no thread of the process will do anything by itself within `left`: each sleeps until
/// something happens, or goes round a loop in which nothing happens. A thread that `watches` has not
/// taken part in anything, so that its naps are its own affair.
pub(super) fn is_calm(
    id: u32,
    pulse: &mut Pulse,
    left: Duration,
    watches: impl Fn(u32) -> bool,
) -> bool {
    let Ok(threads) = process::threads(id) else { return true };
    threads.into_iter().all(|thread| match process::state(id, thread) {
        None => true,
        Some(state) if state.has_ended() => true,
        Some(State::Sleeping) => sleeps_on(id, thread, pulse, left) || watches(thread),
        Some(_) => pulse.most(thread) >= ROUNDS_AWAKE,
    })
}

fn sleeps_on(id: u32, thread: u32, pulse: &mut Pulse, left: Duration) -> bool {
    // Where the kernel does not say what it sleeps in, sleeping is all that is known.
    let Ok(call) = process::system_call(id, thread) else { return true };
    let SystemCall::Inside { number, arguments, .. } = call else { return true };
    match timeout::of(id, number, arguments) {
        timeout::Timeout::Never => true,
        timeout::Timeout::At(moment)
            if Duration::from_nanos(moment.saturating_sub(clock::now())) > left =>
        {
            true
        }
        // Nobody takes turns in waiting for so long. (Go's runtime has a thread that watches over the
        // others, and waits a minute for them.)
        timeout::Timeout::After(length) if Duration::from_nanos(length) >= LONG => true,
        _ => {
            pulse.most(thread) >= ROUNDS_ASLEEP
                || pulse.expired(thread) >= 1
                || pulse.nap(thread, process::scheduling(id, thread).turns) >= NAPS
        }
    }
}
