//! What an explanation can cite of the evidence: `{refused.error}`, `{waits.took}` ….

use std::collections::BTreeMap;

use socklab_event::{Endpoint, Event, Exit, Outcome, Process, What};
use socklab_flows::Flows;

use crate::verdict::Finding;

/// A fact, for a language to write down.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// As it stands.
    Text(String),
    /// A number.
    Number(i64),
    /// Nanoseconds.
    Time(u64),
    /// Bytes that moved.
    Bytes(socklab_event::Bytes),
}

/// The facts about findings that passed, by `NAME.WORD`.
pub fn facts(findings: &[Finding], flows: &Flows<'_>) -> BTreeMap<String, Fact> {
    let start = flows.order.first().map_or(0, |event| event.at);
    let mut facts = BTreeMap::new();
    for finding in findings {
        let is_evidence = |event: &&Event| finding.evidence.contains(&event.seq);
        let events: Vec<&Event> = flows.order.iter().copied().filter(is_evidence).collect();
        let mut tell = |word: &str, fact: Fact| {
            facts.insert(format!("{}.{word}", finding.name), fact);
        };
        tell("count", Fact::Number(i64::try_from(events.len()).unwrap_or(i64::MAX)));
        let Some(first) = events.first() else { continue };
        let at = flows.order.iter().position(is_evidence);
        if let Some(who) = at.and_then(|at| flows.actor_at(at)) {
            tell("who", Fact::Text(who.to_owned()));
        }
        tell("since", Fact::Time(first.at.saturating_sub(start)));
        let spans = events.iter().filter_map(|event| event.call());
        let began = spans.clone().map(|call| call.began).min();
        let ended = spans.map(|call| call.ended).max();
        if let (Some(began), Some(ended)) = (began, ended) {
            tell("all-took", Fact::Time(ended.saturating_sub(began)));
        }
        let calls = events.iter().filter_map(|event| event.call());
        let total: u64 = calls.filter_map(|call| call.sent().or(call.received())).sum();
        tell("total", Fact::Number(i64::try_from(total).unwrap_or(i64::MAX)));
        match &first.what {
            What::Call(call) => about_call(call, &mut tell),
            What::State(state) => {
                let name = state.after.short_name().unwrap_or_default();
                tell("state", Fact::Text(name.to_owned()));
                tell("receive-queue", Fact::Number(state.receive_queue.into()));
                tell("send-queue", Fact::Number(state.send_queue.into()));
                about_socket(&state.socket, &mut tell);
            }
            What::Process(Process::Exit { status }) => tell("exit", Fact::Text(exit(*status))),
            What::Process(Process::Signal { signal }) => {
                tell("signal", Fact::Text(signal.to_string()));
            }
            What::Process(Process::Stdio { .. }) => {
                let printed = events.iter().filter_map(|event| match event.process() {
                    Some(Process::Stdio { bytes, .. }) => Some(bytes.sample.as_slice()),
                    _ => None,
                });
                let text =
                    String::from_utf8_lossy(&printed.collect::<Vec<_>>().concat()).into_owned();
                let line = text.trim_end().lines().last().unwrap_or_default().to_owned();
                tell("output", Fact::Text(line));
            }
            _ => {}
        }
    }
    facts
}

fn about_call(call: &socklab_event::Call, tell: &mut impl FnMut(&str, Fact)) {
    tell("call", Fact::Text(call.library_name().to_owned()));
    tell("took", Fact::Time(call.took()));
    match call.outcome {
        Outcome::Value(value) => tell("result", Fact::Number(value)),
        Outcome::Error(error) => tell("error", Fact::Text(error.to_string())),
        Outcome::Unfinished => {}
    }
    if let Some(fd) = call.fd.or_else(|| call.new_fd()) {
        tell("fd", Fact::Number(fd.into()));
    }
    let payloads = call.payloads();
    if let Some(first) = payloads.first() {
        let total: u64 = payloads.iter().map(|payload| payload.bytes.total).sum();
        tell("length", Fact::Number(i64::try_from(total).unwrap_or(i64::MAX)));
        tell("bytes", Fact::Bytes(first.bytes.clone()));
    }
    if let Some(socket) = &call.socket {
        about_socket(socket, tell);
    }
    if let Some(address) = call.addresses().first() {
        tell("address", Fact::Text(address.to_string()));
        if let Some(port) = address.port() {
            tell("port", Fact::Number(port.into()));
        }
    }
}

fn about_socket(socket: &socklab_event::SocketId, tell: &mut impl FnMut(&str, Fact)) {
    let text = |endpoint: &Endpoint| Fact::Text(endpoint.unmapped().to_string());
    if let Some(local) = &socket.local {
        tell("local", text(local));
        if let Some(port) = local.port() {
            tell("port", Fact::Number(port.into()));
        }
    }
    if let Some(peer) = &socket.peer {
        tell("peer", text(peer));
    }
}

fn exit(status: Exit) -> String {
    match status {
        Exit::Code(code) => code.to_string(),
        Exit::Signal(signal) => signal.to_string(),
        Exit::Unknown => "?".to_owned(),
    }
}
