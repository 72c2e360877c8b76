//! The text of a fold: how often, how much data, until when.

use socklab_event::{Call, Headers, Protocol, SocketType};
use socklab_flows::{Flows, Position};
use socklab_say::{Speaker, count, duration, say};

use super::folds::{Fold, FoldKind, Spread};
use super::outliers::median;
use super::served::Served;
use crate::label::{Label, PartKind};

/// The facts of a fold.
#[derive(Debug)]
pub(crate) struct Band {
    kind: FoldKind,
    served: Served,
    /// Bytes sent.
    moved: u64,
    /// How many calls.
    calls: usize,
    /// True if it has no connections: its sockets send datagrams.
    datagrams: bool,
    /// How many packets, and how many bytes they carried.
    packets: (usize, u64),
    /// True if all of them are of TCP.
    segments: bool,
    spread: Spread,
    /// When the last event ended, nanoseconds of `CLOCK_MONOTONIC`.
    until: u64,
    /// The line of source that made all of the calls, if it is one.
    line: Option<String>,
}

impl Band {
    /// Collects the facts of a fold whose last event is at `last`.
    pub(crate) fn of(flows: &Flows<'_>, fold: &Fold, last: Position, line: Option<String>) -> Self {
        let calls = fold.members.iter().filter_map(|at| flows.call(*at));
        let moved = calls.filter_map(Call::sent).fold(0u64, u64::saturating_add);
        let end = flows.order[last];
        let until = end.call().map_or(end.at, |call| call.ended);
        let spread = fold.spread.clone();
        let sockets = fold.members.iter().filter_map(|at| flows.call(*at)?.socket.as_ref());
        let mut kinds = sockets.map(|socket| &socket.kind).peekable();
        let datagrams = kinds.peek().is_some() && kinds.all(|kind| *kind == SocketType::DGRAM);
        let calls = fold.members.len();
        let of_own = matches!(fold.kind, FoldKind::Packets(_));
        let headers = fold
            .packets
            .iter()
            .filter(|_| of_own)
            .filter_map(|at| Some((*at, flows.order[*at].frame()?.headers.as_ref()?)));
        let first = |at: &Position| flows.ties.of(*at).is_some_and(|tie| tie.again.is_none());
        let carried = headers.clone().filter(|(at, _)| first(at));
        let carried = carried.map(|(_, headers)| headers.payload.total);
        let packets =
            (if of_own { fold.packets.len() } else { 0 }, carried.fold(0, u64::saturating_add));
        let is_segment = |headers: &Headers| {
            let piece = headers.fragment.is_some_and(|fragment| fragment.offset > 0);
            headers.protocol == Protocol::TCP && !piece
        };
        let segments = headers.clone().all(|(_, headers)| is_segment(headers));
        Self {
            kind: fold.kind,
            served: fold.served,
            moved,
            calls,
            datagrams,
            packets,
            segments,
            spread,
            until,
            line,
        }
    }

    /// Merges a fold that would stand right below; `None` if it says something else.
    pub(crate) fn merge(&mut self, below: &mut Self) -> Option<()> {
        self.kind = match (self.kind, below.kind) {
            (FoldKind::Again(count), FoldKind::Again(more)) => FoldKind::Again(count + more),
            (FoldKind::Again(count), FoldKind::Packets(_))
            | (FoldKind::Packets(_), FoldKind::Again(count)) => FoldKind::Again(count),
            (FoldKind::Packets(count), FoldKind::Packets(more)) => FoldKind::Packets(count + more),
            _ => return None,
        };
        self.line = self.line.take().filter(|line| below.line.as_ref() == Some(line));
        self.calls += below.calls;
        self.packets.0 += below.packets.0;
        self.packets.1 = self.packets.1.saturating_add(below.packets.1);
        self.segments &= below.segments;
        self.moved = self.moved.saturating_add(below.moved);
        self.spread.append(std::mem::take(&mut below.spread));
        self.until = self.until.max(below.until);
        Some(())
    }

    /// In words.
    pub(crate) fn label(mut self, speaker: Speaker, origin: u64) -> Label {
        if self.packets.0 > 0 {
            return self.of_packets(speaker, origin);
        }
        let text = match self.kind {
            FoldKind::Connections(n) if self.datagrams => {
                say!(speaker, "ladder-more-exchanges", n = count(n))
            }
            FoldKind::Connections(n) => say!(speaker, "ladder-more-connections", n = count(n)),
            FoldKind::Sockets(n) => say!(speaker, "ladder-more-sockets", n = count(n)),
            FoldKind::Again(n) | FoldKind::Loop(_, n) | FoldKind::Packets(n) => {
                say!(speaker, "ladder-more-like-this", n = count(n))
            }
            FoldKind::Ways(n, ways) => {
                say!(speaker, "ladder-more-ways", n = count(n), ways = count(ways))
            }
        };
        let mut label = Label::prose(PartKind::Faint, &text);
        let served = self.served.say(speaker);
        if !served.is_empty() {
            label = label.glue(PartKind::Faint, ",").then(PartKind::Faint, served);
        }
        let mut say = |text: String| {
            let so_far = std::mem::take(&mut label);
            label = so_far.glue(PartKind::Faint, ",");
            label.push_prose(PartKind::Faint, &text);
        };
        if self.moved > 0 {
            say(say!(speaker, "ladder-in-all", n = count(self.moved)));
        }
        if let Some((least, middle, most)) = range(&mut self.spread.sizes).filter(|it| it.0 < it.2)
        {
            let [least, middle, most] = [least, middle, most].map(count);
            say(say!(speaker, "ladder-each-moved", least = least, middle = middle, most = most));
        }
        if let Some((least, middle, most)) = range(&mut self.spread.times) {
            let [least, middle, most] = [least, middle, most].map(|time| speaker.duration(time));
            say(if least == most {
                say!(speaker, "ladder-each-took", time = most)
            } else {
                say!(speaker, "ladder-each-took-from", least = least, middle = middle, most = most)
            });
        }
        if self.spread.differ > 0 {
            say(say!(speaker, "ladder-more-differ", n = count(self.spread.differ)));
        }
        let until = duration(self.until.saturating_sub(origin));
        say(say!(speaker, "ladder-until", time = until));
        if let Some(line) = self.line {
            say(say!(speaker, "ladder-at-line", line = line));
        }
        label
    }
}

impl Band {
    /// In words, with packets and perhaps the calls between them.
    fn of_packets(self, speaker: Speaker, origin: u64) -> Label {
        let (n, carried) = self.packets;
        let key = if self.segments { "packet-segments" } else { "packet-packets" };
        let mut text = say!(speaker, key, n = count(n));
        if carried > 0 {
            text.push_str(", ");
            text.push_str(&say!(speaker, "packet-moved", n = count(carried)));
        }
        if let FoldKind::Again(_) = self.kind {
            text.push_str(", ");
            text.push_str(&say!(speaker, "packet-and-calls", n = count(self.calls)));
        }
        text.push_str(", ");
        let until = duration(self.until.saturating_sub(origin));
        text.push_str(&say!(speaker, "ladder-until", time = until));
        Label::prose(PartKind::Faint, &text)
    }
}

/// The least, the median and the greatest, if there are several.
fn range(values: &mut [u64]) -> Option<(u64, u64, u64)> {
    let (least, most) = (*values.iter().min()?, *values.iter().max()?);
    Some((least, median(values)?, most)).filter(|_| values.len() > 1)
}
