//! How connections end by force. A close with unread bytes, or with `SO_LINGER` at 0 seconds, makes
//! the kernel send RST instead of an orderly end (tcp(7), socket(7), RFC 2525 §2.17): what the other
//! end has received already it can still read, what was on its way is lost.

use socklab_event::{Args, Call, Errno, OptionValue};
use socklab_flows::{Meaning, Position, ResetReason, Tie};
use socklab_say::count;

use super::arrived;
use crate::case::{Case, Occurrence, is_tcp};

/// How one end cut a connection: the close that did it, and why that sent RST.
pub(super) struct Cut {
    pub(super) close: Position,
    pub(super) why: Why,
    /// The RST, if packets were recorded.
    frame: Option<Position>,
}

pub(super) enum Why {
    /// That many bytes had been sent to it, and it had not read them.
    Unread(u64),
    /// The call that set `SO_LINGER` to 0 seconds.
    Linger(Position),
}

/// The bytes that calls on a socket moved before a position, without out-of-band data, which is not
/// part of the stream.
fn moved(case: &Case<'_>, socket: usize, before: Position, of: fn(&Call) -> Option<u64>) -> u64 {
    let calls = case.before(socket, before);
    let moved = calls.filter_map(|(_, call)| {
        let total = of(call)?;
        match call.is_out_of_band() {
            true if call.receives() => None,
            true => Some(total.saturating_sub(1)),
            false => Some(total),
        }
    });
    moved.fold(0, u64::saturating_add)
}

/// The close of a socket's end that sent RST, if it did, and if both ends were recorded whole.
pub(super) fn sent_reset(case: &Case<'_>, connection: usize, socket: usize) -> Option<Cut> {
    let other = case.flows.other_end(connection, Some(socket)).socket?;
    let close = case.closed(socket)?;
    if !is_tcp(case.call(close)?) || !case.is_whole(socket) || !case.is_whole(other) {
        return None;
    }
    // Whoever was cut off cuts nobody.
    if case.cut_before(socket, close).is_some() {
        return None;
    }
    // Where packets were recorded, they decide: what had not arrived yet is not left unread, and a
    // connection that a rule had cut is not cut again.
    let side = 1 - case.flows.other_side(connection, Some(socket));
    let frame = arrived::reset_of_close(case, connection, side, close);
    let untouched = frame.is_some() && !arrived::is_cut_by_rule(case, connection);
    if case.flows.ties.has(connection) && !untouched {
        return None;
    }
    if let Some((set, OptionValue::Linger(Some(0)))) = case.option(socket, "SO_LINGER", close) {
        return Some(Cut { close, why: Why::Linger(set), frame });
    }
    let inline = case.option(socket, "SO_OOBINLINE", close);
    if matches!(inline, Some((_, OptionValue::Int(on))) if *on != 0) {
        return None;
    }
    let came = frame
        .and_then(|frame| arrived::bytes(case, connection, 1 - side, case.flows.order[frame].at));
    let came = came.unwrap_or_else(|| moved(case, other, close, Call::sent));
    let unread = came.checked_sub(moved(case, socket, close, Call::received))?;
    (unread > 0).then_some(Cut { close, why: Why::Unread(unread), frame })
}

/// The same, if the other end was still open: otherwise nobody is cut off.
fn cut(case: &Case<'_>, connection: usize, socket: usize) -> Option<Cut> {
    let other = case.flows.other_end(connection, Some(socket)).socket?;
    let cut = sent_reset(case, connection, socket)?;
    case.closed(other).is_none_or(|closed| closed > cut.close).then_some(cut)
}

/// Closed while bytes were still unread: the kernel then sends RST.
pub(super) fn unread(case: &Case<'_>) -> Vec<Occurrence> {
    let both_ways = case.flows.connections.iter().enumerate().flat_map(|(index, connection)| {
        let [one, other] = connection.ends.each_ref().map(|end| end.socket);
        [(index, one, other), (index, other, one)]
    });
    let found = both_ways.filter_map(|(connection, own, other)| {
        let Cut { close, why: Why::Unread(unread), frame } = cut(case, connection, own?)? else {
            return None;
        };
        // A connection is cut once: by whoever closed first.
        let earlier = cut(case, connection, other?).is_some_and(|other| other.close < close);
        let finding = Occurrence::at(close).and(frame).with("unread", count(unread));
        (!earlier).then(|| finding.with("program", case.program(close)))
    });
    found.collect()
}

