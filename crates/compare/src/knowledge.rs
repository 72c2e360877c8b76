//! What an end knew when it sent something. In a stream, time and the sizes of reads are chance; that bytes
//! answer other bytes is not. So every byte has a depth: 1 if its sender had received nothing, and else one more than
//! the deepest byte received by then.
//!
//! An echo server that reads 3 and 4 bytes and answers each time sends 7 bytes of depth 2, as one does that
//! reads 7 at once.

use std::collections::HashSet;

use socklab_event::{Args, Errno};
use socklab_flows::{ConnectionKind, Flows, Position};

/// Who in a run does one thing after the other.
#[derive(Debug)]
pub(crate) struct Manners {
    /// Threads that wait for several sockets at once, or ask without waiting: what they do first is chance.
    multiplexing: HashSet<(u32, u32)>,
}

impl Manners {
    pub(crate) fn of(flows: &Flows<'_>, limit: Position) -> Self {
        let mut multiplexing = HashSet::new();
        for (at, event, call) in flows.calls().take_while(|(at, ..)| *at < limit) {
            let several = match &call.args {
                Args::Poll { waits, .. } => waits.len() > 1,
                Args::EpollWait { .. } | Args::EpollControl { .. } => true,
                _ => {
                    let asks = call.receives() || matches!(call.args, Args::Accept { .. });
                    let at_once = call.took() < 1_000_000;
                    asks && at_once && call.error() == Some(Errno::EAGAIN)
                }
            };
            if several && !flows.is_recorders_doing(at) {
                multiplexing.insert((event.place.process, event.place.thread));
            }
        }
        Self { multiplexing }
    }

    pub(crate) fn multiplexes(&self, thread: (u32, u32)) -> bool {
        self.multiplexing.contains(&thread)
    }

    /// True if what an end of a connection sends and receives is one sequence: one thread does it, which
    /// waits for nothing else meanwhile.
    pub(crate) fn is_in_order(&self, flows: &Flows<'_>, socket: usize, limit: Position) -> bool {
        let calls = flows.sockets[socket].calls.iter().filter(|at| **at < limit);
        let moving =
            calls.filter(|at| flows.call(**at).is_some_and(|call| call.sends() || call.receives()));
        let mut threads = moving.map(|at| {
            let place = &flows.order[*at].place;
            (place.process, place.thread)
        });
        let Some(first) = threads.next() else { return true };
        !self.multiplexes(first) && threads.all(|thread| thread == first)
    }
}

/// The depths of a connection's bytes, found one call after the other.
#[derive(Debug, Default)]
pub(crate) struct Depths {
    /// For each side: the depths of what it sent, each up to a position in its stream.
    sent: [Vec<(u64, u32)>; 2],
    /// How much each side has received, and the deepest of it.
    received: [u64; 2],
    known: [u32; 2],
}

impl Depths {
    /// One side sends so many bytes: their depth.
    pub(crate) fn sends(&mut self, side: usize, length: u64) -> u32 {
        let depth = self.known[side].saturating_add(1);
        let before = self.sent[side].last().map_or(0, |last| last.0);
        self.sent[side].push((before.saturating_add(length), depth));
        depth
    }

    /// One side receives so many bytes: how many of each depth.
    pub(crate) fn receives(&mut self, side: usize, length: u64) -> Vec<(u64, u32)> {
        let (mut from, to) = (self.received[side], self.received[side].saturating_add(length));
        self.received[side] = to;
        let mut parts: Vec<(u64, u32)> = Vec::new();
        for (up_to, depth) in &self.sent[1 - side] {
            if *up_to > from && from < to {
                let length = to.min(*up_to) - from;
                from += length;
                self.known[side] = self.known[side].max(*depth);
                match parts.last_mut() {
                    Some(last) if last.1 == *depth => last.0 += length,
                    _ => parts.push((length, *depth)),
                }
            }
        }
        if from < to {
            parts.push((to - from, self.known[side]));
        }
        parts
    }
}

/// True if both ends of a connection were recorded, and each does one thing after the other.
pub(crate) fn is_dialogue(
    flows: &Flows<'_>,
    manners: &Manners,
    connection: usize,
    limit: Position,
) -> bool {
    let one = &flows.connections[connection];
    one.kind == ConnectionKind::Stream
        && !one.is_to_itself()
        && one
            .ends
            .iter()
            .all(|end| end.socket.is_some_and(|socket| manners.is_in_order(flows, socket, limit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_deeper_than_what_it_answers() {
        let mut depths = Depths::default();
        assert_eq!(depths.sends(0, 7), 1);
        assert_eq!(depths.receives(1, 3), [(3, 1)]);
        assert_eq!(depths.sends(1, 3), 2);
        assert_eq!(depths.receives(1, 4), [(4, 1)]);
        assert_eq!(depths.sends(1, 4), 2);
        assert_eq!(depths.receives(0, 2), [(2, 2)]);
        assert_eq!(depths.sends(0, 1), 3);
        assert_eq!(depths.receives(0, 5), [(5, 2)]);
        assert_eq!(depths.receives(1, 1), [(1, 3)]);
    }
}
