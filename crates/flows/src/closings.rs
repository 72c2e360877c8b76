//! What ended a stream: the close or shutdown behind each end of file.

use socklab_event::{Call, Event};

use crate::{Connection, Position, Socket};

/// A read that returned 0 bytes because the other end had finished sending.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closing {
    /// The read.
    pub seen: Position,
    /// The `shutdown` or `close` of the other end that caused it, if recorded.
    pub closed: Option<Position>,
}

pub(crate) fn find(
    order: &[&Event],
    sockets: &[Socket],
    connections: &[Connection],
) -> Vec<Closing> {
    let mut closings = Vec::new();
    for (index, socket) in sockets.iter().enumerate().filter(|(_, socket)| socket.is_stream()) {
        let Some(connection) = socket.connection else { continue };
        let other = if connections[connection].is_to_itself() {
            Some(index)
        } else {
            let ends = connections[connection].ends.iter();
            ends.filter_map(|end| end.socket).find(|other| *other != index)
        };
        for &seen in &socket.calls {
            if order[seen].call().is_some_and(Call::is_end_of_stream) {
                let closed = other.and_then(|other| ended(order, &sockets[other], seen));
                closings.push(Closing { seen, closed });
            }
        }
    }
    closings.sort_by_key(|closing| closing.seen);
    closings
}

/// The call that made the reader see the end: the first `shutdown` of the sending half, or else the
/// last `close` (earlier ones closed only one of several descriptors).
fn ended(order: &[&Event], socket: &Socket, before: Position) -> Option<Position> {
    let calls = || socket.calls.iter().copied().take_while(|at| *at < before);
    let is = |at: &Position, wanted: fn(&Call) -> bool| order[*at].call().is_some_and(wanted);
    let stopped = calls().find(|at| is(at, Call::ends_sending));
    stopped.or_else(|| calls().filter(|at| is(at, Call::is_close)).last())
}
