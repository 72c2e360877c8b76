//! Chrome's trace events, the JSON that Perfetto and chrome://tracing open: "Trace Event Format",
//! <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.
//!
//! Each thread is a track with its calls, each host that sends frames one more. Arrows go from what
//! sent bytes, asked for a connection or ended it to what noticed.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use socklab_event::{Bytes, Call, Event, Fate, Frame, Outcome, Process, Stream, Transport, What};
use socklab_flows::{Flows, Meaning, Position, Tie};
use socklab_say::{Speaker, say};

/// A call that takes at least so long, in nanoseconds, is said to have waited.
const WAIT: u64 = 1_000_000;

/// At most so many characters of data are shown with a call.
const DATA: usize = 200;

/// The whole file, one event per line.
pub fn chrome_trace(flows: &Flows<'_>, speaker: Speaker) -> Vec<u8> {
    let origin = origin(flows);
    let wire = flows.order.iter().map(|event| event.place.process).max().unwrap_or(0);
    let mut trace = Trace {
        flows,
        speaker,
        origin,
        wire: wire.saturating_add(1),
        hosts: BTreeMap::new(),
        events: Vec::new(),
        arrows: 0,
    };
    trace.name_processes();
    for (at, event) in flows.order.iter().enumerate() {
        trace.event(at, event);
    }
    trace.arrows();
    trace.name_hosts();
    let header = &flows.timeline.header;
    let about = json!({
        "made_by": header.made_by,
        "kernel": header.kernel,
        "machine": header.machine,
        // Where the time of day is known: the Unix time of ts = 0, in nanoseconds.
        "epoch": (header.epoch > 0).then(|| header.epoch.saturating_add(origin).to_string()),
    });
    let mut out = format!("{{\"displayTimeUnit\":\"ns\",\"otherData\":{about},\"traceEvents\":[\n");
    let events: Vec<String> = trace.events.iter().map(Value::to_string).collect();
    out.push_str(&events.join(",\n"));
    out.push_str("\n]}\n");
    out.into_bytes()
}

/// The first moment: of an event, or of the beginning of a call.
fn origin(flows: &Flows<'_>) -> u64 {
    let first = |event: &&Event| event.call().map_or(event.at, |call| call.began.min(event.at));
    flows.order.iter().map(first).min().unwrap_or(0)
}

struct Trace<'f, 't> {
    flows: &'f Flows<'t>,
    speaker: Speaker,
    origin: u64,
    /// The number of the process that stands for the wire: that of no recorded one.
    wire: u32,
    /// The track of each host that sent frames.
    hosts: BTreeMap<&'t str, u32>,
    events: Vec<Value>,
    arrows: u64,
}

