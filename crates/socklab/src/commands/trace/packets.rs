//! A timeline's frames as a capture for Wireshark, tshark and tcpdump.
//!
//! A frame is one packet at the interface of the host that sent it, whatever became of it: the comment
//! says what did. One that arrived with other bytes is also a packet at its receiver's.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;
use socklab_event::{Event, Fate, Frame, Name, Timeline};
use socklab_flows::{Flows, Meaning};
use socklab_lab::{CaptureWriter, Direction, Origin, Told, WrittenPacket};
use socklab_ladder::{Detail, Ladder, Options};
use socklab_say::{Speaker, say};

use crate::exit_reason::ExitReason;
use crate::failure::Failure;

/// The whole capture.
pub(super) fn capture(speaker: Speaker, path: &Path, timeline: &Timeline) -> Result<Vec<u8>> {
    let frames = || timeline.events.iter().filter_map(Event::frame);
    let lacks = if frames().any(|frame| !frame.bytes.sample.is_empty()) {
        None
    } else if frames().next().is_some() {
        Some("capture-no-bytes")
    } else if timeline.header.wire {
        Some("capture-none-seen")
    } else {
        Some("capture-none-recorded")
    };
    if let Some(why) = lacks {
        let path = socklab_say::path(path);
        return Err(Failure::new(ExitReason::No, say!(speaker, why, path = path)).into());
    }
    let mut interfaces = Interfaces::default();
    for frame in frames() {
        interfaces.number(&frame.from);
        if let Some(to) = &frame.to {
            interfaces.number(to);
        }
    }
    let header = &timeline.header;
    let system = match header.kernel.as_str() {
        kernel if kernel.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("Linux {kernel}")
        }
        kernel => kernel.to_owned(),
    };
    let origin =
        Origin { application: &header.made_by, system: &system, hardware: &header.machine };
    let names = interfaces.names.iter().map(String::as_str);
    let mut writer = CaptureWriter::new(Vec::new(), origin, names)?;
    let remarks = Remarks::of(speaker, timeline);
    for Moment { at, event, frame, arrives } in moments(timeline) {
        let (comments, arrived, fate, told);
        let (interface, direction, bytes, process);
        if arrives {
            comments = vec![say!(speaker, "capture-arrived")];
            arrived = as_arrived(frame);
            interface = interfaces.number(frame.to.as_ref().unwrap_or(&frame.from));
            (direction, bytes, process) = (Direction::In, &arrived, None);
            told = Told::Arrived;
        } else {
            comments = remarks.comments(event, frame);
            interface = interfaces.number(&frame.from);
            (direction, bytes) = (Direction::Out, &frame.bytes.sample);
            process = remarks.process(event.seq);
            fate = frame.fate.clone().moved(|at| header.epoch.saturating_add(at));
            told = Told::Frame { from: &frame.from, to: frame.to.as_deref(), fate: &fate };
        }
        writer.packet(&WrittenPacket {
            interface,
            at: header.epoch.saturating_add(at),
            bytes,
            length: frame.bytes.total,
            direction,
            id: event.seq,
            process,
            comments: &comments,
            told: Some(told),
        })?;
    }
    Ok(writer.finish()?)
}

/// A frame as it stands in a capture: when it was sent, or when a changed one arrived.
struct Moment<'a> {
    at: u64,
    event: &'a Event,
    frame: &'a Frame,
    arrives: bool,
}

