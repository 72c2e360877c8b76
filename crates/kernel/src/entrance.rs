//! How a new process gets into a place of its own, such as a process namespace.
//!
//! Who starts processes (a tracer, for instance) and who makes places don't know each other: this
//! is what they agree on.

use std::io;

/// What has to be done around a `fork` so that the new process is inside a place before it executes
/// its program.
///
/// A process namespace is the reason that there are three moments: the *parent* chooses it, before
/// `fork`, for children to come (`setns(2)`, `CLONE_NEWPID`); everything else is up to the child.
pub trait Entrance: Send {
    /// In the thread that forks, before it does. If it fails, there is no fork.
    ///
    /// # Errors
    ///
    /// The place can't be entered any more.
    fn before_fork(&mut self) -> io::Result<()>;

    /// In the same thread, after the fork, whether or not that has succeeded: undoes what
    /// [`Entrance::before_fork`] has changed about the thread.
    ///
    /// # Errors
    ///
    /// The thread could not be changed back: its next children would be in the place too.
    fn after_fork(&mut self) -> io::Result<()>;

    /// In the new process, before it changes its working directory and executes its program.
    ///
    /// The process may have been forked from one with several threads, so an implementation must
    /// only call functions that are async-signal-safe (`signal-safety(7)`): it allocates nothing,
    /// frees nothing and takes no lock.
    ///
    /// # Errors
    ///
    /// The process is not inside, and must not execute its program.
    fn in_child(&mut self) -> io::Result<()>;
}
