//! Signals that are sent to a process which only waits for the one in a place, and are meant for that.
//!
//! Who ends socklab knows one process, the one outside; what is to be ended is inside, behind one or two
//! that wait as well. Each of them passes a signal on, once the process inside has said that it handles
//! it. Until then, and if it never does, the signal ends who gets it, and the place with it.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::ptr;
use std::sync::OnceLock;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};

/// What is passed on.
const SIGNALS: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

/// Readable once the process inside handles signals. All processes of the way have it from the first one.
static HEEDED: OnceLock<OwnedFd> = OnceLock::new();

/// Makes it possible that signals are passed on. Before the first `fork` on the way to a place.
pub(crate) fn prepare() -> io::Result<()> {
    if HEEDED.get().is_none() {
        let event = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let _ = HEEDED.set(event);
    }
    Ok(())
}

/// Says that this process handles SIGINT, SIGTERM and SIGHUP from now on, so that those that wait for it
/// outside of its place pass them on. Does nothing in a process that is in no place.
pub fn heed_signals() {
    if let Some(event) = HEEDED.get() {
        // It can only fail if it has been said very often.
        let _ = rustix::io::write(event, &1_u64.to_ne_bytes());
    }
}

fn are_heeded() -> bool {
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    HEEDED.get().is_some_and(|event| {
        poll(&mut [PollFd::new(event, PollFlags::IN)], Some(&at_once)).is_ok_and(|ready| ready > 0)
    })
}

/// Waits as [`sys::wait`](crate::sys::wait) does, in a process with one thread, and passes signals on: a
/// SIGINT as SIGTERM. What the terminal sends (Ctrl-C) is not passed on: it reaches all processes there by
/// itself.
pub(crate) fn wait(child: Pid) -> io::Result<i32> {
    let awaited = set_of(SIGNALS.into_iter().chain([Signal::CHILD]));
    let before = change_mask(libc::SIG_BLOCK, &awaited);
    let ended = loop {
        match ended(child) {
            Ok(None) => {}
            Ok(Some(code)) => break Ok(code),
            Err(error) => break Err(error),
        }
        let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
        // SAFETY: both point to what the call expects, and zeroed is a valid siginfo_t.
        let (number, code) = unsafe {
            let number = libc::sigwaitinfo(&raw const awaited, info.as_mut_ptr());
            (number, info.assume_init().si_code)
        };
        // After an interruption there is just one more round.
        let Some(signal) = SIGNALS.into_iter().find(|signal| signal.as_raw() == number) else {
            continue;
        };
        // Positive: the kernel, for the terminal.
        let is_sent = code <= 0;
        if !are_heeded() {
            let _ = kill_process(getpid(), signal);
            change_mask(libc::SIG_SETMASK, &before);
            change_mask(libc::SIG_BLOCK, &awaited);
        } else if is_sent {
            // Inside, SIGINT is what the terminal sends, which the programs have got as well.
            let signal = if signal == Signal::INT { Signal::TERM } else { signal };
            // It fails if the child has just ended, which the next round finds.
            let _ = kill_process(child, signal);
        }
    };
    change_mask(libc::SIG_SETMASK, &before);
    ended
}

/// The exit code of a child that has ended.
fn ended(child: Pid) -> io::Result<Option<i32>> {
    let waited = rustix::io::retry_on_intr(|| waitpid(Some(child), WaitOptions::NOHANG))?;
    Ok(waited.and_then(|(_, status)| {
        status.exit_status().or_else(|| Some(128 + status.terminating_signal()?))
    }))
}

fn set_of(signals: impl IntoIterator<Item = Signal>) -> libc::sigset_t {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: `sigemptyset` initialises the set, and the signals exist.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal.as_raw());
        }
        set.assume_init()
    }
}

/// Changes which signals the calling thread blocks. Returns those it blocked before.
fn change_mask(how: i32, set: &libc::sigset_t) -> libc::sigset_t {
    let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: `set` is initialised, and `before` may be written to. Which signals wait is no matter of memory.
    unsafe {
        if libc::pthread_sigmask(how, ptr::from_ref(set), before.as_mut_ptr()) != 0 {
            libc::sigemptyset(before.as_mut_ptr());
        }
        before.assume_init()
    }
}
