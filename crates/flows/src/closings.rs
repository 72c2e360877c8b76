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
        let mut ends = other.map(|other| Ends { order, calls: &sockets[other].calls, found: None });
        for &seen in &socket.calls {
            if order[seen].call().is_some_and(Call::is_end_of_stream) {
                let closed = ends.as_mut().and_then(|ends| ends.before(seen));
                closings.push(Closing { seen, closed });
            }
        }
    }
    closings.sort_by_key(|closing| closing.seen);
    closings
}

/// Looks for the call that made a reader see the end: the first `shutdown` of the sending half, or
/// else the last `close` (earlier ones closed only one of several descriptors). A program may read
/// the end again and again, so the calls are gone through once.
struct Ends<'a, 't> {
    order: &'a [&'t Event],
    /// Those of the other end that were not looked at yet.
    calls: &'a [Position],
    /// The end so far, and whether it is a `shutdown`.
    found: Option<(Position, bool)>,
}

impl Ends<'_, '_> {
    /// The end seen at a position; positions must be asked for in order.
    fn before(&mut self, seen: Position) -> Option<Position> {
        let (now, later) = self.calls.split_at(self.calls.partition_point(|at| *at < seen));
        self.calls = later;
        for at in now {
            let Some(call) = self.order[*at].call() else { continue };
            match self.found {
                Some((_, true)) => {}
                _ if call.ends_sending() => self.found = Some((*at, true)),
                _ if call.is_close() => self.found = Some((*at, false)),
                _ => {}
            }
        }
        self.found.map(|(at, _)| at)
    }
}