impl<'t> Trace<'_, 't> {
    /// Microseconds, as the format wants them.
    fn time(&self, at: u64) -> f64 {
        micros(at.saturating_sub(self.origin))
    }

    fn named(&mut self, what: &str, pid: u32, tid: u32, args: &Value) {
        self.events.push(json!({"ph": "M", "name": what, "pid": pid, "tid": tid, "args": args}));
    }

    fn name_processes(&mut self) {
        let mut order: BTreeMap<u32, usize> = BTreeMap::new();
        for (index, process) in self.flows.processes.iter().enumerate() {
            order.entry(process.id).or_insert(index);
            let (id, name) = (process.id, process.name());
            self.named("process_name", id, id, &json!({ "name": name }));
            if !process.argv.is_empty() {
                let line = process.argv.join(" ");
                self.named("process_labels", id, id, &json!({ "labels": line }));
            }
        }
        for (id, index) in order {
            self.named("process_sort_index", id, id, &json!({ "sort_index": index }));
        }
        let mut threads: Vec<(u32, u32)> = self
            .flows
            .order
            .iter()
            .map(|event| (event.place.process, event.place.thread))
            .filter(|(process, _)| *process > 0)
            .collect();
        threads.sort_unstable();
        threads.dedup();
        for (process, thread) in threads {
            let name = match process == thread {
                true => say!(self.speaker, "chrome-main-thread"),
                false => say!(self.speaker, "chrome-thread", id = thread.to_string()),
            };
            self.named("thread_name", process, thread, &json!({ "name": name }));
        }
    }

    fn name_hosts(&mut self) {
        if self.hosts.is_empty() {
            return;
        }
        let wire = self.wire;
        let name = say!(self.speaker, "chrome-packets");
        self.named("process_name", wire, 0, &json!({ "name": name }));
        self.named(
            "process_sort_index",
            wire,
            0,
            &json!({ "sort_index": self.flows.processes.len() }),
        );
        for (host, track) in std::mem::take(&mut self.hosts) {
            let name = say!(self.speaker, "chrome-sent-by", host = host);
            self.named("thread_name", wire, track, &json!({ "name": name }));
        }
    }

    fn event(&mut self, at: Position, event: &'t Event) {
        // To the viewers, process 0 is the idle one.
        let (pid, tid) = match event.place.process {
            0 => (self.wire, 0),
            process => (process, event.place.thread),
        };
        let instant = |name: String, scope: &str, args: Value| {
            json!({
                "ph": "i", "name": name, "cat": "process", "s": scope, "pid": pid, "tid": tid,
                "ts": micros(event.at.saturating_sub(self.origin)), "args": args,
            })
        };
        match &event.what {
            What::Call(call) => self.call(at, event, call),
            What::Frame(frame) => self.frame(at, event, frame),
            What::Process(process) => {
                let told = match &**process {
                    Process::Start { argv, .. } => {
                        Some(("start".to_owned(), json!({ "argv": argv })))
                    }
                    Process::Exec { argv, .. } => {
                        Some(("exec".to_owned(), json!({ "argv": argv })))
                    }
                    Process::Exit { status } => {
                        Some(("exit".to_owned(), json!({ "status": status })))
                    }
                    Process::Signal { signal } => Some((signal_name(signal), json!({}))),
                    Process::EndedByRecorder { signal } => {
                        Some((format!("socklab: {}", signal_name(signal)), json!({})))
                    }
                    Process::Stdio { stream, bytes } => {
                        let name = match stream {
                            Stream::Stdin => "stdin",
                            Stream::Stdout => "stdout",
                            _ => "stderr",
                        };
                        Some((name.to_owned(), json!({ "text": text(bytes) })))
                    }
                    _ => None,
                };
                let told = told.map(|(name, args)| instant(name, "t", args));
                self.events.extend(told);
            }
            What::Notice(notice) => {
                let args = serde_json::to_value(notice).unwrap_or_default();
                let told = instant("notice".to_owned(), "g", args);
                self.events.push(told);
            }
            _ => {}
        }
    }

    fn call(&mut self, at: Position, event: &Event, call: &Call) {
        let mut args = serde_json::Map::new();
        let mut tell = |name: &str, value: Value| args.insert(name.to_owned(), value);
        tell("seq", json!(event.seq));
        call.fd.map(|fd| tell("fd", json!(fd)));
        if let Some(connection) = self.flows.connection_at(at) {
            tell("connection", json!(connection + 1));
        }
        let peer = call.peer_address().map(ToString::to_string);
        peer.map(|peer| tell("peer", json!(peer)));
        let socket = call.socket.as_ref();
        let local = socket.and_then(|socket| socket.local.as_ref());
        local.map(|local| tell("local", json!(local.to_string())));
        call.sent().or(call.received()).map(|bytes| tell("bytes", json!(bytes)));
        let data: Vec<String> =
            call.messages().iter().take(4).map(|message| text(message.bytes)).collect();
        if !data.is_empty() {
            tell("data", json!(data.join(" ")));
        }
        let failed = match call.outcome {
            Outcome::Value(value) => {
                tell("result", json!(value));
                false
            }
            Outcome::Error(error) => {
                tell("error", json!(error.to_string()));
                true
            }
            Outcome::Unfinished => {
                tell("unfinished", json!(true));
                false
            }
        };
        if call.implicit {
            tell("by_the_kernel", json!(true));
        }
        if let Some(source) = &call.source {
            tell("source", json!(format!("{}:{}", source.file, source.line)));
            source.function.as_ref().map(|function| tell("function", json!(function)));
        }
        let waited = call.took() >= WAIT || call.outcome == Outcome::Unfinished;
        let mut category = String::from("socket");
        let mut colour = None;
        if waited {
            category.push_str(",wait");
            colour = Some("thread_state_sleeping");
        }
        if failed {
            category.push_str(",error");
            colour = Some("bad");
        }
        let mut told = json!({
            "ph": "X",
            "name": call.library_name(),
            "cat": category,
            "pid": event.place.process,
            "tid": event.place.thread,
            "ts": self.time(call.began),
            "dur": micros(call.took()),
            "args": args,
        });
        if let Some(colour) = colour {
            told["cname"] = json!(colour);
        }
        self.events.push(told);
    }

    fn frame(&mut self, at: Position, event: &'t Event, frame: &'t Frame) {
        let next = u32::try_from(self.hosts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let track = *self.hosts.entry(frame.from.as_str()).or_insert(next);
        let tie = self.flows.ties.of(at);
        let mut args = serde_json::Map::new();
        args.insert("seq".to_owned(), json!(event.seq));
        args.insert("bytes".to_owned(), json!(frame.bytes.total));
        if let Some(headers) = &frame.headers {
            args.insert("source".to_owned(), json!(headers.source.to_string()));
            args.insert("destination".to_owned(), json!(headers.destination.to_string()));
            args.insert("payload".to_owned(), json!(headers.payload.total));
            if let Transport::Tcp { sequence, acknowledgement, window, .. } = &headers.transport {
                args.insert("sequence".to_owned(), json!(sequence));
                args.insert("acknowledgement".to_owned(), json!(acknowledgement));
                args.insert("window".to_owned(), json!(window));
            }
        }
        args.insert("fate".to_owned(), serde_json::to_value(&frame.fate).unwrap_or_default());
        if let Some(arrived) = tie.and_then(|tie| tie.arrived) {
            args.insert("arrived".to_owned(), json!(self.time(arrived)));
        }
        let again = tie.is_some_and(|tie| tie.again.is_some());
        if again {
            args.insert("sent_again".to_owned(), json!(true));
        }
        let lost = matches!(frame.fate, Fate::Dropped { .. } | Fate::Lost { .. });
        let mut category = String::from("packet");
        if again {
            category.push_str(",again");
        }
        if lost {
            category.push_str(",lost");
        }
        let name = frame_name(frame, tie);
        let name = if lost { format!("✗ {name}") } else { name };
        let mut told = json!({
            "ph": "i", "name": name, "cat": category, "s": "t", "pid": self.wire, "tid": track,
            "ts": self.time(event.at), "args": args,
        });
        if lost {
            told["cname"] = json!("bad");
        }
        self.events.push(told);
    }

    /// The arrows between calls.
    fn arrows(&mut self) {
        let flows = self.flows;
        for transfer in &flows.transfers {
            for part in &transfer.parts {
                self.arrow("bytes", transfer.sent, part.received);
            }
        }
        for connection in &flows.connections {
            if let (Some(asked), Some(accepted)) = (connection.connected, connection.accepted) {
                self.arrow("connection", asked, accepted);
            }
        }
        for closing in &flows.closings {
            if let Some(closed) = closing.closed {
                self.arrow("end", closed, closing.seen);
            }
        }
    }

    /// An arrow from the beginning of a call to the end of another. Both moments lie in the slices of
    /// their calls, to which the viewer ties them.
    fn arrow(&mut self, name: &str, from: Position, to: Position) {
        let (one, other) = (self.flows.order[from], self.flows.order[to]);
        let (Some(sent), Some(got)) = (one.call(), other.call()) else { return };
        self.arrows += 1;
        let last = got.ended.saturating_sub(1).max(got.began).max(sent.began);
        let ends = [("s", one, sent.began), ("f", other, last)];
        for (phase, event, at) in ends {
            let mut told = json!({
                "ph": phase, "name": name, "cat": name, "id": self.arrows,
                "pid": event.place.process, "tid": event.place.thread, "ts": self.time(at),
            });
            if phase == "f" {
                told["bp"] = json!("e");
            }
            self.events.push(told);
        }
    }
}

