//! The calls that threads were in when they were seized.

use libc::pid_t;
use socklab_kernel::clock;

use super::calls::{is_restart, outcome_of};
use super::enter::{Entering, Interest};
use super::lines::CallLine;
use super::onward::unless_vanished;
use super::thread::OpenCall;
use crate::decode::CallAtEntry;
use crate::error::Error;
use crate::memory::TraceeMemory;
use crate::syscall_table::row;
use crate::{arch, ptrace};

/// Handles the first stop of a thread that was seized at this time. Most calls that the stop
/// interrupts are restarted, and then seen from the beginning; but one that has just succeeded, or
/// that fails with EINTR (a `recv` with a timeout, `signal(7)`), is over and is reported here.
pub(super) fn report_call(
    entering: &mut Entering<'_, '_>,
    tid: pid_t,
    seized: u64,
) -> Result<(), Error> {
    let Some(registers) = unless_vanished(ptrace::registers(tid), tid)? else {
        return Ok(());
    };
    // The number is -1 if the thread is not in a call.
    let (number, words) = arch::call(&registers);
    let result = arch::result(&registers);
    let over = arch::is_native(&registers) && !is_restart(result);
    let Some(row) = row(number).filter(|_| over) else {
        return Ok(());
    };
    if let Interest::Socket(socket) = entering.interest(tid, row, &words) {
        let call = OpenCall {
            entry: CallAtEntry::new(row, words, &TraceeMemory(tid)),
            began: seized,
            interrupted_at: 0,
            restarts: 0,
            instruction: arch::instruction(&registers),
            stack: arch::stack(&registers),
            socket,
            stdio: false,
            // It lies behind: what its registers and its stack were is not known.
            line: CallLine::Told(None),
            ahead: None,
            counted: None,
        };
        entering.calls.finish(tid, call, outcome_of(result), clock::now());
    }
    Ok(())
}
