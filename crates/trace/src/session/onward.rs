//! What the handling of a stop comes to: how the thread goes on.

use std::io;

use libc::pid_t;

use crate::error::Error;

/// How a thread goes on after its stop has been handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Onward {
    /// To its next stop; this signal, if not 0, is delivered to it.
    Resume(i32),
    /// By one instruction, delivering this signal: to the first instruction of its handler.
    Step(i32),
    /// It stays stopped, as job control wants it, until SIGCONT.
    Listen,
    /// It does not: it is gone, or was handled otherwise.
    Gone,
}

/// A thread that has vanished meanwhile is no error.
pub(super) type Handled = Result<Onward, Error>;

/// The thread goes on as if nothing had been.
pub(super) const RESUME: Handled = Ok(Onward::Resume(0));

/// `None` if the thread was killed while it was stopped: the next wait reports its end.
pub(super) fn unless_vanished<T>(result: io::Result<T>, tid: pid_t) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(None),
        Err(error) => Err(Error::call("ptrace", tid, error)),
    }
}
