//! What an explanation can cite of the evidence: `{refused.error}`, `{waits.took}` ….

use std::collections::BTreeMap;

use socklab_event::{Endpoint, Event, Exit, Outcome, Process, What};
use socklab_flows::Flows;

use crate::verdict::Finding;

/// A fact, which each language writes in its own way.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Text, used verbatim.
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
        let mut add = |word: &str, fact: Fact| {
            facts.insert(format!("{}.{word}", finding.name), fact);
        };
        add("count", Fact::Number(i64::try_from(events.len()).unwrap_or(i64::MAX)));
        let Some(first) = events.first() else { continue };
        let at = flows.order.iter().position(is_evidence);
        if let Some(who) = at.and_then(|at| flows.actor_at(at)) {
            add("who", Fact::Text(who.to_owned()));
        }
        add("since", Fact::Time(first.at.saturating_sub(start)));
        let spans = events.iter().filter_map(|event| event.call());
        let began = spans.clone().map(|call| call.began).min();
        let ended = spans.map(|call| call.ended).max();
        if let (Some(began), Some(ended)) = (began, ended) {
            add("all-took", Fact::Time(ended.saturating_sub(began)));
        }
        let calls = events.iter().filter_map(|event| event.call());
        let total: u64 = calls.filter_map(|call| call.sent().or(call.received())).sum();
        add("total", Fact::Number(i64::try_from(total).unwrap_or(i64::MAX)));
        match &first.what {
            What::Call(call) => call_facts(call, &mut add),
            What::State(state) => {
                let name = state.after.short_name().unwrap_or_default();
                add("state", Fact::Text(name.to_owned()));
                add("receive-queue", Fact::Number(state.receive_queue.into()));
                add("send-queue", Fact::Number(state.send_queue.into()));
                socket_facts(&state.socket, &mut add);
            }
            What::Process(Process::Exit { status }) => add("exit", Fact::Text(exit(*status))),
            What::Process(Process::Signal { signal }) => {
                add("signal", Fact::Text(signal.to_string()));
            }
            What::Process(Process::Stdio { .. }) => {
                let printed = events.iter().filter_map(|event| match event.process() {
                    Some(Process::Stdio { bytes, .. }) => Some(bytes.sample.as_slice()),
                    _ => None,
                });
                let text =
                    String::from_utf8_lossy(&printed.collect::<Vec<_>>().concat()).into_owned();
                let line = text.trim_end().lines().last().unwrap_or_default().to_owned();
                add("output", Fact::Text(line));
            }
            _ => {}
        }
    }
    facts
}

fn call_facts(call: &socklab_event::Call, add: &mut impl FnMut(&str, Fact)) {
    add("call", Fact::Text(call.library_name().to_owned()));
    add("took", Fact::Time(call.took()));
    match call.outcome {
        Outcome::Value(value) => add("result", Fact::Number(value)),
        Outcome::Error(error) => add("error", Fact::Text(error.to_string())),
        Outcome::Unfinished => {}
    }
    if let Some(fd) = call.fd.or_else(|| call.new_fd()) {
        add("fd", Fact::Number(fd.into()));
    }
    let payloads = call.payloads();
    if let Some(first) = payloads.first() {
        let total: u64 = payloads.iter().map(|payload| payload.bytes.total).sum();
        add("length", Fact::Number(i64::try_from(total).unwrap_or(i64::MAX)));
        add("bytes", Fact::Bytes(first.bytes.clone()));
    }
    if let Some(socket) = &call.socket {
        socket_facts(socket, add);
    }
    if let Some(address) = call.addresses().first() {
        add("address", Fact::Text(address.to_string()));
        if let Some(port) = address.port() {
            add("port", Fact::Number(port.into()));
        }
    }
}

fn socket_facts(socket: &socklab_event::SocketId, add: &mut impl FnMut(&str, Fact)) {
    let text = |endpoint: &Endpoint| Fact::Text(endpoint.unmapped().to_string());
    if let Some(local) = &socket.local {
        add("local", text(local));
        if let Some(port) = local.port() {
            add("port", Fact::Number(port.into()));
        }
    }
    if let Some(peer) = &socket.peer {
        add("peer", text(peer));
    }
}

fn exit(status: Exit) -> String {
    match status {
        Exit::Code(code) => code.to_string(),
        Exit::Signal(signal) => signal.to_string(),
        Exit::Unknown => "?".to_owned(),
    }
}
