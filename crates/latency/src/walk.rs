//! The walk from the end of a wait to its beginning.

use socklab_event::{Args, Call, Family, Flags};
use socklab_flows::{ConnectionKind, Flows, Meaning, Position};

use crate::delivery::{Direction, has_acknowledged, original};
use crate::limits::KERNEL;
use crate::model::{Asked, Cause, Side, Wait};
use crate::program::Otherwise;
use crate::spans::Spans;
use crate::threads::{Ledger, Threads, thread_of};
use crate::turns::{self, Turn};

/// A wait has so many steps at most: each frame and each call of it is one.
const STEPS: usize = 100_000;

/// A call that took no longer did not wait for anything but a processor. Without frames there is nothing
/// else by which to tell.
pub(crate) const WAITED: u64 = 1_000_000;

/// Where the walk has come to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    /// One end has read something, in this call.
    Read(usize, Position),
    /// This frame was sent.
    Sent(Position),
    /// One end has begun to hand something to its kernel, in this call.
    Handed(usize, Position),
    /// There is nothing before.
    Done,
}

/// A walk.
pub(crate) struct Walk<'a, 't> {
    pub(crate) flows: &'a Flows<'t>,
    pub(crate) threads: &'a Threads,
    pub(crate) connection: usize,
    /// What each end sent.
    pub(crate) directions: &'a [Direction; 2],
    pub(crate) turn: Turn,
    pub(crate) spans: Spans,
    pub(crate) ledger: Ledger,
    /// The read that got what the walk has come from, if it has come from one.
    pub(crate) delivering: Option<Position>,
}

/// The end that waits: the one that started the connection.
pub(crate) const ASKER: usize = 0;

/// Whose an end of the connection is.
pub(crate) fn whose(side: usize) -> Option<Side> {
    Some(if side == ASKER { Side::Asker } else { Side::Peer })
}

/// Every wait of the end that started a connection.
pub(crate) fn waits(flows: &Flows<'_>, threads: &Threads, connection: usize) -> Vec<Wait> {
    let turns = turns::of(flows, connection);
    if turns.is_empty() {
        return Vec::new();
    }
    let directions = [0, 1].map(|side| Direction::of(flows, connection, side));
    let origin = flows.order.first().map_or(0, |first| first.at);
    let ends = names(flows, connection);
    let wait = |turn: Turn| {
        let spans = Spans::new(turn.began, turn.ended);
        let (directions, ledger) = (&directions, Ledger::default());
        let delivering = None;
        let mut walk =
            Walk { flows, threads, connection, directions, turn, spans, ledger, delivering };
        match turn.asked {
            Asked::Connection => walk.connect(),
            Asked::Answer => walk.follow(Next::Read(ASKER, turn.answer)),
        }
        let lasted = turn.ended - turn.began;
        let (parts, held) = walk.spans.into_parts(flows);
        Wait {
            asked: turn.asked,
            connection,
            ends: ends.clone(),
            request: flows.order[turn.request].seq,
            answer: flows.order[turn.answer].seq,
            began: turn.began.saturating_sub(origin),
            lasted,
            recorder: held,
            parts,
        }
    };
    turns.into_iter().map(wait).collect()
}

/// What people call the two ends: if that is the same, with the numbers of their processes.
fn names(flows: &Flows<'_>, connection: usize) -> [String; 2] {
    let names = [0, 1].map(|side| name(flows, connection, side));
    let process = |side: usize| {
        let used = flows.end_socket(connection, side).and_then(|socket| flows.used_at(socket))?;
        Some(flows.order[used].place.process)
    };
    match [process(0), process(1)] {
        [Some(one), Some(other)] if names[0] == names[1] && one != other => {
            [format!("{} #{one}", names[0]), format!("{} #{other}", names[1])]
        }
        _ => names,
    }
}

/// What people call an end: the process that uses it, or else its address.
fn name(flows: &Flows<'_>, connection: usize, side: usize) -> String {
    let used = flows.end_socket(connection, side).and_then(|socket| flows.used_at(socket));
    let address = flows.connections[connection].ends[side].address.as_ref();
    let name = match (used, address) {
        (Some(at), _) => flows.name_at(at),
        (None, Some(address)) => address.to_string(),
        (None, None) => String::new(),
    };
    socklab_say::clean(&name)
}

