//! What an explanation can cite of the evidence: `{refused.error}`, `{waits.took}` ….

use std::collections::BTreeMap;

use socklab_event::{Endpoint, Event, Exit, Outcome, Process, What};
use socklab_flows::Flows;

use crate::verdict::Finding;
use crate::verdict_frame::frame_facts;

/// A fact, which each language writes in its own way.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Text, used verbatim.
    Text(String),
    /// A number.
    Number(i64),
    /// Nanoseconds.
    Time(u64),
    /// Several times, in order, in nanoseconds.
    Times(Vec<u64>),
    /// Bytes that moved.
    Bytes(socklab_event::Bytes),
}

/// Declares [`FactWord`], so that each word stands in one place.
macro_rules! fact_words {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What can be cited of a piece of evidence: the `WORD` of `{NAME.WORD}`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FactWord {
            $($(#[$doc])* $name,)+
        }

        impl FactWord {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word as an explanation has it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

fact_words! {
    /// The function as a program calls it: `recv`.
    Call = "call",
    /// What it returned.
    Result = "result",
    /// The error it failed with.
    Error = "error",
    /// How long it took.
    Took = "took",
    /// The bytes that moved.
    Bytes = "bytes",
    /// How many bytes moved.
    Length = "length",
    /// The descriptor.
    Fd = "fd",
    /// The socket's own address.
    Local = "local",
    /// The address of the other end.
    Peer = "peer",
    /// The address asked for, or given back.
    Address = "address",
    /// The port of that address, or of the socket's own.
    Port = "port",
    /// Whose program it was.
    Who = "who",
    /// How many events are the evidence.
    Count = "count",
    /// From the first call's beginning to the last one's end.
    AllTook = "all-took",
    /// The bytes that moved in all of them.
    Total = "total",
    /// Since the beginning of the recording.
    Since = "since",
    /// The time between a frame and the next one of the evidence.
    Gap = "gap",
    /// The times between all of them.
    Gaps = "gaps",
    /// What became of a frame.
    Fate = "fate",
    /// The rule that decided that.
    Rule = "rule",
    /// Why a segment is an RST, in the word of `reason`.
    Reason = "reason",
    /// The window in a segment, unscaled.
    Window = "window",
    /// The flags of a segment; of an ICMP message, what it says.
    Flags = "flags",
    /// The same, of packets: how long after the beginning of the recording.
    At = "at",
    /// A socket's state in the kernel's tables.
    State = "state",
    /// Bytes not yet read.
    ReceiveQueue = "receive-queue",
    /// Bytes not yet acknowledged.
    SendQueue = "send-queue",
    /// How a program ended.
    Exit = "exit",
    /// The last line it printed.
    Output = "output",
    /// The signal it received.
    Signal = "signal",
}

/// The facts about findings that passed, by `NAME.WORD`.
pub fn facts(findings: &[Finding], flows: &Flows<'_>) -> BTreeMap<String, Fact> {
    let start = flows.order.first().map_or(0, |event| event.at);
    let mut facts = BTreeMap::new();
    for finding in findings {
        let is_evidence = |event: &&Event| finding.evidence.contains(&event.seq);
        let events: Vec<&Event> = flows.order.iter().copied().filter(is_evidence).collect();
        let mut add = |word: FactWord, fact: Fact| {
            facts.insert(format!("{}.{}", finding.name, word.as_str()), fact);
        };
        add(FactWord::Count, Fact::Number(i64::try_from(events.len()).unwrap_or(i64::MAX)));
        let Some(first) = events.first() else { continue };
        let at = flows.order.iter().position(is_evidence);
        if first.frame().is_some() {
            let positions = 0..flows.order.len();
            let evidence: Vec<_> = positions.filter(|at| is_evidence(&flows.order[*at])).collect();
            add(FactWord::At, Fact::Time(first.at.saturating_sub(start)));
            add(FactWord::Since, Fact::Time(first.at.saturating_sub(start)));
            frame_facts(flows, &evidence, &mut add);
            continue;
        }
        if let Some(who) = at.and_then(|at| flows.actor_at(at)) {
            add(FactWord::Who, Fact::Text(who.to_owned()));
        }
        add(FactWord::Since, Fact::Time(first.at.saturating_sub(start)));
        let spans = events.iter().filter_map(|event| event.call());
        let began = spans.clone().map(|call| call.began).min();
        let ended = spans.map(|call| call.ended).max();
        if let (Some(began), Some(ended)) = (began, ended) {
            add(FactWord::AllTook, Fact::Time(ended.saturating_sub(began)));
        }
        let calls = events.iter().filter_map(|event| event.call());
        let total: u64 = calls.filter_map(|call| call.sent().or(call.received())).sum();
        add(FactWord::Total, Fact::Number(i64::try_from(total).unwrap_or(i64::MAX)));
        match &first.what {
            What::Call(call) => call_facts(call, &mut add),
            What::State(state) => {
                let name = state.after.short_name().unwrap_or_default();
                add(FactWord::State, Fact::Text(name.to_owned()));
                add(FactWord::ReceiveQueue, Fact::Number(state.receive_queue.into()));
                add(FactWord::SendQueue, Fact::Number(state.send_queue.into()));
                socket_facts(&state.socket, &mut add);
            }
            What::Process(process) => match &**process {
                Process::Exit { status } => {
                    add(FactWord::Exit, Fact::Text(exit(*status)));
                }
                Process::Signal { signal } => {
                    add(FactWord::Signal, Fact::Text(signal.to_string()));
                }
                Process::Stdio { .. } => {
                    let printed = events.iter().filter_map(|event| match event.process() {
                        Some(Process::Stdio { bytes, .. }) => Some(bytes.sample.as_slice()),
                        _ => None,
                    });
                    let text =
                        String::from_utf8_lossy(&printed.collect::<Vec<_>>().concat()).into_owned();
                    let line = text.trim_end().lines().last().unwrap_or_default().to_owned();
                    add(FactWord::Output, Fact::Text(line));
                }
                _ => {}
            },
            _ => {}
        }
    }
    facts
}

fn call_facts(call: &socklab_event::Call, add: &mut impl FnMut(FactWord, Fact)) {
    add(FactWord::Call, Fact::Text(call.library_name().to_owned()));
    add(FactWord::Took, Fact::Time(call.took()));
    match call.outcome {
        Outcome::Value(value) => add(FactWord::Result, Fact::Number(value)),
        Outcome::Error(error) => add(FactWord::Error, Fact::Text(error.to_string())),
        Outcome::Unfinished => {}
    }
    if let Some(fd) = call.fd.or_else(|| call.new_fd()) {
        add(FactWord::Fd, Fact::Number(fd.into()));
    }
    let payloads = call.payloads();
    if let Some(first) = payloads.first() {
        let total: u64 = payloads.iter().map(|payload| payload.bytes.total).sum();
        add(FactWord::Length, Fact::Number(i64::try_from(total).unwrap_or(i64::MAX)));
        add(FactWord::Bytes, Fact::Bytes(first.bytes.clone()));
    }
    if let Some(socket) = &call.socket {
        socket_facts(socket, add);
    }
    if let Some(address) = call.addresses().first() {
        add(FactWord::Address, Fact::Text(address.to_string()));
        if let Some(port) = address.port() {
            add(FactWord::Port, Fact::Number(port.into()));
        }
    }
}

fn socket_facts(socket: &socklab_event::SocketId, add: &mut impl FnMut(FactWord, Fact)) {
    let text = |endpoint: &Endpoint| Fact::Text(endpoint.unmapped().to_string());
    if let Some(local) = &socket.local {
        add(FactWord::Local, text(local));
        if let Some(port) = local.port() {
            add(FactWord::Port, Fact::Number(port.into()));
        }
    }
    if let Some(peer) = &socket.peer {
        add(FactWord::Peer, text(peer));
    }
}

fn exit(status: Exit) -> String {
    match status {
        Exit::Code(code) => code.to_string(),
        Exit::Signal(signal) => signal.to_string(),
        Exit::Unknown => "?".to_owned(),
    }
}
