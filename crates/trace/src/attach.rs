//! Taking hold of a process that is already running.

use std::collections::BTreeSet;
use std::io;

use libc::pid_t;
use socklab_kernel::process;
use socklab_kernel::status::Status;
use socklab_kernel::sysctl;

use crate::error::{AttachRefusal, Error};
use crate::{probe, ptrace};

/// Seizes every thread of a process and asks each to stop. Returns the threads.
///
/// Threads are born while we go through them: their list is read again until it has no new ones.
/// (Those born to a thread already seized are tracees from birth, and refuse a second seizing.)
/// Threads that have ended meanwhile are none of the returned: they will never stop.
pub(crate) fn attach(pid: u32) -> Result<Vec<pid_t>, Error> {
    let (mut seen, mut seized) = (BTreeSet::new(), Vec::new());
    loop {
        let threads = process::threads(pid).map_err(|error| refused(pid, error))?;
        let threads = threads.into_iter().map(u32::cast_signed);
        let new: Vec<pid_t> = threads.filter(|tid| seen.insert(*tid)).collect();
        if new.is_empty() {
            break;
        }
        for tid in new {
            match ptrace::seize(tid, false) {
                Ok(()) => {
                    let _ = ptrace::interrupt(tid);
                    seized.push(tid);
                }
                // From birth.
                Err(_) if is_ours(tid) => seized.push(tid),
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                // A first thread that ended before the others is listed as long as they live.
                Err(_) if has_ended(pid, tid) => {}
                Err(error) => {
                    for tid in seized {
                        let _ = ptrace::wait_for(tid);
                        let _ = ptrace::detach(tid, 0);
                    }
                    return Err(refused(pid, error));
                }
            }
        }
    }
    if seized.is_empty() {
        return Err(refused(pid, io::Error::from_raw_os_error(libc::ESRCH)));
    }
    Ok(seized)
}

fn has_ended(pid: u32, tid: pid_t) -> bool {
    process::state(pid, tid.cast_unsigned()).is_none_or(process::State::has_ended)
}

fn is_ours(tid: pid_t) -> bool {
    // SAFETY: takes nothing, cannot fail.
    let us = unsafe { libc::gettid() };
    probe::status(tid).and_then(|status| status.tracer()) == Some(us.cast_unsigned())
}

fn refused(pid: u32, source: io::Error) -> Error {
    let reason = reason(pid);
    let source = match (&reason, source.raw_os_error()) {
        (AttachRefusal::NoSuchProcess, _) => io::Error::from_raw_os_error(libc::ESRCH),
        _ => source,
    };
    Error::Attach { pid, source, reason }
}

fn reason(pid: u32) -> AttachRefusal {
    let Ok(status) = Status::of(pid) else {
        return AttachRefusal::NoSuchProcess;
    };
    if let Some(tracer) = status.tracer() {
        return AttachRefusal::Traced { tracer };
    }
    // SAFETY: takes nothing, cannot fail.
    let us = unsafe { libc::geteuid() };
    if let Some(owner) = status.user().filter(|owner| *owner != us && us != 0) {
        return AttachRefusal::OtherUser { owner, us };
    }
    let scope = sysctl::read("kernel.yama.ptrace_scope");
    match scope.ok().and_then(|scope| scope.parse().ok()) {
        Some(scope) if scope > 0 => AttachRefusal::Yama { scope },
        _ => AttachRefusal::Unknown,
    }
}
