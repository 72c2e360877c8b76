//! Who waited for what, and when: requests and answers.

use socklab_event::{Call, Errno};
use socklab_flows::{ConnectionKind, Flows, Meaning, Position};

use crate::model::Asked;

/// A wait, before anything is known of how the time went by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) asked: Asked,
    /// The first call that asked; of a server that speaks first, the one that connected.
    pub(crate) request: Position,
    /// The last call that took of the answer.
    pub(crate) answer: Position,
    /// When the wait began and ended, on the clock of events.
    pub(crate) began: u64,
    pub(crate) ended: u64,
}

/// The waits of the end that started a connection: for the connection itself, and from each send after
/// which it received something to the last receive before it sends again.
pub(crate) fn of(flows: &Flows<'_>, connection: usize) -> Vec<Turn> {
    let known = &flows.connections[connection];
    let Some(socket) = known.ends[0].socket.filter(|_| !known.is_to_itself()) else {
        return Vec::new();
    };
    let call = |at: Position| flows.call(at);
    let mut turns = Vec::new();
    let mut begun = None;
    if let Some(at) = known.connected
        && let Some(connect) = call(at).filter(|_| known.kind == ConnectionKind::Stream)
        && connect.sent().is_none()
        && let Some(ended) = came_about(flows, connection, connect)
    {
        turns.push(Turn {
            asked: Asked::Connection,
            request: at,
            answer: at,
            began: connect.began,
            ended: ended.max(connect.began),
        });
        // If the other end speaks first, its first words are waited for from now on.
        begun = Some((at, ended));
    }
    let moved = |bytes: Option<u64>| {
        bytes.is_some_and(|bytes| bytes > 0 || known.kind == ConnectionKind::Datagrams)
    };
    let mut open: Option<Turn> = None;
    for &at in &flows.sockets[socket].calls {
        let ours = flows.connection_at(at) == Some(connection);
        let Some(one) = call(at).filter(|_| ours) else { continue };
        if moved(one.sent()) {
            turns.extend(open.take());
            begun = begun.filter(|(at, _)| asks_by_sending(flows, *at)).or(Some((at, one.began)));
        } else if moved(one.received()) {
            match (&mut open, begun.take()) {
                (Some(turn), _) => (turn.answer, turn.ended) = (at, one.ended.max(turn.ended)),
                (None, Some((request, began))) => {
                    let ended = one.ended.max(began);
                    let asked = Asked::Answer;
                    open = Some(Turn { asked, request, answer: at, began, ended });
                }
                (None, None) => {}
            }
        }
    }
    turns.extend(open);
    turns
}

/// When a connection had come about. A `connect` that does not wait for it doesn't tell, but the answer to
/// its SYN does.
fn came_about(flows: &Flows<'_>, connection: usize, connect: &Call) -> Option<u64> {
    if connect.value().is_some() {
        return Some(connect.ended);
    }
    let frames = flows.ties.sent_by(connection, 1).iter();
    let answers = frames.filter_map(|at| flows.ties.of(*at));
    let mut arrived = answers.filter(|tie| tie.meaning == Meaning::SynAck);
    arrived.find_map(|tie| tie.arrived).filter(|_| connect.error() == Some(Errno::EINPROGRESS))
}

/// True for a call that is the beginning of a request, and not merely of a connection.
fn asks_by_sending(flows: &Flows<'_>, at: Position) -> bool {
    flows.call(at).is_some_and(Call::sends)
}
