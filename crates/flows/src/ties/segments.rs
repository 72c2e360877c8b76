//! TCP: where in the stream a segment belongs, what it means, and what set it off.

use std::collections::VecDeque;
use std::ops::Range;

use socklab_event::{
    Args, Call, Event, Fate, Flags, Frame, Headers, OptionValue, TcpOptions, Transport,
};

use super::calls::Calls;
use super::messages::Messages;
use super::resets;
use super::tie::{Again, Cause, Meaning, Resent, Tie, Waited, WaitedFor, Window, WindowChange};
use super::{SOON, Wire};
use crate::{NumberMap, Position};

/// Linux sends again for want of an ACK after 200 ms at the earliest (`TCP_RTO_MIN`).
const RETRANSMISSION_TIMEOUT: u64 = 200_000_000;

/// A segment with fewer bytes is not full, whatever the medium.
const SMALL: u64 = 1_000;

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
    pub(super) fate: &'t Fate,
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
            fate: &frame.fate,
        })
    }
}

/// A frame that arrived at an end.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    at: u64,
    frame: Position,
}

/// One end of a connection.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// The sequence number of the first byte; known from the SYN.
    first: Option<u32>,
    /// What its SYN said of the window scale, if it was seen.
    scale: Option<Option<u8>>,
    /// The largest segment that it takes, as its SYN said.
    most: Option<u16>,
    /// The last SYN, and the last FIN.
    syn: Option<Position>,
    fin: Option<(Position, u64)>,
    /// True if it has sent anything.
    pub(super) spoke: bool,
    /// How many bytes it has sent, without those sent again.
    sent: u64,
    /// What it sent and may have to send again: the end of its bytes, and the frame.
    unacknowledged: VecDeque<(Range<u64>, Position)>,
    /// How many bytes of the other end it has acknowledged.
    acknowledged: Option<u64>,
    /// The window that it announced last.
    window: Option<u64>,
    /// The largest segment it has sent.
    largest: u64,
    /// What arrived lately, by when.
    inward: VecDeque<Arrival>,
    /// The SYNs that arrived.
    syns: Vec<Arrival>,
    /// When the duplicate ACKs arrived that came since the last one that was none.
    duplicates: Vec<u64>,
    /// The last frame that arrived and has to be acknowledged.
    heard: Option<Position>,
    /// How many duplicate ACKs in a row it has sent.
    repeated: u32,
}

impl Side {
    /// Where a sequence number is in the stream: of all numbers that are equal modulo 2³², the one
    /// that is nearest to what was sent last.
    fn offset(&self, sequence: u32, near: u64) -> Option<i64> {
        let near = i64::try_from(near).ok()?;
        let relative = i64::from(sequence.wrapping_sub(self.first?));
        let span = 1i64 << 32;
        let turns = (near - relative + span / 2).div_euclid(span);
        Some(relative + turns.max(-1) * span)
    }

    fn arrives(&mut self, at: u64, frame: Position) {
        let place = self.inward.partition_point(|one| one.at <= at);
        self.inward.insert(place, Arrival { at, frame });
    }

    /// The last frame that had arrived just before a moment and that `wanted` accepts.
    fn lately(&self, now: u64, mut wanted: impl FnMut(Position) -> bool) -> Option<Position> {
        let arrived = self.inward.iter().rev().filter(|one| one.at <= now);
        let lately = arrived.take_while(|one| now - one.at < SOON).take(64);
        let mut frames = lately.map(|one| one.frame);
        frames.find(|frame| wanted(*frame))
    }

    fn forget(&mut self, now: u64) {
        while self.inward.front().is_some_and(|one| one.at.saturating_add(SOON) < now) {
            self.inward.pop_front();
        }
    }
}