/// A call that failed with ECONNRESET, and how the other end cut the connection before.
struct Reset<'c> {
    at: Position,
    call: &'c Call,
    cut: Option<(Cut, u64)>,
    /// The RST that came, if it was recorded.
    frame: Option<(Position, &'c Tie)>,
    shut: Option<Shut>,
}

/// A `shutdown` of both halves of one end, after which more came for it.
struct Shut {
    /// The last `shutdown` that this took.
    call: Position,
    /// The RST that its kernel sent, if it was recorded.
    frame: Option<Position>,
}

impl Reset<'_> {
    fn reason(&self) -> Option<&ResetReason> {
        match &self.frame?.1.meaning {
            Meaning::Rst(reason) => Some(reason),
            _ => None,
        }
    }

    /// True if something else than an end's close is known to have cut the connection.
    fn is_told_otherwise(&self) -> bool {
        let reason = self.reason();
        let by_frame = matches!(
            reason,
            Some(ResetReason::Closed | ResetReason::NeverAccepted | ResetReason::Rule(_))
        );
        by_frame || self.shut.is_some()
    }
}

/// The last RST that had arrived at the socket of a call when the call ended.
pub(super) fn reset_frame<'c>(case: &'c Case<'_>, at: Position) -> Option<(Position, &'c Tie)> {
    let ties = &case.flows.ties;
    let (connection, own) = (case.flows.connection_at(at)?, case.flows.socket_at(at)?);
    let other = case.flows.other_side(connection, Some(own));
    let ended = case.call(at)?.ended;
    let sent = ties.sent_by(connection, other).iter().rev();
    let mut sent = sent.filter_map(|frame| Some((*frame, ties.of(*frame)?)));
    sent.find(|(_, tie)| {
        let is_reset = matches!(tie.meaning, Meaning::Rst(_));
        is_reset && tie.arrived.is_some_and(|arrived| arrived <= ended)
    })
}

/// The end that had shut down both its halves before the call at a position was told of a reset. When
/// more comes for such an end, its kernel cuts the connection, on both sides (Linux
/// net/ipv4/tcp_input.c, `tcp_rcv_state_process`).
fn shut_down(case: &Case<'_>, at: Position) -> Option<Shut> {
    let (connection, own) = (case.flows.connection_at(at)?, case.flows.socket_at(at)?);
    let other_side = case.flows.other_side(connection, Some(own));
    let other = case.flows.other_end(connection, Some(own)).socket;
    let ended = case.call(at)?.ended;
    let ends = [(Some(own), other, 1 - other_side), (other, Some(own), other_side)];
    ends.into_iter().find_map(|(one, opposite, side)| {
        let one = one?;
        let call = case.deaf_before(one, at)?.max(case.mute_before(one, at)?);
        let since = case.call(call)?.began;
        if case.flows.ties.has(connection) {
            let closed = case.closed(one).and_then(|close| case.call(close));
            let until = closed.map_or(ended, |close| close.began.min(ended));
            let frame = arrived::reset_between(case, connection, side, [since, until])?;
            return Some(Shut { call, frame: Some(frame) });
        }
        // Without packets: it was open, and the other end sent something afterwards.
        let open = case.closed(one).is_none_or(|close| close > at);
        let sends = |call: &Call| call.sent().is_some_and(|total| total > 0) && call.ended > since;
        let came = case.before(opposite?, at).any(|(_, call)| sends(call));
        (open && came && case.is_whole(one)).then_some(Shut { call, frame: None })
    })
}

