//! What a program did while it had the turn.

use socklab_event::{Args, Call, Family, SocketId};
use socklab_flows::Position;

use crate::model::Cause;
use crate::threads::{Thread, thread_of};
use crate::walk::{WAITED, Walk, whose};

/// What a thread did in the time that it was not seen to run or to be ready to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Otherwise {
    /// If nobody counted whether it did.
    pub(crate) uncounted: Cause,
    /// If it did not.
    pub(crate) rest: Cause,
}

/// Of a thread that waits for what has just arrived: until the kernel wakes it, that is still on its way.
const WOKEN: Otherwise = Otherwise { uncounted: Cause::Program, rest: Cause::Network };

/// Of a thread that waits for what the other end does not send.
const IN_VAIN: Otherwise = Otherwise { uncounted: Cause::MoreData, rest: Cause::MoreData };

const PROGRAM: Otherwise = Otherwise { uncounted: Cause::Program, rest: Cause::Elsewhere };

impl Walk<'_, '_> {
    /// What the program at one end did from `from` on, until the call that the walk has come to. At the end
    /// that was asked, nobody may have accepted the connection yet.
    pub(crate) fn program(&mut self, side: usize, call: Position, from: u64) {
        let thread = thread_of(self.flows, call);
        let accept = self.flows.connections[self.connection].accepted.filter(|_| side == 1);
        if let Some(accept) = accept
            && let Some(ended) = self.call(accept).map(|call| call.ended)
            && ended > from
            && ended <= self.spans.cursor()
        {
            self.cover(side, thread, ended);
            self.accepting(accept, from);
        } else {
            self.cover(side, thread, from);
        }
    }

    /// What a thread did since `from`.
    fn cover(&mut self, side: usize, thread: Thread, from: u64) {
        let from = from.max(self.turn.began);
        while self.spans.cursor() > from {
            let cursor = self.spans.cursor();
            let before = self.threads.before(self.flows, thread, cursor);
            let before = before.and_then(|at| Some((at, self.call(at)?)));
            let Some((at, call)) = before.filter(|(_, call)| call.ended > from) else {
                self.gap(side, thread, from, before.map(|(at, _)| at));
                return;
            };
            if call.ended < cursor {
                self.gap(side, thread, call.ended, Some(at));
            }
            self.inside(side, thread, at, call, call.began.max(from));
        }
    }

    /// What went by in a call.
    fn inside(&mut self, side: usize, thread: Thread, at: Position, call: &Call, from: u64) {
        let own = self.flows.connection_at(at) == Some(self.connection);
        let waits_to_send = own && call.sends() || self.waits_to_send(side, call);
        if waits_to_send && call.took() >= WAITED {
            if self.flows.ties.has(self.connection) {
                self.sending(side, at, from);
            } else {
                self.unseen_limits(side, at, from);
            }
        } else {
            let waits = matches!(
                call.args,
                Args::Poll { .. }
                    | Args::EpollWait { .. }
                    | Args::Accept { .. }
                    | Args::Connect { .. }
            );
            let waits = waits || call.receives();
            let delivers =
                self.delivering.is_some_and(|read| read == at || self.is_told_of(call, read));
            let otherwise = match waits {
                true if delivers => WOKEN,
                true if call.took() < WAITED => PROGRAM,
                true if own || self.watches_only_own(side, call) => IN_VAIN,
                true => Otherwise { uncounted: Cause::Elsewhere, ..PROGRAM },
                false => PROGRAM,
            };
            self.spend(side, thread, from, at, otherwise);
        }
    }

    /// True if a call waited until the connection's socket at one end takes more to send.
    fn waits_to_send(&self, side: usize, call: &Call) -> bool {
        let socket = self.flows.connections[self.connection].ends[side].socket;
        let told = socket.and_then(|socket| self.told_of(call, socket));
        told.is_some_and(|got| got.has("POLLOUT") || got.has("EPOLLOUT"))
    }

    /// True if a call waits for the connection's socket at one end, and for no other connection.
    fn watches_only_own(&self, side: usize, call: &Call) -> bool {
        let Args::Poll { waits, .. } = &call.args else { return false };
        let socket = self.flows.connections[self.connection].ends[side].socket;
        let inode = socket.and_then(|socket| self.flows.sockets[socket].identity.inode);
        let mut sockets = waits.iter().filter_map(|one| one.socket.as_ref());
        // A pipe or a pair of sockets is there to wake the thread up.
        let other = |one: &SocketId| one.inode != inode && one.family != Family::UNIX;
        let has_own = sockets.clone().any(|one| one.inode == inode);
        inode.is_some() && has_own && !sockets.any(|one| other(one))
    }

    /// The time between two calls.
    fn gap(&mut self, side: usize, thread: Thread, from: u64, seen: Option<Position>) {
        self.spend(side, thread, from, seen, PROGRAM);
    }

    /// Divides the time since `from` into what a thread did, as the kernel counted it.
    pub(crate) fn spend(
        &mut self,
        side: usize,
        thread: Thread,
        from: u64,
        seen: impl Into<Option<Position>>,
        otherwise: Otherwise,
    ) {
        let to = self.spans.cursor();
        let took = self.spans.move_to(from);
        let (from, who, seen) = (to - took, whose(side), seen.into());
        let Some(spent) = self.ledger.spend(self.threads, thread, from..to) else {
            return self.spans.add(otherwise.uncounted, who, took, seen, false);
        };
        self.spans.held += spent.held;
        let rest = took - spent.held - spent.queued - spent.ran;
        let whose = who.filter(|_| otherwise.rest != Cause::Network);
        self.spans.add(otherwise.rest, whose, rest, seen, false);
        self.spans.add(Cause::Running, who, spent.ran, seen, false);
        self.spans.add(Cause::Processor, who, spent.queued, seen, false);
    }

    /// What went by between the moment when the connection was ready to be accepted and when it was.
    fn accepting(&mut self, accept: Position, from: u64) {
        let thread = thread_of(self.flows, accept);
        let listener = self.flows.connections[self.connection].listener;
        // Who waited in `accept`, or for it, when the connection came only had to wake up.
        while self.spans.cursor() > from && !self.spans.is_over() {
            let before = self.threads.before(self.flows, thread, self.spans.cursor());
            let call = before.and_then(|at| Some((at, self.call(at)?)));
            let Some((at, call)) = call.filter(|(_, call)| call.ended > from) else { break };
            let told = listener.is_some_and(|listener| self.told_of(call, listener).is_some());
            if at != accept && !told {
                break;
            }
            self.gap(1, thread, call.ended, Some(at));
            self.spend(1, thread, call.began.max(from), at, WOKEN);
        }
        self.spans.take(from, Cause::AcceptQueue, whose(1), accept);
    }
}
