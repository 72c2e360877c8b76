//! `CLONE_UNTRACED`: a child made with it would have no tracer, but our filters all the same, and every
//! call that they stop at would fail with ENOSYS. So the flag is taken away before the kernel sees
//! it, and given back afterwards: the child is followed like any other.

use libc::pid_t;

use super::tracees::Tracees;
use crate::memory::{Memory, TraceeMemory};
use crate::syscall::Sys;
use crate::{arch, ptrace};

const FLAG: u64 = libc::CLONE_UNTRACED as u64;

/// Takes the flag from the `clone` that a thread enters. `argument` is the call's first: the flags,
/// or the address of a structure that begins with them.
pub(super) fn take_flag(tracees: &mut Tracees, tid: pid_t, sys: Sys, argument: u64) {
    let Some(thread) = tracees.thread_mut(tid) else { return };
    let taken = match sys {
        Sys::Clone => argument & FLAG != 0 && set_argument(tid, argument & !FLAG),
        _ => {
            let flags = TraceeMemory(tid).array::<8>(argument).map_or(0, u64::from_ne_bytes);
            flags & FLAG != 0 && set_flags(tid, argument, flags & !FLAG)
        }
    };
    thread.untraced |= taken;
}

/// Gives the flag back to a thread that has made its child.
pub(super) fn give_back(tracees: &mut Tracees, tid: pid_t) {
    let Some(thread) = tracees.thread_mut(tid) else { return };
    if !std::mem::take(&mut thread.untraced) {
        return;
    }
    let Ok(registers) = ptrace::registers(tid) else { return };
    match arch::call(&registers) {
        (libc::SYS_clone, [flags, ..]) => set_argument(tid, flags | FLAG),
        (_, [address, ..]) => {
            let flags = TraceeMemory(tid).array::<8>(address).map_or(0, u64::from_ne_bytes);
            set_flags(tid, address, flags | FLAG)
        }
    };
}

fn set_argument(tid: pid_t, argument: u64) -> bool {
    let set =
        |registers| ptrace::set_registers(tid, &arch::with_first_argument(&registers, argument));
    ptrace::registers(tid).and_then(set).is_ok()
}

fn set_flags(tid: pid_t, address: u64, flags: u64) -> bool {
    TraceeMemory(tid).write(address, &flags.to_ne_bytes()).is_ok()
}
