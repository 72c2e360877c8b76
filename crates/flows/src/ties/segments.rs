//! TCP: where in the stream a segment belongs, what it means, and what set it off.

use socklab_event::{Flags, Frame, Headers, TcpOptions, Transport};

use super::calls::Calls;
use super::messages::Messages;
use super::resets;
use super::side::{Arrival, Known, Owed, Side};
use super::tie::{Again, Cause, Meaning, Resent, Tie, Window, WindowChange};
use super::{SOON, Wire};
use crate::Position;

/// The fields of a segment.
pub(super) struct Segment<'t> {
    pub(super) syn: bool,
    pub(super) ack: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) sequence: u32,
    pub(super) acknowledgement: u32,
    pub(super) window: u16,
    pub(super) options: &'t TcpOptions,
    pub(super) length: u64,
    pub(super) frame: &'t Frame,
}

impl<'t> Segment<'t> {
    pub(super) fn of(frame: &'t Frame, headers: &'t Headers) -> Option<Self> {
        let Transport::Tcp { flags, sequence, acknowledgement, window, options } =
            &headers.transport
        else {
            return None;
        };
        let has = |name: &str| Flags::has(flags, name);
        Some(Self {
            syn: has("SYN"),
            ack: has("ACK"),
            fin: has("FIN"),
            rst: has("RST"),
            sequence: *sequence,
            acknowledgement: *acknowledgement,
            window: *window,
            options,
            length: headers.payload.total,
            frame,
        })
    }
}

/// So many frames are kept that may have to be sent again.
const KEPT: usize = 65_536;

/// A connection's two ends.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) sides: [Side; 2],
    /// True if one socket is both ends: then the first side is all there is.
    pub(super) is_to_itself: bool,
}

impl Stream {
    /// True if this SYN asks for a new connection rather than belongs to this one.
    pub(super) fn is_over_for(&self, side: usize, segment: &Segment<'_>) -> bool {
        let own = &self.sides[side];
        let again = own.first == Some(segment.sequence.wrapping_add(1));
        segment.syn && !segment.ack && own.spoke && !again
    }
}

/// What a segment is judged by.
pub(super) struct Reading<'r, 'a, 't> {
    pub(super) wire: &'a Wire<'a, 't>,
    pub(super) calls: &'r mut Calls<'a, 't>,
    pub(super) messages: &'r Messages,
}

/// A segment's place among what came before.
pub(super) struct Sent<'s, 't> {
    pub(super) at: Position,
    pub(super) now: u64,
    pub(super) segment: &'s Segment<'t>,
    /// The recorded socket at its own end.
    pub(super) own: Option<usize>,
    /// The call that asked for the connection.
    pub(super) connect: Option<Position>,
    /// The socket listening at its own end.
    pub(super) listener: Option<usize>,
}

impl Stream {
    /// What a segment means; `ties` are those of the frames before it.
    pub(super) fn see(
        &mut self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        ties: &Known<'_>,
        tie: &mut Tie,
    ) {
        let segment = sent.segment;
        self.sides[side].forget(sent.now);
        self.number(side, segment, tie);
        match () {
            () if segment.rst => self.reset(side, sent, reading, tie),
            () if segment.syn => self.synchronize(side, sent, reading, ties, tie),
            () if segment.length > 0 => self.data(side, sent, reading, ties, tie),
            () if segment.fin => {}
            () => self.acknowledge(side, sent, reading, ties, tie),
        }
        if segment.fin && !segment.rst {
            self.finish(side, sent, reading, ties, tie);
        }
        self.note(side, sent, tie);
    }

