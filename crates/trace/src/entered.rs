//! Notice of calls that have been entered.

use socklab_event::{Name, Place, SocketId};

pub(crate) type OnEnter = Box<dyn FnMut(&Entered<'_>)>;

/// A thread has entered a call and may now wait in it; its event comes when the call returns.
#[derive(Debug)]
pub struct Entered<'a> {
    /// Who.
    pub place: &'a Place,
    /// The command it belongs to.
    pub command: u32,
    /// The call.
    pub name: Name,
    /// The call's number on this architecture.
    pub number: i64,
    /// Its descriptor, where it has one.
    pub fd: Option<i32>,
    /// The socket it is made on.
    pub socket: Option<&'a SocketId>,
    /// When, nanoseconds of `CLOCK_MONOTONIC`.
    pub began: u64,
}
