//! Conversations that went wrong although the program said something, or served somebody else.

use socklab_event::{Args, Bytes, Errno};
use socklab_flows::Position;
use socklab_say::count;

use super::Missed;
use super::life::Life;
use super::present::pending;
use super::talk::Talk;
use crate::case::{Occurrence, address_text};

/// The peer that missed something, and what.
pub(super) fn missing<'l>(life: &'l Life<'_>) -> Option<(&'l str, &'l [u8])> {
    match life.asked.missed {
        Missed::Bytes { peer, expected } | Missed::Within { peer, expected } => {
            Some((peer, expected))
        }
        Missed::Instead { peer, expected, .. } => Some((peer, &expected.sample)),
        Missed::Besides { peer, .. } | Missed::Elsewhere { peer } => Some((peer, &[])),
        Missed::Close { peer } => Some((peer, &[])),
        _ => None,
    }
}

/// The conversation in which something was missed.
pub(super) fn talk<'l>(life: &'l Life<'_>) -> Option<&'l Talk> {
    missing(life).and_then(|(peer, _)| life.talk_with(peer))
}

/// The peer's connection was made, and the program, which still runs, never accepted it.
pub(super) fn never_accepted(life: &Life<'_>) -> Option<Occurrence> {
    let talk = talk(life).filter(|talk| talk.mine.is_none() && life.exit.is_none())?;
    let found = life.found(talk.began).with("peer", talk.peer.as_str());
    Some(found.with("now", life.now()))
}

/// `accept` failed for a reason that does not go away, and the peer's connection was not accepted.
pub(super) fn accept_failed(life: &Life<'_>) -> Option<Occurrence> {
    let talk = talk(life).filter(|talk| talk.mine.is_none())?;
    let accepts = life.made(|args| matches!(args, Args::Accept { .. }));
    let lasts = |error: Errno| {
        matches!(error, Errno::EFAULT | Errno::EINVAL | Errno::EOPNOTSUPP | Errno::ENOTSOCK)
    };
    let mut failed =
        accepts.filter_map(|(at, call)| Some((at, call.error().filter(|it| lasts(*it))?)));
    let (at, error) = failed.find(|(at, _)| *at > talk.began)?;
    let found = life.found(at).and([talk.began]).with("error", error.to_string());
    Some(found.with("now", life.now()))
}

/// The peer sent something that was not read, and the program waits for somebody else.
pub(super) fn ignores_one(life: &Life<'_>) -> Option<Occurrence> {
    let talk = talk(life).filter(|talk| talk.mine.is_some() && talk.offered > talk.read)?;
    let waits_for = |(at, call): (Position, &socklab_event::Call)| {
        let connection = life.flows().connection_at(at).filter(|_| call.receives())?;
        life.talks.iter().find(|other| other.connection == connection).map(|other| (at, other))
    };
    let mut waits = pending(life).filter_map(waits_for).peekable();
    waits.peek()?;
    let waits: Vec<_> = waits.collect();
    // One of its threads waits for the peer itself: then it does not ignore it.
    if waits.iter().any(|(_, other)| other.connection == talk.connection) {
        return None;
    }
    let (at, other) = waits.first()?;
    let found = life.found(*at).with("peer", talk.peer.as_str());
    Some(found.with("other", other.peer.as_str()))
}

/// What was meant for the peer went to another client, who had not said it.
pub(super) fn answered_another(life: &Life<'_>) -> Option<Occurrence> {
    let (peer, expected) = missing(life).filter(|(_, expected)| !expected.is_empty())?;
    let own = life.talk_with(peer)?;
    let since = own.first_offered?;
    if own.last_sent.is_some_and(|sent| sent > since) {
        return None;
    }
    life.talks.iter().filter(|other| other.peer != peer && other.mine.is_some()).find_map(|other| {
        let socket = other.mine?;
        let (at, _) = life.calls.iter().find(|(at, call)| {
            let mine = life.flows().socket_at(*at) == Some(socket);
            let bytes = call.bytes().map_or(&[][..], Bytes::moved);
            mine && *at > since && call.sends() && contains(bytes, expected)
        })?;
        let asked_too = life.flows().connections[other.connection].ends.iter().any(|end| {
            end.socket.is_some_and(|theirs| theirs != socket && said(life, theirs, expected))
        });
        (!asked_too).then(|| life.found(*at).with("other", other.peer.as_str()).with("peer", peer))
    })
}

