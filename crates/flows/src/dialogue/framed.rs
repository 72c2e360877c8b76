//! What was said, from the frames alone.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use socklab_event::{Frame, Protocol, Transport};

use super::known::{Gap, Known, Piece};
use super::{Dialogue, DialogueKind, Said, Speaking};
use crate::{Conversation, Flows, Meaning, Position, Tie};

/// No window is larger (RFC 7323 §2.3), so what lies farther ahead is not of this stream.
const LARGEST_WINDOW: u64 = 1 << 30;

/// The conversations of which no calls were recorded.
pub(super) fn dialogues(flows: &Flows<'_>) -> Vec<Dialogue> {
    let all = flows.ties.conversations.iter().enumerate();
    let unknown = all.filter(|(_, one)| one.connection.is_none());
    unknown.filter_map(|(index, one)| dialogue(flows, index, one)).collect()
}

fn dialogue(flows: &Flows<'_>, index: usize, one: &Conversation) -> Option<Dialogue> {
    let ties = || one.frames.iter().filter_map(|at| flows.ties.of(*at));
    let carries = || one.frames.iter().filter_map(|at| flows.order[*at].frame()).any(has_payload);
    let opened = || ties().any(|tie| tie.meaning == Meaning::SynAck);
    let kind = match one.protocol {
        Protocol::TCP if opened() || carries() => DialogueKind::Stream,
        Protocol::UDP => DialogueKind::Messages,
        _ => return None,
    };
    let met = || ties().any(|tie| matches!(tie.meaning, Meaning::Syn | Meaning::SynAck));
    let joined_late = kind == DialogueKind::Stream && !met();
    let end = |side: usize| Speaking { socket: None, address: Some(one.ends[side].clone()) };
    Some(Dialogue {
        kind,
        protocol: one.protocol,
        ends: [end(0), end(1)],
        connection: None,
        conversation: Some(index),
        joined_late,
    })
}

fn has_payload(frame: &Frame) -> bool {
    let tcp = |headers: &socklab_event::Headers| matches!(headers.transport, Transport::Tcp { .. });
    frame.headers.as_ref().is_some_and(|headers| tcp(headers) && headers.payload.total > 0)
}

/// What the two ends of a conversation said.
pub(super) fn said<'t>(
    flows: &Flows<'t>,
    dialogue: &Dialogue,
    conversation: usize,
) -> Vec<Said<'t>> {
    let Some(found) = flows.ties.conversations.get(conversation) else { return Vec::new() };
    let mut by = [Vec::new(), Vec::new()];
    for at in &found.frames {
        if let Some(tie) = flows.ties.of(*at)
            && !matches!(tie.meaning, Meaning::Icmp { .. })
        {
            by[tie.side.min(1)].push(*at);
        }
    }
    let acknowledged = |side: usize| {
        let ties = by[1 - side].iter().filter_map(|at| flows.ties.of(*at));
        ties.filter_map(|tie| tie.acknowledges).max()
    };
    let said = |side: usize| match dialogue.kind {
        DialogueKind::Stream => stream(flows, side, &by[side], acknowledged(side), 0),
        DialogueKind::Messages => datagrams(flows, side, &by[side]),
    };
    [0, 1].into_iter().flat_map(said).collect()
}

/// A segment's place in its direction of the stream.
struct Segment<'t> {
    at: Position,
    bytes: Range<u64>,
    sample: &'t [u8],
}

/// What an end of a TCP connection sent from the byte `from` on, put together from its segments:
/// those sent again count once, and those that came late are in their place. What the other end has
/// acknowledged was sent, too.
pub(super) fn stream<'t>(
    flows: &Flows<'t>,
    side: usize,
    frames: &[Position],
    acknowledged: Option<u64>,
    from: u64,
) -> Vec<Said<'t>> {
    let segments = segments(flows, frames);
    let mut known = Known::default();
    // Who is the first to carry a byte: each range of new bytes with its frame.
    let mut first: BTreeMap<u64, (u64, Position)> = BTreeMap::new();
    for segment in &segments {
        known.add(segment.bytes.start, segment.sample);
        let mut at = segment.bytes.start;
        if let Some((_, (end, _))) = first.range(..=at).next_back() {
            at = at.max(*end);
        }
        while at < segment.bytes.end {
            let next = first.range(at..).next().map(|(start, (end, _))| (*start, *end));
            let until = next.map_or(segment.bytes.end, |(start, _)| start.min(segment.bytes.end));
            if at < until {
                first.insert(at, (until, segment.at));
            }
            at = next.map_or(segment.bytes.end, |(_, end)| end.max(until));
        }
    }
    let mut said: Vec<Said<'t>> = Vec::new();
    let (mut expected, mut latest) = (from, 0);
    let lost = |start: u64, end: u64, at: Position| Said {
        side,
        at,
        start,
        total: end - start,
        pieces: vec![Piece::Missing { bytes: end - start, why: Gap::Uncaptured }],
    };
    for (start, (end, at)) in first {
        let start = start.max(expected);
        if end <= start {
            continue;
        }
        latest = at.max(latest);
        if start > expected {
            said.push(lost(expected, start, latest));
        }
        let pieces = known.pieces(start, end, Gap::Limit);
        said.push(Said { side, at: latest, start, total: end - start, pieces });
        expected = end;
    }
    if let Some(end) = acknowledged.filter(|end| *end > expected) {
        let last = frames.last().copied().unwrap_or(0).max(latest);
        said.push(lost(expected, end, last));
    }
    said
}

