//! The result of handling a stop: how the thread goes on.

use std::io;

use libc::pid_t;

use crate::error::Error;

/// How a thread goes on after its stop has been handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Onward {
    /// To its next stop; this signal, if not 0, is delivered to it.
    Resume(i32),
    /// By a single step that delivers this signal: to the first instruction of its handler.
    Step(i32),
    /// It stays stopped, as job control requires, until SIGCONT.
    Listen,
    /// It is not resumed: it is gone, or has been dealt with otherwise.
    Gone,
}

/// The result of a handler. A thread that has vanished in the meantime is not an error.
pub(super) type Handled = Result<Onward, Error>;

/// The thread goes on as if it had not been stopped.
pub(super) const RESUME: Handled = Ok(Onward::Resume(0));

/// Turns ESRCH into `None`: the thread was killed while it was stopped, and the next wait reports
/// its end.
pub(super) fn unless_vanished<T>(result: io::Result<T>, tid: pid_t) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(None),
        Err(error) => Err(Error::call("ptrace", tid, error)),
    }
}