fn said(life: &Life<'_>, socket: usize, text: &[u8]) -> bool {
    let calls = life.flows().sockets[socket].calls.iter();
    calls.filter_map(|at| life.case.call(*at)).filter(|call| call.sends()).any(|call| {
        let bytes = call.bytes().map_or(&[][..], Bytes::moved);
        contains(&bytes.to_ascii_lowercase(), &text.to_ascii_lowercase())
    })
}

pub(super) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && bytes.windows(part.len()).any(|window| window == part)
}

/// It read something from another client, and sent nothing to the peer, who waits for it and has
/// not said anything itself.
pub(super) fn passed_nothing_on(life: &Life<'_>) -> Option<Occurrence> {
    let said = matches!(life.asked.missed, Missed::Bytes { .. } | Missed::Within { .. });
    let talk = talk(life).filter(|talk| said && !talk.mine_began && talk.mine.is_some())?;
    if talk.offered > 0 || talk.sent > 0 {
        return None;
    }
    let mut others = life.talks.iter().filter(|other| other.peer != talk.peer && other.read > 0);
    let other = others.next_back()?;
    let found = life.found(other.first_read?).with("read", count(other.read));
    let found = found.with("other", other.peer.as_str()).with("peer", talk.peer.as_str());
    Some(found.with("now", life.now()))
}

/// It answered something, and closed the connection although more was to be answered.
pub(super) fn closed_too_soon(life: &Life<'_>) -> Option<Occurrence> {
    if !matches!(life.asked.missed, Missed::Bytes { .. } | Missed::Within { .. }) {
        return None;
    }
    let talk = talk(life).filter(|talk| talk.sent > 0 && !talk.mine_began && !talk.datagrams)?;
    let at = talk.closed?;
    let itself = life.case.call(at).is_some_and(|call| !call.implicit);
    // The peer had something to say after the last answer.
    let asked = talk.last_offered? > talk.last_sent?;
    (itself && asked)
        .then(|| life.found(at).with("peer", talk.peer.as_str()).with("now", life.now()))
}

/// It said something of its own, as it may, then read something, and did not answer that.
pub(super) fn greeted_only(life: &Life<'_>) -> Option<Occurrence> {
    let within = matches!(life.asked.missed, Missed::Within { .. });
    let talk = talk(life).filter(|talk| within && !talk.mine_began)?;
    let (read, sent) = (talk.first_read?, talk.last_sent?);
    let bytes = life.case.call(talk.first_sent?)?.bytes()?.moved();
    (sent < read && !bytes.is_empty()).then(|| {
        let found = life.found(read).with("peer", talk.peer.as_str());
        let found = found.with("bytes", super::life::sample(bytes)).with("read", count(talk.read));
        found.with("now", life.now())
    })
}

/// It sent something before the peer had sent anything, and not what the peer expected.
pub(super) fn unasked(life: &Life<'_>) -> Option<Occurrence> {
    if matches!(life.asked.missed, Missed::Within { .. }) {
        return None;
    }
    let (_, expected) = missing(life)?;
    let talk = talk(life).filter(|talk| !talk.mine_began)?;
    let at = talk.first_sent?;
    let early = talk.first_read.is_none_or(|read| at < read);
    let call = life.case.call(at)?;
    let bytes = call.bytes()?.moved();
    (early && talk.offered > 0 && !bytes.is_empty() && !expected.starts_with(bytes)).then(|| {
        let shown = super::life::sample(bytes);
        life.found(at).with("peer", talk.peer.as_str()).with("bytes", shown)
    })
}

/// It answered a datagram, but not through the socket to which it had been sent.
pub(super) fn another_socket(life: &Life<'_>) -> Option<Occurrence> {
    let Missed::Elsewhere { peer } = life.asked.missed else { return None };
    let talk = life.talks.iter().rev().find(|talk| talk.peer == peer && talk.sent > 0)?;
    Some(life.found(talk.first_sent?).with("peer", peer))
}