/// All of them in the order of their times, as programs that read captures expect it. A wire tells of a
/// frame only when its fate is known, and so of one that was kept back after those that it let pass.
fn moments(timeline: &Timeline) -> Vec<Moment<'_>> {
    let mut moments = Vec::new();
    for event in &timeline.events {
        let Some(frame) = event.frame() else { continue };
        moments.push(Moment { at: event.at, event, frame, arrives: false });
        if let Fate::Altered { at, changed, .. } = &frame.fate
            && !changed.is_empty()
        {
            moments.extend(at.iter().map(|at| Moment { at: *at, event, frame, arrives: true }));
        }
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

/// What arrived of a frame of which some bytes were changed on the way.
fn as_arrived(frame: &Frame) -> Vec<u8> {
    let mut bytes = frame.bytes.sample.clone();
    let Fate::Altered { changed, .. } = &frame.fate else { return bytes };
    for (offset, value) in changed {
        let place = usize::try_from(*offset).ok().and_then(|offset| bytes.get_mut(offset));
        if let Some(place) = place {
            *place = *value;
        }
    }
    bytes
}

/// The hosts, numbered in the order of their first frames.
#[derive(Default)]
struct Interfaces {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Interfaces {
    fn number(&mut self, host: &str) -> u32 {
        if let Some(number) = self.numbers.get(host) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(host.to_owned());
        self.numbers.insert(host.to_owned(), number);
        number
    }
}

/// What else is known of the frames.
struct Remarks {
    speaker: Speaker,
    /// The process and thread that a frame came of, and the name of its column, by `seq`.
    senders: HashMap<u64, Sender>,
    /// In which row of the whole ladder a frame stands, counted from 1, and when that is.
    rows: HashMap<u64, (usize, u64)>,
}

struct Sender {
    process: u32,
    /// 0 if it is not known which one it was.
    thread: u32,
    name: String,
    /// The call that set it off; without one, the kernel sent it by itself.
    call: Option<String>,
}

impl Remarks {
    fn of(speaker: Speaker, timeline: &Timeline) -> Self {
        let flows = Flows::of(timeline);
        let options = Options::new(speaker).detail(Detail::All).fold(false);
        let ladder = Ladder::of_flows(&flows, &options);
        let mut rows = HashMap::new();
        for (number, row) in ladder.rows.iter().enumerate() {
            for seq in &row.seqs {
                rows.entry(*seq).or_insert((number + 1, row.at));
            }
        }
        // What carries a message stands on the row of the call that sent it.
        for (at, tie) in flows.ties.all() {
            let seq = |at: usize| flows.order[at].seq;
            let sent = tie.cause.call().or(tie.carries.first().map(|carried| carried.sent));
            let row = sent.and_then(|sent| rows.get(&seq(sent))).copied();
            if let Some(row) = row {
                rows.entry(seq(at)).or_insert(row);
            }
        }
        Self { speaker, senders: senders(&flows), rows }
    }

    fn process(&self, seq: u64) -> Option<(u32, u32)> {
        self.senders.get(&seq).map(|sender| (sender.process, sender.thread))
    }

    fn comments(&self, event: &Event, frame: &Frame) -> Vec<String> {
        let speaker = self.speaker;
        let mut comments = Vec::new();
        let words = |how: &[Name]| -> String {
            how.iter().map(|how| word(speaker, how)).collect::<Vec<_>>().join(", ")
        };
        match &frame.fate {
            Fate::Dropped { rule } => {
                comments.push(say!(speaker, "capture-dropped", rule = rule));
            }
            Fate::Lost { why } => {
                comments.push(say!(speaker, "capture-lost", why = word(speaker, why)));
            }
            Fate::UnderWay { how, rule } => {
                comments.push(say!(speaker, "capture-under-way", how = words(how), rule = rule));
            }
            Fate::Altered { how, rule, .. } => {
                comments.push(say!(speaker, "capture-altered", how = words(how), rule = rule));
            }
            _ => {}
        }
        if let Some(sender) = self.senders.get(&event.seq) {
            let (name, process) = (&sender.name, sender.process.to_string());
            comments.push(match &sender.call {
                Some(call) => {
                    say!(speaker, "capture-call", name = name, process = process, call = call)
                }
                None => say!(speaker, "capture-kernel", name = name, process = process),
            });
        }
        if let Some((row, at)) = self.rows.get(&event.seq) {
            let time = speaker.duration(*at);
            let row = row.to_string();
            comments.push(say!(speaker, "capture-row", row = row, time = time));
        }
        comments
    }
}

/// A word from a fixed list of the event vocabulary; one without a text stays as it is.
fn word(speaker: Speaker, word: &str) -> String {
    let key = format!("value-{word}");
    if speaker.knows(&key) { say!(speaker, key) } else { word.to_owned() }
}

/// True if no program and no kernel sent it.
fn is_made_by_a_rule(frame: &Frame) -> bool {
    let (Fate::Altered { how, .. } | Fate::UnderWay { how, .. }) = &frame.fate else {
        return false;
    };
    how.iter().any(|how| how.as_str() == "injected")
}

/// Which process sent each frame: the one whose call set it off, else the one whose socket it left.
fn senders(flows: &Flows<'_>) -> HashMap<u64, Sender> {
    let mut senders = HashMap::new();
    for (at, tie) in flows.ties.all() {
        if flows.order[at].frame().is_some_and(is_made_by_a_rule) {
            continue;
        }
        let owner = || {
            let conversation = &flows.ties.conversations[tie.conversation?];
            // Until a program has accepted, the kernel answers for the socket that listens.
            let socket = conversation.sockets[tie.side]
                .or(conversation.listener.filter(|_| matches!(tie.meaning, Meaning::SynAck)))?;
            let calls = &flows.sockets[socket].calls;
            let before = calls.partition_point(|call| *call < at);
            calls.get(before.saturating_sub(1)).copied()
        };
        let call = tie.cause.call();
        let Some(of) = call.or_else(owner) else { continue };
        let place = &flows.order[of].place;
        let sender = Sender {
            process: place.process,
            thread: if call.is_some() { place.thread } else { 0 },
            name: flows.name_at(of),
            call: call.and_then(|call| flows.call(call)).map(|call| call.name.to_string()),
        };
        senders.insert(flows.order[at].seq, sender);
    }
    senders
}