/// A connection's two ends.
#[derive(Debug, Default)]
pub(super) struct Stream {
    pub(super) sides: [Side; 2],
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
        } else if segment.ack && segment.syn && them.first.is_some() {
            tie.acknowledges = Some(0);
        }
        if segment.ack && !segment.rst {
            let me = &self.sides[side];
            let scale = match (segment.syn, me.scale, them.scale) {
                (true, ..) => Some(0),
                (false, Some(Some(own)), Some(Some(_))) => Some(own.min(14)),
                (false, Some(_), Some(_)) => Some(0),
                _ => None,
            };
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
        if segment.length > 0
            && !segment.syn
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
        }
        if !tie.bytes.is_empty() {
            me.sent = me.sent.max(tie.bytes.end);
            me.largest = me.largest.max(segment.length);
            me.unacknowledged.push_back((tie.bytes.clone(), sent.at));
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
        let them = &mut self.sides[other];
        for &at in super::arrivals(sent.segment.fate) {
            them.arrives(at, sent.at);
            if sent.segment.syn {
                them.syns.push(Arrival { at, frame: sent.at });
            }
        }
        let Some(at) = tie.arrived else { return };
        if sent.segment.syn || sent.segment.length > 0 || sent.segment.fin {
            them.heard = Some(sent.at);
        }
        match tie.meaning {
            Meaning::DuplicateAck { .. } => them.duplicates.push(at),
            _ if tie.acknowledges.is_some() && sent.segment.length == 0 => them.duplicates.clear(),
            _ => {}
        }
    }

    fn other(&self, side: usize) -> usize {
        1 - side
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
        let asked = me.syns.iter().rev().find(|one| one.at <= sent.now).map(|one| one.frame);
        tie.meaning = if sent.segment.ack { Meaning::SynAck } else { Meaning::Syn };
        let again = me.syn.filter(|_| me.first == Some(sent.segment.sequence.wrapping_add(1)));
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
            let call = sent.connect.filter(|at| reading.wire.is_during(*at, sent.now));
            tie.cause = call.map_or(Cause::Unknown, Cause::Call);
        }
    }

    /// Something is sent again, and nothing that has just arrived explains it.
    fn by_timer(&self, now: u64, of: Position, ties: &Known<'_>) -> (Resent, Cause) {
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

    fn data(
        &mut self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        ties: &Known<'_>,
        tie: &mut Tie,
    ) {
        tie.meaning = Meaning::Data;
        let (me, them) = (&self.sides[side], &self.sides[self.other(side)]);
        let acks = |frame| ties.is(frame, |tie| tie.acknowledges.is_some());
        let trigger = me.lately(sent.now, acks);
        if tie.bytes.is_empty() {
            // Nobody knows which bytes these are.
            let call = sent.own.and_then(|own| reading.calls.during(own, sent.now, sends));
            tie.cause =
                call.map(Cause::Call).or(trigger.map(Cause::Frame)).unwrap_or(Cause::Unknown);
            return;
        }
        tie.carries = reading.messages.carried(reading.wire, tie.connection, side, &tie.bytes);
        let before = me.unacknowledged.iter().rev();
        let mut before = before.filter(|(bytes, _)| bytes.contains(&tie.bytes.start));
        if tie.bytes.end <= me.sent
            && let Some((_, of)) = before.next()
        {
            let (by, cause) = self.resent(side, sent.now, *of, ties);
            (tie.again, tie.cause) = (Some(Again { of: *of, by }), cause);
            return;
        }
        let carrying = |at: &Position| reading.wire.is_during(*at, sent.now);
        let own = tie.carries.iter().rev().map(|one| one.sent).find(carrying);
        let pushes = |call: &Call| pushes(call);
        let pushed = || sent.own.and_then(|own| reading.calls.during(own, sent.now, pushes));
        let call = own.or_else(pushed);
        // A send that waits for room goes on when an ACK makes some.
        let blocked = call.is_some_and(|at| {
            let last = me.unacknowledged.back().map_or(0, |(_, frame)| ties.sent(*frame));
            let since = reading.wire.call(at).map_or(0, |call| call.began).max(last);
            sent.now.saturating_sub(since) >= SOON
        });
        tie.cause = match (call, trigger) {
            (Some(_), Some(frame)) if blocked => Cause::Frame(frame),
            (Some(at), _) => Cause::Call(at),
            (None, Some(frame)) => Cause::Frame(frame),
            (None, None) if them.window == Some(0) => Cause::Timer { since: None },
            (None, None) => Cause::Unknown,
        };
        tie.waited = self.waited(side, sent, reading, ties, tie);
    }

    /// What made the kernel send data again.
    fn resent(&self, side: usize, now: u64, of: Position, ties: &Known<'_>) -> (Resent, Cause) {
        let me = &self.sides[side];
        let duplicates = me.duplicates.iter().filter(|at| **at <= now).count();
        let count = u32::try_from(duplicates).unwrap_or(u32::MAX);
        let is_duplicate = |tie: &Tie| matches!(tie.meaning, Meaning::DuplicateAck { .. });
        let duplicate = me.lately(now, |frame| ties.is(frame, is_duplicate));
        let moves = |tie: &Tie| tie.acknowledges.is_some() && tie.meaning != Meaning::ProbeAnswer;
        let other = me.lately(now, |frame| ties.is(frame, moves));
        match (duplicate, other) {
            (Some(frame), _) => (Resent::DuplicateAcks(count), Cause::Frame(frame)),
            (None, Some(frame)) => (Resent::Acknowledgement, Cause::Frame(frame)),
            // Linux waits a little before it believes the first duplicate ACKs (RFC 8985 §6.2).
            (None, None)
                if count > 0 && now.saturating_sub(ties.sent(of)) < RETRANSMISSION_TIMEOUT =>
            {
                (Resent::DuplicateAcks(count), Cause::Timer { since: Some(of) })
            }
            (None, None) => self.by_timer(now, of, ties),
        }
    }

    /// Why the first bytes of a segment were not sent when their call handed them over.
    fn waited(
        &self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        ties: &Known<'_>,
        tie: &Tie,
    ) -> Option<Waited> {
        let first = tie.carries.first()?.sent;
        let call = reading.wire.call(first)?;
        let is_over = call.ended < sent.now;
        let blocked = tie.cause.frame().is_some();
        if !is_over && !blocked {
            return None;
        }
        let (me, them) = (&self.sides[side], &self.sides[self.other(side)]);
        let socket = sent.own?;
        // What is still under way.
        let flight = tie.bytes.start.saturating_sub(them.acknowledged.unwrap_or(0));
        let is_small = tie.bytes.end - tie.bytes.start < me.largest.max(SMALL);
        let opened = tie.cause.frame().is_some_and(|frame| {
            ties.is(frame, |tie| {
                tie.window.is_some_and(|window| window.change == WindowChange::Opened)
            })
        });
        let held = is_over && is_small;
        let nodelay = reading.wire.option(socket, "TCP_NODELAY", sent.now);
        let corked = reading.wire.option(socket, "TCP_CORK", call.ended) || asks_for_more(call);
        let why = match tie.cause {
            _ if opened => WaitedFor::Window,
            _ if corked => WaitedFor::Cork,
            Cause::Frame(_) if held && !nodelay && flight == 0 => WaitedFor::Acknowledgement,
            Cause::Call(at) if held && !nodelay && at != first => WaitedFor::More,
            _ => WaitedFor::Unknown,
        };
        Some(Waited { sent: first, why })
    }

    fn finish(
        &mut self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        ties: &Known<'_>,
        tie: &mut Tie,
    ) {
        tie.fin = true;
        let me = &self.sides[side];
        if tie.meaning != Meaning::Data {
            tie.meaning = Meaning::Fin;
        }
        let now = sent.now;
        let during = sent.own.and_then(|own| reading.calls.during(own, now, ends_stream));
        let before = || sent.own.and_then(|own| reading.calls.before(own, now, ends_stream));
        tie.ended_by = during.or_else(before);
        if tie.meaning == Meaning::Data {
            return;
        }
        if let Some((of, _)) = me.fin {
            let (by, cause) = self.resent(side, now, of, ties);
            (tie.again, tie.cause) = (Some(Again { of, by }), cause);
            return;
        }
        let acks = |frame| ties.is(frame, |tie| tie.acknowledges.is_some());
        let trigger = || me.lately(now, acks);
        // At a process's end the kernel closes a little later than the exit was seen.
        let implicit = tie.ended_by.filter(|at| reading.wire.call(*at).is_some_and(|c| c.implicit));
        tie.cause = match during.or(implicit) {
            Some(at) => Cause::Call(at),
            None => trigger().map_or(Cause::Unknown, Cause::Frame),
        };
    }

    /// A segment that carries nothing: an ACK or a probe.
    fn acknowledge(
        &mut self,
        side: usize,
        sent: &Sent<'_, '_>,
        reading: &mut Reading<'_, '_, '_>,
        ties: &Known<'_>,
        tie: &mut Tie,
    ) {
        let (me, them) = (&self.sides[side], &self.sides[self.other(side)]);
        let Some(acknowledged) = tie.acknowledges else {
            tie.meaning = Meaning::Other;
            return;
        };
        let counted = acknowledged + u64::from(tie.acknowledges_fin);
        let offset = me.offset(sent.segment.sequence, me.sent);
        let confirmed = them.acknowledged.unwrap_or(0);
        let is_probe = offset.is_some_and(|offset| offset + 1 == confirmed.cast_signed());
        if is_probe && me.acknowledged.is_some() {
            let closed = them.window == Some(0);
            tie.meaning = if closed { Meaning::WindowProbe } else { Meaning::KeepAlive };
            tie.cause = Cause::Timer { since: me.inward.back().map(|one| one.frame) };
            return;
        }
        let Some(before) = me.acknowledged else {
            tie.meaning = Meaning::HandshakeAck;
            let answer = me.syns.iter().rev().find(|one| one.at <= sent.now);
            tie.cause = answer.map_or(Cause::Unknown, |one| Cause::Frame(one.frame));
            return;
        };
        let occupies = |tie: &Tie| {
            !tie.bytes.is_empty()
                || tie.fin
                || matches!(tie.meaning, Meaning::Data | Meaning::SynAck)
        };
        let data = me.lately(sent.now, |frame| ties.is(frame, occupies));
        let is_probe = |tie: &Tie| matches!(tie.meaning, Meaning::WindowProbe | Meaning::KeepAlive);
        let probe = me.lately(sent.now, |frame| ties.is(frame, is_probe));
        let reader = sent.own.and_then(|own| reading.calls.during(own, sent.now, Call::receives));
        let window = tie.window.map_or(0, |window| window.bytes.unwrap_or(u64::from(window.raw)));
        let wider = me.window.is_some_and(|known| window > known);
        let frame_or = |frame: Option<Position>, other: Option<Position>| {
            let call = other.map_or(Cause::Unknown, Cause::Call);
            frame.map_or(call, Cause::Frame)
        };
        (tie.meaning, tie.cause) = if counted > before {
            match (data, reader) {
                (None, Some(at)) => (Meaning::Ack, Cause::Call(at)),
                (Some(frame), _) => (Meaning::Ack, Cause::Frame(frame)),
                (None, None) => {
                    let since = me.inward.iter().rev().map(|one| one.frame);
                    let since = since.clone().find(|frame| ties.is(*frame, occupies)).or(me.heard);
                    (Meaning::DelayedAck, Cause::Timer { since })
                }
            }
        } else if let Some(probe) = probe {
            (Meaning::ProbeAnswer, Cause::Frame(probe))
        } else if wider && data.is_none() {
            (Meaning::WindowUpdate, frame_or(None, reader))
        } else if data.is_some_and(|frame| ties.is(frame, |tie| tie.meaning != Meaning::SynAck)) {
            let number = me.repeated.saturating_add(1);
            (Meaning::DuplicateAck { number }, frame_or(data, None))
        } else {
            (Meaning::Other, frame_or(data, reader))
        };
    }
}

