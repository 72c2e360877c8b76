//! What was done with one socket, or in one conversation: call after call, made independent of how bytes were cut.

use std::collections::BTreeMap;

use socklab_event::{Args, Call, Errno, Flags, OptionValue, Shutdown};
use socklab_flows::Position;

use crate::content::Content;
use crate::form::{Cut, Deed, Kind, is_inquiry};
use crate::reading::cuts;

/// A thread, and how often it had received something when it sent.
type Sender = ((u32, u32), u64);

/// The deeds of one end.
#[derive(Debug, Default)]
pub(crate) struct Track {
    pub(crate) deeds: Vec<Deed>,
    /// What came, if its order with the rest is chance.
    pub(crate) incoming: Vec<Deed>,
    /// The depth of each of `deeds`, see `knowledge`.
    depths: Vec<Option<u32>>,
    /// What is joined with what comes begins here: after the last deed that moves no bytes.
    joinable: usize,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) is_closed: bool,
    pub(crate) is_cut: bool,
    has_seen_end: bool,
    /// It said itself that it sends no more.
    has_shut: bool,
    does_not_wait: bool,
    /// The last it learned is that there is no room for more.
    pub(crate) is_full: bool,
    options: BTreeMap<String, OptionValue>,
    last_send: Option<(Sender, bool)>,
}

impl Track {
    fn deed(&self, kind: Kind, at: Position) -> Deed {
        Deed { kind, at, calls: 1, received: self.received, sent: self.sent }
    }

    fn push(&mut self, kind: Kind, at: Position) {
        self.deeds.push(self.deed(kind, at));
        self.depths.push(None);
        self.joinable = self.deeds.len();
    }

    /// A send on a stream. `depth` is known where the order of sends and receives is no chance.
    pub(crate) fn sends(&mut self, at: Position, call: &Call, depth: Option<u32>, sender: Sender) {
        if let Some(error) = call.error() {
            self.is_full |= error == Errno::EAGAIN;
            self.sends_in_vain(at, call, error, depth);
            return;
        }
        let Some(length) = call.sent().filter(|length| *length > 0) else { return };
        let asked = match &call.args {
            Args::Send { asked, .. } | Args::SendFile { asked, .. } => *asked,
            _ => length,
        };
        let sample: Vec<u8> =
            call.messages().iter().flat_map(|message| message.bytes.moved()).copied().collect();
        // What the kernel took is chance where bytes pass through it alone.
        let chosen = !matches!(call.args, Args::SendFile { .. });
        let own = chosen && self.last_send == Some((sender, true));
        self.last_send = Some((sender, length == asked && chosen));
        self.is_full = length < asked && chosen;
        let sends = |kind: &Kind| matches!(kind, Kind::Sends { .. });
        match self.joined(depth, sends).map(|index| &mut self.deeds[index]) {
            Some(Deed { kind: Kind::Sends { content, cuts, .. }, calls, .. }) => {
                cuts.push(Cut { at: content.total, own });
                content.push(at, length, &sample);
                *calls += 1;
            }
            _ => {
                let mut content = Content::default();
                content.push(at, length, &sample);
                let kind = Kind::Sends { content, cuts: Vec::new(), to: None, whole: false };
                self.deeds.push(self.deed(kind, at));
                self.depths.push(depth);
            }
        }
        self.sent = self.sent.saturating_add(length);
    }

    /// The deed that belongs together with another one of this depth.
    fn joined(&self, depth: Option<u32>, fits: impl Fn(&Kind) -> bool) -> Option<usize> {
        let mut range = (self.joinable..self.deeds.len()).rev();
        range.find(|index| self.depths[*index] == depth && fits(&self.deeds[*index].kind))
    }

    /// A send that failed. On a connection that was cut, how many of several sends came through is chance; that there
    /// was something to be sent is not.
    fn sends_in_vain(&mut self, at: Position, call: &Call, error: Errno, depth: Option<u32>) {
        if !cuts(error) {
            self.fails(at, call, error, depth.is_some());
            return;
        }
        if error == Errno::EPIPE && self.has_shut {
            self.push(Kind::Fails { call: call.name.clone(), error }, at);
            return;
        }
        self.is_cut = true;
        let sends = |kind: &Kind| matches!(kind, Kind::Sends { .. } | Kind::SendsInVain { .. });
        if self.joined(depth, sends).is_none() {
            let in_order = depth.is_some();
            let kind = Kind::SendsInVain { call: call.name.clone(), error, in_order };
            self.deeds.push(self.deed(kind, at));
            self.depths.push(depth);
        }
    }

