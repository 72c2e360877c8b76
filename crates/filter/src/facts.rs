//! What of an event can be searched for, as the recording has it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use socklab_event::{
    Args, Bytes, Call, Endpoint, Errno, Event, Fate, Frame, OptionValue, Process, SocketId, What,
};
use socklab_flows::{Flows, NumberMap, Position, RecordedProcess, file_name};

use crate::subject::Subject;

/// What can be searched for in a recording.
#[derive(Clone, Debug)]
pub struct Facts<'f, 't> {
    flows: &'f Flows<'t>,
    origin: u64,
    /// Whom each socket has asked for a connection, also in vain.
    asked: NumberMap<usize, Vec<&'t Endpoint>>,
}

impl<'f, 't> Facts<'f, 't> {
    /// Those of a recording, whose times count from `origin` (nanoseconds of `CLOCK_MONOTONIC`).
    pub fn of(flows: &'f Flows<'t>, origin: u64) -> Self {
        let mut asked: NumberMap<usize, Vec<&'t Endpoint>> = NumberMap::default();
        for (at, _, call) in flows.calls() {
            if let (Some(address), Some(socket)) = (call.asks(), flows.socket_at(at)) {
                asked.entry(socket).or_default().push(address);
            }
        }
        Self { flows, origin, asked }
    }

    /// Those of the event at a position.
    ///
    /// # Panics
    ///
    /// If there is no such event.
    pub fn at(&self, at: Position) -> Subject<'t> {
        let event: &'t Event = self.flows.order[at];
        let mut about = About::default();
        about.place(event);
        if let Some(process) = self.flows.process_at(at) {
            about.processes(&self.flows.processes[process]);
        }
        let mut subject = Subject { begins: event.at, ends: event.at, ..Subject::default() };
        match &event.what {
            What::Call(call) => self.call(at, call, &mut about, &mut subject),
            What::Frame(frame) => self.frame(at, frame, &mut about, &mut subject),
            What::State(state) => about.socket(&state.socket),
            What::Process(process) => {
                if let Process::Stdio { bytes, .. } = &**process {
                    subject.carries(bytes);
                }
            }
            _ => {}
        }
        let since = |time: u64| time.saturating_sub(self.origin);
        let About { ports, hosts, processes } = about;
        Subject {
            ports: ports.into_iter().collect(),
            hosts: hosts.into_iter().collect(),
            processes: processes.into_iter().collect(),
            begins: since(subject.begins),
            ends: since(subject.ends),
            ..subject
        }
    }

    fn call(&self, at: Position, call: &'t Call, about: &mut About, subject: &mut Subject<'t>) {
        let flows = self.flows;
        call.socket.iter().for_each(|socket| about.socket(socket));
        call.addresses().into_iter().for_each(|address| about.endpoint(address));
        match &call.args {
            Args::Accept { listener: Some(listener), .. } => about.socket(listener),
            Args::Socketpair { fds, .. } => subject.descriptors.extend(fds),
            Args::Poll { waits, .. } => {
                subject.descriptors.extend(waits.iter().map(|wait| wait.fd));
                waits.iter().flat_map(|wait| &wait.socket).for_each(|socket| about.socket(socket));
            }
            Args::EpollWait { epoll, ready, .. } => {
                subject.descriptors.push(*epoll);
                subject.descriptors.extend(ready.iter().filter_map(|ready| ready.fd));
            }
            Args::EpollControl { epoll, .. } => subject.descriptors.push(*epoll),
            _ => {}
        }
        if let Some(socket) = flows.socket_at(at) {
            about.socket(&flows.sockets[socket].identity);
            let asked = self.asked.get(&socket).into_iter().flatten();
            asked.for_each(|address| about.endpoint(address));
        }
        if let Some(connection) = flows.connection_at(at) {
            let ends = flows.connections[connection].ends.iter();
            ends.flat_map(|end| &end.address).for_each(|address| about.endpoint(address));
        }
        if let Some(peer) = flows.peer_at(at) {
            self.user(peer, about);
        }
        subject.descriptors.extend(call.fd.into_iter().chain(call.new_fd()));
        subject.descriptors.sort_unstable();
        subject.descriptors.dedup();
        subject.calls.push(call.library_name().to_owned());
        if call.name != subject.calls[0].as_str() {
            subject.calls.push(call.name.to_string());
        }
        subject.failed = has_failed(call);
        subject.took = Some(call.took());
        subject.begins = call.began.min(subject.begins);
        subject.ends = call.ended.max(subject.ends);
        for payload in call.payloads() {
            subject.carries(payload.bytes);
        }
    }

    fn frame(&self, at: Position, frame: &'t Frame, about: &mut About, subject: &mut Subject<'t>) {
        let flows = self.flows;
        about.hosts.extend([&frame.from].into_iter().chain(&frame.to).cloned());
        if let Some(headers) = &frame.headers {
            about.endpoint(&headers.source);
            about.endpoint(&headers.destination);
            subject.carries(&headers.payload);
        }
        let arrivals = match &frame.fate {
            Fate::Delivered { at } => std::slice::from_ref(at),
            Fate::Altered { at, .. } => at,
            _ => &[],
        };
        subject.ends = arrivals.iter().copied().fold(subject.ends, u64::max);
        let conversation = flows.ties.of(at).and_then(|tie| tie.conversation);
        let Some(conversation) = conversation.map(|one| &flows.ties.conversations[one]) else {
            return;
        };
        // An ICMP message is about somebody else's ports.
        conversation.ends.iter().for_each(|end| about.endpoint(end));
        let sockets = conversation.sockets.into_iter().chain([conversation.listener]).flatten();
        let asked = conversation.connect.and_then(|at| flows.process_at(at));
        let users = sockets.filter_map(|socket| flows.process_at(flows.used_at(socket)?));
        for user in users.chain(asked) {
            let process = &flows.processes[user];
            about.processes(process);
            about.hosts.extend(names(process));
        }
    }

    /// The process at the other end, by its names and its host.
    fn user(&self, socket: usize, about: &mut About) {
        let Some(at) = self.flows.used_at(socket) else { return };
        about.place(self.flows.order[at]);
        if let Some(process) = self.flows.process_at(at) {
            about.hosts.extend(names(&self.flows.processes[process]));
        }
    }
}