    /// Its numbers, as offsets in the two directions of the stream.
    fn number(&mut self, side: usize, segment: &Segment<'_>, tie: &mut Tie) {
        let other = self.other(side);
        let them = &self.sides[other];
        if segment.ack
            && !segment.syn
            && let Some(offset) = them.offset(segment.acknowledgement, them.sent)
        {
            let offset = u64::try_from(offset).unwrap_or(0);
            let fin = them.fin.map(|(_, end)| end);
            tie.acknowledges_fin = fin.is_some_and(|end| offset > end);
            tie.acknowledges = Some(fin.map_or(offset, |end| offset.min(end)));
        } else if segment.ack
            && segment.syn
            && let Some(offset) = them.offset(segment.acknowledgement, 0)
        {
            // More than the SYN, if data came with it.
            tie.acknowledges = Some(u64::try_from(offset).unwrap_or(0));
        }
        if segment.ack && !segment.rst {
            let me = &self.sides[side];
            let scale = match (segment.syn, me.scale, them.scale) {
                (true, ..) => Some(0),
                (false, Some(Some(own)), Some(Some(_))) => Some(own.min(14)),
                (false, Some(_), Some(_)) => Some(0),
                _ => None,
            };
            let scale = scale.or((segment.window == 0).then_some(0));
            let bytes = scale.map(|scale| u64::from(segment.window) << scale);
            let change = match (me.window, segment.window) {
                (Some(0), 0) => WindowChange::StillClosed,
                (_, 0) => WindowChange::Closed,
                (Some(0), _) => WindowChange::Opened,
                _ => WindowChange::None,
            };
            tie.window = Some(Window { raw: segment.window, bytes, change });
        }
        let me = &self.sides[side];
        if segment.length > 0 && segment.syn {
            tie.bytes = 0..segment.length;
        } else if segment.length > 0
            && let Some(start) = me.offset(segment.sequence, me.sent)
            && let Ok(start) = u64::try_from(start)
        {
            tie.bytes = start..start.saturating_add(segment.length);
        }
    }

    /// What later segments are judged by.
    fn note(&mut self, side: usize, sent: &Sent<'_, '_>, tie: &Tie) {
        let (segment, other) = (sent.segment, self.other(side));
        let me = &mut self.sides[side];
        me.spoke = true;
        if matches!(tie.meaning, Meaning::SynAck | Meaning::HandshakeAck) && tie.again.is_none() {
            let asked = me.syns.iter().rev().find(|one| one.at <= sent.now);
            me.away = asked.map_or(0, |asked| sent.now - asked.at);
        }
        if segment.rst {
            self.arrive(side, sent, tie);
            return;
        }
        if segment.syn {
            me.first = Some(segment.sequence.wrapping_add(1));
            // Linux sends at least one; a recording from before they were recorded has none.
            me.scale = Some(segment.options.window_scale).filter(|_| !segment.options.is_empty());
            me.most = segment.options.maximum_segment;
            me.syn = Some(sent.at);
            me.answered = segment.ack;
        }
        if !tie.bytes.is_empty() {
            me.sent = me.sent.max(tie.bytes.end);
            me.largest = me.largest.max(segment.length);
            me.unacknowledged.push_back((tie.bytes.clone(), sent.at));
            if me.unacknowledged.len() > KEPT {
                me.unacknowledged.pop_front();
            }
        }
        if segment.fin && me.fin.is_none() {
            let end =
                me.offset(segment.sequence, me.sent).and_then(|start| u64::try_from(start).ok());
            if let Some(start) = end {
                me.fin = Some((sent.at, start + segment.length));
            }
        } else if segment.fin {
            me.fin = me.fin.map(|(_, end)| (sent.at, end));
        }
        if let Some(window) = tie.window {
            // Numbers to compare with one another: bytes where they are known, else as sent.
            me.window = Some(window.bytes.unwrap_or(u64::from(window.raw)));
        }
        if let Some(acknowledged) = tie.acknowledges {
            let counted = acknowledged + u64::from(tie.acknowledges_fin);
            let most = me.acknowledged.map_or(counted, |known| known.max(counted));
            me.repeated = match tie.meaning {
                Meaning::DuplicateAck { number } => number,
                _ if me.acknowledged == Some(most) => me.repeated,
                _ => 0,
            };
            me.acknowledged = Some(most);
            me.owed.retain(|one| one.end > most || one.arrival.at > sent.now);
            if let Some(window) = tie.window {
                let edge = window.bytes.map(|window| acknowledged.saturating_add(window));
                me.edges = [edge, me.edges[0]];
                me.reached = Some(sent.at);
            }
            let waiting = &mut self.sides[other].unacknowledged;
            // One is left: it may be sent again although its ACK is under way.
            while waiting.len() > 1 && waiting.front().is_some_and(|(bytes, _)| bytes.end <= most) {
                waiting.pop_front();
            }
        }
        self.arrive(side, sent, tie);
    }