    /// A receive on a stream: its bytes, by their depth. `is_told`: nobody else tells what they were.
    pub(crate) fn receives(
        &mut self,
        at: Position,
        call: &Call,
        parts: &[(u64, Option<u32>)],
        is_told: bool,
    ) {
        let in_order = parts.iter().all(|part| part.1.is_some());
        if let Some(error) = call.error() {
            self.fails(at, call, error, in_order);
            return;
        }
        if call.is_end_of_stream() {
            if !std::mem::replace(&mut self.has_seen_end, true) {
                self.learns(Kind::SeesEnd, at, parts.is_empty());
            }
            return;
        }
        let sample = call.bytes().map_or(&[][..], |bytes| bytes.moved());
        let mut from = 0_usize;
        for (length, depth) in parts.iter().copied().filter(|part| part.0 > 0) {
            let to = from.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
            let part = &sample[from.min(sample.len())..to.min(sample.len())];
            from = to;
            let room = match &call.args {
                Args::Recv { room, flags, .. } if self.received == 0 => {
                    Some(*room).filter(|_| !flags.has("MSG_WAITALL"))
                }
                _ => None,
            };
            let (deeds, first) = match depth {
                Some(_) => (&mut self.deeds, self.joinable),
                None => (&mut self.incoming, 0),
            };
            let joined = (first..deeds.len()).rev().find(|index| {
                let same = depth.is_none() || self.depths[*index] == depth;
                same && matches!(deeds[*index].kind, Kind::Receives { .. })
            });
            match joined.map(|index| &mut deeds[index]) {
                Some(Deed { kind: Kind::Receives { content, .. }, calls, .. }) => {
                    content.push(at, length, part);
                    *calls += 1;
                }
                _ => {
                    let mut content = Content::default();
                    content.push(at, length, part);
                    let kind = Kind::Receives { content, room, is_told };
                    let (received, sent) = (self.received, self.sent);
                    deeds.push(Deed { kind, at, calls: 1, received, sent });
                    if depth.is_some() {
                        self.depths.push(depth);
                    }
                }
            }
            self.received = self.received.saturating_add(length);
        }
    }

    /// Something that the other end, or the network, told.
    fn learns(&mut self, kind: Kind, at: Position, in_order: bool) {
        if in_order {
            self.push(kind, at);
        } else {
            let deed = self.deed(kind, at);
            self.incoming.push(deed);
        }
    }

    fn fails(&mut self, at: Position, call: &Call, error: Errno, in_order: bool) {
        match error {
            // To be asked again: chance.
            Errno::EAGAIN | Errno::EINTR | Errno::EINPROGRESS | Errno::EALREADY => {}
            _ if cuts(error) => {
                if !std::mem::replace(&mut self.is_cut, true) {
                    self.learns(Kind::IsCut(error), at, in_order);
                }
            }
            _ => self.learns(Kind::Fails { call: call.name.clone(), error }, at, in_order),
        }
    }

    /// Datagrams that were sent or received. `is_matched`: whoever sent what comes was recorded. `chosen`: it is
    /// this end that chose whom to talk to.
    pub(crate) fn datagrams(&mut self, at: Position, call: &Call, is_matched: bool, chosen: bool) {
        if let Some(error) = call.error() {
            if !matches!(error, Errno::EAGAIN | Errno::EINTR) {
                self.push(Kind::Fails { call: call.name.clone(), error }, at);
            }
            return;
        }
        if call.peeks() {
            return;
        }
        for message in call.messages() {
            let mut content = Content::default();
            let bytes = message.bytes;
            content.push(at, bytes.total, bytes.moved());
            let length = bytes.total;
            if call.sends() {
                let to = message.address.filter(|_| chosen).cloned();
                self.push(Kind::Sends { content, cuts: Vec::new(), to, whole: true }, at);
                self.sent = self.sent.saturating_add(length);
            } else {
                let room = match &call.args {
                    Args::Recv { room, .. } if self.received == 0 => Some(*room),
                    _ => None,
                };
                self.push(Kind::Receives { content, room, is_told: !is_matched }, at);
                self.received = self.received.saturating_add(length);
            }
        }
    }

    pub(crate) fn closes(&mut self, at: Position, by_kernel: Option<bool>) {
        self.is_closed = true;
        self.push(Kind::Closes { by_kernel }, at);
    }