/// True if the call failed as a ladder marks it: what would have had to wait has not failed, and an
/// error that `getsockopt` fetches is that of an earlier call.
fn has_failed(call: &Call) -> bool {
    if let Args::GetOption { value: Some(OptionValue::Error(errno)), .. } = &call.args {
        return errno.0 != 0;
    }
    call.error().is_some_and(|errno| !errno.is_not_now() && errno != Errno::EINPROGRESS)
}

/// What people call a process: as its column does, as its command is labelled, by its program and by the
/// file of that.
fn names(process: &RecordedProcess<'_>) -> Vec<String> {
    let label = process.actor().filter(|label| !label.is_empty());
    let file = process.argv.first().map(|program| file_name(program));
    let words = label.into_iter().chain(file).map(str::to_owned);
    let program = Some(process.program()).filter(|program| !program.is_empty());
    [process.name()].into_iter().chain(program).chain(words).collect()
}

/// Who an event is about. A listening socket and its connection have much in common.
#[derive(Default)]
struct About {
    ports: BTreeSet<u16>,
    hosts: BTreeSet<String>,
    processes: BTreeSet<String>,
}

impl About {
    fn place(&mut self, event: &Event) {
        self.hosts.extend(event.place.host.as_deref().map(str::to_owned));
    }

    fn processes(&mut self, process: &RecordedProcess<'_>) {
        let names = names(process);
        self.hosts.extend(names.iter().cloned());
        self.processes.extend(names);
        self.processes.insert(process.id.to_string());
    }

    fn socket(&mut self, socket: &SocketId) {
        let ends = socket.local.iter().chain(&socket.peer);
        ends.for_each(|endpoint| self.endpoint(endpoint));
    }

    fn endpoint(&mut self, endpoint: &Endpoint) {
        match endpoint {
            Endpoint::Unix { path } => drop(self.hosts.insert(path.clone())),
            Endpoint::UnixAbstract { name } => drop(self.hosts.insert(format!("@{name}"))),
            other => {
                let Some((ip, port)) = other.ip_port() else { return };
                let ip = ip.to_canonical();
                if ip.is_loopback() {
                    self.hosts.insert("localhost".to_owned());
                }
                self.hosts.insert(ip.to_string());
                // 0 means any, or none.
                self.ports.extend((port != 0).then_some(port));
            }
        }
    }
}

impl<'t> Subject<'t> {
    fn carries(&mut self, bytes: &'t Bytes) {
        self.cut |= bytes.is_cut();
        if !bytes.sample.is_empty() {
            self.bytes.push(Cow::Borrowed(&bytes.sample));
        }
    }
}
