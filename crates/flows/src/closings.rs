//! What ended a stream: the close or shutdown behind each end of file. And the reads that look as if
//! they had reached one.

use socklab_event::{Call, Errno, Event};

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

/// Why a read on a stream returned 0 bytes although that was not the end of what the other end sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deaf {
    /// This `shutdown` had ended the receiving half of its own socket (shutdown(2)). What comes later
    /// can still be read.
    ShutDown(Position),
    /// This call had reported that the connection was cut: there is nothing to read any more.
    Cut(Position),
}

/// The reads that reached the end of a stream, and those that only look so, in order.
pub(crate) fn find(
    order: &[&Event],
    sockets: &[Socket],
    connections: &[Connection],
) -> (Vec<Closing>, Vec<(Position, Deaf)>) {
    let (mut closings, mut deaf) = (Vec::new(), Vec::new());
    for (index, socket) in sockets.iter().enumerate().filter(|(_, socket)| socket.is_stream()) {
        let Some(connection) = socket.connection else { continue };
        let other = if connections[connection].is_to_itself() {
            Some(index)
        } else {
            let ends = connections[connection].ends.iter();
            ends.filter_map(|end| end.socket).find(|other| *other != index)
        };
        let mut ends = other.map(|other| Ends { order, calls: &sockets[other].calls, found: None });
        let mut own: Option<Own<'_, '_>> = None;
        for &seen in &socket.calls {
            if order[seen].call().is_some_and(Call::is_end_of_stream) {
                let own = own.get_or_insert_with(|| Own::of(order, &socket.calls));
                let closed = ends.as_mut().and_then(|ends| ends.before(seen));
                match own.deaf(seen, closed) {
                    Some(why) => deaf.push((seen, why)),
                    None => closings.push(Closing { seen, closed }),
                }
            }
        }
    }
    closings.sort_by_key(|closing| closing.seen);
    deaf.sort_by_key(|(seen, _)| *seen);
    (closings, deaf)
}

/// What was done with a reader's own socket. Looked for once: a loop may read the end again and
/// again.
struct Own<'a, 't> {
    order: &'a [&'t Event],
    /// The first call that ended receiving.
    shut: Option<Position>,
    /// The first call that reported that the connection was cut.
    cut: Option<Position>,
}

impl<'a, 't> Own<'a, 't> {
    fn of(order: &'a [&'t Event], calls: &[Position]) -> Self {
        let first = |wanted: &dyn Fn(&Call) -> bool| {
            calls.iter().copied().find(|at| order[*at].call().is_some_and(wanted))
        };
        let mute = first(&|call| call.ends_sending());
        let cut = first(&|call| matches!(call.error(), Some(Errno::ECONNRESET | Errno::ETIMEDOUT)));
        // Who has ended sending is refused it (EPIPE), cut off or not.
        let broken = first(&|call| call.error() == Some(Errno::EPIPE));
        let broken = broken.filter(|broken| mute.is_none_or(|mute| *broken < mute));
        let cut = [cut, broken].into_iter().flatten().min();
        Self { order, shut: first(&|call| call.ends_receiving()), cut }
    }

    /// Why a read returned 0 bytes, if not because of what the other end did at `closed`.
    fn deaf(&self, seen: Position, closed: Option<Position>) -> Option<Deaf> {
        let call = |at: Position| self.order[at].call();
        let ended = call(seen)?.ended;
        let shut = self.shut.filter(|shut| {
            // A read that waits is ended by a shutdown in another thread.
            let began = call(*shut).map_or(0, |shut| shut.began);
            let before = closed.and_then(call).is_none_or(|closed| began < closed.began);
            began <= ended && before
        });
        let cut = self.cut.filter(|cut| *cut < seen);
        shut.map(Deaf::ShutDown).or(cut.map(Deaf::Cut))
    }
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
