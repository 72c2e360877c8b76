//! Why the kernel sent a packet that no call set off, and what it makes of a packet where no program
//! is.

use socklab_event::{Args, Transport};
use socklab_flows::{
    Cause, Meaning, NumberMap, Position, Resent, ResetReason, Tie, WaitedFor, WindowChange,
};
use socklab_say::{count, duration, say};

use super::scene::Scene;
use crate::label::{Label, PartKind};
use crate::model::{Cell, CellKind};

/// The cells that stand beside a packet and are no calls.
pub(crate) fn cells(scene: &Scene<'_, '_>, at: Position) -> Vec<Cell> {
    let (flows, speaker) = (scene.flows, scene.options.speaker);
    let Some(tie) = flows.ties.of(at) else { return Vec::new() };
    let seq = flows.order[at].seq;
    let cell = |participant, label| Cell {
        participant,
        tag: None,
        label,
        entry: None,
        kind: CellKind::Reason,
        mark: None,
        line: None,
        seq,
    };
    if let Some(lane) = scene.ways.inner(flows, at) {
        return vec![cell(lane, inner(scene, at))];
    }
    let Some([from, to]) = scene.ways.at(flows, at) else { return Vec::new() };
    let faint = |text: &str| Label::prose(PartKind::Faint, text);
    let mut cells = Vec::new();
    let here = match tie.meaning {
        Meaning::Icmp { about: Some(about) } => Some(quoted(scene, about)),
        Meaning::Rst(ResetReason::NobodyListens) if scene.ways.is_nobody(from) => {
            Some(faint(&say!(speaker, "packet-kernel-says")))
        }
        _ => why(scene, at, tie).map(|text| faint(&text)),
    };
    cells.extend(here.filter(|label| !label.is_empty()).map(|label| cell(from, label)));
    if scene.ways.is_nobody(to) && tie.again.is_none() {
        let key = match tie.meaning {
            Meaning::Syn => Some("packet-nobody-listens"),
            Meaning::Datagram => Some("packet-nobody-there"),
            _ => None,
        };
        cells.extend(key.map(|key| cell(to, faint(&say!(speaker, key)))));
    }
    cells
}

/// A packet that stays in its column, which leaves no room for an arrow.
fn inner(scene: &Scene<'_, '_>, at: Position) -> Label {
    let mut label = Label::default();
    label.push(PartKind::Plain, say!(scene.options.speaker, "packet-to-itself"));
    for part in super::caption::caption(scene, at, &NumberMap::default()).parts {
        match part.kind {
            PartKind::Mark => label.push(PartKind::Plain, format!("({})", part.text)),
            _ => label.parts.push(part),
        }
    }
    label
}

/// Why the packet was sent, if no call set it off and that is not plain from the packet before it.
pub(crate) fn why(scene: &Scene<'_, '_>, at: Position, tie: &Tie) -> Option<String> {
    let (flows, speaker) = (scene.flows, scene.options.speaker);
    let since =
        |other: Position| duration(flows.order[at].at.saturating_sub(noticed(scene, other, tie)));
    if let Some(again) = tie.again {
        let time = since(again.of);
        return match (again.by, &tie.meaning) {
            (_, Meaning::SynAck) if tie.cause.frame().is_some() => {
                Some(say!(speaker, "packet-why-asked-again"))
            }
            (Resent::Timer, Meaning::Syn) => {
                Some(say!(speaker, "packet-why-syn-again", time = time))
            }
            (Resent::Timer, Meaning::SynAck) => {
                Some(say!(speaker, "packet-why-syn-ack-again", time = time))
            }
            (Resent::Timer, _) => Some(say!(speaker, "packet-why-again", time = time)),
            (Resent::DuplicateAcks(n), _) => {
                Some(say!(speaker, "packet-why-again-early", n = count(n)))
            }
            (Resent::Acknowledgement, _) => Some(say!(speaker, "packet-why-missing-too")),
            _ => None,
        };
    }
    if let Some(waited) = tie.waited {
        let same = before(scene, at, tie, true)
            .and_then(|other| flows.ties.of(other))
            .is_some_and(|other| other.cause == tie.cause && tie.cause.frame().is_some());
        let opened = tie.cause.frame().and_then(|ack| flows.ties.of(ack)?.window);
        let opened = opened.is_some_and(|window| window.change == WindowChange::Opened);
        return match (waited.why, tie.cause) {
            _ if same => None,
            (WaitedFor::Acknowledgement, Cause::Frame(ack)) => Some(match newly(scene, ack) {
                Some(n) => say!(speaker, "packet-why-ack-came", n = count(n)),
                None => say!(speaker, "packet-why-room"),
            }),
            (WaitedFor::More, Cause::Call(_)) => None,
            (WaitedFor::Window, Cause::Frame(_)) if opened => {
                Some(say!(speaker, "packet-why-room"))
            }
            (WaitedFor::Cork, _) => Some(say!(speaker, "packet-why-cork")),
            _ => None,
        };
    }
    let time = || match tie.cause {
        Cause::Timer { since: Some(other) } => Some(since(other)),
        _ => before(scene, at, tie, false).map(since),
    };
    match &tie.meaning {
        Meaning::WindowProbe => Some(say!(speaker, "packet-why-window-probe", time = time()?)),
        Meaning::KeepAlive => Some(say!(speaker, "packet-why-keepalive", time = time()?)),
        Meaning::DelayedAck => Some(say!(speaker, "packet-why-delayed-ack", time = time()?)),
        Meaning::Fin if tie.cause.call().is_none() && tie.ended_by.is_some() => {
            Some(say!(speaker, "packet-why-fin-waited"))
        }
        // The call that set it off was made on another socket.
        Meaning::Rst(ResetReason::NeverAccepted) => {
            Some(say!(speaker, "packet-rst-never-accepted"))
        }
        Meaning::Rst(reason) if tie.cause.call().is_none() => match reason {
            ResetReason::NobodyListens => Some(say!(speaker, "packet-rst-nobody")),
            ResetReason::Closed => Some(say!(speaker, "packet-rst-closed")),
            ResetReason::Rule(_) => Some(say!(speaker, "packet-rst-rule")),
            _ => None,
        },
        _ => None,
    }
}

