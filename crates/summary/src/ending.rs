//! How a connection ended.

use socklab_event::{Call, Errno};
use socklab_flows::{ConnectionKind, Position};

use crate::conversations::Talk;
use crate::model::{Ending, How};

/// An end that has finished.
struct Finish {
    at: Position,
    side: usize,
    how: How,
}

/// How it ended; `None` for datagrams.
pub(crate) fn of(talk: &Talk<'_, '_>) -> Option<Ending> {
    let connection = talk.connection;
    if connection.kind == ConnectionKind::Datagrams {
        return None;
    }
    if connection.listener.is_some() && connection.ends[1].socket.is_none() {
        return Some(Ending::NeverAccepted);
    }
    let cut = talk.calls.iter().copied().find_map(|at| Some((at, reset(talk, at)?)));
    let finishes: Vec<Finish> = [0, 1].into_iter().filter_map(|side| finish(talk, side)).collect();
    let first = finishes.iter().min_by_key(|finish| finish.at);
    let decisive = cut.map(|(at, _)| at).or(first.map(|first| first.at));
    if decisive.is_some_and(|at| talk.flows.is_recorders_doing(at)) {
        return Some(Ending::EndedByRecorder);
    }
    Some(match (cut, first) {
        (Some((at, error)), _) => Ending::Reset { error, by: talk.mention(at) },
        (None, Some(first)) => Ending::Closed {
            side: first.side,
            how: first.how,
            by: talk.mention(first.at),
            both: finishes.len() == 2,
        },
        (None, None) => Ending::Open,
    })
}

/// The error with which a call reported that the connection was cut.
fn reset(talk: &Talk<'_, '_>, at: Position) -> Option<Errno> {
    let call = talk.call(at).filter(|call| call.sends() || call.receives())?;
    let error = call.error()?;
    let cut = match error {
        Errno::ECONNRESET | Errno::ETIMEDOUT => true,
        // Who has ended sending is refused it, cut off or not (send(2)).
        Errno::EPIPE => {
            let before = talk.calls.iter().take_while(|before| **before < at);
            let mut own = before.filter(|before| talk.side(**before) == talk.side(at));
            !own.any(|before| talk.call(*before).is_some_and(Call::ends_sending))
        }
        _ => false,
    };
    cut.then_some(error)
}

/// When an end said that it sends no more, or closed its socket for good.
fn finish(talk: &Talk<'_, '_>, side: usize) -> Option<Finish> {
    let flows = talk.flows;
    let Some(socket) = talk.connection.ends[side].socket else { return end_read(talk, side) };
    let calls = &flows.sockets[socket].calls;
    let is = |at: &&Position, wanted: fn(&Call) -> bool| flows.call(**at).is_some_and(wanted);
    let shut = calls.iter().find(|at| is(at, Call::ends_sending)).copied();
    let closed = match flows.holders.are_known(socket) {
        true => flows.holders.last_close(socket),
        false => calls.iter().rfind(|at| is(at, Call::is_close)).copied(),
    };
    let shut = shut.map(|at| Finish { at, side, how: How::Shutdown });
    let closed = closed.map(|at| {
        let by_program = flows.call(at).is_some_and(|call| !call.implicit);
        Finish { at, side, how: if by_program { How::Close } else { How::AtExit } }
    });
    shut.into_iter().chain(closed).min_by_key(|finish| finish.at)
}

/// Where the end of what an end sends was read, if that end was not recorded.
fn end_read(talk: &Talk<'_, '_>, side: usize) -> Option<Finish> {
    let read = talk.calls.iter().copied().find(|at| talk.flows.closing_at(*at).is_some())?;
    Some(Finish { at: read, side, how: How::Unseen })
}
