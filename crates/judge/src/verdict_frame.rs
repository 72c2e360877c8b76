//! Whether a frame fits an expectation, and what an explanation can cite of it.

use socklab_event::{Fate, Frame, Transport};
use socklab_flows::{Flows, Meaning, Position};

use crate::conduct::is_by;
use crate::expect_frame::{FateWanted, FrameWanted, ReasonWanted};
use crate::expect_pattern::Address;
use crate::verdict_call::Fit;
use crate::verdict_facts::{Fact, FactWord};

impl FrameWanted {
    /// True if the event is a frame of this kind.
    pub(crate) fn is_kind(&self, flows: &Flows<'_>, at: Position) -> bool {
        let headers = flows.order[at].frame().and_then(|frame| frame.headers.as_ref());
        headers.is_some_and(|headers| headers.is(self.kind))
    }

    /// Whether the rest fits too.
    pub(crate) fn fits(&self, flows: &Flows<'_>, at: Position) -> Fit {
        let Some(frame) = flows.order[at].frame() else { return Some(false) };
        let Some(headers) = &frame.headers else { return Some(false) };
        let is = |wanted: &Option<Address>, endpoint| {
            wanted.as_ref().is_none_or(|wanted| wanted.is(endpoint))
        };
        let window = match headers.transport {
            Transport::Tcp { window, .. } => Some(i64::from(window)),
            _ => None,
        };
        let tie = flows.ties.of(at);
        let again = tie.and_then(|tie| tie.again);
        let reason = tie.and_then(|tie| match &tie.meaning {
            Meaning::Rst(reason) => ReasonWanted::of(reason),
            _ => None,
        });
        let plain = is(&self.source, &headers.source)
            && is(&self.destination, &headers.destination)
            && self
                .from
                .as_deref()
                .is_none_or(|name| is_end(flows, at, 0, name, Some(&frame.from)))
            && self
                .to
                .as_deref()
                .is_none_or(|name| is_end(flows, at, 1, name, frame.to.as_deref()))
            && self.fate.is_none_or(|wanted| wanted.is(&frame.fate))
            && self.meaning.is_none_or(|wanted| tie.is_some_and(|tie| wanted.is(&tie.meaning)))
            && self.again.is_none_or(|wanted| wanted == again.is_some())
            && self.resent.is_none_or(|wanted| again.is_some_and(|again| wanted.is(again.by)))
            && self.reason.is_none_or(|wanted| reason == Some(wanted))
            && self.window.is_none_or(|wanted| window.is_some_and(|window| wanted.has(window)));
        if !plain {
            return Some(false);
        }
        let payload = &headers.payload;
        self.bytes.as_ref().map_or(Some(true), |wanted| wanted.fit(&payload.sample, payload.total))
    }
}

/// True if the sender (0) or the receiver (1) of a frame is called so. Whose socket it is counts more
/// than what the wire calls the host: on a loopback, that is merely who spoke first.
fn is_end(flows: &Flows<'_>, at: Position, end: usize, name: &str, host: Option<&str>) -> bool {
    match whose(flows, at, end) {
        Some(used) => is_by(flows, used, Some(name)),
        None => host == Some(name),
    }
}

/// A call on the socket of a frame's sender (0) or receiver (1), if it is known.
fn whose(flows: &Flows<'_>, at: Position, end: usize) -> Option<Position> {
    let tie = flows.ties.of(at)?;
    let conversation = &flows.ties.conversations[tie.conversation?];
    let side = if end == 0 { tie.side } else { 1 - tie.side };
    // Until it is accepted, a connection is the listening socket's.
    let listener = conversation.listener.filter(|_| side == 1);
    flows.used_at(conversation.sockets[side].or(listener)?)
}

/// The facts about the frames that are the evidence, in order.
pub(crate) fn frame_facts(
    flows: &Flows<'_>,
    evidence: &[Position],
    add: &mut impl FnMut(FactWord, Fact),
) {
    let Some(first) = evidence.first() else { return };
    let Some(frame) = flows.order[*first].frame() else { return };
    if let Some(who) = whose(flows, *first, 0).and_then(|used| flows.actor_at(used)) {
        add(FactWord::Who, Fact::Text(who.to_owned()));
    }
    if let Some(Meaning::Rst(reason)) = flows.ties.of(*first).map(|tie| &tie.meaning)
        && let Some(reason) = ReasonWanted::of(reason)
    {
        add(FactWord::Reason, Fact::Text(reason.to_string()));
    }
    add(FactWord::Fate, Fact::Text(fate(frame).to_owned()));
    if let Fate::Dropped { rule } | Fate::Altered { rule, .. } = &frame.fate {
        add(FactWord::Rule, Fact::Text(rule.clone()));
    }
    let sent: Vec<u64> = evidence.iter().map(|at| flows.order[*at].at).collect();
    let gaps: Vec<u64> = sent.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    if let (Some(gap), Some(last)) = (gaps.first(), sent.last()) {
        add(FactWord::Gap, Fact::Time(*gap));
        add(FactWord::AllTook, Fact::Time(last.saturating_sub(sent[0])));
        add(FactWord::Gaps, Fact::Times(gaps));
    }
    let Some(headers) = &frame.headers else { return };
    add(FactWord::Bytes, Fact::Bytes(headers.payload.clone()));
    let number = |number: u64| Fact::Number(i64::try_from(number).unwrap_or(i64::MAX));
    add(FactWord::Length, number(headers.payload.total));
    let total = evidence.iter().filter_map(|at| flows.order[*at].frame()?.headers.as_ref());
    add(FactWord::Total, number(total.map(|headers| headers.payload.total).sum()));
    add(FactWord::Local, Fact::Text(headers.source.to_string()));
    add(FactWord::Peer, Fact::Text(headers.destination.to_string()));
    if let Some(port) = headers.destination.port() {
        add(FactWord::Port, Fact::Number(port.into()));
    }
    match &headers.transport {
        Transport::Tcp { flags, window, .. } => {
            let names: Vec<&str> = flags.names().iter().map(|name| name.as_str()).collect();
            add(FactWord::Flags, Fact::Text(names.join(",")));
            add(FactWord::Window, Fact::Number((*window).into()));
        }
        Transport::Icmp { text, .. } | Transport::Neighbour { text } => {
            add(FactWord::Flags, Fact::Text(text.clone()));
        }
        _ => {}
    }
}

/// What became of a frame, in the word that an author would use.
fn fate(frame: &Frame) -> &'static str {
    let mut known = FateWanted::ALL.iter().filter(|(_, wanted)| *wanted != FateWanted::Arrived);
    known.find(|(_, wanted)| wanted.is(&frame.fate)).map_or("", |(word, _)| word)
}