/// The segments with data, in the order in which they were recorded.
fn segments<'t>(flows: &Flows<'t>, frames: &[Position]) -> Vec<Segment<'t>> {
    let carries = |at: &Position| {
        let frame = flows.order.get(*at)?.frame()?;
        let headers = frame.headers.as_ref()?;
        Some((*at, flows.ties.of(*at)?, headers)).filter(|_| headers.payload.total > 0)
    };
    let frames: Vec<_> = frames.iter().filter_map(carries).collect();
    let numbered = frames.iter().any(|(_, tie, _)| !tie.bytes.is_empty());
    let mut numbers = Numbers::default();
    let mut segments = Vec::new();
    let mut most = 0_u64;
    for (at, tie, headers) in &frames {
        let sample = headers.payload.sample.as_slice();
        if !numbered {
            if let Transport::Tcp { sequence, .. } = headers.transport
                && headers.fragment.is_none()
            {
                numbers.add(*at, sequence, headers.payload.total, sample);
            }
            continue;
        }
        if tie.bytes.is_empty() || is_out_of_reach(tie, most) {
            continue;
        }
        most = most.max(tie.bytes.end);
        let length = usize::try_from(tie.bytes.end - tie.bytes.start).unwrap_or(usize::MAX);
        let sample = &sample[..sample.len().min(length)];
        segments.push(Segment { at: *at, bytes: tie.bytes.clone(), sample });
    }
    if numbered { segments } else { numbers.segments() }
}

fn is_out_of_reach(tie: &Tie, most: u64) -> bool {
    tie.bytes.start > most.saturating_add(LARGEST_WINDOW)
}

/// No segment is larger, also where the kernel hands a device several at once (BIG TCP, `gso_max_size` of
/// ip-link(8)): what a recording says of one may be anything.
const LARGEST_SEGMENT: u64 = 1 << 20;

/// Numbers the bytes of a stream whose beginning was not recorded: the first of all that was is 0.
#[derive(Default)]
struct Numbers<'t> {
    /// The sequence number that came first, and the highest offset so far.
    first: Option<u32>,
    most: i64,
    found: Vec<(Position, i64, u64, &'t [u8])>,
}

impl<'t> Numbers<'t> {
    fn add(&mut self, at: Position, sequence: u32, total: u64, sample: &'t [u8]) {
        if total > LARGEST_SEGMENT {
            return;
        }
        let first = *self.first.get_or_insert(sequence);
        let span = 1_i64 << 32;
        let relative = i64::from(sequence.wrapping_sub(first));
        let turns = (self.most - relative + span / 2).div_euclid(span);
        let start = relative + turns * span;
        let length = i64::try_from(total).unwrap_or(i64::MAX);
        if start.abs_diff(self.most) > LARGEST_WINDOW {
            return;
        }
        self.most = self.most.max(start.saturating_add(length));
        self.found.push((at, start, total, sample));
    }

    fn segments(self) -> Vec<Segment<'t>> {
        let least = self.found.iter().map(|(_, start, ..)| *start).min().unwrap_or(0);
        let segment = |(at, start, total, sample): (Position, i64, u64, &'t [u8])| {
            let start = start.abs_diff(least);
            Segment { at, bytes: start..start.saturating_add(total), sample }
        };
        self.found.into_iter().map(segment).collect()
    }
}

/// The datagrams that an end sent, each put together from its fragments.
fn datagrams<'t>(flows: &Flows<'t>, side: usize, frames: &[Position]) -> Vec<Said<'t>> {
    struct Datagram<'t> {
        at: Position,
        known: Known<'t>,
        total: u64,
    }
    let mut found: Vec<Datagram<'t>> = Vec::new();
    let mut pieces: HashMap<u32, usize> = HashMap::new();
    for &at in frames {
        let Some(tie) = flows.ties.of(at) else { continue };
        let Some(headers) = flows.order[at].frame().and_then(|frame| frame.headers.as_ref()) else {
            continue;
        };
        let sample = headers.payload.sample.as_slice();
        let new = Datagram { at, known: Known::default(), total: 0 };
        let index = match headers.fragment {
            Some(fragment) if fragment.offset > 0 => match pieces.get(&fragment.id) {
                Some(index) => *index,
                None => continue,
            },
            fragment => {
                fragment.map(|fragment| pieces.insert(fragment.id, found.len()));
                found.push(new);
                found.len() - 1
            }
        };
        if headers.fragment.is_some_and(|fragment| !fragment.more && fragment.offset > 0) {
            headers.fragment.map(|fragment| pieces.remove(&fragment.id));
        }
        let datagram = &mut found[index];
        datagram.known.add(tie.bytes.start, sample);
        let end = tie.bytes.start.saturating_add(headers.payload.total);
        datagram.total = datagram.total.max(end);
    }
    let mut start = 0_u64;
    let said = found.into_iter().map(|Datagram { at, known, total }| {
        let why = if is_full_of_holes(&known, total) { Gap::Uncaptured } else { Gap::Limit };
        let pieces = known.pieces(0, total, why);
        let one = Said { side, at, start, total, pieces };
        start = start.saturating_add(total);
        one
    });
    said.collect()
}

/// True if bytes are missing before others that are there.
fn is_full_of_holes(known: &Known<'_>, total: u64) -> bool {
    let last = known.runs().map(|(_, end)| end).max().unwrap_or(0).min(total);
    let there: u64 = known.runs().map(|(start, end)| end.min(total).saturating_sub(start)).sum();
    there < last
}
