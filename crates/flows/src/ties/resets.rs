//! Why an end sent RST: RFC 9293 §3.5.2, RFC 2525 §2.17, tcp(7), socket(7).

use socklab_event::{Call, Fate};

use super::segments::{Reading, Sent};
use super::sending::ends_stream;
use super::tie::{Cause, ResetReason};
use crate::Position;

/// What its connection's segments tell about an RST.
pub(super) struct Evidence {
    /// True if a SYN is all that the other end has sent, and this end has sent nothing.
    pub(super) answers_syn: bool,
    /// The frame that had just arrived.
    pub(super) arrived: Option<Position>,
    /// The last frame that had arrived, however long ago.
    pub(super) last: Option<Position>,
    /// How many bytes of the other end it had accepted, if the RST says so.
    pub(super) accepted: Option<u64>,
}

/// Why, and what set it off.
pub(super) struct Found {
    pub(super) reason: ResetReason,
    pub(super) cause: Cause,
    pub(super) ended_by: Option<Position>,
}

pub(super) fn why(
    evidence: &Evidence,
    sent: &Sent<'_, '_>,
    reading: &mut Reading<'_, '_, '_>,
) -> Found {
    if let Fate::Altered { how, rule, .. } = &sent.segment.frame.fate
        && how.iter().any(|how| how.as_str() == "injected")
    {
        let reason = ResetReason::Rule(rule.clone());
        return Found { reason, cause: Cause::Unknown, ended_by: None };
    }
    let now = sent.now;
    let arrived = evidence.arrived.map_or(Cause::Unknown, Cause::Frame);
    if evidence.answers_syn {
        // Whoever listened there may have gone meanwhile.
        let known = reading.wire.known();
        let listens = |socket: usize| known.is_open(&known.all[socket], sent.at);
        let nobody = sent.own.is_none() && !sent.listener.is_some_and(listens);
        let reason = if nobody { ResetReason::NobodyListens } else { ResetReason::Unknown };
        let cause = evidence.arrived.or(evidence.last).map_or(Cause::Unknown, Cause::Frame);
        return Found { reason, cause, ended_by: None };
    }
    let Some(own) = sent.own else {
        return never_accepted(sent, reading, arrived);
    };
    let closes = |call: &Call| call.is_close();
    let during = reading.calls.during(own, now, closes);
    // At a process's end the kernel closes a little later than the exit was seen.
    let before = reading.calls.before(own, now, ends_stream);
    let implicit = before.filter(|at| reading.wire.call(*at).is_some_and(|call| call.implicit));
    let implicit = implicit.filter(|_| evidence.arrived.is_none());
    let Some(close) = during.or(implicit) else {
        let was_closed = before.filter(|at| reading.wire.call(*at).is_some_and(closes));
        let reason = match was_closed {
            Some(_) if evidence.arrived.is_some() => ResetReason::Closed,
            _ => ResetReason::Unknown,
        };
        return Found { reason, cause: arrived, ended_by: was_closed };
    };
    let unread = || {
        // What an RST of a close acknowledges is what had arrived (RFC 9293 §3.10.4).
        let unread = evidence.accepted?.checked_sub(reading.calls.taken(own, now))?;
        (unread > 0 && reading.wire.is_whole(own)).then_some(unread)
    };
    let reason = match () {
        () if reading.wire.lingers_not(own, now) => ResetReason::Linger,
        () => unread().map_or(ResetReason::Unknown, ResetReason::Unread),
    };
    Found { reason, cause: Cause::Call(close), ended_by: Some(close) }
}

/// No program has accepted the connection: then it ends with its listening socket.
fn never_accepted(sent: &Sent<'_, '_>, reading: &mut Reading<'_, '_, '_>, arrived: Cause) -> Found {
    let closes = |call: &Call| call.is_close();
    let close = sent.listener.and_then(|one| reading.calls.during(one, sent.now, closes));
    let before = || {
        let close = sent.listener.and_then(|one| reading.calls.before(one, sent.now, closes));
        close.filter(|at| reading.wire.call(*at).is_some_and(|call| call.implicit))
    };
    let close = close.or_else(before);
    match close {
        Some(at) => {
            Found { reason: ResetReason::NeverAccepted, cause: Cause::Call(at), ended_by: Some(at) }
        }
        None => Found { reason: ResetReason::Unknown, cause: arrived, ended_by: None },
    }
}
