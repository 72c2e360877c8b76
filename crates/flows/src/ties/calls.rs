//! The calls of each socket as frames need them: which one was under way at a moment, and which one
//! waited for what.

use std::collections::HashMap;

use socklab_event::{Args, Call, Outcome};

use super::Wire;
use crate::{NumberMap, Position};

/// So many calls on one socket are expected to be under way at the same time.
const AT_ONCE: usize = 64;

/// A call, and when it was under way.
#[derive(Clone, Copy, Debug)]
struct Under {
    at: Position,
    began: u64,
    ended: u64,
}

/// The calls of one socket.
#[derive(Debug, Default)]
struct OfSocket {
    /// Those that can set off frames, by when they began.
    acts: Vec<Under>,
    /// The latest end of the first so many of them.
    latest: Vec<u64>,
    /// All of them, by when they ended.
    ends: Vec<Under>,
    /// Those that can wait for frames, by when they ended.
    waits: Vec<Under>,
    /// The reads of a stream, by the byte that each waited for.
    reads: Vec<(u64, Position)>,
    /// The first byte that each read took.
    starts: NumberMap<Position, u64>,
}

/// The calls of every socket that frames were seen of.
pub(super) struct Calls<'a, 't> {
    wire: &'a Wire<'a, 't>,
    of: NumberMap<usize, OfSocket>,
    /// The calls that waited for several descriptors, by the socket that ended the wait.
    polls: NumberMap<usize, Vec<Position>>,
}

impl<'a, 't> Calls<'a, 't> {
    pub(super) fn of(wire: &'a Wire<'a, 't>) -> Self {
        Self { wire, of: NumberMap::default(), polls: polls(wire) }
    }

    /// The call on a socket that was under way at a moment and could have set off a frame of the kind
    /// that `sets_off` accepts; of several, the one that began last.
    pub(super) fn during(
        &mut self,
        socket: usize,
        moment: u64,
        sets_off: impl Fn(&Call) -> bool,
    ) -> Option<Position> {
        let wire = self.wire;
        let known = self.known(socket);
        let begun = known.acts.partition_point(|one| one.began <= moment);
        let under = known.acts[..begun].iter().zip(&known.latest).rev();
        let under = under.take_while(|(_, latest)| **latest >= moment).take(AT_ONCE);
        let mut under = under.filter(|(one, _)| one.ended >= moment).map(|(one, _)| one.at);
        under.find(|at| wire.call(*at).is_some_and(&sets_off))
    }

    /// The read on a socket that was under way at a moment and was taking bytes that had arrived: the
    /// first so many of the stream. One that still waits sets off nothing.
    pub(super) fn taking(&mut self, socket: usize, moment: u64, arrived: u64) -> Option<Position> {
        let at = self.during(socket, moment, Call::receives)?;
        let first = self.known(socket).starts.get(&at);
        first.is_some_and(|first| *first < arrived).then_some(at)
    }

    /// The last call on a socket that began before a moment and that `wanted` accepts.
    pub(super) fn before(
        &mut self,
        socket: usize,
        moment: u64,
        wanted: impl Fn(&Call) -> bool,
    ) -> Option<Position> {
        let wire = self.wire;
        let acts = &self.known(socket).acts;
        let begun = acts.partition_point(|one| one.began <= moment);
        let mut calls = acts[..begun].iter().rev().map(|one| one.at);
        calls.find(|at| wire.call(*at).is_some_and(&wanted))
    }

    /// The calls that were waiting on a socket at a moment, in the order of their ends.
    pub(super) fn waiting(&mut self, socket: usize, moment: u64) -> Vec<Position> {
        let waits = &self.known(socket).waits;
        let from = waits.partition_point(|one| one.ended < moment);
        let then = waits[from..].iter().take(AT_ONCE);
        then.filter(|one| one.began <= moment).map(|one| one.at).collect()
    }

    /// The first call on a socket that ended after a moment and that `wanted` accepts, if it is one of
    /// the next.
    pub(super) fn after(
        &mut self,
        socket: usize,
        moment: u64,
        wanted: impl Fn(&Call) -> bool,
    ) -> Option<Position> {
        let wire = self.wire;
        let ends = &self.known(socket).ends;
        let from = ends.partition_point(|one| one.ended < moment);
        let mut next = ends[from..].iter().take(AT_ONCE).map(|one| one.at);
        next.find(|at| wire.call(*at).is_some_and(&wanted))
    }

