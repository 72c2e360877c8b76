//! The calls that threads were in when they were taken hold of.

use libc::pid_t;

use super::enter::Interest;
use super::leave::{is_restart, outcome_of};
use super::{Done, Session, vanished};
use socklab_kernel::clock;

use crate::decode::Asked;
use crate::memory::Of;
use crate::state::InCall;
use crate::{arch, calls, ptrace};

impl Session<'_> {
    /// A thread stops for the first time since it was seized. Most calls that this interrupts are
    /// restarted, and then seen from the beginning; but one that had just succeeded, or that fails
    /// with EINTR (a `recv` with a timeout, `signal(7)`), is over.
    pub(super) fn tell_call_seized_in(&mut self, tid: pid_t, seized: u64) -> Done {
        let Some(registers) = vanished(ptrace::registers(tid), tid)? else {
            return Ok(());
        };
        // Not in a call, the number is -1.
        let (number, words) = arch::call(&registers);
        let result = arch::result(&registers);
        let over = arch::is_native(&registers) && !is_restart(result);
        let Some(row) = calls::row(number).filter(|_| over) else {
            return Ok(());
        };
        if let Interest::Socket(socket) = self.interest(tid, row, &words) {
            let call = InCall {
                asked: Asked::new(row, words, &Of(tid)),
                began: seized,
                interrupted_at: 0,
                restarts: 0,
                instruction: arch::instruction(&registers),
                stack: arch::stack(&registers),
                socket,
                stdio: false,
            };
            self.finish(tid, call, outcome_of(result), clock::now());
        }
        Ok(())
    }
}