impl<'t> Walk<'_, 't> {
    pub(crate) fn call(&self, at: Position) -> Option<&'t Call> {
        self.flows.call(at)
    }

    /// When a frame was sent.
    pub(crate) fn sent(&self, frame: Position) -> u64 {
        self.flows.order[frame].at
    }

    fn follow(&mut self, mut next: Next) {
        for _ in 0..STEPS {
            if self.spans.is_over() {
                return;
            }
            next = match next {
                Next::Read(side, call) => self.read(side, call),
                Next::Sent(frame) => self.left(frame),
                Next::Handed(side, call) => self.handed(side, call),
                Next::Done => return,
            };
        }
    }

    /// What went by until a program had read something that its kernel had before.
    fn read(&mut self, side: usize, call: Position) -> Next {
        let brought = self.directions[1 - side].brought(self.flows, self.connection, call);
        self.delivering = Some(call);
        let Some((frame, arrived)) = brought else { return self.between(side, call) };
        self.program(side, call, arrived);
        self.delivering = None;
        self.spans.take(self.sent(frame), Cause::Network, None, frame);
        Next::Sent(frame)
    }

    /// What went by until a frame was sent.
    fn left(&mut self, frame: Position) -> Next {
        let first = original(self.flows, frame);
        let Some(tie) = self.flows.ties.of(first) else { return Next::Done };
        if first != frame {
            let (cause, side) = match self.was_not_accepted(tie.side, first, frame) {
                true => (Cause::AcceptQueue, 1),
                false => (Cause::Retransmission, tie.side),
            };
            self.spans.take(self.sent(first), cause, whose(side), frame);
        }
        match (tie.carries.last(), tie.ended_by) {
            (Some(_), _) => self.chain(tie.side, first),
            // A FIN: nothing that it carried was waited for, but the end.
            (None, Some(ends)) => {
                let began = self.call(ends).map_or(0, |call| call.began);
                self.spend(tie.side, thread_of(self.flows, ends), began, ends, KERNEL);
                Next::Handed(tie.side, ends)
            }
            (None, None) => self.beyond(tie.side, first),
        }
    }

    /// True if a frame arrived, and the kernel there could do nothing with it, because the connection had no
    /// place in the accept queue: it was acknowledged only after it had been sent again, and accepted
    /// later still.
    fn was_not_accepted(&self, side: usize, first: Position, again: Position) -> bool {
        let connection = &self.flows.connections[self.connection];
        let Some(arrived) = self.flows.ties.of(first).and_then(|tie| tie.arrived) else {
            return false;
        };
        let accepted = connection.accepted.and_then(|at| self.call(at));
        side == ASKER
            && connection.listener.is_some()
            && accepted.is_none_or(|call| call.ended > arrived)
            && !has_acknowledged(self.flows, self.connection, 1, (arrived, self.sent(again)))
    }

    /// What an end did before it began to send.
    fn handed(&mut self, side: usize, call: Position) -> Next {
        self.delivering = None;
        if side == ASKER {
            return self.asked(call);
        }
        match self.directions[ASKER].read_before(self.flows, self.spans.cursor()) {
            Some(read) => {
                let ended = self.call(read).map_or(0, |call| call.ended);
                self.program(side, call, ended);
                Next::Read(side, read)
            }
            None => {
                // It speaks first. Its kernel has had the connection since the handshake.
                self.program(side, call, self.shaken().unwrap_or(self.turn.began));
                self.spans.take(self.turn.began, Cause::Network, None, call);
                Next::Done
            }
        }
    }

    /// When the second end's kernel had the connection; `None` if no frames tell.
    fn shaken(&self) -> Option<u64> {
        let mut frames = self.flows.ties.sent_by(self.connection, ASKER).iter();
        let ties = |at: &Position| self.flows.ties.of(*at);
        let acks =
            |at: &&Position| ties(at).is_some_and(|tie| tie.meaning == Meaning::HandshakeAck);
        frames.find(acks).and_then(ties).and_then(|tie| tie.arrived)
    }

    /// What the end that waits did between its first send and the one that was answered.
    fn asked(&mut self, call: Position) -> Next {
        if self.flows.connections[self.connection].kind == ConnectionKind::Datagrams
            && let Some((first, frame)) = self.lost_before(call)
        {
            // Nobody but the program itself sends a datagram again.
            let began = self.call(first).map_or(0, |call| call.began);
            match self.flows.ties.of(frame).is_some_and(|tie| tie.side == ASKER) {
                true => self.spans.take(began, Cause::Retransmission, whose(ASKER), frame),
                false => {
                    self.spans.take(self.sent(frame), Cause::Retransmission, whose(ASKER), frame);
                    return Next::Sent(frame);
                }
            }
        }
        self.program(ASKER, call, self.turn.began);
        Next::Done
    }

    /// A request that was sent before, the same as this one, and which was lost, or its answer was: that
    /// send, and the frame that was lost.
    fn lost_before(&self, call: Position) -> Option<(Position, Position)> {
        let asked = self.call(call)?.bytes()?;
        let frames = |side: usize| {
            let frames = self.directions[side].since(self.turn.request).iter().copied();
            let carried = |at: Position| {
                let tie = self.flows.ties.of(at)?;
                Some((at, tie.arrived, tie.carries.first()?.sent))
            };
            frames.filter_map(carried).take_while(move |(.., sent)| *sent < call)
        };
        let same = |(.., sent): &(Position, Option<u64>, Position)| {
            self.call(*sent).and_then(Call::bytes) == Some(asked)
        };
        let (frame, arrived, first) = frames(ASKER).find(same)?;
        if arrived.is_none() {
            return Some((first, frame));
        }
        let answer = frames(1).filter(|(.., sent)| *sent > first).last()?;
        answer.1.is_none().then_some((first, answer.0))
    }

    /// What went by at an end of which no calls were recorded, until it sent a frame.
    pub(crate) fn beyond(&mut self, side: usize, frame: Position) -> Next {
        let before = self.directions[1 - side].arrived_before(self.sent(frame));
        let Some((asked, arrived)) = before else { return Next::Done };
        self.spans.infer(arrived, Cause::OtherEnd, whose(side), frame);
        self.spans.take(self.sent(asked), Cause::Network, None, asked);
        Next::Sent(asked)
    }

    /// What went by until a program had read something, if no frame tells of it.
    fn between(&mut self, side: usize, read: Position) -> Next {
        let handed = self.flows.got_at(read).last().map(|(one, _)| self.flows.transfers[*one].sent);
        let ended = || self.flows.closing_at(read).and_then(|closing| closing.closed);
        let handed = handed.or_else(ended);
        let Some((at, call)) = handed.and_then(|at| Some((at, self.call(at)?))) else {
            self.spans.infer(self.turn.began, Cause::OtherEnd, whose(1 - side), read);
            return Next::Done;
        };
        let handed = call.ended.min(self.spans.cursor());
        // Whoever waited for it had it when the wait was over.
        let thread = thread_of(self.flows, read);
        let mut since = None;
        let mut before = self.spans.cursor();
        while let Some(one) = self.threads.before(self.flows, thread, before)
            && let Some(wait) = self.call(one).filter(|wait| wait.ended > handed)
        {
            let waits = one == read || self.is_told_of(wait, read);
            if waits && wait.took() >= WAITED {
                since = Some((one, wait));
                break;
            }
            before = wait.began;
        }
        match since {
            Some((_, wait)) => {
                self.program(side, read, wait.ended);
                self.between_calls(side, read, handed);
            }
            None => self.program(side, read, handed),
        }
        self.delivering = None;
        if call.sends() && call.took() >= WAITED {
            self.unseen_limits(1 - side, at, call.began);
        }
        let otherwise = Otherwise { uncounted: Cause::Running, rest: Cause::Between };
        self.spend(1 - side, thread_of(self.flows, at), call.began, at, otherwise);
        Next::Handed(1 - side, at)
    }

    /// The time since `from`, in which something was on its way between two programs, and of which the receiver
    /// may have waited for a processor in the end.
    fn between_calls(&mut self, side: usize, read: Position, from: u64) {
        let to = self.spans.cursor();
        let took = self.spans.move_to(from);
        let thread = thread_of(self.flows, read);
        let spent = self.ledger.spend(self.threads, thread, to - took..to);
        let queued = spent.unwrap_or_default().queued;
        self.spans.add(Cause::Processor, whose(side), queued, Some(read), false);
        self.spans.add(Cause::Between, None, took - queued, Some(read), false);
    }

    /// True if a call waited for the socket of a read, perhaps among others, and was told of it.
    pub(crate) fn is_told_of(&self, wait: &Call, read: Position) -> bool {
        self.flows.socket_at(read).is_some_and(|socket| self.told_of(wait, socket).is_some())
    }

    /// What a call that waited for several sockets was told of one of them, if it was.
    pub(crate) fn told_of<'c>(&self, wait: &'c Call, socket: usize) -> Option<&'c Flags> {
        let socket = &self.flows.sockets[socket];
        match &wait.args {
            Args::Poll { waits, .. } => {
                let same = |one: &&socklab_event::Wait| {
                    let inode = one.socket.as_ref().and_then(|socket| socket.inode);
                    inode.is_some() && inode == socket.identity.inode && !one.got.is_empty()
                };
                waits.iter().find(same).map(|one| &one.got)
            }
            Args::EpollWait { ready, .. } => {
                let calls = socket.calls.iter().filter_map(|at| self.call(*at));
                let fd = calls.map(|call| call.new_fd().or(call.fd)).find(Option::is_some)?;
                ready.iter().find(|one| one.fd == fd).map(|one| &one.got)
            }
            _ => None,
        }
    }

    /// What went by until a connection had come about.
    fn connect(&mut self) {
        let Turn { began, request, .. } = self.turn;
        let (flows, connection) = (self.flows, self.connection);
        let frames = |side: usize| flows.ties.sent_by(connection, side).iter().copied();
        let is = |at: &Position, meaning: &Meaning| {
            flows.ties.of(*at).is_some_and(|tie| tie.meaning == *meaning)
        };
        let ended = self.spans.cursor();
        let answer = frames(1).filter(|at| is(at, &Meaning::SynAck)).find_map(|at| {
            let arrived = flows.ties.of(at)?.arrived?;
            (arrived <= ended).then_some((at, arrived))
        });
        let Some((answer, arrived)) = answer else {
            let unix = self.call(request).and_then(|call| call.socket.as_ref());
            let unix = unix.is_some_and(|socket| socket.family == Family::UNIX);
            if unix && ended - began >= WAITED {
                // It waits for nothing but room in the queue (unix(7)).
                self.spans.take(began, Cause::AcceptQueue, whose(1), request);
            }
            self.between_calls(ASKER, request, began);
            return;
        };
        self.delivering = Some(request);
        self.program(ASKER, request, arrived);
        self.spans.take(self.sent(answer), Cause::Network, None, answer);
        let first = original(self.flows, answer);
        if first != answer {
            self.spans.take(self.sent(first), Cause::Retransmission, whose(1), answer);
        }
        // The kernel answers a SYN at once, or not at all.
        let before = self.spans.cursor();
        let asked: Vec<Position> =
            frames(0).filter(|at| is(at, &Meaning::Syn) && self.sent(*at) <= before).collect();
        let heard = asked.iter().rev().copied().find(|at| {
            self.flows.ties.of(*at).and_then(|tie| tie.arrived).is_some_and(|at| at <= before)
        });
        let Some(heard) = heard else { return };
        self.spans.take(self.sent(heard), Cause::Network, None, heard);
        // Each SYN before was either lost or not answered.
        let unanswered = asked.iter().rev().copied().filter(|at| *at < heard);
        for syn in unanswered {
            let arrived = self.flows.ties.of(syn).is_some_and(|tie| tie.arrived.is_some());
            match arrived && self.flows.connections[self.connection].listener.is_some() {
                // What else keeps a listener's kernel from answering is rare: no memory.
                true => self.spans.infer(self.sent(syn), Cause::AcceptQueue, whose(1), syn),
                false => {
                    self.spans.take(self.sent(syn), Cause::Retransmission, whose(ASKER), syn);
                }
            }
        }
        self.spend(ASKER, thread_of(self.flows, request), began, request, KERNEL);
    }
}