    /// The reads on a socket that waited for one of these bytes of the stream.
    pub(super) fn reading(
        &mut self,
        socket: usize,
        bytes: &std::ops::Range<u64>,
    ) -> impl Iterator<Item = Position> {
        let reads = &self.known(socket).reads;
        let from = reads.partition_point(|(byte, _)| *byte < bytes.start);
        let until = reads.partition_point(|(byte, _)| *byte < bytes.end).max(from);
        reads[from..until].iter().map(|(_, at)| *at)
    }

    /// How many bytes of the stream the calls on a socket had taken at a moment.
    pub(super) fn taken(&self, socket: usize, moment: u64) -> u64 {
        let calls = self.wire.sockets[socket].calls.iter().filter_map(|at| self.wire.call(*at));
        let before = calls.filter(|call| call.ended <= moment);
        before.filter_map(Call::received).fold(0, u64::saturating_add)
    }

    fn known(&mut self, socket: usize) -> &OfSocket {
        let (wire, polls) = (self.wire, &mut self.polls);
        self.of.entry(socket).or_insert_with(|| {
            OfSocket::of(wire, socket, polls.remove(&socket).unwrap_or_default())
        })
    }
}

impl OfSocket {
    fn of(wire: &Wire<'_, '_>, socket: usize, polls: Vec<Position>) -> Self {
        let mut found = Self::default();
        let mut taken = 0u64;
        let one = |at: &Position| {
            let call = wire.call(*at)?;
            Some((Under { at: *at, began: call.began, ended: end(call) }, call))
        };
        for (under, call) in wire.sockets[socket].calls.iter().filter_map(one) {
            found.acts.push(under);
            if call.receives() {
                let total = match call.peeks() {
                    true => call.value().and_then(|value| u64::try_from(value).ok()),
                    false => call.received(),
                };
                if let Some(total) = total.filter(|total| *total > 0) {
                    let last = if waits_for_all(call) { total - 1 } else { 0 };
                    found.reads.push((taken.saturating_add(last), under.at));
                    if !call.peeks() {
                        found.starts.insert(under.at, taken);
                        taken = taken.saturating_add(total);
                    }
                }
                found.waits.push(under);
            }
        }
        // A listening socket is waited for in `accept`, whose call belongs to the new socket.
        let accepts = wire.accepts.get(&socket).into_iter().flatten();
        found.waits.extend(accepts.chain(&polls).filter_map(|at| Some(one(at)?.0)));
        found.ends.clone_from(&found.acts);
        found.ends.sort_by_key(|one| one.ended);
        found.acts.sort_by_key(|one| one.began);
        found.waits.sort_by_key(|one| one.ended);
        found.reads.sort_unstable();
        let mut latest = 0;
        for one in &found.acts {
            latest = one.ended.max(latest);
            found.latest.push(latest);
        }
        found
    }
}

fn waits_for_all(call: &Call) -> bool {
    matches!(&call.args, Args::Recv { flags, .. } if flags.has("MSG_WAITALL"))
}

/// When a call was over: never, if it did not return.
fn end(call: &Call) -> u64 {
    if call.outcome == Outcome::Unfinished { u64::MAX } else { call.ended }
}

/// The calls that waited for several descriptors, by the sockets that were ready.
fn polls(wire: &Wire<'_, '_>) -> NumberMap<usize, Vec<Position>> {
    let mut by_inode: NumberMap<u64, usize> = NumberMap::default();
    for (index, socket) in wire.sockets.iter().enumerate() {
        if let Some(inode) = socket.identity.inode {
            by_inode.insert(inode, index);
        }
    }
    let mut by_fd: HashMap<(u32, i32), usize> = HashMap::new();
    let mut polls: NumberMap<usize, Vec<Position>> = NumberMap::default();
    for (at, event) in wire.order.iter().enumerate() {
        let Some(call) = event.call() else { continue };
        let process = event.place.process;
        if let (Some(fd), Some(socket)) = (call.new_fd().or(call.fd), wire.socket_at[at]) {
            by_fd.insert((process, fd), socket);
        }
        match &call.args {
            Args::Poll { waits, .. } => {
                for wait in waits.iter().filter(|wait| !wait.got.is_empty()) {
                    let inode = wait.socket.as_ref().and_then(|socket| socket.inode);
                    let socket = inode.and_then(|inode| by_inode.get(&inode));
                    let socket = socket.or_else(|| by_fd.get(&(process, wait.fd)));
                    if let Some(socket) = socket {
                        polls.entry(*socket).or_default().push(at);
                    }
                }
            }
            Args::EpollWait { ready, .. } => {
                for fd in ready.iter().filter_map(|one| one.fd) {
                    if let Some(socket) = by_fd.get(&(process, fd)) {
                        polls.entry(*socket).or_default().push(at);
                    }
                }
            }
            _ => {}
        }
    }
    polls
}