    /// Any other call.
    pub(crate) fn other(&mut self, at: Position, call: &Call) {
        let error = call.error();
        if error == Some(Errno::EINTR) || is_inquiry(call) {
            self.asks(call);
            return;
        }
        let nonblocking = |flags: &Flags| flags.has("SOCK_NONBLOCK");
        match &call.args {
            Args::Socket { family, kind, protocol, flags } if call.value().is_some() => {
                let protocol = call.socket.as_ref().map_or(*protocol, |socket| socket.protocol);
                self.push(Kind::Creates { family: *family, kind: *kind, protocol }, at);
                self.waits(at, !nonblocking(flags));
            }
            Args::Socketpair { family, kind, protocol, flags, .. } if call.value().is_some() => {
                let (family, kind, protocol) = (*family, *kind, *protocol);
                self.push(Kind::Creates { family, kind, protocol }, at);
                self.waits(at, !nonblocking(flags));
            }
            Args::Accept { flags, .. } => match error {
                None if call.value().is_some() => {
                    self.push(Kind::Accepts, at);
                    self.waits(at, !nonblocking(flags));
                }
                Some(error) if error != Errno::EAGAIN && error != Errno::ECONNABORTED => {
                    self.push(Kind::Fails { call: call.name.clone(), error }, at);
                }
                _ => {}
            },
            Args::Bind { address } => {
                self.push(Kind::Binds { address: address.clone(), error }, at);
            }
            Args::Listen { backlog } => self.push(Kind::Listens { backlog: *backlog, error }, at),
            Args::Connect { address } => match error {
                Some(Errno::EALREADY | Errno::EISCONN) => {}
                Some(Errno::EINPROGRESS | Errno::EAGAIN) => {
                    self.push(Kind::Connects { address: address.clone(), error: None }, at);
                }
                // The kernel also tells the result of one that goes on.
                _ if self.is_connecting() => self.connected(error),
                _ => self.push(Kind::Connects { address: address.clone(), error }, at),
            },
            Args::Shutdown { how } => {
                self.has_shut |= error.is_none() && *how != Shutdown::RD;
                self.push(Kind::ShutsDown { how: *how, error }, at);
            }
            Args::SetOption { level, option, value } => {
                let known = self.options.get(option.as_str());
                if error.is_some() || known != Some(value) {
                    self.options.insert(option.to_string(), value.clone());
                    let (level, option, value) = (level.clone(), option.clone(), value.clone());
                    self.push(Kind::SetsOption { level, option, value, error }, at);
                }
            }
            Args::Fcntl { command, flags, .. } if *command == "F_SETFL" && error.is_none() => {
                self.waits(at, !flags.has("O_NONBLOCK"));
            }
            Args::Ioctl { request, value } if *request == "FIONBIO" && error.is_none() => {
                self.waits(at, *value == Some(0));
            }
            _ => {}
        }
    }

    fn waits(&mut self, at: Position, waits: bool) {
        if std::mem::replace(&mut self.does_not_wait, !waits) == waits {
            self.push(Kind::Waits(waits), at);
        }
    }

    /// The pending error of a socket is the result of a `connect` that did not wait.
    fn asks(&mut self, call: &Call) {
        if let Args::GetOption { option, value: Some(OptionValue::Error(error)), .. } = &call.args
            && *option == "SO_ERROR"
            && error.0 != 0
        {
            self.connected(Some(*error));
        }
    }

    fn is_connecting(&self) -> bool {
        matches!(self.deeds.last(), Some(Deed { kind: Kind::Connects { error: None, .. }, .. }))
    }

    fn connected(&mut self, result: Option<Errno>) {
        let connects = self.deeds.iter_mut().rev().find_map(|deed| match &mut deed.kind {
            Kind::Connects { error, .. } => Some(error),
            _ => None,
        });
        if let Some(error) = connects {
            *error = error.or(result);
        }
    }

    /// Marks what was sent last, or what was received last of it: more did not fit.
    pub(crate) fn ends_full(&mut self, sends: bool) {
        let fits = |kind: &Kind| match kind {
            Kind::Sends { .. } => sends,
            Kind::Receives { .. } => !sends,
            _ => false,
        };
        let mut deeds = self.deeds.iter_mut().chain(&mut self.incoming).rev();
        let last = deeds.find(|deed| fits(&deed.kind)).map(|deed| &mut deed.kind);
        if let Some(Kind::Sends { content, .. } | Kind::Receives { content, .. }) = last {
            content.is_full = true;
        }
    }

    /// The connection was cut by the other end: what went through before, and which call noticed, is
    /// chance. `killed`: so is whether anything came, because it was a signal that ended the other end.
    pub(crate) fn forget_how_much(&mut self, killed: bool) {
        for deed in self.deeds.iter_mut().chain(&mut self.incoming) {
            match &mut deed.kind {
                Kind::Sends { content, .. } | Kind::Receives { content, .. } => {
                    content.vague = true;
                }
                Kind::ShutsDown { error, .. } => *error = None,
                _ => {}
            }
        }
        let stays = |deed: &Deed| match deed.kind {
            Kind::SeesEnd | Kind::IsCut(_) => false,
            Kind::Receives { .. } | Kind::SendsInVain { .. } => !killed,
            _ => true,
        };
        self.deeds.retain(stays);
        self.incoming.retain(stays);
    }
}
