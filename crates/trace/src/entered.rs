//! Notice of calls that have been entered.

use socklab_event::{Name, Place, SocketId};

pub(crate) type OnEnter = Box<dyn FnMut(&Entered<'_>)>;

/// A thread has entered a call, and may now wait in it. The event comes when the call returns.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entered<'a> {
    /// The thread.
    pub place: &'a Place,
    /// Index of the command it belongs to.
    pub command: u32,
    /// The call's name.
    pub name: Name,
    /// The call's number on this architecture.
    pub number: i64,
    /// Its descriptor, where it has one.
    pub fd: Option<i32>,
    /// The socket it is made on.
    pub socket: Option<&'a SocketId>,
    /// When it was entered, nanoseconds of `CLOCK_MONOTONIC`.
    pub began: u64,
}