/// Nanoseconds as microseconds.
fn micros(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1000.0
}

/// The first bytes, escaped.
fn text(bytes: &Bytes) -> String {
    Bytes::beginning(bytes.moved(), bytes.total, DATA)
}

/// What people call a frame: `SYN`, `PSH ACK 12 B`.
fn frame_name(frame: &Frame, tie: Option<&Tie>) -> String {
    let Some(headers) = &frame.headers else { return "frame".to_owned() };
    let size = match headers.payload.total {
        0 => String::new(),
        bytes => format!(" {bytes} B"),
    };
    match &headers.transport {
        Transport::Tcp { flags, .. } => {
            let flags: Vec<&str> = flags.names().iter().map(|flag| flag.as_str()).collect();
            format!("{}{size}", flags.join(" "))
        }
        Transport::Udp => format!("UDP{size}"),
        Transport::Icmp { text, .. } => format!("ICMP {text}"),
        Transport::Neighbour { text } => text.clone(),
        _ if tie.is_some_and(|tie| tie.meaning == Meaning::Fragment) => format!("fragment{size}"),
        _ => "frame".to_owned(),
    }
}

fn signal_name(signal: &socklab_event::Signal) -> String {
    let name = serde_json::to_value(signal).unwrap_or_default();
    name.as_str().map_or_else(|| name.to_string(), str::to_owned)
}
