//! A message in full, as text or in hexadecimal, and two beside each other.

use socklab_event::{Event, What};
use socklab_ladder::{Fact, call_text};
use socklab_say::{Speaker, clean, count, duration, say};

use crate::ladder::Shown;

/// So many events of a row are shown in full: the others of a fold are like them.
const MOST: usize = 8;

/// So many characters of data stand in the line of a call: all of it comes below.
const DATA: usize = 60;

/// How bytes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// As text.
    #[default]
    Text,
    /// In hexadecimal.
    Hex,
}

/// A line of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// Places, in columns, at which the bytes of two messages differ: from, to.
    pub(crate) differs: Vec<(usize, usize)>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Heading,
    Fact,
    Wrong,
    Bytes,
    Aside,
}

impl Line {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind, differs: Vec::new() }
    }
}

/// Everything about a row.
pub(crate) fn of_row(shown: &Shown, row: usize, way: Way, width: usize) -> Vec<Line> {
    let ladder = shown.ladder();
    let speaker = ladder.speaker;
    let mut lines = Vec::new();
    let Some(known) = ladder.rows.get(row) else { return lines };
    push(&mut lines, Kind::Heading, &ladder.spoken(known), width);
    for note in &known.notes {
        push(&mut lines, Kind::Wrong, &note.text, width);
    }
    let events = shown.events(row);
    for event in events.iter().take(MOST) {
        lines.push(Line::new(Kind::Fact, ""));
        lines.extend(of_event(shown, event, way, width));
    }
    if known.seqs.len() > events.len().min(MOST) {
        let n = count(known.seqs.len() - events.len().min(MOST));
        lines.push(Line::new(Kind::Fact, ""));
        push(&mut lines, Kind::Aside, &say!(speaker, "screen-more-events", n = n), width);
    }
    lines
}

fn of_event(shown: &Shown, event: &Event, way: Way, width: usize) -> Vec<Line> {
    let ladder = shown.ladder();
    let speaker = ladder.speaker;
    let mut lines = Vec::new();
    let time = speaker.seconds(event.at.saturating_sub(ladder.origin));
    let mut head = say!(speaker, "screen-at", time = time);
    if event.place.process > 0 {
        let process = event.place.process.to_string();
        head = format!("{head} · {}", say!(speaker, "ladder-process", n = process));
    }
    push(&mut lines, Kind::Aside, &head, width);
    if let Some(call) = event.call() {
        push(&mut lines, Kind::Fact, &call_text(call, DATA, speaker), width);
        let mut facts = vec![say!(speaker, "screen-took", time = duration(call.took()))];
        if let Some(source) = &call.source {
            let line = format!("{}:{}", clean(&source.file), source.line);
            facts.push(say!(speaker, "ladder-at-line", line = line));
        }
        push(&mut lines, Kind::Fact, &facts.join(", "), width);
    }
    let packet = ladder.packets.get(&event.seq).map(|packet| packet.facts.as_slice());
    let decoded = ladder.decoded.get(&event.seq).map(Vec::as_slice);
    for Fact { name, value, wrong, .. } in packet.into_iter().chain(decoded).flatten() {
        let kind = if *wrong { Kind::Wrong } else { Kind::Fact };
        push(&mut lines, kind, &format!("{name}: {value}"), width);
    }
    for bytes in bytes(event) {
        let all = say!(speaker, "screen-bytes", n = count(bytes.total));
        lines.push(Line::new(Kind::Aside, all));
        match way {
            Way::Text => text(&bytes.sample, width, &mut lines),
            Way::Hex => hex(&bytes.sample, width, &mut lines),
        }
        let missing = bytes.total.saturating_sub(bytes.sample.len() as u64);
        if missing > 0 {
            let missing = say!(speaker, "screen-not-recorded", n = count(missing));
            lines.push(Line::new(Kind::Aside, missing));
        }
    }
    lines
}

/// Adds a text, folded at spaces.
fn push(lines: &mut Vec<Line>, kind: Kind, text: &str, width: usize) {
    let text = clean(text);
    let mut line = String::new();
    for word in text.split(' ') {
        let wide = columns(&line) + 1 + columns(word) > width;
        if wide && !line.trim().is_empty() {
            lines.push(Line::new(kind, std::mem::replace(&mut line, "  ".to_owned())));
        } else if !line.is_empty() && line != "  " {
            line.push(' ');
        }
        for char in word.chars() {
            if columns(&line) + 2 > width {
                lines.push(Line::new(kind, std::mem::replace(&mut line, "  ".to_owned())));
            }
            line.push(char);
        }
    }
    lines.push(Line::new(kind, line));
}

fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// What an event moved, sent or carried.
pub(crate) fn bytes(event: &Event) -> Vec<socklab_event::Bytes> {
    match &event.what {
        What::Call(call) => call.payloads().into_iter().map(|one| one.bytes.clone()).collect(),
        What::Frame(frame) => frame.headers.iter().map(|one| one.payload.clone()).collect(),
        What::Process(process) => match &**process {
            socklab_event::Process::Stdio { bytes, .. } => vec![bytes.clone()],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
    .into_iter()
    .filter(|bytes: &socklab_event::Bytes| bytes.total > 0)
    .collect()
}

/// As text: what can't be read is a dot. Lines end where the text has them.
fn text(bytes: &[u8], width: usize, lines: &mut Vec<Line>) {
    let text = String::from_utf8_lossy(bytes);
    for part in text.strip_suffix('\n').unwrap_or(&text).split('\n') {
        let readable = |char: char| match char {
            '\t' => ' ',
            '\r' => '␍',
            char if char == '\u{fffd}' || socklab_say::is_unsafe(char) => '·',
            char => char,
        };
        let part: Vec<char> = part.chars().map(readable).collect();
        if part.is_empty() {
            lines.push(Line::new(Kind::Bytes, "│"));
        }
        let mut line = String::from("│ ");
        for char in part {
            if columns(&line) + unicode_width::UnicodeWidthChar::width(char).unwrap_or(0) > width {
                lines.push(Line::new(Kind::Bytes, std::mem::replace(&mut line, "│ ".to_owned())));
            }
            line.push(char);
        }
        if line != "│ " {
            lines.push(Line::new(Kind::Bytes, line));
        }
    }
}

/// In hexadecimal: as many as fit, in eights.
fn hex(bytes: &[u8], width: usize, lines: &mut Vec<Line>) {
    let across = if width >= 4 + 2 + 32 * 4 + 5 { 32 } else { 16 };
    for (index, row) in bytes.chunks(across).enumerate() {
        lines.push(Line::new(Kind::Bytes, dumped(index * across, row, across)));
    }
}

/// A line of a dump: offset, hexadecimal, text.
fn dumped(offset: usize, row: &[u8], across: usize) -> String {
    let mut line = format!("{offset:04x}  ");
    for place in 0..across {
        match row.get(place) {
            Some(byte) => line.push_str(&format!("{byte:02x} ")),
            None => line.push_str("   "),
        }
        if place % 8 == 7 {
            line.push(' ');
        }
    }
    line.extend(row.iter().map(|byte| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '·',
    }));
    line
}

/// Two rows beside each other: their bytes by their places, with those that differ.
pub(crate) fn difference(shown: &Shown, [one, other]: [usize; 2], width: usize) -> Vec<Line> {
    let ladder = shown.ladder();
    let speaker = ladder.speaker;
    let mut lines = Vec::new();
    let of = |row: usize| -> Vec<u8> {
        let events = shown.events(row);
        // A call and the one that received it have the same bytes: those of the first count.
        let first = events.iter().find_map(|event| {
            let all = bytes(event);
            (!all.is_empty()).then_some(all)
        });
        first.into_iter().flatten().flat_map(|bytes| bytes.sample.to_vec()).collect()
    };
    for (sign, row) in [("A", one), ("B", other)] {
        let row = &ladder.rows[row];
        let time = speaker.seconds(row.at);
        push(&mut lines, Kind::Heading, &format!("{sign}  {time}  {}", ladder.spoken(row)), width);
    }
    let [a, b] = [of(one), of(other)];
    let same = a.iter().zip(&b).filter(|(a, b)| a == b).count();
    let differ = a.len().max(b.len()) - same;
    let told = match differ {
        0 if a.is_empty() => say!(speaker, "screen-no-bytes"),
        0 => say!(speaker, "screen-same", n = count(a.len())),
        _ => say!(
            speaker,
            "screen-differ",
            n = count(differ),
            a = speaker.number(a.len() as u64),
            b = speaker.number(b.len() as u64)
        ),
    };
    lines.push(Line::new(Kind::Fact, ""));
    push(&mut lines, Kind::Fact, &told, width);
    lines.push(Line::new(Kind::Fact, ""));
    let across = if width >= 2 * (6 + 16 * 4 + 2) + 2 { 16 } else { 8 };
    let half = 6 + across * 4 + across / 8;
    for at in (0..a.len().max(b.len())).step_by(across) {
        let row = |bytes: &[u8]| bytes.get(at..bytes.len().min(at + across)).map(<[u8]>::to_vec);
        let rows = [row(&a).unwrap_or_default(), row(&b).unwrap_or_default()];
        let [left, right] = rows.each_ref().map(|row| dumped(at, row, across));
        let mut line = Line::new(Kind::Bytes, format!("{left:<half$}  {right}"));
        for place in 0..rows[0].len().max(rows[1].len()) {
            if rows[0].get(place) == rows[1].get(place) {
                continue;
            }
            for (side, _) in rows.iter().enumerate().filter(|(_, row)| place < row.len()) {
                let from = side * (half + 2) + 6;
                let hex = from + place * 3 + place / 8;
                let text = from + across * 3 + across / 8 + place;
                line.differs.extend([(hex, hex + 2), (text, text + 1)]);
            }
        }
        line.differs.sort_unstable();
        lines.push(line);
    }
    lines
}

/// What the keys mean, in lines.
pub(crate) fn help(speaker: Speaker, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for line in say!(speaker, "screen-help").lines() {
        match line.strip_prefix("# ") {
            Some(heading) => lines.push(Line::new(Kind::Heading, heading)),
            None if line.is_empty() => lines.push(Line::new(Kind::Fact, "")),
            None => push(&mut lines, Kind::Fact, line, width),
        }
    }
    lines
}