/// When the end that sent a packet had to do with another one: when it sent it, or when it got it.
pub(crate) fn noticed(scene: &Scene<'_, '_>, other: Position, tie: &Tie) -> u64 {
    let sent = scene.flows.order[other].at;
    let theirs = scene.flows.ties.of(other).filter(|other| other.side != tie.side);
    theirs.and_then(|theirs| theirs.arrived).unwrap_or(sent)
}

/// The packet before this one in its conversation; if `own`, of the same end.
fn before(scene: &Scene<'_, '_>, at: Position, tie: &Tie, own: bool) -> Option<Position> {
    let conversation = scene.flows.ties.conversations.get(tie.conversation?)?;
    let here = conversation.frames.binary_search(&at).ok()?;
    let side = |other: &&Position| {
        scene.flows.ties.of(**other).is_some_and(|other| !own || other.side == tie.side)
    };
    conversation.frames[..here].iter().rev().find(side).copied()
}

/// How many bytes an ACK was the first to acknowledge.
fn newly(scene: &Scene<'_, '_>, ack: Position) -> Option<u64> {
    let tie = scene.flows.ties.of(ack)?;
    let acknowledged = tie.acknowledges?;
    let before = before(scene, ack, tie, true).and_then(|other| scene.flows.ties.of(other));
    let before = before.and_then(|other| other.acknowledges).unwrap_or(0);
    acknowledged.checked_sub(before).filter(|n| *n > 0)
}

/// What an ICMP message is about.
fn quoted(scene: &Scene<'_, '_>, about: Position) -> Label {
    let speaker = scene.options.speaker;
    let Some(frame) = scene.flows.order[about].frame() else { return Label::default() };
    let Some(headers) = &frame.headers else { return Label::default() };
    let mut label = Label::prose(PartKind::Faint, &say!(speaker, "packet-about"));
    match &headers.transport {
        Transport::Udp if headers.payload.total > 0 => {
            label.push_data(&headers.payload, headers.payload.total, false);
        }
        Transport::Tcp { flags, .. } => {
            let names: Vec<&str> = flags.names().iter().map(|name| &**name).collect();
            label.push(PartKind::Faint, names.join(","));
        }
        _ => label.push(PartKind::Faint, format!("{} B", speaker.number(frame.bytes.total))),
    }
    label
}

/// If the kernel tells the program nothing of what an ICMP message reports: that, and why.
pub(crate) fn untold(scene: &Scene<'_, '_>, at: Position) -> Option<String> {
    let (flows, speaker) = (scene.flows, scene.options.speaker);
    let tie = flows.ties.of(at)?;
    let Meaning::Icmp { about: Some(about) } = tie.meaning else { return None };
    let sent = flows.ties.of(about)?.cause.call()?;
    let (socket, call) = (flows.socket_at(sent)?, flows.call(sent)?);
    let datagrams = !flows.sockets[socket].is_stream();
    let mut calls = flows.sockets[socket].calls.iter().filter_map(|at| flows.call(*at));
    let hears = calls.any(|call| match &call.args {
        Args::Connect { .. } => call.value().is_some(),
        Args::SetOption { option, .. } => option.ends_with("RECVERR"),
        _ => false,
    });
    let fd = call.fd.filter(|_| datagrams && !hears && tie.woke.is_empty())?;
    Some(say!(speaker, "packet-tells-nothing", fd = fd.to_string()))
}
