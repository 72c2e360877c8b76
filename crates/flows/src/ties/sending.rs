//! What made the kernel send data or a FIN, for the first time or again.

use socklab_event::{Args, Call, OptionValue};

use super::SOON;
use super::segments::{Reading, Sent, Stream};
use super::side::Known;
use super::tie::{Again, Cause, Meaning, Resent, Tie, Waited, WaitedFor};
use crate::Position;

/// Linux sends again for want of an ACK after 200 ms at the earliest (`TCP_RTO_MIN`).
const RETRANSMISSION_TIMEOUT: u64 = 200_000_000;

/// A segment with fewer bytes is not full, whatever the medium.
const SMALL: u64 = 1_000;

impl Stream {
    pub(super) fn data(
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
        if tie.bytes.is_empty() {
            // Nobody knows which bytes these are.
            let call = sent.own.and_then(|own| reading.calls.during(own, sent.now, sends));
            tie.cause = call.map_or(Cause::Unknown, Cause::Call);
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
        // What no recorded call sent may have been sent by one that was not recorded.
        let trigger = me.lately(sent.now, acks).filter(|_| !tie.carries.is_empty());
        // A send that waits for room goes on when an ACK makes some, and then again and again.
        let waits = call.filter(|at| {
            let last = me.unacknowledged.back().map_or(0, |(_, frame)| ties.sent(*frame));
            let since = reading.wire.call(*at).map_or(0, |call| call.began).max(last);
            me.blocked == Some(*at) || sent.now.saturating_sub(since) >= SOON
        });
        tie.cause = match (call, trigger) {
            (Some(_), Some(frame)) if waits.is_some() => Cause::Frame(frame),
            (Some(at), _) => Cause::Call(at),
            (None, Some(frame)) => Cause::Frame(frame),
            (None, None) if them.window == Some(0) => Cause::Timer { since: None },
            (None, None) => {
                let about = |at: &Position| reading.wire.is_about(*at, sent.now);
                let about = tie.carries.iter().rev().map(|one| one.sent).find(about);
                about.map_or(Cause::Unknown, Cause::Call)
            }
        };
        tie.waited = self.waited(side, sent, reading, tie);
        self.sides[side].blocked = waits;
    }

    /// What made the kernel send data again.
    fn resent(&self, side: usize, now: u64, of: Position, ties: &Known<'_>) -> (Resent, Cause) {
        let me = &self.sides[side];
        // What came before it was sent says nothing of it.
        let since = |frame| ties.sent(frame) > ties.sent(of);
        let duplicates = me.duplicates.iter().filter(|at| **at <= now).count();
        let count = u32::try_from(duplicates).unwrap_or(u32::MAX);
        let is_duplicate = |tie: &Tie| matches!(tie.meaning, Meaning::DuplicateAck { .. });
        let duplicate = me.lately(now, |frame| since(frame) && ties.is(frame, is_duplicate));
        let moves = |tie: &Tie| tie.acknowledges.is_some() && tie.meaning != Meaning::ProbeAnswer;
        let other = me.lately(now, |frame| since(frame) && ties.is(frame, moves));
        match (duplicate, other) {
            (Some(frame), _) => (Resent::DuplicateAcks(count.max(1)), Cause::Frame(frame)),
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
        let full = them.most.map_or(SMALL, u64::from).min(me.largest.max(SMALL));
        let is_small = tie.bytes.end - tie.bytes.start < full;
        // Before the ACK that let it go came, the other end had no room for it.
        let came = tie.cause.frame().is_some_and(|frame| them.reached == Some(frame));
        let edge = if came { them.edges[1] } else { None };
        let no_room = edge.is_some_and(|edge| tie.bytes.end > edge);
        let held = is_over && is_small;
        let nodelay = reading.wire.option(socket, "TCP_NODELAY", sent.now);
        let corked = reading.wire.option(socket, "TCP_CORK", call.ended) || asks_for_more(call);
        let why = match tie.cause {
            _ if no_room => WaitedFor::Window,
            _ if corked => WaitedFor::Cork,
            Cause::Frame(_) if held && !nodelay && flight == 0 => WaitedFor::Acknowledgement,
            Cause::Call(at) if held && !nodelay && at != first => WaitedFor::More,
            _ => WaitedFor::Unknown,
        };
        Some(Waited { sent: first, why })
    }

    pub(super) fn finish(
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
        let trigger = || me.lately(now, acks).filter(|_| tie.ended_by.is_some());
        // At a process's end the kernel closes a little later than the exit was seen.
        let implicit = tie.ended_by.filter(|at| reading.wire.call(*at).is_some_and(|c| c.implicit));
        tie.cause = match during.or(implicit) {
            Some(at) => Cause::Call(at),
            None => match (trigger(), tie.ended_by) {
                (Some(frame), _) => Cause::Frame(frame),
                (None, Some(at)) if reading.wire.is_about(at, now) => Cause::Call(at),
                _ => Cause::Unknown,
            },
        };
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
