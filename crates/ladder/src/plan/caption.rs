//! What stands on the arrow of a packet: what it is, and what became of it.

use socklab_event::{Fate, Frame, Transport};
use socklab_flows::{Carried, Meaning, NumberMap, Position, Tie, WindowChange};
use socklab_say::{Speaker, clean, count, duration, say};

use super::protocol;
use super::scene::Scene;
use crate::label::{Label, PartKind, circled};
use crate::schema;

/// The caption of the packet at a position. `numbers` has the numbers of messages, by transfer.
pub(crate) fn caption(
    scene: &Scene<'_, '_>,
    at: Position,
    numbers: &NumberMap<usize, u32>,
) -> Label {
    let speaker = scene.options.speaker;
    let Some(frame) = scene.flows.order[at].frame() else { return Label::default() };
    let mut label = Label::default();
    if scene.ways.says_ports
        && let Some(headers) = &frame.headers
        && let [Some(from), Some(to)] =
            [&headers.source, &headers.destination].map(|end| end.port().filter(|port| *port > 0))
    {
        label.push(PartKind::Faint, format!("{from}→{to}"));
    }
    match scene.flows.ties.of(at) {
        Some(tie) => {
            what(scene, at, frame, tie, numbers, &mut label);
            if tie.again.is_some() {
                label.push(PartKind::Plain, say!(speaker, "packet-again"));
            }
        }
        None => undecoded(frame, &mut label, speaker),
    }
    for words in mishaps(scene, at, frame) {
        label.push(PartKind::Mark, words);
    }
    label
}

fn what(
    scene: &Scene<'_, '_>,
    at: Position,
    frame: &Frame,
    tie: &Tie,
    numbers: &NumberMap<usize, u32>,
    label: &mut Label,
) {
    let speaker = scene.options.speaker;
    let n = tie.acknowledges.map(count);
    let change = tie.window.map(|window| window.change);
    let room = tie.window.and_then(|window| window.bytes).map(count);
    let mut name = |text: &str| label.push(PartKind::Name, text);
    match (&tie.meaning, change, n, room) {
        (Meaning::Syn, ..) if tie.bytes.is_empty() => name("SYN"),
        // TCP Fast Open, RFC 7413.
        (Meaning::Syn, ..) => {
            name("SYN +");
            payload(scene, at, frame, tie, numbers, label);
        }
        (Meaning::SynAck, ..) => name("SYN,ACK"),
        (Meaning::HandshakeAck, ..) => name("ACK"),
        (Meaning::Fin, ..) => name("FIN"),
        (Meaning::Rst(_), ..) => name("RST"),
        (Meaning::WindowProbe, ..) => name(&say!(speaker, "packet-window-probe")),
        (Meaning::KeepAlive, ..) => name(&say!(speaker, "packet-keepalive-probe")),
        (Meaning::Data | Meaning::Datagram | Meaning::Fragment, ..) => {
            payload(scene, at, frame, tie, numbers, label);
            if tie.fin {
                label.push(PartKind::Name, "+ FIN");
            }
        }
        (Meaning::Icmp { .. }, ..) => {
            match frame.headers.as_ref().map(|headers| &headers.transport) {
                Some(Transport::Icmp { text, .. }) => name(&format!("ICMP {}", clean(text))),
                _ => name("ICMP"),
            }
        }
        (Meaning::Other, ..) => undecoded(frame, label, speaker),
        (_, Some(WindowChange::Closed), Some(n), _) => {
            name(&say!(speaker, "packet-window-zero", n = n));
        }
        (_, Some(WindowChange::StillClosed), Some(n), _) => {
            name(&say!(speaker, "packet-window-still-zero", n = n));
        }
        (_, Some(WindowChange::Opened), _, Some(room)) => {
            name(&say!(speaker, "packet-window-open", n = room));
        }
        (_, Some(WindowChange::Opened), ..) => name(&say!(speaker, "packet-window-opened")),
        (Meaning::WindowUpdate, _, _, Some(room)) => {
            name(&say!(speaker, "packet-window-update", n = room));
        }
        (Meaning::ProbeAnswer, ..) => name(&say!(speaker, "packet-keepalive-answer")),
        (Meaning::DuplicateAck { .. }, _, Some(n), _) => {
            name(&say!(speaker, "packet-duplicate-ack", n = n));
        }
        (Meaning::Ack | Meaning::DelayedAck, ..) if tie.acknowledges_fin => {
            name(&say!(speaker, "packet-ack-of-fin"));
        }
        (_, _, Some(n), _) => name(&say!(speaker, "packet-ack", n = n)),
        _ => name("ACK"),
    }
}