    fn arrive(&mut self, side: usize, sent: &Sent<'_, '_>, tie: &Tie) {
        let other = self.other(side);
        let fin = self.sides[side].fin.filter(|_| tie.fin).map(|(_, end)| end + 1);
        let end = fin.unwrap_or(tie.bytes.end);
        let them = &mut self.sides[other];
        for &at in sent.segment.frame.arrivals() {
            them.arrives(at, sent.at);
            if sent.segment.syn {
                them.syns.push(Arrival { at, frame: sent.at });
            }
        }
        let Some(at) = tie.arrived else { return };
        if tie.fin || !tie.bytes.is_empty() {
            let place = them.owed.partition_point(|one| one.arrival.at <= at);
            them.owed.insert(place, Owed { arrival: Arrival { at, frame: sent.at }, end });
            if them.owed.len() > KEPT {
                them.owed.pop_front();
            }
        }
        match tie.meaning {
            Meaning::DuplicateAck { .. } => them.duplicates.push(at),
            _ if tie.acknowledges.is_some() && sent.segment.length == 0 => them.duplicates.clear(),
            _ => {}
        }
    }

    /// A segment travels in pieces, and another of them says how far it goes.
    pub(super) fn goes_on(&mut self, side: usize, end: u64) {
        let me = &mut self.sides[side];
        me.sent = me.sent.max(end);
        if let Some((bytes, _)) = me.unacknowledged.back_mut() {
            bytes.end = bytes.end.max(end);
        }
    }

    pub(super) fn other(&self, side: usize) -> usize {
        if self.is_to_itself { side } else { 1 - side }
    }

    fn synchronize(
        &mut self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        ties: &Known<'_>,
        tie: &mut Tie,
    ) {
        let me = &self.sides[side];
        let asks = |frame| ties.is(frame, |tie| tie.meaning == Meaning::Syn);
        let mut asked = me.syns.iter().rev().filter(|one| one.at <= sent.now);
        let asked = asked.find(|one| asks(one.frame)).map(|one| one.frame);
        tie.meaning = if sent.segment.ack { Meaning::SynAck } else { Meaning::Syn };
        if !tie.bytes.is_empty() {
            let (messages, connection) = (reading.messages, tie.connection);
            tie.carries = messages.carried(reading.wire, connection, side, &tie.bytes);
        }
        // If both ends ask at the same time, each sends its SYN once more to answer the other's.
        let again = me.syn.filter(|_| me.answered || !sent.segment.ack);
        let again = again.filter(|_| me.first == Some(sent.segment.sequence.wrapping_add(1)));
        if let Some(of) = again {
            let repeated = me.lately(sent.now, |frame| ties.is(frame, |tie| tie.again.is_some()));
            let (by, cause) = match repeated {
                Some(frame) => (Resent::Repetition, Cause::Frame(frame)),
                None => self.by_timer(sent.now, of, ties),
            };
            (tie.again, tie.cause) = (Some(Again { of, by }), cause);
        } else if sent.segment.ack {
            tie.cause = asked.map_or(Cause::Unknown, Cause::Frame);
        } else {
            let call = sent.connect.filter(|at| reading.wire.is_about(*at, sent.now));
            tie.cause = call.map_or(Cause::Unknown, Cause::Call);
        }
    }

    /// Something is sent again, and nothing that has just arrived explains it.
    pub(super) fn by_timer(&self, now: u64, of: Position, ties: &Known<'_>) -> (Resent, Cause) {
        if now.saturating_sub(ties.sent(of)) < SOON {
            return (Resent::Unknown, Cause::Unknown);
        }
        (Resent::Timer, Cause::Timer { since: Some(of) })
    }

    fn reset(
        &mut self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        tie: &mut Tie,
    ) {
        let (me, them) = (&self.sides[side], &self.sides[self.other(side)]);
        let evidence = resets::Evidence {
            // An end that has never sent a SYN has no socket for this connection.
            answers_syn: !me.spoke && them.first.is_some() && them.acknowledged.is_none(),
            arrived: me.lately(sent.now, |_| true),
            last: me.inward.iter().rev().find(|one| one.at <= sent.now).map(|one| one.frame),
            accepted: tie.acknowledges,
        };
        let found = resets::why(&evidence, sent, reading);
        tie.meaning = Meaning::Rst(found.reason);
        tie.cause = found.cause;
        tie.ended_by = found.ended_by;
    }
}