fn resets<'c>(case: &'c Case<'_>) -> impl Iterator<Item = Reset<'c>> {
    let failed = case.failed(Errno::ECONNRESET);
    failed.filter(|(_, call)| call.sends() || call.receives()).map(|(at, call)| {
        let cut = || {
            let (connection, own) = (case.flows.connection_at(at)?, case.flows.socket_at(at)?);
            let other = case.flows.other_end(connection, Some(own)).socket?;
            let cut = cut(case, connection, other).filter(|cut| {
                // It stands where it began; this call was told of it at its end.
                case.call(cut.close).is_some_and(|close| close.began <= call.ended)
            })?;
            let end = case.flows.order.len();
            let sent = moved(case, other, end, Call::sent);
            let lost = sent.checked_sub(moved(case, own, end, Call::received))?;
            Some((cut, lost))
        };
        let cut = cut();
        let shut = if cut.is_none() { shut_down(case, at) } else { None };
        Reset { at, call, cut, frame: reset_frame(case, at), shut }
    })
}

/// Cut off, and nobody knows why.
pub(super) fn reset(case: &Case<'_>) -> Vec<Occurrence> {
    let unknown = resets(case).filter(|reset| reset.cut.is_none() && !reset.is_told_otherwise());
    let found = unknown.map(|Reset { at, call, frame, .. }| {
        let finding = Occurrence::at(at).and(frame.map(|(frame, _)| frame));
        finding.with("call", call.library_name().to_owned())
    });
    found.collect()
}

pub(super) fn reset_unread(case: &Case<'_>) -> Vec<Occurrence> {
    let by_close = resets(case).filter(|reset| !reset.is_told_otherwise());
    let found = by_close.filter_map(|Reset { at, call, cut, frame, .. }| {
        let (Cut { close, why: Why::Unread(unread), .. }, lost) = cut? else { return None };
        let finding = Occurrence::at(at).and([close]).and(frame.map(|(frame, _)| frame));
        let finding = finding.with("call", call.library_name().to_owned());
        let finding = finding.with("peer", case.program(close)).with("unread", count(unread));
        Some(finding.with("lost", count(lost)))
    });
    found.collect()
}

pub(super) fn reset_linger(case: &Case<'_>) -> Vec<Occurrence> {
    let by_close = resets(case).filter(|reset| !reset.is_told_otherwise());
    let found = by_close.filter_map(|Reset { at, call, cut, frame, .. }| {
        let (Cut { close, why: Why::Linger(set), .. }, lost) = cut? else { return None };
        let finding = Occurrence::at(at).and([close, set]).and(frame.map(|(frame, _)| frame));
        let finding = finding.with("call", call.library_name().to_owned());
        Some(finding.with("peer", case.program(close)).with("lost", count(lost)))
    });
    found.collect()
}

/// Cut off because more came for an end that had shut down both halves: this one, or the other.
pub(super) fn reset_shut(case: &Case<'_>) -> Vec<Occurrence> {
    let found = resets(case).filter_map(|Reset { at, call, shut, .. }| {
        let shut = shut?;
        let finding = Occurrence::at(at).and([shut.call]).and(shut.frame);
        let finding = finding.with("call", call.library_name().to_owned());
        Some(finding.with("program", case.program(shut.call)))
    });
    found.collect()
}

/// Cut off because something came after the other end had closed, by the frames.
pub(super) fn reset_closed(case: &Case<'_>) -> Vec<Occurrence> {
    by_frame(case, &ResetReason::Closed)
}

/// Cut off because no program had accepted the connection when its listener closed, by the frames.
pub(super) fn reset_unaccepted(case: &Case<'_>) -> Vec<Occurrence> {
    by_frame(case, &ResetReason::NeverAccepted)
}

fn by_frame(case: &Case<'_>, reason: &ResetReason) -> Vec<Occurrence> {
    let by_frame = |reset: &Reset<'_>| {
        let connection = case.flows.connection_at(reset.at);
        let by_rule = connection.is_some_and(|one| arrived::is_cut_by_rule(case, one));
        reset.reason() == Some(reason) && reset.shut.is_none() && !by_rule
    };
    let found = resets(case).filter(by_frame);
    let found = found.filter_map(|Reset { at, call, frame, .. }| {
        let (frame, tie) = frame?;
        let close = tie.ended_by?;
        let finding = Occurrence::at(at).and([frame, close]).and(tie.cause.frame());
        let finding = finding.with("call", call.library_name().to_owned());
        Some(finding.with("peer", case.program(close)))
    });
    found.collect()
}