/// A message that travels alone is shown; otherwise it is said which bytes of which messages travel.
fn payload(
    scene: &Scene<'_, '_>,
    at: Position,
    frame: &Frame,
    tie: &Tie,
    numbers: &NumberMap<usize, u32>,
    label: &mut Label,
) {
    let (flows, speaker) = (scene.flows, scene.options.speaker);
    let number = |carried: &Carried| numbers.get(&carried.transfer).copied().map(circled);
    let whole = |carried: &Carried| {
        carried.bytes == (0..flows.transfers[carried.transfer].total)
            && tie.meaning != Meaning::Fragment
    };
    let size = |bytes: u64| format!("{} B", speaker.number(bytes));
    match &tie.carries[..] {
        [] => recorded(scene, at, frame, tie, label),
        [only] if whole(only) => {
            label.push(PartKind::Number, number(only).unwrap_or_default());
            let transfer = &flows.transfers[only.transfer];
            if transfer.total == 0 {
                label.push(PartKind::Plain, say!(speaker, "packet-empty-datagram"));
            } else if number(only).is_some() {
                label.push(PartKind::Plain, size(transfer.total));
            } else if let Some(call) = flows.call(only.sent)
                && let Some(message) = call.messages().get(transfer.message)
            {
                match protocol::name(flows, only.sent, transfer.message, speaker) {
                    Some(name) => label.push_named(&name.text, transfer.total),
                    None => label.push_data(message.bytes, transfer.total, false),
                }
            }
        }
        [only] => {
            label.push(PartKind::Number, number(only).unwrap_or_default());
            label.push(PartKind::Plain, range(only.bytes.clone(), speaker));
        }
        several => {
            let mut together = String::new();
            for carried in several {
                together.push_str(&number(carried).unwrap_or_default());
                if !whole(carried) {
                    label.push(PartKind::Number, std::mem::take(&mut together));
                    label.push(PartKind::Plain, range(carried.bytes.clone(), speaker));
                }
            }
            label.push(PartKind::Number, together);
            if several.iter().all(whole) {
                label.push(PartKind::Plain, size(tie.bytes.end.saturating_sub(tie.bytes.start)));
            }
        }
    }
}

/// Data whose sender was not recorded.
fn recorded(scene: &Scene<'_, '_>, at: Position, frame: &Frame, tie: &Tie, label: &mut Label) {
    let speaker = scene.options.speaker;
    let Some(headers) = &frame.headers else { return };
    let total = headers.payload.total;
    match () {
        () if tie.meaning == Meaning::Fragment => {
            label.push(PartKind::Plain, range(tie.bytes.clone(), speaker));
        }
        () if total == 0 => label.push(PartKind::Plain, say!(speaker, "packet-empty-datagram")),
        () => {
            match protocol::name(scene.flows, at, 0, speaker) {
                Some(name) => label.push_named(&name.text, total),
                None => label.push_data(&headers.payload, total, false),
            }
            if tie.cause.call().is_none() {
                // No call beside it says how much.
                label.push(PartKind::Plain, format!("{} B", speaker.number(total)));
            }
        }
    }
}

/// Bytes as people count them.
pub(crate) fn range(bytes: std::ops::Range<u64>, speaker: Speaker) -> String {
    let (from, to) = (count(bytes.start.saturating_add(1)), count(bytes.end));
    match bytes.end.saturating_sub(bytes.start) {
        1 => say!(speaker, "packet-byte", from = from),
        _ => say!(speaker, "packet-bytes", from = from, to = to),
    }
}

