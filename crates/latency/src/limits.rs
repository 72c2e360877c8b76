//! What kept bytes that a program had handed over from leaving at once.

use socklab_event::Family;
use socklab_flows::{Meaning, Position, WaitedFor};

use crate::model::{Cause, Side};
use crate::program::Otherwise;
use crate::threads::thread_of;
use crate::walk::{Next, WAITED, Walk, whose};

/// A thread in a call that puts something on the wire: if it neither ran nor wanted to, the frame had
/// left before it was seen.
pub(crate) const KERNEL: Otherwise = Otherwise { uncounted: Cause::Running, rest: Cause::Network };

/// The same in a call that waits for room: until then.
const BLOCKED: Otherwise = Otherwise { uncounted: Cause::Running, rest: Cause::Sending };

impl Walk<'_, '_> {
    /// From a frame back to the call that handed over its last byte, over all frames that left meanwhile:
    /// what each of them waited for is what all behind it waited for.
    pub(crate) fn chain(&mut self, side: usize, frame: Position) -> Next {
        let since = self.spans.len();
        let carried = |at| self.flows.ties.of(at)?.carries.last().map(|carried| carried.sent);
        let Some(last) = carried(frame) else { return Next::Done };
        let mut frame = frame;
        while let Some(handed) = carried(frame) {
            let began = self.call(handed).map_or(0, |call| call.began);
            let before = self.directions[side].previous(frame);
            let before = before.filter(|at| self.sent(*at) > began && !self.spans.is_over());
            let from = before.map_or(began, |at| self.sent(at));
            self.until(side, frame, from);
            match before {
                Some(before) => frame = before,
                None => {
                    self.settle(side, since, began);
                    return Next::Handed(side, handed);
                }
            }
        }
        let began = self.call(last).map_or(0, |call| call.began);
        self.settle(side, since, began);
        // It carries bytes whose call is not known.
        self.beyond(side, frame)
    }

    /// What a frame waited for since `from`, when the one before it had left, or it was handed over.
    fn until(&mut self, side: usize, frame: Position, from: u64) {
        let (cause, of) = self.limit(side, frame, from);
        // What waited while something that was lost was made up for, waited for that.
        if cause != Cause::Running
            && let Some(again) = self.directions[side].resent(self.flows, from, self.spans.cursor())
        {
            self.spans.take(self.sent(again), cause, of, frame);
            self.spans.take(from, Cause::Retransmission, whose(side), again);
        }
        if cause != Cause::Running {
            return self.spans.take(from, cause, of, frame);
        }
        let call = self.flows.ties.of(frame).and_then(|tie| tie.carries.last());
        let at = call.map_or(frame, |carried| carried.sent);
        let Some(call) = self.call(at) else { return self.spans.take(from, cause, of, frame) };
        let thread = thread_of(self.flows, at);
        if call.began < from && call.took() >= WAITED {
            // It had waited until an ACK made room, and then to be woken.
            let came = self.acknowledged_at(1 - side, from, self.spans.cursor());
            if let Some((ack, came)) = came {
                self.spend(side, thread, came, at, BLOCKED);
                return self.spans.take(from, Cause::Sending, of, ack);
            }
            return self.spend(side, thread, from, at, BLOCKED);
        }
        self.spend(side, thread, from, at, KERNEL);
    }

    /// The last ACK of one end that arrived between two moments, and when it did.
    fn acknowledged_at(&self, side: usize, from: u64, to: u64) -> Option<(Position, u64)> {
        let frames = self.flows.ties.sent_by(self.connection, side);
        let sent = frames.partition_point(|at| self.sent(*at) <= to);
        let arrived = |at: &Position| {
            let tie = self.flows.ties.of(*at)?;
            tie.acknowledges?;
            Some((*at, tie.arrived?))
        };
        let mut acks = frames[..sent].iter().rev().filter_map(arrived);
        acks.find(|(_, arrived)| *arrived <= to).filter(|(_, arrived)| *arrived > from)
    }

    /// What kept a frame from leaving earlier, and whose doing that is.
    fn limit(&self, side: usize, frame: Position, from: u64) -> (Cause, Option<Side>) {
        let Some(tie) = self.flows.ties.of(frame) else { return (Cause::Unknown, None) };
        let sender = whose(side);
        match tie.waited.map(|waited| waited.why) {
            Some(WaitedFor::Acknowledgement) => {
                let ack = tie.cause.frame().and_then(|at| self.flows.ties.of(at));
                match ack.is_some_and(|ack| ack.meaning == Meaning::DelayedAck) {
                    true => (Cause::DelayedAck, sender),
                    false => (Cause::Nagle, sender),
                }
            }
            Some(WaitedFor::Window) => (Cause::Window, whose(1 - side)),
            Some(WaitedFor::Cork) => (Cause::Cork, sender),
            Some(WaitedFor::Unknown) => match self.room(side, from) {
                // All that was sent before had been acknowledged, so nothing stood in its way.
                Some((acknowledged, _)) if acknowledged >= tie.bytes.start => {
                    (Cause::Running, sender)
                }
                Some((_, Some(edge))) if tie.bytes.end > edge => (Cause::Window, whose(1 - side)),
                _ => (Cause::Sending, sender),
            },
            _ => (Cause::Running, sender),
        }
    }