/// The answer to a datagram went to an address at which nobody had asked.
pub(super) fn sent_elsewhere(life: &Life<'_>) -> Option<Occurrence> {
    let said = matches!(life.asked.missed, Missed::Bytes { .. } | Missed::Within { .. });
    let talk =
        talk(life).filter(|talk| said && talk.datagrams && talk.read > 0 && talk.sent == 0)?;
    let read = talk.first_read?;
    life.calls.iter().filter(|(at, _)| *at > read).find_map(|(at, call)| {
        let Args::Send { to: Some(address), .. } = &call.args else { return None };
        let known = life.flows().connection_at(*at);
        let to_another = life.talks.iter().any(|other| Some(other.connection) == known);
        let found = life.found(*at).with("peer", talk.peer.as_str());
        (call.value().is_some() && !to_another)
            .then(|| found.with("address", address_text(address)))
    })
}

/// It had answered a datagram of the peer's, and did not answer the next one that it read.
pub(super) fn left_unanswered(life: &Life<'_>) -> Option<Occurrence> {
    let talk = exchanged(life).filter(|talk| !talk.mine_began)?;
    let at = talk.last_read.filter(|read| Some(*read) > talk.last_sent)?;
    let read = life.case.call(at)?.received()?;
    let found = life.found(at).with("peer", talk.peer.as_str()).with("read", count(read));
    Some(found.with("now", life.now()))
}

/// It sent a datagram once that the peer waits for once more, and nothing since.
pub(super) fn not_sent_again(life: &Life<'_>) -> Option<Occurrence> {
    let (_, expected) = missing(life).filter(|(_, expected)| !expected.is_empty())?;
    let talk = exchanged(life).filter(|talk| talk.mine_began)?;
    let at = talk.last_sent.filter(|sent| talk.last_offered < Some(*sent))?;
    let sent = life.case.call(at)?.bytes()?;
    let same = life.calls.iter().filter(|(_, call)| {
        call.sends() && call.bytes().is_some_and(|bytes| bytes.moved() == sent.moved())
    });
    (sent.moved().starts_with(expected) && same.count() == 1).then(|| {
        let found = life.found(at).with("peer", talk.peer.as_str());
        found.with("sent", count(sent.total)).with("now", life.now())
    })
}

/// The conversation in which the peer waits for a datagram, if the program has sent it some.
fn exchanged<'l>(life: &'l Life<'_>) -> Option<&'l Talk> {
    let waits = matches!(life.asked.missed, Missed::Bytes { .. });
    talk(life).filter(|talk| waits && talk.datagrams && talk.sent > 0)
}

/// It answered with the beginning of what was expected, and the peer still waits.
pub(super) fn answered_partly(life: &Life<'_>) -> Option<Occurrence> {
    let (_, expected) = missing(life)?;
    if matches!(life.asked.missed, Missed::Within { .. }) {
        return None;
    }
    if matches!(life.asked.missed, Missed::Instead { got, .. } if !expected.starts_with(&got.sample))
    {
        return None;
    }
    let talk = talk(life)?;
    let at = talk.first_sent?;
    (talk.sent > 0 && talk.read > 0 && talk.sent < expected.len() as u64).then(|| {
        let found = life.found(at).with("read", count(talk.read)).with("sent", count(talk.sent));
        found.with("peer", talk.peer.as_str()).with("now", life.now())
    })
}

/// The peer has ended its half and waits for the end of the program's, which keeps it open.
pub(super) fn keeps_open(life: &Life<'_>) -> Option<Occurrence> {
    let waits = matches!(life.asked.missed, Missed::Close { .. });
    let talk = talk(life).filter(|talk| talk.closed.is_none() && talk.mine.is_some())?;
    let socket = talk.mine?;
    let calls = &life.flows().sockets[socket].calls;
    let ended = calls.iter().any(|at| life.case.call(*at).is_some_and(|call| call.ends_sending()));
    let last = calls.last().copied()?;
    (waits && !ended && life.exit.is_none())
        .then(|| life.found(last).with("peer", talk.peer.as_str()).with("now", life.now()))
}