/// The ties of the frames so far.
pub(super) struct Known<'k> {
    pub(super) order: &'k [&'k Event],
    pub(super) ties: &'k [Tie],
    /// The tie of each frame.
    pub(super) index: &'k NumberMap<Position, usize>,
}

impl Known<'_> {
    fn is(&self, frame: Position, wanted: impl Fn(&Tie) -> bool) -> bool {
        self.index.get(&frame).is_some_and(|index| wanted(&self.ties[*index]))
    }

    /// When a frame was sent.
    fn sent(&self, frame: Position) -> u64 {
        self.order[frame].at
    }
}

fn sends(call: &Call) -> bool {
    call.sends()
}

/// True for a call after which no more bytes come from its socket.
pub(super) fn ends_stream(call: &Call) -> bool {
    call.is_close() || call.ends_sending()
}

/// True for a call that makes the kernel send what it has held back: tcp(7).
fn pushes(call: &Call) -> bool {
    let option = match &call.args {
        Args::SetOption { option, value: OptionValue::Int(value), .. } => match option.as_str() {
            "TCP_NODELAY" => *value != 0,
            "TCP_CORK" => *value == 0,
            _ => false,
        },
        _ => false,
    };
    option || call.sends() || ends_stream(call)
}

fn asks_for_more(call: &Call) -> bool {
    matches!(&call.args, Args::Send { flags, .. } if flags.has("MSG_MORE"))
}