fn undecoded(frame: &Frame, label: &mut Label, speaker: Speaker) {
    let Some(headers) = &frame.headers else {
        label.push(PartKind::Plain, format!("{} B", speaker.number(frame.bytes.total)));
        return;
    };
    match &headers.transport {
        Transport::Tcp { flags, .. } => {
            let names: Vec<String> = flags.names().iter().map(|flag| clean(flag)).collect();
            label.push(PartKind::Name, names.join(","));
        }
        Transport::Neighbour { text } => neighbour(text, label, speaker),
        Transport::Icmp { text, .. } => label.push(PartKind::Name, format!("ICMP {}", clean(text))),
        _ => label.push(PartKind::Name, headers.protocol.to_string()),
    }
    if headers.payload.total > 0 {
        label.push(PartKind::Plain, format!("{} B", speaker.number(headers.payload.total)));
    }
}

/// What a message between neighbours says, in the reader's language; recordings have it in English.
/// Where there is no room for the hardware address, the rest is a whole sentence.
fn neighbour(text: &str, label: &mut Label, speaker: Speaker) {
    let asked = |from: &str| text.strip_prefix(from)?.strip_suffix('?').map(clean);
    let said =
        |text: &str| text.split_once(" is at ").map(|(one, other)| (clean(one), clean(other)));
    if let Some(address) = asked("who has ") {
        label.push(PartKind::Name, say!(speaker, "packet-who-has", address = address));
    } else if let Some(address) = asked("does anybody have ") {
        label.push(PartKind::Name, say!(speaker, "packet-does-anybody-have", address = address));
    } else if let Some((address, hardware)) = said(text) {
        label.push(PartKind::Name, say!(speaker, "packet-here-is", address = address));
        label.push(PartKind::Plain, format!("({hardware})"));
    } else {
        label.push(PartKind::Name, clean(text));
    }
}

/// True if the packet arrived nowhere, as far as was seen.
pub(crate) fn is_lost(frame: &Frame) -> bool {
    matches!(frame.fate, Fate::Dropped { .. } | Fate::Lost { .. } | Fate::UnderWay { .. })
}

/// What became of a packet, without the times: of packets that share it, one note tells enough.
pub(crate) fn outcome(frame: &Frame) -> Fate {
    match frame.fate.clone() {
        Fate::Altered { how, at, rule, .. } => {
            Fate::Altered { how, at: vec![0; at.len()], rule, changed: Vec::new() }
        }
        Fate::Delivered { .. } => Fate::Delivered { at: 0 },
        other => other,
    }
}

/// What happened to the packet on its way, and who was not told.
pub(crate) fn mishaps(scene: &Scene<'_, '_>, at: Position, frame: &Frame) -> Vec<String> {
    let speaker = scene.options.speaker;
    let sent = scene.flows.order[at].at;
    let mut said = Vec::new();
    match &frame.fate {
        Fate::Dropped { rule } => said.push(say!(speaker, "packet-dropped", rule = clean(rule))),
        Fate::Lost { why } => {
            said.push(say!(speaker, "packet-lost", why = schema::value(speaker, why)));
        }
        Fate::UnderWay { rule, .. } if rule.is_empty() => {
            said.push(say!(speaker, "packet-under-way"));
        }
        Fate::UnderWay { rule, .. } => {
            said.push(say!(speaker, "packet-under-way-by", rule = clean(rule)));
        }
        Fate::Altered { how, .. } if how.iter().any(|how| *how == "injected") => {}
        Fate::Altered { how, rule, .. } if frame.is_spoilt() => {
            let words: Vec<String> = how.iter().map(|how| schema::value(speaker, how)).collect();
            let (words, rule) = (words.join(", "), clean(rule));
            said.push(say!(speaker, "packet-spoilt", how = words, rule = rule));
        }
        Fate::Altered { how, at, rule, .. } => {
            let words: Vec<String> = how.iter().map(|how| schema::value(speaker, how)).collect();
            let (words, rule) = (words.join(", "), clean(rule));
            let late = at.first().map_or(0, |at| at.saturating_sub(sent));
            let waits = how.iter().any(|how| *how == "delayed" || *how == "rate_limited");
            said.push(match at.len() {
                0 | 1 if waits => {
                    let time = duration(late);
                    say!(speaker, "packet-altered-late", how = words, time = time, rule = rule)
                }
                0 | 1 => say!(speaker, "packet-altered", how = words, rule = rule),
                n => {
                    say!(speaker, "packet-altered-several", how = words, n = count(n), rule = rule)
                }
            });
        }
        _ => {}
    }
    said.extend(super::reason::untold(scene, at));
    said
}
