//! What a segment means that carries nothing: an ACK or a probe.

use super::segments::{Reading, Sent, Stream};
use super::side::Known;
use super::tie::{Cause, Meaning, Tie};
use crate::Position;

/// Linux holds an ACK back for 40 ms at the earliest (`TCP_DELACK_MIN`); by our clock its timer may be
/// a little early.
const DELAYED_ACK: u64 = 35_000_000;

impl Stream {
    /// A segment that carries nothing: an ACK or a probe.
    pub(super) fn acknowledge(
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
            tie.cause = Cause::Timer { since: me.latest };
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
        let reader = sent.own.and_then(|own| reading.calls.taking(own, sent.now, acknowledged));
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
                (None, None) => match me.owed(sent.now, before, counted) {
                    Some(first) if sent.now - first.at >= DELAYED_ACK.saturating_add(me.away) => {
                        (Meaning::DelayedAck, Cause::Timer { since: Some(first.frame) })
                    }
                    _ => (Meaning::Ack, Cause::Unknown),
                },
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