/// Cut off by the wire itself.
pub(super) fn reset_rule(case: &Case<'_>) -> Vec<Occurrence> {
    let ties = &case.flows.ties;
    let found = ties.all().filter_map(|(frame, tie)| {
        let Meaning::Rst(ResetReason::Rule(rule)) = &tie.meaning else { return None };
        let own = ties.conversations[tie.conversation?].sockets[1 - tie.side]?;
        let told = |at: &&Position| {
            let call = case.call(**at);
            call.is_some_and(|call| {
                let error = match &call.args {
                    Args::GetOption { value: Some(OptionValue::Error(error)), .. } => Some(*error),
                    _ => call.error(),
                };
                let cut = [Errno::ECONNRESET, Errno::ECONNREFUSED, Errno::EPIPE];
                error.is_some_and(|error| cut.contains(&error))
                    && tie.arrived.is_some_and(|arrived| arrived <= call.ended)
            })
        };
        let calls = &case.flows.sockets[own].calls;
        let call = calls.iter().find(told)?;
        let name = case.call(*call)?.library_name().to_owned();
        let finding = Occurrence::at(*call).and([frame]);
        Some(finding.with("call", name).with("rule", rule.clone()))
    });
    found.collect()
}

/// The calls that failed because the other end no longer answered.
pub(super) fn unanswered<'c>(
    case: &'c Case<'_>,
) -> impl Iterator<Item = (Position, &'c Call)> + use<'c> {
    // A read may also report that a connect in the background got no answer.
    case.failed(Errno::ETIMEDOUT).filter(|(at, call)| {
        let socket = case.flows.socket_at(*at);
        let connects = |call: &Call| match call.args {
            Args::Connect { .. } => call.value().is_some(),
            _ => call.sent().or(call.received()).is_some(),
        };
        let accepted = case.socket(*at).is_some_and(|socket| socket.listener.is_some());
        let was_connected =
            socket.is_some_and(|socket| case.before(socket, *at).any(|(_, call)| connects(call)));
        (call.sends() || call.receives()) && (accepted || was_connected)
    })
}

pub(super) fn timed_out(case: &Case<'_>) -> Vec<Occurrence> {
    // Where the wire lost something, that is told.
    let found = unanswered(case).filter(|(at, _)| super::lost::silencing_loss(case, *at).is_none());
    found
        .map(|(at, call)| Occurrence::at(at).with("call", call.library_name().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use socklab_timelines::{Sock, Story, got, offered, scenes};

    use super::super::explained::{rules, text_of};

    fn with_pair(tell: impl FnOnce(&mut Story, Sock, Sock)) -> socklab_event::Timeline {
        let mut story = Story::new();
        let (near, far) = scenes::tcp_pair(&mut story);
        tell(&mut story, near, far);
        story.build()
    }

    #[test]
    fn forced_ends() {
        let timeline = with_pair(|story, near, far| {
            story.send(near, "unread");
            story.close(far);
            story.fail(near, "recvfrom", got(10, b""), 104);
            story.fail(near, "sendto", offered(b"more"), 32);
        });
        let found = rules(&timeline);
        for rule in ["close-unread", "connection-reset-unread", "broken-pipe"] {
            assert!(found.contains(&rule), "{rule} not in {found:?}");
        }
        assert!(!found.contains(&"server-closed-first"));
        assert!(text_of(&timeline, "close-unread").contains('6'));
        let reset = text_of(&timeline, "connection-reset-unread");
        assert!(reset.ends_with("RST."), "nothing of what was never sent is lost: {reset}");
    }

    #[test]
    fn a_connection_can_time_out() {
        let timeline = with_pair(|story, near, _| {
            story.fail(near, "recvfrom", got(10, b""), 110);
        });
        assert!(rules(&timeline).contains(&"connection-timed-out"));
    }
}
