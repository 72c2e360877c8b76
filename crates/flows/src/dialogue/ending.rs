//! How a dialogue ended.

use socklab_event::{Call, Errno};

use super::{DialogueKind, Dialogues};
use crate::{Flows, Meaning, Position};

/// How a stream ended, as far as it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// It was cut: a call reported so, or a frame with RST passed.
    Reset,
    /// This end was the first to say that it sends no more.
    Finished(usize),
    /// It was open when the recording ended.
    Open,
}

impl Dialogues<'_, '_> {
    /// How a dialogue ended; `None` for messages without a connection.
    pub fn ended(&self, index: usize) -> Option<Ended> {
        let dialogue = self.all.get(index)?;
        if dialogue.kind != DialogueKind::Stream {
            return None;
        }
        let flows = self.flows;
        let ended = match (dialogue.connection, dialogue.conversation) {
            (Some(connection), _) => called(flows, connection),
            (None, conversation) => framed(flows, conversation?),
        };
        Some(ended)
    }
}

fn called(flows: &Flows<'_>, connection: usize) -> Ended {
    let ends = &flows.connections[connection].ends;
    let sockets = || ends.iter().enumerate().filter_map(|(side, end)| Some((side, end.socket?)));
    let calls = |socket: usize| flows.sockets[socket].calls.iter().copied();
    let cut = |call: &Call| {
        let error = call.error();
        (call.sends() || call.receives())
            && matches!(error, Some(Errno::ECONNRESET | Errno::ETIMEDOUT))
    };
    if sockets().flat_map(|(_, socket)| calls(socket)).any(|at| flows.call(at).is_some_and(cut)) {
        return Ended::Reset;
    }
    let mut first: Option<(Position, usize)> = None;
    let mut note = |at: Option<Position>, side: usize| {
        first = first.into_iter().chain(at.map(|at| (at, side))).min();
    };
    for (side, socket) in sockets() {
        let is = |at: &Position, wanted: fn(&Call) -> bool| flows.call(*at).is_some_and(wanted);
        note(calls(socket).find(|at| is(at, Call::ends_sending)), side);
        let closed = match flows.holders.are_known(socket) {
            true => flows.holders.last_close(socket),
            false => calls(socket).rfind(|at| is(at, Call::is_close)),
        };
        note(closed, side);
        if ends[1 - side].socket.is_none() {
            // Of an end that was not recorded, the other one read the end.
            note(calls(socket).find(|at| flows.closing_at(*at).is_some()), 1 - side);
        }
    }
    first.map_or(Ended::Open, |(_, side)| Ended::Finished(side))
}

fn framed(flows: &Flows<'_>, conversation: usize) -> Ended {
    let frames = &flows.ties.conversations[conversation].frames;
    let ties = || frames.iter().filter_map(|at| flows.ties.of(*at));
    match ties().find(|tie| tie.fin || matches!(tie.meaning, Meaning::Rst(_))) {
        Some(tie) if tie.fin => Ended::Finished(tie.side.min(1)),
        Some(_) => Ended::Reset,
        None => Ended::Open,
    }
}
