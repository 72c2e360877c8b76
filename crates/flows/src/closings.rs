//! What ended a stream: the close or shutdown behind each end of file.

use socklab_event::{Args, Call, Event, Shutdown};

use crate::{Connection, Position, Socket};

/// A read that got 0 bytes because the other end is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The read.
    pub seen: Position,
    /// The other end's last `shutdown` or `close` before it, if recorded.
    pub closed: Option<Position>,
}

/// True for a read of a stream that returned end of file: a buffer with room, and nothing in it.
pub(crate) fn is_end(call: &Call) -> bool {
    let room = match &call.args {
        Args::Recv { room, .. } => *room > 0,
        _ => false,
    };
    room && call.value() == Some(0)
}

pub(crate) fn find(
    order: &[&Event],
    sockets: &[Socket],
    connections: &[Connection],
) -> Vec<Closing> {
    let mut closings = Vec::new();
    for (index, socket) in sockets.iter().enumerate().filter(|(_, socket)| socket.is_stream()) {
        let Some(connection) = socket.connection else { continue };
        let other = connections[connection]
            .ends
            .iter()
            .find_map(|end| end.socket.filter(|other| *other != index));
        for &seen in &socket.calls {
            if order[seen].call().is_some_and(is_end) {
                let closed = other.and_then(|other| ended(order, &sockets[other], seen));
                closings.push(Closing { seen, closed });
            }
        }
    }
    closings.sort_by_key(|closing| closing.seen);
    closings
}

/// The call that made the reader see the end: the first `shutdown` of the writing half, else the
/// last `close` (earlier ones closed only one of several descriptors).
fn ended(order: &[&Event], socket: &Socket, before: Position) -> Option<Position> {
    let calls = || socket.calls.iter().copied().take_while(|at| *at < before);
    let is = |at: &Position, wanted: fn(&Args) -> bool| {
        let call = order[*at].call();
        call.is_some_and(|call| call.value().is_some() && wanted(&call.args))
    };
    let stops_writing = |args: &Args| match args {
        Args::Shutdown { how } => *how != Shutdown::RD,
        _ => false,
    };
    let stopped = calls().find(|at| is(at, stops_writing));
    stopped.or_else(|| calls().filter(|at| is(at, |args| matches!(args, Args::Close))).last())
}
