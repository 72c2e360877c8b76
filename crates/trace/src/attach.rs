//! Attaching to a process that is already running.

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
/// Threads may be created while we go through the list, so it is read again until it has no new
/// ones. (Threads created by one that was seized already are tracees from the beginning, and can't
/// be seized again.) Threads that have ended in the meantime are not returned: they never stop.
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
                // A tracee from the beginning.
                Err(_) if is_ours(tid) => seized.push(tid),
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                // The first thread stays in the list after its end, while others are alive.
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
    let us = rustix::thread::gettid().as_raw_nonzero().get();
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
    let us = rustix::process::geteuid().as_raw();
    if let Some(owner) = status.user().filter(|owner| *owner != us && us != 0) {
        return AttachRefusal::OtherUser { owner, us };
    }
    let scope = sysctl::read("kernel.yama.ptrace_scope");
    match scope.ok().and_then(|scope| scope.parse().ok()) {
        Some(scope) if scope > 0 => AttachRefusal::Yama { scope },
        _ => AttachRefusal::Unknown,
    }
}