    /// How much of what one end had sent was acknowledged at a moment, and how far the other's window then
    /// reached, if that is known.
    fn room(&self, side: usize, moment: u64) -> Option<(u64, Option<u64>)> {
        let frames = self.flows.ties.sent_by(self.connection, 1 - side);
        let sent = frames.partition_point(|at| self.sent(*at) <= moment);
        let ties = frames[..sent].iter().rev().filter_map(|at| self.flows.ties.of(*at));
        let mut arrived = ties.filter(|tie| tie.arrived.is_some_and(|at| at <= moment));
        arrived.find_map(|tie| {
            let acknowledged = tie.acknowledges?;
            let window = tie.window.and_then(|window| window.bytes);
            Some((acknowledged, window.map(|window| acknowledged.saturating_add(window))))
        })
    }

    /// What a call that waited for room to send waited for, since `from`.
    pub(crate) fn sending(&mut self, side: usize, call: Position, from: u64) {
        let since = self.spans.len();
        let direction = &self.directions[side];
        // What it waited for in the end, the frame after it shows.
        if let Some(next) = direction.next(self.flows, self.spans.cursor()) {
            let left = direction.latest(self.flows, self.spans.cursor());
            let left = left.map_or(from, |at| self.sent(at).max(from));
            let (cause, of) = match self.limit(side, next, left) {
                (Cause::Window, of) => (Cause::Window, of),
                _ => (Cause::Sending, whose(side)),
            };
            self.spans.take(left, cause, of, call);
        }
        while self.spans.cursor() > from && !self.spans.is_over() {
            let Some(frame) = self.directions[side].latest(self.flows, self.spans.cursor()) else {
                break;
            };
            let before = self.directions[side].previous(frame).map_or(0, |at| self.sent(at));
            if before >= self.spans.cursor() {
                break;
            }
            self.until(side, frame, before.max(from));
        }
        self.spans.take(from, Cause::Sending, whose(side), call);
        self.settle(side, since, from);
    }

    /// Where frames did not tell the send buffer from the congestion window, the kernel's own counts do.
    fn settle(&mut self, side: usize, since: usize, from: u64) {
        let socket = self.flows.connections[self.connection].ends[side].socket;
        let counted = socket.and_then(|socket| {
            self.threads.connection(self.flows, socket, from, self.settled_until(since))
        });
        let Some((before, after)) = counted else { return };
        let buffer = after.buffer_limited.saturating_sub(before.buffer_limited);
        let window = after.window_limited.saturating_sub(before.window_limited);
        let window = window.saturating_sub(self.spans.of_cause_since(since, Cause::Window));
        let shares = &mut [
            (Cause::SendBuffer, whose(side), buffer),
            (Cause::Window, whose(1 - side), window),
        ];
        self.spans.settle(since, Cause::Sending, shares, Cause::Congestion);
    }

    /// The end of the time that pieces from a place in the list on are about.
    fn settled_until(&self, since: usize) -> u64 {
        self.spans.cursor().saturating_add(self.spans.taken_since(since))
    }

    /// The same for a call that waited for room, without frames: what is none of the two, and not the
    /// peer's window, is not known.
    pub(crate) fn unseen_limits(&mut self, side: usize, call: Position, from: u64) {
        let Some(waited) = self.call(call) else { return };
        let since = self.spans.len();
        let took = self.spans.move_to(from);
        self.spans.add(Cause::Sending, whose(side), took, Some(call), false);
        let Some(socket) = self.flows.connections[self.connection].ends[side].socket else {
            return;
        };
        if self.flows.sockets[socket].identity.family == Family::UNIX {
            // There is nothing else that it could wait for (unix(7)).
            let all = &mut [(Cause::SendBuffer, whose(side), u64::MAX)];
            return self.spans.settle(since, Cause::Sending, all, Cause::Sending);
        }
        let counted = self.threads.connection(self.flows, socket, waited.began, waited.ended);
        let Some((before, after)) = counted else { return };
        let window = after.window_limited.saturating_sub(before.window_limited);
        let buffer = after.buffer_limited.saturating_sub(before.buffer_limited);
        let shares = &mut [
            (Cause::Window, whose(1 - side), window),
            (Cause::SendBuffer, whose(side), buffer),
        ];
        self.spans.settle(since, Cause::Sending, shares, Cause::Sending);
    }
}
