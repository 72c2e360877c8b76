//! Which frame brought the bytes that a program read: the one after which nothing before them was
//! missing.

use std::collections::BTreeMap;

use socklab_event::Call;
use socklab_flows::{ConnectionKind, Flows, Meaning, Position};

/// What one end of a connection sent, as its frames show it.
pub(crate) struct Direction {
    /// The frames that carried bytes for the first time, in order.
    first: Vec<Position>,
    /// The frames that carried bytes again, in order.
    again: Vec<Position>,
    /// How far the stream had arrived without a gap, when, and with which frame.
    edges: Vec<(u64, u64, Position)>,
    /// The reads at the other end, in order, with how much of the stream had then been read.
    read: Vec<(Position, u64)>,
    /// The frame that told the other end of the stream's end, and when it arrived.
    fin: Option<(Position, u64)>,
}

impl Direction {
    /// What the end `side` of a connection sent.
    pub(crate) fn of(flows: &Flows<'_>, connection: usize, side: usize) -> Self {
        let (mut first, mut again, mut arrivals) = (Vec::new(), Vec::new(), Vec::new());
        let mut fin: Option<(Position, u64)> = None;
        for &at in flows.ties.sent_by(connection, side) {
            let Some(tie) = flows.ties.of(at) else { continue };
            if let Some(arrived) = tie.arrived.filter(|_| tie.fin) {
                fin = fin.filter(|known| known.1 <= arrived).or(Some((at, arrived)));
            }
            if tie.bytes.is_empty() {
                continue;
            }
            let list = if tie.again.is_some() { &mut again } else { &mut first };
            list.push(at);
            if let Some(arrived) = tie.arrived {
                arrivals.push((arrived, at, tie.bytes.clone()));
            }
        }
        arrivals.sort_by_key(|(arrived, at, _)| (*arrived, *at));
        let mut edges: Vec<(u64, u64, Position)> = Vec::new();
        // What has arrived beyond the edge, by where it begins.
        let (mut edge, mut beyond) = (0, BTreeMap::<u64, u64>::new());
        for (arrived, at, bytes) in arrivals {
            if bytes.start > edge {
                let end = beyond.entry(bytes.start).or_default();
                *end = bytes.end.max(*end);
                continue;
            }
            let before = edge;
            edge = edge.max(bytes.end);
            while let Some((start, end)) =
                beyond.first_key_value().map(|(start, end)| (*start, *end))
                && start <= edge
            {
                edge = edge.max(end);
                beyond.remove(&start);
            }
            if edge > before {
                edges.push((edge, arrived, at));
            }
        }
        let receiver = flows.connections[connection].ends[1 - side].socket;
        let calls = receiver.map_or(&[][..], |socket| &flows.sockets[socket].calls);
        let mut total = 0_u64;
        let mut read = Vec::new();
        for &at in calls.iter().filter(|at| flows.connection_at(**at) == Some(connection)) {
            let Some(call) = flows.call(at) else { continue };
            let got = call.received().unwrap_or(0);
            total = total.saturating_add(got);
            if got > 0 || call.is_end_of_stream() {
                read.push((at, total));
            }
        }
        Self { first, again, edges, read, fin }
    }

    /// The frame with which the last of what a read got had arrived, and when. `None` if no such frame was
    /// recorded.
    pub(crate) fn brought(
        &self,
        flows: &Flows<'_>,
        connection: usize,
        read: Position,
    ) -> Option<(Position, u64)> {
        if flows.connections[connection].kind == ConnectionKind::Datagrams {
            let ended = flows.call(read)?.ended;
            let (transfer, _) = *flows.got_at(read).last()?;
            let arrived = |at: &Position| Some((*at, flows.ties.of(*at)?.arrived?));
            let frames = flows.ties.carriers(transfer).iter().filter_map(arrived);
            return frames.filter(|(_, arrived)| *arrived <= ended).max_by_key(|one| one.1);
        }
        let place = self.read.binary_search_by_key(&read, |(at, _)| *at).ok()?;
        if flows.call(read).is_some_and(Call::is_end_of_stream) {
            return self.fin;
        }
        let upto = self.read[place].1;
        let (_, arrived, frame) =
            *self.edges.get(self.edges.partition_point(|(edge, ..)| *edge < upto))?;
        Some((frame, arrived))
    }

    /// The last read at the other end that had returned at a moment.
    pub(crate) fn read_before(&self, flows: &Flows<'_>, moment: u64) -> Option<Position> {
        let returned =
            |(at, _): &(Position, u64)| flows.call(*at).is_some_and(|call| call.ended <= moment);
        self.read[..self.read.partition_point(returned)].last().map(|(at, _)| *at)
    }

    /// The last frame that had carried bytes for the first time before another one left.
    pub(crate) fn previous(&self, frame: Position) -> Option<Position> {
        self.first[..self.first.partition_point(|at| *at < frame)].last().copied()
    }

    /// The last frame that had carried bytes for the first time, up to a moment.
    pub(crate) fn latest(&self, flows: &Flows<'_>, moment: u64) -> Option<Position> {
        let sent = |at: &Position| flows.order[*at].at <= moment;
        self.first[..self.first.partition_point(sent)].last().copied()
    }

    /// The next one after that.
    pub(crate) fn next(&self, flows: &Flows<'_>, moment: u64) -> Option<Position> {
        let sent = |at: &Position| flows.order[*at].at <= moment;
        self.first.get(self.first.partition_point(sent)).copied()
    }

    /// The last frame that carried again what had been lost, between two moments.
    pub(crate) fn resent(&self, flows: &Flows<'_>, from: u64, to: u64) -> Option<Position> {
        let sent = |at: &Position| flows.order[*at].at <= to;
        let again = &self.again[..self.again.partition_point(sent)];
        let again = again.iter().rev().take_while(|at| flows.order[**at].at > from);
        // What had arrived nevertheless kept nobody waiting.
        let lost = |at: &Position| {
            flows.ties.of(original(flows, *at)).is_some_and(|tie| tie.arrived.is_none())
        };
        again.copied().find(lost)
    }

    /// The frames from a position on.
    pub(crate) fn since(&self, position: Position) -> &[Position] {
        &self.first[self.first.partition_point(|at| *at < position)..]
    }

    /// The last frame of which all had arrived before a moment, and when it had.
    pub(crate) fn arrived_before(&self, moment: u64) -> Option<(Position, u64)> {
        let count = self.edges.partition_point(|(_, arrived, _)| *arrived <= moment);
        self.edges[..count].last().map(|(_, arrived, frame)| (*frame, *arrived))
    }
}

/// The frame that first carried what a frame carries again.
pub(crate) fn original(flows: &Flows<'_>, frame: Position) -> Position {
    let mut first = frame;
    while let Some(again) = flows.ties.of(first).and_then(|tie| tie.again) {
        if again.of >= first {
            break;
        }
        first = again.of;
    }
    first
}

/// True if an end has acknowledged anything new, or answered, between two moments.
pub(crate) fn has_acknowledged(
    flows: &Flows<'_>,
    connection: usize,
    side: usize,
    (from, to): (u64, u64),
) -> bool {
    let frames = flows.ties.sent_by(connection, side);
    let first = frames.partition_point(|at| flows.order[*at].at < from);
    let frames = frames[first..].iter().take_while(|at| flows.order[**at].at <= to);
    let mut ties = frames.filter_map(|at| flows.ties.of(*at));
    ties.any(|tie| tie.meaning != Meaning::SynAck && tie.acknowledges.is_some_and(|upto| upto > 0))
}
