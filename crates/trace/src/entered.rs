//! Notifications of calls that have been entered.

use socklab_event::{Name, Place, SocketId};

pub(crate) type OnEnter = Box<dyn FnMut(&Entered<'_>)>;

/// A thread has entered a call, and may now block in it. The event follows when the call returns.
#[derive(Debug)]
#[non_exhaustive]
pub struct Entered<'a> {
    /// The thread.
    pub place: &'a Place,
    /// Index of the command that the thread belongs to.
    pub command: u32,
    /// The call's name.
    pub name: Name,
    /// The call's number on this architecture.
    pub number: i64,
    /// The descriptor the call is made on, where it has one.
    pub fd: Option<i32>,
    /// The socket the call is made on.
    pub socket: Option<&'a SocketId>,
    /// When the call was entered, in nanoseconds of `CLOCK_MONOTONIC`.
    pub began: u64,
}
